# SPDX-License-Identifier: Apache-2.0
"""Keys and security domains of the laboratory's card (edge: processes, TCP, TAP).

The clauses named are of GPCS 2.3.1, or of Amendment D 1.1.1 ("D"). TSM_LAB is the tsm-lab program.
"""
import os

from tap import Tap, skip_all

try:
    import tlv
    from channel.apdu import Command
    from channel.keys import TYPE_AES, TYPE_DES, encrypt_key, kcv, key_field
    from gp import APPLICATIONS, ISD, SD_LOAD_FILE, SD_MODULE, KeySet
    from labcard import FACTORY, ONE_OF_EACH, VARIANTS, Session, key_version, keys_of, levels, number, refused
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

DOMAIN = bytes.fromhex("F04F54534D0002")
DGI_FORMAT = 0x08  # STORE DATA P1 b5-b4, Table 11-89
SECOND_BLOCK = 100  # where a STORE DATA key template is cut in two


def rotate(s):
    """PUT KEY adds a version, replaces it, and each time the new keys open the channel."""
    kvn = key_version(s.variant)
    first, second = keys_of(0x61, kvn), keys_of(0x71, kvn)
    s.open()
    s.client.put_keys(first)
    assert {(i, kvn) for i in (1, 2, 3)} <= {k[:2] for k in s.client.key_info()}, s.client.key_info()
    s.open(first)
    s.client.put_keys(second, replace=kvn)
    channel = s.open(second, level=levels(s.variant)[-1])
    s.client.get_status(ISD)
    if channel.sequence:
        assert int.from_bytes(channel.sequence, "big") <= 1, "the sequence counter starts anew with a new key set"
    not_opened_by(s, first)


def not_opened_by(s, keys, aid=b""):
    """The card cryptogram must not be the one these keys give."""
    try:
        s.open(keys, aid=aid)
    except ValueError:
        return
    raise AssertionError("keys that are no longer there open the channel")


def renumber(s):
    """Replacing may give the keys another version (11.8.2.3); the version before is gone."""
    old = key_version(s.variant)
    s.open()
    s.client.put_keys(keys_of(0x61, old))
    s.open(keys_of(0x61, old))
    s.client.put_keys(keys_of(0x71, old + 1), replace=old)
    assert {k[1] for k in s.client.key_info()} >= {old + 1} and old not in {k[1] for k in s.client.key_info()}
    s.open(keys_of(0x71, old + 1))


def put_key_errors(s):
    """Table 11-78 and 11.8.2.3.3: unknown version, other size, version out of range, nothing changed."""
    s.open()
    channel, kvn = s.client.channel, key_version(s.variant)
    key_type = TYPE_DES if channel.protocol == 2 else TYPE_AES
    field = key_field(channel.protocol, key_type, channel.dek, bytes(range(16)))
    put = lambda p1, version, fields: s.client.send(
        Command(0x80, 0xD8, p1, 0x81, bytes([version]) + fields, 0), "PUT KEY")
    refused(lambda: put(kvn + 5, kvn + 5, 3 * field), 0x6A88, 0x6A80)
    refused(lambda: put(0, 0x00, 3 * field), 0x6A80)
    refused(lambda: put(0, 0x80, 3 * field), 0x6A80)
    refused(lambda: put(0, kvn, 3 * field + b"\0"), 0x6A80)
    assert kvn not in {k[1] for k in s.client.key_info()}
    put(0, kvn, 3 * field)
    if key_type == TYPE_AES:
        longer = key_field(3, TYPE_AES, channel.dek, bytes(range(32)))
        refused(lambda: put(kvn, kvn, 3 * longer), 0x6A80)


def both_layouts(s):
    """An AES block with inner length (Table 11-70) or without (Table 11-71) is told apart by its length."""
    s.open()
    new = keys_of(0x61, 0x30)
    fields = [key_field(3, TYPE_AES, s.client.channel.dek, k, with_length=False) for k in (new.enc, new.mac, new.dek)]
    s.client.send(Command(0x80, 0xD8, 0, 0x81, bytes([new.kvn]) + b"".join(fields), 0), "PUT KEY")
    s.open(new)


def wrong_check_value(s):
    """The last octet of the data field belongs to the check value of the third key."""
    s.open()
    new = keys_of(0x61, key_version(s.variant))
    wrap = s.client.channel.wrap
    s.client.channel.wrap = lambda c: wrap(c.with_data(c.data[:-1] + bytes([c.data[-1] ^ 1])))
    refused(lambda: s.client.put_keys(new))
    s.client.channel.wrap = wrap
    assert new.kvn not in {k[1] for k in s.client.key_info()}


