# SPDX-License-Identifier: Apache-2.0
"""A phone for tests: `tsm-lab handset` with the TSM-API, one call a method (edge)."""
import json
import os
import subprocess

from node import LAB

CALLER = "ab" * 32


class Call:
    """One call that has ended: .status, .result (the object, or None), .said (standard error)."""

    def __init__(self, done):
        self.status, self.said = done.returncode, done.stderr
        lines = done.stdout.strip().splitlines()
        self.result = json.loads(lines[-1]) if lines else None

    def __str__(self):
        return f"status {self.status}\n{self.result}\n{self.said[-1500:]}"

    def info(self):
        return self.result["processInfo"]


class Phone:
    """elements: the words of each --se, as ["card", "--state", FILE] or ["127.0.0.1:4711"]."""

    def __init__(self, url, ca, token, folder, elements):
        self.folder = folder
        self.journal = os.path.join(folder, "journal")
        os.makedirs(self.journal, exist_ok=True)
        self.token_file = os.path.join(folder, "token")
        with open(self.token_file, "w") as f:
            f.write(token + "\n")
        self.words = ["--tsm-api", url, "--ca", ca, "--caller-id", CALLER, "--journal", self.journal, "--json"]
        for element in elements:
            self.words += ["--se", *map(str, element)]

    def command(self, *words, token=True):
        own = ["--token-file", self.token_file] if token else []
        return [LAB, "handset", *self.words, *own, *map(str, words)]

    def call(self, *words, token=True, seconds=120):
        return Call(subprocess.run(self.command(*words, token=token), capture_output=True, text=True, timeout=seconds,
                                   check=False))

    def journal_text(self):
        path = os.path.join(self.journal, "opentsm-processes.json")
        with open(path) as f:
            return f.read()
