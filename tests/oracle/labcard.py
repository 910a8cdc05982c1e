# SPDX-License-Identifier: Apache-2.0
"""Starts a laboratory element for a test and ends it again (edge: processes), and what the card tests share."""
import os
import selectors
import subprocess

from channel.scp03 import I_R_ENC, I_R_MAC
from gp import CardError, Client, KeySet
from transport import TcpCard

START_SECONDS = 120
VARIANTS = ("scp02-i15", "scp02-i55", "scp02-i35", "scp02-i75", "scp03-i00", "scp03-i10", "scp03-i20", "scp03-i30",
            "scp03-i60", "scp03-i70", "scp03-i60-s16", "scp03-i70-s16")
ONE_OF_EACH = ("scp02-i55", "scp03-i70", "scp03-i70-s16")  # where the rule does not depend on the options
FACTORY = bytes.fromhex("404142434445464748494A4B4C4D4E4F")


class LabError(Exception):
    """The element did not start."""


class LabCard:
    """One `tsm-lab card` process, ended by its own process id when the with block is left."""

    def __init__(self, *options):
        self.command = [os.environ["TSM_LAB"], "card", *options]

    def __enter__(self):
        listen = [] if "--vpcd" in self.command else ["--listen", "0"]
        self.process = subprocess.Popen(self.command + listen, stdout=subprocess.PIPE, text=True)
        if listen:
            host, _, port = self._address().rpartition(":")
            self.address = (host, int(port))
        return self

    def _address(self):
        """The line 'listening HOST:PORT'; readable or LabError, never waited for without an end."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline() if ready.select(START_SECONDS) else ""
        if not line.startswith("listening "):
            self.__exit__()
            raise LabError(f"{' '.join(self.command)} said {line!r}")
        return line.split()[1]

    def connect(self):
        return TcpCard(*self.address)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def keys_of(first, kvn):
    """Three different keys, so that a card that mixes them up is found."""
    return KeySet(*(bytes([first + n]) + bytes(range(1, 16)) for n in range(3)), kvn=kvn)


def refused(call, *accepted):
    """The status word call is refused with; AssertionError when it is not refused, or with another one."""
    try:
        call()
    except CardError as error:
        assert not accepted or error.sw in accepted, f"{error}, expected one of {[f'{a:04X}' for a in accepted]}"
        return error.sw
    raise AssertionError("the card did not refuse")


class Session:
    """A fresh card, its issuer security domain selected; the with block ends it."""

    def __init__(self, variant, *options):
        self.lab = LabCard("--scp", variant, *options)
        self.variant = variant

    def __enter__(self):
        self.lab.__enter__()
        self.client = Client(self.lab.connect())
        self.client.select()
        return self

    def open(self, keys=KeySet.same(FACTORY), level=0x01, aid=b""):
        self.client.select(aid)
        return self.client.open(keys, level, self.variant)

    def __exit__(self, *_):
        self.client.transport.close()
        self.lab.__exit__()


def number(variant):
    return int(variant.split("-")[0][-2:]), int(variant.split("-i")[1][:2], 16)


def levels(variant):
    """The security levels with at least C-MAC that the card must offer: Table E-11, Amendment D tables 5-1 and 7-3."""
    protocol, i = number(variant)
    more = (0x11, 0x13) if i & I_R_MAC else ()
    return (0x01, 0x03) + more + ((0x33,) if protocol == 3 and i & I_R_ENC else ())


def key_version(variant):
    """A key version in the range of the protocol."""
    return 0x20 if number(variant)[0] == 2 else 0x30
