# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations: only what differs, in the cmdlets' words, what opens before what closes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.builders import GROUP, ID, PREFIX, check, stored, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    make_plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.operations import (
    failure,
    operations,
    slowness,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    OPTIONS,
    Rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    StoredRule,
)

DATA = Path(__file__).resolve().parents[2] / "data"


def made(rules: list[Rule], found: list[StoredRule]) -> list[dict[str, Any]]:
    done = operations(make_plan(rules, found, GROUP, PREFIX, purge=True), GROUP)
    for operation in done:
        check(operation)
    return done


def test_an_added_rule_says_what_it_asks_and_leaves_the_rest_to_windows() -> None:
    (operation,) = made([wanted()], [])
    assert operation == {
        "operation": "add",
        "id": ID,
        "parameters": {
            "Group": GROUP,
            "DisplayName": "A",
            "Direction": "Inbound",
            "Action": "Allow",
            "Enabled": "True",
        },
    }


def test_every_parameter_of_an_added_rule() -> None:
    given = {
        "description": "x",
        "direction": "inbound",
        "enabled": False,
        "protocol": "udp",
        "local_ports": [53],
        "remote_ports": ["1024-65535"],
        "local_addresses": ["192.0.2.0/24"],
        "remote_addresses": ["LocalSubnet", "2001:db8::1"],
        "profiles": ["private", "domain"],
        "program": "C:\\a.exe",
        "service": "dns",
        "interface_types": ["remote_access"],
        "edge_traversal": "defer_to_app",
    }
    (operation,) = made([wanted(**given)], [])
    assert operation["parameters"] == {
        "Group": GROUP,
        "DisplayName": "A",
        "Description": "x",
        "Direction": "Inbound",
        "Action": "Allow",
        "Enabled": "False",
        "Protocol": "UDP",
        "LocalPort": ["53"],
        "RemotePort": ["1024-65535"],
        "LocalAddress": ["192.0.2.0/24"],
        "RemoteAddress": ["LocalSubnet", "2001:db8::1"],
        "Profile": "Domain,Private",
        "Program": "C:\\a.exe",
        "Service": "dns",
        "InterfaceType": "RemoteAccess",
        "EdgeTraversalPolicy": "DeferToApp",
    }


def test_texts_of_people_are_no_words_of_windows() -> None:
    (operation,) = made([wanted(display_name="any", description="Any")], [])
    assert operation["parameters"]["DisplayName"] == "any"
    assert operation["parameters"]["Description"] == "Any"


@pytest.mark.parametrize("cmdlet", ["New-NetFirewallRule", "Set-NetFirewallRule"])
@pytest.mark.parametrize("name", [name for name in OPTIONS if name != "id"])
def test_every_option_has_a_documented_parameter_and_words_that_it_takes(
    name: str, cmdlet: str
) -> None:
    documents = json.loads((DATA / "cmdlets" / "NetSecurity.json").read_text(encoding="utf-8"))
    option = OPTIONS[name]
    for entry in documents[cmdlet]:
        assert any(option.parameter in parameters for parameters in entry["sets"].values())
        known = entry["details"].get(option.parameter, {}).get("values")
        assert not known or set(option.words.values()) <= set(known)


# (wanted, tokens stored, words of the stored text, parameters of the set)
SETS: list[tuple[dict[str, Any], str, dict[str, str], dict[str, Any]]] = [
    ({}, "", {"name": "B"}, {"NewDisplayName": "A"}),
    ({}, "", {"active": "FALSE"}, {"Enabled": "True"}),
    ({}, "RA4=192.0.2.1", {}, {"RemoteAddress": ["Any"]}),
    ({}, "Profile=Domain|App=System", {}, {"Profile": "Any", "Program": "Any"}),
    ({}, "IFType=Lan|Edge=TRUE", {}, {"InterfaceType": "Any", "EdgeTraversalPolicy": "Block"}),
    ({"protocol": "tcp"}, "Protocol=6|LPort=80", {}, {"LocalPort": ["Any"], "Protocol": "TCP"}),
    (
        {"protocol": "icmpv6", "icmp_types": ["134", "1:3"]},
        "Protocol=58",
        {},
        {"IcmpType": ["134", "1:3"], "Protocol": "ICMPv6"},
    ),
    ({"action": "block"}, "", {}, {"Action": "Block"}),
]


@pytest.mark.parametrize(("given", "tokens", "words", "parameters"), SETS)
def test_a_set_gives_only_what_differs(
    given: dict[str, Any], tokens: str, words: dict[str, str], parameters: dict[str, Any]
) -> None:
    assert made([wanted(**given)], [stored(*tokens.split("|"), **words)]) == [
        {"operation": "set", "id": ID, "parameters": parameters}
    ]


def test_other_protocols_by_number_and_any() -> None:
    assert made([wanted(protocol="47")], [])[0]["parameters"]["Protocol"] == "47"
    assert made([wanted()], [stored("Protocol=47")])[1] == made([wanted()], [])[0]


def test_the_order() -> None:
    rules = [
        wanted(id=f"Example-{name}", description="" if name == "Replace" else "x")
        for name in ("Add", "Set", "Replace")
    ]
    found = [
        stored(rule_id="example-replace"),
        stored(rule_id="Example-Set"),
        stored(rule_id="Example-Gone"),
    ]
    found[0] = stored("Desc=old", rule_id="example-replace")
    assert [(entry["operation"], entry["id"]) for entry in made(rules, found)] == [
        ("add", "Example-Add"),
        ("set", "Example-Set"),
        ("remove", "example-replace"),
        ("add", "Example-Replace"),
        ("remove", "Example-Gone"),
    ]


def entry(operation: str, rule_id: str, status: str, message: str = "") -> dict[str, str]:
    return {
        "operation": operation,
        "id": rule_id,
        "status": status,
        "message": message,
        "error_id": "E 5",
        "category": "",
    }


def test_a_failure_says_what_was_done_and_what_was_not() -> None:
    outcomes = [
        entry("add", "A", "done"),
        entry("set", "B", "failed", "Access is denied."),
        entry("remove", "C", "not_done"),
    ]
    sentence = failure(outcomes)
    assert sentence.startswith(
        "Windows refused to set the rule 'B': Access is denied (E 5). Done before: add A; "
        "not started: 1."
    )
    assert "Done before: nothing; not started: 0" in failure(outcomes[1:2])
    assert failure(outcomes[:1]) == failure([]) == ""


def test_slow_operations_are_told_with_their_seconds() -> None:
    def outcome(rule: str, milliseconds: int, status: str = "done") -> dict[str, Any]:
        return {
            "operation": "add", "id": rule, "status": status, "milliseconds": milliseconds,
        }  # fmt: skip

    slow = [outcome("A", 4000), outcome("B", 6500), outcome("C", 60_000, "failed")]
    (sentence,) = slowness(slow)
    assert sentence.startswith(
        "2 operations on firewall rules took 10 s, 5.2 s each on average; the slowest was add B "
        "with 6.5 s. "
    )
    assert slowness([outcome("A", 5001)])[0].startswith("1 operation on firewall rules took 5 s")
    assert slowness([outcome("A", 5000)]) == slowness([]) == []
