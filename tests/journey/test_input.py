# SPDX-License-Identifier: Apache-2.0
"""Bad input at the API: each refusal is problem+json with its code and the field named, and leaves no row
(station 1; RFC 9457)."""
import json

from house import House, Tap

JSON = {"Content-Type": "application/json"}
ORDERS = "/api/v1/orders"
BODY_MAX = 64 * 1024

# What is posted as it is, and what it must be answered.
DOCUMENTS = [
    ("no body", "", (400, "BAD_FORM", None)),
    ("JSON that ends too early", '{"operation":', (400, "BAD_FORM", None)),
    ("a list", "[]", (400, "BAD_FORM", None)),
    ("bytes after the document", '{"operation":"deploy"}{}', (400, "BAD_FORM", None)),
    ("a member twice", '{"operation":"deploy","operation":"suspend"}', (400, "BAD_FORM", None)),
    ("deep nesting", "[" * 200 + "]" * 200, (400, "BAD_FORM", None)),
    ("octets that are no UTF-8", b'{"operation":"\xff"}', (400, "BAD_FORM", None)),
    ("a NUL in a string", '{"operation":"de\\u0000ploy"}', (400, "BAD_FORM", None)),
]

# Changes of a good order, and the field that must be named. None removes the member.
MEMBERS = [
    ("an unknown member", {"colour": "red"}, (400, "UNKNOWN_FIELD", "colour")),
    ("no operation", {"operation": None}, (400, "MISSING_FIELD", "operation")),
    ("an unknown operation", {"operation": "destroy"}, (400, "BAD_VALUE", "operation")),
    ("an operation that is a number", {"operation": 1}, (400, "BAD_VALUE", "operation")),
    ("no service", {"service": None}, (400, "MISSING_FIELD", "service")),
    ("an unknown service", {"service": "nobody-has-it"}, (404, "NOT_FOUND", "service")),
    ("an empty service", {"service": ""}, (400, "BAD_LENGTH", "service")),
    ("a service of 500 characters", {"service": "x" * 500}, (400, "BAD_LENGTH", "service")),
    ("no element", {"se": None}, (400, "MISSING_FIELD", "se")),
    ("an element that is a string", {"se": "89490000"}, (400, "BAD_VALUE", "se")),
    ("an element without identifier", {"se": {}}, (400, "BAD_VALUE", "se")),
    ("an element with two identifiers", {"se": {"iccid": "8949000000000000017", "msisdn": "4917000001"}},
     (400, "BAD_VALUE", "se")),
    ("an unknown kind of identifier", {"se": {"imei": "490154203237518"}}, (400, "UNKNOWN_FIELD", "se")),
    ("an ICCID with a letter", {"se": {"iccid": "89490000x"}}, (400, "BAD_FORM", "se")),
    ("an ICCID that is a number", {"se": {"iccid": 8949000}}, (400, "BAD_VALUE", "se")),
    ("an SEID that is no hex", {"se": {"seid": "ZZZZ"}}, (400, "BAD_FORM", "se")),
    ("an SEID with half an octet", {"se": {"seid": "ABCDE"}}, (400, "BAD_FORM", "se")),
    ("an identifier without end", {"se": {"iccid": "8" * 400}}, (400, "BAD_FORM", "se")),
    ("a deadline of no time", {"deadline_s": 0}, (400, "BAD_VALUE", "deadline_s")),
    ("a deadline in the past", {"deadline_s": -5}, (400, "BAD_VALUE", "deadline_s")),
    ("a deadline in 30 years", {"deadline_s": 10 ** 9}, (400, "BAD_VALUE", "deadline_s")),
    ("a deadline that is no whole number", {"deadline_s": 1.5}, (400, "BAD_VALUE", "deadline_s")),
    ("an empty client_ref", {"client_ref": ""}, (400, "BAD_LENGTH", "client_ref")),
    ("a client_ref of 65 characters", {"client_ref": "r" * 65}, (400, "BAD_LENGTH", "client_ref")),
    ("deploy without card data", {"data": None}, (400, "MISSING_FIELD", "data")),
    ("data that are no JWE", {"data": "abc"}, (400, "BAD_FORM", "data")),
    ("data with a card number in clear", {"data": '{"pan":"5413330089010434"}'}, (400, "BAD_FORM", "pan")),
    ("a JWE whose header is no JSON", {"data": "eyJ.a.b.c.d"}, (400, "BAD_FORM", "data")),
    ("a suspend with card data", {"operation": "suspend"}, (400, "BAD_VALUE", "data")),
    ("an exchange without what is to be changed", {"operation": "exchange"}, (400, "MISSING_FIELD", "exchange")),
]

ADDRESSES = [
    ("GET", "/api/v1/nothing", (404, "NOT_FOUND", None)),
    ("GET", "/api/v1/orders/abc", (404, "NOT_FOUND", None)),
    ("GET", "/api/v1/orders/-1", (404, "NOT_FOUND", None)),
    ("GET", "/api/v1/orders/99999999999999999999", (404, "NOT_FOUND", None)),
    ("GET", "/api/v1/instances/0", (404, "NOT_FOUND", None)),
    ("GET", "/api/v1/orders?limit=0", (400, "BAD_VALUE", "limit")),
    ("GET", "/api/v1/orders?limit=many", (400, "BAD_VALUE", "limit")),
    ("GET", "/api/v1/orders/1?wait=31", (400, "BAD_VALUE", "wait")),
    ("PUT", ORDERS, (405, "WRONG_METHOD", None)),
    ("PUT", "/api/v1/orders/1", (405, "WRONG_METHOD", None)),
    ("DELETE", "/api/v1/orders/1", (404, "NOT_FOUND", None)),
    ("DELETE", "/api/v1/orders/1?wait=31", (400, "BAD_VALUE", "wait")),
    ("PATCH", "/api/v1/secure-elements", (405, "WRONG_METHOD", None)),
]


