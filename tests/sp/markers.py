# SPDX-License-Identifier: Apache-2.0
"""Secrets of a test that are looked for everywhere: in every writing that they may have, in files and in what a core dump
of a process would hold (edge). [capability A3]"""
import base64
import os

PAGE, ENTRY = 4096, 8       # of /proc/PID/pagemap
PRESENT_OR_SWAPPED = 0xC0  # in the last octet of an entry


def writings(name, octets, digits=None):
    """Every way in which a secret may be written down: (what it is called, octets to look for). digits: its decimal text,
    where it is a number."""
    found = {(f"{name} as octets", octets), (f"{name} in hex", octets.hex().encode()),
             (f"{name} in upper hex", octets.hex().upper().encode())}
    for text, kind in ([(octets, "octets")] + ([(digits.encode(), "digits")] if digits else [])):
        for shift in range(3):  # wherever it stands in a longer text, its middle looks the same
            coded = base64.b64encode(b"\0" * shift + text)
            middle = coded[4 if shift else 0:len(coded) - 4]
            for form, name_of in ((middle, "base64"), (middle.translate(bytes.maketrans(b"+/", b"-_")), "base64url")):
                if len(form) >= 10:
                    found.add((f"{name} ({kind}) in {name_of}", form))
    if digits:
        found.add((f"{name} in digits", digits.encode()))
        found.add((f"{name} in UTF-16", digits.encode("utf-16-le")))
        found.add((f"{name} in hex of its digits", digits.encode().hex().encode()))
    return sorted(found)


def number(name, digits):
    """A card number: as text, and two digits an octet."""
    return writings(name, bytes.fromhex(digits + ("F" if len(digits) % 2 else "")), digits)


def key(name, hexadecimal):
    return writings(name, bytes.fromhex(hexadecimal))


class Hunt:
    """Looks for secrets and keeps what it found; `looked` counts octets, so that a hunt through nothing is seen."""

    def __init__(self, secrets):
        self.secrets = secrets
        self.looked = 0

    def octets(self, where, blob):
        self.looked += len(blob)
        return [(where, name, at) for name, what in self.secrets if (at := blob.find(what)) >= 0]

    def text(self, where, value):
        return self.octets(where, value.encode() if isinstance(value, str) else value)

    def folder(self, path, but=()):
        """All files below a folder, but those whose names say that the test itself put secrets into them."""
        found = []
        for at, _, names in os.walk(path):
            for name in names:
                whole = os.path.join(at, name)
                if not os.path.isfile(whole) or any(word in os.path.relpath(whole, path) for word in but):
                    continue
                with open(whole, "rb") as f:
                    found += self.octets(os.path.relpath(whole, path), f.read())
        return found

    def dump(self, pid):
        """What a core dump would hold: all memory that may be read, but pages that are left out of dumps
        (MADV_DONTDUMP, 'dd' in smaps)."""
        found = []
        with open(f"/proc/{pid}/mem", "rb", 0) as mem, open(f"/proc/{pid}/pagemap", "rb", 0) as pages:
            for start, end, what in regions(pid):
                try:
                    blob = touched(mem, pages, start, end)
                except OSError:
                    continue  # unmapped since
                found += self.octets(f"memory {what}", blob)
        return found


def touched(mem, pages, start, end):
    """The octets of a region's pages that were ever written to."""
    pages.seek(start // PAGE * ENTRY)
    entries = pages.read((end - start) // PAGE * ENTRY)
    there = [at for at in range(len(entries) // ENTRY) if entries[at * ENTRY + ENTRY - 1] & PRESENT_OR_SWAPPED]
    out = []
    for at in there:
        mem.seek(start + at * PAGE)
        out.append(mem.read(PAGE))
    return b"".join(out)


def regions(pid):
    """(start, end, name) of the private, readable memory that a dump holds and that was ever touched."""
    out, head, rss = [], None, 0
    with open(f"/proc/{pid}/smaps") as f:
        for line in f:
            words = line.split()
            if "-" in words[0] and not words[0].endswith(":"):
                start, end = (int(x, 16) for x in words[0].split("-"))
                head = (start, end, " ".join(words[5:]) or "anonymous", words[1])
            elif words[0] == "Rss:":
                rss = int(words[1])
            elif words[0] == "VmFlags:" and head:
                special = head[2] in ("[vvar]", "[vsyscall]", "[vdso]")
                if "dd" not in words and head[3].startswith("rw") and rss and not special:
                    out.append(head[:3])
    return out
