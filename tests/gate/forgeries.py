# SPDX-License-Identifier: Apache-2.0
"""CAP files of good programs with single octets, sizes or components changed: each is refused by its rule (edge:
processes, files)."""
from bench import need

from cap.capfile import TAGS  # after bench, which says where it is


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


def stop_bits(desk):
    """The last handler of a method without its stop bit: an element would read on behind the table. And an inner one
    that stops the search: its range is as safe."""
    made = desk.components(desk.assemble(desk.source("purse")))
    info = made["Method"][3:]
    need(info[0] == 2 and not info[3] & 0x80 and info[11] & 0x80, "an inner handler and an outer one")
    refused_with(desk, changed(made, "Method", 11, bytes([info[11] & 0x7F])), "CAP-33", "the last one goes on")
    need(desk.judge(desk.joined(changed(made, "Method", 3, bytes([info[3] | 0x80]))))["admitted"], "the first one stops")


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


def instance_cells(desk):
    """A class with more cells than fields, and one whose instances would have more than 255 with those of its parent."""
    made = desk.components(desk.assemble(desk.source("shapes")))
    at = 2 + 1 + 1 + 2  # signature pool, the interface, flags and parent of Square
    need(made["Class"][3 + at] == 2, "Square has two cells no more")
    for cells in (3, 6, 130, 255):
        refused_with(desk, changed(made, "Class", at, bytes([cells])), "CAP-07", f"{cells} cells for two fields")
    fields = "".join(f"    field f{n} S protected\n" for n in range(252))
    for more, admitted in (("", True), ("    field one_more S private\n", False)):
        text = desk.source("shapes").replace("    field depth S private\n", "    field depth S private\n" + more)
        text = text.replace("    field side S protected\n", "    field side S protected\n" + fields)
        verdict = desk.judge(desk.assemble(text))
        need(verdict["admitted"] == admitted, f"{verdict}")


def said_shareable(desk, program):
    """A class or interface that calls itself shareable, with no shareable interface above it."""
    made = desk.components(desk.assemble(desk.source(program)))
    info = made["Class"][3:]
    first = 2 + int.from_bytes(info[:2], "big")
    need(info[first] & 0x40 == 0, "the first class is shareable")
    refused_with(desk, changed(made, "Class", first, bytes([info[first] | 0x40])), "CAP-07", "said to be shareable")


def shareable(desk):
    """A class that implements Shareable: admitted when it says so, refused when it hides it."""
    text = desk.source("purse").replace("class Purse extends Applet\n", "class Purse extends Applet implements Shareable\n")
    text = text.replace("external Applet ", "external Shareable                 class    javacard/framework 2\nexternal Applet ", 1)
    made = desk.components(desk.assemble(text))
    refused_with(desk, made, "CAP-07", "shareable, and not said to be")
    at = 2 + int.from_bytes(made["Class"][3:5], "big")
    said = changed(made, "Class", at, bytes([made["Class"][3 + at] | 0x40]))
    admitted, rules = desk.rules(desk.joined(said))
    need(admitted, f"a shareable class is refused: {rules}")
