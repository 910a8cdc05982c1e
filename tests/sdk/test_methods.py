# SPDX-License-Identifier: Apache-2.0
"""The library's methods through `tsm-lab handset`, against a back end in memory: what an app sees of each."""
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

import backend
from backend import Backend, answer, hang_up

from node import BUILD, LAB
from phone import CALLER, Phone
from ports import lease
from process import PATIENCE_S, Process
from tap import Tap

SERVICE = backend.SERVICE
CANCELS = 10
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
MISSING = "d8c791a1-c39e-41f7-a2ec-f8cdfb57406a"


class Scene:
    """One back end, one phone with one card that is kept in a file."""

    def __init__(self, t):
        self.t = t
        self.folder = tempfile.mkdtemp(prefix="opentsm-sdk-")
        self.b = Backend(self.folder).start()
        self.phone = self.new_phone([["card", "--state", os.path.join(self.folder, "card")]])

    def new_phone(self, elements, name="phone", token=backend.TOKEN, url=None):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        return Phone(url or self.b.url, self.b.ca, token, folder, elements)

    def end(self):
        self.b.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def refuses(self, text, status, message, *words):
        before = len(self.b.requests)
        c = self.phone.call(*words)
        said = c.result.get("executionMessage") or c.result.get("processInfo", {}).get("executionMessage")
        self.t.ok(c.status == status and said == message and len(self.b.requests) == before, text, f"{said}\n{c}")


def life(s):
    """A whole life, with the order of commands as they were given."""
    t, p = s.t, s.phone
    c = p.call("create", SERVICE, "1.3.0")
    t.ok(c.status == 0 and c.result["serviceInstance"]["stateName"] == "NOT_DEPLOYED", "createServiceInstance", c)
    instance = c.result["serviceInstance"]["id"]
    t.equal(c.result["serviceInstance"]["technicalInformation"]["spParameters"], {"colour": "green"},
            "an instance's parameters are a map")
    described(s)
    c = p.call("deploy", instance, "--install", "a=b", "--personalize", "k=v", "k2=v=2")
    t.ok(c.status == 0 and c.result["serviceInstanceState"] == 12, "deployService [Install, Personalize]", c)
    sent = [b for path, b, _ in s.b.requests if path.endswith("deployService")][-1]
    t.equal(sent["serviceCommands"], [{"command": "install", "installationData": {"a": "b"}},
                                      {"command": "personalize", "personalizationData": {"k": "v", "k2": "v=2"}}],
            "commands go out in their order, with their data")
    t.ok("start " in c.said and "progress 100 SERVICE_DEPLOYMENT_PERSONALIZATION" in c.said, "the listener is told", c)
    results = c.result["serviceCommandResults"]
    t.ok(len(results) == 2 and results[1]["personalizationResults"][0]["results"][0]["tag"] == "one",
         "results of commands come with their pairs", c)
    c = p.call("deploy", instance, "--activate", "--suspended", "--finalize")
    t.ok(c.status == 0 and c.result["serviceInstanceState"] == 22, "a suspended finalisation", c)
    t.equal(p.call("resume", instance).result["serviceInstanceState"], 21, "suspendOrResumeService resumes")
    c = p.call("list", SERVICE)
    t.equal([(i["stateName"], i["lastOperationName"]) for i in c.result["serviceInstances"]],
            [("OPERATIONAL", "SERVICE_RESUMPTION")], "getServiceInstances")
    c = p.call("check-update", instance, "x.X.x")
    t.ok(c.status == 0 and c.result["updateAvailable"] == 0 and c.result["newTechnicalInformation"] is None, "no update", c)
    t.equal(p.call("terminate", instance).status, 0, "terminateService")
    c = p.call("check-deployment", SERVICE, "1.x.x")
    t.ok(c.result["deploymentAvailable"] == 1 and c.result["version"] == "1.3.0", "checkServiceDeploymentAvailable", c)
    t.equal(json.loads(p.journal_text())["processes"], [], "the journal has nothing left to go on with")


