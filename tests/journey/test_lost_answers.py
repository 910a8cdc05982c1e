# SPDX-License-Identifier: Apache-2.0
"""Answers of the card that get lost: the card is asked what became of the step, nothing is done twice, and where too
many are lost the order says so and the card can be cleaned (stations 9 to 11)."""
import re

from house import House, Tap

DOMAIN, PAYMENT, PPSE, PACKAGE = "F04F54534DD00001", "F04F54534D0101", "325041592E5359532E4444463031", "F04F54534D0001"
SSD_PACKAGE = "A0000001515350"  # of the factory
FULL = [[DOMAIN, PAYMENT, PPSE], [SSD_PACKAGE, PACKAGE]]
EMPTY = [[], [SSD_PACKAGE]]
PROOFS = range(3, 17)     # every N-th proof of receipt is lost
TOO_MANY = (1, 2)         # all of them; in step with a packet and its repetition
HEALED = 14               # in step: from this proof on none is lost, when the order has long failed
APDUS = range(1, 41)      # of a deploy at the eSE: the fault comes after the K-th
BATCH = 10                # as many handsets at a time


def holds_one_service(house, element):
    """The oracle's client finds the service once on the card, and it pays."""
    status, seen = house.terminal(element)
    return element.registry() == FULL and status == 0 and house.verify(seen)


def counters_ascend(log):
    """No counter value of a key set twice with other octets: the card's log tells counter and checksum of each."""
    seen = {}
    for tar, keys, counter, crc in re.findall(r"packet: TAR (\w+), keys (\d+), counter (\d+), CRC (\w+)", log):
        if seen.setdefault((tar, keys, int(counter)), crc) != crc:
            return False
    return bool(seen)


def deploy_to_lossy_cards(house):
    """All at once, since every lost proof costs a wait: N to (card, final order)."""
    cards = {n: house.add_uicc("--fault", f"drop-por-{n}" + f",heal-por-{HEALED}" * (n == 2)) for n in (*TOO_MANY, *PROOFS)}
    orders = {n: house.order("deploy", card, house.card()) for n, card in cards.items()}
    return {n: (cards[n], house.wait(order)) for n, order in orders.items()}


def lost_proofs(tap, house, ended):
    for n in PROOFS:
        card, done = ended[n]
        tap.ok(done["state"] == "DONE" and holds_one_service(house, card),
               f"with each {n}th proof of receipt lost the service is on the UICC once", done.get("failure"))


def too_many_lost_proofs(tap, house, ended):
    silent, failed = ended[1]
    failure = failed.get("failure", {})
    tap.ok(failed["state"] == "FAILED" and failure["owner"] == "OTA" and "lost" in failure["reason"] and
           failure["next_action"], "a UICC that never answers fails the order with the reason", failed)
    tap.equal(failed["instance"]["state"], "IN_ERROR", "since the card may have changed, the instance is in error")
    half, failed = ended[2]
    tap.ok(failed["state"] == "FAILED" and "lost" in failed["failure"]["reason"],
           "a step whose proof never comes through is given up", failed)
    tap.ok(DOMAIN in half.registry()[0], "the domain was made before")


def terminate_cleans_up(tap, house, ended):
    """What is served and what failed half-way; the card that never answers is left out."""
    cards = {n: card for n, (card, _) in ended.items() if n != 1}
    orders = {n: house.order("terminate", card) for n, card in cards.items()}
    states = {n: house.wait(order)["state"] for n, order in orders.items()}
    tap.ok(set(states.values()) == {"DONE"} and all(card.registry() == EMPTY for card in cards.values()),
           "terminate removes all from served cards and from half-way ones, while proofs are lost on", states)
    wrong = [n for n, card in cards.items() if not counters_ascend(card.log())]
    tap.ok(not wrong, "no card saw a counter again with other octets", wrong)


def handsets_that_fail(tap, house, option, text):
    """A fresh element for each K: with the fault the order ends well, the service is there once."""
    wrong = {}
    for first in range(APDUS[0], APDUS[-1] + 1, BATCH):
        batch = range(first, first + BATCH)
        cards = {k: house.add_ese() for k in batch}
        orders = {k: house.order("deploy", card, house.card()) for k, card in cards.items()}
        for k, order in orders.items():
            house.handset(order["seram"], option, k, element=cards[k])
        for k, order in orders.items():
            done = house.wait(order)
            if done["state"] != "DONE" or not holds_one_service(house, cards[k]):
                wrong[k] = done["state"], done.get("failure"), cards[k].registry()
        for card in cards.values():
            card.process.end()
    tap.ok(not wrong, text, "\n".join(f"K={k}: {v}" for k, v in wrong.items()))


def power_fails_with_a_key_change(tap, house):
    card = house.add_ese("--fault", "crash-put-key")
    done = house.run_order("deploy", card, house.card())
    tap.ok(done["state"] == "DONE" and holds_one_service(house, card),
           "power lost right after PUT KEY: the service is there once", done)


def main():
    tap = Tap()
    house = House(answer_s=1, uicc_options=["-v"]).start(cards=False)
    try:
        ended = deploy_to_lossy_cards(house)
        lost_proofs(tap, house, ended)
        too_many_lost_proofs(tap, house, ended)
        terminate_cleans_up(tap, house, ended)
        each = f"after K APDUs, K = 1..{APDUS[-1]}: the service is there once"
        handsets_that_fail(tap, house, "--drop-after", f"an answer of the server lost {each}")
        handsets_that_fail(tap, house, "--kill-after", f"the channel to the element lost {each}")
        power_fails_with_a_key_change(tap, house)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
