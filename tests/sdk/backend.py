# SPDX-License-Identifier: Apache-2.0
"""A back end of the device interface for tests of the library: docs/tsm-api.md in memory, over TLS on loopback, with a
GP SERAM Remote Agent whose deploys send a fixed list of commands (edge). It can misbehave on demand."""
import json
import os
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

for folder in ("journey", "oracle"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder))

from node import make_ca, make_certificate  # noqa: E402

SERVICE = "910bbd5a-1749-4737-b855-a520f1bc9da4"
TOKEN = "app-token-1"
NOT_DEPLOYED, INSTALLED, PERSONALIZED, ACTIVATED, OPERATIONAL, SUSPENDED, IN_ERROR = 1, 11, 12, 14, 21, 22, 25
COMMAND_STATES = {"install": INSTALLED, "personalize": PERSONALIZED, "activate": ACTIVATED}
OPERATIONS = {"install": 10, "personalize": 11, "activate": 12}
HOLD_S = 25
# What one service command sends to the element: the issuer's domain tells its data, twice.
SCRIPT = ["00A4040000", "80CA006600", "80CA9F7F00", "80CA006700"]


class Process:
    def __init__(self, instance, steps, final):
        self.id = str(uuid.uuid4())
        self.instance, self.steps, self.final = instance, steps, final
        self.state, self.seen, self.operation, self.progress = "waiting", 1, 0, 0
        self.session = None
        self.batch = 0          # name of the batch in flight, in the agent's cookie
        self.given = False
        self.result = None
        self.done_steps = 0
        self.answers = []


