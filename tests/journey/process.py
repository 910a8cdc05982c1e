# SPDX-License-Identifier: Apache-2.0
"""Child processes of a test: started, awaited by the lines that they print, ended by their pid (edge)."""
import os
import signal
import subprocess
import threading
import time

START_S = 20  # a program that has not said its first line by then is broken
END_S = 10    # what does not end on SIGTERM by then is killed


class Died(Exception):
    """A program ended, or stayed silent, where it should have said something."""


class Process:
    """One child. Its standard output is kept as lines (and in NAME.out), its standard error in NAME.log."""

    def __init__(self, folder, name, command, environment=None):
        self.name = name
        self.command = [str(word) for word in command]
        self.out_path = os.path.join(folder, name + ".out")
        self.log_path = os.path.join(folder, name + ".log")
        self.lines = []
        self.said = threading.Condition()
        self.over = False
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                          stderr=log, env=environment)
        self.pid = self.child.pid
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with open(self.out_path, "ab") as copy:
            for line in self.child.stdout:
                copy.write(line)
                copy.flush()
                with self.said:
                    self.lines.append(line.decode(errors="replace").rstrip("\n"))
                    self.said.notify_all()
        with self.said:
            self.over = True
            self.said.notify_all()

    def await_line(self, start, seconds=START_S, after=0):
        """The first line (from number `after` on) that begins with `start`."""
        found = lambda: [line for line in self.lines[after:] if line.startswith(start)]
        with self.said:
            self.said.wait_for(lambda: found() or self.over, seconds)
            lines = found()
        if not lines:
            raise Died(f"{self.name} did not say '{start}': {self.log()[-600:]}")
        return lines[0]

    def port(self):
        """The port of its `listening HOST:PORT` line."""
        return int(self.await_line("listening ").rsplit(":", 1)[1])

    def log(self):
        """Standard error so far."""
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def running(self):
        return self.child.poll() is None

    def wait(self, seconds):
        """Its exit status; Died when it runs on."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Died(f"{self.name} did not end in {seconds} s") from None

    def kill9(self):
        """The end without a word: SIGKILL, then waits until it is gone."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        self._close()

    def end(self):
        """SIGTERM, then SIGKILL for who does not listen. Returns the exit status."""
        if self.running():
            self.child.terminate()
            try:
                self.child.wait(END_S)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self._close()
        return self.child.returncode

    def _close(self):
        self.reader.join(END_S)
        self.child.stdout.close()


def await_true(condition, seconds, what):
    """Asks until condition() is true: for what cannot announce itself, such as a row in a database."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > end:
            raise Died(f"not within {seconds} s: {what}")
        pause.wait(0.02)


def run(command, environment=None, text=None, seconds=60):
    """Runs to its end; returns (status, standard output, standard error)."""
    done = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True,
                          env=environment, timeout=seconds, check=False)
    return done.returncode, done.stdout, done.stderr
