# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: from the rules wanted and the rules a host has to what has to be added, set and
removed, with the reason per field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..sentences import listed
from .rule import OPTIONS, Rule, meaning, option_value, to_options
from .stored import StoredRule
from .values import WILDCARDS

_MOST_NAMED = 4


@dataclass(frozen=True)
class Difference:
    """One field of a rule: its name, the value stored and the value wanted, both as the module
    shows them.
    """

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """A rule that is there and differs. replace: it is removed and added again, since no documented
    Set does it in place.
    """

    wanted: Rule
    stored: StoredRule
    differences: tuple[Difference, ...]
    replace: bool


@dataclass(frozen=True)
class Plan:
    """What has to be done; empty when the host is as wanted."""

    add: tuple[Rule, ...] = ()
    change: tuple[Change, ...] = ()
    remove: tuple[StoredRule, ...] = ()
    unchanged: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing has to be done."""
        return not (self.add or self.change or self.remove)

    def to_dict(self) -> dict[str, Any]:
        """The plan as the module returns it: lists under add, set, remove, and ids under
        unchanged.
        """
        return {
            "add": [to_options(rule) for rule in self.add],
            "set": [
                {
                    "id": change.wanted.id,
                    "display_name": change.wanted.display_name,
                    "replace": change.replace,
                    "fields": {
                        entry.field: {"before": entry.before, "after": entry.after}
                        for entry in change.differences
                    },
                }
                for change in self.change
            ],
            "remove": [
                {"id": stored.id, "display_name": stored.rule.display_name if stored.rule else ""}
                for stored in self.remove
            ],
            "unchanged": list(self.unchanged),
        }


def unlike(plan: Plan) -> list[str]:
    """What is not as wanted, a text for each rule that is missing or left, and for each field."""
    return [
        *(f"{rule.id} is missing" for rule in plan.add),
        *(f"{stored.id} is still there" for stored in plan.remove),
        *(
            f"{change.wanted.id}: {entry.field} is {_shown(entry.before)}, "
            f"wanted {_shown(entry.after)}"
            for change in plan.change
            for entry in change.differences
        ),
    ]


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return listed(list(map(str, value)), most=_MOST_NAMED) or "any"
    return repr(value)


def make_plan(
    wanted: Sequence[Rule],
    stored: Iterable[StoredRule],
    group: str,
    id_prefix: str,
    *,
    purge: bool,
    variables: Mapping[str, str] | None = None,
) -> Plan:
    """Compare the rules wanted with what a host has.

    stored: rules of every store; only the local store is ours to change. purge: remove owned rules
    that are not wanted.
    variables: the host's machine-wide variables by lower-case name, for programs written with
    %...%.
    Raises InputError when an id that is wanted is taken by a rule of another group: such a rule is
    not provably ours.
    """
    local = {rule.id.lower(): rule for rule in stored if rule.store == "local"}
    add, change, unchanged = [], [], []
    for rule in wanted:
        found = local.get(rule.id.lower())
        if found is None:
            add.append(rule)
            continue
        have = found.rule
        if have is None or not is_owned(found, group, id_prefix):
            raise InputError(
                "",
                f"The rule id '{rule.id}' is taken by a rule of {_group_of(found)}, not of "
                f"'{group}'; rename or remove that rule",
            )
        entries = differences(rule, have, variables or {})
        if entries:
            change.append(Change(rule, found, entries, needs_replacing(rule, have)))
        else:
            unchanged.append(rule.id)
    ids = {rule.id.lower() for rule in wanted}
    remove = [
        rule
        for key, rule in sorted(local.items())
        if purge and key not in ids and is_owned(rule, group, id_prefix) and is_removable(rule)
    ]
    return Plan(tuple(add), tuple(change), tuple(remove), tuple(unchanged))


def is_owned(stored: StoredRule, group: str, id_prefix: str) -> bool:
    """Ours is what lies in the local store, carries our group to the letter and an id that begins
    with our prefix.
    """
    return (
        stored.store == "local"
        and stored.rule is not None
        and stored.rule.group == group
        and stored.id.lower().startswith(id_prefix.lower())
    )


def is_removable(stored: StoredRule) -> bool:
    """Whether Windows can be told to remove this rule and no other."""
    return not set(stored.id) & set(WILDCARDS)


def _group_of(stored: StoredRule) -> str:
    if stored.rule is None:
        return f"a form that cannot be judged ({stored.reason})"
    return f"the group '{stored.rule.group}'" if stored.rule.group else "no group"


def differences(wanted: Rule, have: Rule, variables: Mapping[str, str]) -> tuple[Difference, ...]:
    """The fields in which a stored rule does not mean what is wanted. Conditions outside the model
    count: they narrow the rule.
    """
    entries = [
        Difference(name, option_value(have, name), option_value(wanted, name))
        for name in OPTIONS
        if getattr(have, name) != getattr(wanted, name)
        and meaning(have, name, variables) != meaning(wanted, name, variables)
    ]
    if have.conditions:
        entries.append(Difference("other_conditions", list(have.conditions), []))
    return tuple(entries)


def needs_replacing(wanted: Rule, have: Rule) -> bool:
    """Whether a rule has to be removed and added again.

    Set-NetFirewallRule is documented for values, not for taking a description or a service away,
    nor for conditions outside the model; a change of protocol or direction would meet ports, ICMP
    types or edge traversal of the old one in between.
    """
    return bool(
        have.conditions
        or have.protocol != wanted.protocol
        or have.direction != wanted.direction
        or (have.description and not wanted.description)
        or (have.service and not wanted.service)
    )
