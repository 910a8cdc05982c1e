# SPDX-License-Identifier: Apache-2.0
"""`tsm card` in every secure channel that the laboratory's card speaks, at every level, and with cards that are
peculiar."""
import json

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from rig import (DEMO_CAP, FACTORY, FIXTURE, OTHER, PACKAGE, PAYMENT, FAILED, Inserted, Pcscd, Tap, applications, enter,
                 VARIANTS, levels, number, keys, load_files, run, with_key)

LEVEL_WORDS = {0x01: "mac", 0x03: "mac+enc", 0x11: "mac+rmac", 0x13: "mac+enc+rmac", 0x33: "mac+enc+rmac+renc"}
MASTER = "0F0E0D0C0B0A09080706050403020100"
KDD = bytes.fromhex("4F54534D000100000001")


def every_level(variant):
    for level in levels(variant):
        for scp in (["--scp", variant], []):
            doc = with_key(*scp, "--level", LEVEL_WORDS[level], "auth").doc
            assert int(doc["channel"]["level"], 16) == level, doc
            assert doc["channel"]["protocol"] == "SCP%02X i=%02X" % (number(variant)[0], number(variant)[1] | (
                variant.endswith("s16"))) + (" S16" if variant.endswith("s16") else ""), doc
        if number(variant)[0] == 3:
            assert with_key("--level", LEVEL_WORDS[level], "list").doc["issuer_domain"][0]["state"] == "OP_READY"


def whole_life(variant):
    """Load, install, lock, delete, domain with keys, new keys: at the strongest level, protocol found out."""
    tdes = number(variant)[0] == 2
    kvn = "20" if tdes else "30"
    with_key("load", DEMO_CAP, "--install", "--block", "40")
    assert PAYMENT in applications()
    with_key("lock", PAYMENT)
    assert applications()[PAYMENT] == "LOCKED"
    with_key("delete", PACKAGE, "--related")
    assert PACKAGE not in load_files()
    with_key("ssd-create", "F04F54534DD00001", "--new-key", keys.file(OTHER), "--new-kvn", kvn)
    with_key("--domain", "F04F54534DD00001", "auth", key=OTHER)
    with_key("store-data", "45020102")
    with_key("put-key", "--new-key", keys.file(OTHER), "--new-kvn", kvn)
    assert with_key("auth", key=OTHER).doc["channel"]["kvn"] == kvn


def tdes_ecb(key, data):
    """One block after the other; two-key triple DES."""
    context = Cipher(algorithms.TripleDES(key), modes.ECB()).encryptor()
    return context.update(data) + context.finalize()


def kcv(key, tdes):
    if tdes:
        return tdes_ecb(key, bytes(8))[:3].hex().upper()
    context = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return (context.update(b"\x01" * 16) + context.finalize())[:3].hex().upper()


def derived(method, kid):
    """Card keys by each method, recomputed here: EMV CPS, Visa, SP 800-108."""
    master = bytes.fromhex(MASTER)
    if method == "kdf3":
        mac = CMAC(algorithms.AES(master))
        mac.update(bytes([1, 0, 0, 0, kid, 0]) + KDD)
        return mac.finalize()
    part = KDD[4:10] if method == "emv" else KDD[0:2] + KDD[4:8]
    return tdes_ecb(master, part + bytes([0xF0, kid]) + part + bytes([0x0F, kid]))


def diversified(method, kvn):
    """New keys are derived from a master for this card; the channel is opened with the same master again."""
    tdes = method != "kdf3"
    wanted = {name: kcv(derived(method, kid), tdes) for kid, name in enumerate(("enc", "mac", "dek"), 1)}
    doc = with_key("put-key", "--new-key", keys.file(MASTER), "--new-kdf", method, "--new-kvn", kvn).doc
    assert doc["new_keys"]["kcv"] == wanted, (doc["new_keys"], wanted)
    doc = with_key("--kdf", method, "auth", key=MASTER).doc
    assert doc["keys"]["kcv"] == wanted and doc["channel"]["kdd"] == KDD.hex().upper()
    plan = with_key("--dry-run", "--kdf", method, "--kdd", KDD.hex(), "--scp", "scp02" if tdes else "scp03", "auth",
                    key=MASTER, reader=None).doc
    assert plan["keys"]["kcv"] == wanted
    wrong = with_key("--kdf", "none", "auth", key=MASTER, status=FAILED).failure
    assert wrong["code"] == "CRYPTOGRAM_WRONG" and "derivation none" in wrong["reason"]


def peculiar(quirk):
    """The profile says what is peculiar; without it the older forms are found out."""
    with open(FIXTURE) as f:
        profile = next(p for p in json.load(f)["profiles"] if p["name"] == "lab-ese")
    member = {"put-key-1171": "put_key_1171", "counter-only-with-data": "counter_only_with_data"}.get(quirk)
    if member:
        profile[member] = 1
    with open(keys.path("peculiar.json"), "w") as f:
        json.dump(profile if quirk != "small-buffer" else {**profile, "command_max": 100}, f)
    known = ["--profiles", keys.path("peculiar.json")]
    with_key(*known, "load", DEMO_CAP, "--install")
    assert PAYMENT in {e["aid"] for e in with_key(*known, "list").doc["applications"]}
    with_key(*known, "delete", PACKAGE, "--related")
    with_key(*known, "put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30")
    with_key(*known, "auth", key=OTHER)


def three_different_keys():
    parts = [FACTORY, OTHER, MASTER]
    words = [w for name, key in zip(("enc", "mac", "dek"), parts) for w in ("--new-" + name, keys.file(key))]
    with_key("put-key", *words, "--new-kvn", "31")
    words = [w for name, key in zip(("enc", "mac", "dek"), parts) for w in ("--" + name, keys.file(key))]
    kcvs = run(*words, "auth").doc["keys"]["kcv"]
    assert kcvs == {n: kcv(bytes.fromhex(k), False) for n, k in zip(("enc", "mac", "dek"), parts)}, kcvs


def long_keys():
    with_key("--new-key", keys.file(OTHER * 2), "--new-kvn", "30", "put-key")
    doc = with_key("auth", key=OTHER * 2).doc
    assert doc["keys"]["bits"] == 256
    with_key("put-key", "--new-key", keys.file(OTHER * 2), "--new-kvn", "31", key=OTHER * 2)


def inside():
    tap = Tap()
    with Pcscd():
        for variant in VARIANTS:
            with Inserted("--scp", variant):
                tap.run(f"card {variant}: opens at every level, with --scp and without", every_level, variant)
                tap.run(f"card {variant}: load, lock, delete, domain, data, new keys", whole_life, variant)
        for method, scp, kvn in (("emv", "scp02-i55", "20"), ("visa2", "scp02-i15", "21"), ("kdf3", "scp03-i70", "32")):
            with Inserted("--scp", scp):
                tap.run(f"card: keys derived by {method} on both sides", diversified, method, kvn)
        for quirk in ("counter-only-with-data", "put-key-1171", "legacy-status", "small-buffer", "no-confirmation"):
            with Inserted("--quirk", quirk):
                tap.run(f"card: works with the quirk {quirk}", peculiar, quirk)
        for case in (three_different_keys, long_keys):
            with Inserted():
                tap.run("card: " + case.__name__.replace("_", " "), case)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
