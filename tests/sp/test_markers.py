# SPDX-License-Identifier: Apache-2.0
"""Card numbers, keys and PINs go through the server and stay nowhere: not in its database, logs, answers and timelines, and
not in what a core dump would hold, whether an order waits, runs or is over. The server itself leaves no dump in production.
[capability A3]"""
import json
import os
import random
import resource
import secrets
import signal
import sys
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import BUILD, Died, House, Tap, await_true, luhn, run  # noqa: E402
from markers import Hunt, key, number  # noqa: E402

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: E402

warnings.filterwarnings("ignore")  # that Triple DES is old is known here: EMV has it
MASTERS = ("imk-ac", "imk-smi", "imk-smc", "zpk", "cvk")
GIVEN = ("fixture.json", "given-")  # the test's own input, in clear as the laboratory takes it
TSM = os.path.join(BUILD, "src", "app", "tsm")
ELEMENTS = ("uicc", "ese", "handset")  # cards know their numbers


def parity(octets):
    return bytes(b & 0xFE | 1 ^ bin(b >> 1).count("1") & 1 for b in octets)


def des(key_octets, block, encrypt=True):
    whole = key_octets + key_octets[:8]
    c = Cipher(algorithms.TripleDES(whole), modes.ECB())
    c = c.encryptor() if encrypt else c.decryptor()
    return c.update(block) + c.finalize()


class Secrets:
    """Made anew in every run: nothing of them can be in a program or in an older file."""

    def __init__(self):
        self.master = {name: parity(secrets.token_bytes(16)) for name in MASTERS}
        self.kek, self.given = secrets.token_bytes(32), parity(secrets.token_bytes(16))
        body = "541333" + "".join(random.choices("0123456789", k=9))
        self.pan = body + luhn(body)
        self.pin = "".join(random.choices("0123456789", k=8))

    def clear_block(self):
        """ISO 9564-1 format 0."""
        digits = bytes.fromhex(f"0{len(self.pin):X}{self.pin}".ljust(16, "F"))
        return bytes(a ^ b for a, b in zip(digits, bytes.fromhex("0000" + self.pan[-13:-1])))

    def pin_block(self):
        return des(self.master["zpk"], self.clear_block()).hex().upper()

    def card_keys(self):
        """EMV Book 2 A1.4.1, option A: what the card gets."""
        y = bytes.fromhex((self.pan + "01")[-16:])
        other = bytes(b ^ 0xFF for b in y)
        return {n: parity(des(self.master[n], y) + des(self.master[n], other)) for n in ("imk-ac", "imk-smi", "imk-smc")}

    def all(self):
        found = number("card number", self.pan)
        for name, octets in self.master.items():
            found += key(f"master {name}", octets.hex())
        found += key("key encryption key", self.kek.hex()) + key("key of a key block", self.given.hex())
        for name, octets in self.card_keys().items():
            found += key(f"card key of {name}", octets.hex())
        found += key("PIN block in clear", self.clear_block().hex())
        block2 = f"2{len(self.pin):X}{self.pin}".ljust(16, "F")
        return found + key("PIN block for the card", block2)

    def into(self, fixture):
        for row in fixture["masters"]:
            if row["name"] in self.master:
                row["value"] = self.master[row["name"]].hex().upper()
        fixture["masters"].append({"party": "bank", "name": "zmk", "kind": "kbpk", "value": self.kek.hex().upper()})


def told(found):
    return "\n".join(f"{name} at {at} of {where}" for where, name, at in found[:20])


def what_is_left(tap, house, hunt, when):
    found = hunt.dump(house.node().process.pid)
    tap.ok(not found, f"{when}: no secret in the server's memory, but for pages that never go into dumps", told(found))
    found = hunt.folder(house.node().home, but=GIVEN)
    tap.ok(not found, f"{when}: none in the database and its log, nor in any other file of the server", told(found))
    found = hunt.folder(house.dir, but=GIVEN + ELEMENTS)
    tap.ok(not found, f"{when}: none in the server's log", told(found))


