# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in SCP11 with `tsm card`: found here before the card sees anything, refused by the card, or found in
its answers."""
import tempfile

from desk import Desk
from rig import DEMO_CAP, OTHER, PACKAGE, PAYMENT, FAILED, USAGE, Pcscd, Tap, enter, keys, run

import tlv  # after rig, which says where these are
from channel.authority import VERIFICATION, Party, plain

INS_PSO, INS_AUTHENTICATE, INS_LIST = 0x2A, 0x82, 0xF2


def an_unknown_side_may_read_only(desk, _):
    assert desk.run("b", "apdu", "80CA00E000").doc["answers"][0]["sw"] == "9000"
    failure = desk.run("b", "list", status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED" and "6982" in failure["reason"], failure


def what_can_be_replayed_changes_no_keys(desk, _):
    desk.run("c", "load", DEMO_CAP, "--install")
    for words in (["put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30"], ["delete-key", "30"],
                  ["lock", PAYMENT]):
        failure = desk.run("c", *words, status=FAILED).failure
        assert failure["code"] == "NOT_ALLOWED" and "unsure" not in failure, failure  # nothing was sent
    desk.run("c", "delete", PACKAGE, "--related")


def no_variant_but_the_cards(desk, _):
    failure = desk.run("a", "auth", status=FAILED).failure
    assert failure["code"] == "CONFLICT" and "without SCP11a" in failure["reason"], failure
    assert run(*desk.words("c")[2:], "auth").doc["channel"]["protocol"] == "SCP11c"


def nothing_is_shown_to_the_card(desk, card):
    """Dates, keys and files that do not fit are refused here: the card has no clock and would take some."""
    h = desk.house
    with open(desk.leaf, "rb") as f:
        leaf = f.read()
    stranger = Party(h.curve, b"OWNER")
    cases = (("EXPIRED", "valid until", {"chain": desk.chain("old.bin", expired(h.ca, h.entity))}),
             ("KEY_REFUSED", "not that of --oce-key", {"chain": desk.chain("other.bin", h.ca.issue_gp(stranger))}),
             ("KEY_REFUSED", "not for key agreement",
              {"chain": desk.chain("usage.bin", h.ca.issue_gp(h.entity, VERIFICATION))}),
             ("BAD_FORM", "holds no certificates", {"chain": desk.write("empty.bin", b"")}),
             ("IO", "No such file", {"chain": "/nowhere"}),
             ("IO", "No such file", {"card_ca": "/nowhere"}),
             ("BAD_FORM", "no key in PEM", {"key": desk.write("bad.pem", b"nothing")}),
             ("SHORT_INPUT", "", {"chain": desk.chain("cut.bin", leaf[:-1])}))
    for code, said, files in cases:
        failure = desk.run("a", "auth", status=FAILED, **files).failure
        assert failure["code"] == code and said in failure["reason"], failure
    words = desk.words("a", "auth")
    for option in ("--oce-key", "--oce-chain", "--card-ca"):
        n = words.index(option)
        failure = run(*words[:n], *words[n + 2:], status=FAILED).failure
        assert failure["code"] == "MISSING_FIELD" and option in failure["reason"], failure
    for level in ("mac", "mac+enc", "mac+enc+rmac"):
        assert desk.run("a", "--level", level, "auth", status=FAILED).failure["code"] == "BAD_VALUE"
    run("--scp", "scp11d", "auth", status=USAGE, json_out=False)
    assert INS_PSO not in card.log() and INS_AUTHENTICATE not in card.log(), card.log()


def expired(ca, party):
    """The certificate that issue_gp makes, with a day in the past."""
    whole = tlv.first(ca.issue_gp(party), 0x7F21)
    body = b"".join(tlv.make(t, bytes.fromhex("20200131") if t == 0x5F24 else v)
                    for t, v in tlv.parse(whole) if t != 0x5F37)
    return tlv.make(0x7F21, body + tlv.make(0x5F37, plain(ca.sign(body), len(ca.point) // 2)))


def the_card_refuses_a_certificate_of_another_authority(desk, card):
    other = Party(desk.house.curve, b"CA")
    failure = desk.run("a", "auth", chain=desk.chain("x.bin", other.issue_gp(desk.house.entity)), status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED" and "6600" in failure["reason"], failure
    failure = desk.run("a", "--ca-kvn", "04", "auth", status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED" and "6A88" in failure["reason"], failure
    assert INS_AUTHENTICATE not in card.log()


def the_card_must_be_certified(desk, card):
    other = desk.write("other-ca.pem", Party(desk.house.curve, b"KLCC").pem())
    assert desk.run("a", "auth", card_ca=other, status=FAILED).failure["code"] == "MAC_WRONG"
    assert INS_PSO not in card.log()


def a_false_certificate_is_found(desk, card):
    assert desk.run("a", "auth", status=FAILED).failure["code"] == "MAC_WRONG"
    assert INS_PSO not in card.log()


def a_false_receipt_is_found(desk, card):
    for variant in "abc":
        failure = desk.run(variant, "list", status=FAILED).failure
        assert failure["code"] == "CRYPTOGRAM_WRONG" and "receipt" in failure["reason"], failure
    assert INS_LIST not in card.log()


def a_false_answer_is_found(desk, _):
    assert desk.run("a", "list", status=FAILED).failure["code"] == "MAC_WRONG"


def a_globalplatform_certificate_is_refused_by_a_card_without_them(desk, _):
    failure = desk.run("a", "list", status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED" and "6A87" in failure["reason"], failure


POINTS = ((an_unknown_side_may_read_only, "scp11b"), (what_can_be_replayed_changes_no_keys, "scp11c"),
          (no_variant_but_the_cards, "scp11c"), (nothing_is_shown_to_the_card, "scp11a"),
          (the_card_refuses_a_certificate_of_another_authority, "scp11a"), (the_card_must_be_certified, "scp11a"),
          (a_globalplatform_certificate_is_refused_by_a_card_without_them, "scp11a-x509"),
          (a_false_certificate_is_found, "scp11a", "--fault", "certificate"),
          (a_false_receipt_is_found, "scp11", "--fault", "cryptogram"),
          (a_false_answer_is_found, "scp11a", "--fault", "mac"))


def inside():
    tap = Tap()
    with Pcscd(), tempfile.TemporaryDirectory(prefix="opentsm-scp11-") as folder:
        desk = Desk(folder)
        for case, protocol, *options in POINTS:
            with desk.card(protocol, *options) as card:
                tap.run(f"card {protocol}: {case.__name__.replace('_', ' ')}", case, desk, card)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
