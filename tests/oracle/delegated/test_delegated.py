# SPDX-License-Identifier: Apache-2.0
"""Delegated management and DAP on the laboratory's card, every signature made or recomputed here (edge: processes,
TCP, TAP).

The clauses named are of GPCS 2.3.1. TSM_LAB is the tsm-lab program, TSM_DEMO_CAP the demonstration load file.
"""
import hashlib
import os

from tap import Tap, skip_all

try:
    from cap import capfile
    from channel.keys import TYPE_AES, TYPE_DES
    from delegated.content import (DAP_KVN, RECEIPT_KVN, TOKEN_KVN, delete_with_token, install_with_token, load_file,
                                   put_single_key, read_receipt, receipt_input)
    from delegated.signer import EccSigner, MacSigner, RsaSigner, dap_hash, every_kind
    from gp import (APPLICATIONS, FOR_EXTRADITION, FOR_INSTALL, FOR_LOAD, FOR_MAKE_SELECTABLE, LOAD_FILES,
                    SD_LOAD_FILE, SD_MODULE)
    from labcard import Session, key_version, keys_of, number, refused
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex
VARIANT = "scp03-i70"
# Channels with chains in them: protocol and level.
CHANNELS = (("scp02-i15", 0x03), ("scp02-i55", 0x01), ("scp02-i75", 0x13), ("scp03-i00", 0x01), ("scp03-i70-s16", 0x33))
FOR_UPDATE = 0x40
PROVIDER, OTHER = HEX("F04F5453440010"), HEX("F04F5453440020")
REFUSED = 0x6985
RECEIPTS = MacSigner(TYPE_AES, HEX("505152535455565758595A5B5C5D5E5F"))
RECEIPTS_OF = {2: MacSigner(TYPE_DES, HEX("505152535455565758595A5B5C5D5E5F")), 3: RECEIPTS}
UNIQUE_42, UNIQUE_45 = 0x0042, 0x0045


class Scene:
    """A card with a token key, a receipt key, and a domain with Delegated Management that is at work."""

    def __init__(self, session, cap, signer, receipts=RECEIPTS, level=0x33):
        self.s, self.c, self.signer, self.receipts, self.level = session, session.client, signer, receipts, level
        self.keys = keys_of(0x11, key_version(session.variant))
        protocol = number(session.variant)[0]
        self.cap, self.block, self.applet = cap, cap.load_file_data_block(), cap.applets[0][0]
        self.expected = 0
        self.enter()
        self.put(signer.field(protocol, self.c.channel.dek), TOKEN_KVN)
        self.put(receipts.private_field(protocol, self.c.channel.dek) if isinstance(receipts, EccSigner)
                 else receipts.field(protocol, self.c.channel.dek), RECEIPT_KVN)
        self.unique = self.c.get_data(UNIQUE_42) + self.c.get_data(UNIQUE_45)
        self.domain(PROVIDER, HEX("A08000"))
        self.domain(OTHER, HEX("808000"))
        self.enter(PROVIDER)

    def put(self, field, kvn):
        put_single_key(self.c, field, kvn)
        assert any(k[:2] == (1, kvn) for k in self.c.key_info()), "key information"

    def domain(self, aid, privileges):
        self.c.install(SD_LOAD_FILE, SD_MODULE, aid, privileges)
        self.s.open(level=self.level, aid=aid)
        self.c.put_keys(self.keys)
        self.enter()

    def enter(self, aid=b""):
        self.s.open(self.keys, self.level, aid) if aid else self.s.open(level=self.level)

    def confirm(self, answer, *items):
        """The answer is a receipt of this card, the next number, over these items."""
        r = read_receipt(answer)
        assert r.counter == self.expected, f"number {r.counter}, expected {self.expected}"
        assert r.unique == self.unique, "another card"
        self.receipts.check(r.signature, receipt_input(r, items))
        self.expected += 1
        return r

    def fields_for_load(self):
        return self.cap.aid, b"", hashlib.sha256(self.block).digest(), b""

    def load(self):
        install_with_token(self.c, FOR_LOAD, self.fields_for_load(), self.signer)
        return load_file(self.c, self.block)

    def install(self, signer=None):
        fields = (self.cap.aid, self.applet, self.applet, b"\0", HEX("C900"))
        return install_with_token(self.c, FOR_INSTALL | FOR_MAKE_SELECTABLE, fields, signer or self.signer)


