# SPDX-License-Identifier: Apache-2.0
"""Kills a process after tsmd's n-th commit from now, starts tsmd again where it was the one, and goes on until an order
has ended (edge, every station of the journey).

The kill is by observation: kill_at reads SQLite's own count of transactions; tsmd has no hook for it."""
import http.client
import os
import signal
import sqlite3
import subprocess
import uuid

from house import FINAL, Died, await_true

ORDER_S = 60  # an order that has not ended by then hangs
BUSY = "SELECT COUNT(*) FROM job WHERE state IN (0, 1, 2, 3)"


class Trap:
    """Armed: `victim` (a process id; the node of tsmd itself, if none is named) dies `delay_us` after the node's commit
    number `commits` from now. node: as in House.node."""

    def __init__(self, house, commits, delay_us=0, victim=None, node=None):
        house.intake_key()  # sealing card data needs no server from here on
        self.node = house.node(node)
        self.pid = victim or self.node.process.pid
        program = os.path.abspath(os.environ["TSM_KILL_AT"])
        self.helper = subprocess.Popen([program, self.node.db_path + "-shm", str(self.pid), str(commits), str(delay_us)],
                                       stdout=subprocess.PIPE, text=True)
        if self.helper.stdout.readline() != "armed\n":
            raise Died("kill_at did not come up")

    def springs(self, over):
        """Waits for the kill, or until over() says that nothing is left to do, then disarms. False when the end came first."""
        await_true(lambda: self.helper.poll() is not None or over(), ORDER_S, "the kill or the end")
        return self.clear()

    def revive(self):
        """Starts the node again if the trap has killed it and nobody has started it since."""
        if self.helper.poll() == 0 and self.node.process.pid == self.pid:
            self.node.process.wait()
            self.node.kill9()  # it is dead: this clears away what is left of it
            self.node.restart()

    def clear(self):
        """Disarmed, and the node runs. True when the kill had come before."""
        self.helper.terminate()
        killed = self.helper.wait() == 0
        self.helper.stdout.close()
        self.revive()
        return killed


def persist(trap, act, what):
    """act() until it gives something true, on a server that may die in it and is then started again."""
    def attempt():
        trap.revive()
        try:
            return act()
        except (http.client.HTTPException, OSError):
            return None
    return await_true(attempt, ORDER_S, what)


def kill_when(house, reached, what):
    """kill -9 of tsmd at what its own database tells: it stands still for each look, so that it dies as it was seen, however
    late the look came. Starts it again; returns what reached() gave."""
    pid = house.node().process.pid

    def look():
        os.kill(pid, signal.SIGSTOP)
        await_true(lambda: stands_still(pid), ORDER_S, "the standstill of tsmd")
        try:
            got = reached()
        except sqlite3.OperationalError:  # it stands still with a lock on the log
            got = None
        if not got:
            os.kill(pid, signal.SIGCONT)
        return got
    got = await_true(look, ORDER_S, what)
    house.kill9()
    house.restart()
    return got


def stands_still(pid):
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rpartition(")")[2].split()[0] == "T"


def idle(house):
    """No job is left to do on any node."""
    return all(house.rows(BUSY, node=name)[0][0] == 0 for name in house.nodes)


def ends(house, order):
    return house.show(order)["state"] in FINAL and idle(house)


def post(house, trap, body):
    """Posts an order; without an answer again, with the same Idempotency-Key."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    posted = persist(trap, lambda: house.api("POST", "/api/v1/orders", body, headers=key), "an answer to the order")
    if posted.status not in (200, 202):
        raise Died(f"{body['operation']} was refused: {posted}")
    return posted.json


def order_with_kill(house, operation, element, trap, card=None):
    """Runs an order while a trap is set; returns (the order as it ended, whether the kill came before everything was
    over)."""
    handset = None
    try:
        order = post(house, trap, house.order_body(operation, element, card))
        if "seram" in order:
            handset = house.handset(order["seram"], element=element)
        persist(trap, lambda: ends(house, order), "the end of the order and of all jobs")
    finally:
        killed = trap.clear()
    await_true(lambda: ends(house, order), ORDER_S, "the end of all jobs")
    if handset:
        handset.wait(ORDER_S)
    return house.show(order), killed
