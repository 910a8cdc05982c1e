# SPDX-License-Identifier: Apache-2.0
"""S9 and S13 where provider and owner run apart, with two databases and two tokens: questions and news go as messages
over mutual TLS, and mean the same."""
import care
from care import House, Tap, URL, await_true

CHECK = "/api/v1/eligibility"


def main():
    tap = Tap()
    house = House(two_nodes=True, callbacks=True).start(cards=False)
    try:
        uicc = house.add_uicc().bound()
        fit = house.api("POST", CHECK, {"service": "demo-payment", "se": uicc.name})
        tap.equal(fit.json, {"eligible": True, "reasons": [], "profile": "lab-uicc"}, "the owner elsewhere answers at once")
        unknown = house.api("POST", CHECK, {"service": "demo-payment", "se": {"iccid": "8949000000000000000"}})
        tap.equal(unknown.problem(), (404, "NOT_FOUND", None), "also that it does not know an element")
        house.api("PATCH", f"{URL}/{uicc.iccid}", {"device": "stolen"}, "operator")
        told = house.api("POST", CHECK, {"service": "demo-payment", "se": uicc.name})
        tap.equal([r["code"] for r in told["reasons"]], ["DEVICE_STOLEN"], "with its reasons")
        house.api("PATCH", f"{URL}/{uicc.iccid}", {"device": "in-use"}, "operator")
        order = house.run_order("deploy", uicc, house.card())
        tap.equal(order["state"], "DONE", "a service is deployed")
        suspended = house.run_order("suspend", {"msisdn": uicc.msisdn})
        tap.equal((suspended["state"], suspended.get("instance", {}).get("id")), ("DONE", order["instance"]["id"]),
                  "by its number it is the same instance")
        fresh = house.add_uicc(known=False).bound()
        renewed = house.api("POST", f"{URL}/{uicc.iccid}/renew", fresh.row, "operator")
        tap.ok(renewed.status == 200 and len(renewed["redeploy"]) == 2, "the element is renewed", renewed)
        await_true(lambda: care.heard(house, "redeploy"), 20, "what the provider hears")
        tap.equal([e["instance"] for e in care.heard(house, "redeploy")], [order["instance"]["id"]],
                  "its provider hears of its instance, from its own TSM")
        tap.equal(house.run_order("deploy", fresh, house.card())["state"], "DONE", "and deploys it anew")
    finally:
        house.stop()
    tap.done()


main()
