# SPDX-License-Identifier: GPL-3.0-or-later
"""After tampering and a run in check mode: the drift is named exactly, field by field, and nothing
is repaired.
"""

from __future__ import annotations

from rules import FOREIGN, ROLES, RuleServer, by_id


def test_the_check_names_the_drift(server: RuleServer) -> None:
    drift, run = server.drift, server.runs[-1]
    prefix, expected = drift["id_prefix"], server.expected(drift["role"])
    disabled, widened, deleted = (
        f"{prefix}{drift[change]}" for change in ("disabled", "widened", "deleted")
    )
    (result,) = server.written(run, drift["role"])
    plan = result["plan"]
    fields = {change["id"]: change["fields"] for change in plan["set"]}
    addresses = fields[widened]["remote_addresses"]["after"]
    assert run.check
    assert by_id(plan["add"]) == {deleted: expected[deleted]}
    assert fields == {
        disabled: {"enabled": {"before": False, "after": True}},
        widened: {"remote_addresses": {"before": ["any"], "after": addresses}},
    }
    assert sorted(addresses) == expected[widened]["remote_addresses"]
    assert plan["remove"] == []
    assert set(plan["unchanged"]) == set(expected) - {disabled, widened, deleted}


def test_only_the_role_with_the_drift_reports_a_change(server: RuleServer) -> None:
    run, role = server.runs[-1], server.drift["role"]
    for name in ROLES:
        assert [result["changed"] for result in server.written(run, name)] == [True] * (
            name == role
        )
        assert server.compared(run, name)["changed"] == (name == role)
    assert server.differing(run) == [role]


def test_the_check_reads_once_and_writes_nothing(server: RuleServer) -> None:
    run = server.runs[-1]
    assert run.calls == ["server_info"]
    assert all(result["outcomes"] == [] for result in server.written(run, server.drift["role"]))


def test_check_mode_repairs_nothing(server: RuleServer) -> None:
    drift = server.drift
    expected = server.expected(drift["role"])
    tampered = {
        f"{drift['id_prefix']}{drift['disabled']}": {"enabled": False},
        f"{drift['id_prefix']}{drift['widened']}": {"remote_addresses": ["any"]},
    }
    del expected[f"{drift['id_prefix']}{drift['deleted']}"]
    assert by_id(server.read(drift["role"])["rules"]) == {
        name: {**rule, **tampered.get(name, {})} for name, rule in expected.items()
    }


def test_the_foreign_rule_is_in_our_group_and_not_ours(server: RuleServer) -> None:
    found = [
        rule for rule in server.read(server.drift["role"])["other_rules"] if rule["id"] == FOREIGN
    ]
    assert len(found) == 1
    assert f"|EmbedCtxt={server.drift['group']}|" in found[0]["text"]
    assert found[0]["reason"].startswith("not ours")
