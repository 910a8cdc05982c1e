# SPDX-License-Identifier: Apache-2.0
"""`tsm card` as a provider with Delegated Management and as the owner who lets it: tokens, DAP, receipts, trees."""
import subprocess

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from rig import (DEMO_CAP, FACTORY, OTHER, PACKAGE, PAYMENT, PPSE_MODULE, TSM, FAILED, Inserted, Pcscd, Tap, enter,
                 keys, load_files, run, with_key)

PROVIDER, SECOND = "F04F5453440010", "F04F5453440020"
DELEGATED = "A08000"
RECEIPT_KEY = "505152535455565758595A5B5C5D5E5F"
STRANGER = "000102030405060708090A0B0C0D0E0F"
TOKEN_KVN, RECEIPT_KVN, DAP_KVN = "70", "71", "73"


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption()).decode()


def save(name, text):
    with open(keys.path(name), "w") as f:
        f.write(text)
    return "@" + keys.path(name)


SIGNERS = {"aes": lambda: keys.file("606162636465666768696A6B6C6D6E6F"),
           "p256": lambda: save("p256.pem", pem(ec.generate_private_key(ec.SECP256R1()))),
           "rsa1024": lambda: save("rsa1.pem", pem(rsa.generate_private_key(65537, 1024))),
           "rsa2048": lambda: save("rsa2.pem", pem(rsa.generate_private_key(65537, 2048)))}


def single(key, kvn, *more):
    return with_key(*more, "put-key", "--single", key, "--new-kvn", kvn)


def prepared(signer):
    """The owner's card: token and receipt keys, a domain with Delegated Management and another beside it."""
    single(signer, TOKEN_KVN)
    single(keys.file(RECEIPT_KEY), RECEIPT_KVN)
    with_key("ssd-create", PROVIDER, "--privileges", DELEGATED, "--new-key", keys.file(OTHER), "--new-kvn", "30")
    with_key("ssd-create", SECOND, "--new-key", keys.file(OTHER), "--new-kvn", "30")


def provider(*words, signer=None, receipts=RECEIPT_KEY, **more):
    allowed = ["--token-key", signer] if signer else []
    judged = ["--receipt-key", keys.file(receipts)] if receipts else []
    return with_key("--domain", PROVIDER, *allowed, *judged, *words, key=OTHER, **more)


def whole_life(signer):
    """Every change has its token and its receipt, and the receipts count without a gap."""
    prepared(signer)
    seen = provider("load", DEMO_CAP, "--install", signer=signer).doc["receipts"]
    seen += provider("registry-update", PAYMENT, "--privileges", "008000", signer=signer).doc["receipts"]
    seen += provider("delete", PPSE_MODULE, signer=signer).doc["receipts"]
    seen += provider("extradite", PAYMENT, "--to", SECOND, signer=signer).doc["receipts"]
    assert [r["for"] for r in seen] == ["load", "install", "install", "registry-update", "delete", "extradition"], seen
    assert [r["counter"] for r in seen] == list(range(len(seen))), seen
    assert all(r["verdict"] == "the receipt is right" for r in seen), seen
    owners = {e["aid"]: e["domain"] for e in with_key("list").doc["applications"]}
    assert owners[PAYMENT] == SECOND, owners


