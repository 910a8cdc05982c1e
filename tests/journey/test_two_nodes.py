# SPDX-License-Identifier: Apache-2.0
"""A bank with its own SP TSM and an operator with its own SEM: two tsmd, two databases, two tokens, only HTTPS with
mutual TLS between them. The same story runs, and neither side holds what is the other's (stations 4 to 12)."""
import http.client
import json
import os
import ssl

from house import House, Tap
from node import make_ca, make_certificate
from test_story import nothing_secret_is_written, tell_story, the_evidence_is_complete

OWNERS_TABLES = ("se", "executable", "application", "space_booking", "seram_session", "conversation")
PROVIDERS_TABLES = ("orders", "service_instance", "service", "service_version", "flavor", "perso_script",
                    "executable_load_file")
EXCHANGE_KINDS = "(1, 2)"  # jobs that carry bytes to an element


def count(house, node, table, where="1"):
    return house.rows(f"SELECT count(*) FROM {table} WHERE {where}", node=node)[0][0]


def each_side_holds_its_own(tap, house, element):
    """While the card is in use: after the domain was handed over, before it is removed."""
    held = {t: count(house, "provider", t) for t in OWNERS_TABLES}
    tap.equal(held, dict.fromkeys(OWNERS_TABLES, 0), f"the provider holds no registry of the {element} element")
    tap.equal(count(house, "provider", "job", f"kind IN {EXCHANGE_KINDS}"), 0, "the provider carries no packets")
    held = {t: count(house, "owner", t) for t in PROVIDERS_TABLES}
    tap.equal(held, dict.fromkeys(PROVIDERS_TABLES, 0), "the owner holds no order, service, instance or profile")
    tap.ok(count(house, "owner", "security_domain") > 0, "the owner's registry has the domain")
    tap.equal(count(house, "owner", "keyset", "domain NOT IN (SELECT id FROM se)"), 0,
              "the owner holds no key set of the domain that it handed over")
    tap.equal(count(house, "provider", "keyset", "domain NOT IN (SELECT id FROM security_domain)"), 0,
              "the provider holds key sets of its own domain alone")
    ours = {blob for (blob,) in house.rows("SELECT sealed FROM keyset", node="provider")}
    theirs = {blob for (blob,) in house.rows("SELECT sealed FROM keyset", node="owner")}
    tap.ok(ours and theirs and not ours & theirs, "no sealed key set stands in both databases")


def a_card_in_use(tap, house):
    for element, kind in ((house.uicc, "SMS"), (house.ese, "SERAM")):
        done = house.run_order("deploy", element, house.card())
        tap.equal(done["state"], "DONE", f"the order over {kind} ends well across two servers")
        roles = {s["role"] for s in done["timeline"]}
        tap.ok({"sp", "sem"} <= roles, "the provider's timeline tells what the owner did", roles)
        status, seen = house.terminal(element)
        tap.ok(status == 0 and house.verify(seen), "the card pays and the bank verifies the cryptogram", seen)
        each_side_holds_its_own(tap, house, kind)
        done = house.run_order("terminate", element)
        tap.equal(done["state"], "DONE", "and the service is removed again")
        tap.equal(count(house, "owner", "security_domain"), 0, "the owner's registry is empty again")


def partner_call(house, sender, certificate, verb="book-space"):
    """One message to the owner's partner listener; (status, code), or 'TLS' where no connection comes to be."""
    context = ssl.create_default_context(cafile=house.ca())
    if certificate:
        context.load_cert_chain(*certificate)
    body = json.dumps({"from": sender, "to": "operator", "key": "k1", "trace": "00" * 16, "body": "{}"})
    peer = http.client.HTTPSConnection("127.0.0.1", house.node("owner").ports["partner"], timeout=10, context=context)
    try:
        peer.request("POST", f"/partner/v1/{verb}", body, {"Content-Type": "application/json", "Idempotency-Key": "k1"})
        reply = peer.getresponse()
        return reply.status, json.loads(reply.read() or b"{}").get("code")
    except (ssl.SSLError, OSError, http.client.HTTPException):
        return "TLS"
    finally:
        peer.close()


def only_a_partner_is_heard(tap, house):
    tls = os.path.join(house.dir, "tls")
    bank = f"{tls}/provider.pem", f"{tls}/provider.key"
    elsewhere = os.path.join(house.dir, "elsewhere")
    make_ca(elsewhere)
    forged = make_certificate(elsewhere, "forged", "bank")
    tap.equal(partner_call(house, "bank", None), "TLS", "who shows no certificate is not heard")
    tap.equal(partner_call(house, "bank", forged), "TLS", "a certificate of another CA is not heard")
    tap.equal(partner_call(house, "operator", bank), (403, "NOT_ALLOWED"),
              "a certificate speaks for the party that it names, for no other")
    tap.equal(partner_call(house, "bank", bank, "no-such-verb"), (404, "NOT_FOUND"), "an unknown verb is refused")
    tap.equal(count(house, "owner", "partner_message", "key = 'k1'"), 0, "refused messages leave no row")


def the_owner_is_away_for_a_while(tap, house):
    house.node("owner").stop()
    order = house.order("deploy", house.uicc, house.card())
    house.restart("owner")
    done = house.wait(order)
    tap.equal(done["state"], "DONE", "an order that came while the owner was away is done when it is back")


def main():
    tap = Tap()
    house = House(two_nodes=True, callbacks=True).start()
    try:
        status, text = tell_story(house)
        tap.ok(status == 0, "the story of both customers ends well with two servers", text[-3000:])
        the_evidence_is_complete(tap, house)
        a_card_in_use(tap, house)
        only_a_partner_is_heard(tap, house)
        the_owner_is_away_for_a_while(tap, house)
        nothing_secret_is_written(tap, house)
    finally:
        house.stop()
    tap.done()


main()
