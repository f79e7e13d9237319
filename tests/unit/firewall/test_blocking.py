# SPDX-License-Identifier: GPL-3.0-or-later
"""Block rules that defeat wanted rules: what is lost, to whom, and by which rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.builders import ID, host, read, text, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.finding import (
    Finding,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.findings import (
    effect,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    ExceptionList,
)
from simulator.host import SimulatedHost

PEERS = wanted(
    protocol="tcp", local_ports=[9095, 9096], remote_addresses=["192.0.2.12", "192.0.2.13"]
)
EVERYBODY = wanted(protocol="tcp", local_ports=[25])
UPDATES = wanted(id="Example-Out", direction="outbound", protocol="tcp", remote_ports=[80, 443])
KINDS = ("blocked", "partly_blocked")


def beside(*rules: str, store: str = "gpo") -> SimulatedHost:
    """A host whose domain profile is in use, with rules D0, D1 and so on."""
    target = host()
    for number, rule in enumerate(rules):
        target.stores[store]["rules"][f"D{number}"] = rule
    return target


def deny(*tokens: str, **words: str) -> str:
    return text(*tokens, action="Block", name="Deny", group="", **words)


def found(target: SimulatedHost, *rules: Any) -> list[Finding]:
    return [
        finding
        for finding in effect(Policy(read(target)), rules or (PEERS,))
        if finding.kind in KINDS
    ]


def one(target: SimulatedHost, *rules: Any) -> Finding:
    (finding,) = found(target, *rules)
    return finding


TCP = "Protocol=6"
# (block rules, severity, what the sentence begins with)
CASES: list[tuple[tuple[str, ...], str, str]] = [
    (
        (deny(TCP, "LPort=9095"),),
        "error",
        "TCP 9095 from 192.0.2.12, 192.0.2.13 is blocked in the domain profile, for example TCP "
        "9095 from 192.0.2.12: the rule 'Deny' (D0) of group policy blocks it, and a block rule "
        "overrides every allow rule.",
    ),
    (
        (deny(TCP, "LPort=9095", "RA4=192.0.2.13"),),
        "error",
        "TCP 9095 from 192.0.2.13 is blocked in the domain profile: the rule 'Deny' (D0) of group "
        "policy blocks it",
    ),
    ((deny(),), "error", "TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked"),
    ((deny(TCP),), "error", "TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked"),
    (
        (deny(TCP, "LPort2_10=9000-9095", "Profile=Domain"),),
        "error",
        "TCP 9095 from 192.0.2.12, 192.0.2.13",
    ),
    (
        (deny("RA4=0.0.0.0-127.255.255.255"), deny("RA4=128.0.0.0/1")),
        "error",
        "TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked",
    ),
    (
        (deny("RA4=LocalSubnet"),),  # the host has told that they are on its link
        "error",
        "TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked",
    ),
    (
        (deny("RA42=Internet"),),
        "warning",
        "It is not known whether TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked in the "
        "domain profile: the rule 'Deny' (D0) of group policy may block it (Internet4)",
    ),
    (
        (deny(TCP, "LUAuth=O:LSD:(A;;CC;;;AA)"),),
        "warning",
        "It is not known whether TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked",
    ),
    (
        (deny(TCP, "Security=Authenticate"),),
        "warning",
        "It is not known whether TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked",
    ),
    (
        (deny(TCP, r"App=C:\Program Files (x86)\GFI\MailEssentials\x.exe"),),
        "error",
        r"TCP 9095-9096 from 192.0.2.12, 192.0.2.13 for c:\program files (x86)\gfi\mailessentials",
    ),
    (
        (deny(TCP, "App=System"),),  # whether http.sys listens on the port is not said here
        "warning",
        "TCP 9095-9096 from 192.0.2.12, 192.0.2.13 for system is blocked",
    ),
    (
        (deny(TCP, "App=System", "TTK2_22=x"),),
        "info",
        "It is not known whether TCP 9095-9096 from 192.0.2.12, 192.0.2.13 for system is blocked",
    ),
    (
        (deny(TCP, "RPort=1-1023"),),
        "warning",
        "A part of TCP 9095-9096 from 192.0.2.12, 192.0.2.13 is blocked",
    ),
    (
        (deny(TCP, r"App=C:\Other\x.exe"),),
        "info",
        "1 block rule of the host blocks ports of this set for other programs, services or "
        "profiles: the rule 'Deny' (D0) of group policy.",
    ),
    (
        (deny("Svc=Spooler"), deny("Profile=Public")),
        "info",
        "2 block rules of the host block ports",
    ),
]


@pytest.mark.parametrize(("rules", "severity", "words"), CASES)
def test_what_is_lost_and_to_whom(rules: tuple[str, ...], severity: str, words: str) -> None:
    finding = one(beside(*rules))
    assert (finding.severity, finding.rules) == (severity, (ID,))
    assert finding.message.startswith(words), finding.message


@pytest.mark.parametrize(
    "rule",
    [
        deny(TCP, "LPort=9094"),
        deny("Protocol=17", "LPort=9095"),
        deny(TCP, "LPort=9095", "RA4=192.0.2.11"),
        deny(TCP, "LPort=9095", "RA6=2001:db8::12"),
        deny(TCP, "LPort=9095", direction="Out"),
        deny(TCP, "LPort=9095", active="FALSE"),
        deny(TCP, "LPort=9095", "AppPkgId=S-1-15-2-1"),
        text(TCP, "LPort=9095", name="Allow"),
    ],
)
def test_rules_that_take_nothing(rule: str) -> None:
    assert found(beside(rule)) == []


@pytest.mark.parametrize("store", ["local", "mdm", "gpo"])
def test_a_block_rule_of_any_store_counts(store: str) -> None:
    assert one(beside(deny(TCP, "LPort=9095"), store=store)).kind == "blocked"


def test_a_local_block_rule_does_not_count_where_local_rules_do_not_merge() -> None:
    target = beside(deny(TCP, "LPort=9095"), store="local")
    target.stores["gpo"]["profiles"]["DomainProfile"] = {"AllowLocalPolicyMerge": 0}
    assert [finding.severity for finding in found(target)] == ["info"]


def test_a_part_of_any_remote_is_information_and_all_of_it_an_error() -> None:
    assert one(beside(deny("RA4=192.0.2.0/24")), EVERYBODY).severity == "info"
    assert one(beside(deny("LPort=25", TCP)), EVERYBODY).severity == "error"


def test_an_outbound_rule() -> None:
    finding = one(beside(deny(TCP, "RPort=443", direction="Out")), UPDATES)
    assert (finding.severity, finding.rules) == ("error", ("Example-Out",))
    assert finding.message.startswith("TCP 443 to any address is blocked in the domain profile")


def test_a_network_that_is_lost_in_part_is_a_warning() -> None:
    admins = wanted(protocol="tcp", local_ports=[443], remote_addresses=["198.51.100.0/24"])
    finding = one(beside(deny("RA4=198.51.100.128/25")), admins)
    assert (finding.kind, finding.severity) == ("partly_blocked", "warning")
    assert "TCP 443 from 198.51.100.128/25 is blocked" in finding.message
    assert "for example TCP 443 from 198.51.100.128" in finding.message


def test_interfaces_that_the_firewall_leaves_alone_make_it_uncertain() -> None:
    target = beside(deny(TCP, "LPort=9095"))
    identifier = read(target).interfaces
    assert identifier
    target.stores["local"]["profiles"].setdefault("DomainProfile", {})["DisabledInterfaces"] = (
        identifier[0].id
    )
    assert one(target).severity == "warning"


def test_a_rule_for_authenticated_computers_makes_it_uncertain() -> None:
    bypass = text(
        TCP, "LPort=9095", "RMAuth=O:LSD:(A;;CC;;;S-1-5-21)", "Security=Authenticate",
        action="ByPass", name="Trusted", group="",
    )  # fmt: skip
    assert one(beside(deny(TCP, "LPort=9095"), bypass)).severity == "warning"


ANYWHERE = wanted(id="Example-Dns", direction="outbound", protocol="udp", remote_ports=[53])
OUT = {"direction": "Out"}
NAMES = wanted(
    id="Example-Dns", direction="outbound", protocol="udp", remote_ports=[53],
    remote_addresses=["DNS"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "block", "severity"),
    [
        # one family is a part of any address, and of a keyword nothing that is needed
        (EVERYBODY, deny("RA6=::/0"), "info"),
        (UPDATES, deny("RA6=::/0", **OUT), "info"),
        (NAMES, deny("RA6=::/0", **OUT), "info"),
        # http.sys calls nobody
        (UPDATES, deny(TCP, "App=System", **OUT), "info"),
        # what is limited by more than addresses is no part of any address
        (EVERYBODY, deny(TCP, "LPort=25", "IFType=Lan"), "warning"),
        (EVERYBODY, deny(TCP, "LPort=25", "LA4=192.0.2.10"), "warning"),
        (PEERS, deny(TCP, "RPort2_10=1-65535"), "error"),  # 0 is no port
        # a keyword is what the host told that it stands for
        (NAMES, deny("RA4=203.0.113.0/24", **OUT), "info"),
        (NAMES, deny("Protocol=17", "RPort=53", "RA4=192.0.2.53", **OUT), "error"),
    ],
)
def test_what_a_loss_weighs(rule: Any, block: str, severity: str) -> None:
    assert one(beside(block), rule).severity == severity


def test_a_certain_crumb_does_not_hide_what_may_be_lost() -> None:
    target = beside(
        deny(TCP, "RA4=203.0.113.5"), deny(TCP, "LPort=25", "LUAuth=O:LSD:(A;;CC;;;AA)")
    )
    assert [
        (finding.severity, "LUAuth" in finding.message.replace("luauth", "LUAuth"))
        for finding in found(target, EVERYBODY)
    ] == [("warning", True), ("info", False)]


def test_a_profile_that_the_host_did_not_tell_makes_it_uncertain() -> None:
    target = beside(deny(TCP, "Profile=Public"))
    target.network_categories = []
    assert {finding.severity for finding in found(target)} == {"warning"}


def test_shields_up_that_may_allow_makes_it_uncertain() -> None:
    target = beside(deny(TCP))
    target.stores["gpo"]["profiles"]["DomainProfile"] = {
        "DoNotAllowExceptions": 0,
        "DefaultInboundAction": 0,
    }
    target.stores["mdm"]["profiles"]["DomainProfile"] = {"DoNotAllowExceptions": 1}
    assert {finding.severity for finding in found(target)} == {"warning"}


def test_a_sentence_never_says_more_than_is_blocked() -> None:
    wide = wanted(protocol="tcp", local_ports=["9000", "9100"], remote_addresses=["10.0.0.0/8"])
    target = beside(
        deny(TCP, "LPort=9000", "RA4=10.2.0.0/16"), deny(TCP, "LPort=9100", "RA4=10.1.0.0/16")
    )
    assert [finding.message.partition(" is blocked")[0] for finding in found(target, wide)] == [
        "TCP 9000 from 10.2.0.0/16",
        "TCP 9100 from 10.1.0.0/16",
    ]


def test_very_many_entries_are_looked_at_together() -> None:
    many = wanted(
        protocol="tcp",
        local_ports=[str(1000 + number) for number in range(0, 200, 2)],
        remote_addresses=[f"10.0.{number}.1" for number in range(100)],
    )
    assert one(beside(deny(TCP)), many).severity == "error"
    assert one(beside(deny(TCP, "RA4=10.0.7.1")), many).severity == "warning"


def with_list(entries: tuple[tuple[str, str], ...], **merge: int) -> Any:
    entry = ExceptionList("gpo", "DomainProfile", "GloballyOpenPorts", merge, entries)
    return replace(read(host()), exceptions=(entry,))


def test_a_list_of_windows_xp_in_a_policy_may_block() -> None:
    listed = with_list((("25", "25:TCP:*:Enabled:SMTP"),))
    (finding,) = [one for one in effect(Policy(listed), (EVERYBODY,)) if one.kind in KINDS]
    assert finding.severity == "warning" and "from before Vista" in finding.message


@pytest.mark.parametrize("allowed", [0, 1])
def test_a_switch_of_windows_xp_makes_rules_of_its_form_uncertain(allowed: int) -> None:
    switched = with_list((), AllowUserPrefMerge=allowed)
    two = wanted(id="Example-Two", protocol="tcp", local_ports=["25", "587"])
    found = [
        one for one in effect(Policy(switched), (EVERYBODY, two)) if one.kind == "exceptions_off"
    ]
    assert [(one.severity, one.rules) for one in found] == ([] if allowed else [("warning", (ID,))])


def test_a_block_rule_of_a_policy_with_an_id_of_ours_stops_whatever_equal_ids_mean() -> None:
    target = host()
    target.stores["gpo"]["rules"][ID] = deny(TCP, "LPort=9095")
    kinds = {(one.kind, one.severity) for one in effect(Policy(read(target)), (PEERS,))}
    assert {("blocked", "error"), ("overridden", "warning")} <= kinds


def test_two_block_rules_that_take_a_network_together() -> None:
    admins = wanted(protocol="tcp", local_ports=[443], remote_addresses=["198.51.100.0/24"])
    halves = [deny(TCP, f"RA4=198.51.100.{first}/25") for first in (0, 128)]
    finding = one(beside(*halves), admins)
    assert (finding.kind, finding.severity) == ("blocked", "error")
    assert finding.message.startswith("TCP 443 from 198.51.100.0/24 is blocked")
    assert "(D0)" in finding.message and "(D1)" in finding.message


def test_many_blocked_parts_are_counted_and_the_worst_comes_first() -> None:
    networks = [f"198.51.{number}.0/24" for number in range(60)]
    rule = wanted(protocol="tcp", local_ports=[9095], remote_addresses=networks)
    parts = [deny(f"RA4=198.51.{number}.{number}") for number in range(59)]
    told = found(beside(*parts, deny("RA4=198.51.59.0/255.255.255.0")), rule)
    assert [(one.kind, one.severity) for one in told] == [
        ("blocked", "error"),
        *[("partly_blocked", "warning")] * 20,
    ]
    assert told[-1].message == "40 more parts of these rules are blocked, or may be."
    assert told[-1].rules == (rule.id,)


def test_rules_that_together_block_all_are_not_said_to_block_a_part() -> None:
    halves = [deny(TCP, f"RPort2_10={part}") for part in ("1-1023", "1024-65535")]
    finding = one(beside(*halves))
    assert finding.severity == "error" and not finding.message.startswith("A part of")
    assert one(beside(halves[0])).message.startswith("A part of")
