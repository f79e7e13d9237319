# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan to the worker's operations, and from its outcomes to a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .difference import Plan
from .rule import Rule

# Windows' words for ours (New-NetFirewallRule: Direction, Action, EdgeTraversalPolicy,
# InterfaceType, Protocol).
_WORDS = {
    "inbound": "Inbound", "outbound": "Outbound", "allow": "Allow", "block": "Block",
    "defer_to_user": "DeferToUser", "defer_to_app": "DeferToApp",
    "wired": "Wired", "wireless": "Wireless", "remote_access": "RemoteAccess",
    "domain": "Domain", "private": "Private", "public": "Public",
    "tcp": "TCP", "udp": "UDP", "icmpv4": "ICMPv4", "icmpv6": "ICMPv6",
}  # fmt: skip


def operations(plan: Plan, group: str) -> list[dict[str, Any]]:
    """The worker's `operations`, what opens before what closes: add, set, replace (remove and add),
    remove.
    """
    changes = [change for change in plan.change if not change.replace]
    replaced = [change for change in plan.change if change.replace]
    done = [_add(rule, group) for rule in plan.add]
    done += [
        _set(change.wanted, [entry.field for entry in change.differences]) for change in changes
    ]
    for change in replaced:
        done += [_remove(change.stored.id), _add(change.wanted, group)]
    return done + [_remove(stored.id) for stored in plan.remove]


def _remove(rule_id: str) -> dict[str, Any]:
    return {"operation": "remove", "id": rule_id}


def _add(rule: Rule, group: str) -> dict[str, Any]:
    """Conditions that the rule does not ask are left to New-NetFirewallRule, whose defaults are
    "any".
    """
    given = {
        name: value
        for name, value in _parameters(rule).items()
        if name in _TEXTS or value not in ("Any", ["Any"])
    }
    if not rule.description:
        del given["description"]
    if rule.edge_traversal == "block":
        del given["edge_traversal"]
    return {"operation": "add", "id": rule.id, "group": group, **given}


def _set(rule: Rule, fields: Sequence[str]) -> dict[str, Any]:
    """Only what differs; ports and ICMP types need the protocol beside them (Set-NetFirewallRule,
    LocalPort).
    """
    parameters = _parameters(rule)
    names = {_PARAMETER_OF.get(field, field) for field in fields}
    if names & {"local_ports", "remote_ports", "icmp_types"}:
        names.add("protocol")
    return {"operation": "set", "id": rule.id, **{name: parameters[name] for name in sorted(names)}}


_PARAMETER_OF = {"interface_types": "interface_type"}
_TEXTS = ("display_name", "description")  # what a person wrote, be it "Any"


def _parameters(rule: Rule) -> dict[str, Any]:
    def many(values: Sequence[str]) -> list[str]:
        return [_WORDS.get(value, value) for value in values] or ["Any"]

    return {
        "display_name": rule.display_name,
        "description": rule.description,
        "direction": _WORDS[rule.direction],
        "action": _WORDS[rule.action],
        "enabled": str(rule.enabled),
        "protocol": _WORDS.get(rule.protocol, rule.protocol.capitalize()),
        "local_ports": many(rule.local_ports),
        "remote_ports": many(rule.remote_ports),
        "local_addresses": many(rule.local_addresses),
        "remote_addresses": many(rule.remote_addresses),
        "profiles": many(rule.profiles),
        "program": rule.program or "Any",
        "service": rule.service or "Any",
        "interface_type": many(rule.interface_types)[0],
        "icmp_types": many(rule.icmp_types),
        "edge_traversal": _WORDS[rule.edge_traversal],
    }


def failure(outcomes: Sequence[Mapping[str, Any]]) -> str:
    """One sentence about the first failed operation and what was done before it; "" when none
    failed.
    """
    failed = next((entry for entry in outcomes if entry["status"] == "failed"), None)
    if failed is None:
        return ""
    done = [
        f"{entry['operation']} {entry['id']}" for entry in outcomes if entry["status"] == "done"
    ]
    waiting = sum(entry["status"] == "not_done" for entry in outcomes)
    return (
        f"Windows refused to {failed['operation']} the rule "
        f"'{failed['id']}': {str(failed['message']).rstrip('.')} ({failed['error_id']}). "
        f"Done before: {', '.join(done) or 'nothing'}; not begun: {waiting}. Run again when the "
        "cause is gone: the next run does what is missing."
    )
