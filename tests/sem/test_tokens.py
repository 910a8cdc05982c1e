# SPDX-License-Identifier: Apache-2.0
"""S6, tokens and receipts: the owner signs what its agreement allows and nothing else, the oracle's own client verifies
the tokens, receipts count once. S5: a wrong token is refused by the card (6985, 9484) and raises an alarm."""
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from desk import DOMAIN, PACKAGE, PAYMENT, House, Tap, ask, hand_on, perform, step
import tlv
from delegated.content import RECEIPT_KVN, TOKEN_KVN, read_receipt, token_input

MODULE, NEW = "F04F54534D000101", "F04F54534D0102"
SECOND, FOREIGN = "F04F54534DD00002", "F04F54534DD00003"
LOAD, INSTALL, EXTRADITION, UPDATE = 0x02, 0x0C, 0x10, 0x40


def delegated(fixture):
    """The demo service in delegated mode, and a second domain of the bank's for what it extradites."""
    flavor = fixture["services"][0]["flavors"][0]
    fixture["services"] = [dict(fixture["services"][0], flavors=[dict(flavor, mode="delegated")])]


def fields(*values):
    return b"".join(tlv.lv(bytes.fromhex(v)) for v in values)


def command(ins, p1, p2, data):
    return (bytes([0x80, ins, p1, p2, len(data)]) + data + b"\0").hex().upper()


def install(p1, *values):
    """INSTALL without its token: the last field is empty."""
    return command(0xE6, p1, 0, fields(*values, ""))


def deletion(aid, related=False):
    return command(0xE4, 0, 0x80 if related else 0, tlv.make(0x4F, bytes.fromhex(aid)))


def signed(house, element, commands, domain=DOMAIN):
    return perform(house, element, "tokens", {"domain": domain, "commands": commands})


def verify(house, text, token):
    """By the standard's own words, not by the server's code: Tables C-4 to C-9, B.4.3."""
    raw, token = bytes.fromhex(text), bytes.fromhex(token)
    data = raw[5:5 + raw[4]]
    data = data[:-1] if raw[1] == 0xE6 else data
    key = house.api("GET", "/api/v1/token-key", token="operator").json
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(key["point"]))
    half = len(token) // 2
    r, s = int.from_bytes(token[:half], "big"), int.from_bytes(token[half:], "big")
    public.verify(encode_dss_signature(r, s), token_input(raw[2], raw[3], data), ec.ECDSA(hashes.SHA256()))
    return True


def hash_of(house):
    return house.rows("SELECT hex(hash) FROM executable_load_file LIMIT 1")[0][0]


def the_card_is_prepared(tap, house, element):
    done = perform(house, element, "prepare")
    tap.equal(done["state"], "done", "the owner puts its token and receipt keys into the card")
    with hand_on(element) as client:
        versions = {kvn for _, kvn, _, _ in client.key_info()}
    tap.ok({TOKEN_KVN, RECEIPT_KVN} <= versions, "the card has versions 70 and 71", versions)
    again = ask(house, element, "prepare").json
    tap.equal(again["state"], "done", "a card that is prepared needs no more work")


def tokens_are_what_the_standard_says(tap, house, element):
    made = perform(house, element, "domains", {"domain": SECOND, "provider": "bank"})
    tap.equal(made["state"], "done", "the bank has a second domain")
    asked = {"install": install(INSTALL, PACKAGE, MODULE, NEW, "000000", "C900"),
             "extradition": install(EXTRADITION, SECOND, "", PAYMENT, "", ""),
             "registry update": install(UPDATE, "", "", PAYMENT, "", ""), "delete": deletion(PAYMENT),
             "delete with related objects": deletion(PACKAGE, related=True),
             "load": install(LOAD, PACKAGE, DOMAIN, hash_of(house), "")}
    done = signed(house, element, list(asked.values()))
    tap.equal((done["state"], len(done.get("tokens", []))), ("done", len(asked)), "each command gets its token")
    for (kind, text), one in zip(asked.items(), done["tokens"]):
        tap.ok(verify(house, text, one["token"]), f"the token for {kind} verifies over P1, P2, length and data")
    gone = signed(house, element, [deletion("F04F54534D0199")])
    tap.equal(gone["tokens"], [{"needless": True}], "a deletion of what is not there needs none")