def whole_life(x):
    """every command of a life is allowed by a token and confirmed by a receipt (9.3, 9.4, 9.5, C.4, C.5)"""
    x.confirm(x.load(), x.cap.aid, PROVIDER)
    x.confirm(x.install(), x.cap.aid, x.applet)
    answer = install_with_token(x.c, FOR_UPDATE, (b"", b"", x.applet, HEX("008000"), b""), x.signer)
    x.confirm(answer, b"", x.applet, b"", HEX("008000"), b"")
    r = x.confirm(delete_with_token(x.c, x.applet, x.signer, template=HEX("930455667788")), x.applet)
    assert r.token_id == HEX("55667788"), r.token_id.hex()
    x.confirm(x.install(), x.cap.aid, x.applet)
    answer = install_with_token(x.c, FOR_EXTRADITION, (OTHER, b"", x.applet, b"", b""), x.signer)
    x.confirm(answer, PROVIDER, x.applet, OTHER)
    x.enter()
    assert x.c.get_status(APPLICATIONS, x.applet)[0].domain == OTHER
    assert x.c.get_data(0x00C2) == x.expected.to_bytes(2, "big"), "confirmation counter"


def wrong_tokens(x):
    """no token, a forged one, one over other data, one that was cut: refused, nothing changed (9.2.3)"""
    forger = MacSigner(TYPE_AES, bytes(16))
    fields = x.fields_for_load()
    refused(lambda: x.c.install_for_load(x.cap.aid, digest=fields[2]), REFUSED)
    refused(lambda: install_with_token(x.c, FOR_LOAD, fields, forger), REFUSED)

    class Elsewhere:
        @staticmethod
        def sign(data):
            return x.signer.sign(data[:-1] + bytes([data[-1] ^ 1]))

    class Cut:
        @staticmethod
        def sign(data):
            return x.signer.sign(data)[:-1]

    for signer in (Elsewhere, Cut):
        refused(lambda: install_with_token(x.c, FOR_LOAD, fields, signer), REFUSED)
    assert x.c.get_status(LOAD_FILES, x.cap.aid) == []
    x.load()
    refused(lambda: x.install(forger), REFUSED)
    assert x.c.get_status(APPLICATIONS, x.applet) == []
    refused(lambda: delete_with_token(x.c, x.cap.aid, forger, True), REFUSED)
    refused(lambda: x.c.delete(x.cap.aid), REFUSED)
    assert len(x.c.get_status(LOAD_FILES, x.cap.aid)) == 1


def hash_bound(x):
    """the token's hash binds the code: another load file is refused (C.2)"""
    install_with_token(x.c, FOR_LOAD, x.fields_for_load(), x.signer)
    changed = x.block[:-1] + bytes([x.block[-1] ^ 1])
    refused(lambda: load_file(x.c, changed), 0x6A80)
    refused(lambda: install_with_token(x.c, FOR_LOAD, (x.cap.aid, b"", b"", b""), x.signer), 0x6A80)


def replayed(x):
    """a token is good again for the same command, as far as the registry lets it (C.4), and each has its receipt"""
    for _ in range(2):
        x.confirm(x.load(), x.cap.aid, PROVIDER)
        refused(lambda: x.load(), REFUSED)
        x.confirm(delete_with_token(x.c, x.cap.aid, x.signer), x.cap.aid)


def owner_without(x):
    """the issuer's domain needs no token and refuses one (11.5.2.3.1)"""
    x.enter()
    refused(lambda: install_with_token(x.c, FOR_LOAD, x.fields_for_load(), x.signer), REFUSED)
    x.c.install_for_load(x.cap.aid)
    assert load_file(x.c, x.block) == b"\0"


