# SPDX-License-Identifier: Apache-2.0
"""The device interface as an app meets it: from the device check to the removal, and every order of service commands.
[TR-03165 3.2, 4.2.5]"""
import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from tsmapi import (ACTIVATED, INSTALLED, NOT_DEPLOYED, OPERATIONAL, PERSONALIZED, Stage, SUSPENDED, VERSION, activate,  # noqa: E402
                    install, status_of, text_of)
PAYMENT = "F04F54534D0101"


def from_check_to_removal(tap, s):
    app = s.app
    check = app.call("checkServiceDeploymentAvailable", serviceId=s.service, version="x.x.x")
    tap.equal((check["deploymentAvailable"], check["version"], status_of(check)), (1, VERSION, 0), "the device check finds a version")
    tap.equal(app.instances(s.service)["serviceInstances"], [], "the handset has no instance yet")
    made = app.create(s.service)["serviceInstance"]
    tap.equal((made["state"], made["lastOperation"], made["reader"]), (NOT_DEPLOYED, 0, "eSE1"),
              "an instance is made, on the embedded element rather than on the SIM")
    tap.equal(made["technicalInformation"]["serviceVersionTag"], "", "nothing is installed, so no version is")
    listed = app.instances(s.service)["serviceInstances"]
    tap.equal(listed, [made], "it is listed as it was made")
    answer = app.deploy(made["id"], [install(), s.card(), activate()])
    tap.equal(sorted(answer.json), ["callerId", "process", "serviceInstanceId", "startDate"], "deploy is answered 202 with a process")
    tap.equal(app.process(answer)["state"], "waiting", "which waits for the app's start")
    tap.equal(s.house.rows("SELECT COUNT(*) FROM orders WHERE state < 2"), [(0,)], "until then there is no order")
    tap.equal(app.start(answer)["process"], answer["process"], "the start is answered with the process")
    result, views = app.follow(answer)
    progress = [v["progress"] for v in views]
    tap.ok(progress == sorted(progress) and progress[-1] == 100 and len(set(progress)) > 3, "progress only grows, to 100", progress)
    tap.ok(all(v["operation"] == 13 for v in views), "the operation is SERVICE_DEPLOYMENT_FINALIZE", views[0])
    tap.equal((status_of(result), result["serviceInstanceState"], result["reader"]), (0, OPERATIONAL, "eSE1"), "it is deployed")
    tap.equal([c["commandExecutionStatus"] for c in result["serviceCommandResults"]], [0, 0, 0], "each command succeeded")
    tap.equal(app.process(answer)["result"], result, "the result stays")
    tap.equal(app.start(answer)["result"], result, "and a repeated start changes nothing")
    paid, seen = s.house.terminal(s.ese)
    tap.ok(paid == 0 and s.house.verify(seen), "the card pays", seen)
    listed = app.instances(s.service)["serviceInstances"][0]
    tap.equal((listed["id"], listed["state"], listed["lastOperation"], listed["technicalInformation"]["serviceVersionTag"]),
              (made["id"], OPERATIONAL, 13, VERSION), "the list has the same id, what was done last, and the version")
    return made["id"]


def suspended_and_resumed(tap, s, instance):
    app = s.app
    for suspend, state in ((True, SUSPENDED), (True, SUSPENDED), (False, OPERATIONAL), (False, OPERATIONAL)):
        result = app.run(app.call("suspendOrResumeService", serviceInstanceId=instance, suspensionControl=suspend))
        now = app.instances(s.service)["serviceInstances"][0]
        tap.equal((status_of(result), now["state"], now["lastOperation"]), (0, state, 30 if suspend else 31),
                  f"suspensionControl {suspend} leads to {state}, again and again")
    check = app.call("checkServiceUpdateAvailable", serviceInstanceId=instance, newVersion="x.x.x")
    tap.equal((check["updateAvailable"], check["newVersion"], status_of(check)), (0, "", 0), "there is no newer version")
    answer = app.call("checkServiceDeploymentAvailable", serviceId=s.service, version=VERSION)
    tap.equal(answer["deploymentAvailable"], 1, "the device check does not care that the service is there")
    tap.equal(status_of(app.create(s.service)), 14, "createServiceInstance does: 14")
    refused = app.deploy(instance, [install(), activate()])
    tap.equal(status_of(refused), 13, "what is deployed is not deployed again: 13")
    info, technical = refused["processInfo"], refused["technicalInformation"]
    tap.equal((info["processId"], [c["commandExecutionStatus"] for c in refused["serviceCommandResults"]]), ("", [2, 2]),
              "a process that never began has no id, and its commands are not executed")
    tap.equal((refused["serviceInstanceState"], technical["serviceVersionTag"], refused["reader"], info["startDate"] <= info["endDate"]),
              (OPERATIONAL, VERSION, "eSE1", True), "its result tells the instance as it is")
    refused = app.call("updateService", serviceInstanceId=str(uuid.uuid4()), newVersion=VERSION, serviceCommands=[install()],
                       finalizeDeployment=True)
    tap.equal((status_of(refused), refused["serviceInstanceState"], [c["commandExecutionStatus"] for c in refused["serviceCommandResults"]]),
              (17, 0, [2]), "of an instance that is not there the state is UNKNOWN")
    refused = app.call("terminateService", serviceInstanceId=str(uuid.uuid4()))
    tap.equal((status_of(refused), sorted(refused.json)), (17, ["processInfo"]), "TerminateServiceResult is processInfo alone")
    tap.equal(s.end(instance), 0, "terminated")
    tap.equal(app.instances(s.service)["serviceInstances"], [], "the instance is gone")
    again = s.fresh()
    tap.ok(again != instance, "a new one has a new id")
    tap.equal(status_of(app.call("terminateService", serviceInstanceId=instance)), 17, "the old id is not found: 17")
    tap.equal(s.end(again), 0, "terminate succeeds where nothing is installed")


