# SPDX-License-Identifier: Apache-2.0
"""Keys that sign tokens, DAPs and receipts, and the other half of each for PUT KEY (pure but for random numbers).

GPCS 2.3.1 appendix B.1.2.2, B.2.2, B.3, B.4.3; Tables 11-68, 11-73, 11-75, B-2.
"""
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

import tlv
from channel.keys import TYPE_AES, TYPE_DES, aes_cmac, encrypt_key, key_field, mac_retail

CURVES = {"P-256": (ec.SECP256R1, 0x00), "P-384": (ec.SECP384R1, 0x01), "P-521": (ec.SECP521R1, 0x02),
          "brainpoolP256r1": (ec.BrainpoolP256R1, 0x03), "brainpoolP384r1": (ec.BrainpoolP384R1, 0x05),
          "brainpoolP512r1": (ec.BrainpoolP512R1, 0x07)}  # Table B-2
RSA_MODULUS, RSA_EXPONENT, ECC_PUBLIC, ECC_PRIVATE, ECC_CURVE = 0xA1, 0xA0, 0xB0, 0xB1, 0xF0  # Table 11-16
SCHEME_1_BITS = 1024


def octets(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


class MacSigner:
    """AES or two-key 3DES: signer and verifier hold the same key."""

    def __init__(self, key_type, key):
        self.key_type, self.key = key_type, key

    def sign(self, data):
        return aes_cmac(self.key, data) if self.key_type == TYPE_AES else mac_retail(self.key, data)

    def check(self, signature, data):
        assert signature == self.sign(data), f"MAC {signature.hex()}"

    def field(self, protocol, dek):
        """The key data field that makes the card a verifier."""
        return key_field(protocol, self.key_type, dek, self.key)


class RsaSigner:
    """Scheme 1 up to 1024 bits, scheme 2 above."""

    def __init__(self, bits):
        self.key, self.bits = rsa.generate_private_key(65537, bits), bits

    def sign(self, data):
        if self.bits <= SCHEME_1_BITS:
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA1())
        return self.key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

    def field(self, _protocol, _dek):
        numbers = self.key.public_key().public_numbers()
        return tlv.make(RSA_MODULUS, octets(numbers.n)) + tlv.make(RSA_EXPONENT, octets(numbers.e)) + b"\0"


class EccSigner:
    """ECDSA with the hash of Table B-3; r and s joined at the length of the order."""

    def __init__(self, curve):
        self.curve, self.reference = CURVES[curve]
        self.key = ec.generate_private_key(self.curve())
        self.length = (self.curve().key_size + 7) // 8
        bits = self.curve().key_size
        self.hash = hashes.SHA256() if bits < 384 else hashes.SHA384() if bits < 512 else hashes.SHA512()

    def sign(self, data):
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(self.hash)))
        return r.to_bytes(self.length, "big") + s.to_bytes(self.length, "big")

    def check(self, signature, data):
        assert len(signature) == 2 * self.length
        r, s = (int.from_bytes(h, "big") for h in (signature[:self.length], signature[self.length:]))
        self.key.public_key().verify(encode_dss_signature(r, s), data, ec.ECDSA(self.hash))

    def point(self):
        numbers = self.key.public_key().public_numbers()
        return b"\x04" + numbers.x.to_bytes(self.length, "big") + numbers.y.to_bytes(self.length, "big")

    def field(self, _protocol, _dek):
        return tlv.make(ECC_PUBLIC, self.point()) + tlv.make(ECC_CURVE, bytes([self.reference])) + b"\0"

    def private_field(self, protocol, dek):
        """The key data field that makes the card the signer; the scalar is under DEK (Table 11-70 when padded)."""
        scalar = self.key.private_numbers().private_value.to_bytes(self.length, "big")
        block = encrypt_key(protocol, dek, scalar)
        if len(block) != len(scalar):
            block = bytes([len(scalar)]) + block
        return tlv.make(ECC_PRIVATE, block) + tlv.make(ECC_CURVE, bytes([self.reference])) + b"\0"


AES_DAP_HASH = {16: "sha256", 24: "sha384", 32: "sha512"}  # Amendment D, Table 8-1


def dap_hash(signer):
    """The weakest hash, SHA-1 aside, that a DAP of this key may stand on: Table C-3, for AES keys Amendment D 8.1."""
    if isinstance(signer, EccSigner):
        return signer.hash.name
    return AES_DAP_HASH[len(signer.key)] if isinstance(signer, MacSigner) and signer.key_type == TYPE_AES else "sha256"


def every_kind():
    """Name and a signer of every kind Table C-1 knows."""
    return (("AES-128 CMAC", MacSigner(TYPE_AES, bytes(range(16)))),
            ("AES-256 CMAC", MacSigner(TYPE_AES, bytes(range(32)))),
            ("3DES retail MAC", MacSigner(TYPE_DES, bytes(range(0x20, 0x30)))), ("RSA-1024 PKCS#1", RsaSigner(1024)),
            ("RSA-2048 PSS", RsaSigner(2048)), ("ECDSA P-256", EccSigner("P-256")),
            ("ECDSA brainpoolP256r1", EccSigner("brainpoolP256r1")))
