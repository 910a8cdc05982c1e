# SPDX-License-Identifier: Apache-2.0
"""S2: kinds of secure elements as a catalogue. Connect an unknown element: a profile is proposed; a known one: its
profile is told; what providers read equals the store."""
import json

import care
from care import House, Tap, URL

CATALOGUE = "/api/v1/profiles"
COMPONENTS = "/api/v1/secure-component-profiles"


def second_owner(data):
    data["parties"].append({"name": "second", "owner": True, "provider": False, "callback_url": "", "partner_url": ""})
    for profile in data["profiles"]:
        if profile["name"] == "lab-ese":
            profile["cplc"] = "FFFF"  # no live card has it: at first the laboratory's card is unknown


def call(house, method, path, body=None, token="operator"):
    return house.api(method, path, body, token)


def an_unknown_element_gets_a_profile_proposed(tap, house):
    ese = house.add_ese(known=False)
    answer = house.import_rows([{"seid": ese.seid}])
    tap.equal((answer["added"], answer["refused"]), (1, []), "an element is registered before its kind is known")
    seen = call(house, "GET", f"{URL}/{ese.seid}").json
    tap.equal((seen["profile"], seen["keysets"]), ("unidentified", []), "it has neither profile nor keys")
    asked = care.post(house, ese, "identify")
    tap.equal(asked.status, 202, "it is asked what it is")
    care.carry(house, ese, asked.json)
    act = care.wait(house, ese, asked.json)
    result = act.get("result", {})
    tap.equal((act["state"], result.get("match"), result.get("assigned")), ("DONE", "unknown", False),
              "no profile of the catalogue knows it")
    proposed = result.get("proposed", {})
    tap.ok(proposed.get("profile", {}).get("protocol") == 3 and proposed["profile"].get("cplc") and proposed["assumed"],
           "a profile is proposed, and what in it is only assumed", result)
    tap.ok(len(result["seen"]["cplc"]) == 84 and result["seen"]["keysets"], "with what the card says of itself", result)
    return ese, proposed["profile"]


def the_proposal_makes_it_known(tap, house, ese, profile):
    profile = {**profile, "name": "ese-of-mine", "certificate": "EMVCo",
               "component": {"scType": 1, "hardwarePlatform": "P62G98", "os": "JCOP", "osVersion": "4.7",
                             "javaCardVersion": "3.0.5", "gpSpecVersions": {"card": "2.3.1"}}}
    tap.equal(call(house, "POST", CATALOGUE, profile).status, 201, "looked at and completed, it is added")
    act = care.perform(house, ese, "identify")
    result = act.get("result", {})
    tap.equal((result.get("match"), result.get("profile"), result.get("assigned")), ("known", "ese-of-mine", True),
              "asked again, the element is known by exactly that profile, and has it")
    seen = call(house, "GET", f"{URL}/{ese.seid}").json
    tap.equal((seen["profile"], len(seen["cplc"])), ("ese-of-mine", 84), "the inventory says so, its CPLC too")
    tap.equal(call(house, "GET", f"{URL}/{seen['cplc']}").get("id"), seen["id"], "by which it is found")
    tap.equal(house.rows("SELECT count(*) FROM audit WHERE what = 'inventory.identified'"), [(2,)],
              "each identification has its leaf")


def a_uicc_is_asked_by_packets(tap, house):
    uicc = house.add_uicc().bound()
    act = care.perform(house, uicc, "identify")
    tap.ok(act["state"] == "DONE" and act["result"]["match"] in ("unknown", "known") and act["result"]["seen"]["keysets"],
           "a UICC is asked over the air, under the issuer's keys", act)
    tap.equal(call(house, "GET", f"{URL}/{uicc.iccid}").get("profile"), "lab-uicc", "its own profile stays")


def the_catalogue_is_the_store(tap, house):
    stored = {name: json.loads(body) for name, body in house.rows("SELECT name, body FROM se_profile WHERE retired = 0")}
    listed = {p["name"]: p["profile"] for p in call(house, "GET", CATALOGUE).json["profiles"] if not p["retired"]}
    tap.equal(listed, stored, "the catalogue equals the store")
    shown = {c["name"]: c for c in call(house, "GET", COMPONENTS, token="bank").json}
    tap.equal(sorted(shown), sorted(n for n in stored if n != "unidentified"), "providers read the same, as components")
    mine = shown["ese-of-mine"]
    tap.equal((mine["hardwarePlatform"], mine["osVersion"], mine["gpSpecVersions"]), ("P62G98", "4.7", {"card": "2.3.1"}),
              "with the attributes of TR-03165")
    needed = {"id", "name", "scType", "hardwarePlatform", "os", "osVersion", "javaCardVersion", "javaCardFeatures",
              "gpSpecVersions", "gpApiVersions", "csp", "certifications"}
    tap.ok(all(set(c) == needed for c in shown.values()), "every one with all of them", shown)
    tap.equal((shown["lab-uicc"]["scType"], mine["scType"]), (4, 1), "the type is told where nobody gave it")


