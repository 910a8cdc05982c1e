# SPDX-License-Identifier: Apache-2.0
"""What must hold when a house has come through a fault: judged from the secure element, from the provider's
callback address and from the database, never from tsmd's own word alone (edge, station 12).

A function returns a list of complaints; empty means that all is well."""
import hashlib
import re
import struct

from process import Died, await_true

IDLE_S = 20  # what is left of an order then hangs
PAYMENT, PPSE = "F04F54534D0101", "325041592E5359532E4444463031"
DOMAIN, PACKAGE = "F04F54534DD00001", "F04F54534D0001"
PACKET = re.compile(r"packet: TAR (\w+), keys (\d+), counter (\d+), CRC (\w+): status (\w+)")


def counters(element):
    """No counter of a key set for two packets, none accepted twice: from the log of the UICC (option -v)."""
    packets, accepted, wrong = {}, set(), []
    for tar, keys, counter, crc, status in PACKET.findall(element.log()):
        name = (tar, keys, counter)
        if packets.setdefault(name, crc) != crc:
            wrong.append(f"TAR {tar} keys {keys}: counter {counter} protects two packets")
        if status == "00" and name in accepted:
            wrong.append(f"TAR {tar} keys {keys}: counter {counter} was accepted twice")
        if status == "00":
            accepted.add(name)
        elif status != "02":
            wrong.append(f"TAR {tar} keys {keys} counter {counter}: status {status}")
    return wrong if packets else ["the UICC saw no packet"]


def deployed(house, element):
    """One domain, one load file, one application and its environment on the element; it pays, the bank agrees."""
    wrong = []
    applications, files = element.registry()
    if sorted(applications) != sorted([PAYMENT, PPSE, DOMAIN]):
        wrong.append(f"the element lists {applications}")
    if files.count(PACKAGE) != 1:
        wrong.append(f"the element has the load files {files}")
    status, seen = house.terminal(element)
    if status != 0 or not house.verify(seen):
        wrong.append(f"the terminal ends with {status}: {seen}")
    return wrong


def locked(house, element):
    status, seen = house.terminal(element)
    return [] if status == 3 else [f"a suspended application pays: {status} {seen}"]


def gone(element):
    applications, files = element.registry()
    left = [a for a in applications + files if a in (PAYMENT, PPSE, DOMAIN, PACKAGE)]
    return [f"the element still has {left}"] if left else []


def told_once(house, order):
    """The end of the order was told to the provider with one Idempotency-Key, and as it was."""
    seen = [c for c in house.callbacks_seen() if c["body"].get("order") == order["order"]]
    keys, fresh = {c["idempotency_key"] for c in seen}, [c for c in seen if not c["duplicate"]]
    if len(keys) != 1 or len(fresh) != 1:
        return [f"{order['operation']} was told {len(fresh)} times with {len(keys)} keys"]
    return [] if fresh[0]["body"]["state"] == order["state"] else [f"told {fresh[0]['body']}"]


def audit_chain(house):
    """Every leaf hashes the one before it, the numbers have no gap."""
    previous, expected = bytes(32), 1
    for seq, party, at, trace, what, detail, digest in house.rows(
            "SELECT seq, party, at, trace, what, detail, hash FROM audit ORDER BY seq"):
        text = previous + struct.pack(">qqq", seq, party, at) + trace + what.encode() + b"\0" + detail.encode() + b"\0"
        if seq != expected or hashlib.sha256(text).digest() != digest:
            return [f"the audit chain breaks at leaf {seq}"]
        previous, expected = digest, expected + 1
    return [] if expected > 1 else ["there is no audit leaf"]


def ended_once(house, order):
    """The order has one leaf for its acceptance and one for its end, and was counted once for billing."""
    wrong = []
    for what in ("order.accepted", "order.ended"):
        n = house.rows("SELECT COUNT(*) FROM audit WHERE what = ? AND detail LIKE ?", what,
                       f'%"order":"{order["order"]}"%')[0][0]
        if n != 1:
            wrong.append(f"{n} audit leaves {what}")
    trace = bytes.fromhex(order["trace"])
    used = [row[0] for row in house.rows("SELECT what FROM usage WHERE trace = ?", trace)]
    if len(used) != len(set(used)):
        wrong.append(f"usage was counted twice: {used}")
    return wrong


def in_hand(house):
    """Jobs that are not over; the last words to a receiver may come a moment behind the order's end."""
    busy = lambda: house.rows("SELECT kind, state FROM job WHERE state IN (0, 1, 2, 3)")
    try:
        await_true(lambda: not busy(), IDLE_S, "the end of all jobs")
        return []
    except Died:
        return busy()


def books(house, element, there):
    """The owner's registry and the provider's rows say the same as the element; nothing is left in hand."""
    wrong = []
    (se,), = house.rows("SELECT id FROM se WHERE iccid = ? OR seid = ?", *[list(element.name.values())[0]] * 2)
    counts = {"application": 2, "executable": 1, "security_domain": 1, "space_booking": 1}
    for table, wanted in counts.items():
        n = house.rows(f"SELECT COUNT(*) FROM {table} WHERE se = ?", se)[0][0]
        if n != (wanted if there else 0):
            wrong.append(f"{n} rows of {table} for the element")
    busy = in_hand(house)
    if busy:
        wrong.append(f"jobs are still in hand: {busy}")
    if house.rows("SELECT 1 FROM conversation WHERE se = ?", se):
        wrong.append("the element is still held by a conversation")
    if house.rows("SELECT 1 FROM orders WHERE length(data) > 0"):
        wrong.append("card data outlive their order")
    return wrong
