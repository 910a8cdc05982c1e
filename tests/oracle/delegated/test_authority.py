# SPDX-License-Identifier: Apache-2.0
"""`tsm gp token | receipt | dap` judged: every signature recomputed here, in both directions, and taken to the
laboratory's card (edge: processes, TCP, TAP).

The clauses named are of GPCS 2.3.1. TSM is the command line, TSM_LAB the tsm-lab program, TSM_DEMO_CAP a load file.
"""
import hashlib
import os
import subprocess
import tempfile

from tap import Tap, skip_all

try:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives import hashes

    import tlv
    from cap import capfile
    from channel.apdu import Command
    from channel.keys import TYPE_AES
    from delegated.content import delete_with_token, load_file, read_receipt, receipt_input, token_input
    from delegated.signer import EccSigner, MacSigner, RsaSigner, dap_hash, every_kind
    from gp import FOR_EXTRADITION
    from labcard import Session
    from test_delegated import OTHER, PROVIDER, VARIANT, Scene
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex
INSTALL, DELETE = 0xE6, 0xE4
AID, ELF = HEX("F04F54534D0101"), HEX("F04F54534D0001")
BODIES = {  # P1, P2, data before the token: Tables C-4 to C-9
    "load": (0x02, 0, tlv.lv(ELF) + tlv.lv(PROVIDER) + tlv.lv(bytes(range(64))) + tlv.lv(b"")),
    "install": (0x0C, 0, tlv.lv(ELF) + tlv.lv(AID) + tlv.lv(AID) + tlv.lv(bytes(3)) + tlv.lv(HEX("C900"))),
    "make selectable": (0x08, 0, b"\0\0" + tlv.lv(AID) + tlv.lv(b"\0") + b"\0"),
    "extradition": (0x10, 0, tlv.lv(OTHER) + b"\0" + tlv.lv(AID) + b"\0\0"),
    "registry update": (0x40, 0, b"\0\0" + tlv.lv(AID) + tlv.lv(HEX("A08000")) + b"\0"),
    "delete": (0x00, 0x80, tlv.make(0x4F, ELF)),
    "delete with a token identifier": (0x00, 0, tlv.make(0x4F, AID) + tlv.make(0xB6, HEX("930455667788"))),
}
EVENTS = {  # members in the order of Tables C-11 to C-15, by option
    "load": (("load-file", ELF), ("domain", PROVIDER)),
    "install": (("load-file", ELF), ("application", AID)),
    "extradition": (("domain", PROVIDER), ("application", AID), ("new-domain", OTHER)),
    "registry-update": (("domain", PROVIDER), ("application", AID), ("new-domain", OTHER), ("privileges", HEX("A08000")),
                        ("parameters", HEX("EF03CF0101"))),
    "delete": (("application", ELF),),
    "combined": (("load-file", ELF), ("application", AID), ("domain", PROVIDER)),
}
UNIQUE = HEX("47110102030405060708")


