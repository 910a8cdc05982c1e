# SPDX-License-Identifier: Apache-2.0
"""The npm packages of package-lock.json, installed into the build directory once (edge). Where node, npm or the registry
are missing the tests say so and are counted as skipped."""
import os
import shutil
import subprocess

from house import BUILD, skip_all

HERE = os.path.dirname(os.path.abspath(__file__))
NODE_MIN = 18
INSTALL_S = 120


def node():
    """The interpreter, with the packages of this folder within its reach: (path, environment)."""
    path, npm = shutil.which("node"), shutil.which("npm")
    if not path or not npm:
        skip_all("node and npm are not installed")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_MIN:
        skip_all(f"node {version} is older than {NODE_MIN}")
    folder = os.path.join(BUILD, "interop")
    install(npm, folder)
    return path, dict(os.environ, NODE_PATH=os.path.join(folder, "node_modules"))


def install(npm, folder):
    """`npm ci` of the lock file; again when the lock file is another one."""
    os.makedirs(folder, exist_ok=True)
    stamp = os.path.join(folder, "installed-lock.json")
    lock = os.path.join(HERE, "package-lock.json")
    with open(lock) as f:
        wanted = f.read()
    if os.path.exists(stamp):
        with open(stamp) as f:
            if f.read() == wanted:
                return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, name), folder)
    try:
        done = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                              text=True, timeout=INSTALL_S)
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1] if done.returncode else None
    except subprocess.TimeoutExpired:
        reason = f"no answer of the registry in {INSTALL_S} s"
    if reason:
        skip_all(f"npm could not install the package smpp: {reason}")
    shutil.copy(lock, stamp)
