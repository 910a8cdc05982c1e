# SPDX-License-Identifier: Apache-2.0
"""S17, a new version of the load file (Amendment H): the applications keep their counters and keys, wherever power,
answers or the server are lost on the way; a version that does not take the data gives way to the former one
(stations 3 to 12)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap, await_true  # noqa: E402
from transport import TcpCard  # noqa: E402
from versions import upload  # noqa: E402

PAYMENT, PACKAGE = "F04F54534D0101", "F04F54534D0001"
STAGES = ("UPGRADE_START", "UPGRADE_SETTLE", "UPGRADE_LOAD", "UPGRADE_RESTORE")
APDUS = range(1, 21)   # of an upgrade at the eSE: the fault comes after the K-th
PROOFS = range(4, 10)  # every N-th proof of receipt is lost; 3 keeps step with a packet, its repetition and the probe


class Wallet:
    """A customer's card and how often it was used."""

    def __init__(self, house, element, deployed=None):
        self.house, self.element = house, element
        self.deployed = deployed or house.run_order("deploy", element, card=house.card())
        self.used = self.counter()

    def counter(self):
        """One more use of the application; its transaction counter then."""
        card = TcpCard("127.0.0.1", self.element.port)
        try:
            for command in ("00A4040007" + PAYMENT + "00", "80A8000002830000"):
                card.transmit(bytes.fromhex(command))
            data, sw = card.transmit(bytes.fromhex("80CA9F3600"))
            return int.from_bytes(data[3:], "big") if sw == 0x9000 else f"{sw:04X}"
        finally:
            card.close()

    def kept(self):
        """The counter went on, and the bank accepts a payment."""
        now = self.counter()
        going_on = now == self.used + 1
        status, seen = self.house.terminal(self.element)
        self.used = now + 1 if going_on else now
        return going_on and status == 0 and self.house.verify(seen)

    def put_away(self):
        """No reader has an application selected: its data could not be saved under it."""
        card = TcpCard("127.0.0.1", self.element.port)
        card.transmit(bytes.fromhex("00A4040000"))
        card.close()

    def update(self, handset=(), seconds=60):
        self.put_away()
        return self.house.run_order("update", self.element, handset=handset, seconds=seconds)


def hashes(house):
    return {r[0] for r in house.rows("SELECT hex(hash) FROM executable WHERE hex(aid) = ?", PACKAGE)}


def the_counter_is_kept(tap, house, ese, uicc):
    for minor, wallet, kind in ((1, ese, "eSE"), (1, uicc, "UICC")):
        tap.equal(wallet.deployed["state"], "DONE", f"the service is deployed on the {kind}")
        version = upload(house, minor)
        before = wallet.used
        done = wallet.update()
        tap.ok(done["state"] == "DONE" and done["instance"]["state"] == "OPERATIONAL",
               f"{kind}: the update to version {version['version']} is done", done.get("failure"))
        tap.ok(wallet.kept() and wallet.used > before, f"{kind}: the application's counter goes on, and it pays",
               (before, wallet.used))
    tap.equal(hashes(house), {version["hash"]}, "the owner's registry has the new hash on both")
    steps = [e["step"] for e in done["timeline"]]
    tap.ok(all(s in steps for s in STAGES), "the timeline tells each stage", steps)
    again = ese.update()
    tap.ok(again["state"] == "DONE" and "UPGRADE_START" not in [e["step"] for e in again["timeline"]] and ese.kept(),
           "the same version again changes nothing on the card", again.get("failure"))


def power_is_lost_at_the_element(tap, house, wallet):
    for fault in ("--kill-after", "--drop-after"):
        bad = []
        for k in APDUS if fault == "--kill-after" else APDUS[::2]:
            version = upload(house, 100 + k if fault == "--kill-after" else 150 + k)
            done = wallet.update(handset=(fault, k))
            if done["state"] != "DONE" or not wallet.kept() or version["hash"] not in hashes(house):
                bad.append((k, done["state"], done.get("failure"), wallet.used))
        tap.equal(bad, [], f"{fault} up to {APDUS.stop - 1}: the update is done, the counter goes on")


