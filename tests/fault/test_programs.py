# SPDX-License-Identifier: Apache-2.0
"""What a program finds where it is started: an output that takes nothing, closed or few descriptors, a database that
cannot be, a reader of its log that leaves, a terminal that ends. Each is told in a word that helps, nothing is lost
(edge, every station)."""
import os
import resource
import signal
import stat

import killing
import node
import witness
from house import House, Tap, await_true, run

TSM = os.path.join(node.BUILD, "src", "app", "tsm")
FEW = 20       # descriptors: not enough to start with
NONE_LEFT = 8  # fewer than a running server has open
WAIT_S = 40


def shell(text, environment=None):
    return run(["/bin/bash", "-c", text], environment)


def outputs(tap, house):
    """Whoever asks for a token and cannot be told it must know: it is given once."""
    n = house.node()
    tsmd = f"{node.TSMD} token --config {n.conf} --party bank --role provider"
    for words, name in ((f"{TSM} --help", "tsm"), (f"{node.LAB} --help", "tsm-lab"), (f"{node.TSMD} config", "tsmd"),
                        (tsmd, "tsmd token")):
        status, _, err = shell(f"{words} >/dev/full", n.environment)
        tap.ok(status == 1 and "standard output takes no more" in err, f"{name} says that its output is full", err)
        status, _, err = shell(f"{words} >&-", n.environment)
        tap.ok(status == 1 and "standard output takes no more" in err, f"{name} says that it has no output", err)
    status, out, _ = shell(f"{TSM} --version 2>&-")
    tap.ok(status == 0 and out.startswith("tsm "), "a closed standard error keeps nobody from standard output")


def starts(tap, house):
    """tsmd beside the one that runs, told apart by its reason for not starting."""
    n = house.node()
    words = f"exec {node.TSMD} run --config {n.conf} --node 2 --listen 127.0.0.1:0 --listen-device 127.0.0.1:0"
    for limit, option, reason in ((FEW, "", "Too many open files"),
                                  ("unlimited", "--store sqlite:/proc/none/tsm.db", "cannot open /proc/none/tsm.db"),
                                  ("unlimited", "--smsc 127.0.0.1:9 --smsc-password-file /proc/none",
                                   "cannot read the smsc_password_file /proc/none: No such file")):
        if limit == "unlimited":
            limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        status, out, err = shell(f"ulimit -n {limit}; {words} {option}", n.environment)
        tap.ok(status == 1 and out == "" and reason in err, f"tsmd does not start: {reason}", err[-400:])


def deployed(house):
    element = house.add_uicc("-v").bound()
    ended = house.wait(house.order("deploy", element, house.card()), WAIT_S)
    return ended["state"] == "DONE" and not witness.deployed(house, element)


def without_descriptors(tap, house):
    """A running server has none left for a while: what is under way waits, and ends well."""
    pid = house.node().process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    element = house.add_uicc("-v").bound()
    order = house.order("deploy", element, house.card())
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (NONE_LEFT, limits[1]))
    try:
        await_true(lambda: "Too many open files" in house.node().process.log() or '"job.trouble"' in
                   house.node().process.log() or killing.idle(house), WAIT_S, "work without descriptors")
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    ended = house.wait(order, WAIT_S)
    wrong = witness.deployed(house, element) + witness.counters(element)
    tap.ok(ended["state"] == "DONE" and not wrong, "a deployment outlives a time without descriptors", (ended, wrong))


def with_program(house, line):
    """tsmd from now on by this line of a shell."""
    path = os.path.join(house.dir, "tsmd-by-a-shell")
    with open(path, "w") as f:
        f.write("#!/bin/bash\n" + line.format(tsmd=f'{PROGRAM} "$@"'))
    os.chmod(path, stat.S_IRWXU)
    node.TSMD = path


PROGRAM = node.TSMD


def without_a_log(tap, house):
    node_ = house.node()
    with_program(house, "exec {tsmd} 2> >(head -c 1 >/dev/null)\n")
    node_.stop()
    node_.restart()
    tap.ok(deployed(house), "the reader of the log may go: tsmd serves on")
    with_program(house, "exec {tsmd} <&- 2>&-\n")
    node_.stop()
    node_.restart()
    where = [os.readlink(f"/proc/{node_.process.pid}/fd/{fd}") for fd in (0, 2)]
    tap.equal(where, ["/dev/null"] * 2, "no file of the server gets the number of a closed descriptor")
    tap.ok(deployed(house), "and tsmd serves without a log")
    node.TSMD = PROGRAM
    tap.equal(node_.stop(), 0, "it ends in order")
    node_.restart()


def hang_up(tap, house):
    process = house.node().process
    process.child.send_signal(signal.SIGHUP)
    status = process.wait(WAIT_S)
    tap.ok(status == 0 and '"stopping","signal":1}' in process.log().replace(" ", ""),
           "a terminal that ends stops tsmd in order", (status, process.log()[-200:]))


def main():
    tap = Tap()
    house = House(answer_s=2).start(cards=False)
    try:
        outputs(tap, house)
        starts(tap, house)
        without_descriptors(tap, house)
        without_a_log(tap, house)
        hang_up(tap, house)
    finally:
        node.TSMD = PROGRAM
        house.stop()
    tap.done()


main()
