# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/mutations.yml fits the code as it is, and the tool behind "make mutants" refuses what does
not.
"""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

import mutants
import pytest
from mutants import ENTRIES, Mutation
from surroundings import Unusable

MUTATION = Mutation("held.py", "it breaks", "a < b", "a <= b", ("test_held.py",))
ENTRY = "- {file: held.py, why: it breaks, old: a, new: b, tests: [test_held.py]}"


def test_every_entry_fits_the_code() -> None:
    entries = mutants.read_entries(ENTRIES.read_text(encoding="utf-8"))
    assert mutants.mistakes(entries) == []
    assert (
        len({(entry.file, entry.old, entry.new) for entry in entries})
        == len(entries)
        == len({entry.name for entry in entries})
    )


BAD_ENTRIES = [
    ("{}", "not a list of entries"),
    ("[]", "not a list of entries"),
    ("- text", "entry 1 is not a list of fields; it needs file, why, old, new, tests"),
    (
        ENTRY.replace("new:", "knew:"),
        "entry 1 (held.py, it breaks): knew is unknown; new is missing",
    ),
    (
        f"{ENTRY}\n{ENTRY.replace('[test_held.py]', 'test_held.py')}",
        "entry 2 (held.py, it breaks): tests is not a list",
    ),
    (ENTRY.replace("[test_held.py]", "[]"), "tests is not a list"),
    (ENTRY.replace("old: a", "old: ''"), "only new may be empty"),
    (ENTRY.replace("old: a", "old: 1"), "must be text"),
    (ENTRY.replace("new: b", "new: a"), "old and new are the same"),
]


@pytest.mark.parametrize(("text", "words"), BAD_ENTRIES)
def test_an_entry_that_is_not_well_formed_is_named(text: str, words: str) -> None:
    with pytest.raises(Unusable) as caught:
        mutants.read_entries(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = a > b\n", "old is found 0 times in held.py, not once"),
        ("x = a < b\ny = a < b\n", "old is found 2 times in held.py, not once"),
        ("x = a < b\n", ""),
        ("x = (a < b\n", "with new, held.py is no Python any more"),
    ],
)
def test_an_entry_that_does_not_fit_is_named(tmp_path: Path, code: str, words: str) -> None:
    (tmp_path / "held.py").write_text(code, encoding="utf-8")
    assert mutants.mistakes([MUTATION], tmp_path) == [
        "held.py, it breaks: there is no file test_held.py"
    ]
    (tmp_path / "test_held.py").touch()
    found = mutants.mistakes([MUTATION], tmp_path)
    assert len(found) == bool(words) and all(
        words in one and one.startswith("held.py, it breaks: ") for one in found
    )


@pytest.mark.parametrize(
    ("code", "output", "word"),
    [
        (0, "1 passed", "SURVIVED"),
        (1, "FAILED test_held.py::test_a\n1 failed", "red"),
        (1, "ERROR test_held.py::test_a\n1 error", "ERROR"),
        (2, "ERROR test_held.py\n1 error", "ERROR"),
        (4, "", "ERROR"),
        (5, "no tests ran", "ERROR"),
    ],
)
def test_red_is_a_test_that_failed(code: int, output: str, word: str) -> None:
    assert mutants.judge(MUTATION, CompletedProcess([], code, output, ""), 1.0).word == word


def test_a_file_is_as_before_afterwards(tmp_path: Path) -> None:
    (tmp_path / "held.py").write_text("def f(a, b):\n    return a < b\n", encoding="utf-8")
    (tmp_path / "test_held.py").write_text(
        "import held\n\ndef test_f():\n    assert not held.f(1, 1)\n", encoding="utf-8"
    )
    assert mutants.attempt(MUTATION, tmp_path).word == "red"
    assert "a < b" in (tmp_path / "held.py").read_text(encoding="utf-8")


def test_survivors_are_named_last(capsys: pytest.CaptureFixture[str]) -> None:
    red = mutants.Outcome(MUTATION, "red", 1.0, "FAILED test_held.py::test_f")
    assert mutants.report([red]) == 0
    assert mutants.report([red, mutants.Outcome(MUTATION, "SURVIVED", 1.0)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "1 mutants, 1 red",
        "2 mutants, 1 red",
        "FAILED: held.py, it breaks: no test notices; test_held.py",
    ]
