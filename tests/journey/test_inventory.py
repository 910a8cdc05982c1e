# SPDX-License-Identifier: Apache-2.0
"""The owner's inventory comes in as NDJSON, CSV or JSON: idempotent, each refused line named (station 1)."""
import json

from house import House, Tap, luhn

ROWS = 100
URL = "/api/v1/secure-elements"
CSV = "text/csv"


def two_owners(data):
    data["parties"].append({"name": "second", "owner": True, "provider": False, "callback_url": "", "partner_url": ""})


def row(number, **changes):
    """A line for a UICC of the laboratory."""
    body = f"8949111{number:011d}"
    line = {"iccid": body + luhn(body), "msisdn": f"491711{number:06d}", "profile": "lab-uicc", "protocol": "scp80",
            "kvn": 1, "kic": f"{number:032X}", "kid": f"{number + 1:032X}", "kik": f"{number + 2:032X}"}
    line.update(changes)
    return {k: v for k, v in line.items() if v is not None}


def as_csv(lines):
    names = list(lines[0])
    return "\n".join([",".join(names)] + [",".join(str(line[n]) for n in names) for line in lines]) + "\n"


def counts(answer):
    return answer["added"], answer["unchanged"], len(answer["refused"])


def imports_are_idempotent(tap, house):
    lines = [row(n) for n in range(ROWS)]
    tap.equal(counts(house.import_rows(lines)), (ROWS, 0, 0), f"{ROWS} lines of NDJSON are added")
    tap.equal(counts(house.import_rows(lines)), (0, ROWS, 0), "the same lines again change nothing")
    tap.equal(counts(house.import_rows(as_csv(lines), CSV)), (0, ROWS, 0), "the same lines as CSV change nothing")
    more = [row(n) for n in range(ROWS, 2 * ROWS)]
    tap.equal(counts(house.import_rows(as_csv(more), CSV)), (ROWS, 0, 0), f"{ROWS} lines of CSV are added")
    tap.equal(counts(house.import_rows(more)), (0, ROWS, 0), "as NDJSON they are known")
    tap.equal(counts(house.import_rows(json.dumps(lines + more), "application/json")), (0, 2 * ROWS, 0),
              "so they are as a JSON list")
    tap.equal(counts(house.import_rows(as_csv(more).replace("\n", "\r\n"), CSV)), (0, ROWS, 0),
              "and with the line ends of RFC 4180")
    tap.equal(house.rows("SELECT count(*), count(DISTINCT iccid) FROM se"), [(2 * ROWS, 2 * ROWS)],
              "the registry has each element once")
    tap.equal(house.rows("SELECT count(*) FROM keyset"), [(2 * ROWS,)], "and its key set once")


def an_element_is_found_by_its_names(tap, house):
    line = row(7)
    for name in ("iccid", "msisdn"):
        answer = house.api("GET", f"{URL}/{line[name]}", token="operator")
        tap.ok(answer.status == 200 and answer["iccid"] == line["iccid"] and answer["profile"] == "lab-uicc",
               f"an element is found by its {name}", answer)
    text = house.api("GET", f"{URL}/{line['iccid']}", token="operator").text
    tap.ok(not any(line[k] in text.upper() for k in ("kic", "kid", "kik")), "its keys are not told")
    tap.equal(house.api("GET", f"{URL}/8949000000000000000", token="operator").problem(), (404, "NOT_FOUND", None),
              "an unknown one is not found")


BAD_LINES = [
    ("a wrong key check value", {"kcv": "000000000000000000"}, "kcv"),
    ("an unknown profile", {"profile": "nobody-knows-it"}, "profile"),
    ("no profile", {"profile": None}, "profile"),
    ("a key of 15 octets", {"kic": "00" * 15}, "kic"),
    ("a key that is no hex", {"kid": "ZZ" * 16}, "kid"),
    ("a key check value that is no hex", {"kcv": "ZZZZZZ"}, "kcv"),
    ("no key", {"kik": None}, "kik"),
    ("an unknown protocol", {"protocol": "scp99"}, "protocol"),
    ("key version 256", {"kvn": 256}, "kvn"),
    ("an ICCID with a letter", {"iccid": "8949111x00000000017"}, "iccid"),
    ("no identifier", {"iccid": None}, "iccid"),
    ("a number with a plus", {"msisdn": "+491711000000"}, "msisdn"),
    ("an unknown member", {"colour": "red"}, "colour"),
]


