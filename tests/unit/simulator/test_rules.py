# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulated commands store, refuse and match; the expected texts are written by hand after
the captured ones.
"""

from __future__ import annotations

from typing import Any

import pytest

from simulator.failures import RefusedError
from simulator.host import SimulatedHost

HEAD = "v2.26|Action=Allow|Active=TRUE|Dir=In|"
TAIL = "Name=Rule|"

STORED: list[tuple[dict[str, Any], str]] = [
    ({}, HEAD + TAIL),
    (
        {"Action": "Block", "Enabled": "False", "Direction": "Outbound"},
        "v2.26|Action=Block|Active=FALSE|Dir=Out|" + TAIL,
    ),
    ({"Profile": "Any"}, HEAD + TAIL),
    ({"Profile": "Public, Domain"}, HEAD + "Profile=Domain|Profile=Public|" + TAIL),
    (
        {"Profile": ["Public", "Private", "Domain"]},
        HEAD + "Profile=Domain|Profile=Private|Profile=Public|" + TAIL,
    ),
    (
        {"Protocol": "TCP", "LocalPort": ["443", "80"]},
        HEAD + "Protocol=6|LPort=443|LPort=80|" + TAIL,
    ),
    (
        {"Protocol": "UDP", "LocalPort": ["1024-65535", "21"]},
        HEAD + "Protocol=17|LPort=21|LPort2_10=1024-65535|" + TAIL,
    ),
    ({"Protocol": "6", "LocalPort": "80-80"}, HEAD + "Protocol=6|LPort=80|" + TAIL),
    (
        {"Protocol": "TCP", "LocalPort": "Any", "RemotePort": ["0", "65535"]},
        HEAD + "Protocol=6|RPort=0|RPort=65535|" + TAIL,
    ),
    ({"Protocol": "TCP", "LocalPort": ["RPC"]}, HEAD + "Protocol=6|LPort=RPC|" + TAIL),
    ({"Protocol": "TCP", "LocalPort": ["RPCEPMap"]}, HEAD + "Protocol=6|LPort=RPC-EPMap|" + TAIL),
    (
        {"Protocol": "UDP", "LocalPort": ["PlayToDiscovery"]},
        HEAD + "Protocol=17|LPort2_20=Ply2Disc|" + TAIL,
    ),
    (
        {"Protocol": "ICMPv4", "IcmpType": ["8", "3:4"]},
        HEAD + "Protocol=1|ICMP4=8:*|ICMP4=3:4|" + TAIL,
    ),
    ({"Protocol": "ICMPv6", "IcmpType": "128"}, HEAD + "Protocol=58|ICMP6=128:*|" + TAIL),
    ({"Protocol": "47"}, HEAD + "Protocol=47|" + TAIL),
    ({"Protocol": "Any"}, HEAD + TAIL),
    ({"RemoteAddress": "Any"}, HEAD + TAIL),
    ({"RemoteAddress": ["192.0.2.7/32"]}, HEAD + "RA4=192.0.2.7|" + TAIL),
    ({"RemoteAddress": ["192.0.2.0/24"]}, HEAD + "RA4=192.0.2.0/255.255.255.0|" + TAIL),
    ({"RemoteAddress": ["192.0.2.9/255.255.255.0"]}, HEAD + "RA4=192.0.2.0/255.255.255.0|" + TAIL),
    (
        {"RemoteAddress": ["198.51.100.0/25", "192.0.2.1-192.0.2.9"]},
        HEAD + "RA4=192.0.2.1-192.0.2.9|RA4=198.51.100.0/255.255.255.128|" + TAIL,
    ),
    (
        {"RemoteAddress": ["2001:DB8:0::1", "2001:db8::/64", "192.0.2.1"]},
        HEAD + "RA4=192.0.2.1|RA6=2001:db8::1|RA6=2001:db8::/64|" + TAIL,
    ),
    (
        {"RemoteAddress": ["192.0.2.1", "LocalSubnet"]},
        HEAD + "RA4=LocalSubnet|RA4=192.0.2.1|RA6=LocalSubnet|" + TAIL,
    ),
    ({"RemoteAddress": ["LocalSubnet4"]}, HEAD + "RA4=LocalSubnet|" + TAIL),
    ({"RemoteAddress": ["dns6"]}, HEAD + "RA6=DNS|" + TAIL),
    ({"RemoteAddress": ["Internet"]}, HEAD + "RA42=IntErnet|RA62=IntErnet|" + TAIL),
    (
        {"RemoteAddress": ["Intranet", "LocalSubnet"]},
        HEAD + "RA4=LocalSubnet|RA6=LocalSubnet|RA42=IntrAnet|RA62=IntrAnet|" + TAIL,
    ),
    (
        {"LocalAddress": ["192.0.2.1", "2001:db8::1"]},
        HEAD + "LA4=192.0.2.1|LA6=2001:db8::1|" + TAIL,
    ),
    ({"InterfaceType": "Wired"}, HEAD + "IFType=Lan|" + TAIL),
    ({"InterfaceType": "Any", "Program": "Any", "EdgeTraversalPolicy": "Block"}, HEAD + TAIL),
    (
        {"Program": "%ProgramFiles%\\GFI\\x.exe", "Service": "W3SVC"},
        HEAD + "App=%ProgramFiles%\\GFI\\x.exe|Svc=W3SVC|" + TAIL,
    ),
    ({"Description": "Größe", "Group": "Farm"}, HEAD + TAIL + "Desc=Größe|EmbedCtxt=Farm|"),
    ({"EdgeTraversalPolicy": "Allow", "Group": "Farm"}, HEAD + TAIL + "EmbedCtxt=Farm|Edge=TRUE|"),
    ({"EdgeTraversalPolicy": "DeferToApp"}, HEAD + TAIL + "Edge=TRUE|Defer=App|"),
    ({"EdgeTraversalPolicy": "DeferToUser"}, HEAD + TAIL + "Defer=User|"),
]

PORTS = "HRESULT 0x80070057,New-NetFirewallRule", "One of the port keywords is invalid."
ADDRESSES = (
    "HRESULT 0x80070057,New-NetFirewallRule",
    "The address is invalid. Addresses may be specified as IP addresses, ranges, or subnets.",
)
PARAMETER = "HRESULT 0x80070057,New-NetFirewallRule", "The parameter is incorrect."

REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    *[
        ({"Protocol": "TCP", "LocalPort": [port]}, PORTS)
        for port in (
            "65536",
            "90-80",
            "9095, 9096",
            "9095.0",
            "",
            "http",
            "IPHTTPSOut",
            "-1",
            "1-70000",
        )
    ],
    ({"Protocol": "TCP", "LocalPort": []}, PORTS),
    ({"Protocol": "TCP", "LocalPort": ["80", "Any"]}, PORTS),
    ({"Protocol": "UDP", "LocalPort": ["RPC"]}, PORTS),
    ({"Protocol": "TCP", "Direction": "Outbound", "LocalPort": ["RPC"]}, PORTS),
    *[
        ({"RemoteAddress": [address]}, ADDRESSES)
        for address in (
            "localhost",
            "192.0.2.256",
            "::1",
            "fe80::1%4",
            "",
            "LocalSubnet5",
            "CaptivePortal",
        )
    ],
    *[
        ({"RemoteAddress": [subnet]}, ADDRESSES)
        for subnet in (
            "10.0.0.0/33",
            "::1/129",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/0.0.0.255",
            "10.0.0.0/255.0.255.0",
        )
    ],
    *[
        ({"RemoteAddress": [span]}, ADDRESSES)
        for span in ("192.0.2.9-192.0.2.1", "192.0.2.1-2001:db8::1", "1-2-3", "::-2001:db8::1")
    ],
    ({"RemoteAddress": ["Any", "192.0.2.1"]}, ADDRESSES),
    ({"LocalAddress": ["LocalSubnet"]}, ADDRESSES),
    ({"LocalPort": ["80"]}, PARAMETER),
    ({"Protocol": "ICMPv4", "RemotePort": ["80"]}, PARAMETER),
    ({"Protocol": "TCP", "IcmpType": ["8"]}, PARAMETER),
    ({"Protocol": "ICMPv4", "IcmpType": ["256"]}, PARAMETER),
    ({"Protocol": "ICMPv4", "IcmpType": ["8:x"]}, PARAMETER),
    ({"Protocol": "256"}, PARAMETER),
    ({"Protocol": "SMTP"}, PARAMETER),
    ({"Direction": "Outbound", "EdgeTraversalPolicy": "Allow"}, PARAMETER),
    ({"DisplayName": "All"}, PARAMETER),
    ({"DisplayName": ""}, PARAMETER),
    ({"DisplayName": "a|b"}, PARAMETER),
    ({"Name": "a|b"}, PARAMETER),
    ({"Name": "x" * 512}, PARAMETER),
    ({"Program": "C:/x.exe"}, PARAMETER),
    ({"Service": "a\\b"}, PARAMETER),
    ({"Group": "a|b"}, PARAMETER),
    ({"Action": "NotConfigured"}, PARAMETER),
    ({"Action": "Deny"}, ("ParameterArgumentTransformationError,New-NetFirewallRule", "")),
    ({"Profile": "Domain,Home"}, ("ParameterArgumentTransformationError,New-NetFirewallRule", "")),
]


@pytest.mark.parametrize(("parameters", "text"), STORED)
def test_new_rule_is_stored_as_windows_writes_it(parameters: dict[str, Any], text: str) -> None:
    host = SimulatedHost()
    host.new_rule(Name="id", DisplayName="Rule", **parameters)
    assert host.rules == {"id": text}


@pytest.mark.parametrize(("parameters", "expected"), REFUSED)
def test_new_rule_is_refused(parameters: dict[str, Any], expected: tuple[str, str]) -> None:
    host = SimulatedHost()
    with pytest.raises(RefusedError) as refused:
        host.new_rule(**{"Name": "id", "DisplayName": "Rule", **parameters})
    assert refused.value.error_id == expected[0]
    assert refused.value.message.startswith(expected[1])
    assert host.rules == {}


def test_a_longest_name_is_taken_and_a_missing_one_is_made() -> None:
    host = SimulatedHost()
    host.new_rule(Name="x" * 511, DisplayName="Rule")
    made = host.new_rule(DisplayName="Rule")
    assert list(host.rules) == ["x" * 511, made]
    assert made.startswith("{")
    assert len(made) == 38


def test_newer_windows_write_their_own_version_and_know_more_keywords() -> None:
    host = SimulatedHost(version="v2.33")
    host.new_rule(Name="id", DisplayName="Rule", RemoteAddress=["CaptivePortal"])
    assert (
        host.rules["id"]
        == "v2.33|Action=Allow|Active=TRUE|Dir=In|RA42=CaptivePortal|RA62=CaptivePortal|Name=Rule|"
    )


@pytest.mark.parametrize("name", ["id", "ID"])
def test_a_used_name_is_refused(name: str) -> None:
    host = SimulatedHost()
    host.new_rule(Name="id", DisplayName="Rule")
    with pytest.raises(RefusedError) as refused:
        host.new_rule(Name=name, DisplayName="Other")
    assert vars(refused.value) == {
        "message": "Cannot create a file when that file already exists.",
        "error_id": "Windows System Error 183,New-NetFirewallRule",
        "category": "ResourceExists",
        "number": 183,
    }


OLD = (
    HEAD
    + "Protocol=6|Profile=Domain|LPort=80|LPort2_10=90-95|RA4=192.0.2.1|New2_40=kept|App=System|"
    + "Svc=x|Name=Rule|Desc=d|EmbedCtxt=G|"
)

CHANGED: list[tuple[dict[str, Any], str, str]] = [
    ({"Enabled": "False"}, "Active=TRUE", "Active=FALSE"),
    ({"Action": "Block"}, "Action=Allow", "Action=Block"),
    ({"Direction": "Outbound"}, "Dir=In", "Dir=Out"),
    ({"NewDisplayName": "New"}, "Name=Rule", "Name=New"),
    ({"Description": "new"}, "Desc=d", "Desc=new"),
    ({"Description": ""}, "Desc=d|", ""),
    ({"Program": "Any"}, "App=System|", ""),
    ({"Service": "Any"}, "Svc=x|", ""),
    ({"Profile": "Any"}, "Profile=Domain|", ""),
    ({"Profile": "Private,Public"}, "Profile=Domain", "Profile=Private|Profile=Public"),
    ({"LocalPort": "443"}, "LPort=80|LPort2_10=90-95", "LPort=443"),
    ({"LocalPort": "Any"}, "LPort=80|LPort2_10=90-95|", ""),
    ({"RemotePort": ["1", "2-3"]}, "90-95|", "90-95|RPort=1|RPort2_10=2-3|"),
    ({"RemoteAddress": "Any"}, "RA4=192.0.2.1|", ""),
    ({"RemoteAddress": ["Internet"]}, "RA4=192.0.2.1", "RA42=IntErnet|RA62=IntErnet"),
    ({"LocalAddress": ["192.0.2.2"]}, "|RA4=", "|LA4=192.0.2.2|RA4="),
    ({"InterfaceType": "Wireless"}, "RA4=192.0.2.1", "RA4=192.0.2.1|IFType=Wireless"),
    ({"EdgeTraversalPolicy": "DeferToApp"}, "EmbedCtxt=G|", "EmbedCtxt=G|Edge=TRUE|Defer=App|"),
    ({"Protocol": "UDP"}, "Protocol=6", "Protocol=17"),
    (
        {"Protocol": "ICMPv4", "LocalPort": "Any", "IcmpType": "8"},
        "Protocol=6|Profile=Domain|LPort=80|LPort2_10=90-95",
        "Protocol=1|Profile=Domain|ICMP4=8:*",
    ),
    (
        {"Protocol": "Any", "LocalPort": "Any", "RemotePort": "Any"},
        "Protocol=6|Profile=Domain|LPort=80|LPort2_10=90-95",
        "Profile=Domain",
    ),
    ({}, "", ""),
]


@pytest.mark.parametrize(("parameters", "old", "new"), CHANGED)
def test_set_changes_what_is_given_and_nothing_else(
    parameters: dict[str, Any], old: str, new: str
) -> None:
    host = SimulatedHost()
    host.rules["id"] = OLD
    host.set_rule(Name="id", **parameters)
    assert host.rules["id"] == OLD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("parameters", "error_id"),
    [
        ({"Protocol": "ICMPv4"}, "HRESULT 0x80070057,Set-NetFirewallRule"),
        ({"Protocol": "Any"}, "HRESULT 0x80070057,Set-NetFirewallRule"),
        ({"NewDisplayName": "all"}, "HRESULT 0x80070057,Set-NetFirewallRule"),
        ({"NewDisplayName": ""}, "HRESULT 0x80070057,Set-NetFirewallRule"),
        ({"LocalPort": ["0x50"]}, "HRESULT 0x80070057,Set-NetFirewallRule"),
        ({"RemoteAddress": ["example.com"]}, "HRESULT 0x80070057,Set-NetFirewallRule"),
    ],
)
def test_set_is_refused_and_changes_nothing(parameters: dict[str, Any], error_id: str) -> None:
    host = SimulatedHost()
    host.rules["id"] = OLD
    with pytest.raises(RefusedError) as refused:
        host.set_rule(Name="id", **parameters)
    assert refused.value.error_id == error_id
    assert host.rules["id"] == OLD


@pytest.mark.parametrize("parameters", [{"Service": "Any"}, {"Description": ""}])
def test_a_strict_host_refuses_what_nobody_has_seen(parameters: dict[str, Any]) -> None:
    host = SimulatedHost(strict=True)
    host.rules["id"] = OLD
    with pytest.raises(RefusedError, match="parameter is incorrect"):
        host.set_rule(Name="id", **parameters)


def test_a_host_may_store_program_folders_by_their_variable() -> None:
    host = SimulatedHost(short_programs=True)
    host.new_rule(Name="a", DisplayName="Rule", Program="c:\\program files\\GFI\\x.exe")
    host.new_rule(Name="b", DisplayName="Rule", Program="D:\\x.exe")
    host.set_rule(Name="b", Enabled="False")
    assert host.rules["a"] == HEAD + "App=%ProgramFiles%\\GFI\\x.exe|" + TAIL
    assert host.rules["b"] == "v2.26|Action=Allow|Active=FALSE|Dir=In|App=D:\\x.exe|" + TAIL


def test_a_rule_newer_than_the_machine_cannot_be_set_but_removed() -> None:
    host = SimulatedHost(version="v2.26")
    host.rules["id"] = "v2.33|Action=Allow|Active=TRUE|Dir=In|Name=Rule|"
    with pytest.raises(RefusedError) as refused:
        host.set_rule(Name="id", Enabled="False")
    assert (refused.value.number, refused.value.error_id) == (
        1306,
        "Windows System Error 1306,Set-NetFirewallRule",
    )
    host.remove_rule(Name="id")
    assert host.rules == {}


def test_parameters_that_are_not_simulated_are_never_ignored() -> None:
    with pytest.raises(TypeError, match="not simulated: Owner"):
        SimulatedHost().new_rule(Name="id", DisplayName="Rule", Owner="S-1-5-18")


NAMES = ["a", "ab", "a*", "a?", "a[x]", "a`", "x.y", "B"]


@pytest.mark.parametrize(
    ("pattern", "removed"),
    [
        ("a", ["a"]),
        ("A", ["a"]),
        ("b", ["B"]),
        ("a*", ["a", "ab", "a*", "a?", "a[x]", "a`"]),
        ("a?", ["ab", "a*", "a?", "a`"]),
        ("A[B]", ["ab"]),
        ("a`*", ["a*"]),
        ("a`?", ["a?"]),
        ("a`[x`]", ["a[x]"]),
        ("a``", ["a`"]),
        ("a[b-c]", ["ab"]),
        ("x?y", ["x.y"]),
        ("*", NAMES),
        ("nothing*", []),
        (["a", "ab", "a"], ["a", "ab"]),
    ],
)
def test_remove_matches_names_as_powershell_does(pattern: object, removed: list[str]) -> None:
    host = SimulatedHost()
    host.rules.update(dict.fromkeys(NAMES, OLD))
    host.remove_rule(Name=pattern)
    assert [name for name in NAMES if name not in host.rules] == removed


@pytest.mark.parametrize("pattern", ["missing", "a`*", "a``"])
def test_a_plain_name_must_exist(pattern: str) -> None:
    host = SimulatedHost()
    host.rules["a"] = OLD
    for write, cmdlet in (
        (host.set_rule, "Set-NetFirewallRule"),
        (host.remove_rule, "Remove-NetFirewallRule"),
    ):
        with pytest.raises(RefusedError) as refused:
            write(Name=pattern)
        assert refused.value.error_id == f"CmdletizationQuery_NotFound_InstanceID,{cmdlet}"
        assert refused.value.category == "ObjectNotFound"
    assert list(host.rules) == ["a"]


def test_without_a_name_remove_takes_every_local_rule() -> None:
    host = SimulatedHost()
    host.rules.update(a=OLD, b=OLD)
    host.stores["gpo"]["rules"]["c"] = OLD
    host.remove_rule()
    assert host.rules == {}
    assert host.stores["gpo"]["rules"] == {"c": OLD}
