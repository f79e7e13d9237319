# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to the connections of a box, in one profile.

Order: bypass before block before allow before the profile's default ([MS-FASP] 2.2.34, 2.2.38).
Shields up and what else decides for a whole profile come before these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...net.boxes import Box, meets, subtract
from .dimensions import possible
from .extent import Extent
from .policy import Policy

MOST_BOXES = 1000
ACTIONS = ("allow", "block", "bypass")
ALLOWED, BLOCKED = "allowed", "blocked"
NOT_KNOWN, PARTLY = "CONDITION_NOT_KNOWN", "PARTLY"


@dataclass(frozen=True)
class Decision:
    """outcomes: allowed, blocked or both, where it is not known, or not the same for all of the
    box. code: what decides, as firewall_explain documents it. deciders: the rules that decide.
    doubtful: rules that may decide otherwise. settings: what of the profile is not known.
    """

    outcomes: frozenset[str]
    code: str
    deciders: tuple[Extent, ...] = ()
    doubtful: tuple[Extent, ...] = ()
    settings: tuple[str, ...] = ()


def decide(policy: Policy, box: Box, direction: str, profile: str) -> Decision:
    """box: of connections in that profile alone, at least one of which can be."""
    settings = policy.settings[profile]
    if settings.on == {False}:
        return Decision(frozenset((ALLOWED,)), "FIREWALL_OFF")
    unsettled = [] if policy.running else ["services"]
    outcomes: set[str] = set() if policy.running else {ALLOWED, BLOCKED}
    if False in settings.on:
        outcomes.add(ALLOWED)
        unsettled.append("EnableFirewall")
    if settings.unfiltered:
        outcomes.add(ALLOWED)
        unsettled.append("DisabledInterfaces")
    inbound = direction == "inbound"
    if inbound and True in settings.shielded:
        outcomes.add(BLOCKED)
        if False in settings.inbound:  # New-NetFirewallProfile against [MS-FASP]
            outcomes.add(ALLOWED)
            unsettled.append("DefaultInboundAction")
        if settings.shielded == {True}:
            code = "SHIELDS_UP" if len(outcomes) == 1 else NOT_KNOWN
            return Decision(frozenset(outcomes), code, settings=tuple(unsettled))
        unsettled.append("DoNotAllowExceptions")
    by_rules = _by_rules(policy, box, direction, settings.default_blocks(direction))
    outcomes |= by_rules.outcomes
    return Decision(
        frozenset(outcomes),
        NOT_KNOWN if unsettled and len(outcomes) > 1 else by_rules.code,
        by_rules.deciders,
        by_rules.doubtful,
        (*unsettled, *by_rules.settings),
    )


def _by_rules(
    policy: Policy, box: Box, direction: str, default_blocks: frozenset[bool]
) -> Decision:
    matching = list(policy.applying(direction, ACTIONS, box))
    bypasses = [extent for extent in matching if extent.action == "bypass"]
    blocks = [extent for extent in matching if extent.action == "block"]
    allows = [extent for extent in matching if extent.action == "allow"]
    unblocked = _left(box, blocks)
    undecided = _left(box, allows)
    outcomes: set[str] = set()
    if bypasses or (
        unblocked and (False in default_blocks or any(meets(unblocked, one.may) for one in allows))
    ):
        outcomes.add(ALLOWED)
    if blocks or (undecided and True in default_blocks):
        outcomes.add(BLOCKED)
    if not unblocked:
        code, deciders = "BLOCK_RULE", _sure(box, blocks)
    elif not undecided and not blocks:
        code, deciders = "ALLOW_RULE", _sure(box, allows)
    else:
        code, deciders = "DEFAULT_ACTION", (*_sure(box, blocks), *_sure(box, allows))
    open_question = len(outcomes) > 1
    if open_question:
        exact = len(default_blocks) == 1 and all(one.must == one.may for one in matching)
        code = PARTLY if exact else NOT_KNOWN
    doubtful = [extent for extent in matching if extent.must != extent.may]
    return Decision(
        frozenset(outcomes),
        code,
        deciders,
        tuple(doubtful) if code == NOT_KNOWN else (),
        ("default",) if open_question and len(default_blocks) > 1 else (),
    )


def _left(box: Box, extents: Iterable[Extent]) -> list[Box]:
    """What of a box none of the rules certainly applies to; too much of it beyond MOST_BOXES."""
    musts = [extent.must for extent in extents if extent.must]
    return [part for piece in subtract([box], musts, MOST_BOXES)[0] for part in possible(piece)]


def _sure(box: Box, extents: Iterable[Extent]) -> tuple[Extent, ...]:
    """Rules that certainly apply to some of the box."""
    return tuple(extent for extent in extents if meets((box,), extent.must))
