# SPDX-License-Identifier: Apache-2.0
"""Life cycle, selection, data objects and the registry's walls on the laboratory's card (edge: processes, TCP, TAP).

The clauses named are of GPCS 2.3.1. TSM_LAB is the tsm-lab program, TSM_DEMO_CAP the demonstration load file.
"""
import os

from tap import Tap, skip_all

try:
    from cap import capfile
    from channel.apdu import Command
    from gp import APPLICATIONS, FOR_INSTALL, FOR_MAKE_SELECTABLE, ISD, SD_LOAD_FILE, SD_MODULE
    from labcard import ONE_OF_EACH, Session, key_version, keys_of, refused
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex
DOMAIN = HEX("F04F54534D0002")
INITIALIZED, SECURED, CARD_LOCKED, TERMINATED = 0x07, 0x0F, 0x7F, 0xFF  # Table 11-6
BER_TLV, DGI = 0x10, 0x08  # STORE DATA P1, Table 11-89
LOCKED_WARNING = 0x6283   # Table 11-83


class Card:
    """One card with the demonstration load file on it, and its payment instance."""

    def __init__(self, session, cap):
        self.s, self.c, self.cap = session, session.client, cap
        self.payment = cap.applets[0][0]

    def prepare(self):
        self.s.open()
        self.c.install_for_load(self.cap.aid)
        self.c.load(self.cap.load_file_data_block())
        self.c.install(self.cap.aid, self.payment, self.payment)

    def domain_of(self, aid):
        return self.c.get_status(APPLICATIONS, aid)[0].domain

    def card_state(self):
        return self.c.get_status(ISD)[0].state[0]

    def partial(self):
        """SELECT takes the first match of a partial AID (6.4.2.1.2)"""
        self.prepare()
        fci = self.c.select(self.cap.aid)
        assert self.payment in fci, fci.hex()

    def two_steps(self):
        """an installed application is selectable only after INSTALL [for make selectable] (5.3.1)"""
        self.prepare()
        other = self.payment + b"\x01"
        self.c.install_fields(FOR_INSTALL, (self.cap.aid, self.payment, other, b"\0", HEX("C900"), b""), "INSTALL")
        assert self.c.get_status(APPLICATIONS, other)[0].state == b"\x03"
        refused(lambda: self.c.select(other), 0x6A82)
        self.s.open()
        self.c.install_fields(FOR_MAKE_SELECTABLE, (b"", b"", other, b"\0", b"", b""), "INSTALL")
        self.c.select(other, (0x9000,))

    def install_data(self):
        """INSTALL refuses a missing C9, a token that is not due and a wrong field count (Table 11-43)"""
        self.prepare()
        other = self.payment + b"\x01"
        start = (self.cap.aid, self.payment, other, b"\0")
        for rest in ((b"", b""), (HEX("C900"), bytes(8)), (HEX("C900"),)):
            refused(lambda: self.c.install_fields(FOR_INSTALL | FOR_MAKE_SELECTABLE, start + rest, "INSTALL"))
        assert self.c.get_status(APPLICATIONS, other) == []

    def locked_application(self):
        """a locked application cannot be selected (5.3.1.3)"""
        self.prepare()
        self.c.set_status(0x40, 0x80, self.payment)
        refused(lambda: self.c.select(self.payment), 0x6A82, 0x6283, 0x6A81)

    def walls(self):
        """a domain sees and manages only its own; content moves by extradition (9.4.1, 11.4.2.3)"""
        self.prepare()
        self.c.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("808000"))
        refused(lambda: self.c.extradite(DOMAIN, self.payment))
        self.s.open(aid=DOMAIN)
        assert self.payment not in [e.aid for e in self.c.get_status(APPLICATIONS)]
        refused(lambda: self.c.get_status(ISD), 0x6A86)
        refused(lambda: self.c.delete(self.payment))
        refused(lambda: self.c.install(self.cap.aid, self.payment, self.payment + b"\x01"))
        own = keys_of(0x51, key_version(self.s.variant))
        self.c.put_keys(own)
        self.s.open()
        self.c.extradite(DOMAIN, self.payment)
        assert self.domain_of(self.payment) in (None, DOMAIN)
        refused(lambda: self.c.delete(DOMAIN))
        self.s.open(own, aid=DOMAIN)
        assert self.payment in [e.aid for e in self.c.get_status(APPLICATIONS)]
        assert self.c.install_for_personalization(self.payment) == b"\0"

    def data_objects(self):
        """STORE DATA and GET DATA agree, as BER-TLV and in DGI 0070; internal objects are refused (11.11.2.3)"""
        self.s.open()
        self.c.store_data([HEX("4203123456")], BER_TLV)
        assert self.c.get_data(0x42) == HEX("123456")
        self.c.store_data([HEX("0070044502AABB")], DGI)
        assert self.c.get_data(0x45) == HEX("AABB")
        refused(lambda: self.c.store_data([HEX("C2020001")], BER_TLV), 0x6A80)
        refused(lambda: self.c.send(Command(0x80, 0xE2, 0x80 | BER_TLV, 5, HEX("4203123457"))))
        refused(lambda: self.c.get_data(0x1234), 0x6A88)
        applications = self.c.send(Command(0x80, 0xCA, 0x2F, 0x00, HEX("5C00"), 0), "GET DATA 2F00")
        assert applications[:1] == b"\x61", applications.hex()

    def card_life(self):
        """the card life cycle goes forward only, but for CARD_LOCKED and back (5.1.1, Table 11-1)"""
        self.prepare()
        for state in (INITIALIZED, SECURED):
            self.c.set_status(ISD, state)
            assert self.card_state() == state
        refused(lambda: self.c.set_status(ISD, INITIALIZED))
        refused(lambda: self.c.set_status(ISD, SECURED))
        self.c.set_status(ISD, CARD_LOCKED)
        refused(lambda: self.c.delete(self.payment))
        self.c.select()
        assert self.c.sw == LOCKED_WARNING, f"{self.c.sw:04X}"
        refused(lambda: self.c.select(self.payment))
        self.s.open()
        refused(lambda: self.c.put_keys(keys_of(0x61, key_version(self.s.variant))))
        self.c.set_status(ISD, SECURED)
        self.c.select(self.payment, (0x9000,))

    def termination(self):
        """a terminated card answers GET DATA and nothing else (5.1.1.5)"""
        self.s.open()
        self.c.set_status(ISD, TERMINATED)
        self.c.transport.reset()
        self.c.channel = None
        assert self.c.get_data(0x66)
        refused(self.c.select)
        refused(lambda: self.c.send(Command(0x80, 0x50, 0, 0, bytes(8), 0)))

    POINTS = (partial, two_steps, install_data, locked_application, walls, data_objects, card_life, termination)


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    if not os.path.exists(os.environ.get("TSM_DEMO_CAP", "")):
        skip_all("the demonstration load file is not built; name it in TSM_DEMO_CAP")
    tap, cap = Tap(), capfile.read(os.environ["TSM_DEMO_CAP"])
    for variant in ONE_OF_EACH:
        for point in Card.POINTS:
            with Session(variant) as session:
                tap.run(f"{variant}: {point.__doc__}", point, Card(session, cap))
    tap.done()


if __name__ == "__main__":
    main()
