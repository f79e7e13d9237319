# SPDX-License-Identifier: GPL-3.0-or-later
"""What every tool here needs to know of its surroundings: places, a clean environment, PowerShell,
the simulated trees.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
COLLECTIONS = VENV / "collections"
NO_PWSH = "no pwsh: set PWSH or put pwsh on PATH"
# Of .NET Framework: reference assemblies that come with Mono, for the versions that matter.
APIS = ("4.5", "4.6", "4.7.1", "4.8")
NO_MONO = "no mono with mcs and the APIs of .NET Framework (Debian: mono-mcs, mono-devel)"
WORKER_CORE = (2, 21)  # the first ansible-core that runs .ps1 modules on POSIX hosts


class Unusable(Exception):
    """The surroundings lack something; the text says what, in plain words."""


def clean_environment(
    more: Mapping[str, str] | None = None, collections: Path = COLLECTIONS
) -> dict[str, str]:
    """The caller's environment without any setting of Ansible, Molecule, Python, pytest or make,
    and the running Python's programs first on PATH.
    """
    foreign = (
        "ANSIBLE_",
        "MOLECULE_",
        "PYTHON",
        "PYTEST_",
        "MAKE",
        "MFLAGS",
        "VIRTUAL_ENV",
        "SIMULATED_",
        "MAILOPS_",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "LC_ALL": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(VENV / "pycache"),
        **({} if sys.stdout.isatty() else {"NO_COLOR": "1"}),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_CONFIG": str(CHECKOUT / "tests" / "ansible.cfg"),
        "ANSIBLE_HOME": str(VENV / "ansible"),
        **(more or {}),
    }


def interpreter(minor: int) -> str | None:
    """A Python 3.<minor> that starts and can make a venv: on PATH or of pyenv (whose shims may be
    dead).
    """
    pyenv = sorted(
        str(found) for found in Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3")
    )
    probe = "import ensurepip, sys, venv; print(getattr(sys, '_base_executable', sys.executable))"
    for candidate in filter(None, [shutil.which(f"python3.{minor}"), *pyenv]):
        answer = subprocess.run(
            [candidate, "-c", probe], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            return answer.stdout.strip()
    return None


def powershell() -> str | None:
    """$PWSH, else pwsh on PATH, as an absolute path; None without one."""
    named = os.environ.get("PWSH")
    found = shutil.which(named or "pwsh")
    if named and not found:
        raise Unusable(f"PWSH is '{named}', which is not a command that can be run.")
    return str(Path(found).absolute()) if found else None


def powershell_engine(pwsh: str) -> str:
    """The interpreter that Ansible should start: a launcher that knows --engine-path names it, a
    real pwsh is it.
    """
    answer = subprocess.run(
        [pwsh, "--engine-path"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    named = answer.stdout.strip()
    return named if answer.returncode == 0 and Path(named).is_file() else str(Path(pwsh).resolve())


def engine() -> str:
    """The interpreter for the real worker (powershell_engine); "" without PowerShell."""
    pwsh = powershell()
    return powershell_engine(pwsh) if pwsh else ""


def old_core(installed: str = "") -> str:
    """Why the ansible-core beside the running Python cannot run the real worker here; "" when it
    can.
    """
    found = installed or version("ansible-core")
    newer = tuple(int(part) for part in found.split(".")[:2]) >= WORKER_CORE
    return (
        ""
        if newer
        else f"ansible-core {found} runs no .ps1 on Linux, {'.'.join(map(str, WORKER_CORE))} does"
    )


def no_worker() -> str:
    """Why Ansible cannot run the real worker here: no PowerShell, or an old ansible-core; "" when
    it can.
    """
    return old_core() if powershell() else NO_PWSH


def no_mono() -> str:
    """Why the C# cannot be compiled and run by Mono here; "" when it can."""
    mono = shutil.which("mono")
    folder = Path(mono).resolve().parents[1] / "lib" / "mono" if mono else Path()
    complete = all((folder / f"{api}-api" / "mscorlib.dll").is_file() for api in APIS)
    return "" if mono and shutil.which("mcs") and complete else NO_MONO


def simulated_tree(way: str) -> Path:
    """A fresh collection tree whose worker runs on simulated hosts: by its Python double, or as it
    is under PowerShell.
    """
    tree = VENV / "simulated" / way
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "simulator.tree", str(tree), way], cwd=CHECKOUT / "tests", check=True
    )
    return tree
