# SPDX-License-Identifier: GPL-3.0-or-later
"""A rule as wanted equals the same rule as Windows stores it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import stored, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    differences,
)

VARIABLES = {
    "programfiles": "C:\\Program Files",
    "systemroot": "C:\\Windows",
    "programfiles(x86)": "C:\\Program Files (x86)",
}
TCP, UDP, ICMP4, ICMP6 = (
    {"protocol": "tcp"},
    {"protocol": "udp"},
    {"protocol": "icmpv4"},
    {"protocol": "icmpv6"},
)

# (what a person gives, what Windows stores)
EQUAL: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"protocol": "6"}, "Protocol=6"),
    ({"protocol": 17}, "Protocol=17"),
    ({"protocol": "ANY"}, ""),
    ({"protocol": "47"}, "Protocol=47"),
    ({**TCP, "local_ports": [9095, "9096"]}, "Protocol=6|LPort=9096|LPort=9095"),
    ({**TCP, "local_ports": ["9095-9096"]}, "Protocol=6|LPort=9095|LPort=9096"),
    ({**TCP, "local_ports": ["9095", "9096"]}, "Protocol=6|LPort2_10=9095-9096"),
    ({**TCP, "local_ports": ["80", "1024-65535"]}, "Protocol=6|LPort=80|LPort2_10=1024-65535"),
    ({**TCP, "remote_ports": 21}, "Protocol=6|RPort=21"),
    ({**TCP, "local_ports": ["rpc", "RPCEPMap"]}, "Protocol=6|LPort=RPC|LPort=RPC-EPMap"),
    ({**UDP, "local_ports": "playtodiscovery"}, "Protocol=17|LPort2_20=Ply2Disc"),
    ({"remote_addresses": ["192.0.2.0/24"]}, "RA4=192.0.2.0/255.255.255.0"),
    ({"remote_addresses": ["192.0.2.0/255.255.255.0"]}, "RA4=192.0.2.0/24"),
    ({"remote_addresses": ["192.0.2.1/32"]}, "RA4=192.0.2.1"),
    ({"remote_addresses": "192.0.2.1"}, "RA4=192.0.2.1/255.255.255.255"),
    ({"remote_addresses": ["192.0.2.1", "192.0.2.2"]}, "RA4=192.0.2.1-192.0.2.2"),
    ({"remote_addresses": ["192.0.2.0-192.0.2.255"]}, "RA4=192.0.2.0/24"),
    ({"remote_addresses": ["192.0.2.9", "192.0.2.1"]}, "RA4=192.0.2.1|RA4=192.0.2.9"),
    ({"remote_addresses": ["2001:DB8::1", "192.0.2.1"]}, "RA4=192.0.2.1|RA6=2001:db8::1"),
    ({"remote_addresses": ["2001:db8:0::/48"]}, "RA6=2001:db8::/48"),
    ({"local_addresses": ["192.0.2.1"]}, "LA4=192.0.2.1"),
    ({"remote_addresses": ["localsubnet"]}, "RA4=LocalSubnet|RA6=LocalSubnet"),
    ({"remote_addresses": ["LocalSubnet4"]}, "RA4=LocalSubnet"),
    ({"remote_addresses": ["LocalSubnet4", "LocalSubnet6"]}, "RA4=LocalSubnet|RA6=LocalSubnet"),
    ({"remote_addresses": ["Internet"]}, "RA42=IntErnet|RA62=IntErnet"),
    ({"remote_addresses": ["DNS", "192.0.2.53"]}, "RA4=DNS|RA4=192.0.2.53|RA6=DNS"),
    ({"remote_addresses": ["any"]}, ""),
    ({"profiles": ["public", "domain", "private"]}, ""),
    ({"profiles": ["any"]}, "Profile=Domain|Profile=Private|Profile=Public"),
    ({"profiles": ["public", "Domain"]}, "Profile=Domain|Profile=Public"),
    ({"program": "%ProgramFiles%\\App\\a.exe"}, "App=C:\\Program Files\\App\\a.exe"),
    ({"program": "c:\\program files\\app\\A.EXE"}, "App=%programfileS%\\App\\a.exe"),
    ({"program": "%ProgramFiles(x86)%\\a.exe"}, "App=C:\\Program Files (x86)\\a.exe"),
    ({"program": "%Nowhere%\\a.exe"}, "App=%NOWHERE%\\A.exe"),
    ({"program": "system"}, "App=System"),
    ({"program": "any"}, ""),
    ({"service": "RpcSs"}, "Svc=rpcss"),
    ({"service": "any"}, ""),
    ({"id": "EXAMPLE-a"}, ""),
    ({**ICMP4, "icmp_types": [8, "3:4"]}, "Protocol=1|ICMP4=3:4|ICMP4=8:*"),
    ({**ICMP4, "icmp_types": "8:any"}, "Protocol=1|ICMP4=8:*"),
    ({**ICMP6, "icmp_types": ["134:*"]}, "Protocol=58|ICMP6=134:*"),
    ({"interface_types": ["wired"]}, "IFType=Lan"),
    ({"edge_traversal": "defer_to_user"}, "Defer=User"),
    ({"edge_traversal": "defer_to_app"}, "Edge=TRUE|Defer=App"),
    ({"edge_traversal": "allow"}, "Edge=TRUE"),
    ({"description": ""}, ""),
    ({"description": "x"}, "Desc=x"),
    ({}, "LSM=FALSE|Edge=FALSE"),
]
# (what a person gives, what Windows stores, the fields in which they differ)
UNEQUAL: list[tuple[dict[str, Any], str, list[str]]] = [
    ({**TCP, "local_ports": ["9095"]}, "Protocol=6", ["local_ports"]),
    ({**TCP}, "Protocol=6|LPort=9095", ["local_ports"]),
    ({**TCP, "local_ports": ["9095"]}, "Protocol=6|LPort2_10=9095-9096", ["local_ports"]),
    ({**TCP, "local_ports": ["RPC"]}, "Protocol=6|LPort=RPC-EPMap", ["local_ports"]),
    ({**TCP, "local_ports": ["80"]}, "Protocol=17|LPort=80", ["protocol"]),
    ({**TCP, "local_ports": ["80"]}, "Protocol=6|RPort=80", ["local_ports", "remote_ports"]),
    ({"remote_addresses": ["192.0.2.0/24"]}, "RA4=192.0.2.0/25", ["remote_addresses"]),
    ({"remote_addresses": ["192.0.2.1"]}, "", ["remote_addresses"]),
    ({}, "RA4=192.0.2.1", ["remote_addresses"]),
    ({"remote_addresses": ["192.0.2.1"]}, "LA4=192.0.2.1", ["local_addresses", "remote_addresses"]),
    ({"remote_addresses": ["LocalSubnet"]}, "RA4=LocalSubnet", ["remote_addresses"]),
    ({"remote_addresses": ["Internet"]}, "RA42=IntrAnet|RA62=IntrAnet", ["remote_addresses"]),
    ({"profiles": ["domain"]}, "Profile=Domain|Profile=Public", ["profiles"]),
    ({"profiles": ["domain"]}, "", ["profiles"]),
    ({"program": "%Nowhere%\\a.exe"}, "App=C:\\a.exe", ["program"]),
    ({"program": "System"}, "", ["program"]),
    ({"service": "*"}, "", ["service"]),
    ({**ICMP4, "icmp_types": ["8"]}, "Protocol=1|ICMP4=8:0", ["icmp_types"]),
    ({"description": "X"}, "Desc=x", ["description"]),
    ({"display_name": "a"}, "", ["display_name"]),
    ({"edge_traversal": "allow"}, "Edge=TRUE|Defer=App", ["edge_traversal"]),
    ({"interface_types": ["wired"]}, "IFType=Lan|IFType=Wireless", ["interface_types"]),
    ({}, "LUAuth=O:LSD:(A;;CC;;;S-1-2-1)", ["other_conditions"]),
    ({}, "IFType2_23=MobileBBand", ["other_conditions"]),
    (
        {"enabled": False, "action": "block", "direction": "outbound"},
        "",
        ["direction", "action", "enabled"],
    ),
]


@pytest.mark.parametrize(("given", "tokens"), EQUAL)
def test_equal(given: dict[str, Any], tokens: str) -> None:
    assert differences(wanted(**given), stored(*tokens.split("|")).rule, VARIABLES) == ()


@pytest.mark.parametrize(("given", "tokens", "fields"), UNEQUAL)
def test_unequal(given: dict[str, Any], tokens: str, fields: list[str]) -> None:
    assert [
        entry.field
        for entry in differences(wanted(**given), stored(*tokens.split("|")).rule, VARIABLES)
    ] == fields


@pytest.mark.parametrize("number", ["256", "6x", "-1", "", "²", "1000"])
def test_a_protocol_that_no_text_can_hold(number: str) -> None:
    found = stored(f"Protocol={number}")
    assert (found.rule, found.reason) == (None, f"Protocol={number} is not a value of [MS-GPFAS]")


def test_a_variable_that_the_host_does_not_have_stays_as_it_is() -> None:
    given, found = wanted(program="%ProgramFiles%\\a.exe"), stored("App=C:\\Program Files\\a.exe")
    assert [entry.field for entry in differences(given, found.rule, {})] == ["program"]
    assert [
        entry.field for entry in differences(given, found.rule, {"programfiles": "D:\\Programme"})
    ] == ["program"]
