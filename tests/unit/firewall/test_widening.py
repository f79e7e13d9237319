# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a plan admits more: nothing that either rule admits is closed by it, and no step is left
after both.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.builders import GROUP, PREFIX, host, option, read, run, stored, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    Plan,
    make_plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
    meaning,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    StoredRule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.values import (
    PROFILES,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.widening import (
    widening,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net.addresses import (
    covered,
)

SINGLE = ("program", "service", "interface_types")  # of two of them the one that is wanted counts
EDGE = ("block", "defer_to_user", "defer_to_app", "allow")


def narrowed(values: list[str]) -> st.SearchStrategy[list[str]]:
    """Some of them in any order, or any."""
    some = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    return st.one_of(st.just(["any"]), some)


ADDRESSES = ["192.0.2.1", "192.0.2.0/24", "198.51.100.7", "2001:db8::1", "LocalSubnet"]
RULES = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["", "Says what"]),
        "enabled": st.booleans(),
        "local_ports": narrowed(["443", "9095", "9096", "9090-9099"]),
        "remote_addresses": narrowed(ADDRESSES),
        "local_addresses": narrowed(["192.0.2.9", "192.0.2.8/29", "2001:db8::9"]),
        "profiles": narrowed(["public", "private", "domain"]),
        "interface_types": st.sampled_from([["any"], ["wired"], ["wireless"]]),
        "program": st.sampled_from(["any", "System", "C:\\App\\a.exe"]),
        "service": st.sampled_from(["any", "*", "w3svc"]),
        "edge_traversal": st.sampled_from(["block", "defer_to_app", "allow"]),
    },
)


def ports(rule: Rule) -> set[int]:
    found: set[int] = set()
    for entry in rule.local_ports or ("0-65535",):
        first, _dash, last = entry.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def admits(rule: Rule, other: Rule) -> list[str]:
    """Fields in which a rule admits less than another."""
    if not other.enabled:
        return []
    less = [] if rule.enabled else ["enabled"]
    own, asked = (ports(one) for one in (rule, other))
    less += [] if asked <= own else ["local_ports"]
    own, asked = (set(one.profiles or PROFILES) for one in (rule, other))
    less += [] if asked <= own else ["profiles"]
    for name in ("remote_addresses", "local_addresses"):
        if not covered(getattr(other, name), getattr(rule, name)):
            less.append(name)
    for name in SINGLE:
        own, asked = (meaning(one, name, {}) for one in (rule, other))
        if own not in ("", (), asked):
            less.append(name)
    if EDGE.index(rule.edge_traversal) < EDGE.index(other.edge_traversal):
        less.append("edge_traversal")
    return less


def planned(have: StoredRule, want: Rule) -> Plan:
    return make_plan([want], [have], GROUP, PREFIX, purge=True)


def written(target: Any) -> StoredRule:
    return next(one for one in read(target).rules if one.store == "local")


