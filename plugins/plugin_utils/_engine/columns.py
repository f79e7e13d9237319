# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of cells as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def columns(rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """Each row as a line, its cells below those of the others. A column without any text but its
    heading is left out.
    """
    used = [
        number
        for number in range(len(rows[0]))
        if any(row[number] for row in rows[1:]) or number == 0
    ]
    widths = {number: max(len(row[number]) for row in rows) for number in used}
    for row in rows:
        yield (indent + "  ".join(row[number].ljust(widths[number]) for number in used)).rstrip()