def wrong_tokens(signer):
    prepared(signer)
    failure = provider("load", DEMO_CAP, status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED" and "6985" in failure["reason"], failure
    provider("load", DEMO_CAP, signer=keys.file(STRANGER), status=FAILED)
    assert PACKAGE not in load_files()


def tokens_of_a_file(signer):
    """The owner signs what a plan of the provider shows; the provider sends what came back."""
    prepared(signer)
    plan = provider("--dry-run", "--hash", "load", DEMO_CAP, "--install").doc["plan"]
    commands = [row["apdu"] for row in plan if row["text"].startswith("INSTALL")]
    signed = [offline("token", signer, c) for c in commands]
    file = save("tokens.txt", "\n".join(signed) + "\n")[1:]
    doc = provider("--token", file, "load", DEMO_CAP, "--install").doc
    assert len(doc["receipts"]) == 3, doc
    short = save("short.txt", signed[0] + "\n")[1:]
    failure = provider("--token", short, "delete", PAYMENT, PPSE_MODULE, status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED", failure
    missing = save("none.txt", "\n")[1:]
    assert provider("--token", missing, "delete", PAYMENT, status=FAILED).failure["code"] == "MISSING_FIELD"


def offline(what, signer, *words):
    """tsm gp token|dap sign, the owner's side."""
    key = ["--pem", signer[1:]] if signer.endswith(".pem") else ["--key", signer]
    return subprocess.run([TSM, "gp", what, "sign", *key, "--raw", *words], check=True, text=True,
                          capture_output=True).stdout.strip()


def receipts_of_another_key(signer):
    prepared(signer)
    failure = provider("load", DEMO_CAP, signer=signer, receipts=STRANGER, status=FAILED).failure
    assert failure["code"] == "MAC_WRONG" and "not made with this key" in failure["reason"], failure
    assert "the load file is in the card" in failure["remark"], failure
    assert PACKAGE in load_files()
    failure = provider("--last", "7", "delete", PACKAGE, signer=signer, status=FAILED).failure
    assert "seen before" in failure["reason"], failure


def dap(signer):
    """A file for a domain that verifies DAPs goes in with its signature alone."""
    with_key("ssd-create", PROVIDER, "--privileges", "C00000", "--new-key", keys.file(OTHER), "--new-kvn", "30")
    with_key("--domain", PROVIDER, "put-key", "--single", signer, "--new-kvn", DAP_KVN, key=OTHER)
    wrong = keys.file(STRANGER)
    for words in ([], ["--dap-key", wrong]):
        assert with_key("load", DEMO_CAP, "--to", PROVIDER, *words, status=FAILED).failure["code"] == "CARD_REFUSED"
    assert PACKAGE not in load_files()
    with_key("load", DEMO_CAP, "--to", PROVIDER, "--dap-key", signer)
    assert PACKAGE in load_files()
    with_key("delete", PACKAGE)
    block = offline("dap", signer, "--domain", PROVIDER, "--cap", DEMO_CAP)
    with_key("load", DEMO_CAP, "--to", PROVIDER, "--dap", save("dap.txt", block)[1:])
    assert PACKAGE in load_files()


def tree():
    with_key("ssd-create", PROVIDER, "--quota", "20000", "--new-key", keys.file(OTHER), "--new-kvn", "30")
    with_key("load", DEMO_CAP, "--to", PROVIDER, "--install")
    root, = with_key("audit").doc["tree"]
    assert root["kind"] == "issuer domain" and root["keys"][0]["kvn"] == "FF", root
    domain = next(n for n in root["children"] if n["aid"] == PROVIDER)
    assert domain["keys"] == [{"type": "AES", "bits": 128, "keys": 3, "kvn": "30"}], domain
    assert domain["free_nonvolatile"] < 20000 < root["free_nonvolatile"], domain
    assert {n["aid"]: n["kind"] for n in domain["children"]} == {
        PACKAGE: "load file", PAYMENT: "application", PPSE_MODULE: "application"}, domain
    text = with_key("audit", json_out=False).out
    assert f"    {PAYMENT}  application SELECTABLE" in text and "keys FF AES-128; free" in text, text


def quota():
    with_key("ssd-create", SECOND, "--quota", "400", "--new-key", keys.file(OTHER), "--new-kvn", "30")
    failure = with_key("load", DEMO_CAP, "--to", SECOND, "--install", status=FAILED).failure
    assert failure["code"] == "CARD_REFUSED" and "6A84" in failure["reason"], failure


def keys_are_deleted():
    with_key("put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30")
    with_key("put-key", "--new-key", keys.file(FACTORY), "--new-kvn", "31", key=OTHER)
    with_key("delete-key", "30", "--kvn", "31")
    assert [k["kvn"] for k in run("info").doc["keysets"]] == ["31"]
    single(keys.file(RECEIPT_KEY), RECEIPT_KVN)
    with_key("delete-key", RECEIPT_KVN + "/01")
    for word in ("/", "3", "30/1", "XX", "00/00"):
        with_key("delete-key", word, status=FAILED)


def the_card_is_ended_by_its_own_word_alone():
    for words in ([], ["--confirm", "terminate"]):
        failure = with_key("terminate", *words, status=FAILED).failure
        assert failure["code"] == "CONFLICT" and "never works again" in failure["reason"], failure
    word = run("info").doc["image"]
    assert word in failure["reason"]
    plan = with_key("--dry-run", "--confirm", word, "terminate").doc["plan"]
    assert plan[-1]["text"] == "SET STATUS of the card to FF", plan
    assert with_key("list").doc["issuer_domain"][0]["state"] == "OP_READY"
    assert with_key("--confirm", word, "terminate").doc["done"] == ["the card is TERMINATED"]
    with_key("list", status=FAILED)


def inside():
    tap = Tap()
    with Pcscd():
        for name, make in SIGNERS.items():
            signer = make()
            with Inserted():
                tap.run(f"card: delegated management with tokens of {name}", whole_life, signer)
            with Inserted():
                tap.run(f"card: a load file with a DAP of {name}", dap, signer)
        signer = SIGNERS["aes"]()
        for case in (wrong_tokens, tokens_of_a_file, receipts_of_another_key):
            with Inserted():
                tap.run("card: " + case.__name__.replace("_", " "), case, signer)
        for case in (tree, quota, keys_are_deleted, the_card_is_ended_by_its_own_word_alone):
            with Inserted():
                tap.run("card: " + case.__name__.replace("_", " "), case)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
