# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside block rules that take a whole port or address: role and module stop, name each, and write
nothing.
"""

from __future__ import annotations

from blocks import BlockedServer, findings, said


def test_the_role_stops_with_a_sentence_for_each(blocked: BlockedServer) -> None:
    (verdict,) = blocked.tried.farms("preflight_result")
    failures = blocked.own_farm(verdict)["failures"]
    assert list(map(said, failures)) == [
        f"{blocked.name}: {sentence}" for *_rest, sentence in blocked.expected_findings("stopping")
    ]
    assert failures[0] in blocked.tried.last("preflight_server")["msg"]


def test_the_module_fails_with_the_same_sentences(blocked: BlockedServer) -> None:
    refused = blocked.tried.last("blocks_refused")
    expected = blocked.expected_findings("stopping", "tolerated")
    assert sorted(findings(refused)) == sorted(expected)
    assert refused["msg"].startswith("Nothing was changed. ")
    for _kind, severity, _rules, sentence in expected:
        assert (sentence in refused["msg"]) == (severity == "error")


def test_nothing_is_written(blocked: BlockedServer) -> None:
    refused = blocked.tried.last("blocks_refused")
    assert refused["plan"]["add"]
    assert (refused["changed"], refused["outcomes"]) == (False, [])
    assert blocked.tried.calls == ["server_info", "firewall_ruleset"]
    assert blocked.stored() == blocked.stored("start.json")


def test_connections_are_judged_by_the_block_rules(blocked: BlockedServer) -> None:
    assert blocked.answers("stopping") == blocked.expected_answers("stopping")
