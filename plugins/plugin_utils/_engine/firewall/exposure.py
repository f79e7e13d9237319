# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a port that is meant for some addresses is open to more of them by another rule, or by
its profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from ..net import addresses, port_ranges
from ..net.boxes import Box, common, meet, subtract, without
from ..sentences import listed
from .evaluation.decision import MOST_BOXES
from .evaluation.dimensions import WHOLE, Dimension, port_numbers, possible, profile_numbers
from .evaluation.extent import Extent, Live, ignores_remote
from .evaluation.policy import EVERYWHERE, Policy
from .rule import OPTIONS, Rule, is_open, meaning
from .stored import StoredRule

MOST_FOR_A_PORT, MOST_IN_ALL = 10, 1000  # rules that are named; the rest is counted
MOST_WARNINGS = 20
_NARROWING = tuple(name for name, option in OPTIONS.items() if option.narrows)
_OTHERWISE = ("conditions", "authentication")  # doubts that only the host can settle
_PORT = Dimension.LOCAL_PORT  # the first of a box
_STORES = ("gpo", "mdm", "local")
_Member = tuple[int, StoredRule]


def is_limited(rule: Rule) -> bool:
    """An inbound allow rule for some ports and some remote addresses."""
    return (
        rule.enabled
        and rule.direction == "inbound"
        and rule.action == "allow"
        and bool(rule.remote_addresses and rule.local_ports)
    )


def scope(
    policy: Policy, wanted: Sequence[Rule], trusted_groups: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """For every local port of an inbound allow rule that is limited to remote addresses: does
    another rule admit more?

    policy: of the host, without the local rules that a plan replaces or removes; they do not count.
    trusted_groups: group -> id_prefix of rule sets that may do so; they are named last.
    Returns dictionaries: rule (id), protocol, port (text), scoped (bool), wider (rules that admit
    further addresses: store, group, id, display_name, remote_addresses; or a profile whose inbound
    default is Allow or whose firewall is off), conditional (ids of rules that would, if the
    program, service or other condition they name held for this port, which only the host's
    administrator knows; of rules whose text cannot be judged; and of the rule itself where a token
    of it is not described, which is not scoped then). What block rules certainly take is not
    admitted.
    omitted: how many of wider and of conditional are not listed, beyond MOST_FOR_A_PORT for a port
    and MOST_IN_ALL together.
    """
    reading = policy.reading
    index = _Index(policy, trusted_groups or {})
    unclear = [stored.id for stored in policy.unclear("inbound", "allow")]
    doubtful = {
        entry.id.lower()
        for entry in reading.rules
        if entry.store == "local" and entry.rule and entry.rule.unknown
    }
    profiles = [
        found for profile in reading.active_profiles for found in _open_profile(policy, profile)
    ]
    left = MOST_IN_ALL
    found = []
    for rule in filter(is_limited, wanted):
        own = [rule.id] if rule.id.lower() in doubtful else []
        limits = _Limits(policy, rule)
        for port in rule.local_ports:
            wider, conditional = index.wider(limits, port)
            open_profiles = limits.left_open(profiles, port)
            most = min(left, MOST_FOR_A_PORT)
            named = [*open_profiles, *map(_named, wider[:most])][:most]
            left -= len(named)
            most = min(left, MOST_FOR_A_PORT)
            doubts = [*own, *unclear[:most], *(stored.id for stored in conditional[:most])][:most]
            left -= len(doubts)
            found.append(
                {
                    "rule": rule.id,
                    "protocol": rule.protocol,
                    "port": port,
                    "scoped": not (open_profiles or wider or own),
                    "wider": named,
                    "conditional": doubts,
                    "omitted": {
                        "wider": len(open_profiles) + len(wider) - len(named),
                        "conditional": len(own) + len(unclear) + len(conditional) - len(doubts),
                    },
                }
            )
    return found


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
                f"Port{'' if one else 's'} {', '.join(some)} of '{rule}' {'is' if one else 'are'} "
                f"not limited to its remote addresses; others are allowed by {names}."
            )
    if rest > 0:
        sentences.append(
            f"{rest} more ports are not limited to their remote addresses; see exposure in the "
            "result."
        )
    return sentences


@dataclass(frozen=True)
class _Class:
    """Rules that admit the same, with their places among all others."""

    extent: Extent
    rule: Rule
    members: list[_Member]


