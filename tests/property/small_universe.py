# SPDX-License-Identifier: GPL-3.0-or-later
"""A universe that is small enough to ask of every connection in it, and policies for it."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from unit.builders import encode, host

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.decision import (
    decide,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.dimensions import (
    Dimension,
    profile_numbers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    Flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    decode,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net.addresses import (
    merge,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net.boxes import Box
from simulator import packets

REMOTES = ("192.0.2.12", "198.51.100.7", "2001:db8:1::7")
LOCAL = {False: "192.0.2.10", True: "2001:db8::10"}  # of the family of the other side
PORTS = (80, 443, 9095, 9096)
PEER_PORT = 50000
PROFILES = {"domain": "DomainProfile", "public": "PublicProfile"}
OWN = r"C:\Program Files (x86)\GFI\MailEssentials\x.exe"
PROGRAMS = ("", OWN)
SIZE = len(REMOTES) * len(PORTS) * len(PROFILES) * len(PROGRAMS)

# {own} and {peer}: the tokens of the port that a connection is about, and of the other one.
_PORT_CONDITIONS = (
    "", "Protocol=17", "Protocol=6", "Protocol=6|{own}=9095", "Protocol=6|{own}=9095|{own}=443",
    "Protocol=6|{own}2_10=80-9095", "Protocol=6|{own}2_10=9095-9096",
    "Protocol=6|{own}=9096|{peer}=50000", "Protocol=6|{peer}2_10=1-1023", "Protocol=17|{own}=9095",
)  # fmt: skip
_REMOTE_CONDITIONS = (
    "", "", "RA4=192.0.2.12", "RA4=198.51.100.0/24|RA6=2001:db8:1::/48", "RA6=2001:db8:1::7",
    "RA4=192.0.2.0-198.51.100.7", "RA4=203.0.113.1", "LA4=192.0.2.10", "RA4=198.51.100.7",
)  # fmt: skip
_PROFILE_CONDITIONS = ("", "", "Profile=Domain", "Profile=Public", "Profile=Private")
_PROGRAM_CONDITIONS = ("", "", "", f"App={OWN}", "App=System")
# What no reading settles, or not for every connection.
_DOUBTS = (
    "", "", "RA4=LocalSubnet", "RA42=Internet", "RA4=WINS|RA4=192.0.2.12", "IFType=Lan",
    "IFType=Wireless", "LUAuth=O:LSD:(A;;CC;;;AU)", "New9_9=x", "Platform=2:6:2", "LOM=TRUE",
    "Svc=*", "Security=Authenticate", "Protocol=6|LPort=RPC", r"App=%Unknown%\x.exe", "Defer=User",
)  # fmt: skip
_SETTINGS = {
    "EnableFirewall": (1, 1, 0),
    "DefaultInboundAction": (0, 1),
    "DefaultOutboundAction": (0, 1),
    "DoNotAllowExceptions": (0, 0, 1),
    "AllowLocalPolicyMerge": (0, 1),
}


@dataclass(frozen=True)
class Case:
    """reading: as the worker sends it. direction: of every connection that is asked for. exact:
    nothing of it is unknown.
    """

    reading: dict[str, Any]
    direction: str
    exact: bool


@st.composite
def rules(draw: Any, direction: str, exact: bool, action: str = "") -> str:
    """A rule text for the universe; one in ten is of the other direction."""
    own, peer = ("LPort", "RPort") if direction == "inbound" else ("RPort", "LPort")
    doubt = "" if exact else draw(st.sampled_from(_DOUBTS))
    ports = draw(st.sampled_from(_PORT_CONDITIONS)).format(own=own, peer=peer)
    remote = draw(st.sampled_from(_REMOTE_CONDITIONS))
    program = draw(st.sampled_from(_PROGRAM_CONDITIONS))
    way = "In" if (direction == "inbound") == (draw(st.integers(0, 9)) > 0) else "Out"
    tokens = [
        f"Action={action or draw(st.sampled_from(('Allow', 'Block')))}",
        f"Active={draw(st.sampled_from(('TRUE', 'TRUE', 'TRUE', 'TRUE', 'FALSE')))}",
        f"Dir={way}",
        "" if "Protocol=" in doubt else ports,
        "" if "RA4" in doubt or "IFType" in doubt else remote,
        "" if "App=" in doubt else program,
        draw(st.sampled_from(_PROFILE_CONDITIONS)),
        doubt,
        "Name=A",
    ]
    return "|".join(["v2.26", *filter(None, tokens), ""])


EMPTY = host().reading()


@st.composite
def cases(draw: Any, exact: bool | None = None, most: int = 5) -> Case:
    """A policy of the local store and of group policy. exact: None for either."""
    exact = draw(st.booleans()) if exact is None else exact
    direction = draw(st.sampled_from(("inbound", "inbound", "outbound")))
    reading = copy.deepcopy(EMPTY)
    texts = draw(st.lists(rules(direction, exact), min_size=1, max_size=most))
    for number, text in enumerate(texts):
        store = draw(st.sampled_from(("local", "local", "gpo")))
        if not exact and draw(st.integers(0, 19)) == 0:
            text = text[: draw(st.integers(0, len(text) - 1))]
        same = not exact and draw(st.integers(0, 9)) == 0
        held = reading["stores"][store]["rules"]
        name = f"R{number}" if not same or any(one == "Same" for one, _ in held) else "Same"
        held.append([name, text])
    for store, key in itertools.product(("local", "gpo"), PROFILES.values()):
        for name, values in _SETTINGS.items():
            if draw(st.integers(0, 5)) == 0:
                held = reading["stores"][store]["profiles"].setdefault(key, {})
                held[name] = draw(st.sampled_from(values))
    reading["network_categories"] = [0, 2]
    return Case(reading, direction, exact)


@dataclass(frozen=True)
class Point:
    """One connection of the universe."""

    remote: str
    port: int
    profile: str
    program: str

    def flow(self, direction: str) -> Flow:
        """As the engine asks for it."""
        return Flow(
            direction=direction,
            protocol="tcp",
            remote_address=self.remote,
            port=str(self.port),
            peer_port=str(PEER_PORT),
            local_address=LOCAL[":" in self.remote],
            program=self.program,
            interface_type="wired",
        )

    def packet(self, direction: str) -> packets.Flow:
        """As the simulator asks for it."""
        ports = (self.port, PEER_PORT) if direction == "inbound" else (PEER_PORT, self.port)
        return packets.Flow(
            direction,
            6,
            *ports,
            local_address=LOCAL[":" in self.remote],
            remote_address=self.remote,
            program=self.program,
            interface_type="wired",
        )

    def box(self, policy: Policy, direction: str) -> Box:
        """Of this connection alone."""
        box = list(self.flow(direction).box(policy.interpreter, policy.reading.variables))
        box[Dimension.PROFILE] = profile_numbers(self.profile)
        return tuple(box)


POINTS = [Point(*point) for point in itertools.product(REMOTES, PORTS, tuple(PROFILES), PROGRAMS)]


def policy_of(case: Case) -> Policy:
    return Policy(decode(encode(case.reading)))


def engine(policy: Policy, direction: str, point: Point) -> frozenset[str]:
    """What the engine says of a connection."""
    return decide(policy, point.box(policy, direction), direction, point.profile).outcomes


def brute_force(case: Case, point: Point) -> frozenset[str]:
    """What the simulator says of it."""
    return packets.outcomes(case.reading, point.packet(case.direction), point.profile)


def universe(policy: Policy, direction: str, profile: str) -> Box:
    """All connections of the universe in a profile, as one box."""
    boxes = [point.box(policy, direction) for point in POINTS if point.profile == profile]
    return tuple(
        merge([span for ranges in spans for span in ranges]) for spans in zip(*boxes, strict=True)
    )


def in_some(point: Box, boxes: Iterable[Box]) -> bool:
    """Whether a connection is in one of the boxes, number by number."""
    return any(
        all(
            any(low <= number <= high for low, high in ranges)
            for ((number, _same), *_none), ranges in zip(point, box, strict=True)
        )
        for box in boxes
    )
