# SPDX-License-Identifier: Apache-2.0
"""S4: supplementary security domains by the operator: privileges, quota, a place in the hierarchy, extradition, removal.
After each call the oracle's own client reads the card's registry."""
from desk import DOMAIN, ISD, PACKAGE, PAYMENT, PPSE, House, Tap, ask, hand_on, perform, registry

PARENT, CHILD, LONER = "F04F54534DD00010", "F04F54534DD00011", "F04F54534DD00012"
SMALL = "F04F54534DD00013"
FREE, FREE_RAM = 0x81, 0x82


def domains(house, element):
    return {d["domain"]: d for d in ask(house, element, "domains", method="GET").json}


def privileges(entry):
    return entry.privileges.hex().upper()


def a_domain_with_privileges_and_quota(tap, house, element):
    done = perform(house, element, "domains", {"domain": PARENT, "privileges": ["global-lock"], "nonvolatile": 20000,
                                               "volatile": 500, "mode": "authorized"})
    tap.equal(done["state"], "done", "the operator makes a domain of its own")
    entry = registry(element)[PARENT]
    tap.equal((privileges(entry), entry.domain.hex().upper()), ("80C800", ISD),
              "GET STATUS shows domain, authorized management, trusted path, global lock; below the issuer's")
    row = domains(house, element)[PARENT]
    tap.equal((row["mode"], row["nonvolatile"], row["volatile"], row["privileges"], row["parent"], row["state"]),
              ("authorized", 20000, 500, ["global-lock"], ISD, "in use"), "and the owner's list says the same")


def a_domain_below_another(tap, house, element):
    done = perform(house, element, "domains", {"domain": CHILD, "parent": PARENT, "provider": "bank"})
    tap.equal(done["state"], "done", "a domain for the bank, below it")
    entry = registry(element)[CHILD]
    tap.equal((entry.domain.hex().upper(), privileges(entry)), (PARENT, "808000"), "GET STATUS shows its parent")
    tap.equal(domains(house, element)[CHILD]["parent"], PARENT, "so does the owner's list")
    tall = ask(house, element, "domains", {"domain": LONER, "parent": PARENT, "nonvolatile": 50000})
    tap.equal(tall.problem(), (409, "CONFLICT", "nonvolatile"), "a quota above the parent's is refused")
    nowhere = ask(house, element, "domains", {"domain": LONER, "parent": "F04F54534DD000FF"})
    tap.equal(nowhere.problem(), (404, "NOT_FOUND", "parent"), "a parent that is not there is refused")


def wishes_that_are_none(tap, house, element):
    for body, problem, about in (
            ({"domain": LONER, "quota": 5}, (400, "UNKNOWN_FIELD", "quota"), "a member that no domain has"),
            ({"domain": LONER, "privileges": ["all"]}, (400, "BAD_VALUE", "privileges"), "a privilege that is none"),
            ({"domain": LONER, "privileges": "card-lock"}, (400, "BAD_VALUE", "privileges"), "a privilege without a list"),
            ({"domain": LONER, "mode": "dual"}, (400, "BAD_VALUE", "mode"), "a mode that is none"),
            ({"domain": LONER, "mode": 2}, (400, "BAD_VALUE", "mode"), "a mode by number"),
            ({"domain": LONER, "dap": "yes"}, (400, "BAD_VALUE", "dap"), "a DAP that is neither true nor false"),
            ({"domain": LONER, "hand_over": "post"}, (400, "BAD_VALUE", "hand_over"), "a way of hand-over that is none"),
            ({"domain": LONER, "provider": "nobody"}, (404, "NOT_FOUND", "provider"), "a provider that is none"),
            ({"domain": "F04F5453"}, (400, "BAD_VALUE", "domain"), "an AID of four octets"),
            ({"domain": ""}, (400, "BAD_VALUE", "domain"), "an AID of none"),
            ({"domain": ISD, "provider": "bank"}, (409, "CONFLICT", "domain"), "the AID of the issuer's domain"),
            ({"domain": PARENT}, (409, "CONFLICT", None), "a domain that is there")):
        answer = ask(house, element, "domains", body)
        tap.equal(answer.problem(), problem, f"{about} is refused")
    told = ask(house, element, "domains", {"domain": LONER, "privileges": ["all"]})["detail"]
    tap.ok("all" in told and "mandated-dap" in told and "receipt-generation" in told, "a refusal tells the words there are", told)
    tap.equal(ask(house, element, "extraditions", {"object": CHILD, "to": ISD, "force": True}).problem(),
              (400, "UNKNOWN_FIELD", "force"), "an extradition has no other members")
    tap.equal(set(domains(house, element)), {PARENT, CHILD}, "and nothing was written")
    tap.equal(ask(house, element, "domains", {"domain": LONER}, token="bank").status, 403, "providers make no domains")


