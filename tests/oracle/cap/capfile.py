# SPDX-License-Identifier: Apache-2.0
"""An independent reader of Java Card CAP files, components only (pure, but for the file it opens).

Written from the Java Card Virtual Machine Specification 2.2.2, chapter 6. Every reader consumes its
component to the last octet and raises CapError otherwise.
"""
import zipfile
from dataclasses import dataclass, field

NAMES = {1: "Header", 2: "Directory", 3: "Applet", 4: "Import", 5: "ConstantPool", 6: "Class", 7: "Method",
         8: "StaticField", 9: "RefLocation", 10: "Export", 11: "Descriptor", 12: "Debug"}
TAGS = {name: tag for tag, name in NAMES.items()}
LOAD_ORDER = ["Header", "Directory", "Import", "Applet", "Class", "Method", "StaticField", "Export",
              "ConstantPool", "RefLocation"]


class CapError(Exception):
    """The file breaks a rule of the specification."""


class Cursor:
    """Reads big-endian items; stops at the end of its octets."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, count):
        if self.at + count > len(self.data):
            raise CapError(f"item of {count} octets at {self.at} runs past {len(self.data)}")
        self.at += count
        return self.data[self.at - count:self.at]

    def u1(self):
        return self.take(1)[0]

    def u2(self):
        return int.from_bytes(self.take(2), "big")

    def aid(self):
        length = self.u1()
        if not 5 <= length <= 16:
            raise CapError(f"AID of {length} octets")
        return self.take(length)

    def end(self, what):
        if self.at != len(self.data):
            raise CapError(f"{what}: {len(self.data) - self.at} octets are left over")


@dataclass
class Cap:
    """The raw components by name (with tag and size) and what has been read from them."""
    raw: dict
    package_path: str
    format: tuple = ()
    flags: int = 0
    aid: bytes = b""
    version: tuple = ()
    name: str = ""
    imports: list = field(default_factory=list)   # (aid, major, minor)
    applets: list = field(default_factory=list)   # (aid, install_method_offset)
    pool: list = field(default_factory=list)      # (tag, three octets)
    classes: dict = field(default_factory=dict)   # offset -> dict
    methods: bytes = b""                          # info of the Method component
    handlers: list = field(default_factory=list)
    references: list = field(default_factory=list)
    described: list = field(default_factory=list)  # classes of the Descriptor component
    pool_types: list = field(default_factory=list)
    types: bytes = b""                            # type_descriptor_info

    def info(self, name):
        return self.raw[name][3:]

    def load_file_data_block(self):
        return b"".join(self.raw[n] for n in LOAD_ORDER if n in self.raw)


def open_container(path):
    """The components of the JAR container: tag and size of each are checked."""
    raw, folders = {}, set()
    with zipfile.ZipFile(path) as jar:
        if jar.testzip() is not None:
            raise CapError("a CRC of the container is wrong")
        for entry in jar.namelist():
            folder, _, file_name = entry.rpartition("/")
            if not file_name.endswith(".cap"):
                continue
            name = file_name[:-4]
            data = jar.read(entry)
            if name not in TAGS or data[0] != TAGS[name] or int.from_bytes(data[1:3], "big") != len(data) - 3:
                raise CapError(f"{entry}: tag or size")
            raw[name] = data
            folders.add(folder)
    if len(folders) != 1 or not next(iter(folders)).endswith("/javacard"):
        raise CapError("components are not in one PACKAGE/javacard folder")
    return Cap(raw, next(iter(folders))[:-len("/javacard")])


def read_header(cap):
    c = Cursor(cap.info("Header"))
    if c.take(4) != bytes.fromhex("DECAFFED"):
        raise CapError("magic")
    minor, major = c.u1(), c.u1()
    cap.format, cap.flags = (major, minor), c.u1()
    minor, major = c.u1(), c.u1()
    cap.version, cap.aid = (major, minor), c.aid()
    if cap.format >= (2, 2):
        cap.name = c.take(c.u1()).decode("ascii")
    c.end("Header")


def read_import(cap):
    c = Cursor(cap.info("Import"))
    for _ in range(c.u1()):
        minor, major = c.u1(), c.u1()
        cap.imports.append((c.aid(), major, minor))
    c.end("Import")


def read_applet(cap):
    c = Cursor(cap.info("Applet"))
    for _ in range(c.u1()):
        aid = c.aid()
        cap.applets.append((aid, c.u2()))
    c.end("Applet")


def read_directory(cap):
    """component_sizes must be the sizes of the components that are there."""
    c = Cursor(cap.info("Directory"))
    for tag in range(1, 12 + (cap.format >= (2, 2))):
        size, name = c.u2(), NAMES[tag]
        if size != (len(cap.info(name)) if name in cap.raw else 0):
            raise CapError(f"Directory: {name} has another size than {size}")
    static = c.take(6)
    if static[:4] != cap.info("StaticField")[:2] + cap.info("StaticField")[4:6]:
        raise CapError("Directory: static_field_size")
    if (c.u1(), c.u1(), c.u1()) != (len(cap.imports), len(cap.applets), 0):
        raise CapError("Directory: import, applet or custom count")
    c.end("Directory")


def read_constant_pool(cap):
    c = Cursor(cap.info("ConstantPool"))
    for _ in range(c.u2()):
        tag = c.u1()
        if not 1 <= tag <= 6:
            raise CapError(f"constant pool tag {tag}")
        cap.pool.append((tag, c.take(3)))
    c.end("ConstantPool")


def read_class(cap):
    c = Cursor(cap.info("Class"))
    if cap.format >= (2, 2):
        c.take(c.u2())  # signature_pool
    while c.at < len(c.data):
        offset, bits = c.at, c.u1()
        if bits & 0x80:
            raise CapError("interfaces are not expected in this package")
        k = {"super": c.take(2), "instance_size": c.u1(), "first_reference": c.u1(), "references": c.u1(),
             "public_base": c.u1(), "public_count": c.u1(), "package_base": c.u1(), "package_count": c.u1()}
        k["public"] = [c.u2() for _ in range(k["public_count"])]
        k["package"] = [c.u2() for _ in range(k["package_count"])]
        for _ in range(bits & 0x0F):
            c.take(2)
            c.take(c.u1())
        cap.classes[offset] = k
    c.end("Class")


def read_method(cap):
    cap.methods = cap.info("Method")
    c = Cursor(cap.methods)
    for _ in range(c.u1()):
        cap.handlers.append((c.u2(), c.u2(), c.u2(), c.u2()))


def read_static_field(cap):
    c = Cursor(cap.info("StaticField"))
    image, references, arrays = c.u2(), c.u2(), c.u2()
    for _ in range(arrays):
        c.u1()
        c.take(c.u2())
    default, other = c.u2(), c.u2()
    c.take(other)
    if image != 2 * references + default + other:
        raise CapError("StaticField: image_size")
    c.end("StaticField")


def read_ref_location(cap):
    """The list of (offset in Method info, octets of the index)."""
    c = Cursor(cap.info("RefLocation"))
    for width in (1, 2):
        at = 0
        for jump in c.take(c.u2()):
            at += jump
            if jump != 255:
                cap.references.append((at, width))
    c.end("RefLocation")


def read_descriptor(cap):
    c = Cursor(cap.info("Descriptor"))
    for _ in range(c.u1()):
        k = {"token": c.u1(), "access": c.u1(), "ref": c.u2()}
        interfaces, fields, methods = c.u1(), c.u2(), c.u2()
        c.take(2 * interfaces + 7 * fields)
        k["methods"] = [dict(zip(("token", "access", "offset", "type", "bytecodes", "handlers", "first_handler"),
                                 (c.u1(), c.u1(), c.u2(), c.u2(), c.u2(), c.u2(), c.u2())))
                        for _ in range(methods)]
        cap.described.append(k)
    cap.types = c.data[c.at:]
    t = Cursor(cap.types)
    cap.pool_types = [t.u2() for _ in range(t.u2())]


def read_all(cap):
    """Reads every component of a Cap whose raw octets are there."""
    for reader in (read_header, read_import, read_applet, read_directory, read_constant_pool, read_class,
                   read_method, read_static_field, read_ref_location, read_descriptor):
        reader(cap)
    return cap


def read(path):
    """Reads a whole CAP file."""
    return read_all(open_container(path))
