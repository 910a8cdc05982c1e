# SPDX-License-Identifier: Apache-2.0
"""Bad card data inside the JWE: the order fails with the provider as owner and the field named, nothing is changed on
the card, and the card number appears nowhere (station 5)."""
import os

from house import House, Tap

RIGHT_PAN, WRONG_PAN = "5413330089010434", "5413330089010435"

# What is wrong, how the record differs from a good one, and the field that must be named.
RECORDS = [
    ("a card number with a wrong check digit", {"pan": WRONG_PAN}, "pan"),
    ("no card number", {"pan": None}, "pan"),
    ("a card number that is too short", {"pan": "54133300"}, "pan"),
    ("a card number with a letter", {"pan": "5413330089O10434"}, "pan"),
    ("a card number that is no string", {"pan": int(RIGHT_PAN)}, "pan"),
    ("a card that has expired", {"effective": "1801", "expiry": "2001"}, "expiry"),
    ("a 13th month", {"expiry": "3013"}, "expiry"),
    ("a month of one digit", {"expiry": "301"}, "expiry"),
    ("a card that expires before it begins", {"effective": "3101"}, "effective"),
    ("no first month", {"effective": None}, "effective"),
    ("a sequence number of three digits", {"psn": "001"}, "psn"),
    ("a service code of one digit", {"service_code": "2"}, "service_code"),
    ("a name of 40 characters", {"cardholder": "X" * 40}, "cardholder"),
    ("a name with a character that no track holds", {"cardholder": "DEMO^CUSTOMER"}, "cardholder"),
    ("a member that no card record has", {"cvv": "123"}, "card"),
    ("a member whose name is a card number", {RIGHT_PAN: "x"}, "card"),
]


def bad_records_fail(tap, house):
    uicc = house.uicc
    for what, change, field in RECORDS:
        record = house.card(**{"pan": RIGHT_PAN, **change})
        order = house.run_order("deploy", uicc, record)
        failure = order.get("failure", {})
        tap.ok(order["state"] == "FAILED" and failure["owner"] == "SP" and f"field {field}:" in failure["reason"],
               f"{what} fails the order, the field {field} named", failure)
        if order["instance"]["state"] != "NOT_DEPLOYED" or any(s["role"] in ("sem", "ota") for s in order["timeline"]):
            tap.ok(False, f"after {what} the card is as it was", order)
    log = uicc.log()
    tap.ok("packet" not in log, f"not one packet went to the card for {len(RECORDS)} bad records", log)
    status, seen = house.terminal(uicc)
    tap.equal(status, 3, "and a terminal finds no application on it")


def a_strangers_seal_is_refused(tap, house):
    sealed = house.seal(house.card(), "other")
    order = house.run_order("deploy", house.uicc, data=sealed)
    tap.ok(order["state"] == "FAILED" and order["failure"]["owner"] == "SP" and "kid" in order["failure"]["reason"],
           "data sealed to another provider's key are not opened", order["failure"])
    head, *rest = house.seal(house.card()).split(".")
    order = house.run_order("deploy", house.uicc, data=".".join([head, *rest[:3], "A" * len(rest[3])]))
    tap.ok(order["state"] == "FAILED" and order["failure"]["owner"] == "SP", "a JWE with a wrong tag is not opened",
           order["failure"])


def then_the_right_card_works(tap, house):
    record = house.card(pan=RIGHT_PAN)
    order = house.run_order("deploy", house.uicc, record)
    tap.equal(order["state"], "DONE", "after all refusals the same instance takes the right card")
    status, seen = house.terminal(house.uicc)
    tap.ok(status == 0 and house.verify(seen), "which pays", seen)
    other = house.run_order("deploy", house.ese, record)
    tap.equal(other["state"], "DONE", "the same card on another element is another credential")


def one_card_once_on_an_element(tap, house):
    """The element by another of its names is the same element."""
    record = house.card(pan=RIGHT_PAN)
    order = house.run_order("deploy", {"msisdn": house.uicc.msisdn}, record)
    failure = order.get("failure", {})
    tap.ok(order["state"] == "FAILED" and failure["owner"] == "SP" and "already" in failure["reason"],
           "the same service on an element that has it, called by its number, is refused", failure)
    tap.equal(order["instance"]["state"], "NOT_DEPLOYED", "the second instance never comes to be")
    gone = house.api("POST", "/api/v1/orders", house.order_body("terminate", {"msisdn": house.uicc.msisdn}))
    gone = house.wait(gone.json["order"])
    tap.equal(gone["state"], "DONE", "its row can be removed")
    tap.ok(not [e for e in gone["timeline"] if e.get("apdus")], "and the element hears nothing of that", gone)
    status, seen = house.terminal(house.uicc)
    tap.ok(status == 0 and house.verify(seen), "the first one pays on", seen)


def no_card_number_is_told(tap, house):
    words = {RIGHT_PAN.encode(), WRONG_PAN.encode(), b"5413330089O10434"}
    told = b""
    for order in house.api("GET", "/api/v1/orders?limit=100").json["orders"]:
        told += str(house.show(order)).encode()
    for name in ("tsmd.log", "tsmd.out", os.path.join("tsmd", "tsm.db"), os.path.join("tsmd", "tsm.db-wal")):
        with open(os.path.join(house.dir, name), "rb") as f:
            told += f.read()
    tap.ok(b"card data, field pan" in told and not [w for w in words if w in told],
           "failures, timelines, log and database hold no card number")
    tap.equal(house.rows("SELECT count(*) FROM orders WHERE length(data) > 0"), [(0,)],
              "failed orders keep no card data either")


def main():
    tap = Tap()
    house = House(uicc_options=["-v"]).start()
    try:
        bad_records_fail(tap, house)
        a_strangers_seal_is_refused(tap, house)
        then_the_right_card_works(tap, house)
        one_card_once_on_an_element(tap, house)
        no_card_number_is_told(tap, house)
    finally:
        house.stop()
    tap.done()


main()