@settings(max_examples=200, deadline=None)
@given(RULES, RULES)
def test_nothing_that_either_rule_admits_is_closed_and_both_steps_reach_the_end(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    target = host()
    shape = {"protocol": "tcp"}
    run(target, [option(**shape, **before)])
    have = written(target)
    want = wanted(**shape, **after)
    assert have.rule
    found = run(target, [option(**shape, **after)], widen_only=True)
    assert not found.get("failed"), found["msg"]
    between = written(target).rule
    assert between
    assert not want.enabled or admits(between, want) == []
    assert not want.enabled or set(admits(between, have.rule)) <= {
        name for name in SINGLE if getattr(have.rule, name) and getattr(want, name)
    }
    assert want.enabled or between == have.rule
    assert not run(target, [option(**shape, **after)], widen_only=True)["changed"]
    assert not run(target, [option(**shape, **after)]).get("failed")
    left = planned(written(target), want)
    assert left.empty and widening(left, {}).empty


def changed(have: StoredRule, want: Rule) -> Rule | None:
    """The rule between the two; None where it is not touched."""
    changes = widening(planned(have, want), {}).change
    return changes[0].wanted if changes else None


TCP = "Protocol=6"


def test_addresses_and_ports_of_both_are_admitted() -> None:
    have = stored(TCP, "LPort=9095", "RA4=192.0.2.1")
    between = changed(
        have, wanted(protocol="tcp", local_ports=[9096], remote_addresses=["192.0.2.2"])
    )
    assert between and between.local_ports == ("9096", "9095")
    assert between.remote_addresses == ("192.0.2.2", "192.0.2.1")


def test_a_rule_that_only_gets_narrower_is_not_touched() -> None:
    have = stored(TCP, "LPort=9095", "RA4=192.0.2.1", "RA4=192.0.2.2")
    want = wanted(protocol="tcp", local_ports=[9095], remote_addresses=["192.0.2.1"])
    assert changed(have, want) is None
    assert widening(planned(have, want), {}).empty and not planned(have, want).empty


def test_profiles_are_united_as_windows_orders_them() -> None:
    have = stored(TCP, "LPort=9095", "Profile=Domain")
    between = changed(have, wanted(protocol="tcp", local_ports=[9095], profiles=["private"]))
    assert between and between.profiles == ("domain", "private")
    want = wanted(protocol="tcp", local_ports=[9095], profiles=["private", "public"])
    between = changed(have, want)
    assert between and between.profiles == ()


def test_a_disabled_rule_opens_what_is_wanted_and_nothing_that_it_says() -> None:
    have = stored(TCP, active="FALSE")
    want = wanted(protocol="tcp", local_ports=[9095], remote_addresses=["192.0.2.1"])
    assert changed(have, want) == want


def test_a_rule_of_another_protocol_opens_what_is_wanted_alone() -> None:
    have = stored("Protocol=17", "LPort=9095", "RA4=192.0.2.1")
    want = wanted(protocol="tcp", local_ports=[9096], remote_addresses=["192.0.2.2"])
    assert changed(have, want) == want


def test_a_rule_that_is_to_be_disabled_is_left_for_later() -> None:
    want = wanted(protocol="tcp", local_ports=[9096], enabled=False)
    assert changed(stored(TCP, "LPort=9095"), want) is None


def test_edge_traversal_is_not_closed_before_the_end() -> None:
    have = stored(TCP, "LPort=9095", "Edge=TRUE")
    assert changed(have, wanted(protocol="tcp", local_ports=[9095])) is None


def test_a_condition_that_narrows_a_rule_is_taken_off_first() -> None:
    have = stored(TCP, "LPort=9095", "LUAuth=O:LSD:(A;;CC;;;S-1-5-11)")
    want = wanted(protocol="tcp", local_ports=[9095])
    assert changed(have, want) == want


def test_a_program_of_either_is_no_condition_of_both() -> None:
    have = stored(TCP, "LPort=9095", "App=C:\\a.exe")
    assert changed(have, wanted(protocol="tcp", local_ports=[9095])) is not None
    open_to_all = stored(TCP, "LPort=9095")
    want = wanted(protocol="tcp", local_ports=[9095], program="C:\\a.exe")
    assert changed(open_to_all, want) is None


@pytest.mark.parametrize(
    ("action", "wanted_action", "touched"),
    [("Block", "allow", True), ("Allow", "block", False), ("Block", "block", False)],
)
def test_what_blocks_is_taken_off_first_and_put_up_last(
    action: str, wanted_action: str, touched: bool
) -> None:
    have = stored(TCP, "LPort=9095", action=action)
    want = wanted(protocol="tcp", local_ports=[9096], action=wanted_action)
    assert changed(have, want) == (want if touched else None)


def test_allow_rules_are_added_first_and_block_rules_last() -> None:
    allow, block = wanted(id="Example-Allow"), wanted(id="Example-Block", action="block")
    found = widening(make_plan([allow, block], [], GROUP, PREFIX, purge=True), {})
    assert found.add == (allow,)


def test_block_rules_are_removed_first_and_allow_rules_last() -> None:
    block = stored(rule_id="Example-Block", action="Block")
    plan = make_plan([], [stored(), block], GROUP, PREFIX, purge=True)
    assert widening(plan, {}).remove == (block,)
