# SPDX-License-Identifier: Apache-2.0
"""The owner's desk for tests of management modes: works asked for and awaited, the element seen by the oracle's own
GlobalPlatform client (edge, stations 1 and 9)."""
import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import Died, House, Tap, await_true  # noqa: E402,F401
from gp import APPLICATIONS, LOAD_FILES, Client, KeySet  # noqa: E402,F401
from transport import TcpCard  # noqa: E402

URL = "/api/v1/secure-elements"
WORK_S = 40
PAYMENT, PPSE = "F04F54534D0101", "325041592E5359532E4444463031"
PACKAGE, DOMAIN, ISD = "F04F54534D0001", "F04F54534DD00001", "A000000151000000"


def name(element):
    return list(element.name.values())[0]


def ask(house, element, path, body=None, method="POST", token="operator"):
    return house.api(method, f"{URL}/{name(element)}/{path}", {} if body is None and method == "POST" else body, token)


def work(house, number):
    return house.api("GET", f"/api/v1/works/{number}", token="operator").json


def await_work(house, element, begun, seconds=WORK_S):
    """The work as it ended; a device's agent carries it where only a device reaches the element."""
    if begun["state"] != "running":
        return begun
    agent = house.handset(begun["seram"], element=element) if "seram" in begun else None
    await_true(lambda: work(house, begun["work"])["state"] != "running", seconds, "the end of a work")
    if agent:
        agent.wait(seconds)  # the element is free again
    return work(house, begun["work"])


def perform(house, element, path, body=None, method="POST"):
    """Asks and waits. Died where it is refused at once."""
    answer = ask(house, element, path, body, method)
    if answer.status != 202:
        raise Died(f"{path} was refused: {answer}")
    return await_work(house, element, answer.json)


@contextlib.contextmanager
def hand_on(element):
    """A hand on the element that asks no server: the oracle's client in the issuer's domain."""
    card = TcpCard("127.0.0.1", element.port)
    try:
        client = Client(card)
        client.select()
        client.open(KeySet.same(bytes.fromhex(element.channel_key)), level=0x03)
        yield client
    finally:
        card.close()


def registry(element):
    """{AID: entry} of all applications, domains and load files on the card."""
    with hand_on(element) as client:
        return {e.aid.hex().upper(): e for scope in (APPLICATIONS, LOAD_FILES) for e in client.get_status(scope)}


def step(order, wanted):
    return [e["text"] for e in order["timeline"] if e["step"] == wanted]
