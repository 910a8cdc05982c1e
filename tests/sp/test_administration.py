# SPDX-License-Identifier: Apache-2.0
"""A provider draws up a service: what is automatic, what may be left out, what may be changed and until when, what is
related to what, and what may not be deleted. [TR-03165 4.1.4, 4.1.6]"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from scene import Scene  # noqa: E402
from sptsm import Provider  # noqa: E402

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def ids(listed):
    return [item["id"] for item in listed]


def what_is_automatic(tap, p, s):
    made = p.must("POST", "/services", {"name": "bare"})
    tap.ok(TIME.match(made["creationDate"]), "creationDate is UTC with milliseconds", made)
    tap.equal(made["spId"], p.must("GET", "/service-providers/current")["id"], "spId is the provider's")
    tap.ok(re.fullmatch("([0-9A-F]{2}){5,16}", made["sdAid"]), "sdAid is an AID", made)
    tap.equal((made["accessAuthorizedDeviceApps"], made["sposConfigId"], made["spParameters"]), ([], "", {}),
              "optional attributes are there, and empty")
    flavor = p.must("POST", f"/services/{made['id']}/flavors", {})
    tap.equal(flavor["featureConfig"], {"useCspFull": False, "genericOptions": {}, "keyProvisioningMode": 0, "keyIndex": ""},
              "a flavor has exactly one FeatureConfig, with its defaults")
    tap.equal((flavor["serviceId"], flavor["published"]), (made["id"], False), "and is not published")
    config = p.must("POST", "/application-configs", {"instanceAid": "A000000001"})
    tap.equal(config["activationConfig"], {"makeSelectable": True, "accessibleViaApdu": False, "accessibleViaNfc": False},
              "an ActivationConfig that was not given has the defaults of the TR")
    body = {"applicationInstantiationConfigs": [{"executableModuleId": s.em, "applicationConfigId": config["id"]}]}
    tap.equal(p.must("PUT", f"/services/{made['id']}/flavors/{flavor['id']}", body)["applicationInstantiationConfigs"][0]
              ["priority"], 255, "a priority that was not given is 255")


def what_put_changes(tap, p, s):
    path = "/services/" + s.make("/services", s.service_body())
    old = p.must("GET", path)
    new = p.must("PUT", path, {"name": "renamed"})
    tap.equal({**old, "name": "renamed"}, new, "what PUT leaves out stays as it was")
    tap.equal(p.must("PUT", path, {"name": "renamed", "spParameters": None})["spParameters"], {},
              "null empties an optional attribute")
    tap.equal(p.must("PUT", path, p.must("GET", path)), p.must("GET", path), "an entity as it was read may be put back")
    tap.equal(p.call("PUT", path, {"name": "x", "id": s.service}).error(), (400, 1005), "an id is not changed")
    config = f"/application-configs/{s.make('/application-configs', s.config_body())}"
    was = p.must("GET", config)
    now = p.must("PUT", config, {"instanceAid": was["instanceAid"], "activationConfig": {"accessibleViaNfc": False}})
    tap.equal(now["activationConfig"], {**was["activationConfig"], "accessibleViaNfc": False},
              "inside an object, too, only what is given changes")
    tap.equal(now["personalizationConfig"], was["personalizationConfig"], "and other objects stay")


def rules_inside(tap, p, s):
    def flavor(body):
        return p.call("POST", f"/services/{s.service}/flavors", body)

    def config(body):
        return p.call("POST", "/application-configs", {"instanceAid": "A000000001", **body})

    for text, answer, category, words in (
            ("a provisioning mode wants a key index", flavor({"featureConfig": {"keyProvisioningMode": 1}}), 1004,
             "featureConfig.keyIndex"),
            ("mode 0 wants none", flavor({"featureConfig": {"keyIndex": "k"}}), 1008, "featureConfig.keyIndex"),
            ("a mode above 3 is none", flavor({"featureConfig": {"keyProvisioningMode": 4, "keyIndex": "k"}}), 1008,
             "featureConfig.keyProvisioningMode"),
            ("an unknown attribute inside is named by its path", flavor({"featureConfig": {"colour": 1}}), 1007,
             "featureConfig.colour"),
            ("a priority of 256 is none", flavor({"applicationInstantiationConfigs": [
                {"priority": 256, "executableModuleId": s.em, "applicationConfigId": s.config}]}), 1008,
             "applicationInstantiationConfigs.priority"),
            ("a link without its module", flavor({"applicationInstantiationConfigs": [{"applicationConfigId": s.config}]}),
             1004, "applicationInstantiationConfigs.executableModuleId"),
            ("access without selection", config({"activationConfig": {"makeSelectable": False, "accessibleViaNfc": True}}),
             1008, "activationConfig.accessibleViaNfc"),
            ("diversification data without a token", config({"personalizationConfig": {
                "includeSecurityDomainDiversificationData": True}}), 1008, "includeSecurityDomainDiversificationData"),
            ("a privilege that is none of the four", config({"installConfig": {"privileges": ["SecurityDomain"]}}), 1008,
             "installConfig.privileges"),
            ("install parameters that are no TLV", config({"installConfig": {
                "applicationSpecificInstallParameter": "C9 05 01"}}), 1008, "applicationSpecificInstallParameter"),
            ("an AID of four bytes", config({"instanceAid": "A0000000"}), 1008, "instanceAid")):
        tap.ok(answer.error() == (400, category) and words in answer.message(), f"{text}: {category}", answer)


def attestation(tap, p, s):
    config = s.make("/application-configs", {"instanceAid": "A000000001", "personalizationConfig": {
        "provideAttestationToken": True}})
    links = [{"executableModuleId": s.em, "applicationConfigId": config}]
    answer = p.call("POST", f"/services/{s.service}/flavors", {"applicationInstantiationConfigs": links})
    tap.ok(answer.error() == (400, 1008) and "keyProvisioningMode" in answer.message(),
           "an attestation token needs provisioned keys", answer)
    made = p.call("POST", f"/services/{s.service}/flavors", {
        "applicationInstantiationConfigs": links, "featureConfig": {"keyProvisioningMode": 2, "keyIndex": "7"}})
    tap.equal(made.status, 200, "with a mode and an index it goes")
    tap.equal(p.call("PUT", f"/services/{s.service}/flavors/{made['id']}", {
        "featureConfig": {"keyProvisioningMode": 0, "keyIndex": ""}}).error(), (400, 1008),
        "and the mode cannot be taken away again")


def load_files_of_a_flavor(tap, p, s):
    made = s.make(f"/services/{s.service}/flavors", {"executableLoadFileIds": [s.elf, s.elf]})
    tap.equal(p.must("PUT", f"/services/{s.service}/flavors/{made}/executable-load-files", [s.elf])["executableLoadFileIds"],
              [], "a load file is unlinked for good, even when it was given twice")


def deployments(tap, p, s):
    one, two = (s.make(f"/services/{s.service}/flavors", {}) for _ in range(2))
    profiles = ids(p.must("GET", "/secure-component-profiles"))
    path = f"/services/{s.service}/versions/{s.version({one: profiles[:1]})}"
    doubled = {one: profiles[:1], two: profiles[:1]}
    tap.equal(p.call("PUT", path, {"tag": path[-5:], "allowedDeployments": doubled}).error(), (400, 1008),
              "a profile stands once in a version")
    tap.equal(p.must("POST", path + "/flavors", {two: profiles[1:]})["allowedDeployments"],
              {one: profiles[:1], two: profiles[1:]}, "flavors are linked with their profiles")
    tap.equal(p.must("POST", path + "/secure-component-profiles", {profiles[0]: two})["allowedDeployments"],
              {one: [], two: profiles[1:] + profiles[:1]}, "a profile that is linked moves")
    tap.equal(ids(p.must("GET", f"{path}/flavors/{two}/secure-component-profiles/")), sorted(
        profiles, key=profiles.index), "the profiles of a flavor in a version, with the slash of the TR")
    tap.equal(p.must("PUT", path + "/secure-component-profiles", profiles[1:])["allowedDeployments"],
              {one: [], two: profiles[:1]}, "profiles are unlinked")
    tap.equal(p.must("PUT", path + "/flavors", [one, s.flavor])["allowedDeployments"], {two: profiles[:1]},
              "flavors are unlinked, those that were not linked, too")
    tap.equal(p.must("PUT", path + "/flavors", [two])["allowedDeployments"], {}, "down to the last")
    tap.equal(p.call("POST", f"/services/{s.service}/versions", {"tag": path.split("/")[-1],
                                                                 "allowedDeployments": {one: []}}).error(), (400, 1008),
              "a tag stands once in a service")
    versions = f"/services/{s.service}/versions"
    p.must("POST", versions, {"tag": "4.31.005", "allowedDeployments": {one: []}})
    tap.equal(p.must("GET", versions + "/4.31.005")["tag"], "4.31.005", "a tag may have leading zeros, as the file's example has")
    same = [p.call("POST", versions, {"tag": tag, "allowedDeployments": {one: []}}) for tag in ("4.31.5", "04.31.5", "4.031.05")]
    tap.ok(all(a.error() == (400, 1008) and "which has 4.31.005" in str(a) for a in same), "but the same version does not stand twice",
           same[0])
    stranger = s.make("/services", s.service_body())
    other = s.make(f"/services/{stranger}/flavors", {})
    tap.equal(p.call("POST", path + "/flavors", {other: []}).error(), (400, 1009), "flavors of another service are none")


def related(tap, p, s):
    """The demo's one of each, seen from every side."""
    def listed(path):
        return ids(p.must("GET", path))

    def tags(path):
        return [v["tag"] for v in p.must("GET", path)]

    at = f"/services/{s.service}"
    for path, wanted in (
            (f"/secure-component-profiles/{s.profile}/elfs", s.elf),
            (f"/secure-component-profiles/{s.profile}/services", s.service),
            (f"/secure-component-profiles/{s.profile}{at}/flavors", s.flavor),
            (f"{at}/flavors/{s.flavor}/application-configs", s.config),
            (f"{at}/flavors/{s.flavor}/executable-load-files", s.elf),
            (f"{at}/versions/{s.tag}/flavors", s.flavor),
            (f"{at}/versions/{s.tag}/secure-component-profiles", s.profile),
            (f"/executable-load-files/{s.elf}/executable-modules/{s.em}/application-configs", s.config),
            (f"/executable-load-files/{s.elf}/services", s.service),
            (f"/executable-load-files/{s.elf}{at}/flavors", s.flavor),
            (f"/executable-load-files/{s.elf}{at}/secure-component-profiles", s.profile),
            (f"/application-configs/{s.config}/executable-modules", s.em),
            (f"/application-configs/{s.config}/flavors", s.flavor),
            (f"/application-configs/{s.config}/services", s.service),
            (f"/personalization-scripts/{s.script}/application-configs", s.config),
            (f"/personalization-scripts/{s.script}/flavors", s.flavor),
            (f"/personalization-scripts/{s.script}/services", s.service),
            (f"/certificates/{s.certificate}/application-configs", s.config),
            (f"/certificates/{s.certificate}/flavors", s.flavor),
            (f"/certificates/{s.certificate}/services", s.service),
            (f"/certificates/{s.certificate}/spos-configs", s.spos),
            (f"/spos-configs/{s.spos}/services", s.service)):
        found = listed(path)
        tap.ok(wanted in found and len(found) == len(set(found)), f"{path.replace(wanted, '..')[:60]} lists it once", found)
    for path in (f"/secure-component-profiles/{s.profile}{at}/versions", f"/executable-load-files/{s.elf}{at}/versions",
                 f"{at}/flavors/{s.flavor}/versions"):
        tap.ok(s.tag in tags(path), f"{path[:25]}../versions lists the version", tags(path))


