# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dimensions of a connection as numbers, and back to the words that people use.

IPv4 and IPv6 addresses share one line of numbers, IPv4 first. An ICMP type and code are one number,
type * 256 + code. Programs and services are numbered as they are met; OTHER is one that no rule
names. "Every number" of a dimension is in WHOLE.
"""

from __future__ import annotations

import ipaddress
from enum import IntEnum
from functools import lru_cache
from typing import Any

from ...net import addresses, port_ranges
from ...net.boxes import Box, Ranges, common
from ..rule import Rule
from ..values import INTERFACE_TYPES, PROFILES, PROTOCOL_OF, PROTOCOLS

PROFILE_NAMES = tuple(PROFILES)
INTERFACE_NAMES = (*INTERFACE_TYPES, "other")
OTHER = 0
_MOST = 1 << 30  # programs, services
_FEW = 4  # addresses in a row that are named one by one
_V6 = 1 << 32  # the first number of IPv6
IPV4: Ranges = ((0, _V6 - 1),)
IPV6: Ranges = ((_V6, _V6 + (1 << 128) - 1),)


class Dimension(IntEnum):
    """Their order in every box of this room: what tells rules apart soonest comes first."""

    LOCAL_PORT = 0
    PROTOCOL = 1
    PROFILE = 2
    REMOTE_ADDRESS = 3
    PROGRAM = 4
    SERVICE = 5
    REMOTE_PORT = 6
    LOCAL_ADDRESS = 7
    ICMP = 8
    INTERFACE = 9


_ENDS = {
    Dimension.LOCAL_PORT: (0, 65535),
    Dimension.PROTOCOL: (0, 255),
    Dimension.PROFILE: (0, len(PROFILE_NAMES) - 1),
    Dimension.REMOTE_ADDRESS: (0, IPV6[0][1]),
    Dimension.PROGRAM: (OTHER, _MOST),
    Dimension.SERVICE: (OTHER, _MOST),
    Dimension.REMOTE_PORT: (0, 65535),
    Dimension.LOCAL_ADDRESS: (0, IPV6[0][1]),
    Dimension.ICMP: (0, 65535),
    Dimension.INTERFACE: (0, len(INTERFACE_NAMES) - 1),
}
WHOLE: Box = tuple((_ENDS[dimension],) for dimension in Dimension)
NAMED: Ranges = ((OTHER + 1, _MOST),)  # every program or service that has a name
_FAMILY_OF_ICMP = {int(PROTOCOLS["icmpv4"]): IPV4, int(PROTOCOLS["icmpv6"]): IPV6}


@lru_cache(maxsize=16384)
def address_ranges(texts: tuple[str, ...]) -> Ranges:
    """The addresses of entries that are no keywords."""
    found = addresses.spans(texts)
    return addresses.merge([*found.v4, *((low + _V6, high + _V6) for low, high in found.v6)])


@lru_cache(maxsize=16384)
def port_numbers(texts: tuple[str, ...]) -> tuple[Ranges, bool]:
    """The ports of entries, and whether there are keywords among them."""
    if not texts:
        return WHOLE[Dimension.LOCAL_PORT], False
    spans, words = port_ranges.spans(texts)
    return spans, bool(words)


@lru_cache(maxsize=1024)
def icmp_numbers(texts: tuple[str, ...]) -> Ranges:
    """The types and codes of entries ("8", "3:4"); of none, all."""
    if not texts:
        return WHOLE[Dimension.ICMP]
    found = []
    for text in texts:
        kind, _colon, code = text.partition(":")
        first = int(kind) * 256
        found.append((first + int(code),) * 2 if code else (first, first + 255))
    return addresses.merge(found)


@lru_cache(maxsize=1024)
def protocol_numbers(protocol: str) -> Ranges:
    """Of a protocol as rules name it."""
    if protocol == "any":
        return WHOLE[Dimension.PROTOCOL]
    number = int(PROTOCOLS.get(protocol, protocol))
    return ((number, number),)


@lru_cache(maxsize=64)
def numbers_of(names: frozenset[str], all_names: tuple[str, ...]) -> Ranges:
    """The places of names in the list of all."""
    return addresses.merge((place, place) for place, name in enumerate(all_names) if name in names)


def profile_numbers(*names: str) -> Ranges:
    """Of profiles."""
    return numbers_of(frozenset(names), PROFILE_NAMES)


def ports_of(direction: str) -> tuple[Dimension, Dimension]:
    """The port that a connection is about, and that of the caller."""
    if direction == "inbound":
        return Dimension.LOCAL_PORT, Dimension.REMOTE_PORT
    return Dimension.REMOTE_PORT, Dimension.LOCAL_PORT


def interface_numbers(rule: Rule) -> Ranges:
    """Of the interface types of a rule; of none, all."""
    if not rule.interface_types:
        return WHOLE[Dimension.INTERFACE]
    return numbers_of(frozenset(rule.interface_types), INTERFACE_NAMES)


def possible(box: Box) -> list[Box]:
    """What of a box a packet can be: both addresses are of one family, which is that of ICMP."""
    found = []
    for family in (IPV4, IPV6):
        local = common(box[Dimension.LOCAL_ADDRESS], family)
        remote = common(box[Dimension.REMOTE_ADDRESS], family)
        protocols = tuple(
            span for low, high in box[Dimension.PROTOCOL] for span in _of_family(low, high, family)
        )
        if local and remote and protocols:
            part = list(box)
            part[Dimension.LOCAL_ADDRESS] = local
            part[Dimension.REMOTE_ADDRESS] = remote
            part[Dimension.PROTOCOL] = protocols
            found.append(tuple(part))
    return found


def _of_family(low: int, high: int, family: Ranges) -> list[tuple[int, int]]:
    """Protocols from low to high but for the ICMP of the other family."""
    found = []
    for number, its_family in _FAMILY_OF_ICMP.items():
        if its_family != family and low <= number <= high:
            if low < number:
                found.append((low, number - 1))
            low = number + 1
    return [*found, *([(low, high)] if low <= high else [])]


def address_texts(ranges: Ranges) -> list[str]:
    """Ranges as people write them: hosts, a network or a range."""
    found: list[str] = []
    for low, high in common(ranges, IPV4):
        first, last = ipaddress.IPv4Address(low), ipaddress.IPv4Address(high)
        found += _texts(first, last, list(ipaddress.summarize_address_range(first, last)))
    for low, high in common(ranges, IPV6):
        start, end = ipaddress.IPv6Address(low - _V6), ipaddress.IPv6Address(high - _V6)
        found += _texts(start, end, list(ipaddress.summarize_address_range(start, end)))
    return found


def _texts(first: Any, last: Any, networks: list[Any]) -> list[str]:
    few = int(last) - int(first)
    if few < _FEW:
        return [str(first + more) for more in range(few + 1)]
    return [str(networks[0]) if len(networks) == 1 else f"{first}-{last}"]


def port_texts(ranges: Ranges) -> list[str]:
    """Ranges of ports, protocols and other plain numbers."""
    return [str(low) if low == high else f"{low}-{high}" for low, high in ranges]


def protocol_text(ranges: Ranges) -> str:
    """Protocols by the names of rules, in capitals."""
    return ", ".join(
        PROTOCOL_OF.get(text, f"protocol {text}").upper().replace("PROTOCOL", "protocol")
        for text in port_texts(ranges)
    )


class Numbers:
    """Programs or services by number, as they are met. all: the canonical names."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def ranges(self, name: str) -> Ranges:
        """The number of one name."""
        number = self._numbers.setdefault(name, len(self._numbers) + 1)
        return ((number, number),)

    def names(self, ranges: Ranges) -> list[str]:
        """The names that have a number in ranges."""
        return [
            name
            for name, number in self._numbers.items()
            if any(low <= number <= high for low, high in ranges)
        ]


def name_of(dimension: Dimension) -> str:
    """A dimension as answers name it."""
    return dimension.name.lower()
