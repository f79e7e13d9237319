# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a port that is meant for some addresses is open to more of them by another rule, or by
its profile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from ..net import addresses, port_ranges
from ..sentences import listed
from .evaluation.extent import may_apply
from .reading import FirewallReading
from .rule import OPTIONS, Rule, is_open, meaning
from .stored import StoredRule
from .values import PROFILES

MOST_FOR_A_PORT, MOST_IN_ALL = 10, 1000  # rules that are named; the rest is counted
MOST_WARNINGS = 20
_NOT_NARROWING = (
    "platform",
    "luown=",
    "defer=",
)  # which Windows a rule is for, whose it is and how NAT is met say nothing of the traffic
_NARROWING = tuple(name for name, option in OPTIONS.items() if option.narrows)
_Member = tuple[int, StoredRule]
_APP_CONTAINER = ("apppkgid=", "pfn=")


def is_limited(rule: Rule) -> bool:
    """An inbound allow rule for some ports and some remote addresses."""
    return (
        rule.enabled
        and rule.direction == "inbound"
        and rule.action == "allow"
        and bool(rule.remote_addresses and rule.local_ports)
    )


def scope(
    reading: FirewallReading,
    wanted: Sequence[Rule],
    leaving: Iterable[StoredRule] = (),
    trusted_groups: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """For every local port of an inbound allow rule that is limited to remote addresses: does
    another rule admit more?

    leaving: local rules that a plan will remove; they do not count. trusted_groups: group ->
    id_prefix of rule sets that may do so; they are named last.
    Returns dictionaries: rule (id), protocol, port (text), scoped (bool), wider (rules that admit
    further addresses: store, group, id, display_name, remote_addresses; or a profile whose inbound
    default is Allow or whose firewall is off), conditional (ids of rules that would, if the
    program, service or other condition they name held for this port, which only the host's
    administrator knows; of rules whose text cannot be judged; and of the rule itself where a token
    of it is not described, which is not scoped then).
    omitted: how many of wider and of conditional are not listed, beyond MOST_FOR_A_PORT for a port
    and MOST_IN_ALL together.
    """
    own_ids = {rule.id.lower() for rule in wanted} | {stored.id.lower() for stored in leaving}
    index = _Index(_classes(_others(reading, own_ids, trusted_groups or {})))
    unread = [entry for entry in reading.rules if entry.rule is None]
    unclear = [entry.id for entry in unread if may_apply(entry, "inbound", "allow")]
    doubtful = {
        entry.id.lower()
        for entry in reading.rules
        if entry.store == "local" and entry.rule and entry.rule.unknown
    }
    profiles = [
        _profile(profile, place)
        for profile in reading.active_profiles
        for place in _open_profile(reading, profile)
    ]
    left = MOST_IN_ALL
    found = []
    for rule in filter(is_limited, wanted):
        own = [rule.id] if rule.id.lower() in doubtful else []
        for port in rule.local_ports:
            wider, conditional = index.wider(rule, port, reading)
            most = min(left, MOST_FOR_A_PORT)
            named = [*profiles, *map(_named, wider[:most])][:most]
            doubts = [*own, *unclear[:most], *(stored.id for stored in conditional[:most])][:most]
            left -= len(named) + len(doubts)
            found.append(
                {
                    "rule": rule.id,
                    "protocol": rule.protocol,
                    "port": port,
                    "scoped": not (profiles or wider or own),
                    "wider": named,
                    "conditional": doubts,
                    "omitted": {
                        "wider": len(profiles) + len(wider) - len(named),
                        "conditional": len(own) + len(unclear) + len(conditional) - len(doubts),
                    },
                }
            )
    return found


def _others(
    reading: FirewallReading, own_ids: Collection[str], trusted_groups: Mapping[str, str]
) -> list[StoredRule]:
    """Rules in force that are not among the own ones and admit something; trusted groups last."""
    others = [
        entry
        for entry in reading.rules
        if (entry.store != "local" or entry.id.lower() not in own_ids)
        and entry.rule
        and _admits(entry.rule)
    ]
    return sorted(
        others, key=lambda entry: _is_trusted(entry.store, entry.group, entry.id, trusted_groups)
    )


def warnings_of_exposure(
    scopes: Sequence[Mapping[str, Any]], trusted_groups: Mapping[str, str] | None = None
) -> list[str]:
    """A sentence for the ports of a rule that the same rules, not known, open wider; for at most
    MOST_WARNINGS ports.

    trusted_groups: group -> id_prefix of rule sets that may do so, owned like our own.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for entry in scopes:
        wider = [
            rule
            for rule in entry["wider"]
            if not _is_trusted(rule["store"], rule["group"], rule["id"], trusted_groups or {})
        ]
        more = entry["omitted"]["wider"] if len(wider) == len(entry["wider"]) else 0
        if wider or more:
            names = listed(
                [f"'{rule['display_name']}' ({rule['id'] or rule['store']})" for rule in wider],
                more,
            ).removeprefix(" and ")
            port = f"{entry['port']}/{entry['protocol']}"
            found.setdefault((entry["rule"], names), []).append(port)
    rest = sum(map(len, found.values())) - MOST_WARNINGS
    sentences, left = [], MOST_WARNINGS
    for (rule, names), ports in found.items():
        some = ports[:left]
        left -= len(some)
        if some:
            one = len(some) == 1
            sentences.append(
                f"Port{'' if one else 's'} {', '.join(some)} of '{rule}' "
                f"{'is' if one else 'are'} not limited to {'its' if one else 'their'} remote "
                f"addresses; further ones are admitted by {names}."
            )
    if rest > 0:
        sentences.append(
            f"{rest} more ports are not limited to their remote addresses; they are in exposure."
        )
    return sentences


@dataclass(frozen=True)
class _Class:
    """Rules that admit the same, with their places among all others."""

    rule: Rule
    members: tuple[_Member, ...]


def _classes(others: Iterable[StoredRule]) -> list[_Class]:
    found: dict[tuple[Any, ...], list[_Member]] = {}
    for place, stored in enumerate(others):
        rule = stored.rule
        if rule:
            limits = (
                rule.local_addresses,
                rule.remote_addresses,
                _meanings(rule),
                _has_conditions(rule),
            )
            found.setdefault((rule.protocol, rule.local_ports, rule.profiles, *limits), []).append(
                (place, stored)
            )
    return [
        _Class(members[0][1].rule, tuple(members))
        for members in found.values()
        if members[0][1].rule
    ]


class _Index:
    """The classes by the ports they name, so that few have to be looked at for a port."""

    def __init__(self, classes: Iterable[_Class]) -> None:
        self._single: dict[int, list[_Class]] = {}
        self._others: list[_Class] = []
        self._any_port: list[_Class] = []
        self._answers: dict[tuple[Any, ...], tuple[list[_Member], list[_Member]]] = {}
        for entry in classes:
            spans, words = port_ranges.spans(entry.rule.local_ports)
            if not entry.rule.local_ports:
                self._any_port.append(entry)
            elif not words and all(first == last for first, last in spans):
                for port, _last in spans:
                    self._single.setdefault(port, []).append(entry)
            else:
                self._others.append(entry)

    def wider(
        self, ours: Rule, port: str, reading: FirewallReading
    ) -> tuple[list[StoredRule], list[StoredRule]]:
        """The rules that open a port or range of ours to further addresses, and those that may;
        each in their order.
        """
        mine, words = port_ranges.spans((port,))
        named = [entry for entry in self._others if _shares(entry.rule.local_ports, mine, words)]
        for first, last in mine:
            near = (
                range(first, last + 1)
                if last - first < len(self._single)
                else [one for one in self._single if first <= one <= last]
            )
            named += [entry for one in near for entry in self._single.get(one, ())]
        open_anyway, conditional = self._of_any_port(ours, reading)
        found = {
            place: stored
            for entry in named
            if _exceeds(entry.rule, ours)
            for place, stored in entry.members
        }
        together = (
            sorted([*found.items(), *open_anyway], key=itemgetter(0)) if found else open_anyway
        )
        return [stored for _place, stored in together], [stored for _place, stored in conditional]

    def _of_any_port(
        self, ours: Rule, reading: FirewallReading
    ) -> tuple[list[_Member], list[_Member]]:
        """Rules that name no port; the same for all rules of ours that are limited alike."""
        key = (
            ours.protocol,
            ours.profiles,
            ours.local_addresses,
            ours.remote_addresses,
            _meanings(ours),
        )
        if key not in self._answers:
            kinds: dict[bool, list[_Member]] = {False: [], True: []}
            for entry in self._any_port:
                if _exceeds(entry.rule, ours):
                    kinds[_limited_otherwise(entry.rule, ours, reading)] += entry.members
            self._answers[key] = (
                sorted(kinds[False], key=itemgetter(0)),
                sorted(kinds[True], key=itemgetter(0)),
            )
        return self._answers[key]


def _named(stored: StoredRule) -> dict[str, Any]:
    remote = list(stored.rule.remote_addresses) if stored.rule else []
    return {
        "store": stored.store,
        "group": stored.group,
        "id": stored.id,
        "display_name": stored.display_name,
        "remote_addresses": _some(remote),
    }


def _some(texts: list[str]) -> list[str]:
    return [
        *texts[:MOST_FOR_A_PORT],
        *([f"and {len(texts) - MOST_FOR_A_PORT} more"] if len(texts) > MOST_FOR_A_PORT else []),
    ] or ["any"]


def _profile(profile: str, place: str) -> dict[str, Any]:
    return {
        "store": place,
        "group": "",
        "id": "",
        "display_name": f"the {profile} profile, which admits everything",
        "remote_addresses": ["any"],
    }


def _admits(rule: Rule) -> bool:
    return (
        rule.enabled
        and rule.direction == "inbound"
        and rule.action != "block"
        and not any(condition.startswith(_APP_CONTAINER) for condition in rule.conditions)
    )


def _open_profile(reading: FirewallReading, profile: str) -> list[str]:
    enabled, place = reading.policy(profile, "EnableFirewall")
    if not enabled:
        return [place]
    blocked, place = reading.policy(profile, "DefaultInboundAction")
    return [] if blocked else [place]


def _exceeds(rule: Rule, ours: Rule) -> bool:
    """Whether a rule admits traffic of our protocol on an address and in a profile of ours from a
    further address, whatever its ports.
    """
    if rule.protocol not in ("any", ours.protocol) or not set(rule.profiles or PROFILES) & set(
        ours.profiles or PROFILES
    ):
        return False
    if addresses.covered(rule.remote_addresses, ours.remote_addresses):
        return False
    if not (rule.local_addresses and ours.local_addresses):
        return True
    one, other = addresses.spans(rule.local_addresses), addresses.spans(ours.local_addresses)
    return addresses.overlap(one.v4, other.v4) or addresses.overlap(one.v6, other.v6)


def _shares(
    local_ports: tuple[str, ...], mine: tuple[tuple[int, int], ...], my_words: frozenset[str]
) -> bool:
    theirs, their_words = port_ranges.spans(local_ports)
    return addresses.overlap(theirs, mine) or bool(their_words & my_words)


def _has_conditions(rule: Rule) -> bool:
    return any(not condition.startswith(_NOT_NARROWING) for condition in rule.conditions)


def _meanings(rule: Rule) -> tuple[Any, ...]:
    return tuple(meaning(rule, name, {}) for name in _NARROWING)


def _limited_otherwise(rule: Rule, ours: Rule, reading: FirewallReading) -> bool:
    """A rule that does not name the port admits it only for the program, service or other condition
    it is limited to; that may hold, or not.
    """
    return _has_conditions(rule) or any(
        not is_open(rule, name)
        and meaning(rule, name, reading.variables) != meaning(ours, name, reading.variables)
        for name in _NARROWING
        if (name, getattr(rule, name)) != ("program", "System")
    )


def _is_trusted(store: str, group: str, rule_id: str, trusted_groups: Mapping[str, str]) -> bool:
    prefix = trusted_groups.get(group) if store == "local" else None
    return bool(prefix) and rule_id.lower().startswith(str(prefix).lower())
