# SPDX-License-Identifier: Apache-2.0
"""S17 and S4 as the owner's own: a new version of a load file under a provider's applications, which keep their data, and
applications in the owner's own domains, on one element and as campaigns with canary, stop and resume (stations 1 to 12)."""
import hashlib
import io
import json
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from care import heard, run  # noqa: E402
from desk import PACKAGE, PAYMENT, House, Tap, ask, await_true, await_work, name, perform, registry  # noqa: E402
from node import BUILD  # noqa: E402
from transport import TcpCard  # noqa: E402
from versions import assemble  # noqa: E402

CAMPAIGNS = "/api/v1/campaigns"
OWN, OWN_PACKAGE, APPLET = "F04F54534DD000E1", "F04F54534D00E1", "F04F54534D0E01"
MODULE = OWN_PACKAGE + "01"
CARDS = 5
ORDER = ("Header", "Directory", "Import", "Applet", "Class", "Method", "StaticField", "Export", "ConstantPool", "RefLocation")


def load_file(house, minor, change=lambda text: text, damage=False):
    """The load file data block of a version, as an owner posts it; damaged: another opcode in its last method."""
    with zipfile.ZipFile(io.BytesIO(assemble(house.dir, minor, change))) as cap:
        parts = {os.path.basename(n)[:-4]: cap.read(n) for n in cap.namelist() if n.endswith(".cap")}
    if damage:
        parts["Method"] = parts["Method"][:-1] + b"\xFD"
    content = b"".join(parts[p] for p in ORDER if p in parts)
    return {"content": content.hex().upper(), "descriptor": parts["Descriptor"].hex().upper(),
            "hash": hashlib.sha256(content).hexdigest().upper()}


def counter(element):
    """One more use of the payment application; its transaction counter then."""
    card = TcpCard("127.0.0.1", element.port)
    try:
        for command in ("00A4040007" + PAYMENT + "00", "80A8000002830000"):
            card.transmit(bytes.fromhex(command))
        data, sw = card.transmit(bytes.fromhex("80CA9F3600"))
        card.transmit(bytes.fromhex("00A4040000"))  # nobody has it selected: else its data cannot be saved
        return int.from_bytes(data[3:], "big") if sw == 0x9000 else f"{sw:04X}"
    finally:
        card.close()


def hash_of(house, element, package=PACKAGE):
    column = "iccid" if "iccid" in element.name else "seid"
    rows = house.rows(f"SELECT hex(e.hash) FROM executable e JOIN se s ON s.id = e.se WHERE s.{column} = ? AND "
                      "hex(e.aid) = ?", name(element), package)
    return rows[0][0] if rows else None


def one_upgrade(tap, house, element, kind):
    """The provider ordered nothing; its applications go on with their counters, and it hears of it."""
    original = hash_of(house, element)
    before, version = counter(element), load_file(house, 7)
    done = perform(house, element, "upgrades", {"load_file": version})
    tap.equal((done["state"], done.get("failure")), ("done", None), f"{kind}: the owner puts a new version under a provider's service")
    now = counter(element)
    status, seen = house.terminal(element)
    tap.ok(now == before + 1 and status == 0 and house.verify(seen), f"{kind}: the counter goes on, and the card pays",
           (before, now, seen))
    tap.equal(hash_of(house, element), version["hash"], f"{kind}: the registry has the new hash")
    told = await_true(lambda: heard(house, "upgraded", se=element.name), 20, "the provider's callback")
    tap.equal((told[0]["package"], told[0]["hash"]), (PACKAGE, version["hash"]), f"{kind}: and its provider is told")
    again = ask(house, element, "upgrades", {"load_file": {"hash": version["hash"]}, "domain": told[0]["domain"]})
    tap.equal((again.status, again.json["state"]), (202, "done"), f"{kind}: the same again, by its hash, is done at once")
    back = perform(house, element, "upgrades", {"load_file": {"hash": original}})
    forth = perform(house, element, "upgrades", {"load_file": {"hash": version["hash"]}})
    tap.equal((back["state"], forth["state"], hash_of(house, element)), ("done", "done", version["hash"]),
              f"{kind}: back to what its provider brought, and forth again, by their hashes")
    element_bill = house.rows("SELECT COUNT(*) FROM usage u JOIN party p ON p.id = u.peer WHERE p.name = 'bank' AND u.what = "
                              "'upgrade'")
    tap.equal(element_bill, [(0,)], f"{kind}: it is not on the provider's bill")


