# SPDX-License-Identifier: Apache-2.0
"""Updates to a version: only what it changes is touched, in each management mode and on each kind of element; what a
failed update leaves; instances whose flavor was removed. [TR-03165 3.2.3, 4.2.5.4]"""
from life import (ACTIVATE, DOMAIN, INSTALL, House, Provider, Tap, instance, on_card, pays, state, states_passed, steps)
from caps import library
from draft import Application, Draft
from drawing import APPLET, PPSE, configs, demo_script, flavor_of, load_file, profile_id, version_of
from sptsm import demo_cap
from versions import assemble

LIB, DEMO = "F04F54534D00F1", "F04F54534D0001"
MODES = ("delegated", "authorized")
FAULTS = range(6, 34, 3)  # the N-th command of the update is refused


class Shop:
    """A service with versions, drawn up by its provider."""

    def __init__(self, house, p, name, profile):
        self.house, self.p, self.name = house, p, name
        self.profile = profile_id(p, profile)
        self.service = p.must("POST", "/services", {"name": name})["id"]
        self.elf, self.configs = load_file(p), configs(p)
        self.first = self.version("1.0.0", self.elf, self.configs)

    def version(self, tag, elf, applications):
        flavor = flavor_of(self.p, self.service, elf, applications, name=f"flavor {tag}")
        version_of(self.p, self.service, tag, {flavor: [self.profile]})
        return flavor

    def update(self, element, tag, **more):
        return self.house.run_order("update", element, service=self.name, version=tag, **more)

    def commands_of_a_deployment(self):
        """How many commands an element gets until it is deployed."""
        if not hasattr(self, "counted"):
            ese = self.house.add_ese("-v")
            self.house.run_order("deploy", ese, self.house.card(), service=self.name, version="1.0.0")
            self.counted = ese.log().count("card: ")
        return self.counted


def from_version_to_version(tap, house, p):
    shop, ese = Shop(house, p, "ladder", "lab-ese"), house.add_ese()
    done = house.run_order("deploy", ese, house.card(), service="ladder", version="1.0.0")
    tap.equal(state(done), ("DONE", "OPERATIONAL"), "version 1.0.0 is deployed")
    tap.equal(instance(house, done)["version"], "1.0.0", "the instance says its version")
    same = house.api("POST", "/api/v1/orders", house.order_body("update", ese, service="ladder", version="1.0.0"))
    tap.ok(same.problem()[:2] == (422, "NOT_ELIGIBLE") and "already updated to requested version" in same.text,
           "an update to the version that is there is refused", same)
    version_of(p, shop.service, "1.1.0", {shop.first: [shop.profile]})
    seen = shop.update(ese, "1.1.0")
    tap.ok(state(seen) == ("DONE", "OPERATIONAL") and not any(e.get("apdus") for e in seen["timeline"]),
           "the same flavor in a newer version: nothing is said to the card", seen)
    tap.equal(instance(house, seen)["version"], "1.1.0", "and the instance has the new version")
    tap.ok(pays(house, ese), "the card pays with its old data")
    shop.version("2.0.0", shop.elf, configs(p, parameter="C9020102"))
    seen = shop.update(ese, "2.0.0", card=house.card())
    tap.ok(state(seen) == ("DONE", "OPERATIONAL") and "REMOVE_FORMER" in steps(seen), "another configuration: removed and "
           "installed again in the same domain", seen)
    tap.equal(states_passed(seen), ["UnderDeploymentInitialized", "UnderDeploymentInstalled",
                                    "UnderDeploymentPersonalized", "UnderDeploymentActivated", "DeployedOperational"],
              "through the states of a deployment")
    tap.ok(pays(house, ese), "and pays with the new card data")
    tap.equal((instance(house, seen)["version"], instance(house, seen)["flavor"]), ("2.0.0", "flavor 2.0.0"),
              "the instance is of the new flavor")
    return shop, ese


