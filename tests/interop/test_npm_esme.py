# SPDX-License-Identifier: Apache-2.0
"""The npm package smpp as ESME: the laboratory's message centre takes its secured packet to a UICC and brings receipt and
proof back (SMPP 3.4, TS 31.115). The packet is made by `tsm ota wrap` and the proof read by `tsm ota unwrap`."""
import json
import os

from foreign import HERE, node
from house import BUILD, House, Process, Tap, run

TSM = os.path.join(BUILD, "src", "app", "tsm")
GET_STATUS = "80F28002024F0000"  # of the issuer's domain
COUNTER = 1000
ISD_TAR = "000000"
HEADER = ["--spi", "1639", "--kic", "12", "--kid", "12"]


def keys(card):
    return ["--kic-key", card.kic, "--kid-key", card.kid]


def secured(card):
    status, out, err = run([TSM, "ota", "wrap", *HEADER, "--tar", ISD_TAR, "--counter", str(COUNTER), *keys(card),
                            "--data", GET_STATUS, "--segments", "spec"])
    assert status == 0, err
    return out.split()[0]


def talk(house, program, environment, card):
    """What the ESME saw, by the first name of each of its lines."""
    esme = Process(house.dir, "npm-esme", [program, os.path.join(HERE, "esme.js"), "127.0.0.1", house.smsc_port, card.msisdn,
                                           secured(card)], environment)
    house.processes.append(esme)
    esme.wait()
    esme.reader.join()
    said = {}
    for line in esme.lines:
        event = json.loads(line)
        said[next(iter(event))] = event
    return said


def main():
    program, environment = node()
    tap = Tap()
    house = House()
    try:
        house.start_smsc()
        card = house.add_uicc(known=False).bound()
        said = talk(house, program, environment, card)
        tap.equal(said.get("bound", {}).get("bound"), 0, "a foreign ESME binds to the laboratory's centre")
        tap.equal(said.get("enquire_link", {}).get("enquire_link"), 0, "its enquire_link is answered")
        submitted = said.get("submitted", {})
        tap.ok(submitted.get("submitted") == 0 and submitted.get("message_id"), "its short message is taken under an id",
               said)
        receipt = said.get("receipt", {}).get("receipt", "")
        tap.ok(f"id:{submitted.get('message_id')}" in receipt and "stat:DELIVRD" in receipt,
               "it gets the receipt of that id", receipt)
        proof = said.get("proof", {}).get("proof", "")
        status, out, err = run([TSM, "ota", "unwrap", *HEADER, *keys(card), "--data", "027100" + proof])
        tap.ok(status == 0 and json.loads(out).get("counter"), "the card's proof of receipt comes back and holds",
               f"{said.get('proof')} {out} {err}")
        tap.equal(said.get("unbound", {}).get("unbound"), 0, "it unbinds in order")
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
