# SPDX-License-Identifier: Apache-2.0
"""A bank hears of every process: exactly what the interface says, in order, once, over mutual TLS; also after its online
system was away, the server was killed, answers were lost; and what is wrong with it is told, and hinders nobody else.
[TR-03165 4.3]"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from spos import Authority, OnlineSystem, await_receiver, link, receiver, register  # noqa: E402
from sptsm import Provider  # noqa: E402
from tsmapi import Stage, status_of, text_of  # noqa: E402

SERVICE = "demo-payment"
LONG_MS = 30000  # time enough to kill the server before it has its answer
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
MEMBERS = {"processId", "executionStatus", "executionMessage", "startDate", "endDate", "serviceId", "versionTag",
           "serviceInstanceId", "requestedOperations", "serviceStartState", "serviceEndState"}


def uuid_of(trace):
    t = trace.lower()
    return "-".join((t[:8], t[8:12], t[12:16], t[16:20], t[20:]))


def failing(house, iccid="8949000000000009999"):
    """An order that ends at once: no owner knows the element. Each iccid is a service instance of its own."""
    return house.wait(house.order("deploy", {"iccid": iccid}, house.card()))


def told(result):
    return (result["requestedOperations"], result["serviceStartState"], result["serviceEndState"])


def each_end_is_told(tap, house, spos):
    uicc, done = house.add_uicc(), []
    for operation in ("deploy", "suspend", "resume", "terminate"):
        card = house.card() if operation == "deploy" else None
        done.append(house.run_order(operation, uicc, card, seconds=60))
    results = spos.until(4)
    tap.equal([told(r) for r in results], [([10, 11, 12], 1, 21), ([30], 21, 22), ([31], 22, 21), ([40], 21, 1)],
              "a deployment, a suspension, a resumption and a termination are told with their states, in this order")
    tap.ok(all(set(r) == MEMBERS for r in results), "each has the attributes of ProcessResult and no others", results[0])
    tap.equal([r["processId"] for r in results], [uuid_of(o["trace"]) for o in done], "and names its process")
    tap.ok(len({r["serviceInstanceId"] for r in results}) == 1 and UUID.match(results[0]["serviceInstanceId"]),
           "all four are of one service instance", results)
    tap.ok(all(TIME.match(r[n]) for r in results for n in ("startDate", "endDate")) and
           all(r["startDate"] <= r["endDate"] for r in results), "dates are UTC with milliseconds", results)
    tap.ok(all(r["executionStatus"] == 0 and r["executionMessage"] == "" for r in results), "success has no message")
    tap.equal({r["versionTag"] for r in results}, {"1.0.0"}, "the version is named by its tag")
    tap.equal({line["client"] for line in spos.lines()}, {"opentsm for the bank"}, "under the provider's certificate")
    house.api("GET", "/api/v1/spos")
    steps = [s["step"] for s in house.show(done[0])["timeline"]]
    tap.equal(steps[-1], "SPOS", "and the order's timeline says that it was told")


def failures_are_told(tap, house, spos):
    n = len(spos.lines())
    order = house.run_order("deploy", house.add_uicc(), house.card(pan="5413330089010435"))
    result = spos.until(n + 1)[n]
    tap.ok(order["state"] == "FAILED" and result["executionStatus"] > 0 and
           order["failure"]["reason"] in result["executionMessage"], "a failure is told with its reason", result)
    tap.ok("5413330089010435" not in str(result), "and without the card number", result)
    failing(house)
    result = spos.until(n + 2)[n + 1]
    tap.equal((result["serviceStartState"], result["serviceEndState"]), (1, 1), "an element that nobody knows, too")
    house.wait(house.order("deploy", {"iccid": "8949000000000009998"}, house.card(), commands=["install", "activate", "personalise"]))
    tap.equal(spos.until(n + 3)[n + 2]["requestedOperations"], [10, 12, 11], "commands are told in the order that they had")


def checks_that_fail(tap, house, spos):
    """The reasons why an eligibility check failed, each without a process. [TR-03165 3.3.1]"""
    s, n = Stage(house), len(spos.lines())
    empty, shut = s.handset(), s.handset()
    empty.components = []
    shut.components = [shut.component("eSE1", s.ese, accessible=False)]
    there = s.fresh()
    answers = [empty.create(s.service), shut.create(s.service), s.app.create(s.service)]
    results = spos.until(n + 3)[n:]
    tap.equal([status_of(a) for a in answers], [8, 9, 14], "no element, one that lets nobody in, one that has the service")
    tap.equal([(r["executionStatus"], r["executionMessage"]) for r in results], [(status_of(a), text_of(a)) for a in answers],
              "the reason of each is told as the app hears it")
    tap.equal([(r["processId"], r["serviceInstanceId"], *told(r)) for r in results],
              [("", "", [], 1, 1), ("", "", [], 1, 1), ("", there, [], 1, 1)], "without a process, and with the instance if there is one")
    s.end(there)
    spos.until(n + 4)


def an_outage_is_survived(tap, house, spos, other):
    n = len(spos.lines())
    spos.end()
    orders = [failing(house, iccid) for iccid in ("8949000000000001111", "8949000000000002222",
                                                  "8949000000000001111", "8949000000000001111")]
    seen = await_receiver(house, lambda r: not r.get("reached", True) and r["waiting"] == 4, "the outage is seen")
    tap.ok("away_since" in seen and seen["reason"] and "next_try" in seen, "it says since when, why, when next", seen)
    before = len(other.lines())
    house.tokens["bank"], kept = house.tokens["other"], house.tokens["bank"]
    house.wait(house.order("deploy", {"iccid": "8949000000000003333"}, card=None, data=house.seal(house.card(), "other"),
                           service="tram-card"))
    house.tokens["bank"] = kept
    tap.equal(len(other.until(before + 1)), before + 1, "another provider hears of its orders meanwhile")
    house.kill9()
    house.restart()
    spos.start("--lose-first", 2)
    results = spos.until(n + 4)[n:]
    await_receiver(house, lambda r: r.get("waiting") == 0, "all taken")
    tap.equal(len(results), 4, "after a kill and with the bank back all four arrive")
    of_one = [r["processId"] for r in results if r["processId"] != uuid_of(orders[1]["trace"])]
    tap.equal(of_one, [uuid_of(orders[i]["trace"]) for i in (0, 2, 3)], "those of one instance in their order")
    tap.equal(spos.end(), "4 results, 2 of them came again", "two answers were lost: those came again under their key")
    spos.start()


def a_kill_in_the_midst_of_a_delivery(tap, house, spos):
    """The bank has the result, the server never hears so."""
    n = len(spos.lines())
    spos.end()
    spos.start("--slow", LONG_MS)  # who has hung up waits for no answer, nor does what comes again
    order = house.order("deploy", {"iccid": "8949000000000007777"}, house.card())
    result = spos.until(n + 1)[n]
    house.kill9()
    house.restart()
    await_receiver(house, lambda r: r["waiting"] == 0, "it is taken")
    tap.equal((result["processId"], len(spos.lines())), (uuid_of(order["trace"]), n + 1),
              "a server killed while it tells a result tells it again, and it counts once")
    tap.equal(spos.end(), "1 results, 1 of them came again", "under the key that it had before")
    spos.start()


def a_refused_result_waits_alone(tap, house, spos):
    n = len(spos.lines())
    instance = next(r["serviceInstanceId"] for r in spos.results() if told(r)[0] == [10, 11, 12])
    stuck = failing(house, "8949000000000001111")
    held = spos.until(n + 1)[n]["serviceInstanceId"]
    tap.ok(held != instance, "another instance")
    spos.end()
    spos.start("--refuse-instance", held)
    first, second = failing(house, "8949000000000001111"), failing(house, "8949000000000001111")
    passing = failing(house, "8949000000000002222")
    results = spos.until(n + 2)
    tap.equal(results[n + 1]["processId"], uuid_of(passing["trace"]), "what is refused lets other instances pass")
    seen = await_receiver(house, lambda r: r.get("refused") == 1 and r["waiting"] == 2, "the refusal is seen")
    tap.equal((seen["reached"], seen["waiting"]), (True, 2), "the one behind it waits with it")
    waiting = house.api("GET", "/api/v1/spos/results?state=waiting")["results"]
    tap.ok("422" in waiting[-1]["reason"] and waiting[-1]["refusals"] >= 1, "the reason is on record", waiting)
    tap.ok(house.api("GET", "/api/v1/spos/results", token="other")["results"] != waiting, "for its provider alone")
    spos.end()
    spos.start()
    tap.equal(house.api("POST", "/api/v1/spos/retry").status, 202, "the operator's or provider's word tries at once")
    ends = [r["processId"] for r in spos.until(n + 4)[n + 2:]]
    tap.equal(ends, [uuid_of(first["trace"]), uuid_of(second["trace"])], "then both come, in their order")
    tap.ok(stuck["state"] == "FAILED", "all orders of this test failed as they should")


def a_stranger_is_told_nothing(tap, house, spos):
    n = len(spos.lines())
    thief = Authority(os.path.join(spos.folder, "thief"), "thief").issue("server", "spos.bank.example")
    elsewhere = spos.authority.issue("elsewhere", "elsewhere", hosts="DNS:elsewhere.example")
    for what, identity in (("with another authority's certificate", thief), ("with another host's name", elsewhere)):
        spos.end()
        spos.start(identity=identity)
        failing(house, "8949000000000004444")
        seen = await_receiver(house, lambda r: not r.get("reached", True) and "TLS" in r["reason"], what)
        tap.ok(seen["waiting"] > 0 and len(spos.lines()) == n, f"a receiver {what} gets nothing, and the reason says TLS",
               seen)
        spos.end()
        spos.start()
        tap.equal(house.api("POST", "/api/v1/spos/retry", token="operator").json, {"receivers": 0}, "an owner's token wakes none")
        house.api("POST", "/api/v1/spos/retry")
        n += 1
        spos.until(n)
        await_receiver(house, lambda r: r.get("reached") and r["waiting"] == 0, "reached again")
    tap.ok(True, "with the right certificate it hears of both")


def a_config_that_goes_takes_its_results_along(tap, house, spos, p, config):
    spos.end()
    failing(house, "8949000000000005555")
    await_receiver(house, lambda r: r.get("waiting") == 1, "it waits")
    link(p, SERVICE, None)
    tap.equal(p.call("DELETE", f"/spos-configs/{config}").status, 204, "the SposConfig is deleted")
    house.api("POST", "/api/v1/spos/retry")
    await_receiver(house, lambda r: r == {}, "the receiver is gone")
    given_up = house.api("GET", "/api/v1/spos/results?state=given%20up")["results"]
    tap.ok(len(given_up) == 1 and "deleted" in given_up[0]["reason"], "what waited for it ends with the reason", given_up)
    before = house.rows("SELECT COUNT(*) FROM process_result")
    failing(house, "8949000000000005555")
    tap.equal(house.rows("SELECT COUNT(*) FROM process_result"), before, "a service without one tells nobody")


def only_https(tap, house, p):
    cert = p.must("GET", "/certificates")[0]["id"]
    body = {"url": "https://127.0.0.1:9/spos", "certificateId": cert}
    refused = ["https://", "https://spos.example/?q", "HTTPS://spos.example/#f"]
    tap.equal([p.call("POST", "/spos-configs", {**body, "url": url}).error() for url in refused], [(400, 1008)] * len(refused),
              "an https address that cannot be called is not taken: 1008")
    draft = p.must("POST", "/spos-configs", {**body, "url": "/relative/uri/to/resource"})["id"]
    tap.equal(p.call("DELETE", f"/spos-configs/{draft}").status, 204, "a path, the example of the guideline's own file, is taken")
    config = p.must("POST", "/spos-configs", {**body, "url": "http://127.0.0.1:9/spos"})["id"]
    answer = p.call("PUT", f"/spos-configs/{config}", {**body, "url": refused[1]})
    tap.ok(answer.error() == (400, 1008) and "https address" in str(answer), "nor put, and the text says what would be", answer)
    link(p, SERVICE, config)
    failing(house, "8949000000000006666")
    seen = await_receiver(house, lambda r: "https" in r.get("reason", ""), "plain HTTP is refused")
    tap.ok(not seen["reached"], "an address without TLS is told nothing, and why", seen)


def main():
    tap = Tap()
    house = House()
    folder = os.path.join(house.dir, "online")
    clients = Authority(os.path.join(folder, "clients"), "clients")
    clients.issue("bank", "opentsm for the bank")
    clients.issue("other", "opentsm for the other")
    house.settings = ["--spos-dir", os.path.join(folder, "clients"), "--spos-longest-s", "1"]
    spos, other = (OnlineSystem(folder, name, clients.ca).start() for name in ("bank", "tram"))
    try:
        with house:
            node = house.node()
            p, o = (Provider(node.ports["api"], house.ca(), node.grant(n, "administrator")) for n in ("bank", "other"))
            config = register(p, spos.url(), spos.authority.ca, SERVICE)
            o.must("POST", "/services", {"name": "tram-card"})
            register(o, other.url() + "/", other.identity + ".pem", "tram-card")
            each_end_is_told(tap, house, spos)
            failures_are_told(tap, house, spos)
            checks_that_fail(tap, house, spos)
            an_outage_is_survived(tap, house, spos, other)
            a_kill_in_the_midst_of_a_delivery(tap, house, spos)
            a_refused_result_waits_alone(tap, house, spos)
            a_stranger_is_told_nothing(tap, house, spos)
            a_config_that_goes_takes_its_results_along(tap, house, spos, p, config)
            only_https(tap, house, p)
            tap.equal(house.api("GET", "/api/v1/spos", token="operator")["receivers"], [], "an element owner's token sees no provider's receivers")
            tap.equal({r["provider"] for r in house.api("GET", "/api/v1/spos", token="other")["receivers"]}, {"other"},
                      "and a provider its own alone")
    finally:
        for system in (spos, other):
            system.process.end()
    tap.done()


if __name__ == "__main__":
    main()
