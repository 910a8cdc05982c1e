# SPDX-License-Identifier: Apache-2.0
"""A client of the HTTP API as a provider's or an operator's back office has one (edge, station 1)."""
import http.client
import json
import ssl
import threading

TIMEOUT_S = 120


class Answer:
    """Status, header fields and body of one reply; `json` is None where the body is none."""

    def __init__(self, reply):
        self.status = reply.status
        self.headers = {name.lower(): value for name, value in reply.getheaders()}
        self.text = reply.read().decode()
        is_json = self.headers.get("content-type", "").split(";")[0].endswith("json")
        self.json = json.loads(self.text) if is_json and self.text else None

    def __getitem__(self, name):
        return self.json[name]

    def get(self, name, fallback=None):
        return self.json.get(name, fallback) if isinstance(self.json, dict) else fallback

    def problem(self):
        """(status, code, field) of an RFC 9457 answer; None where it is no such answer."""
        if self.headers.get("content-type", "").split(";")[0] != "application/problem+json":
            return None
        if not isinstance(self.json, dict) or self.json.get("status") != self.status:
            return None
        return self.status, self.json.get("code"), self.json.get("field")

    def __repr__(self):
        return f"{self.status} {self.text[:600]}"


class Client:
    """Connections to one origin, one a thread, opened anew when the server has closed them."""

    def __init__(self, port, ca_file):
        self.port = port
        self.tls = ssl.create_default_context(cafile=ca_file)
        self.mine = threading.local()

    def _connection(self):
        if getattr(self.mine, "connection", None) is None:
            self.mine.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=TIMEOUT_S,
                                                               context=self.tls)
        return self.mine.connection

    def close(self):
        connection = getattr(self.mine, "connection", None)
        if connection:
            connection.close()
        self.mine.connection = None

    def _once(self, method, path, body, headers):
        connection = self._connection()
        try:
            connection.request(method, path, body=body, headers=headers)
            return Answer(connection.getresponse())
        except (http.client.HTTPException, OSError):
            self.close()
            raise

    def call(self, method, path, body=None, headers=None):
        """One request. body: str or bytes as they are, anything else as JSON. A kept connection that the server
        closed meanwhile is tried once more: the server had not read the request."""
        fields = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            fields.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        kept = getattr(self.mine, "connection", None) is not None
        try:
            return self._once(method, path, body, fields)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if not kept:
                raise
            return self._once(method, path, body, fields)
