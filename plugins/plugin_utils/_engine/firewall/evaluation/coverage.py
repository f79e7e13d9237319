# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What block rules of the host take from wanted allow rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from ...net.boxes import Box, Ranges, common, meet, meets, subtract
from ..rule import Rule
from ..stored import StoredRule
from .decision import MOST_BOXES
from .dimensions import (
    OTHER,
    PROFILE_NAMES,
    WHOLE,
    Dimension,
    address_ranges,
    port_numbers,
    ports_of,
    possible,
    profile_numbers,
)
from .extent import Extent
from .policy import Policy

SYSTEM = "system"
_PORTS: Ranges = ((1, 65535),)  # 0 is none
_MOST_PATHS = 5000
_REMOTE = Dimension.REMOTE_ADDRESS
_OWN_FOLDER = "\\gfi\\mailessentials\\"  # where it is installed, in lower case (gfi-facts: FRY)


@dataclass(frozen=True)
class Path:
    """What is needed of a wanted rule: one port entry and one remote entry, in one profile, for one
    program. boxes: what that comes to, one for each family. program: of MailEssentials, or System
    for http.sys, where a block rule names it; else "". vague: what the remote entry stands for only
    the host knows.
    """

    boxes: tuple[Box, ...]
    profile: str
    program: str = ""
    vague: bool = False


