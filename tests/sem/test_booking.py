# SPDX-License-Identifier: Apache-2.0
"""S8, space: reserved until a time, committed, released. What is reserved twice over capacity is refused; a reservation
that ends frees its space; an order's own booking becomes the space that its load file takes."""
import json

from desk import DOMAIN, URL, House, Tap, ask, await_true, name

KIB = 1024
CAPACITY, HALF = 30 * KIB, 20 * KIB


def small_elements(fixture):
    for profile in fixture["profiles"]:
        profile["memory"] = CAPACITY


def book(house, element, provider, size, **more):
    return ask(house, element, "bookings", dict({"provider": provider, "bytes": size}, **more))


def states(house, element):
    return [(b["provider"], b["ref"], b["bytes"], b["state"]) for b in ask(house, element, "bookings", method="GET").json]


def twice_over_capacity(tap, house, element):
    first = book(house, element, "bank", HALF)
    tap.equal(first.status, 201, "20 KiB of 30 are reserved for one provider")
    second = book(house, element, "other", HALF)
    tap.equal((second.status, second["code"]), (409, "CONFLICT"), "20 more are refused")
    tap.ok("NOT ENOUGH SPACE" in second["detail"], "with the reason", second)
    tap.equal(states(house, element), [("bank", "", HALF, "reserved")], "and nothing was written")
    small = book(house, element, "other", CAPACITY - HALF)
    tap.equal(small.status, 201, "what is left can be reserved")
    again = book(house, element, "bank", HALF)
    tap.equal((again.status, again["booking"]), (201, first["booking"]), "the same reservation again is the same, by its number")
    return first, small


def released_and_committed(tap, house, element, small):
    number = small["booking"]
    gone = ask(house, element, f"bookings/{number}", method="DELETE")
    tap.equal(gone.status, 204, "a reservation is released")
    mine = [b for b in ask(house, element, "bookings", method="GET").json if b["provider"] == "bank"][0]
    done = house.api("POST", f"/api/v1/secure-elements/{name(element)}/bookings/{mine['booking']}/commit", None, "operator")
    tap.equal((done.status, done["state"]), (200, "committed"), "the other is committed: it has no end")
    tap.equal(states(house, element), [("bank", "", HALF, "committed")], "the list says so")
    tap.equal(ask(house, element, f"bookings/{number}", method="DELETE").status, 404, "what is gone cannot go again")
    more = book(house, element, "bank", KIB, seconds=1)
    tap.equal((more.status, more["booking"], more["expires"]), (201, mine["booking"], 0), "what is committed changes its size")
    tap.equal(states(house, element), [("bank", "", KIB, "committed")], "and has no end, whoever books it again")
    detail = house.rows("SELECT detail FROM audit WHERE what = 'space.committed'")
    tap.equal([json.loads(d)["booking"] for d, in detail], [mine["booking"]], "the audit names the booking")


def page_by_page(tap, house):
    """Newest first, with the link to what follows."""
    element = house.add_uicc(up=False)
    made = [book(house, element, "bank", 1, ref=f"part-{n}")["booking"] for n in range(5)]
    whole = [b["booking"] for b in ask(house, element, "bookings", method="GET").json]
    tap.equal(whole, made[::-1], "bookings are listed newest first")
    path, pages = f"{URL}/{name(element)}/bookings?limit=2", []
    while path and len(pages) < len(made):
        answer = house.api("GET", path, token="operator")
        pages.append([b["booking"] for b in answer.json])
        link = answer.headers.get("link")
        path = link[1:link.index(">")] if link and link.endswith('rel="next"') else None
    tap.equal(pages, [whole[:2], whole[2:4], whole[4:]], "page by page, each with a link to the next one")
    for query, field in (("limit=0", "limit"), ("limit=101", "limit"), ("before=0", "before"), ("before=x", "before")):
        tap.equal(ask(house, element, f"bookings?{query}", method="GET").problem(), (400, "BAD_VALUE", field),
                  f"{query} is refused by its name")


def a_domain_in_either_case(tap, house):
    element = house.add_uicc(up=False)
    book(house, element, "bank", KIB, ref=DOMAIN.lower())
    tap.equal([b[1] for b in states(house, element)], [DOMAIN], "an AID as reference is the domain's of orders, in either case")


def expiry_frees_it(tap, house):
    element = house.add_uicc(up=False)
    tap.equal(book(house, element, "bank", HALF, seconds=600).status, 201, "20 KiB are reserved for ten minutes")
    tap.equal(book(house, element, "other", HALF).status, 409, "nobody else gets them meanwhile")
    number = ask(house, element, "bookings", method="GET").json[0]["booking"]
    ask(house, element, f"bookings/{number}", method="DELETE")
    tap.equal(book(house, element, "bank", HALF, seconds=1).status, 201, "then for a second")
    await_true(lambda: states(house, element)[0][3] == "expired", 10, "the end of a reservation")
    tap.equal(book(house, element, "other", HALF).status, 201, "then the space is free")
    late = [b for b in ask(house, element, "bookings", method="GET").json if b["provider"] == "bank"][0]
    answer = house.api("POST", f"/api/v1/secure-elements/{name(element)}/bookings/{late['booking']}/commit", None, "operator")
    tap.equal((answer.status, answer["code"]), (410, "EXPIRED"), "what ended cannot be committed")


def an_order_books_for_itself(tap, house):
    element = house.add_uicc()
    book(house, element, "other", CAPACITY - KIB)
    full = house.run_order("deploy", element, house.card())
    tap.ok(full["state"] == "FAILED" and full["failure"]["owner"] == "SE", "an order finds the space sold", full)
    number = ask(house, element, "bookings", method="GET").json[0]["booking"]
    ask(house, element, f"bookings/{number}", method="DELETE")
    done = house.run_order("deploy", element, house.card())
    tap.equal(done["state"], "DONE", "and with space it is done")
    rows = states(house, element)
    tap.ok(len(rows) == 1 and rows[0][1] == DOMAIN and rows[0][3] == "committed" and 0 < rows[0][2] < 8192,
           "its reservation became the space of its load file", rows)
    house.run_order("terminate", element)
    tap.equal(states(house, element), [], "termination gives it back")


def main():
    tap = Tap()
    with House(tweak=small_elements).start() as house:
        _, small = twice_over_capacity(tap, house, house.uicc)
        released_and_committed(tap, house, house.uicc, small)
        page_by_page(tap, house)
        a_domain_in_either_case(tap, house)
        expiry_frees_it(tap, house)
        an_order_books_for_itself(tap, house)
        refused = book(house, house.uicc, "nobody", KIB)
        tap.equal(refused.problem(), (404, "NOT_FOUND", "provider"), "space is for providers that are known")
        tap.equal(ask(house, house.uicc, "bookings", {"provider": "bank", "bytes": KIB}, token="bank").status, 403,
                  "providers do not book here")
    tap.done()


if __name__ == "__main__":
    main()
