# SPDX-License-Identifier: Apache-2.0
"""SCP11 keys of domains on the laboratory's card: own, inherited, a static Key-DEK (edge: processes, TCP, TAP).

Each test point names its clause of Amendment F 1.4. TSM_LAB is the tsm-lab program.
"""
import os
import tempfile

from tap import Tap, skip_all

try:
    import tlv
    from channel.apdu import Command
    from channel.authority import Party
    from channel.keys import TYPE_AES, aes_cbc, kcv
    from gp import SD_LOAD_FILE, SD_MODULE, KeySet
    from labcard import FACTORY, keys_of, refused
    from scp11.client import House, fetch_store, open_session
    from scp11.points import DOMAIN, HEX, OWNER, SCP03, connect, run_points
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")


def key_field_ec(dek, kind, value, curve=0):
    block = value if kind == 0xB0 else aes_cbc(dek, value)
    return bytes([kind]) + tlv.length(len(block)) + block + bytes([0xF0, 1, curve, 0])


def personalise(house, s, card_ca):
    """A domain gets SCP11a keys through the keys that it inherits: PUT KEY and STORE DATA (5.1, 7.8, 7.10)."""
    s.client.select(DOMAIN)
    s.client.open(KeySet.same(FACTORY), 0x33, SCP03)
    dek, own = s.client.channel.dek, Party(house.curve, b"DOMAIN-0001")
    for kid, kind, value in ((0x10, 0xB0, house.ca.point), (0x11, 0xB1, own.private)):
        s.client.send(Command(0x80, 0xD8, 0, kid, bytes([7]) + key_field_ec(dek, kind, value), 0), "PUT KEY")
    store = tlv.make(0xBF21, card_ca.issue_gp(own))
    body = HEX("A60483021107") + store
    s.client.store_data([body[i:i + 200] for i in range(0, len(body), 200)], 0x10)
    s.client.store_data([tlv.make(0xA6, HEX("800101") + tlv.make(0x42, b"KLCC") + HEX("83021107"))], 0x10)
    return own


def domain_of_its_own(house, s):
    card_ca = Party(house.curve, b"KLCC")
    s.client.open(KeySet.same(FACTORY), 0x33, SCP03)
    s.client.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("808000"), HEX("81051189020370"),
                     tlv.make(0xB6, tlv.make(0x5F20, OWNER)))
    personalise(house, s, card_ca)
    s.client.select(DOMAIN)
    assert s.client.get_data(0xFF34) == tlv.make(0x42, b"KLCC") + HEX("83021107")
    refused(lambda: s.client.open(KeySet.same(FACTORY), 0x33, SCP03), 0x6A88)
    wish = house.wish("a", kvn=7, domain=DOMAIN)
    open_session(s.client, wish, house.entity, card_ca.point)
    assert s.client.get_data(0xD3) == b"\xB3"
    s.client.put_keys(keys_of(0x50, 0x30))
    s.client.select(DOMAIN)
    refused(lambda: fetch_store(s.client, 0x13, 7), 0x6A88)
    s.client.select(DOMAIN)
    s.client.open(keys_of(0x50, 0x30), 0x33, SCP03)
    s.client.delete_key(7)
    s.client.select(DOMAIN)
    refused(lambda: fetch_store(s.client, 0x11, 7), 0x6A88)


def inherited(house, s):
    """A domain without keys opens with the certificate and keys of its nearest ancestor that has some."""
    s.client.open(KeySet.same(FACTORY), 0x33, SCP03)
    s.client.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("808000"), HEX("8103118902"))
    connect(house, s, "a", domain=DOMAIN)
    s.client.put_keys(keys_of(0x50, 0x30))
    s.client.select(DOMAIN)
    refused(lambda: fetch_store(s.client, 0x11, 3), 0x6A88)


def static_dek(house, s):
    """5.2: a Key-DEK beside SK.SD.ECKA replaces the session's."""
    dek = bytes(range(0x60, 0x70))
    connect(house, s, "a")
    body = bytes([0x88, 0x11, 0x10]) + aes_cbc(s.client.channel.dek, dek) + b"\x03" + kcv(TYPE_AES, dek)
    s.client.send(Command(0x80, 0xD8, 0, 0x12, bytes([3]) + body, 0), "PUT KEY")
    connect(house, s, "a", dek=dek)
    s.client.put_keys(keys_of(0x50, 0x30))


def points():
    yield "scp11a", "a domain gets SCP11 keys, certificates and names of its own (5.1, 7.8, 7.10)", domain_of_its_own
    yield "scp11a", "a domain without keys inherits those of its parent", inherited
    yield "scp11a", "a static Key-DEK replaces the session's (5.2)", static_dek


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        house = House(folder)
        run_points(tap, house, points())
    tap.done()


if __name__ == "__main__":
    main()
