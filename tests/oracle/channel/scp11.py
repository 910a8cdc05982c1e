# SPDX-License-Identifier: Apache-2.0
"""SCP11, off-card side (pure): key agreement and receipt, Amendment F 1.4 clauses 3.1 and 5.2."""
import hashlib

from cryptography.hazmat.primitives.asymmetric import ec

from channel.keys import aes_cmac
from channel.scp03 import Scp03

CURVES = {"P256": ec.SECP256R1, "P384": ec.SECP384R1, "BP256": ec.BrainpoolP256R1}
LEVELS = {0x34: 0x11, 0x3C: 0x33, 0x1C: 0x03, 0x74: 0x13}  # tables 4-3 and 4-4


def agree(curve, private, point):
    """ECKA: the x coordinate."""
    own = ec.derive_private_key(int.from_bytes(private, "big"), CURVES[curve]())
    return own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve](), point))


def x963_kdf(secret, info, length):
    """BSI TR-03111 / ANSI X9.63 with SHA-256, whatever the curve."""
    out, counter = b"", 1
    while len(out) < length:
        out += hashlib.sha256(secret + counter.to_bytes(4, "big") + info).digest()
        counter += 1
    return out[:length]


def tlv(data, tag):
    """The value and the whole of a two-octet tag with a short or 81 length."""
    at = data.index(tag)
    head = 2 if data[at + len(tag)] == 0x81 else 1
    start = at + len(tag) + head
    length = data[start - 1]
    return data[start:start + length], data[at:start + length]


class Scp11(Scp03):
    """After MUTUAL or INTERNAL AUTHENTICATE: an SCP03 session with the receipt as first chaining value."""
    protocol = 11

    def __init__(self, mac_length=8):
        self.mac_length = mac_length
        self.level = None

    def accept(self, secret, command, answer, numbers=b"", dek=None):
        """Keys from the shared secret ShSee|ShSss (a), ShSee|ShSes (b), ShSes|ShSss (c); checks the receipt.

        numbers: the LV items of HostID and card (7.6.2.3) when the parameters ask for them. dek: a static Key-DEK.
        """
        control, whole_control = tlv(command, b"\xA6")
        usage, key_type, key_length = tlv(control, b"\x95")[0], b"\x88", tlv(control, b"\x81")[0][0]
        self.shared_info = usage + key_type + bytes([key_length]) + numbers
        block = x963_kdf(secret, self.shared_info, 5 * key_length)
        parts = [block[i:i + key_length] for i in range(0, 5 * key_length, key_length)]
        self.receipt_key, self.s_enc, self.s_mac, self.s_rmac, self.static_dek = parts
        self.static_dek = dek or self.static_dek
        signed = whole_control + tlv(command, b"\x5F\x49")[1] + tlv(answer, b"\x5F\x49")[1]
        self.receipt = aes_cmac(self.receipt_key, signed)
        if tlv(answer[answer.index(b"\x5F\x49") + len(tlv(answer, b"\x5F\x49")[1]):], b"\x86")[0] != self.receipt:
            raise ValueError("receipt")
        self.level = LEVELS[usage[0]]
        self.begin(self.receipt)
