# SPDX-License-Identifier: Apache-2.0
"""What a provider draws up through the administration interface so that orders deploy it: the demo's load file, its two
applications, flavors and versions. [TR-03165 4.1.4]"""
from sptsm import demo_cap

APPLET, PPSE = "F04F54534D0101", "325041592E5359532E4444463031"


def profile_id(p, name):
    return next(s["id"] for s in p.must("GET", "/secure-component-profiles") if s["name"] == name)


def demo_script(p):
    """The personalisation profile of the demo, read and uploaded again: the provider's own copy."""
    found = next(s for s in p.must("GET", "/personalization-scripts") if "demo" in s["fileName"])
    octets = p.call("GET", f"/personalization-scripts/{found['id']}/binary").octets
    return p.upload("POST", "/personalization-scripts", [("scriptFile", "perso.json", octets)])["id"]


def load_file(p, octets=None):
    return p.upload("POST", "/executable-load-files", [("elfFile", "pay.cap", octets or demo_cap())])["id"]


def configs(p, parameter=""):
    """The payment application's configuration and its directory's: ids."""
    payment = p.must("POST", "/application-configs", {
        "instanceAid": APPLET, "personalizationConfig": {"personalizationScriptId": demo_script(p)},
        **({"installConfig": {"applicationSpecificInstallParameter": parameter}} if parameter else {})})["id"]
    return payment, p.must("POST", "/application-configs", {"instanceAid": PPSE})["id"]


def flavor_of(p, service, elf, applications, name="standard"):
    """A flavor of that load file and those configurations, not published yet: its id."""
    ems = [m["id"] for m in p.must("GET", f"/executable-load-files/{elf}/executable-modules")]
    return p.must("POST", f"/services/{service}/flavors", {
        "name": name, "executableLoadFileIds": [elf], "applicationInstantiationConfigs": [
            {"priority": 200, "executableModuleId": ems[1], "applicationConfigId": applications[1]},
            {"priority": 10, "executableModuleId": ems[0], "applicationConfigId": applications[0]}]})["id"]


def version_of(p, service, tag, deployments):
    """A version of the service; deployments: {flavor id: [profile ids]}, the flavors published with it."""
    p.must("POST", f"/services/{service}/versions", {"tag": tag, "allowedDeployments": deployments})
    for flavor in deployments:
        p.must("POST", f"/services/{service}/flavors/{flavor}/publish")


def draw_up(p, name, profile):
    """A payment service with one flavor for one profile, not published yet: (service id, path of the flavor)."""
    service = p.must("POST", "/services", {"name": name})["id"]
    flavor = flavor_of(p, service, load_file(p), configs(p))
    p.must("POST", f"/services/{service}/versions", {"tag": "1.0.0", "allowedDeployments": {flavor: [profile]}})
    return service, f"/services/{service}/flavors/{flavor}"