def answers(house, orders):
    """All that the interfaces say of these orders."""
    said = [house.api("GET", "/api/v1/orders").text]
    for order in orders:
        said.append(house.api("GET", f"/api/v1/orders/{order['order']}").text)
        said.append(house.api("GET", f"/api/v1/instances/{order['instance']['id']}").text)
    for token, path in (("operator", "/api/v1/secure-elements"), ("bank", "/api/v1/spos/results"), (None, "/metrics")):
        said.append(house.api("GET", path, token=token).text)
    return "\n".join(said)


def an_order_waits(tap, house, hunt, mine):
    """The card data are here and judged, the element is not in reach."""
    silent = house.add_uicc(up=False)
    order = house.order("deploy", silent, house.card(pan=mine.pan, psn="01"))
    what_is_left(tap, house, hunt, "while an order waits for its element")
    return order


def cards_are_made(tap, house, hunt, mine):
    orders = []
    for element in (house.add_uicc(), house.add_ese()):
        card = house.card(pan=mine.pan, psn="01")
        orders.append(house.run_order("deploy", element, card, seconds=60))
        change = dict(card, pin_block=mine.pin_block(), pin_format=0)
        orders.append(house.run_order("exchange", element, change, exchange={"kind": "pin-change"}))
    if not tap.equal([o["state"] for o in orders], ["DONE"] * 4, "two cards are made and their PINs changed"):
        tap.ok(False, "the reasons", [o.get("failure") for o in orders])
    what_is_left(tap, house, hunt, "when the cards are made")
    return orders


def personalises(order):
    return any("PERSONALISE" in json.dumps(s) or "STORE DATA" in json.dumps(s) for s in order.get("timeline", []))


