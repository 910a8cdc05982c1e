# SPDX-License-Identifier: Apache-2.0
"""S12, rotation of key sets: to a new key version or to the same one, over each bearer, with the answer to PUT KEY lost,
with the card torn out behind it, with kill -9 at every commit. Whatever happens, the card opens with a key set that the
owner knows (stations 5 to 12)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))

import care  # noqa: E402
import desk  # noqa: E402
import killing  # noqa: E402
from care import House, Tap, await_true  # noqa: E402

KILLS = {"uicc": range(1, 28, 3), "ese": range(1, 34, 4)}  # after these commits of a rotation
LIVE, RETIRED = 1, 3
OWN_DOMAIN = "F04F54534DD00077"
APDUS = range(1, 11)
PROOFS = range(3, 7)


def keys(house, element):
    """(key version, state, are its keys kept) of the issuer's domain, as the inventory has them."""
    column = "iccid" if "iccid" in element.name else "seid"
    return house.rows(f"SELECT k.kvn, k.state, length(k.sealed) > 0 FROM keyset k JOIN se s ON s.id = k.domain WHERE "
                      f"s.{column} = ? AND k.protocol > 0 ORDER BY k.kvn", care.name(element))


def unsettled(house):
    """Rotations that no card has proved: none may be left where an act says that it is done."""
    return house.rows("SELECT COUNT(*) FROM key_rotation r WHERE NOT EXISTS (SELECT 1 FROM care_act a WHERE a.se = "
                      "r.domain AND a.state < 1)")[0][0]


def opens(house, element):
    """The card is read under the live key set, and a service goes on to it."""
    seen = care.audit(house, element)
    missing = [d for d in seen.get("result", {}).get("drift", []) if d["what"] == "key-set.missing"]
    return seen["state"] == "DONE" and not missing


def to_a_new_version(tap, house, element, kind, old, new):
    done = care.perform(house, element, "rotations")
    tap.ok(done["state"] == "DONE" and done["result"]["old_gone"] and int(done["result"]["kvn"], 16) == new,
           f"{kind}: the key set moves from version {old:02X} to {new:02X}, the old one is gone", done)
    tap.equal(keys(house, element), sorted([(old, RETIRED, 0), (new, LIVE, 1)]),
              f"{kind}: the inventory has it live; the old one is retired and its keys destroyed")
    tap.ok(opens(house, element), f"{kind}: the card opens with the new set")
    deployed = house.run_order("deploy", element, house.card())
    tap.ok(deployed["state"] == "DONE" and house.terminal(element)[0] == 0,
           f"{kind}: services are deployed under the new keys", deployed.get("failure"))


def to_the_same_version(tap, house, element, kind, kvn):
    before = house.rows("SELECT id FROM keyset WHERE state = 1 AND kvn = ?", kvn)
    done = care.perform(house, element, "rotations", {"same_kvn": True})
    tap.ok(done["state"] == "DONE" and int(done["result"]["kvn"], 16) == kvn,
           f"{kind}: a key set is replaced under its own version {kvn:02X}", done)
    tap.ok(house.rows("SELECT id FROM keyset WHERE state = 1 AND kvn = ?", kvn) != before and opens(house, element),
           f"{kind}: the card opens with the new keys alone")


def a_lost_answer_is_settled(tap, house):
    """The element is torn from its agent after the K-th command, for every K that a rotation has; proofs of receipt of a
    UICC are lost."""
    for body in ({}, {"same_kvn": True}):
        wrong = {}
        for k in APDUS:
            element = house.add_ese()
            if body:
                care.perform(house, element, "rotations")  # away from the initial version
            done = care.perform(house, element, "rotations", body, "--kill-after", k)
            if done["state"] != "DONE" or not opens(house, element) or unsettled(house):
                wrong[k] = done
            element.process.end()
        tap.ok(not wrong, f"ese, {body or 'a new version'}: answers lost after the K-th command, K = 1..{APDUS[-1]}: settled",
               wrong)
        wrong = {}
        for n in PROOFS:
            element = house.add_uicc("--fault", f"drop-por-{n}").bound()
            done = care.perform(house, element, "rotations", body)
            if done["state"] != "DONE" or not opens(house, element) or unsettled(house):
                wrong[n] = done
            element.process.end()
        tap.ok(not wrong, f"uicc, {body or 'a new version'}: each N-th proof of receipt lost, N = {PROOFS[0]}..{PROOFS[-1]}: settled",
               wrong)


def a_torn_card_is_settled(tap, house):
    for body in ({}, {"kvn": 0x35}):
        element = house.add_ese("--fault", "crash-put-key")
        done = care.perform(house, element, "rotations", body)
        tap.ok(done["state"] == "DONE" and opens(house, element), "ese: the power fails behind PUT KEY: settled", done)
        element.process.end()
    element = house.add_uicc("--fault", "tear-1")
    done = care.perform(house, element, "rotations")
    tap.ok(done["state"] == "DONE" and opens(house, element), "uicc: torn from its handset in the middle: settled", done)


def killed_everywhere(tap, house):
    for kind in ("uicc", "ese"):
        deaths, wrong = 0, []
        for n in KILLS[kind]:
            element = house.add_uicc().bound() if kind == "uicc" else house.add_ese()
            trap = killing.Trap(house, n)
            handset = None
            try:
                asked = killing.persist(trap, lambda: care.post(house, element, "rotations"), "an answer").json
                if "act" not in asked:  # the first answer was lost with the server: it had been accepted
                    asked = house.api("GET", care.act_url(element, "acts"), token="operator")["acts"][0]
                handset = care.carry(house, element, asked)
                killing.persist(trap, lambda: care.show(house, element, asked)["state"] in care.ENDED, "the end")
            finally:
                deaths += trap.clear()
            ended = care.show(house, element, asked)
            if ended["state"] != "DONE" or not opens(house, element):
                wrong.append(f"kill after commit {n}: {ended}")
            if handset:
                handset.wait(30)
            element.process.end()
        tap.ok(not wrong and deaths, f"{kind}: kill -9 at {len(KILLS[kind])} commits of a rotation, {deaths} deaths: no card is "
               "lost", "\n".join(wrong))
        tap.equal(unsettled(house), 0, f"{kind}: every rotation is settled")


