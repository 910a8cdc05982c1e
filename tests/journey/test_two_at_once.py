# SPDX-License-Identifier: Apache-2.0
"""Two orders at once on one UICC: their packets never mix, and neither waits for time-outs of the other (stations 8 to
10)."""
import os
import shutil
import tempfile
import zipfile

from house import House, Tap
from node import CAP_DIR

ROUNDS = 3
FIRST, SECOND = bytes.fromhex("F04F54534D0001"), bytes.fromhex("F04F54534D0002")
ANSWER_S = 600  # of the profile: an answer that went to the wrong conversation costs more than a test waits for an order


def second_cap(folder):
    """The demo's load file under another package AID: a card that binds behaviour to a load file does not know it."""
    path = os.path.join(folder, "second.cap")
    with zipfile.ZipFile(os.path.join(CAP_DIR, "demo-payment.cap")) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(FIRST, SECOND))
    return path


def add_second_service(data, cap):
    data["load_files"].append({"party": "bank", "cap": os.path.relpath(cap, CAP_DIR)})
    flavor = dict(data["services"][0]["flavors"][0], domain="F04F54534DD00002", load_file=SECOND.hex().upper(),
                  applications=[{"module": "F04F54534D000201", "instance": "F04F54534D0201", "privileges": "000000"},
                                {"module": "F04F54534D000202", "instance": "F04F54534D0202", "privileges": "000000"}])
    data["services"].append(dict(data["services"][0], name="second", flavors=[flavor]))


def two_at_once(tap, house):
    uicc = house.add_uicc()
    orders = [house.order("deploy", uicc, house.card()), house.order("deploy", uicc, house.card(), service="second")]
    first, second = (house.wait(o) for o in orders)
    tap.equal(first["state"], "DONE", "the one that can end well does")
    tap.ok(second["state"] == "FAILED" and "PERSONALISE" in second["failure"]["reason"],
           "the other comes as far as its application, which knows no STORE DATA", second.get("failure"))
    tap.equal(house.terminal(uicc)[0], 0, "the application pays")
    free = house.rows("SELECT COUNT(*) FROM job WHERE kind <= 2 AND state < 4 AND se = (SELECT id FROM se WHERE iccid = ?)",
                      uicc.iccid)
    tap.equal(free[0][0], 0, "no exchange is left in the line")


def main():
    tap = Tap()
    folder = tempfile.mkdtemp(prefix="opentsm-second-")
    try:
        cap = second_cap(folder)
        with House(tweak=lambda data: add_second_service(data, cap), answer_s=ANSWER_S) as house:
            for _ in range(ROUNDS):
                two_at_once(tap, house)
    finally:
        shutil.rmtree(folder)
    tap.done()


if __name__ == "__main__":
    main()
