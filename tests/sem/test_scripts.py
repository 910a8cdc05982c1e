# SPDX-License-Identifier: Apache-2.0
"""S16, offline scripts (Amendment I): the owner signs commands once, anybody carries them to the card, no server is
there; a script that was changed, cut or used before is refused by the card and by `tsm sems check` (stations 5, 9
and 10)."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "journey"))

from house import BUILD, LAB, House, Tap, run, skip_all  # noqa: E402
from process import Process  # noqa: E402
from transport import TcpCard  # noqa: E402

try:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec
except ImportError:
    skip_all("python3-cryptography is not installed")

TSM = os.path.join(BUILD, "src", "app", "tsm")
ROOT = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721  # RFC 6979 A.2.5, the laboratory's root
WRITER = 0xDC51D3866A15BACDE33D96F992FCA99DA7E6EF0934E7097559C27F1614C88A7F  # RFC 4754 8.1
ISD, DOMAIN = "A000000151000000", "F04F54534DD00009"
CREATE = "80E60C002207A000000151535008A00000015153504108" + DOMAIN + "0380800002C90000"
LIST = "80F24002024F0000"


def tsm(*words):
    return run([TSM, "sems"] + [str(w) for w in words])


class Bench:
    def __init__(self, folder):
        self.folder = folder
        root, writer = (ec.derive_private_key(n, ec.SECP256R1()) for n in (ROOT, WRITER))
        self.root, self.root_public, self.writer = (self.path(n) for n in ("root.pem", "root.pub", "writer.pem"))
        for name, key in ((self.root, root), (self.writer, writer)):
            self.write(name, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()).decode())
        self.write(self.root_public, root.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode())
        self.point = writer.public_key().public_bytes(serialization.Encoding.X962,
                                                      serialization.PublicFormat.UncompressedPoint).hex()
        self.certificate = self.path("writer.cert")
        self.write(self.certificate, self.certify()[1])

    def public(self, path):
        with open(path, "rb") as f:
            key = serialization.load_pem_private_key(f.read(), None)
        return self.write(path + ".pub", key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode())

    def path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def write(path, text):
        with open(path, "w") as f:
            f.write(text)
        return path

    def certify(self):
        return tsm("certify", "--pem", self.root, "--issuer", "4F54534D4C414201", "--issuer-key", "0000000000000001",
                   "--holder", "4241414E", "--domain", ISD, "--point", self.point)

    def build(self, number, commands, name="script"):
        source = self.write(self.path(name + ".commands"), "# made by a test\n" + "\n".join(commands) + "\n")
        status, out, err = tsm("build", "--pem", self.writer, "--certificate", self.certificate, "--number", number,
                               source)
        return status, self.write(self.path(name), out), err

    def check(self, script):
        status, out, err = tsm("check", "--pem", self.root_public, "--json", script)
        return json.loads(out) if status == 0 else err


def play(card, script):
    """What `tsm sems commands` prints, sent by somebody who knows nothing: the answers, up to the first refusal."""
    answers = []
    for line in tsm("commands", "--block", 100, script)[1].split():
        data, sw = card.transmit(bytes.fromhex(line))
        answers.append((data.hex().upper(), f"{sw:04X}"))
        if sw != 0x9000:
            break
    return answers


def a_script_runs_without_a_server(tap, bench, card):
    status, script, err = bench.build(1, [CREATE, LIST])
    told = bench.check(script)
    tap.ok(status == 0 and told["number"] == 1 and len(told["commands"]) == 2 and told["domain"] == ISD,
           "a script is built and checked offline, and tells what it orders", (told, err))
    answers = play(card, script)
    tap.ok(answers[-1][1] == "9000" and DOMAIN in answers[-1][0],
           "the card runs it: the domain is there, and no server was", answers)
    answers = play(card, script)
    tap.equal(answers[-1][1], "6982", "the same script again is refused")


def changed(bench, script, line, at):
    with open(script) as f:
        lines = f.read().split()
    digit = lines[line][at]
    lines[line] = lines[line][:at] + ("0" if digit != "0" else "1") + lines[line][at + 1:]
    return bench.write(bench.path("changed"), "\n".join(lines) + "\n")


CHANGES = [("the certificate", 0, 60), ("the number", 1, 16), ("the signature", 1, -4), ("the first command", 2, 90),
           ("the last command", 3, 100)]


def a_tampered_script_is_refused(tap, bench, card):
    commands = [LIST, CREATE.replace(DOMAIN, "F04F54534DD00010")]
    number = 2
    for what, line, at in CHANGES:
        _, script, _ = bench.build(number, commands)
        bad = changed(bench, script, line, at)
        tap.ok(isinstance(bench.check(bad), str), f"{what} changed: `tsm sems check` refuses the script")
        answers = play(card, bad)
        tap.ok(answers[-1][1] == "6982" and answers[0][1] == "9000", f"{what} changed: so does the card", answers)
        tap.equal(play(card, bench.build(number + 1, [LIST], "right")[1])[-1][1], "9000",
                  "and the next right script runs")
        number += 2
    with open(script) as f:
        lines = f.read().split()
    short = bench.write(bench.path("short"), "\n".join(lines[:-1]) + "\n")
    tap.ok(isinstance(bench.check(short), str), "a script without its last command is refused")
    registry = card.transmit(bytes.fromhex("00A4040008" + "F04F54534DD00010" + "00"))[1]
    tap.equal(f"{registry:04X}", "6A82", "nothing of the changed commands was done")


def a_card_trusts_the_root_that_it_is_given(tap, bench):
    """--script-root: whoever tries this has a root of his own, not the laboratory's."""
    status, script, _ = bench.build(1, [LIST], "own")
    for root, sw in ((bench.public(bench.root), "9000"), (bench.public(bench.writer), "6982")):
        process = Process(bench.folder, "own", [LAB, "card", "--listen", "0", "--with", "sems", "--script-root", root])
        try:
            card = TcpCard("127.0.0.1", process.port())
            tap.equal((status, play(card, script)[-1][1]), (0, sw), f"with this root a script is answered {sw}")
            card.close()
        finally:
            process.end()
    status, _, err = run([LAB, "card", "--listen", "0", "--with", "sems", "--script-root", bench.certificate])
    tap.ok(status == 2 and "certificate or public key" in err, "a file without a key is told", err)


