# SPDX-License-Identifier: Apache-2.0
"""The app is killed at every network call of a deploy, one after another, and started again: the next start goes on with
what was under way, nothing is executed twice in effect, and answers that were lost are reported once."""
import json
import os
import shutil
import signal
import sys
import tempfile

import backend
from backend import Backend, answer, hang_up

from phone import Phone
from tap import Tap

SERVICE = backend.SERVICE
DEPLOY = ["--install", "--personalize", "--activate", "--finalize"]


def deploy(s, instance, at):
    """A deploy that dies at its at-th message about the network. True when it was killed."""
    c = s.phone.call("deploy", instance, *DEPLOY, *(["--kill-at", at] if at else []))
    return c.status == -signal.SIGKILL, c


def once(s, at):
    """None when a deploy has fewer messages; else what is wrong, or ''."""
    created = s.phone.call("create", SERVICE, "1.3.0")
    instance = created.result["serviceInstance"]["id"]
    killed, c = deploy(s, instance, at)
    if killed:
        c = s.phone.call("continue")
        if c.status == 17:  # it had not come to a process
            c = s.phone.call("deploy", instance, *DEPLOY)
    state = s.b.instances[instance]["state"]
    left = json.loads(s.phone.journal_text())["processes"]
    gone = s.phone.call("terminate", instance).status
    if not killed:
        return None
    good = c.status == 0 and c.result["serviceInstanceState"] == state == backend.OPERATIONAL and left == [] and gone == 0
    return "" if good else f"killed at {at}: {c}\nstate {state}, left {left}, terminate {gone}"


def sweep(s):
    bad, at = [], 1
    while (wrong := once(s, at)) is not None:
        bad += [wrong] if wrong else []
        at += 1
    s.t.ok(not bad and at > 15, f"killed at each of {at - 1} places of a deploy, every one came to its end", "\n".join(bad))
    twice = [p for p in s.b.processes.values() if p.result and p.result["processInfo"]["executionStatus"] == 0
             and p.steps and len(p.answers) not in (len(p.steps), 0)]
    s.t.equal(twice, [], "each service command was taken once")


def again_and_again(s):
    """Killed in each attempt, a little later each time."""
    instance = s.phone.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
    killed, c = deploy(s, instance, 3)
    kills = 1
    while killed and kills < 60:
        c = s.phone.call("continue", "--kill-at", 3 + kills)
        killed = c.status == -signal.SIGKILL
        kills += killed
    s.t.ok(c.status == 0 and s.b.instances[instance]["state"] == backend.OPERATIONAL,
           f"a deploy whose app was killed {kills} times in a row", c)
    s.phone.call("terminate", instance)


def lost_memory(s):
    """The journal is gone with the app: getServiceInstances tells what is under way."""
    instance = s.phone.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
    killed, _ = deploy(s, instance, 8)
    os.remove(os.path.join(s.phone.journal, "opentsm-processes.json"))
    running = s.phone.call("list", SERVICE).result["serviceInstances"][0]["runningProcess"]
    c = s.phone.call("follow", running)
    s.t.ok(killed and c.status == 0 and s.b.instances[instance]["state"] == backend.OPERATIONAL,
           "a reinstalled app finds its process by getServiceInstances", c)
    s.phone.call("terminate", instance)


def torn_journal(s):
    path = os.path.join(s.phone.journal, "opentsm-processes.json")
    for text in ("", "{", "[]", "{\"processes\": 1, \"instances\": {}}", "{\"processes\": [{\"instance\": \"../..\"}], \"instances\": {}}"):
        with open(path, "w") as f:
            f.write(text)
        c = s.phone.call("continue")
        if not s.t.equal(c.status, 17, f"a journal that is none is as good as empty: {text[:20]!r}"):
            print(c)


def lost_answers(s):
    """The Remote Agent's answer is lost, at each call of a deploy in turn: the same report comes again."""
    instance = s.phone.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
    count = {"n": 0, "hung": 0}
    serve = s.b.serve

    def lossy(handler, body):
        count["n"] += "/seram/" in handler.path or "/processes/" in handler.path
        if count["n"] % 2 == 0 and "/remoteManagement" in handler.path and count["hung"] < 6:
            count["hung"] += 1
            handler.wfile, real = open(os.devnull, "wb"), handler.wfile
            serve(handler, body)
            handler.wfile = real
            return hang_up(handler)
        return serve(handler, body)

    s.b.serve = lossy
    taken = s.b.reports_taken
    c = s.phone.call("deploy", instance, *DEPLOY, "--retry-s", 60)
    s.b.serve = serve
    s.t.ok(c.status == 0 and count["hung"] > 0 and s.b.reports_taken - taken == 3,
           f"{count['hung']} answers were lost; three batches were reported three times", f"{s.b.reports_taken - taken}\n{c}")
    s.phone.call("terminate", instance)


def server_away(s):
    instance = s.phone.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
    serve = s.b.serve
    s.b.serve = lambda h, body: answer(h, 500, b"") if "/processes/" in h.path else serve(h, body)
    c = s.phone.call("deploy", instance, "--install", "--retry-s", 1)
    s.t.ok(c.status == 1 and instance in s.phone.journal_text(), "a back end that stays away: the process stays in the journal", c)
    s.b.serve = serve
    c = s.phone.call("continue", instance)
    s.t.ok(c.status == 0 and s.b.instances[instance]["state"] == backend.INSTALLED, "and goes on when it is back", c)


class Scene:
    def __init__(self):
        self.t = Tap()
        self.folder = tempfile.mkdtemp(prefix="opentsm-sdk-")
        self.b = Backend(self.folder).start()
        self.phone = Phone(self.b.url, self.b.ca, backend.TOKEN, self.folder, [["card"]])

    def run(self):
        try:
            for part in (sweep, again_and_again, lost_memory, torn_journal, lost_answers, server_away):
                part(self)
        finally:
            self.b.stop()
            shutil.rmtree(self.folder, ignore_errors=True)
        self.t.done()


if __name__ == "__main__":
    sys.exit(Scene().run())
