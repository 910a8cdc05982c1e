# SPDX-License-Identifier: Apache-2.0
"""The admission gate over whole CAP files: good programs, programs with one thing wrong, files with octets changed.

Usage: test_gate.py CAPASM TSM
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracle"))
from bad_programs import BAD  # noqa: E402
from cap.capfile import LOAD_ORDER, TAGS  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

PROGRAMS = ("purse", "numbers", "shapes")
FRAMEWORK = "A0000000620101/1.6 A0000000620001/1.0 A0000000620102/1.6 A0000000620201/1.6"


def need(condition, text):
    if not condition:
        raise AssertionError(text)


class Desk:
    """Assembles, judges, and keeps its files in one folder."""

    def __init__(self, capasm, tsm, folder):
        self.capasm, self.tsm, self.folder = capasm, tsm, folder

    def source(self, program):
        return (HERE / "programs" / f"{program}.capasm").read_text()

    def assemble(self, text, name="made"):
        source, out = self.folder / f"{name}.capasm", self.folder / f"{name}.cap"
        source.write_text(text)
        done = subprocess.run([self.capasm, source, "-o", out], capture_output=True, text=True, check=False)
        need(done.returncode == 0, done.stderr)
        return out

    def components(self, cap):
        with zipfile.ZipFile(cap) as jar:
            return {pathlib.Path(e).stem: jar.read(e) for e in jar.namelist() if e.endswith(".cap")}

    def joined(self, components, name="joined"):
        out = self.folder / f"{name}.ijc"
        out.write_bytes(b"".join(components[n] for n in [*LOAD_ORDER, "Descriptor", "Debug"] if n in components))
        return out

    def judge(self, path, *options):
        done = subprocess.run([self.tsm, "cap", "check", path, "--json", *options], capture_output=True, text=True,
                              check=False, timeout=60)
        need(done.returncode in (0, 1), f"exit {done.returncode}: {done.stderr}")
        verdict = json.loads(done.stdout)
        need(verdict["admitted"] == (done.returncode == 0), "exit status and verdict differ")
        return verdict

    def rules(self, path, *options):
        verdict = self.judge(path, *options)
        return verdict["admitted"], {f["rule"] for f in verdict["findings"]}


def good(desk, program):
    admitted, rules = desk.rules(desk.assemble(desk.source(program)))
    need(admitted and not rules, rules)


def bad(desk, program, old, new, rule):
    text = desk.source(program)
    need(old in text, f"the program has no {old!r} any more")
    if "Shapes.any" in new:
        text = text.replace("    field all    [LShape; private", "    field any LObject; static\n    field all    [LShape; private")
    if "Purse.thing" in new:
        text = text.replace("    field balance", "    field thing LObject; static\n    field balance")
    verdict = desk.judge(desk.assemble(text.replace(old, new, 1)))
    need(not verdict["admitted"], "admitted")
    finding = verdict["findings"][0]
    need(finding["rule"] == rule, f"{finding['rule']} instead of {rule}: {finding['text']}")
    need(finding["advice"] and finding["holds"] and finding["offset"] is not None, finding)


def refused_with(desk, components, rule, text):
    admitted, rules = desk.rules(desk.joined(components))
    need(not admitted and rule in rules, f"{text}: {sorted(rules) or 'admitted'}")


def size_one_off(desk, program):
    """The size of each component, one more and one less than it has."""
    made = desk.components(desk.assemble(desk.source(program)))
    for name, data in made.items():
        for step in (-1, 1):
            size = int.from_bytes(data[1:3], "big") + step
            refused_with(desk, {**made, name: data[:1] + size.to_bytes(2, "big") + data[3:]}, "CAP-01", f"{name} {step:+}")


def one_octet_more(desk, program):
    """An octet behind each component, its size and that of the directory in agreement."""
    made = desk.components(desk.assemble(desk.source(program)))
    for name, data in made.items():
        if name in ("Directory", "Debug"):
            continue
        longer = data[:1] + (len(data) - 2).to_bytes(2, "big") + data[3:] + b"\0"
        directory = bytearray(made["Directory"])
        at = 3 + 2 * (TAGS[name] - 1)
        directory[at:at + 2] = (len(longer) - 3).to_bytes(2, "big")
        admitted, rules = desk.rules(desk.joined({**made, name: longer, "Directory": bytes(directory)}))
        need(not admitted and any(r < "CAP-20" for r in rules), f"{name}: {sorted(rules) or 'admitted'}")


def without(desk, program):
    """Without a component: refused; without the descriptor: not proven, and admitted only when that is allowed."""
    made = desk.components(desk.assemble(desk.source(program)))
    for name in made:
        rest = {n: d for n, d in made.items() if n != name}
        if name == "Descriptor":
            refused_with(desk, rest, "CAP-16", name)
            need(desk.judge(desk.joined(rest), "--allow-unproven")["admitted"], "not admitted with --allow-unproven")
        else:
            need(not desk.judge(desk.joined(rest), "--allow-unproven")["admitted"], f"admitted without {name}")


def changed(made, component, at, octets):
    data = bytearray(made[component])
    data[3 + at:3 + at + len(octets)] = octets
    return {**made, component: bytes(data)}


def pool_at(made, index):
    return made["ConstantPool"][3 + 2 + 4 * index:3 + 6 + 4 * index]


def forged_pool(desk, program):
    """Each entry of the pool with a class, token or offset that it does not have; each type taken from another."""
    made = desk.components(desk.assemble(desk.source(program)))
    count = int.from_bytes(made["ConstantPool"][3:5], "big")
    types = len(made["Descriptor"]) - 3
    for index in range(count):
        entry = pool_at(made, index)
        for forged in (bytes([9]) + entry[1:], entry[:1] + b"\x7F\xF0\x00", entry[:1] + b"\xFE\x00\x00"):
            admitted, rules = desk.rules(desk.joined(changed(made, "ConstantPool", 2 + 4 * index, forged)))
            need(not admitted and rules & {"CAP-06", "CAP-13", "CAP-27", "CAP-36"}, f"entry {index}: {forged.hex()} {rules}")
    need(types > 0, "no descriptor")


def forged_location(desk, program):
    """A reference location more or less: the element would rewrite the wrong octets when it links."""
    made = desk.components(desk.assemble(desk.source(program)))
    data = made["RefLocation"]
    first = 3 + 2 + int.from_bytes(data[3:5], "big") + 2
    for at in (first, len(data) - 1):
        moved = bytearray(data)
        moved[at] += 1
        refused_with(desk, {**made, "RefLocation": bytes(moved)}, "CAP-11", f"location at {at}")


def handlers(desk):
    """Handlers that begin, end or enter inside an instruction, or catch what is no class."""
    made = desk.components(desk.assemble(desk.source("purse")))
    info = made["Method"][3:]
    for at, rule in ((1, "CAP-33"), (3, "CAP-33"), (5, "CAP-33"), (7, "CAP-27")):
        value = int.from_bytes(info[at:at + 2], "big") + (1 if at == 1 else 3)
        octets = b"\x00\x02" if at == 7 else value.to_bytes(2, "big")
        refused_with(desk, changed(made, "Method", at, octets), rule, f"handler octet {at}")


def static_image(desk):
    """Static fields that overlap, lie outside, or are a number among references."""
    made = desk.components(desk.assemble(desk.source("purse")))
    descriptor = made["Descriptor"][3:]
    greeting = descriptor.index(bytes([0xFF, 0x1A, 0, 0, 0]))
    for offset in (1, 2, 4, 0x7000):
        refused_with(desk, changed(made, "Descriptor", greeting + 3, offset.to_bytes(2, "big")), "CAP-10", f"offset {offset}")


def static_array(desk):
    """An array of shorts behind a field that is an array of bytes."""
    made = desk.components(desk.assemble(desk.source("purse")))
    need(made["StaticField"][3 + 6] == 3, "the array is no array of bytes any more")
    refused_with(desk, changed(made, "StaticField", 6, b"\x04"), "CAP-10", "array type")


def instance_references(desk):
    """A class that tells the element of fewer references than it has, or of other ones."""
    made = desk.components(desk.assemble(desk.source("purse")))
    at = made["Class"][3:].index(bytes([7, 3, 4]))
    for octets in (bytes([7, 3, 3]), bytes([7, 2, 4]), bytes([6, 3, 4]), bytes([7, 0xFF, 0])):
        refused_with(desk, changed(made, "Class", at, octets), "CAP-07", octets.hex())


def admission(desk, profile):
    cap = desk.assemble(desk.source("numbers"))
    digest = desk.judge(cap)["sha256"]
    base = {"name": "x", "bearer": "seram", "isd_aid": "A000000151000000", "ssd_package": "A0000001515350",
            "ssd_module": "A000000151535041", "memory": 65536, "protocol": 3, "isd_kvn": 255, "first_kvn": 48, "own_kvn": 49}

    def with_profile(**members):
        profile.write_text(json.dumps({**base, **members}))
        return desk.rules(cap, "--profile", profile)

    for text, (admitted, rules), wanted in (
            ("a profile that has all", with_profile(packages=FRAMEWORK), set()),
            ("a profile that tells no packages", with_profile(), set()),
            ("a package that is not offered", with_profile(packages="A0000000620001/1.0"), {"CAP-50"}),
            ("an older version", with_profile(packages="A0000000620101/1.5 A0000000620001/1.0"), {"CAP-51"}),
            ("another major version", with_profile(packages="A0000000620101/2.9 A0000000620001/1.0"), {"CAP-51"}),
            ("no room", with_profile(memory=100), {"CAP-52"}),
            ("no int", with_profile(no_int=1), {"CAP-57"}),
            ("the provider's prefix", desk.rules(cap, "--owner", "F04F54534E"), set()),
            ("another's prefix", desk.rules(cap, "--owner", "A000000003"), {"CAP-53"}),
            ("an AID in use", desk.rules(cap, "--taken", "F04F54534E000201"), {"CAP-55"}),
            ("not on the list", desk.rules(cap, "--allow-only", "--allow", "00" * 32), {"CAP-56"}),
            ("on the list", desk.rules(cap, "--allow-only", "--allow", digest), set())):
        need(rules == wanted and admitted == (not wanted), f"{text}: {rules}")


def other_rid(desk):
    text = desk.source("purse").replace("applet  F04F54534E000101", "applet  A04F54534E000101")
    admitted, rules = desk.rules(desk.assemble(text))
    need(not admitted and rules == {"CAP-54"}, rules)


def not_known(desk):
    """A member that no table here knows: not proven; the hash on the list admits it, a refused file never."""
    text = desk.source("purse").replace("10 6 ()S", "10 99 ()S")
    cap = desk.assemble(text)
    admitted, rules = desk.rules(cap)
    need(not admitted and rules == {"CAP-38"}, rules)
    digest = desk.judge(cap)["sha256"]
    need(desk.judge(cap, "--allow", digest)["admitted"], "the list does not admit")
    need(desk.judge(cap, "--allow-unproven")["admitted"], "--allow-unproven does not admit")
    broken = desk.assemble(text.replace("sconst_0\n        sastore", "sconst_0\n        bastore"))
    need(not desk.judge(broken, "--allow-unproven", "--allow", desk.judge(broken)["sha256"])["admitted"], "a refused file is admitted")


LIBRARY = """
format  2.2
package opentsm/guest       F04F54534E0004  1.0
import  javacard/framework  A0000000620101  1.3
import  lib                 F04F54534EFF    1.0
applet  F04F54534E000401  Guest
external Applet           class     javacard/framework 3
external APDU             class     javacard/framework 10
external Applet.<init>    static    javacard/framework 3 0 ()V
external Counter          class     lib 0
external Counter.next     interface lib 0 0 ()S
class Guest extends Applet
    field counter LCounter; private
    method <init> ()V protected stack 1 locals 0
        aload_0
        invokespecial Applet.<init>
        return
    end
    method install ([BSB)V public static stack 2 locals 0
        new Guest
        dup
        invokespecial Guest.<init>
        pop
        return
    end
    method process (LAPDU;)V public virtual 7 stack 1 locals 1
        getfield_a_this Guest.counter
        invokeinterface Counter.next
        sstore_2
        return
    end
end
"""


def export_file(signature):
    """An export file of format 2.1: interface lib/Counter, token 0, with one method, token 0 [JCVM 5]."""
    pool = []

    def entry(octets):
        pool.append(octets)
        return (len(pool) - 1).to_bytes(2, "big")

    def utf8(text):
        return entry(b"\x01" + len(text).to_bytes(2, "big") + text.encode())

    def class_ref(name):
        return entry(b"\x07" + utf8(name))

    counter, above = class_ref("lib/Counter"), class_ref("java/lang/Object")
    name, kind = utf8("next"), utf8(signature)
    this = entry(b"\x0D\x00" + utf8("lib") + b"\x00\x01\x06" + bytes.fromhex("F04F54534EFF"))
    classes = b"\x01\x00\x06\x01" + counter + b"\x00\x01" + above + b"\x00\x00\x00\x00\x01\x00\x04\x01" + name + kind
    return bytes.fromhex("00FACADE0102") + len(pool).to_bytes(2, "big") + b"".join(pool) + this + classes


def with_export_files(desk):
    """What a package of someone else has is unknown, until its export file is given; then it is held against it."""
    cap, exported = desk.assemble(LIBRARY), desk.folder / "lib.exp"
    admitted, rules = desk.rules(cap)
    need(not admitted and rules == {"CAP-38"}, rules)
    for signature, wanted in (("()S", set()), ("([B)S", {"CAP-27"}), ("()[B", {"CAP-26"})):
        exported.write_bytes(export_file(signature))
        admitted, rules = desk.rules(cap, "--export", exported)
        need(rules == wanted and admitted == (not wanted), f"{signature}: {rules}")
    exported.write_bytes(export_file("()S")[:-1])
    done = subprocess.run([desk.tsm, "cap", "check", cap, "--export", exported], capture_output=True, text=True, check=False)
    need(done.returncode == 1 and not done.stdout, "a cut export file is taken")


def all_methods(desk):
    """Two methods with one thing wrong each: both are named, with method and pc."""
    text = desk.source("purse").replace("sconst_0\n        sastore", "sconst_0\n        bastore")
    text = text.replace("ifne right", "octets 61 01")
    findings = desk.judge(desk.assemble(text))["findings"]
    need([f["rule"] for f in findings] == ["CAP-31", "CAP-21"], findings)
    need(len({f["method"] for f in findings}) == 2 and all(f["component"] == "Method.cap" for f in findings), findings)


def rules_are_documented(desk):
    """docs/admission.md has every rule of the table, word for word."""
    root = HERE.parent.parent
    table = (root / "src/gp/verify/report.h").read_text().replace("\\\n", " ")
    page = (root / "docs/admission.md").read_text()
    rules = re.findall(r'X\(\w+,\s*"(CAP-\d+)",\s*"([^"]+)"', table)
    need(len(rules) > 40, f"{len(rules)} rules")
    for rule, holds in rules:
        need(f"| {rule} | {holds} |" in page, f"{rule} is not in the page as it is in the code")


def main(argv):
    if len(argv) < 3:
        skip_all("usage: test_gate.py CAPASM TSM")
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(argv[1], argv[2], pathlib.Path(folder))
        for program in PROGRAMS:
            tap.run(f"{program} is admitted", good, desk, program)
            for function in (size_one_off, one_octet_more, without, forged_pool, forged_location):
                tap.run(f"{program}: {function.__name__.replace('_', ' ')} is refused", function, desk, program)
        for why, program, old, new, rule in BAD:
            tap.run(f"{rule} {program}: {why}", bad, desk, program, old, new, rule)
        tap.run("handlers that cut instructions are refused", handlers, desk)
        tap.run("static fields that share or leave the image are refused", static_image, desk)
        tap.run("a static field that begins with another array is refused", static_array, desk)
        tap.run("references that a class hides are refused", instance_references, desk)
        tap.run("imports, size, int, AIDs and hash are held against profile and lists", admission, desk,
                pathlib.Path(folder) / "profile.json")
        tap.run("an applet with a foreign RID is refused", other_rid, desk)
        tap.run("what is not known here is unproven and told", not_known, desk)
        tap.run("export files tell what tables do not", with_export_files, desk)
        tap.run("the page about admission has every rule", rules_are_documented, desk)
        tap.run("every method that fails is named", all_methods, desk)
    tap.done()


if __name__ == "__main__":
    main(sys.argv)
