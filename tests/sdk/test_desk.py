# SPDX-License-Identifier: Apache-2.0
"""The library with a card in a PC/SC reader: libopentsm-sdk-pcsc as the transport, a pcscd of the script's own with the
virtual reader, the laboratory's card in it, and a back end in memory."""
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

import backend
from backend import Backend

from node import LAB
from phone import Phone
from tap import Tap

os.environ.setdefault("TSM_LAB", LAB)
from pcscd import READER, VPCD, NoCard, Pcscd, await_card, enter  # noqa: E402

SERVICE = backend.SERVICE
HELD = """
import sys
from smartcard import scard
context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)[1]
result, card, _ = scard.SCardConnect(context, sys.argv[1], scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_ANY)
print("held" if result == scard.SCARD_S_SUCCESS else result, flush=True)
sys.stdin.read()
"""


class Inserted:
    """A card in the reader while the with block runs; make() gives one that has an end()."""

    def __init__(self, make):
        self.make = make

    def __enter__(self):
        for milliseconds in (4000, 4000, 120000):  # a driver that is still taking the card before out may miss the next one
            self.card = self.make()
            try:
                await_card(milliseconds=milliseconds)
                return self.card
            except NoCard:
                self.card.end()
        raise NoCard("the driver does not see the card")

    def __exit__(self, *_):
        self.card.end()
        await_card(False)


class LabCard:
    def __init__(self):
        self.process = subprocess.Popen([LAB, "card", "--vpcd", VPCD], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self):
        self.process.terminate()
        self.process.wait()


class SlowCard(threading.Thread):
    """A card of T=0 alone [ISO 7816-3 12.2]: it takes no Le behind data, and gives nothing that is not fetched."""
    ATR, FILE = bytes.fromhex("3B021450"), bytes.fromhex("6F0A8408A000000151000000")

    def __init__(self):
        super().__init__(daemon=True)
        host, port = VPCD.split(":")
        self.line, self.wrong = socket.create_connection((host, int(port))), 0
        self.start()

    def end(self):
        self.line.shutdown(socket.SHUT_RDWR)
        self.join()
        self.line.close()

    def answer(self, c):
        if len(c) > 5 and len(c) != 5 + c[4]:
            self.wrong += 1
            return b"\x67\x00"
        if len(c) > 5:
            return bytes([0x61, len(self.FILE)])
        return self.FILE + b"\x90\x00" if c[4:] == bytes([len(self.FILE)]) else bytes([0x6C, len(self.FILE)])

    def run(self):
        with contextlib.suppress(OSError):  # the reader has gone
            self.serve()

    def serve(self):
        while len(head := self.line.recv(2, socket.MSG_WAITALL)) == 2:
            message = self.line.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
            said = self.answer(message) if len(message) > 1 else self.ATR if message == b"\x04" else None
            if said is not None:
                self.line.sendall(len(said).to_bytes(2, "big") + said)


def a_card_of_t_0(t, b, phone, card):
    backend.SCRIPT[:] = ["00A4040008A00000015100000000", "00B0000000", "00A4040008A000000151000000"]
    instance = phone.call("create", SERVICE, "1.3.0").result["serviceInstance"]["id"]
    c = phone.call("deploy", instance, "--install")
    answers = [p.answers for p in b.processes.values() if p.instance["id"] == instance][0]
    t.ok(c.status == 0 and card.wrong == 0, "a card of T=0 alone is served: no Le stands behind data", (c, card.wrong))
    t.equal(answers, [[card.FILE.hex().upper() + "9000"] * 3], "and what it keeps back is fetched")


def a_life_on_the_desk(t, b, phone):
    c = phone.call("create", SERVICE, "1.3.0")
    part = b.devices[-1]["secureComponents"][0]
    t.ok(c.status == 0 and part["accessible"] and part["cplc"].startswith("9F7F2A") and part["recognition"].startswith("66"),
         "what the card in the reader tells of itself reaches the back end", f"{c}\n{part}")
    instance = c.result["serviceInstance"]["id"]
    c = phone.call("deploy", instance, "--install", "--personalize", "k=v", "--activate", "--finalize")
    t.ok(c.status == 0 and c.result["serviceInstanceState"] == backend.OPERATIONAL, "deployService through PC/SC", c)
    answers = next(p.answers for p in b.processes.values())
    t.ok(len(answers) == 3 and all(a[0].endswith("9000") and a[2].startswith("9F7F2A") for a in answers),
         "each answer came from the card", answers)
    t.equal(phone.call("terminate", instance).status, 0, "terminateService")


def a_reader_that_another_program_holds(t, phone):
    with subprocess.Popen([sys.executable, "-c", HELD, READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        said = other.stdout.readline().strip()
        c = phone.call("create", SERVICE, "1.3.0")
        other.stdin.close()
    t.ok(said == "held" and c.status == 10 and
         c.result["executionMessage"] == "SC channel not available: no channel to the SC could be opened",
         "a reader that another program holds: SC_CHANNEL_NOT_AVAILABLE", f"{said}\n{c}")


def no_card(t, b, phone):
    before = len(b.requests)
    c = phone.call("create", SERVICE, "1.3.0")
    t.ok(c.status == 9 and len(b.requests) == before, "no card in the reader: SC_INACCESSIBLE, and nothing was sent", c)


def inside():
    t = Tap()
    folder = tempfile.mkdtemp(prefix="opentsm-sdk-")
    b = Backend(folder).start()
    phone = Phone(b.url, b.ca, backend.TOKEN, folder, [[f"pcsc:{READER}"]])
    try:
        with Pcscd():
            await_card(False)
            no_card(t, b, phone)
            with Inserted(LabCard):
                a_life_on_the_desk(t, b, phone)
                a_reader_that_another_program_holds(t, phone)
            with Inserted(SlowCard) as card:
                a_card_of_t_0(t, b, phone, card)
        no_card(t, b, phone)  # nor a pcscd
    finally:
        b.stop()
        shutil.rmtree(folder, ignore_errors=True)
    t.done()


enter(__file__, inside)
