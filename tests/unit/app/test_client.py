# SPDX-License-Identifier: Apache-2.0
"""The client verbs of `tsm`, run as a user runs them, against a server that answers as it is told."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["TSM_SOURCE_ROOT"], "tests", "oracle"))
from server import Server  # noqa: E402
from tap import Tap  # noqa: E402

TSM = os.environ["TSM_PROGRAM"]
TOKEN = "token-of-the-bank-0123456789"
OPERATOR = "token-of-the-operator-9876543210"
ORDERS, ELEMENTS = "/api/v1/orders", "/api/v1/secure-elements"

tap = Tap()
server = Server()
folder = tempfile.TemporaryDirectory()
told = []  # everything that was printed, to look for tokens in it


def path_of(name, text):
    path = os.path.join(folder.name, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


settings = path_of("env", "# made by a test\nTSM_API=%s\nTSM_TOKEN_BANK=%s\nTSM_TOKEN_OPERATOR='%s'\n"
                   % (server.url, TOKEN, OPERATOR))


def tsm(*args, env=None, stdin=None, fds=(), use=settings):
    """Runs the program in a folder without var/dev/env and in an environment without settings."""
    line = [TSM, *args] + (["--env", use] if use else [])
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TSM_")}
    r = subprocess.run(line, input=stdin, capture_output=True, text=True, cwd=folder.name, pass_fds=fds, timeout=60,
                       env={**clean, **(env or {})}, check=False)
    told.append(r.stdout + r.stderr)
    return r


def bearer():
    return server.asked[-1].headers.get("Authorization")


def has(text, *parts):
    missing = [p for p in parts if p not in text]
    assert not missing, "%r not in:\n%s" % (missing, text)


ORDER = {"order": "77", "trace": "0a" * 16, "operation": "deploy", "service": "demo-payment", "flavor": "", "state": "RUNNING",
         "created": "2026-11-22T01:02:03.000004Z", "updated": "2026-11-22T01:02:04.000004Z",
         "deadline": "2026-11-22T02:02:03.000004Z", "se": {"iccid": "89490000000000000001"},
         "instance": {"id": "5", "state": "INITIALIZED"}, "timeline": []}
LINE = {"at": "2026-11-22T01:02:03.500000Z", "station": 6, "role": "sem", "step": "CREATE_DOMAIN", "text": "the domain is made",
        "apdus": [{"command": "80E60C00" + "AB" * 60, "answer": "(1) 9000", "text": "INSTALL [for install]"},
                  {"command": "80E80000" + "CD" * 40 + "..(240)", "answer": "9000", "text": "LOAD"}]}
LATER = {**LINE, "at": "2026-11-22T01:02:03.400000Z", "step": "LOAD", "text": "told late", "apdus": []}
FAILURE = {"owner": "SE", "reason": "the element has no memory left", "next_action": "free memory, order again"}


def post_sends_the_file():
    body = path_of("order.json", '{"operation": "deploy"}')
    server.expect("POST", ORDERS, (202, {**ORDER, "state": "ACCEPTED", "seram": {"url": "https://d/gp", "session_id": "s-1"}}))
    r = tsm("order", "post", body, "--ref", "mine-1")
    assert r.returncode == 0, r.stderr
    has(r.stdout, "order 77", "ACCEPTED", "0a" * 16, "s-1")
    asked = server.asked[-1]
    assert asked.body == b'{"operation": "deploy"}' and asked.headers["Content-Type"] == "application/json"
    assert bearer() == "Bearer " + TOKEN and asked.headers["Idempotency-Key"] == "mine-1"
    r = tsm("order", "post", "-", "--json", stdin='{"a":1}')
    assert r.returncode == 0 and json.loads(r.stdout)["order"] == "77" and server.asked[-1].body == b'{"a":1}'


def refusals_are_sentences():
    problem = {"type": "about:blank", "title": "a member is missing", "status": 400, "detail": "service is missing",
               "code": "MISSING_FIELD", "field": "service", "trace": "ab" * 16}
    server.expect("POST", ORDERS, (400, problem))
    r = tsm("order", "post", "-", stdin="{}")
    assert r.returncode == 1 and r.stdout == "", r.stdout
    has(r.stderr, "a member is missing", "what:  service is missing", "where: field service", "who:   you", "next:  mend",
        "ab" * 16)
    r = tsm("order", "post", "-", "--json", stdin="{}")
    assert r.returncode == 1 and json.loads(r.stdout) == problem
    for status, who in ((401, "you"), (404, "you"), (409, "you"), (503, "the server"), (500, "the server")):
        server.expect("GET", ORDERS + "/1", (status, b"no JSON here"))
        r = tsm("order", "show", "1")
        assert r.returncode == 1
        has(r.stderr, "(%d)" % status, "who:   " + who, "next:")


def show_tells_the_timeline():
    server.expect("GET", ORDERS + "/77", (200, {**ORDER, "state": "FAILED", "timeline": [LINE], "failure": FAILURE}))
    r = tsm("order", "show", "77")
    assert r.returncode == 0, r.stderr
    has(r.stdout, "order 77  FAILED  deploy of demo-payment on iccid 89490000000000000001", "01:02:03.500   6  sem",
        "CREATE_DOMAIN", "INSTALL [for install]", "..(64)", "..(240)", "< (1) 9000", "owner:  SE",
        "reason: the element has no memory left", "next:   free memory, order again")
    r = tsm("order", "show", "77", "--full")
    has(r.stdout, "AB" * 60)
    assert json.loads(tsm("order", "show", "77", "--json").stdout)["timeline"] == [LINE]


def a_terminal_is_not_steered():
    server.expect("GET", ORDERS + "/77", (200, {**ORDER, "timeline": [{**LINE, "text": "a\x1b[31mb\x7fc\x9bd\ne"}]}))
    r = tsm("order", "show", "77")
    has(r.stdout, "a?[31mb?c??d?e")
    server.expect("GET", ORDERS + "/77", (404, {"title": "gone\x1b[2J", "detail": "x\ry"}))
    has(tsm("order", "show", "77").stderr, "gone?[2J", "x?y")


def wait_prints_each_line_once():
    first, second = {**ORDER, "timeline": [LINE]}, {**ORDER, "timeline": [LATER, LINE]}
    server.expect("GET", ORDERS + "/77", [(200, first), (200, first), (200, second), (200, {**second, "state": "DONE"})])
    r = tsm("order", "wait", "77")
    assert r.returncode == 0, r.stderr
    assert r.stdout.count("the domain is made") == 1 and r.stdout.count("told late") == 1 and r.stdout.endswith("DONE\n")
    assert [a.path.partition("?")[2] for a in server.asked] == ["", "wait=1", "wait=1", "wait=1"]


def wait_says_how_it_ended():
    for state, status in (("DONE", 0), ("FAILED", 3), ("EXPIRED", 3)):
        server.expect("GET", ORDERS + "/77", (200, {**ORDER, "state": state}))
        assert tsm("order", "wait", "77").returncode == status
        assert tsm("order", "wait", "77", "--json").returncode == status
    server.expect("GET", ORDERS + "/77", (200, ORDER))
    r = tsm("order", "wait", "77", "--timeout", "1")
    assert r.returncode == 1
    has(r.stderr, "not over after 1 s")


def list_is_a_table():
    server.expect("GET", ORDERS, (200, {"orders": [ORDER, {**ORDER, "state": "FAILED", "failure": FAILURE}], "limit": 2}))
    r = tsm("order", "list", "--limit", "2", "--before", "900")
    assert r.returncode == 0 and len(r.stdout.splitlines()) == 2
    has(r.stdout, "77", "RUNNING", "iccid 8949", "SE: the element has no memory left")
    assert server.asked[-1].path == ORDERS + "?limit=2&before=900"


def import_goes_in_parts():
    rows = ["8949%015d,uicc,%s" % (i, "x" * 200) for i in range(30000)]
    path = path_of("many.csv", "iccid,profile,pad\n" + "\n".join(rows) + "\n")
    refused = {"line": 3, "field": "iccid", "reason": "not of the right form"}
    server.expect("POST", ELEMENTS, [(200, {"added": 10, "unchanged": 1, "refused_count": 1, "refused": [refused]}),
                                     (200, {"added": 20, "unchanged": 2, "refused_count": 1, "refused": [dict(refused)]})])
    r = tsm("se", "import", path)
    assert len(server.asked) == 2 and bearer() == "Bearer " + OPERATOR
    bodies = [a.body.decode().splitlines() for a in server.asked]
    assert all(b[0] == "iccid,profile,pad" for b in bodies) and bodies[0][1:] + bodies[1][1:] == rows
    assert all(a.headers["Content-Type"] == "text/csv" for a in server.asked)
    assert r.returncode == 1, r.stderr
    has(r.stdout, "line 3: iccid: not of the right form", "line %d: iccid" % (len(bodies[0]) + 2),
        "30 added, 0 changed, 3 unchanged, 2 refused")


def a_file_key_goes_before_each_part():
    rows = ['{"iccid":"8949%015d","sealed":"%s"}' % (i, "0" * 200) for i in range(20000)]
    keys = ['{"file_key":"a.b.c.d.1"}', '{"file_key":"a.b.c.d.2"}']
    path = path_of("many.ndjson", "\n".join([keys[0], rows[0], keys[1], *rows[1:]]))
    server.expect("POST", ELEMENTS, (200, {"added": 1, "unchanged": 0, "refused": []}))
    r = tsm("se", "import", path, "--json")
    assert r.returncode == 0 and json.loads(r.stdout) == {"added": 3, "changed": 0, "unchanged": 0, "refused_count": 0,
                                                               "refused": []}, r.stdout
    bodies = [a.body.decode().splitlines() for a in server.asked]
    assert [b[0] for b in bodies] == [keys[0], keys[1], keys[1]] and bodies[0][1:] == rows[:1]
    assert bodies[1][1:] + bodies[2][1:] == rows[1:]


def import_of_other_forms():
    server.expect("POST", ELEMENTS, (200, {"added": 0, "unchanged": 2, "refused": []}))
    assert tsm("se", "import", "-", "--format", "json", stdin="[{},{}]").returncode == 0
    assert server.asked[-1].headers["Content-Type"] == "application/json" and server.asked[-1].body == b"[{},{}]"
    r = tsm("se", "import", "-", stdin="[]")
    assert r.returncode == 2
    has(r.stderr, "--format")
    r = tsm("se", "import", path_of("long.ndjson", "x" * 9000 + "\n"))
    assert r.returncode == 1
    has(r.stderr, "line 1 is longer")
    server.expect("POST", ELEMENTS, (403, {"title": "not yours"}))
    assert tsm("se", "import", path_of("one.csv", "iccid\n8949\n")).returncode == 1


def looks():
    server.expect("GET", ELEMENTS + "/89490000000000000001", (200, {"id": "9", "iccid": "89490000000000000001", "state": 0}))
    r = tsm("se", "show", "89490000000000000001")
    assert r.returncode == 0 and bearer() == "Bearer " + OPERATOR
    has(r.stdout, "iccid     89490000000000000001")
    assert tsm("se", "show", "../orders/1").returncode == 2
    server.expect("GET", "/api/v1/intake-key", (200, {"kty": "EC", "crv": "P-256"}))
    r = tsm("key", "intake")
    assert r.returncode == 0 and json.loads(r.stdout)["crv"] == "P-256"


def health_asks_without_a_token():
    server.expect("GET", "/healthz", (200, b"alive"))
    r = tsm("health")
    assert r.returncode == 1 and "Authorization" not in server.asked[0].headers
    has(r.stdout, "healthy, not ready")
    server.answers[("GET", "/readyz")] = (200, b"")
    r = tsm("health", "--json")
    assert r.returncode == 0 and json.loads(r.stdout) == {"healthy": True, "ready": True}


def tokens_come_from_four_places():
    server.expect("GET", ORDERS, (200, {"orders": []}))
    api = ("--api", server.url)
    path = path_of("token", "from-a-file\n")
    assert tsm("order", "list", "--token", "@" + path).returncode == 0 and bearer() == "Bearer from-a-file"
    reading, writing = os.pipe()
    os.write(writing, b"from-a-descriptor")
    os.close(writing)
    assert tsm("order", "list", "--token", "fd:%d" % reading, fds=(reading,)).returncode == 0
    os.close(reading)
    assert bearer() == "Bearer from-a-descriptor"
    mine = {"MINE": "from-a-variable", "TSM_TOKEN": "general", "TSM_TOKEN_BANK": "banks"}
    assert tsm("order", "list", *api, "--token", "env:MINE", env=mine, use=None).returncode == 0
    assert bearer() == "Bearer from-a-variable"
    assert tsm("order", "list", *api, env=mine, use=None).returncode == 0 and bearer() == "Bearer general"
    del mine["TSM_TOKEN"]
    assert tsm("order", "list", *api, env=mine, use=None).returncode == 0 and bearer() == "Bearer banks"
    assert tsm("order", "list", env=mine).returncode == 0 and bearer() == "Bearer " + TOKEN


def the_default_file_is_last():
    os.makedirs(os.path.join(folder.name, "var", "dev"))
    path = path_of("var/dev/env", "TSM_API=http://127.0.0.1:1\nTSM_TOKEN_BANK=of-the-default-file\n")
    server.expect("GET", ORDERS, (200, {"orders": []}))
    assert tsm("order", "list", env={"TSM_API": server.url}, use=None).returncode == 0
    assert bearer() == "Bearer of-the-default-file"
    os.remove(path)


def a_token_in_argv_is_refused_and_not_repeated():
    r = tsm("order", "list", "--token", "secret-in-argv")
    assert r.returncode == 2 and "secret-in-argv" not in r.stdout + r.stderr
    has(r.stderr, "fd:N")


def mistakes_in_use():
    for line in (("order", "show"), ("order", "show", "1", "2"), ("order", "show", "x1"), ("order", "list", "--full"),
                 ("order", "list", "--limit", "101"), ("order", "wait", "1", "--timeout", "x"), ("order", "post", "--nothing")):
        assert tsm(*line).returncode == 2, line
    r = tsm("order", "list", use=None)
    assert r.returncode == 2
    has(r.stderr, "TSM_API")
    r = tsm("order", "list", use=os.path.join(folder.name, "none"))
    assert r.returncode == 1
    r = tsm("order", "post", "--help")
    assert r.returncode == 0
    has(r.stdout, "usage: tsm order post")


def trouble_on_the_way():
    r = tsm("order", "list", "--api", "http://127.0.0.1:1")
    assert r.returncode == 1
    has(r.stderr, "http://127.0.0.1:1", "next:")
    r = tsm("order", "list", "--api", "http://127.0.0.1:1", "--json")
    assert r.returncode == 1 and json.loads(r.stdout)["code"] == "PEER_DOWN"
    r = tsm("order", "list", "--api", "http://192.0.2.1")
    assert r.returncode == 1
    has(r.stderr, "loopback")
    server.expect("GET", ORDERS, (200, b"{no json"))
    assert tsm("order", "list").returncode == 1
    assert tsm("order", "post", os.path.join(folder.name, "none")).returncode == 1


def nothing_printed_holds_a_token():
    for text in told:
        for token in (TOKEN, OPERATOR, "from-a-", "general", "of-the-default-file", "secret-in-argv"):
            assert token not in text, text


for case in (post_sends_the_file, refusals_are_sentences, show_tells_the_timeline, a_terminal_is_not_steered,
             wait_prints_each_line_once, wait_says_how_it_ended, list_is_a_table, import_goes_in_parts,
             a_file_key_goes_before_each_part, import_of_other_forms, looks, health_asks_without_a_token,
             tokens_come_from_four_places, the_default_file_is_last, a_token_in_argv_is_refused_and_not_repeated,
             mistakes_in_use, trouble_on_the_way, nothing_printed_holds_a_token):
    tap.run("client: " + case.__name__.replace("_", " "), case)
server.close()
folder.cleanup()
tap.done()
