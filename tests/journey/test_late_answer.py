# SPDX-License-Identifier: Apache-2.0
"""An owner's answer that comes after the provider's order expired: the order stays expired, what was made on the card
is not lost, and the next order goes on from it (stations 6 and 11)."""
from house import House, Tap, await_true

ANSWER_S = 30  # of the profile: the owner waits on, long after the order
DEADLINES_S = (2, 8, 32)  # of an order: the first that lasts until the owner has its packet in hand
ASKED = "SELECT COUNT(*) FROM job WHERE kind IN (1, 2) AND state < 4 AND se = (SELECT id FROM se WHERE iccid = ?)"
DOMAIN = "F04F54534DD00001"


def domains(house, node):
    """The provider's own rows: (domain, key sets) of the bank."""
    bank = "(SELECT id FROM party WHERE name = 'bank')"
    return house.rows("SELECT hex(d.aid), (SELECT COUNT(*) FROM keyset k WHERE k.domain = d.id AND k.party = d.party) "
                      f"FROM security_domain d WHERE d.party = {bank}", node=node)


def steps(order, role="sp"):
    return [e["step"] for e in order["timeline"] if e["role"] == role]


def expires_on_its_way(house, owner):
    """A deployment whose UICC is away; (card, the order as it ended while its owner had a packet for the card in hand)."""
    for deadline_s in DEADLINES_S:
        card = house.add_uicc(up=False)  # its handset is switched off
        expired = house.wait(house.order("deploy", card, house.card(), deadline_s=deadline_s))
        if house.rows(ASKED, card.iccid, node=owner)[0][0]:
            break
    return card, expired


def late_domain(tap, house, node, owner, where):
    card, expired = expires_on_its_way(house, owner)
    tap.equal(expired["state"], "EXPIRED", f"{where}: an order whose UICC is away expires")
    tap.equal(domains(house, node), [], f"{where}: the provider knows of no domain then")
    card.start()
    await_true(lambda: domains(house, node), 60, f"{where}: the owner's answer comes in")
    tap.equal(domains(house, node), [(DOMAIN, 2)],
              f"{where}: the domain that was made too late is the provider's, with the handed-over keys and its own")
    seen = house.show(expired)
    tap.equal(seen["state"], "EXPIRED", f"{where}: the result of the order stays")
    tap.ok("late" in seen["timeline"][-1]["text"] or "after the order's end" in seen["timeline"][-1]["text"],
           f"{where}: its timeline tells of the late answer", seen["timeline"][-1])
    done = house.run_order("deploy", card, house.card())
    tap.equal(done["state"], "DONE", f"{where}: the next order ends well")
    tap.ok("CREATE_DOMAIN" not in steps(done), f"{where}: it does not ask for the domain again", steps(done))
    tap.equal(house.terminal(card)[0], 0, f"{where}: the application pays")
    tap.equal(card.registry()[0].count(DOMAIN), 1, f"{where}: the card has one such domain")


def main():
    tap = Tap()
    house = House(answer_s=ANSWER_S).start(cards=False)
    try:
        late_domain(tap, house, "tsmd", "tsmd", "one process")
    finally:
        house.stop()
    house = House(two_nodes=True, answer_s=ANSWER_S).start(cards=False)
    try:
        late_domain(tap, house, "provider", "owner", "two processes")
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
