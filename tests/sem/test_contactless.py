# SPDX-License-Identifier: Apache-2.0
"""S15, the contactless registry: two cards on one element, the default is switched, and a reader sees another order in
the payment directory's answer to SELECT (stations 5 to 12)."""
import care
from care import House, Tap
from gp import Client, KeySet
from node import CAP_DIR
from transport import TcpCard

PPSE = "325041592E5359532E4444463031"
PACKAGE, PAYMENT, DIRECTORY = "F04F54534D0001", "F04F54534D000101", "F04F54534D000102"
RED, BLUE = "F04F54534D0001010001", "F04F54534D0001010002"


def parameters(aid, label):
    """System parameters of INSTALL: takes part, with its entry for the directory (EF {A1 {87, A6}})."""
    entry = f"4F0A{aid}5003{label}870101"
    entry = f"BF0C{len(entry) // 2 + 2:02X}61{len(entry) // 2:02X}{entry}"
    user = f"870120A6{len(entry) // 2:02X}{entry}"
    return bytes.fromhex(f"EF{len(user) // 2 + 2:02X}A1{len(user) // 2:02X}{user}")


def two_cards(element):
    """As a maker delivers it: two payment applications and the directory."""
    from cap import capfile
    card = TcpCard("127.0.0.1", element.port)
    try:
        client = Client(card)
        client.select()
        client.open(KeySet.same(bytes.fromhex(element.channel_key)))
        cap = capfile.read(f"{CAP_DIR}/demo-payment.cap")
        client.install_for_load(cap.aid)
        client.load(cap.load_file_data_block())
        for aid, label in ((RED, "524544"), (BLUE, "424C55")):
            client.install(bytes.fromhex(PACKAGE), bytes.fromhex(PAYMENT), bytes.fromhex(aid), b"\0", b"",
                           parameters(aid, label))
        client.install(bytes.fromhex(PACKAGE), bytes.fromhex(DIRECTORY), bytes.fromhex(PPSE), b"\0", b"")
    finally:
        card.close()


def directory(element):
    """The order in which a reader finds the cards."""
    card = TcpCard("127.0.0.1", element.port)
    try:
        fci = Client(card).select(bytes.fromhex(PPSE)).hex().upper()
    finally:
        card.close()
    return [name for _, name in sorted((fci.find(aid), name) for name, aid in (("red", RED), ("blue", BLUE)) if aid in fci)]


def change(house, element, **body):
    return care.perform(house, element, "contactless", body)


def main():
    tap = Tap()
    house = House(answer_s=5).start(cards=False)
    try:
        element, uicc = house.add_ese("--with", "crs"), house.add_uicc()
        two_cards(element)
        tap.equal(directory(element), [], "no card answers a reader yet")
        for aid in (RED, BLUE):
            done = change(house, element, aid=aid, active=True)
            tap.equal(done["state"], "DONE", "a card is activated")
        tap.equal(directory(element), ["red", "blue"], "a reader finds both, the first installed first")
        done = change(house, element, aid=BLUE, priority="first")
        tap.equal([e["aid"] for e in done["result"]["contactless"]], [BLUE, RED], "the default is switched in the registry")
        tap.equal(directory(element), ["blue", "red"], "and the directory's answer to SELECT has changed its order")
        change(house, element, aid=BLUE, priority="last")
        tap.equal(directory(element), ["red", "blue"], "back again")
        done = change(house, element, aid=RED, active=False)
        tap.equal((directory(element), [e["active"] for e in done["result"]["contactless"]]), (["blue"], [False, True]),
                  "a card that was put to sleep is not in the directory")
        seen = change(house, element)
        tap.equal(len(seen["result"]["contactless"]), 2, "the registry is read without a change")
        failed = change(house, element, aid="F04F54534D9999", active=True)
        tap.ok(failed["state"] == "FAILED" and "6320" in failed["failure"]["reason"], "an unknown card is refused", failed)
        bare = house.add_ese()
        failed = change(house, bare, aid=RED, active=True)
        tap.ok(failed["state"] == "FAILED" and "no contactless registry" in failed["failure"]["reason"],
               "an element without the service says so", failed)
        tap.equal(care.post(house, uicc, "contactless", {"aid": RED, "active": True}).problem()[1], "UNSUPPORTED",
                  "short messages do not reach it, and that is said")
        for body, field in (({"priority": "first"}, "aid"), ({"aid": RED, "priority": "middle"}, "priority")):
            tap.equal(care.post(house, element, "contactless", body).get("field"), field, f"{body} is refused by its field")
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
