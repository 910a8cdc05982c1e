# SPDX-License-Identifier: Apache-2.0
"""Ports for servers that a test ends and starts again on the same one: leased below the range that the kernel gives to
outgoing connections, so that nobody takes one while its server is down (edge)."""
import fcntl
import os
import socket
import tempfile

FIRST, LAST = 18000, 30000
LEASES = os.path.join(tempfile.gettempdir(), f"opentsm-ports-{os.getuid()}")
_held = []


def _locked(port):
    """The lease as an open file that is locked until this process ends; None when another process has it."""
    lease = open(os.path.join(LEASES, str(port)), "w")
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lease.close()
        return None
    return lease


def _free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def lease():
    """A port that is this process's own until it ends."""
    os.makedirs(LEASES, exist_ok=True)
    span = LAST - FIRST
    start = os.getpid() * 7 % span  # neighbours begin apart
    for i in range(span):
        port = FIRST + (start + i) % span
        held = _locked(port)
        if held is None:
            continue
        _held.append(held)
        if _free(port):
            return port
    raise OSError("no port is free between %d and %d" % (FIRST, LAST))
