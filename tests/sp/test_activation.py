# SPDX-License-Identifier: Apache-2.0
"""P11, customers who must be known before their card is activated: a code that the bank gives out, and the bank's own hook
with approval, refusal and a step up; tries are counted, time ends it cleanly, a restart changes nothing (stations 2, 11
and 12)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap, await_true  # noqa: E402

SERVICE = "demo-payment"
SETTING = f"/api/v1/services/{SERVICE}/verification"
WAITING = "WAITING_FOR_ACTIVATION"
PERSONALIZED = "PERSONALIZED"


def setting(house, **body):
    answer = house.api("PUT", SETTING, body)
    assert answer.status == 200, answer
    return answer.json


def awaiting(house, order):
    """The order once it waits for its customer."""
    return await_true(lambda: (lambda o: o if "activation" in o else None)(house.show(order)), 30, "the wait for the customer")


def code_of(house, order):
    """The code as the bank was told it."""
    def told():
        for c in house.callbacks_seen():
            if c["body"].get("event") == "activation-code" and c["body"]["order"] == order["order"]:
                return c["body"]["code"]
        return None
    return await_true(told, 20, "the code")


def say(house, order, token="bank", **body):
    return house.api("POST", f"/api/v1/orders/{order['order']}/activation", body, token)


def wrong(code):
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))


def again(house, element, **more):
    """The activation alone, of a card that has all but that."""
    return house.order("deploy", element, commands=["activate"], finalise=True, **more)


# ---- by a code ----

def a_code_opens_it(tap, house):
    setting(house, kind="code", digits=6, tries=3, expires_s=200)
    uicc = house.add_uicc().bound()
    order = house.order("deploy", uicc, card=house.card())
    seen = awaiting(house, order)
    tap.ok(seen["state"] == "RUNNING" and seen["instance"]["state"] == PERSONALIZED, "a deploy waits personalised", seen["state"])
    tap.equal((seen["activation"]["state"], seen["activation"]["method"], seen["activation"]["tries_left"]),
              (WAITING, "code", 3), "the order says what it waits for")
    tap.ok(any(e["step"] == WAITING for e in seen["timeline"]), "and so does its timeline")
    code = code_of(house, order)
    tap.ok(len(code) == 6 and code.isdigit(), "the bank is told a code of six digits")
    tap.ok(house.terminal(uicc)[0] != 0, "no terminal finds the card before")
    tap.equal(say(house, order, token="other", code=code).status, 404, "another provider's word is none")
    refused = say(house, order, code=wrong(code))
    tap.ok(refused.status == 403 and "2 more" in refused["detail"], "a wrong code is counted", refused)
    house.kill9()
    house.restart()
    tap.equal(awaiting(house, order)["activation"]["tries_left"], 2, "the wait and its count survive kill -9")
    tap.equal(say(house, order, code="12AB").get("field"), "code", "what is no code costs no try")
    tap.equal(say(house, order, code=code).status, 200, "the right code is taken")
    done = house.wait(order)
    tap.equal((done["state"], done["instance"]["state"]), ("DONE", "OPERATIONAL"), "and the order goes on to its end")
    tap.ok(house.terminal(uicc)[0] == 0, "the terminal pays with it")
    tap.equal(say(house, order, code=code).status, 409, "it waits no more")
    return code


def an_agent_waits_too(tap, house):
    """An embedded element: the agent of its device stays, or comes again when the customer is known."""
    for stays in (True, False):
        ese = house.add_ese()
        order = house.order("deploy", ese, card=house.card())
        agent = house.handset(order["seram"], element=ese)
        awaiting(house, order)
        if not stays:
            agent.kill9()
        say(house, order, code=code_of(house, order))
        if not stays:
            house.handset(house.show(order)["seram"], element=ese)
        tap.equal(house.wait(order)["instance"]["state"], "OPERATIONAL",
                  f"an agent that {'stays' if stays else 'comes again'} activates the card")


def nothing_keeps_the_code(tap, house, code):
    found = []
    for name in os.listdir(house.node().home):
        path = os.path.join(house.node().home, name)
        if os.path.isfile(path) and (name.endswith((".db", "-wal", ".log"))):
            with open(path, "rb") as f:
                found += [name] if f'"{code}"'.encode() in f.read() else []
    tap.equal(found, [], "the code stands in no file of the server")
    tap.equal(house.rows("SELECT COUNT(*) FROM verifying"), [(0,)], "and nothing is left of it")


def wrong_codes_end_it(tap, house):
    setting(house, kind="code", tries=2, expires_s=200)
    uicc = house.add_uicc().bound()
    order = house.order("deploy", uicc, card=house.card())
    awaiting(house, order)
    code = code_of(house, order)
    last = [say(house, order, code=wrong(code)) for _ in range(2)][-1]
    tap.ok(last.status == 403 and "order ends" in last["detail"], "the last try says so", last)
    done = house.wait(order)
    tap.equal((done["state"], done["failure"]["owner"], done["instance"]["state"]), ("FAILED", "SP", PERSONALIZED),
              "the order ends, and the card stays personalised")
    tap.ok("wrong" in done["failure"]["reason"] and done["failure"]["next_action"], "with the reason", done["failure"])
    tap.equal(say(house, order, code=code).status, 409, "the right code comes too late")
    order = again(house, uicc)
    awaiting(house, order)
    tap.equal(say(house, order, code=code).status, 403, "a new activation has another code")
    say(house, order, code=code_of(house, order))
    tap.equal(house.wait(order)["instance"]["state"], "OPERATIONAL", "and opens what the first one did not")


def time_ends_it(tap, house):
    setting(house, kind="code", expires_s=2)
    uicc = house.add_uicc().bound()
    order = house.order("deploy", uicc, card=house.card())
    code = code_of(house, order)  # the bank's log keeps what it was told; the wait itself may be over by now
    done = house.wait(order)
    tap.equal((done["state"], done["instance"]["state"]), ("EXPIRED", PERSONALIZED), "time ends it cleanly")
    tap.ok("time" in done["failure"]["reason"], "with the reason", done["failure"])
    tap.ok(say(house, order, code=code).status in (409, 410), "and then no code is taken")
    tap.equal(house.run_order("terminate", uicc)["state"], "DONE", "what was left is taken away")


# ---- by the bank's hook ----

def hook(house):
    return f"http://127.0.0.1:{house.callback_port}/known"


def the_hook_decides(tap, house):
    """The bank's words, one after the other: pending, approve; decline; step-up; and then perhaps."""
    setting(house, kind="hook", url=hook(house), expires_s=200, step_up={"digits": 4, "tries": 2})
    first, second = house.add_uicc().bound(), house.add_uicc().bound()
    done = house.run_order("deploy", first, card=house.card())
    asked = [c for c in house.callbacks_seen() if c["target"] == "/known"]
    tap.ok(done["instance"]["state"] == "OPERATIONAL" and len(asked) == 2, "a hook that decides later is asked again", len(asked))
    tap.equal(sorted(asked[0]["body"]), ["event", "expires", "instance", "order", "se", "service"],
              "it is told what it needs, no card data")
    done = house.run_order("deploy", second, card=house.card())
    tap.ok(done["state"] == "FAILED" and "declined" in done["failure"]["reason"] and done["instance"]["state"] == PERSONALIZED,
           "it declines", done.get("failure"))
    order = again(house, second)
    seen = await_true(lambda: (lambda a: a if a and a["method"] == "code" else None)(house.show(order).get("activation")), 20,
                      "the step up")
    tap.equal(seen["tries_left"], 2, "it steps up to a code")
    tap.equal(say(house, order, decision="approve").status, 409, "and then its own word is not enough")
    say(house, order, code=code_of(house, order))
    tap.equal(house.wait(order)["instance"]["state"], "OPERATIONAL", "which opens it")