def every_order_of_commands(tap, s):
    """[4.2.5.3: the supported combinations]"""
    app, card = s.app, s.card
    for name, steps, states in (
            ("install, activate, personalize", [[install(), activate(), card()]], [PERSONALIZED]),
            ("install, activate", [[install(), activate()]], [ACTIVATED]),
            ("install, personalize; activate; nothing", [[install(), card()], [activate()], []], [PERSONALIZED, ACTIVATED, OPERATIONAL]),
            ("install, personalize; nothing", [[install(), card()], []], [PERSONALIZED, OPERATIONAL]),
            ("install; activate, personalize", [[install()], [activate(), card()]], [INSTALLED, PERSONALIZED]),
            ("install; personalize, activate", [[install()], [card(), activate()]], [INSTALLED, ACTIVATED]),
            ("install; activate; personalize", [[install()], [activate()], [card()]], [INSTALLED, ACTIVATED, PERSONALIZED])):
        instance, seen = s.fresh(), []
        for i, commands in enumerate(steps):
            result = app.run(app.deploy(instance, commands, finalize=not commands))
            seen.append(result["serviceInstanceState"] if status_of(result) == 0 else text_of(result))
        tap.equal(seen, states, name)
        s.end(instance)
    instance = s.fresh()
    result = app.run(app.deploy(instance, [install(), card(), activate(True)]))
    tap.equal(result["serviceInstanceState"], SUSPENDED, "activate with suspensionControl ends in suspended")
    for commands in ([install()], [card()], [activate()], []):
        tap.equal(status_of(app.deploy(instance, commands)), 13, f"then {len(commands)} command is not allowed: 13")
    s.end(instance)
    instance = s.fresh()
    for commands in ([activate()], [card()], [], [card(), activate()]):
        tap.equal(status_of(app.deploy(instance, commands)), 13, f"from NOT_DEPLOYED {[c['command'] for c in commands]} is 13")
    installed = app.run(app.deploy(instance, [install()], finalize=False))
    tap.equal(installed["serviceInstanceState"], INSTALLED, "installed alone")
    tap.equal(text_of(app.deploy(instance, [install()])), "Not allowed: service command 'install' has already been executed",
              "install again is 13, in the guideline's words")
    for commands in ([], [card()]):
        tap.equal(status_of(app.deploy(instance, commands)), 13, f"from INSTALLED {[c['command'] for c in commands]} is 13")
    s.end(instance)
    instance = s.fresh()
    tap.equal(status_of(app.call("suspendOrResumeService", serviceInstanceId=instance, suspensionControl=True)), 13,
              "what is not deployed is not suspended: 13")
    tap.equal(status_of(app.call("updateService", serviceInstanceId=instance, newVersion=VERSION, serviceCommands=[install()],
                                 finalizeDeployment=True)), 13, "nor updated: 13")
    return instance


def installation_data(tap, s):
    """[4.2.3.3] By the AID of an application: TLV structures behind its install parameters; other names reach nothing."""
    app, instance = s.app, s.fresh()
    for value in ("nothing", "C003AABB", "C0" * 300):
        tap.equal(status_of(app.deploy(instance, [install(**{PAYMENT: value})], finalize=False)), 4,
                  f"'{value[:8]}' is no TLV structures: 4, before a process begins")
    stranger = app.run(app.deploy(instance, [install(**{"F04F54534D0199": "C002AABB"})], finalize=False))
    tap.equal((status_of(stranger), stranger["serviceInstanceState"]), (4, NOT_DEPLOYED), "an AID of no application of the service: 4")
    data = install(**{PAYMENT: "C0 02 AABB C101 07", "colour": "green"})
    result = app.run(app.deploy(instance, [data, s.card(), activate()]))
    tap.equal((status_of(result), result["serviceInstanceState"]), (0, OPERATIONAL), "with data for the application it is deployed")
    order = s.house.rows("SELECT id, installation FROM orders ORDER BY id DESC LIMIT 1")[0]
    tap.ok("parameters of 9 octets" in str(s.house.show(str(order[0]))["timeline"]), "seven octets more are in its INSTALL",
           [x for x in str(s.house.show(str(order[0]))["timeline"]).split("'") if "parameters of" in x])
    tap.equal(order[1], "", "and are not kept")
    s.end(instance)


def killed_server(tap, s):
    """A server that is killed while a process runs: the app follows on."""
    app, instance = s.app, s.fresh()
    answer = app.deploy(instance, [install(), s.card(), activate()])
    app.restart()
    app.start(answer)
    app.restart()
    result, _ = app.follow(answer)
    tap.equal((status_of(result), result["serviceInstanceState"]), (0, OPERATIONAL), "202 and start survive a kill of the server")
    s.end(instance)


def main():
    tap = Tap()
    with House() as house:
        s = Stage(house)
        suspended_and_resumed(tap, s, from_check_to_removal(tap, s))
        s.end(every_order_of_commands(tap, s))
        installation_data(tap, s)
        killed_server(tap, s)
    tap.done()


main()
