# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical firewall rule: one model for what is wanted and for what Windows stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from . import values


@dataclass(frozen=True)
class Option:
    """What is known of an option of a rule, beside its type and its default.

    read: from what a person writes, and its path, to the value of the field. parameter: its name
    for New- and Set-NetFirewallRule. words: the cmdlets' words for values of ours. meaning: what
    two ways of writing one thing have in common, given the host's variables. narrows: it limits the
    rule to some of the traffic of its ports. always: it is sent to Windows and shown even where it
    is the default. one_text: the parameter takes a list as one text with commas. empty: how an
    empty text is shown.
    """

    read: Callable[[Any, str], Any]
    parameter: str
    words: Mapping[str, str] = field(default_factory=dict)
    meaning: Callable[[Any, Mapping[str, str]], Any] = values.itself
    narrows: bool = False
    always: bool = False
    one_text: bool = False
    empty: str = ""


@dataclass(frozen=True)
class Rule:
    """A firewall rule. An empty tuple or text means that the rule does not ask ("any"); all three
    profiles are an empty tuple.

    action may be "bypass" on a stored rule. conditions: tokens of a stored rule that narrow it and
    that the model does not know by name ("LUAuth=..."). unknown: what a newer Windows wrote and
    nobody has described yet, kept as text.
    """

    id: str = field(metadata={"option": Option(values.rule_id, "Name", meaning=values.caseless)})
    group: str
    display_name: str = field(metadata={"option": Option(values.display_name, "DisplayName")})
    description: str = field(
        default="", metadata={"option": Option(values.description, "Description")}
    )
    direction: str = field(
        default="inbound",
        metadata={
            "option": Option(
                values.choice(values.DIRECTIONS), "Direction", words=values.DIRECTIONS, always=True
            )
        },
    )
    action: str = field(
        default="allow",
        metadata={
            "option": Option(
                values.choice(values.ACTIONS), "Action", words=values.ACTIONS, always=True
            )
        },
    )
    enabled: bool = field(
        default=True, metadata={"option": Option(values.boolean, "Enabled", always=True)}
    )
    protocol: str = field(
        default="any",
        metadata={"option": Option(values.protocol, "Protocol", words=values.PROTOCOL_WORDS)},
    )
    local_ports: tuple[str, ...] = field(
        default=(),
        metadata={"option": Option(values.ports, "LocalPort", meaning=values.ports_meant)},
    )
    remote_ports: tuple[str, ...] = field(
        default=(),
        metadata={"option": Option(values.ports, "RemotePort", meaning=values.ports_meant)},
    )
    local_addresses: tuple[str, ...] = field(
        default=(),
        metadata={
            "option": Option(values.local_addresses, "LocalAddress", meaning=values.addresses_meant)
        },
    )
    remote_addresses: tuple[str, ...] = field(
        default=(),
        metadata={
            "option": Option(
                values.remote_addresses, "RemoteAddress", meaning=values.addresses_meant
            )
        },
    )
    profiles: tuple[str, ...] = field(
        default=(),
        metadata={
            "option": Option(values.profiles, "Profile", words=values.PROFILES, one_text=True)
        },
    )
    program: str = field(
        default="",
        metadata={
            "option": Option(
                values.program,
                "Program",
                words={"": "Any"},
                meaning=values.program_meant,
                narrows=True,
                empty="any",
            )
        },
    )
    service: str = field(
        default="",
        metadata={
            "option": Option(
                values.service,
                "Service",
                words={"": "Any"},
                meaning=values.caseless,
                narrows=True,
                empty="any",
            )
        },
    )
    interface_types: tuple[str, ...] = field(
        default=(),
        metadata={
            "option": Option(
                values.interface_types, "InterfaceType", words=values.INTERFACE_TYPES, one_text=True
            )
        },
    )
    icmp_types: tuple[str, ...] = field(
        default=(),
        metadata={"option": Option(values.icmp_types, "IcmpType", meaning=values.unordered)},
    )
    edge_traversal: str = field(
        default="block",
        metadata={
            "option": Option(
                values.choice(values.EDGE_TRAVERSAL),
                "EdgeTraversalPolicy",
                words=values.EDGE_TRAVERSAL,
            )
        },
    )
    conditions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


_FIELDS = {entry.name: entry for entry in fields(Rule) if "option" in entry.metadata}
OPTIONS: dict[str, Option] = {name: entry.metadata["option"] for name, entry in _FIELDS.items()}


def option_value(rule: Rule, name: str) -> Any:
    """One field as the module shows and accepts it: "any" spelt out, lists as lists."""
    value = getattr(rule, name)
    if isinstance(value, tuple):
        return list(value) or ["any"]
    return OPTIONS[name].empty if value == "" else value


def meaning(rule: Rule, name: str, variables: Mapping[str, str]) -> Any:
    """What one field means, whatever way it is written, on a host with these variables."""
    return OPTIONS[name].meaning(getattr(rule, name), variables)


def is_open(rule: Rule, name: str) -> bool:
    """Whether one field need not be told, as it is what Windows assumes."""
    return not OPTIONS[name].always and bool(getattr(rule, name) == _FIELDS[name].default)


def to_options(rule: Rule) -> dict[str, Any]:
    """The rule in exactly the shape that firewall_ruleset accepts."""
    return {name: option_value(rule, name) for name in OPTIONS}
