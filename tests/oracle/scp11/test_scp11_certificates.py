# SPDX-License-Identifier: Apache-2.0
"""Certificates of off-card entities before the laboratory's card: shown, chained, refused (edge: processes, TCP, TAP).

Each test point names its clause of Amendment F 1.4. TSM_LAB is the tsm-lab program.
"""
import os
import tempfile

from tap import Tap, skip_all

try:
    import tlv
    from channel.apdu import Command
    from channel.authority import VERIFICATION, Party
    from gp import ISD, SD_LOAD_FILE, SD_MODULE
    from labcard import refused
    from scp11.client import STYLES, KID_CA_KLOC, House, authenticate_command, open_session, send_certificate, show
    from scp11.points import DOMAIN, HEX, OWNER, STRANGER, connect, lists_itself, opens, run_points
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")


def names(house, s):
    """FF33 and FF34 tell authorities and keys; the card infers the version from the names (7.4, 7.5.2.1, 7.6.2.1)."""
    kloc = s.client.get_data(0xFF33)
    assert kloc == tlv.make(0x42, house.ca.identifier) + tlv.make(0x83, b"\x10\x03"), kloc.hex()
    klcc = s.client.get_data(0xFF34)
    assert tlv.first(klcc, 0x83) == b"\x11\x03", klcc.hex()
    wish = house.wish("a")
    show(s.client, wish, p1=0, kid=0)
    connect(house, s, "a", chain=[], authority=tlv.first(klcc, 0x42), fresh=False)
    lists_itself(s)
    request = tlv.make(0xA6, tlv.make(0x42, house.ca.identifier))
    s.client.select()
    assert s.client.send(Command(0x80, 0xCA, 0, 0x83, request, 0)) == HEX("83021003")


def every_style(house, s):
    long = house.ca.issue_x509(house.entity)
    assert len(long) > 255
    for style in STYLES:
        connect(house, s, "a", chain=[long], style=style)
        lists_itself(s)
        connect(house, s, "a", chain=house.chain, style=style)
        lists_itself(s)


def x509_chain(house, s):
    chain = [house.ca.issue_x509(house.ka, VERIFICATION), house.ka.issue_x509(house.entity)]
    connect(house, s, "a", chain=chain)
    lists_itself(s)


def needs_certificate(house, s):
    command = authenticate_command(house.wish("a"), house.entity.point)
    refused(lambda: s.client.send(command), 0x6985)
    connect(house, s, "a")
    s.client.channel = None
    refused(lambda: s.client.send(command), 0x6985)
    send_certificate(s.client, house.leaf, 3, KID_CA_KLOC, "p1")
    s.client.select()
    refused(lambda: s.client.send(command), 0x6985)


def bad_certificates(house, s):
    """Table 7-13."""
    c = s.client
    broken = house.leaf[:-1] + bytes([house.leaf[-1] ^ 1])
    refused(lambda: send_certificate(c, broken, 3, KID_CA_KLOC, "p1"), 0x6600)
    stranger = Party(house.curve, b"CA").issue_gp(house.entity)
    refused(lambda: send_certificate(c, stranger, 3, KID_CA_KLOC, "p1"), 0x6600)
    refused(lambda: send_certificate(c, house.leaf, 4, KID_CA_KLOC, "p1"), 0x6A88)
    refused(lambda: send_certificate(c, house.leaf, 3, 0x11, "p1"), 0x6A88)
    refused(lambda: send_certificate(c, stranger, 0, 0, "p1"), 0x6A88)
    refused(lambda: send_certificate(c, house.leaf[:-1], 3, KID_CA_KLOC, "p1"), 0x6A80)
    refused(lambda: send_certificate(c, house.leaf + b"\0", 3, KID_CA_KLOC, "p1"), 0x6A80)
    wrong_usage = house.ca.issue_gp(house.entity, VERIFICATION)
    refused(lambda: send_certificate(c, wrong_usage, 3, KID_CA_KLOC, "p1"), 0x6A80)
    refused(lambda: send_certificate(c, house.leaf, 3, KID_CA_KLOC | 0x80, "p1"), 0x6A80)
    other = Party("P384", b"X")
    refused(lambda: send_certificate(c, Party("P384", b"CA").issue_gp(other), 3, KID_CA_KLOC, "p1"), 0x6A80)
    refused(lambda: c.send(authenticate_command(house.wish("a"), house.entity.point)), 0x6985)


