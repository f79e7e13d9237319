# SPDX-License-Identifier: GPL-3.0-or-later
"""After remove.yml: nothing of ours is left, and every other rule is, byte for byte."""

from __future__ import annotations

import json

import pytest
from rules import ROLES, RuleServer


@pytest.mark.parametrize("role", ROLES)
def test_every_rule_of_ours_was_removed(server: RuleServer, role: str) -> None:
    expected, result = set(server.expected(role)), server.removal.last(f"{role}_result")
    assert {rule["id"] for rule in result["plan"]["remove"]} == expected
    assert (result["changed"], result["round_trips"]) == ((True, 2) if expected else (False, 1))
    assert result["rules"] == []


def test_only_the_others_are_left(server: RuleServer) -> None:
    answer = server.read(server.drift["role"])
    assert answer["rules"] == []
    assert not [
        rule["id"] for rule in answer["other_rules"] if rule["id"].startswith("MailOps-ME-")
    ]
    assert server.others == server.others_before


def test_the_simulated_store_is_the_captured_one(server: RuleServer) -> None:
    if not server.simulated:
        pytest.skip("only a simulated host shows its store")
    stored = json.loads(server.simulated.joinpath("host.json").read_text(encoding="utf-8"))[
        "stores"
    ]["local"]["rules"]
    assert stored == {
        rule: text for (store, rule), text in server.others.items() if store == "local"
    }
