# SPDX-License-Identifier: Apache-2.0
"""What tests of the life cycle ask and look at: orders in parts, the instance, what is on the element (edge)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sem"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import Died, House, Tap  # noqa: E402,F401
from sptsm import Provider  # noqa: E402,F401
from transport import TcpCard  # noqa: E402

INSTALL, PERSONALISE, ACTIVATE = "install", "personalise", "activate"
DOMAIN = "F04F54534DD00001"


def state(order):
    return order["state"], order["instance"]["state"]


def deploy(house, element, commands, finalise=False, data=True, **more):
    card = house.card() if data and PERSONALISE in commands else None
    return house.run_order("deploy", element, card, commands=commands, finalise=finalise, **more)


def instance(house, order):
    return house.api("GET", f"/api/v1/instances/{order['instance']['id']}")


def on_card(element, aid=DOMAIN):
    """Is there something of this AID to select?"""
    card = TcpCard("127.0.0.1", element.port)
    try:
        return card.transmit(bytes.fromhex(f"00A40400{len(aid) // 2:02X}{aid}00"))[1] == 0x9000
    finally:
        card.close()


def pays(house, element):
    status, seen = house.terminal(element)
    return status == 0 and house.verify(seen)


def steps(order):
    return [e["step"] for e in order["timeline"]]


def states_passed(order):
    """The states that the instance went through, as the timeline tells them."""
    return [e["text"] for e in order["timeline"] if e["step"] == "STATE"]