class Tsm:
    """The command line with one key: secrets go through a descriptor, pairs through a file."""

    def __init__(self, signer, folder):
        self.signer = signer
        if isinstance(signer, MacSigner):
            self.options = ["--key", "fd:0", "--alg", "aes" if signer.key_type == TYPE_AES else "tdes"]
            self.input = signer.key.hex().encode()
            return
        path = os.path.join(folder, "key.pem")
        with open(path, "wb") as file:
            file.write(signer.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                serialization.NoEncryption()))
        self.options, self.input = ["--pem", path], None

    def run(self, group, verb, *words):
        """What it printed; ValueError with its last words when it refused."""
        done = subprocess.run([os.environ["TSM"], "gp", group, verb, *self.options, *words], input=self.input,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise ValueError(done.stderr.decode().strip())
        return done.stdout.decode().strip()

    def token(self, p1, p2, body):
        return HEX(self.run("token", "sign", "--raw", command(p1, p2, body, b"").hex()))

    def sign(self, data):
        """A token over its input, as the client of the card asks for it."""
        body = data[3:] if data[2] else data[5:]
        return self.token(data[0], data[1], body)


def command(p1, p2, body, token):
    """The plain command with its token, or the empty field that INSTALL has without one; extended above 255."""
    deletion = p1 == 0
    if deletion:
        body += tlv.make(0x9E, token) if token else b""
    else:
        body += tlv.lv(token)
    header = bytes([0x80, DELETE if deletion else INSTALL, p1, p2])
    if len(body) <= 255:
        return header + bytes([len(body)]) + body + b"\0"
    return header + b"\0" + len(body).to_bytes(2, "big") + body + b"\0\0"


def verify(signer, signature, data):
    if isinstance(signer, RsaSigner):
        public = signer.key.public_key()
        if signer.bits == 1024:
            public.verify(signature, data, padding.PKCS1v15(), hashes.SHA1())
        else:
            public.verify(signature, data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    else:
        signer.check(signature, data)


def refused(call, *words):
    try:
        call()
    except ValueError as error:
        assert all(w in str(error) for w in words), error
        return
    raise AssertionError("it was not refused")


HASHES = ("sha512", "sha384", "sha256")


def strong(signer):
    """Its own hash is stronger than the SHA-256 of the load file here: Table C-3 asks for as much in C.2."""
    return isinstance(signer, EccSigner) and signer.hash.digest_size > 32


def tokens(tsm, signer):
    for p1, p2, body in BODIES.values():
        verify(signer, tsm.token(p1, p2, body), token_input(p1, p2, body))
        ours = signer.sign(token_input(p1, p2, body))
        tsm.run("token", "verify", command(p1, p2, body, ours).hex())
        other = signer.sign(token_input(p1, p2 ^ 0x80, body))
        refused(lambda: tsm.run("token", "verify", command(p1, p2, body, other).hex()), "does not belong")
    pieces(tsm, p1, p2, body)


def pieces(tsm, p1, p2, body):
    """What is printed to be sent, a chain where it is long, is what may be verified (11.1.5.1)."""
    told = tsm.run("token", "sign", "--block", "20", command(p1, p2, body, b"").hex())
    chain = [line.split()[1] for line in told.splitlines() if line.startswith("send")]
    assert len(chain) > 1 and all(HEX(c)[2] & 0x80 for c in chain[:-1]), chain
    tsm.run("token", "verify", *chain)
    refused(lambda: tsm.run("token", "verify", *chain[:-1]), "missing")
    stranger = chain[1][:6] + "01" + chain[1][8:]
    refused(lambda: tsm.run("token", "verify", chain[0], stranger, *chain[2:]), "next piece")
    refused(lambda: tsm.run("token", "verify", *chain, *2 * chain[-1:]), "too many")


def answer_of(signer, kind, counter, unique=UNIQUE, token_id=b""):
    """A confirmation, Tables 11-13 and 11-14."""
    covered = b"\x02" + counter.to_bytes(2, "big") + tlv.lv(unique) + (tlv.lv(token_id) if token_id else b"")
    signed = covered + b"".join(tlv.lv(value) for _, value in EVENTS[kind])
    return tlv.lv(tlv.lv(signer.sign(signed)) + covered)


def words_of(kind):
    return ["--for", kind, *(w for option, value in EVENTS[kind] for w in (f"--{option}", value.hex()))]


def receipts(tsm, signer):
    for kind in EVENTS:
        made = HEX(tsm.run("receipt", "sign", *words_of(kind), "--counter", "8", "--unique", UNIQUE.hex(), "--raw"))
        r = read_receipt(made)
        assert (r.counter, r.unique) == (8, UNIQUE)
        verify(signer, r.signature, receipt_input(r, [value for _, value in EVENTS[kind]]))
        terms = [*words_of(kind), "--unique", UNIQUE.hex(), "--last", "7"]
        check = lambda answer: tsm.run("receipt", "verify", *terms, answer.hex())
        check(answer_of(signer, kind, 8))
        check(answer_of(signer, kind, 8, token_id=HEX("55667788")))
        refused(lambda: check(answer_of(signer, kind, 7)), "repetition")
        refused(lambda: check(answer_of(signer, kind, 9)), "left numbers out")
        refused(lambda: check(answer_of(signer, kind, 8, UNIQUE[:-1] + b"\0")), "another card")
        refused(lambda: check(answer_of(signer, kind, 8)[:-1]), "ends before")
        refused(lambda: check(b"\0"), "no receipt")
        wrong = "delete" if kind != "delete" else "load"
        refused(lambda: tsm.run("receipt", "verify", *words_of(wrong), answer_of(signer, kind, 8).hex()), "not made with")


def daps(tsm, signer, cap):
    block = cap.load_file_data_block()
    for name in HASHES[:HASHES.index(dap_hash(signer)) + 1]:
        digest = hashlib.new(name, block).digest()
        made = HEX(tsm.run("dap", "sign", "--domain", PROVIDER.hex(), "--cap", os.environ["TSM_DEMO_CAP"], "--hash-alg",
                           name, "--raw"))
        parts = dict(tlv.parse(tlv.first(made, 0xE2)))
        assert parts[0x4F] == PROVIDER
        verify(signer, parts[0xC3], digest)
        ours = tlv.make(0xE2, tlv.make(0x4F, PROVIDER) + tlv.make(0xC3, signer.sign(digest)))
        tsm.run("dap", "verify", "--cap", os.environ["TSM_DEMO_CAP"], "--hash-alg", name, ours.hex())
        elsewhere = tlv.make(0xE2, tlv.make(0x4F, PROVIDER) + tlv.make(0xC3, signer.sign(digest[::-1])))
        refused(lambda: tsm.run("dap", "verify", "--hash", digest.hex(), elsewhere.hex()), "does not belong")


class Delegate(Scene):
    """A life on the card whose tokens are made, and whose receipts are judged, by the command line."""

    def __init__(self, session, cap, signer, folder):
        super().__init__(session, cap, signer)
        self.signer = Tsm(signer, folder)
        self.judge = Tsm(self.receipts, folder)
        self.last = None

    def done(self, answer, kind, **members):
        words = [w for option, value in members.items() for w in ("--" + option.replace("_", "-"), value.hex())]
        last = [] if self.last is None else ["--last", str(self.last)]
        said = self.judge.run("receipt", "verify", "--for", kind, *words, "--unique", self.unique.hex(), *last,
                              answer.hex())
        counter = int(said.split()[-1])
        refused(lambda: self.judge.run("receipt", "verify", "--for", kind, *words, "--last", str(counter), answer.hex()),
                "repetition")
        self.last = counter


def on_the_card(x):
    x.done(x.load(), "load", load_file=x.cap.aid, domain=PROVIDER)
    x.done(x.install(), "install", load_file=x.cap.aid, application=x.applet)
    x.done(delete_with_token(x.c, x.applet, x.signer), "delete", application=x.applet)
    x.done(delete_with_token(x.c, x.cap.aid, x.signer, True), "delete", application=x.cap.aid)


def dap_on_the_card(session, cap, signer, folder):
    """The load file goes in with the DAP block that the command line made, and not with one over another file."""
    from labcard import keys_of, refused as card_refuses
    from delegated.content import DAP_KVN, put_single_key
    from gp import SD_LOAD_FILE, SD_MODULE
    client, block = session.client, cap.load_file_data_block()
    session.open(level=0x33)
    client.install(SD_LOAD_FILE, SD_MODULE, PROVIDER, HEX("C08000"))
    session.open(level=0x33, aid=PROVIDER)
    client.put_keys(keys_of(0x11, 0x30))
    session.open(keys_of(0x11, 0x30), 0x33, PROVIDER)
    put_single_key(client, signer.field(3, client.channel.dek), DAP_KVN)
    session.open(level=0x33)
    tsm, digest = Tsm(signer, folder), hashlib.new(dap_hash(signer), block).digest()
    for wanted, signed in ((False, digest[::-1]), (True, digest)):
        made = HEX(tsm.run("dap", "sign", "--domain", PROVIDER.hex(), "--hash", signed.hex(), "--raw"))
        signature = tlv.first(tlv.first(made, 0xE2), 0xC3)
        client.install_for_load(cap.aid, PROVIDER, digest)
        load = lambda: load_file(client, block, ((PROVIDER, signature),))
        load() if wanted else card_refuses(load)


def main():
    for name in ("TSM", "TSM_LAB", "TSM_DEMO_CAP"):
        if not os.path.exists(os.environ.get(name, "")):
            skip_all(f"{name} names no file")
    tap, cap = Tap(), capfile.read(os.environ["TSM_DEMO_CAP"])
    with tempfile.TemporaryDirectory() as folder:
        for name, signer in (*every_kind(), ("ECDSA P-384", EccSigner("P-384"))):
            tsm = Tsm(signer, folder)
            tap.run(f"{name}: tokens agree in both directions (C.4)", tokens, tsm, signer)
            if name != "RSA-2048 PSS":  # 256 octets do not fit a confirmation, Table 11-13
                tap.run(f"{name}: receipts agree in both directions, bad ones are named (C.5)", receipts, tsm, signer)
            tap.run(f"{name}: DAP signatures agree in both directions (C.3)", daps, tsm, signer, cap)
            if dap_hash(signer) != "sha256":
                refused(lambda: tsm.run("dap", "sign", "--domain", PROVIDER.hex(), "--hash", bytes(32).hex()), "too weak")
            if strong(signer):
                continue
            with Session(VARIANT) as session:
                tap.run(f"{name}: the card takes the command line's tokens, which takes the card's receipts",
                        lambda: on_the_card(Delegate(session, cap, signer, folder)))
            with Session(VARIANT) as session:
                tap.run(f"{name}: the card takes the command line's DAP and refuses one over another file",
                        dap_on_the_card, session, cap, signer, folder)
    tap.done()


if __name__ == "__main__":
    main()
