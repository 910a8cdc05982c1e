# SPDX-License-Identifier: Apache-2.0
"""Cipher primitives, key check values, key diversification and key fields, from the standards (pure).

GPCS 2.3.1 appendix B and clause 11.8; Amendment D 1.1.1 clauses 4.1, 6.2.8 and 7.2.
"""
from cryptography.hazmat.primitives import cmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TYPE_DES, TYPE_AES = 0x80, 0x88  # Table 11-16
KCV_LENGTH = 3


def des_cbc(key, data, iv=bytes(8)):
    """3DES-CBC (single DES when the key has 8 octets), no padding."""
    e = Cipher(algorithms.TripleDES(key), modes.CBC(iv)).encryptor()
    return e.update(data) + e.finalize()


def des_cbc_decrypt(key, data, iv=bytes(8)):
    d = Cipher(algorithms.TripleDES(key), modes.CBC(iv)).decryptor()
    return d.update(data) + d.finalize()


def des_ecb(key, data):
    e = Cipher(algorithms.TripleDES(key), modes.ECB()).encryptor()
    return e.update(data) + e.finalize()


def aes_ecb(key, data):
    e = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return e.update(data) + e.finalize()


def aes_cbc(key, data, iv=bytes(16)):
    e = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return e.update(data) + e.finalize()


def aes_cbc_decrypt(key, data, iv=bytes(16)):
    d = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return d.update(data) + d.finalize()


def aes_cmac(key, data):
    c = cmac.CMAC(algorithms.AES(key))
    c.update(data)
    return c.finalize()


def pad(data, block):
    """'80' and as many '00' as fill the block: B.1.3, Amendment D 4.1.4."""
    data += b"\x80"
    return data + bytes(-len(data) % block)


def unpad(data):
    stripped = data.rstrip(b"\0")
    if not stripped.endswith(b"\x80"):
        raise ValueError("padding")
    return stripped[:-1]


def mac_full_3des(key, data, iv=bytes(8)):
    """B.1.2.1: full triple DES MAC over padded data."""
    return des_cbc(key, pad(data, 8), iv)[-8:]


def mac_retail(key, data, iv=bytes(8)):
    """B.1.2.2: single DES, with a final triple DES, over padded data."""
    data = pad(data, 8)
    head, last = data[:-8], data[-8:]
    chain = des_cbc(key[:8], head, iv)[-8:] if head else iv
    return des_cbc(key, last, chain)


def kcv(key_type, key):
    """B.6 for DES; Amendment D 7.2.2 for AES."""
    value = des_ecb(key, bytes(8)) if key_type == TYPE_DES else aes_ecb(key, b"\x01" * 16)
    return value[:KCV_LENGTH]


def derive_sp800_108(key, constant, context, bits):
    """Amendment D 4.1.5: KDF in counter mode with CMAC."""
    out = b""
    for counter in range(1, (bits + 127) // 128 + 1):
        block = bytes(11) + bytes([constant]) + b"\0" + bits.to_bytes(2, "big") + bytes([counter]) + context
        out += aes_cmac(key, block)
    return out[:bits // 8]


def diversify_3des(method, master, kdd, index):
    """EMV CPS and VISA2 static key derivation from the ten octets of key diversification data."""
    part = kdd[4:10] if method == "emv" else kdd[0:2] + kdd[4:8]
    mark = lambda octet: part + bytes([octet, index])
    return des_ecb(master, mark(0xF0) + mark(0x0F))


def diversify_kdf3(master, kdd, index, length):
    out = b""
    for counter in range(1, (length + 15) // 16 + 1):
        out += aes_cmac(master, bytes([counter, 0, 0, 0, index, 0]) + kdd)
    return out[:length]


def encrypt_key(protocol, dek, key):
    """A key under DEK: 3DES-ECB (SCP02, E.4.7) or AES-CBC with ICV zero (SCP03, Amendment D 6.2.8)."""
    if protocol == 2:
        return des_ecb(dek, key)
    return aes_cbc(dek, key + bytes(-len(key) % 16))


def key_field(protocol, key_type, dek, key, with_length=True):
    """One key data field of PUT KEY, basic format: Table 11-68 with 11-70, or 11-71 without the inner length."""
    block = encrypt_key(protocol, dek, key)
    if key_type == TYPE_AES and with_length:
        block = bytes([len(key)]) + block
    return bytes([key_type, len(block)]) + block + bytes([KCV_LENGTH]) + kcv(key_type, key)
