# SPDX-License-Identifier: Apache-2.0
"""S9: "may this element have my service?", answered with every reason. The six reasons of the DIAD negotiation, and those
of subscription, device and the element's own state, each by its fixture: asked beforehand, and told by a refused order."""
from care import House, Tap, URL

CHECK = "/api/v1/eligibility"
SERVICE = "demo-payment"



def more_services(data):
    """Flavors that want what not every element has."""
    flavor = data["services"][0]["flavors"][0]
    for name, change in (("big", {"memory": 1 << 20}), ("verified", {"dap": True}), ("sealed", {"certified": True}),
                         ("elsewhere", {"profiles": ["lab-ese"]})):
        data["services"].append({"party": "bank", "name": name, "version": "1.0", "flavors": [{**flavor, **change}]})
    data["services"].append({"party": "other", "name": SERVICE, "version": "1.0", "flavors": [dict(flavor)]})
    first = data["profiles"][0]
    data["profiles"] += [{**first, "name": "no-dap", "no_dap": 1}, {**first, "name": "no-paper", "certificate": ""},
                         {k: v for k, v in {**first, "name": "no-ssd"}.items() if not k.startswith("ssd_")}]
    for service in data["services"]:
        for f in service["flavors"]:
            if f["profiles"] != ["lab-ese"]:
                f["profiles"] = f["profiles"] + ["no-dap", "no-paper", "no-ssd"]


def check(house, element, service=SERVICE, token="bank"):
    se = element if isinstance(element, dict) else element.name
    return house.api("POST", CHECK, {"service": service, "se": se}, token)


def reason(tap, house, code, element, text, service=SERVICE, token="bank"):
    """Exactly this one, with text and next action, before and by an order."""
    answer = check(house, element, service, token)
    told = answer.get("reasons") or []
    tap.ok(answer.status == 200 and not answer["eligible"] and [r["code"] for r in told] == [code] and
           told[0]["text"] and told[0]["next_action"], f"{code}: {text}", answer)
    body = house.order_body("deploy", element, house.card(), service=service)
    if token != "bank":
        return
    order = house.api("POST", "/api/v1/orders", body).json
    ended = house.wait(order)
    failure = ended.get("failure", {})
    tap.ok(ended["state"] == "FAILED" and told and told[0]["text"] in failure["reason"] and
           failure["next_action"] == told[0]["next_action"], f"{code}: an order is refused with it, nothing is done", ended)


def set_element(house, uicc, **change):
    return house.api("PATCH", f"{URL}/{uicc.iccid}", change, "operator")


def the_six_of_diad(tap, house, uicc):
    reason(tap, house, "TECHNICAL_INCOMPATIBILITY", uicc, "no flavor is for this kind of element", "elsewhere")
    reason(tap, house, "NOT_ENOUGH_SPACE", uicc, "the service is larger than the memory that is left", "big")
    reason(tap, house, "DAP_NOT_SUPPORTED", house.add_uicc(profile="no-dap", up=False), "the card verifies no load files",
           "verified")
    reason(tap, house, "SSD_NOT_SUPPORTED", house.add_uicc(profile="no-ssd", up=False), "the card has no domains to give")
    access = "/api/v1/providers/bank/access"
    tap.equal(house.api("PUT", access, {"allowed": False, "reason": "no agreement"}, "operator").status, 200,
              "the owner shuts a provider out")
    reason(tap, house, "NOT_ALLOWED", uicc, "the owner does not let this provider in")
    house.api("PUT", access, {"allowed": True}, "operator")
    tap.equal(house.run_order("deploy", uicc, house.card())["state"], "DONE", "let in again, it deploys")
    reason(tap, house, "LONG_AID_ALREADY_EXISTS", uicc, "another provider's object has the AID", token="other")
    tap.ok("bank" not in check(house, uicc, token="other").text, "whose it is is not told")


def subscription_and_device(tap, house, uicc):
    for word, code in (("suspended", "SUBSCRIPTION_SUSPENDED"), ("restricted", "SUBSCRIPTION_RESTRICTED"),
                       ("terminated", "SUBSCRIPTION_TERMINATED")):
        tap.equal(set_element(house, uicc, subscription=word).get("subscription"), word, f"the subscription is {word}")
        reason(tap, house, code, uicc, f"a {word} subscription")
    set_element(house, uicc, subscription="active")
    for word, code in (("lost", "DEVICE_LOST"), ("stolen", "DEVICE_STOLEN"), ("no-nfc", "DEVICE_WITHOUT_NFC"),
                       ("unsupported", "DEVICE_NOT_SUPPORTED")):
        tap.equal(set_element(house, uicc, device=word).get("device"), word, f"the device is {word}")
        reason(tap, house, code, uicc, f"a device that is {word}")
    set_element(house, uicc, subscription="suspended")
    told = [r["code"] for r in check(house, uicc)["reasons"]]
    tap.equal(told, ["SUBSCRIPTION_SUSPENDED", "DEVICE_NOT_SUPPORTED"], "several reasons are all told")
    set_element(house, uicc, subscription="active", device="in-use")
    tap.equal(check(house, uicc).json["eligible"], True, "when all is well again the element is fit")
    lines = [{**house.add_uicc(up=False, known=False).row, "subscription": "suspended", "device": "lost"}]
    house.import_rows(lines)
    told = [r["code"] for r in check(house, {"iccid": lines[0]["iccid"]})["reasons"]]
    tap.equal(told, ["SUBSCRIPTION_SUSPENDED", "DEVICE_LOST"], "an import file may say so, too")


def the_element_itself(tap, house, uicc):
    reason(tap, house, "NOT_CERTIFIED", house.add_uicc(profile="no-paper", up=False), "the service wants a certificate",
           "sealed")
    tap.equal(check(house, uicc, "sealed").json["eligible"], True, "a certified one has it")
    house.import_rows([{"seid": "4F50454E54534DCC0001"}])
    told = [r["code"] for r in check(house, {"seid": "4F50454E54534DCC0001"})["reasons"]]
    tap.ok("NOT_IDENTIFIED" in told, "an element that was never identified is said to be so", told)
    fresh = house.add_uicc(up=False, known=False)
    answer = house.api("POST", f"{URL}/{uicc.iccid}/renew", fresh.row, "operator")
    tap.equal(answer.status, 200, "an element is renewed")
    told = [r["code"] for r in check(house, uicc)["reasons"]]
    tap.equal(told, ["SE_CLOSED"], "the old one is closed")


def what_is_not_there(tap, house):
    tap.equal(check(house, {"iccid": "8949000000000000000"}).problem(), (404, "NOT_FOUND", None), "an unknown element")
    uicc = house.add_uicc(up=False)
    tap.equal(check(house, uicc, "nothing").problem(), (404, "NOT_FOUND", "service"), "an unknown service")
    tap.equal(house.api("POST", CHECK, {"service": SERVICE, "se": uicc.name}, "operator").status, 403,
              "the question is a provider's")
    tap.equal(house.api("PUT", "/api/v1/providers/nobody/access", {"allowed": False}, "operator").status, 404,
              "an unknown provider")


def main():
    tap = Tap()
    house = House(tweak=more_services).start(cards=False)
    try:
        uicc = house.add_uicc().bound()
        tap.equal(check(house, uicc).json, {"eligible": True, "reasons": [], "profile": "lab-uicc"}, "a fit element is fit")
        the_six_of_diad(tap, house, uicc)
        spare = house.add_uicc(up=False)
        subscription_and_device(tap, house, spare)
        the_element_itself(tap, house, spare)
        what_is_not_there(tap, house)
    finally:
        house.stop()
    tap.done()


main()
