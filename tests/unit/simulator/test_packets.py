# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulated firewall does with one connection. Each case names its source: sections of
[MS-FASP], [MS-GPFAS], or the vendor's documentation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator import farm
from simulator.packet_text import in_error, read_rule
from simulator.packets import Flow, may_be_off, outcomes

ALLOWED, BLOCKED = {"allowed"}, {"blocked"}
BOTH = ALLOWED | BLOCKED
IN = Flow(
    direction="inbound",
    protocol=6,
    local_port=9095,
    remote_port=50000,
    local_address="192.0.2.10",
    remote_address="198.51.100.7",
    program="C:\\Program Files\\Example\\server.exe",
    service="Example",
    interface_type="wired",
)
OUT = replace(IN, direction="outbound", local_port=50000, remote_port=443)
UDP = replace(IN, protocol=17)
PING = replace(IN, protocol=1, local_port=None, remote_port=None, icmp=(8, 0))
V6 = replace(IN, local_address="2001:db8::10", remote_address="2001:db8:1::7")
NEAR = replace(IN, remote_address="192.0.2.77")
KERNEL = replace(IN, program="System", service="")
CARD = "{6B29FC40-CA47-1067-B31D-00DD010662DA}"
OTHER_CARD = "{00000000-CA47-1067-B31D-00DD010662DA}"
SAFE = "Security=Authenticate|"


def text(tokens: str = "", action: str = "Allow", way: str = "In", version: str = "v2.31") -> str:
    return f"{version}|Action={action}|Active=TRUE|Dir={way}|{tokens}Name=Test|"


def reading(*local: str, **changes: Any) -> dict[str, Any]:
    """Rules of the local store, and other parts of the reading."""
    made = farm.host("empty").reading()
    made["stores"]["local"]["rules"] = [[str(index), one] for index, one in enumerate(local)]
    return {**made, **changes}


def profile(made: dict[str, Any], store: str, key: str, **values: Any) -> dict[str, Any]:
    made["stores"][store]["profiles"][key] = {
        **made["stores"][store]["profiles"].get(key, {}),
        **values,
    }
    return made


def domain(made: dict[str, Any], store: str, **values: Any) -> dict[str, Any]:
    return profile(made, store, "DomainProfile", **values)


def met(made: dict[str, Any], flow: Flow = IN, where: str = "domain") -> set[str]:
    return set(outcomes(made, flow, where))


