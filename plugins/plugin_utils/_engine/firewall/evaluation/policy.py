# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy that is in force on a host: its settings by profile, and its rules as extents."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from ...net.boxes import Box, Ranges, common, meets
from ..reading import SERVICES, ExceptionList, FirewallReading
from ..rule import Rule
from ..stored import StoredRule
from .by_port import RulesByPort
from .dimensions import PROFILE_NAMES, Dimension, port_numbers, protocol_numbers
from .extent import Extent, Interpreter, Live

EVERYWHERE = frozenset(PROFILE_NAMES)
_GUID = re.compile(r"\{[0-9A-Fa-f-]{36}\}")
_XP_PROTOCOLS = ("tcp", "udp")
# The profiles of a registry key, by store; a group policy's StandardProfile is that of Windows XP.
_PROFILES_OF_KEY = {
    "DomainProfile": ("domain",),
    "PrivateProfile": ("private",),
    "PublicProfile": ("public",),
}
_STANDARD = {"gpo": ("private", "public"), "mdm": ("private",), "local": ("private",)}


@dataclass(frozen=True)
class ProfileSettings:
    """What can be true of one profile; both values where it is not known.

    on: the firewall. shielded: all inbound connections are blocked. inbound, outbound: connections
    that no rule decides are blocked. merged: local rules count. unfiltered: ids of interfaces that
    the firewall leaves alone.
    """

    on: frozenset[bool]
    shielded: frozenset[bool]
    inbound: frozenset[bool]
    outbound: frozenset[bool]
    merged: frozenset[bool]
    unfiltered: frozenset[str]

    def default_blocks(self, direction: str) -> frozenset[bool]:
        """Whether a connection that no rule decides is blocked."""
        return self.inbound if direction == "inbound" else self.outbound


class Policy:
    """What is in force on a host."""

    def __init__(self, reading: FirewallReading) -> None:
        self.reading = reading
        self.interpreter = Interpreter(reading)
        self.settings = {profile: _settings(reading, profile) for profile in PROFILE_NAMES}
        self._leaving: frozenset[str] = frozenset()
        self._rules = _by_direction(reading)
        self._extents: dict[int, Extent] = {}
        self._merged = {
            answer: frozenset(
                profile for profile in PROFILE_NAMES if answer in self.settings[profile].merged
            )
            for answer in (True, False)
        }

    def without(self, ids: Iterable[str]) -> Policy:
        """The same without local rules of these ids, as a plan replaces or removes them."""
        other = copy(self)
        other._leaving = frozenset(rule_id.lower() for rule_id in ids)
        return other

    @property
    def running(self) -> bool:
        """Whether the services of the firewall run."""
        return all(self.reading.services.get(name) == "Running" for name in SERVICES)

    def extents(
        self, direction: str, actions: Collection[str], protocols: Ranges, ports: Ranges
    ) -> Iterator[Extent]:
        """Rules of a direction and of actions that may apply to some of the protocols and local
        ports; disabled ones too.
        """
        for protocol, members in self._rules[direction].near(ports):
            if common(protocol_numbers(protocol), protocols):
                for stored, rule in members:
                    if rule.action not in actions and not (
                        rule.action == "allow" and "bypass" in actions
                    ):
                        continue
                    extent = self.extent(stored, rule)
                    if extent.action in actions and self._stays(stored):
                        yield extent
        for extent in self._unclear[direction]:
            if extent.action in actions:
                yield extent

    def applying(self, direction: str, actions: Collection[str], box: Box) -> Iterator[Extent]:
        """The rules in force of a direction and of actions that may apply to some of a box."""
        for extent in self.extents(
            direction, actions, box[Dimension.PROTOCOL], box[Dimension.LOCAL_PORT]
        ):
            if extent.enabled and meets((box,), extent.may):
                yield extent

    def unclear(self, direction: str, action: str) -> list[StoredRule]:
        """What cannot be read and may be a rule in force of a direction and an action; lists of
        exceptions from before Vista too, whose id is their kind.
        """
        found = (extent for extent in self._unclear[direction] if extent.action == action)
        return [extent.stored for extent in found if extent.may]

    def allowing(self, direction: str) -> list[StoredRule]:
        """Rules of a direction that are no block rules, in the order of the reading."""
        return [
            stored
            for stored in self.reading.rules
            if stored.rule
            and stored.rule.direction == direction
            and stored.rule.action != "block"
            and self._stays(stored)
        ]

    def _stays(self, stored: StoredRule) -> bool:
        return not (stored.store == "local" and stored.id.lower() in self._leaving)

    def extent(self, stored: StoredRule, rule: Rule) -> Extent:
        """Of a rule of the reading."""
        found = self._extents.get(id(stored))
        if found is None:
            found = self.interpreter.extent(stored, rule, self.live(stored, rule))
            self._extents[id(stored)] = found
        return found

    def live(self, stored: StoredRule, rule: Rule | None) -> Live:
        """In which profiles a rule counts by its store.

        [MS-FASP] 3.1.3 combines the rules of all stores; New-NetFirewallRule (Name) says that equal
        ids overwrite one another. Which of the two holds is not known, so the lower one may count.
        """
        if stored.store == "gpo":
            return Live(EVERYWHERE, EVERYWHERE)
        above = self._ids["gpo"]
        if stored.store == "mdm":
            # whether a group policy that refuses local rules means those of MDM is stated nowhere
            refused = [
                profile
                for profile in PROFILE_NAMES
                if self.reading.configured("gpo", profile, "AllowLocalPolicyMerge") == 0
            ]
            return Live(
                frozenset() if stored.id.lower() in above else EVERYWHERE - set(refused),
                EVERYWHERE,
            )
        must = self._merged[True] - self._merged[False]
        if stored.id.lower() in above or stored.id.lower() in self._ids["mdm"]:
            must = frozenset()
        if rule and self.switched_off:
            must -= self.switched_off.get(exception_kind(rule), frozenset())
        return Live(must, self._merged[True])

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        """Ids of the rules above the local store."""
        found: dict[str, set[str]] = {"gpo": set(), "mdm": set()}
        for stored in self.reading.rules:
            if stored.store != "local":
                found[stored.store].add(stored.id.lower())
        return found

    @cached_property
    def _unclear(self) -> dict[str, list[Extent]]:
        """What stands for rules that cannot be read, by direction."""
        found: dict[str, list[Extent]] = {"inbound": [], "outbound": []}
        unread = [stored for stored in self.reading.rules if stored.rule is None]
        for direction, extents in found.items():
            for stored in unread:
                extents += self.interpreter.unread(stored, direction, self.live(stored, None))
        for exceptions in self.reading.exceptions or ():
            if exceptions.store == "gpo" and exceptions.entries != ():
                profiles = frozenset(_profiles_of(exceptions))
                stored = StoredRule(
                    "gpo", exceptions.kind, "", None, "a list of exceptions from before Vista"
                )
                found["inbound"] += self.interpreter.unread(
                    stored, "inbound", Live(frozenset(), profiles), "exceptions"
                )
        return found

    @cached_property
    def switched_off(self) -> dict[str, frozenset[str]]:
        """Kind of exception of Windows XP -> profiles in which local ones may not count."""
        found: dict[str, frozenset[str]] = {}
        for entry in self.reading.exceptions or ():
            allowed = (
                None if entry.user_merge is None else entry.user_merge.get("AllowUserPrefMerge", 1)
            )
            if not allowed:
                profiles = frozenset(_profiles_of(entry))
                found[entry.kind] = found.get(entry.kind, frozenset()) | profiles
        return found


