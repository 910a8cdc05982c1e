# SPDX-License-Identifier: Apache-2.0
"""SCP11 of the laboratory's card, judged from the off-card side (edge: processes, TCP, TAP).

Each test point names its clause of Amendment F 1.4. TSM_LAB is the tsm-lab program.
"""
import os
import tempfile
from dataclasses import replace

from tap import Tap, skip_all

try:
    import tlv
    from channel.apdu import Command
    from channel.authority import VERIFICATION, Party
    from channel.keys import TYPE_AES, aes_cbc, kcv
    from gp import ISD, SD_LOAD_FILE, SD_MODULE, KeySet
    from labcard import FACTORY, Session, keys_of, refused
    from scp11.client import (KID_CA_KLOC, STYLES, House, authenticate_command, fetch_store, open_session, send_certificate,
                              show)
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex
DOMAIN = HEX("F04F54534D0002")
OWNER, STRANGER = b"OWNER", b"STRANGER"
SCP03 = "scp03-i70"


def card(house, protocol, *options):
    """A session with a fresh card that trusts the house."""
    s = Session(protocol, *house.options(), *options)
    s.__enter__()
    return s


def connect(house, s, variant, **more):
    return open_session(s.client, house.wish(variant, **more), house.entity, house.trusted())


def in_card(house, protocol, point, *options):
    s = card(house, protocol, *options)
    try:
        point(house, s)
    finally:
        s.__exit__()


def lists_itself(s):
    assert len(s.client.get_status(ISD)) == 1


def opens(variant, **more):
    def point(house, s):
        connect(house, s, variant, **more)
        if variant == "b":
            s.client.get_data(0x66)
        else:
            lists_itself(s)
    return point


def recognised(house, s):
    data = s.client.get_data(0x66)
    assert HEX("640C060A2A864886FC6B04118903") in data, data.hex()
    kinds = {(k[0], k[1]): k[2:] for k in s.client.key_info()}
    assert kinds[(0x11, 3)] == (0xB1, 0x20) and kinds[(0x10, 3)] == (0xB0, 0x40), kinds


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


def host_and_card(variant):
    return opens(variant, host=b"HOST-0001")


def host_must_fit(house, s):
    show(s.client, house.wish("a"))
    wish = house.wish("a", host=b"H")
    command = authenticate_command(wish, house.entity.point)
    for bad in (command.data.replace(HEX("90021105"), HEX("90021101")),
                authenticate_command(house.wish("a"), house.entity.point).data.replace(HEX("90021101"),
                                                                                      HEX("90021105"))):
        refused(lambda: s.client.send(command.with_data(bad)), 0x6A80)


def bad_requests(house, s):
    good = authenticate_command(house.wish("a"), house.entity.point)
    cases = ((b"\x95\x01\x3C", b"\x95\x01\x33"), (b"\x95\x01\x3C", b"\x95\x01\x1C"), (b"\x80\x01\x88", b"\x80\x01\x80"),
             (b"\x81\x01\x10", b"\x81\x01\x11"), (b"\x90\x02\x11\x01", b"\x90\x02\x11\x02"),
             (b"\x90\x02\x11\x01", b"\x90\x02\x03\x01"), (good.data[-8:], bytes(8)))
    for old, new in cases:
        assert old in good.data, old.hex()
        show(s.client, house.wish("a"))
        refused(lambda: s.client.send(good.with_data(good.data.replace(old, new))), 0x6A80)
    show(s.client, house.wish("a"))
    refused(lambda: s.client.send(replace(good, p1=0x05)), 0x6A88)
    refused(lambda: s.client.send(replace(good, p2=0x13)), 0x6A88)
    refused(lambda: s.client.send(replace(good, ins=0x88)), 0x6A80)


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


def wrong_private_key(house, s):
    """A stolen certificate: the receipt differs, so the other side stops."""
    show(s.client, house.wish("a"))
    try:
        open_session(s.client, house.wish("a"), Party(house.curve, OWNER), house.trusted())
    except ValueError as error:
        assert str(error) == "receipt", error
        return
    raise AssertionError("an entity without its key agreed with the card")


def unauthenticated(house, s):
    """SCP11b leaves the off-card side unknown: it may read, nothing more (4.3, GPCS table 11-2)."""
    connect(house, s, "b")
    s.client.get_data(0xE0)
    refused(lambda: s.client.get_status(ISD), 0x6982)
    refused(lambda: s.client.put_keys(keys_of(0x50, 0x30)), 0x6982)
    refused(lambda: s.client.store_data([HEX("42031234FF")], 0x10), 0x6982)
    assert s.client.get_data(0xD3) == b"\x33", "a level without AUTHENTICATED (table 4-4)"


def replayable(house, s):
    """4.6: PUT KEY, DELETE [key] and SET STATUS are forbidden in SCP11c and end the session (B.1)."""
    for call in (lambda: s.client.put_keys(keys_of(0x50, 0x30)), lambda: s.client.delete_key(0x30),
                 lambda: s.client.set_status(0x80, 0x07)):
        connect(house, s, "c")
        refused(call, 0x6985)
        s.client.channel = None
        refused(lambda: s.client.get_status(ISD), 0x6982)


