# SPDX-License-Identifier: Apache-2.0
"""Certificates of SCP11 in both formats, issued and judged (pure but for random numbers): Amendment F 1.4 clause 6."""
import datetime
import hashlib

import tlv
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509.oid import NameOID, ObjectIdentifier

from channel.scp11 import CURVES

REFERENCES = {"P256": 0x00, "P384": 0x01, "BP256": 0x03}  # GPCS table B-2
HASHES = {"P256": hashes.SHA256, "P384": hashes.SHA384, "BP256": hashes.SHA256}  # table B-3
VERIFICATION, AGREEMENT = b"\x82", b"\x00\x80"  # table 6-1
EXTENSIONS = "1.2.840.114283.100.0.10.2.0."  # Annex C: 1 id-scp11-auth, 2 id-sd-subject-id
ORDER = (0x93, 0x42, 0x5F20, 0x95, 0x5F25, 0x5F24, 0x53, 0x73, 0xBF20, 0x7F49)
START, END = datetime.datetime(2020, 1, 1), datetime.datetime(2049, 12, 31)


def point_of(public):
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def plain(der, size):
    """r and s of a DER signature at the length of the order (GPCS B.4.3)."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


class Party:
    """A key pair with a name: an authority, an intermediate authority or an off-card entity."""

    def __init__(self, curve, name):
        self.curve, self.name = curve, name
        self.key = ec.generate_private_key(CURVES[curve]())
        self.point = point_of(self.key.public_key())
        self.identifier = hashlib.sha1(self.point).digest()  # method 1 of RFC 5280 4.2.1.2
        self.private = self.key.private_numbers().private_value.to_bytes(len(self.point) // 2, "big")

    def sign(self, data):
        return self.key.sign(data, ec.ECDSA(HASHES[self.curve]()))

    # GlobalPlatform format ---------------------------------------------------------------------------------------

    def issue_gp(self, party, usage=AGREEMENT, serial=b"\x01", rights=None, der=False):
        """7F21 for party, signed by this one; der: the signature as X9.62 codes it, which is met in the field."""
        body = (tlv.make(0x93, serial) + tlv.make(0x42, self.identifier) + tlv.make(0x5F20, party.name) +
                tlv.make(0x95, usage) + tlv.make(0x5F24, bytes.fromhex("20491231")))
        if rights is not None:
            body += tlv.make(0xBF20, rights)
        body += tlv.make(0x7F49, tlv.make(0xB0, party.point) + tlv.make(0xF0, bytes([REFERENCES[party.curve]])))
        signature = self.sign(body)
        if not der:
            signature = plain(signature, len(self.point) // 2)
        return tlv.make(0x7F21, body + tlv.make(0x5F37, signature))

    # X.509 -------------------------------------------------------------------------------------------------------

    def distinguished_name(self):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name.hex())])

    def issue_x509(self, party, usage=AGREEMENT, serial=1, rights=None, subject_id=None):
        agrees = usage == AGREEMENT
        builder = (x509.CertificateBuilder().subject_name(party.distinguished_name())
                   .issuer_name(self.distinguished_name()).public_key(party.key.public_key()).serial_number(serial)
                   .not_valid_before(START).not_valid_after(END)
                   .add_extension(x509.SubjectKeyIdentifier(party.identifier), critical=False)
                   .add_extension(x509.AuthorityKeyIdentifier(self.identifier, None, None), critical=False)
                   .add_extension(x509.KeyUsage(False, False, False, False, agrees, not agrees, False, False, False),
                                  critical=True))
        for arc, value in (("1", rights), ("2", subject_id)):
            if value is not None:
                extension = x509.UnrecognizedExtension(ObjectIdentifier(EXTENSIONS + arc), tlv.make(0x04, value))
                builder = builder.add_extension(extension, critical=True)
        if not agrees:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        certificate = builder.sign(self.key, HASHES[self.curve]())
        return certificate.public_bytes(serialization.Encoding.DER)

    def pem(self):
        """The self-signed certificate as a PEM file wants it."""
        der = self.issue_x509(self, VERIFICATION)
        return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def split(store):
    """The certificates of a store, each with its tag."""
    return [tlv.make(tag, value) for tag, value in tlv.parse(store)]


def read(certificate):
    """(public point, usage, subject identifier, signed bytes, DER signature) of a certificate in either format."""
    if certificate[0] == 0x30:
        c = x509.load_der_x509_certificate(certificate)
        agrees = c.extensions.get_extension_for_class(x509.KeyUsage).value.key_agreement
        subject = c.subject.public_bytes()
        return (point_of(c.public_key()), AGREEMENT if agrees else VERIFICATION, subject, c.tbs_certificate_bytes,
                c.signature)
    body = tlv.first(certificate, 0x7F21)
    objects = tlv.parse(body)
    tags = [tag for tag, _ in objects]
    if tags[-1] != 0x5F37 or tags[:-1] != [t for t in ORDER if t in tags]:
        raise ValueError(f"tags {[hex(t) for t in tags]}")
    signed = b"".join(tlv.make(tag, value) for tag, value in objects[:-1])
    pair = objects[-1][1]
    half = len(pair) // 2
    der = encode_dss_signature(int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))
    return tlv.first(tlv.first(body, 0x7F49), 0xB0), tlv.first(body, 0x95), tlv.first(body, 0x5F20), signed, der


def verify_chain(curve, trusted, certificates):
    """(point, subject identifier) of the last certificate; ValueError when the chain from the trusted point fails."""
    point, subject = trusted, None
    for number, certificate in enumerate(certificates):
        public = ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve](), point)
        point, usage, subject, signed, signature = read(certificate)
        last = number == len(certificates) - 1
        if usage != (AGREEMENT if last else VERIFICATION):
            raise ValueError("key usage")
        try:
            public.verify(signature, signed, ec.ECDSA(HASHES[curve]()))
        except InvalidSignature:
            raise ValueError("certificate") from None
    return point, subject
