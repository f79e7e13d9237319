# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts about GFI MailEssentials: which version uses which ports, hosts and flows, and who says
so.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import InputError
from .nearest import unknown
from .references import check_references
from .schema import (
    FEATURES,
    SERVER_ROLES,
    SUBJECTS,
    Entry,
    Subjects,
    complete,
)
from .statements import consequence, consequences, statement
from .versions import Version, find_version, names

DATA = Path(__file__).parent / "data"


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
    or "latest" stands for. Raises InputError for what nobody knows.
    """
    return find_version(load()["versions"], text)


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
        raise unknown("term", term, list(_ANSWERS))
    question = _Question(resolve_version(version), _known_features(features), server_role)
    if server_role is not None and server_role not in SERVER_ROLES:
        raise unknown("server_role", server_role, list(SERVER_ROLES))
    if question.features and "multi_server" in question.features:
        _check_multi_server(term, question)
    return copy.deepcopy(_ANSWERS[term](load(), question))


def all_ports(kind: str) -> frozenset[int]:
    """The ports of one kind, of whatever version."""
    return frozenset(
        port for entry in load()["ports"] if entry["kind"] == kind for port in entry["ports"]
    )


def disagreement(key: str) -> str:
    """What each source says of the subject of a contradiction ("D1"), by title and date."""
    entries = load()["contradictions"]
    return statement(load(), next(entry for entry in entries if entry["id"] == key))


def plan_consequences(advisories: Collection[str], flows: Collection[str]) -> list[str]:
    """What a plan with these flows does about the advisories, by their ids; each sentence once."""
    entries = [entry for entry in load()["advisories"] if entry["id"] in advisories]
    return consequences(entries, flows)


def _known_features(features: Collection[str] | None) -> frozenset[str] | None:
    if features is None:
        return None
    if not isinstance(features, (list, tuple, set, frozenset)):
        raise InputError(
            "features", f"{features!r} is not a list; give a list of {', '.join(FEATURES)}"
        )
    for number, name in enumerate(features):
        if name not in FEATURES:
            raise unknown(f"features[{number}]", name, list(FEATURES))
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


def _scoped(subjects: Subjects, question: _Question, subject: str) -> Iterator[tuple[Entry, Entry]]:
    """Entries that hold for the version or for one whose facts it takes over, with the common keys
    of the nearest scope beside them.

    A scope that reaches from such a version to this one is taken over too, so inferred: only a
    scope that begins after it is this one's own.
    """
    known = names(subjects["versions"])
    line = _line(subjects["versions"], question.version.rank)
    for entry in subjects[subject]:
        spans = [
            range(known.index(scope["from"]), known.index(scope["to"] or known[-1]) + 1)
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
                "versions": [known[rank] for rank in sorted({*span, line[0]})],
            },
        )


def _line(rows: list[Entry], rank: int) -> list[int]:
    """The ranks of a version and of those whose facts it takes over, nearest first."""
    stand_in = rows[rank]["facts_of"]
    return [rank, *(_line(rows, names(rows).index(stand_in)) if stand_in else [])]


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
    """Those that apply, with what a plan for the features and the role does about them."""
    flows = {flow["id"] for flow in _flows(subjects, question)}
    return [
        {
            **_without(entry, "consequences"),
            "consequence": consequence(entry, flows),
            "applies": applies,
        }
        for entry in subjects["advisories"]
        if (applies := _applies(question.version, entry))
    ]


def _contradictions(subjects: Subjects, _question: _Question) -> list[Entry]:
    return [
        {**entry, "statement": statement(subjects, entry)} for entry in subjects["contradictions"]
    ]


def _applies(version: Version, advisory: Entry) -> str:
    """ "yes", "possible" when only the major version is known, or "" when the fix is in, or the
    version has nothing of what is affected.
    """
    if advisory["feature"] == "multi_server" and not version.multi_server:
        return ""
    fixed = resolve_version(advisory["fixed_in"])
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
    "contradictions": _contradictions,
    **{subject: _whole(subject) for subject in ("sources", "components", "services", "notes")},
}
