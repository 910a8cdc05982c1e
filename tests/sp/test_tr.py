# SPDX-License-Identifier: Apache-2.0
"""Sentences of the guideline that no other test here shows: what the listener refuses is told as the interface tells errors,
inner faults are 2000, flavors' parameters go first, an app's request changes nothing that a provider has drawn up.
[TR-03165 4.1.4.4, 4.1.4.19, 4.1.5, 4.2.2]"""
import json
import os
import socket
import sqlite3
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from sptsm import BASE, Answer  # noqa: E402
from tsmapi import OPERATIONAL, Stage, VERSION, activate, install, status_of  # noqa: E402

ADMINISTRATION = ("tr_entity", "tr_link", "tr_pair", "tr_file")
MIB = 1 << 20


class Reply:
    """What came back over a raw connection."""

    def __init__(self, octets):
        head, _, self.octets = octets.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.fields = dict(line.split(": ", 1) for line in lines[1:])

    def getheaders(self):
        return self.fields.items()

    def read(self):
        return self.octets


def say(house, text, port="api"):
    """Octets as they are, on a connection of their own, and the whole answer."""
    context = ssl.create_default_context(cafile=house.ca())
    with socket.create_connection(("127.0.0.1", house.node().ports[port]), 20) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as s:
            s.sendall(text.replace("\n", "\r\n").encode())
            came = b""
            while part := s.recv(65536):
                came += part
    return Answer(Reply(came))


def the_listener_speaks_the_interface(tap, house, p):
    """[4.1.4.19: in case the status is not 2xx]"""
    start, rest = f"POST {BASE}/", " HTTP/1.1\nHost: x\nConnection: close\n"
    form = rest + "Content-Type: multipart/form-data; boundary=b\n"
    chunks = "Transfer-Encoding: chunked\n\nFFFFFFF\n"
    file_size = "Upload failed: {}MB exceeds maximum upload file size of 0,5MB."
    for what, text, status, category, message in (
            ("a file of 17 MiB", f"{start}certificates{form}Content-Length: {17 * MIB}\n\n", 400, 1014, file_size.format("17,1")),
            ("one in chunks that are longer than all that is taken", f"{start}certificates{form}{chunks}", 400, 1014,
             file_size.format("16,1")),
            ("another body of 17 MiB", f"{start}services{rest}Content-Length: {17 * MIB}\n\n", 400, 1002,
             "Invalid request: request body too long."),
            ("a head with two hosts", f"{start}services{rest}Host: y\n\n", 400, 1002, "Invalid request: the Host field occurs twice."),
            ("a chunk that is none", f"{start}services{rest}Transfer-Encoding: chunked\n\nxyz\n", 400, 1002, None),
            ("a target of 5000 octets", f"{start}{'x' * 5000}{rest}\n", 414, 1002, None),
            ("another version", f"GET {BASE}/services HTTP/2.0\nHost: x\n\n", 505, 1002, None),
            ("a method that no address has", f"PATCH {BASE}/services{rest}\n", 405, 1002, None)):
        answer = say(house, text)
        tap.ok(answer.error() == (status, category) and message in (None, answer.message()), f"{what} is told as a GeneralError", answer)
    answer = say(house, "GET /api/v1/orders HTTP/2.0\nHost: x\n\n")
    tap.ok(answer.status == 505 and answer.error() is None, "elsewhere it is a problem document", answer)
    answer = say(house, f"GET https://elsewhere:1{BASE}/services{rest}Authorization: Bearer {p.token}\n\n")
    tap.ok(answer.status == 200 and isinstance(answer.json, list), "the absolute form of an address is this address", answer)
    answer = say(house, f"OPTIONS *{rest}\n")
    tap.ok(answer.status == 200 and "PUT" in answer.fields["allow"] and answer.octets == b"", "OPTIONS * tells the methods", answer)
    answer = p.call("POST", "/auth", kind="application/json", token=p.longterm)
    tap.equal(answer.status, 200, "a method without body may say what type it would have")


