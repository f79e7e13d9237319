# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether one rule matches one flow: no, maybe or yes, a condition at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from .packet_text import (
    LOCAL_ADDRESSES,
    LOCAL_PORTS,
    REMOTE_ADDRESSES,
    REMOTE_PORTS,
    SECURITY,
    VALUES,
    PacketRule,
    in_error,
    ports,
    span,
)

NO, MAYBE, YES = 0, 1, 2
DIRECTIONS = {"inbound": "in", "outbound": "out"}
INTERFACE_TYPES = {"wired": "lan", "wireless": "wireless", "remote_access": "remoteaccess"}
SERVERS = {"dns": "dns", "dhcp": "dhcp", "defaultgateway": "gateways"}
# What no reading decides: users, computers, networks, trust, security.
NEVER_KNOWN = {
    *"luauth luauth2_24 ruauth rmauth nnm securityrealmid".split(),
    *"ttk ttk2_22 ttk2_27 ttk2_28 if".split(),
    *SECURITY,
}
# Windows' version and the schema of its rules (GPFAS <1>).
SCHEMAS = (
    ((6, 0, 0), 0),
    ((6, 1, 0), 10),
    ((6, 2, 0), 20),
    ((6, 3, 0), 22),
    ((10, 0, 10240), 24),
    ((10, 0, 14393), 26),
    ((10, 0, 15063), 27),
    ((10, 0, 17134), 28),
    ((10, 0, 17763), 29),
    ((10, 0, 18362), 30),
    ((10, 0, 20348), 31),
    ((10, 0, 22621), 32),
    ((10, 0, 26100), 33),
)


@dataclass(frozen=True)
class Flow:
    """One connection by its first packet.

    direction: inbound or outbound. protocol: its number. Ports: None where not known.
    Addresses: "" where not known. icmp: type and code. program: a path, System for the kernel, ""
    for one that no rule names.
    service: "" of no service, or of one that no rule names. interface_type: wired, wireless,
    remote_access, "" where not known.
    """

    direction: str
    protocol: int
    local_port: int | None = None
    remote_port: int | None = None
    local_address: str = ""
    remote_address: str = ""
    icmp: tuple[int, int] | None = None
    program: str = ""
    service: str = ""
    interface_type: str = ""


def matches(rule: PacketRule, flow: Flow, profile: str, reading: dict[str, Any]) -> int:
    """NO, MAYBE or YES of a readable rule; yes only if Windows enforces it for certain."""
    exact = (
        rule.word("active") == "true"
        and rule.word("dir") == DIRECTIONS[flow.direction]
        and profile in (rule.words("profile") or [profile])
        and rule.protocol in (None, flow.protocol)
        and not set(rule.tokens) & {"apppkgid", "pfn"}
    )
    if not exact:
        return NO
    remote = min(_remote_address(rule, flow, reading), _ports(rule, REMOTE_PORTS, flow, False))
    if rule.word("lom") == "true" and rule.word("action") != "block":
        remote = max(remote, MAYBE)
    return min(
        remote,
        _ports(rule, LOCAL_PORTS, flow, True),
        _local_address(rule, flow),
        _icmp(rule, flow),
        _interface_type(rule, flow),
        _program(rule, flow, reading["variables"]),
        _service(rule, flow),
        _platform(rule, reading["windows"]),
        MAYBE if _doubtful(rule, reading["windows"]) else YES,
    )


def unreadable_matches(rule: PacketRule, flow: Flow) -> int:
    """Of a text that cannot be read: what it says plainly still counts."""
    idle = set(rule.words("active")) == {"false"}
    other = {"in": "out", "out": "in"}[DIRECTIONS[flow.direction]]
    return NO if idle or set(rule.words("dir")) == {other} else MAYBE


def _doubtful(rule: PacketRule, windows: str | None) -> bool:
    has = set(rule.tokens)
    if has & NEVER_KNOWN or has - set(VALUES) or in_error(rule):
        return True
    if "skipver" not in has:
        return False
    mine = [schema for version, schema in SCHEMAS if windows and version <= _numbers(windows)]
    major, minor = _numbers(rule.word("skipver"))
    return not mine or (major, minor) >= (2, mine[-1])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _platform(rule: PacketRule, windows: str | None) -> int:
    """2 is Windows NT; the operator belongs to the last entry (FASP 2.2.29)."""
    entries = [tuple(map(int, value.split(":"))) for value in rule.values("platform")]
    if not entries:
        return YES
    if not windows:
        return MAYBE
    host = (2, *_numbers(windows)[:2])
    last = entries[-1]
    later = "platform2" in rule.tokens and last[0] == 2 and host >= last
    return YES if host in entries or later else NO


# Ports, ICMP types


