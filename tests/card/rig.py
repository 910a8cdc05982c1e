# SPDX-License-Identifier: Apache-2.0
"""`tsm card` against the laboratory's card behind a pcscd of its own (edge: processes, files).

TSM_BUILD names the build directory (default build/dev under the source root)."""
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("TSM_SOURCE_ROOT", os.path.dirname(os.path.dirname(HERE)))
BUILD = os.path.abspath(os.environ.get("TSM_BUILD", os.path.join(ROOT, "build", "dev")))
for folder in ("oracle", "journey"):
    sys.path.insert(0, os.path.join(ROOT, "tests", folder))
os.environ.setdefault("TSM_LAB", os.path.join(BUILD, "lab", "tsm-lab"))

from labcard import LabCard, VARIANTS, levels, number  # noqa: E402,F401
from pcscd import READER, VPCD, NoCard, Pcscd, await_card, enter  # noqa: E402,F401
from tap import Tap  # noqa: E402,F401

TSM = os.path.join(BUILD, "src", "app", "tsm")
DEMO_CAP = os.environ.get("TSM_DEMO_CAP", os.path.join(BUILD, "tools", "demo-payment.cap"))
FIXTURE = os.path.join(ROOT, "packaging", "laboratory", "fixture.json")
FACTORY = "404142434445464748494A4B4C4D4E4F"
OTHER = "505152535455565758595A5B5C5D5E5F"
PACKAGE, PAYMENT, PPSE_MODULE = "F04F54534D0001", "F04F54534D000101", "F04F54534D000102"
DOMAIN = "F04F54534DD00001"
ISD = "A000000151000000"
END_SECONDS = 120
FIRST_LOOK, LAST_LOOK = 4000, 20000  # milliseconds
DONE, FAILED, USAGE = 0, 1, 2


class Inserted(LabCard):
    """A card in the reader; the with block is left when PC/SC has seen it go. log() is what the card saw."""

    def __init__(self, *options):
        super().__init__("--vpcd", VPCD, "-v", *options)
        self.seen = tempfile.TemporaryFile()

    def __enter__(self):
        """A driver that is still taking the card before out now and then misses the next one: it is put in again."""
        for milliseconds in (FIRST_LOOK, FIRST_LOOK, LAST_LOOK):
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.seen, text=True)
            try:
                await_card(milliseconds=milliseconds)
                return self
            except NoCard:
                super().__exit__()
        raise NoCard("the driver does not see the card")

    def __exit__(self, *_):
        super().__exit__()
        self.seen.close()
        await_card(False)

    def log(self):
        """Instruction bytes of the commands that the card has had, in order."""
        self.seen.seek(0)
        text = self.seen.read().decode(errors="replace")
        return [int(ins, 16) for ins in re.findall(r"^card: [0-9A-F]{2} ([0-9A-F]{2}) ", text, flags=re.M)]


class Result:
    """What one run of tsm said; doc is its JSON document."""

    def __init__(self, words, status, out, err):
        self.words, self.status, self.out, self.err = words, status, out, err
        self.doc = json.loads(out) if out.startswith("{") else {}

    def __repr__(self):
        return f"{' '.join(self.words)}\nstatus {self.status}\n{self.out}{self.err}"

    @property
    def failure(self):
        return self.doc.get("failure", {})


class Keys:
    """Key files in a directory of their own, gone with the script: keys are not given on command lines."""

    def __init__(self):
        self.dir = None

    def file(self, value):
        path = self.path(value[:8] + str(len(value)) + ".key")
        with open(path, "w") as f:
            f.write(value + "\n")
        return "@" + path

    def path(self, name):
        self.dir = self.dir or tempfile.TemporaryDirectory(prefix="opentsm-card-")
        return os.path.join(self.dir.name, name)


keys = Keys()


def run(*words, status=DONE, json_out=True, reader=READER, environment=None, descriptors=()):
    """tsm card WORDS; checks the exit status."""
    command = [TSM, "card"] + (["--reader", reader] if reader else []) + (["--json"] if json_out else []) + list(words)
    done = subprocess.run(command, capture_output=True, text=True, timeout=END_SECONDS, check=False, env=environment,
                          pass_fds=descriptors)
    result = Result(command, done.returncode, done.stdout, done.stderr)
    assert result.status == status, result
    return result


def with_key(*words, key=FACTORY, **more):
    return run("--key", keys.file(key), *words, **more)


def applications(**more):
    """AIDs that the card lists, with their states."""
    doc = with_key("list", **more).doc
    return {e["aid"]: e["state"] for e in doc["applications"]}


def load_files(**more):
    return [e["aid"] for e in with_key("list", **more).doc["load_files"]]


class Watched:
    """tsm -v that cannot run ahead: what it says on standard error goes through a pipe of one page, so that it waits
    for whoever reads. Many small blocks make it say more than that."""

    def __init__(self, *words):
        self.command = [TSM, "card", "--reader", READER, "--json", "-v", *words]
        self.child = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        fcntl.fcntl(self.child.stderr, fcntl.F_SETPIPE_SZ, 4096)
        self.err = b""

    def until(self, text):
        while text.encode() not in self.err:
            part = os.read(self.child.stderr.fileno(), 64)
            assert part, self.err
            self.err += part

    def interrupt(self):
        self.child.send_signal(signal.SIGINT)

    def end(self):
        out, rest = self.child.communicate(timeout=END_SECONDS)
        return Result(self.command, self.child.returncode, out.decode(), (self.err + rest).decode())
