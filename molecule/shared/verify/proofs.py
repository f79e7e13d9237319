# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the scenario about the proof of a farm."""

from __future__ import annotations

from typing import Any

from servers import Server

Broken = tuple[str, str, str, int]


class ProvenServer(Server):
    """One server of a farm that is proven whole and broken."""

    @property
    def proven(self) -> list[dict[str, Any]]:
        """What was recorded each time the farm was proven."""
        return [record for record in self.records if "proof" in record["facts"]]

    @property
    def situations(self) -> list[dict[str, Any]]:
        """What scenario.yml breaks, as far as it was."""
        told = {record["facts"]["situation"] for record in self.proven}
        return [situation for situation in self.scenario["situations"] if situation["name"] in told]

    def proof(self, situation: str) -> dict[str, Any]:
        """What was said in one situation, as farm_proof returns it."""
        (record,) = (record for record in self.proven if record["facts"]["situation"] == situation)
        return dict(record["facts"]["proof"])


def broken(farm: dict[str, Any]) -> set[Broken]:
    return {
        (proof["subject"], proof["host"], proof["peer"], proof["port"])
        for proof in farm["proofs"]
        if proof["state"] == "broken"
    }
