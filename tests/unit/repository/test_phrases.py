# SPDX-License-Identifier: GPL-3.0-or-later
"""Phrases that must not come back in what a user reads: metaphors, inversions and unusual words.
The table has for each what to write instead.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT

# What a user reads. Of roles and playbooks: argument specs, names and comments.
READ = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.rst",
    "Makefile",
    "changelogs/fragments/*.yml",
    "docs/*.md",
    "docs/docsite/rst/*.rst",
    "molecule/README.md",
    "playbooks/**/*.yml",
    "plugins/doc_fragments/*.py",
    "plugins/lookup/*.py",
    "plugins/modules/*.py",
    "plugins/modules/*.yml",
    "roles/*/README.md",
    "roles/*/meta/*.yml",
    "roles/*/tasks/*.yml",
)
FILES = sorted(file for pattern in READ for file in CHECKOUT.glob(pattern))
# Messages and facts: strings of the code and values of the catalog, not comments and docstrings.
MESSAGES = sorted(
    file
    for pattern in ("plugins/action/*.py", "plugins/plugin_utils/**/*.py", "plugins/**/data/*.yml")
    for file in CHECKOUT.glob(pattern)
)
# Phrases that are still there, by the name of the file. Remove an entry with its phrase.
LEFT = {
    "farm_plan.py": {"whatever --limit says"},
    "flows.yml": {"lies", "speaks of"},
    "notes.yml": {"says so", "nobody listens"},
    "ports.yml": {"lies", "speaks of"},
    "versions.yml": {"speaks of"},
    "addresses.py": {"lies"},
    "reservation.py": {"lies"},
    "ruleset.py": {"lies"},
    "status.py": {"lies"},
    "wanted.py": {"by hand", "goes direct"},
}

# pattern -> what to write instead. A space stands for any white space, also a line break.
PHRASES = {
    r"by hand": "manual, or leave it out",
    r"in the hands of": "used by",
    r"for certain": "certainly, or state what is not known",
    r"is (no|not a) text": "must be a string; quote it",
    r"wants (a|an|the|to)": "requires",
    r"lingers": "remains",
    r"for good": "permanently",
    r"say which servers": "list your servers",
    r"says? so( itself)?": "reports this",
    r"look whether": "check whether",
    r"looked at": "checked",
    r"(is|are|stands?) in the way": "name the problem, such as: uses the port",
    r"goes without": "skips",
    r"goes? direct": "is reached directly",
    r"(is|are) told by": "defines",
    r"(tells?|told) (them )?apart": "distinguishes",
    r"meet this one": "use to reach this one",
    r"clocks? (is|are) (off|apart)": "the clocks differ by more than the tolerance allows",
    r"nobody (listens|can)": "nothing is listening, no program can",
    r"somebody": "someone, or another program",
    r"admit(s|ted|ting)?": "allow",
    r"(are|is|was|were) (widened|narrowed)": "is opened, is closed",
    r"(widens|narrows) rules": "opens connections, closes connections",
    r"opens? (these ports|a port|one of these ports|this port) wider": "to more addresses",
    r"rubbish": "invalid data",
    r"lies": "is",
    r"of one version": "from different versions; reinstall the collection",
    r"(servers|hosts) to look after": "servers in the inventory",
    r"all of it was so": "all checks passed",
    r"and proves? (it|them)": "verifies it",
    r"nothing is guessed": "leave it out",
    r"whatever \S+ says": "also with --limit",
    r"(left|leaves?|leave it) alone": "is not changed",
    r"hands?( \w+){0,3} out": "assigns",
    r"tak(e|es|en|ing) (it |them |those )?(back|away)": "removes",
    r"who has to reach whom": "the connections between the servers",
    r"touch(es|ed)? (Windows|nothing)": "reads and writes on the host, changes nothing",
    r"speaks? of": "is about",
    r"a proxy of its own": "a separate proxy",
    r"talk to each other": "connect to each other",
    r"must stay shut": "must stay closed",
    r"a green run": "a successful run",
}
WORDS_APART = r"[\s#]+"  # also a line break, in a comment too
COMPILED = {
    re.compile(rf"(?<![\w-]){pattern.replace(' ', WORDS_APART)}(?![\w-])", re.IGNORECASE): instead
    for pattern, instead in PHRASES.items()
}
# Code, which is no prose: `words` and C(words).
CODE = re.compile(r"``[^`]+``|`[^`]+`|\b[CVO]\([^)]+\)")


def without_code(text: str) -> str:
    """The text with its code blanked; lines stay lines."""
    return CODE.sub(lambda found: re.sub(r"\S", "_", found[0]), text)


def found(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, phrase and what to write instead."""
    prose = without_code(text)
    for pattern, instead in COMPILED.items():
        for hit in pattern.finditer(prose):
            yield prose.count("\n", 0, hit.start()) + 1, " ".join(hit[0].split()), instead


def strings(file: Path) -> Iterator[tuple[int, str]]:
    """The strings of a file of code or data, each with its line; 0 where it is not known."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yml":
        yield from ((0, value) for value in values(yaml.safe_load(text)))
        return
    nodes = list(ast.walk(ast.parse(text)))
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


def values(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, (list, dict)):
        for value in data.values() if isinstance(data, dict) else data:
            yield from values(value)


def test_there_are_files_of_every_kind() -> None:
    assert [pattern for pattern in READ if not list(CHECKOUT.glob(pattern))] == []
    assert {file.suffix for file in MESSAGES} == {".py", ".yml"}


def name_of(file: Path) -> str:
    return str(file.relative_to(CHECKOUT))


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_phrase_comes_back(file: Path) -> None:
    told = [
        f"{name_of(file)}:{line}: '{phrase}'; write instead: {instead}"
        for line, phrase, instead in found(file.read_text(encoding="utf-8"))
    ]
    assert told == [], "\n".join(told)


def test_no_phrase_comes_back_in_a_message() -> None:
    told = [
        f"{name_of(file)}:{first}: '{phrase}'; write instead: {instead}"
        for file in MESSAGES
        for first, text in strings(file)
        for _line, phrase, instead in found(text)
        if phrase.lower() not in LEFT.get(file.name, ())
    ]
    assert told == [], "\n".join(told)


@pytest.mark.parametrize(
    ("text", "line", "phrase"),
    [
        ("A port in the hands of IIS", 1, "in the hands of"),
        ("one\nThis is no text; quote it", 2, "is no text"),
        ("The steps\nby\n  hand", 2, "by hand"),
        ("# Whether\n# the clocks\n# are apart", 2, "clocks # are apart"),
        ("It wants a proxy", 1, "wants a"),
        ("A rule admits all", 1, "admits"),
        ("Windows hands the port out", 1, "hands the port out"),
        ("for all, whatever `--limit` says", 1, "whatever _________ says"),
    ],
)
def test_a_phrase_is_found(text: str, line: int, phrase: str) -> None:
    assert [(where, what) for where, what, _instead in found(text)] == [(line, phrase)]


@pytest.mark.parametrize(
    "text",
    ["handed", "``tells apart``", "`lies`", "C(lies)", "administrator", "permitted", "beliefs"],
)
def test_other_words_are_not_found(text: str) -> None:
    assert list(found(text)) == []
