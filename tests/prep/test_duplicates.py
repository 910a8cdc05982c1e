# SPDX-License-Identifier: Apache-2.0
"""The same card again: same credential, product and element are the same order, in work and afterwards, and no second
card (P6)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap  # noqa: E402


def post(house, element, card):
    return house.api("POST", "/api/v1/orders", house.order_body("deploy", element, card))


def while_it_is_in_work(tap, house, uicc, card):
    first = post(house, uicc, card)
    again = post(house, uicc, card)
    tap.equal((first.status, again.status), (202, 200), "the first is accepted, the second is known")
    tap.equal(again["order"], first["order"], "in work, the same card is the same order")
    tap.equal(house.wait(first.json)["state"], "DONE", "which comes to its end")
    return first["order"]


def when_it_is_done(tap, house, uicc, card, order):
    again = post(house, uicc, card)
    tap.ok(again.status == 200 and again["order"] == order and again["state"] == "DONE",
           "afterwards it is the same order, done", again)
    status, seen = house.terminal(uicc)
    tap.ok(status == 0 and seen["issuer"]["9F36"] == "0001", "the card was not made twice: its counter went on from 0",
           seen)


def another_card_is_another(tap, house, uicc, card):
    other = post(house, uicc, house.card())
    tap.ok(other.status == 409, "another number on the same element is refused, not taken for the first", other)
    spoilt = post(house, uicc, {**card, "pan": card["pan"][:-1] + str((int(card["pan"][-1]) + 1) % 10)})
    tap.ok(spoilt.status == 409, "so is a record that is no card", spoilt)
    count = house.rows("SELECT count(*) FROM orders")[0][0]
    tap.equal(count, 1, "one order stands in the books")


def the_same_card_elsewhere(tap, house, card):
    second = house.add_uicc()
    order = house.run_order("deploy", second, card)
    tap.equal(order["state"], "DONE", "on another element it is another credential")


def main():
    tap = Tap()
    with House() as house:
        uicc, card = house.add_uicc(), house.card()
        order = while_it_is_in_work(tap, house, uicc, card)
        when_it_is_done(tap, house, uicc, card, order)
        another_card_is_another(tap, house, uicc, card)
        the_same_card_elsewhere(tap, house, card)
    tap.done()


if __name__ == "__main__":
    main()
