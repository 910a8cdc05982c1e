# SPDX-License-Identifier: Apache-2.0
"""Those on the other side die: the handset, the element, the message centre. An order ends well when what died comes
back as it was, and with an owner, a reason and a next action when it does not (stations 9 to 11).

The ordinary run spreads its kills over the commits of an order; --all kills after each third."""
import sys

import killing
import witness
from house import House, Tap, await_true, lease

COMMITS = {"uicc": 80, "ese": 80}
ORDINARY = 4      # kills of each kind in the ordinary run
STEP = 3          # commits between two kills with --all
REBIND_S = 5      # the longest pause of a handset between two attempts to bind


def points(kind):
    if "--all" in sys.argv[1:]:
        return range(1, COMMITS[kind], STEP)
    return [1 + i * COMMITS[kind] // ORDINARY for i in range(ORDINARY)]


def judged(house, order, element):
    """Complaints about an order that must have ended well."""
    if order["state"] != "DONE":
        return [f"{order['state']}: {order.get('failure')}"]
    await_true(lambda: killing.idle(house), killing.ORDER_S, "the end of all jobs")
    wrong = witness.deployed(house, element) + witness.books(house, element, True) + witness.told_once(house, order)
    return wrong + (witness.counters(element) if "iccid" in element.name else [])


def explained(house, order, element, died):
    """Complaints about an order whose element has lost its memory: done all the same, failed with a reason, or done
    before the element `died`; one that has begun anew is then left in peace."""
    touched = element.commands()
    await_true(lambda: killing.idle(house), killing.ORDER_S, "the end of all jobs")
    if order["state"] == "DONE" and died and not touched:
        return witness.told_once(house, order)
    if order["state"] == "DONE":
        return judged(house, order, element)
    failure = order.get("failure", {})
    whole = all(failure.get(name) for name in ("owner", "reason", "next_action"))
    return witness.told_once(house, order) + ([] if whole else [f"{order['state']} says only {failure}"])


def try_points(tap, house, kind, text, one):
    """one(house, n): complaints of a run with the kill after commit n."""
    wrong = {n: complaints for n in points(kind) if (complaints := one(house, n))}
    tap.ok(not wrong, text, "\n".join(f"commit {n}: {w}" for n, w in wrong.items()))


def handset_dies(house, n):
    element = house.add_ese()
    order = house.order("deploy", element, house.card())
    trap = killing.Trap(house, n, victim=house.handset(order["seram"], element=element).pid)
    if trap.springs(lambda: killing.ends(house, order)):
        house.handset(order["seram"], element=element)
    wrong = judged(house, house.wait(order, killing.ORDER_S), element)
    element.process.end()
    return wrong


def uicc_loses_its_memory(house, n):
    element = house.add_uicc().bound()
    trap = killing.Trap(house, n, victim=element.process.pid)
    order = house.order("deploy", element, house.card())
    died = trap.springs(lambda: killing.ends(house, order))
    if died:
        element.start("-v")
    wrong = explained(house, house.wait(order, killing.ORDER_S), element, died)
    element.process.end()
    return wrong


def ese_loses_its_memory(house, n):
    element = house.add_ese(up=False)
    element.port = lease()
    element.start()
    order = house.order("deploy", element, house.card())
    trap = killing.Trap(house, n, victim=element.process.pid)
    handset = house.handset(order["seram"], element=element)
    died = trap.springs(lambda: killing.ends(house, order))
    if died:
        element.start("-v")
    wrong = explained(house, house.wait(order, killing.ORDER_S), element, died)
    handset.end()
    element.process.end()
    return wrong


def centre_dies(house, n):
    element = house.add_uicc().bound()
    trap = killing.Trap(house, n, victim=house.smsc.pid)
    order = house.order("deploy", element, house.card())
    if trap.springs(lambda: killing.ends(house, order)):
        house.smsc.kill9()
        house.start_smsc(port=house.smsc_port)
    wrong = judged(house, house.wait(order, killing.ORDER_S), element)
    element.process.end()
    return wrong


def no_element(tap, house):
    """The handset finds no element behind its reader: some tries with pauses, then the order fails."""
    element = house.add_ese()
    order = house.order("deploy", element, house.card())
    element.process.kill9()
    handset = house.handset(order["seram"], "--se-id", element.seid, element=element)
    ended = house.wait(order)
    handset.wait()
    given = sum(e["step"] == "CARRY" for e in ended["timeline"])
    tap.ok(ended["state"] == "FAILED" and ended["failure"]["owner"] == "DEVICE" and given <= 6,
           "a handset without an element fails the order after a few tries", f"{given} tries, {ended.get('failure')}")


def centre_stays_away(tap, house):
    """Nothing that waited in the queue is executed after its order has failed."""
    element = house.add_uicc().bound()
    house.smsc.kill9()
    ended = house.wait(house.order("deploy", element, house.card()))
    tap.ok(ended["state"] == "FAILED" and ended["failure"]["owner"] == "OTA",
           "without a message centre the order fails with the reason", ended.get("failure"))
    (used,), = house.rows("SELECT c.next FROM counter c JOIN keyset k ON k.id = c.keyset JOIN se s ON s.id = k.domain "
                          "WHERE s.iccid = ?", element.iccid)
    said = len(element.process.lines)
    house.start_smsc(port=house.smsc_port)
    element.process.await_line("bound ", after=said)
    again = [house.run_order(operation, element, card) for operation, card in
             (("terminate", None), ("deploy", house.card()))]
    tap.ok([o["state"] for o in again] == ["DONE", "DONE"] and not judged(house, again[1], element),
           "when it is back, the service is deployed", [o.get("failure") for o in again])
    first = int(witness.PACKET.search(element.log())[3])
    tap.ok(used > 1 and first >= used, "and the element has seen none of the first order's packets",
           f"first counter {first}, {used} was the next one")


def main():
    tap = Tap()
    house = House(answer_s=1, callbacks=True, uicc_options=["-v"]).start(cards=False)
    try:
        try_points(tap, house, "ese", "a handset that dies and comes back with its session ends the order well", handset_dies)
        try_points(tap, house, "ese", "an embedded SE that forgets all is told of with owner, reason and next action",
                   ese_loses_its_memory)
        try_points(tap, house, "uicc", "a UICC that forgets all is told of with owner, reason and next action",
                   uicc_loses_its_memory)
        no_element(tap, house)
        centre_stays_away(tap, house)
    finally:
        house.stop()
    house = House(answer_s=REBIND_S, callbacks=True, uicc_options=["-v"]).start(cards=False)
    try:
        try_points(tap, house, "uicc", "a message centre that dies and comes back ends the order well", centre_dies)
    finally:
        house.stop()
    tap.done()


main()
