# SPDX-License-Identifier: Apache-2.0
"""DAP (capabilities S5, S18): the provider signs its load file for a domain that verifies, in every management mode; with
Mandated DAP the owner signs every load file of the card. A file without its block is refused by the card (6985)."""
from desk import DOMAIN, House, Tap, hand_on, perform, registry
from gp import CardError

MODES = ("simple", "delegated", "authorized")
PRIVILEGES = {"simple": "C08000", "delegated": "E08000", "authorized": "C0C000"}
AUTHORITY, OTHER = "F04F54534DD000A0", "F04F54534D0099"
DAP_KVN, REFUSED = 0x73, 0x6985


def verifying(fixture):
    service = fixture["services"][0]
    for mode in MODES:
        flavor = dict(service["flavors"][0], mode=mode, dap=True)
        fixture["services"].append(dict(service, name=f"verified-{mode}", flavors=[flavor]))


def in_every_mode(tap, house, element):
    for mode in MODES:
        order = house.run_order("deploy", element, house.card(), service=f"verified-{mode}")
        tap.equal((order["state"], order.get("failure")), ("DONE", None), f"{mode}: the card takes the signed load file")
        tap.equal(registry(element)[DOMAIN].privileges.hex().upper(), PRIVILEGES[mode], f"{mode}: its domain verifies")
        with hand_on(element) as client:
            try:
                client.install_for_load(bytes.fromhex(OTHER), bytes.fromhex(DOMAIN), bytes(32))
                client.load(bytes(40))
                status = 0x9000
            except CardError as e:
                status = e.sw
        tap.equal(status, REFUSED, f"{mode}: a load file without the block is refused")
        ended = house.run_order("terminate", element, service=f"verified-{mode}")
        tap.equal((ended["state"], ended.get("failure")), ("DONE", None), f"{mode}: the service is terminated")


def mandated_by_the_owner(tap, house, element):
    done = perform(house, element, "domains", {"domain": AUTHORITY, "privileges": ["mandated-dap"]})
    tap.equal((done["state"], done.get("failure")), ("done", None), "the owner makes its authority's domain")
    tap.equal(registry(element)[AUTHORITY].privileges.hex().upper(), "C18000", "with Mandated DAP")
    with hand_on(element) as client:
        try:
            client.install_for_load(bytes.fromhex(OTHER), b"", bytes(32))
            client.load(bytes(40))
            status = 0x9000
        except CardError as e:
            status = e.sw
    tap.equal(status, REFUSED, "from now on the card refuses every file without its block")
    for service in ("demo-payment", "verified-simple", "verified-delegated"):
        order = house.run_order("deploy", element, house.card(), service=service)
        tap.equal((order["state"], order.get("failure")), ("DONE", None), f"{service}: the owner signed the file")
        house.run_order("terminate", element, service=service)
    blocks = house.rows("SELECT count(*) FROM owner_dap")
    tap.equal(blocks, [(1,)], "one signature for the file and authority, whatever card and mode")


def main():
    tap = Tap()
    with House(tweak=verifying).start() as house:
        for element in (house.ese, house.uicc):
            in_every_mode(tap, house, element)
            mandated_by_the_owner(tap, house, element)
    tap.done()


if __name__ == "__main__":
    main()
