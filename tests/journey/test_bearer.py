# SPDX-License-Identifier: Apache-2.0
"""SIM cards that differ, as profile data says, and message centres that fail: the order still ends, or expires and says
why (stations 8 to 11)."""
import time
from concurrent.futures import ThreadPoolExecutor

from house import House, Tap

HOUSES_AT_ONCE = 3

# Profiles that differ from lab-uicc in one point.
PROFILES = {
    "answers in the delivery report": {"spi": "1619"},
    "a short checksum": {"cc_len": 4},
    "the compact format": {"format": "compact"},
    "one segment": {"segments": 1},
    "three segments": {"segments": 3},
    "a strict counter": {"spi": "1E39"},
    "one TAR": {"tar_first": "B20310", "tar_count": 1},
    "few messages": {"max_messages": 3},
    "a packet without ciphering": {"spi": "1239"},
    "little memory": {"memory": 4096},
}

# What the card is, the profile that it has (None: lab-uicc).
SERVED = [
    ("a SIM that says nothing of errors", ["--quirk", "silent"], None),
    ("a SIM that wants IE 70 first in each segment", ["--quirk", "cpi-first"], "lab-uicc-cpi"),
    ("a SIM that takes the elements in any order", ["--quirk", "cpi-any"], "lab-uicc-cpi"),
    ("a SIM that answers by SMS-SUBMIT whatever was asked", ["--quirk", "por-submit"],
     "answers in the delivery report"),
    ("a SIM that answers in the delivery report", [], "answers in the delivery report"),
    ("a SIM behind a centre that carries no report data", ["--por", "submit"], "answers in the delivery report"),
    ("a SIM with checksums of four octets", ["--quirk", "cmac4"], "a short checksum"),
    ("a SIM whose padding begins with 80", ["--quirk", "pad-80"], None),
    ("a SIM that takes one message a packet", ["--quirk", "max-segments-1"], "one segment"),
    ("a SIM that takes three messages a packet", [], "three segments"),
    ("a SIM with the compact format", [], "the compact format"),
    ("a SIM that counts strictly", [], "a strict counter"),
    ("a SIM whose counter jumps", ["--quirk", "counter-jump"], None),
    ("a SIM that answers each segment with octets of no meaning", ["--quirk", "zero-body"], None),
    ("a SIM with one TAR to give", [], "one TAR"),
    ("a SIM that is busy at first", ["--fault", "busy-3"], None),
    ("a SIM that answers twice", ["--fault", "dup-por"], None),
    ("a SIM torn from its handset in the middle of a load", ["--fault", "tear-5"], None),
]

# Refusals: the card, its profile, who has to act, words of the reason, the state of the instance.
REFUSED = [
    ("a script of more messages than the profile allows", [], "few messages", "SEM",
     ["short messages", "allows 3"], None),
    ("a packet of less security than the card wants", [], "a packet without ciphering", "SEM",
     ["proof of receipt 0A"], None),
    ("a packet of more messages than the card takes", ["--quirk", "max-segments-1"], None, "SE",
     ["proof of receipt 07"], None),
    ("a card with too little memory", [], "little memory", "SE", ["8192", "4096"], "NOT_DEPLOYED"),
    ("a card that wants IE 70 first behind a profile that does not say so", ["--quirk", "cpi-first"], None, "SE",
     ["DOMAIN_KEYS"], "IN_ERROR"),
]


def with_profiles(data):
    base = next(p for p in data["profiles"] if p["name"] == "lab-uicc")
    for name, change in PROFILES.items():
        data["profiles"].append({**base, "name": name, **change})
        data["services"][0]["flavors"][0]["profiles"].append(name)


def pays(house, element):
    status, seen = house.terminal(element)
    return status == 0 and house.verify(seen)


