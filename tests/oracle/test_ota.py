# SPDX-License-Identifier: Apache-2.0
"""The SCP80 reference judged by published packets, then every flipped bit (edge: reads TSM_VECTORS, prints TAP)."""
import json
import os
import pathlib

from tap import Tap, skip_all

try:
    from channel.crypto_ref import PacketError, unwrap_command, unwrap_response, wrap_command, wrap_response
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex
# Constants for the tests that need no vectors: any keys do.
KIC, KID, TAR = bytes(range(0x10, 0x20)), bytes(range(0x20, 0x30)), HEX("B00001")


def same(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: got {got.hex()}, wanted {wanted.hex()}")


def command(v):
    kic_key, kid_key = HEX(v["kic_key"]), HEX(v["kid_key"])
    packet = wrap_command(HEX(v["spi"]), int(v["kic"], 16), int(v["kid"], 16), HEX(v["tar"]), HEX(v["cntr"]),
                          HEX(v["secured_data"]), kic_key, kid_key, v["cc_len"])
    same(packet, HEX(v["expected_packet"]), "packet")
    _, _, _, found = unwrap_command(packet, kic_key, kid_key)
    same(found.data, HEX(v["secured_data"]), "data read back")
    same(found.counter, HEX(v["cntr"]), "counter read back")


def response(v):
    spi, kic, kid = HEX(v["spi"]), int(v["kic"], 16), int(v["kid"], 16)
    kic_key, kid_key, wanted = HEX(v["kic_key"]), HEX(v["kid_key"]), v["decoded"]
    packet = HEX(v["packet_with_udh"])
    found = unwrap_response(spi, kic, kid, packet, kic_key, kid_key)
    for name, got in (("tar", found.tar), ("cntr", found.counter), ("cc", found.check), ("pad", found.padding),
                      ("data", found.data), ("status", bytes([found.status]))):
        same(got, bytes([wanted[name]]) if name == "status" else HEX(wanted[name]), name)
    if not any(found.padding):
        again = wrap_response(spi, kic, kid, found.tar, found.counter, found.status, found.data, kic_key, kid_key,
                              len(found.check) or 8)
        same(again, packet, "packet made anew")


def refused(read, packet):
    """Every flipped bit of a checked packet must be noticed."""
    for bit in range(8 * len(packet)):
        broken = bytearray(packet)
        broken[bit // 8] ^= 1 << bit % 8
        try:
            read(bytes(broken))
        except (PacketError, ValueError, IndexError):
            continue
        raise AssertionError(f"bit {bit} went unnoticed")


def flipped_command(spi, alg):
    packet = wrap_command(spi, alg, alg, TAR, HEX("0000000007"), HEX("80F28002024F0000"), KIC, KID)
    refused(lambda p: unwrap_command(p, KIC, KID), packet)


def flipped_response(spi, alg):
    packet = wrap_response(spi, alg, alg, TAR, HEX("0000000007"), 0, HEX("019000"), KIC, KID)
    refused(lambda p: unwrap_response(spi, alg, alg, p, KIC, KID), packet)


def vectors():
    root = pathlib.Path(os.environ.get("TSM_SOURCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
    path = pathlib.Path(os.environ.get("TSM_VECTORS", root.parent / "shared" / "vectors")) / "vectors-ota.json"
    return json.loads(path.read_text()) if path.exists() else None


def main():
    tap = Tap()
    for alg, name in ((0x12, "AES"), (0x15, "3DES")):
        tap.run(f"a command with {name} CC and cipher notices every flipped bit", flipped_command, HEX("1639"), alg)
        tap.run(f"a proof of receipt with {name} CC and cipher notices every flipped bit", flipped_response,
                HEX("1639"), alg)
    data = vectors()
    if data is None:
        tap.skip("published packets are recomputed", "the folder of published vectors is absent")
    else:
        for v in data["scp80_commands"]:
            tap.run(f"command {v['name']} is recomputed and read back", command, v)
        for v in data["scp80_responses"]:
            tap.run(f"response {v['name']} is read", response, v)
    tap.done()


if __name__ == "__main__":
    main()