def by_amendment_h(tap, house, p, shop, ese):
    former = next(f for f in p.must("GET", f"/services/{shop.service}/flavors") if f["name"] == "flavor 2.0.0")
    by_priority = sorted(former["applicationInstantiationConfigs"], key=lambda c: c["priority"])
    same = [c["applicationConfigId"] for c in by_priority]
    shop.version("3.0.0", load_file(p, assemble(house.dir, 1)), same)
    house.run_order("suspend", ese, service="ladder")
    seen = shop.update(ese, "3.0.0", commands=[INSTALL, ACTIVATE])
    tap.ok(state(seen) == ("DONE", "OPERATIONAL") and "UPGRADE" in steps(seen) and "REMOVE_FORMER" not in steps(seen),
           "another revision of the load file: Amendment H puts it under the applications", seen)
    tap.ok(pays(house, ese), "the data stayed, and the update ended the suspension")


def orphaned(tap, house, p, shop, ese):
    flavor = f"/services/{shop.service}/flavors/" + next(
        f["id"] for f in p.must("GET", f"/services/{shop.service}/flavors") if f["name"] == "flavor 3.0.0")
    answer = p.call("DELETE", flavor)
    tap.equal(answer.error(), (400, 1010), "a flavor that a version holds stays")
    p.must("DELETE", f"/services/{shop.service}/versions/3.0.0", status=204)
    tap.equal(p.call("DELETE", flavor).status, 204, "a flavor that no version holds can be removed, on elements or not")
    tap.equal(p.call("GET", flavor).status, 400, "it is gone for its provider")
    for body in (house.order_body("update", ese, service="ladder", version="1.1.0"),
                 house.order_body("deploy", ese, house.card(), service="ladder")):
        answer = house.api("POST", "/api/v1/orders", body)
        tap.equal(answer.problem()[:2], (409, "ORPHANED"), f"{body['operation']} of an orphan is refused")
    for operation, wanted in (("suspend", "SUSPENDED"), ("resume", "OPERATIONAL")):
        seen = house.run_order(operation, ese, service="ladder")
        tap.equal(state(seen), ("DONE", wanted), f"{operation} of an orphan works")
    tap.equal(instance(house, seen)["orphaned"], True, "the instance says what it is")
    gone = house.run_order("terminate", ese, service="ladder")
    tap.ok(state(gone) == ("DONE", "REMOVED") and not on_card(ese), "and it is terminated", gone)
    tap.equal(house.rows("SELECT count(*) FROM flavor WHERE removed = 1"), [(0,)], "nothing is left of the flavor then")


def services(fixture):
    """The demo service once more for each mode: the mode is the flavor's data."""
    simple = fixture["services"][0]
    for mode in MODES:
        fixture["services"].append(dict(simple, name=f"demo-{mode}", flavors=[dict(simple["flavors"][0], mode=mode)]))


def in_each_mode(tap, house, p):
    """Who manages the content removes the former version and installs the new one."""
    for mode, kind in zip(MODES, (house.add_ese, house.add_ese)):
        element, name = kind(), f"demo-{mode}"
        service = next(s["id"] for s in p.must("GET", "/services") if s["name"] == name)
        elf = p.must("GET", "/executable-load-files")[0]["id"]
        flavor = flavor_of(p, service, elf, configs(p, parameter="C9020102"))
        version_of(p, service, "2.0.0", {flavor: [profile_id(p, "lab-ese")]})
        first = house.run_order("deploy", element, house.card(), service=name, version="1.0.0")
        tap.equal(first["state"], "DONE", f"{mode}: version 1.0.0 is deployed")
        seen = house.run_order("update", element, service=name, version="2.0.0", card=house.card())
        tap.ok(state(seen) == ("DONE", "OPERATIONAL") and "REMOVE_FORMER" not in steps(seen),
               f"{mode}: the provider replaces it by 2.0.0", seen.get("failure"))
        tap.ok(pays(house, element), f"{mode}: the card pays")
        gone = house.run_order("terminate", element, service=name)
        tap.equal(state(gone), ("DONE", "REMOVED"), f"{mode}: and is terminated")