def script(house, s):
    """A script made for one card of a group runs on another one, and again (2.2, 4.6)."""
    connect(house, s, "c", host=b"HOST")
    before = len(s.client.transport.log)
    s.client.store_data([HEX("5F500374736D")], 0x10)
    authenticate = [c for c in s.client.transport.log if c[1] == 0x82][-1]
    wrapped = s.client.transport.log[before:]
    other = card(house, "scp11c")
    try:
        for _ in range(2):
            other.client.select()
            show(other.client, house.wish("c"))
            for command in (authenticate, *wrapped):
                _, sw = other.client.transport.transmit(command)
                assert sw == 0x9000, f"{sw:04X}"
        other.client.select()
        assert other.client.get_data(0x5F50) == b"tsm"
    finally:
        other.__exit__()


def one_script_at_a_time(house, s):
    connect(house, s, "c")
    for command in (HEX("0070000001"), HEX("01A4040000"), Command(0x81, 0x2A, 3, 0x10, house.leaf, 0).encode()):
        _, sw = s.client.transport.transmit(command)
        assert sw == 0x9000, f"{sw:04X}"
    command = replace(authenticate_command(house.wish("c"), house.entity.point), cla=0x81)
    _, sw = s.client.transport.transmit(command.encode())
    assert sw == 0x6985, f"{sw:04X}"


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


def authorizations_unsupported(house, s):
    certificate = house.ca.issue_gp(house.entity, rights=tlv.make(0xE3, b""))
    refused(lambda: send_certificate(s.client, certificate, 3, KID_CA_KLOC, "p1"), 0x6A81)


def key_field_ec(dek, kind, value, curve=0):
    block = value if kind == 0xB0 else aes_cbc(dek, value)
    return bytes([kind]) + tlv.length(len(block)) + block + bytes([0xF0, 1, curve, 0])


def personalise(house, s, card_ca):
    """A domain gets SCP11a keys through the keys that it inherits: PUT KEY and STORE DATA (5.1, 7.8, 7.10)."""
    s.client.select(DOMAIN)
    s.client.open(KeySet.same(FACTORY), 0x33, SCP03)
    dek, own = s.client.channel.dek, Party(house.curve, b"DOMAIN-0001")
    for kid, kind, value in ((0x10, 0xB0, house.ca.point), (0x11, 0xB1, own.private)):
        s.client.send(Command(0x80, 0xD8, 0, kid, bytes([7]) + key_field_ec(dek, kind, value), 0), "PUT KEY")
    store = tlv.make(0xBF21, card_ca.issue_gp(own))
    body = HEX("A60483021107") + store
    s.client.store_data([body[i:i + 200] for i in range(0, len(body), 200)], 0x10)
    s.client.store_data([tlv.make(0xA6, HEX("800101") + tlv.make(0x42, b"KLCC") + HEX("83021107"))], 0x10)
    return own


def domain_of_its_own(house, s):
    card_ca = Party(house.curve, b"KLCC")
    s.client.open(KeySet.same(FACTORY), 0x33, SCP03)
    s.client.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("808000"), HEX("81051189020370"),
                     tlv.make(0xB6, tlv.make(0x5F20, OWNER)))
    personalise(house, s, card_ca)
    s.client.select(DOMAIN)
    assert s.client.get_data(0xFF34) == tlv.make(0x42, b"KLCC") + HEX("83021107")
    refused(lambda: s.client.open(KeySet.same(FACTORY), 0x33, SCP03), 0x6A88)
    wish = house.wish("a", kvn=7, domain=DOMAIN)
    open_session(s.client, wish, house.entity, card_ca.point)
    assert s.client.get_data(0xD3) == b"\xB3"
    s.client.put_keys(keys_of(0x50, 0x30))
    s.client.select(DOMAIN)
    refused(lambda: fetch_store(s.client, 0x13, 7), 0x6A88)
    s.client.select(DOMAIN)
    s.client.open(keys_of(0x50, 0x30), 0x33, SCP03)
    s.client.delete_key(7)
    s.client.select(DOMAIN)
    refused(lambda: fetch_store(s.client, 0x11, 7), 0x6A88)


def inherited(house, s):
    """A domain without keys opens with the certificate and keys of its nearest ancestor that has some."""
    s.client.open(KeySet.same(FACTORY), 0x33, SCP03)
    s.client.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("808000"), HEX("8103118902"))
    connect(house, s, "a", domain=DOMAIN)
    s.client.put_keys(keys_of(0x50, 0x30))
    s.client.select(DOMAIN)
    refused(lambda: fetch_store(s.client, 0x11, 3), 0x6A88)


