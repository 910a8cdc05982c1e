# SPDX-License-Identifier: Apache-2.0
"""`tsm card` in SCP11 a, b and c: the first meeting of two sides that were written apart from Amendment F 1.4."""
import os
import tempfile

from cryptography.hazmat.primitives import serialization
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from desk import Desk
from rig import DEMO_CAP, DOMAIN, OTHER, PACKAGE, PAYMENT, FAILED, Pcscd, Tap, enter, keys, run, with_key

from channel.authority import VERIFICATION  # after rig, which says where it is

INS_PSO, INS_AUTHENTICATE = 0x2A, 0x82
LEVELS = {"a": ("mac+rmac", "mac+enc+rmac+renc"), "b": ("mac+rmac", "mac+enc+rmac+renc"),
          "c": ("mac+rmac", "mac+enc", "mac+enc+rmac", "mac+enc+rmac+renc")}
LEVEL_NUMBERS = {"mac+rmac": "11", "mac+enc": "03", "mac+enc+rmac": "13", "mac+enc+rmac+renc": "33"}
HOST = "484F53542D31"


def opens_everywhere(desk, variant):
    for level in LEVELS[variant]:
        for bits in ("128", "192", "256"):
            doc = desk.run(variant, "--level", level, "--bits", bits, "auth").doc
            channel = doc["channel"]
            assert (channel["protocol"], channel["level"], channel["bits"], channel["proved"]) == (
                "SCP11" + variant, LEVEL_NUMBERS[level], int(bits), True), doc
            assert doc["domain_certificate"]["curve"] == "P-256", doc
    assert desk.run(variant, "--host-id", HOST, "auth").doc["channel"]["proved"]


def s16(desk, variant):
    for words in ([], ["--scp", f"scp11{variant}-s16"]):
        doc = desk.run(variant, *words, "auth").doc
        assert doc["channel"]["protocol"] == f"SCP11{variant} S16", doc
    if variant != "b":
        desk.run(variant, "list")


def every_chaining_style(desk):
    """Certificates of one and of several commands, in all ways that cards take."""
    h = desk.house
    long = desk.chain("long.der", h.ca.issue_x509(h.entity))
    assert os.path.getsize(long) > 255
    chains = (desk.leaf, long, desk.chain("two.bin", *h.chain),
              desk.chain("two.der", h.ca.issue_x509(h.ka, VERIFICATION), h.ka.issue_x509(h.entity)))
    for style in ("p1", "class", "both", "extended"):
        for chain in chains:
            desk.run("a", "--chaining", style, "list", chain=chain)
    desk.run("a", "--chaining", "odd", "list", status=FAILED)


def every_file_form(desk):
    """PEM, DER, 7F21 and hex; authority as certificate and as public key; numbers of its key found and said."""
    h = desk.house
    der = h.ca.issue_x509(h.entity)
    pem = desk.write("leaf.pem", b"text before\n" + pem_of(der))
    hexed = desk.write("leaf.hex", h.leaf.hex(" ").encode() + b"\n")
    for chain in (pem, hexed):
        desk.run("a", "auth", chain=chain)
    public = load_pem_x509_certificate(h.card_ca.read_bytes()).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    desk.run("a", "--ca-kvn", "03", "--ca-kid", "10", "auth", card_ca=desk.write("card-ca.pub", public))
    with open(desk.key, "rb") as key:
        words = desk.words("a", "auth")
        words[words.index("--oce-key") + 1] = f"fd:{key.fileno()}"
        run(*words, descriptors=(key.fileno(),))


def pem_of(der):
    return load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def content_and_keys(desk):
    """What an owner does, and the next channel is SCP03 with keys that went in under the session's DEK."""
    desk.run("a", "load", DEMO_CAP, "--install", "--hash")
    desk.run("a", "lock", PAYMENT)
    states = {e["aid"]: e["state"] for e in desk.run("a", "list").doc["applications"]}
    assert states[PAYMENT] == "LOCKED", states
    desk.run("a", "delete", PACKAGE, "--related")
    desk.run("a", "ssd-create", DOMAIN, "--new-key", keys.file(OTHER), "--new-kvn", "30")
    with_key("--domain", DOMAIN, "auth", key=OTHER)
    desk.run("a", "store-data", "45020102")
    desk.run("a", "put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30")
    assert with_key("auth", key=OTHER).doc["channel"]["kvn"] == "30"
    root, = desk.run("a", "audit").doc["tree"]
    assert {k["kvn"] for k in root["keys"]} == {"03", "30"}, root


