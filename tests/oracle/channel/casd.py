# SPDX-License-Identifier: Apache-2.0
"""Confidential set-up of a domain's keys with the Controlling Authority's domain, provider's side (pure).

GlobalPlatform Amendment A; its text was not at hand: scenarios 2B and 3 follow public clients and GPCS 2.3.1 B.3, B.4,
the answer of scenario 1 is the laboratory's own form.
"""
import tlv
from channel.authority import Party, plain
from channel.keys import aes_cmac
from channel.scp11 import agree, x963_kdf
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

PULL, AGREE, PUSH = b"\x01", b"\x03", b"\x04"
RANDOM, IDS = 0x02, 0x04
ENCIPHERMENT = b"\x88"
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def dgi(number, value):
    length = bytes([len(value)]) if len(value) < 0xFF else b"\xFF" + len(value).to_bytes(2, "big")
    return number.to_bytes(2, "big") + length + value


def parse_dgis(data):
    out, at = {}, 0
    while at < len(data):
        number, length, at = int.from_bytes(data[at:at + 2], "big"), data[at + 2], at + 3
        if length == 0xFF:
            length, at = int.from_bytes(data[at:at + 2], "big"), at + 2
        out[number], at = data[at:at + length], at + length
    return out


def template(scenario, kvn, length=16, usage=b"\x10", extra=b""):
    return tlv.make(0xA6, tlv.make(0x90, scenario) + tlv.make(0x95, usage) + tlv.make(0x80, b"\x88") +
                    tlv.make(0x81, bytes([length])) + tlv.make(0x83, bytes([kvn])) + extra)


def three(material, length):
    return [material[i * length:(i + 1) * length] for i in range(3)]


class RsaProvider:
    """The provider's key for enciphered answers, with a certificate of the authority the card knows."""

    def __init__(self, authority, name=b"PROVIDER"):
        self.key = rsa.generate_private_key(65537, 2048)
        numbers = self.key.public_key().public_numbers()
        body = (tlv.make(0x93, b"\x09") + tlv.make(0x42, authority.identifier) + tlv.make(0x5F20, name) +
                tlv.make(0x95, ENCIPHERMENT) + tlv.make(0x5F24, bytes.fromhex("20491231")) +
                tlv.make(0x7F49, tlv.make(0x81, numbers.n.to_bytes(256, "big")) + tlv.make(0x82, b"\x01\x00\x01")))
        signature = plain(authority.sign(body), len(authority.point) // 2)
        self.certificate = tlv.make(0x7F21, body + tlv.make(0x5F37, signature))


def rsa_key(certificate):
    """The public RSA key of a certificate."""
    key = tlv.first(tlv.first(certificate, 0x7F21), 0x7F49)
    return rsa.RSAPublicNumbers(int.from_bytes(tlv.first(key, 0x82), "big"),
                                int.from_bytes(tlv.first(key, 0x81), "big")).public_key()


def push(certificate, kvn, keys):
    """Scenario 2B: the groups that bring three keys for the card alone."""
    return dgi(0x00A6, template(PUSH, kvn, len(keys[0]))) + dgi(0x8010, rsa_key(certificate).encrypt(b"".join(keys), OAEP))


class Agreement:
    """Scenario 3 with the card's static point; the keys come out when the card has answered."""

    def __init__(self, point, kvn, length=16, parameters=0, host=None, numbers=b""):
        self.point, self.length, self.numbers, self.own = point, length, numbers, Party("P256", b"")
        extra = tlv.make(0x84, host) if host is not None else b""
        self.host = tlv.lv(host) if host is not None else b""
        self.template = template(AGREE + bytes([parameters]), kvn, length, extra=extra)
        self.groups = dgi(0x00A6, self.template) + dgi(0x7F49, self.own.point)

    def keys(self, answer):
        random = tlv.first(answer, 0x85)
        info = b"\x10\x88" + bytes([self.length]) + (random or b"") + self.host + self.numbers
        material = x963_kdf(agree("P256", self.own.private, self.point), info, 4 * self.length)
        signed = self.template + (tlv.make(0x85, random) if random is not None else b"")
        if aes_cmac(material[:self.length], signed) != tlv.first(answer, 0x86):
            raise ValueError("receipt")
        return three(material[self.length:], self.length)


def pulled(provider, point, sent_template, answer, length=16):
    """Scenario 1: the keys that the card has made, after the check of its signature."""
    groups = parse_dgis(answer)
    hidden, pair = groups[0x8010], groups[0x00AE]
    half = len(pair) // 2
    der = encode_dss_signature(int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public.verify(der, sent_template + hidden, ec.ECDSA(hashes.SHA256()))
    return three(provider.key.decrypt(hidden, OAEP), length)
