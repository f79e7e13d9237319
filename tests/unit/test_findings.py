# SPDX-License-Identifier: GPL-3.0-or-later
"""What a green run would hide: rules without effect."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import ID, host, read, text, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils.findings import Finding, effect, warnings
from simulator import farm
from simulator.host import SimulatedHost

IN = wanted(protocol="tcp", local_ports=[9095])
OUT = wanted(id="Example-Out", direction="outbound")


def found(target: SimulatedHost, *rules: Any) -> tuple[Finding, ...]:
    return effect(read(target), rules or (IN,))


def kinds(target: SimulatedHost, *rules: Any) -> list[tuple[str, str, str]]:
    return [(finding.kind, finding.severity, finding.profile) for finding in found(target, *rules)]


def with_policy(store: str, key: str, **values: int) -> SimulatedHost:
    """A host whose domain profile is in use."""
    target = host()
    target.stores[store]["profiles"][key] = values
    return target


def test_a_host_in_order() -> None:
    assert found(host()) == ()


@pytest.mark.parametrize("name", ["mpssvc", "BFE"])
def test_a_service_that_does_not_run(name: str) -> None:
    stopped, missing = host(), host()
    farm.stop(stopped, name)
    del missing.services[name]
    for target, words in ((stopped, "is Stopped"), (missing, "is not there")):
        (finding,) = found(target)
        assert (finding.kind, finding.severity, finding.rules) == ("service", "error", ())
        assert f"service {name} (" in finding.message and words in finding.message


MERGE = "AllowLocalPolicyMerge"


@pytest.mark.parametrize(("store", "place"), [("gpo", "group policy"), ("mdm", "device management (MDM)")])
def test_local_rules_that_do_not_merge_are_an_error_where_the_profile_is_in_use(store: str, place: str) -> None:
    (finding,) = found(with_policy(store, "DomainProfile", AllowLocalPolicyMerge=0))
    assert (finding.kind, finding.severity, finding.profile, finding.rules) == ("local_policy_merge", "error", "domain", (ID,))
    assert place in finding.message and "(in use)" in finding.message and f"{MERGE}=0" in finding.message


def test_local_rules_that_do_not_merge_are_a_warning_elsewhere() -> None:
    (finding,) = found(with_policy("gpo", "PublicProfile", AllowLocalPolicyMerge=0))
    assert (finding.kind, finding.severity, finding.profile) == ("local_policy_merge", "warning", "public")
    assert "(not in use now)" in finding.message
    assert warnings([finding], []) == [finding.message]


def test_a_local_setting_has_no_say_in_merging() -> None:
    assert found(with_policy("local", "DomainProfile", AllowLocalPolicyMerge=0)) == ()


def test_unknown_profiles_are_taken_as_in_use() -> None:
    target = with_policy("gpo", "PublicProfile", AllowLocalPolicyMerge=0)
    target.network_categories = None
    (finding,) = found(target)
    assert (finding.severity, finding.profile) == ("error", "public")
    assert "since the host did not tell" in finding.message


def test_the_standard_profile_of_group_policy_is_private_and_public_unless_one_of_them_is_there() -> None:
    target = with_policy("gpo", "StandardProfile", AllowLocalPolicyMerge=0)
    target.network_categories = [1]
    assert kinds(target) == [("local_policy_merge", "error", "private"), ("local_policy_merge", "warning", "public")]
    target.stores["gpo"]["profiles"]["PublicProfile"] = {}
    assert kinds(target) == []


def test_a_profile_that_no_rule_is_for_is_not_mentioned() -> None:
    target = with_policy("gpo", "DomainProfile", AllowLocalPolicyMerge=0)
    assert kinds(target, wanted(profiles=["private", "public"])) == []
    assert kinds(target, wanted(enabled=False)) == []


def test_shields_up_concerns_inbound_allow_rules() -> None:
    target = with_policy("local", "DomainProfile", DoNotAllowExceptions=1, DefaultOutboundAction=1)
    (finding,) = found(target, IN, OUT, wanted(id="Example-Block", action="block"))
    assert (finding.kind, finding.severity, finding.rules) == ("shields_up", "error", (ID,))
    assert "the local policy sets DoNotAllowExceptions=1" in finding.message
    assert kinds(target, OUT) == []


def test_a_firewall_that_is_off() -> None:
    target = with_policy("mdm", "DomainProfile", EnableFirewall=0, AllowLocalPolicyMerge=0)
    (finding,) = found(target)
    assert (finding.kind, finding.severity, finding.profile) == ("profile_off", "warning", "domain")
    assert "restricts anything" in finding.message


@pytest.mark.parametrize("store", ["gpo", "mdm"])
def test_an_id_that_a_policy_has_too(store: str) -> None:
    target = host()
    target.stores[store]["rules"][ID.upper()] = text(group="")
    (finding,) = found(target)
    assert (finding.kind, finding.severity, finding.rules) == ("overridden", "error", (ID,))
    assert kinds(target, OUT) == [("outbound_allowed", "info", "domain")]


def test_outbound_rules_restrict_nothing_where_outbound_is_allowed_by_default() -> None:
    (finding,) = found(host(), IN, OUT)
    assert (finding.kind, finding.severity, finding.rules) == ("outbound_allowed", "info", ("Example-Out",))
    assert finding.to_dict() == {
        "kind": "outbound_allowed",
        "severity": "info",
        "profile": "domain",
        "rules": ["Example-Out"],
        "message": "Outbound connections are allowed by default in the domain profile (by the local policy): outbound allow rules restrict nothing there.",
    }
    assert warnings([finding], []) == []
    assert kinds(with_policy("gpo", "DomainProfile", DefaultOutboundAction=1), OUT) == []
    assert kinds(host(), wanted(direction="outbound", action="block")) == []
