# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the scenario about the proof of a farm."""

from __future__ import annotations

from typing import Any

from servers import Server

Broken = tuple[str, str, str, int]


class ProvenServer(Server):
    """One server of a farm that is proven whole and broken."""

    @property
    def proofs(self) -> list[dict[str, Any]]:
        """What was recorded each time the farm was proven."""
        return [record for record in self.records if "verdict" in record["facts"]]

    @property
    def situations(self) -> list[dict[str, Any]]:
        """What scenario.yml breaks, as far as it was."""
        told = {record["facts"]["situation"] for record in self.proofs}
        return [situation for situation in self.scenario["situations"] if situation["name"] in told]

    def verdict(self, situation: str) -> dict[str, Any]:
        (record,) = (record for record in self.proofs if record["facts"]["situation"] == situation)
        return dict(record["facts"]["verdict"])


def broken(verdict: dict[str, Any]) -> set[Broken]:
    return {
        (proof["subject"], proof["host"], proof["peer"], proof["port"])
        for proof in verdict["proofs"]
        if proof["state"] == "broken"
    }
