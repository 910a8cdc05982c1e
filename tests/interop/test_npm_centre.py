# SPDX-License-Identifier: Apache-2.0
"""The npm package smpp as message centre: our ESME binds to it, and a UICC behind it is deployed, paid with and cleaned
(stations 8 to 10; SMPP 3.4, TS 31.115)."""
import json
import os
import re

from foreign import HERE, node
from house import House, Process, Tap, await_true


def seen(centre, word):
    events = [json.loads(line) for line in centre.lines if line.startswith("{")]
    return [e for e in events if word in e]


def from_us(centre):
    return [e for e in seen(centre, "from") if e["from"] == "esme"]


def main():
    program, environment = node()
    tap = Tap()
    house = House(smsc_options=None, uicc_options=["--por", "submit"])
    centre = Process(house.dir, "npm-centre", [program, os.path.join(HERE, "centre.js")], environment)
    house.processes.append(centre)
    try:
        house.smsc_port = centre.port()
        house.start(cards=False)
        card = house.add_uicc()
        done = house.run_order("deploy", card, house.card(), seconds=60)
        tap.equal(done["state"], "DONE", "an application comes to a UICC through a foreign message centre")
        status, paid = house.terminal(card)
        tap.ok(status == 0 and house.verify(paid), "it pays, and the bank accepts the cryptogram")
        bound = [e for e in seen(centre, "bound") if e["bound"] == "opentsm"]
        tap.ok(bound and bound[0]["interface_version"] == 0x34, "our ESME bound as SMPP 3.4", bound)
        metrics = house.api("GET", "/metrics", token=None).text
        submitted = int(re.search(r"^tsm_smpp_submitted_total (\d+)", metrics, re.M)[1])
        sent = await_true(lambda: (lambda s: s if len(s) >= submitted else None)(from_us(centre)), 20, "the centre's own account")
        tap.ok(sent and all(e["protocol_id"] == 0x7F and e["data_coding"] == 0xF6 and e["esm_class"] & 0x40 for e in sent),
               "each short message is SIM data download with a user data header", sent[:3])
        tap.ok("tsm_smpp_up 1" in metrics and submitted == len(sent), "the metrics count the same submissions", metrics[-300:])
        gone = house.run_order("terminate", card, seconds=60)
        tap.equal(gone["state"], "DONE", "terminate cleans the card by the same way")
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
