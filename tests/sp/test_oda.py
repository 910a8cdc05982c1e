# SPDX-License-Identifier: Apache-2.0
"""Offline data authentication from end to end: the issuer's key is made in its vault and certified by a scheme that this
test plays, cards get keys of their own over the air, and a terminal with the scheme's key alone verifies SDA, DDA and CDA; a
wrong issuer certificate does not pass; a personalisation that is repeated brings the same key (Y2)."""
import hashlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402

from house import House, LAB, ROOT, Tap, run  # noqa: E402

ISSUER_BITS, CARD_BITS, CA_BITS, INDEX = 1152, 1024, 1408, "F1"
AIP = {"sda": "4000", "dda": "2000", "cda": "0100"}
SIGNED = {"sda": [{"id": "0203", "value": "70( 93({ssad}) )"}]}
DYNAMIC = [{"id": "0203", "value": "70( 9F46({icc_certificate}) )"},
           {"id": "0204", "value": "70( 9F48({icc_remainder}) 9F47({icc_exponent}) 9F49(9F3704) )"}]
PARTS = [{"id": f"820{i}", "encrypted": True, "value": "{icc_%s}" % part}
         for i, part in enumerate(("qinv", "dq", "dp", "q", "p"), 1)]


class Scheme:
    """A payment scheme's certification authority, as Book 2 annex A has it."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=CA_BITS).private_numbers()
        self.n = self.key.public_numbers.n

    def certify(self, modulus, exponent, identifier="541333FF"):
        size = CA_BITS // 8
        head = bytes.fromhex("02" + identifier + "1230" + "000001" + "0101")
        head += bytes([len(modulus), len(exponent)])
        left = modulus[:size - 36].ljust(size - 36, b"\xbb")
        rest = modulus[size - 36:]
        digest = hashlib.sha1(head + left + rest + exponent).digest()
        block = b"\x6a" + head + left + digest + b"\xbc"
        return pow(int.from_bytes(block, "big"), self.key.d, self.n).to_bytes(size, "big"), rest

    def file(self, path):
        with open(path, "w") as f:
            json.dump({"index": INDEX, "exponent": "010001", "modulus": self.n.to_bytes(CA_BITS // 8, "big").hex()}, f)
        return path


def profile(kind, certificate, rest, exponent):
    with open(os.path.join(ROOT, "src", "emv", "profiles", "demo.json")) as f:
        p = json.load(f)
    p["oda"] = {"issuer": "issuer-rsa", "icc_bits": CARD_BITS, "ca_index": INDEX, "dac": "DAC1",
                "certificate": certificate.hex(), "remainder": rest.hex(), "exponent": exponent.hex()}
    second = SIGNED.get(kind, DYNAMIC)
    for g in p["application"]:
        if g["id"] == "0102":
            g["value"] = g["value"][:g["value"].rindex(")")] + " 9F4A(82) )"
        if g["id"] == "9104":
            g["value"] = "82(%s) 94(08010202 1001%s00)" % (AIP[kind], "03" if kind == "sda" else "04")
    p["application"] += [{"id": "0201", "value": "70( 8F({ca_index}) 9F32({issuer_exponent}) 92({issuer_remainder}) )"},
                         {"id": "0202", "value": "70( 90({issuer_certificate}) )"}] + second
    if kind != "sda":
        p["application"] += PARTS
    return p


def add_services(house, profiles):
    """A second init brings profiles and services, as an operator adds them."""
    data = house._data()
    model = next(s for s in data["services"] if s["name"] == "demo-payment")
    data["services"], data["perso_scripts"] = [], []
    for name, p in profiles.items():
        path = os.path.join(house.dir, name + ".json")
        with open(path, "w") as f:
            json.dump(p, f)
        data["perso_scripts"].append({"party": "bank", "name": name, "file": path})
        data["services"].append({**model, "name": name, "flavors": [{**f, "perso_script": name} for f in model["flavors"]]})
    house.node().init(data)


def pay(element, ca):
    status, out, err = run([LAB, "terminal", "--se", f"127.0.0.1:{element.port}", "--json", "--ca", ca])
    return status, json.loads(out) if out.strip() else {"error": err}


def main():
    tap = Tap()
    with House().start() as house:
        made = house.api("POST", "/api/v1/keys", {"name": "issuer-rsa", "kind": "rsa-card", "bits": ISSUER_BITS})
        tap.equal(made.status, 201, "the issuer's key pair is made in its vault")
        public = house.api("GET", "/api/v1/keys/issuer-rsa")
        n, e = bytes.fromhex(public["modulus"]), bytes.fromhex(public["exponent"])
        scheme, stranger = Scheme(), Scheme()
        profiles = {kind: profile(kind, *scheme.certify(n, e), e) for kind in AIP}
        profiles["strange"] = profile("dda", *stranger.certify(n, e), e)
        profiles["others"] = profile("dda", *scheme.certify(n, e, "400000FF"), e)
        add_services(house, profiles)
        ca = scheme.file(os.path.join(house.dir, "ca.json"))
        for kind in AIP:
            element = house.uicc if kind == "dda" else house.add_ese()
            order = house.run_order("deploy", element, house.card(), service=kind)
            tap.ok(order["state"] == "DONE", f"{kind}: a card with offline authentication is made over the air",
                   order.get("failure"))
            for turn in (1, 2):
                status, seen = pay(element, ca)
                tap.ok(status == 0 and seen.get("oda") == kind.upper() and seen.get("tvr") == "0000000000",
                       f"{kind}: a terminal with the scheme's key alone verifies it, {turn}", seen)
            tap.ok(house.verify(seen), f"{kind}: and the bank finds the cryptogram right", seen)
            status, seen = house.terminal(element)
            tap.ok(status == 0 and seen.get("tvr", "")[:2] == "80", f"{kind}: one without that key goes online without", seen)
        for name, why in (("strange", "certificate is not the scheme's"), ("others", "other card numbers")):
            element = house.add_uicc()
            tap.equal(house.run_order("deploy", element, house.card(), service=name)["state"], "DONE", f"{name}: is made")
            status, seen = pay(element, ca)
            tap.ok(status == 3 and why in seen.get("reason", ""), f"{name}: does not pass, and the reason is told", seen)
        lossy = house.add_ese()
        order = house.run_order("deploy", lossy, house.card(), handset=("--kill-after", 25), service="dda", seconds=60)
        status, seen = pay(lossy, ca)
        tap.ok(order["state"] == "DONE" and status == 0 and seen["oda"] == "DDA",
               "a channel that is lost in the middle of a card's key changes nothing", (order.get("failure"), seen))
        kept = house.rows("SELECT count(*), sum(length(card_key)) FROM order_script")
        tap.ok(kept[0][0] >= 5 and kept[0][1] == 0, "each order's key was kept while it ran, and is gone with its end", kept)
    tap.done()


if __name__ == "__main__":
    main()