def over_the_air(tap, house, p):
    """A UICC: the former version goes and the new one comes by short messages."""
    shop, uicc = Shop(house, p, "air", "lab-uicc"), house.add_uicc()
    house.run_order("deploy", uicc, house.card(), service="air")
    shop.version("2.0.0", shop.elf, configs(p, parameter="C9020102"))
    seen = shop.update(uicc, "2.0.0", commands=[INSTALL], finalise=False)
    tap.equal(state(seen), ("DONE", "INSTALLED"), "UICC: an update may be made in parts, too")
    seen = house.run_order("deploy", uicc, house.card(), service="air", commands=["personalise", ACTIVATE])
    tap.ok(state(seen) == ("DONE", "OPERATIONAL") and pays(house, uicc), "UICC: deploy completes it", seen.get("failure"))


def only_the_part_that_changed(tap, house, p):
    """Two load files: the first is the same in both versions and stays on the element."""
    script = {"personalizationScriptId": demo_script(p)}

    def applications(parameter):
        install = {"applicationSpecificInstallParameter": parameter} if parameter else {}
        return [Application(DEMO + "01", APPLET, 10, install=install, personalization=script),
                Application(DEMO + "02", PPSE, 20)]
    draft = Draft(p, "parts", [library(LIB), demo_cap()], applications(""), profiles=("lab-ese",)).publish()
    elfs = p.must("GET", draft.path)["executableLoadFileIds"]
    modules = {m["aid"]: m["id"] for e in elfs for m in p.must("GET", f"/executable-load-files/{e}/executable-modules")}
    flavor = p.must("POST", f"/services/{draft.service['id']}/flavors", {
        "name": "second", "executableLoadFileIds": elfs, "applicationInstantiationConfigs": [
            {"priority": a.priority, "executableModuleId": modules[a.module], "applicationConfigId": draft.config(a)}
            for a in applications("C9020102")]})["id"]
    version_of(p, draft.service["id"], "2.0.0", {flavor: [profile_id(p, "lab-ese")]})
    ese = house.add_ese()
    first = house.run_order("deploy", ese, house.card(), service="parts", version="1.0.0")
    tap.equal((first["state"], steps(first).count("LOAD")), ("DONE", 2), "two load files are deployed")
    seen = house.run_order("update", ese, service="parts", version="2.0.0", card=house.card())
    tap.ok(state(seen) == ("DONE", "OPERATIONAL"), "the second one's application changes", seen.get("failure"))
    tap.equal((steps(seen).count("LOAD"), steps(seen).count("DELETE_LOAD_FILE")), (1, 1), "the first one was not touched")
    tap.ok(pays(house, ese), "the card pays")


def failed_updates(tap, house, p):
    """The N-th command after the deployment is refused: what is left is told, and the update ordered again."""
    shop = Shop(house, p, "fragile", "lab-ese")
    shop.version("2.0.0", shop.elf, configs(p, parameter="C9020102"))
    bad, seen_states = [], set()
    for n in FAULTS:
        ese = house.add_ese("--fault", f"6F00-{shop.commands_of_a_deployment() + n}")
        house.run_order("deploy", ese, house.card(), service="fragile", version="1.0.0")
        seen = shop.update(ese, "2.0.0", card=house.card())
        seen_states.add(state(seen))
        if seen["state"] == "FAILED":
            seen = shop.update(ese, "2.0.0", card=house.card())
        if state(seen) != ("DONE", "OPERATIONAL") or not pays(house, ese) or instance(house, seen)["version"] != "2.0.0":
            bad.append((n, seen.get("failure")))
    tap.equal(bad, [], "an update that failed is ordered again and done")
    tap.ok(("FAILED", "IN_ERROR") in seen_states, "some of them had left the instance in error", seen_states)


def main():
    tap = Tap()
    house = House(tweak=services).start(cards=False)
    try:
        node = house.node()
        p = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        shop, ese = from_version_to_version(tap, house, p)
        by_amendment_h(tap, house, p, shop, ese)
        orphaned(tap, house, p, shop, ese)
        in_each_mode(tap, house, p)
        over_the_air(tap, house, p)
        only_the_part_that_changed(tap, house, p)
        failed_updates(tap, house, p)
    finally:
        house.stop()
    tap.done()


main()
