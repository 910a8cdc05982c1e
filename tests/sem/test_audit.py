# SPDX-License-Identifier: Apache-2.0
"""S10, audit: the owner reads its element over the element's own bearer, sees what differs from its registry, and has it
repaired: somebody deleted an applet behind our back, put another one there, or took keys (stations 5 to 12)."""
import contextlib
import json
import os
import socket
import struct
import threading

import care
from care import DOMAIN, PACKAGE, PAYMENT, PPSE, House, Tap, await_true
from gp import Client, KeySet
from node import BUILD
from transport import TcpCard
from versions import assemble, load_block

MAKERS_KEYS = {"uicc": [("key-set.unknown", "FF")], "ese": []}  # the laboratory's UICC has a channel set of its own
COMPACT = "lab-uicc-cpi"  # here with the compact format
MANY = 12
OTHER_PACKAGE, OTHER_MODULE, OTHER = "F04F54534D0001", "F04F54534D000101", "F04F54534D0909"


def behind_our_back(element, act):
    """A hand on the element that asks no server: somebody who knows the issuer's keys."""
    card = TcpCard("127.0.0.1", element.port)
    try:
        client = Client(card)
        client.select()
        client.open(KeySet.same(bytes.fromhex(element.channel_key)))
        act(client)
    finally:
        card.close()


def an_element_as_it_should_be(tap, house, element, kind):
    deployed = house.run_order("deploy", element, house.card())
    tap.equal(deployed["state"], "DONE", f"{kind}: a service is deployed")
    seen = care.audit(house, element)
    tap.equal(care.drifts(seen), MAKERS_KEYS[kind], f"{kind}: the audit finds what the registry expects")
    tap.ok(seen["result"]["card"]["free_nonvolatile"] > 0, f"{kind}: and tells the free memory", seen["result"])
    tap.ok(len(seen["timeline"]) >= 4, f"{kind}: its timeline shows what was read", seen["timeline"])
    if MAKERS_KEYS[kind]:
        done = care.repair(house, element, seen, lambda d: "register")
        tap.equal(done["state"], "DONE", f"{kind}: a key set of the maker's is taken into the registry")
        tap.equal(care.drifts(care.audit(house, element)), [], f"{kind}: and is no drift any more")


def a_deleted_applet_is_found(tap, house, element, kind):
    behind_our_back(element, lambda client: client.delete(bytes.fromhex(PAYMENT)))
    seen = care.audit(house, element)
    tap.equal(care.drifts(seen), [("application.missing", PAYMENT)], f"{kind}: an applet deleted behind our back is drift")
    drift = seen["result"]["drift"][0]
    tap.ok(drift["found"] == "not there" and set(drift["repairs"]) == {"mark-lost", "reinstall"},
           f"{kind}: the drift says what was expected, what was found, and the repairs", drift)
    refused = care.post(house, element, f"audits/{seen['act']}/repair", {"repairs": [{"drift": 0, "repair": "delete"}]})
    tap.equal(refused.problem(), (400, "BAD_VALUE", "repair"), f"{kind}: a repair that was not offered is refused")
    done = care.repair(house, element, seen, lambda d: "reinstall")
    tap.equal(done["state"], "DONE", f"{kind}: reinstall is chosen")
    told = await_true(lambda: care.heard(house, "reinstall", se=element.name), 20, "the provider's callback")
    tap.equal(told[0]["aid"], PAYMENT, f"{kind}: the provider is told which application to order again")
    tap.equal(care.drifts(care.audit(house, element)), [], f"{kind}: the registry is right again")
    ended = house.run_order("terminate", element)
    again = house.run_order("deploy", element, house.card())
    tap.ok(ended["state"] == again["state"] == "DONE" and house.terminal(element)[0] == 0,
           f"{kind}: ordered again, the card pays", (ended, again))


def a_foreign_applet_is_found(tap, house, element, kind):
    behind_our_back(element, lambda client: client.install(bytes.fromhex(OTHER_PACKAGE), bytes.fromhex(OTHER_MODULE),
                                                           bytes.fromhex(OTHER), b"\0", b""))
    seen = care.audit(house, element)
    tap.equal(care.drifts(seen), [("application.unknown", OTHER)], f"{kind}: an applet that nobody ordered is drift")
    done = care.repair(house, element, seen, lambda d: "delete")
    tap.ok(done["state"] == "DONE" and OTHER not in element.registry()[0], f"{kind}: deleted on the card", done)
    tap.equal(care.drifts(care.audit(house, element)), [], f"{kind}: and the registry agrees")


