# SPDX-License-Identifier: Apache-2.0
"""S7, confidential hand-over of a domain to its provider: whatever way the keys came, a retained copy of everything that
the owner's database and token ever held fails to open the domain, and the provider opens it."""
import json
import os
import sqlite3

from desk import House, Tap
from channel.authority import Party
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from house import run

TOOL = os.environ.get("TSM_OPEN_DOMAIN", "open_domain")
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
DOMAIN = "F04F54534DD00001"
OWN_KVN = 49
WAYS = ("random", "diversified", "casd-pull", "casd-push")
AUTHORITY = ("--scp", "scp11b", "--casd")
COMMANDS = (6, 7, 14, 15, 16)  # of a deploy: the N-th fails
APDUS = range(11, 18)  # of a deploy: the element is torn from its agent after the K-th


def keep_everything(house):
    """From now on each key set that was ever written is kept, whoever deletes it."""
    db = sqlite3.connect(house.node().db_path, timeout=120)
    db.executescript("CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM keyset;"
                     "CREATE TRIGGER IF NOT EXISTS keep AFTER INSERT ON keyset BEGIN "
                     "INSERT INTO kept SELECT * FROM keyset WHERE id = NEW.id; END;")
    db.close()


def opens(house, party, element, row):
    """What the tool says of one kept key set with the party's token."""
    number, kvn, blob = row
    node = house.node()
    uri = f"pkcs11:token=opentsm-{party}?module-path={MODULE}"
    pin = os.path.join(node.home, "pins", f"{party}.pin")
    status, out, err = run([TOOL, uri, pin, element.port, DOMAIN, kvn, number, blob], node.environment)
    return status == 0, out + err


def kept(house, party):
    return house.rows("SELECT k.id, k.kvn, hex(k.sealed) FROM kept k JOIN party p ON p.id = k.party WHERE p.name = ? "
                      "AND length(k.sealed) > 0", party)


def nobody_but_the_provider(tap, house, element, way):
    owners, providers = kept(house, "operator"), kept(house, "bank")
    tried = [opens(house, "operator", element, row) for row in owners]
    tap.ok(tried and not any(opened for opened, _ in tried),
           f"{way}: none of {len(owners)} key sets that the owner ever had opens the domain", tried)
    tried = [(kvn, opens(house, "bank", element, (number, kvn, blob))) for number, kvn, blob in providers]
    tap.ok(any(kvn == OWN_KVN and opened for kvn, (opened, _) in tried), f"{way}: the provider opens it", tried)
    tap.ok(not any(kvn != OWN_KVN and opened for kvn, (opened, _) in tried),
           f"{way}: with its own key set alone", tried)
    left = house.rows("SELECT count(*) FROM keyset k JOIN security_domain d ON d.id = k.domain JOIN party p ON p.id = "
                      "k.party WHERE p.name = 'operator'")
    tap.equal(left, [(0,)], f"{way}: the owner's database holds no key of the domain")
    if way not in ("random", "diversified"):
        never = house.rows("SELECT count(*) FROM kept k JOIN party p ON p.id = k.party JOIN security_domain d ON d.id = "
                           "k.domain WHERE p.name = 'operator'")
        tap.equal(never, [(0,)], f"{way}: and never did")


def handed_over(tap, house, element, way):
    order = house.run_order("deploy", element, house.card(), service=f"demo-{way}")
    tap.equal((order["state"], order.get("failure")), ("DONE", None), f"{way}: the service is deployed")
    nobody_but_the_provider(tap, house, element, way)
    status, seen = house.terminal(element)
    tap.ok(status == 0 and house.verify(seen), f"{way}: and the card pays", seen)
    ended = house.run_order("terminate", element, service=f"demo-{way}")
    tap.equal((ended["state"], ended.get("failure")), ("DONE", None), f"{way}: it is terminated")


def agreed_anew(tap, house, element, order, why):
    """The service is there, the owner has never had its keys, and the domain was made twice."""
    steps = [e["step"] for e in order["timeline"]]
    tap.equal((order["state"], order.get("failure")), ("DONE", None), f"casd-pull: {why}: the order is done")
    tap.ok("DELETE_UNHEARD" in steps and "INSTALL_DOMAIN_ANEW" in steps,
           "casd-pull: the domain whose keys nobody knows gave way to a new one", steps)
    nobody_but_the_provider(tap, house, element, "casd-pull")
    ended = house.run_order("terminate", element, service="demo-casd-pull")
    tap.equal((ended["state"], ended.get("failure")), ("DONE", None), "casd-pull: it is terminated")


def an_answer_is_lost(tap, house, element):
    """The card tells once what its new keys are made of, and a domain that has keys takes none from above [GPCS 11.5]: it
    is asked what became of it, made anew, and asked again, without a word to the provider."""
    agreed_anew(tap, house, element, house.run_order("deploy", element, house.card(), service="demo-casd-pull"),
                "the power fails behind the groupings")
    bad = {}
    for k in APDUS:
        order = house.run_order("deploy", element, house.card(), service="demo-casd-pull", handset=("--kill-after", k))
        ended = house.run_order("terminate", element, service="demo-casd-pull")
        if (order["state"], ended["state"]) != ("DONE", "DONE"):
            bad[k] = order.get("failure"), ended.get("failure")
    tap.equal(bad, {}, f"casd-pull: the element torn away after the K-th command, K = {APDUS[0]}..{APDUS[-1]}: deployed")