def an_inherited_key_opens_a_domain_without_keys(desk):
    desk.run("a", "ssd-create", DOMAIN, "--params", "8103118902")
    assert desk.run("a", "--domain", DOMAIN, "auth", status=FAILED).failure["code"] == "KEY_MISSING"
    desk.run("a", "--domain", DOMAIN, "--kvn", "03", "put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30")


def a_key_dek_of_the_domain_is_asked_for(desk):
    dek = keys.file("606162636465666768696A6B6C6D6E6F")
    desk.run("a", "put-key", "--single", dek, "--kid", "12", "--new-kvn", "03")
    words = ["put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30"]
    failure = desk.run("a", *words, status=FAILED).failure
    assert failure["code"] == "KEY_MISSING" and "--dek" in failure["reason"], failure
    desk.run("a", "--dek", dek, *words)
    with_key("auth", key=OTHER)


def the_variant_is_found_out(desk):
    for words, name in ((desk.words("a")[2:], "SCP11a"), (desk.words("b")[2:], "SCP11b")):
        assert run(*words, "auth").doc["channel"]["protocol"] == name


def a_plan_shows_nothing_to_the_card(desk, card):
    doc = desk.run("a", "--dry-run", "put-key", "--new-key", keys.file(OTHER), "--new-kvn", "30").doc
    texts = [row["text"].split(" key")[0].split(" certificate")[0] for row in doc["plan"] if not row.get("sent")]
    assert texts[:2] == ["PERFORM SECURITY OPERATION", "MUTUAL AUTHENTICATE"] and texts[2].startswith("PUT KEY"), texts
    assert doc["channel"]["proved"] is False and doc["domain_certificate"]["valid_until"], doc
    assert not {INS_PSO, INS_AUTHENTICATE} & set(card.log()), card.log()


def a_plan_needs_no_card(desk):
    doc = desk.run("a", "--dry-run", "--kvn", "03", "load", DEMO_CAP, reader=False).doc
    assert [r["text"] for r in doc["plan"] if r["text"].startswith("LOAD")][0] == "LOAD block 0, 239 octets", doc
    assert desk.run("a", "--dry-run", "load", DEMO_CAP, reader=False, status=FAILED).failure["code"] == "KEY_MISSING"


def opens_on_the_curve(desk, variant):
    assert desk.run(variant, "auth").doc["channel"]["proved"]
    if variant != "b":
        desk.run(variant, "list")


def kept(desk):
    desk.run("a", "list")
    words = desk.words("a", "list")
    n = words.index("--oce-chain")
    run(*words[:n], *words[n + 2:])


def inside():
    tap = Tap()
    with Pcscd(), tempfile.TemporaryDirectory(prefix="opentsm-scp11-") as folder:
        desk = Desk(folder)

        def point(case, protocol, *options, arguments=()):
            with desk.card(protocol, *options):
                tap.run(f"card {protocol}: {case.__name__.replace('_', ' ')}", case, desk, *arguments)

        for variant in "abc":
            with desk.card("scp11" + variant):
                tap.run(f"card scp11{variant}: opens at every level and key length", opens_everywhere, desk, variant)
            point(s16, f"scp11{variant}-s16", arguments=(variant,))
        for case in (every_chaining_style, every_file_form, content_and_keys,
                     an_inherited_key_opens_a_domain_without_keys, a_key_dek_of_the_domain_is_asked_for,
                     a_plan_needs_no_card):
            point(case, "scp11a")
        point(the_variant_is_found_out, "scp11")
        with desk.card("scp11a") as card:
            tap.run("card scp11a: a plan shows nothing to the card", a_plan_shows_nothing_to_the_card, desk, card)
        x509 = desk.chain("only.der", desk.house.ca.issue_x509(desk.house.entity))
        with desk.card("scp11a-x509"):
            tap.run("card scp11a-x509: certificates of both sides are X.509", lambda: desk.run("a", "list", chain=x509))
        with desk.card("scp11a", "--quirk", "sd-chain"):
            tap.run("card scp11a: the card shows an intermediate authority, too", lambda: desk.run("a", "list"))
        point(kept, "scp11a-kept")
        for curve in ("P384", "BP256"):
            other = Desk(folder, curve)
            for variant in "abc":
                with other.card("scp11" + variant):
                    tap.run(f"card scp11{variant}: opens on {curve}", opens_on_the_curve, other, variant)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