def proofs_are_lost(tap, house):
    """All cards at once, since every lost proof costs a wait."""
    upload(house, 0)
    cards = {n: house.add_uicc("--fault", f"drop-por-{n}") for n in PROOFS}
    orders = {n: house.order("deploy", card, house.card()) for n, card in cards.items()}
    wallets = {n: Wallet(house, cards[n], house.wait(order, 90)) for n, order in orders.items()}
    failed = {n: w.deployed.get("failure") for n, w in wallets.items() if w.deployed["state"] != "DONE"}
    tap.equal(failed, {}, "the service is deployed on them, proofs lost or not")
    version = upload(house, 245)
    for wallet in wallets.values():
        wallet.put_away()
    orders = {n: house.order("update", card) for n, card in cards.items()}
    bad = {}
    for n, order in orders.items():
        done = house.wait(order, 90)
        if done["state"] != "DONE" or not wallets[n].kept():
            bad[n] = (done["state"], done.get("failure"))
    tap.equal(bad, {}, "with each Nth proof of receipt lost the updates of UICCs are done, their counters go on")
    tap.ok(version["hash"] in hashes(house), "and the registry has the new hash")


def the_server_is_killed(tap, house, wallet):
    for at, stage in enumerate(STAGES):
        upload(house, 210 + at)
        wallet.put_away()
        order = house.order("update", wallet.element)
        house.handset(order["seram"], element=wallet.element)
        sql = "SELECT count(*) FROM event WHERE step = ? AND hex(trace) = ?"
        await_true(lambda: house.rows(sql, stage, order["trace"].upper())[0][0] > 0, 20, stage)
        house.kill9()
        house.restart()
        done = house.wait(order, 60)
        tap.ok(done["state"] == "DONE" and wallet.kept(), f"kill -9 after {stage}: the update is done, the counter "
               "goes on", done.get("failure"))


def without_its_applet(text):
    return text.replace("F04F54534D000102", "F04F54534D000103")


def a_version_that_does_not_take_the_data(tap, house, wallet):
    before = hashes(house)
    answer = upload(house, 240, without_its_applet)
    tap.equal(answer.status, 201, "a version with another applet passes the gate")
    done = wallet.update()
    failure = done.get("failure") or {}
    tap.ok(done["state"] == "FAILED" and failure["owner"] == "SP" and "former" in failure["reason"]
           and failure["next_action"], "it does not take the data: the order says that the former one is back", done)
    tap.equal(done["instance"]["state"], "OPERATIONAL", "the instance is as it was")
    tap.ok(wallet.kept(), "the counter goes on in the former version")
    tap.ok(before <= hashes(house) | before and answer["hash"] not in hashes(house), "and the registry keeps its hash")
    steps = [e["step"] for e in done["timeline"]]
    tap.ok("TURN_BACK" in steps and "RESTORE_FORMER" in steps, "the timeline tells the way back", steps)
    upload(house, 241)
    done = wallet.update()
    tap.ok(done["state"] == "DONE" and wallet.kept(), "a mended version is taken afterwards", done.get("failure"))


def who_cannot(tap, house):
    upload(house, 0)
    plain = house.add_ese(profile="plain-ese")
    wallet = Wallet(house, plain)
    upload(house, 250)
    done = wallet.update()
    tap.ok(done["state"] == "FAILED" and "plain-ese" in done["failure"]["reason"] and
           "deploy again" in done["failure"]["reason"], "elements without Amendment H say so, by their profile", done)
    tap.ok(done["instance"]["state"] == "OPERATIONAL" and wallet.kept(), "and nothing changed on them")
    nobody = house.api("POST", "/api/v1/orders", house.order_body("update", house.add_ese()))
    tap.equal(nobody.problem(), (404, "NOT_FOUND", None), "where nothing is deployed there is nothing to update")


def profiles(data):
    for profile in list(data["profiles"]):
        profile["elf_upgrade"] = 1
    plain = {k: v for k, v in data["profiles"][-1].items() if k != "elf_upgrade"}
    data["profiles"].append(dict(plain, name="plain-ese"))
    data["services"][0]["flavors"][0]["profiles"].append("plain-ese")


def main():
    tap = Tap()
    house = House(tweak=profiles, answer_s=2).start()
    try:
        ese, uicc = Wallet(house, house.ese), Wallet(house, house.uicc)
        the_counter_is_kept(tap, house, ese, uicc)
        power_is_lost_at_the_element(tap, house, ese)
        the_server_is_killed(tap, house, ese)
        a_version_that_does_not_take_the_data(tap, house, ese)
        proofs_are_lost(tap, house)
        who_cannot(tap, house)
    finally:
        house.stop()
    tap.done()


main()
