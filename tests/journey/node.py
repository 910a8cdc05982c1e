# SPDX-License-Identifier: Apache-2.0
"""One tsmd with its own tokens, PINs, certificate and database (edge)."""
import json
import os
import re
import secrets

from client import Client
from ports import lease
from process import Died, Process, run

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("TSM_SOURCE_ROOT", os.path.dirname(os.path.dirname(HERE)))
BUILD = os.path.abspath(os.environ.get("TSM_BUILD", os.path.join(ROOT, "build", "dev")))
TSMD = os.path.join(BUILD, "src", "app", "tsmd")
LAB = os.path.join(BUILD, "lab", "tsm-lab")
CAP_DIR = os.path.join(BUILD, "tools")
EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def _must(command, environment=None):
    status, out, err = run(command, environment)
    if status != 0:
        raise Died(f"{' '.join(str(w) for w in command[:4])}: {err[-600:]}")
    return out


def make_ca(folder):
    """The CA of the house: it signs the certificates of all its nodes."""
    tls = os.path.join(folder, "tls")
    os.makedirs(tls)
    _must(["openssl", "req", "-x509"] + EC_KEY + ["-keyout", f"{tls}/ca.key", "-out", f"{tls}/ca.pem", "-days", 30,
          "-subj", "/CN=test CA", "-addext", "basicConstraints=critical,CA:TRUE"])


def make_certificate(folder, name, common_name):
    """NAME.pem and NAME.key for loopback; the common name is the party that it speaks for."""
    base = os.path.join(folder, "tls", name)
    _must(["openssl", "req"] + EC_KEY + ["-keyout", f"{base}.key", "-out", f"{base}.csr", "-subj",
          f"/CN={common_name}"])
    with open(f"{base}.ext", "w") as f:
        f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    _must(["openssl", "x509", "-req", "-in", f"{base}.csr", "-CA", f"{folder}/tls/ca.pem", "-CAkey",
           f"{folder}/tls/ca.key", "-CAcreateserial", "-days", 30, "-extfile", f"{base}.ext", "-out", f"{base}.pem"])
    return f"{base}.pem", f"{base}.key"


def fixture():
    """The laboratory's fixture, with paths that hold from everywhere."""
    path = os.path.join(ROOT, "packaging", "laboratory", "fixture.json")
    with open(path) as f:
        data = json.load(f)
    for script in data["perso_scripts"]:
        script["file"] = os.path.normpath(os.path.join(os.path.dirname(path), script["file"]))
    return data


def provider_fixture(data):
    """A provider knows no profiles: the owner tells it the one of the element that it asks for."""
    data["parties"][0]["partner_url"] = "https://127.0.0.1:9"
    return {**data, "profiles": []}


def owner_fixture(data):
    """An owner knows its elements' profiles, and where its providers are."""
    data["parties"] = [p for p in data["parties"] if p["name"] in ("operator", "bank")]
    data["parties"][1]["partner_url"] = "https://127.0.0.1:9"
    return {"parties": data["parties"], "profiles": data["profiles"]}


class Node:
    """Start, kill and start again; ports stay, so that partners and devices find it again."""

    def __init__(self, folder, name, common_name):
        self.folder, self.name = folder, name
        self.home = os.path.join(folder, name)
        self.db_path = os.path.join(self.home, "tsm.db")
        self.pins, self.options, self.ports = {}, [], {}
        self.process = self.api = None
        os.makedirs(os.path.join(self.home, "tokens"))
        os.makedirs(os.path.join(self.home, "pins"))
        with open(os.path.join(self.home, "softhsm2.conf"), "w") as f:
            f.write(f"directories.tokendir = {self.home}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = dict(os.environ, SOFTHSM2_CONF=f"{self.home}/softhsm2.conf")
        certificate, key = make_certificate(folder, name, common_name)
        self.conf = os.path.join(self.home, "tsmd.conf")
        with open(self.conf, "w") as f:
            f.write(f"store = sqlite:{self.db_path}\npin_dir = {self.home}/pins\nlaboratory = yes\n"
                    f"tls_cert = {certificate}\ntls_key = {key}\ntls_ca = {folder}/tls/ca.pem\n")

    def init(self, data):
        """Tokens, database and the fixture's rows; also again, when a party's addresses have changed."""
        for party in data["parties"]:
            if party["name"] not in self.pins:
                self.pins[party["name"]] = secrets.token_hex(8)
                with open(os.path.join(self.home, "pins", party["name"] + ".pin"), "w") as f:
                    f.write(self.pins[party["name"]])
        path = os.path.join(self.home, "fixture.json")
        with open(path, "w") as f:
            json.dump(data, f)
        _must([TSMD, "init", "--config", self.conf, "--fixture", path, "--cap-dir", CAP_DIR], self.environment)

    def grant(self, party, role):
        """A new bearer token."""
        return _must([TSMD, "token", "--config", self.conf, "--party", party, "--role", role],
                     self.environment).strip()

    def start(self, options):
        self.options = [str(o) for o in options]
        self._start(["--listen", f"127.0.0.1:{lease()}", "--listen-device", f"127.0.0.1:{lease()}"] + self.options)

    def _start(self, words):
        self.process = Process(self.folder, self.name, [TSMD, "run", "--config", self.conf] + words, self.environment)
        line = self.process.await_line("ready ")
        self.ports = {name: int(port) for name, port in re.findall(r"(\w+)=127\.0\.0\.1:(\d+)", line)}
        self.api = Client(self.ports["api"], os.path.join(self.folder, "tls", "ca.pem"))

    def restart(self, more=()):
        """After kill9 or stop: same options and ports, perhaps more options (the last one counts)."""
        ports = ["--listen", f"127.0.0.1:{self.ports['api']}"]
        for name in ("device", "partner"):
            if self.ports.get(name):
                ports += [f"--listen-{name}", f"127.0.0.1:{self.ports[name]}"]
        self._start(self.options + ports + [str(o) for o in more])

    def kill9(self):
        self.process.kill9()

    def stop(self):
        """Ends it in order; the exit status."""
        return self.process.end() if self.process else None
