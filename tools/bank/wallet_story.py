# SPDX-License-Identifier: Apache-2.0
"""The third customer of the demo, by BSI TR-03165 from end to end: the bank draws its wallet up by REST, an app deploys it
through the device interface, the bank's online system hears of it, and openssl verifies the card's attestation.
usage: wallet_story.py ENV-FILE BUILD-DIR WORK-DIR CARD-HOST:PORT"""
import json
import os
import socket
import subprocess
import sys
import time

from desk import APPLET, Desk, Door, Refused, read_env

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CARD = {"pan": "5413330089099130", "psn": "01", "expiry": "3012", "effective": "2611", "service_code": "201",
        "cardholder": "WALLET/CUSTOMER", "card_ref": "wallet"}
HEARS_S = 20  # how long after the end of a process its result may come


class Story:
    """Checks shown as they are made, kept for the evidence."""

    def __init__(self, env, build, work, element):
        self.env, self.build, self.work, self.element = read_env(env), build, work, element
        self.fancy = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.checks = []

    def headline(self, text):
        print(f"\n\033[1m{text}\033[0m" if self.fancy else f"\n{text}", flush=True)

    def line(self, text):
        print(f"    {text}", flush=True)

    def check(self, good, name, detail=""):
        mark = ("\033[32m✓\033[0m" if good else "\033[31m✗\033[0m") if self.fancy else ("ok  " if good else "FAIL")
        print(f"  {mark} {name}" + (f" ({detail})" if detail else ""), flush=True)
        self.checks.append({"name": f"TR-03165: {name}", "ok": bool(good), "detail": detail})
        return good

    def lab(self, *words, text=None):
        return subprocess.run([os.path.join(self.build, "lab/tsm-lab"), *words], input=text, capture_output=True, text=True)

    def file(self, name, text):
        path = os.path.join(self.work, name)
        with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.write(text)
        return path

    def app(self, *words):
        """A method of the TSM-API on the handset: (exit status, its result)."""
        done = self.lab("handset", "--tsm-api", self.env["TSM_DEVICE"] + "/tsm-api/1.0", "--token-file",
                        self.file("app.token", self.env["TSM_TOKEN_APP"]), "--ca", self.env["TSM_CA"], "--se", self.element,
                        "--journal", self.work, "--json", *words)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        return done.returncode, json.loads(lines[-1]) if lines else {"error": done.stderr[-300:]}

    def heard(self, n):
        """The process results that the online system has, when there are n of them, of this service."""
        end = time.monotonic() + HEARS_S
        while True:
            with open(self.env["TSM_SPOS_LOG"]) as f:
                results = [json.loads(x)["result"] for x in f if x.endswith("\n")]
            mine = [r for r in results if r["serviceId"] == self.service]
            if len(mine) >= n or time.monotonic() > end:
                return mine
            time.sleep(0.05)