def refusals(tap, house, element):
    version = load_file(house, 7)
    bare = {k: v for k, v in version.items() if k != "hash"}
    for body, problem in (
            ({}, (400, "MISSING_FIELD", "load_file")),
            ({"load_file": {}}, (400, "MISSING_FIELD", "load_file")),
            ({"load_file": {"hash": "00" * 32}}, (404, "NOT_FOUND", "hash")),
            ({"load_file": dict(bare, hash="00" * 32)}, (400, "BAD_VALUE", "hash")),
            ({"load_file": dict(bare, package="F04F54534D0002")}, (400, "BAD_VALUE", "package")),
            ({"load_file": {"content": "DECAFFED"}}, (400, "BAD_VALUE", "content")),
            ({"load_file": bare, "colour": "red"}, (400, "UNKNOWN_FIELD", "colour")),
            ({"load_file": bare, "campaign": 1}, (400, "UNKNOWN_FIELD", "campaign"))):
        tap.equal(ask(house, element, "upgrades", body).problem(), problem, f"an upgrade of {list(body)} is refused by its field")
    for kind, changes, problem in (
            ("removals", {"load_file": bare}, (400, "UNKNOWN_FIELD", "content")),
            ("removals", {"load_file": {"package": ""}}, (400, "BAD_VALUE", "package")),
            ("removals", {"applications": [{"instance": "F04F5453"}]}, (400, "BAD_VALUE", "instance")),
            ("removals", {"applications": [{"instance": APPLET, "module": MODULE}]}, (400, "UNKNOWN_FIELD", "module")),
            ("installations", {"applications": {"instance": APPLET}}, (400, "BAD_VALUE", "applications")),
            ("installations", {"applications": [APPLET]}, (400, "BAD_VALUE", "applications")),
            ("installations", {"applications": [{"instance": APPLET, "privilege": "80"}]}, (400, "UNKNOWN_FIELD", "privilege")),
            ("installations", {"applications": [{"instance": APPLET, "module": "F0"}]}, (400, "BAD_VALUE", "module"))):
        wish = {"domain": OWN, "load_file": {"package": OWN_PACKAGE} if kind == "removals" else bare}
        tap.equal(ask(house, element, kind, wish | changes).problem(), problem, f"{kind}: a wrong {problem[2]} in "
                  f"{', '.join(changes)} is refused by its field")
    tap.equal(ask(house, element, "upgrades", {"load_file": bare}, token="bank").status, 403, "a provider does not do it")
    tap.equal(ask(house, element, "installations", {"load_file": bare}).problem(), (400, "MISSING_FIELD", "domain"),
              "an installation needs a domain")
    foreign = ask(house, element, "removals", {"load_file": {"package": PACKAGE}, "domain": "F04F54534DD00001",
                                               "applications": [{"instance": PAYMENT}]})
    tap.equal(foreign.status, 409, "what is in a provider's domain is its provider's to remove")
    damaged = perform(house, element, "upgrades", {"load_file": load_file(house, 8, damage=True)})
    tap.ok(damaged["state"] == "failed" and "CAP-" in damaged["failure"]["reason"] and hash_of(house, element) == version["hash"],
           "a file that the owner's gate does not admit comes to no element, the rule is named", damaged)
    tap.equal(damaged["failure"]["owner"], "SEM", "and it is the owner's own to mend: no provider sent it")


def own_applications(tap, house, element, kind):
    tap.equal(perform(house, element, "domains", {"domain": OWN})["state"], "done", f"{kind}: the owner has a domain of its own")
    wish = {"domain": OWN, "load_file": own_file(house), "applications": [{"instance": APPLET, "module": MODULE,
                                                                           "privileges": "00"}]}
    done = perform(house, element, "installations", wish)
    tap.ok(done["state"] == "done" and APPLET in registry(element), f"{kind}: an application is installed in it", done)
    gone = perform(house, element, "removals", {"domain": OWN, "load_file": {"package": OWN_PACKAGE},
                                                "applications": [{"instance": APPLET}]})
    there = registry(element)
    tap.ok(gone["state"] == "done" and APPLET not in there and OWN_PACKAGE not in there and OWN in there,
           f"{kind}: and removed; the domain stays", (gone, list(there)))