def in_use(tap, p, s):
    for path, used, user in ((f"/services/{s.service}/flavors/{s.flavor}", "Flavor", "Version"),
                             (f"/executable-load-files/{s.elf}", "ELF", "Flavor"),
                             (f"/application-configs/{s.config}", "ApplicationConfig", "Flavor"),
                             (f"/personalization-scripts/{s.script}", "PersonalizationScript", "ApplicationConfig"),
                             (f"/spos-configs/{s.spos}", "SposConfig", "Service")):
        answer = p.call("DELETE", path)
        tap.ok(answer.error() == (400, 1010) and
               answer.message() == f"Delete failed: {used} is referenced in {user}.", f"{used} in use stays", answer)
    answer = p.call("DELETE", f"/certificates/{s.certificate}")
    tap.equal(answer.error(), (400, 1010), "Certificate in use stays")
    fresh = Scene(p)
    tap.equal(p.call("DELETE", f"/services/{fresh.service}").status, 204, "a service goes with its versions and flavors")
    tap.equal(p.call("GET", f"/services/{fresh.service}/versions").error(), (400, 1009), "which are gone")
    for path in (f"/application-configs/{fresh.config}", f"/executable-load-files/{fresh.elf}", f"/spos-configs/{fresh.spos}",
                 f"/personalization-scripts/{fresh.script}", f"/certificates/{fresh.certificate}"):
        tap.equal(p.call("DELETE", path).status, 204, f"{path.split('/')[1]} that were used by it alone can be deleted now")
        tap.equal(p.call("GET", path).error(), (400, 1009), "and are gone")


