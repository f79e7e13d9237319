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
    for situation, result in proven.situations:
        farm = proven.own_farm(result)
        assert broken(farm) == {tuple(proof) for proof in situation["broken"]}, situation["name"]
        assert not farm["ok"] and any(
            situation["said"] in sentence for sentence in farm["failures"]
        ), farm["failures"]
        assert set(result["out"]) == set(farm["members"])
        assert "filtered" not in " ".join(farm["failures"])


def test_looking_changes_nothing(proven: ProvenServer) -> None:
    assert not any(run.changed for run in proven.runs_with("verify_reading"))