def flipped_bits(house, s):
    """No certificate with one flipped bit is taken: each is malformed, unknown or wrongly signed."""
    for position in range(0, 8 * len(house.leaf), 7):
        flipped = bytearray(house.leaf)
        flipped[position // 8] ^= 1 << position % 8
        refused(lambda: send_certificate(s.client, bytes(flipped), 3, KID_CA_KLOC, "p1"),
                0x6600, 0x6A80, 0x6A87, 0x6A81)


def broken_chain(house, s):
    """A certificate of the intermediate authority alone, or after something else, is not verified by the root."""
    refused(lambda: send_certificate(s.client, house.chain[1], 3, KID_CA_KLOC, "p1"), 0x6600)
    send_certificate(s.client, house.chain[0], 3, KID_CA_KLOC | 0x80, "p1")
    s.client.get_data(0x66)
    refused(lambda: send_certificate(s.client, house.chain[1], 3, KID_CA_KLOC, "p1"), 0x6600)


def der_signature(house, s):
    connect(house, s, "a", chain=[house.ca.issue_gp(house.entity, der=True)])
    lists_itself(s)


def allowlist(house, s):
    """7.9: once there is a list, only its serial numbers pass; an empty one lets everybody in again."""
    listed, other = house.ca.issue_gp(house.entity, serial=b"\x77"), house.leaf
    reference = HEX("A60483021003")
    connect(house, s, "a")
    s.client.store_data([reference + tlv.make(0x70, tlv.make(0x93, b"\x77"))], 0x10)
    s.client.select()
    refused(lambda: send_certificate(s.client, other, 3, KID_CA_KLOC, "p1"), 0x6640)
    connect(house, s, "a", chain=[listed])
    s.client.store_data([reference + tlv.make(0x70, b"")], 0x10)
    connect(house, s, "a")
    refused(lambda: s.client.store_data([reference + HEX("92020001") + tlv.make(0x70, b"")], 0x10), 0x6A80)
    refused(lambda: s.client.store_data([HEX("A604830210057000")], 0x10), 0x6A88)


def kept_key(house, s):
    """Option b3: the entity's key stays over a reset (4.1, 7.5.1)."""
    connect(house, s, "a")
    s.client.transport.reset()
    s.client.select()
    connect(house, s, "a", chain=[])
    lists_itself(s)


def stranger(house, s):
    """A subject that does not own the domain: without authorizations nothing, with them what they say (Annex B)."""
    visitor = Party(house.curve, STRANGER)
    plain = house.ca.issue_gp(visitor)
    rights = (tlv.make(0xE3, tlv.make(0x90, DOMAIN[:5]) + tlv.make(0xC5, HEX("808000"))) +
              tlv.make(0xEF, tlv.make(0x8E, DOMAIN[:5]) + tlv.make(0x8C, HEX("5F50"))))
    with_rights = house.ca.issue_gp(visitor, rights=rights)
    def come(certificate):
        return open_session(s.client, house.wish("a", chain=[certificate]), visitor, house.trusted())
    come(plain)
    refused(lambda: s.client.get_status(ISD), 0x6982)
    assert s.client.get_data(0xD3) == b"\x73", "ANY_AUTHENTICATED (table 4-3)"
    come(with_rights)
    s.client.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("808000"))
    s.client.store_data([HEX("5F500374736D")], 0x10)
    s.client.delete(DOMAIN)
    for call in (lambda: s.client.install(SD_LOAD_FILE, SD_MODULE, HEX("A0A1A2A3A4A5"), HEX("808000")),
                 lambda: s.client.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("80C000")),
                 lambda: s.client.store_data([HEX("45031234FF")], 0x10),
                 lambda: s.client.delete(HEX("A0A1A2A3A4A5"))):
        come(with_rights)
        refused(call, 0x6985)
    connect(house, s, "a")
    lists_itself(s)


def points():
    yield "scp11a-x509", "its certificates may be X.509 alone (6.2)", lambda h, s: (
        connect(h, s, "a", chain=[h.ca.issue_x509(h.entity)]),
        refused(lambda: send_certificate(s.client, h.leaf, 3, KID_CA_KLOC, "p1"), 0x6A87))
    yield "scp11a", "the names of authorities stand for versions (7.4, 7.5.2.1)", names
    yield "scp11a", "parts of a certificate come in every chaining style (7.5.2)", every_style
    yield "scp11a", "a chain of X.509 certificates is taken (6.2)", x509_chain
    yield "scp11a", "a signature in DER is taken beside the plain one (6.1)", der_signature
    yield "scp11a", "MUTUAL AUTHENTICATE needs a certificate, each time (7.6.1)", needs_certificate
    yield "scp11a", "wrong certificates are refused with their reason (table 7-13)", bad_certificates
    yield "scp11a", "no flipped bit of a certificate passes (7.5.1)", flipped_bits
    yield "scp11a", "a chain must be whole and unbroken (7.5.1)", broken_chain
    yield "scp11a", "an allowlist binds the authority's certificates (7.9)", allowlist
    yield "scp11a-kept", "the entity's key is kept when the options say so (7.5.1)", kept_key
    yield "scp11b", "authorizations are refused where they are not supported", lambda h, s: refused(
        lambda: send_certificate(s.client, h.leaf, 3, KID_CA_KLOC, "p1"), 0x6D00)
    yield ("scp11a", "a subject that is not the owner does what its certificate says (Annex B)", stranger, "--owner",
           OWNER.hex())
    yield ("scp11a", "the card's certificate comes with an intermediate authority's (7.2)", opens("a"), "--quirk",
           "sd-chain")


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        house = House(folder)
        run_points(tap, house, points())
    tap.done()


if __name__ == "__main__":
    main()
