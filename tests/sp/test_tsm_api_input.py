# SPDX-License-Identifier: Apache-2.0
"""Requests of the device interface that are wrong in each of their members, and other apps and providers.
[TR-03165 4.2.2, 4.2.4.4]"""
import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap, run  # noqa: E402
from node import TSMD  # noqa: E402
from tsmapi import App, CALLER, Stage, VERSION, install, show, status_of, text_of  # noqa: E402

def wrong_members(tap, s, instance):
    """Each member of each method: missing, of another type, of another form, one too many. 4, never another."""
    device, rights = s.app.device(), {
        "createServiceInstance": {"serviceId": s.service, "version": VERSION},
        "getServiceInstances": {"serviceId": s.service},
        "deployService": {"serviceInstanceId": instance, "serviceCommands": [install()], "finalizeDeployment": True},
        "updateService": {"serviceInstanceId": instance, "newVersion": VERSION, "serviceCommands": [install()],
                          "finalizeDeployment": True},
        "suspendOrResumeService": {"serviceInstanceId": instance, "suspensionControl": True},
        "terminateService": {"serviceInstanceId": instance},
        "checkServiceDeploymentAvailable": {"serviceId": s.service, "version": VERSION},
        "checkServiceUpdateAvailable": {"serviceInstanceId": instance, "newVersion": VERSION}}
    wrong = []
    for method, right in rights.items():
        title = method[0].upper() + method[1:] + "Request"
        bodies = [{**right}, {"device": device, **right, "more": 1}, {"device": 7, **right}]
        for member in right:
            rest = {k: v for k, v in right.items() if k != member}
            bodies += [{"device": device, **rest}] + [{"device": device, **rest, member: v} for v in (None, 7, "", "no", {}, [7])]
        for body in bodies:
            answer = s.app.raw(method, body)
            if answer.status not in (200, 400) or status_of(answer) != 4 or title not in text_of(answer):
                wrong.append((method, body, str(answer)))
    tap.ok(not wrong, "every wrong member is 4 and named with its request", show(wrong[:3]))
    text = text_of(s.app.call("getServiceInstances", serviceId="910bbd5a"))
    tap.equal(text, "Invalid argument: serviceId in GetServiceInstancesRequest has invalid format", "in the guideline's words")
    twice = s.app.deploy(instance, [install(), install()])
    tap.equal(text_of(twice), "Invalid argument: serviceCommands in DeployServiceRequest contain multiple InstallServiceCommands",
              "a command twice")
    empty = s.app.deploy(instance, [], finalize=False)
    tap.ok("only allowed to be empty if the finalize deployment flag is set" in text_of(empty), "an empty list without finalize", empty)
    for bad in ({"device": {**device, "callerId": "xyz"}}, {"device": {**device, "secureComponents": {}}},
                {"device": {**device, "secureComponents": [{"reader": "eSE1", "cplc": "9F7"}]}},
                {"device": {"callerId": device["callerId"]}}, [], "text", None):
        body = {**bad, "serviceId": s.service} if isinstance(bad, dict) else bad
        answer = s.app.raw("getServiceInstances", body)
        tap.equal((answer.status, status_of(answer)), (400, 4), f"no device, no request: 400 and 4 for {str(bad)[:40]}")
    answer = s.app.raw("formatHandset", {"device": device})
    tap.equal((answer.status, status_of(answer)), (400, 4), "a method that does not exist")
    for pattern, wanted in (("x.1.x", 4), ("x.x.1", 4), ("1.x", 4), ("1", 4), ("x", 4), ("", 4), ("1.0.0.0", 4), ("1.0.0", 0),
                            ("1.0.x", 0), ("1.X.x", 0), ("X.x.X", 0)):
        answer = s.app.call("checkServiceDeploymentAvailable", serviceId=s.service, version=pattern)
        tap.equal(status_of(answer), wanted, f"version pattern '{pattern}'")
    tap.ok("unsupported filter pattern" in text_of(s.app.call("checkServiceUpdateAvailable", serviceInstanceId=instance,
                                                              newVersion="x.1.x")), "an unsupported pattern is called so")


