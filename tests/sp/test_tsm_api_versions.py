# SPDX-License-Identifier: Apache-2.0
"""What the provider draws up decides what an app may do: versions and updates, authorised apps, flavors that are removed,
scripts that tell something; and an owner that cannot be asked. [TR-03165 3.2.3, 4.2.5.4, 4.2.5.8, 4.2.4.4]"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from drawing import configs, draw_up, flavor_of, load_file, profile_id, version_of  # noqa: E402
from house import House, Tap  # noqa: E402
from tsmapi import CALLER, OPERATIONAL, Stage, activate, install, personalize, status_of, text_of  # noqa: E402

EVERYTHING = "x.x.x"


class Shop:
    """A service of the bank with one published version."""

    def __init__(self, stage, name):
        self.s, self.p = stage, stage.bank
        self.profile = profile_id(self.p, "lab-ese")
        self.service, self.flavor = draw_up(self.p, name, self.profile)
        self.p.must("POST", self.flavor + "/publish")

    def add_version(self, tag, parameter="C90101"):
        flavor = flavor_of(self.p, self.service, load_file(self.p), configs(self.p, parameter), name=f"for {tag}")
        version_of(self.p, self.service, tag, {flavor: [self.profile]})
        return flavor

    def deployed(self, app, version="1.0.0"):
        instance = app.create(self.service, version)["serviceInstance"]["id"]
        result = app.run(app.deploy(instance, [install(), self.s.card(), activate()]))
        assert status_of(result) == 0, result
        return instance


def updates(tap, s):
    shop, app = Shop(s, "wallet"), s.app
    check = app.call("checkServiceDeploymentAvailable", serviceId=shop.service, version=EVERYTHING)
    tap.equal(check["version"], "1.0.0", "one version: it is found")
    instance = shop.deployed(app)
    shop.add_version("1.0.9")
    flavor = shop.add_version("1.0.10")
    elsewhere = flavor_of(shop.p, shop.service, load_file(shop.p), configs(shop.p), name="for SIMs")
    version_of(shop.p, shop.service, "3.0.0", {elsewhere: [profile_id(shop.p, "lab-uicc-cpi")]})
    found = {p: app.call("checkServiceUpdateAvailable", serviceInstanceId=instance, newVersion=p)
             for p in (EVERYTHING, "1.0.x", "1.0.9", "1.0.0", "2.x.x", "3.0.0", "7.7.7")}
    tap.equal({p: (a["updateAvailable"], a["newVersion"]) for p, a in found.items()},
              {EVERYTHING: (1, "1.0.10"), "1.0.x": (1, "1.0.10"), "1.0.9": (1, "1.0.9"), "1.0.0": (0, ""), "2.x.x": (0, ""),
               "3.0.0": (0, ""), "7.7.7": (0, "")}, "the highest version that fits the pattern and has a flavor for the element")
    tap.equal(found[EVERYTHING]["newTechnicalInformation"]["flavorId"], flavor, "with what would be installed")
    check = app.call("checkServiceDeploymentAvailable", serviceId=shop.service, version=EVERYTHING)
    tap.equal(check["version"], "1.0.10", "the device check counts the same")

    def update(to):
        return app.call("updateService", serviceInstanceId=instance, newVersion=to, finalizeDeployment=True,
                        serviceCommands=[install(), s.card(), activate()])
    tap.equal(status_of(update("7.7.7")), 17, "an update to a version that does not exist: 17")
    answer = update("1.0.0")
    tap.equal((status_of(answer), text_of(answer)), (8, "No eligible SC: service is already updated to requested version"),
              "to the one that is there: 8, in the guideline's words")
    waiting = update("1.0.10")
    tap.equal(waiting.status, 202, "to the newest: 202")
    app.start(waiting)
    result, views = app.follow(waiting)
    tap.equal((status_of(result), result["serviceInstanceState"], result["technicalInformation"]["serviceVersionTag"],
               result["technicalInformation"]["flavorId"], views[0]["operation"]), (0, OPERATIONAL, "1.0.10", flavor, 23),
              "updated, with SERVICE_UPDATE_FINALIZE")
    check = app.call("checkServiceUpdateAvailable", serviceInstanceId=instance, newVersion=EVERYTHING)
    tap.equal((check["updateAvailable"], status_of(check)), (0, 0), "then there is nothing newer")
    s.end(instance)


def authorised_apps(tap, s):
    shop, app = Shop(s, "club"), s.app
    service = f"/services/{shop.service}"
    for apps, wanted in (([], 0), (["A00000021784013C0110"], 0), (["77" * 32], 15), (["77" * 32, CALLER.upper()], 0)):
        shop.p.must("PUT", service, {"name": "club", "accessAuthorizedDeviceApps": apps})
        tap.equal(status_of(app.instances(shop.service)), wanted, f"apps {[a[:8] for a in apps]}: {wanted}")
    instance = app.create(shop.service)["serviceInstance"]["id"]
    shop.p.must("PUT", service, {"name": "club", "accessAuthorizedDeviceApps": ["77" * 32]})
    refused = [app.create(shop.service), app.deploy(instance, [install()], finalize=False),
               app.call("checkServiceDeploymentAvailable", serviceId=shop.service, version=EVERYTHING)]
    tap.equal([status_of(a) for a in refused], [15, 15, 15], "an app that is not among them: 15 by every method")
    tap.equal((refused[1]["serviceInstanceState"], refused[1]["technicalInformation"]["profileId"]), (0, ""),
              "and learns nothing of the instance")
    tap.equal(text_of(refused[0]), "Unauthorized: app not authorized", "in the guideline's words")
    shop.p.must("PUT", service, {"name": "club", "accessAuthorizedDeviceApps": []})
    s.end(instance)


def orphans(tap, s):
    shop, app = Shop(s, "gone"), s.app
    instance = shop.deployed(app)
    shop.p.must("DELETE", f"/services/{shop.service}/versions/1.0.0", status=204)
    removed = shop.p.call("DELETE", shop.flavor)
    tap.equal(removed.status, 204, "the provider removes the flavor of an instance that is deployed")
    shop.add_version("2.0.0")
    answer = app.call("updateService", serviceInstanceId=instance, newVersion="2.0.0", serviceCommands=[install(), activate()],
                      finalizeDeployment=True)
    tap.equal(status_of(answer), 12, "an orphaned instance is not updated: 12")
    for suspend in (True, False):
        result = app.run(app.call("suspendOrResumeService", serviceInstanceId=instance, suspensionControl=suspend))
        tap.equal(status_of(result), 0, "but suspended and resumed")
    tap.equal(app.instances(shop.service)["serviceInstances"][0]["technicalInformation"]["flavorId"], "", "its flavor has no id any more")
    tap.equal(s.end(instance), 0, "and terminated")


SCRIPT = {"name": "asks the card", "steps": [
    {"name": "look", "tag": "keys", "apdu": "80CA00E000", "expect": ["9000"]}]}


def what_scripts_tell(tap, s):
    """[4.2.3.11]"""
    shop, app = Shop(s, "teller"), s.app
    script = shop.p.upload("POST", "/personalization-scripts", [("scriptFile", "s.json", json.dumps(SCRIPT).encode())])
    if script.status != 200:
        return tap.skip("a script's answers come with the result", str(script)[:100])
    made = shop.p.must("POST", "/application-configs", {"instanceAid": "F04F54534D0101", "personalizationConfig": {
        "personalizationScriptId": script["id"]}})["id"]
    flavor = flavor_of(shop.p, shop.service, load_file(shop.p), (made, configs(shop.p)[1]), name="telling")
    version_of(shop.p, shop.service, "2.0.0", {flavor: [shop.profile]})
    instance = app.create(shop.service, "2.0.0")["serviceInstance"]["id"]
    result = app.run(app.deploy(instance, [install(), personalize(colour="00")]))
    told = [c["personalizationResults"] for c in result["serviceCommandResults"]]
    fine = status_of(result) == 0 and told[0] == [] and told[1] and told[1][0]["results"]
    tap.ok(fine and told[1][0]["applicationInstanceAid"] == "F04F54534D0101" and set(told[1][0]["results"][0]) == {
        "tag", "command", "response"}, "a tagged step of the script comes with the result", result)
    s.end(instance)


def long_names(tap, s):
    """A name longer than an order's name of a service, which would be cut within a character."""
    name = "a" + "\u00fc" * 100
    shop = Shop(s, name)
    instance = shop.deployed(s.app)
    orders = s.house.api("GET", "/api/v1/orders")
    tap.equal((orders.status, orders["orders"][0]["service"]), (200, shop.service), "its orders name such a service by its id")
    tap.equal(s.end(instance), 0, "and it is terminated")


def owner_away(tap):
    """Two parties, two servers: the provider's asks the operator's."""
    with House(two_nodes=True) as house:
        s = Stage(house)
        instance = s.fresh()
        result = s.app.run(s.app.deploy(instance, [install(), s.card(), activate()]))
        tap.equal((status_of(result), result["serviceInstanceState"]), (0, OPERATIONAL), "deployed by two servers")
        tap.equal(s.end(instance), 0, "and terminated")
        house.kill9("owner")
        lone = s.handset({"eSE1": s.ese})
        answer = lone.create(s.service)
        tap.equal((status_of(answer), text_of(answer)), (16, "Issuer error: issuer TSM not available"), "an owner that is away: 16")


def main():
    tap = Tap()
    with House() as house:
        s = Stage(house)
        updates(tap, s)
        authorised_apps(tap, s)
        orphans(tap, s)
        what_scripts_tell(tap, s)
        long_names(tap, s)
    owner_away(tap)
    tap.done()


main()