def extradition(tap, house, element):
    sent = perform(house, element, "extraditions", {"object": CHILD, "to": ISD})
    tap.equal(sent["state"], "done", "the bank's domain goes back below the issuer's")
    tap.equal(registry(element)[CHILD].domain.hex().upper(), ISD, "GET STATUS shows the new parent")
    perform(house, element, "extraditions", {"object": CHILD, "to": PARENT})
    tap.equal(registry(element)[CHILD].domain.hex().upper(), PARENT, "and back again")
    loop = ask(house, element, "extraditions", {"object": PARENT, "to": CHILD})
    tap.equal(loop.status, 409, "a domain does not go below itself")
    alone = perform(house, element, "domains", {"domain": LONER})
    root = perform(house, element, "extraditions", {"object": LONER, "to": LONER})
    tap.equal((alone["state"], root["state"]), ("done", "done"), "a domain becomes the root of a tree of its own")
    before = house.rows("SELECT count(*) FROM job")
    foreign = ask(house, element, "extraditions", {"object": CHILD, "to": LONER})
    tap.ok(foreign.status == 409 and "tree" in foreign["detail"], "extradition into the foreign tree is refused", foreign)
    tap.equal(house.rows("SELECT count(*) FROM job"), before, "before anything is sent")


def a_quota_that_is_too_small(tap, house, element):
    """The provider claims the domain that the operator made for it; the quota is the card's to enforce."""
    done = perform(house, element, "domains", {"domain": SMALL, "provider": "bank", "nonvolatile": 600})
    tap.equal(done["state"], "done", "a domain with 600 octets")
    order = house.run_order("deploy", element, house.card(), service="demo-small")
    tap.equal(order["state"], "FAILED", "a service that needs more fails")
    tap.ok("6A84" in order["failure"]["reason"] and "memory" in order["failure"]["next_action"].lower(),
           "the card's 6A84 is NOT ENOUGH SPACE", order["failure"])
    tap.equal(order["failure"]["owner"], "SE", "and the element's")
    ended = house.run_order("terminate", element, service="demo-small")
    tap.equal(ended["state"], "DONE", "what came to the card is removed")


def removal(tap, house, element):
    refused = ask(house, element, f"domains/{PARENT}", method="DELETE")
    tap.ok(refused.status == 409 and "below" in refused["detail"], "a domain with others below it stays", refused)
    done = perform(house, element, f"domains/{CHILD}", method="DELETE")
    gone = perform(house, element, f"domains/{PARENT}", method="DELETE")
    tap.equal((done["state"], gone["state"]), ("done", "done"), "from the leaves to the root they are deleted")
    left = set(registry(element))
    tap.ok(PARENT not in left and CHILD not in left, "GET STATUS shows them no more", left)


def nothing_to_do(tap, house, element):
    perform(house, element, "prepare")
    again = ask(house, element, "prepare").json
    tap.equal((again["state"], "seram" in again), ("done", False), "what the card has is done at once: no agent has to come")
    tap.equal(house.rows("SELECT count(*) FROM seram_session WHERE state < 2"), [(0,)], "and no session waits for one")


def small(fixture):
    service = fixture["services"][0]
    flavor = dict(service["flavors"][0], domain=SMALL)
    fixture["services"].append(dict(service, name="demo-small", flavors=[flavor]))


def main():
    tap = Tap()
    with House(tweak=small).start() as house:
        for element in (house.ese, house.uicc):
            a_domain_with_privileges_and_quota(tap, house, element)
            a_domain_below_another(tap, house, element)
            wishes_that_are_none(tap, house, element)
            extradition(tap, house, element)
            a_quota_that_is_too_small(tap, house, element)
            removal(tap, house, element)
            nothing_to_do(tap, house, element)
    tap.done()


if __name__ == "__main__":
    main()
