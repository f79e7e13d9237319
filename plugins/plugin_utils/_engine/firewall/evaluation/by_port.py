# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of one direction by their local ports, so that few have to be looked at for a port."""

from __future__ import annotations

from collections.abc import Iterator

from ...net.boxes import Ranges, common
from ..rule import Rule
from ..stored import StoredRule
from .dimensions import port_numbers

Member = tuple[StoredRule, Rule]
_Key = tuple[str, tuple[str, ...]]


class RulesByPort:
    """Groups of rules of equal protocol and local ports."""

    def __init__(self) -> None:
        self._members: dict[_Key, list[Member]] = {}
        self._single: dict[int, list[_Key]] = {}
        self._wide: list[_Key] = []

    def add(self, stored: StoredRule, rule: Rule) -> None:
        """One more rule. A token that nobody has described may add ports to it."""
        key = rule.protocol, () if rule.unknown else rule.local_ports
        if key not in self._members:
            spans, words = port_numbers(key[1])
            if words or any(low != high for low, high in spans):
                self._wide.append(key)
            else:
                for port, _same in spans:
                    self._single.setdefault(port, []).append(key)
        self._members.setdefault(key, []).append((stored, rule))

    def near(self, ports: Ranges) -> Iterator[tuple[str, list[Member]]]:
        """The protocol and the rules of every group that may apply to some of the ports."""
        keys: dict[_Key, None] = {}
        for key in self._wide:
            own, words = port_numbers(key[1])
            if words or common(own, ports):
                keys[key] = None
        for low, high in ports:
            near = (
                range(low, high + 1)
                if high - low < len(self._single)
                else [port for port in self._single if low <= port <= high]
            )
            keys.update((key, None) for port in near for key in self._single.get(port, ()))
        for key in keys:
            yield key[0], self._members[key]
