# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verifies a farm from the readings and the connections of all its servers in one run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..server.state import ServerState
from .notice import Notice, outside, sentences, stopping
from .peers import peer_proofs
from .preflight import clock_text, farm_notices, server_report
from .proof import Proof, ServerAnswers
from .servers import product_proofs, reached_proofs, rules_proofs
from .table import proof_table
from .verdict import farm_title

# What preflight finds, and what it is called here.
_NOT_READY = "It was not ready, so nothing was tested; see its verdict above."
_KINDS = {"conflict": "ports", "version_mismatch": "version", "clock": "clock"}


def verify(
    answers: Mapping[str, ServerAnswers],
    members: Mapping[str, str],
    farm: str = "",
    *,
    judged: bool = False,
) -> dict[str, Any]:
    """The farm as {ok, farm, table, failures, warnings, not_read, unchecked, proofs}.

    members: host -> server role, all servers of the farm; one without answers was not read in this
    run. table: lines for people. failures, warnings: sentences, the likely cause in them. proofs:
    {subject, host, peer, port, state, cell, message}. judged: what only warns of the rules was
    said before.
    """
    read = {name: answers[name] for name in members if name in answers}
    missing = [name for name in members if name not in answers]
    proofs = [
        proof
        for name, reading in read.items()
        for proof in (
            *rules_proofs(name, reading, doubts=not judged),
            *reached_proofs(name, reading),
        )
    ]
    own, doubts = _own(read)
    proofs += own
    broken = {
        subject: {
            proof.host for proof in proofs if (proof.subject, proof.state) == (subject, "broken")
        }
        for subject in ("rules", "product")
    }
    proofs += peer_proofs(read, members, broken["rules"], broken["product"])
    notices_of = {
        state: [proof.notice for proof in proofs if proof.state == state]
        for state in ("broken", "warning")
    }
    waiting = _waiting(proofs)
    return {
        "ok": bool(read) and not (notices_of["broken"] or waiting),
        "farm": farm,
        "table": proof_table(proofs, members, farm),
        "failures": [*sentences(notices_of["broken"]), *waiting],
        "warnings": sentences([*notices_of["warning"], *doubts]),
        "not_read": missing,
        "unchecked": sorted(
            {host for reading in read.values() for host in (*reading.unchecked, *reading.skipped)}
        ),
        "proofs": [proof.to_dict() for proof in proofs],
    }


def _waiting(proofs: Iterable[Proof]) -> list[str]:
    """The sentence about what is proven once MailEssentials is there."""
    waiting = [proof for proof in proofs if proof.state == "waiting"]
    names = [proof.host for proof in waiting if proof.subject == "product"]
    if not names:
        return []
    checks = f"{len(waiting)} checks are" if len(waiting) > 1 else "1 check is"
    return [
        f"{', '.join(names)}: MailEssentials is not installed yet, so {checks} not done. Install "
        "it, then run the playbook verify."
    ]


def prove_farms(
    plan: Mapping[str, Any],
    states: Mapping[str, ServerState],
    reached: Mapping[str, Mapping[str, Any]],
    asked: Collection[str],
    verdicts: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """verify() of every farm that has servers in the run.

    plan: what farm_plan returns. states: the servers that were read. reached: host -> result of
    endpoint_check. asked: the servers of the run. verdicts: the farms of a verdict of this run,
    which has said before what only warns of the rules.
    """
    stopped = {tuple(farm["members"]) for farm in verdicts if not farm["ok"]}
    proven = []
    for farm in plan["farms"]:
        members = {name: plan["servers"][name]["server_role"] for name in farm["members"]}
        if any(name in asked for name in members):
            answers = {
                name: _answers(plan["servers"][name], states[name], reached[name])
                for name in members
                if name in reached and name in states and states[name].found
            }
            proof = verify(answers, members, farm["name"], judged=bool(verdicts))
            silent = [
                Notice(_why_silent(states.get(name)), name)
                for name in members
                if name in asked and name not in answers and name not in farm["absent"]
            ]
            failures = [*sentences(silent), *proof["failures"]]
            if not answers and tuple(members) in stopped:
                failures = [_NOT_READY]
            left_out = sentences(outside(name for name in members if name not in asked))
            more = {
                "members": list(members),
                "failures": failures,
                "warnings": [*proof["warnings"], *left_out],
                "ok": not failures,
            }
            proven.append({**proof, **more})
    return proven


def _why_silent(state: ServerState | None) -> str:
    if state is None or not state.found:
        return "could not be read, see above."
    return "the connections were not tested, as the run stopped after the reading, see above."


def _answers(
    server: Mapping[str, Any], state: ServerState, reached: Mapping[str, Any]
) -> ServerAnswers:
    planned = server["endpoints"]
    return ServerAnswers(
        state,
        planned["asked"],
        reached["endpoints"],
        planned["skipped"],
        [*(entry["host"] for entry in reached["unchecked"]), *planned["unchecked"]],
        server["version"]["given"],
    )


def _own(read: Mapping[str, ServerAnswers]) -> tuple[list[Proof], list[Notice]]:
    """What the servers say of themselves and what they come to together: installed, ports, version,
    clock; and what only warns.
    """
    found = farm_notices([_report(host, reading) for host, reading in read.items()])
    proofs = []
    for host, reading in read.items():
        proofs += product_proofs(host, reading)
        for kind, subject in _KINDS.items():
            cell = _cell(subject, reading.product)
            alike = [notice for notice in found if notice.kind == kind]
            own = [notice for notice in alike if notice.host == host]
            told = own + [notice for notice in alike if not notice.host]
            if not told:
                proofs.append(Proof(subject, host, cell=cell))
                continue
            proofs.append(
                Proof(
                    subject,
                    host,
                    state="broken",
                    cell="CONFLICT" if cell == "ok" else f"{cell}!",
                    message=" ".join(notice.message for notice in told),
                    names_host=not own,
                )
            )
    return proofs, [notice for notice in found if notice.kind not in _KINDS]


def _report(host: str, reading: ServerAnswers) -> dict[str, Any]:
    """Advisories are for preflight."""
    whole = server_report(host, reading.state, reading.version)
    return {
        **whole,
        "findings": [finding for finding in whole["findings"] if finding["kind"] != "advisory"],
    }


def _cell(subject: str, product: Mapping[str, Any]) -> str:
    return {
        "clock": clock_text(product),
        "version": product["version"] or ("unknown" if product["installed"] else "-"),
    }.get(subject, "ok")


def proof_lines(farms: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines for people."""
    for farm in farms:
        yield from farm["table"]
        yield from (f"  {sentence}" for sentence in (*farm["failures"], *farm["warnings"]))


def reason(farm: Mapping[str, Any]) -> str:
    """Why a farm fails."""
    title = farm_title(farm["farm"], farm["members"])
    return stopping(title, "not in order", farm["failures"])
