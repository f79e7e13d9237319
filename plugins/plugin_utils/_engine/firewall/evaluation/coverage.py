# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What block rules of the host take from wanted allow rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from ...net.boxes import Box, Ranges, meet, subtract
from ..rule import Rule
from ..stored import StoredRule
from .decision import MOST_BOXES
from .dimensions import (
    OTHER,
    PROFILE_NAMES,
    WHOLE,
    Dimension,
    address_ranges,
    numbers_of,
    port_numbers,
    possible,
)
from .extent import Extent
from .policy import Policy

_OWN_FOLDER = "\\gfi\\mailessentials\\"  # where it is installed, in lower case (gfi-facts: FRY)


@dataclass(frozen=True)
class Path:
    """What is needed of a wanted rule: one port entry and one remote entry, in one profile, for the
    program of the rule or one that no rule names. any_remote: the rule names no remote address.
    """

    box: Box
    profile: str
    any_remote: bool


@dataclass(frozen=True)
class Loss:
    """A part of a wanted rule that is blocked. whole: all of the path. certain: it is blocked
    whatever is not known. boxes: what is lost. by: the rules that take it. partly: there is more
    than was looked at.
    """

    path: Path
    whole: bool
    certain: bool
    boxes: tuple[Box, ...]
    by: tuple[Extent, ...]
    partly: bool = False


class Coverage:
    """What is left of one wanted allow rule on a host."""

    def __init__(self, policy: Policy, rule: Rule) -> None:
        self._policy = policy
        self.rule = rule
        # a rule that is wanted has no text yet, and lies in the local store
        stored = StoredRule("local", rule.id, "", rule)
        self._own = policy.interpreter.extent(stored, rule, policy.live(stored, rule))

    @cached_property
    def blocks(self) -> tuple[Extent, ...]:
        """Block rules that may take something."""
        mine = self._own.may
        return tuple(self._meeting("block", mine)) if mine and self._profiles else ()

    def losses(self) -> Iterator[Loss]:
        """Of every path on which something is lost, what is lost for certain, else what may be."""
        if not self.blocks:
            return
        for path in self._paths():
            blocks = [extent for extent in self.blocks if extent.may and meet(path.box, extent.may)]
            if blocks:
                yield from self._lost(path, blocks)

    def elsewhere(self) -> tuple[Extent, ...]:
        """Block rules that take nothing from any path: of other programs, services, or profiles
        that are not in use.
        """
        paths = list(self._paths())
        return tuple(
            extent
            for extent in self.blocks
            if extent.may and not any(meet(path.box, extent.may) for path in paths)
        )

    def _lost(self, path: Path, blocks: list[Extent]) -> Iterator[Loss]:
        sure = [extent for extent in blocks if extent.must and meet(path.box, extent.must)]
        left, all_of_it = _left(path.box, (extent.must for extent in sure))
        settings = self._policy.settings[path.profile]
        certain = (
            settings.on == {True}
            and not settings.unfiltered
            and self._policy.running
            and not any(self._meeting("bypass", path.box))
        )
        if sure and (certain or not left):
            lost = [
                found for extent in sure if extent.must and (found := meet(path.box, extent.must))
            ]
            yield Loss(path, not left, certain, tuple(lost), tuple(sure), not all_of_it)
        elif blocks:
            maybe = [
                found for extent in blocks if extent.may and (found := meet(path.box, extent.may))
            ]
            rest, _all = _left(path.box, (extent.may for extent in blocks))
            yield Loss(path, not rest, False, tuple(maybe), tuple(blocks), not all_of_it)

    def _meeting(self, action: str, box: Box) -> Iterator[Extent]:
        for extent in self._policy.extents(
            self.rule.direction, (action,), box[Dimension.PROTOCOL], box[Dimension.LOCAL_PORT]
        ):
            if extent.enabled and extent.may and meet(box, extent.may):
                yield extent

    @cached_property
    def _profiles(self) -> tuple[str, ...]:
        """Profiles in use in which the firewall filters and the rule counts."""
        return tuple(
            profile
            for profile in self._policy.reading.active_profiles
            if profile in (self.rule.profiles or PROFILE_NAMES)
            and True in self._policy.settings[profile].on
            and (
                self.rule.direction == "outbound"
                or False in self._policy.settings[profile].shielded
            )
        )

    def _paths(self) -> Iterator[Path]:
        mine = self._own.may
        if mine is None:
            return
        inbound = self.rule.direction == "inbound"
        port = Dimension.LOCAL_PORT if inbound else Dimension.REMOTE_PORT
        ports = self.rule.local_ports if inbound else self.rule.remote_ports
        for profile, wanted_ports, remote, program in product(
            self._profiles,
            [port_numbers((text,))[0] or mine[port] for text in ports] or [mine[port]],
            self._remotes(mine),
            self._programs(mine),
        ):
            box = list(mine)
            box[Dimension.PROFILE] = numbers_of(frozenset((profile,)), PROFILE_NAMES)
            box[port] = wanted_ports
            box[Dimension.REMOTE_ADDRESS] = remote
            box[Dimension.PROGRAM] = program
            if not self.rule.service:
                box[Dimension.SERVICE] = ((OTHER, OTHER),)
            for part in possible(tuple(box)):
                yield Path(part, profile, not self.rule.remote_addresses)

    def _remotes(self, mine: Box) -> list[Ranges]:
        """An entry of the rule is a path of its own; keywords together are one."""
        texts = self.rule.remote_addresses
        if not texts:
            return [mine[Dimension.REMOTE_ADDRESS]]
        literal = [ranges for text in texts if (ranges := address_ranges((text,)))]
        if len(literal) == len(texts):
            return literal
        return [*literal, mine[Dimension.REMOTE_ADDRESS]]

    def _programs(self, mine: Box) -> list[Ranges]:
        """The program of the rule, or one that no rule names, and those of MailEssentials and of
        http.sys that block rules name.
        """
        if self.rule.program:
            return [mine[Dimension.PROGRAM]]
        programs = self._policy.interpreter.programs
        named = {
            name
            for extent in self.blocks
            if extent.may and extent.may[Dimension.PROGRAM] != WHOLE[Dimension.PROGRAM]
            for name in programs.names(extent.may[Dimension.PROGRAM])
        }
        own = sorted(name for name in named if name == "system" or _OWN_FOLDER in name)
        return [((OTHER, OTHER),), *map(programs.ranges, own)]


def _left(box: Box, others: Iterable[Box | None]) -> tuple[list[Box], bool]:
    return subtract([box], filter(None, others), MOST_BOXES)