def a_hook_that_is_not_there(tap, house):
    """Nobody listens: the provider decides by hand; one that answers nonsense ends the order with the reason."""
    setting(house, kind="hook", url="http://127.0.0.1:9/known", expires_s=200)
    uicc = house.add_uicc().bound()
    order = house.order("deploy", uicc, card=house.card())
    tap.equal(awaiting(house, order)["activation"]["method"], "hook", "a hook that is not reached is asked on")
    tap.equal(say(house, order, code="123456").status, 409, "no code helps")
    tap.equal(say(house, order, decision="decline", reason="unknown at this address").status, 200, "the provider decides")
    done = house.wait(order)
    tap.ok("unknown at this address" in done["failure"]["reason"], "its reason is the order's", done["failure"])
    setting(house, kind="hook", url=hook(house), expires_s=200)
    done = house.wait(again(house, uicc))
    tap.ok(done["state"] == "FAILED" and "hook" in done["failure"]["reason"], "a hook that says perhaps ends it at once",
           done["failure"])


# ---- the setting ----

def settings(tap, house):
    for url in ("http://192.0.2.1/known", "http://localhost.example/known", "http://127.0.0.1@bank.example/known", "http:///"):
        tap.equal(house.api("PUT", SETTING, {"kind": "hook", "url": url}).problem(), (400, "BAD_VALUE", "url"),
                  f"{url} is refused in a laboratory, too")
    for body, field in (({"kind": "guess"}, "kind"), ({"kind": "hook"}, "url"), ({"kind": "code", "digits": 3}, "digits"),
                        ({"kind": "hook", "url": "ftp://x.example"}, "url"), ({"kind": "code", "tries": 0}, "tries"),
                        ({"kind": "code", "url": "https://x.example"}, "url"), ({"kind": "code", "colour": 1}, "colour"),
                        ({"kind": "hook", "url": "https://x.example", "digits": 6}, "digits")):
        tap.equal(house.api("PUT", SETTING, body).get("field"), field, f"{body} is refused by its field")
    tap.equal(house.api("PUT", SETTING, {"kind": "code"}, "other").status, 404, "a service of another is none")
    tap.equal(house.api("GET", SETTING)["kind"], "hook", "the setting is shown")
    tap.equal(house.api("DELETE", SETTING).status, 204, "and removed")
    tap.equal(house.api("GET", SETTING).status, 404, "then there is none")
    done = house.run_order("deploy", house.add_uicc().bound(), card=house.card())
    tap.equal(done["instance"]["state"], "OPERATIONAL", "without one a deploy waits for nobody")


