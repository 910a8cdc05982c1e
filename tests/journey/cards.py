# SPDX-License-Identifier: Apache-2.0
"""The elements of a house: a software UICC in its handset, a software embedded SE (edge, stations 9 and 10). What they
hold is read by the oracle's own GlobalPlatform client, not by the server."""
import re

from gp import APPLICATIONS, LOAD_FILES, Client, KeySet
from transport import TcpCard

ESE_KEY = "505152535455565758595A5B5C5D5E5F"
UICC_KEY = "404142434445464748494A4B4C4D4E4F"  # of its issuer domain's secure channel: the laboratory's factory set

COMMAND = re.compile(r"^(?:card|packet): .*", re.MULTILINE)


def luhn(digits):
    """The check digit that makes `digits` a number of ISO/IEC 7812-1."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


class Card:
    """name: how an order calls it; row: its line in the inventory; port: its face for a terminal."""

    def __init__(self, house, serial, profile):
        self.house, self.serial, self.profile = house, serial, profile
        self.process = None
        self.port = 0  # a free one
        self.said = 0
        self.name, self.row = {}, {}

    def _run(self, kind, words, options):
        self.said = len(self.log()) if self.process else 0
        self.process = self.house._run(f"{kind}-{self.serial}", words + [str(o) for o in options])
        self.port = self.process.port()
        return self

    def registry(self, key=None):
        """AIDs of applications (domains with them) and of load files that are on the card, in hexadecimal."""
        card = TcpCard("127.0.0.1", self.port)
        try:
            client = Client(card)
            client.select()
            client.open(KeySet.same(bytes.fromhex(key or self.channel_key)))
            return [[e.aid.hex().upper() for e in client.get_status(scope)] for scope in (APPLICATIONS, LOAD_FILES)]
        finally:
            card.close()

    def log(self):
        """What the element said on standard error (option -v)."""
        return self.process.log()

    def commands(self):
        """The commands and packets that it has seen since its last start (option -v)."""
        return COMMAND.findall(self.log()[self.said:])


class Uicc(Card):
    channel_key = UICC_KEY

    def __init__(self, house, serial, profile):
        super().__init__(house, serial, profile)
        body = f"8949{serial:014d}"
        self.iccid = body + luhn(body)
        self.msisdn = f"4917{serial:08d}"
        self.kic, self.kid, self.kik = (f"{serial:04d}2233445566778899AABBCCDDEE{n:02d}"[:32] for n in (1, 2, 3))
        self.name = {"iccid": self.iccid}
        self.row = {"iccid": self.iccid, "msisdn": self.msisdn, "profile": profile, "protocol": "scp80", "kvn": 1,
                    "kic": self.kic, "kid": self.kid, "kik": self.kik}

    def start(self, *options):
        """In its handset, on the air (bound to the message centre where there is one)."""
        words = ["uicc", "--smsc", f"127.0.0.1:{self.house.smsc_port}", "--msisdn", self.msisdn, "--iccid",
                 self.iccid, "--kic", self.kic, "--kid", self.kid, "--kik", self.kik, "--kvn", 1, "--listen", 0]
        return self._run("uicc", words, options)

    def bound(self, seconds=20):
        """Waits until its handset has reached the message centre."""
        self.process.await_line("bound ", seconds)
        return self


class Ese(Card):
    channel_key = ESE_KEY

    def __init__(self, house, serial, profile):
        super().__init__(house, serial, profile)
        self.seid = f"4F50454E54534D{serial:06X}"
        self.name = {"seid": self.seid}
        self.row = {"seid": self.seid, "profile": profile, "protocol": "scp03", "kvn": 255, "enc": ESE_KEY,
                    "mac": ESE_KEY, "dek": ESE_KEY}

    def start(self, *options):
        """At the port that it has had before, or that a test has set (one that it starts again needs a lease)."""
        return self._run("ese", ["card", "--listen", self.port, "--key", ESE_KEY, "--seid", self.seid], options)
