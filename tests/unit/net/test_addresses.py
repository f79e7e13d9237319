# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: every form that Windows stores or accepts, what lists of them cover, and what people
may not mean.
"""

from __future__ import annotations

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net import addresses
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net.addresses import (
    covered,
)

# As written -> as the cmdlets take it. Forms: [MS-GPFAS] 2.2.2.9 to 2.2.2.13.
FORMS = {
    "192.0.2.1": "192.0.2.1",
    "192.0.2.1/32": "192.0.2.1",
    "192.0.2.1/255.255.255.255": "192.0.2.1",
    "192.0.2.0/24": "192.0.2.0/24",
    "192.0.2.0/255.255.255.0": "192.0.2.0/24",
    "192.0.2.7/24": "192.0.2.0/24",
    "192.0.2.0/255.255.254.0": "192.0.2.0/23",
    "192.0.2.1-192.0.2.9": "192.0.2.1-192.0.2.9",
    "192.0.2.1 - 192.0.2.9": "192.0.2.1-192.0.2.9",
    "192.0.2.1-192.0.2.1": "192.0.2.1",
    "2001:DB8:0:0::1": "2001:db8::1",
    "2001:db8::1/128": "2001:db8::1",
    "2001:db8::/32": "2001:db8::/32",
    "2001:db8::1-2001:db8::f": "2001:db8::1-2001:db8::f",
    "localsubnet": "LocalSubnet",
    "LOCALSUBNET4": "LocalSubnet4",
    "dns6": "DNS6",
    "intranetremoteaccess": "IntranetRemoteAccess",
}
UNREADABLE = {
    "": "is not an IP address",
    "localhost": "host names are not known",
    "mail.example.com": "host names are not known",
    "10.0.0": "is not an IP address",
    "010.0.0.1": "is not an IP address",
    "10.0.0.256": "is not an IP address",
    "10.0.0.0/33": "prefix length above 32",
    "::1/129": "prefix length above 128",
    "10.0.0.0/" + "9" * 5000: "prefix length above 32",
    "10.0.0.0/255.0.255.0": "contiguous mask",
    "10.0.0.0/": "neither a prefix length",
    "2001:db8::/ffff::": "neither a prefix length",
    "192.0.2.9-192.0.2.1": "end lies before its start",
    "192.0.2.1-2001:db8::1": "mixes IPv4 and IPv6",
    "192.0.2.1-": "is not an IP address",
    "fe80::1%eth0": "zone index",
    "LocalSubnet5": "is not an IP address",
}
NOT_MEANT = {
    "0.0.0.0/0": "every address",
    "::/0": "every address",
    "0.0.0.0-255.255.255.255": "every address",
    "192.0.2.7/24": "the network is 192.0.2.0/24",
    "2001:db8::1/64": "the network is 2001:db8::/64",
    "0.0.0.0": "unspecified address",
    "::": "unspecified address",
    "::1": "IPv6 loopback",
    "::/8": "IPv6 loopback",
}


@pytest.mark.parametrize(("written", "shown"), FORMS.items())
def test_forms(written: str, shown: str) -> None:
    assert addresses.parse(written).text == shown
    assert addresses.parse(shown) == addresses.parse(written)


@pytest.mark.parametrize(("written", "words"), UNREADABLE.items())
def test_unreadable(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        addresses.parse(written)


@pytest.mark.parametrize(("written", "words"), NOT_MEANT.items())
def test_readable_where_windows_stores_it_and_refused_where_a_person_writes_it(
    written: str, words: str
) -> None:
    addresses.parse(written)
    with pytest.raises(ValueError, match=words):
        addresses.parse_wanted(written)


def test_every_keyword_is_known_in_three_forms() -> None:
    for word in addresses.KEYWORDS:
        assert [addresses.parse(word.upper() + suffix).text for suffix in ("", "4", "6")] == [
            word,
            f"{word}4",
            f"{word}6",
        ]


# (one list, another that covers the same)
SAME = [
    (("192.0.2.0/25", "192.0.2.128/25"), ("192.0.2.0/24",)),
    (("192.0.2.1", "192.0.2.2"), ("192.0.2.1-192.0.2.2",)),
    (("192.0.2.5", "192.0.2.1"), ("192.0.2.1", "192.0.2.5")),
    (("192.0.2.0/24", "192.0.2.7"), ("192.0.2.0-192.0.2.255",)),
    (("LocalSubnet",), ("LocalSubnet6", "LocalSubnet4")),
    (("2001:db8::/33", "2001:db8:8000::/33"), ("2001:db8::/32",)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_lists_that_cover_the_same(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert addresses.spans(one) == addresses.spans(other)
    assert addresses.covered(one, other) and addresses.covered(other, one)


# (inner, outer, whether every address of inner is certainly one of outer)
COVERED = [
    ((), (), True),
    (("192.0.2.1",), (), True),
    ((), ("192.0.2.0/24",), False),
    (("192.0.2.1",), ("192.0.2.0/24",), True),
    (("192.0.2.0/24",), ("192.0.2.1",), False),
    (("192.0.2.1",), ("2001:db8::/32",), False),
    (("0.0.0.1",), ("::/96",), False),
    (("192.0.2.1", "2001:db8::1"), ("192.0.2.1",), False),
    (("LocalSubnet",), ("LocalSubnet",), True),
    (("LocalSubnet4",), ("LocalSubnet",), True),
    (("LocalSubnet",), ("LocalSubnet4",), False),
    (("LocalSubnet",), ("192.0.2.0/24",), False),
    (("192.0.2.1",), ("LocalSubnet",), False),
]


@pytest.mark.parametrize(("inner", "outer", "answer"), COVERED)
def test_covered(inner: tuple[str, ...], outer: tuple[str, ...], answer: bool) -> None:
    assert addresses.covered(inner, outer) is answer


PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")  # RFC 1918


def test_many_separate_networks_are_wide_together() -> None:
    assert not addresses.is_wide(PRIVATE) and not addresses.is_wide(
        ("10.0.0.0/8", "12.0.0.0/8", "2001:db8::/32", "2003:1::/32", "fc00::/7")
    )
    assert addresses.is_wide(("10.0.0.0/8", "12.0.0.0/8", "14.0.0.0/32"))
    assert addresses.is_wide(("2001::/16", "2a00::/16")) and addresses.is_wide(("2001:db8::/31",))
    assert addresses.is_wide((*(f"2001:{number}::/32" for number in range(1, 17, 2)), "2005::1"))
    assert addresses.is_wide(("fc00::/6",)) and not addresses.is_wide(("fd00::/8", "fc00::/8"))
    assert addresses.is_wide(tuple(f"{number}.0.0.0/9" for number in range(1, 200)))
    assert addresses.is_wide(("::ffff:0.0.0.0/96",)) and addresses.is_wide(
        ("::ffff:10.0.0.0/104", "::ffff:11.0.0.0/104")
    )
    assert not addresses.is_wide(("::ffff:10.0.0.0/104",))


def test_a_family_is_covered_by_its_halves_only_together() -> None:
    assert addresses.is_wide(("0.0.0.0/1",)) and addresses.is_wide(("192.0.2.1", "2000::/3"))
    assert addresses.is_wide(("10.0.0.0/8", "11.0.0.0/32")) and addresses.is_wide(
        ("0.0.0.1-255.255.255.255",)
    )
    assert not addresses.is_wide(("10.0.0.0/8", "2001:db8::/32", "LocalSubnet"))


def test_merge_and_overlap() -> None:
    assert addresses.merge([(5, 9), (1, 2), (3, 3), (8, 12), (20, 20)]) == (
        (1, 3),
        (5, 12),
        (20, 20),
    )
    assert addresses.overlap(((1, 3),), ((3, 4),)) and not addresses.overlap(((1, 3),), ((4, 4),))


@pytest.mark.parametrize(
    "inner", ["192.0.2.8-192.0.2.20", "192.0.1.250-192.0.2.8", "192.0.1.250-192.0.2.20"]
)
def test_a_range_that_reaches_beyond_another_is_not_covered(inner: str) -> None:
    assert not covered((inner,), ("192.0.2.0/28",))
    assert covered(("192.0.2.0-192.0.2.15",), ("192.0.2.0/28",))
