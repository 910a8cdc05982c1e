# SPDX-License-Identifier: Apache-2.0
"""A server that answers as it is told and remembers what it was asked, for the tests of the client verbs (loopback)."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Asked:
    """One request as it came."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body


class Server:
    """Answers by (method, path without query): a value is a status and a document, or a list of them used in turn (the
    last one again and again). Everything else is 404."""

    def __init__(self):
        self.answers, self.asked = {}, []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, answer = outer.answer(Asked(self.command, self.path, self.headers, body))
                text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def answer(self, asked):
        with self.lock:
            self.asked.append(asked)
            found = self.answers.get((asked.method, asked.path.split("?")[0]), (404, {"title": "nothing here"}))
            if isinstance(found, list):
                return found.pop(0) if len(found) > 1 else found[0]
            return found

    def expect(self, method, path, answer):
        with self.lock:
            self.asked.clear()
            self.answers = {(method, path): answer}

    def close(self):
        self.http.shutdown()
        self.http.server_close()
