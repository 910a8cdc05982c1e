# SPDX-License-Identifier: Apache-2.0
"""S13: an element is renewed: the old one is closed, what was open on it is listed for redeployment and told to its
provider. An element is one under all its names."""
import care
from care import DOMAIN, PAYMENT, House, Tap, URL, await_true

EID = "89049032000001000000012345678901"


def get(house, name, token="operator"):
    return house.api("GET", f"{URL}/{name}", token=token)


def names_are_one_element(tap, house, uicc):
    order = house.run_order("deploy", uicc, house.card())
    tap.equal(order["state"], "DONE", "a service is deployed on a UICC named by its ICCID")
    by_number = {"msisdn": uicc.msisdn}
    suspended = house.run_order("suspend", by_number)
    tap.equal((suspended["state"], suspended["instance"]["id"]), ("DONE", order["instance"]["id"]),
              "suspended by its number it is the same instance")
    tap.equal(house.api("PATCH", f"{URL}/{uicc.iccid}", {"eid": EID}, "operator").get("eid"), EID,
              "the owner learns the EID of its chip")
    resumed = house.run_order("resume", {"eid": EID})
    tap.equal((resumed["state"], resumed["instance"]["id"]), ("DONE", order["instance"]["id"]), "resumed by its EID, too")
    tap.equal(house.api("POST", "/api/v1/orders", house.order_body("suspend", by_number), "other").status, 404,
              "for another provider there is none under any name")
    tap.equal(house.api("POST", "/api/v1/orders", house.order_body("suspend", {"msisdn": "491700000000"})).status, 404,
              "nor under a number that nobody has")
    return order["instance"]["id"]


def an_embedded_element_is_reached_by_every_name(tap, house):
    ese = house.add_ese(row={"eid": "89033023426200000000005180480000", "iccid": "8949111100000000019"})
    first = house.order("deploy", {"eid": "89033023426200000000005180480000"}, house.card())
    tap.ok("seram" in first, "an embedded element named by its EID gets its session", first)
    house.handset(first["seram"], element=ese)
    tap.equal(house.wait(first)["state"], "DONE", "and the service")
    again = house.order("suspend", {"iccid": "8949111100000000019"})
    await_true(lambda: house.show(again)["state"] != "ACCEPTED", 10, "the owner's word on the element")
    seen = house.show(again)
    tap.ok("seram" in seen, "named by its ICCID it has its session when the owner has said how it is reached", seen)
    house.handset(seen["seram"], element=ese)
    done = house.wait(again)
    tap.equal((done["state"], done["instance"]["id"]), ("DONE", first["instance"]["id"]), "on the same instance")


def the_old_one_is_closed(tap, house, uicc, instance):
    fresh = house.add_uicc(known=False).bound()
    line = {k: v for k, v in fresh.row.items() if k != "msisdn"}
    answer = house.api("POST", f"{URL}/{uicc.iccid}/renew", {**line, "msisdn": fresh.msisdn}, "operator")
    tap.equal(answer.status, 200, "the UICC is renewed")
    tap.equal(sorted(i["application"] for i in answer["redeploy"] if i["provider"] == "bank"),
              sorted([PAYMENT, care.PPSE]), "what was open on the old one is listed for redeployment")
    tap.ok(all(i["domain"] == DOMAIN for i in answer["redeploy"]), "with its domain", answer)
    old = get(house, uicc.iccid).json
    tap.equal((old["state_text"], old["successor"]), ("closed", answer["new"]["id"]), "the old one is closed")
    tap.ok(all(k["state"] == "retired" for k in old["keysets"]), "its key sets are retired", old)
    told = await_true(lambda: care.heard(house, "redeploy"), 15, "what the provider hears")
    told = care.heard(house, "redeploy")
    tap.ok([t["instance"] for t in told] == [instance] and told[0]["se"] == fresh.name, "its provider hears which", told)
    tap.equal(house.api("GET", f"/api/v1/instances/{instance}")["state"], "IN_ERROR", "the instance is open no more")
    refused = house.run_order("deploy", uicc, house.card())
    tap.ok(refused["state"] == "FAILED" and "renewed" in refused["failure"]["reason"] and
           refused["failure"]["next_action"], "nothing is deployed on the old one", refused)
    tap.equal(house.api("POST", f"{URL}/{uicc.iccid}/bookings", {"provider": "bank", "bytes": 1024}, "operator").problem()[:2],
              (409, "WRONG_STATE"), "nor space booked there")
    tap.equal(house.api("POST", f"{URL}/{uicc.iccid}/renew", line, "operator").problem()[:2], (409, "WRONG_STATE"),
              "it is renewed once")
    again = house.run_order("deploy", fresh, house.card())
    tap.equal(again["state"], "DONE", "on the new one the service is deployed anew")
    tap.equal(house.rows("SELECT count(*) FROM audit WHERE what IN ('element.renewed', 'instance.element-renewed')"),
              [(2,)], "both books have their leaf")


def two_rows_become_one(tap, house):
    seid, eid = "4F50454E54534DBB0001", "89033023426200000000005180481111"
    house.import_rows([{"seid": seid}, {"eid": eid, "msisdn": "491799000001"}])
    tap.equal(house.import_rows([{"seid": seid, "eid": eid}])["refused"][0].get("field"), "eid",
              "a line with the names of two elements is refused")
    merged = house.api("POST", f"{URL}/{seid}/merge", {"with": eid}, "operator")
    tap.equal((merged.status, merged.get("eid"), merged.get("msisdn")), (200, eid, "491799000001"), "the two are merged")
    tap.equal(get(house, eid).get("id"), get(house, seid).get("id"), "both names find one")
    tap.equal(house.import_rows([{"seid": seid, "eid": eid}])["unchanged"], 1, "the line is true now")
    tap.equal(house.api("POST", f"{URL}/{seid}/merge", {"with": seid}, "operator").problem()[:2], (409, "CONFLICT"),
              "one is not merged with itself")
    used = house.rows("SELECT seid FROM se WHERE id = (SELECT min(se) FROM security_domain WHERE se IN (SELECT id FROM se "
                      "WHERE seid IS NOT NULL))")[0][0]
    tap.equal(house.api("POST", f"{URL}/{seid}/merge", {"with": used}, "operator").problem()[:2], (409, "CONFLICT"),
              "an element in use is not taken in")


def main():
    tap = Tap()
    house = House(callbacks=True).start(cards=False)
    try:
        uicc = house.add_uicc().bound()
        instance = names_are_one_element(tap, house, uicc)
        an_embedded_element_is_reached_by_every_name(tap, house)
        two_rows_become_one(tap, house)
        the_old_one_is_closed(tap, house, uicc, instance)
    finally:
        house.stop()
    tap.done()


main()
