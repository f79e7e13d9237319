# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the entries of the catalog refer to: everything exists, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import InputError
from .schema import Entry, Subjects, identity


def check_references(subjects: Subjects) -> None:
    """Everything that an entry refers to exists, nothing is there twice, and no version falls into
    two scopes.
    """
    known = {
        subject: [identity(subject, entry) for entry in entries]
        for subject, entries in subjects.items()
    }
    for place, subject, position, entry in _entries(subjects):
        if identity(subject, entry) in known[subject][:position]:
            raise InputError(place, f"{identity(subject, entry)!r} is there twice")
        for inner, part in [
            (place, entry),
            *((f"{place}.scopes[{i}]", scope) for i, scope in enumerate(entry.get("scopes", []))),
        ]:
            _check_names(f"{inner}.sources", part.get("sources", []), known["sources"], "sources")
            _check_names(
                f"{inner}.contradictions",
                part.get("contradictions", []),
                known["contradictions"],
                "contradictions",
            )
        _check_names(
            f"{place}.quotes",
            list(entry.get("quotes", {})),
            entry.get("sources", []),
            "its own sources",
        )
        _check_parts(place, entry, known["flows"])
        _check_names(
            f"{place}.components", entry.get("components", []), known["components"], "components"
        )
        if subject == "versions" and entry["facts_of"]:
            _check_names(
                f"{place}.facts_of",
                [entry["facts_of"]],
                known["versions"][:position],
                "the versions before it",
            )
        _check_scopes(place, entry.get("scopes", []), known["versions"])


def _check_parts(place: str, entry: Entry, flows: list[str]) -> None:
    for number, part in enumerate(entry.get("says", [])):
        inner = f"{place}.says[{number}].sources"
        _check_names(inner, part["sources"], entry["sources"], "its own sources")
    for number, part in enumerate(entry.get("consequences", [])):
        inner = f"{place}.consequences[{number}].flow"
        _check_names(inner, [part["flow"]] if part["flow"] else [], flows, "flows")


def _entries(subjects: Subjects) -> Iterator[tuple[str, str, int, Entry]]:
    for subject, entries in subjects.items():
        for position, entry in enumerate(entries):
            yield f"{subject}.yml[{position}]", subject, position, entry


def _check_names(place: str, names: list[str], known: list[str], where: str) -> None:
    for name in names:
        if name not in known:
            raise InputError(place, f"{name!r} is not in {where}: {', '.join(known)}")


def _check_scopes(place: str, scopes: list[Entry], versions: list[str]) -> None:
    free = 0
    for number, scope in enumerate(scopes):
        inner = f"{place}.scopes[{number}]"
        _check_names(f"{inner}.from", [scope["from"]], versions, "versions")
        _check_names(f"{inner}.to", [scope["to"]] if scope["to"] else [], versions, "versions")
        if scope["status"] == "contradicted" and not scope["contradictions"]:
            raise InputError(
                f"{inner}.contradictions",
                "is empty; name the contradiction behind the status first",
            )
        first, last = versions.index(scope["from"]), versions.index(scope["to"] or versions[-1])
        if first < free or last < first:
            raise InputError(
                inner,
                f"{scope['from']!r} to {scope['to']!r} is empty or overlaps the scope before "
                "it; oldest first",
            )
        free = last + 1
