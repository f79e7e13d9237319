# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts about GFI MailEssentials: which version uses which ports, hosts and flows, and who says
so.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import InputError
from .schema import (
    FEATURES,
    SERVER_ROLES,
    SUBJECTS,
    Entry,
    Subjects,
    check_references,
    complete,
    is_date,
)

DATA = Path(__file__).parent / "data"
# "21", "20.0.4837.5918", "20.0.4837.5918-20150308-1353" (the BuildLab value of the registry),
# "20080915"
_NUMBERS = re.compile(
    r"(?P<product>\d{1,4}(?:\.\d+){0,3})?(?:(?:^|-)(?P<build>\d{8})(?:-\d{4})?)?", re.ASCII
)
_PREFIX = re.compile(r"(?:gfi)?(?:mailessentials)?(?:version|v)?")


@dataclass(frozen=True)
class Version:
    """A version that the catalog knows.

    name: the catalog's name ("2014 R2"). rank: its place from the oldest, 0. product: the numbers
    that were given ("21.8"), else those that the catalog has for the name, else "". build: the date
    that was given, else "". multi_server: it can join a Multi-Server network.
    """

    name: str
    rank: int
    product: str
    build: str
    multi_server: bool


@dataclass(frozen=True)
class _Question:
    version: Version
    features: frozenset[str] | None
    server_role: str | None


@lru_cache(maxsize=8)
def load(folder: Path = DATA) -> Subjects:
    """Every subject of the catalog, checked, defaults filled in; the answer is shared, so nobody
    may change it.
    """
    subjects: Subjects = {}
    for subject, fields in SUBJECTS.items():
        file = folder / f"{subject}.yml"
        try:
            entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(
                file.name, f"cannot be read as YAML in UTF-8: {' '.join(str(error).split())}"
            ) from error
        if not isinstance(entries, list) or not entries:
            raise InputError(file.name, "must be a list of at least one entry")
        subjects[subject] = [
            complete(f"{file.name}[{number}]", entry, fields)
            for number, entry in enumerate(entries)
        ]
    check_references(subjects)
    return subjects


def resolve_version(text: str | int) -> Version:
    """The version that a name ("2014 R2"), product version ("21.8"), build ("20080915"), BuildLab
    or "latest" stands for.

    A whole number is the version that it looks like; raises InputError for other numbers, and for
    what nobody knows. Upper and lower case, spaces and a leading product name do not matter. A
    build belongs to the last known build before it.
    """
    if isinstance(text, (bool, float)) or not isinstance(text, (str, int)):
        raise InputError(
            "version",
            f"{text!r} must be a string; write it in quotes, such as '21.8' (as a number, "
            "20.10 would be 20.1)",
        )
    text = str(text)
    rows = load()["versions"]
    wanted = _PREFIX.sub("", _plain(text), count=1)
    if wanted == "latest":
        return _version(rows, rows[-1], "", "")
    for row in rows:
        if wanted in map(_plain, (row["name"], *row["aliases"])):
            return _version(rows, row, "", "")
    numbers = _NUMBERS.fullmatch(wanted)
    product, build = (numbers["product"] or "", numbers["build"] or "") if numbers else ("", "")
    found = _row_of_numbers(rows, text, product, build)
    if found is None:
        raise _unknown("version", text, _known_versions(rows))
    return _version(rows, found, product, build)


def query(
    term: str,
    *,
    version: str | int = "latest",
    features: Collection[str] | None = None,
    server_role: str | None = None,
) -> list[dict[str, Any]]:
    """The entries of a term, as fresh dicts of constant keys and types; the lookup plugin documents
    them.

    features: None asks for all of them; a list asks for these and for what MailEssentials always
    needs ("core").
    server_role: None asks for all of them. Both narrow ports, hosts and flows only. For flows, the
    feature multi_server needs a role.
    """
    if not isinstance(term, str) or term not in _ANSWERS:
        raise _unknown("term", term, list(_ANSWERS))
    question = _Question(resolve_version(version), _known_features(features), server_role)
    if server_role is not None and server_role not in SERVER_ROLES:
        raise _unknown("server_role", server_role, list(SERVER_ROLES))
    if question.features and "multi_server" in question.features:
        _check_multi_server(term, question)
    return copy.deepcopy(_ANSWERS[term](load(), question))


