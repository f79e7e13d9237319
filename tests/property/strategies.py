# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of rules that people may want, and the hosts that they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from unit.builders import GROUP, PREFIX, text

from simulator import farm

IDS = [f"{PREFIX}{letter}" for letter in "ABCDE"]
# Conditions that depend on one another, as a person gives them.
SHAPES: list[dict[str, Any]] = [
    {"direction": "inbound"},
    {"direction": "outbound", "action": "block"},
    {"direction": "inbound", "edge_traversal": "defer_to_app"},
    {"direction": "inbound", "edge_traversal": "allow", "protocol": "udp"},
    {"direction": "inbound", "protocol": "tcp", "local_ports": [9095, 9096]},
    {"direction": "inbound", "protocol": "tcp", "local_ports": ["9095-9096", "443"]},
    {
        "direction": "inbound",
        "protocol": "tcp",
        "local_ports": ["RPC"],
        "remote_ports": ["1024-65535"],
    },
    {"direction": "inbound", "protocol": "udp", "local_ports": ["Teredo"]},
    {"direction": "outbound", "protocol": "udp", "remote_ports": [53]},
    {"direction": "outbound", "protocol": "tcp", "remote_ports": ["80", "443", "1024-65535"]},
    {"direction": "inbound", "protocol": "icmpv4", "icmp_types": ["8", "3:4"]},
    {"direction": "outbound", "protocol": "icmpv6", "icmp_types": ["134:*"]},
    {"direction": "inbound", "protocol": "47"},
]
FIELDS: dict[str, list[Any]] = {
    "display_name": ["A", "Größe", "a"],
    "description": ["", "Says what", "says = what"],
    "action": ["allow", "block"],
    "enabled": [True, False],
    "remote_addresses": [
        ["any"],
        ["192.0.2.1"],
        ["192.0.2.0/24"],
        ["192.0.2.0-192.0.2.255"],
        ["192.0.2.9", "2001:db8::1"],
        ["LocalSubnet"],
        ["DNS"],
    ],
    "local_addresses": [["any"], ["198.51.100.7"], ["198.51.100.0/255.255.255.0"]],
    "profiles": [["any"], ["domain"], ["private", "domain"], ["public", "private", "domain"]],
    "program": ["any", "System", "%ProgramFiles%\\App\\a.exe", "C:\\Program Files\\App\\A.exe"],
    "service": ["any", "*", "w3svc", "W3SVC"],
    "interface_types": [["any"], ["wired"], ["remote_access"]],
}
# What programs and people do to a rule's text: tokens appended, or one text for another.
TAMPERINGS = [
    ("|Name=", "|LUAuth=O:LSD:(A;;CC;;;S-1-5-11)|Name="),
    ("|Name=", "|IFType2_23=MobileBBand|Name="),
    ("|Name=", "|New9_9=x|Name="),
    ("|Name=", "|Desc=Made by hand|Name="),
    ("|Name=", "|Svc=other|Name="),
    ("|Name=", "|RA4=203.0.113.0/255.255.255.0|Name="),
    ("|Name=", "|Profile=Public|Name="),
    ("|Name=", "|App=%SystemRoot%\\x.exe|Name="),
    ("|Name=", "|LSM=FALSE|NAME="),
    ("Active=TRUE", "ACTIVE=false"),
    ("Action=Allow", "Action=Block"),
    ("Action=Allow", "action=ByPass"),
]
CAPTURED = [
    rule for file, _version in list(farm.CAPTURES.values())[:2] for rule in farm.captured(file)
]
FOREIGN = [
    *CAPTURED[::8],
    ("Other-Id", text()),
    ("Other-Id2", text("Protocol=6", "LPort=9095")),
    (f"{PREFIX}X", text(group="")),
    (f"{PREFIX}Y", text(group=GROUP.lower())),
    (f"{PREFIX}Z", f"v3.0|Action=Allow|Active=TRUE|Dir=In|Name=A|EmbedCtxt={GROUP}|"),
    ("garbage", "|=|"),
    *((rule_id, text(group="Somebody's")) for rule_id in IDS[3:]),
]
# Ours by group and prefix, and wanted by nobody.
STRAYS = [
    (f"{PREFIX}Old", text()),
    (f"{PREFIX}[x]*`?", text("Protocol=47", active="FALSE")),
    (f"{PREFIX.upper()}OLD2", text("LUAuth=x", action="Block")),
]


@dataclass(frozen=True)
class Case:
    """wanted and before: rules as options; tampered: (id, what, by what); stored: texts that lie on
    the host from the start.
    """

    wanted: list[dict[str, Any]]
    before: list[dict[str, Any]]
    tampered: list[tuple[str, str, str]]
    foreign: dict[str, str]
    strays: dict[str, str]
    purge: bool
    strict: bool


CHANGES = [(name, value) for name, values in FIELDS.items() for value in values]
_CHANGES = st.lists(st.sampled_from(CHANGES), max_size=4)
_FEW = st.lists(st.sampled_from(CHANGES), max_size=2)
_IDS = st.lists(st.sampled_from(IDS), max_size=4, unique=True)
_FOREIGN = st.lists(st.sampled_from(FOREIGN), max_size=4)
_STRAYS = st.lists(st.sampled_from(STRAYS), max_size=2)
_TAMPERINGS = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(TAMPERINGS)), max_size=3)
_SHAPE = st.sampled_from(SHAPES)
_FATE = st.sampled_from(["same", "same", "changed", "changed", "reshaped", "new", "gone"])


def _rule(rule_id: str, shape: dict[str, Any], changes: list[tuple[str, Any]]) -> dict[str, Any]:
    rule = {"id": rule_id, "display_name": "A", **shape, **dict(changes)}
    if rule.get("action") == "block":
        rule.pop("edge_traversal", None)
    never = {"icmpv4": ":", "icmpv6": "."}.get(rule.get("protocol", ""), "none")
    for side in ("local_addresses", "remote_addresses"):
        if any(never in address for address in rule.get(side, ())):
            del rule[side]
    return rule


@st.composite
def cases(draw: st.DrawFn) -> Case:
    wanted, before = [], []
    for rule_id in draw(_IDS):
        fate, shape, changes = draw(_FATE), draw(_SHAPE), draw(_CHANGES)
        rule = _rule(rule_id, shape, changes)
        if fate != "gone":
            wanted.append(rule)
        if fate in ("same", "gone"):
            before.append(rule)
        elif fate == "changed":
            before.append(_rule(rule_id.upper(), shape, changes + draw(_FEW)))
        elif fate == "reshaped":
            before.append(_rule(rule_id, draw(_SHAPE), changes))
    return Case(
        wanted=wanted or [_rule(IDS[0], draw(_SHAPE), draw(_CHANGES))],
        before=before,
        tampered=[(rule_id, *tampering) for rule_id, tampering in draw(_TAMPERINGS)],
        foreign=dict(draw(_FOREIGN)),
        strays=dict(draw(_STRAYS)),
        purge=draw(st.booleans()),
        strict=draw(st.booleans()),
    )
