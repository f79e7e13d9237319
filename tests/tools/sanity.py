# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test sanity on the tarball that is published, without Docker; everything that it
makes stays in .venv/sanity. CORES=all: on every supported ansible-core, not on the oldest and the
newest alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from compat import Core, cores, install
from surroundings import CHECKOUT, VENV, Unusable, clean_environment, interpreter, powershell

PLACE = VENV / "sanity"
COPY = PLACE / "ansible_collections" / "mailops" / "mailessentials"
PROGRAMS = PLACE / "bin"
HOME = PLACE / "home"
FEWEST = 20  # a run of fewer tests has seen no collection


def chosen() -> list[Core]:
    """The oldest and the newest ansible-core, or all of them; a version once."""
    found = {core.version: core for core in cores()}
    versions = list(found.values())
    return versions if os.environ.get("CORES") == "all" else [versions[0], versions[-1]]


def build(place: Path) -> Path:
    """The tarball as it is published, made in a folder of its own."""
    galaxy = [str(VENV / "bin" / "ansible-galaxy"), "collection", "build", "--force"]
    built = [*galaxy, "--output-path", str(place), str(CHECKOUT)]
    subprocess.run(built, check=True, stdout=subprocess.DEVNULL, env=clean_environment())
    (tarball,) = place.glob("mailops-mailessentials-*.tar.gz")
    return tarball


def extract(pwsh: str | None) -> None:
    """The collection as it is published: ansible-test insists on the path of a collection."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    tarball = build(PLACE)
    shutil.unpack_archive(tarball, COPY, filter="data")
    tarball.unlink()
    if not pwsh:  # the argument spec of a .ps1 can only be read by PowerShell
        for file in (COPY / "plugins" / "modules").glob("*.ps1"):
            file.unlink()
            file.with_suffix(".yml").unlink()
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
    for version in ("20_3_4", "23_1_2", "24_2", "25_2"):  # as ansible-core 2.16 to 2.21 ask for it
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
    extract(pwsh)
    programs(pwsh)
    home()
    options = ["sanity", "--color", "no", *skipped(pwsh)]
    failed = [core for core in chosen() if not on(core, options)]
    for core in failed:
        print(f"FAILED: sanity tests of {core}")
    seconds = time.monotonic() - started
    print(f"==> ansible-test sanity: {'FAILED' if failed else 'passed'} in {seconds:.1f} s")
    return 1 if failed else 0


def on(core: Core, options: list[str]) -> bool:
    """True when the tests of one ansible-core passed and did run."""
    print(f"    {core}", flush=True)
    install(core.folder, core.python, f"ansible-core=={core.version}")
    environment = clean_environment({"HOME": str(HOME)})
    programs_first = (str(core.folder / "bin"), str(PROGRAMS), environment["PATH"])
    environment["PATH"] = os.pathsep.join(programs_first)
    return run([str(core.folder / "bin" / "ansible-test"), *options], environment)


if __name__ == "__main__":
    sys.exit(main())