def strangers(tap, s, instance):
    app, nobody = s.app, str(uuid.uuid4())
    for token in ("", "guess", s.house.tokens["bank"], s.house.tokens["operator"]):
        answer = app.raw("getServiceInstances", {"device": app.device(), "serviceId": s.service}, token=token)
        tap.equal((answer.status, status_of(answer)), (401, 5), "without an app's token: 401 and 5")
    api = s.house.api("GET", "/api/v1/orders", token=s.token)
    tap.equal(api.status, 403, "an app's token is no token of the order API")
    other = App(s.house, s.other_token, app.readers)
    for method, members in (("createServiceInstance", {"serviceId": s.service, "version": VERSION}),
                            ("getServiceInstances", {"serviceId": s.service}),
                            ("deployService", {"serviceInstanceId": instance, "serviceCommands": [install()], "finalizeDeployment": True}),
                            ("suspendOrResumeService", {"serviceInstanceId": instance, "suspensionControl": True}),
                            ("terminateService", {"serviceInstanceId": instance}),
                            ("checkServiceDeploymentAvailable", {"serviceId": s.service, "version": VERSION}),
                            ("checkServiceUpdateAvailable", {"serviceInstanceId": instance, "newVersion": VERSION})):
        theirs = other.call(method, **members)
        missing = app.call(method, **{k: nobody if k.endswith("Id") else v for k, v in members.items()})
        same = text_of(theirs).replace(s.service, nobody).replace(instance, nobody) == text_of(missing)
        tap.ok(status_of(theirs) == 17 and status_of(missing) == 17 and same, f"{method}: another provider's is as one that is not there",
               f"{theirs}\n{missing}")
    waiting = app.deploy(instance, [install()], finalize=False)
    for who, what in ((other, "another provider's app"), (s.handset(caller="77" * 32), "another app of the provider")):
        for act in ("", "start", "cancel"):
            tap.equal(status_of(who.process(waiting, act)), 17, f"{what} cannot {act or 'see'} the process: 17")
    tap.equal(status_of(app.process(nobody)), 17, "nor anybody one that does not exist")
    tap.equal(app.process(waiting)["state"], "waiting", "the process is as it was")
    tap.equal(status_of(app.create(s.service, "9.9.9")), 17, "a version that does not exist is 17")
    app.process(waiting, "cancel")


def grant(house, *words):
    node = house.node()
    return run([TSMD, "token", "--config", node.conf, "--party", "bank", *words], node.environment)


def a_token_of_one_app(tap, s, instance):
    """A token that was given out for one app is good for its callerId and no other, whatever it says of itself."""
    status, token, why = grant(s.house, "--role", "app", "--app", CALLER)
    tap.equal(status, 0, "a token is bound to the certificate of an app")
    own, liar = s.handset(), s.handset(caller="77" * 32)
    own.token = liar.token = token.strip()
    tap.equal(status_of(own.instances(s.service)), 0, "the app is known by it")
    for answer in (liar.instances(s.service), liar.create(s.service), liar.deploy(instance, [install()], finalize=False)):
        tap.equal(status_of(answer), 15, "another callerId with this token: UNAUTHORIZED")
    waiting = s.handset(caller="77" * 32).deploy(instance, [install()], finalize=False)
    tap.equal(status_of(own.process(waiting, caller="77" * 32)), 17, "nor does it see another app's process by saying its name")
    own.process(own.deploy(instance, [install()], finalize=False), "cancel")
    for words in (("--role", "app", "--app", "5E" * 32), ("--role", "app", "--app", "5e5e"), ("--role", "provider", "--app", CALLER)):
        status, _, why = grant(s.house, *words)
        tap.ok(status != 0 and "SHA-256" in why, "refused: " + " ".join(words)[:40], why)


def main():
    tap = Tap()
    with House() as house:
        s = Stage(house)
        instance = s.fresh()
        wrong_members(tap, s, instance)
        strangers(tap, s, instance)
        a_token_of_one_app(tap, s, instance)
    tap.done()


main()
