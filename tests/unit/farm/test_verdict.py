# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether farms are ready: what stops them, whatever the inputs say, and as the inputs say."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import stored, wanted
from unit.readings import port, rule_set, server_state

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verdict import (
    FarmVerdict,
    Intent,
    ServerVerdict,
    judge_farms,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    Plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    FAIL_ON,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.reservation import (
    Operation,
    Reservation,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    RuleSetState,
    ServerState,
)

CONFLICT = {"status": "taken", "severity": "conflict"}
ADVISORY = {"id": "CVE-1", "applies": "yes", "fixed_in": "21.9"}


def planned(*members: str, fail_on: Any = FAIL_ON, **changes: Any) -> dict[str, Any]:
    """A plan of one farm; changes are of each server, or of the farm."""
    farm = {key: changes.pop(key, []) for key in ("absent", "removed")}
    settings = {
        "fail_on": list(fail_on),
        "reserve_ports": changes.pop("reserve", False),
        "on_drift": changes.pop("on_drift", "report"),
    }
    ports = {"features": ["multi_server"], "moved_ports": {}, **changes.pop("ports", {})}
    server = {
        "version": {"given": "latest", "name": "21"},
        "server_role": "slave",
        "settings": settings,
        "rule_sets": {},
        "peers": [],
        "ports": ports,
        **changes,
    }
    return {
        "farms": [{"name": "mail", "members": list(members), **farm}],
        "servers": dict.fromkeys(members, server),
    }


def judge(
    *states: ServerState,
    outside: tuple[str, ...] = (),
    silent: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
    intent: Intent | None = None,
    **plan: Any,
) -> FarmVerdict:
    asked = [*(state.name for state in states), *silent]
    (verdict,) = judge_farms(
        planned(*asked, *outside, **plan),
        {state.name: state for state in states},
        asked,
        intent or Intent(),
        lost,
    )
    return verdict


def server(*states: ServerState, **changes: Any) -> ServerVerdict:
    """What is done on the first of them."""
    return judge(*states, **changes).servers[0]


def conflict(name: str = "me1", *numbers: int, **changes: Any) -> ServerState:
    return server_state(
        name, [port(number, **CONFLICT) for number in numbers or (9091,)], **changes
    )


def clocks(**offsets: float) -> list[ServerState]:
    return [server_state(name, clock={"offset_seconds": off}) for name, off in offsets.items()]


def test_a_farm_in_order() -> None:
    assert judge(*clocks(a=0, b=1), outside=("c",)).to_dict() == {
        "name": "mail",
        "members": ["a", "b", "c"],
        "ok": True,
        "failures": [],
        "warnings": ["c: not asked in this run, so the state is not known."],
        "not_read": ["c"],
    }


def test_a_server_of_the_run_that_gave_no_answer_stops_its_farm() -> None:
    verdict = judge(*clocks(a=0), silent=("b",), fail_on=[])
    assert verdict.failures == ("b: could not be read, see above; so its farm is not changed.",)
    assert verdict.sentence == f"The farm mail is not ready. {verdict.failures[0]}"
    assert verdict.outside == () and verdict.servers[1].state == "not_read"


def test_an_absent_server_that_gives_no_answer_stops_nothing() -> None:
    verdict = judge(*clocks(a=0), silent=("b",), absent=["b"])
    assert verdict.failures == () and verdict.servers[1] == ServerVerdict("b", "absent")
    assert verdict.warnings == (
        "b: down for now (mailessentials_absent_servers); its peers keep their rules for it.",
    )


@pytest.mark.parametrize("lenient", [False, True])
def test_a_server_that_was_lost_after_it_was_read_stops_its_farm(lenient: bool) -> None:
    verdict = judge(*clocks(a=0, b=0), lost=("b",), intent=Intent(lenient=lenient), fail_on=[])
    assert verdict.failures == (
        "b: the run stopped on it, so nothing more is changed on its farm; see above, and run "
        "again.",
    )


def test_a_server_lost_in_another_farm_stops_nothing_here() -> None:
    assert judge(*clocks(a=0), lost=("x",)).failures == ()


def test_farms_without_servers_in_the_run_are_not_judged() -> None:
    assert judge_farms(planned("a", "b"), {}, ["x"], Intent()) == []


@pytest.mark.parametrize(("apart", "told"), [(302, 0), (303, 1), (-303, 1)])
def test_two_clocks_are_apart_only_beyond_both_uncertainties(apart: float, told: int) -> None:
    assert len(judge(*clocks(a=0, b=apart), fail_on=["clock"]).failures) == told


def test_a_clock_that_is_named_already_is_not_named_twice() -> None:
    off = server_state("b", clock={"offset_seconds": 4000.0, "beyond": True})
    assert len(judge(*clocks(a=0), off).failures) == 1


def test_versions_differ_among_those_installed_only() -> None:
    absent = server_state("c", installed=False, version="", state="not_installed")
    (told,) = judge(*clocks(a=0), server_state("b", version="21.4"), absent).failures
    assert "a has 21.8, b has 21.4;" in told and "c has" not in told


def test_one_version_told_more_exactly_is_no_difference() -> None:
    unknown = server_state("c", version="", catalog_version="")
    verdict = judge(*clocks(a=0), server_state("b", version="21.8.0.100"), unknown)
    assert verdict.failures == ()
    assert verdict.warnings == (
        "c: the installed version is not known, so it is not compared with the rest of the farm.",
    )


def test_of_two_tolerances_the_smaller_counts() -> None:
    off = server_state("b", clock={"offset_seconds": 100.0, "tolerance_seconds": 50})
    assert len(judge(*clocks(a=0), off).failures) == 1


@pytest.mark.parametrize("fail_on", [[], ["clock"], ["clock", "conflict"]])
def test_only_the_kinds_of_the_input_stop_a_farm(fail_on: list[str]) -> None:
    verdict = judge(conflict(), fail_on=fail_on)
    assert bool(verdict.failures) == ("conflict" in fail_on)
    assert len(verdict.failures) + len(verdict.warnings) == 1


def test_a_lenient_run_is_stopped_by_none_of_them() -> None:
    state = conflict("me1", advisories=[ADVISORY], clock={"offset_seconds": 400, "beyond": True})
    verdict = judge(state, intent=Intent(lenient=True))
    assert verdict.failures == () and len(verdict.warnings) == 3
    assert len(judge(state).failures) == 3


def test_each_server_has_its_own_kinds() -> None:
    plan = planned("a", "b")
    own = {**plan["servers"]["b"]["settings"], "fail_on": []}
    plan["servers"]["b"] = {**plan["servers"]["b"], "settings": own}
    states = {name: conflict(name) for name in ("a", "b")}
    (verdict,) = judge_farms(plan, states, ["a", "b"], Intent())
    assert [len(verdict.failures), len(verdict.warnings)] == [1, 1]
    assert verdict.failures[0].startswith("a: ") and verdict.warnings[0].startswith("b: ")


@pytest.mark.parametrize(
    ("reservations", "reserve", "stops"),
    [
        ("planned", False, True),
        ("planned", True, False),
        ("present", False, False),
        ("absent", True, False),
        ("done", True, True),
    ],
)
def test_what_reserving_cures_does_not_stop_it(
    reservations: str, reserve: bool, stops: bool
) -> None:
    loose = server_state("me1", [port(9091, dynamic_unprotected=True)])
    verdict = judge(loose, intent=Intent(reservations), reserve=reserve)
    assert bool(verdict.failures) == stops


def reservation(*conflicts: int, operations: tuple[Operation, ...] = ()) -> Reservation:
    """The plan of a host's reservations, with ports in use."""
    told = [
        {"port": number, "protocol": "tcp", "message": f"{number} is in use.", "advice": ""}
        for number in conflicts
    ]
    return Reservation("present", (), operations, (), (), tuple(told), ())


def test_a_port_that_cannot_be_reserved_is_a_conflict_and_named_once() -> None:
    state = server_state(
        "me1", [port(9091, **CONFLICT), port(9095)], reservation=reservation(9091, 9095)
    )
    verdict = judge(state, reserve=True)
    assert verdict.servers[0].refused == 2 and judge(state).servers[0].refused == 0
    assert [sentence for sentence in verdict.failures if "Not reserved" in sentence] == [
        "me1: Not reserved. 9095 is in use."
    ]
    assert "Not reserved" not in " ".join(judge(state).failures)


def test_a_list_of_reservations_that_is_not_known_is_a_conflict_where_ports_are_reserved() -> None:
    state = server_state(gaps=("netsh failed to list ipv6 tcp",))
    assert judge(state).failures == ()
    assert judge(state, reserve=True).failures == (
        "me1: netsh failed to list ipv6 tcp, so it is not known what is reserved.",
    )


@pytest.mark.parametrize(
    ("reservations", "reserve", "differs"),
    [
        ("planned", False, False),
        ("planned", True, True),
        ("present", False, True),
        ("absent", False, True),
        ("done", True, False),
    ],
)
def test_what_is_reserved_or_given_back(reservations: str, reserve: bool, differs: bool) -> None:
    ports = [{"port": 9095, "protocol": "tcp"}]
    operation = Operation("add", "tcp", "ipv4", 9095)
    planned_steps = reservation(operations=(operation,))
    state = server_state(reservation=planned_steps, reservable=ports)
    found = server(state, intent=Intent(reservations), reserve=reserve).to_dict()
    assert found["differs"] == ["reservations"] * differs
    assert (found["reservable"], found["reserves"]) == (ports * differs, differs)


def test_a_remoting_port_of_the_host_that_a_rule_would_open_always_stops() -> None:
    rule = {"direction": "inbound", "local_ports": ["443", "8440-8450"]}
    outbound = {"direction": "outbound", "remote_ports": ["9091"]}
    rules = [
        {"rule": rule, "flow": "web-ui", "ports_input": "mailessentials_web_ui_ports"},
        {"rule": outbound, "flow": "proxy", "ports_input": ""},
    ]
    reading = server_state(
        remoting={"ports": [{"port": 8443}, {"port": 9091}], "state": "ok", "reason": ""}
    )
    verdict = judge(reading, fail_on=[], rule_sets={"firewall": {"rules": rules}})
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
    verdict = judge(server_state(remoting=remoting), fail_on=[], **own)
    stops = state in ("unreadable", "not_xml", "too_large") and not given
    assert bool(verdict.failures) == stops
    assert not stops or "list all of them in mailessentials_remoting_ports" in verdict.failures[0]


def test_of_several_reasons_the_first_stands_in_the_sentence() -> None:
    three = judge(conflict("a", 9091, 9093, 9095))
    assert three.sentence == "The farm mail is not ready. a: Port 9091. Do. 2 more are named above."


@pytest.mark.parametrize(
    ("installed", "version", "features", "words"),
    [
        ("21", "21.8", ["multi_server"], ""),
        ("", "23.1", ["multi_server"], ""),
        ("2015", "20.1", ["multi_server"], ""),
        (
            "2014 R2",
            "19.1",
            [],
            "19.1 is installed, but the plan is for 21, which uses other ports (tcp ",
        ),
        ("2014", "19.0", ["multi_server"], "Multi-Server"),
    ],
)
def test_a_plan_for_other_ports_than_those_of_the_installed_version_stops(
    installed: str, version: str, features: list[str], words: str
) -> None:
    state = server_state(catalog_version=installed, version=version)
    plan = {"ports": {"features": features}}
    told = " ".join(judge(state, fail_on=[], **plan).failures)
    assert bool(told) == bool(words) and words in told
    assert judge(state, intent=Intent(lenient=True), **plan).failures == ()


@pytest.mark.parametrize(
    ("flows", "words"), [(["web-ui"], "to the networks of mail"), ([], "to no network.")]
)
def test_an_advisory_says_what_the_plan_of_its_farm_does(flows: list[str], words: str) -> None:
    state = server_state(advisories=[{**ADVISORY, "id": "CVE-2025-34490"}])
    rule = {"direction": "inbound", "local_ports": ["443"]}
    planned_rules = [{"rule": rule, "flow": flow, "ports_input": ""} for flow in flows]
    rules = {"firewall": {"rules": planned_rules}}
    verdict = judge(state, rule_sets=rules)
    assert verdict.failures == (
        "me1: CVE-2025-34490 applies to the installed version; upgrade to 21.9 or later.",
    )
    (told,) = verdict.warnings
    assert told.startswith(f"Until the upgrade: The plan opens the user interface {words}")


def test_an_id_that_somebody_else_has_stops_even_a_lenient_run() -> None:
    state = server_state(rule_sets={"firewall": RuleSetState(objection="The id is taken")})
    verdict = judge(state, intent=Intent(lenient=True), fail_on=[])
    assert verdict.failures == ("me1: The id is taken.",)
    assert verdict.servers[0].state == "as_wanted"


def test_rules_that_could_have_no_effect_stop_even_a_lenient_run() -> None:
    state = server_state(rule_sets={"firewall": rule_set(broken=("The service is stopped.",))})
    assert judge(state, intent=Intent(lenient=True), fail_on=[]).failures == (
        "me1: The service is stopped.",
    )


def test_what_there_is_to_know_of_rules_stops_nothing() -> None:
    notes = {
        "findings": [
            {"kind": "outbound_allowed", "severity": "info", "message": "Outbound is open."},
            {"kind": "partly_blocked", "severity": "info", "message": "Nothing of the plan."},
            {"kind": "partly_blocked", "severity": "warning", "message": "Said in the warnings."},
        ],
        "warnings": ["A rule is wider."],
    }
    noted = rule_set(notes=notes, equivalents=("Another rule does the same.",))
    state = server_state(rule_sets={"firewall": noted, "multi_server": noted})
    verdict = judge(state)
    assert verdict.failures == () and verdict.warnings == (
        "me1: A rule is wider.",
        "me1: Outbound is open.",
        "me1: Another rule does the same.",
    )


def test_one_part_that_was_not_read_stops_and_the_others_are_told_too() -> None:
    state = conflict("me1", unread={"firewall": "The key cannot be read"})
    verdict = judge(state, intent=Intent(lenient=True), fail_on=[])
    assert verdict.failures == ("me1: The key cannot be read.",)
    assert verdict.warnings == ("me1: Port 9091. Do.",)


WIDER, NARROWER = Plan(add=(wanted(),)), Plan(remove=(stored(),))
BOTH = Plan(WIDER.add, (), NARROWER.remove)


@pytest.mark.parametrize(
    ("plan", "widening", "widen", "finish"),
    [
        (Plan(), Plan(), False, False),
        (WIDER, WIDER, True, False),
        (NARROWER, Plan(), False, True),
        (BOTH, WIDER, True, True),
    ],
)
def test_more_is_admitted_first_and_the_rest_is_left_for_later(
    plan: Plan, widening: Plan, widen: bool, finish: bool
) -> None:
    state = server_state(rule_sets={"multi_server": rule_set(plan=plan, widening=widening)})
    name = ("multi_server",)
    found = server(state)
    assert (found.widen, found.finish) == (name * widen, name * finish)
    assert found.differs == name * (widen or finish)
    assert found.to_dict()["narrows"] == finish
    checked = server(state, intent=Intent(check_mode=True))
    assert (checked.widen, checked.finish) == ((), name * (widen or finish))


def test_proxies_that_differ_are_set() -> None:
    state = server_state(proxies={"different": ["winhttp"], "warnings": []})
    found = server(state)
    assert (found.state, found.differs, found.proxy) == ("to_change", ("proxy",), ("winhttp",))


def test_what_there_is_to_know_of_proxies_stops_nothing() -> None:
    state = server_state(proxies={"different": [], "warnings": ["No proxy for LocalSystem."]})
    assert judge(state).warnings == ("me1: No proxy for LocalSystem.",)


@pytest.mark.parametrize("on_drift", ["report", "fail"])
@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("plan", [Plan(), WIDER])
def test_drift_fails_in_check_mode_where_the_inventory_says_so(
    on_drift: str, check_mode: bool, plan: Plan
) -> None:
    state = server_state(rule_sets={"firewall": rule_set(plan=plan, widening=plan)})
    drift = server(state, intent=Intent(check_mode=check_mode), on_drift=on_drift).drift
    assert drift == (on_drift == "fail" and check_mode and not plan.empty)


def test_what_is_returned_of_a_server() -> None:
    assert server(server_state()).to_dict() == {
        "state": "as_wanted",
        "differs": [],
        "widen": [],
        "finish": [],
        "proxy": [],
        "reservable": [],
        "reserves": False,
        "narrows": False,
        "drift": False,
        "closes": False,
    }


def test_a_server_that_the_inventory_lacks_stops_even_a_lenient_run() -> None:
    state = server_state(recorded={"me9": ("192.0.2.19",)})
    (told,) = judge(state, intent=Intent(lenient=True), fail_on=[]).failures
    assert told.startswith("The rules of me1 also name me9 (192.0.2.19)")
    assert judge(state, removed=["me9"]).failures == ()


def test_an_installation_that_is_there_in_part_has_remoting_ports_too() -> None:
    remoting = {"ports": [], "state": "unreadable", "reason": "The file says nothing."}
    found = judge(server_state(remoting=remoting, state="partial", installed=False), fail_on=[])
    assert "list all of them in mailessentials_remoting_ports" in found.failures[0]


@pytest.mark.parametrize(("next_step", "stops"), [("planned", True), ("finish", False)])
def test_what_was_let_pass_does_not_stop_a_farm_halfway(next_step: str, stops: bool) -> None:
    found = judge(server_state("me1", [port(9091, **CONFLICT)]), intent=Intent(next_step))
    assert bool(found.failures) == stops and (found.failures or found.warnings)


def test_what_closes_something_is_known_before() -> None:
    verdict = server(server_state(rule_sets={"firewall": rule_set(plan=NARROWER)}))
    assert verdict.closes and verdict.finish == ("firewall",)
