# SPDX-License-Identifier: Apache-2.0
"""A transit purse from its making to its end: a value file between limits, debited at a gate with a receipt that the
issuer can verify, credited by the issuer alone and once each whatever is lost (Y5). Keys and MACs are computed here by
other means than the server's and the card's."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in (("..", "journey"), ("..", "fault")):
    sys.path.insert(0, os.path.join(HERE, *folder))

from house import LAB, ROOT, House, Tap, json, run  # noqa: E402
from transport import TcpCard  # noqa: E402

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: E402

SERVICE, AID, PACKAGE = "lab-purse", "F04F54534D1001", "F04F54534D0010"
MASTERS = {"purse-receipt": "8F1C7A2360B94E5D3A90C4617BE25D08", "purse-credit": "25E6B0913FD84A7C61C80E9D57A23B4F",
           "purse-enc": "D3A94C16708E5BF2C15E92670DB84A31"}
COUNTER, BALANCE, ACCEPTED, REFUSED, UPPER = "9F36", "9F79", "DF72", "DF73", "DF75"
LIMIT = 15000  # of the profile
TOP_UP = 2550


def with_purse(fixture):
    """The provider's transit service, beside its payment services."""
    fixture["masters"] += [{"party": "bank", "name": n, "kind": "tdes", "value": v} for n, v in MASTERS.items()]
    fixture["load_files"].append({"party": "bank", "cap": "demo-purse.cap"})
    fixture["perso_scripts"].append({"party": "bank", "name": "opentsm-purse",
                                     "file": os.path.join(ROOT, "src", "emv", "profiles", "purse.json")})
    fixture["services"].append({"party": "bank", "name": SERVICE, "version": "1.0", "flavors": [
        {"name": "purse", "profiles": ["lab-uicc", "lab-ese"], "memory": 4096, "domain": "F04F54534DD00010",
         "load_file": PACKAGE, "perso_script": "opentsm-purse",
         "applications": [{"module": PACKAGE + "01", "instance": AID, "privileges": "000000"}]}]})


# ---- the issuer's own computations [EMV Book 2 A1.2, A1.3, A1.4.1] ----

def tdes(key, data, decrypt=False):
    cipher = Cipher(algorithms.TripleDES((key * 3)[:24] if len(key) == 8 else key + key[:8]), modes.ECB())
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


def odd(key):
    return bytes(b & 0xFE | (bin(b >> 1).count("1") + 1) % 2 for b in key)


def card_key(master, card):
    y = bytes.fromhex((card["pan"] + card["psn"])[-16:])
    return odd(tdes(bytes.fromhex(master), y + bytes(b ^ 0xFF for b in y)))


def mac(key, r, message):
    """ISO/IEC 9797-1 algorithm 3 under the common session key over r."""
    session = tdes(key, r[:2] + b"\xF0" + r[3:] + r[:2] + b"\x0F" + r[3:])
    padded = message + b"\x80" + bytes(-(len(message) + 1) % 8)
    chain = bytes(8)
    for at in range(0, len(padded), 8):
        chain = tdes(session[:8], bytes(a ^ b for a, b in zip(chain, padded[at:at + 8])))
    return tdes(session[:8], tdes(session[8:], chain, decrypt=True))


def receipt_is_right(seen, card):
    message = bytes.fromhex("44" + "".join(seen[n] for n in ("amount", "number", "date", "counter", "balance")))
    key = card_key(MASTERS["purse-receipt"], card)
    return mac(key, bytes.fromhex(seen["counter"]) + bytes(6), message).hex().upper() == seen["mac"]


# ---- the purse as gates and attackers see it ----

