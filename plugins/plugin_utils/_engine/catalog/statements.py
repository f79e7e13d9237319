# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences that are made of several entries: what each source says, and what a plan does about an
advisory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .schema import Entry, Subjects


def cited(source: Entry) -> str:
    """A source by its title, its key and its date."""
    return f'"{source["title"]}" ({source["key"]}, {source["date"] or "no date"})'


def statement(subjects: Subjects, contradiction: Entry) -> str:
    """What each source says of the subject of a contradiction."""
    sources = {source["key"]: source for source in subjects["sources"]}
    return "; ".join(
        f"{', '.join(cited(sources[key]) for key in part['sources'])}: {part['words']}"
        for part in contradiction["says"]
    )


def consequence(advisory: Entry, flows: Collection[str]) -> str:
    """What a plan with these flows does about an advisory."""
    return " ".join(consequences([advisory], flows))


def consequences(advisories: Iterable[Entry], flows: Collection[str]) -> list[str]:
    """The same of several, each sentence once."""
    return list(
        dict.fromkeys(
            part["text"]
            for advisory in advisories
            for part in advisory["consequences"]
            if not part["flow"] or (part["flow"] in flows) == part["planned"]
        )
    )
