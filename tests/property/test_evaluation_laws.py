# SPDX-License-Identifier: GPL-3.0-or-later
"""Laws of the evaluation: sets of numbers, rules as two sets, and answers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from property.laws import Record, hold
from unit.builders import host, read, text

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.decision import (
    decide,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.dimensions import (
    PROFILE_NAMES,
    Dimension,
    numbers_of,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    Flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net import boxes
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net.addresses import (
    merge,
)
from simulator import packets
from simulator.host import SimulatedHost

SMALL = 5  # numbers 0 to 4 in every dimension of a small box
POINTS = list(itertools.product(range(SMALL), repeat=3))
RANGES = st.lists(
    st.tuples(st.integers(0, SMALL - 1), st.integers(0, SMALL - 1)).map(
        lambda pair: (min(pair), max(pair))
    ),
    min_size=1,
    max_size=3,
).map(merge)
BOXES = st.tuples(RANGES, RANGES, RANGES)


def points(box: boxes.Box) -> set[tuple[int, ...]]:
    return {point for point in POINTS if holds(box, point)}


def holds(box: boxes.Box, point: Sequence[int]) -> bool:
    return all(
        any(low <= number <= high for low, high in ranges)
        for ranges, number in zip(box, point, strict=True)
    )


def the_algebra_is_that_of_sets(case: tuple[boxes.Box, list[boxes.Box]]) -> None:
    one, others = case
    for other in others:
        both = boxes.meet(one, other)
        assert (points(both) if both else set()) == points(one) & points(other)
    left, whole = boxes.subtract([one], others, 1000)
    assert whole
    found = [points(box) for box in left]
    assert set().union(*found) == points(one).difference(*map(points, others))
    assert sum(map(len, found)) == len(set().union(*found)), "boxes share points"
    assert all(found), "an empty box"


def test_the_algebra_is_that_of_sets(record_property: Record) -> None:
    cases = st.tuples(BOXES, st.lists(BOXES, max_size=4))
    hold(the_algebra_is_that_of_sets, cases, 1000, record_property)


CONDITIONS = [
    ("", "Protocol=6", "Protocol=17", "Protocol=1"),
    ("", "LPort=9095", "LPort=9096", "LPort2_10=9000-9095", "LPort=RPC"),
    ("", "RPort=50000", "RPort2_10=1-1023"),
    (
        "", "RA4=192.0.2.12", "RA4=192.0.2.0/24", "RA6=2001:db8::12", "RA4=LocalSubnet",
        "RA42=Internet", "RA4=DNS",
    ),
    ("", "LA4=192.0.2.10"),
    ("", "Profile=Domain", "Profile=Public", "Profile=Private|Profile=Public"),
    ("", "App=System", r"App=C:\x.exe", r"App=%Unknown%\x.exe"),
    ("", "Svc=w3svc", "Svc=*"),
    ("", "IFType=Lan", "IFType=Wireless"),
    (
        "", "LUAuth=O:LSD:(A;;CC;;;AU)", "Security=Authenticate", "AppPkgId=S-1-15-2-1", "LOM=TRUE",
        "New9_9=x", "Platform=2:6:2|Platform2=GTEQ", "Platform=2:6:1", "Edge=TRUE",
        "Defer=User", "ICMP4=8:*",
    ),
]  # fmt: skip


@st.composite
def rule_texts(draw: Any, actions: tuple[str, ...] = ("Allow", "Block", "ByPass")) -> str:
    tokens = []
    for choices in CONDITIONS:
        # half of the conditions are open, so that rules meet connections
        token = draw(st.sampled_from(choices)) if draw(st.booleans()) else ""
        tokens += [token] if token else []
    return text(
        *tokens,
        direction=draw(st.sampled_from(("In", "In", "Out"))),
        active=draw(st.sampled_from(("TRUE", "TRUE", "TRUE", "FALSE"))),
        action=draw(st.sampled_from(actions)),
        group="",
    )


SETTINGS = {
    "EnableFirewall": (0, 1),
    "DefaultInboundAction": (0, 1),
    "DefaultOutboundAction": (0, 1),
    "DoNotAllowExceptions": (0, 1),
    "AllowLocalPolicyMerge": (0, 1),
}
KEYS = ("DomainProfile", "StandardProfile", "PublicProfile")


@st.composite
def hosts(draw: Any) -> SimulatedHost:
    target = host()
    target.rules.clear()
    target.network_categories = [draw(st.sampled_from((0, 1, 2)))]
    ids = ["R0", "R1", "R2", "R3"]
    for store in ("local", "gpo", "mdm"):
        number = draw(st.integers(0, 3 if store == "local" else 2))
        for rule_id in ids[:number]:
            target.stores[store]["rules"][f"{rule_id}{draw(st.sampled_from(('', store)))}"] = draw(
                rule_texts()
            )
        for key in KEYS:
            for name, values in SETTINGS.items():
                if draw(st.integers(0, 9)) == 0:
                    profile = target.stores[store]["profiles"].setdefault(key, {})
                    profile[name] = draw(st.sampled_from(values))
    return target


FLOWS = st.builds(
    Flow,
    direction=st.sampled_from(("inbound", "inbound", "outbound")),
    protocol=st.sampled_from(("tcp", "tcp", "udp")),
    remote_address=st.sampled_from(
        ("192.0.2.12", "198.51.100.7", "2001:db8::12", "192.0.2.0/24", "any")
    ),
    port=st.sampled_from(("9095", "9096", "80")),
    peer_port=st.sampled_from(("", "50000", "80")),
    local_address=st.sampled_from(("",)),
    program=st.sampled_from(("", "", "System", "C:\\x.exe")),
    service=st.sampled_from(("", "", "w3svc")),
    interface_type=st.sampled_from(("", "wired", "wireless")),
)


def outcomes(target: SimulatedHost, flow: Flow, profile: str = "domain") -> frozenset[str]:
    policy = Policy(read(target))
    box = list(flow.box(policy.interpreter, policy.reading.variables))
    box[Dimension.PROFILE] = numbers_of(frozenset((profile,)), PROFILE_NAMES)
    return decide(policy, tuple(box), flow.direction, profile).outcomes


def a_rule_applies_to_no_less_than_it_certainly_does(target: SimulatedHost) -> None:
    policy = Policy(read(target))
    for stored in policy.reading.rules:
        if stored.rule:
            extent = policy.extent(stored, stored.rule)
            assert extent.must is None or (
                extent.may is not None and not boxes.subtract([extent.must], [extent.may], 1000)[0]
            )


def more_block_rules_never_allow_more(case: tuple[SimulatedHost, Flow, str, str]) -> None:
    target, flow, added, store = case
    before = outcomes(target, flow)
    target.stores[store]["rules"]["Added"] = added
    after = outcomes(target, flow)
    if "Action=Block" in added:
        assert "allowed" in before or "allowed" not in after
    else:
        assert "blocked" in before or "blocked" not in after


def test_must_lies_in_may(record_property: Record) -> None:
    hold(a_rule_applies_to_no_less_than_it_certainly_does, hosts(), 200, record_property)


def test_a_block_rule_never_opens_and_an_allow_rule_never_closes(record_property: Record) -> None:
    cases = st.tuples(
        hosts(), FLOWS, rule_texts(("Allow", "Block")), st.sampled_from(("local", "gpo"))
    )
    hold(more_block_rules_never_allow_more, cases, 500, record_property)


LOCAL = {False: "192.0.2.10", True: "2001:db8::10"}  # of the family of the other side


# What a question leaves open is one thing for all rules, so each of it is asked by itself.
INTERFACES = ("wired", "wireless", "remote_access")
PEER_PORTS = ("80", "1000", "50000")


def brute_force(target: SimulatedHost, flow: Flow, profile: str) -> frozenset[str]:
    reading, found = target.reading(), frozenset[str]()
    for kind, peer in itertools.product(
        (flow.interface_type,) if flow.interface_type else INTERFACES,
        (flow.peer_port,) if flow.peer_port else PEER_PORTS,
    ):
        ports = (int(flow.port), int(peer))
        asked = packets.Flow(
            flow.direction,
            {"tcp": 6, "udp": 17}[flow.protocol],
            *(ports if flow.direction == "inbound" else reversed(ports)),
            local_address=flow.local_address,
            remote_address=flow.remote_address,
            program=flow.program,
            service=flow.service,
            interface_type=kind,
        )
        found |= packets.outcomes(reading, asked, profile)
    return found


def an_answer_is_never_surer_than_brute_force(case: tuple[SimulatedHost, Flow, str]) -> None:
    """The other way round, it may be: what a reading does not settle is not enumerated."""
    target, flow, profile = case
    mine, theirs = outcomes(target, flow, profile), brute_force(target, flow, profile)
    assert mine >= theirs, (mine, theirs)


def test_an_answer_is_never_surer_than_brute_force(record_property: Record) -> None:
    point = FLOWS.filter(
        lambda flow: "/" not in flow.remote_address and flow.remote_address != "any"
    ).map(lambda flow: replace(flow, local_address=LOCAL[":" in flow.remote_address]))
    cases = st.tuples(hosts(), point, st.sampled_from(PROFILE_NAMES))
    hold(an_answer_is_never_surer_than_brute_force, cases, 1500, record_property)