def _by_direction(reading: FirewallReading) -> dict[str, RulesByPort]:
    """Rules that were read."""
    found = {"inbound": RulesByPort(), "outbound": RulesByPort()}
    for stored in reading.rules:
        if stored.rule:
            found[stored.rule.direction].add(stored, stored.rule)
    return found


def exception_kind(rule: Rule) -> str:
    """Whether a rule has the form of an exception of Windows XP ([MS-FASP] 2.2.38)."""
    if rule.service or rule.protocol not in _XP_PROTOCOLS:
        return ""
    spans, words = port_numbers(rule.local_ports)
    if rule.program:
        return "" if rule.local_ports else "AuthorizedApplications"
    return "GloballyOpenPorts" if rule.local_ports and len(spans) == 1 and not words else ""


def _profiles_of(entry: ExceptionList) -> tuple[str, ...]:
    return _PROFILES_OF_KEY.get(entry.profile, _STANDARD[entry.store])


def _settings(reading: FirewallReading, profile: str) -> ProfileSettings:
    return ProfileSettings(
        **{
            field: frozenset(bool(value) for value in reading.possible(profile, name))
            for field, name in (
                ("on", "EnableFirewall"),
                ("shielded", "DoNotAllowExceptions"),
                ("inbound", "DefaultInboundAction"),
                ("outbound", "DefaultOutboundAction"),
                ("merged", "AllowLocalPolicyMerge"),
            )
        },
        unfiltered=_unfiltered(reading, profile),
    )


def _unfiltered(reading: FirewallReading, profile: str) -> frozenset[str]:
    """Interfaces of the host that may be left alone; all that are named where it did not tell its
    interfaces.
    """
    named = {guid.lower() for text in reading.disabled(profile) for guid in _GUID.findall(text)}
    if reading.interfaces is None:
        return frozenset(named)
    return frozenset(named & {interface.id.lower() for interface in reading.interfaces})
