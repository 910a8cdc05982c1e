# SPDX-License-Identifier: Apache-2.0
"""kill -9 of tsmd at every station of the story, on a UICC and on an embedded SE: after the restart the order ends
right, no counter is used twice, there is no second application and no second callback (stations 1 to 12).

One life of a service a kill: deploy, suspend, resume, terminate, each killed once. The ordinary run spreads its kills
over the commits of an order; --all kills after each single one."""
import sys

import killing
import witness
from house import House, Tap, await_true

# Commits of an order that nobody disturbs, a few more than it takes: beyond them the kill finds nothing to do.
COMMITS = {"uicc": {"deploy": 100, "suspend": 20, "resume": 20, "terminate": 46},
           "ese": {"deploy": 90, "suspend": 20, "resume": 20, "terminate": 40}}
LIVES = 7          # of each kind in the ordinary run
STORM = 4          # elements of each kind that are served at once
STORM_KILLS = 8
STORM_COMMITS = 31  # between two kills
STORM_ANSWER_S = 10


def judge(house, element, order):
    """What must hold after an operation."""
    if order["state"] != "DONE":
        return [f"{order['operation']} ended {order['state']}: {order.get('failure')}"]
    operation = order["operation"]
    wrong = witness.books(house, element, operation != "terminate") + witness.told_once(house, order)
    if operation in ("deploy", "resume"):
        wrong += witness.deployed(house, element)
    elif operation == "suspend":
        wrong += witness.locked(house, element)
    else:
        wrong += witness.gone(element)
    if "iccid" in element.name:
        wrong += witness.counters(element)
    return wrong + witness.audit_chain(house) + witness.ended_once(house, order)


def live_through(house, kind, kills, delay_us=0):
    """One life on a new element; kills: operation to the number of the commit. Returns complaints and how often the
    server died."""
    element = house.add_uicc().bound() if kind == "uicc" else house.add_ese()
    wrong, deaths = [], 0
    for operation in ("deploy", "suspend", "resume", "terminate"):
        card = house.card() if operation == "deploy" else None
        trap = killing.Trap(house, kills[operation], delay_us)
        order, killed = killing.order_with_kill(house, operation, element, trap, card)
        deaths += killed
        wrong += [f"{operation}, kill after commit {kills[operation]}: {w}" for w in judge(house, element, order)]
        if order["state"] != "DONE":
            break
    element.process.end()
    return wrong, deaths


def spread(tap, house, kind):
    for life in range(LIVES):
        kills = {operation: 1 + life * n // LIVES for operation, n in COMMITS[kind].items()}
        wrong, _ = live_through(house, kind, kills)
        tap.ok(not wrong, f"{kind}: a service lives through kills after commits {list(kills.values())}", "\n".join(wrong))


def sweep(tap, house, kind):
    """Each commit, with a kill at once and with one a moment later, when what it allows has begun."""
    for delay_us in (0, 300):
        for n in range(1, COMMITS[kind]["deploy"] + 1):
            wrong, deaths = live_through(house, kind, dict.fromkeys(COMMITS[kind], n), delay_us)
            tap.ok(not wrong, f"{kind}: a service lives through kills {delay_us} us after commit {n} ({deaths} deaths)",
                   "\n".join(wrong))


def is_over(house):
    return killing.idle(house) and house.rows("SELECT COUNT(*) FROM orders WHERE state < 2") == [(0,)]


def storm(tap, house):
    """Many elements at once, and one kill after the other."""
    elements = [house.add_uicc().bound() for _ in range(STORM)] + [house.add_ese() for _ in range(STORM)]
    trap = killing.Trap(house, STORM_COMMITS)
    orders = []
    for element in elements:
        orders.append(killing.post(house, trap, house.order_body("deploy", element, house.card())))
        if "seram" in orders[-1]:
            house.handset(orders[-1]["seram"], element=element)
    kills = 0
    while trap.springs(lambda: is_over(house)):
        kills += 1
        if kills == STORM_KILLS:
            break
        trap = killing.Trap(house, STORM_COMMITS)
    ended = [house.wait(order, killing.ORDER_S) for order in orders]
    await_true(lambda: killing.idle(house), killing.ORDER_S, "the end of all jobs")
    wrong = [w for element, order in zip(elements, ended) for w in judge(house, element, order)]
    for element in elements:
        element.process.end()
    tap.ok(not wrong, f"{len(elements)} services at once live through {kills} kills", "\n".join(wrong))


def main():
    tap = Tap()
    house = House(answer_s=1, callbacks=True, uicc_options=["-v"]).start(cards=False)
    try:
        for kind in ("uicc", "ese"):
            (sweep if "--all" in sys.argv[1:] else spread)(tap, house, kind)
    finally:
        house.stop()
    # An agent comes back some seconds after its server did: in a storm that is no lost answer yet.
    house = House(answer_s=STORM_ANSWER_S, callbacks=True, uicc_options=["-v"]).start(cards=False)
    try:
        storm(tap, house)
    finally:
        house.stop()
    tap.done()


main()
