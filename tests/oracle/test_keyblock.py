# SPDX-License-Identifier: Apache-2.0
"""Key blocks recomputed from ANSI X9.143 clause 6 (edge: processes, TAP): what `tsm keyblock wrap` makes is opened
here, what is made here opens there, and what is spoilt does not."""
import os
import subprocess

from tap import Tap, skip_all

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.cmac import CMAC
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

TSM = os.environ["TSM"]
HEX = bytes.fromhex
MAC = {"B": 8, "D": 16, "E": 16}


def algorithm(version, key):
    return algorithms.TripleDES(key) if version == "B" else algorithms.AES(key)


def cmac(version, key, data):
    made = CMAC(algorithm(version, key))
    made.update(data)
    return made.finalize()


def derive(version, kbpk, purpose):
    """X9.143 6.3: CMAC over counter, purpose, 00, algorithm, bits."""
    word = {16: 0, 24: 1}[len(kbpk)] if version == "B" else {16: 2, 24: 3, 32: 4}[len(kbpk)]
    out, counter = b"", 1
    while len(out) < len(kbpk):
        head = bytes([counter]) + purpose.to_bytes(2, "big") + b"\0" + word.to_bytes(2, "big")
        out += cmac(version, kbpk, head + (8 * len(kbpk)).to_bytes(2, "big"))
        counter += 1
    return out[:len(kbpk)]


def mode(version, mac):
    return modes.CTR(mac) if version == "E" else modes.CBC(mac)


def open_block(kbpk, block):
    version = block[0]
    options, at = int(block[12:14]), 16
    for _ in range(options):
        length = int(block[at + 2:at + 4], 16)
        at += length or int(block[at + 6:at + 10], 16)
    assert int(block[1:5]) == len(block), "length digits"
    mac, body = HEX(block[-2 * MAC[version]:]), HEX(block[at:-2 * MAC[version]])
    kbek = derive(version, kbpk, 2 if version == "E" else 0)
    plain = Cipher(algorithm(version, kbek), mode(version, mac)).decryptor().update(body)
    assert cmac(version, derive(version, kbpk, 1), block[:at].encode() + plain) == mac, "MAC"
    bits = int.from_bytes(plain[:2], "big")
    return plain[2:2 + bits // 8]


def make_block(kbpk, head, key, padding):
    version = head[0]
    plain = (8 * len(key)).to_bytes(2, "big") + key + padding
    total = len(head) + 2 * len(plain) + 2 * MAC[version]
    head = head[0] + "%04d" % total + head[5:]
    mac = cmac(version, derive(version, kbpk, 1), head.encode() + plain)
    kbek = derive(version, kbpk, 2 if version == "E" else 0)
    return head + (Cipher(algorithm(version, kbek), mode(version, mac)).encryptor().update(plain) + mac).hex().upper()


def tsm(*args):
    return subprocess.run([TSM, "keyblock", *args], capture_output=True, text=True, timeout=120)


CASES = (("B", 16, "E0", "T", "X", 16), ("B", 24, "C0", "T", "G", 16), ("D", 16, "P0", "A", "E", 16),
         ("D", 24, "K0", "A", "B", 32), ("D", 32, "E0", "T", "X", 16), ("E", 32, "K0", "A", "D", 24))


def what_the_tool_makes_is_opened_here():
    for version, kbpk_len, usage, alg, how, key_len in CASES:
        kbpk, key = os.urandom(kbpk_len), os.urandom(key_len)
        made = tsm("wrap", "--version", version, "--kbpk", kbpk.hex(), "--key", key.hex(), "--usage", usage,
                   "--algorithm", alg, "--mode", how, "--export", "S", "--option", "LB=oracle")
        assert made.returncode == 0, made.stderr
        assert open_block(kbpk, made.stdout.strip()) == key, (version, usage)


def what_is_made_here_opens_there():
    for version, kbpk_len, usage, alg, how, key_len in CASES:
        kbpk, key = os.urandom(kbpk_len), os.urandom(key_len)
        padding = os.urandom(-(2 + key_len) % (16 if version == "D" else 8 if version == "B" else 1))
        block = make_block(kbpk, version + "0000" + usage + alg + how + "00N0000", key, padding)
        opened = tsm("unwrap", "--kbpk", kbpk.hex(), block)
        assert opened.returncode == 0 and opened.stdout.strip().lower() == key.hex(), (version, opened.stderr)
        told = tsm("info", block)
        assert told.returncode == 0 and usage in told.stdout, told.stderr


def a_changed_character_opens_nothing():
    kbpk, key = os.urandom(32), os.urandom(16)
    block = make_block(kbpk, "D0000P0AE00N0000", key, os.urandom(14))
    for i in range(0, len(block), 7):
        spoilt = block[:i] + ("1" if block[i] != "1" else "2") + block[i + 1:]
        answer = tsm("unwrap", "--kbpk", kbpk.hex(), spoilt)
        assert answer.returncode != 0 and key.hex().upper() not in answer.stdout + answer.stderr, i


def a_head_that_the_standard_forbids_is_not_made():
    for usage, alg, how, export in (("E0", "T", "E", "N"), ("P0", "T", "E", "Q"), ("XX", "T", "N", "N"),
                                    ("C0", "R", "G", "N")):
        made = tsm("wrap", "--version", "D", "--kbpk", "00" * 16, "--key", "11" * 16, "--usage", usage, "--algorithm",
                   alg, "--mode", how, "--export", export)
        assert made.returncode == 1 and "KEY" not in made.stdout, (usage, made)


tap = Tap()
for case in (what_the_tool_makes_is_opened_here, what_is_made_here_opens_there, a_changed_character_opens_nothing,
             a_head_that_the_standard_forbids_is_not_made):
    tap.run(case.__name__.replace("_", " "), case)
tap.done()
