# SPDX-License-Identifier: Apache-2.0
"""Content management with tokens and receipts, written from the standard (edge: through the client's transport).

GPCS 2.3.1 11.1.5.1 (chains), 11.1.6 (confirmations), C.4 (tokens), C.5 (receipts), 11.6.2.3 and C.3 (DAP).
"""
from dataclasses import dataclass

import tlv
from channel.apdu import Command
from gp import CardError

INSTALL, DELETE, PUT_KEY = 0xE6, 0xE4, 0xD8
MORE = 0x80
SHORT = 255
TOKEN_KVN, RECEIPT_KVN, DAP_KVN = 0x70, 0x71, 0x73


def token_input(p1, p2, data):
    """Tables C-4 to C-9: P1, P2, Lc as it is without the token (three octets above 255), the data without it."""
    lc = bytes([len(data)]) if len(data) <= SHORT else b"\0" + len(data).to_bytes(2, "big")
    return bytes([p1, p2]) + lc + data


def send_long(client, command, what):
    """One command of any length: secured as a whole, then cut into a chain by P1.b8."""
    whole = client.channel.wrap(command)
    parts = [whole.data[i:i + SHORT] for i in range(0, len(whole.data), SHORT)]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        p1 = whole.p1 if last else whole.p1 | MORE
        data, sw = client.transport.transmit(Command(whole.cla, whole.ins, p1, whole.p2, part, 0).encode())
        if not last and (data or sw != 0x9000):
            raise CardError(sw, f"{what}, part {number}")
    data = client.channel.unwrap(command, data, sw)
    client.sw = sw
    if sw != 0x9000:
        raise CardError(sw, what)
    return data


def put_single_key(client, field, kvn):
    """PUT KEY of one key data field as identifier 01 of a new version."""
    return send_long(client, Command(0x80, PUT_KEY, 0, 0x01, bytes([kvn]) + field, 0), f"PUT KEY {kvn:02X}")


def install_with_token(client, p1, fields, signer):
    """INSTALL; fields without the token, which is signed and appended with its BER length."""
    body = b"".join(tlv.lv(f) for f in fields)
    body += tlv.lv(signer.sign(token_input(p1, 0, body)))
    return send_long(client, Command(0x80, INSTALL, p1, 0, body, 0), f"INSTALL {p1:02X}")


def delete_with_token(client, aid, signer, related=False, template=b""):
    body = tlv.make(0x4F, aid) + (tlv.make(0xB6, template) if template else b"")
    p2 = 0x80 if related else 0x00
    body += tlv.make(0x9E, signer.sign(token_input(0, p2, body)))
    return send_long(client, Command(0x80, DELETE, 0, p2, body, 0), "DELETE")


def load_file(client, block, daps=()):
    """LOAD with DAP blocks in front: daps are pairs of AID and signature (Table 11-58)."""
    body = b"".join(tlv.make(0xE2, tlv.make(0x4F, aid) + tlv.make(0xC3, signature)) for aid, signature in daps)
    body += tlv.make(0xC4, block)
    size = client.channel.block_size()
    parts = [body[i:i + size] for i in range(0, len(body), size)]
    for number, part in enumerate(parts):
        answer = client.load_block(number, part, number == len(parts) - 1)
    return answer


@dataclass
class Receipt:
    """A confirmation, Tables 11-13 and 11-14."""
    signature: bytes
    counter: int
    unique: bytes
    token_id: bytes
    covered: bytes  # the confirmation data, which the signature covers first


def take(data):
    """Length (BER) and value in front of data: (value, rest)."""
    count, at = data[0], 1
    if count >= 0x80:
        at += count & 0x7F
        count = int.from_bytes(data[1:at], "big")
    if at + count > len(data):
        raise ValueError("length runs past its end")
    return data[at:at + count], data[at + count:]


def read_receipt(answer):
    """Reads the data field of an answer; ValueError when it is not one whole confirmation."""
    body, rest = take(answer)
    if rest or not body:
        raise ValueError(f"no confirmation: {answer.hex()}")
    signature, covered = take(body)
    counter, rest = take(covered)
    unique, rest = take(rest)
    token_id, rest = take(rest) if rest else (b"", b"")
    if len(counter) != 2 or not unique or rest:
        raise ValueError(f"confirmation data {covered.hex()}")
    return Receipt(signature, int.from_bytes(counter, "big"), unique, token_id, covered)


def receipt_input(receipt, items):
    """Tables C-11 to C-15: the confirmation data, then each item with its length."""
    return receipt.covered + b"".join(tlv.lv(i) for i in items)