def all_ports(kind: str) -> frozenset[int]:
    """The ports of one kind, of whatever version."""
    return frozenset(
        port for entry in load()["ports"] if entry["kind"] == kind for port in entry["ports"]
    )


def _known_features(features: Collection[str] | None) -> frozenset[str] | None:
    if features is None:
        return None
    if not isinstance(features, (list, tuple, set, frozenset)):
        raise InputError(
            "features", f"{features!r} is not a list; give a list of {', '.join(FEATURES)}"
        )
    for number, name in enumerate(features):
        if name not in FEATURES:
            raise _unknown(f"features[{number}]", name, list(FEATURES))
    return frozenset(("core", *features))


def _check_multi_server(term: str, question: _Question) -> None:
    if not question.version.multi_server:
        first = next(row["name"] for row in load()["versions"] if row["multi_server"])
        raise InputError(
            "features",
            f"'multi_server' needs MailEssentials {first} or later; "
            f"version {question.version.name} has no Multi-Server",
        )
    if term == "flows" and question.server_role not in ("master", "slave"):
        raise InputError(
            "server_role",
            f"the feature 'multi_server' needs 'master' or 'slave', not {question.server_role!r}",
        )


def _unknown(field: str, given: object, known: list[str]) -> InputError:
    plain = {_plain(name): name for name in known}
    nearest = plain[difflib.get_close_matches(_plain(str(given)), plain, n=1, cutoff=0.0)[0]]
    return InputError(
        field,
        f"{str(given)!r} is not known; the nearest is {nearest!r}, the known ones "
        f"are {', '.join(known)}",
    )


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _known_versions(rows: list[Entry]) -> list[str]:
    products = [row["product"] for row in rows if row["product"]]
    return list(
        dict.fromkeys(
            [
                "latest",
                *_names(rows),
                *products,
                *(build for row in rows for build in row["builds"]),
            ]
        )
    )


def _names(rows: list[Entry]) -> list[str]:
    return [row["name"] for row in rows]


def _row_of_numbers(rows: list[Entry], text: str, product: str, build: str) -> Entry | None:
    """The row with the longest matching product version; the build date decides between rows of the
    same one, or alone without a product version.
    """
    given = product.split(".") if product else []
    date = build or next((part for part in given if len(part) == 8), "")
    if date and not is_date(date):
        raise InputError(
            "version",
            f"{text!r} has {date!r} where a build date belongs; write year, month and day, "
            "such as '20150308'",
        )
    fitting = _longest_fitting(rows, given) if given else rows
    known = sorted((known, rows.index(row)) for row in fitting for known in row["builds"])
    if not date or not known:
        return fitting[0] if given and fitting else None
    rank = _rank_of_build(text, date, known)
    if not given and date > known[-1][0] and rank < len(rows) - 1:
        may_be = ", ".join(_names(rows[rank:]))
        raise InputError(
            "version",
            f"{text!r} is later than the last known build, {known[-1][0]}, and may be any "
            f"of {may_be}; give one of these names instead",
        )
    return rows[rank]


def _longest_fitting(rows: list[Entry], given: list[str]) -> list[Entry]:
    fitting = [row for row in rows if row["product"] and given[: len(_parts(row))] == _parts(row)]
    longest = max((len(_parts(row)) for row in fitting), default=0)
    return [row for row in fitting if len(_parts(row)) == longest]


def _parts(row: Entry) -> list[str]:
    return str(row["product"]).split(".")


def _rank_of_build(text: str, date: str, known: list[tuple[str, int]]) -> int:
    """The rank beside the last known build that is not later than the date; known is in order of
    dates.
    """
    before = [rank for build, rank in known if build <= date]
    if not before:
        raise InputError(
            "version",
            f"{text!r} has a build date before {known[0][0]}, the first known one; "
            "give a build from then on, or the name of the version",
        )
    return before[-1]


