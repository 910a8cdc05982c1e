# SPDX-License-Identifier: Apache-2.0
"""Versions of the demo's load file, assembled from its source with another number or another applet (edge)."""
import io
import os
import subprocess
import zipfile

from house import BUILD, ROOT

CAPASM = os.path.join(BUILD, "tools", "capasm")
SOURCE = os.path.join(ROOT, "tools", "capasm", "demo-payment.capasm")
CAP = {"Content-Type": "application/java-archive"}
ORDER = ("Header", "Directory", "Import", "Applet", "Class", "Method", "StaticField", "Export", "ConstantPool", "RefLocation")


def assemble(folder, minor, change=lambda text: text):
    """The load file as version 1.MINOR, `change` applied to its source. Version 1.0 as it is has the hash whose
    behaviour the laboratory's card knows: any other can be upgraded to, but not be deployed and personalised."""
    with open(SOURCE, encoding="utf-8") as f:
        text = f.read()
    new = change(text.replace("F04F54534D0001  1.0", f"F04F54534D0001  1.{minor}"))
    if new == text and minor:
        raise AssertionError("the source has no version 1.0 to replace")
    source, out = (os.path.join(folder, f"version-{minor}.{end}") for end in ("capasm", "cap"))
    with open(source, "w", encoding="utf-8") as f:
        f.write(new)
    subprocess.run([CAPASM, source, "-o", out], check=True, capture_output=True)
    with open(out, "rb") as f:
        return f.read()


def load_block(cap):
    """The load file data block of an archive: its components as they are loaded, one after the other."""
    with zipfile.ZipFile(io.BytesIO(cap)) as jar:
        parts = {os.path.basename(n)[:-4]: jar.read(n) for n in jar.namelist() if n.endswith(".cap")}
    return b"".join(parts[n] for n in ORDER if n in parts)


def upload(house, minor, change=lambda text: text, token="bank"):
    """The answer of the provider's gate to that version."""
    return house.api("POST", "/api/v1/load-files", assemble(house.dir, minor, change), token, CAP)
