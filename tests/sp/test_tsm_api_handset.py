# SPDX-License-Identifier: Apache-2.0
"""Handsets of the device interface: their elements, an app that gives up or is killed, failures, limits.
[TR-03165 3.2.1, 3.3, 4.2.4.4]"""
import os
import sys
import sqlite3
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap, await_true  # noqa: E402
from life import DOMAIN  # noqa: E402
from scene import Scene  # noqa: E402
from tsmapi import (INSTALLED, IN_ERROR, NOT_DEPLOYED, OPERATIONAL, PERSONALIZED, Stage, VERSION, activate, at_once, install,  # noqa: E402
                    personalize, status_of, text_of)

def given_up(tap, s, instance):
    app = s.app
    waiting = app.deploy(instance, [install()], finalize=False)
    view = app.process(waiting, "cancel")
    tap.equal((view["state"], status_of(view["result"]), text_of(view["result"])),
              ("done", 6, "Execution interrupted: manually cancelled"), "a process is cancelled before its start: 6")
    tap.equal(view["result"]["serviceInstanceState"], NOT_DEPLOYED, "nothing has changed")
    tap.equal([c["commandExecutionStatus"] for c in view["result"]["serviceCommandResults"]], [2], "its command was not executed")
    tap.equal(app.start(waiting)["state"], "done", "it cannot be started any more")
    # killed between 202 and start: the app that comes back finds it, or begins anew
    first = app.deploy(instance, [install()], finalize=False)
    tap.equal(app.instances(s.service)["serviceInstances"][0].get("runningProcess"), first["process"], "an app that was killed finds its process")
    stranger = s.handset(caller="77" * 32).instances(s.service)["serviceInstances"][0]
    tap.ok("runningProcess" not in stranger, "another app is not told of it", stranger)
    second = app.deploy(instance, [install()], finalize=False)
    tap.equal(status_of(app.process(first)["result"]), 6, "or it begins anew, and the first one is over: 6")
    late = sqlite3.connect(s.house.node().db_path, timeout=120)
    with late:
        late.execute("UPDATE tsm_process SET start_by = 1 WHERE uuid = ?", (second["process"],))
    late.close()
    view = app.start(second)
    tap.ok(view["state"] == "done" and status_of(view["result"]) == 6 and "not started" in text_of(view["result"]),
           "after five minutes it is over: 6", view)
    tap.ok("runningProcess" not in app.instances(s.service)["serviceInstances"][0], "and runs no more")
    # two at once
    one, two = at_once(lambda: app.deploy(instance, [install()], False), lambda: app.deploy(instance, [install()], False))
    states = sorted(app.process(p)["state"] for p in (one, two))
    tap.equal(states, ["done", "waiting"], "of two that are asked for at once one waits")
    alive = one if app.process(one)["state"] == "waiting" else two
    starts = at_once(lambda: app.start(alive), lambda: app.start(alive))
    tap.equal({a["process"] for a in starts}, {alive["process"]}, "two starts at once start one process")
    tap.equal(s.house.rows("SELECT COUNT(*) FROM orders WHERE state < 2"), [(1,)], "one order")
    tap.equal(status_of(app.deploy(instance, [install()], False)), 13, "while it runs no other can be begun: 13")
    result, _ = app.follow(alive)
    tap.equal(result["serviceInstanceState"], INSTALLED, "and comes to its end")
    tap.equal(app.process(alive, "cancel")["result"], result, "what has ended is not given up any more")
    s.end(instance)


def cancelled_while_it_runs(tap, s):
    """What is in flight is heard, nothing new is sent; a later call settles what is on the element."""
    app, instance = s.app, s.fresh()
    alive = app.deploy(instance, [install(), s.card(), activate()])
    app.start(alive)
    result, views = app.follow(alive, cancel_at=5)
    tap.equal((status_of(result), text_of(result)), (6, "Execution interrupted: manually cancelled"), "cancelled while it runs: 6")
    tap.ok(5 <= views[-1]["progress"] < 99, "before its last step", views[-1])
    done = [c["commandExecutionStatus"] for c in result["serviceCommandResults"]]
    tap.ok(1 in done and 2 in done, "a command was cut, another was not executed", result)
    tap.equal(result["serviceInstanceState"], IN_ERROR, "the state says that something is there")
    tap.equal(s.house.rows("SELECT state FROM orders WHERE given_up = 1"), [(3,)], "the order has failed")
    again = app.run(app.deploy(instance, [install(), s.card(), activate()]))
    tap.equal((status_of(again), again["serviceInstanceState"]), (0, OPERATIONAL), "a later deploy performs what is missing")
    tap.ok(s.house.terminal(s.ese)[0] == 0, "and the card pays")
    s.end(instance)
    instance = s.fresh()
    alive = app.deploy(instance, [install(), s.card(), activate()])
    app.start(alive)
    asked = "SELECT 1 FROM orders o JOIN job j ON j.ref = o.id WHERE o.state = 1 AND j.kind = 3 AND j.state = 3 AND o.step > 2"
    await_true(lambda: s.house.rows(asked), 10, "the agent is asked for")
    tap.equal(app.process(alive, "cancel")["state"], "running", "what the handset's agent was asked for is waited for")
    app.restart()  # and the app is killed: only what it asked for is left
    found = app.instances(s.service)["serviceInstances"][0].get("runningProcess")
    tap.equal(found, alive["process"], "an app that was killed behind its cancellation finds the process")
    result, _ = app.follow(found)
    tap.equal(status_of(result), 6, "and follows it to its end")
    tap.equal(s.end(instance), 0, "terminate settles what was begun")
    tap.ok(DOMAIN not in s.ese.registry()[0], "nothing is left on the element", s.ese.registry())


