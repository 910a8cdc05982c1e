# SPDX-License-Identifier: Apache-2.0
"""What a flavor says reaches the card: several load files in the order of their imports, install parameters, privileges,
activation, access rules, keys from the provider's master, attestation. [TR-03165 4.1.4.4 to 4.1.4.15, appendix A]"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "journey"))
sys.path.insert(0, HERE)

from house import House, Tap, await_true, run  # noqa: E402
from node import LAB, ROOT  # noqa: E402
from caps import applets, library  # noqa: E402
from channel.keys import aes_cmac  # noqa: E402  (tests/oracle, put on the path by house)
from draft import Application, Draft  # noqa: E402
from gp import APPLICATIONS, CardError, Client, KeySet  # noqa: E402
from sptsm import Provider, demo_cap  # noqa: E402
from transport import TcpCard  # noqa: E402

PAYMENT, PPSE = "F04F54534D0101", "325041592E5359532E4444463031"
LIB, USER, THIRD, DEMO = "F04F54534D00F1", "F04F54534D00A1", "F04F54534D00B1", "F04F54534D0001"
BANK_APP, OTHER_APP = "A1" * 32, "B2" * 20
INDEX, MASTER = "7390f811-f27f-412c-a4ff-e792d073f41f", bytes(range(0x40, 0x50))
VERIFY = os.path.join(ROOT, "tools", "verify-attestation.sh")
UNCERTIFIED = "lab-ese-plain"


def demo_script(p):
    """The personalisation profile of the demo, uploaded as the provider's own copy."""
    found = next(s for s in p.must("GET", "/personalization-scripts") if "demo" in s["fileName"])
    octets = p.call("GET", f"/personalization-scripts/{found['id']}/binary").octets
    return p.upload("POST", "/personalization-scripts", [("scriptFile", "perso.json", octets)])["id"]


def step_names(order):
    return [s["step"] for s in order["timeline"]]


def entry(element, aid):
    """What the card's registry says of an application."""
    card = TcpCard("127.0.0.1", element.port)
    try:
        client = Client(card)
        client.select()
        client.open(KeySet.same(bytes.fromhex(element.channel_key)))
        found = [e for e in client.get_status(APPLICATIONS) if e.aid == bytes.fromhex(aid)]
        return found[0] if found else None
    finally:
        card.close()


def sends(element, *commands):
    """Plain commands to the element: [(data, status word)]."""
    card = TcpCard("127.0.0.1", element.port)
    try:
        return [card.transmit(bytes.fromhex(c)) for c in commands]
    finally:
        card.close()


def selected(element, aid):
    return sends(element, f"00A40400{len(aid) // 2:02X}{aid}00")[0][1]


def run_all(house, operation, *pairs):
    """The same operation for several (service, element) at once: their orders in the end."""
    orders = []
    for service, element in pairs:
        card = house.card() if operation == "deploy" else None
        orders.append(house.order(operation, element, card, service=service))
        if "seram" in orders[-1]:
            house.handset(orders[-1]["seram"], element=element)
    return [house.wait(o, 60) for o in orders]


