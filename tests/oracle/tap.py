# SPDX-License-Identifier: Apache-2.0
"""Test Anything Protocol output for the oracle's test scripts (edge: standard output)."""
import sys
import traceback


class Skip(Exception):
    """Raised by a test that cannot run here; counted as skipped, never as passed."""


class Tap:
    """Numbers the test points of one script; the plan is printed at the end."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def _line(self, word, text):
        self.count += 1
        print(f"{word} {self.count} - {text}", flush=True)

    def ok(self, good, text, detail=""):
        """One test point. detail is printed when it fails."""
        self._line("ok" if good else "not ok", text)
        if not good:
            self.failed += 1
            for line in str(detail).splitlines():
                print(f"# {line}", flush=True)
        return good

    def equal(self, got, wanted, text):
        """One test point: got must equal wanted (octets are shown in hexadecimal)."""
        show = lambda v: v.hex().upper() if isinstance(v, (bytes, bytearray)) else repr(v)
        return self.ok(got == wanted, text, f"got    {show(got)}\nwanted {show(wanted)}")

    def skip(self, text, reason):
        """One test point that could not be tried."""
        self._line("ok", f"{text} # SKIP {reason}")

    def run(self, text, function, *args):
        """One test point that passes when function returns without an exception."""
        try:
            function(*args)
        except Skip as reason:
            self.skip(text, reason)
        except Exception:  # a failing test point must not end the script
            self.ok(False, text, traceback.format_exc())
        else:
            self.ok(True, text)

    def done(self):
        """Prints the plan and ends the script."""
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


def skip_all(reason):
    """Ends a script that cannot run here at all: one skipped test point, so that it is counted."""
    print(f"1..1\nok 1 - the script runs # SKIP {reason}", flush=True)
    sys.exit(0)
