# SPDX-License-Identifier: Apache-2.0
"""The laboratory's card behind a real pcscd (edge: processes, namespaces, PC/SC, TAP).

pcscd with the vpcd driver runs in a private mount and network namespace: a pcscd of the machine is neither seen nor
touched, and port 35963 is this test's alone. Needs root; skipped and counted otherwise.
"""
import os
import pathlib
import selectors
import shutil
import subprocess
import sys

from tap import Tap, skip_all

READER = "Virtual PCD 00 00"
VPCD = "127.0.0.1:35963"
DRIVER = "/etc/reader.conf.d/vpcd"
READY_SECONDS, INSERT_MILLISECONDS = 20, 20000
INSIDE = "--inside"
FACTORY = bytes.fromhex("404142434445464748494A4B4C4D4E4F")


def missing():
    """Why the test cannot run here, or None."""
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


def await_card():
    """Waits for PC/SC to report a card in the reader."""
    from smartcard import scard
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    assert result == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(result)
    state = scard.SCARD_STATE_UNAWARE
    while not state & scard.SCARD_STATE_PRESENT:
        result, states = scard.SCardGetStatusChange(context, INSERT_MILLISECONDS, [(READER, state)])
        assert result == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(result)
        state = states[0][1] & ~scard.SCARD_STATE_CHANGED
    scard.SCardReleaseContext(context)


def listed():
    from smartcard.System import readers
    assert READER in [str(r) for r in readers()], readers()
    if shutil.which("pcsc_scan"):
        shown = subprocess.run(["pcsc_scan", "-r"], capture_output=True, text=True, check=False).stdout
        assert READER in shown, shown


def points(tap):
    from gp import APPLICATIONS, ISD, Client, KeySet
    from transport import ReaderCard
    from cap import capfile
    factory = KeySet.same(FACTORY)
    tap.run("readers are listed, by pyscard and pcsc_scan", listed)
    tap.run("the card is reported as inserted", await_card)
    card = ReaderCard(READER)
    client = Client(card)
    tap.ok(card.atr[:1] in (b"\x3B", b"\x3F"), "the ATR begins with 3B or 3F", card.atr.hex())

    def authenticated():
        client.select()
        client.open(factory, 0x33)
        assert len(client.get_status(ISD)) == 1

    def loaded():
        path = os.environ.get("TSM_DEMO_CAP", "")
        cap = capfile.read(path)
        aid = cap.applets[0][0]
        client.install_for_load(cap.aid)
        client.load(cap.load_file_data_block())
        client.install(cap.aid, aid, aid)
        assert [e.aid for e in client.get_status(APPLICATIONS, aid)] == [aid]
        client.select(aid, (0x9000,))
        client.select()
        client.open(factory)
        client.delete(cap.aid, related=True)

    def after_reset():
        client.channel = None
        card.reset()
        client.select()
        client.open(factory)
        assert len(client.get_status(ISD)) == 1

    tap.run("level 33 opens and lists through the reader", authenticated)
    tap.run("the demonstration load file is loaded, installed, selected and deleted through the reader", loaded)
    tap.run("after a reset a new session opens", after_reset)
    card.close()


def inside():
    tap = Tap()
    prepare()
    from labcard import LabCard
    pcscd = subprocess.Popen(["pcscd", "--foreground", "--info"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        await_output(pcscd.stdout, b"daemon ready")
        with LabCard("--vpcd", VPCD):
            points(tap)
    finally:
        pcscd.terminate()
        pcscd.wait(READY_SECONDS)
    tap.done()


def main():
    if INSIDE in sys.argv:
        inside()
    reason = missing()
    if reason:
        skip_all(reason)
    os.execvp("unshare", ["unshare", "-m", "-n", sys.executable, __file__, INSIDE])


if __name__ == "__main__":
    main()
