# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to the canonical rule."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import GROUP, ID, PREFIX, option, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils.rule import Rule, to_options
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.wanted import wanted_rules

EVERYTHING = {
    "id": ID,
    "display_name": "A",
    "description": "Says what",
    "direction": "inbound",
    "action": "allow",
    "enabled": False,
    "protocol": "tcp",
    "local_ports": ["9095", "9096-9097"],
    "remote_ports": ["RPC"],
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
    given = dict.fromkeys(set(EVERYTHING) - {"id", "display_name", "direction"})
    assert wanted(**given) == wanted()


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
    assert wanted(protocol="icmpv4", icmp_types=[8, "8:*", "3:04", "0:any"]).icmp_types == ("8", "3:4", "0")


def test_the_order_given_is_kept() -> None:
    rules = wanted_rules([option(id=f"{PREFIX}{name}") for name in "CAB"], GROUP, PREFIX)
    assert [rule.id for rule in rules] == ["Example-C", "Example-A", "Example-B"]
    assert wanted_rules([], GROUP, PREFIX) == ()
    assert wanted_rules([option(id="EXAMPLE-x")], GROUP, PREFIX)[0].id == "EXAMPLE-x"