def cancelled_while_its_customer_is_asked(tap, s):
    """An order that sleeps until somebody answers is woken; what was executed stays."""
    path = "/api/v1/services/demo-payment/verification"
    s.house.api("PUT", path, {"kind": "hook", "url": "https://127.0.0.1:9/hook", "expires_s": 600})
    app, instance = s.app, s.fresh()
    alive = app.deploy(instance, [install(), s.card(), activate()])
    app.start(alive)
    (result, _), _ = at_once(lambda: app.follow(alive), lambda: cancel_when(s, alive, "SELECT 1 FROM verifying"))
    tap.equal((status_of(result), result["serviceInstanceState"]), (6, PERSONALIZED), "while its customer is asked: 6, and it is personalised")
    tap.equal([c["commandExecutionStatus"] for c in result["serviceCommandResults"]], [0, 0, 1], "two commands were executed")
    s.house.api("DELETE", path)
    tap.equal(app.run(app.deploy(instance, [activate()]))["serviceInstanceState"], OPERATIONAL, "a later call activates it")
    s.end(instance)


def cancel_when(s, process, sql):
    await_true(lambda: s.house.rows(sql), 20, sql)
    return s.handset().process(process, "cancel")


def elements(tap, s):
    app = s.app
    hidden = s.handset()
    for c in hidden.components:
        c["accessible"] = False
    tap.equal(status_of(hidden.create(s.service)), 9, "elements that cannot be accessed: 9")
    tap.equal(status_of(hidden.instances(s.service)), 9, "nor be looked for")
    bare = s.handset()
    bare.components = []
    tap.equal(status_of(bare.create(s.service)), 8, "a handset without elements: 8")
    check = bare.call("checkServiceDeploymentAvailable", serviceId=s.service, version=VERSION)
    tap.equal((status_of(check), check["deploymentAvailable"]), (0, 0), "which the device check says without an error")
    unknown = s.handset()
    unknown.components = [{"reader": "eSE1", "seid": "00112233445566778899", "accessible": True}]
    answer = unknown.create(s.service)
    tap.equal(status_of(answer), 8, "an element that no owner knows: 8")
    check = unknown.call("checkServiceDeploymentAvailable", serviceId=s.service, version=VERSION)
    tap.equal(check["deploymentAvailable"], 0, "and no deployment")
    # what the element says of itself: the laboratory's chip shows its CPLC
    seid = s.ese.name["seid"]
    cplc = (seid[:8] + "0" * 16 + seid[12:20] + seid[8:12]).ljust(84, "0")
    looks = s.handset()
    looks.components = [{"reader": "eSE1", "cplc": "9F7F2A" + cplc, "accessible": True}]
    made = looks.create(s.service)
    tap.ok(status_of(made) == 0, "an element is known by the chip's numbers in its CPLC", made)
    seen = app.instances(s.service)["serviceInstances"]
    tap.equal([i["id"] for i in seen], [made["serviceInstance"]["id"]], "and its instance by any of its names")
    tap.equal(status_of(s.handset({"SIM1": s.sim}).create(s.service)), 0, "another handset with the SIM alone is another matter")
    tap.equal(len(app.instances(s.service)["serviceInstances"]), 2, "both are listed where both are shown")
    sim = next(i for i in app.instances(s.service)["serviceInstances"] if i["reader"] == "SIM1")
    turned = s.handset({"SIM1": s.sim, "eSE1": s.ese})
    result = turned.run(turned.deploy(sim["id"], [install(), s.card(), activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (0, OPERATIONAL), "a SIM is reached by messages, without the handset")
    away = s.handset({"SIM1": s.sim})
    gone = away.deploy(made["serviceInstance"]["id"], [install()], finalize=False)
    tap.equal(status_of(gone), 9, "an embedded element that is not shown: 9")
    for instance in (made["serviceInstance"]["id"], sim["id"]):
        tap.equal(s.end(instance), 0, "terminated")
    choices = {turned.create(s.service)["serviceInstance"]["reader"]}
    for i in turned.instances(s.service)["serviceInstances"]:
        s.end(i["id"])
    choices.add(app.create(s.service)["serviceInstance"]["reader"])
    tap.equal(choices, {"eSE1"}, "the same set has the same choice, in whatever order it is shown")
    for i in app.instances(s.service)["serviceInstances"]:
        s.end(i["id"])


def failures(tap, s):
    """An order's failure as an error type, and the state that it leaves."""
    app, instance = s.app, s.fresh()
    bad = personalize(cardData=s.house.seal(s.house.card(pan="5413330000000002")))
    result = app.run(app.deploy(instance, [install(), bad, activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (4, NOT_DEPLOYED), "card data that are wrong: 4, and nothing has changed")
    tap.equal([c["commandExecutionStatus"] for c in result["serviceCommandResults"]], [1, 2, 2], "the first command failed, the others were not executed")
    tap.equal([i["id"] for i in app.instances(s.service)["serviceInstances"]], [instance], "the instance is still there")
    broken = app.deploy(instance, [install(), personalize(cardData="not.a.jwe")])
    tap.equal(status_of(broken), 4, "card data of no form are refused before a process begins: 4")
    s.end(instance)
    full = s.house.add_ese("--memory", "650")
    small = s.handset({"eSE1": full})
    instance = s.fresh(small)
    result = small.run(small.deploy(instance, [install(), s.card(), activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (7, NOT_DEPLOYED), "an element that is full: 7, and nothing has changed")
    tap.equal(s.end(instance, small), 0, "it can be terminated")


def services_of_the_provider(tap, s):
    """Parameters, authorised apps, and flavors that come and go."""
    scene = Scene(s.bank)
    tag = s.bank.must("GET", f"/services/{scene.service}/versions")[0]["tag"]
    answer = s.app.call("checkServiceDeploymentAvailable", serviceId=scene.service, version=tag)
    tap.equal((status_of(answer), answer["deploymentAvailable"]), (0, 0), "a version whose flavor is not published cannot be deployed")
    s.bank.must("PUT", f"/services/{s.service}", {"name": "demo-payment", "spParameters": {"colour": "green", "size": "1"}})
    info = s.app.call("checkServiceDeploymentAvailable", serviceId=s.service, version="x.x.x")["newTechnicalInformation"]
    tap.equal(info["spParameters"], {"colour": "green", "size": "1"}, "parameters of the service reach the app")
    tap.equal((info["serviceId"], info["serviceVersionTag"], info["flavorName"]), (s.service, VERSION, "card"), "with what would be installed")


def limits(tap):
    with House(settings=["--device-processes", "1", "--http-workers", "4"]) as house:
        s = Stage(house)
        app, instance = s.app, s.fresh()
        waiting = app.deploy(instance, [install()], finalize=False)
        tap.equal(waiting.status, 202, "one process may wait")
        answer = app.deploy(instance, [install()], finalize=False)
        tap.equal((answer.status, status_of(answer)), (503, 18), "beyond the limit: 503 and 18")
        view = app.process(waiting)
        began = time.monotonic()
        held = at_once(*[lambda: app.process(waiting, wait=2, seen=view["seen"]) for _ in range(3)])
        tap.ok(all(a["state"] == "waiting" for a in held) and time.monotonic() - began < 30, "requests are held, but not more than workers allow")
        app.process(waiting, "cancel")
        tap.equal(app.deploy(instance, [install()], finalize=False).status, 202, "when it is over the next may come")
        app.restart("--maintenance", "yes")
        answers = [app.instances(s.service), app.create(s.service), app.process(waiting)]
        tap.equal([(a.status, status_of(a)) for a in answers], [(503, 19)] * 3, "under maintenance: 503 and 19")
        app.restart("--maintenance", "no")
        tap.equal([i["id"] for i in app.instances(s.service)["serviceInstances"]], [instance], "afterwards all is as it was")


def shares(tap):
    """One provider's processes leave the others room, however many orders it has beside them."""
    with House(settings=["--device-processes", "4", "--device-processes-party", "2"]) as house:
        s = Stage(house)
        first = s.fresh()
        db = sqlite3.connect(house.node().db_path, timeout=120)
        # What another provider runs by orders and campaigns: rows alone, nobody works on them.
        columns = ("id, party, operation, instance, service, flavor, se_kind, se_ref, trace, session, digest, data, state, failure, "
                   "created, updated, deadline")
        for i in range(1, 10):
            db.execute(f"INSERT INTO orders({columns}) SELECT {i}, id, 1, {i}, '', '', 0, '', x'00', '', x'', x'', 1, '', 0, 0, 0 "
                       "FROM party WHERE name = 'other'")
        db.commit()
        tap.equal(s.app.deploy(first, [install()], finalize=False).status, 202, "beside a provider with many orders there is room")
        db.execute("UPDATE orders SET party = (SELECT id FROM party WHERE name = 'bank') WHERE id < 10")
        db.commit()
        db.close()
        answer = s.app.deploy(first, [install()], finalize=False)
        tap.equal((answer.status, status_of(answer)), (503, 18), "whose own they are gets 503 and 18")


def main():
    tap = Tap()
    with House() as house:
        s = Stage(house)
        given_up(tap, s, s.fresh())
        cancelled_while_it_runs(tap, s)
        cancelled_while_its_customer_is_asked(tap, s)
        elements(tap, s)
        failures(tap, s)
        services_of_the_provider(tap, s)
    limits(tap)
    shares(tap)
    tap.done()


main()