def card_answers(address, *commands):
    """APDUs to an element in vpcd framing: the last answer."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 10) as s, s.makefile("rb") as answers:
        for octets in (b"\x01", *commands):
            s.sendall(len(octets).to_bytes(2, "big") + octets)
            if len(octets) > 1:
                answer = answers.read(int.from_bytes(answers.read(2), "big"))
        return answer


def the_bank_draws_up(s):
    s.headline("Wallet. The bank draws up service, flavor and version (TR-03165 4.1)")
    desk = Desk(s.env)
    config = desk.listens_at(s.env["TSM_SPOS"], s.env["TSM_SPOS_CA"])
    s.service, s.flavor = desk.draw_up("wallet", os.path.join(s.build, "tools/demo-payment.cap"), config)
    s.line(f"service {s.service}, flavor {s.flavor}, version 1.0.0, results to {s.env['TSM_SPOS']}")
    s.check(True, "service, flavor and version are published")


def the_app_deploys(s):
    s.headline("Wallet. The app deploys it (TSM-API, 4.2)")
    status, made = s.app("create", s.service, "1.0.0")
    instance = made.get("serviceInstance") or {}
    if not s.check(status == 0, "createServiceInstance", instance.get("stateName", json.dumps(made)[:200])):
        return None
    bank = Door(s.env["TSM_API"], s.env["TSM_CA"], s.env["TSM_TOKEN_BANK"])
    jwk = s.file("intake.jwk", json.dumps(bank.json("GET", "/api/v1/intake-key")))
    sealed = s.lab("bank", "encrypt", "--jwk", jwk, "--card", "-", text=json.dumps(CARD)).stdout.strip()
    status, got = s.app("deploy", instance["id"], "--install", "--personalize", "cardData=@" + s.file("card.jwe", sealed),
                        "--activate", "--finalize")
    if not s.check(status == 0, "deployService: install, personalise, activate, finalise",
                   got.get("serviceInstanceStateName", json.dumps(got)[:200])):
        return None
    paid = s.lab("terminal", "--se", s.element, "--json")
    verified = s.lab("bank", "verify", "--transaction", "-", text=paid.stdout)
    s.check(paid.returncode == 0 and verified.returncode == 0, "the terminal gets a cryptogram, the bank finds it right")
    return instance["id"]


def the_bank_hears(s, n, operations, states):
    results = s.heard(n)
    last = results[-1] if len(results) == n else {}
    s.check(last.get("executionStatus") == 0 and last.get("requestedOperations") == operations and
            (last.get("serviceStartState"), last.get("serviceEndState")) == states,
            f"the online system heard of the process (SPOS, 4.3): operations {operations}, states {states[0]} to {states[1]}",
            last.get("processId", "nothing came"))
    return last.get("processId", "")


def openssl_verifies(s, process):
    s.headline("Wallet. The card attests it (appendix A), openssl verifies")
    aid = bytes.fromhex(APPLET)
    answer = card_answers(s.element, bytes([0, 0xA4, 4, 0, len(aid)]) + aid + b"\0", bytes.fromhex("80CA7F4100"))
    if not s.check(answer[-2:] == b"\x90\x00" and answer[:2] == b"\x7F\x41", "the card gives its token", f"{len(answer)} octets"):
        return
    token = os.path.join(s.work, "attestation.bin")
    with open(token, "wb") as f:
        f.write(answer[:-2])
    bank = Door(s.env["TSM_API"], s.env["TSM_CA"], s.env["TSM_TOKEN_BANK"])
    certificate = s.file("attestation.pem", bank.json("GET", "/api/v1/attestation-key")["certificate"])
    verify = ["sh", os.path.join(TOOLS, "verify-attestation.sh"), token, certificate]
    s.line("$ " + " ".join(["tools/verify-attestation.sh", token, certificate, s.flavor, process]))
    done = subprocess.run([*verify, s.flavor, process], capture_output=True, text=True)
    for text in (done.stdout + done.stderr).splitlines():
        s.line(text)
    s.check(done.returncode == 0, "signature, key, flavor and process are right")
    done = subprocess.run([*verify, "00000000-0000-4000-8000-000000000000"], capture_output=True, text=True)
    s.check(done.returncode != 0, "for another flavor it is refused", done.stderr.strip())


def play(s):
    the_bank_draws_up(s)
    instance = the_app_deploys(s)
    if not instance:
        return
    process = the_bank_hears(s, 1, [10, 11, 12], (1, 21))
    openssl_verifies(s, process)
    s.headline("Wallet. The customer leaves")
    status, _ = s.app("terminate", instance)
    s.check(status == 0, "terminateService")
    the_bank_hears(s, 2, [40], (21, 1))


def add_evidence(s, path):
    """To what the story before has proved."""
    with open(path) as f:
        evidence = json.load(f)
    evidence["checks"] += s.checks
    evidence["passed"] += sum(c["ok"] for c in s.checks)
    evidence["failed"] += sum(not c["ok"] for c in s.checks)
    with open(path + ".new", "w") as f:
        json.dump(evidence, f, indent=2)
    os.replace(path + ".new", path)


def main(env, build, work, element):
    s = Story(env, build, os.path.join(work, "wallet"), element)
    os.makedirs(s.work, exist_ok=True)
    start = time.monotonic()
    try:
        play(s)
    except (Refused, OSError, KeyError, ValueError) as e:
        s.check(False, "the story goes on", str(e))
    failed = sum(not c["ok"] for c in s.checks)
    print(f"\n  {len(s.checks) - failed} checks held, {failed} did not, in {time.monotonic() - start:.1f} s", flush=True)
    if os.path.exists(os.path.join(work, "evidence.json")):
        add_evidence(s, os.path.join(work, "evidence.json"))
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
