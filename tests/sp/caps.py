# SPDX-License-Identifier: Apache-2.0
"""Load files for tests of flavors: assembled from the demo's readable source under other names, and a library without
applets (edge)."""
import os
import subprocess
import tempfile

from node import BUILD, ROOT

SOURCE = os.path.join(ROOT, "tools", "capasm", "demo-payment.capasm")
CAPASM = os.path.join(BUILD, "tools", "capasm")
DEMO = "F04F54534D0001"

LIBRARY = """format  2.2
package opentsm/library     {aid}  1.0
import  java/lang           A0000000620001  1.0
external Object.<init>      static   java/lang  0  0  ()V
external Object             class    java/lang  0
class Helper extends Object
    method <init> ()V protected stack 1 locals 0
        aload_0
        invokespecial Object.<init>
        return
    end
    method help ()V public virtual 1 stack 0 locals 0
        return
    end
end
"""


def assemble(source):
    with tempfile.TemporaryDirectory() as folder:
        path, cap = os.path.join(folder, "a.capasm"), os.path.join(folder, "a.cap")
        with open(path, "w") as f:
            f.write(source)
        subprocess.run([CAPASM, path, "-o", cap], check=True, capture_output=True)
        with open(cap, "rb") as f:
            return f.read()


def library(aid):
    return assemble(LIBRARY.format(aid=aid))


def applets(package, *imported):
    """Two applets, PACKAGE01 and PACKAGE02, in a package that imports libraries, too."""
    with open(SOURCE) as f:
        source = f.read().replace(DEMO, package)
    lines = "".join(f"import  opentsm/library{i}    {aid}  1.0\n" for i, aid in enumerate(imported))
    return assemble(source.replace("\napplet  ", "\n" + lines + "applet  ", 1))
