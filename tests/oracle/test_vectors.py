# SPDX-License-Identifier: Apache-2.0
"""The oracle itself judged: published GlobalPlatform vectors recomputed (edge: reads TSM_VECTORS, prints TAP)."""
import hashlib
import json
import os
import pathlib
import sys
from dataclasses import replace

from tap import Tap, skip_all

try:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    from cap import cap_check
    from cap import capfile
    from channel.apdu import Command
    from channel.keys import (TYPE_AES, TYPE_DES, aes_cbc, aes_cmac, derive_sp800_108, des_cbc, des_ecb, diversify_3des,
                              diversify_kdf3, encrypt_key, kcv, key_field, mac_full_3des, mac_retail, pad)
    from channel.scp02 import ENC, MAC, RMAC, Scp02
    from channel.scp03 import Scp03
    from channel.scp11 import Scp11, agree, tlv
    from delegated.content import read_receipt, token_input
    from tlv import lv as tlv_lv
    from tlv import make as tlv_make
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex


def same(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: got {got.hex().upper()}, wanted {wanted.hex().upper()}")


def same_command(wrapped, wanted, what):
    """Whole commands are compared with and without Le: origins differ in what they print."""
    body = replace(wrapped, le=None).encode()
    if wanted not in (body, body + b"\0"):
        same(body, wanted, what)


def run_steps(session, steps):
    for number, step in enumerate(steps):
        command = Command.parse(HEX(step["plain_capdu"]))
        same_command(session.wrap(command), HEX(step["wrapped_capdu"]), f"command {number}")
        if "wrapped_rapdu" in step:
            answer = HEX(step["wrapped_rapdu"])
            sw = int.from_bytes(answer[-2:], "big")
            plain = session.unwrap(command, answer[:-2], sw)
            same(plain + answer[-2:], HEX(step["plain_rapdu"]), f"response {number}")


def session(v, channel):
    given, wanted = v["inputs"], v["expected"]
    channel.open(HEX(given["host_challenge"]), HEX(given["initialize_update_rapdu"]))
    for name in ("s_enc", "s_mac", "s_rmac", "s_dek", "card_cryptogram", "host_cryptogram", "card_challenge"):
        if name in wanted:
            same(getattr(channel, name), HEX(wanted[name]), name)
    level = int(given["security_level"], 16)
    command = channel.external_authenticate(level, Command(0x80, 0x82, level, 0))
    same_command(command, HEX(wanted["external_authenticate_capdu"]), "EXTERNAL AUTHENTICATE")
    run_steps(channel, wanted["steps"])


def three(given):
    return [HEX(given["key_" + name]) for name in ("enc", "mac", "dek")]


class PaddingScp03(Scp03):
    """A peer that pads and encrypts an empty data field, against 6.2.6: recorded as met, wrapped as met."""

    def wrap(self, command):
        if command.data or not self.level & 0x02:
            return super().wrap(command)
        self.counter += 1
        return self._sign(command.with_data(aes_cbc(self.s_enc, pad(b"", 16), self._icv(False))))


def scp03_session(v):
    kind = PaddingScp03 if "yubikit" in v["id"] else Scp03
    session(v, kind(*three(v["inputs"]), s16=v["inputs"]["mac_len"] == 16))


def scp02_session(v):
    session(v, Scp02(*three(v["inputs"]), i=int(v["inputs"]["i"], 16)))


def scp02_rmac(v):
    g = v["inputs"]
    key = HEX(g["keys"])
    channel = Scp02(key, key, key)
    channel.sequence = HEX(g["seq"])
    channel.s_enc, channel.s_mac = channel.derive("enc", ENC), channel.derive("mac", MAC)
    channel.s_rmac = channel.derive("mac", RMAC)
    channel.host_cryptogram = mac_full_3des(channel.s_enc,
                                            channel.sequence + HEX(g["card_challenge"]) + HEX(g["host_challenge"]))
    channel.icv = None
    level = int(g["level"], 16)
    channel.external_authenticate(level, Command(0x80, 0x82, level, 0))
    body = HEX(g["response_data"])
    same(channel.unwrap(Command.parse(HEX(g["command"])), body + HEX(v["expected"]["rmac"]), int(g["sw"], 16)), body,
         "response")


def scp02_session_key(v):
    g = v["inputs"]
    key = des_cbc(HEX(g["key"]), HEX(g["constant"]) + HEX(g["seq"]) + bytes(12))
    same(key, HEX(v["expected"]["session_key"]), "session key")
    same(kcv(TYPE_DES, key), HEX(v["expected"]["kcv_3des"]), "key check value")


def scp03_kdf(v):
    g = v["inputs"]
    same(derive_sp800_108(HEX(g["key"]), int(g["constant"], 16), HEX(g["context"]), g["L_bits"]),
         HEX(v["expected"]["derived"]), "derived")


def scp03_card_challenge(v):
    g = v["inputs"]
    key = HEX(g["key_enc"])
    channel = Scp03(key, key, key, s16=g.get("L_bits", 64) == 128)
    challenge = channel.pseudo_random_challenge(HEX(g["seq"]), HEX(g["aid"]))
    same(challenge, HEX(v["expected"]["card_challenge"]), "challenge")


def key_check_value(v):
    kind = TYPE_AES if "AES" in v["inputs"]["type"] else TYPE_DES
    same(kcv(kind, HEX(v["inputs"]["key"])), HEX(v["expected"]["kcv"]), "key check value")


def put_key(v):
    g = v["inputs"]
    dek, key = HEX(g["dek"]), HEX(g["new_key"])
    if "seq" in g:
        dek = des_cbc(dek, b"\x01\x81" + HEX(g["seq"]) + bytes(12))
    protocol = 3 if "AES" in g.get("alg", "") else 2
    same(encrypt_key(protocol, dek, key), HEX(v["expected"]["ciphertext"]), "key under DEK")


def put_key_apdu(v):
    dek, key = HEX(v["inputs"]["static_dek"]), HEX(v["inputs"]["new_keys"])
    plain = Command.parse(HEX(v["expected"]["plain_capdu"]))
    with_length = "11-70" in v["note"]
    body = plain.data[:1] + 3 * key_field(3, TYPE_AES, dek, key, with_length)
    same(body, plain.data, "PUT KEY data")


def diversification_3des(v):
    g = v["inputs"]
    key = diversify_3des(g["method"], HEX(g["master"]), HEX(g["kdd"]), g["key_index"])
    same(key, HEX(v["expected"]["key"]), "diversified key")


def diversification_kdf3(v):
    g = v["inputs"]
    wanted = HEX(v["expected"]["key"])
    key = diversify_kdf3(HEX(g["master"]), HEX(g["kdd"]), g["key_index"], len(wanted))
    same(key, wanted, "diversified key")


def scp11_session(v):
    """Variant a needs the card's ephemeral point, c its static point twice: both stand in the answer."""
    g, wanted = v["inputs"], v["expected"]
    answer, curve = HEX(g["mutual_authenticate_rapdu"])[:-2], g["curve"]
    point = tlv(answer, b"\x5F\x49")[0]
    first = agree(curve, HEX(g["esk_oce_ecka"]), point)
    secret = first + agree(curve, HEX(g["sk_oce_ecka"]), HEX(g["pk_sd_ecka"]))
    same(secret, HEX(wanted["shared_secret"]), "shared secret")
    channel = Scp11(g["mac_len"])
    channel.accept(secret, Command.parse(HEX(g["mutual_authenticate_capdu"])).data, answer)
    for name in ("shared_info", "receipt_key", "s_enc", "s_mac", "s_rmac", "receipt"):
        same(getattr(channel, name), HEX(wanted[name]), name)
    run_steps(channel, wanted["steps"])


def load_block_size(v):
    """The largest LOAD block: MAC always, padding to whole blocks when enciphered."""
    g = v["inputs"]
    room = g["max_lc"] - g["mac"]
    best = room // g["pad_block"] * g["pad_block"] - 1 if g["pad_block"] else room
    if "scp01_mac_enc" in v["id"]:
        best -= 1  # the length octet in front of SCP01 data
    same(bytes([best]), bytes([v["expected"]["max_plain"]]), "block")


def lfdb_hash(v):
    block = HEX(v["inputs"]["lfdb"])
    same(hashlib.sha256(block).digest(), HEX(v["expected"]["sha256"]), "SHA-256")
    raw, at = {}, 0
    while at < len(block):
        size = int.from_bytes(block[at + 1:at + 3], "big") + 3
        raw[capfile.NAMES[block[at]]] = block[at:at + size]
        at += size
    if "Descriptor" not in raw:
        return
    cap = capfile.Cap(raw, "empty")
    capfile.read_all(cap)
    for check in cap_check.CHECKS:
        check[1](cap)


def scp01_session(v):
    """SCP01 is outside the client; its session key and cryptograms are checked as 3DES facts (GPCS 2.1.1 D.3)."""
    g, wanted = v["inputs"], v["expected"]
    answer, host = HEX(g["initialize_update_rapdu"]), HEX(g["host_challenge"])
    card = answer[12:20]
    derivation = card[4:8] + host[0:4] + card[0:4] + host[4:8]
    s_enc, s_mac = des_ecb(HEX(g["key_enc"]), derivation), des_ecb(HEX(g["key_mac"]), derivation)
    same(s_enc, HEX(wanted["s_enc"]), "s_enc")
    same(s_mac, HEX(wanted["s_mac"]), "s_mac")
    same(mac_full_3des(s_enc, host + card), HEX(wanted["card_cryptogram"]), "card cryptogram")
    same(mac_full_3des(s_enc, card + host), HEX(wanted["host_cryptogram"]), "host cryptogram")


def rsa_verify(v, signature, data):
    """RSA scheme 1 (B.3.1): PKCS #1 v1.5 with SHA-1, for 1024-bit keys only."""
    numbers = RSA_KEYS[v["inputs"]["key"]]
    public = rsa.RSAPublicNumbers(int(numbers["e"], 16), int(numbers["n"], 16)).public_key()
    public.verify(signature, data, padding.PKCS1v15(), hashes.SHA1())


def dm_token(v):
    signed = HEX(v["inputs"]["dtbs"])
    same(token_input(signed[0], signed[1], signed[3:]), signed, "what the token covers")
    rsa_verify(v, HEX(v["expected"]["token"]), signed)


def dm_token_dtbs(v):
    """C.4.6: P1, P2, Lc, one 4F for each name."""
    g = v["inputs"]
    names = b"".join(tlv_make(0x4F, HEX(a)) for a in g["aids"])
    same(token_input(int(g["p1"], 16), int(g["p2"], 16), names), HEX(v["expected"]["dtbs"]), "what the token covers")


def dm_receipt(v):
    """C.5: the confirmation data, then the LV items of the operation; AES-CMAC or the retail MAC."""
    g, wanted = v["inputs"], v["expected"]
    mac = aes_cmac if "AES" in g["alg"] else mac_retail
    receipt = mac(HEX(g["receipt_key"]), HEX(g["confirmation_data"]) + HEX(g["context"]))
    same(receipt, HEX(wanted["receipt"]), "receipt")
    body = tlv_lv(receipt) + HEX(g["confirmation_data"])
    same(tlv_lv(body), HEX(wanted["response_data_field"]), "response data field")
    read = read_receipt(HEX(wanted["response_data_field"]))
    same(read.signature, receipt, "the receipt as read")
    same(read.covered, HEX(g["confirmation_data"]), "its confirmation data")


def dap_signature(v):
    """C.3: over the load file data block hash, which RSA hashes again."""
    digest, signature = HEX(v["inputs"]["lfdbh"]), HEX(v["expected"]["dap"])
    if "AES" in v["inputs"]["alg"]:
        same(aes_cmac(HEX(v["inputs"]["key"]), digest), signature, "signature")
    else:
        rsa_verify(v, signature, digest)


def gp_certificate_7f21(v):
    """Amendment F 6.1: plain r|s over the body in front of 5F37."""
    wanted = v["expected"]
    pair = HEX(wanted["signature_rs"])
    half = len(pair) // 2
    der = encode_dss_signature(int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), HEX(v["inputs"]["ca_public_point"]))
    point.verify(der, HEX(wanted["signed_data"]), ec.ECDSA(hashes.SHA256()))


