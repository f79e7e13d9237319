# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is master, who is slave, and where they meet: and every farm that does not fit together."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import refused

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.topology import (
    Host,
    Place,
    find_farm,
    own_role,
    role_of,
)

NAMES = {
    "m.example.com": ["2001:db8::1", "192.0.2.1", "192.0.2.1"],
    "lo.example.com": ["127.0.0.1"],
    "link.example.com": ["fe80::1%2", "192.0.2.9"],
    "linkonly.example.com": ["fe80::1"],
    "mapped.example.com": ["::ffff:192.0.2.44"],
    "4.3com.example": ["192.0.2.43"],
}
# No host names, yet a name service answers them; the last has a wide digit and an ideographic full
# stop.
NUMBERS = (
    "192.0.2.012",
    "192.0.12",
    "3232235777",
    "0xC0000201",
    "192.0.2.1.",
    "host.1",
    "192.0.2\u3002\uff11",
)


def resolve(name: str) -> list[str]:
    if name in NUMBERS:
        return ["192.0.2.99"]
    if name not in NAMES:
        raise OSError("unknown")
    return NAMES[name]


def member(name: str, role: str = "", **given: Any) -> Host:
    return Host(
        name, frozenset([role] if role else []), **{"addresses": [f"192.0.2.{len(name)}"], **given}
    )


def place(name: str, *hosts: Host) -> Place:
    """The farm of a host, in which a role of its own is asked for as the plan does."""
    own_role(next(host for host in hosts if host.name == name))
    farm = next(host.farm for host in hosts if host.name == name)
    return find_farm([host for host in hosts if host.farm == farm], resolve, own=name)


M, S1, S2 = member("m", "master"), member("s1", "slave"), member("s-2", "slave")


def test_a_farm() -> None:
    found = place("m", S1, S2, M)
    assert found.master and found.master.to_dict() == {
        "name": "m",
        "server_role": "master",
        "addresses": ["192.0.2.1"],
    }
    assert [slave.name for slave in found.slaves] == ["s-2", "s1"]
    assert [member.notice for member in found.members] == ["", "", ""]


def test_roles_from_variables_and_farms_apart() -> None:
    hosts = [
        member("a", server_role="master", farm="x"),
        member("bb", server_role="slave", farm="x"),
        M,
        S1,
        member("solo", server_role="standalone"),
    ]
    found = place("bb", *hosts)
    assert (found.farm, [one.name for one in found.members]) == ("x", ["a", "bb"])
    assert [slave.name for slave in place("m", *hosts).slaves] == ["s1"]
    assert role_of(member("n")) is None


SAID = "was resolved on the controller to"
TAKEN = (
    "x: its address is taken from ansible_host of the host; if the other servers use another "
    "address, set mailessentials_address"
)
ADDRESSES: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"addresses": "192.0.2.7"}, ("192.0.2.7",), ""),
    ({"addresses": ["192.0.2.7", "2001:DB8::7", "192.0.2.7"]}, ("192.0.2.7", "2001:db8::7"), ""),
    (
        {"addresses": ["192.0.2.7", "64:ff9b::c000:207"]},
        ("192.0.2.7", "64:ff9b::c000:207"),
        "",
    ),  # reserved for IPv4's translation, and in use
    ({"addresses": None, "ansible_host": "192.0.2.8"}, ("192.0.2.8",), TAKEN),
    (
        {"addresses": None, "ansible_host": "m.example.com"},
        ("192.0.2.1", "2001:db8::1"),
        f"x: 'm.example.com' {SAID} 192.0.2.1, 2001:db8::1; {TAKEN[3:]}",
    ),
    ({"addresses": ["4.3com.example"]}, ("192.0.2.43",), f"x: '4.3com.example' {SAID} 192.0.2.43"),
    (
        {"addresses": ["link.example.com"]},
        ("192.0.2.9",),
        f"x: 'link.example.com' {SAID} 192.0.2.9",
    ),
]


@pytest.mark.parametrize(("given", "found", "notice"), ADDRESSES)
def test_addresses(given: dict[str, Any], found: tuple[str, ...], notice: str) -> None:
    other = member("other", "slave", addresses=["198.51.100.1"])
    master = place("x", member("x", "master", **given), other).master
    assert master and (master.addresses, master.notice) == (found, notice)


def test_the_name_of_the_host_is_the_last_resort() -> None:
    master = place("m.example.com", member("m.example.com", "master", addresses=None), S1).master
    assert master and master.addresses == ("192.0.2.1", "2001:db8::1")


