# SPDX-License-Identifier: Apache-2.0
"""The laboratory's card behind a real pcscd (edge: processes, namespaces, PC/SC, TAP)."""
import os
import shutil
import subprocess
import tempfile

from pcscd import READER, VPCD, Pcscd, await_card, enter
from tap import Tap

FACTORY = bytes.fromhex("404142434445464748494A4B4C4D4E4F")


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


def elliptic(tap, folder):
    """SCP11 a, b and c through the reader: certificates in several commands, answers in several responses."""
    from gp import ISD, Client
    from labcard import LabCard
    from scp11.client import House, open_session
    from transport import ReaderCard
    house = House(folder)
    with LabCard("--scp", "scp11", *house.options(), "--vpcd", VPCD):
        await_card()
        card = ReaderCard(READER)
        client = Client(card)
        for variant in "abc":
            def opened():
                open_session(client, house.wish(variant), house.entity, house.trusted())
                client.get_data(0x66) if variant == "b" else client.get_status(ISD)
            tap.run(f"SCP11{variant} opens through the reader", opened)
        card.close()


def inside():
    from labcard import LabCard
    tap = Tap()
    with Pcscd(), tempfile.TemporaryDirectory() as folder:
        with LabCard("--vpcd", VPCD):
            points(tap)
        await_card(present=False)
        elliptic(tap, folder)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