def static_dek(house, s):
    """5.2: a Key-DEK beside SK.SD.ECKA replaces the session's."""
    dek = bytes(range(0x60, 0x70))
    connect(house, s, "a")
    body = bytes([0x88, 0x11, 0x10]) + aes_cbc(s.client.channel.dek, dek) + b"\x03" + kcv(TYPE_AES, dek)
    s.client.send(Command(0x80, 0xD8, 0, 0x12, bytes([3]) + body, 0), "PUT KEY")
    connect(house, s, "a", dek=dek)
    s.client.put_keys(keys_of(0x50, 0x30))


def noticed(fault, reason):
    def point(house, s):
        try:
            connect(house, s, "a")
            s.client.get_status(ISD)
        except ValueError as error:
            assert str(error) == reason, error
            return
        raise AssertionError(f"fault {fault} went unnoticed")
    return point


def points():
    yield "scp11a", "Card Recognition Data and key information tell the protocol (4.2, GPCS H.2, 11.3.3.1)", recognised
    for variant in "abc":
        for usage in (0x34, 0x3C) + ((0x1C, 0x74) if variant == "c" else ()):
            for size in (16, 24, 32):
                yield (f"scp11{variant}", f"opens at usage {usage:02X} with AES-{8 * size} (7.6.2.3)",
                       opens(variant, usage=usage, key_length=size))
        yield f"scp11{variant}-s16", "opens in S16 mode (4.2)", opens(variant, s16=True)
        yield f"scp11{variant}", "takes host and card numbers into the keys (7.6.2.3)", host_and_card(variant)
    yield "scp11", "all three variants live in one domain (4.2)", lambda h, s: [opens(v)(h, s) for v in "abc"]
    yield "scp11a-x509", "its certificates may be X.509 alone (6.2)", lambda h, s: (
        connect(h, s, "a", chain=[h.ca.issue_x509(h.entity)]),
        refused(lambda: send_certificate(s.client, h.leaf, 3, KID_CA_KLOC, "p1"), 0x6A87))
    yield "scp11a", "host numbers and parameter b3 go together (7.6.2.3)", host_must_fit
    yield "scp11a", "the names of authorities stand for versions (7.4, 7.5.2.1)", names
    yield "scp11a", "parts of a certificate come in every chaining style (7.5.2)", every_style
    yield "scp11a", "a chain of X.509 certificates is taken (6.2)", x509_chain
    yield "scp11a", "a signature in DER is taken beside the plain one (6.1)", der_signature
    yield "scp11a", "wrong requests are refused (table 7-19)", bad_requests
    yield "scp11a", "MUTUAL AUTHENTICATE needs a certificate, each time (7.6.1)", needs_certificate
    yield "scp11a", "wrong certificates are refused with their reason (table 7-13)", bad_certificates
    yield "scp11a", "no flipped bit of a certificate passes (7.5.1)", flipped_bits
    yield "scp11a", "a chain must be whole and unbroken (7.5.1)", broken_chain
    yield "scp11a", "an entity without its private key gets another receipt (7.6.2.3)", wrong_private_key
    yield "scp11b", "an unknown entity may only read (4.3)", unauthenticated
    yield "scp11c", "what may be replayed changes no keys and no state (4.6)", replayable
    yield "scp11c", "a script runs on every card of the group (2.2)", script
    yield "scp11c", "one script at a time in a domain (4.6)", one_script_at_a_time
    yield "scp11a", "an allowlist binds the authority's certificates (7.9)", allowlist
    yield "scp11a-kept", "the entity's key is kept when the options say so (7.5.1)", kept_key
    yield "scp11b", "authorizations are refused where they are not supported", lambda h, s: refused(
        lambda: send_certificate(s.client, h.leaf, 3, KID_CA_KLOC, "p1"), 0x6D00)
    yield "scp11a", "a domain gets SCP11 keys, certificates and names of its own (5.1, 7.8, 7.10)", domain_of_its_own
    yield "scp11a", "a domain without keys inherits those of its parent", inherited
    yield "scp11a", "a static Key-DEK replaces the session's (5.2)", static_dek


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        house = House(folder)
        for protocol, text, point in points():
            tap.run(f"{protocol}: {text}", in_card, house, protocol, point)
        tap.run("scp11a: a subject that is not the owner does what its certificate says (Annex B)", in_card, house,
                "scp11a", stranger, "--owner", OWNER.hex())
        tap.run("scp11a: the card's certificate comes with an intermediate authority's (7.2)", in_card, house, "scp11a",
                opens("a"), "--quirk", "sd-chain")
        for fault, reason in (("cryptogram", "receipt"), ("certificate", "certificate"), ("mac", "R-MAC")):
            tap.run(f"the client finds out fault {fault}", in_card, house, "scp11a", noticed(fault, reason), "--fault",
                    fault)
        for curve in ("P384", "BP256"):
            other = House(folder, curve)
            for variant in "abc":
                tap.run(f"scp11{variant}: opens on {curve} (5.1)", in_card, other, f"scp11{variant}", opens(variant))
    tap.done()


if __name__ == "__main__":
    main()
