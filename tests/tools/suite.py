# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps of a tier one after the other, each to its end, and names the failing ones last.

The first argument is the tier. check: linters, types and the engine, in minutes. test: check and
all that a change must pass. prove: what is too large for that, with many more cases, both ways and
every ansible-core. More arguments are the steps wanted: their names or the start of them, or "lint"
for all linters. A Molecule scenario finds SIMULATED_WAY (double or worker) in its environment, and
SIMULATED_PWSH in the way "worker".
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from threading import Lock

from surroundings import (
    CHECKOUT,
    COLLECTIONS,
    VENV,
    Unusable,
    clean_environment,
    no_mono,
    old_core,
    powershell,
    powershell_engine,
    simulated_tree,
)

TOOL = (sys.executable, "-u")
ENGINE = tuple(
    f"tests/unit/{room}"
    for room in (
        "net",
        "catalog",
        "plan",
        "host",
        "firewall",
        "ports",
        "proxy",
        "endpoints",
        "farm",
    )
)
NO_POWERSHELL = "POWERSHELL TESTS SKIPPED: NO PWSH (SET PWSH OR PUT pwsh ON PATH)"
WITHOUT_MONO = "MONO TESTS SKIPPED: NO MONO (INSTALL mono-mcs AND mono-devel)"
PYTEST = (sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal")
BUILDING = Lock()
# A call to the real worker takes seconds, and tests/powershell compare both ways on many more
# hosts.
FEWER = {
    "preflight": {"MAILOPS_PREFLIGHT_SERVERS": "installed,exchange"},
    "slave": {"MAILOPS_SLAVE_SERVERS": "slave2"},
}
# About what the controller decides from readings, in many runs.
NOT_PLAYED = {("worker", "site")}
# What each tier runs: steps carry the smallest tier that has them.
TIERS = {"check": ("check",), "test": ("check", "test"), "prove": ("prove",)}
FEW, MANY = "0.25", "5"  # times as many examples as the laws of tests/property ask for


@dataclass(frozen=True)
class Step:
    """One command; tier is one of TIERS; tree is the way of the simulated collection tree that it
    needs; skip says why it cannot run here.

    Neighbours that are "together" run two at a time, and each shows its output at its end.
    """

    name: str
    command: Sequence[str]
    tier: str = "test"
    environment: dict[str, str] = field(default_factory=dict)
    tree: str = ""
    skip: str = ""
    lint: bool = False
    together: bool = False

    def wanted(self, names: Sequence[str]) -> bool:
        return not names or any(
            self.name.startswith(name) or (self.lint and name == "lint") for name in names
        )


@dataclass(frozen=True)
class Outcome:
    """How a step ended: passed, FAILED or SKIPPED, and its seconds or its reason."""

    name: str
    word: str
    remark: str

    def __str__(self) -> str:
        return f"{self.word:8}{self.name} ({self.remark})"


def linters() -> Iterator[Step]:
    """What looks at the text alone."""
    ansible_lint = ["ansible-lint", "--nocolor", "--offline", "--profile", "production"]
    # excluded in .ansible-lint, whose older versions take its files for playbooks
    molecule = sorted(map(str, CHECKOUT.glob("molecule/**/*.yml")))
    commands = {
        "ruff": ["ruff", "check"],
        "mypy": ["mypy"],
        "yamllint": ["yamllint", "--strict", "."],
        "ansible-lint": ansible_lint,
        "ansible-lint-molecule": [*ansible_lint, *molecule],
        "changelog": ["antsibull-changelog", "lint"],
        "reuse": ["reuse", "lint", "--quiet"],
        "shellcheck": ["shellcheck", ".ci/run", "tests/tools/venv.sh"],
    }
    for name, command in commands.items():
        yield Step(name, command, "check", lint=True, together=True)


def scenarios(way: str, environment: dict[str, str], skip: str = "") -> Iterator[Step]:
    """The Molecule scenarios, one way."""
    for scenario in sorted(file.parent.name for file in CHECKOUT.glob("molecule/*/molecule.yml")):
        if (way, scenario) in NOT_PLAYED:
            continue
        private = VENV / "molecule" / way / scenario
        settings = {
            "MOLECULE_GLOB": "molecule/*/molecule.yml",
            "MOLECULE_EPHEMERAL_DIRECTORY": str(private),
            "SIMULATED_WAY": way,
        }
        if way == "worker":
            settings |= FEWER.get(scenario, {})
        if scenario not in ("preflight", "site"):
            settings["ANSIBLE_SKIP_TAGS"] = (
                # what these do in site.yml is proven by scenarios of their own
                "preflight,proxy,verify"
            )
        yield Step(
            f"molecule {scenario} {way}",
            ["molecule", "test", "-s", scenario],
            "test" if way == "double" else "prove",
            settings | environment,
            way,
            skip,
            together=True,
        )


def steps() -> Iterator[Step]:
    """All steps, in their order."""
    pwsh = powershell()
    old = old_core()
    no_powershell = "" if pwsh else "no pwsh"
    settings = {"PWSH": pwsh} if pwsh else {}
    no_skips = () if old else ("--no-skips",)
    yield from linters()
    yield Step("engine", (*PYTEST, *ENGINE), "check")
    rest = [f"--ignore={folder}" for folder in ENGINE]
    yield Step("unit", (*PYTEST, "-m", "not large", "tests/unit", *rest), environment=settings)
    yield Step("property", (*PYTEST, "tests/property"), environment={"MAILOPS_EXAMPLES": FEW})
    powershell_tests = (*PYTEST, *no_skips, "tests/powershell")
    yield Step("powershell", powershell_tests, environment=settings, skip=no_powershell)
    mono_tests = (sys.executable, "-m", "pytest", "--no-skips", "tests/mono")
    yield Step("mono", mono_tests, skip="no mono" if no_mono() else "")
    yield Step("compat", (*TOOL, "tests/tools/compat.py", "--oldest"))
    yield from scenarios("double", {})
    large = (*PYTEST, "-m", "large", "tests/unit")
    yield Step("large", large, "prove", settings)
    yield Step("many-examples", (*PYTEST, "tests/property"), "prove", {"MAILOPS_EXAMPLES": MANY})
    yield Step("mutants", (*TOOL, "tests/tools/mutants.py"), "prove")
    yield Step("every-core", (*TOOL, "tests/tools/compat.py"), "prove")
    yield Step("every-sanity", (*TOOL, "tests/tools/sanity.py"), "prove", {"CORES": "all"})
    yield Step("catalogues", (*TOOL, "tests/tools/catalogues.py"), "prove")
    engine = {"SIMULATED_PWSH": powershell_engine(pwsh)} if pwsh else {}
    yield from scenarios("worker", settings | engine, no_powershell or old)


def run(step: Step) -> Outcome:
    """One step, its output shown as it comes."""
    if step.skip:
        return Outcome(step.name, "SKIPPED", step.skip)
    print(f"==> {step.name}", flush=True)
    started = time.monotonic()
    held = subprocess.PIPE if step.together else None
    shown = ""
    try:
        environment = clean_environment(
            step.environment, tree(step.tree) if step.tree else COLLECTIONS
        )
        done = subprocess.run(
            step.command,
            cwd=CHECKOUT,
            env=environment,
            check=False,
            stdout=held,
            stderr=held and subprocess.STDOUT,
            text=True,
        )
        code, shown = done.returncode, done.stdout or ""
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{step.name}: {error}", flush=True)
        code = 1
    seconds = f"{time.monotonic() - started:.1f} s"
    print(f"{shown}==> {step.name}: {'passed' if code == 0 else 'FAILED'} in {seconds}", flush=True)
    return Outcome(step.name, "passed" if code == 0 else "FAILED", seconds)


def run_all(chosen: Sequence[Step]) -> list[Outcome]:
    """Every step, in order but for neighbours that run together."""
    outcomes: list[Outcome] = []
    for together, neighbours in groupby(chosen, key=lambda step: step.together):
        with ThreadPoolExecutor(max_workers=2 if together else 1) as pool:
            outcomes += pool.map(run, neighbours)
    return outcomes


@cache
def built(way: str) -> Path:
    return simulated_tree(way)


def tree(way: str) -> Path:
    """The collection tree of one way, made once and before anybody uses it."""
    with BUILDING:
        return built(way)


def report(outcomes: Sequence[Outcome]) -> int:
    """The summary; what failed stands on the last line."""
    print("==> summary")
    for outcome in outcomes:
        print(f"    {outcome}")
    if any(outcome.remark == "no pwsh" for outcome in outcomes):
        print(NO_POWERSHELL)
    if any(outcome.remark == "no mono" for outcome in outcomes):
        print(WITHOUT_MONO)
    failed = [
        f"{outcome.name} ({outcome.remark})" for outcome in outcomes if outcome.word == "FAILED"
    ]
    print(f"FAILED: {', '.join(failed)}" if failed else "every step that ran passed")
    return 1 if failed else 0


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in TIERS:
        print(f"FAILED: the first argument is the tier: {', '.join(TIERS)}")
        return 2
    tier, *names = arguments
    try:
        all_steps = [step for step in steps() if step.tier in TIERS[tier]]
    except Unusable as error:
        print(f"FAILED: {error}")
        return 2
    chosen = [step for step in all_steps if step.wanted(names)]
    unknown = [name for name in names if not any(step.wanted([name]) for step in chosen)]
    if unknown or not chosen:
        print(
            f"FAILED: no step is called {', '.join(unknown)}; there are: "
            f"lint, {', '.join(step.name for step in all_steps)}"
        )
        return 2
    print(f"==> {len(chosen)} steps: {', '.join(step.name for step in chosen)}", flush=True)
    return report(run_all(chosen))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("stopped by hand")
