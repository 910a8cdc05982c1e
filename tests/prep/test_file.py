# SPDX-License-Identifier: Apache-2.0
"""An issuer's file becomes orders: CSV and personalisation lines, refused lines named by number, a file sent again is no
second card, and no card number is told (P6)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import BUILD, House, Tap, run  # noqa: E402

TSM = os.path.join(BUILD, "src", "app", "tsm")
FIELDS = ("pan", "psn", "expiry", "effective", "service_code", "cardholder", "card_ref")


def iccid(uicc):
    return uicc.name["iccid"]


def imported(house, name, text):
    path = os.path.join(house.dir, name)
    with open(path, "w") as f:
        f.write(text)
    return run([TSM, "order", "import", path, "--env", house.env_path()])


def csv_of(rows):
    head = "service,iccid," + ",".join(FIELDS) + "\n"
    return head + "".join("demo-payment,%s,%s\n" % (iccid(u), ",".join('"%s"' % c[f] for f in FIELDS)) for u, c in rows)


def orders_of(out):
    return [line.split()[3] for line in out.splitlines() if line.startswith("line ")]


def a_csv_file(tap, house, elements):
    rows = [(u, house.card()) for u in elements]
    status, out, err = imported(house, "cards.csv", csv_of(rows))
    first = orders_of(out)
    tap.ok(status == 0 and len(first) == len(rows), f"{len(rows)} cards of a CSV file are orders", out + err)
    for order in first:
        tap.equal(house.wait(order)["state"], "DONE", "each comes to its end")
    status, out, err = imported(house, "cards.csv", csv_of(rows))
    tap.ok(status == 0 and orders_of(out) == first, "the file sent again names the same orders", out + err)
    status, out, err = imported(house, "sheet.csv", "\ufeff" + csv_of(rows))
    tap.ok(status == 0 and orders_of(out) == first, "so does it with the mark that spreadsheets put in front", out + err)
    tap.equal(house.rows("SELECT count(*) FROM orders")[0][0], len(rows), "and no card was made twice")
    status, seen = house.terminal(elements[0])
    tap.ok(status == 0 and house.verify(seen), "which pay", seen)
    return rows


def a_file_with_faults(tap, house, uicc):
    good = house.card()
    text = csv_of([(uicc, good)])
    status, out, err = imported(house, "faults.csv", text + "demo-payment,123\n" + 'demo-payment,"89,5413\n')
    tap.ok(status == 1 and len(orders_of(out)) == 1 and "line 3:" in err and "line 4:" in err,
           "lines with faults are refused by number, the others are orders", out + err)
    tap.ok(good["pan"] not in out + err and "5413" not in err, "and no number is told", err)
    status, out, err = imported(house, "none.csv", "service,pan,cvv\n")
    tap.ok(status == 1 and "column 3" in err, "a heading with an unknown column is refused", err)


def personalisation_lines(tap, house, uicc):
    card = house.card()
    line = "service=demo-payment|iccid=%s|%s|DGI 0E01=00112233\n" % (
        iccid(uicc), "|".join("%s=%s" % (f, card[f]) for f in FIELDS))
    status, out, err = imported(house, "cards.cps", "# one card\n" + line)
    orders = orders_of(out)
    tap.ok(status == 0 and len(orders) == 1, "a line of fields and groupings is an order", out + err)
    tap.equal(house.wait(orders[0])["state"], "DONE", "which comes to its end")
    status, _, err = imported(house, "bad.cps", line.replace("DGI 0E01", "XXX 0E01"))
    tap.equal(status, 1, "an unknown kind of field is refused")


def main():
    tap = Tap()
    with House() as house:
        rows = a_csv_file(tap, house, [house.add_uicc(), house.add_uicc()])
        a_file_with_faults(tap, house, house.add_uicc())
        personalisation_lines(tap, house, house.add_uicc())
        with open(os.path.join(house.dir, "tsmd.log"), "rb") as f:
            log = f.read()
        tap.ok(not [c for _, c in rows if c["pan"].encode() in log], "the log holds no card number")
    tap.done()


if __name__ == "__main__":
    main()
