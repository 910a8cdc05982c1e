# SPDX-License-Identifier: Apache-2.0
"""What agents and their elements do between two batches: answers of the server that get lost, elements that are reset,
channels whose answers look alike (station 9). [GP SERAM 2.0.0, HTTP REST Binding]"""
import sys

import witness
from agent import Agent
from house import House, Tap

STEP = 1 if "--all" in sys.argv[1:] else 2
BATCHES = range(0, 16, STEP)        # of a deploy with R-MAC, twenty commands a batch
SMALL_BATCHES = range(0, 20, STEP)  # without R-MAC, two commands a batch
PROTECTED, PLAIN = 0x33, 0x01  # security levels of the channel


def profile(level, batch):
    def tweak(data):
        for p in data["profiles"]:
            if p["name"] == "lab-ese":
                p.update(level=level, batch=batch)
    return tweak


def deploy(house, before, cookies=True):
    """A deploy through an agent that does `before` its reports; complaints."""
    element = house.add_ese()
    order = house.order("deploy", element, house.card())
    agent = Agent(house, order["seram"], element, cookies, before)
    agent.run()
    ended = house.wait(order)
    wrong = witness.deployed(house, element) + witness.books(house, element, True) if ended["state"] == "DONE" else \
        [ended.get("failure")]
    element.process.end()
    return wrong, agent


def once(k, act):
    """act(agent) before the first report after batch k."""
    done = []
    return lambda agent: agent.batches == k and not done and (done.append(k) or act(agent))


def reset(agent):
    agent.card.reset()


def lose(agent):
    """The server acts on the report, and its answer is lost."""
    return True


def all_batches(tap, house, text, batches, act, **options):
    wrong, executed = {}, set()
    for k in batches:
        complaints, agent = deploy(house, once(k, act), **options)
        executed.add(agent.executed)
        if complaints:
            wrong[k] = complaints
    tap.ok(not wrong, text, "\n".join(f"batch {k}: {w}" for k, w in wrong.items()))
    return executed


def with_r_mac(tap):
    house = House(answer_s=5, tweak=profile(PROTECTED, 20)).start(cards=False)
    try:
        all_batches(tap, house, "an element that is reset between two batches is served to the end", BATCHES, reset)
        executed = all_batches(tap, house, "a lost answer of the server to an agent with cookies changes nothing", BATCHES, lose)
        tap.equal(len(executed), 1, "and no command reached the element twice")
        all_batches(tap, house, "nor to an agent without cookies", BATCHES, lose, cookies=False)
    finally:
        house.stop()


def without_r_mac(tap):
    """Two batches in a row may be answered alike: only the cookie tells them apart."""
    house = House(answer_s=5, tweak=profile(PLAIN, 2)).start(cards=False)
    try:
        executed = all_batches(tap, house, "without R-MAC a lost answer of the server changes nothing", SMALL_BATCHES, lose)
        tap.equal(len(executed), 1, "and no command reached the element twice")
    finally:
        house.stop()


def main():
    tap = Tap()
    with_r_mac(tap)
    without_r_mac(tap)
    tap.done()


main()
