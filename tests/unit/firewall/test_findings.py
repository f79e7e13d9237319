# SPDX-License-Identifier: GPL-3.0-or-later
"""What a green run would hide: rules without effect."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import ID, host, read, text, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.finding import (
    Finding,
    warnings_of_findings,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.findings import (
    effect,
    understanding,
)
from simulator import farm
from simulator.host import SimulatedHost

IN = wanted(protocol="tcp", local_ports=[9095])
OUT = wanted(id="Example-Out", direction="outbound")


def found(target: SimulatedHost, *rules: Any) -> tuple[Finding, ...]:
    return effect(Policy(read(target)), rules or (IN,))


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
    for target, words in ((stopped, "is Stopped"), (missing, "is not installed")):
        (finding,) = found(target)
        assert (finding.kind, finding.severity, finding.rules) == ("service", "error", ())
        assert f"service {name} (" in finding.message and words in finding.message


MERGE = "AllowLocalPolicyMerge"


@pytest.mark.parametrize(
    ("store", "place"), [("gpo", "group policy"), ("mdm", "device management (MDM)")]
)
def test_local_rules_that_do_not_merge_are_an_error_where_the_profile_is_in_use(
    store: str, place: str
) -> None:
    (finding,) = found(with_policy(store, "DomainProfile", AllowLocalPolicyMerge=0))
    assert (finding.kind, finding.severity, finding.profile, finding.rules) == (
        "local_policy_merge",
        "error",
        "domain",
        (ID,),
    )
    assert (
        place in finding.message
        and "(in use)" in finding.message
        and f"{MERGE}=0" in finding.message
    )


def test_local_rules_that_do_not_merge_are_a_warning_elsewhere() -> None:
    (finding,) = found(with_policy("gpo", "PublicProfile", AllowLocalPolicyMerge=0))
    assert (finding.kind, finding.severity, finding.profile) == (
        "local_policy_merge",
        "warning",
        "public",
    )
    assert "(not in use now)" in finding.message
    assert warnings_of_findings([finding]) == [finding.message]


def test_a_local_setting_has_no_say_in_merging() -> None:
    assert found(with_policy("local", "DomainProfile", AllowLocalPolicyMerge=0)) == ()


def test_unknown_profiles_are_taken_as_in_use() -> None:
    target = with_policy("gpo", "PublicProfile", AllowLocalPolicyMerge=0)
    target.network_categories = None
    (finding,) = found(target)
    assert (finding.severity, finding.profile) == ("error", "public")
    assert "as the host did not report it" in finding.message


def test_the_standard_profile_of_a_policy_is_private_and_public_unless_one_is_there() -> None:
    target = with_policy("gpo", "StandardProfile", DoNotAllowExceptions=1)
    target.network_categories = [1]
    assert kinds(target) == [
        ("shields_up", "error", "private"),
        ("shields_up", "warning", "public"),
    ]
    target.stores["gpo"]["profiles"]["PublicProfile"] = {}
    assert kinds(target) == []


@pytest.mark.parametrize(
    "name", ["AllowLocalPolicyMerge", "DefaultOutboundAction", "DefaultInboundAction"]
)
def test_what_must_not_be_under_the_standard_profile_is_warned_about_and_not_counted(
    name: str,
) -> None:
    """[MS-GPFAS] 2.2.3.13 to 2.2.3.17."""
    target = with_policy("gpo", "StandardProfile", **{name: 0})
    target.network_categories = [0, 1]
    (finding,) = found(target)
    assert (finding.kind, finding.severity, finding.rules) == ("misplaced_policy", "warning", (ID,))
    assert (
        f"{name}=0 under StandardProfile" in finding.message and "not documented" in finding.message
    )
    assert kinds(target, wanted(profiles=["domain"])) == [("profile_not_in_use", "warning", "")]
    target.stores["gpo"]["profiles"]["PrivateProfile"] = {}
    assert kinds(target) == []


def test_a_profile_that_no_rule_is_for_is_not_mentioned() -> None:
    target = with_policy("gpo", "DomainProfile", AllowLocalPolicyMerge=0)
    target.network_categories = [2, 0]
    assert kinds(target, wanted(profiles=["private", "public"])) == []
    assert kinds(target, wanted(enabled=False)) == []


def test_rules_for_profiles_that_are_not_in_use() -> None:
    target = host(network_categories=[0])
    rules = [
        IN,
        wanted(id="Example-B", profiles=["domain"]),
        wanted(id="Example-C", profiles=["domain", "private"]),
        wanted(profiles=["domain"], enabled=False),
    ]
    (finding,) = found(target, *rules)
    assert (finding.kind, finding.severity, finding.profile, finding.rules) == (
        "profile_not_in_use",
        "warning",
        "",
        ("Example-B", "Example-C"),
    )
    assert finding.message == (
        "Rules apply only to profiles that are not in use now: 'Example-B' (domain only), "
        "'Example-C' (domain, private only). In use: public."
    )
    (finding,) = found(
        target, *(wanted(id=f"Example-{number}", profiles=["domain"]) for number in range(7))
    )
    assert len(finding.rules) == 7 and finding.message.endswith(
        "'Example-4' (domain only) and 2 more. In use: public."
    )
    assert kinds(target, wanted(profiles=["domain", "public"])) == []
    target.network_categories = None
    assert kinds(target, *rules) == []


def test_which_of_two_policies_wins_is_inferred_where_they_contradict_each_other() -> None:
    target = with_policy("gpo", "DomainProfile", AllowLocalPolicyMerge=1)
    target.stores["mdm"]["profiles"]["DomainProfile"] = {"AllowLocalPolicyMerge": 0}
    (finding,) = found(target)
    assert (finding.kind, finding.severity) == ("local_policy_merge", "warning")
    assert finding.message.endswith("differ here; it is inferred that this one wins.")
    target.stores["gpo"]["profiles"]["DomainProfile"] = {"AllowLocalPolicyMerge": 0}
    (finding,) = found(target)
    assert finding.severity == "error" and "inferred" not in finding.message


LIMITED = wanted(protocol="tcp", local_ports=[9095], remote_addresses=["192.0.2.1"])


def test_a_rule_of_ours_that_is_understood_in_part_only() -> None:
    target = host()
    target.rules[ID.lower()] = text("Protocol=6", "RADynKey=x")
    target.rules["Example-Other"] = text("RADynKey=x")
    target.stores["gpo"]["rules"]["Example-Out"] = text("RADynKey=x")
    (finding,) = understanding(read(target), [LIMITED, OUT])
    assert (finding.kind, finding.severity, finding.rules) == (
        "partly_understood",
        "warning",
        (ID.lower(),),
    )
    assert finding.message.endswith(f": '{ID.lower()}' (radynkey is not described).")
    target.rules[ID.lower()] = text().replace("v2.26", "v2.99")
    (finding,) = understanding(read(target), [LIMITED])
    assert "schema v2.99 is newer" in finding.message
    target.rules[ID.lower()] = text()
    assert understanding(read(target), [LIMITED]) == ()


UNREADABLE = [
    "v3.0|Dir=Out|",
    "garbage",
    "v2.26|Action=Allow|Active=TRUE|Dir=In|Protocol=256|Name=A|",
    "v2.26|Name=A|",
    "v2.26|dir=in|Name=A|RA4=x|Action=Allow|",
]
SHUT = ["Dir=out", "Dir=In|Action=BLOCK", "ACTIVE=False"]


@pytest.mark.parametrize("content", UNREADABLE)
def test_rules_that_cannot_be_read_are_named(content: str) -> None:
    target = host()
    target.stores["mdm"]["rules"] = {f"R{number}": content for number in range(7)}
    (finding,) = understanding(read(target), [LIMITED])
    assert (finding.kind, finding.severity, finding.rules) == (
        "unreadable",
        "warning",
        tuple(f"R{number}" for number in range(7)),
    )
    assert finding.message.startswith(
        "Rules that cannot be read may block ports of this set, or open them to more addresses: "
        "'R0' ("
    )
    assert finding.message.endswith(") and 2 more.") and "'R5'" not in finding.message
    blocks = "Action=Allow" not in content
    assert bool(understanding(read(target), [IN])) == blocks


@pytest.mark.parametrize("token", SHUT)
def test_a_rule_that_cannot_be_read_and_says_that_it_admits_nothing(token: str) -> None:
    target = host()
    target.rules["R"] = f"v2.26|{token}|Protocol=x|Name=A|"
    concerns = [OUT] if token == "Dir=out" else [LIMITED] if "BLOCK" in token else []
    for rule in (LIMITED, OUT):
        assert bool(understanding(read(target), [rule])) == (rule in concerns)
    target.rules["R"] = "v2.26|Protocol=x|Name=A|"
    assert [finding.kind for finding in understanding(read(target), [LIMITED])] == ["unreadable"]


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
    assert "rules have no effect there" in finding.message


@pytest.mark.parametrize("store", ["gpo", "mdm"])
def test_an_id_that_a_policy_has_too(store: str) -> None:
    target = host()
    target.stores[store]["rules"][ID.upper()] = text(group="")
    (finding,) = found(target)
    assert (finding.kind, finding.severity, finding.rules) == ("overridden", "warning", (ID,))
    assert "The documents differ" in finding.message
    assert kinds(target, OUT) == [("outbound_allowed", "info", "domain")]


def test_outbound_rules_restrict_nothing_where_outbound_is_allowed_by_default() -> None:
    (finding,) = found(host(), IN, OUT)
    assert (finding.kind, finding.severity, finding.rules) == (
        "outbound_allowed",
        "info",
        ("Example-Out",),
    )
    assert finding.to_dict() == {
        "kind": "outbound_allowed",
        "severity": "info",
        "profile": "domain",
        "rules": ["Example-Out"],
        "message": "Outbound connections are allowed by default in the domain profile (by the "
        "local policy), so outbound allow rules change nothing there.",
    }
    target = host()
    target.network_categories = [0, 1, 2]
    (both,) = found(target, IN, wanted(id="Example-Out", direction="outbound"))
    assert both.profile == "" and "in the domain, private, public profiles (" in both.message
    target.stores["gpo"]["profiles"]["PublicProfile"] = {"EnableFirewall": 0}
    messages = [one.message for one in found(target, OUT) if one.kind == "outbound_allowed"]
    assert ["in the domain, private profiles (" in one for one in messages] == [True]
    assert warnings_of_findings([finding]) == []
    assert kinds(with_policy("gpo", "DomainProfile", DefaultOutboundAction=1), OUT) == []
    assert kinds(host(), wanted(direction="outbound", action="block")) == []


@pytest.mark.parametrize("profile", ["private", "public"])
def test_a_misplaced_policy_concerns_either_of_the_two_profiles(profile: str) -> None:
    target = host()
    target.network_categories = [0, 1]
    target.stores["gpo"]["profiles"]["StandardProfile"] = {"AllowLocalPolicyMerge": 0}
    found = [
        finding.rules
        for finding in effect(Policy(read(target)), [wanted(profiles=[profile])])
        if finding.kind == "misplaced_policy"
    ]
    assert found == [(ID,)]
