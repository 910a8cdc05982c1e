# SPDX-License-Identifier: Apache-2.0
"""Kills tsmd after its n-th commit of an order, starts it again, and waits for the order's end (edge, every
station of the journey).

The kill is by observation: kill_at reads SQLite's own count of transactions; tsmd has no hook for it."""
import http.client
import os
import subprocess
import uuid

from house import FINAL, Died, await_true

KILL_AT = os.path.abspath(os.environ["TSM_KILL_AT"])
ORDER_S = 60  # an order that has not ended by then hangs
BUSY = "SELECT COUNT(*) FROM job WHERE state IN (0, 1, 2, 3)"


def come_back(house):
    """After a kill from outside: what is left of tsmd is cleared away, then it starts again."""
    house.node().process.wait(5)
    house.kill9()
    house.restart()


class Trap:
    """Armed: a process (tsmd itself, if none is named) dies `delay_us` after tsmd's commit number `commits` from now."""

    def __init__(self, house, commits, delay_us=0, victim=None):
        node = house.node()
        self.house, self.pid = house, victim or node.process.pid
        self.helper = subprocess.Popen([KILL_AT, node.db_path + "-shm", str(self.pid), str(commits), str(delay_us)],
                                       stdout=subprocess.PIPE, text=True)
        if self.helper.stdout.readline() != "armed\n":
            raise Died("kill_at did not come up")

    def sprung(self):
        """Has it killed?"""
        return self.helper.poll() is not None

    def wait(self, seconds):
        """Waits for the kill; False when it does not come."""
        try:
            return self.helper.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            return False

    def disarm(self):
        """True when it had killed before."""
        self.helper.terminate()
        killed = self.helper.wait() == 0
        self.helper.stdout.close()
        return killed

    def clear(self):
        """Disarmed, and tsmd runs again if it was killed and nobody has started it since. True when it had killed."""
        killed = self.disarm()
        if killed and self.house.node().process.pid == self.pid:
            come_back(self.house)
        return killed


def when_alive(house, trap, act):
    """act() on a server that may die in it; the trap's kill is followed by a restart and the same act again."""
    try:
        return act()
    except (http.client.HTTPException, OSError):
        await_true(trap.sprung, 5, "the end of a server that does not answer")
        come_back(house)
        return act()


def idle(house):
    """No job is left to do."""
    return house.rows(BUSY)[0][0] == 0


def _ends(house, order):
    return house.show(order)["state"] in FINAL and idle(house)


def post(house, trap, body):
    """Posts an order; without an answer once more, with the same Idempotency-Key."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    posted = when_alive(house, trap, lambda: house.api("POST", "/api/v1/orders", body, headers=key))
    if posted.status not in (200, 202):
        raise Died(f"{body['operation']} was refused: {posted}")
    return posted.json


def order_with_kill(house, operation, element, commits, delay_us=0, card=None):
    """Runs an order under a kill after so many commits; returns (the order as it ended, whether the kill came before
    everything was over)."""
    handset = None
    body = house.order_body(operation, element, card)
    trap = Trap(house, commits, delay_us)
    try:
        order = post(house, trap, body)
        if "seram" in order:
            handset = house.handset(order["seram"], element=element)
        when_alive(house, trap, lambda: house.wait(order, ORDER_S))
        when_alive(house, trap, lambda: await_true(lambda: _ends(house, order), ORDER_S, "the end of all jobs"))
    finally:
        killed = trap.clear()
    await_true(lambda: _ends(house, order), ORDER_S, "the end of all jobs")
    if handset:
        handset.wait(ORDER_S)
    return house.show(order), killed
