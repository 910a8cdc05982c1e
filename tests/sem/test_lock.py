# SPDX-License-Identifier: Apache-2.0
"""S11, lock, unlock, terminate: what the owner closes is closed for everybody with the answer to his call, long before
the element can be reached; the card follows when it can (stations 2 to 12)."""
import os
import sys

import care
from care import DOMAIN, PAYMENT, House, Tap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))

from agent import Agent  # noqa: E402
from gp import APPLICATIONS, ISD, Client, KeySet  # noqa: E402
from transport import TcpCard  # noqa: E402

LOCKED = 0x80
SET_STATUS = "F0"


def life(element, aid=None):
    """The state that the card's own registry gives: of the card, or of one object."""
    card = TcpCard("127.0.0.1", element.port)
    try:
        client = Client(card)
        client.select()
        client.open(KeySet.same(bytes.fromhex(element.channel_key)))
        entries = client.get_status(APPLICATIONS if aid else ISD)
        return next((e.state[0] for e in entries if not aid or e.aid.hex().upper() == aid), None)
    finally:
        card.close()


def refused(tap, house, element, words, text, operations=("suspend",)):
    for operation in operations:
        ended = house.run_order(operation, element)
        failure = ended.get("failure") or {}
        tap.ok(ended["state"] == "FAILED" and failure["owner"] == "SEM" and all(w in failure["reason"] for w in words) and
               failure["next_action"], f"{text}: {operation} is refused with the reason", ended)


def an_application(tap, house, element, kind):
    asked = care.post(house, element, "lock", {"aid": PAYMENT, "reason": "stolen"})
    tap.equal(asked.status, 202, f"{kind}: an application is locked")
    refused(tap, house, element, ["blocked", PAYMENT, "stolen"], f"{kind}: at once, before the card is reached",
            ("suspend",))
    care.carry(house, element, asked.json)
    done = care.wait(house, element, asked.json)
    tap.ok(done["state"] == "DONE" and life(element, PAYMENT) & LOCKED, f"{kind}: the card's registry has it LOCKED", done)
    tap.equal(house.terminal(element)[0], 3, f"{kind}: it does not pay")
    done = care.perform(house, element, "unlock", {"aid": PAYMENT})
    tap.ok(done["state"] == "DONE" and not life(element, PAYMENT) & LOCKED and house.terminal(element)[0] == 0,
           f"{kind}: unlocked, it pays", done)
    ended = house.run_order("suspend", element)
    again = house.run_order("resume", element)
    tap.ok(ended["state"] == again["state"] == "DONE", f"{kind}: the provider's orders are taken again", (ended, again))


def what_was_suspended_stays_so(tap, house, element, kind):
    """The owner's lock and unlock give nobody back what the application's provider has suspended."""
    house.run_order("suspend", element)
    for time in ("once", "twice"):
        done = care.perform(house, element, "lock", {"aid": PAYMENT, "reason": time})
        tap.equal(done["state"], "DONE", f"{kind}: a suspended application is locked, {time}")
    done = care.perform(house, element, "unlock", {"aid": PAYMENT})
    tap.ok(done["state"] == "DONE" and life(element, PAYMENT) & LOCKED and house.terminal(element)[0] == 3,
           f"{kind}: unlocked, it is suspended as before", done)
    again = house.run_order("resume", element)
    tap.ok(again["state"] == "DONE" and house.terminal(element)[0] == 0, f"{kind}: its provider resumes it", again)


class Garbler(Agent):
    """Its element does what SET STATUS asks, and says that it broke down over it."""

    def transmit(self, command):
        answer = super().transmit(command)
        return "6F00" if command[2:4] == SET_STATUS else answer


def what_a_failed_lock_did_is_undone(tap, house, element):
    """A lock that failed may have locked: whoever asks again finds the owner's own lock, no suspension."""
    asked = care.post(house, element, "lock", {"aid": PAYMENT, "reason": "stolen"})
    Garbler(house, asked.json["seram"], element).run()
    failed = care.wait(house, element, asked.json)
    tap.ok(failed["state"] == "FAILED" and life(element, PAYMENT) & LOCKED, "a lock fails after it locked", failed)
    done = care.perform(house, element, "lock", {"aid": PAYMENT, "reason": "stolen"})
    tap.equal(done["state"], "DONE", "asked for again, it is done")
    done = care.perform(house, element, "unlock", {"aid": PAYMENT})
    tap.ok(done["state"] == "DONE" and not life(element, PAYMENT) & LOCKED and house.terminal(element)[0] == 0,
           "unlocked, the application pays", done)


