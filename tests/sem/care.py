# SPDX-License-Identifier: Apache-2.0
"""The owner's desk for tests of its care: acts asked for, awaited, with a handset where the element sits in a device
(edge, stations 1 and 9)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import Died, House, Tap, await_true, luhn, run  # noqa: E402,F401

URL = "/api/v1/secure-elements"
ACT_S = 40
ENDED = ("DONE", "FAILED")
PAYMENT, PPSE = "F04F54534D0101", "325041592E5359532E4444463031"
PACKAGE, DOMAIN = "F04F54534D0001", "F04F54534DD00001"


def name(element):
    return element.name.get("iccid") or element.name["seid"]


def act_url(element, kind):
    return f"{URL}/{name(element)}/{kind}"


def post(house, element, kind, body=None, token="operator"):
    return house.api("POST", act_url(element, kind), body or {}, token)


def show(house, element, act):
    return house.api("GET", act_url(element, f"acts/{act['act']}"), token="operator").json


def wait(house, element, act, seconds=ACT_S):
    """The act as it ended."""
    await_true(lambda: show(house, element, act)["state"] in ENDED, seconds, f"the end of {act['kind']}")
    return show(house, element, act)


def carry(house, element, act, *options):
    """The device's agent for an act on an element that only a device reaches."""
    if "seram" in act:
        return house.handset(act["seram"], *options, element=element)
    return None


def perform(house, element, kind, body=None, *options):
    """Asks, lets the device carry, waits: the act as it ended. Died where it is refused."""
    answer = post(house, element, kind, body)
    if answer.status != 202:
        raise Died(f"{kind} was refused: {answer}")
    carry(house, element, answer.json, *options)
    return wait(house, element, answer.json)


def audit(house, element):
    """The drift that a fresh audit finds."""
    return perform(house, element, "audits")


def drifts(act):
    """(what, AID or key version) of each."""
    return sorted((d["what"], d.get("aid") or d.get("kvn") or "") for d in act["result"]["drift"])


def repair(house, element, act, choose):
    """choose(drift) -> the repair, or None. The act as it ended."""
    choices = [{"drift": d["drift"], "repair": choose(d)} for d in act["result"]["drift"] if choose(d)]
    return perform(house, element, f"audits/{act['act']}/repair", {"repairs": choices})


def heard(house, event, **members):
    """What the callback address was told of this kind, with these members."""
    told = [c["body"] for c in house.callbacks_seen()]
    return [b for b in told if b.get("event") == event and all(b.get(k) == v for k, v in members.items())]
