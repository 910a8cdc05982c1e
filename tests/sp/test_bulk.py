# SPDX-License-Identifier: Apache-2.0
"""P8, campaigns over service instances: SIM cards of the laboratory suspended and resumed by their provider; two kill -9 on
the way and no instance has two orders; a canary waits for a word; one per cent of failures stops it, and it is resumed
where it stopped; a window keeps it shut; others do not see it (stations 1 to 12)."""
import concurrent.futures
import json
import os
import sys
import time

for folder in ("journey", "fault"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder))

import killing  # noqa: E402
from house import BUILD, Died, House, Tap, await_true, run  # noqa: E402

CARDS = int(os.environ.get("TSM_BULK_CARDS", "200"))
AT_ONCE, ROUNDS = 40, 3
CLOSED = 3  # cards that their owner closes for a while
CAMPAIGN_S = 240
TSM = os.path.join(BUILD, "src", "app", "tsm")
URL = "/api/v1/campaigns"
SERVICE = "demo-payment"


def ask(house, token="bank", **body):
    return house.api("POST", URL, {"service": SERVICE, **body}, token)


def look(house, campaign):
    return house.api("GET", f"{URL}/{campaign['campaign']}").json


def hand(house, campaign, word):
    return house.api("POST", f"{URL}/{campaign['campaign']}/{word}")


def members(house, campaign, state):
    return house.api("GET", f"{URL}/{campaign['campaign']}/members?state={state}")["members"]


def ended(house, campaign, *states, seconds=CAMPAIGN_S):
    return await_true(lambda: (lambda c: c if c["state"] in (states or ("DONE", "STOPPED")) else None)(look(house, campaign)),
                      seconds, "the end of the campaign")


def settled(c):
    return c["done"], c["failed"], c["running"], c["planned"]


def states(house):
    return dict(house.rows("SELECT state, COUNT(*) FROM service_instance GROUP BY state"))


# ---- instances ----

def start_fleet(house, cards):
    """UICCs on the air in one process, all in the inventory; returns their import lines."""
    path = os.path.join(house.dir, "fleet.ndjson")
    fleet = house._run("fleet", ["fleet", "--cards", cards, "--profile", "lab-uicc", "--inventory", path, "--smsc",
                                 f"127.0.0.1:{house.smsc_port}"])
    fleet.await_line("bound ")
    with open(path) as f:
        text = f.read()
    if house.import_rows(text)["added"] != cards:
        raise Died("the inventory did not take the fleet")
    return [json.loads(line) for line in text.splitlines()]


def deploy_all(house, rows):
    """One instance on each card, some at a time, again where a busy machine was too slow; the ids in the order of the
    cards."""
    house.seal(house.card())  # fetches the intake key
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sealed = dict(zip([r["iccid"] for r in rows], pool.map(house.seal, [house.card() for _ in rows])))
    for _ in range(ROUNDS):
        whole = {ref for (ref,) in house.rows("SELECT se_ref FROM service_instance WHERE state = 21")}
        left = [iccid for iccid in sealed if iccid not in whole]
        for n in range(0, len(left), AT_ONCE):
            for iccid in left[n:n + AT_ONCE]:
                house.api("POST", "/api/v1/orders", {"operation": "deploy", "service": SERVICE, "se": {"iccid": iccid},
                                                     "data": sealed[iccid]})
            await_true(lambda: house.rows("SELECT COUNT(*) FROM orders WHERE state < 2") == [(0,)], CAMPAIGN_S, "deployments")
    return [i for (i,) in house.rows("SELECT id FROM service_instance WHERE state = 21 ORDER BY id")]


# ---- the cases ----

def progress(house, campaign, wanted):
    """(done, in hand) of a campaign, once so many are done, with some in hand or none left."""
    ((done, in_hand),) = house.rows("SELECT done, running FROM bulk WHERE id = ?", int(campaign["campaign"]))
    return (done, in_hand) if done >= wanted and (in_hand or done == CARDS) else None


