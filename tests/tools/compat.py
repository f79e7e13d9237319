# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the playbooks of tests/compat on every supported ansible-core that a Python of this machine can run.

--oldest: only on the oldest of them. Each ansible-core lives in .venv/core-<version>.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from surroundings import CHECKOUT, VENV, clean_environment, interpreter, simulated_tree

# The newest release of each minor version, and the Pythons on which it may control, by its release notes.
CORES = {
    "2.16.19": range(10, 13),
    "2.17.14": range(10, 13),
    "2.18.19": range(11, 14),
    "2.19.14": range(11, 14),
    "2.20.10": range(12, 15),
    "2.21.5": range(12, 15),
}


@dataclass(frozen=True)
class Core:
    """One ansible-core and the Python that runs it here."""

    version: str
    python: str

    @property
    def folder(self) -> Path:
        return VENV / f"core-{self.version}"


def cores() -> Iterator[Core]:
    """The supported versions that can run here, oldest first; the newest Python that each supports."""
    for version, minors in CORES.items():
        found = next(filter(None, map(interpreter, reversed(minors))), None)
        if found:
            yield Core(version, found)
        else:
            print(f"    ansible-core {version}: needs Python 3.{minors[0]} to 3.{minors[-1]}, none found", flush=True)


def install(core: Core) -> None:
    """Makes the folder of an ansible-core, once."""
    if (core.folder / "complete").exists():
        return
    print(f"    making {core.folder.relative_to(CHECKOUT)} with {core.python}", flush=True)
    subprocess.run([core.python, "-m", "venv", "--clear", core.folder], check=True)
    pip = [str(core.folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, f"ansible-core=={core.version}"], check=True)
    (core.folder / "complete").touch()


def prove(core: Core, collections: Path) -> bool:
    """Every playbook of tests/compat under one ansible-core, and what it would send to a host."""
    install(core)
    started = time.monotonic()
    environment = clean_environment({"SIMULATED_WAY": "double"}, collections)
    playbooks = sorted(str(file) for file in (CHECKOUT / "tests" / "compat").glob("*.yml"))
    if not playbooks:
        sys.exit("tests/compat holds no playbook")
    command = [str(core.folder / "bin" / "ansible-playbook"), "-i", "localhost,", "-c", "local", "--diff", *playbooks]
    passed = subprocess.run(command, cwd=VENV, env=environment, check=False).returncode == 0
    payload = [str(core.folder / "bin" / "python"), str(CHECKOUT / "tests" / "tools" / "payload.py")]
    passed &= subprocess.run(payload, cwd=VENV, env=clean_environment(), check=False).returncode == 0
    print(f"    ansible-core {core.version}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)
    return passed


def main(arguments: list[str]) -> int:
    found = list(cores())
    if not found:
        sys.exit("no Python 3.10 to 3.14 found")
    collections = simulated_tree("double")
    chosen = found[:1] if "--oldest" in arguments else found
    results = [prove(core, collections) for core in chosen]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
