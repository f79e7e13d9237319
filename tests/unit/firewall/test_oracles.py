# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen on real machines or is written of them, and what an answer says of it. Every case
names its source.

FASP, GPFAS: [MS-FASP], [MS-GPFAS]. LAB: Simplyaeon/windows-ad-soc-lab, 06-windows-firewall. IT:
windows-itpro-docs, pages troubleshooting-uwp-firewall and quarantine. EVB: ncthanhngo/EVBlocker.
WFR: metablaster/WindowsFirewallRuleset. The others are issues of MicrosoftDocs/memdocs,
SkipToTheEndpoint/OpenIntuneBaseline, DigitalRuby/IPBan and nmap/npcap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from unit.builders import host, read, text

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.answer import (
    FlowAnswer,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    read_flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.explanation import (
    explained,
)
from simulator.host import SimulatedHost

SVCHOST = r"C:\Windows\System32\svchost.exe"
CARD = "{6B29FC40-CA47-1067-B31D-00DD010662DA}"  # of the simulated host
BY = "the rule 'Rule' (R0) of the local policy"


@dataclass(frozen=True)
class Host:
    """local, gpo: rules, R0 and G0 onwards. settings: (store, key, name, value). categories: of the
    networks in use. services: by name, where they do not run. same: G0 is R0.
    """

    local: tuple[str, ...] = ()
    gpo: tuple[str, ...] = ()
    settings: tuple[tuple[str, str, str, Any], ...] = ()
    categories: tuple[int, ...] = (2,)
    services: dict[str, str] = field(default_factory=dict)
    same: bool = False

    def made(self) -> SimulatedHost:
        target = host()
        for store, prefix, texts in (
            ("local", "R", self.local),
            ("gpo", "R" if self.same else "G", self.gpo),
        ):
            for number, one in enumerate(texts):
                target.stores[store]["rules"][f"{prefix}{number}"] = one
        for store, key, name, value in self.settings:
            target.stores[store]["profiles"].setdefault(key, {})[name] = value
        target.network_categories = list(self.categories)
        target.services.update(self.services)
        return target


def rule(*tokens: str, action: str = "Allow", name: str = "Rule", **words: str) -> str:
    return text(*tokens, action=action, name=name, group="", **words)


def answers(given: Host, flow: Any) -> list[FlowAnswer]:
    return explained(read(given.made()), [read_flow(flow, "flows[0]")])


def ask(given: Host, flow: Any) -> FlowAnswer:
    (answer,) = answers(given, flow)
    return answer


TCP = "Protocol=6"
ALLOW = rule(TCP, "LPort=9095")
DENY = rule(TCP, "LPort=9095", action="Block")
JOIN = "tcp 9095 from 192.0.2.12"
OUT = "tcp 443 to 198.51.100.7"
PING = {
    "direction": "inbound",
    "protocol": "icmpv4",
    "icmp_type": 8,
    "remote_address": "192.0.2.20",
}
ECHO = (
    rule("Protocol=1", "ICMP4=8:*", "Profile=Public", "RA4=LocalSubnet"),
    rule("Protocol=1", "ICMP4=8:*", "App=System", name="AD DC echo"),
)
ECHO_DENY = rule("Protocol=1", "RA4=192.0.2.20", action="Block", name="Deny")
BLOCKS_OUT = ("local", "DomainProfile", "DefaultOutboundAction", 1)
NOT_MERGED = ("gpo", "PublicProfile", "AllowLocalPolicyMerge", 0)
FOR_SYSTEM = {**PING, "program": "System"}

# Source -> host, connection, verdict, code, the reason
SEEN: dict[str, tuple[Host, Any, str, str, str]] = {
    "LAB echo with the block rule": (
        Host(local=(*ECHO, ECHO_DENY), categories=(0,)),
        FOR_SYSTEM,
        "blocked",
        "BLOCK_RULE",
        "It is blocked by the rule 'Deny' (R2) of the local policy; a block rule overrides every "
        "allow rule.",
    ),
    "LAB echo after its deletion": (
        Host(local=ECHO, categories=(0,)),
        FOR_SYSTEM,
        "allowed",
        "ALLOW_RULE",
        "",
    ),
    "LAB 9999 without a rule": (
        Host(),
        "tcp 9999 from 192.0.2.20",
        "blocked",
        "DEFAULT_ACTION",
        "No rule matches it, and the domain profile blocks it by default (the local policy).",
    ),
    "LAB 9999 with a block rule": (
        Host(local=(rule(TCP, "LPort=9999", action="Block"),)),
        "tcp 9999 from 192.0.2.20",
        "blocked",
        "BLOCK_RULE",
        f"It is blocked by {BY}; a block rule overrides every allow rule.",
    ),
    "LAB 9999 with an allow rule": (
        Host(local=(rule("RA4=192.0.2.20"),)),
        "tcp 9999 from 192.0.2.20",
        "allowed",
        "ALLOW_RULE",
        f"It is allowed by {BY}.",
    ),
    "IT quarantine: UDP that no rule allows": (
        Host(categories=(0,)),
        "udp 5355 from 192.0.2.12",
        "blocked",
        "DEFAULT_ACTION",
        "No rule matches it, and the public profile blocks it by default (the local policy).",
    ),
    "EVB: outbound default block": (
        Host(settings=(BLOCKS_OUT,)),
        OUT,
        "blocked",
        "DEFAULT_ACTION",
        "No rule matches it, and the domain profile blocks it by default (the local policy).",
    ),
    "WFR case 1: a rule of a service, and its program without it": (
        Host(
            local=(rule(TCP, f"App={SVCHOST}", "Svc=CryptSvc", direction="Out"),),
            settings=(BLOCKS_OUT,),
        ),
        f"{OUT} for {SVCHOST}",
        "blocked",
        "DEFAULT_ACTION",
        "No rule matches it, and the domain profile blocks it by default (the local policy).",
    ),
    "WFR case 7: IPv6 loopback was refused": (
        Host(),
        "tcp 445 to ::1",
        "unknown",
        "LOOPBACK_REPORTED",
        "Both ends are this host. One report says that Windows Firewall rules do not block such "
        "a connection; other filters can.",
    ),
    "nmap/npcap#502: own address to own address": (
        Host(local=(rule(action="Block"),)),
        "tcp 445 from 192.0.2.10",
        "unknown",
        "LOOPBACK_REPORTED",
        "Both ends are this host. One report says that Windows Firewall rules do not block such "
        "a connection; other filters can.",
    ),
    "memdocs#840: without merge no local rule counts, a block rule neither": (
        Host(
            local=(DENY,),
            gpo=(rule(TCP, "LPort=9095", name="Ours"),),
            settings=(NOT_MERGED,),
            categories=(0,),
        ),
        JOIN,
        "allowed",
        "ALLOW_RULE",
        "It is allowed by the rule 'Ours' (G0) of group policy.",
    ),
    "OpenIntuneBaseline#219: Miracast in public without merge": (
        Host(
            local=(rule(TCP, "LPort=7250", "App=System"),),
            settings=(NOT_MERGED,),
            categories=(0,),
        ),
        "tcp 7250 from 192.0.2.12 for System",
        "blocked",
        "DEFAULT_ACTION",
        "No rule matches it, and the public profile blocks it by default (the local policy). "
        "Local rules do not count there: group policy sets AllowLocalPolicyMerge=0.",
    ),
    "IPBan#120: one IPv6 address, and a privacy address of the same peer": (
        Host(local=(rule(TCP), rule("RA6=2001:db8:1::7", action="Block"))),
        "tcp 3389 from 2001:db8:1::99",
        "allowed",
        "ALLOW_RULE",
        f"It is allowed by {BY}.",
    ),
    "IPBan#120: its network": (
        Host(local=(rule(TCP), rule("RA6=2001:db8:1::/64", action="Block", name="Deny"))),
        "tcp 3389 from 2001:db8:1::99",
        "blocked",
        "BLOCK_RULE",
        "It is blocked by the rule 'Deny' (R1) of the local policy; a block rule overrides every "
        "allow rule.",
    ),
}


@pytest.mark.parametrize("source", SEEN)
def test_what_was_seen(source: str) -> None:
    given, flow, verdict, code, because = SEEN[source]
    answer = ask(given, flow)
    assert (answer.verdict, answer.code) == (verdict, code), answer.text
    assert answer.because.startswith(because), answer.because


def test_the_log_of_a_lab_does_not_name_the_block_rule() -> None:
    """LAB, matrix: with a listener the origin was Query User Default, without one Stealth."""
    for given in (Host(), Host(local=(rule(TCP, "LPort=9999", action="Block"),))):
        hint = ask(given, "tcp 9999 from 192.0.2.20").to_dict()["event_hint"]
        assert "'Query User Default'" in hint and "'Stealth'" in hint, hint


def test_the_log_of_an_outbound_default_block() -> None:
    """EVB, 699 events 5157: Default Outbound, WSH Default, Query User Default. WFR case 1."""
    hint = ask(Host(settings=(BLOCKS_OUT,)), OUT).to_dict()["event_hint"]
    assert hint.startswith("Security 5157 or 5152, Filter Origin: ")
    for origin in ("Default Outbound", "WSH Default", "Query User Default"):
        assert f"'{origin}'" in hint


@pytest.mark.parametrize("case", [1, 2, 3, 4, 5])
def test_an_allow_rule_is_no_promise_of_other_layers(case: int) -> None:
    """IT troubleshooting-uwp: Windows Firewall permits in every case, service hardening permits in
    the first one alone. So an answer speaks of the rules and says what it leaves out.
    """
    answer = ask(Host(local=(rule(TCP, "RPort=443", direction="Out"),)), OUT)
    assert (case, answer.verdict) == (case, "allowed")
    assert "SERVICE_HARDENING_NOT_EVALUATED" in answer.assumptions
    assert "THIRD_PARTY_FILTERS_NOT_READ" in answer.assumptions


def test_a_virtual_switch_in_another_profile_has_an_answer_of_its_own() -> None:
    """WFR case 8."""
    given = Host(local=(rule(TCP, "LPort=9095", "Profile=Domain"),), categories=(0, 2))
    found = [(answer.profile, answer.verdict) for answer in answers(given, JOIN)]
    assert found == [("domain", "allowed"), ("public", "blocked")]


def doubt(*tokens: str, **words: str) -> Host:
    return Host(local=(rule(TCP, *tokens, **words),))


def depends(words: str, action: str = "allow") -> str:
    return f"It depends on this: {BY} may {action} it ({words})."


WHERE = "DomainProfile"
MAJOR = "schema v3.0 has a higher major version than 2; no rule of it can be judged"
# Source -> host, connection, the reason why it cannot be told
DOUBTS: dict[str, tuple[Host, Any, str]] = {
    "users (FASP 2.2.37)": (
        doubt("LUAuth=O:LSD:(A;;CC;;;AU)"),
        JOIN,
        depends("luauth=o:lsd:(a;;cc;;;au)"),
    ),
    "authentication (FASP 2.2.35)": (
        doubt("Security=Authenticate"),
        JOIN,
        depends("security=authenticate"),
    ),
    "a port keyword (FASP 2.2.14)": (doubt("LPort=RPC"), JOIN, depends("RPC")),
    "WINS (FASP 2.2.21)": (doubt("RA4=WINS"), JOIN, depends("WINS4")),
    "Intranet (FASP 2.2.21)": (doubt("RA42=IntrAnet"), JOIN, depends("Intranet4")),
    "a subnet that is not on the link (WFR)": (
        doubt("RA4=LocalSubnet"),
        "tcp 9095 from 10.0.0.1",
        depends("LocalSubnet4"),
    ),
    "a keyword beside a literal (FASP 2.2.27)": (
        doubt("RA4=192.0.2.12", "RA4=DHCP"),
        JOIN,
        depends("192.0.2.12, DHCP4"),
    ),
    "a token that nobody described (FASP 2.2.24)": (doubt("New9_9=x"), JOIN, depends("new9_9")),
    "Defer=User alone (captures)": (
        doubt("Defer=User"),
        JOIN,
        depends("Defer=User without Edge ([MS-FASP] 2.2.24)"),
    ),
    "Defer=App alone (FASP 2.2.24)": (
        doubt("Defer=App"),
        JOIN,
        depends("defer=app; Defer=App without Edge"),
    ),
    "Block with Security (FASP 2.2.37)": (
        Host(
            local=(rule(TCP, "Security=Authenticate", action="Block"),),
            gpo=(rule(TCP),),
        ),
        JOIN,
        depends("security=authenticate; Block together with Security", "block"),
    ),
    "local addresses with interfaces (FASP 2.2.37)": (
        doubt("LA4=192.0.2.10", "IFType=Lan"),
        JOIN,
        depends("local addresses together with interfaces"),
    ),
    "local keywords (SDK against FASP 2.2.37)": (
        doubt("LA4=LocalSubnet"),
        JOIN,
        depends("LocalSubnet4"),
    ),
    "a variable": (
        doubt(r"App=%Unknown%\x.exe"),
        rf"{JOIN} for C:\x.exe",
        depends(r"%Unknown%\x.exe has a variable that the host did not tell"),
    ),
    "any service (netfw)": (doubt("Svc=*"), JOIN, depends("Svc=*")),
    "bypass (FASP 2.2.34)": (
        Host(local=(rule(TCP, "Security=Authenticate", "RMAuth=O:", action="ByPass"),)),
        JOIN,
        depends("rmauth=o:; only IPsec tells who is authenticated"),
    ),
    "loose source mapping (FASP 2.2.35)": (
        doubt("LOM=TRUE", "RA4=10.0.0.1"),
        JOIN,
        depends("LOM=TRUE, beside which the remote side may not count"),
    ),
    "a text of another major version (FASP 2.2.24)": (
        Host(local=("v3.0|Action=Allow|Active=TRUE|Dir=In|Name=Rule|",)),
        JOIN,
        f"It depends on this: {BY} may block it ({MAJOR}); {BY} may allow it ({MAJOR}).",
    ),
    "equal ids (FASP 3.1.3 against New-NetFirewallRule)": (
        Host(local=(rule(TCP),), gpo=(rule("Protocol=17"),), same=True),
        JOIN,
        depends("whether it counts beside other stores is not known"),
    ),
    "policy against MDM (CSP)": (
        Host(
            settings=(
                ("gpo", WHERE, "DefaultInboundAction", 1),
                ("mdm", WHERE, "DefaultInboundAction", 0),
            )
        ),
        JOIN,
        "It depends on this: which default action counts is not known: policies contradict each "
        "other, one stands under StandardProfile, or the value is neither 0 nor 1.",
    ),
    "shields up with a default of Allow (New-NetFirewallProfile against FASP 2.2.38)": (
        Host(
            settings=(
                ("gpo", WHERE, "DefaultInboundAction", 0),
                ("gpo", WHERE, "DoNotAllowExceptions", 1),
            )
        ),
        JOIN,
        "It depends on this: shields up with a default of Allow: the documents differ.",
    ),
    "StandardProfile of a policy (GPFAS 2.2.3.13)": (
        Host(settings=(("gpo", "StandardProfile", "DefaultInboundAction", 0),), categories=(0,)),
        JOIN,
        "It depends on this: which default action counts is not known: policies contradict each "
        "other, one stands under StandardProfile, or the value is neither 0 nor 1.",
    ),
    "an interface that is left alone (GPFAS 2.2.3.15)": (
        Host(settings=(("local", WHERE, "DisabledInterfaces", CARD),)),
        JOIN,
        "It depends on this: the firewall is disabled on some interfaces, and it is not known "
        "which interface is used.",
    ),
    "the services are stopped": (
        Host(services={"BFE": "Stopped"}),
        JOIN,
        "It depends on this: the services mpssvc and BFE do not both run.",
    ),
}


@pytest.mark.parametrize("source", DOUBTS)
def test_what_no_reading_tells(source: str) -> None:
    given, flow, because = DOUBTS[source]
    answer = ask(given, flow)
    assert (answer.verdict, answer.code) == ("unknown", "CONDITION_NOT_KNOWN"), answer.text
    assert answer.because == because
    assert answer.settle and answer.to_dict()["certain"] is False
