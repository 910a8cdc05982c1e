# SPDX-License-Identifier: Apache-2.0
"""A platform that ends a session after a silence without an APDU (O8): at 300 ms round trip no deployment is lost, also
while the server must wait itself; without the guard it is. The 15 s of the platform are scaled to 3 s."""
import copy
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap  # noqa: E402

CUT_MS, ROUND_TRIP_MS = 3000, 300
CUT = 8  # exit status of a handset whose platform ended the session
PHONE = ("--round-trip-ms", ROUND_TRIP_MS, "--cut-after-ms", CUT_MS, "-v")
PENDING = 6  # the bank's hook decides after so many questions for each, at growing intervals: twice what the platform waits
AT_ONCE = 4
QUICK, ASKED = "demo-payment", "meridian-payment"
KEEP_ALIVE = "00708003"


def wired(fixture):
    """Two profiles beside that of the embedded element: one knows of the platform, one does not."""
    ese = next(p for p in fixture["profiles"] if p["name"] == "lab-ese")
    guarded, bare = copy.deepcopy(ese), copy.deepcopy(ese)
    guarded.update(name="lab-wired", gap_ms=CUT_MS, round_trip_ms=ROUND_TRIP_MS, answer_s=20)
    bare.update(name="lab-bare", answer_s=4)
    for profile in (guarded, bare):
        del profile["cplc"]
        fixture["profiles"].append(profile)
    for service in fixture["services"]:
        for flavor in service["flavors"]:
            flavor["profiles"] += ["lab-wired", "lab-bare"]


def deploy(house, profile, service, deadline_s=300):
    element = house.add_ese(profile=profile)
    order = house.order("deploy", element, house.card(), service=service, deadline_s=deadline_s)
    return element, order, house.handset(order["seram"], *PHONE, element=element)


def a_quick_server_needs_no_guard(tap, house, some):
    ends = [(house.wait(order, 60)["state"], phone.wait(20)) for _, order, phone in some]
    tap.equal(ends, [("DONE", 0)] * AT_ONCE, f"{AT_ONCE} deployments at {ROUND_TRIP_MS} ms round trip: no session was cut")


def a_slow_one_keeps_the_session(tap, house, element, order, phone):
    done = house.wait(order, 60)
    tap.equal((done["state"], phone.wait(20)), ("DONE", 0), "the bank thinks before activation, longer than the platform waits: nothing is lost")
    tap.ok(len(re.findall(rf"APDU \d+: {KEEP_ALIVE}", phone.log())) >= 2,
           "meanwhile the element heard a command that changes nothing")
    tap.ok("lost" not in str(done["timeline"]), "no answer was lost")
    tap.equal(house.terminal(element)[0], 0, "the service pays")


def without_the_guard_it_is_lost(tap, house, order, phone):
    tap.equal(phone.wait(30), CUT, "control: a profile that says nothing of it, and the platform ends the session")
    tap.ok(house.wait(order, 40)["state"] in ("FAILED", "EXPIRED"), "the deployment fails")


def wrong_profiles_are_refused(tap, house):
    profile = house.api("GET", "/api/v1/profiles/lab-wired", token="operator").json
    body = profile.get("profile", profile)
    for changes, field in (({"gap_ms": 600}, "gap_ms"), ({"gap_ms": -1}, "gap_ms"), ({"keep_alive": "00F"}, "keep_alive"),
                           ({"keep_alive": "zz708003"}, "keep_alive")):
        answer = house.api("POST", "/api/v1/profiles", {**body, "name": "x", **changes}, token="operator")
        tap.ok(answer.status in (400, 422) and answer.json.get("field") == field, f"refused: {changes}", answer)


def main():
    tap = Tap()
    with House(tweak=wired, callbacks=["--hook", ",".join(["pending"] * PENDING * 2 + ["approve"])]) as house:
        wrong_profiles_are_refused(tap, house)
        setting = {"kind": "hook", "url": f"http://127.0.0.1:{house.callback_port}/hook"}
        answer = house.api("PUT", f"/api/v1/services/{ASKED}/verification", setting)
        tap.equal(answer.status, 200, "the bank is asked before one of the services is activated")
        quick = [deploy(house, "lab-wired", QUICK) for _ in range(AT_ONCE)]
        a_quick_server_needs_no_guard(tap, house, quick)
        slow, bare = deploy(house, "lab-wired", ASKED), deploy(house, "lab-bare", ASKED, deadline_s=300)
        a_slow_one_keeps_the_session(tap, house, *slow)
        without_the_guard_it_is_lost(tap, house, *bare[1:])
    tap.done()


if __name__ == "__main__":
    main()
