# SPDX-License-Identifier: Apache-2.0
"""A database of an earlier version is updated where it lies: whatever schema it has, tsmd starts on it and serves what it
holds; what a program before the first settled schema made is refused and left alone (at start)."""
import os
import re
import shutil
import sqlite3

from house import House, ROOT, Tap, await_true
from process import Died

WORDS = {"@ID@": "INTEGER", "@I64@": "INTEGER", "@BLOB@": "BLOB", "@TEXT@": "TEXT", "@STRICT@": "STRICT",
         "@WITHOUT_ROWID@": "STRICT, WITHOUT ROWID"}
ENDED = ("DONE", "STOPPED")
# The schemas that programs had on the way here; tests/unit/store/test_migrations.c goes through all that could be.
PROGRAMS = ("001_main_job.sql", "011_prep.sql", "018_flavor.sql", "021_owner_content.sql")


def migrations():
    """The numbered files, in the order in which the store applies them: (name, SQL)."""
    with open(os.path.join(ROOT, "src", "store", "meson.build")) as f:
        names = re.findall(r"sql/(\w+\.sql)", f.read())
    return [(name, sql_of(name)) for name in names]


def sql_of(name):
    """As tools/sql2c makes it: SQLite would keep the comments with the tables."""
    with open(os.path.join(ROOT, "sql", name)) as f:
        text = "".join(line.split("--")[0].rstrip() + "\n" for line in f)
    for token, word in WORDS.items():
        text = text.replace(token, word)
    return text


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def tables(db):
    return [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def as_of(source, target, steps):
    """A database of that schema with the rows of `source`, as far as it had tables and columns for them then."""
    db = sqlite3.connect(target, isolation_level=None)
    db.execute("CREATE TABLE schema_migration(version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied BIGINT NOT "
               "NULL)")
    for at, (name, sql) in enumerate(steps):
        db.executescript(sql)
        db.execute("INSERT INTO schema_migration VALUES(?, ?, 1)", (at + 1, name))
    db.execute("ATTACH ? AS today", (source,))
    for table in tables(db):
        names = ", ".join(columns(db, table))
        if table == "se_profile":  # a later migration brings this row itself
            db.execute(f"INSERT INTO main.{table}({names}) SELECT {names} FROM today.{table} WHERE name <> 'unidentified'")
        elif table != "schema_migration":
            db.execute(f"INSERT INTO main.{table}({names}) SELECT {names} FROM today.{table}")
    db.execute("DETACH today")
    db.close()


def upto(steps, name):
    return steps[:[step[0] for step in steps].index(name) + 1]


def lay(house, kept, steps):
    """The node's database is one of that schema; the node is down."""
    for end in ("", "-wal", "-shm"):
        if os.path.exists(house.node().db_path + end):
            os.unlink(house.node().db_path + end)
    as_of(kept, house.node().db_path, steps)


def keep(house):
    """What the running node holds, once it has ended."""
    kept = os.path.join(house.dir, "kept.db")
    house.node().stop()
    shutil.copyfile(house.node().db_path, kept)
    return kept


def shows_what_it_holds(tap, house, order, steps):
    last = steps[-1][0]
    house.restart()
    seen = house.show(order)
    tap.ok(seen["state"] == "DONE" and seen["timeline"], f"from {last}: an order of then is shown with its timeline", seen)
    answer = house.api("GET", f"/api/v1/secure-elements/{house.ese.row['seid']}", token="operator")
    tap.ok(answer.status == 200 and answer["profile"] == "lab-ese", f"from {last}: so is an element", answer)


def takes_work(tap, house, steps):
    """An order for a new card, and a campaign."""
    last = steps[-1][0]
    uicc = house.add_uicc()
    served = house.run_order("deploy", uicc, house.card())
    tap.ok(served["state"] == "DONE", f"from {last}: a new card is served", served)
    asked = house.api("POST", "/api/v1/campaigns", {"kind": "audit", "elements": [uicc.iccid]}, "operator")
    tap.equal(asked.status, 202, f"from {last}: a campaign is taken")
    look = lambda: house.api("GET", f"/api/v1/campaigns/{asked['campaign']}", token="operator").json
    await_true(lambda: look()["state"] in ENDED, 60, "the end of the campaign")
    tap.equal((look()["done"], look()["failed"]), (1, 0), f"from {last}: and ends")


def every_earlier_program_is_followed(tap, house, order, kept, steps):
    for name in PROGRAMS:
        then = upto(steps, name)
        lay(house, kept, then)
        shows_what_it_holds(tap, house, order, then)
        house.node().stop()


def the_second_takes_work(tap, house, kept, steps):
    then = upto(steps, PROGRAMS[1])
    lay(house, kept, then)
    house.restart()
    takes_work(tap, house, then)
    house.node().stop()


def the_oldest_says_what_it_lacks(tap, house, kept, steps):
    """Its load files came without their Descriptor component, which the admission gate has read since."""
    then = upto(steps, PROGRAMS[0])
    lay(house, kept, then)
    house.restart()
    tap.equal(house.run_order("suspend", house.ese)["state"], "DONE", f"from {PROGRAMS[0]}: what was deployed is suspended")
    order = house.run_order("deploy", house.add_uicc(), house.card())
    tap.ok(order["state"] == "FAILED" and "Descriptor.cap" in order["failure"]["reason"]
           and "upload it again" in order["failure"]["next_action"],
           f"from {PROGRAMS[0]}: a load file without its descriptor is not loaded, and what helps is told", order)
    house.node().stop()


def another_history_is_refused(tap, house, kept, steps):
    lay(house, kept, steps[:1])
    db = sqlite3.connect(house.node().db_path, timeout=120)
    db.executescript("DROP INDEX job_due; CREATE INDEX job_due ON job(due, id) WHERE state IN (1, 2, 3)")
    db.close()
    try:
        house.restart()
        tap.ok(False, "a database of another history is refused")
    except Died:
        tap.ok("job_due" in house.node().process.log(), "a database of another history is refused, its difference named",
               house.node().process.log())
    db = sqlite3.connect(house.node().db_path, timeout=120)
    tap.equal(db.execute("SELECT MAX(version) FROM schema_migration").fetchone(), (1,), "and left as it was")
    db.close()


def main():
    tap = Tap()
    steps = migrations()
    house = House()
    try:
        house.start(cards=False)
        house.ese = house.add_ese()
        order = house.run_order("deploy", house.ese, house.card())
        kept = keep(house)
        every_earlier_program_is_followed(tap, house, order, kept, steps)
        the_oldest_says_what_it_lacks(tap, house, kept, steps)
        the_second_takes_work(tap, house, kept, steps)
        another_history_is_refused(tap, house, kept, steps)
    finally:
        house.stop()
    tap.done()


main()