def in_production(tap):
    """Nobody is ever asked over plain HTTP: then no such address is taken."""
    with House(smsc_options=None, settings=["--laboratory", "no"]).start(cards=False) as house:
        for url in ("http://127.0.0.1:9/known", "http://bank.example/known"):
            tap.equal(house.api("PUT", SETTING, {"kind": "hook", "url": url}).problem(), (400, "BAD_VALUE", "url"),
                      f"outside a laboratory {url} is refused")
        tap.equal(house.api("GET", SETTING).status, 404, "and not kept")
        tap.equal(house.api("PUT", SETTING, {"kind": "hook", "url": "https://bank.example/known"}).status, 200, "https is taken")


def main():
    tap = Tap()
    house = House(answer_s=10, callbacks=["--hook", "pending,approve,decline,step-up,perhaps"]).start(cards=False)
    try:
        code = a_code_opens_it(tap, house)
        an_agent_waits_too(tap, house)
        nothing_keeps_the_code(tap, house, code)
        wrong_codes_end_it(tap, house)
        time_ends_it(tap, house)
        the_hook_decides(tap, house)
        a_hook_that_is_not_there(tap, house)
        settings(tap, house)
    finally:
        house.stop()
    in_production(tap)
    tap.done()


if __name__ == "__main__":
    main()
