# SPDX-License-Identifier: GPL-3.0-or-later
"""Rule texts: every captured one is read and written byte for byte, and what is compared is
understood as [MS-GPFAS] says.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
    to_options,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    StoredRule,
    read,
    stored_rule,
    write,
)
from simulator.farm import DATA

ROWS = [
    json.loads(line)
    for file in sorted(DATA.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]


def understood(text: str) -> Rule:
    found = stored_rule("local", "id", text)
    assert found.rule is not None, found.reason
    assert (found.store, found.id, found.text) == ("local", "id", text)
    return found.rule


def reason(text: str) -> str:
    found = stored_rule("local", "id", text)
    assert found.rule is None
    return found.reason


def test_every_captured_text_is_written_back_byte_for_byte() -> None:
    assert len(ROWS) == 3490
    for row in ROWS:
        assert write(read(row["value"])) == row["value"]


def test_every_captured_rule_is_understood_wholly() -> None:
    stored = [stored_rule("local", row["id"], row["value"]) for row in ROWS]
    assert [
        (entry.text, entry.reason) for entry in stored if entry.rule is None or entry.reason
    ] == []


SPECIFICATION = (
    "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Public|LPort=RPC|RPort=49000|"
    "LA4=192.168.1.0/255.255.255.0|LA4=192.168.0.0/255.255.255.0|"
    "RA4=LocalSubnet|RA6=LocalSubnet|App=c:\\path\\foo.exe|Name=Firewall Rule "
    "Test|Security=Authenticate|Security2_9=An-NoEncap|"
)


def test_vector_of_the_specification() -> None:
    """[MS-GPFAS] 4.2."""
    assert understood(SPECIFICATION) == Rule(
        id="id",
        group="",
        display_name="Firewall Rule Test",
        protocol="tcp",
        local_ports=("RPC",),
        remote_ports=("49000",),
        local_addresses=("192.168.1.0/24", "192.168.0.0/24"),
        remote_addresses=("LocalSubnet",),
        profiles=("public",),
        program="c:\\path\\foo.exe",
        conditions=("security=Authenticate", "security2_9=An-NoEncap"),
    )


# Tokens of a text -> the fields that are not as in an inbound allow rule for anything. Values as
# seen in published exports.
INTERPRETED: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    (
        "LPort2_10=IPTLSIn|LPort2_10=IPHTTPSIn|Protocol=6|App=System",
        {"protocol": "tcp", "local_ports": ("IPHTTPSIn",), "program": "System"},
    ),
    (
        "Protocol=6|RPort=22|RPort=80|RA42=IntErnet",
        {"protocol": "tcp", "remote_ports": ("22", "80"), "remote_addresses": ("Internet4",)},
    ),
    ("RA42=IntErnet|RA62=IntErnet", {"remote_addresses": ("Internet",)}),
    ("RA42=RmtIntrAnet|RA62=RmtIntrAnet", {"remote_addresses": ("IntranetRemoteAccess",)}),
    (
        "RA42=Ply2Renders|RA62=CaptivePortal",
        {"remote_addresses": ("PlayToDevice4", "CaptivePortal6")},
    ),
    (
        "Protocol=17|RPort=554|RPort2_10=8554-8558",
        {"protocol": "udp", "remote_ports": ("554", "8554-8558")},
    ),
    (
        "Protocol=58|ICMP6=134:*|LA6=fe80::/64",
        {"protocol": "icmpv6", "icmp_types": ("134",), "local_addresses": ("fe80::/64",)},
    ),
    (
        "RA4=LocalSubnet|RA6=LocalSubnet|RA6=ff02::1",
        {"remote_addresses": ("LocalSubnet", "ff02::1")},
    ),
    ("RA4=LocalSubnet", {"remote_addresses": ("LocalSubnet4",)}),
    ("RA6=dns", {"remote_addresses": ("DNS6",)}),
    ("Protocol=1|ICMP4=3:4|ICMP4=8:*", {"protocol": "icmpv4", "icmp_types": ("3:4", "8")}),
    ("Protocol=17|LPort=Teredo", {"protocol": "udp", "local_ports": ("Teredo",)}),
    ("Protocol=6|LPort=RPC-EPMap", {"protocol": "tcp", "local_ports": ("RPCEPMap",)}),
    ("Protocol=17|LPort2_20=Ply2Disc", {"protocol": "udp", "local_ports": ("PlayToDiscovery",)}),
    ("Protocol=17|LPort2_24=mDNS", {"protocol": "udp", "local_ports": ("mDNS",)}),
    ("Protocol=47", {"protocol": "47"}),
    ("Protocol=tcp|rport=3268,389", {"protocol": "tcp", "remote_ports": ("3268", "389")}),
    ("LPort=1-553,555|Protocol=6", {"protocol": "tcp", "local_ports": ("1-553", "555")}),
    ("Edge=TRUE|Defer=App", {"edge_traversal": "defer_to_app"}),
    ("Defer=User", {"edge_traversal": "defer_to_user"}),
    ("Edge=true", {"edge_traversal": "allow"}),
    ("Edge=FALSE", {}),
    ("Profile=Public|Profile=Domain", {"profiles": ("domain", "public")}),
    ("Profile=Domain|Profile=Private|Profile=Public", {}),
    ("IFType=Wireless|IFType=Lan", {"interface_types": ("wired", "wireless")}),
    ("IFType=RemoteAccess", {"interface_types": ("remote_access",)}),
    (
        "Svc=rpcss|App=%SystemRoot%\\system32\\svchost.exe",
        {"service": "rpcss", "program": "%SystemRoot%\\system32\\svchost.exe"},
    ),
    ("Svc==DisplayEnhancementService", {"service": "=DisplayEnhancementService"}),
    ("Desc=@FirewallAPI.dll,-25428", {"description": "@FirewallAPI.dll,-25428"}),
    ("Desc=a=b", {"description": "a=b"}),
    ("LUAuth=O:LSD:(A;;CC;;;S-1-2-1)", {"conditions": ("luauth=O:LSD:(A;;CC;;;S-1-2-1)",)}),
    ("Platform=2:6:2|Platform2=GTEQ", {"conditions": ("platform=2:6:2", "platform2=GTEQ")}),
    ("IF={0}", {"conditions": ("if={0}",)}),
    ("LSM=FALSE|LOM=TRUE", {"conditions": ("lom=TRUE",)}),
    ("TTK2_27=WFDKmDriver", {"conditions": ("ttk2_27=WFDKmDriver",)}),
    ("CAudit=y", {"unknown": ("caudit",)}),
    ("RA43=CaptivePortal|RA63=CaptivePortal", {"remote_addresses": ("CaptivePortal",)}),
    ("RA42=CaptivePortal|RA63=CaptivePortal", {"remote_addresses": ("CaptivePortal",)}),
    ("RA63=CaptivePortal", {"remote_addresses": ("CaptivePortal6",)}),
    ("Protocol=006|LPort=09095", {"protocol": "tcp", "local_ports": ("09095",)}),
    ("Protocol=1|ICMP4=008:*", {"protocol": "icmpv4", "icmp_types": ("8",)}),
    ("Defer=App", {"conditions": ("defer=App",)}),
    ("Edge=FALSE|Defer=App", {"conditions": ("defer=App",)}),
    (
        "Protocol=17|LPort2_20=DHCP|LPort2_29=TcpCDPSvc",
        {"protocol": "udp", "local_ports": ("DHCP", "TcpCDPSvc")},
    ),
]


@pytest.mark.parametrize(("tokens", "fields"), INTERPRETED)
def test_interpretation(tokens: str, fields: dict[str, Any]) -> None:
    rule = understood(f"v2.33|Action=Allow|Active=TRUE|Dir=In|{tokens}|Name=A|EmbedCtxt=G|")
    assert rule == Rule(id="id", group="G", display_name="A", **fields)


@pytest.mark.parametrize(
    ("action", "model"), [("Block", "block"), ("ByPass", "bypass"), ("allow", "allow")]
)
def test_actions_directions_and_activity(action: str, model: str) -> None:
    rule = understood(f"V2.0|Action={action}|Dir=out|Name=A|")
    assert (rule.action, rule.direction, rule.enabled) == (model, "outbound", False)
    assert understood(f"V2.0|Action={action}|Active=true|Dir=out|Name=A|").enabled


def changed_case(text: str) -> str:
    fields = [part.partition("=") for part in text.split("|")]
    return "|".join(
        f"{token.swapcase()}={value.upper()}" if equals else token
        for token, equals, value in fields
    )


def test_tokens_and_keywords_know_no_case() -> None:
    lower = understood(SPECIFICATION.lower())
    upper = understood(changed_case(SPECIFICATION))
    assert [to_options(rule) for rule in (lower, upper)] == [
        {**to_options(understood(SPECIFICATION)), "display_name": name, "program": path}
        for name, path in (
            ("firewall rule test", "c:\\path\\foo.exe"),
            ("FIREWALL RULE TEST", "C:\\PATH\\FOO.EXE"),
        )
    ]


def test_a_text_that_was_cut_off_is_understood_only_where_a_field_ends() -> None:
    """Every prefix of a rule: what does not end in a bar is not understood."""
    for length in range(len(SPECIFICATION)):
        found = stored_rule("local", "id", SPECIFICATION[:length])
        assert found.rule is None or SPECIFICATION[:length].endswith("|")
    assert "does not end in '|'" in reason(SPECIFICATION.rstrip("|"))


def test_a_newer_minor_version_is_understood_in_part() -> None:
    found = stored_rule("local", "id", "v2.99|Action=Allow|Active=TRUE|Dir=In|New9=1|Name=A|")
    assert found.rule is not None and found.rule.unknown == ("new9",)
    assert found.reason == "schema v2.99 is newer than v2.33; new9 is not described"


NOT_UNDERSTOOD = {
    "v3.0|Action=Allow|Active=TRUE|Dir=In|Name=A|": "higher major version",
    "v255.1|": "higher major version",
    "": "does not begin with a schema version",
    "Action=Allow|Dir=In|Name=A|": "does not begin with a schema version",
    "v2|Action=Allow|Dir=In|Name=A|": "does not begin with a schema version",
    "v2.x|Name=A|": "does not begin with a schema version",
    "v².0|Name=A|": "does not begin with a schema version",
    f"v2.{'1' * 5000}|Name=A|": "does not begin with a schema version",
    "v2.33|": "has no Name",
    "v2.33|Name=A|Action=Allow|": "has no Dir",
    "v2.33|Name=A|Dir=In|": "has no Action",
    "v2.33|Name=A|Dir=Up|Action=Allow|": "Dir=Up is not a value",
    "v2.33|Name=A|Dir=In|Action=SecureServer|": "Action=SecureServer is not a value",
    "v2.33|Name=A|Dir=In|Action=Allow|Profile=Home|": "Profile=home is not a value",
    "v2.33|Name=A|Dir=In|Action=Allow|IFType=Tube|": "IFType=Tube is not a value",
    "v2.33|Name=A|Dir=In|Action=Allow|Defer=Admin|": "Defer=Admin is not a value",
    "v2.33|Name=A|Dir=In|Action=Allow|RA4=here|": "RA4=here is not an IP address",
    "v2.33|Name=A|Dir=In|Action=Allow|LA6=|": "LA6= is not an IP address",
    "v2.33|Name=A|Dir=In|Action=Allow|RA4=LocalSubnet4|": "RA4=LocalSubnet4 is a keyword of the "
    "cmdlets",
    "v2.33|Name=A|Dir=In|Action=Allow|Action=Block|": "action stands 2 times",
    "v2.33|Name=A|Dir=In|Action=Allow|Dir=In|": "dir stands 2 times",
    "v2.33|Name=A|Dir=In|Action=Allow|Platform=2:6:2|Platform2=GTEQ|Platform2=GTEQ|": (
        "platform2 stands 2 times"
    ),
    "v2.33|Name=A|Dir=In|Action=Allow": "does not end in '|'",
    "v2.33|Name=A|Dir=In|Action=Allow|RA4=2001:db8::1|": "is an address of IPv6",
    "v2.33|Name=A|Dir=In|Action=Allow|LA6=192.0.2.0/24|": "is an address of IPv4",
    "v2.33|Name=A|Dir=In|Action=Allow|Edge=App|": "edge=App is neither TRUE nor FALSE",
    "v2.33|Name=A|Dir=In|Action=Allow|Active= TRUE|": "active= TRUE is neither TRUE nor FALSE",
    "v2.33|Name=A|Dir=In|Action=Allow|Protocol=6|LPort= 9095|": "lport= 9095 is no port",
    "v2.33|Name=A|Dir=In|Action=Allow|Protocol=6|LPort=9095,|": "lport= is no port",
    "v2.33|Name=A|Dir=In|Action=Allow|Protocol=6|RPort=65536|": "rport=65536 is no port",
    "v2.33|Name=A|Dir=In|Action=Allow|Protocol= 6|": "Protocol= 6 is not a value",
    "v2.33|Name=A|Dir=In|Action=Allow|Protocol=1|ICMP4=8|": "ICMP type 8 is not a value",
}


@pytest.mark.parametrize(("text", "words"), NOT_UNDERSTOOD.items())
def test_what_cannot_be_judged_says_why(text: str, words: str) -> None:
    assert words in reason(text)


@pytest.mark.parametrize(
    "text",
    ["", "|", "||", "=", "v2.33", "a=b=c|", "x|y|=z|", "v2.33|Name|Dir=|", "v2.10|Name=ä\u2028=|"],
)
def test_odd_texts_are_written_back(text: str) -> None:
    assert write(read(text)) == text


def test_a_stored_rule_is_data() -> None:
    assert stored_rule("gpo", "id", "x") == StoredRule(
        "gpo", "id", "x", None, "the text does not begin with a schema version such as v2.26"
    )