FARMS: list[tuple[str, list[Host], str, tuple[str, ...]]] = [
    (
        "x",
        [member("x")],
        "",
        ("'x' has no role", "mailessentials_server_role", "master, slave, standalone"),
    ),
    ("m", [M, S1, member("m2", "master")], "", ("2 masters (m, m2)", "mailessentials_farm")),
    (
        "m",
        [member("m", "master", farm="f"), S1],
        "",
        ("farm 'f' has the master 'm' but no slave", "standalone"),
    ),
    ("s1", [S1, S2], "", ("but no master", "the slave 's1'")),
    ("s1", [S1, member("m", "master", farm="other")], "", ("but no master",)),
    ("m", [M], "", ("has the master 'm' but no slave",)),
    (
        "x",
        [Host("x", frozenset(["master", "slave"]))],
        "",
        ("'x' is in the group of the masters and in the group of the slaves",),
    ),
    (
        "m",
        [M, S1, Host("both", frozenset(["master", "slave"]))],
        "",
        ("'both' is in the group of the masters",),
    ),
    (
        "x",
        [member("x", server_role="boss")],
        "mailessentials_server_role",
        ("'boss'", "master, slave, standalone"),
    ),
    (
        "x",
        [member("x", server_role="")],
        "mailessentials_server_role",
        ("'' of host 'x'", "master, slave, standalone"),
    ),
    ("x", [member("x", server_role=["master"])], "mailessentials_server_role", ("must be one of",)),
    (
        "x",
        [member("x", "slave", server_role="master")],
        "mailessentials_server_role",
        ("'master'", "group of the slaves", "change one"),
    ),
    (
        "m",
        [M, member("z", "slave", server_role="standalone")],
        "mailessentials_server_role",
        ("'standalone'", "change one"),
    ),
    (
        "m",
        [M, member("a", "slave", addresses=["2001:db8::9"])],
        "mailessentials_address of host 'a'",
        ("no address family in common with its master 'm'",),
    ),
    (
        "m",
        [M, member("a", "slave", addresses=["192.0.2.1"])],
        "mailessentials_address of host 'a'",
        ("'192.0.2.1' is also the address of 'm'",),
    ),
]


@pytest.mark.parametrize(("name", "hosts", "field", "words"), FARMS)
def test_a_farm_that_does_not_fit_together(
    name: str, hosts: list[Host], field: str, words: tuple[str, ...]
) -> None:
    refused(lambda: place(name, *hosts), field, *words)


BAD_ADDRESSES: list[tuple[Any, tuple[str, ...]]] = [
    ("127.0.0.1", ("loopback address",)),
    ("::1", ("loopback address",)),
    ("::ffff:192.0.2.1", ("'::ffff:192.0.2.1' is an IPv4 address in IPv6 form", "give 192.0.2.1")),
    (
        "mapped.example.com",
        ("'mapped.example.com' is an IPv4 address in IPv6 form", "give 192.0.2.44"),
    ),
    ("lo.example.com", ("loopback address", "resolves to 127.0.0.1")),
    ("0.0.0.0", ("unspecified address",)),
    ("fe80::1", ("link-local address",)),
    ("169.254.1.1", ("link-local address",)),
    ("224.0.0.1", ("multicast address",)),
    ("255.255.255.255", ("'255.255.255.255' is a reserved address",)),
    ("240.0.0.1", ("reserved address",)),
    *(
        (name, (f"'{name}' is not a host name and not an IPv4 address in full",))
        for name in NUMBERS
    ),
    ("linkonly.example.com", ("not resolved on the controller",)),
    ("nowhere.example.com", ("'nowhere.example.com' is not resolved", "mailessentials_address")),
    ("." * 300, ("is not resolved",)),
    ("192.0.2.0/24", ("'192.0.2.0/24' is not the address of one server",)),
    ("192.0.2.1, 192.0.2.2", ("is not the address of one server",)),
    ("", ("is not the address of one server",)),
    ([], ("not a list of addresses",)),
    ({}, ("not a list of addresses",)),
    (5, ("not a list of addresses",)),
    ([5], ("5 is not the address of one server",)),
    (["192.0.2.1", None], ("None is not the address",)),
]


@pytest.mark.parametrize(("given", "words"), BAD_ADDRESSES)
def test_an_address_that_no_other_server_can_use(given: Any, words: tuple[str, ...]) -> None:
    refused(
        lambda: place("m", M, member("x", "slave", addresses=given)),
        "mailessentials_address of host 'x'",
        *words,
    )


def test_only_members_of_this_farm_are_resolved() -> None:
    stray = member("x", "slave", farm="other", addresses=["nowhere.example.com"])
    assert place("m", M, S1, stray).slaves[0].name == "s1"
    field = "the name of host 'x'"
    refused(
        lambda: place("m", M, member("x", "slave", addresses=None)), field, "'x' is not resolved"
    )
    given = member("x", "slave", addresses=None, ansible_host="nowhere.example.com")
    refused(
        lambda: place("m", M, given),
        "ansible_host of host 'x'",
        "'nowhere.example.com' is not resolved",
    )
