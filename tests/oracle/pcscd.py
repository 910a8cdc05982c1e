# SPDX-License-Identifier: Apache-2.0
"""A pcscd of one's own for a test script (edge: processes, namespaces, PC/SC).

It runs with the vpcd driver in a private mount and network namespace: a pcscd of the machine is neither seen nor
touched, and the ports of the driver are this script's alone. Needs root; the script is skipped and counted otherwise.
"""
import os
import pathlib
import selectors
import shutil
import subprocess
import sys

from tap import skip_all

READER = "Virtual PCD 00 00"
VPCD = "127.0.0.1:35963"
DRIVER = "/etc/reader.conf.d/vpcd"
READY_SECONDS, CHANGE_MILLISECONDS = 120, 120000
DROPPED_MAX = 3
INSIDE = "--inside"


def missing():
    """Why the script cannot run here, or None."""
    if os.geteuid() != 0:
        return "needs root for a private mount and network namespace"
    for program, package in (("unshare", "util-linux"), ("ip", "iproute2"), ("pcscd", "pcscd")):
        if shutil.which(program) is None:
            return f"{program} is missing; install {package}"
    if not pathlib.Path(DRIVER).exists():
        return "the vpcd driver is missing; install vsmartcard-vpcd"
    try:
        import cryptography  # noqa: F401
        import smartcard  # noqa: F401
    except ImportError as error:
        return f"{error}; install python3-pyscard and python3-cryptography"
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        return "tsm-lab is not built; name it in TSM_LAB"
    if subprocess.run(["unshare", "-m", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        return "namespaces cannot be made here"
    return None


def enter(script, inside):
    """Runs inside() in namespaces of its own: starts this script again there."""
    if INSIDE in sys.argv:
        inside()
        return
    reason = missing()
    if reason:
        skip_all(reason)
    os.execvp("unshare", ["unshare", "-m", "-n", sys.executable, script, INSIDE])


def prepare():
    """A /run of its own (pcscd's socket and pid file live there) and a loopback interface."""
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
    os.mkdir("/run/pcscd")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def await_output(stream, wanted):
    """Reads what the program prints until it contains wanted."""
    seen = b""
    with selectors.DefaultSelector() as ready:
        ready.register(stream, selectors.EVENT_READ)
        while wanted not in seen:
            part = os.read(stream.fileno(), 4096) if ready.select(READY_SECONDS) else b""
            if not part:
                raise RuntimeError(f"pcscd did not say {wanted!r}, but {seen!r}")
            seen += part


class Pcscd:
    """One pcscd, ended by its own process id when the with block is left. What it goes on to say is read away, so that
    it never waits for us."""

    def __enter__(self):
        prepare()
        self.child = subprocess.Popen(["pcscd", "--foreground", "--info"], stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)
        await_output(self.child.stdout, b"daemon ready")
        self.drain = subprocess.Popen(["cat"], stdin=self.child.stdout, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(READY_SECONDS)
        self.drain.wait(READY_SECONDS)
        self.child.stdout.close()


class NoCard(Exception):
    """The driver has not seen the card come or go."""


def new_context():
    from smartcard import scard
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    assert result == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(result)
    return context


def await_card(present=True, milliseconds=CHANGE_MILLISECONDS):
    """Waits for PC/SC to report a card in the reader, or that it is gone; NoCard when that does not happen.

    On a busy machine pcscd now and then drops a connection that is just made; a new one shows whether it lives."""
    from smartcard import scard
    context, state, dropped = new_context(), scard.SCARD_STATE_UNAWARE, 0
    wanted = scard.SCARD_STATE_PRESENT if present else scard.SCARD_STATE_EMPTY
    while not state & wanted:
        result, states = scard.SCardGetStatusChange(context, milliseconds, [(READER, state)])
        if result == scard.SCARD_E_NO_SERVICE and dropped < DROPPED_MAX:
            context, dropped = new_context(), dropped + 1
            continue
        if result == scard.SCARD_E_TIMEOUT:
            scard.SCardReleaseContext(context)
            raise NoCard(f"no card {'came' if present else 'went'} in {milliseconds} ms")
        assert result == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(result)
        state = states[0][1] & ~scard.SCARD_STATE_CHANGED
    scard.SCardReleaseContext(context)
