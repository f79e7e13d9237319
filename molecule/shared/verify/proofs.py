# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the scenario about the proof of a farm."""

from __future__ import annotations

from typing import Any

from servers import Result, Run, Server

Broken = tuple[str, str, str, int]


class ProvenServer(Server):
    """One server of a farm that is proven whole and broken."""

    @property
    def proven(self) -> list[Run]:
        """The runs in which the farm was proven once."""
        return [run for run in self.runs_with("verify_reached") if len(_proofs(run)) == 1]

    @property
    def situations(self) -> list[tuple[dict[str, Any], Result]]:
        """What scenario.yml breaks, as far as it was, with what farm_proof returned then."""
        proofs = _proofs(self.runs_with("verify_reached")[-1])
        return list(zip(self.scenario["situations"], proofs, strict=False))


def _proofs(run: Run) -> list[Result]:
    return run.farms("verify_result")


def broken(farm: dict[str, Any]) -> set[Broken]:
    """What does not hold, and what waits for an installation."""
    return {
        (proof["subject"], proof["host"], proof["peer"], proof["port"])
        for proof in farm["proofs"]
        if proof["state"] in ("broken", "waiting")
    }