def two_deaths(tap, house, total):
    asked = ask(house, operation="suspend", at_once=AT_ONCE, canary={"count": 10, "then": "go-on"},
                select={"state": "OPERATIONAL", "profile": "lab-uicc", "version": "1.0"})
    tap.ok(asked.status == 202 and asked["total"] == total and asked["state"] == "RUNNING",
           f"a campaign over {total} instances, chosen by state, profile and version, is accepted", asked)
    for share in (0.25, 0.6):
        done, in_hand = killing.kill_when(house, lambda: progress(house, asked, share * total), "progress")
        tap.ok(in_hand > 0 or done == total, f"kill -9 at {done / total:.0%} with {in_hand} orders in hand")
    done = ended(house, asked)
    tap.equal((done["state"], *settled(done)), ("DONE", total, 0, 0, 0), "every instance is done", )
    tap.equal(states(house), {22: total}, "and suspended")
    twice = house.rows("SELECT instance, COUNT(*) FROM orders WHERE bulk = ? GROUP BY instance HAVING COUNT(*) <> 1",
                       int(asked["campaign"]))
    count = house.rows("SELECT COUNT(*) FROM orders WHERE bulk = ?", int(asked["campaign"]))
    tap.ok(twice == [] and count == [(total,)], "each got one order, none two and none none", (twice, count))


def a_canary_waits(tap, house, total):
    asked = ask(house, operation="resume", canary={"count": 5, "then": "wait"}, at_once=AT_ONCE)
    held = ended(house, asked, "PAUSED")
    tap.ok(settled(held) == (5, 0, 0, total - 5) and "resume" in held["note"], "a canary waits for a word", held)
    tap.equal(hand(house, asked, "resume")["state"], "RUNNING", "the word is given")
    done = ended(house, asked)
    tap.equal((done["state"], *settled(done)), ("DONE", total, 0, 0, 0), "and the others follow")
    def told():
        bodies = [c["body"] for c in house.callbacks_seen()]
        return sorted(b["state"] for b in bodies if b.get("event") == "campaign" and b["campaign"] == asked["campaign"])
    await_true(lambda: len(told()) >= 2, 20, "the callbacks of the campaign")
    tap.equal(told(), ["DONE", "PAUSED"], "the provider is told where it stands")


def care(house, iccid, word, **body):
    """The owner closes or opens an element, and its card follows."""
    act = house.api("POST", f"/api/v1/secure-elements/{iccid}/{word}", body, "operator")["act"]
    await_true(lambda: house.rows("SELECT state FROM care_act WHERE id = ?", int(act)) != [(0,)], 30, word)


def failures_stop_it(tap, house, closed):
    """The owner has closed three cards: more than one per cent of those that have ended."""
    for iccid in closed:
        care(house, iccid, "lock", reason="reported lost")
    asked = ask(house, operation="suspend", at_once=20, stop_at_failure_percent=1, judged_from=20)
    stopped = ended(house, asked)
    tap.ok(stopped["state"] == "STOPPED" and stopped["planned"] > 0 and "allows" in stopped["note"],
           "more failures than it allows stop it", stopped)
    tap.ok(stopped["done"] + stopped["failed"] >= 20, "not before the number was settled from which they are judged")
    still = await_true(lambda: (lambda c: c if c["running"] == 0 else None)(look(house, asked)), 30, "orders in hand end")
    tap.equal(still["planned"], stopped["planned"], "nothing begins while it stands still")
    tap.ok([f["count"] for f in still["failures"]] == [len(closed)] and "lock" in still["failures"][0]["reason"],
           "failures are counted by their reason", still["failures"])
    failed = members(house, asked, "failed")
    tap.ok(sorted(m["se"]["iccid"] for m in failed) == sorted(closed) and all(m["failure"]["next_action"] for m in failed),
           "and named one by one", failed)
    return asked