def several_load_files(tap, house, p):
    """Given in the wrong order; the applications of the two packages are installed by priority, in turns."""
    script = {"personalizationScriptId": demo_script(p)}
    Draft(p, "several", [applets(USER, LIB), demo_cap(), library(LIB)], [
        Application(USER + "02", "F04F54534DEE02", priority=200),
        Application(DEMO + "01", PAYMENT, priority=20, personalization=script),
        Application(DEMO + "02", PPSE, priority=30),
        Application(USER + "01", "F04F54534DEE01", priority=10)]).publish()
    elements = (house.add_uicc(), house.add_ese())
    befores = [e.registry() for e in elements]
    dones = run_all(house, "deploy", *[("several", e) for e in elements])
    booked = house.rows("SELECT bytes, expires FROM space_booking ORDER BY se")
    tap.equal(booked, house.rows("SELECT SUM(bytes), 0 FROM executable GROUP BY se ORDER BY se"),
              "the space of all load files is booked for good")
    loads = house.rows("SELECT COUNT(*) FROM usage WHERE what = 'loaded-octets'")
    tap.equal(loads[0][0], 6, "each file was loaded once")
    for element, before, done in zip(elements, befores, dones):
        kind = type(element).__name__.lower()
        tap.equal(done["state"], "DONE", f"{kind}: three load files and four applications are deployed")
        applications, files = element.registry()
        tap.equal(sorted(set(files) - set(before[1])), sorted([LIB, USER, DEMO]), f"{kind}: the card has the files")
        tap.equal([a for a in applications if a in (PAYMENT, PPSE) or a.startswith("F04F54534DEE")],
                  ["F04F54534DEE01", PAYMENT, PPSE, "F04F54534DEE02"], f"{kind}: installed by priority")
        status, seen = house.terminal(element)
        tap.ok(status == 0 and house.verify(seen), f"{kind}: the card pays", seen)
    ended = run_all(house, "terminate", *[("several", e) for e in elements])
    tap.equal([e.registry() for e in elements], befores, "they are removed, the library after those that import it")
    tap.equal([e["state"] for e in ended], ["DONE", "DONE"], "and both orders end well")


def killed_between_the_files(tap, house, p):
    """The server dies behind the first load file: the order goes on where it stood."""
    order = house.order("deploy", house.add_uicc(), house.card(), service="several")
    await_true(lambda: "INSTALL" in step_names(house.show(order)), 30, "the first part")
    house.kill9()
    house.restart()
    done = house.wait(order, 60)
    tap.equal(done["state"], "DONE", "killed between two load files, the order goes on")
    p.connection = None


def a_library_alone(tap, house, p):
    Draft(p, "library", [library(LIB)]).publish()
    element = house.add_ese()
    done = house.run_order("deploy", element, house.card(), service="library", seconds=60)
    tap.equal((done["state"], LIB in element.registry()[1]), ("DONE", True), "a library without applications is deployed")
    done = house.run_order("terminate", element, service="library", seconds=60)
    tap.equal((done["state"], LIB in element.registry()[1]), ("DONE", False), "and removed")


def a_library_that_is_missing(tap, house, p):
    Draft(p, "missing", [applets(USER, LIB)], [Application(USER + "01", "F04F54534DEE09")]).publish()
    done = house.run_order("deploy", house.add_ese(), house.card(), service="missing", seconds=60)
    tap.ok(done["state"] == "FAILED" and "6A88" in str(done["failure"]), "without its library the card takes no file",
           done.get("failure"))


def installation_and_activation(tap, house, p):
    """One application without payment environment, one that never becomes selectable; a device app gets in."""
    Draft(p, "door", [applets(USER)], [
        Application(USER + "01", "F04F54534DEE11", priority=1,
                    install={"applicationSpecificInstallParameter": "0f 02 e6 ea",
                             "privileges": ["CVMManagement", "ContactlessSelfActivation", "PrivacyTrusted"]},
                    activation={"accessibleViaApdu": True}),
        Application(USER + "02", "F04F54534DEE12", activation={"makeSelectable": False})],
        apps=[BANK_APP, "A00000021784013C0110"]).publish()
    elements = (house.add_uicc("--with", "ara-m"), house.add_ese("--with", "ara-m"))
    for element, done in zip(elements, run_all(house, "deploy", *[("door", e) for e in elements])):
        kind = type(element).__name__.lower()
        tap.ok(done["state"] == "DONE" and "MAKE_SELECTABLE" in step_names(done),
               f"{kind}: the application becomes selectable when it is activated", done.get("failure", done["state"]))
        first, second = entry(element, "F04F54534DEE11"), entry(element, "F04F54534DEE12")
        tap.equal((first.state[0], first.privileges.hex()), (0x07, "020018"), f"{kind}: with the privileges it asked for")
        tap.equal((second.state[0], selected(element, "F04F54534DEE12")), (0x03, 0x6A82),
                  f"{kind}: the one that is not to be stays unselectable")
        told = [may(element, app, "F04F54534DEE11") for app in (BANK_APP, OTHER_APP)]
        tap.equal(told, ["allowed", "denied"], f"{kind}: the authorised app is let in, another one is not")
        tap.equal(may(element, "A00000021784013C0110" + "FF" * 10, "F04F54534DEE11"), "allowed",
                  f"{kind}: an identifier that is no hash stands filled up with FF")
        tap.equal(may(element, BANK_APP, "F04F54534DEE12"), "denied", f"{kind}: to the other application nobody is")
    run_all(house, "terminate", *[("door", e) for e in elements])
    tap.equal([may(e, BANK_APP, "F04F54534DEE11") for e in elements], ["denied"] * 2, "with the service the rules are gone")


