# SPDX-License-Identifier: Apache-2.0
"""S1 and S3: inventory files as their writers write them. Spreadsheets with any separator, names with and without check
digit, IMSI and card image number, keys that come from masters of the owner's token by a method of the batch, and a
sealed CSV that is longer than one request."""
import csv
import io
import os

import care
from care import House, Tap, URL, luhn, run
from desk import hand_on
from channel.keys import des_ecb, diversify_kdf3
from gp import KeySet
from house import BUILD, Uicc
from sealed import ImportFile, jwe, kcv

TSM = os.path.join(BUILD, "src", "app", "tsm")

AES_MASTER, TDES_MASTER = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF", "404142434445464748494A4B4C4D4E50"
KEY = "00112233445566778899AABBCCDDEE01"
LONG_CSV_ROWS = 13000  # more than the 4 MiB of one request of `tsm se import`


def masters(data):
    for name, kind, value in (("kmc-2031", "aes", AES_MASTER), ("kmc-2032", "tdes", TDES_MASTER)):
        data["masters"].append({"party": "operator", "name": name, "kind": kind, "value": value})


def iccid(number, series=666):
    body = f"8949{series}{number:011d}"
    return body + luhn(body)


def counts(answer):
    return tuple(answer.get(name) for name in ("added", "changed", "unchanged", "refused_count"))


def sheet(house, text):
    return house.import_rows(text, "text/csv")


def show(house, ref):
    return house.api("GET", f"{URL}/{ref}", token="operator")


def spreadsheets_differ(tap, house):
    head = "iccid,msisdn,profile,protocol,kvn,kic,kid,kik"
    for n, (how, change) in enumerate((
            ("commas", lambda t: t), ("semicolons", lambda t: t.replace(",", ";")), ("tabs", lambda t: t.replace(",", "\t")),
            ("headings in capitals", lambda t: t.replace(head, head.upper())),
            ("blanks around fields", lambda t: t.replace(",", " , ")),
            ("a mark, CRLF and empty lines at the end", lambda t: "\ufeff" + t.replace("\n", "\r\n") + ",,,,,,,\r\n"),
            ("a version in hex", lambda t: t.replace(",1,", ",0x01,")))):
        text = f"{head}\n{iccid(n)},4917660000{n:02d},lab-uicc,scp80,1,{KEY},{KEY},{KEY}\n"
        tap.equal(counts(sheet(house, change(text))), (1, 0, 0, 0), f"a sheet with {how} is taken in")
        tap.equal(counts(sheet(house, text)), (0, 0, 1, 0), "and says what a plain one says")
    told = sheet(house, f"iccid,profile,puk\n{iccid(80)},lab-uicc,12345678\n")
    tap.equal(told.problem(), (400, "UNKNOWN_FIELD", "puk"), "a column that is not known is told once, and nothing taken in")
    tap.equal(sheet(house, "iccid,profile,ICCID\n").problem(), (400, "DUPLICATE_TAG", "iccid"), "so is one that stands twice")
    tap.equal(show(house, iccid(80)).status, 404, "nothing of such a sheet is there")


def one_element_has_many_names(tap, house):
    whole = iccid(100)
    line = f"{whole},lab-uicc,262011234567890,0102030405060708,42000001\n"
    tap.equal(counts(sheet(house, "iccid,profile,imsi,cin,iin\n" + line)), (1, 0, 0, 0), "with IMSI, CIN and IIN")
    number = show(house, whole)["id"]
    for ref, what in ((whole[:-1], "its ICCID without check digit"), ("262011234567890", "its IMSI"),
                      ("420000010102030405060708", "IIN and CIN"), (number, "its id")):
        tap.equal(show(house, ref).get("id"), number, f"it is found by {what}")
    again = house.import_rows([{"iccid": whole[:-1], "profile": "lab-uicc"}, {"iccid": whole + "F"}])
    tap.equal(counts(again), (0, 0, 2, 0), "without check digit, and filled up with F, it is no other element")
    tap.equal(counts(sheet(house, f"iccid,profile,imsi\n{iccid(101)},lab-uicc,262011234567890\n")), (0, 0, 0, 1),
              "no other element gets the IMSI of one that is in use")
    changed = house.api("PATCH", f"{URL}/{whole}", {"imsi": "262011234567891"}, "operator")
    tap.equal((changed.status, changed.get("imsi")), (200, "262011234567891"), "the IMSI changes with the subscription")
    lower = house.import_rows([{"seid": "4f50454e54534d00aa01", "profile": "lab-ese"}, {"seid": "4F50454E54534D00AA01"}])
    tap.equal(counts(lower), (1, 0, 1, 0), "hex in small letters is the same name")


def batch_line(element, master, kdf, kdd, keys):
    row = {k: v for k, v in element.row.items() if k not in ("kic", "kid", "kik", "enc", "mac", "dek")}
    return {**row, "master": master, "kdf": kdf, "kdd": kdd, "kcv": kcv(keys)}