@dataclass(frozen=True)
class Loss:
    """A part of a wanted rule that is blocked. whole: all of the path. certain: it is blocked
    whatever is not known. of_any: it is a part of the remote addresses of a rule that names none.
    narrowed: it is limited by more than ports and remote addresses, as to an interface. boxes: what
    is lost. by: the rules that take it.
    """

    path: Path
    whole: bool
    certain: bool
    of_any: bool
    narrowed: bool
    boxes: tuple[Box, ...]
    by: tuple[Extent, ...]


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
        if mine is None or not self._profiles:
            return ()
        return tuple(self._policy.applying(self.rule.direction, ("block",), mine))

    def losses(self) -> Iterator[Loss]:
        """Of every path on which something is lost, what is lost for certain, and what else may
        be.
        """
        for path in self.paths:
            blocks = [extent for extent in self.blocks if meets(path.boxes, extent.may)]
            if blocks:
                yield from self._lost(path, blocks)

    def elsewhere(self) -> tuple[Extent, ...]:
        """Block rules that take nothing from any path: of other programs, services, or profiles
        that are not in use.
        """
        boxes = [box for path in self.paths for box in path.boxes]
        return tuple(extent for extent in self.blocks if not meets(boxes, extent.may))

    def _lost(self, path: Path, blocks: list[Extent]) -> Iterator[Loss]:
        sure = [extent for extent in blocks if meets(path.boxes, extent.must)]
        musts = [extent.must for extent in sure if extent.must]
        left = subtract(path.boxes, musts, MOST_BOXES)[0]
        certain = bool(sure) and self._is_certain(path)
        if certain and not (path.vague and left):
            yield self._loss(path, sure, musts, not left, certain=True)
            blocks = [extent for extent in blocks if extent not in sure]
        if certain and not left:
            return
        open_boxes = left or path.boxes
        doubtful = [extent for extent in blocks if meets(open_boxes, extent.may)]
        mays = [extent.may for extent in blocks if extent.may]
        rest = subtract(open_boxes, mays, MOST_BOXES)[0]
        if doubtful and not (path.vague and rest):
            yield self._loss(path, doubtful, mays, not rest, certain=False)

    def _loss(
        self,
        path: Path,
        by: list[Extent],
        taken: Sequence[Box],
        whole: bool,
        *,
        certain: bool,
    ) -> Loss:
        lost = [found for box in path.boxes for other in taken if (found := meet(box, other))]
        port, _peer = ports_of(self.rule.direction)
        of_any, in_words = (
            all(any(_same_but(dimensions, part, box) for box in path.boxes) for part in lost)
            for dimensions in ((_REMOTE,), (_REMOTE, port))
        )
        of_any = of_any and not self.rule.remote_addresses
        return Loss(path, whole, certain, of_any, not in_words, tuple(lost), tuple(by))

    def _is_certain(self, path: Path) -> bool:
        settings = self._policy.settings[path.profile]
        contradicted = (
            self.rule.direction == "inbound"
            and True in settings.shielded
            and False in settings.inbound
        )
        return (
            settings.on == {True}
            and not settings.unfiltered
            and not contradicted
            and self._policy.running
            and self._policy.reading.profiles_known
            and not any(
                True
                for box in path.boxes
                for _bypass in self._policy.applying(self.rule.direction, ("bypass",), box)
            )
        )

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

    @cached_property
    def paths(self) -> list[Path]:
        """All paths, where there are block rules; with very many entries, all remote addresses are
        one.
        """
        mine = self._own.may
        if mine is None or not self.blocks:
            return []
        inbound = self.rule.direction == "inbound"
        port, peer = ports_of(self.rule.direction)
        texts = self.rule.local_ports if inbound else self.rule.remote_ports
        ports = [port_numbers((text,))[0] or mine[port] for text in texts] or [mine[port]]
        remotes = list(self._remotes(mine))
        if len(ports) * len(remotes) > _MOST_PATHS:
            remotes = [(mine[Dimension.REMOTE_ADDRESS], False)]
        base = list(mine)
        if self.rule.protocol in ("tcp", "udp"):
            base[peer] = common(base[peer], _PORTS)
        if not self.rule.service:
            base[Dimension.SERVICE] = ((OTHER, OTHER),)
        found = []
        for profile, own, remote, (name, program) in product(
            self._profiles, ports, remotes, self._programs(mine)
        ):
            base[Dimension.PROFILE] = profile_numbers(profile)
            base[port] = own
            base[Dimension.REMOTE_ADDRESS], vague = remote
            base[Dimension.PROGRAM] = program
            found.append(Path(tuple(possible(tuple(base))), profile, name, vague))
        return found

    def _remotes(self, mine: Box) -> Iterator[tuple[Ranges, bool]]:
        """The addresses of each entry of the rule, and whether they are at most these. Keywords
        together are one: the addresses that the host has told.
        """
        texts = self.rule.remote_addresses
        if not texts:
            yield mine[Dimension.REMOTE_ADDRESS], False
        keywords = tuple(text for text in texts if not address_ranges((text,)))
        for text in texts:
            if text not in keywords:
                yield address_ranges((text,)), False
        if keywords:
            told, most = self._policy.interpreter.addresses(keywords)
            yield (told, False) if told else (most, True)

    def _programs(self, mine: Box) -> list[tuple[str, Ranges]]:
        """The program of the rule, or one that no rule names, and those of MailEssentials and, for
        inbound connections, of http.sys that block rules name.
        """
        unnamed: list[tuple[str, Ranges]] = [("", ((OTHER, OTHER),))]
        if self.rule.program:
            known = mine[Dimension.PROGRAM] != WHOLE[Dimension.PROGRAM]
            return [("", mine[Dimension.PROGRAM])] if known else unnamed
        programs = self._policy.interpreter.programs
        named = {
            name
            for extent in self.blocks
            if extent.may and extent.may[Dimension.PROGRAM] != WHOLE[Dimension.PROGRAM]
            for name in programs.names(extent.may[Dimension.PROGRAM])
        }
        inbound = self.rule.direction == "inbound"
        own = sorted(name for name in named if _OWN_FOLDER in name or (inbound and name == SYSTEM))
        return [*unnamed, *((name, programs.ranges(name)) for name in own)]


def _same_but(dimensions: Sequence[Dimension], one: Box, other: Box) -> bool:
    """Whether two boxes are the same in every other dimension."""
    return all(one[place] == other[place] for place in Dimension if place not in dimensions)
