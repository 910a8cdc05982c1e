# SPDX-License-Identifier: Apache-2.0
"""A GP SERAM Local Agent in Python whose every step a test decides: what an agent and its element may do between two
batches (edge, station 9). [GP SERAM 2.0.0 HTTP REST Binding]"""
import http.client
import json
import ssl
from urllib.parse import urlsplit

import house  # noqa: F401  (puts the oracle's folder on the path)
from transport import TcpCard

ANSWER_S = 40  # "doesn't receive an HTTP response within a 40 seconds delay"


class Agent:
    """cookies: keeps those of the server, as an agent should. before(agent): called before each report."""

    def __init__(self, home, seram, element, cookies=True, before=None):
        self.url, self.session = urlsplit(seram["url"]), seram["session_id"]
        self.tls = ssl.create_default_context(cafile=home.ca())
        self.element, self.keeps_cookies, self.before = element, cookies, before
        self.cookie = self.connection = None
        self.batches = self.executed = 0
        self.started = self.stopped = False
        self.card = TcpCard("127.0.0.1", element.port)

    def post(self, path, body, lose_answer=False):
        """One request on the kept connection; with lose_answer the server acts on it and nobody reads its answer."""
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=ANSWER_S,
                                                          context=self.tls)
        fields = {"Content-Type": "application/json"}
        if self.cookie and self.keeps_cookies:
            fields["Cookie"] = self.cookie
        self.connection.request("POST", f"{self.url.path}/{path}?sessionId={self.session}", json.dumps(body), fields)
        answer = self.connection.getresponse()
        text = answer.read()
        if lose_answer:
            self.connection.close()
            self.connection = None
            return None
        cookie = answer.getheader("Set-Cookie")
        self.cookie = cookie.split(";")[0] if cookie else self.cookie
        return json.loads(text) if answer.status == 200 else {}

    def handshake(self):
        return self.post("handshake", {"secureElements": [{"seType": "eSE", "seId": self.element.seid}],
                                       "supportedTransports": ["HTTPS"], "supportedDataFormats": ["application/json"],
                                       "supportedVersions": ["2.0.0"]})

    def execute(self, order):
        """The commands of an order; returns the report on them."""
        status, responses = "POLLING", []
        for command in order.get("ramCommands", []):
            kind, status = command["ramCommandType"], "PROCESSED"
            self.started = self.started or kind == "ramStartCommand"
            self.stopped = kind == "ramStopCommand"
            if kind == "seRamCommand":
                responses.append({"ramResponseType": "seRamResponse",
                                  "listOfRAPDU": [self.transmit(c) for c in command["listOfCAPDU"]]})
        self.batches += bool(responses)
        report = {"localAgentStatus": {"localAgentStatusEnum": status, "executedSeRamCommands": len(responses)}}
        return dict(report, ramResponses=responses) if responses else report

    def transmit(self, command):
        assert self.started, "an APDU came before the Start Command"
        data, sw = self.card.transmit(bytes.fromhex(command))
        self.executed += 1
        return (data + sw.to_bytes(2, "big")).hex().upper()

    def run(self):
        """Until the Stop Command."""
        self.handshake()
        report = {"localAgentStatus": {"localAgentStatusEnum": "POLLING", "executedSeRamCommands": 0}}
        while not self.stopped:
            lose = bool(self.before and self.before(self))
            order = self.post("remoteManagement", report, lose)
            if order is not None:
                report = self.execute(order)
        self.card.close()
        self.connection.close()
