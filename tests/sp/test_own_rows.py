# SPDX-License-Identifier: Apache-2.0
"""Every route of api/opentsm.json under /api/v1, walked with the token of another provider and of the elements' owner by
somebody who knows all names of the bank: nothing of the bank is shown, nothing of it is changed. What an owner sees by
design stands in a table. (stations 1 and 2)"""
import json
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap, await_true  # noqa: E402
from node import ROOT  # noqa: E402
from spos import Authority, register  # noqa: E402
from sptsm import Provider, certificate  # noqa: E402
from test_card_art import png  # noqa: E402

SERVICE = "demo-payment"
NOBODY_ANSWERS = "https://127.0.0.1:9/nobody"

# What the owner of an element sees of the provider whose service it carries, by design: (method, path) -> why.
BY_DESIGN = {
    ("GET", "/api/v1/secure-elements/{ref}"): "names of what stands on its own element",
    ("GET", "/api/v1/secure-elements/{ref}/domains"): "the domains of its element, with their holders",
    ("GET", "/api/v1/secure-elements/{ref}/bookings"): "space that is booked on its element, with the provider's reference",
    ("GET", "/api/v1/secure-elements/{ref}/tokens"): "the tokens that it gave for its element",
    ("GET", "/api/v1/admissions"): "whose load files passed its gate, by their hash",
    ("GET", "/api/v1/usage"): "what it did for each provider, with the trace that both have on their bills",
}
METHODS = ("get", "delete", "patch", "post", "put")
# Its own elements' life is the owner's: POST, PATCH and DELETE there are tried on an element without content.
OWNERS = "/api/v1/secure-elements/{ref}"
# Rows that go on by themselves: deliveries to an address where nobody is.
BY_THEMSELVES = {"job": None, "spos_receiver": {"since", "error"}, "process_result": {"attempt", "due", "error"}}


def routes():
    """What looks and takes away before what makes: the walker has nothing of its own under the bank's names then."""
    with open(os.path.join(ROOT, "api", "opentsm.json")) as f:
        paths = json.load(f)["paths"]
    found = [(method.upper(), path) for path, operations in paths.items() if path.startswith("/api/v1/")
             for method in operations if method in METHODS]
    return sorted(found, key=lambda r: (METHODS.index(r[0].lower()), -len(r[1])))


def must(answer, *statuses):
    if answer.status not in (statuses or (200, 201, 202)):
        raise AssertionError(answer)
    return answer


class Bank:
    """One of everything that a provider can have; `names` are the path parameters, `marks` what must not be seen."""

    def __init__(self, house):
        self.house = house
        node = house.node()
        admin = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        authority = Authority(os.path.join(house.dir, "online"), "online")
        self.config = register(admin, NOBODY_ANSWERS, authority.ca, SERVICE)
        self.order = house.run_order("deploy", house.uicc, house.card(), client_ref="bank-ref-7301")
        self.instance = self.order["instance"]["id"]
        self.service = next(s["id"] for s in admin.must("GET", "/services") if s["name"] == SERVICE)
        post = lambda path, body, **more: must(house.api("POST", path, body, **more))  # noqa: E731
        self.art = post(f"/api/v1/card-art?service={SERVICE}&title=bank-picture", png(30, 19), headers={"Content-Type": "image/png"})["hash"]
        self.hash = house.api("GET", "/api/v1/load-files")["load_files"][0]["hash"]
        self.jwk = house.api("GET", "/api/v1/intake-key").json
        must(house.api("PUT", "/api/v1/token-providers/bank-tsp", self.token_provider()))
        must(house.api("PUT", f"/api/v1/services/{SERVICE}/verification", self.verification()))
        post("/api/v1/keys", {"name": "bank-card-key", "kind": "rsa-card", "bits": 1024})
        # Its window does not open while the test runs.
        self.campaign = post("/api/v1/campaigns", self.campaign_body())["campaign"]
        must(house.api("POST", f"/api/v1/campaigns/{self.campaign}/pause"))
        await_true(lambda: house.api("GET", "/api/v1/spos/results")["results"], 10, "a process result of the bank")

    def token_provider(self):
        return {"url": "https://bank-tsp.example/v1", "certificate": certificate().decode(), "patience_s": 3,
                "jwk": {k: self.jwk[k] for k in ("kty", "crv", "x", "y")}}

    @staticmethod
    def verification():
        return {"kind": "hook", "url": "https://bank-hook.example/known"}

    def campaign_body(self):
        hour = time.gmtime().tm_hour
        window = {"from": f"{(hour + 2) % 24:02}:00", "to": f"{(hour + 3) % 24:02}:00", "zone": "UTC"}
        return {"operation": "suspend", "service": SERVICE, "select": {"instances": [self.instance]}, "window": window}

    def names(self, method, path, token):
        """The bank's name for each parameter of a path."""
        spoils = token == "operator" and method != "GET"
        last = path.split("/")[3]
        ids = {"orders": self.order["order"], "instances": self.instance, "campaigns": self.campaign, "works": self.order["order"]}
        name = {"keys": "bank-card-key", "token-providers": "bank-tsp", "providers": "bank", "profiles": "lab-uicc"}
        return {"{id}": ids.get(last, self.campaign), "{name}": name.get(last, "bank"), "{service}": SERVICE,
                "{ref}": next(iter((self.house.ese if spoils else self.house.uicc).name.values())),
                "{action}": "stop", "{aid}": "F04F54534DD00001",
                "{hash}": self.art if last == "card-art" else self.hash}

    def body(self, method, path):
        """A body that would be right with the bank's token."""
        bodies = {
            "/api/v1/orders": {"operation": "terminate", "service": SERVICE, "se": self.house.uicc.name},
            "/api/v1/campaigns": self.campaign_body(),
            "/api/v1/orders/{id}/activation": {"decision": "approve"},
            "/api/v1/services/{service}/verification": self.verification(),
            "/api/v1/token-providers/{name}": self.token_provider(),
            "/api/v1/eligibility": {"service": SERVICE, "se": self.house.uicc.name},
            "/api/v1/keys/{name}/export": {"kbpk": "bank-card-key"},
            "/api/v1/keys": {"name": "bank-card-key", "kind": "rsa-card", "bits": 1024},
        }
        return None if method == "GET" or method == "DELETE" else bodies.get(path, {})

    def marks(self):
        """Words that nobody else may be shown."""
        return {"order": self.order["order"], "trace": self.order["trace"], "client_ref": "bank-ref-7301", "instance": self.instance,
                "campaign": self.campaign, "picture": self.art, "title": "bank-picture", "key": "bank-card-key",
                "token provider": "bank-tsp", "hook": "bank-hook", "SposConfig": self.config, "online system": NOBODY_ANSWERS,
                "load file": self.hash, "service": self.service}

    def rows(self):
        """Every row of the database that has the bank as its party."""
        db = sqlite3.connect(self.house.node().db_path, timeout=120)
        db.row_factory = sqlite3.Row
        kept = {}
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            columns = {r["name"] for r in db.execute(f"PRAGMA table_info({table})")}
            moving = BY_THEMSELVES.get(table, set())
            if "party" in columns and moving is not None:
                rows = db.execute(f"SELECT * FROM {table} WHERE party = (SELECT id FROM party WHERE name = 'bank')").fetchall()
                kept[table] = sorted(repr([(k, r[k]) for k in r.keys() if k not in moving]) for r in rows)
        db.close()
        return kept


