# SPDX-License-Identifier: Apache-2.0
"""The time of day is set back by an hour, and forward again, while a card's answer is awaited and while tsmd is down:
what waits for its time does not wait an hour longer, and nothing is done twice (stations 9 to 12).

tsmd's time is the system's plus what stands in a file, by set_back.so; that of its peers stays."""
import os
import stat
import struct

import killing
import node
import witness
from house import House, Tap, await_true

HOUR_S = 3600
WAIT_S = 30  # far less than an hour, far more than the waits for answers
VALID_S = 4 * HOUR_S
AWAITED = "SELECT COUNT(*) FROM job WHERE kind = 1 AND state = 3 AND step >= 1"
NEWEST = "SELECT MAX(at) FROM event"
SET_BACK = os.path.abspath(os.environ["TSM_SET_BACK"])


class Time:
    """Of tsmd, behind the library; set() says by how many seconds its time of day is wrong from now on."""

    def __init__(self, house):
        self.path = os.path.join(house.dir, "time-offset")
        self.set(0)
        program = os.path.join(house.dir, "tsmd-with-a-wrong-clock")
        with open(program, "w") as f:
            f.write(f'#!/bin/sh\nLD_PRELOAD={SET_BACK} TSM_TIME_OFFSET={self.path} exec {node.TSMD} "$@"\n')
        os.chmod(program, stat.S_IRWXU)
        node.TSMD = program

    def set(self, seconds):
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(fd, struct.pack("=q", seconds), 0)
        finally:
            os.close(fd)


def awaits_an_answer(house, element):
    """A deployment whose first proof of receipt is lost: the order, as its exchange waits for the end of its time."""
    order = house.order("deploy", element, house.card(), deadline_s=VALID_S)
    await_true(lambda: house.rows(AWAITED)[0][0] > 0, WAIT_S, "an exchange that waits for the card's answer")
    return order


def complaints(house, element, order):
    ended = house.wait(order, WAIT_S)
    if ended["state"] != "DONE":
        return [f"{ended['state']}: {ended.get('failure')}"]
    await_true(lambda: killing.idle(house), WAIT_S, "the end of all jobs")
    return witness.deployed(house, element) + witness.counters(element) + witness.audit_chain(house)


def set_while_it_runs(tap, house, time, seconds, words):
    element = house.add_uicc("--fault", "drop-por-1,heal-por-2").bound()
    order = awaits_an_answer(house, element)
    before = house.rows(NEWEST)[0][0]
    time.set(seconds)
    wrong = complaints(house, element, order)
    tap.ok(not wrong, f"a deployment goes on when the time of day is set {words}", "\n".join(wrong))
    tap.ok(house.rows(NEWEST)[0][0] > before, "its timeline goes on where it was")


def set_while_it_is_down(tap, house, time):
    element = house.add_uicc("--fault", "drop-por-1,heal-por-2").bound()
    order = awaits_an_answer(house, element)
    before = house.rows(NEWEST)[0][0]
    house.kill9()
    time.set(-HOUR_S)
    house.restart()
    wrong = complaints(house, element, order)
    tap.ok(not wrong, "a deployment goes on when tsmd starts with a time of day that was set back by an hour",
           "\n".join(wrong))
    tap.ok(house.rows(NEWEST)[0][0] > before, "its timeline goes on where it was")
    ahead = house.api("GET", "/metrics", token=None).text.split("\ntsm_clock_ahead_seconds ")[1].split("\n")[0]
    tap.ok(2 * HOUR_S - WAIT_S < float(ahead) <= 2 * HOUR_S, "the metrics tell how far tsmd's time is ahead", ahead)


def main():
    tap = Tap()
    house = House(answer_s=2, uicc_options=["-v"])
    time = Time(house)
    house.start(cards=False)
    try:
        set_while_it_runs(tap, house, time, HOUR_S, "forward by an hour")
        set_while_it_runs(tap, house, time, 0, "back by an hour")
        set_while_it_is_down(tap, house, time)
    finally:
        house.stop()
    tap.done()


main()
