# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with `tsm card` is told once, with what was done before and what is not known."""
import os
import pty
import re
import subprocess

from rig import (DEMO_CAP, DOMAIN, FACTORY, OTHER, PACKAGE, PAYMENT, READER, TSM, DONE, FAILED, Inserted, Pcscd, Tap,
                 END_SECONDS, Watched, applications, enter, keys, load_files, run, with_key)

INS_INITIALIZE, INS_EXTERNAL, INS_LOAD = 0x50, 0x82, 0xE8
SMALL_BLOCKS = ["--block", "01"]


def failed(*words, code, **more):
    """The failure of a run that must fail with this code."""
    failure = with_key(*words, status=FAILED, **more).failure
    assert failure["code"] == code, failure
    return failure


def a_wrong_key_is_tried_once_and_says_what_was_tried(card):
    before = card.log()
    failure = failed("auth", code="CRYPTOGRAM_WRONG", key=OTHER)
    for said in ("key version FF", "SCP03 i=70", "derivation none", "ENC F2A8DF", "nothing was sent"):
        assert said in failure["reason"], failure
    assert "do not retry" in failure["next"]
    new = card.log()[len(before):]
    assert new.count(INS_INITIALIZE) == 1 and INS_EXTERNAL not in new, new
    assert failed("--dry-run", "list", code="CRYPTOGRAM_WRONG", key=OTHER)["done"] == []


def a_wrong_protocol_or_version_is_told_before_keys_are_tried():
    failure = failed("--scp", "scp02", "list", code="CONFLICT", key=OTHER)
    assert "speaks SCP03" in failure["reason"]
    failed("--scp", "scp03-i60", "list", code="CONFLICT", key=OTHER)
    assert "31" in failed("--kvn", "31", "list", code="KEY_MISSING")["reason"]
    failed("list", code="BAD_LENGTH", key=OTHER[:10])


def a_reader_without_card_or_name_is_told():
    assert run("info", reader="Virtual PCD 00 01", status=FAILED).failure["code"] == "PEER_DOWN"
    reason = run("info", reader="Nobody's", status=FAILED).failure
    assert reason["code"] == "NOT_FOUND" and READER in reason["reason"]
    assert run("info", reader="Virtual", status=FAILED).failure["code"] == "CONFLICT"
    assert run("info", reader="9", status=FAILED).failure["code"] == "NOT_FOUND"
    assert run("info", reader=None, status=FAILED).failure["code"] == "MISSING_FIELD"
    assert run("list", status=FAILED).failure["code"] == "MISSING_FIELD"


def a_refusal_names_command_and_status():
    failure = failed("delete", "F04F54534D7777", code="CARD_REFUSED")
    assert "DELETE F04F54534D7777 was answered 6A88" in failure["reason"] and failure["next"], failure
    failed("lock", "F04F54534D7777", code="NOT_FOUND")
    failed("lock", code="BAD_FORM")
    failed("delete", "F04F", code="BAD_FORM")
    failed("install", "--package", "F04F54534D7777", "--module", "F04F54534D7778", code="CARD_REFUSED")
    failed("load", "/nowhere.cap", code="IO")
    failed("load", os.path.abspath(__file__), code="BAD_VALUE")
    failed("store-data", "XY", code="BAD_FORM")
    assert "unsure" not in failed("apdu", "80", code="SHORT_INPUT"), "nothing was sent"
    said = failed("ssd-create", "F0" * 16, "--package", "F1" * 16, "--module", "F2" * 16, code="CARD_REFUSED")["reason"]
    assert said.endswith("(referenced data not found)"), said  # the status word stands, however long the names are
    text = with_key("delete", "F04F54534D7777", status=FAILED, json_out=False)
    assert text.out == "" and re.search(r"^tsm: .*6A88", text.err, flags=re.M) and "  next: " in text.err, text


def a_second_load_says_what_is_there():
    with_key("load", DEMO_CAP)
    failed("load", DEMO_CAP, code="CARD_REFUSED")
    failure = failed("delete", PACKAGE, "F04F54534D7777", code="CARD_REFUSED")
    assert failure["done"] == [PACKAGE + " is deleted"], failure


def a_key_for_another_protocol_is_refused_before_the_card_has_it(card):
    before = len(card.log())
    failed("put-key", "--new-key", keys.file(OTHER + OTHER), "--new-kvn", "20", code="BAD_LENGTH")
    failed("put-key", "--new-key", keys.file(OTHER), "--new-kvn", "80", code="BAD_VALUE")
    failed("put-key", "--new-key", keys.file(OTHER), code="MISSING_FIELD")
    assert 0xD8 not in card.log()[before:]


