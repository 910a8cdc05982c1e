# SPDX-License-Identifier: Apache-2.0
"""An issuer changes cards that are out: PIN, counters, parameters, balance, blocks; by messages and by an agent, with
the rules of three schemes. The card judges every MAC (P7)."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import LAB, House, Tap, run  # noqa: E402
from transport import TcpCard  # noqa: E402

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: E402

ZPK = "1A2B3C4D5E6F708192A3B4C5D6E7F801"  # under which the bank's PIN blocks come
AID = {"demo-payment": "F04F54534D0101", "meridian-payment": "F04F54534D0201", "harbour-payment": "F04F54534D0301"}
PIN_TRIES, OFFLINE, ACCEPTED, REFUSED, UPPER, BALANCE = "9F17", "DF71", "DF72", "DF73", "9F59", "9F79"


def pin_block(pin, pan=None):
    """ISO 9564-1 format 0, or 1 without a card number, under the zone key, by the oracle's own means."""
    digits = bytes.fromhex(f"{0 if pan else 1}{len(pin)}{pin}".ljust(16, "F" if pan else "7"))
    account = bytes.fromhex("0000" + pan[-13:-1] if pan else "00" * 8)
    clear = bytes(a ^ b for a, b in zip(digits, account))
    key = bytes.fromhex(ZPK)
    cipher = Cipher(algorithms.TripleDES(key + key[:8]), modes.ECB()).encryptor()
    return (cipher.update(clear) + cipher.finalize()).hex().upper()


class Face:
    """The application as a terminal sees it."""

    def __init__(self, element, service="demo-payment"):
        self.card = TcpCard("127.0.0.1", element.port)
        aid = bytes.fromhex(AID[service])
        self.fci, self.selected = self.card.transmit(bytes([0, 0xA4, 4, 0, len(aid)]) + aid + b"\0")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.card.reset()  # nothing stays selected: what is selected cannot be deleted
        self.card.close()

    def get(self, tag):
        data, sw = self.card.transmit(bytes.fromhex("80CA" + tag + "00"))
        return data[3:].hex().upper() if sw == 0x9000 else f"{sw:04X}"

    def record(self, sfi, number):
        data, sw = self.card.transmit(bytes([0, 0xB2, number, sfi << 3 | 4, 0]))
        return data.hex().upper() if sw == 0x9000 else f"{sw:04X}"

    def verify(self, pin):
        block = f"2{len(pin)}{pin}".ljust(16, "F")
        return self.card.transmit(bytes.fromhex("0020008008" + block))[1]


def seen(element, tag, service="demo-payment"):
    with Face(element, service) as face:
        return face.get(tag)


def verify(element, pin, service="demo-payment"):
    with Face(element, service) as face:
        return face.verify(pin)


def change(house, element, card, kind, service="demo-payment", **more):
    return house.run_order("exchange", element, card, service=service, exchange={"kind": kind, **more})


def a_pin_is_set_and_forgotten(tap, house, element, card, service, way):
    new = dict(card, pin_block=pin_block("4711", card["pan"]), pin_format=0)
    order = change(house, element, new, "pin-change", service)
    if not tap.equal(order["state"], "DONE", f"{way}: the PIN is changed"):
        return tap.ok(False, "the reason", order.get("failure"))
    tap.equal(verify(element, "4711", service), 0x9000, f"{way}: the new PIN is right")
    tries = [verify(element, "1234", service) for _ in range(3)]
    tap.equal(tries, [0x63C2, 0x63C1, 0x63C0], f"{way}: another is not, three times")
    tap.equal(verify(element, "4711", service), 0x6983, f"{way}: then the right one is blocked, too")
    order = change(house, element, card, "pin-reset", service)
    tap.equal(order["state"], "DONE", f"{way}: the issuer resets the try counter")
    tap.equal(verify(element, "4711", service), 0x9000, f"{way}: the PIN is right again")
    paid = [run([LAB, "terminal", "--se", f"127.0.0.1:{element.port}", "--pin", pin])[0] for pin in ("4711", "4712")]
    tap.equal(paid, [0, 3], f"{way}: a terminal takes the new PIN and no other")
    return None


def a_counter_goes_back(tap, house, element, card, service, way):
    for _ in range(2):
        tap.equal(house.terminal(element)[0], 0, f"{way}: the customer pays")
    before, count = seen(element, ACCEPTED, service), seen(element, OFFLINE, service)
    tap.ok(int(count, 16) >= 2, f"{way}: the card counted the payments", count)
    order = change(house, element, card, "counter-reset", service)
    tap.equal(order["state"], "DONE", f"{way}: the issuer resets the counter")
    tap.equal(seen(element, OFFLINE, service), "0000", f"{way}: the card shows zero")
    tap.equal(int(seen(element, ACCEPTED, service), 16), int(before, 16) + 1, f"{way}: by one script command")
    tap.equal(order["exchange"]["result"]["effects"][0]["value"], "0000", f"{way}: the order says what was read back")
    tap.equal(house.terminal(element)[0], 0, f"{way}: the customer pays again")


def a_record_is_written_anew(tap, house, element, card, service, way):
    """The cardholder has another name: UPDATE RECORD [EMV Book 3 6.5], of the record that holds 5F20."""
    old, new = b"DEMO/CUSTOMER".hex().upper(), b"DEMO/MARRIED ".hex().upper()
    with Face(element, service) as face:
        places = [(sfi, number) for sfi in range(1, 5) for number in range(1, 4) if old in face.record(sfi, number)]
        if not tap.equal(len(places), 1, f"{way}: one record has the name"):
            return
        before = face.record(*places[0])
    (sfi, number), after = places[0], before.replace(old, new)
    order = change(house, element, card, "parameter", service, sfi=sfi, record=number, value=after)
    with Face(element, service) as face:
        tap.ok(order["state"] == "DONE" and face.record(sfi, number) == after, f"{way}: a record is written anew",
               (order.get("failure"), face.record(sfi, number)))
    tap.equal(house.terminal(element)[0], 0, f"{way}: and the customer pays with it")


