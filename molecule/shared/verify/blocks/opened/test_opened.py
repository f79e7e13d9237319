# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside block rules that take a part, or something from others: the rules are made once, and what
is lost is told.
"""

from __future__ import annotations

from blocks import BlockedServer, findings, said


def test_the_rules_are_made_once(blocked: BlockedServer) -> None:
    first, *rest = blocked.made
    (written,) = blocked.written(first, "firewall")
    assert first.calls == ["server_info", "firewall_ruleset"] and written["changed"]
    assert {outcome["status"] for outcome in written["outcomes"]} == {"done"}
    assert [run.check for run in rest] == [True, False]
    for run in rest:
        assert (run.calls, run.changed) == (["server_info"], False)


def test_what_is_lost_is_told_each_time(blocked: BlockedServer) -> None:
    expected = blocked.expected_findings("tolerated")
    warnings = [sentence for _kind, severity, _rules, sentence in expected if severity == "warning"]
    for run in blocked.made:
        result = blocked.compared(run, "firewall")
        assert findings(result) == expected
        assert set(warnings) <= set(map(said, result["warnings"]))


def test_connections_are_judged_by_the_block_rules(blocked: BlockedServer) -> None:
    allowed = [("allowed", []) for _answer in blocked.expected_answers("stopping")]
    assert blocked.answers("tolerated", "stopping") == [
        *blocked.expected_answers("tolerated"),
        *allowed,
    ]
