# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks the code on purpose: every entry of tests/mutations.yml, made in a copy of the checkout,
must turn a test red.

One argument at most, a part of an entry's file or why: only these entries. Everything that is made
stays in .venv/mutants.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import yaml
from surroundings import CHECKOUT, COLLECTIONS, VENV, Unusable, clean_environment

ENTRIES = CHECKOUT / "tests" / "mutations.yml"
PLACE = VENV / "mutants"
WORKERS = 2
SECONDS = 120  # a test that hangs has not failed
FIRST_SECONDS = 1800  # for all of them, as they are
EXAMPLES = "0.5"  # of tests/property, enough for every entry there
TESTS_FAILED = 1  # pytest's exit code; 2 to 5 mean that it could not do its work


@dataclass(frozen=True)
class Mutation:
    """file: path in the checkout. why: what breaks. old: text that is there exactly once. tests:
    files or node ids that must go red.
    """

    file: str
    why: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{Path(self.file).name}, {self.why}"


@dataclass(frozen=True)
class Outcome:
    """word: red, SURVIVED or ERROR. remark: the test that failed first, or what went wrong."""

    mutation: Mutation
    word: str
    seconds: float
    remark: str = ""

    def __str__(self) -> str:
        more = f": {self.remark}" if self.word == "ERROR" else ""
        return (
            f"{self.word:<8} {self.seconds:5.1f} s  {Path(self.mutation.file).name:<18} "
            f"{self.mutation.why}{more}"
        )


def read_entries(text: str) -> list[Mutation]:
    """The entries of the YAML file. Raises Unusable for the first one that is not well formed."""
    entries = yaml.safe_load(text)
    if not isinstance(entries, list) or not entries:
        raise Unusable("tests/mutations.yml is not a list of entries")
    return [_entry(entry, number) for number, entry in enumerate(entries, 1)]


def _entry(entry: Any, number: int) -> Mutation:
    known = [field.name for field in fields(Mutation)]
    name = f"entry {number}"
    if not isinstance(entry, Mapping):
        raise Unusable(f"{name} is not a list of fields; it needs {', '.join(known)}")
    name += f" ({entry.get('file', '')}, {entry.get('why', '')})"
    wrong = [f"{key} is unknown" for key in entry if key not in known]
    wrong += [f"{key} is missing" for key in known if key not in entry]
    if wrong:
        raise Unusable(f"{name}: {'; '.join(wrong)}")
    tests = entry["tests"]
    if (
        not isinstance(tests, list)
        or not tests
        or not all(isinstance(one, str) and one for one in tests)
    ):
        raise Unusable(f"{name}: tests is not a list of test files or node ids")
    texts = {key: entry[key] for key in known if key != "tests"}
    if not all(isinstance(value, str) for value in texts.values()) or not all(
        texts[key] for key in ("file", "why", "old")
    ):
        raise Unusable(f"{name}: file, why, old and new must be text, and only new may be empty")
    if texts["old"] == texts["new"]:
        raise Unusable(f"{name}: old and new are the same")
    return Mutation(**texts, tests=tuple(tests))


def mistakes(mutations: Sequence[Mutation], root: Path = CHECKOUT) -> list[str]:
    """A sentence for each entry that does not fit the files below root."""
    return [
        f"{mutation.name}: {why}" for mutation in mutations if (why := _mistake(mutation, root))
    ]


def _mistake(mutation: Mutation, root: Path) -> str:
    absent = [
        name
        for name in (mutation.file, *(test.partition("::")[0] for test in mutation.tests))
        if not (root / name).is_file()
    ]
    if absent:
        return f"there is no file {absent[0]}"
    text = (root / mutation.file).read_text(encoding="utf-8")
    count = text.count(mutation.old)
    if count != 1:
        return f"old is found {count} times in {mutation.file}, not once"
    try:
        ast.parse(text.replace(mutation.old, mutation.new))
    except SyntaxError as error:
        return f"with new, {mutation.file} is no Python any more ({error})"
    return ""


def copy(target: Path) -> Path:
    """The files that git knows or would know, with a collection tree of their own: the links in it
    lead into the copy.
    """
    shutil.rmtree(target, ignore_errors=True)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name, follow_symlinks=False)
    shutil.copytree(COLLECTIONS, target / ".venv" / "collections", symlinks=True)
    (target / ".venv" / "bin").symlink_to(VENV / "bin")
    return target