# One allow rule under a default that blocks: allowed if it matches, both if it may match.
# Without a source: GPFAS 2.2.2.19.
CONDITIONS: dict[str, tuple[str, Flow, set[str]]] = {
    "nothing": ("", IN, ALLOWED),
    "another protocol": ("Protocol=17|", IN, BLOCKED),
    "a protocol with zeros": ("Protocol=006|", IN, ALLOWED),
    "a profile": ("Profile=Private|Profile=Domain|", IN, ALLOWED),
    "another profile": ("Profile=Private|", IN, BLOCKED),
    "tokens know no case": ("protocol=6|LPORT=9095|", IN, ALLOWED),
    "a port": ("Protocol=6|LPort=9095|", IN, ALLOWED),
    "a range": ("Protocol=6|LPort=1|LPort2_10=9000-9100|", IN, ALLOWED),
    "another port": ("Protocol=6|LPort=9096|", IN, BLOCKED),
    "a remote port": ("Protocol=6|RPort=50000|", IN, ALLOWED),
    "a port not known": ("Protocol=6|RPort=1|", replace(IN, remote_port=None), BOTH),
    "a port keyword (FASP 2.2.14)": ("Protocol=6|LPort=RPC|", IN, BOTH),
    "keyword and port": ("Protocol=6|LPort=RPC|LPort=9095|", IN, ALLOWED),
    "an address": ("RA4=198.51.100.7|", IN, ALLOWED),
    "a mask": ("RA4=198.51.100.0/255.255.255.0|", IN, ALLOWED),
    "a prefix": ("RA4=10.0.0.0/8|RA4=198.51.100.0/24|", IN, ALLOWED),
    "a range of addresses": ("RA4=198.51.100.8-198.51.100.9|", IN, BLOCKED),
    "IPv6": ("RA6=2001:db8:1::/64|", V6, ALLOWED),
    "RA4 alone against IPv6 (FASP 2.2.37)": ("RA4=0.0.0.0-255.255.255.255|", V6, BLOCKED),
    "a local address": ("LA4=192.0.2.10|", IN, ALLOWED),
    "another local address": ("LA4=192.0.2.11|", IN, BLOCKED),
    "local keywords (SDK against FASP 2.2.37)": ("LA4=LocalSubnet|", IN, BOTH),
    "an address not known": ("LA4=192.0.2.11|", replace(IN, local_address=""), BOTH),
    "LocalSubnet on link (FASP 2.2.21)": ("RA4=LocalSubnet|", NEAR, ALLOWED),
    "LocalSubnet off link (WFR)": ("RA4=LocalSubnet|", IN, BOTH),
    "LocalSubnet of the other family": ("RA6=LocalSubnet|", NEAR, BLOCKED),
    "DNS": ("RA4=DNS|", replace(IN, remote_address="192.0.2.53"), ALLOWED),
    "no name server": ("RA4=DNS|", IN, BOTH),
    "a gateway": ("RA4=DefaultGateway|", replace(IN, remote_address="192.0.2.1"), ALLOWED),
    "no DHCP server (FASP 2.2.27)": ("RA4=DHCP|RA4=198.51.100.7|", IN, BOTH),
    "DNS beside a literal": ("RA4=DNS|RA4=198.51.100.7|", IN, ALLOWED),
    "WINS": ("RA4=WINS|", IN, BOTH),
    "Internet": ("RA42=IntErnet|", IN, BOTH),
    "Internet of the other family": ("RA62=IntErnet|", IN, BLOCKED),
    "dynamic keywords (FASP 2.2.23)": ("RADynKey={a}|", V6, BOTH),
    "dynamic keywords and a literal": ("RADynKey={a}|RA4=198.51.100.7|", IN, ALLOWED),
    "dynamic keywords or a literal": ("RADynKey={a}|RA4=10.0.0.1|", IN, BOTH),
    "an ICMP type (FASP 2.2.16)": ("Protocol=1|ICMP4=8:*|", PING, ALLOWED),
    "an ICMP code": ("Protocol=1|ICMP4=3:4|ICMP4=8:1|", PING, BLOCKED),
    "ICMP not known": ("Protocol=1|ICMP4=8:*|", replace(PING, icmp=None), BOTH),
    "an interface type": ("IFType=Lan|", IN, ALLOWED),
    "another interface type": ("IFType=Wireless|", IN, BLOCKED),
    "interface type not known": ("IFType=Lan|", replace(IN, interface_type=""), BOTH),
    "an interface (FASP 2.2.18)": (f"IF={CARD}|", IN, BOTH),
    "a program": ("App=%programfiles%\\example\\SERVER.exe|", IN, ALLOWED),
    "another program": ("App=%SystemRoot%\\system32\\svchost.exe|", IN, BLOCKED),
    "a program that no rule names": ("App=C:\\x.exe|", replace(IN, program=""), BLOCKED),
    "an unresolved variable (FASP 2.2.33)": ("App=%Odd%\\x.exe|", IN, BOTH),
    "the kernel": ("App=SYSTEM|", KERNEL, ALLOWED),
    "a service": ("Svc=example|", IN, ALLOWED),
    "another service": ("Svc=Dnscache|", IN, BLOCKED),
    "any service": ("Svc=*|", IN, ALLOWED),
    "any service, none named": ("Svc=*|", replace(IN, service=""), BOTH),
    "a package (netEvent)": ("AppPkgId=S-1-15-2-1|", IN, BLOCKED),
    "a package family": ("PFN=Example|", IN, BLOCKED),
    "users": ("LUAuth=O:LSD:(A;;CC;;;WD)|", IN, BOTH),
    "trust": ("TTK2_28=WFDCDPSvc|", IN, BOTH),
    "an owner is no condition": ("LUOwn=S-1-1-0|", IN, ALLOWED),
    "authentication (FASP 2.2.35)": (SAFE, IN, BOTH),
    "an unknown token": ("Fqbn=x|", IN, BOTH),
    "an unknown token elsewhere": ("Fqbn=x|RA4=10.0.0.1|", IN, BLOCKED),
    "edge": ("Edge=TRUE|Defer=App|", IN, ALLOWED),
    "Defer=User alone (captures)": ("Defer=User|", IN, BOTH),
    "this platform (FASP 2.2.29)": ("Platform=2:10:0|", IN, ALLOWED),
    "an older one": ("Platform=2:6:2|", IN, BLOCKED),
    "an older one or later": ("Platform=2:6:2|Platform2=GTEQ|", IN, ALLOWED),
    "later is of the last": ("Platform=2:6:1|Platform=2:11:0|Platform2=GTEQ|", IN, BLOCKED),
    "skipped by this version": ("SkipVer=2.31|", IN, BOTH),
    "skipped by older ones": ("SkipVer=2.30|", IN, ALLOWED),
    "profile crossing": ("PCross=TRUE|", IN, ALLOWED),
    "LOM with its remote part (FASP 2.2.35)": ("LOM=TRUE|RA4=198.51.100.7|", IN, ALLOWED),
    "LOM without": ("LOM=TRUE|RA4=10.0.0.1|", IN, BOTH),
    "LOM elsewhere": ("LOM=TRUE|Protocol=17|RA4=10.0.0.1|", IN, BLOCKED),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_of_an_allow_rule(name: str) -> None:
    tokens, flow, expected = CONDITIONS[name]
    assert met(reading(text(tokens)), flow) == expected


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_block_rule_mirrors_it(name: str) -> None:
    """FASP 2.2.34; LOM is ignored on block rules (FASP 2.2.35), Security forbidden (2.2.37)."""
    tokens, flow, expected = CONDITIONS[name]
    if name == "LOM without":
        expected = BLOCKED
    mirrored = {"allowed": "blocked", "blocked": "allowed"}
    made = domain(reading(text(tokens, "Block")), "local", DefaultInboundAction=0)
    assert met(made, flow) == {mirrored[outcome] for outcome in expected}


def test_what_was_not_read_is_not_known() -> None:
    """Interfaces and version of Windows (sections 2.2.21 and 2.2.29 of FASP need them)."""
    assert met(reading(text("RA4=LocalSubnet|"), interfaces=None), NEAR) == BOTH
    assert met(reading(text("Platform=2:6:2|"), windows=None)) == BOTH
    assert met(reading(text("SkipVer=2.0|"), windows=None)) == BOTH


# FASP 2.2.37, 2.2.24; GPFAS 2.2.2.19
ERRORS = {
    "local address and interface type": text("LA4=192.0.2.10|IFType=Lan|"),
    "users and a service": text("LUOwn=S-1-1-0|Svc=Example|"),
    "trust and addresses": text("TTK=Proximity|RA4=198.51.100.7|"),
    "block and security": text(SAFE, "Block"),
    "computers without security": text("RMAuth=O:|"),
    "computers outbound": text(f"RMAuth=O:|{SAFE}", way="Out"),
    "users outbound": text(f"RUAuth=O:|{SAFE}", way="Out"),
    "port keyword outbound": text("Protocol=6|LPort=RPC|LPort=50000|", way="Out"),
    "remote port keyword": text("Protocol=6|RPort2_10=IPTLSOut|RPort=443|", way="Out"),
    "port keyword of another protocol": text("Protocol=17|LPort=RPC|LPort=9095|"),
    "ports without a protocol": text("LPort=9095|"),
    "a range where one port belongs": text("Protocol=6|LPort=1,9090-9096|"),
    "ICMP of another protocol": text("Protocol=6|ICMP4=8:0|"),
    "bypass without computers": text(SAFE, "ByPass"),
    "both kinds of authentication": text(f"{SAFE}Security=AuthenticateEncrypt|"),
    "no encapsulation without authentication": text("Security2_9=An-NoEncap|"),
    "negotiation without encryption": text(f"{SAFE}Security2=AnE-Nego|"),
    "negotiation outbound": text("Security=AuthenticateEncrypt|Security2=AnE-Nego|", way="Out"),
    "loose mapping inbound": text("Protocol=17|LSM=TRUE|"),
    "loose mapping over TCP": text("Protocol=6|LSM=TRUE|", way="Out"),
    "newer tokens": text("Edge=TRUE|Defer=App|", version="v2.9"),
    "newer ports": text("Protocol=6|LPort2_10=9000-9100|", version="v2.0"),
    "a newer keyword": text("RA42=CaptivePortal|", version="v2.29"),
    "defer without edge": text("Defer=App|"),
    "edge outbound": text("Edge=TRUE|", way="Out"),
    "an operator without platform": text("Platform2=GTEQ|"),
    "a prefix of 32": text("RA4=198.51.100.7/32|"),
    "no name": "v2.31|Action=Allow|Active=TRUE|Dir=In|",
    "bypass of its own outbound, without authentication": text("AuthByPassOut=TRUE|", way="Out"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_rule_in_error_is_never_certain(name: str) -> None:
    rule = read_rule(ERRORS[name])
    assert rule.readable and in_error(rule)
    flow = OUT if rule.word("dir") == "out" else UDP if rule.protocol == 17 else IN
    default = 0 if rule.word("action") == "block" else 1
    made = reading(ERRORS[name])
    domain(made, "local", DefaultInboundAction=default, DefaultOutboundAction=default)
    assert met(made, flow) == BOTH


# Texts that the grammar does not have (GPFAS 2.2.2.19)
UNREADABLE = [
    "",
    "nonsense",
    "v3.0|Action=Allow|Active=FALSE|Dir=Out|Name=Test|",
    "v2.31|Action=Allow|Active=TRUE|Dir=In|Name=Test",
    "v2.31|Active=TRUE|Dir=In|Name=Test|",
    "v2.31|Action=Allow|Active=TRUE|Name=Test|",
    *map(
        text,
        (
            "word|",
            "Protocol=tcp|",
            "Protocol=6|LPort2_10=9095|",
            "Protocol=6|LPort=70000|",
            "Protocol=6|LPort2_10=9-1|",
            "Protocol=6|Protocol=6|",
            "RA4=2001:db8::1|",
            "RA4=10.0.0.9-10.0.0.1|",
            "RA4=10.0.0.0/255.0.255.0|",
            "RA4=Any|",
            "Profile=Home|",
            "App=|",
            "ICMP4=300:0|",
        ),
    ),
]


@pytest.mark.parametrize("unreadable", UNREADABLE)
def test_an_unreadable_text_may_allow_and_may_block(unreadable: str) -> None:
    """What it says plainly of its action counts."""
    assert met(reading(unreadable)) == BOTH
    plain = unreadable.startswith("v2.") and "|Action=Allow|" in unreadable
    expected = ALLOWED if plain else BOTH
    assert met(domain(reading(unreadable), "local", DefaultInboundAction=0)) == expected


@pytest.mark.parametrize("cut", ["v2.31|Action=Allow", "v2.31|Action=Allow|Dir=Out"])
def test_what_stands_behind_the_last_bar_says_nothing(cut: str) -> None:
    assert met(reading(cut)) == BOTH
    block = cut.replace("Allow", "Block")
    assert met(domain(reading(block), "local", DefaultInboundAction=0)) == BOTH


@pytest.mark.parametrize("plain", ["Active=FALSE|Dir=In|", "Active=TRUE|Dir=Out|"])
def test_an_unreadable_text_may_say_that_it_does_not_matter(plain: str) -> None:
    assert met(reading(f"v2.31|Action=Allow|{plain}Protocol=tcp|Name=Test|")) == BLOCKED


@pytest.mark.parametrize("plain", ["Active=FALSE|Dir=In|", "Dir=In|", "Active=TRUE|Dir=Out|"])
def test_a_rule_that_is_off_or_of_the_other_direction_matches_nothing(plain: str) -> None:
    """GPFAS 2.2.2.19: without Active a rule is off."""
    assert met(reading(f"v2.31|Action=Allow|{plain}Name=Test|")) == BLOCKED


ALLOW, BLOCK = text("RA4=198.51.100.7|"), text("Protocol=6|", "Block")
PERHAPS_ALLOW, PERHAPS_BLOCK = text("RA4=WINS|"), text("RA4=WINS|", "Block")
BYPASS = text(f"{SAFE}RMAuth=O:|", "ByPass")
BYPASS_OUT = text(f"{SAFE}AuthByPassOut=TRUE|", way="Out")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([ALLOW, BLOCK], BLOCKED),
        ([ALLOW, PERHAPS_BLOCK], BOTH),
        ([PERHAPS_ALLOW, BLOCK], BLOCKED),
        ([PERHAPS_ALLOW], BOTH),
        ([PERHAPS_BLOCK], BLOCKED),
        ([BYPASS, BLOCK], BOTH),
        ([BYPASS], BOTH),
        ([], BLOCKED),
    ],
)
def test_bypass_before_block_before_allow_before_default(
    rules: list[str], expected: set[str]
) -> None:
    """FASP 2.2.34, 2.2.38."""
    assert met(reading(*rules)) == expected


def test_outbound() -> None:
    """FASP 2.2.38: the default allows; 2.2.35: AuthByPassOut is a bypass."""
    block = text("Protocol=6|RPort=443|", "Block", "Out")
    assert met(reading(), OUT) == ALLOWED
    assert met(reading(block), OUT) == BLOCKED
    assert met(reading(block, BYPASS_OUT), OUT) == BOTH
    assert met(domain(reading(), "gpo", DefaultOutboundAction=1), OUT) == BLOCKED


def test_off_and_shields_up() -> None:
    """FASP 2.2.38; New-NetFirewallProfile AllowInboundRules with a default that allows."""
    assert met(domain(reading(), "local", EnableFirewall=0)) == ALLOWED
    shields = domain(reading(text()), "local", DoNotAllowExceptions=1)
    assert met(shields) == BLOCKED and met(shields, OUT) == ALLOWED
    assert met(domain(shields, "local", DefaultInboundAction=0)) == BOTH
    assert met(domain(shields, "gpo", DoNotAllowExceptions=0)) == BOTH
    assert met(domain(shields, "local", EnableFirewall=0)) == ALLOWED


def test_nothing_filters_perhaps_without_the_services() -> None:
    """INF."""
    stopped = reading(services={"mpssvc": "Stopped", "BFE": "Running"})
    assert met(stopped) == BOTH and may_be_off(stopped, "domain")
    assert not may_be_off(reading(), "domain")


def test_disabled_interfaces() -> None:
    """GPFAS 2.2.3.15: one that exists may be that of the flow."""
    assert met(domain(reading(), "local", DisabledInterfaces=CARD.lower())) == BOTH
    assert met(domain(reading(), "local", DisabledInterfaces=OTHER_CARD)) == BLOCKED
    unread = reading(interfaces=None)
    assert met(domain(unread, "local", DisabledInterfaces=f"{OTHER_CARD},{CARD}")) == BOTH
    assert met(domain(unread, "gpo", DisabledInterfaces="")) == BLOCKED
    shields = domain(reading(), "local", DisabledInterfaces=CARD, DoNotAllowExceptions=1)
    assert met(shields) == BLOCKED  # netfw: shields up enables the firewall on all interfaces


def test_policy_before_local_settings() -> None:
    """FASP 3.1.3; 2.2.38: shields up wins wherever it is, the merge switch is never local."""
    here = domain(reading(), "local", DefaultInboundAction=0)
    assert met(here) == ALLOWED
    assert met(domain(here, "gpo", DefaultInboundAction=1)) == BLOCKED
    up = domain(reading(text()), "gpo", DoNotAllowExceptions=0)
    assert met(domain(up, "local", DoNotAllowExceptions=1)) == BLOCKED
    assert met(domain(reading(text()), "local", AllowLocalPolicyMerge=0)) == ALLOWED
    assert met(domain(reading(), "gpo", EnableFirewall=7)) == BOTH


def test_policy_against_mdm_is_not_known() -> None:
    """Firewall CSP: no guarantee which one wins."""
    made = domain(reading(text()), "gpo", AllowLocalPolicyMerge=1)
    assert met(domain(made, "mdm", AllowLocalPolicyMerge=1)) == ALLOWED
    assert met(domain(made, "mdm", AllowLocalPolicyMerge=0)) == BOTH
    off = domain(domain(reading(), "gpo", EnableFirewall=1), "mdm", EnableFirewall=0)
    assert met(off) == BOTH and may_be_off(off, "domain")


def test_without_merge_local_blocks_are_gone_too() -> None:
    """FASP 2.2.38, in one profile and not in another."""
    made = domain(reading(BLOCK), "mdm", AllowLocalPolicyMerge=0, DefaultInboundAction=0)
    assert met(made) == ALLOWED
    assert met(profile(made, "local", "PublicProfile", DefaultInboundAction=0), IN, "public") == (
        BLOCKED
    )


@pytest.mark.parametrize(
    "name", ["AllowLocalPolicyMerge", "DefaultInboundAction", "DisabledInterfaces"]
)
def test_values_that_must_not_be_in_the_standard_profile_of_a_policy(name: str) -> None:
    """GPFAS 2.2.3.13 to 17; the key counts without the two others only (2.2.3)."""
    local = [text()] if name == "AllowLocalPolicyMerge" else []
    value = CARD if name == "DisabledInterfaces" else 0
    made = profile(reading(*local), "gpo", "StandardProfile", **{name: value})
    before = ALLOWED if local else BLOCKED
    assert [met(made, IN, where) for where in ("domain", "private", "public")] == [
        before,
        BOTH,
        BOTH,
    ]
    profile(made, "gpo", "PublicProfile")
    assert [met(made, IN, where) for where in ("private", "public")] == [before, before]


def test_the_standard_profile_of_a_policy_and_of_the_others() -> None:
    """GPFAS 2.2.3; StandardProfile is the private one elsewhere."""
    made = profile(reading(), "gpo", "StandardProfile", EnableFirewall=0)
    assert [met(made, IN, where) for where in ("domain", "private", "public")] == [
        BLOCKED,
        ALLOWED,
        ALLOWED,
    ]
    for store in ("local", "mdm"):
        made = profile(reading(), store, "StandardProfile", EnableFirewall=0)
        assert [met(made, IN, where) for where in ("private", "public")] == [ALLOWED, BLOCKED]


def test_equal_ids_in_two_stores() -> None:
    """FASP 3.1.3 combines them, New-NetFirewallRule -Name overwrites: the local one may count."""
    made = reading(text())
    for store in ("gpo", "mdm"):
        made = reading(text())
        made["stores"]["local"]["rules"][0][0] = "Same"
        made["stores"][store]["rules"] = [["SAME", text("Protocol=17|")]]
        assert met(made) == BOTH and met(made, UDP) == ALLOWED


PROGRAM = text("Protocol=6|App=C:\\Program Files\\Example\\server.exe|")
PORT = text("Protocol=6|LPort=9095|")


@pytest.mark.parametrize(
    ("kind", "rule", "expected"),
    [
        ("AuthorizedApplications", PROGRAM, BOTH),
        ("AuthorizedApplications", PORT, ALLOWED),
        ("GloballyOpenPorts", PORT, BOTH),
        ("GloballyOpenPorts", PROGRAM, ALLOWED),
        ("GloballyOpenPorts", text("Protocol=6|LPort=9095|LPort=1|"), ALLOWED),
        ("GloballyOpenPorts", text("Protocol=6|LPort=9095|Svc=*|"), ALLOWED),
        ("GloballyOpenPorts", text(), ALLOWED),
    ],
)
def test_the_switches_of_windows_xp(kind: str, rule: str, expected: set[str]) -> None:
    """FASP 2.2.38; the template of the policy says otherwise. That of ports is policy's alone."""
    switch = ["DomainProfile", kind, {"AllowUserPrefMerge": 0}, []]
    made = reading(rule)
    made["stores"]["gpo"]["exceptions"] = [switch]
    assert met(made) == expected
    made["stores"]["gpo"]["exceptions"] = []
    made["stores"]["gpo"]["rules"], made["stores"]["local"]["rules"] = [["x", rule]], []
    assert met(made) == ALLOWED
    made = reading(rule)
    made["stores"]["local"]["exceptions"] = [switch]
    assert met(made) == (ALLOWED if kind == "GloballyOpenPorts" else expected)


def test_the_lists_of_windows_xp_in_a_policy() -> None:
    """Not in GPFAS: cannot be known."""
    entry = ["DomainProfile", "GloballyOpenPorts", {}, [["3389:TCP", "3389:TCP:*:Enabled:x"]]]
    for store, expected in (("gpo", BOTH), ("local", BLOCKED)):
        made = reading()
        made["stores"][store]["exceptions"] = [entry]
        assert (met(made), met(made, IN, "private")) == (expected, BLOCKED)
    made["stores"]["gpo"]["exceptions"] = [[*entry[:3], []]]
    assert met(made) == BLOCKED


def test_rules_that_windows_wrote_are_readable_and_seldom_in_error() -> None:
    """Captures: Defer=User alone, and a remote port keyword, which GPFAS has and FASP forbids."""
    rules = [
        read_rule(held)
        for file in sorted(farm.DATA.glob("*.jsonl"))
        for _id, held in farm.captured(file.name)
    ]
    assert len(rules) > 1000 and all(rule.readable for rule in rules)
    wrong = [rule for rule in rules if in_error(rule) and rule.words("defer") != ["user"]]
    odd = [rule for rule in wrong if rule.words("rport2_10") != ["iptlsout", "iphttpsout"]]
    assert [rule.words("name") for rule in odd] == [["m"]]  # RMauth outbound, made by hand
