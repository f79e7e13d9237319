# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses in firewall rules: parses what people write and what Windows stores, and compares them.

Forms: [MS-GPFAS] 2.2.2.9 to 2.2.2.13; keywords and their suffix 4 or 6: New-NetFirewallRule,
parameter RemoteAddress.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

KEYWORDS = (
    "LocalSubnet", "DNS", "DHCP", "WINS", "DefaultGateway",
    "Internet", "Intranet", "IntranetRemoteAccess", "PlayToDevice", "CaptivePortal",
)  # fmt: skip
_KEYWORD_OF = {
    (word + suffix).lower(): word + suffix for word in KEYWORDS for suffix in ("", "4", "6")
}
_BITS = {4: 32, 6: 128}
_LOCAL_V6 = (0xFC << 120, (0xFE << 120) - 1)  # fc00::/7
_MAPPED = 0xFFFF << 32  # ::ffff:0:0/96, RFC 4291 2.5.5.2


class Address(NamedTuple):
    """One entry: its text in the form that the cmdlets of Windows accept, its family (4, 6, or 0
    for a keyword), and its first and last address as numbers.
    """

    text: str
    family: int
    first: int
    last: int


class Spans(NamedTuple):
    """The addresses of a list of entries: merged ranges for each family, and keywords with their
    families.
    """

    v4: tuple[tuple[int, int], ...]
    v6: tuple[tuple[int, int], ...]
    keywords: frozenset[tuple[str, int]]


@lru_cache(maxsize=65536)
def parse(text: str) -> Address:
    """Parses one entry in any form that Windows stores or accepts: host, a-b, net/length, net/mask,
    keyword.

    Raises ValueError with the second half of a sentence ("is not ...").
    """
    keyword = _KEYWORD_OF.get(text.lower())
    if keyword:
        return Address(keyword, 0, 0, 0)
    if "%" in text:
        raise ValueError(
            "has a zone index, which firewall rules do not know; leave out '%' and what follows"
        )
    if "-" in text:
        return _parse_range(text)
    if "/" in text:
        return _parse_network(text)
    host = _host(text)
    return Address(str(host), host.version, int(host), int(host))


def _host(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(
            "is not an IP address, range (a-b), network (net/length) or keyword of Windows "
            "Firewall; host names are not known to it"
        ) from None


def _parse_range(text: str) -> Address:
    low, _dash, high = text.partition("-")
    first, last = _host(low.strip()), _host(high.strip())
    if first.version != last.version:
        raise ValueError("mixes IPv4 and IPv6; a range has one family")
    if int(first) > int(last):
        raise ValueError("is a range whose end lies before its start")
    if first == last:
        return Address(str(first), first.version, int(first), int(first))
    return Address(f"{first}-{last}", first.version, int(first), int(last))


def _parse_network(text: str) -> Address:
    net, _slash, mask = text.partition("/")
    host = _host(net)
    bits = _BITS[host.version]
    length = _length(mask, bits)
    size = 1 << (bits - length)
    first = int(host) & ~(size - 1)
    shown = type(host)(first)
    return Address(
        str(shown) if size == 1 else f"{shown}/{length}", host.version, first, first + size - 1
    )


def _length(mask: str, bits: int) -> int:
    if mask.isascii() and mask.isdigit():
        if len(mask) <= 3 and int(mask) <= bits:
            return int(mask)
        raise ValueError(f"has a prefix length above {bits}")
    if bits == 32 and mask.count(".") == 3 and ":" not in mask:
        inverse = int(_host(mask)) ^ 0xFFFFFFFF
        if inverse & (inverse + 1) == 0:
            return 32 - inverse.bit_length()
    raise ValueError("has neither a prefix length nor a contiguous mask behind '/'")


def parse_wanted(text: str) -> Address:
    """Like parse(), but rejects entries that are probably mistakes: networks with host bits, all
    addresses, the unspecified address.
    """
    address = parse(text)
    if not address.family:
        return address
    if address.last - address.first == (1 << _BITS[address.family]) - 1:
        raise ValueError(
            "is every address; name hosts or networks, or say 'any' where everybody is meant"
        )
    if "/" in text and int(ipaddress.ip_address(text.partition("/")[0])) != address.first:
        raise ValueError(f"has host bits set; the network is {address.text}")
    if address.first == 0 and address.last == 0:
        raise ValueError("is the unspecified address, not a host")
    if address.family == 6 and address.first <= 1 <= address.last:
        raise ValueError("contains the IPv6 loopback address, which Windows Firewall refuses")
    return address


@lru_cache(maxsize=16384)
def spans(texts: tuple[str, ...]) -> Spans:
    """Merges entries (each readable by parse()) into ranges. An empty tuple gives no addresses; the
    caller handles "any".
    """
    ranges: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    keywords: set[tuple[str, int]] = set()
    for text in texts:
        address = parse(text)
        if address.family:
            ranges[address.family].append((address.first, address.last))
        elif address.text[-1] in "46":
            keywords.add((address.text[:-1], int(address.text[-1])))
        else:
            keywords.update(((address.text, 4), (address.text, 6)))
    return Spans(merge(ranges[4]), merge(ranges[6]), frozenset(keywords))


def is_wide(texts: tuple[str, ...]) -> bool:
    """True if the entries are more than the networks of one organisation.

    IPv4: some range, after joining what touches, is larger than a /8 network, or all together are
    larger than two of these: one and a bit is what the private networks of RFC 1918 need;
    IPv4-mapped IPv6 addresses count as these. IPv6, but for unique local addresses (RFC 4193):
    larger than a /32 network, the usual block of a provider, or eight of these together.
    """
    found = spans(texts)
    public = [
        span
        for first, last in found.v6
        for span in ((first, min(last, _LOCAL_V6[0] - 1)), (max(first, _LOCAL_V6[1] + 1), last))
        if span[0] <= span[1]
    ]
    top = (1 << 32) - 1
    mapped = [
        (max(first - _MAPPED, 0), min(last - _MAPPED, top))
        for first, last in found.v6
        if first - _MAPPED <= top and last >= _MAPPED
    ]
    for largest, several, ranges in (
        (1 << 24, 2, merge([*found.v4, *mapped])),
        (1 << 96, 8, public),
    ):
        sizes = [last - first + 1 for first, last in ranges]
        if max(sizes, default=0) > largest or sum(sizes) > several * largest:
            return True
    return False


def merge(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort and join overlapping or adjacent ranges."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def within(inner: tuple[tuple[int, int], ...], outer: tuple[tuple[int, int], ...]) -> bool:
    """True if every number of inner is in outer (both merged)."""
    return all(any(low <= first and last <= high for low, high in outer) for first, last in inner)


def overlap(one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]) -> bool:
    """True if a number is in both."""
    return any(first <= high and low <= last for first, last in one for low, high in other)


def covered(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """True if every address of inner is known to be in outer; () is any. Only the host knows the
    addresses of a keyword, so a keyword is covered by itself only.
    """
    if not outer:
        return True
    if not inner:
        return False
    a, b = spans(inner), spans(outer)
    return within(a.v4, b.v4) and within(a.v6, b.v6) and a.keywords <= b.keywords
