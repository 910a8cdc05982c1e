# SPDX-License-Identifier: Apache-2.0
"""Each N-th message lost, N from 2 to 9, in both formats of TS 102 226: an order ends well or says why, and when the
network is well again another order mends it (stations 9 to 11)."""
import re
from concurrent.futures import ThreadPoolExecutor

from house import House, Tap
from test_lost_answers import EMPTY, counters_ascend, holds_one_service

PROFILES = {"expanded": "lab-uicc", "compact": "lab-uicc-cpi"}
EACH = range(2, 10)
STOOD = 3            # from here on an order stands the loss; below, packet, repetition and probe are in step with it
HEALED = 30          # below, from this proof of receipt on none is lost
TERMINATES = 4
HOUSES_AT_ONCE = 4


def both_formats(data):
    for profile in data["profiles"]:
        if profile["name"] == PROFILES["compact"]:
            profile["format"], profile["concat"] = "compact", "spec"


def ends_of(house, operation, cards):
    """One order to each card, side by side."""
    deploys = operation == "deploy"
    orders = {k: house.order(operation, card, house.card() if deploys else None) for k, card in cards.items()}
    return {k: house.wait(order, 60) for k, order in orders.items()}


def is_clear(done):
    failure = done.get("failure") or {}
    return done["state"] == "FAILED" and bool(failure.get("owner") and failure.get("next_action")) and \
        bool(re.search("lost|begun", failure.get("reason", "")))


def is_known(house, card, done):
    """The server's word of the instance is the card's state."""
    if done["state"] == "DONE":
        return holds_one_service(house, card)
    return is_clear(done) and (done["instance"]["state"] == "IN_ERROR" or card.registry() == EMPTY)


def wrong_of(ended, cards, judge):
    return {k: (done["state"], done["instance"]["state"], done.get("failure"), cards[k].registry())
            for k, done in ended.items() if not judge(k, done)}


def proofs(tap, house):
    heals = f",heal-por-{HEALED}"
    cards = {(form, n): house.add_uicc("--fault", f"drop-por-{n}" + heals * (n < STOOD), profile=profile)
             for form, profile in PROFILES.items() for n in EACH}
    first = ends_of(house, "deploy", cards)
    wrong = wrong_of(first, cards, lambda k, d: is_known(house, cards[k], d) and
                     (d["state"] == "DONE" or k[1] < STOOD))
    tap.ok(not wrong, "each N-th proof of receipt lost: the service is on the card once, or it is said why not", wrong)
    terminate_until_done(tap, house, cards)
    bad = [k for k, card in cards.items() if not counters_ascend(card.log())]
    tap.ok(not bad, "no card saw a counter again with other octets", bad)
    again = ends_of(house, "deploy", cards)
    wrong = wrong_of(again, cards, lambda k, d: is_known(house, cards[k], d) and d["state"] == "DONE")
    tap.ok(not wrong, "and each is served anew", wrong)


def terminate_until_done(tap, house, cards):
    """As an operator would, while the network recovers."""
    left = dict(cards)
    for attempt in range(1, TERMINATES + 1):
        ended = ends_of(house, "terminate", left)
        wrong = wrong_of(ended, cards, lambda k, d: d["state"] == "DONE" and cards[k].registry() == EMPTY or
                         is_clear(d) and k[1] < STOOD)
        tap.ok(not wrong, f"terminate {attempt} empties the card, or says why not", wrong)
        left = {k: cards[k] for k, d in ended.items() if d["state"] != "DONE"}
        if not left:
            break
    tap.ok(not left, "in the end every card is empty", left)


def through_a_lossy_centre(n):
    """Both formats, one after the other, so that the loss falls where N says; then the centre is well again."""
    seen = {}
    with House(smsc_options=["--fault", f"drop-{n}"], tweak=both_formats, answer_s=1, uicc_options=["-v"]) as house:
        for form, profile in PROFILES.items():
            card = house.add_uicc(profile=profile).bound()
            first = house.run_order("deploy", card, house.card(), seconds=60)
            seen[form] = [first, is_known(house, card, first), card]
        house.smsc.end()
        house.start_smsc(port=house.smsc_port)
        cards = {form: row[2] for form, row in seen.items()}
        for form, done in ends_of(house, "terminate", cards).items():
            seen[form] += [done, done["state"] == "DONE" and cards[form].registry() == EMPTY]
        for form, done in ends_of(house, "deploy", cards).items():
            seen[form] += [done, done["state"] == "DONE" and holds_one_service(house, cards[form])]
    return {form: (row[0], row[1], row[3], row[4], row[5], row[6]) for form, row in seen.items()}


def messages(tap, ended):
    for form in PROFILES:
        rows = {n: ended[n][form] for n in EACH}
        for at, text in ((0, "the service is on the card once, or it is said why not"),
                         (2, "with the centre well again terminate empties the card"),
                         (4, "and a deploy serves it")):
            wrong = {n: (r[at]["state"], r[at]["instance"]["state"], r[at].get("failure")) for n, r in rows.items()
                     if not r[at + 1] or (n >= STOOD and r[at]["state"] != "DONE")}
            tap.ok(not wrong, f"{form}, each N-th message lost: {text}", wrong)


def main():
    tap = Tap()
    with ThreadPoolExecutor(HOUSES_AT_ONCE) as pool:
        ended = pool.map(through_a_lossy_centre, EACH)
        with House(tweak=both_formats, answer_s=1, uicc_options=["-v"]) as house:
            proofs(tap, house)
        messages(tap, dict(zip(EACH, ended)))
    tap.done()


main()
