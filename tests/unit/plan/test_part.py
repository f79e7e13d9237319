# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a plan that the tasks of one server need."""

from __future__ import annotations

from typing import Any

from unit.builders import refused

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.part import (
    server_part,
)


def plan(asked: list[dict[str, Any]]) -> dict[str, Any]:
    rule_set = {"group": "G", "id_prefix": "P-", "rules": [{"rule": {"id": "P-a"}, "flow": "a"}]}
    server = {
        "farm": "mail",
        "rule_sets": {"firewall": rule_set},
        "endpoints": {"asked": asked, "features": ["ftp"]},
    }
    return {"servers": {"me1": server}, "farms": [{"absent": []}]}


def test_rules_and_endpoints_are_as_modules_take_them() -> None:
    part = server_part(plan([{"purpose": "join", "endpoint": {"host": "192.0.2.1"}}]), "me1")
    assert part["rule_sets"]["firewall"]["rules"] == [{"id": "P-a"}]
    assert part["endpoints"]["given"] == [{"host": "192.0.2.1"}]
    assert part["farm"] == "mail" and part["endpoints"]["features"] == ["ftp"]


def test_without_endpoints_none_are_given() -> None:
    assert "given" not in server_part(plan([]), "me1")["endpoints"]


def test_a_host_that_was_not_planned() -> None:
    refused(lambda: server_part(plan([]), "x"), "", "'x' is not in the group of the servers")
