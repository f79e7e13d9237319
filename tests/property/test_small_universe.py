# SPDX-License-Identifier: GPL-3.0-or-later
"""Every connection of a small universe, decided twice: by the boxes of the engine, and one by one
by the simulator. One example is one random policy with all 48 connections of its universe.

At MAILOPS_EXAMPLES=5, as in "make prove", two laws compare 220 * 5 policies * 48 connections =
52,800 single answers each. The third one compares what block rules take from a wanted rule at its
8, 16 or 36 connections: 8,800 at least.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from property.laws import Record, hold
from property.small_universe import (
    EMPTY,
    OWN,
    POINTS,
    PROFILES,
    SIZE,
    Case,
    Point,
    brute_force,
    cases,
    engine,
    in_some,
    policy_of,
    universe,
)
from unit.builders import wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.coverage import (
    Coverage,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.decision import (
    decide,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.dimensions import (
    OTHER,
    Dimension,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net.boxes import (
    Box,
    subtract,
)


def test_the_universe_has_48_connections() -> None:
    assert len(set(POINTS)) == SIZE == 48


def every_answer_is_that_of_brute_force(case: Case) -> None:
    """Certain only where brute force has that one outcome; equal where nothing is unknown."""
    policy = policy_of(case)
    for point in POINTS:
        mine, theirs = engine(policy, case.direction, point), brute_force(case, point)
        assert mine >= theirs, (point, mine, theirs)
        if case.exact:
            assert mine == theirs, (point, mine, theirs)


def test_every_answer_is_that_of_brute_force(record_property: Record) -> None:
    hold(
        every_answer_is_that_of_brute_force, cases(), 220, record_property, each=SIZE, shrink=False
    )


def settled(case: Case, *texts: str, default: int = 0) -> Case:
    """The same rules, and some more of group policy, where rules and this default decide alone."""
    reading = copy.deepcopy(case.reading)
    values = {
        "EnableFirewall": 1,
        "DefaultInboundAction": default,
        "DefaultOutboundAction": default,
        "DoNotAllowExceptions": 0,
    }
    for key in PROFILES.values():
        for store in ("local", "gpo"):
            reading["stores"][store]["profiles"].setdefault(key, {}).update(values)
    return beside(Case(reading, case.direction, case.exact), *texts)


def beside(case: Case, *texts: str) -> Case:
    """With more rules of group policy."""
    reading = copy.deepcopy(case.reading)
    reading["stores"]["gpo"]["rules"] += [[f"W{place}", text] for place, text in enumerate(texts)]
    return Case(reading, case.direction, case.exact)


def sets_are_their_members(case: Case) -> None:
    """What is left of the universe without all block rules is what brute force does not block; and
    the answer for the whole universe is that for all of its connections.
    """
    simple = settled(case)
    policy, by_rules = policy_of(case), policy_of(simple)
    for profile in PROFILES:
        box = universe(by_rules, case.direction, profile)
        blocks = list(by_rules.applying(case.direction, ("block",), box))
        unblocked = subtract([box], [one.must for one in blocks if one.must], 1000)[0]
        untouched = subtract([box], [one.may for one in blocks if one.may], 1000)[0]
        found = set()
        for point in POINTS:
            if point.profile == profile:
                theirs = brute_force(simple, point)
                place = point.box(by_rules, case.direction)
                assert in_some(place, unblocked) == (theirs != {"blocked"}), point
                assert in_some(place, untouched) == (theirs == {"allowed"}), point
                found |= brute_force(case, point)
        whole = universe(policy, case.direction, profile)
        assert decide(policy, whole, case.direction, profile).outcomes == found, profile


def test_sets_are_their_members(record_property: Record) -> None:
    hold(sets_are_their_members, cases(), 220, record_property, each=SIZE, shrink=False)


@dataclass(frozen=True)
class Wish:
    """A rule that is wanted, and its text as Windows would store it."""

    rule: Rule
    text: str


def wish(direction: str, ports: list[str], remotes: list[str], program: str = "") -> Wish:
    inbound = direction == "inbound"
    name = "LPort" if inbound else "RPort"
    tokens = [f"{name}{'2_10' if '-' in port else ''}={port}" for port in ports]
    tokens += [f"RA{6 if ':' in remote else 4}={remote}" for remote in remotes]
    tokens += [f"App={program}"] if program else []
    way = "In" if inbound else "Out"
    options: dict[str, Any] = {"local_ports" if inbound else "remote_ports": ports}
    options |= {"remote_addresses": remotes} if remotes else {}
    options |= {"program": program} if program else {}
    return Wish(
        wanted(protocol="tcp", direction=direction, **options),
        f"v2.26|Action=Allow|Active=TRUE|Dir={way}|Protocol=6|{'|'.join(tokens)}|Name=Wish|",
    )


WISHES = {
    direction: (
        wish(direction, ["9095", "443"], ["192.0.2.12", "198.51.100.7"]),
        wish(direction, ["80-9095"], []),
        wish(direction, ["9096", "9095"], ["2001:db8:1::/48", "192.0.2.12"], OWN),
    )
    for direction in ("inbound", "outbound")
}


def members(one: Wish, direction: str) -> frozenset[Point]:
    """The connections that a wanted rule is for, by brute force."""
    case = settled(Case(EMPTY, direction, True), one.text, default=1)
    return frozenset(point for point in POINTS if brute_force(case, point) == {"allowed"})


WISHED = st.sampled_from(range(3))
MEMBERS = {
    (direction, number): members(one, direction)
    for direction, wishes in WISHES.items()
    for number, one in enumerate(wishes)
}
FEWEST = min(map(len, MEMBERS.values()))


def what_is_lost_is_what_brute_force_blocks(drawn: tuple[Case, int]) -> None:
    """A connection of a wanted rule is in a loss where it may be blocked, and in a certain loss
    where nothing else can be.
    """
    case, number = drawn
    one = WISHES[case.direction][number]
    policy = policy_of(case)
    coverage = Coverage(policy, one.rule)
    losses = list(coverage.losses())
    with_it = beside(case, one.text)
    for point in MEMBERS[case.direction, number]:
        if case.direction == "inbound" and True in policy.settings[point.profile].shielded:
            continue  # no rule decides there
        theirs = brute_force(with_it, point)
        place = _place(policy, coverage, point, case.direction)
        taken = [loss for loss in losses if in_some(place, loss.boxes)]
        assert bool(taken) == ("blocked" in theirs), (point, theirs)
        assert any(loss.certain for loss in taken) == (theirs == {"blocked"}), (point, theirs)


def _place(policy: Policy, coverage: Coverage, point: Point, direction: str) -> Box:
    """A program that no block rule names is like every other one."""
    place = point.box(policy, direction)
    if any(in_some(place, path.boxes) for path in coverage.paths):
        return place
    box = list(place)
    box[Dimension.PROGRAM] = ((OTHER, OTHER),)
    return tuple(box)


def test_what_is_lost_is_what_brute_force_blocks(record_property: Record) -> None:
    drawn = st.tuples(cases(), WISHED)
    hold(
        what_is_lost_is_what_brute_force_blocks,
        drawn,
        220,
        record_property,
        each=FEWEST,
        shrink=False,
    )