def described(s):
    device = s.b.devices[-1]
    part = device["secureComponents"][0]
    s.t.ok(device["callerId"] == CALLER and part["reader"] == "eSE1" and part["accessible"] is True,
           "the request says who asks and which readers there are", device)
    s.t.ok(part["cplc"].startswith("9F7F2A") and len(part["cplc"]) == 90 and part["recognition"].startswith("66")
           and part["capabilities"].startswith("67"), "CPLC, recognition data and capabilities are whole objects", part)
    mode = stat.S_IMODE(os.stat(os.path.join(s.phone.journal, "opentsm-processes.json")).st_mode)
    s.t.equal(mode, 0o600, "the journal is for the app's user alone")


def arguments(s):
    """Found before anything is sent, in the guideline's words."""
    r = s.refuses
    wrong = "Invalid argument: "
    r("a serviceId that is none", 4, wrong + "serviceId in GetServiceInstancesRequest has invalid format", "list", "no-id")
    r("a serviceId that is none, in create", 4, wrong + "serviceId in CreateServiceInstanceRequest has invalid format",
      "create", SERVICE[:-1], "1.0.0")
    r("a version that is none", 4, wrong + "version in CreateServiceInstanceRequest has invalid format", "create", SERVICE, "1.x")
    r("an instance that is none", 4, wrong + "serviceInstanceId in DeployServiceRequest has invalid format",
      "deploy", "x", "--install")
    c = s.phone.call("deploy", "x", "--install", "--activate")
    s.t.ok(c.info()["processId"] == "" and [x["commandExecutionStatus"] for x in c.result["serviceCommandResults"]] == [2, 2],
           "its commands are not executed", c)
    s.t.ok(TIME.match(c.info()["startDate"]) and c.info()["startDate"] <= c.info()["endDate"], "its dates are the request's", c)
    r("no commands and no finalisation", 4, wrong + "serviceCommands in DeployServiceRequest is only allowed to be empty if "
      "the finalize deployment flag is set", "deploy", MISSING)
    r("two installations", 4, wrong + "serviceCommands in DeployServiceRequest contain multiple InstallServiceCommands",
      "deploy", MISSING, "--install", "--activate", "--install")
    r("two personalisations in an update", 4, wrong + "serviceCommands in UpdateServiceRequest contain multiple "
      "PersonalizeServiceCommands", "update", MISSING, "1.0.0", "--personalize", "--personalize")
    r("a new version that is none", 4, wrong + "newVersion in UpdateServiceRequest has invalid format", "update", MISSING,
      "1.0.", "--install")
    for pattern in ("x.1.x", "x.x.1", "1.x", "1", "x", "1.2.3.4"):
        r(f"pattern {pattern}", 4, wrong + "version in CheckServiceDeploymentAvailableRequest uses an unsupported filter "
          "pattern", "check-deployment", SERVICE, pattern)
    r("an empty pattern", 4, wrong + "version in CheckServiceDeploymentAvailableRequest has invalid format",
      "check-deployment", SERVICE, "")
    r("nothing to go on with", 17, "Not found: no process of this handset is under way", "continue")


def answers_of_the_back_end(s):
    """Errors it names are passed on; what it cannot say is told for it."""
    t, p = s.t, s.phone
    c = p.call("deploy", MISSING, "--install")
    t.ok(c.status == 17 and c.info()["processId"] == "" and MISSING in c.info()["executionMessage"],
         "a refusal of a process comes with its category", c)
    cases = [("503 under maintenance", 19, lambda h: answer(h, 503, {"executionStatus": 19, "executionMessage":
                                                                     "Under maintenance: please"})),
             ("a redirection is refused", 1, lambda h: answer(h, 302, {})),
             ("500 without words", 1, lambda h: answer(h, 500, b"oops")),
             ("403 without words", 15, lambda h: answer(h, 403, b"")),
             ("broken JSON", 2, lambda h: answer(h, 200, b"{\"serviceInstances\": [")),
             ("a wrong type", 2, lambda h: answer(h, 200, {"serviceInstances": {}, "executionStatus": 0})),
             ("a status that is no number", 2, lambda h: answer(h, 200, {"executionStatus": "0"})),
             ("a body without end", 2, lambda h: answer(h, 200, b"[" + b"0," * 700000 + b"0]")),
             ("nesting without end", 2, lambda h: answer(h, 200, b"[" * 100000)),
             ("a connection that breaks", 3, hang_up)]
    for text, status, broken in cases:
        s.b.break_next = broken
        c = p.call("list", SERVICE)
        t.ok(c.status == status and c.result["serviceInstances"] == [] and c.result["executionMessage"], text, c)
    t.ok("log: " in c.said and "getServiceInstances" in c.said, "with an error, the messages of the time before are at hand", c)


