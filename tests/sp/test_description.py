# SPDX-License-Identifier: Apache-2.0
"""Is api/opentsm.json true for every address? Methods, names that nothing has, wrong tokens, bodies and queries: each answer
is one that the description has, in the shape it says. [RFC 9110 15.5, RFC 9457]"""
import json
import os
import re
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap, skip_all  # noqa: E402
from node import ROOT  # noqa: E402

METHODS = ("get", "post", "put", "delete", "patch")
NAMES = ("1", "nobody", "x" * 300, "%ff", "%00", "%2e%2e")  # the last four are nothing's name
BODIES = (b"", b"{", b"[]", b"{}", b'{"shoeSize": 44}', b'{"a": "\\ud800"}', b"[" * 5000, b"{" + b" " * 2_000_000 + b"}")
TOKENS = ("bank", "operator", "x" * 43, None)


class Description:
    """The document; operations of the API listener."""

    def __init__(self):
        with open(os.path.join(ROOT, "api", "opentsm.json"), encoding="utf-8") as f:
            self.document = json.load(f)
        self.paths = {path: item for path, item in self.document["paths"].items() if path.startswith("/api/")}
        self.resolver = jsonschema.RefResolver("", self.document)

    def resolve(self, value):
        while "$ref" in value:
            value = self.resolver.resolve(value["$ref"])[1]
        return value

    def operations(self):
        return [(path, method, item[method]) for path, item in self.paths.items() for method in item if method in METHODS]

    def allowed(self, path):
        """Methods of every path that an address of this one fits, too."""
        address = path.replace("{", "").replace("}", "")
        fits = [re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", p), address) for p in self.paths]
        return {m.upper() for p, fit in zip(self.paths, fits) if fit for m in self.paths[p] if m in METHODS}

    def wrongs(self, operation, answer):
        """What the description has against an answer."""
        response = self.resolve(operation["responses"].get(str(answer.status), {}))
        if not response:
            return [f"{answer.status} is not described: {answer}"]
        content, kind = response.get("content"), answer.headers.get("content-type", "").split(";")[0]
        if not content or kind not in content:
            return [f"{answer.status} with {kind!r}"] if answer.text or content else []
        if not kind.endswith("json"):
            return []
        judge = jsonschema.Draft202012Validator(content[kind]["schema"], resolver=self.resolver)
        return [f"{answer.status} {'/'.join(map(str, e.path))}: {e.message}"[:300] for e in judge.iter_errors(answer.json)]


def ask(house, path, method, media, body=None, token="operator"):
    fields = {"Content-Type": media} if body is not None else {}
    return house.api(method.upper(), path, body, token, fields)


def judge(house, description, path, method, operation):
    media = next(iter(description.resolve(operation.get("requestBody", {})).get("content", {})), None)
    token = "operator" if {"operator": []} in operation.get("security", []) else "bank"
    plain = re.sub(r"\{\w+\}", "1", path)
    tries = [(re.sub(r"\{\w+\}", name, path), b"{}" if media else None, token) for name in NAMES if "{" in path]
    tries += [(plain, body, token) for body in BODIES if media] + [(plain, b"{}" if media else None, t) for t in TOKENS]
    tries += [(f"{plain}?{q['name']}={value}", None, token) for q in map(description.resolve, operation.get("parameters", []))
              if q["in"] == "query" and not media and q["name"] != "wait" for value in ("", "x", "-1", "0", "9" * 30, "%ff")]
    wrongs = []
    for address, body, who in tries:
        answer = ask(house, address, method, media, body, who)
        wrongs += [f"{address[:80]} {(body or b'')[:20]} {who}: {w}" for w in description.wrongs(operation, answer)]
        if answer.status >= 500:
            wrongs.append(f"{address[:80]}: {answer}")
    return wrongs


def an_element_that_is_asked(tap, house, description):
    at = "/api/v1/secure-elements/4F50454E54534D0000AA"
    house.import_rows([{"seid": at[-20:], "profile": "lab-ese"}])
    for path, method in (("", "get"), ("/identify", "post"), ("/acts", "get"), ("/domains", "get"), ("/bookings", "get")):
        operation = description.paths["/api/v1/secure-elements/{ref}" + path][method]
        answer = ask(house, at + path, method, "application/json", "{}" if method == "post" else None)
        tap.ok(answer.status < 300 and not description.wrongs(operation, answer), f"{operation['operationId']} of an element",
               f"{answer} {description.wrongs(operation, answer)}")


def main():
    if not jsonschema:
        skip_all("python3-jsonschema is missing")
    tap, description = Tap(), Description()
    house = House(smsc_options=None).start(cards=False)
    try:
        for path in description.paths:
            answer = ask(house, re.sub(r"\{\w+\}", "x", path), "options", None)
            allow = {m for m in answer.headers.get("allow", "").split(", ") if m != "HEAD"}
            tap.equal(allow, description.allowed(path), f"{path} has the methods that are described")
        for path, method, operation in description.operations():
            wrongs = judge(house, description, path, method, operation)
            tap.ok(not wrongs, f"{operation['operationId']}: what is wrong is answered as described", "\n".join(wrongs))
        an_element_that_is_asked(tap, house, description)
        tap.equal(house.api("GET", "/readyz").status, 200, "and the server is well")
    finally:
        house.stop()
    tap.done()


main()
