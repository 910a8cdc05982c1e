# SPDX-License-Identifier: Apache-2.0
"""Kannel in a directory of its own: bearerbox bound to a message centre, smsbox with its HTTP side (edge, loopback)."""
import os
import shutil
import socket
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from house import Process, await_true, lease, skip_all

START_S = 120
CONF = """group = core
admin-port = {admin}
admin-password = none
smsbox-port = {box}
box-allow-ip = "127.0.0.1"
dlr-storage = internal
log-file = "{folder}/bearerbox.log"

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = {centre}
transceiver-mode = true
smsc-username = kannel
smsc-password = none
system-type = ""
interface-version = 34
source-addr-ton = 0
source-addr-npi = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
log-file = "{folder}/smsbox.log"

group = sendsms-user
username = tester
password = tester
max-messages = 1
concatenation = false

group = sms-service
keyword = default
catch-all = true
get-url = "http://127.0.0.1:{heard}/heard?from=%p&udh=%u&data=%b"
max-messages = 0
"""


class Heard(BaseHTTPRequestHandler):
    """What comes from a phone: udh and data as octets, kept in server.messages."""

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        octets = lambda name: query.get(name, [""])[0].encode("latin-1")
        with self.server.came:
            self.server.messages.append((query.get("from", [""])[0].strip(), octets("udh"), octets("data")))
            self.server.came.notify_all()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Kannel:
    def __init__(self, house, centre_port):
        self.house = house
        if not (shutil.which("bearerbox") or os.path.exists("/usr/sbin/bearerbox")):
            skip_all("kannel is not installed")
        self.server = HTTPServer(("127.0.0.1", 0), Heard)
        self.server.messages, self.server.came = [], threading.Condition()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        admin, box, self.sendsms = (lease() for _ in range(3))  # Kannel takes no port 0
        self.conf = os.path.join(house.dir, "kannel.conf")
        with open(self.conf, "w") as f:
            f.write(CONF.format(admin=admin, box=box, sendsms=self.sendsms, centre=centre_port, folder=house.dir,
                                heard=self.server.server_address[1]))
        self._run("bearerbox")
        self._open(box)
        self._run("smsbox")
        self._open(self.sendsms)

    def _run(self, name):
        path = shutil.which(name) or f"/usr/sbin/{name}"
        self.house.processes.append(Process(self.house.dir, name, [path, "-v", "4", self.conf]))

    def _open(self, port):
        def connects():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", port)) == 0
        await_true(connects, START_S, f"kannel listens on {port}")

    def send(self, number, header, body):
        """A SIM data download: class 2, 8 bit, protocol 7F. What smsbox says."""
        fields = {"username": "tester", "password": "tester", "from": "8899", "to": number, "coding": "1", "mclass": "2",
                  "alt-dcs": "1", "pid": "127"}
        query = urllib.parse.urlencode(fields) + "".join(
            f"&{name}=" + urllib.parse.quote_from_bytes(value) for name, value in (("udh", header), ("text", body)))
        with urllib.request.urlopen(f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms?{query}", timeout=START_S) as answer:
            return answer.status, answer.read().decode()

    def hear(self, seconds=START_S):
        """The first message of a phone: (number, header, data)."""
        with self.server.came:
            self.server.came.wait_for(lambda: self.server.messages, seconds)
            return self.server.messages[0] if self.server.messages else None

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
