# SPDX-License-Identifier: GPL-3.0-or-later
"""What was broken is named, with its cause, and nothing else is."""

from __future__ import annotations

import os

import pytest
from proofs import ProvenServer, broken


def test_what_was_broken_is_named(proven: ProvenServer) -> None:
    if not proven.simulated:
        pytest.skip("nothing is broken on a Windows server")
    # See break.yml.
    assert len(proven.situations) == (
        2 if os.environ.get("SIMULATED_WAY") == "worker" else len(proven.scenario["situations"])
    )
    for situation in proven.situations:
        result = proven.proof(situation["name"])
        farm = proven.own_farm(result)
        assert broken(farm) == {tuple(proof) for proof in situation["broken"]}, situation["name"]
        assert not farm["ok"] and any(
            situation["said"] in sentence for sentence in farm["failures"]
        ), farm["failures"]
        assert set(result["out"]) == set(farm["members"])
        assert "filtered" not in " ".join(farm["failures"])


def test_looking_changes_nothing(proven: ProvenServer) -> None:
    assert not any(
        result["changed"] for record in proven.proven for result in record["results"].values()
    )