def post(house, body, fields=None):
    return house.api("POST", ORDERS, body, headers=fields or JSON)


def documents_are_refused(tap, house):
    for what, body, wanted in DOCUMENTS:
        tap.equal(post(house, body).problem(), wanted, f"{what} is refused")
    tap.equal(post(house, json.dumps({"operation": "x" * BODY_MAX})).problem(), (413, "TOO_LONG", None),
              "a body over the limit is refused")
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = post(house, "{}", {"Content-Type": kind} if kind else {"Accept": "*/*"})
        tap.equal(answer.problem(), (415, "WRONG_TYPE", "Content-Type"), f"the content type '{kind}' is refused")


def members_are_refused(tap, house):
    good = house.order_body("deploy", house.uicc, house.card())
    for what, change, wanted in MEMBERS:
        body = {k: v for k, v in {**good, **change}.items() if v is not None}
        tap.equal(post(house, json.dumps(body)).problem(), wanted, f"{what} is refused")
    parts = good["data"].split(".")
    for at, name in enumerate(("header", "encrypted key", "nonce", "ciphertext", "tag")):
        bent = ".".join(p + "*" if i == at else p for i, p in enumerate(parts))
        tap.equal(post(house, json.dumps({**good, "data": bent})).problem(), (400, "BAD_FORM", "data"),
                  f"a JWE with a strange character in its {name} is refused")


def addresses_are_refused(tap, house):
    for method, path, wanted in ADDRESSES:
        answer = house.api(method, path)
        allow = answer.headers.get("allow", "")
        tap.ok(answer.problem() == wanted and (wanted[0] != 405 or allow and method not in allow),
               f"{method} {path} is refused", (answer, allow))


def nothing_was_stored(tap, house):
    for table in ("orders", "service_instance", "job", "event", "usage"):
        tap.equal(house.rows(f"SELECT count(*) FROM {table}"), [(0,)], f"refused requests left no row in {table}")


def the_life_cycle_is_kept(tap, house):
    for operation in ("suspend", "resume", "terminate"):
        answer = post(house, json.dumps(house.order_body(operation, house.uicc)))
        tap.equal(answer.problem(), (404, "NOT_FOUND", None), f"{operation} before deploy finds no instance")
    first = house.order("deploy", house.uicc, house.card())
    tap.equal(house.wait(first)["state"], "DONE", "then the service is deployed")
    second = post(house, json.dumps(house.order_body("deploy", house.uicc, house.card())))
    tap.equal(second.problem(), (409, "WRONG_STATE", None), "a second deploy on the same instance is refused")
    again = house.run_order("resume", house.uicc)
    tap.ok(again["state"] == "DONE" and again["instance"]["state"] == "OPERATIONAL" and
           "UNLOCK" not in [e["step"] for e in again["timeline"]],
           "what is not suspended is resumed without a word to the card", again)
    unknown = house.run_order("deploy", {"iccid": "8949999999999999994"}, house.card())
    tap.ok(unknown["state"] == "FAILED" and unknown["failure"]["owner"] == "SEM" and unknown["failure"]["next_action"],
           "an element that no owner knows ends the order with a reason", unknown)
    strange = house.run_order("deploy", house.ese, house.card(), flavor="gold")
    tap.ok(strange["state"] == "FAILED" and "flavor" in strange["failure"]["reason"],
           "a flavor that the service has not ends the order with a reason", strange)
    tap.equal(strange["instance"]["state"], "NOT_DEPLOYED", "and the instance is as it was")


def a_repeat_is_the_same_order(tap, house):
    uicc = house.add_uicc()
    body = json.dumps(house.order_body("deploy", uicc, house.card()))
    keyed = {**JSON, "Idempotency-Key": "key-1"}
    first, again = post(house, body, keyed), post(house, body, keyed)
    tap.ok(first.status == 202 and again.status == 200 and first["order"] == again["order"],
           "the same Idempotency-Key and content is the same order", (first, again))
    tap.equal(first.headers.get("location"), f"{ORDERS}/{first['order']}", "its address is told")
    other = post(house, json.dumps(house.order_body("deploy", uicc, house.card())), keyed)
    tap.equal(other.problem(), (409, "CONFLICT", "client_ref"), "the same key with other content is refused")
    named = post(house, json.dumps(house.order_body("suspend", uicc, client_ref="key-1")))
    tap.equal(named.problem(), (409, "CONFLICT", "client_ref"), "client_ref and Idempotency-Key are one name space")
    long = post(house, body, {**JSON, "Idempotency-Key": "k" * 65})
    tap.equal(long.problem(), (400, "BAD_LENGTH", "Idempotency-Key"), "a key of 65 characters is refused")
    busy = post(house, json.dumps(house.order_body("terminate", uicc)))
    done = house.wait(first.json)
    tap.ok(done["state"] == "DONE" and busy.problem() in ((409, "CONFLICT", None), None),
           "one order at a time runs on an instance", (done["state"], busy))
    if busy.status == 202:
        house.wait(busy.json)
    late = post(house, body, keyed)
    tap.ok(late.status == 200 and late["order"] == first["order"] and late["state"] == "DONE",
           "after the end the key still names the order", late)


def main():
    tap = Tap()
    house = House().start()
    try:
        documents_are_refused(tap, house)
        members_are_refused(tap, house)
        addresses_are_refused(tap, house)
        nothing_was_stored(tap, house)
        the_life_cycle_is_kept(tap, house)
        a_repeat_is_the_same_order(tap, house)
    finally:
        house.stop()
    tap.done()


main()
