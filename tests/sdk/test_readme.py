# SPDX-License-Identifier: Apache-2.0
"""The usage example of sdk/README.md is a program; the header stands alone, in C and in C++; only tsm_api_* is exported."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))

from tap import Tap  # noqa: E402

ROOT = os.environ.get("TSM_SOURCE_ROOT", os.path.dirname(os.path.dirname(HERE)))
SDK = os.path.join(ROOT, "sdk")
LIBRARY = os.path.join(os.environ.get("TSM_BUILD", os.path.join(ROOT, "build", "dev")), "sdk", "libopentsm-sdk.so")
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-pedantic", "-Werror"]


def works(tap, text, *command, source=None):
    done = subprocess.run(command, capture_output=True, text=True, input=source, check=False)
    tap.ok(done.returncode == 0, text, done.stderr)
    return done.stdout


def main():
    tap = Tap()
    with open(os.path.join(SDK, "README.md")) as f:
        example = re.search(r"```c\n(.*?)```", f.read(), re.S).group(1)
    include = f"-I{SDK}/include"
    works(tap, "the example of the README compiles", "cc", "-std=c11", *WARNINGS, include, "-x", "c", "-", "-fsyntax-only",
          source=example)
    tap.ok(len(example.splitlines()) <= 45, "and is short", len(example.splitlines()))
    with tempfile.TemporaryDirectory() as folder:
        transport = "const struct tsm_api_transport phone_transport = {0};\n"
        works(tap, "it is linked with the library alone", "cc", "-x", "c", "-", "-x", "none", include, LIBRARY, "-o", f"{folder}/app",
              f"-Wl,-rpath,{os.path.dirname(LIBRARY)}", "-Wl,--allow-shlib-undefined",
              source=example.replace("extern const struct tsm_api_transport phone_transport;", transport))
    if shutil.which("c++"):
        works(tap, "the headers are C++ as well", "c++", "-std=c++17", include, "-x", "c++", "-", "-fsyntax-only",
              source="#include <opentsm_tsm_api.h>\n#include <opentsm_tsm_pcsc.h>\n")
    else:
        tap.skip("the headers are C++ as well", "no C++ compiler here")
    names = works(tap, "the library's names are listed", "nm", "-D", "--defined-only", LIBRARY).split("\n")
    strange = [n.split()[-1] for n in names if " T " in n and "tsm_api_" not in n]
    tap.equal(strange, [], "nothing but tsm_api_* is exported")
    works(tap, "the header of the desk's transport stands alone", "cc", "-std=c11", *WARNINGS, include, "-x", "c", "-", "-fsyntax-only",
          source="#include <opentsm_tsm_pcsc.h>\n")
    desk = os.path.join(os.path.dirname(LIBRARY), "libopentsm-sdk-pcsc.so")
    if os.path.exists(desk):
        names = works(tap, "its names are listed", "nm", "-D", "--defined-only", desk).split("\n")
        names = [n.split()[-1].split("@")[0] for n in names if " T " in n]
        tap.equal(names, ["tsm_api_pcsc_free", "tsm_api_pcsc_new", "tsm_api_pcsc_transport"], "it exports three functions")
    tap.done()


main()
