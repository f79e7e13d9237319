# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that cannot be meant: every one is refused with one sentence that names the field, the
value and what would be right.
"""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import GROUP, PREFIX, HostWorker, host, option, refused, run

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    OPTIONS,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.wanted import (
    check_ownership,
    wanted_rules,
)

TCP = {"protocol": "tcp"}
# (options of the rule, field, words of the sentence)
RULES: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({**TCP, "local_ports": [0]}, "local_ports[0]", ("port '0'", "1 to 65535")),
    ({**TCP, "local_ports": [80, 65536]}, "local_ports[1]", ("port '65536'", "1 to 65535")),
    ({**TCP, "local_ports": ["90-80"]}, "local_ports[0]", ("port '90-80'", "start first")),
    (
        {**TCP, "local_ports": ["9095, 9096"]},
        "local_ports[0]",
        ("'9095, 9096'", "several ports in one text"),
    ),
    ({**TCP, "local_ports": "9095,9096"}, "local_ports[0]", ("several ports in one text",)),
    (
        {**TCP, "local_ports": [9095.0]},
        "local_ports[0]",
        ("9095.0", "must be a string or a whole number"),
    ),
    ({**TCP, "local_ports": ["9095.0"]}, "local_ports[0]", ("port '9095.0'", "is not a port")),
    ({**TCP, "local_ports": [-80]}, "local_ports[0]", ("port '-80'", "is not a port")),
    ({**TCP, "local_ports": [""]}, "local_ports[0]", ("is empty",)),
    ({**TCP, "local_ports": []}, "local_ports", ("empty list", "any")),
    (
        {**TCP, "local_ports": [True]},
        "local_ports[0]",
        ("True", "must be a string or a whole number"),
    ),
    ({**TCP, "local_ports": [None]}, "local_ports[0]", ("None", "must be a string")),
    ({**TCP, "local_ports": [[80]]}, "local_ports[0]", ("[80]", "must be a string")),
    ({**TCP, "local_ports": {"from": 80}}, "local_ports[0]", ("must be a string",)),
    (
        {**TCP, "local_ports": ["http"]},
        "local_ports[0]",
        ("port 'http'", "keyword of Windows Firewall"),
    ),
    ({**TCP, "local_ports": ["any", 80]}, "local_ports[0]", ("'any' stands beside other entries",)),
    ({**TCP, "remote_ports": ["9" * 5000]}, "remote_ports[0]", ("is not a port",)),
    ({**TCP, "local_ports": list(range(1, 1002))}, "local_ports", ("1001 entries", "1000 at most")),
    (
        {**TCP, "remote_ports": ["RPC"]},
        "remote_ports",
        ("'RPC'", "for local_ports of inbound tcp rules only"),
    ),
    (
        {**TCP, "direction": "outbound", "local_ports": ["rpcepmap"]},
        "local_ports",
        ("'RPCEPMap'", "of inbound tcp rules only"),
    ),
    (
        {"protocol": "udp", "local_ports": ["RPC"]},
        "local_ports",
        ("'RPC'", "of inbound tcp rules only"),
    ),
    (
        {**TCP, "local_ports": [80, "Teredo"]},
        "local_ports",
        ("'Teredo'", "for local_ports of inbound udp rules only"),
    ),
    (
        {**TCP, "direction": "outbound", "local_ports": ["IPHTTPSIn"]},
        "local_ports",
        ("'IPHTTPSIn'", "for local_ports of inbound rules only"),
    ),
    (
        {"protocol": "udp", "remote_ports": ["PlayToDiscovery"]},
        "remote_ports",
        ("'PlayToDiscovery'", "for local_ports of inbound rules only"),
    ),
    (
        {**TCP, "local_ports": ["IPHTTPSOut"]},
        "local_ports",
        ("'IPHTTPSOut' is a keyword for remote_ports only",),
    ),
    ({"local_ports": [80]}, "local_ports", ("tcp or udp", "is any")),
    ({"protocol": "icmpv4", "remote_ports": [80]}, "remote_ports", ("tcp or udp", "is icmpv4")),
    (
        {"remote_addresses": ["10.0.0.0/33"]},
        "remote_addresses[0]",
        ("address '10.0.0.0/33'", "prefix length above 32"),
    ),
    (
        {"remote_addresses": ["::1/129"]},
        "remote_addresses[0]",
        ("'::1/129'", "prefix length above 128"),
    ),
    (
        {"remote_addresses": ["192.0.2.1", "mail.example.com"]},
        "remote_addresses[1]",
        ("'mail.example.com'", "host names are not known"),
    ),
    (
        {"remote_addresses": ["localhost"]},
        "remote_addresses[0]",
        ("'localhost'", "host names are not known"),
    ),
    (
        {"remote_addresses": ["192.0.2.1, 192.0.2.2"]},
        "remote_addresses[0]",
        ("is not an IP address",),
    ),
    ({"remote_addresses": ["192.0.2.7/24"]}, "remote_addresses[0]", ("host bits", "192.0.2.0/24")),
    ({"remote_addresses": ["0.0.0.0/0"]}, "remote_addresses[0]", ("every address", "'any'")),
    ({"remote_addresses": ["::/0"]}, "remote_addresses[0]", ("every address",)),
    ({"remote_addresses": ["0.0.0.0"]}, "remote_addresses[0]", ("unspecified address",)),
    ({"remote_addresses": ["::1"]}, "remote_addresses[0]", ("loopback",)),
    ({"remote_addresses": ["fe80::1%3"]}, "remote_addresses[0]", ("zone index",)),
    (
        {"remote_addresses": ["192.0.2.9-192.0.2.1"]},
        "remote_addresses[0]",
        ("end lies before its start",),
    ),
    (
        {"remote_addresses": ["192.0.2.1-2001:db8::1"]},
        "remote_addresses[0]",
        ("mixes IPv4 and IPv6",),
    ),
    ({"remote_addresses": ["10.0.0.0/255.0.255.0"]}, "remote_addresses[0]", ("contiguous mask",)),
    ({"remote_addresses": []}, "remote_addresses", ("empty list",)),
    (
        {"remote_addresses": [f"2001:db8::{number:x}" for number in range(1, 1002)]},
        "remote_addresses",
        ("1001 entries", "1000 at most"),
    ),
    ({"remote_addresses": ["any", "192.0.2.1"]}, "remote_addresses[0]", ("'any' stands beside",)),
    ({"remote_addresses": [3232235777]}, "remote_addresses[0]", ("is not an IP address",)),
    (
        {"local_addresses": ["LocalSubnet"]},
        "local_addresses[0]",
        ("keyword", "local addresses take none"),
    ),
    (
        {"protocol": "icmpv4", "remote_addresses": ["2001:db8::1"]},
        "remote_addresses",
        ("IPv6", "icmpv4 never carries"),
    ),
    (
        {"protocol": "icmpv6", "local_addresses": ["192.0.2.1"]},
        "local_addresses",
        ("IPv4", "icmpv6 never carries"),
    ),
    ({"id": "Example-a|b"}, "id", ("'Example-a|b'", "contains '|'")),
    ({"id": "Example-*"}, "id", ("'Example-*'", "wildcard character")),
    ({"id": "Example-?"}, "id", ("wildcard character",)),
    ({"id": "Example-`"}, "id", ("wildcard character",)),
    ({"id": "Example-[1]"}, "id", ("wildcard character",)),
    ({"id": "Example-]"}, "id", ("wildcard character",)),
    ({"display_name": "A\u2028B"}, "display_name", ("A\\u2028B", "line separator")),
    ({"description": "A\u0085B"}, "description", ("line separator",)),
    ({"id": "Example-" + "x" * 504}, "id", ("512 characters", "at most 511")),
    ({"id": "Other-A"}, "id", ("'Other-A'", "begin with the id_prefix 'Example-'")),
    ({"id": ""}, "id", ("is empty",)),
    ({"id": 7}, "id", ("7", "must be a string", "quote it")),
    ({"id": None}, "id", ("is null",)),
    ({"id": "Example-a\n"}, "id", ("control character",)),
    ({"display_name": "All"}, "display_name", ("'All'", "reserved by Windows")),
    ({"display_name": ""}, "display_name", ("is empty",)),
    ({"display_name": " A"}, "display_name", ("begins or ends with a blank",)),
    ({"display_name": "A|B"}, "display_name", ("contains '|'",)),
    ({"display_name": "x" * 10_000}, "display_name", ("10000 characters", "at most 9999")),
    ({"display_name": ["A"]}, "display_name", ("must be a string",)),
    ({"display_name": None}, "display_name", ("is null",)),
    ({"description": " "}, "description", ("is empty",)),
    ({"description": "a\tb"}, "description", ("control character",)),
    ({"direction": None}, "direction", ("is null",)),
    ({"direction": "in"}, "direction", ("'in'", "inbound, outbound")),
    ({"action": "permit"}, "action", ("'permit'", "allow, block")),
    ({"action": ["allow"]}, "action", ("allow, block",)),
    ({"enabled": "maybe"}, "enabled", ("'maybe'", "must be true or false")),
    ({"enabled": 2}, "enabled", ("must be true or false",)),
    ({"protocol": "sctp"}, "protocol", ("'sctp'", "icmpv6")),
    ({"protocol": 256}, "protocol", ("256", "0 to 255")),
    ({"protocol": "006"}, "protocol", ("'006'",)),
    ({"protocol": "9" * 5000}, "protocol", ("0 to 255",)),
    ({"protocol": True}, "protocol", ("True",)),
    ({"protocol": 6.0}, "protocol", ("6.0",)),
    ({"protocol": ["tcp"]}, "protocol", ("['tcp']",)),
    ({"profiles": ["home"]}, "profiles[0]", ("profile 'home'", "domain, private, public")),
    ({"profiles": []}, "profiles", ("empty list",)),
    ({"program": "a.exe"}, "program", ("'a.exe'", "not a full path")),
    ({"program": "C:/a.exe"}, "program", ("'C:/a.exe'", "contains one of")),
    ({"program": 'C:\\"a".exe'}, "program", ("contains one of",)),
    ({"program": "C:\\" + "x" * 260}, "program", ("263 characters", "at most 259")),
    ({"service": "a/b"}, "service", ("contains a slash",)),
    ({"service": ""}, "service", ("is empty",)),
    ({"interface_types": ["tunnel"]}, "interface_types[0]", ("'tunnel'", "wired")),
    (
        {"interface_types": ["wired", "wireless"]},
        "interface_types",
        ("more than one", "a rule for each"),
    ),
    ({"icmp_types": [8]}, "icmp_types", ("icmpv4 or icmpv6", "is any")),
    ({"protocol": "icmpv4", "icmp_types": [256]}, "icmp_types[0]", ("'256'", "0 to 255")),
    ({"protocol": "icmpv4", "icmp_types": ["8:"]}, "icmp_types[0]", ("'8:'",)),
    ({"protocol": "icmpv4", "icmp_types": ["echo"]}, "icmp_types[0]", ("'echo'",)),
    ({"protocol": "icmpv4", "icmp_types": ["9" * 5000]}, "icmp_types[0]", ("0 to 255",)),
    ({"edge_traversal": "yes"}, "edge_traversal", ("'yes'", "defer_to_user")),
    (
        {"edge_traversal": "allow", "direction": "outbound"},
        "edge_traversal",
        ("'allow'", "inbound allow rules only"),
    ),
    (
        {"edge_traversal": "allow", "action": "block"},
        "edge_traversal",
        ("inbound allow rules only",),
    ),
    ({"local_port": 80}, "local_port", ("'local_port'", "did you mean 'local_ports'?")),
    ({"conditions": []}, "conditions", ("'conditions' is not a known option",)),
    ({"group": GROUP}, "group", ("'group' is not a known option",)),
    ({5: "x"}, "5", ("'5' is not a known option",)),
    *(({name: None}, name, ("is null", "give a value or leave it out")) for name in OPTIONS),
]


@pytest.mark.parametrize(("given", "field", "words"), RULES)
def test_a_rule(given: dict[Any, Any], field: str, words: tuple[str, ...]) -> None:
    refused(
        lambda: wanted_rules([option(id="Example-First"), {**option(), **given}], GROUP, PREFIX),
        f"rules[1].{field}",
        *words,
    )


@pytest.mark.parametrize("entry", [None, "rule", 5, ["id"], []])
def test_not_a_rule(entry: Any) -> None:
    refused(
        lambda: wanted_rules([entry], GROUP, PREFIX), "rules[0]", repr(entry), "give a dictionary"
    )


@pytest.mark.parametrize("twin", ["Example-A", "example-a", "EXAMPLE-A"])
def test_one_id_twice(twin: str) -> None:
    rules = [option(), option(id="Example-B"), option(id=twin)]
    refused(
        lambda: wanted_rules(rules, GROUP, PREFIX), "rules[2].id", f"'{twin}'", "rules[0] already"
    )


OWNERSHIP: list[tuple[Any, Any, str, str]] = [
    ("", PREFIX, "group", "is empty"),
    (" ", PREFIX, "group", "is empty"),
    (None, PREFIX, "group", "must be a string"),
    ("a|b", PREFIX, "group", "contains '|'"),
    ("@FirewallAPI.dll,-28502", PREFIX, "group", "indirect string"),
    ("x" * 10_000, PREFIX, "group", "at most 9999"),
    (f"{GROUP} ", PREFIX, "group", "ends with a blank"),
    (GROUP, "", "id_prefix", "is empty"),
    (GROUP, "ab", "id_prefix", "at least 3 characters"),
    (GROUP, "Example-*", "id_prefix", "wildcard"),
    (GROUP, 123, "id_prefix", "must be a string"),
]


@pytest.mark.parametrize(("group", "prefix", "field", "words"), OWNERSHIP)
def test_group_and_prefix(group: Any, prefix: Any, field: str, words: str) -> None:
    refused(lambda: check_ownership(group, prefix), field, words)
    refused(lambda: wanted_rules([option()], group, prefix), field, words)
    refused(lambda: run(host(), [], group=group, id_prefix=prefix, state="absent"), field, words)


def test_no_host_is_asked_before_the_rules_are_right() -> None:
    call = HostWorker(host())
    refused(
        lambda: run(call, [option(remote_addresses=["localhost"])]),
        "rules[0].remote_addresses[0]",
        "localhost",
    )
    assert call.asked == []


def test_there_are_enough_cases() -> None:
    assert len(RULES) + len(OWNERSHIP) >= 80
