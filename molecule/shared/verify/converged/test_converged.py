# SPDX-License-Identifier: GPL-3.0-or-later
"""After converge, check and idempotence: the rules are made once, as expected, and nothing is found
afterwards.
"""

from __future__ import annotations

import pytest
from rules import ROLES, RuleServer, by_id, named_peers

each_role = pytest.mark.parametrize("role", ROLES)


@each_role
def test_the_first_run_makes_the_rules(server: RuleServer, role: str) -> None:
    expected, run = server.expected(role), server.runs[0]
    assert not run.check
    written = server.written(run, role)
    assert len(written) == (1 if expected else 0)
    for result in written:
        assert by_id(result["plan"]["add"]) == expected
        assert (result["changed"], result["round_trips"]) == (True, 1)
        assert {outcome["status"] for outcome in result["outcomes"]} == {"done"}


def test_the_first_run_reads_once_and_writes_each_set_once(server: RuleServer) -> None:
    sets = [role for role in ROLES if server.expected(role)]
    assert server.runs[0].calls == ["server_info", *("firewall_ruleset" for _set in sets)]
    assert server.differing(server.runs[0]) == sets


@each_role
def test_check_and_the_second_run_find_nothing(server: RuleServer, role: str) -> None:
    assert [run.check for run in server.runs] == [False, True, False]
    for run in server.runs:
        result = server.compared(run, role)
        assert (result["changed"], result["round_trips"], result["outcomes"]) == (False, 0, [])
        plan = result["plan"]
        assert (plan["add"], plan["set"], plan["remove"]) == ([], [], [])
        assert set(plan["unchanged"]) == set(server.expected(role))
    for run in server.runs[1:]:
        assert server.written(run, role) == []
        assert (run.calls, run.changed) == (["server_info"], False)
        assert server.differing(run) == []


@each_role
def test_the_server_has_the_rules(server: RuleServer, role: str) -> None:
    assert by_id(server.read(role)["rules"]) == server.expected(role)


@each_role
def test_rules_between_servers_name_them(server: RuleServer, role: str) -> None:
    assert named_peers(server.read(role)["rules"]) == server.peers(role)


def test_what_is_read_can_be_written(server: RuleServer) -> None:
    role = server.drift["role"]
    group, prefix = ROLES[role]
    answer = server.ask(
        "firewall_ruleset",
        group=group,
        id_prefix=prefix,
        rules=server.read(role)["rules"],
        purge=True,
    )
    assert (answer["changed"], answer["round_trips"]) == (False, 1)
    assert set(answer["plan"]["unchanged"]) == set(server.expected(role))


def test_nothing_foreign_is_there_yet(server: RuleServer) -> None:
    assert server.others == server.start
