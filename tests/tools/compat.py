# SPDX-License-Identifier: GPL-3.0-or-later
"""What .venv alone does not show: every supported ansible-core, and the unit tests under another
Python.

The playbooks of tests/compat run on the simulated hosts of tests/compat/inventory, under each
ansible-core that a Python of this machine can run (in .venv/core-<version>-<Python>). The unit
tests run under each Python of UNIT_MINORS that .venv does not have (in .venv/unit-<Python>),
without PowerShell, which "make test" has. --oldest: the playbooks on the oldest ansible-core alone,
without the farm of inventory/proxied_farm.yml.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from surroundings import (
    CHECKOUT,
    COLLECTIONS,
    VENV,
    clean_environment,
    interpreter,
    simulated_tree,
)

sys.path[:0] = [str(CHECKOUT / "tests"), str(COLLECTIONS)]

from unit.wrong_inputs import (  # type: ignore[import-not-found]  # noqa: E402  (found above)
    inventory as wrong_inventory,
)

# The newest release of each minor version, and the Pythons on which it may control, by its release
# notes: the newest found is taken. The oldest of all runs on the oldest Python too.
CORES = (
    ("2.16.19", range(10, 11)),
    ("2.16.19", range(10, 13)),
    ("2.17.14", range(10, 13)),
    ("2.18.19", range(11, 14)),
    ("2.19.14", range(11, 14)),
    ("2.20.10", range(12, 15)),
    ("2.21.5", range(12, 15)),
)
UNIT_MINORS = (11, 13)  # one on which ansible-core runs no .ps1 on Linux, and one on which it does
COMPAT = CHECKOUT / "tests" / "compat"
SECRET = "Tr0ub4dor"  # as tests/compat/secrets has it


@dataclass(frozen=True)
class Core:
    """One ansible-core and the Python that runs it here."""

    version: str
    minor: int
    python: str

    @property
    def folder(self) -> Path:
        return VENV / f"core-{self.version}-3.{self.minor}"

    def __str__(self) -> str:
        return f"ansible-core {self.version} on Python 3.{self.minor}"


def cores() -> Iterator[Core]:
    """What can run here, oldest first, each once."""
    seen = set()
    for version, minors in CORES:
        found = next(
            ((minor, python) for minor in reversed(minors) if (python := interpreter(minor))), None
        )
        if not found:
            between = f" to 3.{minors[-1]}" if len(minors) > 1 else ""
            print(
                f"    ansible-core {version}: not run on Python 3.{minors[0]}{between}, none found",
                flush=True,
            )
        elif (version, found[0]) not in seen:
            seen.add((version, found[0]))
            yield Core(version, *found)


def install(folder: Path, python: str, *wanted: str) -> None:
    """Makes an environment with what pip is told to install, once."""
    made = folder / "complete"
    text = " ".join(wanted)
    if made.exists() and made.read_text(encoding="utf-8") == text:
        return
    print(f"    making {folder.relative_to(CHECKOUT)} with {python}", flush=True)
    subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
    pip = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-qq",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, *wanted], check=True)
    made.write_text(text, encoding="utf-8")


def run(
    title: str, commands: Sequence[Sequence[str]], environment: dict[str, str], place: Path
) -> bool:
    """Commands to their ends; tells whether all of them passed."""
    started = time.monotonic()
    codes = [
        subprocess.run(command, cwd=place, env=environment, check=False).returncode
        for command in commands
    ]
    print(
        f"    {title}: {'FAILED' if any(codes) else 'passed'} in "
        f"{time.monotonic() - started:.1f} s",
        flush=True,
    )
    return not any(codes)


def prove(core: Core, collections: Path, inventory: Path) -> bool:
    """The playbooks of tests/compat under one ansible-core on fresh hosts, and what it would send
    to a host.
    """
    install(core.folder, core.python, f"ansible-core=={core.version}")
    playbooks = sorted(str(file) for file in COMPAT.glob("*.yml"))
    if not playbooks:
        sys.exit("tests/compat holds no playbook")
    with tempfile.TemporaryDirectory() as hosts:
        subprocess.run([sys.executable, str(COMPAT / "hosts.py"), hosts], check=True)
        play = [
            str(core.folder / "bin" / "ansible-playbook"),
            "-i",
            str(inventory),
            "-e",
            f"compat_folder={hosts}",
            "--diff",
            *playbooks,
        ]
        payload = [
            str(core.folder / "bin" / "python"),
            str(CHECKOUT / "tests" / "tools" / "payload.py"),
        ]
        return run(
            str(core),
            [play, payload],
            clean_environment({"SIMULATED_WAY": "double"}, collections),
            VENV,
        )


def hides(core: Core, collections: Path, *, oldest: bool) -> bool:
    """Whether passwords in the variables of a role stop the playbook site and never show, with and
    without -vvv.
    """
    started = time.monotonic()
    environment = clean_environment({"SIMULATED_WAY": "double"}, collections)
    program = str(core.folder / "bin" / "ansible-playbook")
    failures = []
    for inventory in sorted((COMPAT / "secrets").glob("*.yml")):
        for more in [["-vvv"]] if oldest else [["-vvv"], []]:
            command = [program, "-i", str(inventory), "mailops.mailessentials.site", *more]
            done = subprocess.run(
                command, cwd=VENV, env=environment, check=False, capture_output=True, text=True
            )
            output = done.stdout + done.stderr
            if done.returncode == 0 or SECRET in output or "FAILED!" not in output:
                failures.append(
                    f"{inventory.name} {' '.join(more)}: "
                    f"{[line for line in output.splitlines() if SECRET in line] or output[-500:]}"
                )
    for failure in failures:
        print(f"    {failure}", flush=True)
    print(
        f"    {core}, passwords: {'FAILED' if failures else 'passed'} in "
        f"{time.monotonic() - started:.1f} s",
        flush=True,
    )
    return not failures


def refuses(core: Core, collections: Path) -> bool:
    """Whether every wrong value of every input is named, with no secret and no traceback."""
    wrong, expected = wrong_inventory()
    wrong["mailessentials"]["vars"] = {"ansible_connection": "local"}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "wrong.yml"
        file.write_text(yaml.safe_dump(wrong), encoding="utf-8")
        program = str(core.folder / "bin" / "ansible-playbook")
        done = subprocess.run(
            [program, "-i", str(file), "mailops.mailessentials.site", "-vvv"],
            cwd=VENV,
            env=clean_environment({"SIMULATED_WAY": "double"}, collections),
            check=False,
            capture_output=True,
            text=True,
        )
    output = done.stdout + done.stderr
    silent = [name for name in set(expected.values()) if f"{name}" not in output]
    passed = done.returncode != 0 and not silent
    passed = passed and SECRET not in output and "Traceback" not in output
    print(
        f"    {core}, {len(expected)} wrong values: {'passed' if passed else 'FAILED'}"
        f"{' ' + ', '.join(silent) if silent else ''}",
        flush=True,
    )
    return passed


def path_without(program: str, folder: Path, path: str) -> str:
    """PATH on which the program is not found: a directory that has it is replaced by links, in
    folder, to all else in it.
    """
    kept = []
    for number, directory in enumerate(path.split(os.pathsep)):
        if not (Path(directory) / program).exists():
            kept.append(directory)
            continue
        links = folder / str(number)
        links.mkdir(parents=True)
        for entry in Path(directory).iterdir():
            if entry.name != program:
                (links / entry.name).symlink_to(entry)
        kept.append(str(links))
    return os.pathsep.join(kept)


def unit(minor: int, python: str) -> bool:
    """The unit tests under another Python, with its newest ansible-core, without PowerShell."""
    folder = VENV / f"unit-3.{minor}"
    install(folder, python, "-r", str(CHECKOUT / "requirements" / "tools.txt"))
    with tempfile.TemporaryDirectory() as links:
        path = path_without("pwsh", Path(links), os.environ["PATH"])
        environment = clean_environment() | {"PATH": f"{folder / 'bin'}{os.pathsep}{path}"}
        environment.pop("PWSH", None)
        tests = [str(folder / "bin" / "python"), "-m", "pytest", "-n", "2", "-m", "not large"]
        title = f"unit tests on Python 3.{minor} without pwsh"
        return run(title, [[*tests, "tests/unit"]], environment, CHECKOUT)


def units() -> list[bool]:
    """The unit tests under the Pythons that "make test" does not run them on."""
    results = []
    for minor in UNIT_MINORS:
        python = interpreter(minor) if minor != sys.version_info.minor else None
        if python:
            results.append(unit(minor, python))
        else:
            known = minor == sys.version_info.minor
            print(
                "    unit tests on Python "
                f"3.{minor}: {'those of make test' if known else 'not run, none found'}",
                flush=True,
            )
    return results


def main(arguments: list[str]) -> int:
    found = list(cores())
    if not found:
        sys.exit("no Python 3.10 to 3.14 found")
    collections = simulated_tree("double")
    oldest = "--oldest" in arguments
    inventory = COMPAT / "inventory"
    chosen = found[:1] if oldest else found
    results = [
        prove(core, collections, inventory / "hosts.yml" if oldest else inventory)
        for core in chosen
    ]
    results += [hides(core, collections, oldest=oldest) for core in chosen]
    results += [refuses(core, collections) for core in chosen]
    results += [] if oldest else units()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
