# SPDX-License-Identifier: Apache-2.0
"""Two customers of one bank from order to payment to removal, with callbacks and evidence; afterwards nothing that
was written down holds a card number, a key or a PIN (stations 1 to 12)."""
import json
import os
import re
import sys

from house import ESE_KEY, LAB, ROOT, House, Tap, await_true, fixture, run

PANS = ("5413330089010434", "5413330089020011")
OPERATIONS = ("deploy", "suspend", "resume", "terminate")


def tell_story(house):
    words = [LAB, "bank", "story", "--env", house.env_path(), "--uicc", f"127.0.0.1:{house.uicc.port}",
             "--uicc-iccid", house.uicc.iccid, "--ese", f"127.0.0.1:{house.ese.port}", "--ese-id", house.ese.seid,
             "--callbacks", house.callback_log(), "--evidence", os.path.join(house.dir, "evidence.json")]
    status, out, err = run(words, seconds=90)
    for name, text in (("story.out", out), ("story.err", err)):
        with open(os.path.join(house.dir, name), "w") as f:
            f.write(text)
    return status, out + err


def evidence(house):
    with open(os.path.join(house.dir, "evidence.json")) as f:
        return json.load(f)


def the_evidence_is_complete(tap, house):
    found = evidence(house)
    wrong = [c for c in found["checks"] if not c["ok"]]
    tap.ok(found["checks"] and not wrong, f"each of the {len(found['checks'])} checks of the story held", wrong)
    told = {(o["customer"], o["operation"]) for o in found["orders"] if o["state"] == "DONE"}
    customers = {o["customer"] for o in found["orders"]}
    tap.equal(len(told & {(c, o) for c in customers for o in OPERATIONS}), 2 * len(OPERATIONS),
              "both customers were served from deploy to terminate")
    stations = {s["station"] for o in found["orders"] for s in o["timeline"]}
    tap.ok(stations >= {3, 4, 6, 7, 9, 11, 12}, "the timelines tell of every station between order and end", stations)
    seen = house.callbacks_seen()
    tap.equal(sorted((c["body"]["order"], c["body"]["state"]) for c in seen if not c["duplicate"]),
              sorted((o["order"], o["state"]) for o in found["orders"]), "each order was called back once with its end")
    tap.ok(not any("seram" in c["body"] for c in seen), "no callback holds a session's secret")


def the_journey_page_is_this_journey(tap, house):
    words = [os.path.join(ROOT, "tools", "journey-doc"), os.path.join(house.dir, "evidence.json")]
    status, out, err = run([sys.executable] + words, seconds=20)
    with open(os.path.join(ROOT, "docs", "journey.md"), encoding="utf-8") as f:
        tap.ok(status == 0 and out == f.read(), "docs/journey.md is what tools/journey-doc makes of this run", err)


def the_personal_data_are_gone(tap, house):
    tap.equal(house.rows("SELECT count(*) FROM orders WHERE length(data) > 0"), [(0,)],
              "no order keeps card data after its end")
    tap.equal(house.rows("SELECT count(*) FROM service_instance"), [(0,)], "terminate removed the instances")
    tap.equal(house.rows("SELECT count(*) FROM security_domain"), [(0,)], "terminate removed the domains")
    left = house.rows("SELECT count(*) FROM keyset WHERE domain NOT IN (SELECT id FROM se)")
    tap.equal(left, [(0,)], "no key set is left but the issuer's own")


def secrets_of(house):
    """What must stand nowhere, by name: keys and card numbers in every form, words (PINs, bearer tokens) as text."""
    masters = {m["name"]: m["value"] for m in fixture()["masters"]}
    keys = {"kic": house.uicc.kic, "kid": house.uicc.kid, "kik": house.uicc.kik, "eSE key": ESE_KEY}
    words = {f"PIN of {p} at {n.name}": pin for n in house.nodes.values() for p, pin in n.pins.items()}
    words.update({f"token of {party}": token for party, token in house.tokens.items()})
    pans = {f"card number ..{pan[-4:]}": pan for pan in PANS}
    return {**masters, **keys, **pans}, words


def forms(value, hex_digits):
    """The text in both cases, in hexadecimal, and as octets."""
    text = value.encode()
    found = {text, text.lower(), text.upper(), text.hex().encode(), text.hex().upper().encode()}
    return found | {bytes.fromhex(value)} if hex_digits else found


def files_of(house):
    """Everything that was written but what was given: token files, PINs, private keys, the fixture, the environment."""
    given = re.compile(r"/(tokens|pins|tls)/|/fixture\.json$|/env$")
    for folder, _, names in os.walk(house.dir):
        for name in names:
            path = os.path.join(folder, name)
            if not given.search(path):
                yield path


def nothing_secret_is_written(tap, house):
    values, words = secrets_of(house)
    control = house.uicc.iccid.encode()
    wanted = [(name, form) for name, value in values.items() for form in forms(value, True)]
    wanted += [(name, form) for name, value in words.items() for form in forms(value, False)]
    found, read, controls = [], set(), set()
    for path in files_of(house):
        with open(path, "rb") as f:
            content = f.read()
        read.add(os.path.relpath(path, house.dir))
        controls.update(name for name in [os.path.basename(path)] if control in content)
        found += [f"{name} in {os.path.relpath(path, house.dir)}" for name, form in wanted if form in content]
    needed = {"evidence.json", "callbacks.ndjson", "story.out"}
    for node in house.nodes:
        needed |= {f"{node}.log", f"{node}.out", f"{node}/tsm.db"}
    tap.ok(read >= needed, "logs, database, evidence and callbacks were searched", needed - read)
    tap.ok(any(name.startswith("tsm.db") for name in controls), "the search finds what is there, the ICCID",
           controls)
    tap.ok(not found, f"none of {len(values) + len(words)} secrets stands in any of {len(read)} files",
           "\n".join(found))


def a_bank_that_refuses_at_first(tap):
    """Its callback address answers 503 three times; then it hears of success and failure, of each once."""
    with House(callbacks=["--refuse-first", "3"]) as house:
        orders = [house.run_order("deploy", house.add_uicc(), house.card()),
                  house.run_order("deploy", house.add_uicc(), house.card(expiry="2001"))]
        await_true(lambda: len(house.callbacks_seen()) >= len(orders), 20, "callbacks")
        seen = house.callbacks_seen()
        told = {c["body"]["order"]: c["body"] for c in seen}
        tap.equal([told[o["order"]]["state"] for o in orders], ["DONE", "FAILED"], "refused callbacks come again")
        tap.equal(told[orders[1]["order"]]["failure"], orders[1]["failure"], "a failure is told with owner and reason")
        tap.equal(len({c["idempotency_key"] for c in seen}), len(seen), "each under its own Idempotency-Key, once")


def main():
    tap = Tap()
    house = House(callbacks=True).start()
    try:
        status, text = tell_story(house)
        tap.ok(status == 0, "the story of both customers ends well", text[-3000:])
        the_evidence_is_complete(tap, house)
        the_journey_page_is_this_journey(tap, house)
        the_personal_data_are_gone(tap, house)
        nothing_secret_is_written(tap, house)
        tap.ok(house.node().stop() == 0, "the server ends in order when it is asked to")
        nothing_secret_is_written(tap, house)
    finally:
        house.stop()
    a_bank_that_refuses_at_first(tap)
    tap.done()


if __name__ == "__main__":
    main()
