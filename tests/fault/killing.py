# SPDX-License-Identifier: Apache-2.0
"""Kills tsmd after its n-th commit of an order, starts it again, and waits for the order's end (edge, every
station of the journey).

The kill is by observation: kill_at reads SQLite's own count of transactions; tsmd has no hook for it."""
import http.client
import os
import subprocess
import uuid

from house import FINAL, Died, await_true

KILL_AT = os.environ["TSM_KILL_AT"]
ORDER_S = 60     # an order that has not ended by then hangs
NEVER = 1 << 30  # commits


class Trap:
    """Armed: tsmd dies `delay_us` after its commit number `commits` from now."""

    def __init__(self, house, commits, delay_us=0):
        node = house.node()
        self.pid = node.process.pid
        self.helper = subprocess.Popen([KILL_AT, node.db_path + "-shm", str(self.pid), str(commits), str(delay_us)],
                                       stdout=subprocess.PIPE, text=True)
        if self.helper.stdout.readline() != "armed\n":
            raise Died("kill_at did not come up")

    def sprung(self):
        """Has it killed?"""
        return self.helper.poll() is not None

    def disarm(self):
        """True when it had killed before."""
        self.helper.terminate()
        killed = self.helper.wait() == 0
        self.helper.stdout.close()
        return killed


def _come_back(house):
    house.node().process.wait(5)
    house.kill9()  # it is dead: this reaps it and closes what is left of it
    house.restart()


def _when_alive(house, trap, act):
    """act() on a server that may die in it; the trap's kill is followed by a restart and the same act again."""
    try:
        return act()
    except (http.client.HTTPException, OSError):
        await_true(trap.sprung, 5, "the end of a server that does not answer")
        _come_back(house)
        return act()


def _ends(house, order):
    """The order is final, its provider was told, and nothing is left to do."""
    state = house.show(order)["state"]
    busy = house.rows("SELECT COUNT(*) FROM job WHERE state IN (0, 1, 2, 3)")[0][0]
    return state in FINAL and busy == 0


def order_with_kill(house, operation, element, commits, delay_us=0, card=None):
    """Runs an order under a kill after so many commits; returns (the order as it ended, whether the kill came
    before everything was over). The post is repeated with its Idempotency-Key when it had no answer."""
    body = house.order_body(operation, element, card)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    trap = Trap(house, commits, delay_us)
    try:
        posted = _when_alive(house, trap, lambda: house.api("POST", "/api/v1/orders", body, headers=key))
        if posted.status not in (200, 202):
            raise Died(f"{operation} was refused: {posted}")
        order = posted.json
        handset = house.handset(order["seram"], element=element) if "seram" in order else None
        _when_alive(house, trap, lambda: house.wait(order, ORDER_S))
        _when_alive(house, trap, lambda: await_true(lambda: _ends(house, order), ORDER_S, "the end of all jobs"))
    finally:
        killed = trap.disarm()
    if killed and house.node().process.pid == trap.pid:
        _come_back(house)
    await_true(lambda: _ends(house, order), ORDER_S, "the end of all jobs")
    if handset:
        handset.wait(ORDER_S)
    return house.show(order), killed
