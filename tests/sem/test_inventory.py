# SPDX-License-Identifier: Apache-2.0
"""S1: the owner's inventory at scale. A hundred thousand elements come in under one file key with check values; the
second time nothing changes; what is wrong is named by its line; what changed is a change with an audit leaf."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap, luhn  # noqa: E402
from sealed import ImportFile, kcv  # noqa: E402

ROWS = int(os.environ.get("TSM_INVENTORY_ROWS", "100000"))
KEY_SETS = 500
LIST_BYTES = 3 << 20
URL = "/api/v1/secure-elements"
LIST = "application/json"


def second_owner(data):
    data["parties"].append({"name": "second", "owner": True, "provider": False, "callback_url": "", "partner_url": ""})


def iccid(number, series=222):
    body = f"8949{series}{number:011d}"
    return body + luhn(body)


def keys_of(number):
    """Three AES-128 keys; the same few sets again and again, since making them is not what is measured."""
    seed = number % KEY_SETS
    return [bytes([part + 1]) + seed.to_bytes(4, "big") + bytes(range(part, part + 11)) for part in range(3)]


def line_of(number, **changes):
    line = {"iccid": iccid(number), "msisdn": f"4917{number:09d}", "profile": "lab-uicc", "protocol": "scp80", "kvn": 1}
    line.update(changes)
    return line


def counts(answer):
    return tuple(answer.get(name) for name in ("added", "changed", "unchanged", "refused_count"))


def import_key(house, token="operator"):
    return house.api("GET", "/api/v1/import-key", token=token).json


def leaves(house, what):
    return house.rows("SELECT count(*) FROM audit WHERE what = ?", what)[0][0]


def memory_kib(house):
    with open(f"/proc/{house.node().process.child.pid}/status") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


def a_hundred_thousand_come_in(tap, house):
    file, check = ImportFile(import_key(house)), [kcv(keys_of(n)) for n in range(KEY_SETS)]
    for number in range(ROWS):
        file.add(keys_of(number), kcv=check[number % KEY_SETS], **line_of(number))
    text = file.text()
    before = memory_kib(house)
    began = time.monotonic()
    answer = house.import_rows(text)
    took = time.monotonic() - began
    tap.equal(counts(answer), (ROWS, 0, 0, 0), f"{ROWS} elements with keys under one file key are added")
    grown = memory_kib(house) - before
    print(f"# {ROWS / took:.0f} rows/s, {len(text) >> 20} MiB of text; the server grew by {grown} KiB", flush=True)
    tap.equal(house.rows("SELECT count(*), count(DISTINCT iccid) FROM se"), [(ROWS, ROWS)], "each is there once")
    tap.equal(house.rows("SELECT count(*) FROM keyset WHERE length(kcv) = 9"), [(ROWS,)], "with its key set")
    was = house.rows("SELECT count(*), max(seq) FROM audit")
    tap.equal(counts(house.import_rows(text)), (0, 0, ROWS, 0), "the second import changes nothing")
    tap.equal(house.rows("SELECT count(*), max(seq) FROM audit"), was, "and leaves no leaf in the audit")


def bad_rows_are_named(tap, house):
    file = ImportFile(import_key(house))
    for number in range(ROWS, ROWS + 5):
        file.add(keys_of(number), **line_of(number))
    lines = file.lines
    lines[2] = json.dumps({**json.loads(lines[2]), "kcv": "0" * 18})
    lines[3] = json.dumps({**json.loads(lines[3]), "iccid": iccid(ROWS + 77)})  # another's sealed keys
    lines[4] = lines[4].replace('"sealed": "', '"sealed": "00')[:-4] + '"}'
    answer = house.import_rows("\n".join(lines))
    tap.equal([(r["line"], r.get("field")) for r in answer["refused"]], [(3, "kcv"), (4, "sealed"), (5, "sealed")],
              "a bad check value, keys of another element and changed keys are refused with line and field")
    tap.equal(counts(answer)[0], 2, "the lines around them are added")
    orphan = json.dumps({**line_of(ROWS + 90), "sealed": "00" * 76})
    told = house.import_rows(orphan)["refused"]
    tap.equal([(r["line"], r.get("field")) for r in told], [(1, "sealed")], "sealed keys before any file key are refused")
    text = json.dumps({"file_key": "x.y.z"}) + "\n" + orphan
    tap.equal([r["line"] for r in house.import_rows(text)["refused"]], [1, 2], "a file key that is none, and its lines")


def changes_are_changes(tap, house):
    first = {"kic": "A1" * 16, "kid": "A2" * 16, "kik": "A3" * 16}
    line = {**line_of(0, iccid=iccid(1, 333), msisdn="491790000001"), **first}
    tap.equal(counts(house.import_rows([line])), (1, 0, 0, 0), "an element is added")
    before = leaves(house, "inventory.changed")
    moved = {**line, "msisdn": "491790000002"}
    tap.equal(counts(house.import_rows([moved])), (0, 1, 0, 0), "its new number is a change")
    tap.equal(counts(house.import_rows([moved])), (0, 0, 1, 0), "which is one once")
    tap.equal(house.api("GET", f"{URL}/491790000002", token="operator").get("iccid"), line["iccid"],
              "by the new number it is found")
    tap.equal(house.api("GET", f"{URL}/491790000001", token="operator").status, 404, "by the old one no more")
    tap.equal(counts(house.import_rows([{**moved, "profile": "lab-uicc-cpi"}])), (0, 1, 0, 0), "so is its new profile")
    tap.equal(leaves(house, "inventory.changed"), before + 2, "each change has a leaf in the audit")
    rotated = house.import_rows([{**moved, "profile": "lab-uicc-cpi", "kic": "B1" * 16}])
    tap.ok([r.get("field") for r in rotated["refused"]] == ["kvn"] and "rotate" in rotated["refused"][0]["reason"],
           "other keys of the same version are refused: rotation is the way", rotated)
    tap.equal(counts(house.import_rows([{**moved, "profile": "lab-uicc-cpi", "kvn": 4}])), (1, 0, 0, 0),
              "another version is another key set")
    other = {**line_of(0, iccid=iccid(2, 333), msisdn="491790000002"), **first}
    told = house.import_rows([other])
    tap.equal([r.get("field") for r in told["refused"]], ["msisdn"], "two elements of one owner share no number")
    named = house.import_rows([{**moved, "profile": "lab-uicc-cpi", "eid": "89049032000001000000012345678901"}])
    tap.equal(counts(named), (0, 1, 0, 0), "a further name of the element is a change")
    tap.equal(house.api("GET", f"{URL}/89049032000001000000012345678901", token="operator").get("iccid"),
              line["iccid"], "and finds it")


def owners_are_apart(tap, house):
    house.tokens["second"] = house.node().grant("second", "operator")
    keys = {"kic": "C1" * 16, "kid": "C2" * 16, "kik": "C3" * 16}
    theirs = {**line_of(5), **keys}
    answer = house.import_rows([theirs], token="second")
    told = answer["refused"][0] if answer["refused"] else {}
    tap.ok(told.get("line") == 1 and told.get("field") == "iccid" and iccid(5) in told.get("reason", ""),
           "an ICCID of another tenant is refused by its name", answer)
    tap.ok("operator" not in json.dumps(answer.json), "whose it is is not told", answer)
    same = {**line_of(0, iccid=iccid(9, 444), msisdn=f"4917{5:09d}"), **keys}
    tap.equal(counts(house.import_rows([same], token="second")), (1, 0, 0, 0),
              "the same number may be in the books of two owners")
    tap.equal(house.api("GET", f"{URL}/4917{5:09d}", token="second").get("iccid"), iccid(9, 444), "each finds its own")
    tap.equal(house.api("GET", f"{URL}/4917{5:09d}", token="operator").get("iccid"), iccid(5), "under it")


def a_long_list_comes_in(tap, house):
    """A JSON list is read element by element, so it may be as long as the other forms."""
    file = ImportFile(import_key(house))
    rows = []
    number = 0
    while len(rows) * 330 < LIST_BYTES:
        number += 1
        name = iccid(number, 555)
        keys = keys_of(number)
        rows.append({"iccid": name, "profile": "lab-uicc", "protocol": "scp80", "kvn": 1,
                     "sealed": file.seal(keys, name)})
    whole = json.dumps([json.loads(file.lines[0])] + rows, indent=1)
    tap.equal(counts(house.import_rows(whole, LIST)), (len(rows), 0, 0, 0),
              f"a JSON list of {len(whole) >> 20} MiB is added")
    tap.equal(house.import_rows(whole[:-40], LIST).problem(), (400, "BAD_FORM", None), "a list that does not end is refused")
    rows[1]["kcv"] = "000000"
    told = house.import_rows(json.dumps([json.loads(file.lines[0])] + rows[:4]), LIST)
    tap.equal([(r["line"], r.get("field")) for r in told["refused"]], [(3, "kcv")], "in a list the place is named")


def main():
    tap = Tap()
    house = House(tweak=second_owner, smsc_options=None).start(cards=False)
    try:
        a_hundred_thousand_come_in(tap, house)
        bad_rows_are_named(tap, house)
        changes_are_changes(tap, house)
        owners_are_apart(tap, house)
        a_long_list_comes_in(tap, house)
    finally:
        house.stop()
    tap.done()


main()
