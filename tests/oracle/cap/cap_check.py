# SPDX-License-Identifier: Apache-2.0
"""Structural check of an assembled CAP file: offsets, tokens, references, branches (pure, but for the file it opens).

Java Card Virtual Machine Specification 2.2.2: chapter 6 for the tables, chapter 7 for the instructions. Bytecode is
walked along every path with the depth of the operand stack; types of cells are not inferred.
"""
import hashlib

from cap import capfile
from cap.capfile import CapError, Cursor

# Opcode -> (operand octets, cells popped, cells pushed). Table 8-1 and the stack pictures of chapter 7.
OPCODES = {0x00: (0, 0, 0), 0x10: (1, 0, 1), 0x11: (2, 0, 1), 0x3B: (0, 1, 0), 0x3D: (0, 1, 2), 0x4B: (0, 1, 1),
           0x5B: (0, 1, 1), 0x92: (0, 1, 1), 0x15: (1, 0, 1), 0x16: (1, 0, 1), 0x28: (1, 1, 0), 0x29: (1, 1, 0),
           0x70: (1, 0, 0), 0x77: (0, 1, 0), 0x78: (0, 1, 0), 0x7A: (0, 0, 0), 0x93: (0, 1, 0), 0x8F: (2, 0, 1)}
OPCODES.update({op: (0, 0, 1) for op in [*range(0x01, 0x09), *range(0x18, 0x20)]})   # constants and short loads
OPCODES.update({op: (0, 2, 1) for op in (0x24, 0x25, 0x26)})                          # array loads
OPCODES.update({op: (0, 1, 0) for op in range(0x2B, 0x33)})                           # short stores
OPCODES.update({op: (0, 3, 0) for op in (0x37, 0x38, 0x39)})                          # array stores
OPCODES.update({op: (0, 2, 1) for op in (0x41, 0x43, 0x45, 0x47, 0x49, 0x4D, 0x4F, 0x51, 0x53, 0x55, 0x57)})
OPCODES.update({op: (1, 1, 0) for op in range(0x60, 0x68)})                           # if<cond>
OPCODES.update({op: (1, 2, 0) for op in range(0x68, 0x70)})                           # if_xcmp<cond>
INVOKE = {0x8B: (3,), 0x8C: (4, 6), 0x8D: (6,)}   # invokevirtual, invokespecial, invokestatic -> pool tags
BRANCH = range(0x60, 0x71)
GOTO, NEW, RETURNS = 0x70, 0x8F, (0x77, 0x78, 0x7A, 0x93)
LOCAL_INDEX = {**{0x18 + i: i % 4 for i in range(8)}, **{0x2B + i: i % 4 for i in range(8)}}
ACC_STATIC, ACC_INIT = 0x08, 0x80
SMS_LOAD_FILE_MAX = 3072


def need(condition, text):
    if not condition:
        raise CapError(text)


def cells(nibbles):
    """Argument and result cells of a type_descriptor: references carry a class_ref of four nibbles."""
    kinds, at = [], 0
    while at < len(nibbles):
        kinds.append(nibbles[at])
        at += 5 if nibbles[at] in (0x6, 0xE) else 1
    need(at == len(nibbles) and kinds, "type descriptor ends inside a reference")
    size = lambda kind: {0x1: 0, 0x5: 2}.get(kind, 1)
    return sum(map(size, kinds[:-1])), size(kinds[-1])


