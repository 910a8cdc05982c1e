# SPDX-License-Identifier: Apache-2.0
"""capasm judged: its load file by the independent checker, its messages by broken sources (edge: processes, TAP).

Usage: test_capasm.py CAPASM SOURCE
"""
import pathlib
import subprocess
import sys
import tempfile

from cap import cap_check
from tap import Tap, skip_all

# What is replaced in the demonstration source, by what, and what the message must say besides its line.
BROKEN = [
    ("format  2.2", "format  2.3", "2.1 and 2.2"),
    ("F04F54534D0001  1.0", "F04F5453  1.0", "AID"),
    ("F04F54534D0001  1.0", "F04F54534D00ZZ  1.0", "hexadecimal"),
    ("F04F54534D0001  1.0", "F04F54534D0001  1", "version"),
    ("javacard/framework  3\n", "java/util  3\n", "not imported"),
    ("class Payment extends Applet", "class Payment extends Nothing", "EXTERNAL-CLASS"),
    ("sconst_1", "sconst_9", "no instruction"),
    ("sload_1\n        baload", "sload 9\n        baload", "outside"),
    ("ifeq refuse", "ifeq nowhere", "not in this method"),
    ("refuse:", "again:", "not in this method"),
    ("invokespecial Payment.<init>", "invokespecial Payment.missing", "unknown"),
    ("invokevirtual Applet.register", "invokestatic Applet.register", "unknown"),
    ("sspush 0x6D00 ", "sspush 0x16D00 ", "not within"),
    ("aload_0\n        invokespecial", "aload_0 1\n        invokespecial", "operands"),
    ("install ([BSB)V public static", "install ([BSB)V public", "exactly one"),
    ("install ([BSB)V", "install ([BSX)V", "signature"),
    ("(LAPDU;)V", "(LNothing;)V", "unknown class"),
    ("virtual 7 stack 1", "virtual 7 stack 256", "not within"),
    ("applet  F04F54534D000102  Ppse", "applet  F04F54534D000102  Other", "install"),
    ("external Applet  ", "outside Applet  ", "no directive"),
]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def assembled(capasm, source, out):
    done = run(capasm, source, "-o", out)
    if done.returncode:
        raise AssertionError(done.stderr)
    return pathlib.Path(out).read_bytes()


def refuses(capasm, folder, text, old, new, wanted):
    """The message is 'capasm: FILE:LINE: text' and no file is left behind."""
    assert old in text, f"the source has no {old!r} any more"
    source, out = folder / "broken.capasm", folder / "broken.cap"
    source.write_text(text.replace(old, new, 1))
    done = run(capasm, source, "-o", out)
    assert done.returncode == 1, done
    assert done.stderr.startswith(f"capasm: {source}:") and wanted in done.stderr, done.stderr
    assert not out.exists()


def cut(capasm, folder, text):
    """Every source that ends too early is refused or assembles; it never ends by a signal."""
    source = folder / "cut.capasm"
    for end in range(0, len(text), 97):
        source.write_text(text[:end])
        code = run(capasm, "--hash", source).returncode
        assert code in (0, 1), f"cut at {end}: {code}"


def main(argv):
    if len(argv) < 3:
        skip_all("usage: test_capasm.py CAPASM SOURCE")
    capasm, source, tap = argv[1], argv[2], Tap()
    text = pathlib.Path(source).read_text(encoding="ascii")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        first = assembled(capasm, source, folder / "first.cap")
        tap.ok(first == assembled(capasm, source, folder / "second.cap"), "equal sources give equal octets")
        digest = run(capasm, "--hash", source).stdout.strip()
        tap.equal(run(capasm, "--header", source).stdout, f'#define DEMO_LFDB_SHA256 "{digest}"\n',
                  "the header carries the hash")
        tap.equal(run(capasm, "--header", source, "PURSE").stdout, f'#define PURSE_LFDB_SHA256 "{digest}"\n',
                  "under a name of one's own")
        tap.ok("Method" in run(capasm, "--list", source).stdout, "--list names the components")
        tap.equal(run(capasm).returncode, 2, "a wrong command line is refused with status 2")
        cap_check.check(tap, folder / "first.cap", "demo-payment.cap", digest)
        old = folder / "old.capasm"
        old.write_text(text.replace("format  2.2", "format  2.1"))
        assembled(capasm, old, folder / "old.cap")
        cap_check.check(tap, folder / "old.cap", "the same in format 2.1")
        for old_text, new, wanted in BROKEN:
            line = new.split("\n")[0].strip()
            tap.run(f"'{line}' is refused with its line", refuses, capasm, folder, text, old_text, new, wanted)
        tap.run("a source that ends too early never ends capasm by a signal", cut, capasm, folder, text)
    tap.done()


if __name__ == "__main__":
    main(sys.argv)
