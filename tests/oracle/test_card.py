# SPDX-License-Identifier: Apache-2.0
"""Secure channels of the laboratory's card, judged for every variant (edge: processes, TCP, TAP).

Each test point names the clause it holds the card to: GPCS 2.3.1, or Amendment D 1.1.1 ("D"). TSM_LAB is the tsm-lab
program.
"""
import os

from tap import Tap, skip_all

try:
    from channel.apdu import Command
    from channel.scp03 import I_PSEUDO_RANDOM
    from gp import APPLICATIONS, ISD, KeySet
    from labcard import FACTORY, VARIANTS, Session, levels, number, refused
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex
DOMAIN = HEX("F04F54534D0002")
SECURITY_ERRORS = (0x6982, 0x6988)  # Table 11-10; 6988 is ISO/IEC 7816-4's incorrect secure messaging object
WARNING_NOT_AUTHENTICATED = 0x6300  # Table E-12


def recognised(s):
    protocol, i = number(s.variant)
    assert (protocol, i & ~1) in [(p, f & ~1) for p, f in s.client.protocols()], s.client.protocols()


def lists_itself(s, level):
    s.open(level=level)
    entries = s.client.get_status(ISD)
    assert len(entries) == 1 and len(entries[0].aid) >= 5 and entries[0].privileges[0] & 0x80, entries
    assert s.client.get_status(APPLICATIONS, DOMAIN) == [], "nothing of this AID is there"


def pseudo_random(s):
    """The challenge is the client's own result, and the counter rises by one at every INITIALIZE UPDATE."""
    aid = s.client.select()
    aid = aid[4:4 + aid[3]]
    first, second = s.open(), s.open()
    if first.protocol == 2:
        assert first.well_known_challenge(aid) == first.card_challenge
    else:
        assert first.pseudo_random_challenge(first.sequence, aid) == first.card_challenge
    assert int.from_bytes(second.sequence, "big") == int.from_bytes(first.sequence, "big") + 1


def unsupported_level(s):
    missing = next(level for level in (0x11, 0x33, 0x02) if level not in levels(s.variant))
    refused(lambda: s.open(level=missing), 0x6A86)


def wrong_key(s):
    before = len(s.client.transport.log)
    try:
        s.open(KeySet.same(bytes(16)))
    except ValueError as error:
        assert str(error) == "card cryptogram", error
    else:
        raise AssertionError("a card with other keys was accepted")
    sent = [c[1] for c in s.client.transport.log[before:]]
    assert sent == [0xA4, 0x50], f"one SELECT and one INITIALIZE UPDATE, not {sent}"


def wrong_host_cryptogram(s):
    s.client.select()
    channel = s.client.choose(KeySet.same(FACTORY), s.variant)
    challenge = bytes(channel.host_challenge_length)
    channel.open(challenge, s.client.send(Command(0x80, 0x50, 0, 0, challenge, 0)))
    channel.host_cryptogram = bytes(channel.host_challenge_length)
    refused(lambda: s.client.authenticate(channel, 0x01), WARNING_NOT_AUTHENTICATED)
    refused(lambda: s.client.get_status(ISD))


def get_status_command():
    return Command(0x80, 0xF2, ISD, 0x02, HEX("4F00"), 0)


def broken_mac(s):
    s.open()
    wrapped = s.client.channel.wrap(get_status_command())
    broken = wrapped.with_data(wrapped.data[:-1] + bytes([wrapped.data[-1] ^ 1]))
    _, sw = s.client.transport.transmit(broken.encode())
    assert sw in SECURITY_ERRORS, f"{sw:04X}"
    _, sw = s.client.transport.transmit(wrapped.encode())
    assert sw in SECURITY_ERRORS, f"the session is aborted, but the next command brought {sw:04X}"


def replay(s):
    s.open()
    wrapped = s.client.channel.wrap(get_status_command()).encode()
    _, sw = s.client.transport.transmit(wrapped)
    assert sw == 0x9000, f"{sw:04X}"
    _, sw = s.client.transport.transmit(wrapped)
    assert sw in SECURITY_ERRORS, f"{sw:04X}"


