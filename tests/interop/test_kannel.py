# SPDX-License-Identifier: Apache-2.0
"""Kannel as ESME: its bearerbox binds to the laboratory's message centre, a secured packet goes to a UICC by its HTTP side
and the proof of receipt comes back the same way (SMPP 3.4, TS 31.115)."""
import json

from house import House, Tap, run
from kannel import Kannel
from test_npm_esme import HEADER, TSM, keys, secured


def main():
    tap = Tap()
    house = House()
    kannel = None
    try:
        house.start_smsc("-v")
        card = house.add_uicc(known=False).bound()
        kannel = Kannel(house, house.smsc_port)
        packet = bytes.fromhex(secured(card))
        cut = packet[0] + 1
        status, text = kannel.send(card.msisdn, packet[:cut], packet[cut:])
        tap.ok(status == 202, "Kannel takes the packet", f"{status} {text}")
        heard = kannel.hear()
        tap.ok(heard, "the UICC's answer comes to Kannel", house.smsc.log()[-800:])
        if heard:
            tap.equal(heard[1].hex(), "027100", "as a response packet by its header")
            status, out, err = run([TSM, "ota", "unwrap", *HEADER, *keys(card), "--data", (heard[1] + heard[2]).hex()])
            tap.ok(status == 0 and json.loads(out).get("counter"), "the proof of receipt holds", f"{out} {err}")
    finally:
        if kannel:
            kannel.stop()
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