def everything_of_one_scheme(tap, house, element, service, way):
    card = house.card()
    order = house.run_order("deploy", element, card, service=service)
    if not tap.equal(order["state"], "DONE", f"{way}: deployed"):
        return tap.ok(False, "the reason", order.get("failure"))
    a_pin_is_set_and_forgotten(tap, house, element, card, service, way)
    a_counter_goes_back(tap, house, element, card, service, way)
    a_record_is_written_anew(tap, house, element, card, service, way)
    for amount, balance in ((2550, "000000002550"), (450, "000000003000")):
        order = change(house, element, card, "top-up", service, amount=amount)
        tap.equal((order["state"], seen(element, BALANCE, service)), ("DONE", balance), f"{way}: {amount} more")
    commands = [{"kind": "block"}, {"kind": "parameter", "tag": UPPER, "value": "07"}]
    order = change(house, element, card, "script", service, commands=commands)
    tap.equal((order["state"], seen(element, UPPER, service)), ("DONE", "07"), f"{way}: two commands in one script")
    tap.ok(house.terminal(element)[0] != 0, f"{way}: the blocked application pays no more")
    tap.equal(change(house, element, card, "unblock", service)["state"], "DONE", f"{way}: unblocked")
    tap.equal(house.terminal(element)[0], 0, f"{way}: it pays")
    tap.equal(seen(element, REFUSED, service), "0000", f"{way}: the card never saw a wrong MAC")
    return None


def wrong_orders_are_refused(tap, house, element, card):
    def answer(exchange, data=True):
        return house.api("POST", "/api/v1/orders", house.order_body("exchange", element, card if data else None,
                                                                   exchange=exchange))
    for exchange, field, what in (
            (None, "exchange", "nothing to change"), ({"kind": "repaint"}, "kind", "an unknown kind"),
            ({"kind": "top-up"}, "exchange.amount", "a top-up of nothing"),
            ({"kind": "pin-reset", "amount": 5}, "exchange.amount", "an amount for a PIN"),
            ({"kind": "parameter", "value": "05"}, "exchange.tag", "a parameter without a name"),
            ({"kind": "script", "commands": []}, "exchange.commands", "an empty script"),
            ({"kind": "script", "commands": [{"kind": "script", "commands": []}]}, "exchange.commands", "in itself")):
        said = answer(exchange)
        tap.ok(said.status in (400, 422) and said.json.get("field") == field, f"refused: {what}", said)
    said = answer({"kind": "pin-reset"}, data=False)
    tap.ok(said.status in (400, 422) and said.json.get("field") == "data", "refused: no card data", said)


def what_fails_says_why(tap, house, element, card):
    taken, refused = seen(element, ACCEPTED), seen(element, REFUSED)
    order = change(house, element, house.card(), "counter-reset")
    tap.ok(order["state"] == "FAILED" and "not the one" in order["failure"]["reason"],
           "data of another card are refused before the card is asked", order.get("failure"))
    order = change(house, element, card, "pin-change")
    tap.ok(order["state"] == "FAILED" and "pin_block" in order["failure"]["reason"], "a new PIN must come",
           order.get("failure"))
    order = change(house, element, card, "parameter", tag="9F36", value="0001")
    tap.ok(order["state"] == "FAILED" and "9F36" in order["failure"]["reason"],
           "an object that the scheme does not let change is refused", order.get("failure"))
    order = change(house, element, card, "parameter", tag=UPPER, value="0102")
    tap.ok(order["state"] == "FAILED" and "6700" in order["failure"]["reason"] and
           order["instance"]["state"] == "OPERATIONAL", "what the card refuses is said, the instance stays",
           order.get("failure"))
    tap.equal((seen(element, ACCEPTED), seen(element, REFUSED)), (taken, refused), "the card took none of these")


def another_master_is_seen_by_the_card(tap, house):
    """The vault has another script master than the one that made the card's key."""
    element, card = house.add_uicc(), house.card()
    tap.equal(house.run_order("deploy", element, card)["state"], "DONE", "deployed")
    house.kill9()
    with sqlite3.connect(house.node().db_path, timeout=120) as db:
        db.execute("UPDATE perso_script SET body = replace(body, '\"imk-smi\"', '\"harbour-imk-smi\"')")
    db.close()
    house.restart()
    order = change(house, element, card, "counter-reset")
    tap.ok(order["state"] == "FAILED" and "6988" in order["failure"]["reason"], "a script under another master fails",
           order.get("failure"))
    tap.equal(seen(element, REFUSED), "0001", "the card counted one wrong MAC, and no more were sent")
    tap.equal(seen(element, ACCEPTED), "0000", "it took nothing")


def main():
    tap = Tap()
    with House() as house:
        everything_of_one_scheme(tap, house, house.add_uicc(), "demo-payment", "demo by messages")
        everything_of_one_scheme(tap, house, house.add_ese(), "demo-payment", "demo by an agent")
        everything_of_one_scheme(tap, house, house.add_uicc(), "meridian-payment", "meridian")
        everything_of_one_scheme(tap, house, house.add_ese(), "harbour-payment", "harbour")
        card, uicc = house.card(), house.add_uicc()
        house.run_order("deploy", uicc, card)
        wrong_orders_are_refused(tap, house, uicc, card)
        what_fails_says_why(tap, house, uicc, card)
        another_master_is_seen_by_the_card(tap, house)
    tap.done()


if __name__ == "__main__":
    main()
