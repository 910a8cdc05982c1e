# SPDX-License-Identifier: Apache-2.0
"""Two made-up schemes beside the demo's, as data alone: the same server, card and terminal, other groupings, derivation
and cryptograms (P4, Y1, Y2, Y3)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import LAB, House, Tap, luhn, run  # noqa: E402

import json  # noqa: E402

# Service, cryptogram version, derivation that a card of 19 digits shows.
SCHEMES = [("meridian-payment", "meridian", 10, "B"), ("harbour-payment", "harbour", 20, "A")]
LONG = "541333012345678901"


def verdict(transaction):
    status, out, _ = run([LAB, "bank", "verify", "--transaction", "-"], text=json.dumps(transaction))
    return status, json.loads(out) if out.strip() else {}



def a_scheme_is_data(tap, house, service, scheme, cvn, option, pan):
    card = house.card(pan=pan)
    uicc = house.add_uicc()
    order = house.run_order("deploy", uicc, card, service=service)
    if not tap.equal(order["state"], "DONE", f"{scheme}: a card with {len(pan)} digits is deployed"):
        tap.ok(False, "the reason", order.get("failure"))
        return
    for turn in (1, 2):
        status, seen = house.terminal(uicc)
        tap.equal(status, 0, f"{scheme}: the terminal pays, {turn}")
        status, said = verdict(seen)
        tap.ok(status == 0 and said.get("cvn") == cvn and said.get("scheme") == scheme and said["atc"] == turn,
               f"{scheme}: the bank finds cryptogram version {cvn} right, counter {turn}", said)
    if len(pan) > 16:
        tap.equal(said.get("udk_option"), option, f"{scheme}: its keys came by option {option}")
    seen["issuer"]["9F37"] = "00000000"
    tap.equal(verdict(seen)[0], 1, f"{scheme}: of another unpredictable number it is wrong")


def main():
    tap = Tap()
    with House() as house:
        for service, scheme, cvn, option in SCHEMES:
            for body in (LONG, "541333" + "%09d" % (cvn * 7)):
                a_scheme_is_data(tap, house, service, scheme, cvn, option, body + luhn(body))
    tap.done()


if __name__ == "__main__":
    main()
