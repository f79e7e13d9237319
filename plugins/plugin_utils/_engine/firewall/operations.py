# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan to the worker's operations, and from its outcomes to a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .difference import Plan
from .rule import OPTIONS, Rule, is_open

SLOW = 5_000  # milliseconds for one operation
_NEED_PROTOCOL = {"local_ports", "remote_ports", "icmp_types"}  # Set-NetFirewallRule, LocalPort
_Parameters = dict[str, str | list[str]]


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
    names = [name for name in OPTIONS if name != "id" and not is_open(rule, name)]
    given: _Parameters = {"Group": group, **_parameters(rule, names)}
    return {"operation": "add", "id": rule.id, "parameters": given}


def _set(rule: Rule, fields: Sequence[str]) -> dict[str, Any]:
    """Only what differs; ports and ICMP types need the protocol beside them."""
    names = {*fields, *(["protocol"] if _NEED_PROTOCOL & set(fields) else [])}
    given = _parameters(rule, [name for name in OPTIONS if name in names])
    if "DisplayName" in given:  # which selects rules there
        given["NewDisplayName"] = given.pop("DisplayName")
    return {"operation": "set", "id": rule.id, "parameters": given}


def _parameters(rule: Rule, names: Sequence[str]) -> _Parameters:
    return {OPTIONS[name].parameter: _value(rule, name) for name in names}


def _value(rule: Rule, name: str) -> str | list[str]:
    """A field in the words of the cmdlets."""
    option, value = OPTIONS[name], getattr(rule, name)
    if isinstance(value, tuple):
        texts = [option.words.get(entry, entry) for entry in value] or ["Any"]
        return ",".join(texts) if option.one_text else texts
    return option.words.get(value, str(value))


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
        f"Done before: {', '.join(done) or 'nothing'}; not started: {waiting}. Remove the cause "
        "and run again; the next run does what is missing."
    )


def slowness(outcomes: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence where operations took more than SLOW on average."""
    done = [entry for entry in outcomes if entry["status"] == "done"]
    spent = sum(entry["milliseconds"] for entry in done)
    if spent <= SLOW * len(done):
        return []
    slowest = max(done, key=lambda entry: int(entry["milliseconds"]))
    one = len(done) == 1
    return [
        f"{len(done)} {'operation' if one else 'operations'} on firewall rules took "
        f"{spent / 1000:.0f} s, {spent / len(done) / 1000:.1f} s each on average; the slowest was "
        f"{slowest['operation']} {slowest['id']} with {slowest['milliseconds'] / 1000:.1f} s. The "
        "cmdlets of Windows are slow on this host; find the cause before you change many rules "
        "there."
    ]