def a_replaced_load_file_is_found(tap, house, element, kind):
    """Same names, another version: what a card tells of a load file is its version."""
    def replace(client):
        for aid in (PAYMENT, PPSE, PACKAGE):
            client.delete(bytes.fromhex(aid))
        client.install_for_load(bytes.fromhex(PACKAGE), bytes.fromhex(DOMAIN))
        client.load(load_block(assemble(house.dir, 7)), 200)
        for module, aid in (("01", PAYMENT), ("02", PPSE)):
            client.install(bytes.fromhex(PACKAGE), bytes.fromhex(PACKAGE + module), bytes.fromhex(aid))
    behind_our_back(element, replace)
    seen = care.audit(house, element)
    tap.equal(care.drifts(seen), [("load-file.replaced", PACKAGE)], f"{kind}: a load file replaced behind our back is drift")
    drift = seen["result"]["drift"][0]
    tap.ok((drift["expected"], drift["found"]) == ("version 1.0", "version 1.7") and
           set(drift["repairs"]) == {"register", "reinstall"}, f"{kind}: with both versions, and the repairs", drift)
    done = care.repair(house, element, seen, lambda d: "reinstall")
    told = await_true(lambda: care.heard(house, "reinstall", what="load-file.replaced", se=element.name), 20, "the callback")
    tap.ok(done["state"] == "DONE" and told[0]["aid"] == PACKAGE, f"{kind}: its provider is told to order again", told)
    tap.equal(care.drifts(care.audit(house, element)), [], f"{kind}: the registry knows that it does not know its octets")
    ended = house.run_order("terminate", element)
    again = house.run_order("deploy", element, house.card())
    tap.ok(ended["state"] == again["state"] == "DONE" and house.terminal(element)[0] == 0,
           f"{kind}: ordered again, the card pays with what was ordered", (ended, again))


def a_card_without_versions_is_read(tap, house):
    """It refuses a listing that asks for what it does not have (GPCS 11.4.2.3): that is no card without load files."""
    element = house.add_ese("--quirk", "no-version")
    house.run_order("deploy", element, house.card())
    seen = care.audit(house, element)
    tap.ok(seen["state"] == "DONE" and care.drifts(seen) == [] and seen["result"]["proved"],
           "a card that knows no versions of load files is read without them", seen)
    element.process.end()


def a_lost_domain_is_forgotten(tap, house, element, kind):
    def wipe(client):
        for aid in (PAYMENT, PPSE, PACKAGE, DOMAIN):
            client.delete(bytes.fromhex(aid))
    behind_our_back(element, wipe)
    seen = care.audit(house, element)
    expected = [("application.missing", PAYMENT), ("application.missing", PPSE), ("domain.missing", DOMAIN),
                ("load-file.missing", PACKAGE)]
    tap.equal(care.drifts(seen), sorted(expected), f"{kind}: a wiped card is told object by object")
    done = care.repair(house, element, seen, lambda d: "mark-lost")
    tap.equal(done["state"], "DONE", f"{kind}: marked lost")
    left = house.rows("SELECT (SELECT COUNT(*) FROM application WHERE se = s.id) + (SELECT COUNT(*) FROM executable "
                      "WHERE se = s.id) + (SELECT COUNT(*) FROM security_domain WHERE se = s.id AND party = s.owner) "
                      "FROM se s WHERE " + ("iccid = ?" if "iccid" in element.name else "seid = ?"), care.name(element))
    tap.equal(left, [(0,)], f"{kind}: the registry has none of them left")


def fill(client):
    for n in range(MANY):
        client.install(bytes.fromhex("A0000001515350"), bytes.fromhex("A000000151535041"),
                       bytes.fromhex(f"F04F54534DAA{n:02X}"), bytes.fromhex("80"), b"")


def many_objects(tap, house):
    """More than one answer holds: GET STATUS goes on page by page. In the compact format the card's "more" (6310) is the
    answer to GET STATUS, and what comes back is the status word of GET RESPONSE behind it."""
    for kind, element in (("ese", house.add_ese()), ("uicc", house.add_uicc()),
                          ("uicc, compact", house.add_uicc(profile=COMPACT).bound())):
        behind_our_back(element, fill)
        seen = care.audit(house, element)
        whats = [w for w, _ in care.drifts(seen) if w != "key-set.unknown"]
        tap.equal(whats, MANY * ["domain.unknown"], f"{kind}: {MANY} domains are read in several pages")
        done = care.repair(house, element, seen, lambda d: "delete" if d["what"] == "domain.unknown" else None)
        tap.ok(done["state"] == "DONE" and element.registry()[0] == [], f"{kind}: and deleted", done)


class Torn:
    """Between a device and its element: GET STATUS for the next entries ends the channel, each time."""

    def __init__(self, port):
        self.card, self.torn, self.listener = port, 0, socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def port(self):
        return self.listener.getsockname()[1]

    def serve(self):
        while True:
            try:
                device, _ = self.listener.accept()
            except OSError:
                return
            with device, socket.create_connection(("127.0.0.1", self.card)) as card:
                back = threading.Thread(target=self.pass_on, args=(card, device), daemon=True)
                back.start()
                self.carry(device, card)
                with contextlib.suppress(OSError):  # the card has gone itself
                    card.shutdown(socket.SHUT_RDWR)
                back.join()

    @staticmethod
    def pass_on(card, device):
        with contextlib.suppress(OSError):
            while data := card.recv(65536):
                device.sendall(data)

    def carry(self, device, card):
        with device.makefile("rb") as frames:
            while len(head := frames.read(2)) == 2:
                frame = frames.read(struct.unpack(">H", head)[0])
                if len(frame) > 4 and frame[1] == 0xF2 and frame[3] & 1:
                    self.torn += 1
                    return
                card.sendall(head + frame)

    def close(self):
        self.listener.close()