class Face:
    def __init__(self, element):
        self.card = TcpCard("127.0.0.1", element.port)
        self.selected = self.send("00A40400" + f"{len(AID) // 2:02X}" + AID + "00")[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.card.reset()
        self.card.close()

    def send(self, command):
        return self.card.transmit(bytes.fromhex(command))

    def get(self, tag):
        data, sw = self.send("80CA" + tag + "00")
        return data[3:].hex().upper() if sw == 0x9000 else f"{sw:04X}"


def seen(element, *tags):
    with Face(element) as face:
        return tuple(face.get(tag) for tag in tags)


def money(cents):
    return f"{cents:012d}"


def gate(element, *words):
    status, out, _ = run([LAB, "terminal", "purse", "--se", f"127.0.0.1:{element.port}", "--json"] + list(words))
    return status, json.loads(out)


def top_up(house, element, card, amount=TOP_UP):
    return house.run_order("exchange", element, card, service=SERVICE, exchange={"kind": "top-up", "amount": amount})


def filled(tap, house, element, way):
    """A new purse, topped up; None where it did not come so far."""
    card = house.card()
    order = house.run_order("deploy", element, card, service=SERVICE)
    if not tap.equal(order["state"], "DONE", f"{way}: the purse is on the element"):
        return tap.ok(False, "the reason", order.get("failure"))
    tap.equal(seen(element, BALANCE, UPPER), (money(0), money(LIMIT)), f"{way}: its value file is empty, with its limits")
    order = top_up(house, element, card)
    if not tap.equal(order["state"], "DONE", f"{way}: topped up"):
        return tap.ok(False, "the reason", order.get("failure"))
    tap.equal(seen(element, BALANCE, ACCEPTED, REFUSED), (money(TOP_UP), "0001", "0000"), f"{way}: the purse holds it")
    tap.equal(order["exchange"]["result"]["effects"], [{"read": "80CA9F7900", "value": money(TOP_UP)}],
              f"{way}: the order says the balance that was read back")
    return card


def gates_debit(tap, element, card, way):
    before = int(seen(element, COUNTER)[0], 16)
    status, paid = gate(element, "--amount", "320")
    tap.equal((status, paid["result"], paid.get("balance")), (0, "debited", money(TOP_UP - 320)), f"{way}: a gate debits")
    tap.equal(int(paid["counter"], 16), before + 1, f"{way}: the transaction is counted")
    tap.equal(paid["serial"].rstrip("F"), card["pan"], f"{way}: the receipt names the purse")
    tap.ok(receipt_is_right(paid, card), f"{way}: the issuer verifies the receipt", paid)
    tap.ok(not receipt_is_right({**paid, "amount": money(319)}, card), f"{way}: and sees that another amount is wrong")
    status, read = gate(element)
    tap.equal((status, read["balance"]), (0, paid["balance"]), f"{way}: the balance is read without a debit")
    status, refused = gate(element, "--amount", str(TOP_UP))
    tap.equal((status, refused.get("sw")), (3, "6A84"), f"{way}: no debit passes the lower limit")
    tap.equal(seen(element, COUNTER, BALANCE), (paid["counter"], paid["balance"]), f"{way}: what is refused changes nothing")


def the_upper_limit_holds(tap, house, element, card):
    before = seen(element, BALANCE, ACCEPTED)
    order = top_up(house, element, card, LIMIT)
    tap.ok(order["state"] == "FAILED" and "6A84" in order["failure"]["reason"] and order["failure"]["next_action"] and
           order["instance"]["state"] == "OPERATIONAL", "a top-up beyond the upper limit fails with the card's word",
           order.get("failure"))
    tap.equal(seen(element, BALANCE, ACCEPTED), before, "the purse is as it was")
    room = LIMIT - int(before[0])
    tap.equal((top_up(house, element, card, room)["state"], seen(element, BALANCE)[0]), ("DONE", money(LIMIT)),
              "up to the limit it is filled")
    order = house.run_order("exchange", element, card, service=SERVICE,
                            exchange={"kind": "parameter", "tag": BALANCE, "value": money(1)})
    tap.ok(order["state"] == "FAILED" and BALANCE in order["failure"]["reason"], "no balance is put past the limits",
           order.get("failure"))


def begin(face):
    data, _ = face.send("8040000000")
    return data[5:7], data[10:18]


def credit(face, card, bound, cents, session=None):
    """A credit with a MAC of the issuer's key: its status word."""
    head, amount = bytes.fromhex("844200000E"), bytes.fromhex(money(cents))
    made = mac(card_key(MASTERS["purse-credit"], card), session or bound[1], head + bound[0] + bound[1] + amount)
    return face.send((head + amount + made).hex())[1]


def credits_need_their_mac(tap, house, element):
    """What an attacker with a reader may try; the first one shows that the test's own MAC is right."""
    card = house.card()
    tap.equal(house.run_order("deploy", element, card, service=SERVICE)["state"], "DONE", "another purse")
    with Face(element) as face:
        bound = begin(face)
        tap.equal(credit(face, card, bound, 100), 0x9000, "the issuer's MAC, computed here, is right")
        tap.equal(credit(face, card, bound, 100), 0x6988, "the same command again is not")
        tap.equal(credit(face, house.card(), begin(face), 100), 0x6988, "nor the MAC of another purse's key")
        bound = begin(face)
        tap.equal(face.send("804400000D" + money(40) + "01020304" + "261122" + "00")[1], 0x9000, "a debit comes between")
        tap.equal(credit(face, card, bound, 100), 0x6988, "a credit from before it is void")
        tap.equal(face.send("844200000E" + money(100) + "00" * 8)[1], 0x6988, "without BEGIN no credit is right")
        tap.equal(face.send("8042000006" + money(100))[1], 0x6E00, "without a MAC it is no command")
        tap.equal(face.send("80DA9F7906" + money(100))[1], 0x6D00, "and no balance is put")
        tap.equal(face.send("804400000D" + "00000000000A" + "01020304" + "261122" + "00")[1], 0x6A80, "digits are digits")
        tap.equal((face.get(BALANCE), face.get(ACCEPTED), face.get(REFUSED)), (money(60), "0001", "0004"),
                  "one credit and one debit count, four wrong MACs are counted")


def answers_are_lost(tap, house):
    """Once each, though proofs of receipt, an agent's channel or its answers get lost on the way. A top-up has two
    messages at least, so three of them meet the fault."""
    element, card = house.add_uicc("--fault", "drop-por-4"), house.card()
    house.run_order("deploy", element, card, service=SERVICE)
    states = [top_up(house, element, card, 125)["state"] for _ in range(3)]
    tap.equal((states, seen(element, BALANCE, ACCEPTED, REFUSED)), (["DONE"] * 3, (money(375), "0003", "0000")),
              "each 4th proof of receipt lost: three top-ups are three")
    element, card = house.add_ese(), house.card()
    house.run_order("deploy", element, card, service=SERVICE)
    faults = [("--kill-after", k) for k in range(4, 10)] + [("--drop-after", k) for k in (4, 7)]
    for times, fault in enumerate(faults, 1):
        order = house.run_order("exchange", element, card, handset=fault, service=SERVICE,
                                exchange={"kind": "top-up", "amount": 125})
        tap.equal((order["state"], seen(element, BALANCE, ACCEPTED, REFUSED)),
                  ("DONE", (money(times * 125), f"{times:04X}", "0000")),
                  f"an agent with {fault[0]} {fault[1]}: {times} top-ups are {times}")


def tsmd_dies(tap, house, element):
    import killing  # needs TSM_KILL_AT
    card, deaths = house.card(), 0
    house.run_order("deploy", element, card, service=SERVICE)
    for times, commits in enumerate(range(4, 20, 5), 1):
        trap = killing.Trap(house, commits)
        try:
            order = killing.post(house, trap, house.order_body("exchange", element, card, service=SERVICE,
                                                               exchange={"kind": "top-up", "amount": 125}))
            killing.persist(trap, lambda: killing.ends(house, order), "the end of the order")
        finally:
            deaths += trap.clear()
        tap.equal((house.show(order)["state"], seen(element, BALANCE, ACCEPTED, REFUSED)),
                  ("DONE", (money(times * 125), f"{times:04X}", "0000")),
                  f"kill -9 after commit {commits}: {times} top-ups are {times}")
    tap.ok(deaths > 0, f"tsmd died {deaths} times on the way", deaths)  # slow disks take many steps in a commit


def the_service_ends(tap, house, element):
    tap.equal(house.run_order("suspend", element, service=SERVICE)["state"], "DONE", "the purse is suspended")
    tap.equal(gate(element, "--amount", "1")[0], 3, "no gate takes it")
    tap.equal(house.run_order("resume", element, service=SERVICE)["state"], "DONE", "it is resumed")
    status, paid = gate(element, "--amount", "1")
    tap.equal((status, paid.get("balance")), (0, money(LIMIT - 1)), "its money is still there")
    tap.equal(house.run_order("terminate", element, service=SERVICE)["state"], "DONE", "the service is terminated")
    tap.equal(gate(element)[0], 3, "the purse is gone")


def main():
    tap = Tap()
    with House(tweak=with_purse, answer_s=2) as house:
        uicc, ese = house.add_uicc(), house.add_ese()
        for element, way in ((uicc, "by messages"), (ese, "by an agent")):
            card = filled(tap, house, element, way)
            if card:
                gates_debit(tap, element, card, way)
        if card:
            the_upper_limit_holds(tap, house, ese, card)
        credits_need_their_mac(tap, house, house.add_ese())
        answers_are_lost(tap, house)
        tsmd_dies(tap, house, house.add_uicc())
        the_service_ends(tap, house, ese)
    tap.done()


if __name__ == "__main__":
    main()
