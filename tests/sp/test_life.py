# SPDX-License-Identifier: Apache-2.0
"""The life of a service instance: deployed in parts and in any order that the guideline allows, suspended from the start,
in error and mended, terminated in every state. [TR-03165 3.2.2, 4.2.5]"""
from life import (ACTIVATE, INSTALL, PERSONALISE, House, Tap, deploy, instance, on_card, pays, state, states_passed)

FAULTS = range(6, 44, 2)  # the N-th command to the eSE is refused; the first ones open the channel


def step_by_step(tap, house, ese):
    """Installed now, personalised and activated later, finalised last: the app decides."""
    seen = deploy(house, ese, [INSTALL])
    tap.equal(state(seen), ("DONE", "INSTALLED"), "install alone: UnderDeployment:Installed")
    tap.equal((seen["instance"]["start_state"], seen["instance"]["end_state"], seen["service_operation"]),
              ("NOT_DEPLOYED", "INSTALLED", 10), "the order says from where to where, and which operation it was")
    tap.ok(seen["started"] <= seen["ended"], "and when it began and ended", (seen["started"], seen["ended"]))
    tap.ok(not pays(house, ese), "nothing pays yet")
    again = house.api("POST", "/api/v1/orders", house.order_body("deploy", ese, commands=[INSTALL], finalise=False))
    tap.ok(again.problem()[:2] == (409, "WRONG_STATE") and "service command 'install' has already been executed"
           in again.text, "install again is refused in the guideline's words", again)
    seen = deploy(house, ese, [PERSONALISE, ACTIVATE])
    tap.equal(state(seen), ("DONE", "ACTIVATED"), "personalise and activate: UnderDeployment:Activated")
    tap.equal(instance(house, seen)["last_operation"], 12, "the instance knows its last operation")
    early = house.api("POST", "/api/v1/orders", house.order_body("suspend", ese))
    tap.equal(early.problem()[:2], (409, "WRONG_STATE"), "what is not deployed cannot be suspended")
    seen = deploy(house, ese, [], finalise=True)
    tap.equal((state(seen), seen["service_operation"]), (("DONE", "OPERATIONAL"), 13), "finalise: Deployed:Operational")
    tap.ok(pays(house, ese), "and the card pays")
    refused = house.api("POST", "/api/v1/orders", house.order_body("deploy", ese, house.card()))
    tap.ok("invalid state transfer from DeployedOperational to UnderDeploymentInstalled" in refused.text,
           "what is deployed is not deployed again", refused)
    tap.equal(states_passed(seen), ["DeployedOperational"], "changes of state stand in the timeline")


def the_other_order(tap, house, element):
    """Activated before it is personalised, with one request; and ended by it."""
    seen = deploy(house, element, [INSTALL, ACTIVATE, PERSONALISE], finalise=True)
    tap.equal(states_passed(seen), ["UnderDeploymentInitialized", "UnderDeploymentInstalled", "UnderDeploymentActivated",
                                    "UnderDeploymentPersonalized", "DeployedOperational"],
              "activate may come before personalise")
    tap.ok(pays(house, element), "the card pays all the same")


def suspended_from_the_start(tap, house, ese):
    seen = deploy(house, ese, [INSTALL, PERSONALISE, ACTIVATE], finalise=True, suspended=True)
    tap.equal(state(seen), ("DONE", "SUSPENDED"), "activate with suspensionControl: Deployed:Suspended")
    tap.ok(not pays(house, ese), "nothing pays before it is resumed")
    for operation, wanted in (("suspend", "SUSPENDED"), ("resume", "OPERATIONAL"), ("resume", "OPERATIONAL"),
                              ("suspend", "SUSPENDED"), ("suspend", "SUSPENDED")):
        seen = house.run_order(operation, ese)
        tap.equal(state(seen), ("DONE", wanted), f"{operation}, also repeated")
    tap.equal(house.run_order("resume", ese)["instance"]["state"], "OPERATIONAL", "resumed at last")
    tap.ok(pays(house, ese), "now it pays")