def new_domain(s):
    s.open()
    s.client.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, bytes.fromhex("808000"))
    assert s.client.get_status(APPLICATIONS, DOMAIN)[0].state == b"\x07"


def domain_state(s):
    s.open()
    return s.client.get_status(APPLICATIONS, DOMAIN)[0].state[0]


def inherits(s):
    """A supplementary domain answers under its parent's keys until it has its own."""
    new_domain(s)
    s.open(aid=DOMAIN)
    own = keys_of(0x51, key_version(s.variant))
    s.client.put_keys(own)
    s.open(own, aid=DOMAIN, level=levels(s.variant)[-1])
    assert own.kvn in {k[1] for k in s.client.key_info()}
    not_opened_by(s, KeySet.same(FACTORY), DOMAIN)
    if domain_state(s) != 0x0F:  # the domain itself decides when (5.3.2.3)
        s.open(own, aid=DOMAIN)
        s.client.set_status(0x40, 0x0F, DOMAIN)
    assert domain_state(s) == 0x0F
    s.client.delete(DOMAIN)
    assert s.client.get_status(APPLICATIONS, DOMAIN) == []


def dgi(name, value):
    return bytes.fromhex(name) + bytes([len(value)]) + value


def key_template(keys, key_type, check=kcv):
    """DGI 00B9, Table 11-92: one B9 a key with usage, type, length, identifier, version and check value."""
    out = b""
    for number_of_key, (key, usage) in enumerate(((keys.enc, b"\x38"), (keys.mac, b"\x34"), (keys.dek, b"\xC8")), 1):
        out += tlv.make(0xB9, b"".join(tlv.make(tag, value) for tag, value in (
            (0x95, usage), (0x80, bytes([key_type])), (0x81, bytes([len(key)])), (0x82, bytes([number_of_key])),
            (0x83, bytes([keys.kvn])), (0x84, check(key_type, key)))))
    return dgi("00B9", out)


def stored_keys(s):
    """STORE DATA gives a domain its first keys (11.11.4.1), also over two blocks; a wrong check value is 6982."""
    new_domain(s)
    channel = s.open(aid=DOMAIN)
    key_type = TYPE_DES if channel.protocol == 2 else TYPE_AES
    own = keys_of(0x51, key_version(s.variant))
    secret = b"".join(dgi("8113", encrypt_key(channel.protocol, channel.dek, k)) for k in (own.enc, own.mac, own.dek))
    wrong = key_template(own, key_type, lambda *_: bytes(3)) + secret
    refused(lambda: s.client.store_data([wrong[:SECOND_BLOCK], wrong[SECOND_BLOCK:]], DGI_FORMAT), 0x6982)
    good = key_template(own, key_type) + secret
    s.client.store_data([good[:SECOND_BLOCK], good[SECOND_BLOCK:]], DGI_FORMAT)
    s.open(own, aid=DOMAIN)


def long_keys(length):
    key = bytes(range(length))
    with Session("scp03-i70", "--key", key.hex()) as s:
        s.open(KeySet.same(key), level=0x33)
        new = KeySet.same(bytes(reversed(key)), 0x31)
        s.client.put_keys(new)
        s.open(new, level=0x33)
        assert s.client.get_status(ISD)


EVERYWHERE = (("PUT KEY adds and replaces a key set (11.8)", rotate),
              ("PUT KEY with a wrong check value changes nothing (11.8.2.3.3)", wrong_check_value),
              ("a security domain inherits keys, then has its own (7.5)", inherits))
ONCE = (("PUT KEY can renumber a key set (11.8.2.3)", renumber),
        ("PUT KEY refuses what does not fit (Table 11-78)", put_key_errors),
        ("STORE DATA gives a domain its first keys (11.11.4.1)", stored_keys))


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    tap = Tap()
    for variants, points in ((VARIANTS, EVERYWHERE), (ONE_OF_EACH, ONCE)):
        for variant in variants:
            for text, point in points:
                with Session(variant) as s:
                    tap.run(f"{variant}: {text}", point, s)
    for variant in (v for v in ONE_OF_EACH if number(v)[0] == 3):
        with Session(variant) as s:
            tap.run(f"{variant}: PUT KEY takes both block layouts (11.8.2.3.3)", both_layouts, s)
    for length in (24, 32):
        tap.run(f"AES-{8 * length} keys open level 33 and are replaced (D 6.2.1, 7.2)", long_keys, length)
    tap.done()


if __name__ == "__main__":
    main()