class Backend:
    """start() and stop(); .url; .requests: what came, as (path, body, token); .break_next: a function (handler) that
    answers the next request in its own way."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Condition()
        self.instances, self.processes, self.sessions = {}, {}, {}
        self.requests, self.devices = [], []
        self.break_next = None
        self.handshakes = 0
        self.reports_taken = 0

    def start(self):
        if not os.path.isdir(os.path.join(self.folder, "tls")):
            make_ca(self.folder)
        cert, key = make_certificate(self.folder, "backend", "tsm")
        self.ca = os.path.join(self.folder, "tls", "ca.pem")
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_GET(self):
                backend.serve(self, None)

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                backend.serve(self, json.loads(self.rfile.read(length) or b"{}"))

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a phone that was killed, or that does not trust this CA

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.root = f"https://127.0.0.1:{self.port}"
        self.url = f"{self.root}/tsm-api/1.0"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        with self.lock:
            self.lock.notify_all()
        self.server.shutdown()
        self.server.server_close()

    # ---- requests ----

    def serve(self, handler, body):
        url = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        with self.lock:
            token = handler.headers.get("Authorization", "").removeprefix("Bearer ")
            self.requests.append((url.path, body, token))
            broken, self.break_next = self.break_next, None
        if broken:
            return broken(handler)
        if url.path.startswith("/gp/seram/"):
            return self.seram(handler, url.path.rsplit("/", 1)[1], query["sessionId"], body)
        if token != TOKEN:
            return answer(handler, 401, {"executionStatus": 5, "executionMessage": "Not authenticated: the token is not good"})
        parts = url.path.removeprefix("/tsm-api/1.0/").split("/")
        with self.lock:
            if parts[0] == "processes":
                status, out = self.process(parts, query)
            else:
                self.devices.append(body.get("device"))
                status, out = getattr(self, parts[0])(body)
        return answer(handler, status, out)

    def createServiceInstance(self, body):
        if any(i["service"] == body["serviceId"] for i in self.instances.values()):
            return 200, {"executionStatus": 14, "executionMessage": "Already exists: service already instantiated"}
        readers = [c["reader"] for c in body["device"]["secureComponents"] if c["accessible"]]
        i = {"id": str(uuid.uuid4()), "service": body["serviceId"], "state": NOT_DEPLOYED, "operation": 0,
             "reader": readers[len(self.instances) % len(readers)], "version": body["version"]}
        self.instances[i["id"]] = i
        return 200, {"serviceInstance": self.show(i), "executionStatus": 0, "executionMessage": ""}

    def getServiceInstances(self, body):
        mine = [self.show(i) for i in self.instances.values() if i["service"] == body["serviceId"]]
        return 200, {"serviceInstances": mine, "executionStatus": 0, "executionMessage": None}

    def show(self, i):
        running = [p.id for p in self.processes.values() if p.instance is i and p.state != "done"]
        out = {"id": i["id"], "state": i["state"], "lastOperation": i["operation"], "reader": i["reader"],
               "technicalInformation": {"spParameters": {"colour": "green"}, "serviceId": i["service"],
                                        "serviceVersionTag": i["version"], "flavorId": None}}
        return {**out, "runningProcess": running[0]} if running else out

    def begin(self, body, steps, final):
        i = self.instances.get(body["serviceInstanceId"])
        if not i:
            return 200, refused(17, f"Not found: serviceInstanceId {body['serviceInstanceId']} does not exist")
        if any(p.instance is i and p.state != "done" for p in self.processes.values()):
            return 200, refused(13, "Not allowed: a process is under way")
        p = Process(i, steps, final)
        self.processes[p.id] = p
        return 202, {"process": p.id, "callerId": body["device"]["callerId"], "startDate": now(), "serviceInstanceId": i["id"]}

    def deployService(self, body):
        steps = [(c["command"], OPERATIONS[c["command"]]) for c in body["serviceCommands"]]
        suspended = any(c.get("suspensionControl") for c in body["serviceCommands"])
        return self.begin(body, steps, (SUSPENDED if suspended else OPERATIONAL) if body["finalizeDeployment"] else None)

    def suspendOrResumeService(self, body):
        on = body["suspensionControl"]
        return self.begin(body, [("suspend", 30 if on else 31)], SUSPENDED if on else OPERATIONAL)

    def terminateService(self, body):
        return self.begin(body, [("terminate", 40)], "gone")

    def checkServiceDeploymentAvailable(self, body):
        return 200, {"deploymentAvailable": 1, "version": "1.3.0", "executionStatus": 0,
                     "newTechnicalInformation": {"flavorId": "f", "flavorName": "card"}}

    def checkServiceUpdateAvailable(self, body):
        return 200, {"updateAvailable": 0, "newVersion": "", "newTechnicalInformation": None, "executionStatus": 0}

    # ---- processes ----

    def process(self, parts, query):
        p = self.processes.get(parts[1])
        if not p:
            return 404, {"executionStatus": 17, "executionMessage": "Not found: there is no such process"}
        if len(parts) > 2 and parts[2] == "start" and p.state == "waiting":
            p.state, p.operation = "running", p.steps[0][1] if p.steps else 13
            if p.steps:
                p.session = str(uuid.uuid4())
                self.sessions[p.session] = p
            self.changed(p)
            if not p.steps:
                self.finish(p)
        elif len(parts) > 2 and parts[2] == "cancel" and p.state != "done":
            self.finish(p, 6, "Execution interrupted: manually cancelled")
        elif len(parts) == 2:
            self.lock.wait_for(lambda: p.seen > int(query.get("seen", 0)), min(int(query.get("wait", 0)), HOLD_S))
        out = {"process": p.id, "seen": p.seen, "state": p.state, "operation": p.operation, "progress": p.progress}
        if p.state == "running" and p.session:
            out["exchange"] = {"url": f"{self.root}/gp/seram", "session": p.session, "reader": p.instance["reader"]}
        if p.state == "done":
            out["result"] = p.result
        return 200, out

    def changed(self, p):
        p.seen += 1
        self.lock.notify_all()

    def finish(self, p, status=0, message=""):
        p.state, p.progress = "done", 100
        i = p.instance
        if status == 0 and p.final == "gone":
            self.instances.pop(i["id"], None)
        elif status == 0:
            i["state"] = p.final or COMMAND_STATES[p.steps[-1][0]]
            i["operation"] = p.operation
        p.result = {"processInfo": {"processId": p.id, "executionStatus": status, "executionMessage": message,
                                    "startDate": now(), "endDate": now()},
                    "serviceInstanceState": i["state"], "reader": i["reader"],
                    "technicalInformation": self.show(i)["technicalInformation"],
                    "serviceCommandResults": [
                        {"commandExecutionStatus": 0, "personalizationResults":
                         [{"applicationInstanceAid": "F04F54534D0101",
                           "results": [{"tag": "one", "command": "80E2", "response": "9000"}]}] if s == "personalize" else []}
                        for s, _ in p.steps]}
        self.changed(p)

    # ---- GP SERAM ----

    def seram(self, handler, step, session, body):
        with self.lock:
            p = self.sessions.get(session)
            if not p:
                return answer(handler, 404, {})
            if step == "handshake":
                self.handshakes += 1
                p.given = False
                return answer(handler, 200, {"chosenTransportProtocol": "HTTPS", "chosenDataFormat": "application/json",
                                             "chosenVersion": "2.0.0"})
            cookie = handler.headers.get("Cookie", "")
            return answer(handler, 200, *self.order(p, cookie, body))

    def order(self, p, cookie, body):
        """The report is of the batch that the cookie names: of an older one, it is a repeated report."""
        if p.state == "done":
            return {"delay": 0, "ramCommands": [{"ramCommandType": "ramStopCommand"}]}, None
        if p.given and f"batch={p.batch}" in cookie:
            p.given = False
            self.take(p, body)
        polls = body["localAgentStatus"]["localAgentStatusEnum"] == "POLLING"  # it was sent nothing yet, or never saw it
        commands = [{"ramCommandType": "ramStartCommand"}] if polls else []
        if p.state == "done":
            return {"delay": 0, "ramCommands": commands + [{"ramCommandType": "ramStopCommand"}]}, None
        if not p.given:
            p.batch += 1
            p.given = True
        commands.append({"ramCommandType": "seRamCommand", "listOfCAPDU": SCRIPT})
        return {"delay": 0, "ramCommands": commands}, f"batch={p.batch}"

    def take(self, p, body):
        answers = [r for x in body.get("ramResponses", []) for r in x["listOfRAPDU"]]
        self.reports_taken += 1
        if body["localAgentStatus"]["localAgentStatusEnum"] != "PROCESSED":
            p.instance["state"] = IN_ERROR
            return self.finish(p, 7, "Secure component error: SC is not accessible")
        assert len(answers) == len(SCRIPT) and body["localAgentStatus"]["executedSeRamCommands"] == 1, body
        p.answers.append(answers)
        p.done_steps += 1
        p.progress = 100 * p.done_steps // len(p.steps)
        if p.done_steps == len(p.steps):
            return self.finish(p)
        p.operation = p.steps[p.done_steps][1]
        return self.changed(p)


def hang_up(handler):
    """The connection breaks before an answer."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def refused(status, message):
    return {"processInfo": {"processId": "", "executionStatus": status, "executionMessage": message}}


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


def answer(handler, status, body, cookie=None):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        handler.send_response(status)
        if cookie:
            handler.send_header("Set-Cookie", f"{cookie}; Path=/gp/seram; Secure")
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)
    except OSError:
        pass  # the handset was killed meanwhile
