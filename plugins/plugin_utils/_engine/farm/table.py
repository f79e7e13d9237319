# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix of a farm: a line for each thing proven, a column for each server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .proof import Proof

_COLUMNS = 6  # servers side by side; more begin a new block
_NOT_READ = "not read"


def table(proofs: Sequence[Proof], members: Mapping[str, str], farm: str) -> list[str]:
    """Lines for people. members: host -> server role, in the order of the columns."""
    broken, held = (sum(proof.state == state for proof in proofs) for state in ("broken", "ok"))
    known = {proof.host for proof in proofs}
    head = f"Farm {farm}: " if farm else ""
    missing = [name for name in members if name not in known]
    unread = (
        f"; {', '.join(missing)} {'was' if len(missing) == 1 else 'were'} not read"
        if missing
        else ""
    )
    verdict = f"{broken} of {broken + held} proofs failed" if broken else f"all {held} proofs hold"
    lines = [f"{head}{verdict}{unread}."]
    rows = _rows(proofs, list(members))
    names = list(members)
    for first in range(0, len(names), _COLUMNS):
        block = names[first : first + _COLUMNS]
        cells = [
            [
                "",
                *(
                    f"{name} ({members[name]})" if members[name] != "standalone" else name
                    for name in block
                ),
            ]
        ]
        cells += [
            [label, *(row.get(name, "-" if name in known else _NOT_READ) for name in block)]
            for label, row in rows.items()
        ]
        widths = [max(len(line[column]) for line in cells) for column in range(len(block) + 1)]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        ]
    return lines


def _rows(proofs: Sequence[Proof], order: Sequence[str]) -> dict[str, dict[str, str]]:
    """label -> host -> cell. The first proof of a cell counts; what merely warns has none."""
    rows: dict[str, dict[str, str]] = {}
    ranked = sorted(proofs, key=lambda proof: _rank(proof, order))
    for proof in ranked:
        if proof.state == "warning" and proof.cell == "ok":
            continue
        label = f"{proof.subject} -> {proof.peer} {proof.port}" if proof.peer else proof.subject
        rows.setdefault(label, {}).setdefault(proof.host, proof.cell)
    return rows


def _rank(proof: Proof, order: Sequence[str]) -> tuple[int, int, int]:
    subjects = (
        "product",
        "version",
        "clock",
        "ports",
        "rules",
        "peers",
        "join",
        "name servers",
        "updates",
    )
    place = subjects.index(proof.subject) if proof.subject in subjects else len(subjects)
    return place, order.index(proof.peer) if proof.peer in order else -1, proof.port
