# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes of the inventory, all of them in one message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import InputError
from ..sentences import listed

_MOST_NAMED = 5


class PlanError(InputError):
    """Every mistake of every server, each a sentence with its servers. headline: their number."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        count = f"{len(mistakes)} mistakes" if len(mistakes) > 1 else "1 mistake"
        self.headline = f"{count} in the inventory; no host was called."
        super().__init__("", f"{self.headline} {' '.join(mistakes)}")


class Mistakes:
    """Mistakes of servers, each kept once with the servers that have it."""

    def __init__(self, servers: int) -> None:
        self._servers = servers
        self._found: dict[str, dict[str, None]] = {}

    def add(self, names: Iterable[str], error: InputError) -> None:
        self._found.setdefault(str(error), {}).update(dict.fromkeys(names))

    def __bool__(self) -> bool:
        return bool(self._found)

    def sentences(self) -> list[str]:
        """A sentence for each, with its servers."""
        return [
            f"{sentence.rstrip('.')} ({self._named(list(names))})."
            if names
            else f"{sentence.rstrip('.')}."
            for sentence, names in self._found.items()
        ]

    def _named(self, names: Sequence[str]) -> str:
        if len(names) == self._servers > 1:
            return f"all {self._servers} servers"
        return listed(names, most=_MOST_NAMED)
