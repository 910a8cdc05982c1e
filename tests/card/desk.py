# SPDX-License-Identifier: Apache-2.0
"""The files of a person who opens SCP11 with `tsm card`, for the test scripts (edge: files, processes)."""
import os

from cryptography.hazmat.primitives import serialization

from rig import READER, Inserted, run

from scp11.client import House  # after rig, which says where it is


class Desk:
    """The files of a person who opens SCP11: our key, chains in each form, the authority of the card."""

    def __init__(self, folder, curve="P256"):
        self.folder = folder
        self.house = House(folder, curve)
        self.key = self.write("oce.pem", self.house.entity.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        self.leaf = self.chain("leaf.bin", self.house.leaf)

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def chain(self, name, *certificates):
        return self.write(name, b"".join(certificates))

    def words(self, variant, *more, chain=None, card_ca=None, key=None):
        ours = [] if variant[0] == "b" else ["--oce-key", "@" + (key or self.key), "--oce-chain", chain or self.leaf]
        return ["--scp", "scp11" + variant, *ours, "--card-ca", card_ca or str(self.house.card_ca), *more]

    def run(self, variant, *words, status=0, reader=True, **options):
        return run(*self.words(variant, **options), *words, status=status, reader=READER if reader else None)

    def card(self, protocol, *options):
        return Inserted("--scp", protocol, *self.house.options(), *options)
