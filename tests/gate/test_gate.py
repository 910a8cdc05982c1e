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

from bad_programs import BAD
from bench import HERE, Desk, need
from forgeries import (forged_location, forged_pool, handlers, instance_cells, instance_references, one_octet_more,
                       said_shareable, shareable, size_one_off, static_array, static_image, stop_bits, without)

from tap import Tap, skip_all  # after bench, which says where it is

SEEDS = HERE.parent / "fuzz" / "seeds" / "gp_verify"
PROGRAMS = ("purse", "numbers", "shapes")
FRAMEWORK = "A0000000620101/1.6 A0000000620001/1.0 A0000000620102/1.6 A0000000620201/1.6"


def good(desk, program):
    admitted, rules = desk.rules(desk.assemble(desk.source(program)))
    need(admitted and not rules, rules)


def is_seed(desk, program):
    """test_verify.c and the fuzz target begin with these octets: they are what is assembled today."""
    made = desk.joined(desk.components(desk.assemble(desk.source(program))))
    need(made.read_bytes() == (SEEDS / f"{program}.ijc").read_bytes(), f"copy {made.name} to {SEEDS}/{program}.ijc")


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
            tap.run(f"{program} is a seed of the fuzz target", is_seed, desk, program)
            for function in (size_one_off, one_octet_more, without, forged_pool, forged_location, said_shareable):
                tap.run(f"{program}: {function.__name__.replace('_', ' ')} is refused", function, desk, program)
        for why, program, old, new, rule in BAD:
            tap.run(f"{rule} {program}: {why}", bad, desk, program, old, new, rule)
        tap.run("handlers that cut instructions are refused", handlers, desk)
        tap.run("the search for a handler ends within the handlers of the method", stop_bits, desk)
        tap.run("static fields that share or leave the image are refused", static_image, desk)
        tap.run("a static field that begins with another array is refused", static_array, desk)
        tap.run("references that a class hides are refused", instance_references, desk)
        tap.run("an instance has the cells of its fields, and not too many", instance_cells, desk)
        tap.run("a class is said to be shareable where it is, and nowhere else", shareable, desk)
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
