# SPDX-License-Identifier: Apache-2.0
"""A service with one flavor, drawn up through the administration interface in few words (edge).

    draft = Draft(provider, "two-files", files=[library(LIB), applets(PAY, LIB)], applications=[
        Application(PAY + "01", "F04F54534DEE01", priority=10)])
    draft.publish()"""
from dataclasses import dataclass, field


@dataclass
class Application:
    module: str
    instance: str
    priority: int = 255
    install: dict = field(default_factory=dict)
    activation: dict = field(default_factory=dict)
    personalization: dict = field(default_factory=dict)


class Draft:
    def __init__(self, p, name, files, applications=(), features=None, profiles=("lab-uicc", "lab-ese"), apps=(),
                 context=None):
        self.p = p
        elfs = [p.upload("POST", "/executable-load-files", [("elfFile", "a.cap", f)])["id"] for f in files]
        modules = {m["aid"]: m["id"] for e in elfs
                   for m in p.must("GET", f"/executable-load-files/{e}/executable-modules")}
        self.service = p.must("POST", "/services", {"name": name, "accessAuthorizedDeviceApps": list(apps)})
        at = f"/services/{self.service['id']}"
        body = {"name": "only", "executableLoadFileIds": elfs, "applicationInstantiationConfigs": [
            {"priority": a.priority, "executableModuleId": modules[a.module], "applicationConfigId": self.config(a)}
            for a in applications]}
        if context:
            body["contextSpecificAttributes"] = context
        if features:
            body["featureConfig"] = features
        self.flavor = p.must("POST", at + "/flavors", body)["id"]
        self.path = f"{at}/flavors/{self.flavor}"
        known = {s["name"]: s["id"] for s in p.must("GET", "/secure-component-profiles")}
        p.must("POST", at + "/versions", {"tag": "1.0.0", "allowedDeployments": {
            self.flavor: [known[name] for name in profiles]}})

    def config(self, a):
        return self.p.must("POST", "/application-configs", {
            "instanceAid": a.instance, "installConfig": a.install, "activationConfig": a.activation,
            "personalizationConfig": a.personalization})["id"]

    def publish(self):
        self.p.must("POST", self.path + "/publish")
        return self