def what_cannot_be_a_script(tap, bench):
    status, _, err = bench.build(1, ["80" + "00" * 230])
    tap.ok(status == 1 and "command 1" in err, "a command that is too long is named", err)
    status, _, err = bench.build(1, ["80F2zz"])
    tap.ok(status == 1 and "line 2" in err, "a line that is no hexadecimal text is named", err)
    tap.equal(tsm("build", "--number", 1)[0], 2, "missing options show the usage")
    tap.equal(tsm("check", "--pem", bench.root_public, bench.path("nowhere"))[0], 1, "a missing file is told")


def the_server_signs(tap, bench):
    """The owner's token signs; the root certifies its key; the agent of a handset carries the script, alone."""
    house = House().start(cards=False)
    try:
        point = house.api("GET", "/api/v1/script-key", token="operator")["point"]
        tap.equal(house.api("GET", "/api/v1/script-key", token="operator")["point"], point,
                  "the owner has one key for scripts, in its token")
        bench.point = point
        certificate = bench.certify()[1].strip()
        body = {"certificate": certificate, "commands": [CREATE, LIST]}
        made = [house.api("POST", "/api/v1/scripts", body, "operator") for _ in range(2)]
        tap.ok([m.status for m in made] == [201, 201] and [m["number"] for m in made] == [1, 2],
               "scripts are signed and numbered", made[0])
        script = bench.write(bench.path("signed"), "\n".join(made[0]["script"]) + "\n")
        told = bench.check(script)
        tap.ok(isinstance(told, dict) and told["number"] == 1, "`tsm sems check` finds it right", told)
        ese = house.add_ese("--with", "sems")
        words = [LAB, "handset", "--se", f"127.0.0.1:{ese.port}", "--script", script]
        status, out, err = run(words)
        tap.ok(status == 0 and DOMAIN in ese.registry()[0], "a handset runs it without the server: the domain is there",
               out + err)
        status = run(words)[0]
        tap.equal(status, 7, "and not a second time")
        audit = house.rows("SELECT detail FROM audit WHERE what = 'script.signed' ORDER BY seq")
        tap.equal([json.loads(d[0])["number"] for d in audit], ["1", "2"], "the audit has each script that was signed")
        tap.equal([s["number"] for s in house.api("GET", "/api/v1/scripts", token="operator")["scripts"]], [2, 1],
                  "and so has the list")
        other = house.api("POST", "/api/v1/scripts", dict(body, certificate=open_text(bench.certificate)), "operator")
        tap.equal(other.problem(), (409, "CONFLICT", "certificate"), "a certificate of another key is refused")
        for wrong, field in (({"commands": []}, "commands"), ({"commands": ["zz"]}, "commands"),
                             ({"certificate": "7F2100"}, "certificate")):
            tap.equal(house.api("POST", "/api/v1/scripts", dict(body, **wrong), "operator").problem(),
                      (400, "BAD_VALUE", field), f"{wrong} names {field}")
        tap.equal(house.api("POST", "/api/v1/scripts", body, "bank").status, 403, "only the owner signs")
    finally:
        house.stop()


def open_text(path):
    with open(path, encoding="utf-8") as f:
        return f.read().strip()


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="opentsm-scripts-") as folder:
        bench = Bench(folder)
        process = Process(folder, "card", [LAB, "card", "--listen", "0", "--with", "sems"])
        try:
            card = TcpCard("127.0.0.1", process.port())
            a_script_runs_without_a_server(tap, bench, card)
            a_tampered_script_is_refused(tap, bench, card)
            a_card_trusts_the_root_that_it_is_given(tap, bench)
            what_cannot_be_a_script(tap, bench)
            the_server_signs(tap, bench)
            card.close()
        finally:
            process.end()
    tap.done()


main()