def an_order_ends_before_its_keys(tap, house, way):
    """A command fails on the way: the next order finds a domain that has no keys, or those of the order before."""
    between, bad = 0, {}
    for n in COMMANDS:
        element = house.add_ese(*AUTHORITY, "--fault", f"6F00-{n}")
        order = house.run_order("deploy", element, house.card(), service=f"demo-{way}")
        steps = [e["step"] for e in order["timeline"]]
        between += order["state"] == "FAILED" and "CREATE_DOMAIN" in steps and "SECRET_KEYS" not in steps
        if order["state"] == "FAILED":
            order = house.run_order("deploy", element, house.card(), service=f"demo-{way}")
        if order["state"] != "DONE":
            bad[n] = order["failure"]
        element.process.end()
    tap.equal(bad, {}, f"{way}: command N fails, N in {COMMANDS}: the next order goes on to the end")
    tap.ok(between, f"{way}: also where one ended between domain and keys", between)


def an_authority_that_is_another(tap, house, element):
    """The owner shows certificates of an authority of its own making: the provider does not fall for it."""
    order = house.run_order("deploy", element, house.card(), service="demo-betrayed")
    tap.equal((order["state"], order["failure"]["owner"]), ("FAILED", "SP"), "a certificate of another authority is refused")
    tap.ok("SECRET_KEYS" not in [e["step"] for e in order["timeline"]], "before a key is made", order["failure"])
    ended = house.run_order("terminate", element, service="demo-betrayed")
    tap.equal((ended["state"], ended.get("failure")), ("DONE", None), "what was begun is removed")


def a_channel_of_its_own(tap, house, authority, points):
    """SCP11a: the provider's key is certified by the authority that the card knows; it puts its own keys itself."""
    element = house.add_ese("--scp", "scp11a", "--oce-ca", authority["file"], profile="lab-ese-scp11")
    key = house.api("GET", "/api/v1/oce-key").json
    provider = Party("P256", b"BANK")
    provider.point = bytes.fromhex(key["point"])
    for name, card_ca in (("scp11", points["card"]), ("misled", points["other"])):
        certificate = authority["party"].issue_gp(provider)
        add_service(house, name, {"hand_over": "scp11", "scp11": {"kvn": 3, "certificates": certificate.hex(),
                                                                  "card_ca": card_ca}})
    handed_over(tap, house, element, "scp11")
    order = house.run_order("deploy", element, house.card(), service="demo-misled")
    tap.ok(order["state"] == "FAILED" and "authority" in order["failure"]["reason"],
           "scp11: a card that another authority certified is not trusted", order.get("failure"))
    ended = house.run_order("terminate", element, service="demo-misled")
    tap.equal((ended["state"], ended.get("failure")), ("DONE", None), "scp11: what was begun is removed")


def add_service(house, name, more):
    """A service more, by a second init: the provider's certificate could not be known before its key."""
    with open(os.path.join(house.node().home, "fixture.json")) as f:
        data = json.load(f)
    simple = data["services"][0]
    data["services"].append(dict(simple, name=f"demo-{name}", flavors=[dict(simple["flavors"][0], **more)]))
    house.node().init(data)


def an_element_without_authority(tap, house):
    element = house.add_ese()
    order = house.run_order("deploy", element, house.card(), service="demo-casd-pull")
    tap.ok(order["state"] == "FAILED", "an element without a Controlling Authority's domain says so", order.get("failure"))
    sim = house.run_order("deploy", house.uicc, house.card(), service="demo-casd-pull")
    tap.ok(sim["state"] == "FAILED" and "SCP03" in sim["failure"]["reason"], "a UICC with SCP80 keys has no such way",
           sim.get("failure"))


def services(fixture, points):
    """Elements with SCP11 are a profile of their own: option 8902 is SCP11a with X.509 and chains."""
    fixture["profiles"].append(dict(fixture["profiles"][2], name="lab-ese-scp11", scp11_i=0x8902))
    flavors = fixture["services"][0]["flavors"]
    flavors[0]["profiles"].append("lab-ese-scp11")
    simple = fixture["services"][0]
    for way in WAYS:
        flavor = dict(simple["flavors"][0], hand_over=way, casd_ca=points["card"])
        fixture["services"].append(dict(simple, name=f"demo-{way}", flavors=[flavor]))
    flavor = dict(simple["flavors"][0], hand_over="casd-pull", casd_ca=points["other"])
    fixture["services"].append(dict(simple, name="demo-betrayed", flavors=[flavor]))


def point_of(key):
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint).hex().upper()


def authority_point(path):
    with open(path, "rb") as f:
        return point_of(x509.load_pem_x509_certificate(f.read()).public_key())


def main():
    tap = Tap()
    house = House()
    ca = os.path.join(house.dir, "card-ca.pem")
    authority = {"party": Party("P256", b"CA-KLOC"), "file": os.path.join(house.dir, "oce-ca.pem")}
    with open(authority["file"], "wb") as f:
        f.write(authority["party"].pem())
    try:
        element = house.add_ese(*AUTHORITY, "--card-ca", ca, "--fault", "crash-store-data", known=False)
        points = {"card": authority_point(ca), "other": point_of(ec.generate_private_key(ec.SECP256R1()).public_key())}
        house.tweak = lambda fixture: services(fixture, points)
        with house.start():
            house.import_rows([element.row])
            keep_everything(house)
            an_answer_is_lost(tap, house, element)
            for way in ("casd-pull", "casd-push"):
                an_order_ends_before_its_keys(tap, house, way)
            for way in WAYS:
                handed_over(tap, house, element, way)
            an_authority_that_is_another(tap, house, element)
            an_element_without_authority(tap, house)
            a_channel_of_its_own(tap, house, authority, points)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
