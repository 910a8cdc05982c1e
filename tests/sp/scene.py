# SPDX-License-Identifier: Apache-2.0
"""What a provider has before an operation is tried: one of each entity, and for each operation the names of its path and
a body that is right."""
import itertools

from sptsm import certificate, demo_cap

SCRIPT = b'{"made": "for the conformance run"}'
CERTIFICATE = certificate()


class Scene:
    """A provider's entities, made through the interface itself."""

    def __init__(self, provider):
        self.p = provider
        self.serial = itertools.count(1)
        self.profile = provider.must("GET", "/secure-component-profiles")[0]["id"]
        self.certificate = self.upload("/certificates", "cert", CERTIFICATE)
        self.script = self.upload("/personalization-scripts", "script", SCRIPT)
        self.elf = self.upload("/executable-load-files", "elf", demo_cap())
        self.em = provider.must("GET", f"/executable-load-files/{self.elf}/executable-modules")[0]["id"]
        self.spos = self.make("/spos-configs", self.spos_body())
        self.config = self.make("/application-configs", self.config_body())
        self.service = self.make("/services", self.service_body())
        self.flavor = self.make(f"/services/{self.service}/flavors", self.flavor_body())
        self.tag = self.version({self.flavor: [self.profile]})

    def upload(self, path, word, octets):
        answer = self.p.upload("POST", path, [(f"{word}Filename", None, f"file.{word}"), (f"{word}File", f"file.{word}",
                                                                                      octets)])
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer}")
        return answer["id"]

    def make(self, path, body):
        return self.p.must("POST", path, body)["id"]

    def service_body(self):
        return {"name": f"service {next(self.serial)}", "accessAuthorizedDeviceApps": ["A00000021784013C0110"],
                "sposConfigId": self.spos, "spParameters": {"colour": "green"}}

    def flavor_body(self):
        return {"name": f"flavor {next(self.serial)}", "description": "as the run wants it",
                "executableLoadFileIds": [self.elf],
                "applicationInstantiationConfigs": [{"priority": 7, "executableModuleId": self.em,
                                                     "applicationConfigId": self.config}],
                "spParameters": {"colour": "blue"}, "featureConfig": {"genericOptions": {"fast": True}},
                "contextSpecificAttributes": {"patch": "1"}}

    def version_body(self, tag=None):
        flavor = self.make(f"/services/{self.service}/flavors", {})
        return {"tag": tag or f"2.0.{next(self.serial)}", "allowedDeployments": {flavor: [self.profile]}}

    def version(self, deployments):
        body = {"tag": f"1.0.{next(self.serial)}", "allowedDeployments": deployments}
        return self.p.must("POST", f"/services/{self.service}/versions", body)["tag"]

    def config_body(self):
        return {"instanceAid": "A00000089316631C0000", "name": f"config {next(self.serial)}", "description": "a text",
                "installConfig": {"applicationSpecificInstallParameter": "C9 02 0102", "privileges": ["GlobalService"]},
                "activationConfig": {"makeSelectable": True, "accessibleViaNfc": True},
                "personalizationConfig": {"personalizationScriptId": self.script, "certificateId": self.certificate}}

    def spos_body(self):
        return {"url": "https://spos.example/results", "certificateId": self.certificate}

    # ---- requests ----

    def names(self):
        return {"scpId": self.profile, "serviceId": self.service, "flavorId": self.flavor, "tag": self.tag,
                "elfId": self.elf, "emId": self.em, "applicationConfigId": self.config,
                "personalizationScriptId": self.script, "certificateId": self.certificate, "sposConfigId": self.spos}

    def fresh(self, operation):
        """Names of entities that the operation may spoil."""
        flavor = f"/services/{self.service}/flavors"
        makers = {
            "deleteService": lambda: {"serviceId": self.make("/services", self.service_body())},
            "deleteFlavor": lambda: {"flavorId": self.make(flavor, {})},
            "publishFlavor": lambda: {"flavorId": self.make(flavor, {"executableLoadFileIds": [self.elf]})},
            "deleteVersion": lambda: {"tag": self.version({self.make(flavor, {}): []})},
            "modifyElfAndOverwriteBinary": lambda: {"elfId": self.upload("/executable-load-files", "elf", demo_cap())},
            "deleteElf": lambda: {"elfId": self.upload("/executable-load-files", "elf", demo_cap())},
            "deleteAppConfig": lambda: {"applicationConfigId": self.make("/application-configs", self.config_body())},
            "deletePersoScript": lambda: {"personalizationScriptId": self.upload("/personalization-scripts", "script",
                                                                                SCRIPT)},
            "deleteCert": lambda: {"certificateId": self.upload("/certificates", "cert", CERTIFICATE)},
            "deleteSposConfig": lambda: {"sposConfigId": self.make("/spos-configs", self.spos_body())},
            "modifyVersion": lambda: {"tag": self.version({self.make(flavor, {}): []})},
        }
        return makers[operation]() if operation in makers else {}

    def body(self, operation, names):
        """The JSON value of a right body; None where the operation takes none or a form."""
        flavor = lambda: self.make(f"/services/{self.service}/flavors", {})  # noqa: E731
        bodies = {
            "createService": self.service_body, "modifyService": self.service_body,
            "createFlavor": self.flavor_body, "modifyFlavor": self.flavor_body,
            "createVersion": self.version_body, "modifyVersion": lambda: self.version_body(names["tag"]),
            "linkElfs": lambda: [self.elf], "unlinkElfs": lambda: [self.elf],
            "linkFlavors": lambda: {flavor(): []}, "unlinkFlavors": lambda: [flavor()],
            "linkSecureComponentProfiles": lambda: {self.profile: self.flavor},
            "unlinkSecureComponentProfiles": lambda: [self.profile],
            "createAppConfig": self.config_body, "modifyAppConfig": self.config_body,
            "createSposConfig": self.spos_body, "modifySposConfig": self.spos_body,
        }
        return bodies[operation]() if operation in bodies else None

    def parts(self, path, name="renamed"):
        """The parts of a right form for an upload address."""
        word, octets = {"executable-load-files": ("elf", demo_cap()), "personalization-scripts": ("script", SCRIPT),
                        "certificates": ("cert", CERTIFICATE)}[path.split("/")[1]]
        return [(f"{word}Filename", None, f"{name}.{word}"), (f"{word}File", f"{name}.{word}", octets)]
