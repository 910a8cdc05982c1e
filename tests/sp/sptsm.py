# SPDX-License-Identifier: Apache-2.0
"""A provider's client of the administration interface, and what it uploads (edge). [TR-03165 4.1]"""
import http.client
import io
import json
import os
import ssl
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "journey"))

from node import CAP_DIR  # noqa: E402

BASE = "/sptsm/1.0"
BOUNDARY = "----opentsm-form"


class Answer:
    """Status, fields, octets; `json` where the body is JSON."""

    def __init__(self, reply):
        self.status = reply.status
        self.fields = {name.lower(): value for name, value in reply.getheaders()}
        self.octets = reply.read()
        self.type = self.fields.get("content-type", "")
        self.json = json.loads(self.octets) if self.octets and self.type == "application/json" else None

    def __getitem__(self, name):
        return self.json[name]

    def error(self):
        """(status, category) of a GeneralError; None where it is none."""
        if not isinstance(self.json, dict) or set(self.json) != {"errorCategory", "errorMessage"}:
            return None
        return self.status, self.json["errorCategory"]

    def message(self):
        return self.json.get("errorMessage") if isinstance(self.json, dict) else None

    def __repr__(self):
        return f"{self.status} {self.octets[:400]}"


def form(parts):
    """A multipart/form-data body of (name, file name or None, octets); its content type."""
    out = io.BytesIO()
    for name, filename, octets in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
        kind = "application/octet-stream" if filename else "text/plain"
        out.write(f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\nContent-Type: {kind}\r\n\r\n".encode())
        out.write(octets if isinstance(octets, bytes) else octets.encode())
        out.write(b"\r\n")
    out.write(f"--{BOUNDARY}--\r\n".encode())
    return out.getvalue(), f"multipart/form-data; boundary={BOUNDARY}"


class Provider:
    """One provider with its long-term token; signs in when it is made."""

    def __init__(self, port, ca_file, longterm):
        self.port = port
        self.tls = ssl.create_default_context(cafile=ca_file)
        self.longterm = longterm
        self.connection = None
        self.token = None
        self.token = self.call("POST", "/auth", token=longterm).json

    def _send(self, method, path, body, fields):
        if self.connection is None:
            self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.tls)
        self.connection.request(method, path, body=body, headers=fields)
        return Answer(self.connection.getresponse())

    def call(self, method, path, json_body=None, octets=None, kind=None, token=None, more=None):
        """json_body: any value; octets with their content type else. token: '' for none, None for the own one. more:
        further fields, which take the place of those made here."""
        fields = {}
        token = self.token if token is None else token
        if token:
            fields["Authorization"] = "Bearer " + token
        body = octets
        if json_body is not None:
            body, kind = json.dumps(json_body).encode(), kind or "application/json"
        if kind:
            fields["Content-Type"] = kind
        fields.update(more or {})
        try:
            return self._send(method, BASE + path, body, fields)
        except (http.client.HTTPException, OSError):
            self.connection = None
            return self._send(method, BASE + path, body, fields)

    def upload(self, method, path, parts, token=None):
        octets, kind = form(parts)
        return self.call(method, path, octets=octets, kind=kind, token=token)

    def must(self, method, path, json_body=None, status=200):
        answer = self.call(method, path, json_body)
        if answer.status != status:
            raise AssertionError(f"{method} {path}: {answer}")
        return answer.json


def demo_cap():
    with open(os.path.join(CAP_DIR, "demo-payment.cap"), "rb") as f:
        return f.read()


def cap_with(changes):
    """The demo's CAP file with components replaced: {"Header.cap": octets or None}."""
    source, out = zipfile.ZipFile(io.BytesIO(demo_cap())), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            octets = changes.get(os.path.basename(name), source.read(name))
            if octets is not None:
                made.writestr(name, octets)
    return out.getvalue()


def importing(java_card_minor):
    """The demo's CAP file, asking for another release of javacard.framework."""
    source = zipfile.ZipFile(io.BytesIO(demo_cap()))
    name = next(n for n in source.namelist() if n.endswith("Import.cap"))
    octets = bytearray(source.read(name))
    at = octets.find(bytes.fromhex("07A0000000620101"))
    octets[at - 2] = java_card_minor
    return cap_with({"Import.cap": bytes(octets)})


def bomb():
    """A small archive whose entries are not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x/javacard/Header.cap", b"\0" * (64 << 20))
    return out.getvalue()


def certificate(name="spos.example"):
    """A fresh certificate in PEM."""
    done = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                           "-keyout", "/dev/null", "-days", "30", "-subj", f"/CN={name}"], capture_output=True, check=True)
    return done.stdout
