# SPDX-License-Identifier: Apache-2.0
"""Card content on the laboratory's card: the demonstration load file's whole life (edge: processes, TCP, TAP).

The clauses named are of GPCS 2.3.1. TSM_LAB is the tsm-lab program, TSM_DEMO_CAP the demonstration load file.
"""
import hashlib
import os

from tap import Tap, skip_all

try:
    from cap import capfile
    from gp import APPLICATIONS, LOAD_FILES, LOAD_FILES_AND_MODULES
    from labcard import VARIANTS, Session, levels, refused
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

PPSE = b"2PAY.SYS.DDF01"
GET_STATUS, NEXT_OCCURRENCE = 0xF2, 0x01
MANY = 8  # instances that make the registry listing longer than one response


class Life:
    """The steps of one card, in the order of STEPS; each relies on those before it."""

    def __init__(self, session, cap):
        self.s, self.c, self.cap = session, session.client, cap
        self.block = cap.load_file_data_block()
        self.payment, self.ppse = cap.applets[0][0], cap.applets[1][0]

    def state(self, aid):
        return self.c.get_status(APPLICATIONS, aid)[0].state[0]

    def wrong_hash(self):
        """a wrong load file data block hash stops the load (9.2.2)"""
        self.s.open()
        self.c.install_for_load(self.cap.aid, digest=bytes(32))
        refused(lambda: self.c.load(self.block))
        assert not self.c.get_status(LOAD_FILES, self.cap.aid)

    def wrong_number(self):
        """a LOAD block out of sequence is refused (11.6.1)"""
        self.s.open()
        self.c.install_for_load(self.cap.aid)
        refused(lambda: self.c.load_block(1, self.block[:32], False))
        assert not self.c.get_status(LOAD_FILES, self.cap.aid)

    def load(self):
        """the demonstration load file loads (11.6)"""
        self.s.open(level=levels(self.s.variant)[-1])
        assert self.c.install_for_load(self.cap.aid, digest=hashlib.sha256(self.block).digest()) == b"\0"
        assert self.c.load(self.block) == b"\0"

    def load_again(self):
        """a load file that is there is refused a second time (9.3.5)"""
        refused(lambda: self.c.install_for_load(self.cap.aid) and self.c.load(self.block))

    def listed(self):
        """GET STATUS names its modules (Table 11-37)"""
        found = self.c.get_status(LOAD_FILES_AND_MODULES, self.cap.aid)
        assert [e.aid for e in found] == [self.cap.aid] and found[0].modules == [self.payment, self.ppse], found
        assert found[0].state == b"\x01" and found[0].version in (None, bytes(self.cap.version)), found

    def install(self):
        """both applets install (11.5)"""
        self.c.install(self.cap.aid, self.payment, self.payment)
        self.c.install(self.cap.aid, self.ppse, PPSE)
        assert self.state(self.payment) == 0x07 and self.state(PPSE) == 0x07

    def install_again(self):
        """the same instance AID is refused a second time (9.3.6)"""
        refused(lambda: self.c.install(self.cap.aid, self.payment, self.payment))

    def unknown_module(self):
        """a module that is not there cannot be installed (Table 11-55)"""
        refused(lambda: self.c.install(self.cap.aid, self.payment[:-1] + b"\x7F", PPSE + b"X"), 0x6A88, 0x6A80)

    def paged(self):
        """a long list comes in pages (Table 11-38)"""
        more = [self.payment + bytes([n]) for n in range(1, MANY + 1)]
        for aid in more:
            self.c.install(self.cap.aid, self.payment, aid)
        before = len(self.c.transport.log)
        found = {e.aid for e in self.c.get_status(APPLICATIONS)}
        assert {self.payment, PPSE, *more} <= found, found
        sent = [w for w in self.c.transport.log[before:] if w[1] == GET_STATUS and w[3] & NEXT_OCCURRENCE]
        assert sent, "the list was expected to need a second GET STATUS"
        for aid in more:
            self.c.delete(aid)

    def lock(self):
        """an application is locked once, and unlocked to its state before (11.10.2.2)"""
        self.c.set_status(0x40, 0x80, self.payment)
        assert self.state(self.payment) & 0x80
        refused(lambda: self.c.set_status(0x40, 0x80, self.payment))
        self.c.set_status(0x40, 0x00, self.payment)
        assert self.state(self.payment) == 0x07

    def selectable(self):
        """SELECT finds the applets and nothing else (11.9)"""
        for aid in (self.payment, PPSE):
            self.c.select(aid, (0x9000,))
        refused(lambda: self.c.select(self.payment[:-1] + b"\xFF"), 0x6A82)

    def delete(self):
        """DELETE removes an instance, then the file with the rest (11.2, 9.5)"""
        self.s.open()
        refused(lambda: self.c.delete(self.cap.aid))
        self.c.delete(self.payment)
        assert self.c.get_status(APPLICATIONS, self.payment) == []
        self.c.delete(self.cap.aid, related=True)
        assert self.c.get_status(LOAD_FILES, self.cap.aid) == [] and self.c.get_status(APPLICATIONS, PPSE) == []

    def delete_again(self):
        """what is not there cannot be deleted (Table 11-26)"""
        refused(lambda: self.c.delete(self.cap.aid), 0x6A88, 0x6A82)

    STEPS = (wrong_hash, wrong_number, load, load_again, listed, install, install_again, unknown_module, paged, lock,
             selectable, delete, delete_again)


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    if not os.path.exists(os.environ.get("TSM_DEMO_CAP", "")):
        skip_all("the demonstration load file is not built; name it in TSM_DEMO_CAP")
    tap, cap = Tap(), capfile.read(os.environ["TSM_DEMO_CAP"])
    for variant in VARIANTS:
        with Session(variant) as session:
            life = Life(session, cap)
            for step in Life.STEPS:
                tap.run(f"{variant}: {step.__doc__}", step, life)
    tap.done()


if __name__ == "__main__":
    main()
