# SPDX-License-Identifier: Apache-2.0
"""An import file as a card vendor makes it: one file key, encrypted to the owner's token (compact JWE, ECDH-ES and
A256GCM, RFC 7516), and each line's keys under it (AES-256-GCM, the element's name as additional data). Pure but for
randomness."""
import base64
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def jwe(jwk, plain):
    """Compact JWE of `plain` to a public P-256 JWK [RFC 7518 4.6]."""
    peer = ec.EllipticCurvePublicNumbers(int.from_bytes(unb64(jwk["x"]), "big"), int.from_bytes(unb64(jwk["y"]), "big"),
                                         ec.SECP256R1()).public_key()
    mine = ec.generate_private_key(ec.SECP256R1())
    own = mine.public_key().public_numbers()
    epk = {"kty": "EC", "crv": "P-256", "x": b64(own.x.to_bytes(32, "big")), "y": b64(own.y.to_bytes(32, "big"))}
    head = b64(json.dumps({"alg": "ECDH-ES", "enc": "A256GCM", "kid": jwk.get("kid", ""), "epk": epk}).encode())
    other = struct.pack(">I", 7) + b"A256GCM" + struct.pack(">III", 0, 0, 256)
    key = hashlib.sha256(struct.pack(">I", 1) + mine.exchange(ec.ECDH(), peer) + other).digest()
    nonce = os.urandom(12)
    box = AESGCM(key).encrypt(nonce, plain, head.encode())
    return ".".join([head, "", b64(nonce), b64(box[:-16]), b64(box[-16:])])


def kcv(keys):
    """Check values of AES keys: three octets of 01..01 enciphered, key after key [GPCS B.6, Amendment D 7.2.2]."""
    out = b""
    for key in keys:
        out += Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(b"\x01" * 16)[:3]
    return out.hex().upper()


class ImportFile:
    """Lines under one file key; the first one carries the key."""

    def __init__(self, jwk):
        self.key = os.urandom(32)
        self.box = AESGCM(self.key)
        self.lines = [json.dumps({"file_key": jwe(jwk, self.key)})]

    def seal(self, keys, name):
        nonce = os.urandom(12)
        return (nonce + self.box.encrypt(nonce, b"".join(keys), name.encode())).hex().upper()

    def add(self, keys, **line):
        """A line with its three keys sealed; the element's first name is what they are bound to."""
        name = line.get("iccid") or line.get("seid") or line.get("eid") or line.get("cplc")
        line.setdefault("kcv", kcv(keys))
        self.lines.append(json.dumps({**line, "sealed": self.seal(keys, name)}))

    def text(self):
        return "\n".join(self.lines) + "\n"
