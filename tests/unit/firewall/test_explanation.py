# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to one connection: the words of the answer, and where each comes from."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import host, read, text

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.answer import (
    FlowAnswer,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    read_flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.explanation import (
    explained,
    planned_flows,
)
from simulator.host import SimulatedHost

JOIN = "tcp 9095 from 192.0.2.12"
TCP = "Protocol=6"


def with_rules(*rules: str, store: str = "local") -> SimulatedHost:
    target = host()
    for number, rule in enumerate(rules):
        target.stores[store]["rules"][f"R{number}"] = rule
    return target


def rule(*tokens: str, action: str = "Allow", name: str = "Rule", **words: str) -> str:
    return text(*tokens, action=action, name=name, group="", **words)


def ask(target: SimulatedHost, flow: Any = JOIN) -> FlowAnswer:
    (answer,) = explained(read(target), [read_flow(flow, "flows[0]")])
    return answer


def setting(name: str, value: int, store: str = "local") -> SimulatedHost:
    target = host()
    target.stores[store]["profiles"].setdefault("DomainProfile", {})[name] = value
    return target


def icmp(kind: int, remote_address: str) -> dict[str, Any]:
    return {
        "direction": "inbound",
        "protocol": "icmpv4",
        "icmp_type": kind,
        "remote_address": remote_address,
    }


BY = "the rule 'Rule' (R0) of the local policy"
ALLOW, DENY = rule(TCP, "LPort=9095"), rule(TCP, "LPort=9095", action="Block")
# (the host, the connection, verdict, code, words); the source of each order is named.
CASES: list[tuple[SimulatedHost, Any, str, str, str]] = [
    (host(), JOIN, "blocked", "DEFAULT_ACTION", "the domain profile blocks it by default"),
    (host(), "tcp 443 to 198.51.100.7", "allowed", "DEFAULT_ACTION", "allows it by default"),
    (with_rules(ALLOW), JOIN, "allowed", "ALLOW_RULE", f"It is allowed by {BY}."),
    # [MS-FASP] 2.2.34: block before allow, whatever the store
    (with_rules(DENY, ALLOW), JOIN, "blocked", "BLOCK_RULE", f"It is blocked by {BY}; a block"),
    (with_rules(rule(), rule(TCP)), JOIN, "allowed", "ALLOW_RULE", "each alone"),
    # Microsoft Learn, Windows Firewall rules: no order between allow rules; all of them decide
    (
        with_rules(rule("RA42=Internet", action="Block"), ALLOW),
        JOIN,
        "unknown",
        "CONDITION_NOT_KNOWN",
        f"{BY} may block it (Internet4)",
    ),
    # [MS-FASP] 2.2.38
    (setting("EnableFirewall", 0), JOIN, "allowed", "FIREWALL_OFF", "The firewall is off"),
    (setting("DoNotAllowExceptions", 1), JOIN, "blocked", "SHIELDS_UP", "blocks all incoming"),
    (setting("DefaultInboundAction", 0, "gpo"), JOIN, "allowed", "DEFAULT_ACTION", "group policy"),
    (
        setting("DefaultOutboundAction", 1),
        "udp 53 to 192.0.2.53",
        "blocked",
        "DEFAULT_ACTION",
        "blocks it by default (the local policy)",
    ),
    # nmap/npcap#502
    (with_rules(rule(action="Block")), "tcp 445 from 127.0.0.1", "unknown", "LOOPBACK_REPORTED",
     "do not block such"),
    (with_rules(rule(action="Block")), "tcp 445 from 192.0.2.10", "unknown", "LOOPBACK_REPORTED",
     "Both ends are this host"),
    # ALE: an error belongs to another connection
    (
        host(),
        icmp(3, "192.0.2.12"),
        "unknown",
        "ICMP_ERROR",
        "belongs to another connection",
    ),
    # Simplyaeon/windows-ad-soc-lab: a block rule for one address beats two allow rules for echo
    (
        with_rules(
            rule("Protocol=1", "ICMP4=8:*", "Profile=Public"),
            rule("Protocol=1", "ICMP4=8:*"),
            rule("Protocol=1", "RA4=192.0.2.20", action="Block", name="Deny"),
        ),
        icmp(8, "192.0.2.20"),
        "blocked",
        "BLOCK_RULE",
        "It is blocked by the rule 'Deny' (R2)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("target", "flow", "verdict", "code", "words"), CASES)
def test_what_decides(
    target: SimulatedHost, flow: Any, verdict: str, code: str, words: str
) -> None:
    answer = ask(target, flow)
    assert (answer.verdict, answer.code) == (verdict, code), answer.text
    assert words in answer.because, answer.text
    assert answer.to_dict()["certain"] is (verdict != "unknown")


def test_rules_that_just_fail_and_that_match_beside_the_decider() -> None:
    target = with_rules(
        rule(TCP, "LPort=9095", "RA4=198.51.100.0/24"),
        rule(TCP, "LPort=9095", active="FALSE"),
        rule(TCP, "LPort=9095", r"App=C:\x.exe"),
        rule(TCP, "LPort=9095", "Profile=Public"),
        rule(TCP, "LPort=9096"),
        rule(TCP, "LPort=9095", "RA4=198.51.100.0/24", "Profile=Public"),
    )
    target.stores["gpo"]["rules"] = {"G": rule(TCP, action="Block"), "H": rule(TCP)}
    told = ask(target).to_dict()
    assert [(entry["id"], entry["failed"]) for entry in told["nearly"]] == [
        ("R0", "remote_address"),
        ("R1", "enabled"),
        ("R2", "program"),
        ("R3", "profile"),
    ]
    assert [entry["id"] for entry in told["deciders"]] == ["G"]
    assert [entry["id"] for entry in told["also_matched"]] == ["H"]
    assert "Filter Origin: G" in told["event_hint"] and "PROGRAM_NOT_NAMED" in told["assumptions"]
    named = ask(target, f"{JOIN} for C:\\x.exe").to_dict()
    assert "PROGRAM_NOT_NAMED" not in named["assumptions"]
    assert "R2" in [entry["id"] for entry in named["also_matched"]]


def test_profiles_that_agree_are_one_answer_and_others_are_not() -> None:
    target = with_rules(rule(TCP, "LPort=9095", "Profile=Domain"))
    target.network_categories = [0, 2]
    answers = explained(read(target), [read_flow(JOIN, "flows[0]")])
    assert [(answer.profile, answer.verdict) for answer in answers] == [
        ("domain", "allowed"),
        ("public", "blocked"),
    ]
    target.rules.clear()
    assert ask(target).profile == ""


def test_an_answer_of_two_rules_that_cover_a_network_together() -> None:
    halves = [rule(TCP, f"RA4=192.0.2.{first}/25", action="Block") for first in (0, 128)]
    assert ask(with_rules(*halves), "tcp 9095 from 192.0.2.0/24").code == "BLOCK_RULE"
    half = ask(with_rules(halves[0], ALLOW), "tcp 9095 from 192.0.2.0/24")
    assert (half.verdict, half.code) == ("partly", "PARTLY") and half.because == (
        f"A part of it is blocked ({BY}), a part is allowed "
        "(the rule 'Rule' (R1) of the local policy)."
    )
    assert "blocked in part in the domain profile (certain)" in half.text


def test_local_rules_that_do_not_count_are_said_and_shown() -> None:
    target = with_rules(ALLOW, rule(TCP, "LPort=9095", "AppPkgId=S-1-15-2-1"))
    target.stores["gpo"]["profiles"]["DomainProfile"] = {"AllowLocalPolicyMerge": 0}
    answer = ask(target)
    assert answer.because.endswith(
        "Local rules do not count there: group policy sets AllowLocalPolicyMerge=0."
    )
    assert [(extent.stored.id, failed) for extent, failed in answer.nearly] == [("R0", "profile")]


def test_profiles_with_reasons_of_their_own_are_answers_of_their_own() -> None:
    target = setting("EnableFirewall", 0, "gpo")
    target.stores["local"]["profiles"].setdefault("PublicProfile", {})["EnableFirewall"] = 0
    target.network_categories = [0, 2]
    answers = explained(read(target), [read_flow(JOIN, "flows[0]")])
    assert [answer.profile for answer in answers] == ["domain", "public"]


def test_a_firewall_that_does_not_run_makes_every_answer_unknown() -> None:
    for target in (setting("DoNotAllowExceptions", 1), with_rules(DENY), with_rules(ALLOW)):
        target.services["mpssvc"] = "Stopped"
        answer = ask(target)
        assert (answer.verdict, answer.code) == ("unknown", "CONDITION_NOT_KNOWN")
        assert "do not both run" in answer.because and answer.assumptions


def test_a_program_whose_variable_the_host_did_not_tell() -> None:
    target = with_rules(rule(TCP, "LPort=9095", r"App=C:\foo\x.exe"))
    assert ask(target, f"{JOIN} for %FOO%\\x.exe").verdict != "blocked"


@pytest.mark.parametrize(
    ("flow", "field", "words"),
    [
        ("tcp", "mailessentials_flow[0]", "quote it twice: -e \"mailessentials_flow="),
        ("tcp 9095 of 192.0.2.1", "flows[0]", "is not a connection such as 'tcp 9095 from"),
        ("tcp from 192.0.2.1", "flows[0].port", "is missing; tcp needs one"),
        ("icmpv4 8 from 192.0.2.1", "flows[0].port", "icmpv4 has no ports"),
        ("any from 192.0.2.1", "flows[0].protocol", "is any"),
        ("tcp 0 from 192.0.2.1", "flows[0].port", "is not a port"),
        ("tcp 70000 from 192.0.2.1", "flows[0].port", "is not a port"),
        ("tcp 9095 from me1", "flows[0].remote_address", "host names are not known"),
        ("tcp 9095 from LocalSubnet", "flows[0].remote_address", "is a keyword"),
        (7, "flows[0]", "7 is not a connection"),
        ("icmpv4 from 2001:db8::12", "flows[0]", "mixes IPv4 and IPv6"),
        ({**icmp(8, "any"), "protocol": "47"}, "flows[0].icmp_type", "47 has none"),
        ({**icmp(8, "any"), "peer_port": 1}, "flows[0].peer_port", "icmpv4 has no ports"),
        ({**icmp(8, "any"), "icmp_type": [8, 13]}, "flows[0].icmp_type", "is a list"),
        ({"protocol": "tcp"}, "flows[0].direction", "is missing"),
        ({**icmp(8, "any"), "direction": "in"}, "flows[0].direction", "must be one of"),
        ({"direction": "inbound", "remote": "any"}, "flows[0].remote", "did you mean"),
    ],
)  # fmt: skip
def test_a_question_that_is_none(flow: Any, field: str, words: str) -> None:
    with pytest.raises(InputError) as raised:
        read_flow(flow, field.partition(".")[0])
    assert raised.value.field == field and words in raised.value.sentence, str(raised.value)


def test_the_connections_of_a_plan() -> None:
    entries = [
        {"direction": "inbound", "protocol": "tcp", "local_ports": ["9095", "9096"],
         "remote_addresses": ["192.0.2.12", "192.0.2.13"]},
        {"direction": "inbound", "protocol": "tcp", "local_ports": ["9095"],
         "remote_addresses": ["192.0.2.12"]},
        {"direction": "outbound", "protocol": "udp", "remote_ports": ["53"]},
        {"direction": "inbound", "protocol": "tcp", "local_ports": ["1"], "action": "block"},
        {"direction": "outbound", "protocol": "udp", "remote_ports": ["53"],
         "remote_addresses": ["DNS"]},
    ]  # fmt: skip
    rules = [{"rule": entry} for entry in entries]
    sets = {"a": {"state": "present", "rules": rules}, "b": {"state": "absent", "rules": rules}}
    assert [flow.text for flow in planned_flows(sets)] == [
        "TCP 9095 from 192.0.2.12",
        "TCP 9095 from 192.0.2.13",
        "TCP 9096 from 192.0.2.12",
        "TCP 9096 from 192.0.2.13",
        "UDP 53 to any address",
    ]


def test_rules_that_allow_a_part_each_are_not_said_to_allow_all_of_it() -> None:
    halves = [rule(TCP, f"RA4=192.0.2.{part}") for part in ("0-192.0.2.99", "100-192.0.2.255")]
    network = "tcp 9095 from 192.0.2.0/24"
    assert ask(with_rules(*halves), network).because.endswith(" together.")
    assert ask(with_rules(rule(TCP), rule()), network).because.endswith(", each alone.")


def test_a_default_that_blocks_the_rest_leaves_a_part_to_the_rule_that_blocks_it() -> None:
    target = with_rules(rule(TCP, "RA4=192.0.2.12", action="Block"))
    because = ask(target, "tcp 9095 from 192.0.2.0/24").because
    assert because.startswith("A part of it is blocked by the rule 'Rule' (R0)")
    assert ask(target, "tcp 9095 from 192.0.2.13").because.startswith("No rule matches it")
