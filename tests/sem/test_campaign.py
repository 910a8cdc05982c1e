# SPDX-License-Identifier: Apache-2.0
"""S12, rotation as a campaign: a thousand SIM cards of the laboratory, two kill -9 on the way, no card with a key that the
owner does not know; a canary that fails stops it, a pause holds it, a window keeps it shut (stations 3 to 12)."""
import json
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))

import care  # noqa: E402
import killing  # noqa: E402
from care import House, Tap, await_true, luhn  # noqa: E402

CARDS = int(os.environ.get("TSM_CAMPAIGN_CARDS", "1000"))
CAMPAIGN_S = 240
URL = "/api/v1/campaigns"


def ask(house, **body):
    return house.api("POST", URL, body, "operator")


def look(house, campaign):
    return house.api("GET", f"{URL}/{campaign['campaign']}", token="operator").json


def ended(house, campaign, seconds=CAMPAIGN_S):
    return await_true(lambda: (lambda c: c if c["state"] in ("DONE", "STOPPED") else None)(look(house, campaign)), seconds,
                      "the end of the campaign")


def start_fleet(house, cards):
    """UICCs on the air in one process, all in the inventory; returns their import lines."""
    path = os.path.join(house.dir, "fleet.ndjson")
    fleet = house._run("fleet", ["fleet", "--cards", cards, "--profile", "lab-uicc", "--inventory", path, "--smsc",
                                 f"127.0.0.1:{house.smsc_port}"])
    fleet.await_line("bound ")
    with open(path) as f:
        text = f.read()
    answer = house.import_rows(text)
    if answer["added"] != cards:
        raise care.Died(f"the inventory took {answer}")
    return [json.loads(line) for line in text.splitlines()]


def progress(house, campaign, share):
    """(done, in hand) of a campaign, once it has that share of all behind it, with some in hand or none left."""
    ((done, in_hand),) = house.rows("SELECT done, running FROM campaign WHERE id = ?", int(campaign["campaign"]))
    return (done, in_hand) if done >= share * CARDS and (in_hand or done == CARDS) else None


def two_deaths(tap, house, rows):
    asked = ask(house, kind="rotate", elements=[r["iccid"] for r in rows], at_once=100, canary=10)
    tap.ok(asked.status == 202 and asked["total"] == CARDS, f"a campaign over {CARDS} cards is accepted", asked)
    began = time.monotonic()
    for share in (0.25, 0.6):
        done, in_hand = killing.kill_when(house, lambda: progress(house, asked, share), "progress")
        tap.ok(in_hand > 0 or done == CARDS, f"kill -9 at {done / CARDS:.0%} with {in_hand} cards in hand")
    done = ended(house, asked)
    spent = time.monotonic() - began
    tap.equal((done["state"], done["done"], done["failed"], done["running"], done["planned"]), ("DONE", CARDS, 0, 0, 0),
              f"every card is done ({CARDS / spent:.0f} cards/s with both restarts)")
    states = dict(house.rows("SELECT kvn * 10 + state, COUNT(*) FROM keyset WHERE protocol = 128 GROUP BY 1"))
    tap.equal(states, {13: CARDS, 21: CARDS}, "version 02 is live and version 01 retired, on each of them")
    tap.equal(house.rows("SELECT COUNT(*) FROM key_rotation"), [(0,)], "no rotation is open")
    leaves = house.rows("SELECT COUNT(*) FROM audit WHERE what = 'keyset.rotated'")
    tap.equal(leaves, [(CARDS,)], "one audit leaf for each rotation, none twice")


def every_card_opens(tap, house):
    """Each card is asked under the key set that the inventory calls live, and answers under it."""
    done = ended(house, ask(house, kind="audit", all=True, at_once=100))
    tap.equal((done["state"], done["done"], done["failed"]), ("DONE", CARDS, 0), "0 cards with an unknown key")
    print("#", house.rows("SELECT failure, COUNT(*) FROM care_act WHERE state = 2 GROUP BY 1"))
    missing = house.rows("SELECT COUNT(*) FROM care_act WHERE kind = 0 AND result LIKE '%key-set.missing%'")
    tap.equal(missing, [(0,)], "and none misses its key version")


def a_bad_canary_stops(tap, house, rows):
    """Cards that are not there: nobody is bound with their numbers."""
    absent = []
    for n, r in enumerate(rows[:8]):
        body = f"8949777{n:011d}"
        absent.append({**r, "iccid": body + luhn(body), "msisdn": f"4900{n:08d}"})
    house.import_rows(absent)
    asked = ask(house, kind="rotate", elements=[r["iccid"] for r in absent], canary=2, stop_percent=10)
    done = ended(house, asked)
    tap.ok(done["state"] == "STOPPED" and done["failed"] == 2 and done["planned"] == 6 and "more elements" in done["note"],
           "a canary that fails stops the campaign before the others begin", done)
    await_true(lambda: care.heard(house, "alarm", campaign=done["campaign"]), 20, "an alarm")
    tap.ok(True, "and its owner is told")
    members = house.api("GET", f"{URL}/{done['campaign']}/members", token="operator")["members"]
    failed = [m for m in members if m["state"] == "FAILED"]
    tap.ok(len(failed) == 2 and all(m["failure"]["next_action"] for m in failed), "its members say why", members)


