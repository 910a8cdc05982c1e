# SPDX-License-Identifier: Apache-2.0
"""S18, the admission gate: a load file that was altered, that is not on the owner's list, or whose names belong to
somebody else is refused with the id of the rule; a good one is admitted, and the audit says which and by whom
(stations 1 to 6)."""
import hashlib
import io
import json
import os
import sqlite3
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import BUILD, House, Tap  # noqa: E402
from versions import assemble  # noqa: E402

URL, RULES = "/api/v1/load-files", "/api/v1/admissions"
CAP = {"Content-Type": "application/java-archive"}
ORDER = ("Header", "Directory", "Import", "Applet", "Class", "Method", "StaticField", "Export", "ConstantPool",
         "RefLocation")


def demo_cap():
    with open(os.path.join(BUILD, "tools", "demo-payment.cap"), "rb") as f:
        return f.read()


def changed(cap, component, change):
    """The archive with one component passed through `change`; None takes it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(cap)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            if entry.endswith(f"/{component}.cap"):
                if change is None:
                    continue
                data = bytes(change(bytearray(data)))
            new.writestr(entry, data)
    return out.getvalue()


def block_hash(cap):
    with zipfile.ZipFile(io.BytesIO(cap)) as jar:
        parts = {os.path.basename(n)[:-4]: jar.read(n) for n in jar.namelist() if n.endswith(".cap")}
    return hashlib.sha256(b"".join(parts[n] for n in ORDER if n in parts)).hexdigest().upper()


def flip(at, bits=0xFF):
    def change(data):
        data[at] ^= bits
        return data
    return change


def longer(data):
    data[2] += 1
    return data


def leaves(house, what, node=None):
    found = house.rows("SELECT p.name, a.detail FROM audit a JOIN party p ON p.id = a.party WHERE a.what = ? "
                       "ORDER BY a.seq", what, node=node)
    return [(party, json.loads(detail)) for party, detail in found]


def upload(house, cap, token="bank", query=""):
    return house.api("POST", URL + query, cap, token, CAP)


def a_good_file_is_admitted(tap, house):
    answer = upload(house, demo_cap())
    tap.ok(answer.status == 200 and answer["hash"] == block_hash(demo_cap()) and answer["version"] == "1.0",
           "the demo's load file, which the fixture brought, is there already, under the hash of its load file data "
           "block", answer)
    tap.equal([f["hash"] for f in house.api("GET", URL)["load_files"]], [answer["hash"]], "it is listed once")
    tap.equal(house.api("GET", f"{URL}/{answer['hash']}")["package"], "F04F54534D0001", "and found by its hash")
    tap.equal([(p, d["hash"]) for p, d in leaves(house, "load-file.admitted")], [("bank", answer["hash"])],
              "the audit tells its provider that it was admitted")


BAD = [
    ("a component length one off", "Method", longer, "CAP-01"),
    ("an applet whose install method is no method", "Applet", flip(-1, 0x03), "CAP-04"),
    ("a branch or instruction that was changed", "Method", flip(20), "CAP-"),
    ("a reference that was forged", "ConstantPool", flip(8), "CAP-"),
    ("no descriptor, so that the bytecode cannot be judged", "Descriptor", None, "CAP-"),
]


def altered_files_are_refused(tap, house):
    before = house.api("GET", URL)["load_files"]
    for what, component, change, rule in BAD:
        answer = upload(house, changed(demo_cap(), component, change))
        told = answer.get("rule") or ""
        tap.ok(answer.status == 422 and answer.problem() and told.startswith(rule) and answer["findings"]
               and answer["next_action"], f"{what}: refused by {told or 'no rule'}", answer)
    answer = upload(house, b"this is no CAP file")
    tap.ok(answer.status == 422 and answer["rule"] == "CAP-01", "a file of another kind is refused by CAP-01", answer)
    tap.equal(house.api("GET", URL)["load_files"], before, "and nothing of them is kept")
    refused = leaves(house, "load-file.refused")
    tap.ok(len(refused) == len(BAD) + 1 and all(d["rule"].startswith("CAP-") for _, d in refused),
           "each refusal stands in the audit with its rule", refused)
    big = upload(house, b"\0" * (512 * 1024 + 1))
    tap.equal(big.status, 413, "a body above 512 KiB is not read")
    tap.equal(upload(house, demo_cap(), query="?profiles=nobody").problem(), (404, "NOT_FOUND", "profiles"),
              "a profile that does not exist is named")


def what_a_profile_lacks_is_told(tap, house):
    answer = upload(house, demo_cap(), query="?profiles=lab-ese,bare")
    tap.ok(answer.status == 422 and answer["rule"] == "CAP-50" and answer["profile"] == "bare",
           "an import that the profile's elements do not have: CAP-50, the profile named", answer)
    answer = upload(house, demo_cap(), query="?profiles=small")
    tap.ok(answer.status == 422 and answer["rule"] == "CAP-52", "too big for the element: CAP-52", answer)


def names_of_others_are_refused(tap, house):
    answer = upload(house, demo_cap(), "other")
    tap.ok(answer.status == 422 and answer["rule"] == "CAP-55" and "bank" not in answer.text,
           "another provider cannot have a package of this AID: CAP-55, and is not told whose it is", answer)
    tap.equal(house.api("GET", URL, token="other")["load_files"], [], "it sees none of the other's load files")
    found = house.api("GET", f"{URL}/{block_hash(demo_cap())}", token="other")
    tap.equal(found.problem(), (404, "NOT_FOUND", None), "not even by the hash")
    tap.equal(upload(house, demo_cap(), "operator").status, 403, "the owner has another address")


def the_owner_judges_again(tap, house):
    order = house.run_order("deploy", house.ese, card=house.card())
    tap.equal(order["state"], "DONE", "what the owner admits is deployed")
    owner = [(p, d["provider"], d["by"]) for p, d in leaves(house, "load-file.admitted") if p == "operator"]
    tap.equal(owner, [("operator", "bank", "gate")], "the owner's audit says for whom and why it was admitted")
    listed = house.api("GET", RULES, token="operator")
    tap.equal([(a["provider"], a["package"]) for a in listed["admitted"]], [("bank", "F04F54534D0001")],
              "and so does its list")
    order = house.run_order("deploy", house.uicc, card=house.card())
    tap.equal(order["state"], "DONE", "a second element of other terms takes it, too")


def deploy_refused(house, element):
    order = house.run_order("deploy", element, card=house.card())
    return order["state"], (order.get("failure") or {}).get("owner"), (order.get("failure") or {}).get("reason", "")


def only_what_is_on_the_list(tap, house):
    answer = house.api("POST", RULES, {"allow_list_only": True}, "operator")
    tap.equal(answer.status, 201, "an owner may take only what is on its list")
    state, owner, reason = deploy_refused(house, house.add_ese())
    tap.ok(state == "FAILED" and owner == "SP" and "CAP-56" in reason, "then an unsigned, unlisted file is refused: "
           "CAP-56, and it is the provider's turn", reason)
    refused = [d["rule"] for p, d in leaves(house, "load-file.refused") if p == "operator"]
    tap.equal(refused, ["CAP-56"], "the owner's audit has the refusal")
    house.api("POST", RULES, {"hash": block_hash(demo_cap()), "provider": "bank"}, "operator")
    order = house.run_order("deploy", house.add_ese(), card=house.card())
    tap.equal(order["state"], "DONE", "with its hash on the list it is admitted")
    tap.equal([d["by"] for p, d in leaves(house, "load-file.admitted") if p == "operator"][-1], "allow-list",
              "by the allow-list, says the audit")
    gone = house.api("DELETE", answer.headers["location"], token="operator")
    tap.equal((gone.status, house.api("DELETE", answer.headers["location"], token="operator").status), (204, 404),
              "a rule is taken back once")


def names_are_kept_for_a_provider(tap, house):
    kept = house.api("POST", RULES, {"prefix": "F04F54534D", "provider": "other"}, "operator")
    state, owner, reason = deploy_refused(house, house.add_ese())
    tap.ok(state == "FAILED" and owner == "SP" and "CAP-55" in reason,
           "AIDs that the owner keeps for another provider: CAP-55", reason)
    house.api("DELETE", kept.headers["location"], token="operator")
    mine = house.api("POST", RULES, {"prefix": "A000000004", "provider": "bank"}, "operator")
    state, owner, reason = deploy_refused(house, house.add_ese())
    tap.ok(state == "FAILED" and "CAP-53" in reason, "AIDs outside of what the owner gave the provider: CAP-53", reason)
    house.api("DELETE", mine.headers["location"], token="operator")
    for body, field in (({}, "hash"), ({"hash": "zz" * 32}, "hash"), ({"prefix": "F04F54534D"}, "provider"),
                        ({"prefix": "F04F54534D", "provider": "nobody"}, "provider")):
        tap.equal(house.api("POST", RULES, body, "operator").problem()[2], field, f"a rule like {body} names {field}")
    tap.equal(house.api("GET", RULES, token="bank").status, 403, "rules are the owner's")


def parts(cap):
    with zipfile.ZipFile(io.BytesIO(cap)) as jar:
        found = {os.path.basename(n)[:-4]: jar.read(n) for n in jar.namelist() if n.endswith(".cap")}
    return b"".join(found[n] for n in ORDER if n in found), found.get("Descriptor", b"")


def without_a_gate(house, content, descriptor, named=None):
    """A provider whose own gate was passed by: its newest load file becomes these octets, under their hash or another
    one."""
    digest = named or hashlib.sha256(content).digest()
    connection = sqlite3.connect(house.node().db_path, timeout=120)
    with connection:
        connection.execute("UPDATE executable_load_file SET content = ?, hash = ?", (content, digest))
        connection.execute("UPDATE load_file_revision SET content = ?, hash = ?, descriptor = ?",
                           (content, digest, descriptor))
    connection.close()


def a_provider_without_a_gate_finds_the_owners(tap, house):
    good, descriptor = parts(demo_cap())
    bad = parts(changed(demo_cap(), "Method", flip(20)))[0]
    for service, element in (("demo-payment", house.add_ese()), ("demo-payment", house.add_uicc()),
                             ("demo-delegated", house.add_ese())):
        without_a_gate(house, bad, descriptor)
        order = house.run_order("deploy", element, card=house.card(), service=service)
        reason = (order.get("failure") or {}).get("reason", "")
        tap.ok(order["state"] == "FAILED" and "CAP-20" in reason, f"{service} on {element.name}: the owner refuses the "
               "altered file by its rule", reason)
        tap.ok("F04F54534D0001" not in element.registry()[1], "and nothing of it came to the card")
    cases = [("another hash than that of the octets", bad, descriptor, hashlib.sha256(good).digest(), "hash"),
             ("a component that does not belong into it", good + descriptor, b"", None, "components"),
             ("no descriptor", parts(assemble(house.dir, 1))[0], b"", None, "CAP-16")]
    for what, content, more, named, told in cases:
        without_a_gate(house, content, more, named)
        state, _, reason = deploy_refused(house, house.add_ese())
        tap.ok(state == "FAILED" and told in reason, f"{what}: refused", reason)
    without_a_gate(house, good, descriptor)
    order = house.run_order("deploy", house.add_ese(), card=house.card(), service="demo-delegated")
    tap.equal((order["state"], order.get("failure")), ("DONE", None), "the good file is taken in delegated mode, too")


def profiles(data):
    simple = data["services"][0]
    data["services"].append(dict(simple, name="demo-delegated",
                                 flavors=[dict(simple["flavors"][0], mode="delegated")]))
    bare = dict(data["profiles"][-1], name="bare", packages="A0000000620001/1.0")
    data["profiles"] += [bare, dict(data["profiles"][-1], name="small", memory=64)]


def main():
    tap = Tap()
    house = House(tweak=profiles).start()
    try:
        for part in (a_good_file_is_admitted, altered_files_are_refused, what_a_profile_lacks_is_told,
                     names_of_others_are_refused, the_owner_judges_again, only_what_is_on_the_list,
                     names_are_kept_for_a_provider, a_provider_without_a_gate_finds_the_owners):
            part(tap, house)
    finally:
        house.stop()
    tap.done()


main()
