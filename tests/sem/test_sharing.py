# SPDX-License-Identifier: Apache-2.0
"""One card, two payment services: a load file that is there is not loaded again, the owner's payment system environment
lists both, what is shared goes with its last user. And a service of one application alone."""
import json
import os

from desk import ISD, PACKAGE, PAYMENT, PPSE, House, Tap, ask, hand_on, perform, registry, step  # noqa: F401
import tlv
from house import ROOT

ONE, TWO = "F04F54534DD00001", "F04F54534DD00002"
SECOND = "F04F54534D0103"


def services(folder):
    """Two services that share, each in a domain of its own with an instance of its own; and a single one."""
    def tweak(fixture):
        with open(os.path.join(ROOT, "src", "emv", "profiles", "demo.json")) as f:
            script = dict(json.load(f), name="second", aid=SECOND, label="THE SECOND")
        path = os.path.join(folder, "second.json")
        with open(path, "w") as f:
            json.dump(script, f)
        fixture["perso_scripts"].append({"party": "bank", "name": "second", "file": path})
        simple = fixture["services"][0]
        flavor = simple["flavors"][0]
        payment, ppse = flavor["applications"]
        shared = dict(ppse, shared=True)
        rows = (("shared-one", ONE, [payment, shared], flavor["perso_script"], "simple"),
                ("shared-two", TWO, [dict(payment, instance=SECOND), shared], "second", "simple"),
                ("single", ONE, [payment], flavor["perso_script"], "simple"),
                ("delegated-one", ONE, [payment, shared], flavor["perso_script"], "delegated"))
        for name, domain, applications, perso, mode in rows:
            fixture["services"].append(dict(simple, name=name, flavors=[
                dict(flavor, domain=domain, applications=applications, perso_script=perso, mode=mode)]))
    return tweak


def listed(element):
    """AIDs in the directory that a terminal sees."""
    with hand_on(element) as client:
        try:
            fci = client.select(bytes.fromhex(PPSE))
        except Exception:
            return None
    issuer = tlv.first(tlv.first(tlv.first(fci, 0x6F), 0xA5), 0xBF0C)
    return [tlv.first(value, 0x4F).hex().upper() for tag, value in tlv.parse(issuer) if tag == 0x61]


def owners(element):
    return {aid: entry.domain.hex().upper() for aid, entry in registry(element).items()}


def deploy(tap, house, element, service, about):
    order = house.run_order("deploy", element, house.card(), service=service)
    tap.equal((order["state"], order.get("failure")), ("DONE", None), about)
    return order


def two_services_on_one_card(tap, house, element, first):
    deploy(tap, house, element, first, "the first service is deployed")
    tap.equal(listed(element), [PAYMENT], "the owner's directory lists it")
    second = deploy(tap, house, element, "shared-two", "a second service is deployed on the same card")
    tap.ok(not step(second, "LOAD") and step(second, "MOVE_APPLICATION"),
           "its load file is there: it is installed from it and goes to its own domain")
    at = owners(element)
    tap.equal((at[PACKAGE], at[PAYMENT], at[SECOND], at[PPSE]), (ONE, ONE, TWO, ISD),
              "each application is in its provider's domain, the directory in the issuer's")
    tap.equal(listed(element), [PAYMENT, SECOND], "the directory lists both")
    status, seen = house.terminal(element)
    tap.ok(status == 0 and house.verify(seen), "and the card pays", seen)


def what_is_shared_goes_with_its_last_user(tap, house, element, first):
    ended = house.run_order("terminate", element, service=first)
    tap.equal((ended["state"], ended.get("failure")), ("DONE", None), "the first service is terminated")
    at = owners(element)
    tap.ok(ONE not in at and PAYMENT not in at, "its domain and application are gone")
    tap.equal((at[PACKAGE], at[SECOND]), (ISD, TWO), "the load file stays for the other, in the issuer's domain")
    tap.equal(listed(element), [SECOND], "the directory lists the other alone")
    status, seen = house.terminal(element)
    tap.ok(status == 0 and house.verify(seen), "which pays", seen)
    ended = house.run_order("terminate", element, service="shared-two")
    tap.equal((ended["state"], ended.get("failure")), ("DONE", None), "the second is terminated")
    left = set(registry(element))
    tap.ok(not left & {TWO, SECOND, PPSE, PACKAGE}, "directory and load file went with it", left)
    rows = house.rows("SELECT (SELECT count(*) FROM executable), (SELECT count(*) FROM application), "
                      "(SELECT count(*) FROM directory_entry)")
    tap.equal(rows, [(0, 0, 0)], "and the owner's registry has nothing left")


def a_service_of_one_application(tap, house, element):
    deploy(tap, house, element, "single", "a service with one application is deployed")
    at = owners(element)
    tap.ok(at[PAYMENT] == ONE and PPSE not in at, "without an environment of its own", at)
    ended = house.run_order("terminate", element, service="single")
    tap.equal((ended["state"], ended.get("failure")), ("DONE", None), "and terminated")
    tap.ok(not set(registry(element)) & {ONE, PAYMENT, PACKAGE}, "with all that it had")


def main():
    tap = Tap()
    house = House()
    house.tweak = services(house.dir)
    with house.start():
        for element in (house.uicc, house.ese):
            a_service_of_one_application(tap, house, element)
            for first in ("shared-one", "delegated-one"):
                two_services_on_one_card(tap, house, element, first)
                what_is_shared_goes_with_its_last_user(tap, house, element, first)
    tap.done()


if __name__ == "__main__":
    main()
