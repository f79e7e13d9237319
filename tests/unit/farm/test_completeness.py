# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that the rules of a farm were made for and that the inventory lacks."""

from __future__ import annotations

from typing import Any

import pytest
from unit.readings import server_state

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.completeness import (
    missing_peers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.notice import (
    Notice,
)

ADDRESSES = {"me1": ("192.0.2.11",), "me2": ("192.0.2.12", "2001:db8::12"), "me3": ("192.0.2.13",)}
Recorded = dict[str, tuple[str, ...]]


def missing(
    recorded: dict[str, Recorded],
    *,
    members: tuple[str, ...] = ("me1", "me2"),
    removed: tuple[str, ...] = (),
    star: bool = False,
) -> list[Notice]:
    """recorded: by the server whose rules say so."""

    def peers(name: str) -> list[dict[str, Any]]:
        return [
            {"name": other, "addresses": list(ADDRESSES[other])}
            for other in members
            if other != name and (not star or "me1" in (name, other))
        ]

    farm = {"members": list(members), "removed": list(removed)}
    servers = {name: {"peers": peers(name)} for name in members}
    states = {name: server_state(name, recorded=own) for name, own in recorded.items()}
    return list(missing_peers(farm, servers, states))


def own(*names: str, **more: tuple[str, ...]) -> Recorded:
    return {**{name: ADDRESSES[name] for name in names}, **more}


def test_a_recorded_peer_that_the_inventory_lacks_is_missing() -> None:
    assert missing({"me1": own("me2", "me3"), "me2": own("me1", "me3")}) == [
        Notice(
            "The rules of me1, me2 also name me3 (192.0.2.13), which is not in the farm in this "
            "inventory. Add it, or, if it was removed from the farm, list it in "
            "mailessentials_removed_servers.",
            kind="missing",
        )
    ]


@pytest.mark.parametrize("star", [False, True])
def test_peers_that_are_all_there_are_not_missing(star: bool) -> None:
    everybody = {"me1": own("me2", "me3"), "me2": own("me1"), "me3": own("me1")}
    assert missing(everybody, members=("me1", "me2", "me3"), star=star) == []


@pytest.mark.parametrize(
    ("removed", "gone"),
    [
        (("me2",), True),
        (("192.0.2.12", "2001:db8::12"), True),
        (("192.0.2.12",), False),
        (("me3",), False),
        ((), False),
    ],
)
def test_a_server_that_left_is_named_or_has_all_its_addresses_named(
    removed: tuple[str, ...], gone: bool
) -> None:
    found = missing({"me1": own("me2")}, members=("me1",), removed=removed)
    assert bool(found) != gone


@pytest.mark.parametrize("star", [False, True])
def test_a_server_with_another_name_and_the_same_addresses_is_not_missing(star: bool) -> None:
    old = {"me1": own(old=ADDRESSES["me2"]), "me3": own("me1", old=ADDRESSES["me2"])}
    assert missing(old, members=("me1", "me2", "me3"), star=star) == []


def test_a_member_with_new_addresses_is_not_missing() -> None:
    assert missing({"me1": own(me2=("192.0.2.99",))}) == []


def test_a_server_with_one_address_that_nobody_has_any_more_is_missing() -> None:
    assert len(missing({"me1": own(old=("192.0.2.12", "192.0.2.99"))})) == 1


def test_a_standalone_server_that_was_in_a_farm_misses_its_peers() -> None:
    (notice,) = missing({"me1": own("me2")}, members=("me1",))
    assert notice.message.startswith(
        "The rules of me1 also name me2 (192.0.2.12, 2001:db8::12), which is not in the farm"
    )


def test_a_server_that_was_not_read_says_nothing() -> None:
    assert missing({}) == []