def so_does_the_other_one(tap, house, app):
    """[4.2.4.4: all methods return executionStatus and executionMessage]"""
    rest = " HTTP/1.1\nHost: x\nConnection: close\n"
    for what, text, status, error in (
            ("a request of 70 KiB", f"POST /tsm-api/1.0/getServiceInstances{rest}Content-Type: application/json\n"
             "Content-Length: 71680\n\n", 413, 4),
            ("one that is no JSON", f"POST /tsm-api/1.0/getServiceInstances{rest}Content-Type: text/plain\nContent-Length: 1\n\nx", 415, 4),
            ("another HTTP method", f"PUT /tsm-api/1.0/getServiceInstances{rest}\n", 405, 4),
            ("a head with two hosts", f"POST /tsm-api/1.0/getServiceInstances{rest}Host: y\n\n", 400, 4),
            ("an address that is none", f"GET /tsm-api/1.0/nothing/at/all{rest}\n", 404, 17)):
        answer = say(house, text, "device")
        tap.ok(answer.status == status and set(answer.json) == {"executionStatus", "executionMessage"} and status_of(answer) == error,
               f"{what} to the device interface: {error}", answer)
    tap.equal(app.raw("getServiceInstances", "x" * 70000).status, 413, "also as a client sends it")


def parameters(tap, s):
    """[4.1.4.4] The flavor's before the service's, those of other names beside them."""
    version = s.bank.must("GET", f"/services/{s.service}/versions")[0]
    flavor = f"/services/{s.service}/flavors/{next(iter(version['allowedDeployments']))}"
    s.bank.must("PUT", f"/services/{s.service}", {"name": "demo-payment", "spParameters": {"colour": "green", "size": "1"}})
    s.bank.must("PUT", flavor, {"spParameters": {"colour": "blue", "shape": "round"}})
    info = s.app.call("checkServiceDeploymentAvailable", serviceId=s.service, version=VERSION)["newTechnicalInformation"]
    tap.equal(info["spParameters"], {"colour": "blue", "size": "1", "shape": "round"}, "the flavor's parameters take the place of the service's")


def administered(house):
    return {t: sorted(house.rows(f"SELECT * FROM {t}"), key=str) for t in ADMINISTRATION}


def apps_write_nothing(tap, s):
    """[4.2.2] Every method of the device interface, and what was drawn up before and after."""
    before, app = administered(s.house), s.app
    tap.ok(all(before[t] for t in ADMINISTRATION[:3]), "there is something drawn up", {t: len(v) for t, v in before.items()})
    instance = s.fresh()
    check = app.call("checkServiceUpdateAvailable", serviceInstanceId=instance, newVersion=VERSION)
    tap.equal((status_of(check), check["updateAvailable"]), (0, 0), "the version that an instance was made for is no update of it")
    result = app.run(app.deploy(instance, [install(), s.card(), activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (0, OPERATIONAL), "an app deploys")
    app.call("updateService", serviceInstanceId=instance, newVersion=VERSION, serviceCommands=[install()], finalizeDeployment=True)
    app.run(app.call("suspendOrResumeService", serviceInstanceId=instance, suspensionControl=True))
    app.instances(s.service)
    tap.equal(s.end(instance), 0, "and terminates")
    tap.ok(administered(s.house) == before, "what the administration interface keeps is as it was")


def an_inner_fault(tap, s):
    """A database that is not whole."""
    def rename(old, new):
        stored = sqlite3.connect(s.house.node().db_path, timeout=120)
        with stored:
            stored.execute(f"ALTER TABLE {old} RENAME TO {new}")
        stored.close()
    rename("tr_file", "tr_file_away")
    try:
        elf = s.bank.must("GET", "/executable-load-files")[0]["id"]
        answer = s.bank.call("GET", f"/executable-load-files/{elf}/binary")
        tap.equal(answer.error(), (500, 2000), "an inner fault: 500 and 2000")
        tap.ok(answer.message().startswith("Internal server error: ") and "tr_file" not in json.dumps(answer.json),
               "in the guideline's words, without its cause", answer)
    finally:
        rename("tr_file_away", "tr_file")


def main():
    tap = Tap()
    with House() as house:
        s = Stage(house)
        the_listener_speaks_the_interface(tap, house, s.bank)
        so_does_the_other_one(tap, house, s.app)
        parameters(tap, s)
        apps_write_nothing(tap, s)
        an_inner_fault(tap, s)
    tap.done()


main()