def tokens(s):
    t = s.t
    stranger = s.new_phone([["card"]], "stranger", token="not-good")
    c = stranger.call("list", SERVICE)
    t.ok(c.status == 5 and "not-good" not in c.said, "a token that is not good: 5, and it is nowhere in the log", c)
    before = len(s.b.requests)
    c = s.phone.call("list", SERVICE, "--unsound")
    t.ok(c.status == 20 and len(s.b.requests) == before and c.result["executionMessage"] ==
         "Device integrity check failed: device does not fulfil integrity conditions of the TSM",
         "a device in no state for a token: 20, and nothing was sent", c)
    own = os.path.join(s.folder, "own-token")
    c = s.phone.call("list", SERVICE, "--get-token", own)
    t.ok(c.status == 5 and c.result["executionMessage"] == "Not authenticated: could not retrieve access token",
         "getToken that fails: 5", c)
    with open(own, "w") as f:
        f.write(backend.TOKEN)
    c = s.phone.call("list", SERVICE, "--get-token", own, token=False)
    t.equal((c.status, s.b.requests[-1][2]), (0, backend.TOKEN), "setAccessToken instead of the built-in authentication")


def networks(s):
    t = s.t
    nobody = s.new_phone([["card"]], "nobody", url="https://127.0.0.1:1/tsm-api/1.0")
    c = nobody.call("list", SERVICE)
    t.ok(c.status == 3 and c.result["executionMessage"].startswith("Network connection error: host '127.0.0.1'"),
         "a host that is not there: 3, and which", c)
    other = os.path.join(s.folder, "other")
    os.makedirs(other)
    backend.make_ca(other)
    s.phone.words[s.phone.words.index("--ca") + 1] = os.path.join(other, "tls", "ca.pem")
    before = len(s.b.requests)
    c = s.phone.call("list", SERVICE)
    t.ok(c.status == 3 and len(s.b.requests) == before, "a certificate of another CA: 3, and nothing was sent", c)
    s.phone.words[s.phone.words.index("--ca") + 1] = s.b.ca
    plain = s.new_phone([["card"]], "plain", url=s.b.url.replace("https", "http"))
    t.equal(plain.call("list", SERVICE).status, 4, "nothing but https is taken")


def elements(s):
    t = s.t
    two = s.new_phone([["card", "--seid", "00112233445566778899", "--reader", "SIM1"], ["127.0.0.1:1#3"]], "two")
    c = two.call("list", SERVICE)
    parts = s.b.devices[-1]["secureComponents"]
    t.equal([(p["reader"], p["accessible"], "cplc" in p) for p in parts], [("SIM1", True, True), ("eSE2", False, False)],
            "two elements, one of them out of reach, and it is said")
    gone = s.new_phone([["127.0.0.1:1#3"]], "gone")
    before = len(s.b.requests)
    c = gone.call("create", SERVICE, "1.0.0")
    t.ok(c.status == 9 and c.result["executionMessage"] == "SC inaccessible: access to SC failed" and
         len(s.b.requests) == before, "no element that lets the app in: 9, and nothing was sent", c)
    t.equal(gone.call("list", SERVICE).status, 0, "a look at what there is does not need one")


