# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test sanity on a copy of the checkout, without Docker; everything that it makes
stays in .venv/sanity.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from surroundings import CHECKOUT, VENV, Unusable, clean_environment, interpreter, powershell

PLACE = VENV / "sanity"
COPY = PLACE / "ansible_collections" / "mailops" / "mailessentials"
PROGRAMS = PLACE / "bin"
HOME = PLACE / "home"
FEWEST = 20  # a run of fewer tests has seen no collection


def judged(name: str, pwsh: str | None) -> bool:
    """Captured texts stay as they were found; the argument spec of a .ps1 can only be read by
    PowerShell.
    """
    file = CHECKOUT / name
    captured = name.startswith("tests/data/") and file.suffix != ".md"
    unreadable = (
        not pwsh and name.startswith("plugins/modules/") and file.with_suffix(".ps1").exists()
    )
    return file.exists() and not captured and not unreadable


def copy(pwsh: str | None) -> None:
    """The files that git knows or would know: ansible-test insists on the path of a collection."""
    shutil.rmtree(COPY, ignore_errors=True)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if judged(name, pwsh):
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, COPY / name, follow_symlinks=False)
    # Its own repository: in the checkout's, ansible-test would find every file of .venv ignored,
    # and nothing to do.
    subprocess.run(["git", "init", "-q", "."], cwd=COPY, check=True)


def programs(pwsh: str | None) -> None:
    """A folder of real interpreters, first on PATH: ansible-test takes what it finds there
    by name.
    """
    shutil.rmtree(PROGRAMS, ignore_errors=True)
    PROGRAMS.mkdir(parents=True)
    for minor in range(10, 15):
        found = interpreter(minor)
        if found:
            (PROGRAMS / f"python3.{minor}").symlink_to(found)
    if pwsh:
        (PROGRAMS / "pwsh").symlink_to(pwsh)


def home() -> None:
    """A home for the caches of ansible-test, with the caller's settings of pip."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in ("24_2", "25_2"):  # as ansible-core 2.19 and 2.21 ask for it
        shutil.copy(CHECKOUT / "tests" / "tools" / "get_pip.py", cache / f"get_pip_{version}.py")
    for setting in (".pip", ".config/pip"):
        own, link = Path.home() / setting, HOME / setting
        if own.exists() and not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(own)


def skipped(pwsh: str | None) -> Iterator[str]:
    """The options that leave out what cannot run here, each said in a sentence."""
    if not pwsh:
        print(
            "    no pwsh: .ps1 modules are left out, their argument specs cannot be compared "
            "with their documentation",
            flush=True,
        )
        return
    query = "if (Get-Module -ListAvailable -Name PSScriptAnalyzer) { 'found' }"
    answer = subprocess.run(
        [pwsh, "-NoProfile", "-NonInteractive", "-Command", query],
        capture_output=True,
        text=True,
        check=False,
    )
    if "found" not in answer.stdout:
        print("    pwsh has no PSScriptAnalyzer: pslint is left out", flush=True)
        yield from ("--skip-test", "pslint")


def run(command: list[str], environment: dict[str, str]) -> bool:
    """True when ansible-test passed and did run its tests."""
    ran = 0
    with subprocess.Popen(
        command,
        cwd=COPY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            ran += line.startswith("Running sanity test")
            print(line, end="", flush=True)
    print(f"    {ran} sanity tests ran", flush=True)
    return process.returncode == 0 and ran >= FEWEST


def main() -> int:
    started = time.monotonic()
    try:
        pwsh = powershell()
    except Unusable as error:
        print(f"FAILED: {error}")
        return 2
    print(
        "==> ansible-test sanity (the first run makes its environments: three minutes or so)",
        flush=True,
    )
    copy(pwsh)
    programs(pwsh)
    home()
    environment = clean_environment({"HOME": str(HOME)})
    environment["PATH"] = f"{PROGRAMS}:{environment['PATH']}"
    command = [str(VENV / "bin" / "ansible-test"), "sanity", "--color", "no", *skipped(pwsh)]
    passed = run(command, environment)
    print(
        "==> ansible-test "
        f"sanity: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.1f} s"
    )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