class _Limits:
    """What a rule of ours admits, and what block rules take of its ports from anybody."""

    def __init__(self, policy: Policy, rule: Rule) -> None:
        self.rule = rule
        self.variables = policy.reading.variables
        extent = policy.interpreter.extent(
            StoredRule("local", rule.id, "", rule), rule, Live(EVERYWHERE, EVERYWHERE)
        )
        self._admitted = policy.interpreter.addresses(rule.remote_addresses)[0]
        ports, words = port_numbers(rule.local_ports)
        box = list(WHOLE)
        box[_PORT] = WHOLE[_PORT] if words else ports
        for dimension in (Dimension.PROTOCOL, Dimension.PROFILE, Dimension.LOCAL_ADDRESS):
            box[dimension] = extent.shape[dimension]
        self.box: Box = tuple(box)
        self._blocks: dict[Any, list[Box]] = {}
        self._open: dict[Any, bool] = {}
        for block in _joined(policy.applying("inbound", ("block",), self.box)):
            self._blocks.setdefault(block[Dimension.PROGRAM], []).append(block)

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for rules that differ in their ports alone."""
        own = tuple(meaning(self.rule, name, {}) for name in _NARROWING)
        return self.box[_PORT + 1 :], self.rule.remote_addresses, own

    def further(self, entry: _Class) -> list[Box]:
        """What rules admit of our protocol, on an address and in a profile of ours, from further
        addresses, whatever its ports.
        """
        rule = entry.rule
        if not (ignores_remote(rule) or rule.unknown) and addresses.covered(
            rule.remote_addresses, self.rule.remote_addresses
        ):
            return []
        box = list(entry.extent.shape)
        box[Dimension.REMOTE_ADDRESS] = without(box[Dimension.REMOTE_ADDRESS], self._admitted)
        box[_PORT] = self.box[_PORT]
        both = meet(tuple(box), self.box)
        return possible(both) if both else []

    def open(self, entry: _Class, boxes: list[Box], port: str) -> bool:
        """Whether some of the boxes stays open on a port. Rules that bypass are not blocked."""
        if entry.extent.action == "bypass" or not self._blocks:
            return True
        everybody = WHOLE[Dimension.PROGRAM]
        program = boxes[0][Dimension.PROGRAM]
        if program not in self._blocks:
            program = everybody  # what is blocked of all programs alike
        names = list({program: 0, everybody: 0})
        blocks = [block for name in names for block in self._blocks.get(name, ())]
        numbers = common(port_numbers((port,))[0] or WHOLE[_PORT], entry.extent.shape[_PORT])
        before, after = Dimension.PROGRAM, Dimension.PROGRAM + 1
        asked = tuple((numbers, *box[1:before], program, *box[after:]) for box in boxes)
        if asked not in self._open:
            self._open[asked] = bool(subtract(asked, blocks, MOST_BOXES)[0])
        return self._open[asked]

    def left_open(
        self, profiles: Iterable[tuple[dict[str, Any], str, bool]], port: str
    ) -> list[dict[str, Any]]:
        """Profiles that admit everything, but for those that do so by default alone and of which
        block rules take all of a port.
        """
        return [
            entry
            for entry, profile, by_default in profiles
            if not (by_default and self._blocks_rest(profile, port))
        ]

    def _blocks_rest(self, profile: str, port: str) -> bool:
        box = list(self.box)
        box[Dimension.PROFILE] = common(box[Dimension.PROFILE], profile_numbers(profile))
        box[_PORT] = port_numbers((port,))[0] or WHOLE[_PORT]
        box[Dimension.REMOTE_ADDRESS] = without(WHOLE[Dimension.REMOTE_ADDRESS], self._admitted)
        blocks = self._blocks.get(WHOLE[Dimension.PROGRAM], ())
        return (
            bool(box[Dimension.PROFILE])
            and not subtract(possible(tuple(box)), blocks, MOST_BOXES)[0]
        )

    def may_not_hold(self, entry: _Class) -> bool:
        """A rule that does not name the port admits it only for the program, service or other
        condition it is limited to; that may hold, or not.
        """
        rule = entry.rule
        return any(doubt in entry.extent.doubts for doubt in _OTHERWISE) or any(
            not is_open(rule, name)
            and meaning(rule, name, self.variables) != meaning(self.rule, name, self.variables)
            for name in _NARROWING
            if (name, getattr(rule, name)) != ("program", "System")
        )


def _joined(blocks: Iterable[Extent]) -> list[Box]:
    """What block rules certainly take; those that differ in their remote addresses alone are one,
    as every box that is taken away makes the rest longer.
    """
    place = Dimension.REMOTE_ADDRESS
    found: dict[Any, list[tuple[int, int]]] = {}
    for block in blocks:
        if block.must:
            rest = block.must[:place], block.must[place + 1 :]
            found.setdefault(rest, []).extend(block.must[place])
    return [(*front, addresses.merge(spans), *back) for (front, back), spans in found.items()]


def _classes(policy: Policy, trusted_groups: Mapping[str, str]) -> list[_Class]:
    """Rules that may admit something; those of trusted groups have the last places."""
    others = sorted(
        policy.allowing("inbound"),
        key=lambda stored: _is_trusted(stored.store, stored.group, stored.id, trusted_groups),
    )
    found: dict[tuple[Any, ...], _Class] = {}
    for place, stored in enumerate(others):
        rule = stored.rule
        if rule:
            extent = policy.extent(stored, rule)
            if extent.enabled and extent.may:
                doubts = tuple(doubt for doubt in _OTHERWISE if doubt in extent.doubts)
                said = tuple(meaning(rule, name, {}) for name in _NARROWING)
                more = ignores_remote(rule), bool(rule.unknown)  # what their texts do not say
                key = (
                    rule.local_ports, rule.remote_addresses, extent.action, doubts, extent.may,
                    said, more,
                )  # fmt: skip
                entry = found.setdefault(key, _Class(extent, rule, []))
                entry.members.append((place, stored))
    return list(found.values())


class _Index:
    """The classes by the ports they name, so that few have to be looked at for a port."""

    def __init__(self, policy: Policy, trusted_groups: Mapping[str, str]) -> None:
        self._single: dict[int, list[_Class]] = {}
        self._others: list[_Class] = []
        self._any_port: list[_Class] = []
        self._answers: dict[tuple[Any, ...], list[tuple[_Class, list[Box], bool]]] = {}
        for entry in _classes(policy, trusted_groups):
            spans, words = port_ranges.spans(entry.rule.local_ports)
            more = any(token.startswith("lport") for token in entry.rule.unknown)  # may add ports
            if more or not entry.rule.local_ports:
                self._any_port.append(entry)
            if not entry.rule.local_ports:
                continue
            if not words and all(first == last for first, last in spans):
                for port, _last in spans:
                    self._single.setdefault(port, []).append(entry)
            else:
                self._others.append(entry)

    def wider(self, ours: _Limits, port: str) -> tuple[list[StoredRule], list[StoredRule]]:
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
        kinds: dict[bool, dict[int, StoredRule]] = {False: {}, True: {}}
        found = [(entry, ours.further(entry), False) for entry in named]
        for entry, boxes, conditional in (*found, *self._of_any_port(ours)):
            if boxes and ours.open(entry, boxes, port):
                kinds[conditional].update(entry.members)
        for place in kinds[False]:
            kinds[True].pop(place, None)
        wider, conditional_ones = (
            [stored for _place, stored in sorted(kinds[kind].items(), key=itemgetter(0))]
            for kind in (False, True)
        )
        return wider, conditional_ones

    def _of_any_port(self, ours: _Limits) -> list[tuple[_Class, list[Box], bool]]:
        """Rules that name no port; the same for all rules of ours that are limited alike."""
        if ours.key not in self._answers:
            self._answers[ours.key] = [
                (entry, boxes, ours.may_not_hold(entry))
                for entry in self._any_port
                if (boxes := ours.further(entry))
            ]
        return self._answers[ours.key]


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


def _profile(profile: str, place: str, *, certain: bool) -> dict[str, Any]:
    opens = "allows" if certain else "may allow"
    return {
        **dict.fromkeys(("group", "id"), ""),
        "store": place,
        "display_name": f"the {profile} profile, which {opens} everything",
        "remote_addresses": ["any"],
    }


def _open_profile(policy: Policy, profile: str) -> Iterator[tuple[dict[str, Any], str, bool]]:
    """A profile whose firewall is off, or may be, or that admits by default: how it is named, and
    whether it is only the default.
    """
    settings = policy.settings[profile]
    for name, kept, by_default in (
        ("EnableFirewall", settings.on, False),
        ("DefaultInboundAction", settings.inbound, True),
    ):
        if False in kept:
            certain, reading = kept == {False}, policy.reading
            said = [one for one in _STORES if reading.configured(one, profile, name) == 0]
            place = said[0] if said else reading.policy(profile, name)[1]
            yield _profile(profile, place, certain=certain), profile, by_default
            if certain:
                return  # the rest makes no difference


def _shares(
    local_ports: tuple[str, ...], mine: tuple[tuple[int, int], ...], my_words: frozenset[str]
) -> bool:
    theirs, their_words = port_ranges.spans(local_ports)
    return addresses.overlap(theirs, mine) or bool(their_words & my_words)


def _is_trusted(store: str, group: str, rule_id: str, trusted_groups: Mapping[str, str]) -> bool:
    prefix = trusted_groups.get(group) if store == "local" else None
    return bool(prefix) and rule_id.lower().startswith(str(prefix).lower())
