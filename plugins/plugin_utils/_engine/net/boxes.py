# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of points with several dimensions: intersection and difference.

A box is a product: for each dimension the numbers that belong to it, as merged ranges (see
addresses.merge). All boxes of a question have the same dimensions in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]
Box = tuple[Ranges, ...]


def common(one: Ranges, other: Ranges) -> Ranges:
    """The numbers in both."""
    if one is other or one == other:
        return one
    found = []
    first = second = 0
    while first < len(one) and second < len(other):
        low = max(one[first][0], other[second][0])
        high = min(one[first][1], other[second][1])
        if low <= high:
            found.append((low, high))
        if one[first][1] < other[second][1]:
            first += 1
        else:
            second += 1
    return tuple(found)


def without(one: Ranges, other: Ranges) -> Ranges:
    """The numbers of one that are not in other."""
    found = []
    start = 0
    for low, high in one:
        while start < len(other) and other[start][1] < low:
            start += 1
        place = start
        while place < len(other) and other[place][0] <= high:
            if low < other[place][0]:
                found.append((low, other[place][0] - 1))
            low = other[place][1] + 1
            place += 1
        if low <= high:
            found.append((low, high))
    return tuple(found)


def meet(one: Box, other: Box) -> Box | None:
    """The points in both; None if there is none."""
    found = []
    for mine, theirs in zip(one, other, strict=True):
        both = common(mine, theirs)
        if not both:
            return None
        found.append(both)
    return tuple(found)


def meets(boxes: Iterable[Box], other: Box | None) -> bool:
    """Whether one of the boxes has a common point with another box, which may be empty (None)."""
    return other is not None and any(meet(box, other) for box in boxes)


def rest(box: Box, other: Box) -> list[Box]:
    """The points of box that are not in other, as boxes without common points."""
    if meet(box, other) is None:
        return [box]
    found = []
    kept = list(box)
    for place, (mine, theirs) in enumerate(zip(box, other, strict=True)):
        outside = without(mine, theirs)
        if outside:
            found.append((*kept[:place], outside, *box[place + 1 :]))
            kept[place] = common(mine, theirs)
    return found


def subtract(boxes: Iterable[Box], others: Iterable[Box], most: int) -> tuple[list[Box], bool]:
    """The points of boxes that are in none of the others, and whether the result is complete. The
    result has no common points if the boxes have none. If there are more than the maximum number of
    boxes left, the remaining others are ignored, and the result contains too many points.
    """
    left = list(boxes)
    for other in others:
        if len(left) > most:
            return left, False
        left = [piece for box in left for piece in rest(box, other)]
    return left, True
