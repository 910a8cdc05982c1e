# SPDX-License-Identifier: Apache-2.0
"""An app on a handset as a plain client of the device interface: what the library in sdk/ does, in a few lines, so that
the back end is judged by itself (edge). [TR-03165 4.2, docs/tsm-api.md]"""
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from client import Client  # noqa: E402
from process import Died  # noqa: E402
from sptsm import Provider  # noqa: E402

BASE = "/tsm-api/1.0/"
VERSION = "1.0.0"
CALLER = "5e" * 32
SLOWLY_MS = 200  # a round trip of an agent that takes its time
NOT_DEPLOYED, INSTALLED, PERSONALIZED, ACTIVATED, OPERATIONAL, SUSPENDED, IN_ERROR = 1, 11, 12, 14, 21, 22, 25
TEXTS = {2: "Internal error: ", 3: "Network connection error: ", 4: "Invalid argument: ", 5: "Not authenticated: ", 6: "Execution interrupted: ",
         7: "Secure component error: ", 8: "No eligible SC: ", 9: "SC inaccessible: ", 12: "Orphaned service instance: ",
         13: "Not allowed: ", 14: "Already exists: ", 15: "Unauthorized: ", 16: "Issuer error: ", 17: "Not found: ",
         18: "Overload protection: The system is currently not available, please try again later.",
         19: "Under maintenance: The system is currently not available, please try again later."}


def install(**data):
    return {"command": "install", "installationData": data} if data else {"command": "install"}


def personalize(**data):
    return {"command": "personalize", "personalizationData": data}


def activate(suspended=False):
    return {"command": "activate", "suspensionControl": suspended}


class App:
    """One app on one handset with the elements in it. transport: element by reader, for the agent."""

    def __init__(self, house, token, readers, caller=CALLER):
        self.house, self.token, self.caller = house, token, caller
        self.readers = dict(readers)
        node = house.node("provider" if house.two_nodes else None)
        self.http = Client(node.ports["device"], house.ca())
        self.components = [self.component(name, element) for name, element in self.readers.items()]

    @staticmethod
    def component(reader, element, **more):
        shown = {"reader": reader, "accessible": True}
        shown.update(element.name)
        shown.update(more)
        return shown

    def device(self):
        return {"callerId": self.caller, "secureComponents": self.components}

    def raw(self, method, body, token=None):
        """Any body; token '' for none."""
        token = self.token if token is None else token
        fields = {"Content-Type": "application/json"}
        if token:
            fields["Authorization"] = "Bearer " + token
        return self.http.call("POST", BASE + method, body, fields)

    def call(self, method, **members):
        return self.raw(method, {"device": self.device(), **members})

    def create(self, service, version="1.0.0"):
        return self.call("createServiceInstance", serviceId=service, version=version)

    def instances(self, service):
        return self.call("getServiceInstances", serviceId=service)

    def deploy(self, instance, commands, finalize=True):
        return self.call("deployService", serviceInstanceId=instance, serviceCommands=commands,
                         finalizeDeployment=finalize)

    def restart(self, *options):
        """The server is killed and comes back; the app's connection is a new one."""
        self.house.kill9()
        self.house.restart("tsmd", *options)
        self.http.close()

    # ---- processes ----

    def process(self, answer, act="", wait=0, seen=0, caller=None):
        """GET, or POST .../start and .../cancel, of a process (its 202, or its UUID)."""
        uuid = answer if isinstance(answer, str) else answer["process"]
        path = f"{BASE}processes/{uuid}{'/' + act if act else ''}?caller={caller or self.caller}"
        if wait:
            path += f"&wait={wait}&seen={seen}"
        return self.http.call("POST" if act else "GET", path, "" if act else None,
                              {"Authorization": "Bearer " + self.token})

    def start(self, answer):
        return self.process(answer, "start")

    def follow(self, answer, seconds=60, cancel_at=None):
        """Waits for the end; the handset's agent comes when there is something to exchange. (result, views). cancel_at:
        it is cancelled once when so many percent are done; then the agent takes its time, so that there are some left."""
        views, agent, seen, rounds = [], None, 0, 0
        pace = [] if cancel_at is None else ["--round-trip-ms", SLOWLY_MS]
        while rounds < seconds:
            view = self.process(answer, wait=5, seen=seen)
            if view.status != 200 or "state" not in view.json:
                raise Died(f"the process cannot be followed: {view}")
            views.append(view.json)
            seen, rounds = view["seen"], rounds + 1
            if view["state"] == "done":
                return view["result"], views
            if cancel_at is not None and view["progress"] >= cancel_at:
                cancel_at = self.process(answer, "cancel") and None
            exchange = view.get("exchange")
            if exchange and not agent:
                agent = self.house.handset({"url": exchange["url"], "session_id": exchange["session"]}, *pace,
                                           element=self.readers[exchange["reader"]])
        raise Died(f"the process does not end: {views[-1]}")

    def run(self, answer):
        """Starts what was answered 202 and follows it to its result."""
        if answer.status != 202:
            raise Died(f"nothing was started: {answer}")
        self.start(answer)
        return self.follow(answer)[0]


class Stage:
    """A house with two providers, a handset with an embedded element and a SIM, and an app of the bank."""

    def __init__(self, house):
        self.house, node = house, house.node("provider" if house.two_nodes else None)
        self.ese, self.sim = house.add_ese(), house.add_uicc()
        self.bank = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        self.token, self.other_token = node.grant("bank", "app"), node.grant("other", "app")
        self.services = {s["name"]: s["id"] for s in self.bank.must("GET", "/services")}
        self.service = self.services["demo-payment"]
        self.app = self.handset()

    def handset(self, readers=None, **more):
        return App(self.house, self.token, readers or {"eSE1": self.ese, "SIM1": self.sim}, **more)

    def card(self):
        return personalize(cardData=self.house.seal(self.house.card()))

    def fresh(self, app=None):
        """The id of a new instance."""
        return (app or self.app).create(self.service)["serviceInstance"]["id"]

    def end(self, instance, app=None):
        app = app or self.app
        return app.run(app.call("terminateService", serviceInstanceId=instance))["processInfo"]["executionStatus"]


def status_of(answer):
    """The executionStatus of a method's answer, wherever it stands; the text must be the guideline's."""
    body = answer.json if hasattr(answer, "json") else answer
    info = body.get("processInfo", body)
    status, text = info["executionStatus"], info["executionMessage"]
    if status == 0:
        return 0 if text == "" else f"0 with '{text}'"
    if not text.startswith(TEXTS.get(status, "Unspecified: ")):
        return f"{status} with '{text}'"
    return status


def text_of(answer):
    body = answer.json if hasattr(answer, "json") else answer
    return body.get("processInfo", body)["executionMessage"]


def at_once(*works):
    """The answers of several calls made at the same time."""
    answers = [None] * len(works)

    def one(i):
        answers[i] = works[i]()

    threads = [threading.Thread(target=one, args=(i,)) for i in range(len(works))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return answers


def show(value):
    return json.dumps(value)[:1500]