def bad_lines_are_named(tap, house):
    for at, (what, change, field) in enumerate(BAD_LINES):
        lines = [row(1000 + 3 * at), row(1001 + 3 * at, **change), row(1002 + 3 * at)]
        answer = house.import_rows(lines)
        named = [(r["line"], r.get("field")) for r in answer["refused"]]
        tap.ok(named == [(2, field)] and answer["added"] == 2 and answer["refused"][0]["reason"],
               f"{what}: line 2 and the field {field} are named, the lines around it are added", answer)
    text = json.dumps(row(2000)) + '\n{"iccid": \n' + json.dumps(row(2001)) + "\n"
    tap.equal([(r["line"], r["reason"][:4]) for r in house.import_rows(text)["refused"]], [(2, "JSON")],
              "a line that is no JSON is named")
    lines = as_csv([row(2002), row(2003)]).splitlines()
    answer = house.import_rows("\n".join([lines[0], lines[1], lines[2] + ",surplus"]) + "\n", CSV)
    tap.ok([r["line"] for r in answer["refused"]] == [3] and answer["added"] == 1,
           "in CSV lines are counted with the heading", answer)
    told = house.import_rows([row(2004, kcv="0" * 18)])["refused"][0]
    tap.ok(row(2004)["kic"] not in json.dumps(told).upper(), "a refusal tells no key", told)


def the_right_check_value_is_taken(tap, house):
    """AES-128 key check values of SCP80 [GPCS 2.3.1 B.5 / Amendment D: first three octets of 01..01 enciphered]."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    line = row(3000)
    kcv = ""
    for name in ("kic", "kid", "kik"):
        box = Cipher(algorithms.AES(bytes.fromhex(line[name])), modes.ECB()).encryptor()
        kcv += box.update(b"\x01" * 16)[:3].hex().upper()
    tap.equal(counts(house.import_rows([{**line, "kcv": kcv}])), (1, 0, 0), "a right key check value is taken")


def owners_are_apart(tap, house):
    mine = row(1)
    answer = house.import_rows([mine, row(4000)], token="second")
    named = [(r["line"], r.get("field")) for r in answer["refused"]]
    tap.ok(named == [(1, "iccid")] and answer["added"] == 1, "an element of another owner is refused, its line named",
           answer)
    tap.equal(house.api("GET", f"{URL}/{mine['iccid']}", token="second").problem(), (404, "NOT_FOUND", None),
              "and cannot be seen")
    tap.equal(house.api("GET", f"{URL}/{row(4000)['iccid']}", token="operator").problem(), (404, "NOT_FOUND", None),
              "nor can the second owner's by the first")


def bad_bodies_are_refused(tap, house):
    tap.equal(house.import_rows("{}", "application/json").problem(), (400, "BAD_FORM", None), "one object is no list")
    tap.equal(house.import_rows("x", "application/xml").problem(), (415, "WRONG_TYPE", "Content-Type"),
              "another content type is refused")
    tap.equal(counts(house.import_rows("")), (0, 0, 0), "an empty body adds nothing")


def main():
    tap = Tap()
    house = House(tweak=two_owners).start(cards=False)
    try:
        house.tokens["second"] = house.node().grant("second", "operator")
        imports_are_idempotent(tap, house)
        an_element_is_found_by_its_names(tap, house)
        bad_lines_are_named(tap, house)
        the_right_check_value_is_taken(tap, house)
        owners_are_apart(tap, house)
        bad_bodies_are_refused(tap, house)
    finally:
        house.stop()
    tap.done()


main()
