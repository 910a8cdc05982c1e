# SPDX-License-Identifier: Apache-2.0
"""The error types of the device interface that need something to break: 2, an inner fault; 3, the bearer; 100, what is no
other. The others are provoked in test_tsm_api*.py (4 to 9, 12 to 19) and in tests/sdk (1, 3, 10, 11, 20), which see the
handset. [TR-03165 4.2.4.4]"""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from test_token import TokenProvider, with_token  # noqa: E402
from tsmapi import IN_ERROR, NOT_DEPLOYED, OPERATIONAL, Stage, activate, install, status_of, text_of  # noqa: E402


def rename(house, old, new):
    stored = sqlite3.connect(house.node().db_path, timeout=120)
    with stored:
        stored.execute(f"ALTER TABLE {old} RENAME TO {new}")
    stored.close()


def an_inner_fault(tap, s, instance):
    """A database that is not whole: the app learns that something is wrong inside, and not what."""
    rename(s.house, "tsm_process", "tsm_process_away")
    answer = s.app.deploy(instance, [install(), s.card(), activate()])
    tap.equal(status_of(answer), 2, "a fault inside: INTERNAL_ERROR")
    tap.ok("tsm_process" not in text_of(answer) and "table" not in text_of(answer), "its cause is not for an app", text_of(answer))
    rename(s.house, "tsm_process_away", "tsm_process")


def a_party_of_neither_side(tap, s, tsp, instance):
    tsp.stop()
    result = s.app.run(s.app.deploy(instance, [install(), s.card(), activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (100, NOT_DEPLOYED),
              "a token service provider that is away is no issuer: UNSPECIFIED, and nothing has changed")
    tsp.start()
    result = s.app.run(s.app.deploy(instance, [install(), s.card(), activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (0, OPERATIONAL), "when it is there again, it is deployed")


def a_bearer_that_fails(tap, s):
    silent = s.house.add_uicc("--fault", "drop-por-1")
    handset = s.handset({"SIM1": silent})
    instance = s.fresh(handset)
    result = handset.run(handset.deploy(instance, [install(), s.card(), activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (3, IN_ERROR),
              "a SIM whose answers are all lost: NETWORK_CONNECTION_ERROR, and the card may have changed")


def main():
    tap = Tap()
    with House(tweak=with_token, answer_s=1) as house:
        tsp = TokenProvider(house).start()
        s = Stage(house)
        instance = s.fresh()
        an_inner_fault(tap, s, instance)
        a_party_of_neither_side(tap, s, tsp, instance)
        a_bearer_that_fails(tap, s)
    tap.done()


if __name__ == "__main__":
    main()
