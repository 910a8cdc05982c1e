# SPDX-License-Identifier: Apache-2.0
"""A bank's online system for a test: its own authority, its certificates, and the laboratory's receiver (edge).
[TR-03165 4.3]"""
import json
import os

from house import LAB, Died, Process, await_true, lease, run

EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def _openssl(*words):
    status, _, err = run(["openssl", *words])
    if status != 0:
        raise Died(err)


class Authority:
    """A CA of its own: nobody in the house knows it."""

    def __init__(self, folder, name):
        os.makedirs(folder, exist_ok=True)
        self.base = os.path.join(folder, name)
        self.ca = self.base + ".ca.pem"
        _openssl("req", "-x509", *EC_KEY, "-keyout", self.base + ".ca.key", "-out", self.ca, "-days", "30", "-subj",
                 f"/CN={name} CA", "-addext", "basicConstraints=critical,CA:TRUE")

    def issue(self, name, common_name, hosts="DNS:localhost,IP:127.0.0.1"):
        """NAME.pem and NAME.key beside the CA."""
        path = os.path.join(os.path.dirname(self.base), name)
        _openssl("req", *EC_KEY, "-keyout", path + ".key", "-out", path + ".csr", "-subj", f"/CN={common_name}")
        with open(path + ".ext", "w") as f:
            f.write(f"subjectAltName={hosts}\nextendedKeyUsage=serverAuth,clientAuth\n")
        _openssl("x509", "-req", "-in", path + ".csr", "-CA", self.ca, "-CAkey", self.base + ".ca.key",
                 "-CAcreateserial", "-days", "30", "-extfile", path + ".ext", "-out", path + ".pem")
        return path


class OnlineSystem:
    """One receiver; ended and started again on its port, with other faults or another certificate."""

    def __init__(self, folder, name, client_ca):
        self.folder, self.name = os.path.join(folder, name), name
        self.authority = Authority(self.folder, name)
        self.client_ca, self.port, self.process = client_ca, lease(), None
        self.identity = self.authority.issue("server", "spos.bank.example")
        self.log = os.path.join(self.folder, "results.ndjson")
        self.runs = 0

    def start(self, *faults, identity=None):
        identity = identity or self.identity
        self.runs += 1
        self.process = Process(self.folder, f"spos-{self.runs}", [
            LAB, "bank", "spos", "--port", self.port, "--log", self.log, "--cert", identity + ".pem", "--key",
            identity + ".key", "--client-ca", self.client_ca, *faults])
        self.port = self.process.port()
        return self

    def end(self):
        """What it says at its end: 'N results, M of them came again'."""
        self.process.end()
        return self.process.lines[-1]

    def url(self):
        return f"https://127.0.0.1:{self.port}/bank"

    def lines(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log) as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def results(self):
        return [line["result"] for line in self.lines()]

    def until(self, n, seconds=10):
        """The results, when there are n of them."""
        await_true(lambda: len(self.lines()) >= n, seconds, f"{n} results at {self.name}: {self.log}")
        return self.results()


def register(provider, url, certificate, service):
    """Certificate and SposConfig through the administration interface, and the service that uses them."""
    with open(certificate, "rb") as f:
        octets = f.read()
    cert = provider.upload("POST", "/certificates", [("certFilename", None, "spos.pem"),
                                                     ("certFile", "spos.pem", octets)])["id"]
    config = provider.must("POST", "/spos-configs", {"url": url, "certificateId": cert})["id"]
    link(provider, service, config)
    return config


def link(provider, service, config):
    """config None: the service tells nobody any more."""
    found = next(s for s in provider.must("GET", "/services") if s["name"] == service)
    provider.must("PUT", f"/services/{found['id']}", {"name": service, "sposConfigId": config})
    return found["id"]


def receiver(house, token="bank"):
    """The provider's first receiver as the server sees it."""
    got = house.api("GET", "/api/v1/spos", token=token)
    return got["receivers"][0] if got.status == 200 and got["receivers"] else {}


def await_receiver(house, test, what, token="bank", seconds=10):
    """The receiver, as soon as it is as the test wants it."""
    seen = []

    def looks_right():
        seen[:] = [receiver(house, token)]
        return test(seen[0])
    await_true(looks_right, seconds, what)
    return seen[0]
