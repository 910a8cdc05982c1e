# SPDX-License-Identifier: Apache-2.0
"""Child processes of a test: started, awaited by the lines that they print, ended by their pid (edge)."""
import os
import signal
import subprocess
import threading
import time

# Limits for what hangs, not measures: no sound run comes near them, on a slow machine with much else to do either.
PATIENCE_S = 120  # what has not come by then never comes; whoever asks for less is given as much
END_S = 60        # what does not end on SIGTERM by then is killed


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

    def await_line(self, start, seconds=PATIENCE_S, after=0):
        """The first line (from number `after` on) that begins with `start`."""
        found = lambda: [line for line in self.lines[after:] if line.startswith(start)]
        with self.said:
            self.said.wait_for(lambda: found() or self.over, max(seconds, PATIENCE_S))
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

    def wait(self, seconds=PATIENCE_S):
        """Its exit status; Died when it runs on."""
        try:
            return self.child.wait(max(seconds, PATIENCE_S))
        except subprocess.TimeoutExpired:
            raise Died(f"{self.name} did not end: {self.log()[-600:]}") from None

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
    seconds = max(seconds, PATIENCE_S)
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > end:
            raise Died(f"not within {seconds} s: {what}")
        pause.wait(0.02)


def run(command, environment=None, text=None, seconds=PATIENCE_S):
    """Runs to its end; returns (status, standard output, standard error)."""
    done = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True,
                          env=environment, timeout=max(seconds, PATIENCE_S), check=False)
    return done.returncode, done.stdout, done.stderr