def refused(tap, house, element, text, because, about, domain=DOMAIN):
    before = house.rows("SELECT count(*) FROM dm_token")
    answer = ask(house, element, "tokens", {"domain": domain, "commands": [text]})
    problem = answer.json
    tap.ok(answer.status >= 400 and because in problem.get("detail", ""), f"no token: {about}", answer)
    tap.equal(house.rows("SELECT count(*) FROM dm_token"), before, "and nothing was written")


def policy_is_judged_for_each_command(tap, house, element):
    refused(tap, house, element, install(LOAD, "F04F54534D0099", SECOND, hash_of(house), ""), "another domain",
            "a load file for another domain")
    refused(tap, house, element, install(LOAD, "F04F54534D0099", DOMAIN, "11" * 32, ""), "admitted",
            "a load file that the owner has not judged")
    refused(tap, house, element, install(LOAD, "F04F54534D0099", DOMAIN, "", ""), "", "a load file without its hash")
    refused(tap, house, element, install(INSTALL, "F04F54534D0088", MODULE, NEW, "000000", "C900"), "not content",
            "an installation from a load file that is not the provider's")
    refused(tap, house, element, install(INSTALL, PACKAGE, MODULE, NEW, "040000", "C900"), "privileges",
            "a privilege that was not agreed")
    refused(tap, house, element, install(EXTRADITION, "A000000151000000", "", PAYMENT, "", ""), "leave",
            "an extradition out of the provider's domains")
    refused(tap, house, element, deletion(SECOND), "not content", "the deletion of a domain")
    refused(tap, house, element, deletion(PAYMENT), "no security domain", "in a domain that nobody holds yet",
            domain=SECOND)
    refused(tap, house, element, command(0xE6, 0x20, 0, fields("", "", PAYMENT, "", "", "")), "",
            "a command that has no token")


def receipts_count_once(tap, house, element):
    log = ask(house, element, "tokens", method="GET").json
    confirmed = [t for t in log if t["state"] == "confirmed"]
    newest = confirmed[0]
    again = ask(house, element, "receipts", {"domain": DOMAIN, "receipts": [
        {"token": newest["token"], "answer": house.receipt}]})
    tap.equal(again.status, 409, "a receipt that was told before is refused")
    tap.ok("repetition" in again["failure"]["reason"], "by its counter", again)
    other = ask(house, element, "receipts", {"domain": DOMAIN, "receipts": [
        {"token": confirmed[-1]["token"], "answer": house.receipt}]})
    tap.ok(other.status == 409 and "not made with this key" in other["failure"]["reason"],
           "the receipt of another command is a forged one", other)
    bent = bytearray.fromhex(house.receipt)
    bent[5] ^= 1
    forged = ask(house, element, "receipts", {"domain": DOMAIN, "receipts": [
        {"token": newest["token"], "answer": bent.hex()}]})
    tap.ok(forged.status == 409, "a forged receipt is refused", forged)
    unknown = ask(house, element, "receipts", {"domain": DOMAIN, "receipts": [{"token": "1", "answer": "00"}]})
    tap.equal(unknown.status, 404, "a receipt for a token that was never given is refused")
    tap.equal(ask(house, element, "tokens", method="GET").json, log, "none of them changed a token or a counter")
    alarms = {r[0] for r in house.rows("SELECT what FROM audit WHERE what LIKE 'alarm.%'")}
    tap.ok(alarms >= {"alarm.receipt-replayed", "alarm.receipt-refused"}, "each was an alarm", alarms)


