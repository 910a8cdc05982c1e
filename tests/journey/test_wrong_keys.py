# SPDX-License-Identifier: Apache-2.0
"""An inventory whose keys are not the card's: the first failed proof ends the order, since cards count failures, and
the failure says which key version and protocol were used (stations 9 to 11)."""
from house import House, Tap

STRANGE = "0F" * 16
INITIALIZE_UPDATE, EXTERNAL_AUTHENTICATE = "80 50", "84 82"


def commands(element, header):
    """How many commands with this header the element saw; its log begins a line with the header."""
    return sum(line.startswith(f"card: {header}") for line in element.log().splitlines())


def packets(element):
    return sum(line.startswith("packet: ") for line in element.log().splitlines())


def ended(tap, order, owner, words, text):
    failure = order.get("failure") or {}
    missing = [w for w in words if w not in failure.get("reason", "")]
    tap.ok(order["state"] == "FAILED" and failure["owner"] == owner and not missing and failure["next_action"], text,
           order)


def the_cryptogram_of_the_card_is_wrong(tap, house):
    for what, options, row in (("a card that computes it wrongly", ["--fault", "cryptogram"], {}),
                               ("another MAC key in the inventory", [], {"mac": STRANGE}),
                               ("other keys in the inventory", [], {"enc": STRANGE, "mac": STRANGE, "dek": STRANGE})):
        element = house.add_ese(*options, row=row)
        order = house.run_order("deploy", element, house.card())
        ended(tap, order, "SEM", ["KVN FF", "SCP03", "i=70", "cryptogram"],
              f"{what}: the failure names key version, protocol and i")
        seen = commands(element, INITIALIZE_UPDATE), commands(element, EXTERNAL_AUTHENTICATE)
        tap.equal(seen, (1, 0), f"{what}: one INITIALIZE UPDATE, no EXTERNAL AUTHENTICATE")
        tap.equal(order["instance"]["state"], "NOT_DEPLOYED", f"{what}: nothing was changed, the instance is as before")


def the_key_version_is_not_there(tap, house):
    element = house.add_ese("--kvn", "30")
    order = house.run_order("deploy", element, house.card())
    ended(tap, order, "SEM", ["INITIALIZE UPDATE", "6A88"], "a key version that the card has not is named")
    tap.equal(commands(element, INITIALIZE_UPDATE), 1, "it is tried once")


def the_answers_are_not_the_cards(tap, house):
    element = house.add_ese("--fault", "mac")
    order = house.run_order("deploy", element, house.card())
    ended(tap, order, "DEVICE", ["R-MAC"], "an answer with a wrong R-MAC ends the order")
    tap.equal(commands(element, INITIALIZE_UPDATE), 1, "no second channel is opened after it")


def the_keys_of_a_uicc_are_wrong(tap, house):
    for key, what in (("kid", "checksum"), ("kic", "checksum")):
        element = house.add_uicc(row={key: STRANGE})
        order = house.run_order("deploy", element, house.card())
        ended(tap, order, "SEM", ["proof of receipt 01", what, "not authenticated"],
              f"a wrong {key.upper()}: the failure names the proof of receipt")
        tap.equal(packets(element), 1, f"a wrong {key.upper()}: one packet was tried")
    element = house.add_uicc("--kvn", "2")
    order = house.run_order("deploy", element, house.card())
    ended(tap, order, "SEM", ["proof of receipt 06"], "a key version that the UICC has not is named by its answer")
    tap.equal(packets(element), 1, "it is tried once")


def the_key_for_keys_is_wrong(tap, house):
    for element in (house.add_ese(row={"dek": STRANGE}), house.add_uicc(row={"kik": STRANGE})):
        order = house.run_order("deploy", element, house.card())
        ended(tap, order, "SEM", ["DOMAIN_KEYS", "STORE DATA", "6982"],
              f"a wrong {'KIK' if 'iccid' in element.name else 'DEK'}: the step and the card's word are named")
        tap.equal(order["instance"]["state"], "IN_ERROR", "the domain is there by then, so the instance is in error")
        # 6982 to the first command behind INSTALL may also mean that the channel is gone: a new one decides.
        times = 1 if "iccid" in element.name else 2
        tap.equal(commands(element, "80 E2") + commands(element, "84 E2"), times, "the keys are not offered again and again")


def the_inventory_is_mended(tap, house):
    """The element comes into the inventory with its right keys only after the first order failed."""
    element = house.add_ese(known=False)
    unknown = house.run_order("deploy", element, house.card())
    ended(tap, unknown, "SEM", ["no secure element of this owner"], "an unknown element ends the order")
    tap.equal(element.log(), "", "and is not touched")
    house.import_rows([element.row])
    done = house.run_order("deploy", element, house.card())
    tap.ok(done["state"] == "DONE" and done["instance"]["id"] == unknown["instance"]["id"],
           "when it is there the same instance is deployed", done)


def main():
    tap = Tap()
    house = House(uicc_options=["-v"], ese_options=["-v"]).start(cards=False)
    try:
        the_cryptogram_of_the_card_is_wrong(tap, house)
        the_key_version_is_not_there(tap, house)
        the_answers_are_not_the_cards(tap, house)
        the_keys_of_a_uicc_are_wrong(tap, house)
        the_key_for_keys_is_wrong(tap, house)
        the_inventory_is_mended(tap, house)
    finally:
        house.stop()
    tap.done()


main()
