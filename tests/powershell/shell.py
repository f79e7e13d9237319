# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds PowerShell and runs scripts with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
STAND_INS = CHECKOUT / "tests" / "simulator" / "standins"
NO_PWSH = "no pwsh: set PWSH or put pwsh on PATH"


@lru_cache(maxsize=1)
def pwsh() -> str | None:
    """The PowerShell program itself: a launcher that knows --engine-path names it, which saves a
    second start under Ansible.
    """
    found = os.environ.get("PWSH") or shutil.which("pwsh")
    if not found or not shutil.which(found):
        return None
    asked = subprocess.run(
        [found, "--engine-path"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    path = asked.stdout.strip()
    return path if asked.returncode == 0 and Path(path).is_file() else str(shutil.which(found))


def run(
    script: Path, *arguments: str, modules: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    program = pwsh()
    assert program is not None, NO_PWSH
    environment = {**os.environ, **variables}
    if modules:
        environment["PSModulePath"] = str(modules)
    return subprocess.run(
        [program, "-NoProfile", "-NonInteractive", "-File", str(script), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def facts(paths: list[Path]) -> dict[Path, dict[str, Any]]:
    """What the syntax tree of each file holds (syntax.ps1)."""
    done = run(HERE / "syntax.ps1", *(str(path) for path in paths))
    assert done.returncode == 0, done.stderr or done.stdout
    return dict(zip(paths, json.loads(done.stdout), strict=True))