BAD = [
    ("without a name", {"name": None}, (400, "MISSING_FIELD", "name")),
    ("with a bearer that is none", {"bearer": "pigeon"}, (400, "BAD_VALUE", "bearer")),
    ("with an unknown member", {"colour": "red"}, (400, "UNKNOWN_FIELD", "colour")),
    ("whose packets want triple DES", {"kic_alg": 5}, (501, "UNSUPPORTED", "kic_alg")),
    ("whose checksums want triple DES", {"kid_alg": 9}, (501, "UNSUPPORTED", "kid_alg")),
    ("with an attribute that TR-03165 does not know", {"component": {"colour": "red"}}, (400, "UNKNOWN_FIELD", "component")),
    ("with an attribute of another form", {"component": {"scType": 9}}, (400, "BAD_VALUE", "component")),
    ("with a slash in its name", {"name": "a/b"}, (400, "BAD_VALUE", "name")),
]


def bad_profiles_are_refused(tap, house):
    good = call(house, "GET", f"{CATALOGUE}/lab-uicc").json["profile"]
    for what, change, problem in BAD:
        body = {k: v for k, v in {**good, "name": "new-one", **change}.items() if v is not None}
        tap.equal(call(house, "POST", CATALOGUE, body).problem(), problem, f"a profile {what} is refused, the member named")
    tap.equal(call(house, "GET", f"{CATALOGUE}/new-one").status, 404, "and nothing of it is kept")


def owners_have_their_own(tap, house):
    house.tokens["second"] = house.node().grant("second", "operator")
    tap.equal(call(house, "GET", f"{CATALOGUE}/ese-of-mine", token="second").status, 404, "another owner does not see it")
    mine = call(house, "GET", f"{CATALOGUE}/ese-of-mine").json["profile"]
    tap.equal(call(house, "PUT", f"{CATALOGUE}/ese-of-mine", mine, "second").problem(), (409, "CONFLICT", "name"),
              "nor takes its name")
    tap.equal(call(house, "PUT", f"{CATALOGUE}/lab-uicc", call(house, "GET", f"{CATALOGUE}/lab-uicc").json["profile"])
              .problem(), (403, "NOT_ALLOWED", None), "the house's profiles are not an owner's to change")
    tap.equal(call(house, "PUT", f"{CATALOGUE}/ese-of-mine", {**mine, "batch": 7}).status, 200, "a quirk is mended as data")
    tap.equal(call(house, "PUT", f"{CATALOGUE}/ese-of-mine", {**mine, "protocol": 2}).problem()[:2], (409, "CONFLICT"),
              "how elements that are there are spoken to is not changed under them")
    tap.equal(call(house, "DELETE", f"{CATALOGUE}/ese-of-mine").status, 204, "a profile is retired")
    told = house.import_rows([{"seid": "4F50454E54534DAA0001", "profile": "ese-of-mine"}])
    tap.equal([r.get("field") for r in told["refused"]], ["profile"], "no new element gets it")
    tap.equal(call(house, "GET", COMPONENTS, token="bank").status, 200, "providers are served")
    tap.ok("ese-of-mine" not in call(house, "GET", COMPONENTS, token="bank").text, "without it")
    tap.equal(call(house, "GET", COMPONENTS, token=None).status, 401, "and strangers are not")


def main():
    tap = Tap()
    house = House(tweak=second_owner).start(cards=False)
    try:
        ese, profile = an_unknown_element_gets_a_profile_proposed(tap, house)
        the_proposal_makes_it_known(tap, house, ese, profile)
        a_uicc_is_asked_by_packets(tap, house)
        the_catalogue_is_the_store(tap, house)
        bad_profiles_are_refused(tap, house)
        owners_have_their_own(tap, house)
    finally:
        house.stop()
    tap.done()


main()
