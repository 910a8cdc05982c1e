# SPDX-License-Identifier: Apache-2.0
"""`tsm card` with keys that never leave the vault of the server's parties."""
import os
import tempfile

from rig import FACTORY, OTHER, FAILED, Inserted, Pcscd, Tap, applications, enter, keys, run, with_key

from node import Node, fixture, make_ca  # after rig, which says where it is


class Vault:
    """The bank's token as `tsmd init` makes it, with the laboratory's masters."""

    def __init__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="opentsm-card-vault-")
        make_ca(self.dir.name)
        self.node = Node(self.dir.name, "tsmd", "opentsm")
        self.node.init(fixture())
        self.pin = os.path.join(self.node.home, "pins", "bank.pin")

    def run(self, *words, pin=None, **more):
        return run("--vault", "pkcs11:token=opentsm-bank", "--pin", "@" + (pin or self.pin), *words,
                   environment=self.node.environment, **more)


def a_new_set_is_made_in_the_vault_and_replaces_the_factory_keys(vault):
    doc = vault.run("--key", keys.file(FACTORY), "put-key", "--new-keyset", "desk-1", "--new-kvn", "30").doc
    assert doc["new_keys"]["from"] == "desk-1" and doc["done"] == ["the card took key version 30"], doc
    again = vault.run("--keyset", "desk-1", "auth").doc
    assert again["keys"]["kcv"] == doc["new_keys"]["kcv"] and again["channel"]["kvn"] == "30"
    assert vault.run("--key", "desk-1", "list").doc["issuer_domain"][0]["state"] == "OP_READY"
    assert len(set(doc["new_keys"]["kcv"].values())) == 3


def a_domain_gets_a_set_from_the_vault(vault):
    vault.run("--keyset", "desk-1", "ssd-create", "F04F54534DD00001", "--new-keyset", "desk-domain", "--new-kvn", "31")
    doc = vault.run("--keyset", "desk-domain", "--domain", "F04F54534DD00001", "auth").doc
    assert doc["channel"]["kvn"] == "31" and doc["channel"]["proved"]


def a_plan_makes_nothing_in_the_vault(vault):
    doc = vault.run("--keyset", "desk-1", "--dry-run", "put-key", "--new-keyset", "desk-2", "--new-kvn", "32").doc
    assert doc["plan"][-1]["text"].startswith("PUT KEY version 32")
    assert vault.run("--keyset", "desk-2", "auth", status=FAILED).failure["code"] == "KEY_MISSING"
    doc = vault.run("--keyset", "desk-1", "--dry-run", "list", reader=None).doc
    assert doc["channel"]["kvn"] == "30" and len(doc["keys"]["kcv"]) == 3


def a_set_that_the_card_refuses_is_dropped_again(vault):
    words = ["--keyset", "desk-1", "put-key", "--new-keyset", "desk-3", "--new-kvn", "33", "--replace", "34"]
    failure = vault.run(*words, status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED" and "dropped from the vault" in failure["remark"], failure
    assert vault.run("--keyset", "desk-3", "auth", status=FAILED).failure["code"] == "KEY_MISSING"


def a_set_for_another_version_is_not_put(vault):
    words = ["--keyset", "desk-1", "put-key", "--new-keyset", "desk-1", "--new-kvn", "35"]
    assert vault.run(*words, status=FAILED).failure["code"] == "CONFLICT"


def a_wrong_set_is_tried_once(vault):
    failure = vault.run("--keyset", "desk-domain", "--kvn", "30", "auth", status=FAILED).failure
    assert failure["code"] == "CRYPTOGRAM_WRONG" and "key version 30" in failure["reason"], failure


def names_and_pins_that_are_wrong_are_told(vault):
    assert vault.run("--keyset", "nobody", "auth", status=FAILED).failure["code"] == "KEY_MISSING"
    assert vault.run("--keyset", "no/body", "auth", status=FAILED).failure["code"] in ("BAD_VALUE", "KEY_MISSING")
    failure = vault.run("--keyset", "imk-ac", "auth", status=FAILED).failure
    assert failure["code"] == "KEY_REFUSED" and "--kdf" in failure["reason"], failure
    with open(keys.path("wrong.pin"), "w") as f:
        f.write("0000000000")
    assert vault.run("--keyset", "desk-1", "auth", pin=keys.path("wrong.pin"), status=FAILED).failure["code"] == \
        "KEY_REFUSED"
    assert run("--keyset", "desk-1", "auth", status=FAILED).failure["code"] == "MISSING_FIELD"


def a_lost_answer_keeps_the_new_set(vault):
    words = ["--key", keys.file(FACTORY), "put-key", "--new-keyset", "desk-lost", "--new-kvn", "30"]
    failure = vault.run(*words, status=FAILED).failure
    assert "PUT KEY version 30" in failure["unsure"] and "kept in the vault" in failure["remark"], failure
    plan = vault.run("--keyset", "desk-lost", "--dry-run", "auth", reader=None).doc
    assert plan["channel"]["kvn"] == "30"


def card_keys_are_derived_from_a_master_in_the_token(vault):
    words = ["--key", keys.file(FACTORY), "put-key", "--new-keyset", "imk-ac", "--new-kdf", "emv", "--new-kvn", "20"]
    doc = vault.run(*words).doc
    again = vault.run("--keyset", "imk-ac", "--kdf", "emv", "auth").doc
    assert again["keys"]["kcv"] == doc["new_keys"]["kcv"] and again["channel"]["protocol"].startswith("SCP02")
    three = vault.run("--keyset", "imk-smi,imk-ac,imk-ac", "--kdf", "emv", "auth", status=FAILED).failure
    assert three["code"] == "CRYPTOGRAM_WRONG" and "derivation emv" in three["reason"], three
    three = vault.run("--keyset", "imk-ac,imk-smi,imk-smc", "--kdf", "emv", "auth", status=FAILED).failure
    assert three["code"] == "CARD_REFUSED" and "MAC key may be another" in three["remark"], three


def clear_keys_stay_usable_beside_a_vault(vault):
    vault.run("--key", keys.file(FACTORY), "put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30")
    assert applications(key=OTHER) == {} and with_key("auth", key=OTHER).doc["channel"]["kvn"] == "30"


def inside():
    tap = Tap()
    with Pcscd():
        vault = Vault()
        with Inserted():
            for case in (a_new_set_is_made_in_the_vault_and_replaces_the_factory_keys,
                         a_domain_gets_a_set_from_the_vault, a_plan_makes_nothing_in_the_vault,
                         a_set_that_the_card_refuses_is_dropped_again, a_set_for_another_version_is_not_put,
                         a_wrong_set_is_tried_once, names_and_pins_that_are_wrong_are_told):
                tap.run("card: " + case.__name__.replace("_", " "), case, vault)
        with Inserted("--fault", "crash-put-key"):
            tap.run("card: a lost answer keeps the new set", a_lost_answer_keeps_the_new_set, vault)
        with Inserted("--scp", "scp02-i55"):
            tap.run("card: card keys are derived from a master in the token",
                    card_keys_are_derived_from_a_master_in_the_token, vault)
        with Inserted():
            tap.run("card: clear keys stay usable beside a vault", clear_keys_stay_usable_beside_a_vault, vault)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