def a_key_comes_and_goes(tap, house, hunt, mine):
    """A key block under the key encryption key, in and out again."""
    files = []
    for name, octets in (("kek", mine.kek), ("key", mine.given)):
        files.append(os.path.join(house.dir, f"given-{name}"))
        with open(files[-1], "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            f.write(octets.hex().upper())
    status, block, err = run([TSM, "keyblock", "wrap", "--kbpk", "@" + files[0], "--key", "@" + files[1], "--usage", "E0",
                              "--algorithm", "T", "--mode", "X", "--export", "E", "--version", "D"])
    made = house.api("POST", "/api/v1/keys", {"name": "marked", "kbpk": "zmk", "block": block.strip()})
    tap.ok(status == 0 and made.status == 201, "a key comes in by a key block", made.text + err)
    out = house.api("POST", "/api/v1/keys/marked/export", {"kbpk": "zmk"})
    tap.equal(out.status, 200, "and leaves in another")
    found = hunt.text("answers", made.text + out.text + house.api("GET", "/api/v1/keys").text)
    tap.ok(not found, "no answer tells it", told(found))
    what_is_left(tap, house, hunt, "when a key came and went")


def a_crash_tells_nothing(tap, house, hunt, mine):
    """The server is aborted in the midst of a personalisation, and its core is looked through."""
    with open("/proc/sys/kernel/core_pattern") as f:
        pattern = f.read().strip()
    order = house.order("deploy", house.add_uicc(), house.card(pan=mine.pan, psn="01"))
    await_true(lambda: house.rows("SELECT 1 FROM event WHERE trace = ? AND role = 'sp' AND step = 'INSTALL'",
                                  bytes.fromhex(order["trace"])), 30, "what comes next is the personalisation")
    node = house.node()
    node.process.child.send_signal(signal.SIGABRT)
    node.process.child.wait()
    cores = [n for n in os.listdir(house.dir) if n.startswith("core")]
    if pattern.startswith(("|", "/")) or not cores:
        tap.skip("a core dump of a personalisation holds no secret", f"core_pattern is {pattern}")
    else:
        found = hunt.folder(house.dir, but=GIVEN + ELEMENTS)
        tap.ok(not found and os.path.getsize(cores[0]) > 0, "a core dump of a personalisation holds no secret",
               told(found))
    for name in cores:
        os.remove(os.path.join(house.dir, name))
    house.restart()
    tap.equal(house.wait(order, 60)["state"], "DONE", "after the crash the order is done all the same")
    return order


def bad_data_fail(tap, house, hunt, mine):
    wrong = mine.pan[:-1] + str((int(mine.pan[-1]) + 1) % 10)
    more = Hunt(hunt.secrets + number("wrong card number", wrong))
    order = house.run_order("deploy", house.add_uicc(), house.card(pan=wrong))
    tap.equal(order["state"], "FAILED", "a wrong card number fails its order")
    what_is_left(tap, house, more, "after that")
    house.api("POST", "/api/v1/orders", {"operation": "deploy", "service": mine.pan, "se": {"iccid": mine.pan}})
    house.api("GET", f"/api/v1/orders/{mine.pan}")
    return order


def production_leaves_no_dump(tap, house):
    """The same database served as in production: no limit of the caller's brings a dump about."""
    node = house.node()
    node.stop()
    house.restart("tsmd", "--laboratory", "no")
    pid = node.process.pid
    with open(f"/proc/{pid}/limits") as f:
        limit = next(line for line in f if line.startswith("Max core file size"))
    tap.equal(limit.split()[4:6], ["0", "0"], "in production the limit of dumps is nothing, and cannot be raised")
    tap.equal(os.stat(f"/proc/{pid}/mem").st_uid, 0, "and the process is not dumpable: its memory is root's alone")
    node.process.child.send_signal(signal.SIGABRT)
    node.process.child.wait()
    tap.equal(node.process.child.returncode, -signal.SIGABRT, "an abort ends it")
    cores = [n for n in os.listdir(house.dir) if n.startswith("core")]
    tap.equal(cores, [], "and leaves no core file")


def the_hunt_itself(tap, house, mine, hunt):
    """Secrets that are there are found: in a file, in a process, in each writing."""
    path = os.path.join(house.dir, "planted")
    with open(path, "wb") as f:
        f.write(b"x" * 5000 + mine.master["imk-ac"] + b"y")
    tap.ok(any("imk-ac" in name for _, name, _ in hunt.folder(house.dir, but=GIVEN)), "a planted key is found in a file")
    os.remove(path)
    tap.ok(any(name == "card number in digits" for _, name, _ in hunt.dump(os.getpid())),
           "and the number in the memory of this test itself")


def main():
    tap, mine = Tap(), Secrets()
    hunt = Hunt(mine.all())
    house = House(tweak=mine.into)
    os.chdir(house.dir)  # where a core would go
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    with house:
        the_hunt_itself(tap, house, mine, hunt)
        orders = [an_order_waits(tap, house, hunt, mine)]
        orders += cards_are_made(tap, house, hunt, mine)
        a_key_comes_and_goes(tap, house, hunt, mine)
        orders.append(a_crash_tells_nothing(tap, house, hunt, mine))
        orders.append(bad_data_fail(tap, house, hunt, mine))
        found = hunt.text("answers", answers(house, orders))
        tap.ok(not found, "no answer and no timeline tells one", told(found))
        house.kill9()
        what = hunt.folder(house.node().home, but=GIVEN)
        tap.ok(not what, "after a kill the files are clean, too", told(what))
        house.restart()
        what_is_left(tap, house, hunt, "and after the next start")
        production_leaves_no_dump(tap, house)
        tap.ok(hunt.looked > 50 << 20, f"{hunt.looked >> 20} MiB were looked through")
    tap.done()


if __name__ == "__main__":
    try:
        main()
    except Died as e:
        print(f"Bail out! {e}")
        raise