def may(element, app, aid):
    status, out, err = run([LAB, "handset", "--se", f"127.0.0.1:{element.port}", "--app-hash", app, "--access", aid])
    return {0: out.strip(), 6: "denied"}.get(status, err)


def what_the_card_refuses(tap, house, p):
    Draft(p, "global", [applets(USER)], [Application(USER + "01", "F04F54534DEE21",
                                                     install={"privileges": ["GlobalService"]})]).publish()
    element = house.add_ese()
    done = house.run_order("deploy", element, house.card(), service="global", seconds=60)
    tap.ok(done["state"] == "FAILED" and "INSTALL_APPLICATION" in done["failure"]["reason"]
           and "6A80" in done["failure"]["reason"], "a privilege that the card does not grant is named", done["failure"])


def in_other_modes(tap, house, p):
    """The same in domains whose content the provider manages itself; and what the context may say."""
    for mode in ("delegated", "authorized"):
        Draft(p, mode, [library(LIB), applets(USER, LIB), applets(THIRD, LIB)], [
            Application(USER + "01", "F04F54534DEE71", priority=1), Application(THIRD + "01", "F04F54534DEE72", priority=2),
            Application(USER + "02", "F04F54534DEE73", priority=3)],
              context={"managementMode": mode, "domainMemory": "60000", "colour": "green"}).publish()
    pairs = [(mode, house.add_ese()) for mode in ("delegated", "authorized")]
    before = pairs[0][1].registry()
    for (mode, element), done in zip(pairs, run_all(house, "deploy", *pairs)):
        applications, files = element.registry()
        tap.equal((done["state"], [a for a in applications if a.startswith("F04F54534DEE")], set(files) - set(before[1])),
                  ("DONE", ["F04F54534DEE71", "F04F54534DEE72", "F04F54534DEE73"], {LIB, USER, THIRD}),
                  f"{mode}: the provider loads three files and installs by priority")
    ended = run_all(house, "terminate", *pairs)
    tap.equal([(o["state"], e.registry()) for o, (_, e) in zip(ended, pairs)], [("DONE", before)] * 2, "and deletes them")
    Draft(p, "small", [applets(USER)], [Application(USER + "01", "F04F54534DEE74")],
          context={"domainMemory": "100"}).publish()
    done = house.run_order("deploy", house.add_ese(), house.card(), service="small", seconds=60)
    tap.ok(done["state"] == "FAILED" and "6A84" in done["failure"]["reason"], "a domain has no more than its quota",
           done["failure"])
    at = p.must("GET", f"/services/{p.must('GET', '/services')[0]['id']}/flavors")
    answer = p.call("POST", f"/services/{at[0]['serviceId']}/flavors", {"contextSpecificAttributes": {
        "managementMode": "loose"}})
    tap.ok(answer.error() == (400, 1008) and "managementMode" in answer.message(), "a mode that is none is refused", answer)


def what_it_asks_of_elements(tap, house, p):
    """Memory and a certificate, judged by the owner before anything is ordered."""
    Draft(p, "large", [applets(USER)], [Application(USER + "01", "F04F54534DEE75")],
          context={"neededMemory": "16000000", "certifiedElement": "true"}, profiles=["lab-ese", UNCERTIFIED]).publish()
    for element, code in ((house.add_ese(), ["NOT_ENOUGH_SPACE"]),
                          (house.add_ese(profile=UNCERTIFIED), ["NOT_ENOUGH_SPACE", "NOT_CERTIFIED"])):
        answer = house.api("POST", "/api/v1/eligibility", {"service": "large", "se": element.name})
        tap.equal([r["code"] for r in answer["reasons"]], code, f"an element that is not fit says {', '.join(code)}")
    at = p.must("GET", f"/services/{p.must('GET', '/services')[0]['id']}/flavors")
    for name, value in (("neededMemory", "much"), ("certifiedElement", "maybe")):
        answer = p.call("POST", f"/services/{at[0]['serviceId']}/flavors", {"contextSpecificAttributes": {name: value}})
        tap.ok(answer.error() == (400, 1008) and name in answer.message(), f"{name} {value} is refused", answer)


