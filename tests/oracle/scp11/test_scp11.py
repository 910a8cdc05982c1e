# SPDX-License-Identifier: Apache-2.0
"""Sessions of SCP11 with the laboratory's card and what they allow (edge: processes, TCP, TAP).

Each test point names its clause of Amendment F 1.4. TSM_LAB is the tsm-lab program.
"""
import os
import tempfile
from dataclasses import replace

from tap import Tap, skip_all

try:
    from channel.apdu import Command
    from channel.authority import Party
    from gp import ISD
    from labcard import keys_of, refused
    from scp11.client import House, authenticate_command, open_session, show
    from scp11.points import HEX, OWNER, card, connect, in_card, opens, run_points
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")


def recognised(house, s):
    data = s.client.get_data(0x66)
    assert HEX("640C060A2A864886FC6B04118903") in data, data.hex()
    kinds = {(k[0], k[1]): k[2:] for k in s.client.key_info()}
    assert kinds[(0x11, 3)] == (0xB1, 0x20) and kinds[(0x10, 3)] == (0xB0, 0x40), kinds


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
    yield "scp11a", "host numbers and parameter b3 go together (7.6.2.3)", host_must_fit
    yield "scp11a", "wrong requests are refused (table 7-19)", bad_requests
    yield "scp11a", "an entity without its private key gets another receipt (7.6.2.3)", wrong_private_key
    yield "scp11b", "an unknown entity may only read (4.3)", unauthenticated
    yield "scp11c", "what may be replayed changes no keys and no state (4.6)", replayable
    yield "scp11c", "a script runs on every card of the group (2.2)", script
    yield "scp11c", "one script at a time in a domain (4.6)", one_script_at_a_time


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        house = House(folder)
        run_points(tap, house, points())
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