def own_file(house, minor=9):
    """The demo's code under AIDs of the owner's."""
    return load_file(house, minor, lambda text: text.replace("F04F54534D0001", OWN_PACKAGE))


def look(house, campaign):
    return house.api("GET", f"{CAMPAIGNS}/{campaign['campaign']}", token="operator").json


def ended(house, campaign, seconds=60):
    return await_true(lambda: (lambda c: c if c["state"] in ("DONE", "STOPPED") else None)(look(house, campaign)), seconds,
                      "the end of the campaign")


def members(house, campaign):
    return house.api("GET", f"{CAMPAIGNS}/{campaign['campaign']}/members", token="operator")["members"]


def start(house, kind, elements, ask, **rules):
    return house.api("POST", CAMPAIGNS, dict(rules, kind=kind, elements=[name(e) for e in elements], ask=ask), "operator")


def numbers(campaign):
    return campaign["state"], campaign["done"], campaign["failed"], campaign["planned"]


def an_upgrade_of_many(tap, house, cards, other):
    """With the server killed on the way; an element that has not got the load file says so and harms nobody."""
    before = {name(c): counter(c) for c in cards}
    version = load_file(house, 17)
    asked = start(house, "upgrade", [*cards, other], {"load_file": version}, at_once=2, stop_percent=100)
    tap.ok(asked.status == 202 and "content" not in asked["ask"]["load_file"], "a campaign of upgrades is accepted; the load file "
           "is kept once", asked)
    await_true(lambda: look(house, asked)["running"] > 0, 20, "the first element")
    house.kill9()
    house.restart()
    done = ended(house, asked)
    tap.equal(numbers(done), ("DONE", len(cards), 1, 0), "kill -9 on the way: every element that can is upgraded")
    tap.equal({name(c): counter(c) for c in cards}, {n: k + 1 for n, k in before.items()}, "their applications' counters go on")
    tap.equal({hash_of(house, c) for c in cards}, {version["hash"]}, "all of them have the new version")
    used = house.rows("SELECT COUNT(*) FROM usage WHERE what = 'upgrade'")[0][0]
    tap.equal(used, 6 + len(cards), "each was done once")  # and the six of before
    seen = members(house, asked)
    why = [m["failure"]["reason"] for m in seen if m["state"] == "FAILED"]
    tap.ok(len(why) == 1 and "not on the secure element" in why[0], "the one that has nothing to upgrade says so", seen)
    tap.equal(len([m for m in seen if m.get("work")]), len(cards), "the members name their works")


def where_only_a_device_reaches(tap, house, element):
    """The members of a campaign say where the device's agent finds its work."""
    version = load_file(house, 28)
    counter(element)
    asked = start(house, "upgrade", [element], {"load_file": version})
    seram = await_true(lambda: members(house, asked)[0].get("seram"), 20, "the member's session")
    house.handset(seram, element=element)
    tap.equal(numbers(ended(house, asked)), ("DONE", 1, 0, 0), "an element in a device is upgraded when its agent comes")
    tap.ok(hash_of(house, element) == version["hash"] and "seram" not in members(house, asked)[0], "and its session is over")


def a_bad_version_stops_at_the_canary(tap, house, cards):
    before = {hash_of(house, c) for c in cards}
    asked = start(house, "upgrade", cards, {"load_file": load_file(house, 18, damage=True)}, canary=1, stop_percent=0)
    done = ended(house, asked)
    tap.equal(numbers(done), ("STOPPED", 0, 1, len(cards) - 1), "a version that the gate refuses stops at the canary")
    why = [m["failure"]["reason"] for m in members(house, asked) if m["state"] == "FAILED"]
    tap.ok("CAP-" in why[0] and {hash_of(house, c) for c in cards} == before, "its rule is named, nothing has changed", why)


