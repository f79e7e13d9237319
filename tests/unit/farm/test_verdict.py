# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether farms are ready: what stops them, whatever the inputs say, and as the inputs say."""

from __future__ import annotations

from typing import Any

import pytest
from unit.readings import port, product

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verdict import (
    FarmVerdict,
    judge_farms,
    verdict_lines,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    FAIL_ON,
)

CONFLICT = {"status": "taken", "severity": "conflict"}


def found(ports: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """What a server says."""
    return {"found": {"product": product(**changes), "ports": ports or []}, "reserved": {}}


def planned(*members: str, fail_on: Any = FAIL_ON, **changes: Any) -> dict[str, Any]:
    """A plan of one farm; changes are of each server."""
    server = {
        "version": {"given": "latest"},
        "settings": {"fail_on": list(fail_on), "reserve_ports": changes.pop("reserve", False)},
        "rule_sets": {},
        "ports": {},
        **changes,
    }
    return {
        "farms": [{"name": "mail", "members": list(members)}],
        "servers": dict.fromkeys(members, server),
    }


def judge(
    readings: dict[str, dict[str, Any]],
    *outside: str,
    reservation: str = "planned",
    silent: tuple[str, ...] = (),
    **plan: Any,
) -> FarmVerdict:
    members = (*readings, *silent, *outside)
    asked = [name for name in members if name not in outside]
    reservations = dict.fromkeys(members, reservation)
    (verdict,) = judge_farms(planned(*members, **plan), readings, asked, reservations)
    return verdict


def clocks(**offsets: float) -> dict[str, dict[str, Any]]:
    return {name: found(clock={"offset_seconds": offset}) for name, offset in offsets.items()}


def test_a_farm_in_order() -> None:
    assert judge(clocks(a=0, b=1), "c").to_dict() == {
        "name": "mail",
        "members": ["a", "b", "c"],
        "ok": True,
        "failures": [],
        "warnings": ["c: not read in this run, so nothing is known of them."],
        "not_read": ["c"],
    }


def test_a_server_of_the_run_that_gave_no_answer_stops_its_farm() -> None:
    verdict = judge(clocks(a=0), silent=("b",), fail_on=[])
    assert verdict.failures == ("b: could not be read, so its farm is not changed.",)
    assert verdict.sentence == f"The farm mail is not ready. {verdict.failures[0]}"
    assert verdict.not_read == ()


def test_farms_without_servers_in_the_run_are_not_judged() -> None:
    assert judge_farms(planned("a", "b"), {}, ["x"], {}) == []


@pytest.mark.parametrize(("apart", "told"), [(302, 0), (303, 1), (-303, 1)])
def test_two_clocks_are_apart_only_beyond_both_uncertainties(apart: float, told: int) -> None:
    assert len(judge(clocks(a=0, b=apart), fail_on=["clock"]).failures) == told


def test_a_clock_that_is_named_already_is_not_named_twice() -> None:
    off = found(clock={"offset_seconds": 4000.0, "beyond": True})
    assert len(judge({**clocks(a=0), "b": off}).failures) == 1


def test_versions_differ_among_those_installed_only() -> None:
    absent = found(installed=False, version="", state="not_installed")
    (told,) = judge({**clocks(a=0), "b": found(version="21.4"), "c": absent}).failures
    assert "a has 21.8, b has 21.4;" in told and "c has" not in told


def test_one_version_told_more_exactly_is_no_difference() -> None:
    more = {"b": found(version="21.8.0.100"), "c": found(version="", catalog_version="")}
    verdict = judge({**clocks(a=0), **more})
    assert verdict.failures == ()
    assert verdict.warnings == (
        "c: the version is not known, so it is not compared with the rest of the farm.",
    )


def test_of_two_tolerances_the_smaller_counts() -> None:
    off = found(clock={"offset_seconds": 100.0, "tolerance_seconds": 50})
    assert len(judge({**clocks(a=0), "b": off}).failures) == 1


@pytest.mark.parametrize("fail_on", [[], ["clock"], ["clock", "conflict"]])
def test_only_the_kinds_of_the_input_stop_a_farm(fail_on: list[str]) -> None:
    verdict = judge({"me1": found([port(9091, **CONFLICT)])}, fail_on=fail_on)
    assert bool(verdict.failures) == ("conflict" in fail_on)
    assert len(verdict.failures) + len(verdict.warnings) == 1


def test_each_server_has_its_own_kinds() -> None:
    plan = planned("a", "b")
    plan["servers"]["b"] = {
        **plan["servers"]["b"],
        "settings": {"fail_on": [], "reserve_ports": False},
    }
    readings = {name: found([port(9091, **CONFLICT)]) for name in ("a", "b")}
    (verdict,) = judge_farms(plan, readings, ["a", "b"], dict.fromkeys("ab", "planned"))
    assert [len(verdict.failures), len(verdict.warnings)] == [1, 1]
    assert verdict.failures[0].startswith("a: ") and verdict.warnings[0].startswith("b: ")


@pytest.mark.parametrize(
    ("reservation", "reserve", "stops"),
    [
        ("planned", False, True),
        ("planned", True, False),
        ("present", False, False),
        ("absent", True, False),
        ("done", True, True),
    ],
)
def test_what_reserving_cures_does_not_stop_it(
    reservation: str, reserve: bool, stops: bool
) -> None:
    loose = found([port(9091, dynamic_unprotected=True)])
    verdict = judge({"me1": loose}, reservation=reservation, reserve=reserve)
    assert bool(verdict.failures) == stops


def test_a_port_that_cannot_be_reserved_is_a_conflict_and_named_once() -> None:
    conflicts = [
        {"port": number, "protocol": "tcp", "message": f"{number} is in use.", "advice": ""}
        for number in (9091, 9095)
    ]
    reading = {
        **found([port(9091, **CONFLICT), port(9095)]),
        "reserved": {"plan": {"conflicts": conflicts}},
    }
    verdict = judge({"me1": reading}, reserve=True)
    assert [sentence for sentence in verdict.failures if "Not reserved" in sentence] == [
        "me1: Not reserved. 9095 is in use."
    ]


def test_a_remoting_port_of_the_host_that_a_rule_would_open_always_stops() -> None:
    rule = {"direction": "inbound", "local_ports": ["443", "8440-8450"]}
    outbound = {"direction": "outbound", "remote_ports": ["9091"]}
    rules = [
        {"rule": rule, "ports_input": "mailessentials_web_ui_ports"},
        {"rule": outbound, "ports_input": ""},
    ]
    reading = found(
        remoting={"ports": [{"port": 8443}, {"port": 9091}], "state": "ok", "reason": ""}
    )
    verdict = judge({"me1": reading}, fail_on=[], rule_sets={"firewall": {"rules": rules}})
    assert verdict.failures == (
        "me1: 8443 is a remoting port of MailEssentials on this server, which is never opened; "
        "choose another for mailessentials_web_ui_ports.",
    )


@pytest.mark.parametrize("state", ["unreadable", "not_xml", "too_large", "missing", "no_section"])
@pytest.mark.parametrize("given", [[], [9099]])
def test_a_web_config_that_says_nothing_stops_unless_the_inventory_names_the_ports(
    state: str, given: list[int]
) -> None:
    remoting = {"ports": [{"port": 9091}], "state": state, "reason": "The file says nothing."}
    own = {"ports": {"remoting_ports": given} if given else {}}
    verdict = judge({"me1": found(remoting=remoting)}, fail_on=[], **own)
    stops = state in ("unreadable", "not_xml", "too_large") and not given
    assert bool(verdict.failures) == stops
    assert not stops or "name all of them in mailessentials_remoting_ports" in verdict.failures[0]


def test_servers_of_a_later_batch_are_still_to_be_reserved() -> None:
    readings = {name: found([port(9091, dynamic_unprotected=True)]) for name in ("a", "b")}
    reservations = {"a": "done", "b": "planned"}
    (verdict,) = judge_farms(planned("a", "b", reserve=True), readings, ["a", "b"], reservations)
    assert len(verdict.failures) == 1 and verdict.failures[0].startswith("a: ")


def test_of_several_reasons_the_first_stands_in_the_sentence() -> None:
    three = judge({"a": found([port(number, **CONFLICT) for number in (9091, 9093, 9095)])})
    assert three.sentence == "The farm mail is not ready. a: Port 9091. Do. 2 more are named above."


def test_lines_for_people() -> None:
    lines = list(verdict_lines([judge(clocks(a=0))]))
    assert lines[0].startswith("a: MailEssentials 21.8") and lines[-1] == "  Nothing is in the way."
    taken = list(verdict_lines([judge({"a": found([port(9091, **CONFLICT)])})]))
    assert taken[-1].startswith("  a: Port 9091.")
