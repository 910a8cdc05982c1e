# SPDX-License-Identifier: Apache-2.0
"""An order is cancelled: what has not begun on the secure element never begins, whoever holds it; what has left is heard
to its end; the bank is told (stations 3, 8 and 12)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import BUILD, House, Tap, await_true, run  # noqa: E402

TSM = os.path.join(BUILD, "src", "app", "tsm")
WAIT = 20


def cancel(house, order, token="bank", wait=0):
    return house.api("DELETE", f"/api/v1/orders/{order['order']}" + (f"?wait={wait}" if wait else ""), token=token)


def how(order):
    """What became of it."""
    return order["state"], order.get("failure", {}).get("reason"), order["instance"]["state"]


CANCELLED = ("FAILED", "manually cancelled", "NOT_DEPLOYED")


def in_step(house, order, verb):
    """Awaits that this question of the order has been asked."""
    trace = bytes.fromhex(order["trace"])
    find = "SELECT COUNT(*) FROM partner_message WHERE trace = ? AND key LIKE ? AND direction = 1"
    await_true(lambda: house.rows(find, trace, verb + "%", node="owner" if house.two_nodes else None)[0][0], 20,
               f"a question {verb}")


def told(house, order):
    return [c["body"] for c in house.callbacks_seen() if c["body"].get("order") == order["order"]]


def no_agent_has_come(tap, house):
    """An embedded element whose agent never came: the owner's work waits in line, and is taken back."""
    ese = house.add_ese("-v")
    order = house.order("deploy", ese, card=house.card())
    in_step(house, order, "d")
    tap.equal(cancel(house, order, token="other").status, 404, "another provider cannot cancel it")
    answer = cancel(house, order, wait=WAIT)
    tap.equal((answer.status, how(answer.json)), (200, CANCELLED), "an order that no agent came for is cancelled at once")
    tap.ok(answer["cancelled"] and "seram" not in answer.json, "it says so, and its session is gone", answer)
    seen = house.show(order)
    tap.equal([e["step"] for e in seen["timeline"] if e["step"] in ("CANCEL", "FAILED") and e["role"] == "sp"],
              ["CANCEL", "FAILED"], "the timeline tells who ended it")
    await_true(lambda: told(house, order), 20, "the callback")
    tap.equal([(c["state"], c["cancelled"]) for c in told(house, order)], [("FAILED", True)], "the bank is told, once")
    agent = house.handset(order["seram"], element=ese)
    agent.wait()
    tap.equal([c for c in ese.commands() if c.startswith(("card: 80 50", "card: 84"))], [],
              "an agent that comes too late opens no channel")
    again = cancel(house, order)
    tap.equal((again.status, how(again.json)), (200, CANCELLED), "cancelled again, it is as it was")
    tap.equal(house.run_order("deploy", ese, card=house.card())["state"], "DONE", "ordered again, the card is deployed")


def behind_another(tap, house):
    """Second in the line of an element that another order holds."""
    uicc = house.add_uicc(up=False)
    first = house.order("deploy", uicc, card=house.card())
    second = house.order("deploy", uicc, card=house.card(), service="second")
    for order in (first, second):
        in_step(house, order, "d")
    answer = cancel(house, second, wait=WAIT)
    tap.equal((answer.status, how(answer.json)), (200, CANCELLED), "an order in line behind another one leaves the line")
    left = cancel(house, first)
    tap.equal((left.status, left["state"], left["cancelled"]), (202, "RUNNING", True),
              "one whose message has left is told to be cancelled, and waits for what became of it")
    uicc.start()
    done = house.wait(first, 60)
    tap.equal(done["failure"]["reason"], "manually cancelled", "it ends when that is heard")
    tap.ok("INSTALL" not in [e["step"] for e in done["timeline"]], "and nothing more was sent", done["timeline"][-3:])
    tap.equal(house.run_order("terminate", uicc)["state"], "DONE", "what is there can be taken away")


def durable(tap, house):
    ese = house.add_ese()
    order = house.order("deploy", ese, card=house.card())
    in_step(house, order, "d")
    tap.ok(cancel(house, order).status in (200, 202), "a cancelled order")
    house.kill9()
    house.restart()
    tap.equal(how(house.wait(order)), CANCELLED, "stays cancelled when the server is killed behind its answer")
    status, out, err = run([TSM, "order", "cancel", order["order"], "--env", house.env_path()])
    tap.ok(status == 0 and "manually cancelled" in out, "the command line cancels, too", (status, out, err))


def refused(tap, house):
    uicc = house.add_uicc().bound()
    house.api("PUT", "/api/v1/services/demo-payment/verification", {"kind": "code", "expires_s": 200})
    order = house.order("deploy", uicc, card=house.card())
    await_true(lambda: "activation" in house.show(order), 30, "the wait for the customer")
    answer = cancel(house, order)
    tap.equal(answer.problem(), (409, "WRONG_STATE", None), "an order that has begun on its element is not cancelled")
    tap.ok("begun" in answer["detail"] and "cancelled" not in house.show(order), "the answer says why", answer)
    house.api("DELETE", "/api/v1/services/demo-payment/verification")
    for body in ("12", "x"):
        tap.equal(house.api("DELETE", f"/api/v1/orders/{body}").status, 404, f"there is no order {body}")
    ended = house.run_order("deploy", house.add_uicc().bound(), card=house.card())
    answer = cancel(house, ended)
    tap.ok(answer.problem()[:2] == (409, "WRONG_STATE") and "DONE" in answer["detail"], "nor one that is done", answer)


def owner_is_away(tap):
    """The owner's server does not run: nothing was asked of it yet, and nothing is when it comes back."""
    house = House(two_nodes=True).start(cards=False)
    try:
        ese = house.add_ese("-v")
        here = house.order("deploy", ese, card=house.card())
        in_step(house, here, "o")
        answer = cancel(house, here, wait=WAIT)
        tap.equal(how(answer.json), CANCELLED, "an order is cancelled across two servers")
        uicc = house.add_uicc("-v", up=False)
        house.kill9("owner")
        order = house.order("deploy", uicc, card=house.card())
        answer = cancel(house, order, wait=WAIT)
        tap.equal((answer.status, how(answer.json)), (200, CANCELLED), "without the owner's server, too")
        house.restart("owner")
        uicc.start()
        done = house.run_order("deploy", uicc, card=house.card())
        tap.equal(done["state"], "DONE", "ordered again, it is deployed")
    finally:
        house.stop()


def add_second(data):
    """The same load file under a second service, in a domain of its own."""
    flavor = dict(data["services"][0]["flavors"][0], domain="F04F54534DD00002")
    data["services"].append(dict(data["services"][0], name="second", flavors=[flavor]))


def main():
    tap = Tap()
    house = House(callbacks=True, tweak=add_second).start(cards=False)
    try:
        no_agent_has_come(tap, house)
        behind_another(tap, house)
        durable(tap, house)
        refused(tap, house)
    finally:
        house.stop()
    owner_is_away(tap)
    tap.done()


main()
