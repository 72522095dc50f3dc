"""Packages from npm, in a folder of a peer's own, with the Node that runs them: it is a package as well."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

from bench.filling import say
from bench.peers import Missing

NODE = "22.23.5"  # what Directus is made for, and what its parts can be compiled for; Strapi takes it too
PROCESSOR = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PACKAGE = f"node-{platform.system().lower()}-{PROCESSOR}"


def node(home: Path) -> str:
    return str(home / "node_modules" / PACKAGE / "bin" / "node")


def install(home: Path, name: str, packages: dict[str, str], compiled: list[str]) -> None:
    """Once. Node comes first: what has to be compiled is compiled by it and for it, whatever Node the machine has."""
    wanted = {PACKAGE: NODE, **packages}
    done = home / "installed.json"
    if done.exists() and json.loads(done.read_text()) == wanted:
        return
    npm = shutil.which("npm")
    if not npm:
        raise Missing("npm is not there, which comes with Node.js (on Debian: apt install npm)")
    say(f"Installing {name}, a few minutes ...")
    home.mkdir(parents=True, exist_ok=True)
    there = home / "node_modules" / PACKAGE
    path = f"{there / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "npm_config_nodedir": str(there)}  # the latter for its headers

    def run(*words: str) -> None:
        subprocess.run([npm, *words, "--loglevel", "error"], cwd=home, env=environment, check=True)

    for step in [wanted] if there.exists() else [{PACKAGE: NODE}, wanted]:
        (home / "package.json").write_text(json.dumps({"name": home.name, "version": "1.0.0", "dependencies": step}))
        run("install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")
    run("rebuild", *compiled)  # these alone have scripts that something depends on
    done.write_text(json.dumps(wanted))
