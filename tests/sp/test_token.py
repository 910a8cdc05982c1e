# SPDX-License-Identifier: Apache-2.0
"""A token in place of the card number (Y4): a token service provider is asked over mutual TLS, the same personalisation
puts its token on the card, its life follows the card's; outages, refusals and repetitions."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap, lease  # noqa: E402
from node import make_certificate  # noqa: E402
from test_exchange import OFFLINE, pin_block, seen, verify  # noqa: E402

NAME, RANGE = "lab-tsp", "489537"
LIFE = ("suspend", "resume", "terminate")


class TokenProvider:
    """`tsm-lab tsp` on a port of its own, which stays when it is started again; registered with the bank."""

    def __init__(self, house):
        self.house, self.port = house, lease()
        self.log, self.jwk = os.path.join(house.dir, "tsp.ndjson"), os.path.join(house.dir, "tsp.jwk")
        self.files = make_certificate(house.dir, "tsp", "token service provider")
        self.process = None

    def start(self, *options):
        words = ["tsp", "--port", self.port, "--cert", self.files[0], "--key", self.files[1], "--client-ca",
                 self.house.ca(), "--jwk", self.jwk, "--log", self.log]
        self.process = self.house._run("tsp", words + list(options))
        self.port = self.process.port()
        return self.register()

    def body(self, **changes):
        with open(self.jwk) as jwk, open(self.files[0]) as certificate:
            body = {"url": f"https://127.0.0.1:{self.port}/v1", "certificate": certificate.read(), "jwk": json.load(jwk),
                    "patience_s": 3}
        return {**body, **changes}

    def register(self, **changes):
        answer = self.house.api("PUT", f"/api/v1/token-providers/{NAME}", self.body(**changes))
        if answer.status != 200:
            raise AssertionError(answer)
        return self

    def stop(self):
        self.process.end()

    def lines(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log) as log:
            return [json.loads(line) for line in log]


def with_token(fixture):
    """The flavors of the demo service want a token."""
    for service in fixture["services"]:
        if service["name"] == "demo-payment":
            for flavor in service["flavors"]:
                flavor["token"] = {"provider": NAME}


def nowhere(house, text):
    """In no file of the house: database, its log, logs of programs."""
    found = []
    for folder, _, files in os.walk(house.dir):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                if text.encode() in f.read():
                    found.append(name)
    return found


def the_token_is_on_the_card(tap, house, tsp, element, way):
    card = house.card()
    done = house.run_order("deploy", element, card)
    if not tap.equal(done["state"], "DONE", f"{way}: deployed with a token"):
        tap.ok(False, "the reason", done.get("failure"))
        return None
    token = tsp.lines()[-1]["token"]
    status, outcome = house.terminal(element)
    tap.ok(status == 0 and house.verify(outcome), f"{way}: the terminal pays, the bank finds the cryptogram right")
    text = json.dumps(outcome)
    tap.ok(token in text and token.startswith(RANGE), f"{way}: the card shows the token", token)
    tap.ok(card["pan"] not in text, f"{way}: the card number is nowhere on the card")
    tap.equal(nowhere(house, card["pan"]), [], f"{way}: nor in any file")
    tap.equal([line["client"] for line in tsp.lines()[-1:]], ["opentsm"], f"{way}: the server showed its certificate")
    order = house.run_order("exchange", element, card, exchange={"kind": "counter-reset"})
    tap.ok(order["state"] == "DONE" and seen(element, OFFLINE) == "0000", f"{way}: the issuer's script has the token's keys",
           order.get("failure"))
    return card


def a_pin_for_a_card_with_a_token(tap, house, tsp, element, card):
    """A PIN block that is bound to a number is bound to the token, which is the number that this card has."""
    token = tsp.lines()[-1]["token"]
    wrong = house.run_order("exchange", element, dict(card, pin_block=pin_block("4711", card["pan"]), pin_format=0),
                            exchange={"kind": "pin-change"})
    tap.ok(wrong["state"] == "FAILED" and "pin_block" in str(wrong["failure"]) and "token" in wrong["failure"]["reason"] and
           wrong["instance"]["state"] == "OPERATIONAL", "bound to the card number behind the token: refused, and why", wrong["failure"])
    for pin, block, form in (("4711", pin_block("4711", token), 0), ("2580", pin_block("2580"), 1)):
        order = house.run_order("exchange", element, dict(card, pin_block=block, pin_format=form), exchange={"kind": "pin-change"})
        tap.ok(order["state"] == "DONE" and verify(element, pin) == 0x9000,
               "bound to the token: the card has the new PIN" if form == 0 else "bound to no number: the card has it, too",
               order.get("failure"))


def its_life_is_told(tap, house, tsp, element):
    reference = tsp.lines()[-1]["reference"]
    for operation, state in zip(LIFE, ("suspended", "active", "deleted")):
        done = house.run_order(operation, element)
        last = tsp.lines()[-1]
        tap.ok((done["state"], last["did"], last["reference"]) == ("DONE", state, reference),
               f"{operation}: the token is {state}", (done.get("failure"), last))


def outages(tap, house, tsp):
    tsp.stop()
    tsp.start("--refuse-first", 2)
    uicc = house.add_uicc()
    tap.equal(house.run_order("deploy", uicc, house.card())["state"], "DONE", "refused twice, asked again, deployed")
    tsp.stop()
    other, card = house.add_uicc(), house.card()
    failed = house.run_order("deploy", other, card)
    tap.ok(failed["state"] == "FAILED" and failed["failure"]["owner"] == "TSP", "away: the order fails in its provider's name",
           failed.get("failure"))
    tap.ok("TOKEN" not in [s["step"] for s in failed["timeline"]] and other.registry()[0] == [],
           "nothing was changed on the card", failed["instance"])
    failed = house.run_order("suspend", uicc)
    tap.ok(failed["state"] == "FAILED" and failed["failure"]["owner"] == "TSP" and
           failed["instance"]["state"] == "OPERATIONAL", "nor is a card suspended whose token would live on",
           failed.get("failure"))
    tsp.start()
    tap.equal(house.run_order("deploy", other, card)["state"], "DONE", "it is back: the same order again is done")
    order = house.order("deploy", house.add_uicc(), house.card())
    house.kill9()
    house.restart()
    tap.equal(house.wait(order)["state"], "DONE", "tsmd is killed and comes back: the order is done")


def a_stranger_gets_no_card_number(tap, house, tsp):
    lines = len(tsp.lines())
    with open(house.ca().replace("ca.pem", "tsmd.pem")) as f:
        tsp.register(certificate=f.read())
    failed = house.run_order("deploy", house.add_uicc(), house.card())
    tap.ok(failed["state"] == "FAILED" and failed["failure"]["owner"] == "TSP" and len(tsp.lines()) == lines,
           "a provider that does not prove the certificate hears nothing", failed.get("failure"))
    tsp.register()


def what_it_may_say(tap, house, tsp):
    tsp.stop()
    tsp.start("--answer", "declined")
    failed = house.run_order("deploy", house.add_uicc(), house.card())
    tap.ok(failed["state"] == "FAILED" and "no token for this card" in failed["failure"]["reason"], "declined: the order fails",
           failed.get("failure"))
    tsp.stop()
    tsp.start("--answer", "verify")
    failed = house.run_order("deploy", house.add_uicc(), house.card())
    tap.ok(failed["state"] == "FAILED" and "verification" in failed["failure"]["next_action"],
           "it wants the customer verified, and the service has no way to: the order says so", failed.get("failure"))
    setting = {"kind": "hook", "url": f"http://127.0.0.1:{house.callback_port}/hook"}
    house.api("PUT", "/api/v1/services/demo-payment/verification", setting)
    done = house.run_order("deploy", house.add_uicc(), house.card())
    tap.equal((done["state"], tsp.lines()[-1]["did"]), ("DONE", "active"),
              "with a verification: once the customer is known the token is made active")
    house.api("DELETE", "/api/v1/services/demo-payment/verification")
    tsp.stop()
    tsp.start()


def settings_are_judged(tap, house, tsp):
    def said(**changes):
        return house.api("PUT", "/api/v1/token-providers/x", tsp.body(**changes))
    for changes, field in (({"url": "http://127.0.0.1/v1"}, "url"), ({"url": "https://h/v1/"}, "url"),
                           ({"certificate": "none"}, "certificate"), ({"jwk": {"kty": "oct"}}, "jwk"),
                           ({"patience_s": 0}, "patience_s"), ({"colour": 1}, "colour")):
        answer = said(**changes)
        tap.ok(answer.status in (400, 422) and answer.json.get("field") == field, f"refused: a wrong {field}", answer)
    tap.equal([p["name"] for p in house.api("GET", "/api/v1/token-providers").json["token_providers"]], [NAME], "listed")
    tap.equal(house.api("GET", "/api/v1/token-providers", token="other").json["token_providers"], [], "for its party alone")
    tap.equal(house.api("DELETE", "/api/v1/token-providers/x").status, 404, "what is not there cannot be removed")


def main():
    tap = Tap()
    with House(tweak=with_token, callbacks=["--hook", "approve"]) as house:
        tsp = TokenProvider(house).start()
        settings_are_judged(tap, house, tsp)
        uicc = house.add_uicc()
        the_token_is_on_the_card(tap, house, tsp, uicc, "by messages")
        its_life_is_told(tap, house, tsp, uicc)
        ese = house.add_ese()
        a_pin_for_a_card_with_a_token(tap, house, tsp, ese, the_token_is_on_the_card(tap, house, tsp, ese, "by an agent"))
        outages(tap, house, tsp)
        a_stranger_gets_no_card_number(tap, house, tsp)
        what_it_may_say(tap, house, tsp)
    tap.done()


if __name__ == "__main__":
    main()