def applications_for_many(tap, house, cards):
    """One element lacks the domain: it fails, gets it, and a resumed campaign takes it up."""
    wish = {"domain": OWN, "load_file": own_file(house), "applications": [{"instance": APPLET, "module": MODULE}]}
    for card in cards[1:]:
        perform(house, card, "domains", {"domain": OWN})
    asked = start(house, "install", cards, wish, stop_percent=100)
    done = ended(house, asked)
    tap.equal(numbers(done), ("DONE", len(cards) - 1, 1, 0), "an application is installed on those that have the domain")
    perform(house, cards[0], "domains", {"domain": OWN})
    house.api("POST", f"{CAMPAIGNS}/{asked['campaign']}/resume", token="operator")
    tap.equal(numbers(ended(house, asked)), ("DONE", len(cards), 0, 0), "resumed, it takes up the one that failed")
    tap.ok(all(APPLET in registry(c) for c in cards), "it is on all of them")
    gone = start(house, "remove", cards, {"domain": OWN, "load_file": {"package": OWN_PACKAGE},
                                          "applications": [{"instance": APPLET}]})
    tap.equal(numbers(ended(house, gone)), ("DONE", len(cards), 0, 0), "a campaign removes it again")
    tap.ok(not any(APPLET in registry(c) for c in cards), "from all of them")


def wishes_that_no_element_could_be_asked(tap, house, cards):
    for kind, wish, field in (("upgrade", None, "ask"), ("upgrade", {"load_file": {"hash": "00" * 32}}, "hash"),
                              ("install", {"load_file": own_file(house)}, "domain"),
                              ("install", {"load_file": own_file(house), "domain": OWN, "applications": [{"instance": "zz"}]},
                               "instance"), ("remove", {"domain": OWN}, "load_file")):
        body = {"kind": kind, "elements": [name(cards[0])]} | ({"ask": wish} if wish else {})
        tap.equal(house.api("POST", CAMPAIGNS, body, "operator").get("field"), field, f"{kind} without or with a wrong {field} is "
                  "refused by its field")


def the_command_line_does_it(tap, house, element):
    """A CAP file as it is; the hash for the next time."""
    path = os.path.join(house.dir, "wallet.cap")
    with open(path, "wb") as f:
        f.write(assemble(house.dir, 27))

    def tsm(*words):
        status, out, err = run([os.path.join(BUILD, "src", "app", "tsm"), *words, "--env", house.env_path(), "--json"])
        return status, json.loads(out) if out.strip() else err
    status, begun = tsm("care", "upgrade", name(element), "--with", f"cap={path}")
    tap.equal((status, await_work(house, element, begun)["state"]), (0, "done"), "tsm care upgrade takes a CAP file")
    status, campaign = tsm("campaign", "start", "--with", "kind=upgrade", "--with", f"elements={name(element)}", "--with",
                           f"hash={hash_of(house, element)}")
    tap.ok(status == 0 and ended(house, campaign)["done"] == 1, "tsm campaign start takes its hash", campaign)
    status, said = tsm("care", "upgrade", name(element), "--with", "cap=/nowhere.cap")
    tap.ok(status == 2, "a file that is not there is said", said)


def main():
    tap = Tap()
    house = House(tweak=upgradable, callbacks=True, answer_s=2).start()
    try:
        for kind, element in (("ese", house.ese), ("uicc", house.uicc)):
            deployed = house.run_order("deploy", element, house.card())
            tap.equal(deployed["state"], "DONE", f"{kind}: a service is deployed")
            one_upgrade(tap, house, element, kind)
            own_applications(tap, house, element, kind)
        refusals(tap, house, house.ese)
        cards = [house.add_uicc().bound() for _ in range(CARDS)]
        orders = [house.order("deploy", card, house.card()) for card in cards]
        tap.equal({house.wait(o, 60)["state"] for o in orders}, {"DONE"}, f"{CARDS} more elements have the service")
        an_upgrade_of_many(tap, house, cards, house.add_uicc().bound())
        where_only_a_device_reaches(tap, house, house.ese)
        a_bad_version_stops_at_the_canary(tap, house, cards)
        applications_for_many(tap, house, cards)
        wishes_that_no_element_could_be_asked(tap, house, cards)
        the_command_line_does_it(tap, house, cards[0])
    finally:
        house.stop()
    tap.done()


def upgradable(data):
    for profile in data["profiles"]:
        profile["elf_upgrade"] = 1


if __name__ == "__main__":
    main()