def daps(session, cap, name, signer, tap):
    """DAP and mandated DAP with one kind of key (9.2.1, C.3)."""
    client, block = session.client, cap.load_file_data_block()
    digest = hashlib.new(dap_hash(signer), block).digest()

    def domain(aid, privileges):
        session.open(level=0x33)
        client.install(SD_LOAD_FILE, SD_MODULE, aid, privileges)
        session.open(level=0x33, aid=aid)
        client.put_keys(keys_of(0x11, 0x30))
        session.open(keys_of(0x11, 0x30), 0x33, aid)
        put_single_key(client, signer.field(3, client.channel.dek), DAP_KVN)
        session.open(level=0x33)

    def load(domain_aid, found, given=digest):
        client.install_for_load(cap.aid, domain_aid, given)
        return load_file(client, block, found)

    def run():
        domain(PROVIDER, HEX("C08000"))
        good = signer.sign(digest)
        refused(lambda: load(PROVIDER, ()), REFUSED)
        refused(lambda: load(PROVIDER, ((PROVIDER, signer.sign(bytes(32))),)), REFUSED)
        refused(lambda: load(PROVIDER, ((PROVIDER, good),), b""), 0x6A80)
        load(b"", ())
        client.delete(cap.aid)
        load(PROVIDER, ((PROVIDER, good),))
        client.delete(cap.aid)
        domain(OTHER, HEX("C18000"))
        refused(lambda: load(b"", ()), REFUSED)
        refused(lambda: load(PROVIDER, ((PROVIDER, good),)), REFUSED)
        assert client.get_status(LOAD_FILES, cap.aid) == []
        load(PROVIDER, ((OTHER, good), (PROVIDER, good)))

    tap.run(f"{name}: a load file needs the DAPs of those who insist, and right ones", run)


def faults(cap, tap):
    """The misbehaviours by which a server is tried: each receipt is wrong in just the way its name says."""
    signer = MacSigner(TYPE_AES, bytes(range(16)))
    seen = {}
    for fault in ("receipt-missing", "receipt-wrong", "receipt-replay", "receipt-other-card"):
        with Session(VARIANT, "--fault", fault) as session:
            x = Scene(session, cap, signer)
            answers = (x.load(), x.install())
            if fault == "receipt-missing":
                seen[fault] = answers == (b"\0", b"\0")
                continue
            first, second = (read_receipt(a) for a in answers)
            right = signature_holds(x, first, (cap.aid, PROVIDER))
            seen[fault] = {"receipt-wrong": not right and first.unique == x.unique,
                           "receipt-replay": right and first.counter == second.counter,
                           "receipt-other-card": right and first.unique != x.unique}[fault]
    for fault, good in seen.items():
        tap.ok(good, f"the fault {fault} does what it says and no more")


def signature_holds(x, receipt, items):
    try:
        x.receipts.check(receipt.signature, receipt_input(receipt, items))
    except AssertionError:
        return False
    return True


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    if not os.path.exists(os.environ.get("TSM_DEMO_CAP", "")):
        skip_all("the demonstration load file is not built; name it in TSM_DEMO_CAP")
    tap, cap = Tap(), capfile.read(os.environ["TSM_DEMO_CAP"])
    for name, signer in every_kind():
        for step in (whole_life, wrong_tokens, hash_bound):
            with Session(VARIANT) as session:
                tap.run(f"{name}: {step.__doc__}", lambda: step(Scene(session, cap, signer)))
        with Session(VARIANT) as session:
            daps(session, cap, name, signer, tap)
    for variant, level in CHANNELS:
        with Session(variant) as session:
            tap.run(f"{variant} level {level:02X}, chains of commands (11.1.5.1): {whole_life.__doc__}",
                    lambda: whole_life(Scene(session, cap, RsaSigner(2048), RECEIPTS_OF[number(variant)[0]], level)))
    aes = MacSigner(TYPE_AES, bytes(range(16)))
    for step in (replayed, owner_without):
        with Session(VARIANT) as session:
            tap.run(step.__doc__, lambda: step(Scene(session, cap, aes)))
    with Session(VARIANT) as session:
        tap.run(f"receipts by an ECC key of the card: {whole_life.__doc__}",
                lambda: whole_life(Scene(session, cap, aes, EccSigner("P-256"))))
    faults(cap, tap)
    tap.done()


if __name__ == "__main__":
    main()
