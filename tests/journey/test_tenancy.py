# SPDX-License-Identifier: Apache-2.0
"""Tenants do not see each other, and nobody acts in a role that is not theirs (stations 1 and 2)."""
from house import House, Tap

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


def provider_addresses(house, order):
    yield "GET", "/api/v1/orders", None
    yield "GET", f"/api/v1/orders/{order['order']}", None
    yield "GET", f"/api/v1/instances/{order['instance']['id']}", None
    yield "GET", "/api/v1/intake-key", None
    yield "POST", "/api/v1/orders", JSON


def operator_addresses(house, order):
    yield "GET", f"/api/v1/secure-elements/{house.uicc.iccid}", None
    yield "POST", "/api/v1/secure-elements", NDJSON


def all_refused(tap, house, addresses, token, wanted, text):
    """Each address with a body that would be right or empty: the token is judged before the body."""
    answers = {(method, path): house.api(method, path, "{}" if fields else None, token, fields).problem()
               for method, path, fields in addresses}
    wrong = {k: v for k, v in answers.items() if v is None or v[:2] != wanted}
    tap.ok(answers and not wrong, text, wrong)


def the_other_tenant_sees_nothing(tap, house, order):
    unseen = (404, "NOT_FOUND", None)
    tap.equal(house.api("GET", f"/api/v1/orders/{order['order']}", token="other").problem(), unseen,
              "another provider that guesses an order's id gets the answer of an id that never was")
    tap.equal(house.api("GET", f"/api/v1/instances/{order['instance']['id']}", token="other").problem(), unseen,
              "so it is with an instance")
    tap.equal(house.api("GET", "/api/v1/orders/1", token="other").problem(), unseen, "and with an id that never was")
    tap.equal(house.api("GET", "/api/v1/orders", token="other").json["orders"], [], "its list of orders is empty")
    for name in (f"before={order['order']}&limit=100", "limit=100"):
        listed = house.api("GET", f"/api/v1/orders?{name}", token="other").json["orders"]
        tap.equal(listed, [], f"no page of the list shows a stranger's order ({name.split('=')[0]})")
    tap.equal(house.api("POST", "/api/v1/orders", house.order_body("suspend", house.uicc), "other").problem(),
              (404, "NOT_FOUND", "service"), "nor can it act on an instance: the service is not its own")
    keys = {house.api("GET", "/api/v1/intake-key", token=t).json["kid"] for t in ("bank", "other")}
    tap.equal(len(keys), 2, "each provider has its own intake key")
    mine = house.api("GET", f"/api/v1/orders/{order['order']}").json
    tap.equal(mine["state"], "DONE", "the order's own provider sees it")
    tap.equal(house.api("GET", f"/api/v1/instances/{order['instance']['id']}").json["state"], "OPERATIONAL",
              "and its instance, unchanged by what strangers tried")


def the_same_reference_is_free_for_each_tenant(tap, house):
    body = house.order_body("deploy", house.uicc, house.card(), client_ref="ref-1")
    first = house.api("POST", "/api/v1/orders", body)
    again = house.api("POST", "/api/v1/orders", body, "other").problem()
    tap.ok(first.status == 409 and again == (404, "NOT_FOUND", "service"),
           "a client_ref of one provider is no other provider's", (first, again))


def roles_are_kept(tap, house, order):
    provider, operator = list(provider_addresses(house, order)), list(operator_addresses(house, order))
    all_refused(tap, house, provider, "operator", (403, "NOT_ALLOWED"),
                "an operator is refused at a provider's addresses")
    for token in ("bank", "other"):
        all_refused(tap, house, operator, token, (403, "NOT_ALLOWED"),
                    f"provider {token} is refused at an operator's addresses")
    for token, text in (("A" * 43, "an unknown token"), (None, "no token")):
        all_refused(tap, house, provider + operator, token, (401, "NOT_SIGNED_IN"), f"{text} is refused everywhere")
    answer = house.api("GET", "/api/v1/orders", token=None, headers={"Authorization": "Basic YmFuazpiYW5r"})
    tap.ok(answer.problem() == (401, "NOT_SIGNED_IN", None) and answer.headers.get("www-authenticate") == "Bearer",
           "another scheme is refused, and the answer names the one that is taken", answer)
    tap.equal(house.api("GET", "/api/v1/orders", token=house.tokens["bank"] + "A").status, 401,
              "a token with a character more is another token")
    for path in ("/healthz", "/readyz", "/metrics"):
        tap.equal(house.api("GET", path, token=None).status, 200, f"{path} asks for no token")
    hashes = {len(h) for (h,) in house.rows("SELECT hash FROM access_token")}
    tap.equal(hashes, {32}, "the database holds tokens by their hash alone")


def main():
    tap = Tap()
    house = House().start()
    try:
        order = house.run_order("deploy", house.uicc, house.card())
        the_other_tenant_sees_nothing(tap, house, order)
        the_same_reference_is_free_for_each_tenant(tap, house)
        roles_are_kept(tap, house, order)
    finally:
        house.stop()
    tap.done()


main()
