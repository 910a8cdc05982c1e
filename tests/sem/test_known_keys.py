# SPDX-License-Identifier: Apache-2.0
"""S19: a production configuration takes no key that everybody knows. The published test keys, what anybody can derive
from them, and the initial key version FF are refused at import, the rule named."""
from care import House, Tap
from sealed import ImportFile

from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC

GLOBALPLATFORM = bytes.fromhex("404142434445464748494A4B4C4D4E4F")
KDD = bytes.fromhex("00005071417293051234")
KNOWN = [
    ("the GlobalPlatform test key", GLOBALPLATFORM),
    ("its longer form", bytes(range(0x40, 0x60))),
    ("a key of zeros", bytes(16)),
    ("a key of ones", b"\xff" * 16),
    ("the counting key", bytes(range(16))),
    ("a textbook key", bytes.fromhex("00112233445566778899AABBCCDDEEFF")),
    ("a product's sample key", b"GEMXPRESSOSAMPLE"),
]


def production(data):
    """No clear keys anywhere: what the token holds came in otherwise."""
    data["masters"] = []


def good(part):
    return bytes([0x6B ^ part] + [(part * 37 + n * 11) % 251 for n in range(15)])


GOOD = [good(1), good(2), good(3)]


def kdf3(master, kid):
    """SP 800-108 CMAC in counter mode as GlobalPlatform cards use it: counter, label, kid, 00, diversification data."""
    mac = CMAC(algorithms.AES(master))
    mac.update(b"\x01\x00\x00\x00" + bytes([kid]) + b"\x00" + KDD)
    return mac.finalize()


class Desk:
    def __init__(self, tap, house):
        self.tap, self.house, self.serial = tap, house, 0
        self.jwk = house.api("GET", "/api/v1/import-key", token="operator").json

    def post(self, keys, **line):
        self.serial += 1
        file = ImportFile(self.jwk)
        file.add(keys, **{"seid": f"4F50454E54534D0{self.serial:05X}", "profile": "lab-ese", "protocol": "scp03", "kvn": 0x30,
                          "key_len": len(keys[0]), **line})
        return self.house.import_rows(file.text())

    def refused(self, keys, rule, text, **line):
        answer = self.post(keys, **line)
        told = answer["refused"][0] if answer["refused"] else {}
        self.tap.ok(answer["added"] == 0 and told.get("line") == 2 and f"rule {rule}" in told.get("reason", ""), text, answer)
        self.tap.ok(not any(k.hex().upper() in answer.text.upper() for k in keys), "and no key is told")


def main():
    tap = Tap()
    house = House(tweak=production, smsc_options=None, settings=["--laboratory", "no"]).start(cards=False)
    try:
        desk = Desk(tap, house)
        tap.equal(desk.post(GOOD)["added"], 1, "a key set that nobody knows comes in")
        for what, key in KNOWN:
            fill = good(4) * (len(key) // 16)
            for place, role in enumerate(("ENC", "MAC", "DEK")):
                keys = [fill, fill[::-1], fill[1:] + fill[:1]]
                keys[place] = key
                desk.refused(keys, "KEY-KNOWN", f"{what} as {role} is refused")
        desk.refused([kdf3(GLOBALPLATFORM, kid) for kid in (1, 2, 3)], "KEY-DERIVED",
                     "card keys that anybody can derive from a published master are refused", kdd=KDD.hex().upper())
        tap.equal(desk.post([kdf3(good(7), kid) for kid in (1, 2, 3)], kdd=KDD.hex().upper())["added"], 1,
                  "those of a master of one's own are not")
        desk.refused(GOOD, "KVN-FF", "the initial key version FF is refused", kvn=255)
        clear = house.import_rows([{"seid": "4F50454E54534DFF0001", "profile": "lab-ese", "protocol": "scp03", "kvn": 48,
                                    "enc": GOOD[0].hex(), "mac": GOOD[1].hex(), "dek": GOOD[2].hex()}])
        tap.ok(clear["added"] == 0 and "laboratory" in clear["refused"][0]["reason"], "keys in clear are refused altogether",
               clear)
        tap.equal(house.rows("SELECT count(*) FROM se"), [(2,)], "of what was refused nothing is left")
    finally:
        house.stop()
    house = House(tweak=production, smsc_options=None).start(cards=False)
    try:
        tap.equal(Desk(tap, house).post([GLOBALPLATFORM] * 3, kvn=255)["added"], 1, "a laboratory takes them")
    finally:
        house.stop()
    tap.done()


main()