def it_is_resumed(tap, house, asked, closed, total):
    for iccid in closed:
        care(house, iccid, "unlock")
    tap.equal(hand(house, asked, "resume")["state"], "RUNNING", "it is resumed where it stopped")
    done = ended(house, asked)
    tap.equal((done["state"], *settled(done)), ("DONE", total, 0, 0, 0), "what had failed is tried again, the rest follows")
    tap.equal(states(house), {22: total}, "all are suspended")
    most = house.rows("SELECT MAX(n) FROM (SELECT COUNT(*) n FROM orders WHERE bulk = ? AND state = 2 GROUP BY instance)",
                      int(asked["campaign"]))
    tap.equal(most, [(1,)], "none was done twice")


def the_rate_is_held(tap, house, ids):
    """No faster than it is asked for; the benchmark measures how well it is kept."""
    began = time.monotonic()
    asked = ask(house, operation="resume", select={"instances": [str(i) for i in ids]}, rate_per_s=10)
    done = ended(house, asked)
    spent = time.monotonic() - began
    tap.ok(done["done"] == len(ids) and spent > (len(ids) - 1) / 10 - 0.2, f"{len(ids)} at 10/s took {spent:.1f} s")
    tap.ok(done["rate_held_per_s"] <= 10.6, "the rate held is told", done["rate_held_per_s"])


def by_command(tap, house, ids):
    """`tsm campaign` with the provider's token."""
    def tsm(*words):
        return run([TSM, "campaign", *words, "--env", house.env_path(), "--token", "env:TSM_TOKEN_BANK"])
    status, out, err = tsm("create", "--with", "operation=suspend", "--with", f"service={SERVICE}", "--with", "rate_per_s=50",
                           "--with", f"instances={','.join(str(i) for i in ids)}", "--with", "canary=2", "--json")
    tap.ok(status == 0 and json.loads(out)["total"] == len(ids), "a campaign is made on the command line", (out, err))
    name = json.loads(out)["campaign"]
    status, out, err = tsm("show", name, "--timeout", "60")
    tap.ok(status == 0 and "[" + 40 * "#" + "] 100 %" in out and "DONE" in out, "and followed with a bar to its end", (out, err))
    tap.ok(tsm("list")[1].count("suspend demo-payment") >= 2, "the list shows one in two lines")
    tap.equal(tsm("create", "--with", "colour=green")[0], 2, "a word that no campaign has is wrong use")
    tap.equal(tsm("pause", name)[0], 1, "what is over is not paused")


def pages_of(tap, house, token="bank"):
    """The list by one and one is the whole list."""
    names = lambda query: [c["campaign"] for c in house.api("GET", URL + query, token=token)["campaigns"]]  # noqa: E731
    whole, paged, page = names(""), [], names("?limit=1")
    while page:
        paged += page
        page = names(f"?limit=1&before={page[-1]}")
    tap.ok(len(whole) > 1 and paged == whole, "the list is read page by page, newest first", (whole, paged))
    command = [TSM, "campaign", "list", "--limit", "1", "--before", whole[0], "--env", house.env_path(), "--token", "env:TSM_TOKEN_BANK"]
    status, out, _ = run(command)
    tap.ok(status == 0 and [w for w in out.split() if w in whole] == whole[1:2], "the command line turns pages, too", out)
    tap.equal([house.api("GET", URL + q, token=token).problem()[2] for q in ("?limit=0", "?limit=101", "?before=x")],
              ["limit", "limit", "before"], "a page that is none is refused")


def a_window_keeps_it_shut(tap, house):
    hour = (time.gmtime().tm_hour + 2) % 24
    window = {"from": f"{(hour + 1) % 24:02d}:00", "to": f"{(hour + 2) % 24:02d}:00", "zone": "+01:00"}
    shut = ask(house, operation="resume", window=window)
    seen = await_true(lambda: (lambda c: c if c["note"] else None)(look(house, shut)), 20, "a word about the window")
    tap.ok("window" in seen["note"] and seen["ordered"] == 0, "outside its window it waits and says so", seen)
    tap.equal(seen["rules"]["window"], window, "the window is shown in the zone in which it was said")
    tap.ok(seen.get("estimated_end", "Z") > f"{time.strftime('%Y-%m-%dT%H:%M', time.gmtime())}", "its end is estimated")
    tap.equal(hand(house, shut, "pause")["state"], "PAUSED", "it is paused")
    tap.equal(hand(house, shut, "stop")["state"], "STOPPED", "and stopped")
    tap.equal(hand(house, shut, "pause").status, 409, "what stands still is not paused")
    tap.ok(any(c["campaign"] == shut["campaign"] for c in house.api("GET", URL)["campaigns"]), "the list shows it")
    pages_of(tap, house)
    tap.equal([house.api("GET", f"{URL}/{shut['campaign']}", token=t).status for t in ("other", "operator")], [404, 404],
              "another provider does not see it, nor does the owner")


