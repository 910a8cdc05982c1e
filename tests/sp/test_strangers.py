# SPDX-License-Identifier: Apache-2.0
"""Two providers at one server: each sees its own alone, whatever ids it guesses; tokens are good for what they are made
for. [TR-03165 4.1.4.1, 4.1.6.1.1]"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from scene import Scene  # noqa: E402
from sptsm import Provider, demo_cap, form  # noqa: E402

ROOTS = ("services", "executable-load-files", "application-configs", "personalization-scripts", "certificates",
         "spos-configs")


def addresses(s):
    """Every path with an id of the other provider."""
    at, elf = f"/services/{s.service}", f"/executable-load-files/{s.elf}"
    flavor, version = f"{at}/flavors/{s.flavor}", f"{at}/versions/{s.tag}"
    yield from (at, f"{at}/flavors", flavor, f"{flavor}/application-configs", f"{flavor}/executable-load-files",
                f"{flavor}/versions", f"{at}/versions", version, f"{version}/flavors",
                f"{version}/flavors/{s.flavor}/secure-component-profiles", f"{version}/secure-component-profiles",
                elf, f"{elf}/binary", f"{elf}/executable-modules", f"{elf}/executable-modules/{s.em}", f"{elf}/services",
                f"/application-configs/{s.config}", f"/personalization-scripts/{s.script}",
                f"/personalization-scripts/{s.script}/binary", f"/certificates/{s.certificate}",
                f"/certificates/{s.certificate}/binary", f"/spos-configs/{s.spos}", f"/spos-configs/{s.spos}/services",
                f"/secure-component-profiles/{s.profile}{at}/flavors")


def reading(tap, mine, s):
    wrong = [(path, answer) for path in addresses(s) for answer in [mine.call("GET", path)] if answer.error() != (400, 1009)]
    tap.ok(not wrong, "no address shows what is a stranger's", wrong)
    for root in ROOTS:
        shown = mine.call("GET", f"/{root}").octets.decode()
        tap.ok(not any(i in shown for i in (s.service, s.elf, s.config, s.script, s.certificate, s.spos)),
               f"no list shows it: {root}", shown)
    for what in ("elfs", "services"):
        shown = mine.call("GET", f"/secure-component-profiles/{s.profile}/{what}").octets.decode()
        tap.ok(s.elf not in shown and s.service not in shown, f"nor the {what} of a profile, which is everybody's", shown)


def writing(tap, mine, own, s):
    at = f"/services/{s.service}"
    changes = [("PUT", at, {"name": "mine"}), ("DELETE", at, None), ("POST", f"{at}/flavors", {}),
               ("DELETE", f"{at}/flavors/{s.flavor}", None), ("POST", f"{at}/flavors/{s.flavor}/publish", None),
               ("POST", f"{at}/versions/{s.tag}/flavors", {}), ("DELETE", f"{at}/versions/{s.tag}", None),
               ("PUT", f"/application-configs/{s.config}", {"instanceAid": "A000000001"}),
               ("DELETE", f"/certificates/{s.certificate}", None), ("DELETE", f"/executable-load-files/{s.elf}", None)]
    wrong = [(m, path) for m, path, body in changes if mine.call(m, path, body).error() != (400, 1009)]
    tap.ok(not wrong, "no change reaches what is a stranger's", wrong)
    octets, kind = form([("elfFile", "a.cap", demo_cap())])
    tap.equal(mine.call("PUT", f"/executable-load-files/{s.elf}", octets=octets, kind=kind).error(), (400, 1009),
              "nor does an upload")
    links = [("POST", "/services", {"name": "x", "sposConfigId": s.spos}),
             ("POST", "/spos-configs", {"url": "https://a.example/", "certificateId": s.certificate}),
             ("POST", f"/services/{own.service}/flavors", {"executableLoadFileIds": [s.elf]}),
             ("POST", f"/services/{own.service}/flavors", {"applicationInstantiationConfigs": [
                 {"executableModuleId": s.em, "applicationConfigId": own.config}]}),
             ("POST", f"/services/{own.service}/versions", {"tag": "9.0.0", "allowedDeployments": {s.flavor: []}}),
             ("POST", f"/services/{own.service}/flavors/{own.flavor}/executable-load-files", [s.elf])]
    wrong = [(path, answer) for m, path, body in links for answer in [mine.call(m, path, body)]
             if answer.error() != (400, 1009)]
    tap.ok(not wrong, "nothing of one's own can be linked to it", wrong)


def tokens(tap, house, mine):
    for name in ("bank", "operator"):
        answer = mine.call("POST", "/auth", token=house.tokens[name])
        tap.equal(answer.error(), (401, 1001), f"the order API's token of {name} is no long-term token")
    tap.equal(house.api("GET", "/api/v1/orders", token=mine.longterm).status, 403, "nor is a long-term token good for orders")
    tap.equal(house.api("GET", "/api/v1/orders", token=mine.token).status, 401, "or a short-term one")
    answer = mine.call("GET", "/services", token="")
    tap.equal((answer.message(), answer.fields.get("www-authenticate")), ("Not authenticated.", "Bearer"),
              "without a token: the TR's words, and the scheme that is taken")
    tap.equal(mine.call("POST", "/auth", token="").message(), "Authentication failed.", "and at the sign-in")
    again = Provider(mine.port, house.ca(), mine.longterm)
    tap.ok(again.token != mine.token and mine.call("GET", "/services").status == 200,
           "signing in again gives another token; the first one stays good", again.token)
    hashes = {len(h) for (h,) in house.rows("SELECT hash FROM tr_session")}
    tap.equal(hashes, {32}, "the database holds tokens by their hash alone")
    house.kill9()
    house.restart()
    tap.equal(mine.call("GET", "/services").status, 200, "a token outlives the process that gave it")


def main():
    tap = Tap()
    house = House(smsc_options=None).start(cards=False)
    try:
        node = house.node()
        mine, other = (Provider(node.ports["api"], house.ca(), node.grant(name, "administrator")) for name in ("bank", "other"))
        own, strange = Scene(mine), Scene(other)
        reading(tap, mine, strange)
        writing(tap, mine, own, strange)
        tap.ok(strange.p.must("GET", f"/services/{strange.service}"), "its provider still has it")
        tokens(tap, house, mine)
    finally:
        house.stop()
    tap.done()


main()
