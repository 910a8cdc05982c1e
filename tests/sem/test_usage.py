# SPDX-License-Identifier: Apache-2.0
"""What the owner does for a provider can be billed: domains, loads, upgrades and octets by provider, each row with the
trace of its order; what failed is not billed (station 12)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap  # noqa: E402
from versions import upload  # noqa: E402

URL = "/api/v1/usage"


def sums(house, token="operator", query=""):
    return {(s["what"], s["for"]): (s["count"], s["units"]) for s in house.api("GET", URL + query, token=token)["sums"]}


def work_is_billed_to_its_provider(tap, house):
    tap.equal(sums(house), {}, "nothing was done yet")
    order = house.run_order("deploy", house.ese, card=house.card())
    octets = house.rows("SELECT length(content) FROM executable_load_file")[0][0]
    tap.equal(sums(house), {("create-domain", "bank"): (1, 1), ("load-and-install", "bank"): (1, 1),
                            ("loaded-octets", "bank"): (1, octets)}, "a deployment: a domain, a load, its octets")
    rows = house.api("GET", URL + "?rows=10", token="operator")["rows"]
    tap.equal({r["trace"] for r in rows}, {order["trace"].upper()}, "each row has the trace of the order")
    new = upload(house, 1)
    house.run_order("update", house.ese)
    house.run_order("terminate", house.ese)
    got = sums(house)
    tap.equal((got["upgrade", "bank"], got["loaded-octets", "bank"], got["remove", "bank"]),
              ((1, 1), (2, octets + new["bytes"]), (1, 1)), "an upgrade and a removal are rows of their own")
    tap.equal(sums(house, "bank"), {(w, ""): (1, 1) for w in ("deploy", "update", "terminate")},
              "the provider sees its own orders")
    tap.equal(sums(house, "other"), {}, "another provider sees nothing")


def what_failed_is_not_billed(tap, house):
    house.api("POST", "/api/v1/admissions", {"allow_list_only": True}, "operator")
    before = sums(house)
    order = house.run_order("deploy", house.add_ese(), card=house.card())
    got = sums(house)
    tap.ok(order["state"] == "FAILED" and got["load-and-install", "bank"] == before["load-and-install", "bank"],
           "a load that the gate refused is not billed", (before, got))


def reports_have_days_and_pages(tap, house):
    tap.equal(sums(house, query="?to=2020-01-01"), {}, "before the first day there is nothing")
    tap.equal(sums(house, query="?from=2020-01-01"), sums(house), "from a day on, everything")
    for query, field in (("?from=yesterday", "from"), ("?to=2020-13-01", "to"), ("?rows=-1", "rows")):
        tap.equal(house.api("GET", URL + query, token="operator").problem(), (400, "BAD_VALUE", field),
                  f"{query} names {field}")
    seen, after = [], 0
    while True:
        page = house.api("GET", f"{URL}?rows=2&after={after}", token="operator")["rows"]
        if not page:
            break
        seen += [r["id"] for r in page]
        after = page[-1]["id"]
    everything = [r["id"] for r in house.api("GET", URL + "?rows=1000", token="operator")["rows"]]
    tap.ok(seen == everything and len(seen) > 4, "pages of two hold every row once", len(seen))
    tap.equal(house.api("GET", URL, token=None).status, 401, "nobody reads without a token")


def main():
    tap = Tap()
    house = House().start()
    try:
        work_is_billed_to_its_provider(tap, house)
        what_failed_is_not_billed(tap, house)
        reports_have_days_and_pages(tap, house)
    finally:
        house.stop()
    tap.done()


main()
