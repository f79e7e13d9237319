# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall of a host does with connections: those that somebody asks for, and those that a
plan needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from ..errors import InputError
from .evaluation.answer import FlowAnswer, explain
from .evaluation.flow import Flow, read_flow
from .evaluation.policy import Policy
from .reading import FirewallReading


def wanted_flows(given: Sequence[Any], name: str = "flows") -> list[Flow]:
    """The connections that somebody asks for in an option or variable of a name. Raises InputError
    for the first that is none.
    """
    if not given:
        raise InputError(name, "is empty; name connections, or leave it out for the plan's")
    return [read_flow(entry, f"{name}[{index}]") for index, entry in enumerate(given)]


def planned_flows(rule_sets: Mapping[str, Mapping[str, Any]]) -> list[Flow]:
    """The connections that the rules of a plan are for, each once. rule_sets: of a server's plan.

    Addresses that a keyword stands for only the host knows; such an entry is left out.
    """
    found = [
        flow
        for rule_set in rule_sets.values()
        if rule_set["state"] == "present"
        for entry in rule_set["rules"]
        for flow in _of_rule(entry["rule"])
    ]
    return list(dict.fromkeys(found))


def _of_rule(rule: Mapping[str, Any]) -> Iterator[Flow]:
    if rule.get("action", "allow") != "allow" or not rule.get("enabled", True):
        return
    inbound = rule["direction"] == "inbound"
    ports = rule.get("local_ports" if inbound else "remote_ports") or ["any"]
    protocol = rule.get("protocol", "any")
    for port, remote in product(ports, rule.get("remote_addresses") or ["any"]):
        flow = {
            "direction": rule["direction"],
            "protocol": protocol,
            "remote_address": remote,
            **({"port": port} if protocol in ("tcp", "udp") else {}),
            **{name: rule[name] for name in ("profiles", "program", "service") if name in rule},
        }
        try:
            yield read_flow(flow, "rules")
        except InputError:
            continue


def explained(reading: FirewallReading, flows: Sequence[Flow]) -> list[FlowAnswer]:
    """What happens to connections on a host; several answers where profiles in use differ."""
    policy = Policy(reading)
    return [answer for flow in flows for answer in explain(policy, flow)]


def explanation_lines(answers: Sequence[FlowAnswer], *, all_of_them: bool) -> list[str]:
    """Sentences for people, what is not allowed first. all_of_them: what is allowed too."""
    wanting = [answer.text for answer in answers if answer.verdict != "allowed"]
    fine = [answer.text for answer in answers if answer.verdict == "allowed"]
    return [*wanting, *(fine if all_of_them else ())]
