# SPDX-License-Identifier: Apache-2.0
"""A whole house for a test: tsmd (one node, or provider and owner apart), a message centre, UICCs, embedded
SEs, handsets and a terminal on loopback, in a temporary directory, all ended by pid (edge).

    with House() as house:
        uicc = house.add_uicc()
        order = house.wait(house.order("deploy", uicc, card=house.card()))

TSM_BUILD names the build directory (default build/dev under the source root)."""
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time

from node import BUILD, LAB, ROOT, Node, fixture, make_ca, owner_fixture, provider_fixture  # noqa: F401

sys.path.insert(0, os.path.join(ROOT, "tests", "oracle"))

from cards import Card, ESE_KEY, Ese, Uicc, luhn  # noqa: E402
from client import Answer  # noqa: E402,F401
from ports import lease  # noqa: E402,F401
from process import PATIENCE_S, Died, Process, await_true, run  # noqa: E402,F401
from tap import Skip, Tap, skip_all  # noqa: E402,F401

FINAL = ("DONE", "FAILED", "EXPIRED")
POLL_S = 20
PROVIDER_ROLES, OWNER_ROLES = "sp", "sem,ota,device"


class House:
    """roles: of a single tsmd. two_nodes: provider and owner apart, sharing only HTTPS. smsc_options: words for
    `tsm-lab smsc`, or None to start it later with start_smsc(). uicc_options, ese_options: words for every such
    element. tweak(fixture): changes the fixture data before it is loaded. answer_s: how long every profile waits
    for an answer. callbacks: True, or words for `tsm-lab bank listen`. settings: further options of tsmd."""

    def __init__(self, roles=None, two_nodes=False, smsc_options=(), uicc_options=(), ese_options=(), tweak=None,
                 answer_s=None, callbacks=False, settings=()):
        self.dir = tempfile.mkdtemp(prefix="opentsm-house-")
        self.smsc_options, self.uicc_options, self.ese_options = smsc_options, list(uicc_options), list(ese_options)
        self.tweak, self.answer_s, self.callbacks = tweak, answer_s, callbacks
        self.settings = list(settings)
        self.processes, self.elements = [], []
        self.nodes, self.tokens = {}, {}
        self.smsc = self.smsc_port = self.bank = None
        self.uicc = self.ese = None
        self.serial = self.orders = 0
        self.roles, self.two_nodes = roles, two_nodes

    # ---- up and down ----

    def start(self, cards=True):
        """Everything up; with cards, self.uicc and self.ese are in the inventory."""
        try:
            self._start(cards)
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self, cards):
        make_ca(self.dir)
        if self.callbacks:
            words = ["bank", "listen", "--port", 0, "--log", self.callback_log()]
            self.bank = self._run("bank", words + ([] if self.callbacks is True else list(self.callbacks)))
            self.callback_port = self.bank.port()
        if self.smsc_options is not None:
            self.start_smsc(*self.smsc_options)
        if self.two_nodes:
            self._start_two()
        else:
            roles = ["--roles", self.roles] if self.roles else []
            self._start_node("tsmd", "opentsm", self._data(), roles)
            self.tokens = {"bank": self.nodes["tsmd"].grant("bank", "provider"),
                           "other": self.nodes["tsmd"].grant("other", "provider"),
                           "operator": self.nodes["tsmd"].grant("operator", "operator")}
        self._write_env()
        if cards:
            self.uicc, self.ese = self.add_uicc(), self.add_ese()

    def _start_two(self):
        """Each learns the other's address when both are up, by a second init: that is how a party's row changes."""
        provider, owner = provider_fixture(self._data()), owner_fixture(self._data())
        partner = lambda: ["--listen-partner", f"127.0.0.1:{lease()}"]
        o = self._start_node("owner", "operator", owner, ["--roles", OWNER_ROLES] + partner())
        device = f"https://127.0.0.1:{o.ports['device']}/gp/seram"
        p = self._start_node("provider", "bank", provider, ["--roles", PROVIDER_ROLES, "--device-url", device] + partner())
        provider["parties"][0]["partner_url"] = f"https://127.0.0.1:{o.ports['partner']}"
        owner["parties"][1]["partner_url"] = f"https://127.0.0.1:{p.ports['partner']}"
        p.init(provider)
        o.init(owner)
        self.tokens = {"bank": p.grant("bank", "provider"), "other": p.grant("other", "provider"),
                       "operator": o.grant("operator", "operator")}

    def _data(self):
        data = fixture()
        if self.callbacks:
            data["parties"][1]["callback_url"] = f"http://127.0.0.1:{self.callback_port}/orders"
        for profile in data["profiles"]:
            profile["answer_s"] = self.answer_s or profile["answer_s"]
        if self.tweak:
            self.tweak(data)
        return data

    def _start_node(self, name, common_name, data, options):
        node = Node(self.dir, name, common_name)
        self.nodes[name] = node
        node.init(data)
        smsc = ["--smsc", f"127.0.0.1:{self.smsc_port}"] if self.smsc_port and name != "provider" else []
        node.start(smsc + options + self.settings)
        return node

    def start_smsc(self, *options, port=None):
        """The message centre, also after it was down (then with its old port)."""
        self.smsc = self._run("smsc", ["smsc", "--port", port or lease()] + list(options))
        self.smsc_port = self.smsc.port()
        return self.smsc

    def _run(self, name, words):
        process = Process(self.dir, name, [LAB] + words)
        self.processes.append(process)
        return process

    def stop(self):
        """Ends everything that is still there, then removes the directory (TSM_KEEP=1 leaves it)."""
        for node in self.nodes.values():
            node.stop()
        for process in reversed(self.processes):
            process.end()
        if os.environ.get("TSM_KEEP"):
            print(f"# left: {self.dir}", file=sys.stderr)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self.start(cards=False) if not self.nodes else self

    def __exit__(self, *_):
        self.stop()

    # ---- faults ----

    def node(self, name=None):
        """A node by its name: 'tsmd', or 'provider' and 'owner'."""
        return self.nodes[name or next(iter(self.nodes))]

    def kill9(self, name="tsmd"):
        """SIGKILL to a node of tsmd, or to the process of that name ('smsc', ...)."""
        if name in self.nodes:
            return self.nodes[name].kill9()
        return next(p for p in reversed(self.processes) if p.name == name and p.running()).kill9()

    def restart(self, name="tsmd", *options):
        """Starts a node again after its end, on its old ports and database."""
        self.nodes[name].restart(list(options))

    # ---- elements ----

    def card(self, **changes):
        """Card data of a new customer as a dictionary; a field given as None is left out."""
        self.orders += 1
        body = f"54133300{self.orders:07d}"
        data = {"pan": body + luhn(body), "psn": "01", "expiry": "3012", "effective": "2501", "service_code": "201",
                "cardholder": "DEMO/CUSTOMER", "card_ref": f"card-{self.orders}"}
        data.update(changes)
        return {k: v for k, v in data.items() if v is not None}

    def add_uicc(self, *options, profile="lab-uicc", row=None, known=True, up=True):
        """A new UICC in its handset, in the operator's inventory. row: changes of its inventory line."""
        self.serial += 1
        return self._add(Uicc(self, self.serial, profile), self.uicc_options + list(options), row, known, up)

    def add_ese(self, *options, profile="lab-ese", row=None, known=True, up=True):
        """A new embedded SE, in the inventory."""
        self.serial += 1
        return self._add(Ese(self, self.serial, profile), self.ese_options + list(options), row, known, up)

    def _add(self, element, options, row, known, up):
        if up:
            element.start(*options)
        if known:
            element.row.update(row or {})
            answer = self.import_rows([element.row])
            if answer.status != 200 or answer["refused"]:
                raise Died(f"the inventory refused {element.row}: {answer}")
        self.elements.append(element)
        return element

    def import_rows(self, rows, content_type="application/x-ndjson", token="operator"):
        """Posts inventory lines: dictionaries as NDJSON, or a text as it is."""
        text = rows if isinstance(rows, str) else "".join(json.dumps(r) + "\n" for r in rows)
        return self.api("POST", "/api/v1/secure-elements", text, token, {"Content-Type": content_type})

    def terminal(self, element="uicc"):
        """A payment at an element ('uicc', 'ese' or the element itself): (exit status, what the terminal saw)."""
        element = {"uicc": self.uicc, "ese": self.ese}.get(element, element) if isinstance(element, str) else element
        status, out, err = run([LAB, "terminal", "--se", f"127.0.0.1:{element.port}", "--json"])
        return status, json.loads(out) if out.strip() else {"error": err}

    def verify(self, transaction):
        """Does the bank accept the cryptogram of that payment?"""
        return run([LAB, "bank", "verify", "--transaction", "-"], text=json.dumps(transaction))[0] == 0

    def handset(self, seram, *options, element=None):
        """The local agent of a device, started for the "seram" member of an order's answer."""
        element = element or self.ese
        words = ["handset", "--seram", seram["url"], "--session", seram["session_id"], "--ca", self.ca(), "--se",
                 f"127.0.0.1:{element.port}"]
        return self._run(f"handset-{len(self.processes)}", words + [str(o) for o in options])

    # ---- the API ----

    def api(self, method, path, body=None, token="bank", headers=None):
        """token: 'bank', 'other', 'operator', None for no token, or the bearer token itself."""
        fields = dict(headers or {})
        if token:
            fields["Authorization"] = "Bearer " + self.tokens.get(token, token)
        owner = self.two_nodes and token == "operator"
        return self.node("owner" if owner else "provider" if self.two_nodes else None).api.call(method, path, body,
                                                                                               fields)

    def intake_key(self, token="bank"):
        """The provider's intake key as a file, asked for once."""
        jwk = os.path.join(self.dir, f"intake-{token}.json")
        if not os.path.exists(jwk):
            text = self.api("GET", "/api/v1/intake-key", token=token).text
            with open(jwk, "w") as f:
                f.write(text)
        return jwk

    def seal(self, card, token="bank"):
        """Card data (a dictionary, or any text) as compact JWE to the provider's intake key."""
        command = [LAB, "bank", "encrypt", "--jwk", self.intake_key(token), "--card", "-"]
        status, out, err = run(command, text=json.dumps(card))
        if status != 0:
            raise Died(f"bank encrypt: {err}")
        return out.strip()

    def order_body(self, operation, element, card=None, **more):
        body = {"operation": operation, "service": "demo-payment", "se": element.name if isinstance(element, Card)
                else element, "deadline_s": 300}
        if card is not None:
            body["data"] = self.seal(card)
        body.update(more)
        return {k: v for k, v in body.items() if v is not None}

    def order(self, operation, element, card=None, **more):
        """Posts an order; returns the JSON of its acceptance. Died with the problem where it is refused."""
        answer = self.api("POST", "/api/v1/orders", self.order_body(operation, element, card, **more))
        if answer.status != 202:
            raise Died(f"{operation} was refused: {answer}")
        return answer.json

    def show(self, order, wait=0):
        """The order (its id, or any JSON of it) as it stands."""
        name = order if isinstance(order, str) else order["order"]
        return self.api("GET", f"/api/v1/orders/{name}" + (f"?wait={wait}" if wait else "")).json

    def wait(self, order, seconds=PATIENCE_S):
        """The order in its final state, by long polls."""
        seconds = max(seconds, PATIENCE_S)
        end = time.monotonic() + seconds
        while True:
            seen = self.show(order, wait=POLL_S)
            if seen["state"] in FINAL:
                return seen
            if time.monotonic() > end:
                raise Died(f"the order is {seen['state']} after {seconds} s: {json.dumps(seen)[-1500:]}")

    def run_order(self, operation, element, card=None, handset=(), seconds=PATIENCE_S, **more):
        """Posts, starts the handset where one is needed, waits for the end."""
        order = self.order(operation, element, card, **more)
        if "seram" in order:
            self.handset(order["seram"], *handset, element=element)
        return self.wait(order, seconds)

    # ---- what is left behind ----

    def db(self, node=None):
        """A read-only connection to a node's database."""
        connection = sqlite3.connect(f"file:{self.node(node).db_path}?mode=ro", uri=True, timeout=120)
        connection.row_factory = sqlite3.Row
        return connection

    def rows(self, sql, *values, node=None):
        connection = self.db(node)
        try:
            return [tuple(r) for r in connection.execute(sql, values)]
        finally:
            connection.close()

    def callback_log(self):
        return os.path.join(self.dir, "callbacks.ndjson")

    def callbacks_seen(self):
        """What the bank's callback address accepted so far."""
        if not os.path.exists(self.callback_log()):
            return []
        with open(self.callback_log()) as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def ca(self):
        return os.path.join(self.dir, "tls", "ca.pem")

    def env_path(self):
        return os.path.join(self.dir, "env")

    def _write_env(self):
        provider = self.node("provider" if self.two_nodes else None)
        owner = self.node("owner" if self.two_nodes else None)
        lines = {"TSM_API": f"https://127.0.0.1:{provider.ports['api']}",
                 "TSM_DEVICE": f"https://127.0.0.1:{owner.ports['device']}", "TSM_SMSC": f"127.0.0.1:{self.smsc_port}",
                 "TSM_CA": self.ca(), "TSM_TOKEN_BANK": self.tokens["bank"], "TSM_TOKEN_OTHER": self.tokens["other"],
                 "TSM_TOKEN_OPERATOR": self.tokens["operator"], "TSM_DB": provider.db_path,
                 "TSMD_PID": provider.process.pid}
        with open(self.env_path(), "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.writelines(f"{name}={value}\n" for name, value in lines.items())