def plain_in_session(s):
    s.open()
    _, sw = s.client.transport.transmit(get_status_command().encode())
    assert sw in SECURITY_ERRORS, f"{sw:04X}"


def not_authenticated(s):
    refused(lambda: s.client.get_status(ISD), 0x6982, 0x6985)


def load_without_install(s):
    s.open()
    refused(lambda: s.client.load(b""))


def external_authenticate_alone(s):
    refused(lambda: s.client.send(Command(0x84, 0x82, 0x01, 0x00, bytes(16))), 0x6985, 0x6982)


def ended_by_initialize_update(s):
    """What was wrapped for the session before is worth nothing after a new INITIALIZE UPDATE."""
    channel = s.open()
    s.client.transport.transmit(Command(0x80, 0x50, 0, 0, bytes(channel.host_challenge_length), 0).encode())
    _, sw = s.client.transport.transmit(channel.wrap(get_status_command()).encode())
    assert sw in SECURITY_ERRORS, f"{sw:04X}"


def unknown_version(s):
    refused(lambda: s.open(KeySet.same(FACTORY, 0x55)), 0x6A88)


def refused_command(s):
    """At every level: an error status word, with its R-MAC in SCP02 and without in SCP03, then a good command."""
    for level in levels(s.variant):
        s.open(level=level)
        refused(lambda: s.client.delete(DOMAIN), 0x6A88, 0x6A82)
        assert s.client.get_status(ISD)


def noticed(fault, level):
    """The judge itself: a card that lies must be found out, with ValueError."""
    with Session("scp03-i70", "--fault", fault) as s:
        try:
            s.open(level=level)
            s.client.get_status(ISD)
        except ValueError:
            return
        raise AssertionError(f"fault {fault} went unnoticed")


def channel_points(tap, variant):
    protocol, i = number(variant)
    for level in levels(variant):
        with Session(variant) as s:
            tap.run(f"{variant}: level {level:02X} opens and lists the issuer's domain (11.4)", lists_itself, s, level)
    points = [("Card Recognition Data names the protocol (H.2)", recognised),
              ("a level the card does not offer is refused with 6A86 (11.1.3)", unsupported_level),
              ("a wrong key costs one INITIALIZE UPDATE and nothing more", wrong_key),
              ("a wrong host cryptogram brings 6300 and no session (D.4.2, E.5.2.7)", wrong_host_cryptogram),
              ("a broken C-MAC is refused and aborts the session (E.1.6, D 5.5)", broken_mac),
              ("a replayed command is refused (E.1.3, D 6.2.5)", replay),
              ("a plain command in a session is refused (E.1.6, D 5.5)", plain_in_session),
              ("GET STATUS needs authentication (Table 11-2)", not_authenticated),
              ("LOAD needs INSTALL [for load] (9.3.5)", load_without_install),
              ("EXTERNAL AUTHENTICATE needs INITIALIZE UPDATE (E.5.2.1)", external_authenticate_alone),
              ("INITIALIZE UPDATE ends the session before it (E.1.6)", ended_by_initialize_update),
              ("an unknown key version is refused with 6A88 (Table E-9)", unknown_version),
              ("a refused command leaves the session open (E.1.6, D 6.2.5)", refused_command)]
    if i & (0x40 if protocol == 2 else I_PSEUDO_RANDOM):
        points.append(("the challenge is the one the counter gives (E.4.2.3, D 6.2.2.1)", pseudo_random))
    for text, point in points:
        with Session(variant) as s:
            tap.run(f"{variant}: {text}", point, s)


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    tap = Tap()
    for variant in VARIANTS:
        channel_points(tap, variant)
    for fault, level in (("cryptogram", 0x01), ("mac", 0x11), ("mac", 0x33), ("truncate", 0x33)):
        tap.run(f"the client finds out fault {fault} at level {level:02X}", noticed, fault, level)
    tap.done()


if __name__ == "__main__":
    main()