def at_the_edges(tap, p):
    tap.equal(p.call("GET", "/nothing").status, 404, "no such address: 404")
    tap.equal(p.call("DELETE", "/services").error(), (400, 1002), "no such method: 1002")
    answer = p.call("POST", "/services", {"name": "\u2603" * 300})
    tap.ok(answer.error() == (400, 1008) and len(answer.message()) <= 255, "a long value is cut in the message", answer)
    long = "\u00fc" * 255
    answer = p.call("POST", "/services", {"name": long, "spParameters": {long: long}})
    tap.ok(answer.status == 200 and answer["name"] == long, "255 characters are 255 whatever they are in octets", answer)
    answer = p.call("POST", "/services", {"name": "x", "spParameters": {long + "x": "y"}})
    tap.equal(answer.error(), (400, 1008), "256 are too long, as a key, too")
    answer = p.call("POST", "/services", octets=b'{"name":"a","name":"b"}', kind="application/json")
    tap.equal(answer.error(), (400, 1002), "a member twice is no valid JSON here")
    answer = p.call("POST", "/services", {"name": "x", "spParameters": {"p": "y" * 600_000}})
    tap.equal(answer.error(), (400, 1002), "a body of 600 KB is refused")
    answer = p.call("POST", "/services", {"name": "quote \" and \\ and \u00e9"})
    tap.equal(p.must("GET", f"/services/{answer['id']}")["name"], "quote \" and \\ and \u00e9", "names come back as they came")


def main():
    tap = Tap()
    house = House(smsc_options=None).start(cards=False)
    try:
        node = house.node()
        p = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        s = Scene(p)
        for part in (what_is_automatic, what_put_changes, rules_inside, attestation, load_files_of_a_flavor, deployments, related,
                     in_use):
            part(tap, p, s)
        at_the_edges(tap, p)
    finally:
        house.stop()
    tap.done()


main()
