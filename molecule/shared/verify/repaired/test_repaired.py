# SPDX-License-Identifier: GPL-3.0-or-later
"""After the drift was repaired: ours are as expected again, the foreign rule in our group is as
somebody made it.
"""

from __future__ import annotations

from rules import ROLES, RuleServer, by_id


def test_the_run_repairs_what_the_check_named(server: RuleServer) -> None:
    role = server.drift["role"]
    checked, repaired = server.runs[-2:]
    assert not repaired.check
    parts = [result["plan"] for result in server.written(repaired, role)]
    (plan,) = (result["plan"] for result in server.written(checked, role))
    for operation in ("add", "set", "remove"):
        done = [entry for part in parts for entry in part[operation]]
        assert sorted(done, key=lambda entry: str(entry["id"])) == plan[operation]


def test_what_admits_more_comes_first(server: RuleServer) -> None:
    run, role = server.runs[-1], server.drift["role"]
    written = server.written(run, role)
    assert [(result["changed"], result["round_trips"]) for result in written] == [(True, 1)] * 2
    assert [
        sorted((outcome["operation"], outcome["status"]) for outcome in result["outcomes"])
        for result in written
    ] == [[("add", "done"), ("set", "done")], [("set", "done")]]
    assert run.calls == ["server_info", "firewall_ruleset", "firewall_ruleset"]
    assert not any(server.written(run, other) for other in ROLES if other != role)


def test_the_server_has_the_rules_again(server: RuleServer) -> None:
    role = server.drift["role"]
    assert by_id(server.read(role)["rules"]) == server.expected(role)


def test_the_foreign_rule_is_left_alone(server: RuleServer) -> None:
    assert len(server.others) == len(server.start) + 1
    assert server.others == server.others_before