def pages_that_never_come(tap, house):
    """The first page is always there, so no row of losses ends the talk: the audit does."""
    element = house.add_ese()
    behind_our_back(element, fill)
    torn = Torn(element.port)
    element.port = torn.port()
    done = care.audit(house, element)
    torn.close()
    tap.ok(done["state"] == "FAILED" and "again and again" in done["failure"]["reason"] and 1 < torn.torn < 40,
           "a page that is lost each time ends the audit", (done, torn.torn))


def others_see_nothing(tap, house, element):
    seen = care.audit(house, element)
    for token in ("second", "bank"):
        answer = house.api("GET", care.act_url(element, f"acts/{seen['act']}"), token=token)
        tap.equal(answer.problem()[0], 404 if token == "second" else 403, f"{token} cannot see the audit")
    tap.equal(care.post(house, element, "audits", token="second").status, 404, "nor ask for one")
    tap.equal(care.post(house, element, "audits", {"colour": "red"}).problem(), (400, "UNKNOWN_FIELD", "colour"),
              "unknown members are refused")
    acts = lambda query: house.api("GET", care.act_url(element, "acts" + query), token="operator")  # noqa: E731
    whole, paged, page = [a["act"] for a in acts("")["acts"]], [], acts("?limit=3")
    while page["acts"]:
        paged += [a["act"] for a in page["acts"]]
        page = acts(f"?limit=3&before={page['next']}") if "next" in page.json else acts(f"?before={paged[-1]}")
    tap.ok(len(whole) > 3 and paged == whole and whole[0] == seen["act"], "acts are listed page by page, newest first",
           (whole, paged))
    leaves = house.rows("SELECT COUNT(*) FROM audit WHERE what LIKE 'care.%'")[0][0]
    acts = house.rows("SELECT COUNT(*) FROM care_act")[0][0]
    tap.ok(leaves >= 2 * acts, "each act left its leaves", (leaves, acts))


def the_command_line_does_it(tap, house, element):
    def tsm(*words):
        status, out, err = care.run([os.path.join(BUILD, "src", "app", "tsm"), *words, "--env", house.env_path(), "--json"])
        return status, json.loads(out) if out.strip() else err
    status, asked = tsm("care", "audit", care.name(element))
    tap.equal(status, 0, "tsm care audit asks for one")
    care.wait(house, element, asked)
    status, seen = tsm("care", "show", f"{care.name(element)}/{asked['act']}")
    tap.ok(status == 0 and seen["state"] == "DONE" and "drift" in seen["result"], "tsm care show tells what it found", seen)
    status, said = tsm("care", "lock", care.name(element), "--with", "reason=x", "--with", "colour=red")
    tap.ok(status == 1 and "colour" in json.dumps(said), "what it may not say is refused by name", said)
    status, campaign = tsm("campaign", "start", "--with", "kind=audit", "--with", f"elements={care.name(element)}")
    tap.ok(status == 0 and campaign["total"] == 1, "tsm campaign start begins one", campaign)
    await_true(lambda: tsm("campaign", "show", campaign["campaign"])[1]["state"] == "DONE", 30, "the end of the campaign")
    tap.equal(len(tsm("campaign", "members", campaign["campaign"])[1]["members"]), 1, "and tsm campaign members lists it")


def two_parties(data):
    for profile in data["profiles"]:
        if profile["name"] == COMPACT:
            profile["format"], profile["concat"] = "compact", "spec"
    data["parties"].append({"name": "second", "owner": True, "provider": False, "callback_url": "", "partner_url": ""})


def main():
    tap = Tap()
    house = House(tweak=two_parties, callbacks=True).start()
    try:
        house.tokens["second"] = house.node().grant("second", "operator")
        for kind, element in (("uicc", house.uicc), ("ese", house.ese)):
            an_element_as_it_should_be(tap, house, element, kind)
            a_deleted_applet_is_found(tap, house, element, kind)
            a_foreign_applet_is_found(tap, house, element, kind)
            a_replaced_load_file_is_found(tap, house, element, kind)
            a_lost_domain_is_forgotten(tap, house, element, kind)
        a_card_without_versions_is_read(tap, house)
        many_objects(tap, house)
        pages_that_never_come(tap, house)
        others_see_nothing(tap, house, house.uicc)
        the_command_line_does_it(tap, house, house.uicc)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
