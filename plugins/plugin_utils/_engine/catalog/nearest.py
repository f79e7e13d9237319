# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text that nobody knows was meant to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from ..errors import InputError

_NUMBER = re.compile(r"(\d{1,4})(?:\.\d+)*", re.ASCII)
_SIMILAR = 0.6  # of 1; difflib calls this a close match
_OF_A_YEAR = 4  # digits: "2015" is no neighbour of "20"


def plain(text: str) -> str:
    """Without blanks, and in lower case."""
    return "".join(text.casefold().split())


def unknown(field: str, given: object, known: Sequence[str]) -> InputError:
    """The error that names the known texts and the nearest of them by letters."""
    return InputError(
        field,
        f"{str(given)!r} is not known; the nearest is "
        f"{_by_letters(str(given), known)!r}; use one of {', '.join(known)}",
    )


def nearest_version(given: str, known: Sequence[str]) -> str:
    """The nearest by number: the one with the same first number and the most similar text, else the
    last before or the first after it, whose first number is nearer; of two as near, the later.

    What has no number of a version, such as a misspelt "latest" or a build, is compared by letters;
    "" where none is similar.
    """
    first, numbered = _first(given), {name: _first(name) for name in known}
    if first is None:
        return _by_letters(given, known, _SIMILAR)
    alike = [name for name in known if numbered[name] == first]
    if alike:
        return _by_letters(given, alike)
    same_kind = {
        name: number
        for name, number in numbered.items()
        if number is not None and _is_year(number) == _is_year(first)
    }
    distances = {name: abs(number - first) for name, number in same_kind.items()}
    shortest = min(distances.values())
    near = [name for name in known if distances.get(name) == shortest]
    after = [name for name in near if same_kind[name] > first]
    return after[0] if after else near[-1]


def _first(text: str) -> int | None:
    """The first number of a version, None for what is no version by its look."""
    found = _NUMBER.match(plain(text))
    rest = plain(text)[found.end() :] if found else ""
    return int(found[1]) if found and not rest[:1].isdigit() else None


def _is_year(number: int) -> bool:
    return len(str(number)) == _OF_A_YEAR


def _by_letters(given: str, known: Sequence[str], similarity: float = 0.0) -> str:
    names = {plain(name): name for name in known}
    near = difflib.get_close_matches(plain(given), names, n=1, cutoff=similarity)
    return names[near[0]] if near else ""
