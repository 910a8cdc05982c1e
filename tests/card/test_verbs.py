# SPDX-License-Identifier: Apache-2.0
"""Every verb of `tsm card`, as a person at a desk uses them."""
import json

from rig import (DEMO_CAP, DOMAIN, FACTORY, FIXTURE, ISD, OTHER, PACKAGE, PAYMENT, PPSE_MODULE, READER, FAILED, USAGE,
                 Inserted, Pcscd, Tap, applications, enter, keys, load_files, run, with_key)

INS_EXTERNAL, INS_INSTALL, INS_LOAD, INS_PUT_KEY = 0x82, 0xE6, 0xE8, 0xD8


def readers_are_listed():
    listed = run("readers", reader=None).doc["readers"]
    assert [r["card"] for r in listed if r["name"] == READER] == ["present"], listed
    assert READER in run("readers", reader=None, json_out=False).out


def a_reader_is_meant_by_number_name_or_part():
    number = next(r["index"] for r in run("readers", reader=None).doc["readers"] if r["name"] == READER)
    for which in (str(number), READER, READER[-5:]):
        assert run("info", reader=which).doc["isd_aid"] == ISD


def an_unknown_card_gets_a_proposal_that_is_a_profile():
    with open(FIXTURE) as f:
        strangers = [p for p in json.load(f)["profiles"] if p["name"] != "lab-ese"]
    with open(keys.path("strangers.json"), "w") as f:
        json.dump(strangers, f)
    doc = run("--profiles", keys.path("strangers.json"), "info").doc
    assert doc["profile"]["match"] == "unknown" and doc["profile"]["not_contradicted"] == [], doc["profile"]
    proposal = doc["profile"]["proposal"]
    assert "ssd_package" in proposal["assumed"] and proposal["profile"]["isd_kvn"] == 0xFF
    with open(keys.path("proposed.json"), "w") as f:
        json.dump(proposal, f)
    again = run("--profiles", keys.path("proposed.json"), "info").doc["profile"]
    assert again == {"match": "known", "name": proposal["profile"]["name"]}, again


def a_known_card_has_its_exact_profile():
    doc = run("--profiles", FIXTURE, "info").doc
    assert doc["profile"] == {"match": "known", "name": "lab-ese"}
    assert doc["cplc"]["os"] == "4F54" and doc["protocols"] == ["SCP03 i=70"] and doc["unreadable"] == []
    assert doc["keysets"] == [{"type": "AES", "bits": 128, "keys": 3, "kvn": "FF"}]


def two_profiles_that_know_it_equally_are_named_and_none_is_taken():
    with open(FIXTURE) as f:
        one = next(p for p in json.load(f)["profiles"] if p["name"] == "lab-ese")
    with open(keys.path("twins.json"), "w") as f:
        json.dump([one, {**one, "name": "twin"}], f)
    profile = run("--profiles", keys.path("twins.json"), "info").doc["profile"]
    assert profile["match"] == "several" and profile["not_contradicted"] == ["lab-ese", "twin"], profile


def the_key_is_tried_without_more():
    doc = with_key("auth").doc
    assert doc["channel"]["proved"] and doc["channel"]["level"] == "33" and doc["keys"]["kcv"]["enc"] == "504A77"


def a_file_is_loaded_with_its_applications():
    done = with_key("load", DEMO_CAP, "--install", "--hash").doc["done"]
    assert len(done) == 3 and PACKAGE in done[0], done
    assert applications() == {PAYMENT: "SELECTABLE", PPSE_MODULE: "SELECTABLE"} and PACKAGE in load_files()


def an_application_is_locked_and_unlocked():
    with_key("lock", PAYMENT)
    assert applications()[PAYMENT] == "LOCKED"
    assert "nothing was sent" in with_key("lock", PAYMENT).doc["done"][0]
    with_key("unlock", PAYMENT)
    assert applications()[PAYMENT] == "SELECTABLE"


def the_card_is_locked_and_unlocked():
    with_key("apdu", "80F08007", "80F0800F")  # CARD_LOCKED comes from SECURED only [GPCS 5.1]
    with_key("lock", "--card")
    assert with_key("list").doc["issuer_domain"][0]["state"] == "CARD_LOCKED"
    with_key("unlock", "--card")
    assert with_key("list").doc["issuer_domain"][0]["state"] == "SECURED"


def an_instance_of_another_name_is_installed_and_deleted():
    with_key("install", "--package", PACKAGE, "--module", PAYMENT, "--instance", "F04F54534D0101AA")
    assert "F04F54534D0101AA" in applications()
    with_key("delete", "F04F54534D0101AA")
    with_key("install", DEMO_CAP, "--module", PAYMENT, "--instance", "F04F54534D0101BB")
    with_key("delete", "F04F54534D0101BB")
    assert sorted(applications()) == [PAYMENT, PPSE_MODULE]


def a_file_is_deleted_with_its_applications():
    with_key("delete", PACKAGE, "--related")
    assert applications() == {} and PACKAGE not in load_files()


def a_domain_is_created_with_keys_and_opened_with_them():
    done = with_key("ssd-create", DOMAIN, "--new-key", keys.file(OTHER), "--new-kvn", "30").doc["done"]
    assert len(done) == 2, done
    assert applications()[DOMAIN] == "PERSONALIZED"
    doc = with_key("--domain", DOMAIN, "auth", key=OTHER).doc
    assert doc["channel"]["kvn"] == "30"