def a_card_that_dials_in(s):
    """vpcd the other way round: the handset is the virtual reader, and the card comes to it."""
    port = lease()
    phone = s.new_phone([[f"127.0.0.1:{port}"]], "reader")
    with subprocess.Popen(phone.command("list", SERVICE), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as call:
        while "waiting for an element" not in (call.stderr.readline() or "waiting for an element: nobody"):
            pass
        with subprocess.Popen([LAB, "card", "--vpcd", f"127.0.0.1:{port}"]) as card:
            out, err = call.communicate(timeout=PATIENCE_S)
            card.wait(PATIENCE_S)
    part = s.b.devices[-1]["secureComponents"][0]
    s.t.ok(call.returncode == 0 and part["accessible"] and "cplc" in part, "an element that dials in at the handset", out + err)


def side_by_side(s):
    """One app, two services, two elements: both deploys run at once, each on its own element."""
    other = "910bbd5a-1749-4737-b855-a520f1bc9da5"
    program = os.path.join(BUILD, "tests", "sdk", "sdk_side_by_side")
    done = subprocess.run([program, s.b.url, s.b.ca, backend.TOKEN, SERVICE, other], capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)
    s.t.ok(done.returncode == 0, "two processes at once through one client", done.stderr)
    s.t.equal(sorted((i["reader"], i["state"]) for i in s.b.instances.values()), [("eSE1", 21), ("eSE2", 21)],
              "and each element has its service")
    s.b.instances.clear()


def an_element_that_goes(s):
    """The element loses its power, before the exchange or in it: the handset knows best why it was not reached."""
    for where, status, message in (("/start", 9, "SC inaccessible: access to SC failed"),
                                   ("/remoteManagement", 7, "Secure component error: SC is not accessible")):
        card = Process(s.folder, "card", [LAB, "card", "--listen", "0"])
        phone = s.new_phone([[f"127.0.0.1:{card.port()}"]], "gone")
        instance = phone.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
        serve = s.b.serve

        def deadly(handler, body):
            works = "/start" in handler.path or "PROCESSED" in json.dumps(body)
            if where in handler.path and works and card.running():
                card.kill9()
            return serve(handler, body)

        s.b.serve = deadly
        c = phone.call("deploy", instance, "--install", "--personalize")
        s.b.serve = serve
        s.t.ok(c.status == status and c.info()["executionMessage"] == message and
               s.b.instances[instance]["state"] == backend.IN_ERROR, f"an element that goes away at {where}: {status}", c)
        s.b.instances.clear()


def nonsense_in_the_middle(s):
    """A back end that is not to be believed, during a process: it ends, and the journal still has it."""
    p = s.phone
    for text, body in (("no JSON", b"<html>"), ("an exchange without TLS", {
            "seen": 2, "state": "running", "operation": 10, "progress": 0,
            "exchange": {"url": "http://127.0.0.1/gp/seram", "session": "s", "reader": "eSE1"}}),
            ("a result without its object", {"seen": 2, "state": "done"})):
        instance = p.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
        serve = s.b.serve
        s.b.serve = lambda h, b: answer(h, 200, body) if h.path.split("?")[0].endswith("/start") else serve(h, b)
        c = p.call("deploy", instance, "--install")
        s.b.serve = serve
        s.t.ok(c.status == 2 and instance in p.journal_text(), f"{text}: INTERNAL_ERROR, and it is not forgotten", c)
        c = p.call("continue")
        s.t.ok(c.status == 0 and s.b.instances[instance]["state"] == backend.INSTALLED, "it goes on with one that is sane", c)
        p.call("terminate", instance)


def cancelled(p):
    """What the journal has when a new process was cancelled."""
    instance = p.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
    p.call("deploy", instance, "--install", "--personalize", "--activate", "--finalize", "--cancel-at", 1)
    left = json.loads(p.journal_text())["processes"]
    p.call("terminate", instance)
    return left


def listeners(s):
    t, p = s.t, s.phone
    instance = p.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
    c = p.call("deploy", instance, "--install", "--refuse-start")
    t.ok(c.status == 6 and s.b.requests[-1][0].endswith("/cancel"), "a start that is not taken: the process is cancelled, 6", c)
    t.equal(s.b.instances[instance]["state"], 1, "and nothing was executed")
    c = p.call("deploy", instance, "--install", "--personalize", "--activate", "--finalize", "--cancel-at", 1)
    t.ok(c.status in (0, 6), "a cancellation ends with 6, or came too late", c)
    t.equal(json.loads(p.journal_text())["processes"], [], "either way nothing is left to go on with")
    p.call("terminate", instance)
    t.equal([cancelled(p) for _ in range(CANCELS)], [[]] * CANCELS, "at whatever moment the cancellation comes")


def main():
    t = Tap()
    s = Scene(t)
    try:
        for part in (life, arguments, answers_of_the_back_end, tokens, networks, elements, a_card_that_dials_in,
                     side_by_side, an_element_that_goes, nonsense_in_the_middle, listeners):
            part(s)
    finally:
        s.end()
    t.done()


if __name__ == "__main__":
    sys.exit(main())