def signature(cap, offset):
    c = Cursor(cap.types, offset)
    count = c.u1()
    octets = c.take((count + 1) // 2)
    nibbles = [n for o in octets for n in (o >> 4, o & 15)]
    need(count % 2 == 0 or nibbles[count] == 0, "padding nibble of a type descriptor is not 0")
    return cells(nibbles[:count])


def external(cap, ref):
    """The package token of an external class_ref must name an import."""
    return bool(ref[0] & 0x80) and need((ref[0] & 0x7F) < len(cap.imports), "package token beyond the imports") is None


def check_pool(cap):
    """Every entry points at an import, a class or a method that is there."""
    starts = {m["offset"] for k in cap.described for m in k["methods"]}
    need(len(cap.pool_types) == len(cap.pool), "constant_pool_types count")
    for (tag, ref), kind in zip(cap.pool, cap.pool_types):
        need((kind == 0xFFFF) == (tag == 1), "only class references have no type")
        if kind != 0xFFFF:
            signature(cap, kind)
        if external(cap, ref):
            continue
        if tag == 6:
            need(ref[0] == 0 and int.from_bytes(ref[1:], "big") in starts, "static method offset")
        else:
            need(int.from_bytes(ref[:2], "big") in cap.classes, "class offset")


def check_classes(cap):
    """Descriptor and Class component must speak of the same classes and virtual methods."""
    need({k["ref"] for k in cap.described} == set(cap.classes), "classes of Descriptor and Class differ")
    for k in cap.described:
        own = cap.classes[k["ref"]]
        need(external(cap, own["super"]), "superclass is expected to be imported")
        need(own["references"] > 0 or own["first_reference"] == 0xFF, "first_reference_token")
        virtual = {m["token"]: m["offset"] for m in k["methods"] if not m["access"] & (ACC_STATIC | ACC_INIT)}
        table = {own["public_base"] + i: o for i, o in enumerate(own["public"]) if o != 0xFFFF}
        need(virtual == table, "public virtual method table")


def check_applets(cap):
    """install([BSB)V is static and public; PIX and RID follow the package's."""
    methods = {m["offset"]: m for k in cap.described for m in k["methods"]}
    need(cap.flags & 0x04 and cap.applets, "ACC_APPLET")
    for aid, offset in cap.applets:
        m = methods.get(offset)
        need(m and m["access"] & 0x09 == 0x09 and signature(cap, m["type"]) == (3, 0), "install method")
        need(aid[:5] == cap.aid[:5], "applet and package have different RIDs")


def walk(cap, method):
    """One method: returns the offsets of its constant pool indices."""
    start = method["offset"]
    first, second = cap.methods[start:start + 2]
    need(first & 0xF0 == 0, "flags of a compact header")
    max_stack, nargs, max_locals = first & 15, second >> 4, second & 15
    args, result = signature(cap, method["type"])
    need(nargs == args + (0 if method["access"] & ACC_STATIC else 1), "nargs")
    code = cap.methods[start + 2:start + 2 + method["bytecodes"]]
    need(len(code) == method["bytecodes"], "bytecode_count")
    depths, todo, refs, deepest = {}, [(0, 0)], set(), 0
    while todo:
        at, depth = todo.pop()
        if at in depths:
            need(depths[at] == depth, f"stack depth differs at {at}")
            continue
        depths[at] = depth
        length, depth, ref = step(cap, code, at, depth, nargs + max_locals)
        deepest = max(deepest, depth)
        if ref:
            refs.add((start + 2 + at + 1, 2))
        todo += targets(code, at, length, depth, result)
    need(deepest <= max_stack, f"stack reaches {deepest}, header says {max_stack}")
    return refs, depths, code


def step(cap, code, at, depth, locals_count):
    """Length of the instruction at this offset, the depth behind it, and whether it has a pool index."""
    need(at < len(code), "a path runs past the end of the method")
    op = code[at]
    if op in INVOKE:
        index = int.from_bytes(code[at + 1:at + 3], "big")
        need(index < len(cap.pool) and cap.pool[index][0] in INVOKE[op], f"pool index {index}")
        args, result = signature(cap, cap.pool_types[index])
        popped = args + (0 if op == 0x8D else 1)
        need(depth >= popped, f"stack underflow at {at}")
        return 3, depth - popped + result, True
    need(op in OPCODES, f"opcode {op:02X}")
    operands, popped, pushed = OPCODES[op]
    need(depth >= popped, f"stack underflow at {at}")
    local = code[at + 1] if op in (0x15, 0x16, 0x28, 0x29) else LOCAL_INDEX.get(op, 0)
    need(local < locals_count or op not in LOCAL_INDEX and op not in (0x15, 0x16, 0x28, 0x29), "local index")
    if op == NEW:
        index = int.from_bytes(code[at + 1:at + 3], "big")
        need(index < len(cap.pool) and cap.pool[index][0] == 1, "new needs a class reference")
    return 1 + operands, depth - popped + pushed, op == NEW


def targets(code, at, length, depth, result):
    op, out = code[at], []
    if op in RETURNS:
        need(op == 0x93 or (op == 0x7A) == (result == 0), "return does not fit the signature")
        return out
    if op in BRANCH:
        out.append((at + int.from_bytes(code[at + 1:at + 2], "big", signed=True), depth))
        need(0 <= out[0][0] < len(code), "branch target")
    if op != GOTO:
        out.append((at + length, depth))
    return out


def check_methods(cap):
    """Bodies fill the Method component, are reachable to the last octet, and refer only where RefLocation says."""
    found, at = set(), 1 + 8 * len(cap.handlers)
    for method in sorted((m for k in cap.described for m in k["methods"]), key=lambda m: m["offset"]):
        need(method["offset"] == at, f"method at {method['offset']}, expected {at}")
        refs, depths, code = walk(cap, method)
        covered = set()
        for offset in depths:
            length = 3 if code[offset] in INVOKE else 1 + OPCODES[code[offset]][0]
            need(not covered & set(range(offset, offset + length)), "instructions overlap")
            covered |= set(range(offset, offset + length))
        need(covered == set(range(len(code))), "unreachable octets")
        found |= refs
        at += 2 + method["bytecodes"]
    need(at == len(cap.methods), "octets behind the last method")
    need(found == set(cap.references), f"RefLocation lists {cap.references}, the code has {sorted(found)}")


CHECKS = [("every constant pool entry names something that is there", check_pool),
          ("Class and Descriptor agree", check_classes),
          ("every applet has a public static install([BSB)V", check_applets),
          ("bytecode: branches, stack, locals and references hold on every path", check_methods)]


def check(tap, path, text, digest=None):
    """All test points of one file; digest is the hexadecimal SHA-256 its maker claims for the load file data block."""
    try:
        cap = capfile.read(path)
    except (CapError, OSError) as error:
        tap.ok(False, f"{text}: every component reads to its last octet", error)
        return
    tap.ok(True, f"{text}: every component reads to its last octet")
    tap.ok(cap.format in ((2, 1), (2, 2)), f"{text}: the format is 2.1 or 2.2", cap.format)
    tap.ok(cap.name in ("", cap.package_path), f"{text}: the package name is the container's folder", cap.name)
    for point, function in CHECKS:
        tap.run(f"{text}: {point}", function, cap)
    block = cap.load_file_data_block()
    tap.ok(len(block) <= SMS_LOAD_FILE_MAX, f"{text}: the load file is small enough to travel by SMS", len(block))
    if digest:
        tap.equal(hashlib.sha256(block).hexdigest(), digest, f"{text}: the load file data block hash is its maker's")
