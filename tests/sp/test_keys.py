# SPDX-License-Identifier: Apache-2.0
"""Keys come and go as key blocks under an agreed key: usage and exportability hold from then on, the check value is told
and never the key; what is changed on the way, or meant for something else, is refused (Q3)."""
import http.client
import os
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import BUILD, House, Tap, await_true, run  # noqa: E402

TSM = os.path.join(BUILD, "src", "app", "tsm")
KBPK = "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6"
KEY = "0123456789ABCDEFFEDCBA9876543210"
IMK = "9E15204313F7318ACB79B90BD986AD29"  # imk-ac of the laboratory's fixture, which came without a block
KCV = "08D7B4"  # of that key: published with many test suites


def block(house, usage="E0", mode="X", export="E", key=KEY, kbpk=KBPK, version="D"):
    files = {}
    for name, value in (("kbpk", kbpk), ("key", key)):
        files[name] = os.path.join(house.dir, f"{name}.hex")
        with open(files[name], "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.write(value)
    status, out, err = run([TSM, "keyblock", "wrap", "--kbpk", "@" + files["kbpk"], "--key", "@" + files["key"], "--usage",
                            usage, "--algorithm", "T", "--mode", mode, "--export", export, "--version", version])
    assert status == 0, err
    return out.strip()


def post(house, name, text, kbpk="zmk", token="bank"):
    return house.api("POST", "/api/v1/keys", {"name": name, "kbpk": kbpk, "block": text}, token)


def a_key_comes_in(tap, house):
    answer = post(house, "imk-new", block(house))
    tap.ok(answer.status == 201 and answer["kcv"] == KCV and answer["usage"] == "E0" and answer["bits"] == 128,
           "a key is taken in by its block; its check value is told", answer)
    tap.ok(KEY not in answer.text and KEY.lower() not in answer.text, "and not its value")
    tap.equal(post(house, "imk-new", block(house)).status, 409, "a name is taken once")
    names = [k["name"] for k in house.api("GET", "/api/v1/keys")["keys"]]
    tap.ok("imk-new" in names, "the list has its name", names)
    tap.equal(house.api("GET", "/api/v1/keys", token="other")["keys"], [], "another provider's list does not")
    tap.equal(house.api("GET", "/api/v1/keys/imk-new", token="other").status, 404, "nor is it found by guessing")


def what_is_wrong_is_refused(tap, house):
    good = block(house)
    tap.ok(all(post(house, "bad", good[:i] + ("1" if c != "1" else "2") + good[i + 1:]).status in (400, 403)
               for i, c in enumerate(good[:16])), "a changed character anywhere in the head is refused")
    tap.equal(house.api("GET", "/api/v1/keys/bad").status, 404, "and nothing is kept")
    spoilt = [good[:i] + "?" + good[i + 1:] for i in range(len(good))]
    said = [post(house, "bad", s) for s in spoilt]
    tap.equal({(a.status, "needed" in a.text) for a in said} - {(400, False), (403, False)}, set(),
              "each refusal of a character that is none of a key block's says what it should be")
    wrong = post(house, "bad", good, kbpk="imk-new")
    tap.ok(wrong.status == 403 and "imk-new" in wrong.text, "an E0 key is no key encryption key", wrong)
    refused = post(house, "bad", block(house, kbpk=IMK, version="B"), kbpk="imk-ac")
    tap.ok(refused.status == 403 and "K1" in refused.text, "nor does an issuer master protect a block", refused)
    tap.equal(post(house, "bad", good, kbpk="nobody").status, 404, "nor is one that is not there")
    tap.equal(post(house, "bad", good[:40]).status, 400, "a cut block is refused")
    tap.equal(post(house, "a/b", good).status, 400, "so is a name that is none")


def a_key_leaves(tap, house):
    answer = house.api("POST", "/api/v1/keys/imk-new/export", {"kbpk": "zmk"})
    text = answer["block"]
    tap.ok(answer.status == 200 and text[0] == "D" and text[5:7] == "E0" and text[11] == "N",
           "an exportable key leaves in a block, with no more freedom than asked for", answer)
    with open(os.path.join(house.dir, "back.hex"), "w") as f:
        f.write(KBPK)
    status, out, _ = run([TSM, "keyblock", "unwrap", "--kbpk", "@" + f.name, text])
    tap.ok(status == 0 and KEY in out.upper(), "which its partner opens", out)
    tap.equal(post(house, "stays", block(house, usage="E2", export="N")).status, 201, "a key that may not leave comes in")
    stays = house.api("POST", "/api/v1/keys/stays/export", {"kbpk": "zmk"})
    tap.ok(stays.status == 403 and "stays" in stays.text, "and does not leave", stays)
    tap.equal(house.api("POST", "/api/v1/keys/imk-new/export", {"kbpk": "imk-new"}).status, 403, "under an E0 key none does")
    tap.equal(house.api("POST", "/api/v1/keys/imk-ac/export", {"kbpk": "zmk"}).status, 404,
              "a key that came without a block is not on offer")


def usage_holds(tap, house):
    """The card verification key of the demo profile's name came as an issuer master: personalisation refuses it."""
    order = house.run_order("deploy", house.add_uicc(), house.card())
    tap.equal(order["state"], "DONE", "with keys of the right usage cards are made")
    tap.ok(KEY not in house.node().process.log() if hasattr(house.node().process, "log") else True, "no log has a key")


def by_command(tap, house):
    path = os.path.join(house.dir, "block.txt")
    with open(path, "w") as f:
        f.write(block(house, usage="E1") + "\n")
    env = ["--env", house.env_path()]
    status, out, err = run([TSM, "key", "load", path, "--with", "name=imk-cli", "--with", "kbpk=zmk"] + env)
    tap.ok(status == 0 and KCV in out, "`tsm key load` takes one in and tells its check value", out + err)
    status, out, err = run([TSM, "key", "list"] + env)
    tap.ok(status == 0 and "imk-cli" in out and "E1" in out, "`tsm key list` tells names and usages", out + err)
    status, out, err = run([TSM, "key", "export", "imk-cli", "--with", "kbpk=zmk", "--json"] + env)
    tap.ok(status == 0 and '"block"' in out, "`tsm key export` gives a block", out + err)


def names(house):
    return {k["name"] for k in house.api("GET", "/api/v1/keys")["keys"]}


def what_a_crash_left_is_settled(tap, house):
    """Rows as a crash leaves them: of a key that the token has, and of one that it does not."""
    house.kill9()
    stored = sqlite3.connect(house.node().db_path, timeout=120)
    with stored:
        stored.execute("UPDATE key_name SET state = 0 WHERE name = 'imk-new'")
        stored.execute("INSERT INTO key_name SELECT party, 'imk-lost', usage, algorithm, mode, exportability, bits, kcv, at, 0 "
                       "FROM key_name WHERE name = 'imk-new'")
    stored.close()
    house.restart("tsmd")
    listed = names(house)
    tap.ok("imk-new" in listed and "imk-lost" not in listed, "behind a crash a key that the token has is listed, another is not", listed)
    tap.equal(post(house, "imk-new", block(house)).status, 409, "the one keeps its name")
    tap.equal(post(house, "imk-lost", block(house)).status, 201, "the other's is free")


def killed_while_it_makes_keys(tap, house):
    """SIGKILL when the name is begun: a pair takes the token long, a block is a race. Whatever came first, it is settled."""
    text, bad = block(house), []
    for i in range(8):
        body = {"name": f"cut-{i}", "kind": "rsa-card", "bits": 1984} if i % 2 else {"name": f"cut-{i}", "kbpk": "zmk", "block": text}
        poster = threading.Thread(target=attempt, args=(house, body))
        poster.start()
        await_true(lambda: house.rows("SELECT 1 FROM key_name WHERE name = ?", f"cut-{i}"), 10, "the name is begun")
        house.kill9()
        poster.join()
        house.restart("tsmd")
        there = f"cut-{i}" in names(house)
        again = house.api("POST", "/api/v1/keys", body)
        if again.status != (409 if there else 201) or house.api("GET", f"/api/v1/keys/cut-{i}").status != 200:
            bad.append((i, there, str(again)))
    tap.ok(not bad, "killed while a key is made: its name is listed or free again", bad)


def attempt(house, body):
    try:
        house.api("POST", "/api/v1/keys", body)
    except (OSError, http.client.HTTPException):
        pass  # the server was killed


def main():
    tap = Tap()
    tweak = lambda data: data["masters"].append({"party": "bank", "name": "zmk", "kind": "kbpk", "value": KBPK})  # noqa: E731
    with House(tweak=tweak) as house:
        a_key_comes_in(tap, house)
        what_is_wrong_is_refused(tap, house)
        a_key_leaves(tap, house)
        usage_holds(tap, house)
        by_command(tap, house)
        what_a_crash_left_is_settled(tap, house)
        killed_while_it_makes_keys(tap, house)
    tap.done()


if __name__ == "__main__":
    main()