def a_domain_of_the_owners(tap, house, element, kind, versions):
    """A supplementary domain that the owner made for itself, so that it has the keys."""
    made = desk.perform(house, element, "domains", {"domain": OWN_DOMAIN})
    tap.equal(made["state"], "done", f"{kind}: the owner makes a domain of its own")
    for body, kvn in (({"domain": OWN_DOMAIN}, versions[1]), ({"domain": OWN_DOMAIN, "same_kvn": True}, versions[1])):
        done = care.perform(house, element, "rotations", body)
        tap.ok(done["state"] == "DONE" and int(done["result"]["kvn"], 16) == kvn,
               f"{kind}: its key set is replaced, {'in place' if 'same_kvn' in body else 'by a new version'}", done)
    state = house.rows("SELECT k.kvn, k.state FROM keyset k JOIN security_domain d ON d.id = k.domain WHERE d.aid = ? AND "
                       "d.se = (SELECT id FROM se WHERE iccid = ? OR seid = ?) ORDER BY k.kvn", bytes.fromhex(OWN_DOMAIN),
                       care.name(element), care.name(element))
    tap.equal(state, [(versions[0], RETIRED), (versions[1], LIVE)], f"{kind}: the inventory knows which is live")


def a_refusal_changes_nothing(tap, house):
    element = house.add_ese("--quirk", "put-key-1171")  # a layout that the profile does not know
    done = care.perform(house, element, "rotations")
    tap.ok(done["state"] == "FAILED" and done["failure"]["owner"] and done["failure"]["next_action"],
           "a card that refuses PUT KEY: the act fails, and says whose matter it is", done)
    tap.ok(opens(house, element) and not unsettled(house) and keys(house, element) == [(255, LIVE, 1)],
           "nothing was changed: the old set is live", keys(house, element))
    for body, field in (({"kvn": 1}, "kvn"), ({"kvn": 48, "same_kvn": True}, "same_kvn"), ({"domain": "F0" * 5}, "domain")):
        tap.equal(care.post(house, element, "rotations", body).get("field"), field, f"{body} is refused by its field")
    house.import_rows([{"seid": "4F50454E54534DAAAAAA", "profile": "lab-ese"}])
    answer = house.api("POST", "/api/v1/secure-elements/4F50454E54534DAAAAAA/rotations", {}, "operator")
    tap.equal(answer.problem(), (409, "WRONG_STATE", None), "an element whose keys nobody gave is refused as such")


def an_import_brings_nothing_back(tap, house):
    """The maker's file once more, and lines of versions that were replaced since."""
    element = house.add_uicc().bound()
    for body in ({}, {"same_kvn": True}, {}):
        care.perform(house, element, "rotations", body)
    before = keys(house, element)
    again = house.import_rows([element.row])
    tap.equal((again["unchanged"], again["refused_count"]), (1, 0), "the line that brought an element changes nothing after rotations")
    told = house.import_rows([{**element.row, "kvn": 2}])["refused"]
    tap.ok([r.get("field") for r in told] == ["kvn"] and "retired" in told[0]["reason"],
           "keys of a version that was retired are refused, and the line says so", told)
    told = house.import_rows([{**element.row, "kvn": 3}])["refused"]
    tap.ok([r.get("field") for r in told] == ["kvn"] and "other keys" in told[0]["reason"],
           "keys that are not those of the live version, likewise", told)
    tap.equal(keys(house, element), before, "the inventory is as it was")


def an_element_out_of_reach(tap, house):
    """Nobody comes for the act until it is over; the next one settles."""
    element = house.add_ese()
    asked = care.post(house, element, "rotations", {"deadline_s": 1}).json
    ended = care.wait(house, element, asked)
    tap.ok(ended["state"] == "FAILED" and ended["failure"]["next_action"], "an act whose time is over says so", ended)
    done = care.perform(house, element, "rotations")
    tap.ok(done["state"] == "DONE" and opens(house, element), "the next rotation takes it up and settles", done)
    alarms = await_true(lambda: care.heard(house, "alarm", act=asked["act"]), 20, "an alarm to the owner")
    tap.equal(len(alarms), 1, "and the owner's callback heard of the failure once")


def owner_listens(data):
    data["parties"][0]["callback_url"] = data["parties"][1]["callback_url"]


def main():
    tap = Tap()
    house = House(answer_s=1, callbacks=True, tweak=owner_listens)
    house.start()
    try:
        to_a_new_version(tap, house, house.uicc, "uicc", 1, 2)
        to_the_same_version(tap, house, house.uicc, "uicc", 2)
        to_a_new_version(tap, house, house.ese, "ese", 255, 48)
        to_the_same_version(tap, house, house.ese, "ese", 48)
        a_domain_of_the_owners(tap, house, house.uicc, "uicc", (2, 3))
        a_domain_of_the_owners(tap, house, house.ese, "ese", (48, 49))
        a_lost_answer_is_settled(tap, house)
        a_torn_card_is_settled(tap, house)
        a_refusal_changes_nothing(tap, house)
        an_import_brings_nothing_back(tap, house)
        an_element_out_of_reach(tap, house)
        killed_everywhere(tap, house)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