def an_update_that_is_there(tap, house, ids):
    some = [str(i) for i in ids[:5]]
    done = ended(house, ask(house, operation="update", version="1.0", select={"instances": some}))
    tap.equal((done["state"], done["done"], done["failed"]), ("DONE", 5, 0), "who has the version needs no order")
    done = ended(house, ask(house, operation="update", select={"instances": some}))
    tap.equal((done["state"], done["done"], done["failed"]), ("DONE", 5, 0), "without a version each gets the newest load file")
    gone = ended(house, ask(house, operation="terminate", select={"instances": some}))
    tap.equal((gone["done"], gone["failed"]), (5, 0), "a campaign terminates instances")
    left = house.rows(f"SELECT COUNT(*) FROM service_instance WHERE id IN ({','.join(some)})")
    tap.equal((left, len(members(house, gone, "done"))), ([(0,)], 5), "their rows are gone, the campaign still names them")


def refusals(tap, house, ids):
    one = str(ids[-1])
    for body, field in (({"operation": "dance"}, "operation"), ({"operation": "suspend", "service": "nobody's"}, "service"),
                        ({"operation": "suspend", "version": "1.0"}, "version"),
                        ({"operation": "update", "version": "7.7.7"}, "version"),
                        ({"operation": "suspend", "select": {"instances": []}}, "instances"),
                        ({"operation": "suspend", "select": {"instances": ["1"]}}, "instances"),
                        ({"operation": "suspend", "select": {"instances": [one], "profile": "x"}}, "instances"),
                        ({"operation": "suspend", "select": {"state": "HAPPY"}}, "state"),
                        ({"operation": "suspend", "select": {"profile": "no-such"}}, "select"),
                        ({"operation": "suspend", "rate_per_s": 0}, "rate_per_s"),
                        ({"operation": "suspend", "window": {"from": "25:00", "to": "01:00"}}, "from"),
                        ({"operation": "suspend", "window": {"from": "01:00", "to": "05:00", "zone": "Mars"}}, "zone"),
                        ({"operation": "suspend", "canary": {"count": 0}}, "count"),
                        ({"operation": "suspend", "stop_at_failure_percent": 101}, "stop_at_failure_percent")):
        tap.equal(ask(house, **body).get("field"), field, f"{json.dumps(body)} is refused by its field")
    tap.equal(ask(house, token="other", operation="suspend").get("field"), "service", "another provider has no such service")
    tap.equal(house.api("POST", URL, {"operation": "suspend"}, None).status, 401, "nobody asks without a token")


def main():
    tap = Tap()
    house = House(answer_s=4, callbacks=True).start(cards=False)
    try:
        rows = start_fleet(house, CARDS)
        closed = [r["iccid"] for r in rows[:CLOSED]]
        began = time.monotonic()
        ids = deploy_all(house, rows)
        tap.equal(len(ids), CARDS, f"{CARDS} instances are deployed ({CARDS / (time.monotonic() - began):.0f} a second)")
        two_deaths(tap, house, CARDS)
        a_canary_waits(tap, house, CARDS)
        asked = failures_stop_it(tap, house, closed)
        it_is_resumed(tap, house, asked, closed, CARDS)
        the_rate_is_held(tap, house, ids[:20])
        by_command(tap, house, ids[5:20])
        an_update_that_is_there(tap, house, ids)
        a_window_keeps_it_shut(tap, house)
        refusals(tap, house, ids)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