def a_domain(tap, house, element, kind):
    done = care.perform(house, element, "lock", {"aid": DOMAIN, "reason": "agreement ended"})
    tap.ok(done["state"] == "DONE" and life(element, DOMAIN) & LOCKED and life(element, PAYMENT) & LOCKED,
           f"{kind}: a domain is locked with all below it", done)
    refused(tap, house, element, ["blocked", DOMAIN], f"{kind}: for its provider")
    seen = care.audit(house, element)
    tap.ok(not [d for d in seen["result"]["drift"] if "lock" in d["what"]], f"{kind}: the audit expects it so", seen)
    done = care.perform(house, element, "unlock", {"aid": DOMAIN})
    tap.ok(done["state"] == "DONE" and not life(element, DOMAIN) & LOCKED, f"{kind}: unlocked", done)
    tap.equal(house.terminal(element)[0], 0, f"{kind}: and pays")


def the_whole_element(tap, house, element, kind):
    asked = care.post(house, element, "lock", {"reason": "reported lost", "secure": True})
    tap.equal(asked.status, 202, f"{kind}: the element is locked")
    state = house.api("GET", f"{care.URL}/{care.name(element)}", token="operator")["state"]
    tap.equal(state, 1, f"{kind}: at the server with the answer to the call")
    refused(tap, house, element, ["locked"], f"{kind}: before the card is reached", ("suspend", "terminate"))
    other = house.api("POST", "/api/v1/orders", house.order_body("deploy", element, house.card()), "other")
    tap.ok(other.status in (202, 404), f"{kind}: nobody else's orders either", other)
    care.carry(house, element, asked.json)
    done = care.wait(house, element, asked.json)
    tap.equal(done["state"], "DONE", f"{kind}: the card is locked when it is reached")
    tap.equal(house.terminal(element)[0], 3, f"{kind}: nothing on it pays")
    done = care.perform(house, element, "unlock")
    tap.equal(done["state"], "DONE", f"{kind}: unlocked")
    tap.ok(house.terminal(element)[0] == 0 and life(element) == 0x0F, f"{kind}: SECURED, and it pays")


def a_session_ends(tap, house):
    """A device whose session is open is sent away, and a new one is not let in."""
    element = house.add_ese()
    order = house.order("deploy", element, house.card())
    handset = house.handset(order["seram"], element=element)
    care.post(house, element, "lock", {"reason": "at once"})
    ended = house.wait(order)
    tap.ok(ended["state"] in ("FAILED", "DONE"), "an order that is under way ends", ended)
    tap.equal(handset.wait(30) in (0, 3), True, "its device is sent away")
    again = house.order("deploy", element, house.card())
    tap.equal(house.wait(again)["state"], "FAILED", "the next order is refused at once")
    tap.equal(house.handset(again["seram"], element=element).wait(30) if "seram" in again else 3, 3,
              "and its session is none")


def termination(tap, house, element, kind):
    house.run_order("deploy", element, house.card())
    tap.equal(care.post(house, element, "terminate", {"reason": "x"}).problem(), (400, "MISSING_FIELD", "confirm"),
              f"{kind}: termination asks for a confirmation")
    tap.equal(care.post(house, element, "terminate", {"reason": "x", "confirm": "yes"}).problem(),
              (400, "BAD_VALUE", "confirm"), f"{kind}: that names the element")
    done = care.perform(house, element, "terminate", {"aid": DOMAIN, "reason": "over", "confirm": DOMAIN})
    tap.ok(done["state"] == "DONE" and DOMAIN not in element.registry()[0] and element.registry()[1].count("F04F54534D0001")
           == 0, f"{kind}: a domain is terminated: gone with its content", done)
    tap.equal(care.drifts(care.audit(house, element))[1:], [], f"{kind}: and from the registry")
    done = care.perform(house, element, "terminate", {"reason": "broken", "confirm": care.name(element)})
    tap.equal(done["state"], "DONE", f"{kind}: the card is terminated")
    tap.equal(care.post(house, element, "audits").problem()[1], "WRONG_STATE", f"{kind}: nothing more is done on it")
    refused(tap, house, element, ["terminated"], f"{kind}: and nothing ordered", ("terminate",))


def bad_calls(tap, house, element):
    tap.equal(care.post(house, element, "lock", {"aid": "F04F54534D9999", "reason": "x"}).problem(),
              (404, "NOT_FOUND", "aid"), "an AID that is not on the element is refused")
    tap.equal(care.post(house, element, "lock", {}).problem(), (400, "MISSING_FIELD", "reason"), "a lock has a reason")
    tap.equal(care.post(house, element, "lock", {"reason": "x"}, "bank").status, 403, "a provider locks nothing")


def main():
    tap = Tap()
    house = House(answer_s=5).start()
    try:
        bad_calls(tap, house, house.uicc)
        for kind, element in (("uicc", house.uicc), ("ese", house.ese)):
            house.run_order("deploy", element, house.card())
            an_application(tap, house, element, kind)
            what_was_suspended_stays_so(tap, house, element, kind)
            a_domain(tap, house, element, kind)
            if element is house.ese:
                what_a_failed_lock_did_is_undone(tap, house, element)
            the_whole_element(tap, house, element, kind)
            house.run_order("terminate", element)
        a_session_ends(tap, house)
        termination(tap, house, house.uicc, "uicc")
        termination(tap, house, house.ese, "ese")
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