def _version(rows: list[Entry], row: Entry, product: str, build: str) -> Version:
    return Version(
        row["name"], rows.index(row), product or row["product"], build, row["multi_server"]
    )


def _scoped(subjects: Subjects, question: _Question, subject: str) -> Iterator[tuple[Entry, Entry]]:
    """Entries that hold for the version or for one whose facts it takes over, with the common keys
    of the nearest scope beside them.

    A scope that reaches from such a version to this one is taken over too, so inferred: only a
    scope that begins after it is this one's own.
    """
    names = _names(subjects["versions"])
    line = _line(subjects["versions"], question.version.rank)
    for entry in subjects[subject]:
        spans = [
            range(names.index(scope["from"]), names.index(scope["to"] or names[-1]) + 1)
            for scope in entry["scopes"]
        ]
        found = next(
            (
                (span, scope)
                for rank in line
                for span, scope in zip(spans, entry["scopes"], strict=True)
                if rank in span
            ),
            None,
        )
        if found is None or not _wanted(entry, question):
            continue
        span, scope = found
        facts = {
            key: scope[key] for key in ("status", "contradictions", "evidence", "sources", "note")
        }
        evidence = "inferred" if any(rank in span for rank in line[1:]) else scope["evidence"]
        yield (
            entry,
            {
                **facts,
                "evidence": evidence,
                "versions": [names[rank] for rank in sorted({*span, line[0]})],
            },
        )


def _line(rows: list[Entry], rank: int) -> list[int]:
    """The ranks of a version and of those whose facts it takes over, nearest first."""
    stand_in = rows[rank]["facts_of"]
    return [rank, *(_line(rows, _names(rows).index(stand_in)) if stand_in else [])]


def _wanted(entry: Entry, question: _Question) -> bool:
    features = entry["features"] if "features" in entry else [entry["feature"]]
    roles = entry.get("server_roles", SERVER_ROLES)
    return (
        question.features is None or not question.features.isdisjoint(features)
    ) and question.server_role in (None, *roles)


def _without(entry: Entry, *keys: str) -> Entry:
    return {key: value for key, value in entry.items() if key not in keys}


def _ports(subjects: Subjects, question: _Question) -> list[Entry]:
    found = _scoped(subjects, question, "ports")
    return [
        {"port": port, **_without(entry, "ports", "scopes"), **scope}
        for entry, scope in found
        for port in entry["ports"]
    ]


def _hosts(subjects: Subjects, question: _Question) -> list[Entry]:
    return [
        {**_without(entry, "scopes"), **scope}
        for entry, scope in _scoped(subjects, question, "hosts")
    ]


def _flows(subjects: Subjects, question: _Question) -> list[Entry]:
    return [
        {**_without(entry, "scopes"), **scope}
        for entry, scope in _scoped(subjects, question, "flows")
    ]


def _versions(subjects: Subjects, _question: _Question) -> list[Entry]:
    rows = subjects["versions"]
    return [{**row, "latest": row is rows[-1]} for row in rows]


def _advisories(subjects: Subjects, question: _Question) -> list[Entry]:
    return [
        {**entry, "applies": applies}
        for entry in subjects["advisories"]
        if (applies := _applies(question.version, resolve_version(entry["fixed_in"])))
    ]


def _applies(version: Version, fixed: Version) -> str:
    """ "yes", "possible" when only the major version is known, or "" when the fix is in."""
    if version.rank != fixed.rank:
        return "yes" if version.rank < fixed.rank else ""
    given, wanted = ([int(part) for part in one.product.split(".")] for one in (version, fixed))
    if len(given) < len(wanted) and given == wanted[: len(given)]:
        return "possible"
    return "yes" if given < wanted else ""


def _whole(subject: str) -> Callable[[Subjects, _Question], list[Entry]]:
    return lambda subjects, _question: subjects[subject]


_ANSWERS: dict[str, Callable[[Subjects, _Question], list[Entry]]] = {
    "ports": _ports,
    "hosts": _hosts,
    "flows": _flows,
    "versions": _versions,
    "advisories": _advisories,
    **{
        subject: _whole(subject)
        for subject in ("sources", "contradictions", "components", "services", "notes")
    },
}
