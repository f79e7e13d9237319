# SPDX-License-Identifier: GPL-3.0-or-later
"""A farm whose rules were just made: in order, or on a Windows test server at least its rules."""

from __future__ import annotations

from proofs import ProvenServer, broken


def test_the_farm_is_proven(proven: ProvenServer) -> None:
    assert len(proven.proven) >= 3
    for run in proven.proven:
        (proof,) = run.farms("verify_result")
        farm = proven.own_farm(proof)
        rules = [
            entry
            for entry in farm["proofs"]
            if entry["subject"] == "rules" and entry["host"] == proven.name
        ]
        assert rules and rules[0]["state"] == "ok", rules
        if proven.simulated:
            assert (farm["ok"], farm["failures"], farm["not_read"]) == (True, [], []), farm["table"]
            assert proof["out"] == {}
            assert farm["table"][0] == "Farm verify: all 22 checks passed."


def test_every_server_is_called_twice(proven: ProvenServer) -> None:
    for run in proven.proven:
        assert (run.calls, run.changed) == (["server_info", "endpoint_check"], False)


def test_from_each_to_each_that_it_calls(proven: ProvenServer) -> None:
    if not proven.simulated:
        return
    farm = proven.own_farm(proven.proven[0].farms("verify_result")[0])
    calls = {
        (proof["host"], proof["peer"], proof["port"]) for proof in farm["proofs"] if proof["peer"]
    }
    both_ways = {
        (one, other, port)
        for one, other in (("verified1", "verified2"), ("verified2", "verified1"))
        for port in (9095, 9096)
    }
    assert calls == both_ways | {("verified2", "verified1", port) for port in (80, 443)}
    assert broken(farm) == set()
