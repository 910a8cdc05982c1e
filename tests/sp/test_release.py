# SPDX-License-Identifier: Apache-2.0
"""From drawing up to the secure element: a published service is what orders deploy; a published flavor stays as it is; load
files pass the gate before they are released; the laboratory's demo service is seen, too. [TR-03165 4.1.4.4, 4.1.6.4.15]"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from drawing import APPLET, PPSE, draw_up, load_file, profile_id  # noqa: E402
from house import House, Tap  # noqa: E402
from sptsm import Provider, cap_with, demo_cap, importing  # noqa: E402


def a_service_becomes_a_card(tap, house, p):
    service, flavor = draw_up(p, "city-card", profile_id(p, "lab-uicc"))
    uicc, other = house.add_uicc(), house.add_uicc()
    order = house.order("deploy", uicc, house.card(), service="city-card")
    tap.equal(house.wait(order)["state"], "FAILED", "before it is published nothing can be deployed")
    tap.equal(p.must("POST", flavor + "/publish")["published"], True, "the flavor is published")
    tap.equal(p.must("POST", flavor + "/publish")["published"], True, "as often as one likes")
    done = house.run_order("deploy", uicc, house.card(), service="city-card", seconds=60)
    tap.ok(done["state"] == "DONE" and done["flavor"] == "standard", "now an order deploys it", done)
    status, seen = house.terminal(uicc)
    tap.ok(status == 0 and house.verify(seen), "and the card pays", seen)
    done = house.run_order("deploy", other, house.card(), service=service, seconds=60)
    tap.equal(done["state"], "DONE", "an order may name the service by its id")
    for name in ("city-card", service):
        answer = house.api("POST", "/api/v1/eligibility", {"service": name, "se": other.name})
        tap.ok(answer.status == 200 and "eligible" in answer.json, "and so may who asks whether it can go there", answer)
    answer = p.call("DELETE", f"/services/{service}")
    tap.ok(answer.error() == (400, 1010) and "ServiceInstance" in answer.message(), "a service on cards stays", answer)
    for element, name in ((uicc, "city-card"), (other, service)):
        tap.equal(house.run_order("terminate", element, service=name, seconds=60)["state"], "DONE", "terminated")
    tap.equal(p.call("DELETE", f"/services/{service}").status, 204, "then it can be deleted")
    answer = house.api("POST", "/api/v1/orders", house.order_body("deploy", uicc, house.card(), service="city-card"))
    tap.equal(answer.problem(), (404, "NOT_FOUND", "service"), "and orders know it no more")


def a_newer_version_goes_first(tap, house, p):
    """Two versions for one profile: the flavor of the newer tag is taken; what a version gives up is not deployed."""
    profile = profile_id(p, "lab-uicc")
    service, first = draw_up(p, "versions", profile)
    p.must("POST", first + "/publish")
    body = {n: v for n, v in p.must("GET", first).items() if n in ("executableLoadFileIds",
                                                                   "applicationInstantiationConfigs")}
    second = p.must("POST", f"/services/{service}/flavors", {**body, "name": "second"})["id"]
    p.must("POST", f"/services/{service}/flavors/{second}/publish")
    p.must("POST", f"/services/{service}/versions", {"tag": "1.10.0", "allowedDeployments": {second: [profile]}})
    done = house.run_order("deploy", house.add_uicc(), house.card(), service="versions", seconds=60)
    tap.equal((done["state"], done["flavor"]), ("DONE", "second"), "1.10.0 goes before 1.0.0")
    p.must("PUT", f"/services/{service}/versions/1.10.0/secure-component-profiles", [profile])
    uicc = house.add_uicc()
    done = house.run_order("deploy", uicc, house.card(), service="versions", seconds=60)
    tap.equal((done["state"], done["flavor"]), ("DONE", "standard"), "without the profile in it, the older one is taken")
    p.must("PUT", f"/services/{service}/versions/1.0.0/flavors", [first.split("/")[-1]])
    done = house.run_order("deploy", house.add_uicc(), house.card(), service="versions", seconds=60)
    tap.equal(done["state"], "FAILED", "with no version for the profile, none")


def what_is_published_stays(tap, p):
    _, flavor = draw_up(p, "fixed", profile_id(p, "lab-ese"))
    p.must("POST", flavor + "/publish")
    seen = p.must("GET", flavor)
    elf = seen["executableLoadFileIds"][0]
    config = seen["applicationInstantiationConfigs"][0]["applicationConfigId"]
    extra = p.upload("POST", "/executable-load-files", [("elfFile", "b.cap", demo_cap())])["id"]
    text = ("Already Published: %s cannot be modified. It is already published via Flavor identifier \u2018"
            + seen["id"] + "\u2019.")
    for what, answer, entity in (
            ("its load files", p.call("PUT", flavor, {"executableLoadFileIds": []}), "Flavor"),
            ("its applications", p.call("PUT", flavor, {"applicationInstantiationConfigs": []}), "Flavor"),
            ("a link to a load file", p.call("POST", flavor + "/executable-load-files", [extra]), "Flavor"),
            ("or an unlinking", p.call("PUT", flavor + "/executable-load-files", [elf]), "Flavor"),
            ("the octets of its load file", p.upload("PUT", f"/executable-load-files/{elf}", [
                ("elfFile", "c.cap", importing(4))]), "ELF")):
        tap.ok(answer.error() == (400, 1015) and answer.message() == text % entity, f"{what}: 1015", answer)
    tap.equal(p.must("POST", flavor + "/executable-load-files", [elf])["executableLoadFileIds"], [elf],
              "what is linked already may be linked again")
    tap.equal(p.must("PUT", flavor, {**seen, "name": "another name"})["name"], "another name", "its name may change")
    tap.equal(p.upload("PUT", f"/executable-load-files/{elf}", [("elfFilename", None, "n.cap")])["fileName"], "n.cap",
              "and its load file's name")
    path = f"/application-configs/{config}"
    tap.equal(p.call("PUT", path, {"instanceAid": "A000000001"}).error(), (400, 1005),
              "the AID of a configuration in it is fast: 1005")
    tap.equal(p.must("PUT", path, {"instanceAid": p.must("GET", path)["instanceAid"], "name": "n"})["name"], "n",
              "its name is not")


def the_gate(tap, p):
    """What the admission gate refuses is not released: neither at publishing nor when a profile is added."""
    source = demo_cap()
    broken = cap_with({"Descriptor.cap": None})
    tap.ok(broken != source, "a package without its descriptor cannot be judged")
    elf = p.upload("POST", "/executable-load-files", [("elfFile", "x.cap", broken)])["id"]
    service = p.must("POST", "/services", {"name": "gate"})["id"]
    flavor = p.must("POST", f"/services/{service}/flavors", {"executableLoadFileIds": [elf]})["id"]
    p.must("POST", f"/services/{service}/versions", {"tag": "1.0.0", "allowedDeployments": {
        flavor: [profile_id(p, "lab-uicc")]}})
    answer = p.call("POST", f"/services/{service}/flavors/{flavor}/publish")
    tap.ok(answer.error() == (400, 1002) and "lab-uicc" in answer.message() and "CAP-" in answer.message(),
           "publishing is refused, profile and rule are named", answer)
    tap.equal(p.must("GET", f"/services/{service}/flavors/{flavor}")["published"], False, "the flavor is as it was")


def many_profiles_pass_the_gate(tap, house, p):
    """As many as there are: the gate takes them by turns, and the last one is judged as the first."""
    body = house.api("GET", "/api/v1/profiles/lab-uicc", token="operator").json
    names = [f"lab-uicc-{i:02}-{'x' * 40}" for i in range(20)]
    for name in names:
        answer = house.api("POST", "/api/v1/profiles", {**body.get("profile", body), "name": name}, token="operator")
        tap.equal(answer.status, 201, "one more profile")
    p = Provider(p.port, house.ca(), p.longterm)  # who signs in sees them
    ids = [profile_id(p, name) for name in names]
    for octets, status in ((demo_cap(), 200), (cap_with({"Descriptor.cap": None}), 400)):
        service = p.must("POST", "/services", {"name": f"many {status}"})["id"]
        flavor = p.must("POST", f"/services/{service}/flavors", {"executableLoadFileIds": [load_file(p, octets)]})["id"]
        p.must("POST", f"/services/{service}/versions", {"tag": "1.0.0", "allowedDeployments": {flavor: ids}})
        answer = p.call("POST", f"/services/{service}/flavors/{flavor}/publish")
        tap.equal(answer.status, status, f"a flavor for twenty profiles is judged: {answer}")
    leaves = [t for (t,) in house.rows("SELECT detail FROM audit WHERE what = 'load-file.refused'")]
    tap.ok(any(names[0] in t for t in leaves), "and refused as any other", leaves[-3:])


def the_demo_is_seen(tap, house, p):
    demo = next(s for s in p.must("GET", "/services") if s["name"] == "demo-payment")
    at = f"/services/{demo['id']}"
    version = p.must("GET", at + "/versions")[0]
    flavor = p.must("GET", at + "/flavors")[0]
    tap.equal((version["tag"], demo["sdAid"], flavor["name"], flavor["published"]),
              ("1.0.0", "F04F54534DD00001", "card", True), "the fixture's service, version and flavor")
    names = {s["name"] for s in p.must("GET", f"{at}/versions/1.0.0/secure-component-profiles")}
    tap.equal(names, {"lab-uicc", "lab-uicc-cpi", "lab-ese"}, "its profiles")
    configs = p.must("GET", f"{at}/flavors/{flavor['id']}/application-configs")
    tap.equal([c["instanceAid"] for c in configs], [APPLET, PPSE], "its applications")
    tap.equal([e["aid"] for e in p.must("GET", f"{at}/flavors/{flavor['id']}/executable-load-files")],
              ["F04F54534D0001"], "its load file")
    ese = profile_id(p, "lab-ese")
    p.must("PUT", f"{at}/versions/1.0.0/secure-component-profiles", [ese])
    done = house.run_order("deploy", house.add_ese(), house.card(), seconds=60)
    tap.equal(done["state"], "FAILED", "a profile that is taken away from it is no longer served")
    p.must("POST", f"{at}/versions/1.0.0/secure-component-profiles", {ese: flavor["id"]})
    done = house.run_order("deploy", house.add_ese(), house.card(), seconds=60)
    tap.equal(done["state"], "DONE", "and served again when it is given back")
    leaves = [t for (t,) in house.rows("SELECT detail FROM audit WHERE what = 'sptsm.changed'")]
    tap.ok(any("linkSecureComponentProfiles" in t for t in leaves), "each change has its audit leaf", leaves[-3:])


def main():
    tap = Tap()
    house = House().start(cards=False)
    try:
        node = house.node()
        p = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        a_service_becomes_a_card(tap, house, p)
        a_newer_version_goes_first(tap, house, p)
        what_is_published_stays(tap, p)
        the_gate(tap, p)
        many_profiles_pass_the_gate(tap, house, p)
        the_demo_is_seen(tap, house, p)
    finally:
        house.stop()
    tap.done()


main()
