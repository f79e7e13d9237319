# SPDX-License-Identifier: GPL-3.0-or-later
"""After the drift was repaired: ours are as expected again, the foreign rule in our group is as
somebody made it.
"""

from __future__ import annotations

from rules import ROLES, RuleServer, by_id


def test_the_run_repairs_what_the_check_named(server: RuleServer) -> None:
    role = server.drift["role"]
    checked, repaired = (run["results"][role] for run in server.runs[-2:])
    assert not server.runs[-1]["check"]
    assert repaired["plan"] == checked["plan"]
    assert (repaired["changed"], repaired["round_trips"]) == (True, 2)
    assert sorted(
        (outcome["operation"], outcome["status"]) for outcome in repaired["outcomes"]
    ) == [("add", "done"), ("set", "done"), ("set", "done")]
    assert not any(server.runs[-1]["results"][other]["changed"] for other in ROLES if other != role)


def test_the_server_has_the_rules_again(server: RuleServer) -> None:
    role = server.drift["role"]
    assert by_id(server.read(role)["rules"]) == server.expected(role)


def test_the_foreign_rule_is_left_alone(server: RuleServer) -> None:
    assert len(server.others) == len(server.start) + 1
    assert server.others == server.others_before