def run_tests(
    root: Path, tests: Sequence[str], seconds: int = SECONDS
) -> subprocess.CompletedProcess[str]:
    """pytest on a copy. No bytecode is written: a file that changes twice in a second with the same
    size would be taken from there.
    """
    collections = root / ".venv" / "collections"
    environment = clean_environment(
        {
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_CONFIG": str(root / "tests" / "ansible.cfg"),
            "MAILOPS_EXAMPLES": EXAMPLES,
        },
        collections,
    )
    del environment[
        "PYTHONPYCACHEPREFIX"
    ]  # the packages of .venv have theirs beside them, and the copy has none
    environment["ANSIBLE_HOME"] = str(root / ".venv" / "ansible")
    command = [sys.executable, "-m", "pytest", "-x", "--tb=no", "--color=no", *tests]
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in f"{done.stderr}\n{done.stdout}".splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def judge(mutation: Mutation, done: subprocess.CompletedProcess[str], seconds: float) -> Outcome:
    """Red is a test that failed: a module that cannot be imported or a fixture that breaks proves
    nothing.
    """
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    if done.returncode == 0:
        return Outcome(mutation, "SURVIVED", seconds)
    if done.returncode == TESTS_FAILED and failed:
        return Outcome(mutation, "red", seconds, failed[0])
    return Outcome(
        mutation,
        "ERROR",
        seconds,
        f"no test failed, pytest ended with {done.returncode} ({last_line(done)})",
    )


def attempt(mutation: Mutation, root: Path) -> Outcome:
    """One mutation in a copy, which is as before afterwards."""
    file = root / mutation.file
    text = file.read_text(encoding="utf-8")
    started = time.monotonic()
    try:
        file.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
        done = run_tests(root, mutation.tests)
    except subprocess.TimeoutExpired:
        return Outcome(
            mutation, "ERROR", time.monotonic() - started, f"the tests took more than {SECONDS} s"
        )
    finally:
        file.write_text(text, encoding="utf-8")
    return judge(mutation, done, time.monotonic() - started)


def attempt_all(mutations: Sequence[Mutation], copies: Sequence[Path]) -> list[Outcome]:
    """Each in a copy that nobody else uses meanwhile; a line as soon as one is done."""
    free: SimpleQueue[Path] = SimpleQueue()
    for root in copies:
        free.put(root)

    def one(mutation: Mutation) -> Outcome:
        root = free.get()
        try:
            outcome = attempt(mutation, root)
        finally:
            free.put(root)
        print(outcome, flush=True)
        return outcome

    with ThreadPoolExecutor(max_workers=len(copies)) as pool:
        return list(pool.map(one, mutations))


def report(outcomes: Sequence[Outcome]) -> int:
    """The summary; what is not red stands below it."""
    wrong = [outcome for outcome in outcomes if outcome.word != "red"]
    print(f"{len(outcomes)} mutants, {len(outcomes) - len(wrong)} red")
    for outcome in wrong:
        print(
            f"FAILED: {outcome.mutation.name}: "
            f"{outcome.remark or 'no test notices; ' + ' '.join(outcome.mutation.tests)}"
        )
    return 1 if wrong else 0


def main(arguments: Sequence[str]) -> int:
    """0: all red, 1: some are not, 2: they could not be tried."""
    started = time.monotonic()
    try:
        mutations = read_entries(ENTRIES.read_text(encoding="utf-8"))
        chosen = [
            one
            for one in mutations
            if all(part in one.file or part in one.why for part in arguments)
        ]
        if not chosen:
            raise Unusable(f"no entry has {' and '.join(arguments)} in its file or why")
        copies = [copy(PLACE / str(number)) for number in range(1, WORKERS + 1)]
        found = mistakes(mutations, copies[0])
        if found:
            raise Unusable("\n        ".join(found))
        tests = sorted({test.partition("::")[0] for one in chosen for test in one.tests})
        print(
            f"==> mutants: {len(chosen)} of {len(mutations)}; first {len(tests)} test files as "
            "they are",
            flush=True,
        )
        done = run_tests(copies[0], tests, FIRST_SECONDS)
        if done.returncode != 0:
            raise Unusable(
                f"the tests are not green before anything is broken\n{done.stdout}{done.stderr}"
            )
    except (Unusable, OSError, yaml.YAMLError, subprocess.SubprocessError) as error:
        print(f"FAILED: {error}")
        return 2
    code = report(attempt_all(chosen, copies))
    print(
        f"==> mutants: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s"
    )
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("stopped by hand")
