# SPDX-License-Identifier: Apache-2.0
"""Reference of the secured packets of SCP80, both directions (pure): ETSI TS 102 225 clause 5, 3GPP TS 31.115.

Command packet   CPL(2) CHL SPI(2) KIc KID TAR(3) | CNTR(5) PCNTR RC/CC data padding
Response packet  02 71 00 | RPL(2) RHL TAR(3) | CNTR(5) PCNTR STATUS RC/CC data padding
Everything behind the bar is ciphered when asked for; the check covers everything but itself.
"""
import binascii
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from channel.keys import aes_cbc, aes_cbc_decrypt, aes_cmac, des_cbc, des_cbc_decrypt

RESPONSE_UDH = bytes.fromhex("027100")
CIPHERED, RC, CC = 0x04, 0x01, 0x02          # SPI1
POR_CIPHERED, POR_RC, POR_CC = 0x10, 0x04, 0x08  # SPI2
AES, DES_ECB = 0x2, 0xD                       # low nibbles of KIc and KID
HEADER = 6                                    # CNTR and PCNTR


class PacketError(Exception):
    """The packet does not hold; reason is one of length, check, cipher."""


@dataclass
class Packet:
    """What both directions carry. status is None in a command."""
    tar: bytes
    counter: bytes
    data: bytes
    padding: bytes
    check: bytes
    status: int = None


def block_length(kic):
    return 16 if kic & 0x0F == AES else 8


def des_ecb(key, data, encrypt):
    c = Cipher(algorithms.TripleDES(key), modes.ECB())
    c = c.encryptor() if encrypt else c.decryptor()
    return c.update(data) + c.finalize()


def encipher(kic, key, data):
    if kic & 0x0F == AES:
        return aes_cbc(key, data)
    return des_ecb(key, data, True) if kic & 0x0F == DES_ECB else des_cbc(key, data)


def decipher(kic, key, data):
    if len(data) % block_length(kic):
        raise PacketError("cipher: not whole blocks")
    if kic & 0x0F == AES:
        return aes_cbc_decrypt(key, data)
    return des_ecb(key, data, False) if kic & 0x0F == DES_ECB else des_cbc_decrypt(key, data)


def crc16(data):
    """CRC-16 of ISO/IEC 13239 (reflected 1021), as TS 102 225 5.1.3.2 asks."""
    crc = 0xFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return (crc ^ 0xFFFF).to_bytes(2, "big")


def check_value(kind, kid, key, length, data):
    """RC or CC over data. A DES CC pads with zeros and is full 3DES on every block, no retail MAC."""
    if kind == 0:
        return b""
    if kind == RC:
        return crc16(data) if length == 2 else binascii.crc32(data).to_bytes(4, "big")
    if kind != CC:
        raise PacketError("check: digital signatures are not used")
    if kid & 0x0F == AES:
        return aes_cmac(key, data)[:length]
    return des_cbc(key, data + bytes(-len(data) % 8))[-8:][:length]


def wrap_command(spi, kic, kid, tar, counter, data, kic_key, kid_key, check_length=8):
    """A command packet from CPL to the end; check_length counts only when SPI1 asks for a check."""
    kind = spi[0] & 0x03
    n = check_length if kind else 0
    pad = -(HEADER + n + len(data)) % block_length(kic) if spi[0] & CIPHERED else 0
    head = bytes([13 + n]) + spi + bytes([kic, kid]) + tar
    cpl = (len(head) + HEADER + n + len(data) + pad).to_bytes(2, "big")
    body = data + bytes(pad)
    secured = counter + bytes([pad])
    check = check_value(kind, kid, kid_key, n, cpl + head + secured + body)
    tail = secured + check + body
    return cpl + head + (encipher(kic, kic_key, tail) if spi[0] & CIPHERED else tail)


def unwrap_command(packet, kic_key, kid_key):
    """Reads a command packet: (spi, kic, kid, Packet). PacketError when it does not hold."""
    if len(packet) < 16 or int.from_bytes(packet[:2], "big") != len(packet) - 2:
        raise PacketError("length: CPL")
    n, spi, kic, kid, tar = packet[2] - 13, packet[3:5], packet[5], packet[6], packet[7:10]
    tail = packet[10:]
    if spi[0] & CIPHERED:
        tail = decipher(kic, kic_key, tail)
    found = _split(tail, n, 0)
    found.tar = tar
    wanted = check_value(spi[0] & 0x03, kid, kid_key, n, packet[:10] + tail[:HEADER] + tail[HEADER + n:])
    if wanted != found.check:
        raise PacketError("check: RC or CC")
    return spi, kic, kid, found


def _split(tail, n, status_length):
    pad, start = tail[5], HEADER + status_length
    if n < 0 or start + n + pad > len(tail):
        raise PacketError("length: header or padding")
    end = len(tail) - pad
    status = tail[HEADER] if status_length else None
    return Packet(b"", tail[:5], tail[start + n:end], tail[end:], tail[start:start + n], status)


def wrap_response(spi, kic, kid, tar, counter, status, data, kic_key, kid_key, check_length=8):
    """A proof of receipt as SPI2 of the command asked for it, with its UDH."""
    kind = spi[1] >> 2 & 0x03
    n = check_length if kind else 0
    pad = -(HEADER + 1 + n + len(data)) % block_length(kic) if spi[1] & POR_CIPHERED else 0
    head = bytes([10 + n]) + tar
    rpl = (len(head) + HEADER + 1 + n + len(data) + pad).to_bytes(2, "big")
    secured, body = counter + bytes([pad, status]), data + bytes(pad)
    check = check_value(kind, kid, kid_key, n, RESPONSE_UDH + rpl + head + secured + body)
    tail = secured + check + body
    return RESPONSE_UDH + rpl + head + (encipher(kic, kic_key, tail) if spi[1] & POR_CIPHERED else tail)


def unwrap_response(spi, kic, kid, packet, kic_key, kid_key):
    """Reads a proof of receipt with its UDH; spi, kic and kid are the command's."""
    if packet[:3] != RESPONSE_UDH or len(packet) < 16 or int.from_bytes(packet[3:5], "big") != len(packet) - 5:
        raise PacketError("length: UDH or RPL")
    n, tar, tail = packet[5] - 10, packet[6:9], packet[9:]
    if spi[1] & POR_CIPHERED:
        tail = decipher(kic, kic_key, tail)
    found = _split(tail, n, 1)
    found.tar = tar
    signed = packet[:9] + tail[:HEADER + 1] + tail[HEADER + 1 + n:]
    if check_value(spi[1] >> 2 & 0x03, kid, kid_key, n, signed) != found.check:
        raise PacketError("check: RC or CC")
    return found
