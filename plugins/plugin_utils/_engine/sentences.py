# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences for people: one line each, no credentials, long lists cut short."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_CREDENTIALS = re.compile(r"(?<=://)[^/\s'\"]*@|[^\s'\"@/]+:[^\s'\"@/]*@")
_LEAST_OF_A_SPAN = 3
_KEYS = {"msg", "message", "reason", "advice", "warnings"}


def one_line(text: str) -> str:
    """The text without anything that would break a line (every other control character too), and
    with what stands in front of an @ masked.

    The mask is a last line of defence: user:password@host, with or without a scheme.
    """
    plain = "".join(
        char if char.isprintable() or char == "\u00a0" else _visible(char) for char in text
    )
    return _CREDENTIALS.sub("****@", plain) if "@" in plain else plain


def one_line_each(result: Any) -> Any:
    """A module's result, in which every sentence is one line, however it got its texts from
    a host.
    """
    if isinstance(result, Mapping):
        return {
            key: _lines(value) if key in _KEYS else one_line_each(value)
            for key, value in result.items()
        }
    return [one_line_each(entry) for entry in result] if isinstance(result, list) else result


def listed(names: Sequence[str], more: int = 0, *, most: int = 5) -> str:
    """The first names, at most so many, and how many there are beside them. more: those that are
    not in the list at all.
    """
    more += max(0, len(names) - most)
    return ", ".join(names[:most]) + (f" and {more} more" if more else "")


def in_spans(names: Sequence[str]) -> list[str]:
    """The names, three or more that are numbered one after the other as "A1 to A9"."""
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return [
        text
        for run in runs
        for text in ([f"{run[0]} to {run[-1]}"] if len(run) >= _LEAST_OF_A_SPAN else run)
    ]


def _follows(before: str, name: str) -> bool:
    first, second = (one.rstrip("0123456789") for one in (before, name))
    low, high = before[len(first) :], name[len(second) :]
    return first == second and bool(low and high) and int(high) == int(low) + 1


def _lines(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    return [_lines(entry) for entry in value] if isinstance(value, list) else one_line_each(value)


def _visible(char: str) -> str:
    return " " if char in "\r\n\t" else char.encode("unicode_escape").decode("ascii")