def that_domain_tells_of_itself_and_what_is_below_it():
    """GPCS 11.4.2.1: the issuer's domain is told of by itself alone."""
    below = DOMAIN[:-2] + "02"
    with_key("ssd-create", below)
    with_key("extradite", below, "--to", DOMAIN)
    doc = with_key("--domain", DOMAIN, "list", key=OTHER).doc
    assert doc["issuer_domain"] == [] and sorted(e["aid"] for e in doc["applications"]) == [DOMAIN, below], doc
    tree = with_key("--domain", DOMAIN, "audit", key=OTHER).doc["tree"]
    assert [(n["aid"], n["kind"], [b["aid"] for b in n["children"]]) for n in tree] == [(DOMAIN, "domain", [below])], tree
    with_key("delete", below)


def a_file_is_loaded_into_that_domain():
    with_key("load", DEMO_CAP, "--to", DOMAIN)
    files = {e["aid"]: e["domain"] for e in with_key("list").doc["load_files"]}
    assert files[PACKAGE] == DOMAIN
    with_key("delete", PACKAGE)
    with_key("delete", DOMAIN)


def data_is_stored_in_the_domain():
    with_key("store-data", "450A" + "99" * 10)
    assert run("info").doc["image"] == "99" * 10
    with open(keys.path("data.hex"), "w") as f:
        f.write("45 02\n0102\n")
    with_key("store-data", "@" + keys.path("data.hex"), "--form", "tlv")
    assert run("info").doc["image"] == "0102"


def commands_are_sent_as_they_are():
    doc = run("apdu", "00A4040000", "80CA006600").doc
    assert [a["sw"] for a in doc["answers"]] == ["9000", "9000"] and doc["answers"][1]["data"].startswith("66")
    doc = with_key("apdu", "80F28002024F0000", "80CA9F7F00").doc
    assert doc["answers"][0]["data"].startswith("E3") and doc["answers"][1]["sw"] == "9000"
    assert run("apdu", "80F28002024F0000").doc["answers"][0]["sw"] == "6982"


def a_plan_changes_nothing_and_hides_keys(card):
    before = card.log().count(INS_EXTERNAL)
    for words in (["load", DEMO_CAP, "--install"], ["put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30"],
                  ["ssd-create", DOMAIN], ["delete", PACKAGE], ["lock", PAYMENT], ["store-data", "45020102"], ["list"]):
        result = with_key("--dry-run", *words)
        assert result.doc["channel"]["proved"] and result.doc["keys"]["kcv"]["mac"] == "504A77", result
        assert [r["text"][:7] for r in result.doc["plan"] if r.get("sent")] == ["SELECT ", "GET DAT", "INITIAL"]
        assert OTHER not in result.out and FACTORY not in result.out
        for row in result.doc["plan"]:
            assert not row["apdu"].startswith(("80D8", "80E2")) or "..(" in row["apdu"], row
    assert card.log().count(INS_EXTERNAL) == before and INS_PUT_KEY not in card.log()


def a_plan_needs_no_card():
    result = with_key("--dry-run", "--scp", "scp03-i70-s16", "load", DEMO_CAP, reader=None)
    loads = [r["text"] for r in result.doc["plan"] if r["text"].startswith("LOAD")]
    assert loads == ["LOAD block 0, 223 octets", "LOAD block 1 (last), 88 octets"], loads
    result = with_key("--dry-run", "--kdf", "kdf3", "--kdd", "00010203040506070809", "auth", reader=None)
    assert result.doc["keys"]["kcv"]["enc"] != "504A77" and not result.doc["channel"]["proved"]


def keys_are_replaced_and_the_old_ones_are_gone():
    doc = with_key("put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30").doc
    assert doc["done"] == ["the card took key version 30"] and doc["new_keys"]["kvn"] == "30"
    assert with_key("auth", key=OTHER).doc["channel"]["kvn"] == "30"
    assert with_key("--kvn", "FF", "auth", status=FAILED).failure["code"] == "KEY_MISSING"
    with_key("put-key", "--new-key", keys.file(FACTORY), "--new-kvn", "30", "--replace", "30", key=OTHER)
    with_key("auth")


def wrong_use_is_told():
    for words in (["load"], ["delete"], ["nothing"], [], ["list", "--level", "strong"], ["list", "--scp", "scp99"],
                  ["list", "--kvn", "1FF"], ["info", "more"], ["--unknown"]):
        run(*words, status=USAGE, json_out=False)
    assert "readers" in run("--help", json_out=False).out


def inside():
    tap = Tap()
    with Pcscd():
        with Inserted() as card:
            for case in (readers_are_listed, a_reader_is_meant_by_number_name_or_part,
                         an_unknown_card_gets_a_proposal_that_is_a_profile, a_known_card_has_its_exact_profile,
                         two_profiles_that_know_it_equally_are_named_and_none_is_taken, the_key_is_tried_without_more,
                         a_file_is_loaded_with_its_applications, an_application_is_locked_and_unlocked,
                         an_instance_of_another_name_is_installed_and_deleted,
                         a_file_is_deleted_with_its_applications, a_domain_is_created_with_keys_and_opened_with_them,
                         that_domain_tells_of_itself_and_what_is_below_it, a_file_is_loaded_into_that_domain, data_is_stored_in_the_domain,
                         commands_are_sent_as_they_are, the_card_is_locked_and_unlocked):
                tap.run("card: " + case.__name__.replace("_", " "), case)
            tap.run("card: a plan changes nothing and hides keys", a_plan_changes_nothing_and_hides_keys, card)
            for case in (a_plan_needs_no_card, keys_are_replaced_and_the_old_ones_are_gone, wrong_use_is_told):
                tap.run("card: " + case.__name__.replace("_", " "), case)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