def cards_that_differ(tap, house):
    """All orders run side by side: one link, many cards."""
    served = [(text, house.add_uicc(*options, profile=profile or "lab-uicc")) for text, options, profile in SERVED]
    refused = [(row, house.add_uicc(*row[1], profile=row[2] or "lab-uicc")) for row in REFUSED]
    orders = [house.order("deploy", card, house.card()) for _, card in served]
    failing = [house.order("deploy", card, house.card()) for _, card in refused]
    for (text, card), order in zip(served, orders):
        done = house.wait(order)
        tap.ok(done["state"] == "DONE" and pays(house, card), f"{text} is served", done.get("failure") or done["state"])
    for (row, _), order in zip(refused, failing):
        text, _, _, owner, words, state = row
        done = house.wait(order)
        failure = done.get("failure") or {}
        missing = [w for w in words if w not in failure.get("reason", "")]
        tap.ok(done["state"] == "FAILED" and failure["owner"] == owner and not missing and failure["next_action"] and
               state in (None, done["instance"]["state"]), f"{text} is refused, and said why", done)


def an_absent_card_expires(tap, house):
    """Nobody is bound with its number; the order's time ends before the patience of the profile."""
    card = house.add_uicc(up=False)
    began = time.monotonic()
    order = house.order("deploy", card, house.card(), deadline_s=2)
    done = house.wait(order)
    failure = done.get("failure") or {}
    tap.ok(done["state"] == "EXPIRED" and "validity" in failure.get("reason", "") and failure["next_action"],
           "the order for a SIM that is not there expires and says why", done)
    tap.ok(2 <= time.monotonic() - began < 60, "at its deadline", time.monotonic() - began)
    return card, order


def a_late_card_changes_nothing(tap, house, card, order):
    """What comes after the end is not the order's any more; the next order works."""
    card.start()
    card.bound()
    tap.equal(house.show(order)["state"], "EXPIRED", "when the SIM comes later the expired order stays as it was")
    cleaned = house.run_order("terminate", card)
    again = house.run_order("deploy", card, house.card())
    tap.ok(cleaned["state"] == "DONE" and again["state"] == "DONE" and pays(house, card),
           "after terminate a new order serves it", (cleaned, again))


CENTRES = [
    ("lets messages overtake each other", ["--fault", "reorder"]),
    ("loses each third message", ["--fault", "drop-3"]),
    ("loses each fifth message", ["--fault", "drop-5"]),
    ("loses each eleventh message", ["--fault", "drop-11"]),
    ("says that its queue is full at each ninth message", ["--fault", "full-9"]),
    ("takes 100 ms for each message", ["--fault", "slow-100"]),
    ("throttles to 20 messages a second", ["--throttle", "20"]),
    ("loses its receipts", ["--fault", "lose-receipts"]),
    ("sends its receipts twice", ["--fault", "dup-receipts"]),
    ("writes message ids in decimal in its receipts", ["--fault", "decimal-receipts"]),
    ("breaks down after the fifth message, its answer lost", ["--fault", "down-after-5"]),
]


def order_through(options):
    """A house with such a centre; (final order, does the card pay)."""
    with House(smsc_options=options, answer_s=4) as house:
        card = house.add_uicc()
        done = house.run_order("deploy", card, house.card(), seconds=60)
        return done, pays(house, card)


def centres_that_fail(tap):
    """Side by side, since they mostly wait."""
    with ThreadPoolExecutor(HOUSES_AT_ONCE) as pool:
        ended = list(pool.map(order_through, [options for _, options in CENTRES]))
    for (text, _), (done, paid) in zip(CENTRES, ended):
        tap.ok(done["state"] == "DONE" and paid, f"a message centre that {text}: the order is done",
               done.get("failure") or done["state"])


def a_centre_that_is_down(tap):
    """The profile has more patience than a handset's pauses between two attempts to bind."""
    with House(answer_s=30) as house:
        house.smsc.end()
        card = house.add_uicc()
        order = house.order("deploy", card, house.card())
        waiting = house.show(order, wait=1)
        tap.ok(waiting["state"] == "RUNNING", "while the message centre is down the order waits", waiting["state"])
        house.start_smsc(port=house.smsc_port)
        done = house.wait(order)
        tap.ok(done["state"] == "DONE" and pays(house, card), "when it is up again the order is done", done)


def main():
    tap = Tap()
    house = House(tweak=with_profiles, answer_s=2).start(cards=False)
    try:
        cards_that_differ(tap, house)
        a_late_card_changes_nothing(tap, house, *an_absent_card_expires(tap, house))
    finally:
        house.stop()
    a_centre_that_is_down(tap)
    centres_that_fail(tap)
    tap.done()


main()
