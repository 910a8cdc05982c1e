# SPDX-License-Identifier: Apache-2.0
"""S5 when things go wrong: proofs of receipt that are lost and a server that is killed at its commits leave delegated
commands settled by the card's registry, receipts counted once, and nothing done twice (stations 5 to 11)."""
import os
import sys

from desk import House, Tap, ask

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))

PROOFS = range(5, 19)        # every N-th proof of receipt is lost
COMPACT = "lab-uicc-cpi"     # here with the compact format: receipts are fetched by GET RESPONSE
COMPACT_PROOFS = (5, 7, 8)
COMMITS = range(2, 34, 2)    # of a deploy in delegated mode at a UICC
SETTLED = {"confirmed", "settled-done"}


def delegated(fixture):
    flavor = fixture["services"][0]["flavors"][0]
    fixture["services"] = [dict(fixture["services"][0], flavors=[dict(flavor, mode="delegated")])]
    for profile in fixture["profiles"]:
        if profile["name"] == COMPACT:
            profile["format"], profile["concat"] = "compact", "spec"


def done_once(house, element, order):
    """Deployed, each command known as done, each counter once, and the card pays."""
    log = ask(house, element, "tokens", method="GET").json
    counters = [t["receipt"] for t in log if t["receipt"] >= 0]
    status, seen = house.terminal(element)
    good = (order["state"] == "DONE" and {t["state"] for t in log} <= SETTLED and len(counters) == len(set(counters)) and
            status == 0 and house.verify(seen))
    return good, (order.get("failure"), [(t["for"], t["state"], t["receipt"]) for t in log])


def lost_proofs(tap):
    with House(tweak=delegated, answer_s=1).start(cards=False) as house:
        cards = {n: house.add_uicc("--fault", f"drop-por-{n}") for n in PROOFS}
        cards |= {f"{n} ({COMPACT})": house.add_uicc("--fault", f"drop-por-{n}", profile=COMPACT) for n in COMPACT_PROOFS}
        orders = {n: house.order("deploy", card, house.card()) for n, card in cards.items()}
        for n, card in cards.items():
            good, why = done_once(house, card, house.wait(orders[n], 60))
            tap.ok(good, f"with each n-th proof lost, n = {n}, the delegated service is on the UICC once", why)
        for n, card in cards.items():
            ended = house.run_order("terminate", card, seconds=60)
            tap.equal((ended["state"], ended.get("failure")), ("DONE", None), f"with each n-th proof lost, n = {n}, it is removed")


def killed_at_commits(tap):
    from killing import Trap, order_with_kill
    with House(tweak=delegated).start(cards=False) as house:
        kills = 0
        for commits in COMMITS:
            element = house.add_uicc()
            order, killed = order_with_kill(house, "deploy", element, Trap(house, commits), house.card())
            kills += killed
            good, why = done_once(house, element, order)
            tap.ok(good, f"kill -9 after commit {commits}: deployed once with tokens and receipts", why)
        # However many steps a slow disk takes in a commit: each of a dozen exchanges has one before it goes and one behind it.
        tap.ok(kills >= len(COMMITS) // 2, "the kills came while the order was under way", kills)


def main():
    tap = Tap()
    lost_proofs(tap)
    if os.environ.get("TSM_KILL_AT"):
        killed_at_commits(tap)
    tap.done()


if __name__ == "__main__":
    main()
