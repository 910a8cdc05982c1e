# SPDX-License-Identifier: Apache-2.0
"""S14, access rules: the bank's app gets access to its application with the installation and loses it with the removal;
another app is denied by the phone; rules are listed, and compared with the card's (stations 5 to 12)."""
import care
from care import PAYMENT, House, Tap, run
from node import LAB

BANK_APP, OTHER_APP = "A1" * 32, "B2" * 32
TEMPLATES = "/api/v1/access-templates"
GPO_ONLY = "80A80000FFFF0000"  # one filter: GET PROCESSING OPTIONS, header and mask


def may(element, app, aid=PAYMENT):
    """What the enforcer of a phone says to an app that wants to speak to the application."""
    status, out, err = run([LAB, "handset", "--se", f"127.0.0.1:{element.port}", "--app-hash", app, "--access", aid])
    return {0: out.strip(), 6: "denied"}.get(status, err)


def rules(house, element):
    return house.api("GET", care.act_url(element, "access-rules"), token="operator")["rules"]


def with_the_service(tap, house, element, kind):
    tap.equal(may(element, BANK_APP), "denied", f"{kind}: before, nobody may speak to the application")
    deployed = house.run_order("deploy", element, house.card())
    tap.equal(deployed["state"], "DONE", f"{kind}: the service is deployed")
    tap.ok("STORE_RULES" in [s["step"] for s in deployed["timeline"]], f"{kind}: the timeline tells of the rule",
           [s["step"] for s in deployed["timeline"]])
    tap.equal((may(element, BANK_APP), may(element, OTHER_APP)), ("allowed", "denied"),
              f"{kind}: the bank's app is let in, an app with another hash is denied")
    tap.equal([(r["aid"], r["app_hash"], r["allowed"]) for r in rules(house, element)], [(PAYMENT, BANK_APP, True)],
              f"{kind}: the rule is listed")


def by_hand(tap, house, element, kind):
    rule = {"op": "store", "aid": PAYMENT, "app_hash": OTHER_APP, "filters": GPO_ONLY}
    done = care.perform(house, element, "access-rules", rule)
    tap.equal((done["state"], may(element, OTHER_APP)), ("DONE", "allowed for some commands"),
              f"{kind}: the owner gives another app some commands")
    done = care.perform(house, element, "access-rules", {**rule, "op": "delete"})
    tap.equal((done["state"], may(element, OTHER_APP)), ("DONE", "denied"), f"{kind}: and takes them back")


def compared(tap, house, element):
    seen = care.perform(house, element, "access-rules", {"op": "audit"})
    tap.equal((seen["state"], len(seen["result"]["rules"]), seen["result"]["drift"]), ("DONE", 1, []),
              "ese: the card's rules are those of the list")


def without_the_service(tap, house, element, kind):
    ended = house.run_order("terminate", element)
    tap.equal((ended["state"], may(element, BANK_APP), rules(house, element)), ("DONE", "denied", []),
              f"{kind}: with the service its rule is gone, on the card and from the list")


def bad_calls(tap, house, uicc):
    for body, field in (({"op": "paint"}, "op"), ({"op": "store", "aid": PAYMENT, "app_hash": "00"}, "app_hash"),
                        ({"op": "store", "aid": PAYMENT, "filters": "00"}, "aid"), ({"op": "store", "hue": 1}, "hue")):
        tap.equal(care.post(house, uicc, "access-rules", body).get("field"), field, f"{body} is refused by its field")
    tap.equal(care.post(house, uicc, "access-rules", {"op": "audit"}).problem()[1], "UNSUPPORTED",
              "rules cannot be read over short messages, and that is said")
    tap.equal(house.api("PUT", TEMPLATES, {"aid": PAYMENT}, "bank").status, 403, "a provider sets no template")


def main():
    tap = Tap()
    house = House(answer_s=5).start(cards=False)
    try:
        template = {"aid": PAYMENT, "app_hash": BANK_APP}
        tap.equal(len(house.api("PUT", TEMPLATES, template, "operator")["rules"]), 1, "a template for the application is set")
        ese, uicc = house.add_ese("--with", "ara-m"), house.add_uicc("--with", "ara-m")
        bad_calls(tap, house, uicc)
        for kind, element in (("ese", ese), ("uicc", uicc)):
            with_the_service(tap, house, element, kind)
            by_hand(tap, house, element, kind)
            if kind == "ese":
                compared(tap, house, element)
            without_the_service(tap, house, element, kind)
        bare = house.add_ese()
        failed = house.run_order("deploy", bare, house.card())
        tap.ok(failed["state"] == "FAILED" and "STORE_RULES" in failed["failure"]["reason"],
               "an element without a rule master cannot have a service that needs a rule, and says so", failed)
        tap.equal(house.api("DELETE", TEMPLATES, template, "operator")["rules"], [], "the template is taken back")
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