def ask(bank, method, path, token):
    at = path
    for word, value in bank.names(method, path, token).items():
        at = at.replace(word, value)
    if (method, path) == ("POST", "/api/v1/card-art"):
        at, body, fields = at + f"?service={bank.service}", png(20, 20), {"Content-Type": "image/png"}
    else:
        body = bank.body(method, path)
        fields = {"Content-Type": "application/json"} if body is not None else None
    return at, bank.house.api(method, at, json.dumps(body) if isinstance(body, dict) else body, token, fields)


def shown(bank, answer, asked):
    """Marks in an answer that were not in the question."""
    return [what for what, mark in bank.marks().items() if mark in answer.text and mark not in asked]


def walk(tap, bank, token):
    seen, broken, touched = [], [], []
    for method, path in routes():
        if token == "operator" and method != "GET" and path == "/api/v1/profiles/{name}":
            continue  # the catalogue of profiles is the owners'
        asked, answer = ask(bank, method, path, token)
        question = asked + json.dumps(bank.body(method, path) or {})
        if (method, path) not in BY_DESIGN or token == "other":
            seen += [(method, asked, what, answer.text[:300]) for what in shown(bank, answer, question)]
        if answer.status >= 500:
            broken.append((method, asked, answer))
        names_it = any(word in path for word in ("/{id}", "/{hash}", "/keys/{name}", "/token-providers/{name}", "{service}"))
        if names_it and answer.status < 400 and not path.startswith(OWNERS) and (method, path) != ("PUT", "/api/v1/token-providers/{name}"):
            touched.append((method, asked, answer))
    tap.ok(not seen, f"no answer to {token} has a word of the bank's", seen)
    tap.ok(not broken, f"and none of {token}'s questions breaks anything", broken)
    tap.ok(not touched, f"what the bank's names name is not there for {token}", touched)


def lists_of_others_are_their_own(tap, bank):
    """A token provider or key of the same name is another one: each party has its own."""
    api = bank.house.api
    theirs = api("GET", "/api/v1/token-providers", token="other")["token_providers"]
    tap.equal([p["name"] for p in theirs], ["bank-tsp"], "what another provider stored under the bank's name is its own")
    tap.equal(api("DELETE", "/api/v1/token-providers/bank-tsp", token="other").status, 204, "and goes")
    tap.equal(len(api("GET", "/api/v1/token-providers")["token_providers"]), 1, "without the bank's")
    for token in ("other", "operator"):
        tap.equal(api("GET", "/api/v1/spos", token=token)["receivers"], [], f"{token} sees no receiver of the bank")
        tap.equal(api("POST", "/api/v1/spos/retry", token=token)["receivers"], 0, f"and {token} wakes none")
    tap.equal(api("POST", "/api/v1/spos/retry")["receivers"], 1, "the bank does")


def main():
    tap = Tap()
    house = House().start()
    try:
        bank = Bank(house)
        before = bank.rows()
        tap.ok(all(before.get(t) for t in ("orders", "service_instance", "bulk", "verification", "token_provider", "card_art", "key_name",
                                           "process_result", "spos_receiver")), "the bank has one of everything",
               {t: len(r) for t, r in before.items()})
        for token in ("other", "operator"):
            walk(tap, bank, token)
            after = bank.rows()
            other = {t: sorted(set(before[t]) ^ set(after[t])) for t in after if after[t] != before[t]}
            tap.equal(other, {}, f"no row of the bank is another after {token}'s walk")
        lists_of_others_are_their_own(tap, bank)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
