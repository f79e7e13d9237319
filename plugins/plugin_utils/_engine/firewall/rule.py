# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical firewall rule: one model for what is wanted and for what Windows stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DIRECTIONS = ("inbound", "outbound")
ACTIONS = ("allow", "block")
PROFILES = ("domain", "private", "public")
INTERFACE_TYPES = ("wired", "wireless", "remote_access")
EDGE_TRAVERSAL = ("block", "allow", "defer_to_user", "defer_to_app")
PROTOCOLS = {"icmpv4": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}
PROTOCOL_OF = {number: name for name, number in PROTOCOLS.items()}
LISTS = (
    "local_ports",
    "remote_ports",
    "local_addresses",
    "remote_addresses",
    "profiles",
    "interface_types",
    "icmp_types",
)


@dataclass(frozen=True)
class Rule:
    """A firewall rule. An empty tuple or text means that the rule does not ask ("any"); all three
    profiles are an empty tuple.

    action may be "bypass" on a stored rule. conditions: tokens of a stored rule that narrow it and
    that the model does not know by name ("LUAuth=..."). unknown: what a newer Windows wrote and
    nobody has described yet, kept as text.
    """

    id: str
    group: str
    display_name: str
    description: str = ""
    direction: str = "inbound"
    action: str = "allow"
    enabled: bool = True
    protocol: str = "any"
    local_ports: tuple[str, ...] = ()
    remote_ports: tuple[str, ...] = ()
    local_addresses: tuple[str, ...] = ()
    remote_addresses: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    program: str = ""
    service: str = ""
    interface_types: tuple[str, ...] = ()
    icmp_types: tuple[str, ...] = ()
    edge_traversal: str = "block"
    conditions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


OPTIONS = tuple(
    name for name in Rule.__dataclass_fields__ if name not in ("group", "conditions", "unknown")
)


def option_value(rule: Rule, name: str) -> Any:
    """One field as the module shows and accepts it: "any" spelt out, lists as lists."""
    value = getattr(rule, name)
    if name in LISTS:
        return list(value) or ["any"]
    if name in ("program", "service"):
        return value or "any"
    return value


def to_options(rule: Rule) -> dict[str, Any]:
    """The rule in exactly the shape that firewall_ruleset accepts."""
    return {name: option_value(rule, name) for name in OPTIONS}
