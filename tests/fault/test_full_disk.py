# SPDX-License-Identifier: Apache-2.0
"""A full disk under tsmd: orders are refused, nothing is half stored, and all goes on when there is room again; with
--all also in the middle of a deployment, which then waits until the leases of its jobs have ended (every durable step).

The disk is full by RLIMIT_FSIZE: tsmd may write to no file any more; its log goes through a pipe."""
import os
import resource
import stat
import sys

import killing
import node
import witness
from house import FINAL, House, Tap, await_true

ONE_OCTET = 1
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
TROUBLE = ('"engine.stuck"', '"job.trouble"')
WAIT_S = 40
INSIDE = (1, 4, 8, 12)  # lines of a deployment's timeline before the disk is full


def ignore_the_signal(house):
    """tsmd behind `env --ignore-signal`: what a full disk says is an error, not SIGXFSZ."""
    path = os.path.join(house.dir, "tsmd-on-a-small-disk")
    with open(path, "w") as f:
        f.write(f'#!/bin/bash\nexec 2> >(exec cat >&2)\nexec /usr/bin/env --ignore-signal=XFSZ {node.TSMD} "$@"\n')
    os.chmod(path, stat.S_IRWXU)
    node.TSMD = path


def fill(house):
    resource.prlimit(house.node().process.pid, resource.RLIMIT_FSIZE, (ONE_OCTET, resource.RLIM_INFINITY))


def make_room(house):
    resource.prlimit(house.node().process.pid, resource.RLIMIT_FSIZE, UNLIMITED)


def orders_are_refused(tap, house):
    element = house.add_uicc().bound()
    body, key = house.order_body("deploy", element, house.card()), {"Idempotency-Key": "while-full"}
    before = house.rows("SELECT COUNT(*) FROM orders")[0][0], house.rows("SELECT MAX(seq) FROM audit")[0][0]
    fill(house)
    refused = house.api("POST", "/api/v1/orders", body, headers=key)
    tap.equal(refused.problem(), (500, "DATABASE", None), "an order on a full disk is refused")
    tap.equal(house.api("GET", "/api/v1/orders").status, 200, "what is stored can be read")
    after = house.rows("SELECT COUNT(*) FROM orders")[0][0], house.rows("SELECT MAX(seq) FROM audit")[0][0]
    tap.equal(after, before, "nothing of it is stored")
    make_room(house)
    taken = house.api("POST", "/api/v1/orders", body, headers=key)
    ended = house.wait(taken.json)
    tap.ok(taken.status == 202 and ended["state"] == "DONE", "the same order is taken when there is room", ended)


def troubles(house):
    log = house.node().process.log()
    return sum(log.count(word) for word in TROUBLE)


def over(house, order):
    return house.show(order)["state"] in FINAL


def in_the_middle(house, lines):
    """The disk is full when the timeline has so many lines, until the engine says that it cannot go on; complaints."""
    element = house.add_uicc().bound()
    order = house.order("deploy", element, house.card())
    trace = bytes.fromhex(order["trace"])
    await_true(lambda: house.rows("SELECT COUNT(*) FROM event WHERE trace = ?", trace)[0][0] >= lines, WAIT_S,
               "progress of the order")
    said = troubles(house)
    fill(house)
    await_true(lambda: troubles(house) > said or over(house, order), WAIT_S, "the engine's word that it cannot go on")
    make_room(house)
    ended = house.wait(order, WAIT_S)
    if ended["state"] != "DONE":
        return [f"{ended['state']}: {ended.get('failure')}"]
    await_true(lambda: killing.idle(house), WAIT_S, "the end of all jobs")
    wrong = witness.deployed(house, element) + witness.books(house, element, True) + witness.counters(element)
    return wrong + witness.told_once(house, ended) + witness.audit_chain(house)


def main():
    tap = Tap()
    house = House(answer_s=2, callbacks=True, uicc_options=["-v"])
    ignore_the_signal(house)
    house.start(cards=False)
    try:
        orders_are_refused(tap, house)
        for lines in INSIDE if "--all" in sys.argv[1:] else ():
            wrong = in_the_middle(house, lines)
            tap.ok(not wrong, f"a deployment outlives a disk that is full at line {lines} of its timeline", "\n".join(wrong))
    finally:
        house.stop()
    tap.done()


main()
