# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a plan admits more. It is done on every server of a farm before anything is closed, so
that a farm that stops midway still talks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .difference import Change, Plan, differences, needs_replacing
from .rule import Rule
from .values import PROFILES

_LISTS = (
    "local_ports", "remote_ports", "local_addresses", "remote_addresses", "icmp_types",
)  # fmt: skip
_OPENNESS = ("block", "defer_to_user", "defer_to_app", "allow")  # of edge traversal
# Windows' cmdlets take one of them, so two are never united.
_SINGLE = ("interface_types", "program", "service")


def widening(plan: Plan, variables: Mapping[str, str]) -> Plan:
    """The part of a plan that admits more: allow rules added, block rules removed, and of a changed
    allow rule what is admitted before or after. What is left is done by the whole plan that is made
    afterwards.

    variables: the host's machine-wide variables by lower-case name.
    """
    changes = (_widened(change, variables) for change in plan.change)
    return Plan(
        tuple(rule for rule in plan.add if rule.action == "allow"),
        tuple(change for change in changes if change.differences),
        tuple(stored for stored in plan.remove if stored.rule and stored.rule.action == "block"),
        plan.unchanged,
    )


def _widened(change: Change, variables: Mapping[str, str]) -> Change:
    have = change.stored.rule
    if have is None or change.wanted.action != "allow" or not change.wanted.enabled:
        return replace(change, differences=())
    between = _between(change.wanted, have)
    entries = differences(between, have, variables)
    return Change(between, change.stored, entries, needs_replacing(between, have))


def _between(wanted: Rule, have: Rule) -> Rule:
    """Admits what both do. Where the two have no part of the traffic in common, as with another
    protocol or a rule that is disabled, what is wanted.
    """
    alike = (have.protocol, have.direction, have.action) == (
        wanted.protocol,
        wanted.direction,
        wanted.action,
    )
    if not (alike and have.enabled):
        return wanted
    between: dict[str, Any] = {
        name: _united(getattr(wanted, name), getattr(have, name)) for name in _LISTS
    }
    for name in _SINGLE:
        if not getattr(have, name):
            between[name] = getattr(have, name)
    return replace(
        wanted,
        **between,
        profiles=_profiles(wanted, have),
        edge_traversal=max(wanted.edge_traversal, have.edge_traversal, key=_OPENNESS.index),
    )


def _profiles(wanted: Rule, have: Rule) -> tuple[str, ...]:
    """In the order in which they are stored, all three as none."""
    both = _united(wanted.profiles, have.profiles)
    return () if len(both) == len(PROFILES) else tuple(one for one in PROFILES if one in both)


def _united(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """An empty list is everything."""
    return tuple(dict.fromkeys((*one, *other))) if one and other else ()
