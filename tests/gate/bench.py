# SPDX-License-Identifier: Apache-2.0
"""What the tests of the admission gate work with: programs assembled, taken apart, joined again and judged (edge:
processes, files)."""
import json
import pathlib
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracle"))
from cap.capfile import LOAD_ORDER  # noqa: E402


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
