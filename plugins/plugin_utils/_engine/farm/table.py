# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a farm as people read it: a row for each server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..columns import columns
from .proof import Proof

_SUBJECTS = ("product", "version", "clock", "ports", "rules")
# Of several things of one kind the number that is in order is told.
_COUNTED = {
    "peers": "peer ports",
    "join": "join ports",
    "directory": "directory",
    "servers": "other servers",
}
_LAST = ("name servers", "updates")
_HEADING = ("server", *_SUBJECTS, *_COUNTED.values(), *_LAST)
_KNOWN = {*_SUBJECTS, *_COUNTED, *_LAST}
_UNUSED = ("idle", "not used")


def proof_table(proofs: Sequence[Proof], members: Mapping[str, str], farm: str) -> list[str]:
    """Lines for people. members: host -> server role, in the order of the rows."""
    known = {proof.host for proof in proofs}
    rows = [_row(name, role, proofs) for name, role in members.items() if name in known]
    missing = [name for name in members if name not in known]
    return [
        _title(proofs, missing, farm),
        *(columns([_HEADING, *rows]) if rows else ()),
        *_legend(proofs),
    ]


def _title(proofs: Sequence[Proof], missing: Sequence[str], farm: str) -> str:
    count = {
        state: sum(proof.state == state for proof in proofs)
        for state in ("broken", "ok", "waiting")
    }
    done = count["broken"] + count["ok"]
    verdict = (
        "not verified"
        if not proofs
        else f"{count['broken']} of {done} checks failed"
        if count["broken"]
        else f"all {count['ok']} checks passed"
    )
    if count["waiting"]:
        waiting = count["waiting"]
        verdict += f", {waiting} wait{'s' * (waiting == 1)} for the installation"
    without = f"; without {', '.join(missing)}" if proofs and missing else ""
    return f"{f'Farm {farm}: ' if farm else ''}{verdict}{without}."


def _row(name: str, role: str, proofs: Sequence[Proof]) -> tuple[str, ...]:
    own = [proof for proof in proofs if proof.host == name]
    label = name if role == "standalone" else f"{name} ({role})"
    return (
        label,
        *(_cell(own, subject) for subject in _SUBJECTS),
        *(_counted(own, subject) for subject in _COUNTED),
        *(_cell(own, subject) for subject in _LAST),
    )


def _cell(own: Sequence[Proof], subject: str) -> str:
    """What merely warns has no cell."""
    return next(
        (
            proof.cell
            for proof in own
            if proof.subject == subject and not (proof.state == "warning" and proof.cell == "ok")
        ),
        "",
    )


def _counted(own: Sequence[Proof], subject: str) -> str:
    alike = [proof for proof in own if _kind(proof) == subject and proof.cell not in _UNUSED]
    if not alike:
        return "idle" if any(_kind(proof) == subject for proof in own) else ""
    done = sum(proof.state == "ok" for proof in alike)
    mark = "" if done == len(alike) or all(one.state != "broken" for one in alike) else " !"
    return f"{done} of {len(alike)}{mark}"


def _kind(proof: Proof) -> str:
    """A server that is named by an input stands in the subject, with its name."""
    return proof.column or (proof.subject if proof.subject in _KNOWN else "directory")


def _legend(proofs: Sequence[Proof]) -> Iterator[str]:
    if any(proof.state == "broken" for proof in proofs):
        yield "  ! or capitals: a failed check; the cause stands below."
