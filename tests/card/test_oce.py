# SPDX-License-Identifier: Apache-2.0
"""`tsm card` in SCP11 with our key in the vault: made there, certified outside, used without being seen."""
import os
import tempfile

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rig import DEMO_CAP, DOMAIN, FACTORY, FAILED, PACKAGE, Inserted, Pcscd, Tap, enter, keys, run, with_key
from test_vault import Vault

from channel.authority import point_of  # after rig, which says where these are
from scp11.client import House

PROVIDER = "F04F5453440010"


class Certified:
    """The public half of a key in the vault, as an authority sees it."""

    def __init__(self, house, public):
        self.curve, self.name, self.point = "P256", b"OWNER", point_of(public)
        self.chain = os.path.join(house.folder, "vault.bin")
        with open(self.chain, "wb") as f:
            f.write(house.ca.issue_gp(self))


class Scene:
    """A vault with a key for SCP11, and the authority that certifies it."""

    def __init__(self, folder):
        self.vault, self.house = Vault(), House(folder)
        self.made = self.vault.run("oce-make", "desk-oce", reader=None).doc
        public = serialization.load_der_public_key(bytes.fromhex(self.made["public_key"]))
        assert isinstance(public, ec.EllipticCurvePublicKey) and point_of(public).hex().upper() == self.made["point"]
        self.party = Certified(self.house, public)

    def run(self, variant, *words, **more):
        ours = [] if variant == "b" else ["--oce-key", "desk-oce", "--oce-chain", self.party.chain]
        return self.vault.run("--scp", "scp11" + variant, "--card-ca", str(self.house.card_ca), *ours, *words, **more)


def a_name_is_made_once(scene):
    assert scene.vault.run("oce-make", "desk-oce", reader=None, status=FAILED).failure["code"] == "UNIQUE"
    assert run("oce-make", "desk-oce", reader=None, status=FAILED).failure["code"] == "MISSING_FIELD"
    assert scene.run("a", "--oce-key", "nobody", "auth", status=FAILED).failure["code"] == "KEY_MISSING"


def every_variant_opens_with_it(scene):
    for variant in "abc":
        assert scene.run(variant, "auth").doc["channel"]["proved"]
    for variant in "ac":
        scene.run(variant, "load", DEMO_CAP, "--install")
        scene.run(variant, "delete", PACKAGE, "--related")


def keys_of_the_vault_go_in_under_the_session(scene):
    plan = scene.run("a", "--dry-run", "put-key", "--new-keyset", "desk-11", "--new-kvn", "30").doc
    assert plan["plan"][-1]["text"].startswith("PUT KEY version 30"), plan
    doc = scene.run("a", "put-key", "--new-keyset", "desk-11", "--new-kvn", "30").doc
    again = scene.vault.run("--keyset", "desk-11", "auth").doc
    assert again["keys"]["kcv"] == doc["new_keys"]["kcv"] and again["channel"]["protocol"] == "SCP03 i=70"
    scene.run("a", "ssd-create", DOMAIN, "--new-keyset", "desk-11-domain", "--new-kvn", "31")
    doc = scene.vault.run("--keyset", "desk-11-domain", "--domain", DOMAIN, "auth").doc
    assert doc["channel"]["kvn"] == "31", doc


def a_key_outside_the_vault_is_refused_beside_it(scene):
    path = keys.path("oce.pem")
    with open(path, "wb") as f:
        f.write(scene.house.entity.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                     serialization.NoEncryption()))
    failure = scene.run("a", "--oce-key", "@" + path, "auth", status=FAILED).failure
    assert failure["code"] == "KEY_REFUSED" and "oce-make" in failure["reason"], failure


def a_false_receipt_is_found(scene):
    for variant in "abc":
        assert scene.run(variant, "auth", status=FAILED).failure["code"] == "CRYPTOGRAM_WRONG"


def tokens_are_made_with_a_key_of_the_vault(scene):
    """Made by the vault, put into the card by its public half, checked by the card."""
    with_key("ssd-create", PROVIDER, "--privileges", "A08000", "--new-key", keys.file(FACTORY), "--new-kvn", "30")
    scene.vault.run("--key", keys.file(FACTORY), "put-key", "--single", "signing", "--new-kvn", "70")
    with_key("put-key", "--single", keys.file("50" * 16), "--new-kvn", "71")
    doc = scene.vault.run("--key", keys.file(FACTORY), "--domain", PROVIDER, "--token-key", "signing", "load",
                          DEMO_CAP).doc
    assert doc["receipts"][0]["for"] == "load", doc


def inside():
    tap = Tap()
    with Pcscd(), tempfile.TemporaryDirectory(prefix="opentsm-oce-") as folder:
        scene = Scene(folder)
        with Inserted("--scp", "scp11", *scene.house.options()):
            for case in (a_name_is_made_once, every_variant_opens_with_it, keys_of_the_vault_go_in_under_the_session,
                         a_key_outside_the_vault_is_refused_beside_it):
                tap.run("card: " + case.__name__.replace("_", " "), case, scene)
        with Inserted("--scp", "scp11", *scene.house.options(), "--fault", "cryptogram"):
            tap.run("card: a false receipt is found by the vault", a_false_receipt_is_found, scene)
        with Inserted():
            tap.run("card: tokens are made with a key of the vault", tokens_are_made_with_a_key_of_the_vault, scene)
    tap.done()


if __name__ == "__main__":
    enter(__file__, inside)