def too_much(tap, p):
    files = [library(f"F04F54534D0B{i:02X}") for i in range(9)]
    answer = p.call("POST", Draft(p, "nine", files).path + "/publish")
    tap.ok(answer.error() == (400, 1002) and "8 load files" in answer.message(), "more than eight load files are refused",
           answer)


def contactless(tap, house, p):
    Draft(p, "gate", [applets(USER)], [Application(USER + "01", "F04F54534DEE51",
                                                   activation={"accessibleViaNfc": True})]).publish()
    element = house.add_ese("--with", "crs")
    done = house.run_order("deploy", element, house.card(), service="gate", seconds=60)
    listed = sends(element, "00A4040009A00000015143525300" + "00", "80F24000024F0000")[1]
    tap.ok(done["state"] == "DONE" and "CONTACTLESS" in step_names(done) and "F04F54534DEE51" in listed[0].hex().upper(),
           "the application is activated in the contactless registry", (done.get("failure"), listed[0].hex()))


def derived(kdd):
    """The three keys of a domain from master and diversification data (KDF3, SP 800-108 in counter mode)."""
    return [aes_cmac(MASTER, bytes([1, 0, 0, 0, kind, 0]) + kdd) for kind in (1, 2, 3)]


def opens(element, domain, keys):
    card = TcpCard("127.0.0.1", element.port)
    try:
        client = Client(card)
        client.select(bytes.fromhex(domain))
        client.open(KeySet(*keys, kvn=49))
        return True
    except (CardError, ValueError):  # the card's cryptogram is not of these keys
        return False
    finally:
        card.close()