def keys_stay_out_of_the_process_list():
    watched = Watched("--key", FACTORY, "load", DEMO_CAP, *SMALL_BLOCKS)
    watched.until("LOAD block 3")
    with open(f"/proc/{watched.child.pid}/cmdline", "rb") as f:
        shown = f.read()
    result = watched.end()
    assert FACTORY.encode() not in shown and b"*" * len(FACTORY) in shown, shown
    assert result.status == DONE and "laboratories only" in result.err, result
    with_key("delete", PACKAGE)


def an_interrupted_load_leaves_nothing_and_says_so():
    watched = Watched("--key", keys.file(FACTORY), "load", DEMO_CAP, *SMALL_BLOCKS)
    watched.until("LOAD block 3")
    watched.interrupt()
    result = watched.end()
    assert result.status == FAILED and result.failure["code"] == "INTERRUPTED", result
    assert "nothing of the file is there" in result.failure["remark"] and result.failure["done"] == []
    assert PACKAGE not in load_files()


def a_file_without_all_its_applications_is_told(_):
    """The ninth command is the second INSTALL [for install]."""
    failure = failed("load", DEMO_CAP, "--install", code="CARD_REFUSED")
    assert len(failure["done"]) == 2 and "not all installed" in failure["remark"], failure
    assert PACKAGE in load_files() and list(applications()) == [PAYMENT]


def a_long_load_shows_its_progress():
    ours, theirs = pty.openpty()
    child = subprocess.Popen([TSM, "card", "--reader", READER, "--key", keys.file(FACTORY), "load", DEMO_CAP,
                              *SMALL_BLOCKS], stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:  # how a pseudo terminal ends
        pass
    os.close(ours)
    assert child.wait(END_SECONDS) == 0 and b"loaded blocks 8 of" in seen and seen.endswith(b"\n"), seen
    with_key("delete", PACKAGE)


def a_forged_cryptogram_is_not_answered(card):
    failed("auth", code="CRYPTOGRAM_WRONG")
    assert INS_EXTERNAL not in card.log()


def a_forged_answer_is_refused(_):
    assert "R-MAC" in failed("list", code="MAC_WRONG")["reason"]


def a_lost_answer_to_new_keys_is_not_known(_):
    """The card executes PUT KEY and loses power before it answers."""
    failure = with_key("put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30", status=FAILED).failure
    assert "PUT KEY version 30" in failure["unsure"], failure
    assert failure["done"] == [], failure


def an_error_in_the_middle_of_a_load_leaves_nothing(_):
    """The seventh command is the second LOAD."""
    failure = failed("load", DEMO_CAP, code="CARD_REFUSED")
    assert "LOAD block 1" in failure["reason"] and "nothing of the file is there" in failure["remark"], failure
    assert PACKAGE not in load_files()


def a_domain_without_its_keys_is_told(_):
    """The seventh command is the STORE DATA with the keys."""
    failure = failed("ssd-create", DOMAIN, "--new-key", keys.file(OTHER), "--new-kvn", "30", code="CARD_REFUSED")
    assert failure["done"] == [f"domain {DOMAIN} is there"] and "without keys of its own" in failure["remark"]


def inside():
    tap = Tap()
    with Pcscd():
        with Inserted() as card:
            for case in (a_wrong_key_is_tried_once_and_says_what_was_tried,
                         a_key_for_another_protocol_is_refused_before_the_card_has_it):
                tap.run("card: " + case.__name__.replace("_", " "), case, card)
            for case in (a_wrong_protocol_or_version_is_told_before_keys_are_tried,
                         a_reader_without_card_or_name_is_told, a_refusal_names_command_and_status,
                         a_second_load_says_what_is_there, keys_stay_out_of_the_process_list,
                         an_interrupted_load_leaves_nothing_and_says_so, a_long_load_shows_its_progress):
                tap.run("card: " + case.__name__.replace("_", " "), case)
        for fault, case in (("cryptogram", a_forged_cryptogram_is_not_answered), ("mac", a_forged_answer_is_refused),
                            ("crash-put-key", a_lost_answer_to_new_keys_is_not_known),
                            ("6F00-7", an_error_in_the_middle_of_a_load_leaves_nothing),
                            ("6F00-9", a_file_without_all_its_applications_is_told),
                            ("6F00-7", a_domain_without_its_keys_is_told)):
            with Inserted("--fault", fault) as card:
                tap.run("card: " + case.__name__.replace("_", " "), case, card)
        run("readers", reader=None)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