RSA_KEYS = {}  # by vector id, filled from the rsa_key vectors
KINDS = {f.__name__: f for f in (scp03_session, scp02_session, scp01_session, scp02_rmac, scp02_session_key, scp03_kdf,
                                 scp03_card_challenge, put_key, put_key_apdu, scp11_session, load_block_size,
                                 lfdb_hash, dm_token, dm_token_dtbs, dm_receipt, dap_signature, gp_certificate_7f21)}
KINDS.update({"kcv": key_check_value, "key_diversification_3des": diversification_3des,
              "key_diversification_kdf3": diversification_kdf3})


def main():
    root = pathlib.Path(os.environ.get("TSM_SOURCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
    folder = pathlib.Path(os.environ.get("TSM_VECTORS", root.parent / "shared" / "vectors"))
    if not (folder / "vectors-gp.json").exists():
        skip_all("the folder of published vectors is absent")
    tap = Tap()
    all_vectors = json.loads((folder / "vectors-gp.json").read_text())["vectors"]
    RSA_KEYS.update({v["id"]: v["expected"] for v in all_vectors if v["kind"] == "rsa_key"})
    for v in all_vectors:
        if v["kind"] in KINDS:
            tap.run(f"{v['kind']} {v['id']} is recomputed", KINDS[v["kind"]], v)
    tap.done()


if __name__ == "__main__":
    sys.exit(main())