def a_job_that_breaks_stops_it(tap, house, rows):
    """The database refuses what the turn would write, for good: nobody is left to carry the campaign on."""
    with sqlite3.connect(house.node().db_path, timeout=120) as broken:
        broken.execute("CREATE TABLE spoil(n INTEGER PRIMARY KEY)")
        broken.execute("INSERT INTO spoil VALUES(1)")
        broken.execute("CREATE TRIGGER spoils BEFORE UPDATE ON campaign_member BEGIN INSERT INTO spoil VALUES(1); END")
    broken.close()
    asked = ask(house, kind="audit", elements=[rows[0]["iccid"]])
    done = ended(house, asked)
    tap.ok(done["state"] == "STOPPED" and done["note"].startswith("it could not go on: ") and done["planned"] == 1,
           "a campaign whose own job ends by an error stops, with the reason", done)
    await_true(lambda: care.heard(house, "alarm", campaign=done["campaign"]), 20, "an alarm")
    mended = sqlite3.connect(house.node().db_path, timeout=120)
    with mended:
        mended.execute("DROP TRIGGER spoils")
    mended.close()
    house.api("POST", f"{URL}/{done['campaign']}/resume", token="operator")
    tap.equal(ended(house, asked)["done"], 1, "and is resumed when that is mended")


def hands_on_it(tap, house, rows):
    some = [r["iccid"] for r in rows[:20]]
    slow = ask(house, kind="rotate", elements=some, per_minute=60, at_once=1)
    await_true(lambda: look(house, slow)["done"] >= 1, 20, "the first card")
    paused = house.api("POST", f"{URL}/{slow['campaign']}/pause", token="operator")
    tap.equal(paused["state"], "PAUSED", "a campaign is paused")
    await_true(lambda: look(house, slow)["running"] == 0, 20, "cards in hand end")
    tap.ok(look(house, slow)["planned"] > 10, "the rate of one a second was kept", look(house, slow))
    tap.equal(house.api("POST", f"{URL}/{slow['campaign']}/resume", token="operator")["state"], "RUNNING", "it is resumed")
    tap.equal(house.api("POST", f"{URL}/{slow['campaign']}/stop", token="operator")["state"], "STOPPED", "and stopped")
    hour = (time.gmtime().tm_hour + 2) % 24
    shut = ask(house, kind="rotate", elements=some, window_from=f"{hour:02d}:00", window_to=f"{(hour + 1) % 24:02d}:00")
    note = await_true(lambda: look(house, shut)["note"], 20, "a word about the window")
    tap.ok("window" in note and look(house, shut)["running"] == 0, "outside its window it waits and says so", note)
    for body, field in (({"kind": "dance", "all": True}, "kind"), ({"kind": "audit"}, "elements"),
                        ({"kind": "audit", "all": True, "profile": "x"}, "elements"),
                        ({"kind": "audit", "elements": ["nobody"]}, "elements"),
                        ({"kind": "audit", "all": True, "window_from": "25:00", "window_to": "01:00"}, "window_from"),
                        ({"kind": "audit", "all": True, "stop_percent": 101}, "stop_percent")):
        tap.equal(ask(house, **body).get("field"), field, f"{body} is refused by its field")
    tap.equal(house.api("GET", f"{URL}/{shut['campaign']}", token="second").status, 404, "others do not see it")
    names = lambda query: [c["campaign"] for c in house.api("GET", URL + query, token="operator")["campaigns"]]  # noqa: E731
    whole = names("")
    paged, page = [], names("?limit=2")
    while page:
        paged += page
        page = names(f"?limit=2&before={page[-1]}")
    tap.ok(len(whole) > 2 and paged == whole, "the list is read page by page, newest first", (whole, paged))


def owner_listens(data):
    data["parties"][0]["callback_url"] = data["parties"][1]["callback_url"]
    data["parties"].append({"name": "second", "owner": True, "provider": False, "callback_url": "", "partner_url": ""})


def main():
    tap = Tap()
    house = House(answer_s=2, callbacks=True, tweak=owner_listens).start(cards=False)
    try:
        house.tokens["second"] = house.node().grant("second", "operator")
        rows = start_fleet(house, CARDS)
        two_deaths(tap, house, rows)
        every_card_opens(tap, house)
        hands_on_it(tap, house, rows)
        a_job_that_breaks_stops_it(tap, house, rows)
        a_bad_canary_stops(tap, house, rows)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