def keys_come_from_masters(tap, house):
    kdd = "00004F5045CB00000017"
    keys = [diversify_kdf3(bytes.fromhex(AES_MASTER), bytes.fromhex(kdd), n, 16) for n in (1, 2, 3)]
    house.serial += 1
    uicc = Uicc(house, house.serial, "lab-uicc")
    uicc.kic, uicc.kid, uicc.kik = (k.hex().upper() for k in keys)
    uicc.start()
    uicc.bound()
    line = batch_line(uicc, "kmc-2031", "kdf3", kdd, keys)
    tap.equal(counts(house.import_rows([line])), (1, 0, 0, 0), "a line names the master and the method of its batch")
    tap.equal(counts(house.import_rows([line])), (0, 0, 1, 0), "the second time nothing changes")
    tap.equal(care.perform(house, uicc, "identify")["state"], "DONE", "the derived keys open the live card over the air")
    for change, field in (({"kcv": "00" * 9}, "kcv"), ({"master": "kmc-1999"}, "master"), ({"kdd": None}, "kdd"),
                          ({"kdf": None}, "kdf"), ({"kdf": "emv"}, "master"), ({"key_len": 32}, "key_len"),
                          ({"kic": KEY}, "master")):
        bad = {k: v for k, v in {**line, "iccid": iccid(200), "msisdn": "491766000099", **change}.items() if v is not None}
        told = house.import_rows([bad])["refused"]
        tap.equal([(r["line"], r.get("field")) for r in told], [(1, field)], f"{change} is refused by line and field")


def an_embedded_element_of_another_batch(tap, house):
    """Its maker put keys in by KDF3; each of them is another one."""
    ese = house.add_ese(known=False)
    kdd = ese.seid
    keys = [diversify_kdf3(bytes.fromhex(AES_MASTER), bytes.fromhex(kdd), n, 16) for n in (1, 2, 3)]
    with hand_on(ese) as client:
        client.put_keys(KeySet(*keys, kvn=0x30))
    line = {**batch_line(ese, "kmc-2031,kmc-2031,kmc-2031", "kdf3", kdd, keys), "kvn": 0x30}
    tap.equal(counts(house.import_rows([line])), (1, 0, 0, 0), "three masters may be named for three keys")
    act = care.audit(house, ese)
    tap.equal(act["state"], "DONE", "they open the secure channel of the live element")


def triple_des(tap, house):
    """EMV and Visa methods for SCP02: the check values are those of keys that are computed here."""
    kdd = "00000123456789ABCDEF"
    raw = bytes.fromhex(kdd)
    for kdf, half in (("emv", raw[4:10]), ("visa2", raw[0:2] + raw[4:8])):
        keys = [des_ecb(bytes.fromhex(TDES_MASTER), half + bytes([0xF0, n]) + half + bytes([0x0F, n])) for n in (1, 2, 3)]
        values = b"".join(des_ecb(k, bytes(8))[:3] for k in keys)
        line = {"seid": f"4F50454E54534DBB00{len(kdf):02X}", "profile": "lab-ese", "protocol": "scp02", "kvn": 32,
                "master": "kmc-2032", "kdf": kdf, "kdd": kdd, "kcv": values.hex().upper()}
        tap.equal(counts(house.import_rows([line])), (1, 0, 0, 0), f"{kdf}: the keys are those that the method makes")


def a_long_sealed_sheet(tap, house):
    """The file key is a line of its own, with nothing in the other columns."""
    file, keys = ImportFile(house.api("GET", "/api/v1/import-key", token="operator").json), [bytes([n] * 16) for n in (1, 2, 3)]
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["iccid", "profile", "protocol", "kvn", "sealed", "kcv", "file_key"])
    lines.writerow([""] * 6 + [jwe(house.api("GET", "/api/v1/import-key", token="operator").json, file.key)])
    for n in range(LONG_CSV_ROWS):
        name = iccid(n, 777)
        check = kcv(keys) if n != LONG_CSV_ROWS - 1 else "00" * 9
        lines.writerow([name, "lab-uicc", "scp80", 1, file.seal(keys, name), check, ""])
    path = os.path.join(house.dir, "sealed.csv")
    with open(path, "w", newline="") as f:
        f.write(out.getvalue())
    status, said, err = run([TSM, "se", "import", path, "--env", house.env_path()])
    tap.equal((status, said.splitlines()[-1:]), (1, [f"{LONG_CSV_ROWS - 1} added, 0 changed, 0 unchanged, 1 refused"]),
              "a sealed sheet that goes in parts is taken in whole" + err)
    tap.ok(said.startswith(f"line {LONG_CSV_ROWS + 2}: kcv:"), "the line that is refused is counted as in the file", said)


def main():
    tap = Tap()
    with House(tweak=masters).start(cards=False) as house:
        spreadsheets_differ(tap, house)
        one_element_has_many_names(tap, house)
        keys_come_from_masters(tap, house)
        an_embedded_element_of_another_batch(tap, house)
        triple_des(tap, house)
        a_long_sealed_sheet(tap, house)
    tap.done()


if __name__ == "__main__":
    main()
