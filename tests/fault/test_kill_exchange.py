# SPDX-License-Identifier: Apache-2.0
"""A change after issuance is carried out once, whatever is lost: proofs of receipt on the air, answers of an agent, tsmd
itself between sending and answer. The card's own counter of script commands is the judge (P7)."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in (("..", "sp"), ("..", "journey")):
    sys.path.insert(0, os.path.join(HERE, *folder))

import killing  # noqa: E402
from house import House, Tap, await_true  # noqa: E402
from test_exchange import ACCEPTED, BALANCE, REFUSED, seen  # noqa: E402

AMOUNT = 125
KILLS = {"uicc": range(3, 19, 3), "ese": range(2, 26, 4)}  # commits after the order was posted
PROOFS = {"lab-uicc": (7,), "lab-uicc-cpi": (11,)}  # every N-th proof of receipt is lost


def top_up(house, element, card):
    return house.run_order("exchange", element, card, exchange={"kind": "top-up", "amount": AMOUNT})


def shows(element, times):
    return (seen(element, BALANCE), seen(element, ACCEPTED), seen(element, REFUSED)) == (
        f"{times * AMOUNT:012d}", f"{times:04X}", "0000")


def deployed(house, element):
    card = house.card()
    done = house.run_order("deploy", element, card)
    if done["state"] != "DONE":
        raise AssertionError(done)
    return card


def killed_once(house, element, card, commits):
    """One top-up; tsmd dies on the way and comes back. (final order, did it die)"""
    trap = killing.Trap(house, commits)
    handset = None
    try:
        body = house.order_body("exchange", element, card, exchange={"kind": "top-up", "amount": AMOUNT})
        order = killing.post(house, trap, body)
        if "seram" in order:
            handset = house.handset(order["seram"], element=element)
        killing.persist(trap, lambda: killing.ends(house, order), "the end of the order")
    finally:
        died = trap.clear()
    await_true(lambda: killing.ends(house, order), killing.ORDER_S, "the end of all jobs")
    if handset:
        handset.wait()
    return house.show(order), died


def tsmd_dies(tap, house, element, kind):
    card, deaths = deployed(house, element), 0
    for times, commits in enumerate(KILLS[kind], 1):
        order, died = killed_once(house, element, card, commits)
        deaths += died
        tap.ok(order["state"] == "DONE" and shows(element, times),
               f"{kind}, kill -9 after commit {commits}: topped up once more, {times} in all",
               (order.get("failure"), seen(element, BALANCE), seen(element, ACCEPTED)))
    tap.ok(deaths > 0, f"{kind}: tsmd died {deaths} times on the way", deaths)  # slow disks take many steps in a commit


def proofs_are_lost(tap, house, profile):
    for n in PROOFS[profile]:
        element = house.add_uicc("--fault", f"drop-por-{n}", profile=profile)
        card = deployed(house, element)
        for times in (1, 2):
            order = top_up(house, element, card)
            tap.ok(order["state"] == "DONE" and shows(element, times),
                   f"{profile}: each {n}th proof of receipt lost, topped up {times} times",
                   (order.get("failure"), seen(element, BALANCE), seen(element, ACCEPTED)))


def compact(fixture):
    """One of the profiles speaks the compact format: an answer has the data of its last command only."""
    for profile in fixture["profiles"]:
        if profile["name"] == "lab-uicc-cpi":
            profile["format"], profile["concat"] = "compact", "spec"


def main():
    tap = Tap()
    with House(tweak=compact, answer_s=2) as house:
        tsmd_dies(tap, house, house.add_uicc(), "uicc")
        tsmd_dies(tap, house, house.add_ese(), "ese")
        proofs_are_lost(tap, house, "lab-uicc")
        proofs_are_lost(tap, house, "lab-uicc-cpi")
    tap.done()


if __name__ == "__main__":
    main()