def the_last_receipt(house):
    """As the provider got it: in the progress of its order."""
    for (progress,) in house.rows("SELECT progress FROM job WHERE kind = 3 ORDER BY id DESC"):
        kept = json.loads(progress).get("last_receipts")
        if kept:
            return kept["DELEGATED_INSTALL_APPLICATION_2"]
    return None


def a_card_that_refuses(tap, quirk, sw):
    """Its token key is not the owner's: every token is wrong to it."""
    options = ["--fault", "token-refused"] + (["--quirk", quirk] if quirk else [])
    with House(tweak=delegated).start(cards=False) as house:
        element = house.add_ese(*options)
        order = house.run_order("deploy", element, house.card())
        tap.equal(order["state"], "FAILED", f"{sw}: a card that refuses its token fails the order")
        tap.ok(sw in order["failure"]["reason"] and order["failure"]["owner"] == "SEM",
               f"{sw}: the order says whose key it is", order["failure"])
        log = ask(house, element, "tokens", method="GET").json
        tap.equal([t["state"] for t in reversed(log)], ["refused", "given", "given"], f"{sw}: the owner's log says refused")
        alarms = house.rows("SELECT what FROM audit WHERE what LIKE 'alarm.%'")
        tap.equal(alarms, [("alarm.token-refused",)], f"{sw}: and the owner is alarmed")
        tap.equal(house.rows("SELECT count(*) FROM executable"), [(0,)], f"{sw}: the registry took nothing over")


def receipts_that_are_wrong(tap, fault, alarm, words):
    with House(tweak=delegated).start(cards=False) as house:
        element = house.add_ese("--fault", fault)
        order = house.run_order("deploy", element, house.card())
        tap.ok(order["state"] == "FAILED" and words in order["failure"]["reason"], f"{fault}: the order fails by it", order)
        found = {r[0] for r in house.rows("SELECT what FROM audit WHERE what LIKE 'alarm.%'")}
        tap.ok(alarm in found, f"{fault}: the owner is alarmed", found)


def lost_receipts_are_settled(tap):
    """The card did it, but gives no receipt: the owner asks the card's registry."""
    with House(tweak=delegated).start(cards=False) as house:
        for element in (house.add_ese("--fault", "receipt-missing"), house.add_uicc("--fault", "receipt-missing")):
            order = house.run_order("deploy", element, house.card())
            tap.equal((order["state"], order.get("failure")), ("DONE", None), "without receipts the order goes on")
            tap.equal(len(step(order, "SETTLED")), 3, "each command is settled by the card's registry")
            log = ask(house, element, "tokens", method="GET").json
            tap.equal({t["state"] for t in log}, {"settled-done"}, "and the log says how")
            ended = house.run_order("terminate", element)
            tap.equal((ended["state"], ended.get("failure")), ("DONE", None), "deletions are settled the same way")


def main():
    tap = Tap()
    with House(tweak=delegated).start() as house:
        element = house.ese
        the_card_is_prepared(tap, house, element)
        order = house.run_order("deploy", element, house.card())
        tap.equal(order["state"], "DONE", "the bank deploys with tokens")
        house.receipt = the_last_receipt(house)
        tap.ok(house.receipt and read_receipt(bytes.fromhex(house.receipt)).counter in (2, 3),
               "the provider has the card's receipt; the oracle reads it", house.receipt)
        tokens_are_what_the_standard_says(tap, house, element)
        policy_is_judged_for_each_command(tap, house, element)
        receipts_count_once(tap, house, element)
    a_card_that_refuses(tap, None, "6985")
    a_card_that_refuses(tap, "token-9484", "9484")
    receipts_that_are_wrong(tap, "receipt-wrong", "alarm.receipt-refused", "not made with this key")
    receipts_that_are_wrong(tap, "receipt-replay", "alarm.receipt-replayed", "repetition")
    lost_receipts_are_settled(tap)
    tap.done()


if __name__ == "__main__":
    main()
