# SPDX-License-Identifier: Apache-2.0
"""Two nodes, provider and owner, sharing only HTTPS: either is killed in the middle of the story, and the order ends
right; and a provider whose address takes calls and never answers keeps nobody else waiting (stations 6 and 12)."""
import socket
import sys

import killing
import witness
from house import House, Tap

COMMITS = {"deploy": 60, "suspend": 16, "terminate": 24}
ORDINARY, EACH = 2, 20  # lives a node and kind, in the ordinary run and with --all
FIRST = 1 if "--all" in sys.argv[1:] else 5  # an owner that dies at once keeps the post of an agent's order waiting
ORDERS = 6              # of a silent provider: more than there are threads that deliver
PATIENCE_S = 10


def live_through(house, kind, node, kills):
    element = house.add_uicc().bound() if kind == "uicc" else house.add_ese()
    wrong = []
    for operation, n in kills.items():
        card = house.card() if operation == "deploy" else None
        order, _ = killing.order_with_kill(house, operation, element, killing.Trap(house, n, node=node), card)
        if order["state"] != "DONE":
            wrong.append(f"{operation}, kill after commit {n}: {order['state']} {order.get('failure')}")
            break
        wrong += witness.told_once(house, order)
        wrong += witness.deployed(house, element) if operation == "deploy" else []
    wrong += witness.counters(element) if kind == "uicc" else []
    element.process.end()
    return wrong


def kills_of_partners(tap):
    lives = EACH if "--all" in sys.argv[1:] else ORDINARY
    house = House(two_nodes=True, answer_s=1, callbacks=True, uicc_options=["-v"]).start(cards=False)
    try:
        for kind in ("uicc", "ese"):
            for node in ("provider", "owner"):
                wrong = []
                for life in range(lives):
                    kills = {operation: FIRST + life * n // lives for operation, n in COMMITS.items()}
                    wrong += live_through(house, kind, node, kills)
                tap.ok(not wrong, f"{kind}: {lives} services live through kills of the {node}", "\n".join(wrong))
    finally:
        house.stop()


def silent_provider(tap):
    """Its calls are accepted by the system and answered by nobody."""
    hole = socket.create_server(("127.0.0.1", 0))

    def tweak(data):
        data["parties"][1]["callback_url"] = f"http://127.0.0.1:{hole.getsockname()[1]}/orders"
    house = House(tweak=tweak).start(cards=False)
    try:
        states = [house.run_order("deploy", house.add_uicc().bound(), house.card(), seconds=PATIENCE_S)["state"]
                  for _ in range(ORDERS)]
        tap.equal(states, ["DONE"] * ORDERS, "a provider that never answers its callbacks keeps no order waiting")
    finally:
        house.kill9()  # in order it would wait for the calls to end
        hole.close()
        house.stop()


def main():
    tap = Tap()
    kills_of_partners(tap)
    silent_provider(tap)
    tap.done()


main()
