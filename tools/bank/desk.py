# SPDX-License-Identifier: Apache-2.0
"""A bank's desk at the administration interface: signs in with its long-term token, draws up what its wallet needs (edge).
Python's standard library alone. [TR-03165 4.1]"""
import http.client
import json
import ssl
import urllib.parse

BOUNDARY = "----opentsm-bank"
APPLET, PPSE = "F04F54534D0101", "325041592E5359532E4444463031"


def read_env(path):
    with open(path) as f:
        return dict(line.rstrip("\n").split("=", 1) for line in f if "=" in line)


class Refused(Exception):
    """The server's own words."""


class Door:
    """One origin with one bearer token."""

    def __init__(self, base, ca, token):
        self.at = urllib.parse.urlsplit(base)
        self.tls = ssl.create_default_context(cafile=ca)
        self.token = token

    def call(self, method, path, body=None, kind="application/json"):
        """The answer's octets and its media type; Refused unless it is 2xx."""
        connection = http.client.HTTPSConnection(self.at.hostname, self.at.port, timeout=60, context=self.tls)
        fields = {"Authorization": "Bearer " + self.token}
        if body is not None:
            fields["Content-Type"] = kind
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, self.at.path + path, body=body, headers=fields)
        reply = connection.getresponse()
        octets, media = reply.read(), reply.getheader("Content-Type", "")
        connection.close()
        if reply.status // 100 != 2:
            raise Refused(f"{method} {path}: {reply.status} {octets.decode(errors='replace')[:300]}")
        return octets, media

    def json(self, method, path, body=None):
        octets, _ = self.call(method, path, body)
        return json.loads(octets) if octets else None


class Desk(Door):
    """The administration interface, signed in."""

    def __init__(self, env):
        super().__init__(env["TSM_SPTSM"], env["TSM_CA"], env["TSM_SPTSM_TOKEN"])
        self.token = self.json("POST", "/auth")

    def upload(self, path, part, name, octets):
        form = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"\r\n'
                f"Content-Type: application/octet-stream\r\n\r\n").encode() + octets + f"\r\n--{BOUNDARY}--\r\n".encode()
        answer, _ = self.call("POST", path, form, f"multipart/form-data; boundary={BOUNDARY}")
        return json.loads(answer)["id"]

    def make(self, path, body):
        return self.json("POST", path, body)["id"]

    def listens_at(self, url, certificate):
        """A SposConfig: where the bank's online system is, and the certificate that it must prove."""
        with open(certificate, "rb") as f:
            uploaded = self.upload("/certificates", "certFile", "spos.pem", f.read())
        return self.make("/spos-configs", {"url": url, "certificateId": uploaded})

    def tells(self, name, config):
        """The service of this name tells that online system."""
        found = next(s for s in self.json("GET", "/services") if s["name"] == name)
        self.json("PUT", f"/services/{found['id']}", {"name": name, "sposConfigId": config})

    def script(self, word):
        """The bank's own copy of a personalisation profile of the laboratory."""
        found = next(s for s in self.json("GET", "/personalization-scripts") if word in s["fileName"])
        octets, _ = self.call("GET", f"/personalization-scripts/{found['id']}/binary")
        return self.upload("/personalization-scripts", "scriptFile", f"{word}.json", octets)

    def draw_up(self, name, load_file, config):
        """A payment service whose cards get an attestation token: (service id, flavor id)."""
        with open(load_file, "rb") as f:
            elf = self.upload("/executable-load-files", "elfFile", "payment.cap", f.read())
        modules = [m["id"] for m in self.json("GET", f"/executable-load-files/{elf}/executable-modules")]
        payment = self.make("/application-configs", {"instanceAid": APPLET, "personalizationConfig": {
            "personalizationScriptId": self.script("demo"), "provideAttestationToken": True}})
        directory = self.make("/application-configs", {"instanceAid": PPSE})
        profile = next(p["id"] for p in self.json("GET", "/secure-component-profiles") if p["name"] == "lab-ese")
        service = self.make("/services", {"name": name, "sposConfigId": config})
        flavor = self.make(f"/services/{service}/flavors", {
            "name": "phone", "executableLoadFileIds": [elf], "featureConfig": {"keyProvisioningMode": 3, "keyIndex": "1"},
            "applicationInstantiationConfigs": [
                {"priority": 20, "executableModuleId": modules[1], "applicationConfigId": directory},
                {"priority": 10, "executableModuleId": modules[0], "applicationConfigId": payment}]})
        self.json("POST", f"/services/{service}/versions", {"tag": "1.0.0", "allowedDeployments": {flavor: [profile]}})
        self.json("POST", f"/services/{service}/flavors/{flavor}/publish")
        return service, flavor