def verified(folder, token, flavor, process=""):
    with open(os.path.join(folder, "token.der"), "wb") as f:
        f.write(token)
    done = subprocess.run(["/bin/sh", VERIFY, "token.der", "cert.pem", flavor] + ([process] if process else []),
                          cwd=folder, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout + done.stderr


def attested(tap, house, p, folder):
    """The token is proved by openssl; what it says of keys opens the domain; nothing else does."""
    perso = {"personalizationScriptId": demo_script(p), "provideAttestationToken": True,
             "includeSecurityDomainDiversificationData": True}
    draft = Draft(p, "attested", [demo_cap()], [Application(DEMO + "01", "F04F54534DEE31", 1, personalization=perso),
                                                Application(DEMO + "02", PPSE, 2)],
                  features={"keyProvisioningMode": 1, "keyIndex": INDEX}).publish()
    element = house.add_ese()
    done = house.run_order("deploy", element, house.card(), service="attested", seconds=60)
    tap.equal(done["state"], "DONE", "a flavor with an attestation token is deployed")
    token = sends(element, "00A4040007F04F54534DEE3100", "80CA7F4100")[1][0]
    with open(os.path.join(folder, "cert.pem"), "w") as f:
        f.write(house.api("GET", "/api/v1/attestation-key")["certificate"])
    status, said = verified(folder, token, draft.flavor, done["trace"])
    tap.ok(status == 0, "openssl verifies it, for this flavor and this process", said)
    status, said = verified(folder, token, draft.service["id"])
    tap.ok(status == 1 and "another flavor" in said, "for another flavor it is refused", said)
    words = verified(folder, token, draft.flavor)[1].split()
    tap.equal(words[words.index("master") + 1], INDEX.replace("-", ""), "it names the master key")
    kdd = bytes.fromhex(words[words.index("diversification") + 1])
    tap.ok(opens(element, draft.service["sdAid"], derived(kdd)), "with master and token the domain opens", kdd.hex())
    tap.ok(not opens(element, draft.service["sdAid"], derived(bytes(10))), "without the token it does not")
    changed = bytearray(token)
    changed[-1] ^= 1
    tap.equal(verified(folder, bytes(changed), draft.flavor)[0], 1, "a changed token is refused")


def basic_keys(tap, house, p):
    Draft(p, "basic", [applets(USER)], [Application(USER + "01", "F04F54534DEE61")],
          features={"keyProvisioningMode": 2, "keyIndex": INDEX}).publish()
    element = house.add_ese()
    done = house.run_order("deploy", element, house.card(), service="basic", seconds=60)
    domain = p.must("GET", "/services")
    aid = next(s["sdAid"] for s in domain if s["name"] == "basic")
    tap.ok(done["state"] == "DONE" and opens(element, aid, derived(bytes(10))), "mode 2: the same keys on every element",
           done.get("failure"))


def not_attested(tap, house, p):
    perso = {"provideAttestationToken": True}
    Draft(p, "mute", [applets(USER)], [Application(USER + "01", "F04F54534DEE41", personalization=perso)],
          features={"keyProvisioningMode": 3, "keyIndex": INDEX}).publish()
    element = house.add_ese()
    done = house.run_order("deploy", element, house.card(), service="mute", seconds=60)
    tap.ok(done["state"] == "FAILED" and "ATTEST" in done["failure"]["reason"] and done["instance"]["state"] == "IN_ERROR",
           "an application without personalisation interface gets no token: the instance is in error", done)
    Draft(p, "keyless", [applets(USER)], [Application(USER + "01", "F04F54534DEE42")],
          features={"keyProvisioningMode": 1, "keyIndex": "00000000-0000-0000-0000-00000000ffff"}).publish()
    done = house.run_order("deploy", house.add_ese(), house.card(), service="keyless", seconds=60)
    tap.ok(done["state"] == "FAILED" and "no key" in done["failure"]["reason"], "a master that is missing is told first",
           done["failure"])


def imports_are_offered(tap, house, p):
    """A profile that names its packages: a library of the same flavor is offered, too."""
    Draft(p, "strict", [applets(USER, LIB), library(LIB)], [Application(USER + "01", "F04F54534DEE81")],
          profiles=["lab-ese-strict"]).publish()
    element = house.add_ese(profile="lab-ese-strict")
    done = house.run_order("deploy", element, house.card(), service="strict", seconds=60)
    tap.equal(done["state"], "DONE", "what a flavor brings itself may be imported")
    alone = Draft(p, "alone", [applets(THIRD, LIB)], profiles=["lab-ese-strict"])
    answer = p.call("POST", alone.path + "/publish")
    tap.ok(answer.error() == (400, 1002) and "CAP-50" in answer.message(), "what nobody brings is refused", answer)


def prepared(fixture):
    """A master of the bank, and a profile that says which packages its elements have."""
    strict = next(dict(p) for p in fixture["profiles"] if p["name"] == "lab-ese")
    strict.update(name="lab-ese-strict", cplc="", packages="A0000000620101/1.6 A0000000620001/1.0")
    fixture["profiles"] += [strict, dict(strict, name=UNCERTIFIED, certificate="", packages="")]
    fixture["masters"].append({"party": "bank", "name": INDEX, "kind": "aes", "value": MASTER.hex()})


def main():
    tap = Tap()
    house = House(tweak=prepared).start(cards=False)
    try:
        node = house.node()
        p = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        several_load_files(tap, house, p)
        a_library_alone(tap, house, p)
        killed_between_the_files(tap, house, p)
        a_library_that_is_missing(tap, house, p)
        installation_and_activation(tap, house, p)
        what_the_card_refuses(tap, house, p)
        in_other_modes(tap, house, p)
        imports_are_offered(tap, house, p)
        what_it_asks_of_elements(tap, house, p)
        too_much(tap, p)
        contactless(tap, house, p)
        with tempfile.TemporaryDirectory() as folder:
            attested(tap, house, p, folder)
        basic_keys(tap, house, p)
        not_attested(tap, house, p)
    finally:
        house.stop()
    tap.done()


if __name__ == "__main__":
    main()
