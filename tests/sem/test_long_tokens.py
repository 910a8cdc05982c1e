# SPDX-License-Identifier: Apache-2.0
"""An owner whose token key is an RSA key of 2048 bits, put into its PKCS#11 token by itself: the key and its tokens are
longer than a short command and go as chains [GPCS 2.3.1 11.1.5.1]; who cannot carry a chain says so before anything is
sent."""
import os

from desk import Died, House, Tap, ask, hand_on, perform, step
from delegated.content import TOKEN_KVN
from house import run

TOOL = os.environ.get("TSM_MAKE_SIGNING", "make_signing")
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
OCTETS = 256
LEVELS = (0x33, 0x13, 0x03)  # with encrypted answers, with R-MAC, with neither


def services(fixture):
    """The demo service in delegated mode; an embedded SE's profile for each level of the channel."""
    flavor = fixture["services"][0]["flavors"][0]
    ese = next(p for p in fixture["profiles"] if p["name"] == "lab-ese")
    own = [dict(ese, name=f"lab-ese-{level:02x}", level=level) for level in LEVELS]
    flavor = dict(flavor, mode="delegated", profiles=flavor["profiles"] + [p["name"] for p in own])
    fixture["profiles"] += own
    fixture["services"] = [dict(fixture["services"][0], flavors=[flavor])]


def put_key(house):
    """While the server is down, as its owner would."""
    node = house.node()
    node.stop()
    pin = os.path.join(node.home, "pins", "operator.pin")
    status, out, err = run([TOOL, f"pkcs11:token=opentsm-operator?module-path={MODULE}", pin, "dm-token"], node.environment)
    if status != 0:
        raise Died(out + err)
    house.restart()


def a_life_with_long_tokens(tap, house, element, level):
    order = house.run_order("deploy", element, house.card())
    tap.equal((order["state"], order.get("failure")), ("DONE", None), f"level {level:02X}: the bank deploys")
    with hand_on(element) as client:
        tap.ok(TOKEN_KVN in {kvn for _, kvn, _, _ in client.key_info()}, f"level {level:02X}: the card has the key")
    status, seen = house.terminal(element)
    tap.ok(status == 0 and house.verify(seen), f"level {level:02X}: the card pays and the bank accepts it", seen)
    order = house.run_order("terminate", element)
    tap.equal((order["state"], order.get("failure")), ("DONE", None), f"level {level:02X}: and terminates")
    log = ask(house, element, "tokens", method="GET").json
    tap.equal([t["state"] for t in log], ["confirmed"] * 6, f"level {level:02X}: a receipt confirms each command")


def a_card_by_short_messages(tap, house):
    element = house.add_uicc()
    order = house.run_order("deploy", element, house.card())
    tap.ok(order["state"] == "FAILED" and "needs a chain" in order["failure"]["reason"]
           and order["failure"]["owner"] == "SEM", "SCP80 carries no chain, and the order says so", order)
    tap.equal(house.rows("SELECT count(*) FROM job WHERE kind = 1"), [(0,)], "before a short message was sent")


def main():
    tap = Tap()
    with House(tweak=services).start(cards=False) as house:
        put_key(house)
        for level in LEVELS:
            a_life_with_long_tokens(tap, house, house.add_ese(profile=f"lab-ese-{level:02x}"), level)
        key = house.api("GET", "/api/v1/token-key", token="operator").json
        tap.equal((key["type"], len(bytes.fromhex(key["modulus"]))), ("rsa", OCTETS), "it is the owner's own key")
        a_card_by_short_messages(tap, house)
    tap.done()


if __name__ == "__main__":
    main()
