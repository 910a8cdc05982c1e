# SPDX-License-Identifier: Apache-2.0
"""The same service in each management mode (capability S5): the owner loads, the provider loads with the owner's
tokens and sends receipts back, the provider loads on its own authority; on a UICC over the air and on an embedded SE
through an agent."""
import os
import sys

sys.path.insert(0, os.path.join(os.environ.get("TSM_SOURCE_ROOT", "."), "tests", "journey"))

from house import House, Tap  # noqa: E402

MODES = ("simple", "delegated", "authorized")
INSTALLERS = {"simple": "INSTALL", "delegated": "INSTALL_BY_TOKENS", "authorized": "INSTALL_BY_AUTHORITY"}
TOKENS_OF_A_LIFE = 6  # load, two installations; two deletions, the load file's


def services(fixture):
    """The demo service once more for each mode: the mode is the flavor's data."""
    simple = fixture["services"][0]
    for mode in MODES[1:]:
        flavor = dict(simple["flavors"][0], mode=mode)
        fixture["services"].append(dict(simple, name=f"demo-{mode}", flavors=[flavor]))


def name_of(mode):
    return "demo-payment" if mode == "simple" else f"demo-{mode}"


def steps_of(order):
    return [e["step"] for e in order["timeline"]]


def told(order, step):
    return [e["text"] for e in order["timeline"] if e["step"] == step]


def tokens(house, element, query=""):
    ref = list(element.name.values())[0]
    return house.api("GET", f"/api/v1/secure-elements/{ref}/tokens{query}", token="operator").json


def deployed(tap, house, element, mode):
    order = house.run_order("deploy", element, house.card(), service=name_of(mode))
    tap.equal((order["state"], order.get("failure")), ("DONE", None), f"{mode}: the service is deployed")
    installed = {name for name in INSTALLERS.values() if name in steps_of(order)}
    tap.equal(installed, {INSTALLERS[mode]}, f"{mode}: the right party loads and installs")
    status, seen = house.terminal(element)
    tap.ok(status == 0 and house.verify(seen), f"{mode}: the card pays and the bank accepts it", seen)
    return order


def terminated(tap, house, element, mode):
    order = house.run_order("terminate", element, service=name_of(mode))
    tap.equal((order["state"], order.get("failure")), ("DONE", None), f"{mode}: the service is terminated")
    tap.ok(house.terminal(element)[0] != 0, f"{mode}: and the card pays no more")
    tap.equal(house.rows("SELECT count(*) FROM executable e JOIN se s ON s.id = e.se WHERE s.iccid = ? OR s.seid = ?",
                         *(2 * list(element.name.values())))[0], (0,), f"{mode}: the registry has nothing left")


def tokens_and_receipts(tap, house, element, order):
    """The delegated log: a token and its receipt for each command, also in the order's own timeline."""
    log = tokens(house, element)
    tap.equal([t["for"] for t in reversed(log)], ["load", "install", "install"], "one token a command")
    tap.equal({t["state"] for t in log}, {"confirmed"}, "each has its receipt")
    tap.equal(tokens(house, element, "?limit=2") + tokens(house, element, f"?limit=2&before={log[1]['token']}"), log,
              "the list is read page by page")
    numbers = [t["receipt"] for t in reversed(log)]
    tap.ok(numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1),
           "the card counts its receipts without gap, from 0 or 1", numbers)
    tap.equal(len(told(order, "TOKEN")), len(log), "the timeline names the tokens")
    receipts = told(order, "RECEIPT")
    tap.ok(len(receipts) == len(log) and all(t["token"] in text for t, text in zip(reversed(log), receipts)),
           "and beside them the receipts", receipts)


def a_life(tap, house, element, mode):
    order = deployed(tap, house, element, mode)
    if mode == "delegated":
        tokens_and_receipts(tap, house, element, order)
    terminated(tap, house, element, mode)
    if mode == "delegated":
        tap.equal((len(tokens(house, element)), {t["state"] for t in tokens(house, element)}),
                  (TOKENS_OF_A_LIFE, {"confirmed"}), "the deletions have tokens and receipts, too")


def main():
    tap = Tap()
    with House(tweak=services, ese_options=["--quirk", "receipts-from-1"]).start() as house:
        for element in (house.uicc, house.ese):
            for mode in MODES:
                a_life(tap, house, element, mode)
    tap.done()


if __name__ == "__main__":
    main()