def what_is_not_understood(tap, house, ese):
    for more, field, text in (
            ({"commands": [], "finalise": False}, "serviceCommands", "only allowed to be empty if the finalize"),
            ({"commands": [INSTALL, INSTALL]}, "serviceCommands", "contain multiple InstallServiceCommands"),
            ({"commands": ["explode"]}, "commands", "install, personalise and activate"),
            ({"commands": "install"}, "commands", "a list"),
            ({"commands": [INSTALL] * 4}, "commands", "at most 3"),
            ({"commands": [PERSONALISE, INSTALL]}, "serviceCommands", "begin with another"),
            ({"commands": [INSTALL, ACTIVATE], "data": "ey.ey.ey.ey.ey"}, "data", "takes no card data"),
            ({"version": "9.9.9"}, "version", "version 9.9.9 does not exist")):
        card = house.card() if "version" in more else None
        answer = house.api("POST", "/api/v1/orders", house.order_body("deploy", ese, card, **more))
        tap.ok(400 <= answer.status < 500 and answer.problem()[2] == field and text in answer.text,
               f"{more}: refused, {field} named", answer)
    answer = house.api("POST", "/api/v1/orders", house.order_body("suspend", ese, commands=[INSTALL]))
    tap.equal(answer.problem()[2], "commands", "suspend takes no commands")


def never_deployed(tap, house):
    """An instance that never came to its element: terminated without asking anyone."""
    ese = house.add_ese()
    failed = house.run_order("deploy", ese, house.card(), flavor="none-such")
    tap.equal(state(failed), ("FAILED", "NOT_DEPLOYED"), "no change, no other state")
    gone = house.run_order("terminate", ese)
    tap.equal(state(gone), ("DONE", "REMOVED"), "NOT_DEPLOYED is terminated, too")
    tap.equal(instance(house, gone).status, 404, "its id is not valid any more")


def terminated_in_parts(tap, house):
    for commands in ([INSTALL], [INSTALL, PERSONALISE], [INSTALL, ACTIVATE]):
        ese = house.add_ese()
        before = deploy(house, ese, commands)["instance"]["state"]
        gone = house.run_order("terminate", ese)
        tap.ok(state(gone) == ("DONE", "REMOVED") and not on_card(ese),
               f"{before} is terminated, the element is empty", gone.get("failure"))


def errors_and_how_they_are_mended(tap, house):
    """The N-th command of a deployment is refused: after a change the instance is in error, else as before."""
    elements = {n: house.add_ese("--fault", f"6F00-{n}") for n in FAULTS}
    orders = {n: house.order("deploy", e, house.card()) for n, e in elements.items()}
    for n, e in elements.items():
        house.handset(orders[n]["seram"], element=e)
    ended = {n: house.wait(o, 60) for n, o in orders.items()}
    failed = {n: o for n, o in ended.items() if o["state"] == "FAILED"}
    wrong = {n: state(o) for n, o in failed.items() if o["instance"]["state"] != "IN_ERROR" and on_card(elements[n])}
    tap.equal(wrong, {}, f"in error where the card was changed ({len(failed)} refusals)")
    in_error = [n for n, o in failed.items() if o["instance"]["state"] == "IN_ERROR"]
    answer = house.api("POST", "/api/v1/orders", house.order_body("resume", elements[in_error[0]]))
    tap.ok("invalid state transfer from InError to DeployedOperational" in answer.text, "an error is not resumed", answer)
    bad = []
    for n in in_error:
        done = house.rows("SELECT done FROM service_instance WHERE id = ?", failed[n]["instance"]["id"])[0][0]
        rest = {0: [INSTALL, PERSONALISE, ACTIVATE], 1: [PERSONALISE, ACTIVATE], 3: [ACTIVATE]}[done]
        seen = deploy(house, elements[n], rest, finalise=True) if n % 2 else house.run_order("terminate", elements[n])
        fine = state(seen) == ("DONE", "OPERATIONAL") and pays(house, elements[n]) if n % 2 else \
            state(seen) == ("DONE", "REMOVED") and not on_card(elements[n])
        if not fine:
            bad.append((n, rest, seen.get("failure")))
    tap.equal(bad, [], "the missing steps lead on from the error, or terminate empties the element")


def nothing_was_changed(tap, house):
    """The element has no room: its first refusal comes before any change, so the instance stays where it was."""
    ese = house.add_ese("--memory", "650")
    failed = house.run_order("deploy", ese, house.card())
    tap.equal(state(failed), ("FAILED", "NOT_DEPLOYED"), "refused before any change: the state stays")
    tap.equal(state(house.run_order("terminate", ese)), ("DONE", "REMOVED"), "and is terminated")


def main():
    tap = Tap()
    house = House().start(cards=False)
    try:
        step_by_step(tap, house, house.add_ese())
        the_other_order(tap, house, house.add_ese())
        the_other_order(tap, house, house.add_uicc())
        suspended_from_the_start(tap, house, house.add_ese())
        what_is_not_understood(tap, house, house.add_ese())
        never_deployed(tap, house)
        terminated_in_parts(tap, house)
        errors_and_how_they_are_mended(tap, house)
        nothing_was_changed(tap, house)
    finally:
        house.stop()
    tap.done()


main()
