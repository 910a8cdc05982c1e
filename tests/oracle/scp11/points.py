# SPDX-License-Identifier: Apache-2.0
"""What the SCP11 test scripts share: a fresh card for each point, a session with it (edge: processes, TCP)."""
from labcard import Session
from gp import ISD
from scp11.client import open_session

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


def run_points(tap, house, points):
    """Each point: protocol, what is right, the check, options of the card."""
    for protocol, text, point, *options in points:
        tap.run(f"{protocol}: {text}", in_card, house, protocol, point, *options)