def _ports(rule: PacketRule, names: tuple[str, ...], flow: Flow, local: bool) -> int:
    values = rule.values(*names)
    if not values:
        return YES
    port = flow.local_port if local else flow.remote_port
    if port is None or flow.protocol not in (6, 17):
        return MAYBE
    held = [ports(value) for value in values]
    if any(first <= port <= last for pairs in held for first, last in pairs or ()):
        return YES
    return MAYBE if None in held else NO


def _icmp(rule: PacketRule, flow: Flow) -> int:
    values = rule.values("icmp4", "icmp6")
    if not values:
        return YES
    own = rule.values({1: "icmp4", 58: "icmp6"}.get(flow.protocol, ""))
    if flow.icmp is None or own != values:
        return MAYBE
    kind, code = flow.icmp
    for value in own:
        first, _colon, second = value.partition(":")
        if int(first) == kind and (second == "*" or int(second) == code):
            return YES
    return NO


# Addresses


def _address(text: str) -> IPv4Address | IPv6Address | None:
    return ip_address(text.partition("%")[0]) if text else None


def _literal(value: str, address: IPv4Address | IPv6Address) -> int | None:
    """None for a keyword."""
    held = span(value)
    if held is None:
        return None
    return YES if held[0] == address.version and held[1] <= int(address) <= held[2] else NO


def _local_address(rule: PacketRule, flow: Flow) -> int:
    """Keywords are allowed by the SDK and forbidden by FASP: maybe."""
    entries = [
        (family, value) for name, family in LOCAL_ADDRESSES.items() for value in rule.values(name)
    ]
    address = _address(flow.local_address)
    if not entries:
        return YES
    if address is None:
        return MAYBE
    held = [_literal(value, address) for family, value in entries if family == address.version]
    found = max((MAYBE if verdict is None else verdict for verdict in held), default=NO)
    return min(found, MAYBE) if any(span(value) is None for _family, value in entries) else found


def _remote_address(rule: PacketRule, flow: Flow, reading: dict[str, Any]) -> int:
    """Only an empty condition matches the family that it does not name (FASP 2.2.37). A keyword
    that resolves to nothing may keep the whole rule from being enforced (FASP 2.2.27).
    """
    entries = [
        (family, value) for name, family in REMOTE_ADDRESSES.items() for value in rule.values(name)
    ]
    dynamic = [MAYBE] if rule.values("radynkey") else []
    if not entries and not dynamic:
        return YES
    address = _address(flow.remote_address)
    if address is None:
        return MAYBE
    interfaces = reading["interfaces"]
    found = list(dynamic)
    for family, value in entries:
        if family == address.version:
            literal = _literal(value, address)
            found.append(
                _keyword(value.lower(), address, interfaces) if literal is None else literal
            )
    words = {value.lower() for _family, value in entries if span(value) is None}
    empty = any(not _resolves(word, interfaces) for word in words)
    return min(max(found, default=NO), MAYBE if empty else YES)


def _keyword(
    word: str, address: IPv4Address | IPv6Address, interfaces: list[dict[str, Any]] | None
) -> int:
    """What was read raises the certainty of a match, and never rules one out."""
    if interfaces is None:
        return MAYBE
    if word == "localsubnet":
        certain = any(
            address in ip_network(f"{own.partition('%')[0]}/{length}", strict=False)
            for interface in interfaces
            for own, length in interface["addresses"]
        )
    else:
        certain = address in {_address(server) for server in _servers(word, interfaces)}
    return YES if certain else MAYBE


def _servers(word: str, interfaces: list[dict[str, Any]]) -> list[str]:
    if word not in SERVERS:
        return []
    return [server for interface in interfaces for server in interface[SERVERS[word]]]


def _resolves(word: str, interfaces: list[dict[str, Any]] | None) -> bool:
    """Whether a keyword stands for something, for certain: where a flow is, a subnet is."""
    return word == "localsubnet" or bool(interfaces and _servers(word, interfaces))


# Interface, program, service


def _interface_type(rule: PacketRule, flow: Flow) -> int:
    wanted = rule.words("iftype", "iftype2_23")
    if not wanted:
        return YES
    if not flow.interface_type:
        return MAYBE
    return YES if INTERFACE_TYPES[flow.interface_type] in wanted else NO


def _program(rule: PacketRule, flow: Flow, variables: dict[str, str]) -> int:
    path = rule.word("app")
    if not path:
        return YES
    held = {name.lower(): value.lower() for name, value in variables.items()}
    expanded = re.sub("%([^%]+)%", lambda found: held.get(found[1], found[0]), path)
    if re.search("%[^%]+%", expanded):
        return MAYBE
    return YES if expanded == flow.program.lower() else NO


def _service(rule: PacketRule, flow: Flow) -> int:
    """A flow without a named service may be of a service that no rule names."""
    wanted = rule.word("svc")
    if not wanted:
        return YES
    if wanted == "*":
        return YES if flow.service else MAYBE
    return YES if wanted == flow.service.lower() else NO
