# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to the canonical rule."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import GROUP, ID, PREFIX, option, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
    to_options,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.wanted import (
    wanted_rules,
)

EVERYTHING = {
    "id": ID,
    "display_name": "A",
    "description": "Says what",
    "direction": "inbound",
    "action": "allow",
    "enabled": False,
    "protocol": "tcp",
    "local_ports": ["9095", "9096-9097"],
    "remote_ports": ["1024-65535"],
    "local_addresses": ["192.0.2.1"],
    "remote_addresses": ["LocalSubnet", "2001:db8::/32"],
    "profiles": ["domain", "private"],
    "program": "C:\\a.exe",
    "service": "w3svc",
    "interface_types": ["wired"],
    "icmp_types": ["any"],
    "edge_traversal": "allow",
}


def test_options_and_rule_are_one_and_the_same() -> None:
    assert to_options(wanted(**EVERYTHING)) == EVERYTHING
    assert to_options(wanted(**to_options(wanted()))) == to_options(wanted())


def test_defaults() -> None:
    assert wanted() == Rule(id=ID, group=GROUP, display_name="A")


class Clinging(str):
    """As ansible-core's unsafe text does: str() and every method give the same type again."""

    __slots__ = ()

    def __str__(self) -> str:
        return max(self, "")

    def strip(self, chars: str | None = None, /) -> str:
        return Clinging(str.strip(self, chars))

    def lower(self) -> str:
        return Clinging(str.lower(self))


def clinging(value: Any) -> Any:
    if isinstance(value, dict):
        return {Clinging(name): clinging(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [clinging(entry) for entry in value]
    return Clinging(value) if isinstance(value, str) else value


def test_a_rule_holds_plain_texts_only() -> None:
    given = clinging(
        [
            EVERYTHING,
            option(
                id="Example-B", protocol="icmpv4", icmp_types=["3:4"], program="any", enabled="no"
            ),
        ]
    )
    for rule in wanted_rules(given, Clinging(GROUP), Clinging(PREFIX)):
        values = [
            entry
            for value in vars(rule).values()
            for entry in (value if isinstance(value, tuple) else (value,))
        ]
        assert {type(value) for value in values} == {str, bool}


def test_a_list_of_a_thousand_entries() -> None:
    assert (
        len(
            wanted(
                remote_addresses=[f"2001:db8::{number:x}" for number in range(1, 1001)] * 2
            ).remote_addresses
        )
        == 1000
    )


# (what is given, a port keyword in its place)
PORT_WORDS: list[tuple[dict[str, Any], str]] = [
    ({"protocol": "tcp"}, "RPC"),
    ({"protocol": "tcp"}, "RPCEPMap"),
    ({"protocol": "udp"}, "Teredo"),
    ({"protocol": "tcp"}, "IPHTTPSIn"),
    ({"protocol": "udp"}, "PlayToDiscovery"),
]


@pytest.mark.parametrize(("given", "word"), PORT_WORDS)
def test_port_keywords_in_their_place(given: dict[str, Any], word: str) -> None:
    assert wanted(**given, local_ports=[word.lower(), 80]).local_ports == (word, "80")


def test_the_port_keyword_of_the_other_side() -> None:
    assert wanted(
        protocol="tcp", direction="outbound", remote_ports=["iphttpsout"]
    ).remote_ports == ("IPHTTPSOut",)


# (option, what is given, the field of the rule)
READ: list[tuple[str, Any, Any]] = [
    ("direction", "OUTBOUND", "outbound"),
    ("enabled", "no", False),
    ("enabled", "True", True),
    ("enabled", 1, True),
    ("action", "Block", "block"),
    ("protocol", " TCP ", "tcp"),
    ("protocol", 6, "tcp"),
    ("protocol", "58", "icmpv6"),
    ("protocol", 0, "0"),
    ("protocol", "255", "255"),
    ("remote_addresses", "192.0.2.1", ("192.0.2.1",)),
    ("remote_addresses", ["192.0.2.1/32", "192.0.2.1"], ("192.0.2.1",)),
    ("remote_addresses", ["ANY"], ()),
    ("profiles", ["Private", "domain"], ("domain", "private")),
    ("profiles", ["public", "private", "domain"], ()),
    ("program", "ANY", ""),
    ("program", "SYSTEM", "System"),
    ("program", "\\\\server\\share\\a.exe", "\\\\server\\share\\a.exe"),
    ("service", "Any", ""),
    ("service", "*", "*"),
    ("interface_types", "Wireless", ("wireless",)),
    ("description", "", ""),
]


@pytest.mark.parametrize(("name", "given", "value"), READ)
def test_what_people_write(name: str, given: Any, value: Any) -> None:
    assert getattr(wanted(**{name: given}), name) == value


def test_icmp_types() -> None:
    assert wanted(protocol="icmpv4", icmp_types=[8, "8:*", "3:04", "0:any"]).icmp_types == (
        "8",
        "3:4",
        "0",
    )


def test_the_order_given_is_kept() -> None:
    rules = wanted_rules([option(id=f"{PREFIX}{name}") for name in "CAB"], GROUP, PREFIX)
    assert [rule.id for rule in rules] == ["Example-C", "Example-A", "Example-B"]
    assert wanted_rules([], GROUP, PREFIX) == ()
    assert wanted_rules([option(id="EXAMPLE-x")], GROUP, PREFIX)[0].id == "EXAMPLE-x"
