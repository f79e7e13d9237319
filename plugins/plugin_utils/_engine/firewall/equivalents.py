# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the host, made earlier, that do the same as one of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .reading import FirewallReading
from .rule import OPTIONS, Rule, meaning

_NAMES = ("id", "display_name", "description")
_TRAFFIC = tuple(name for name in OPTIONS if name not in _NAMES)


def equivalents(reading: FirewallReading, wanted: Sequence[Rule], group: str) -> Iterator[str]:
    """A sentence for each rule of the local store, of another group, that says the same as a rule
    that is wanted.
    """
    ours = {_key(rule) for rule in wanted}
    known = {(rule.direction, rule.protocol) for rule in wanted}
    meant = {_meant(rule, reading): rule for rule in wanted}
    for stored in reading.rules:
        rule = stored.rule
        if (
            stored.store != "local"
            or rule is None
            or stored.reason
            or rule.conditions
            or rule.group == group
        ):
            continue
        if (rule.direction, rule.protocol) not in known or _key(rule) not in ours:
            continue
        found = meant.get(_meant(rule, reading))
        if found:
            yield (
                f"The rule '{rule.display_name}' ({stored.id}) does the same as '{found.id}'; you "
                "may delete it."
            )


def _key(rule: Rule) -> tuple[Any, ...]:
    """Ports only, which are quick to compare, and rule out nearly all."""
    ports = (meaning(rule, name, {}) for name in ("local_ports", "remote_ports"))
    return rule.direction, rule.protocol, *ports


def _meant(rule: Rule, reading: FirewallReading) -> tuple[Any, ...]:
    return tuple(meaning(rule, name, reading.variables) for name in _TRAFFIC)
