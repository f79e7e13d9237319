# SPDX-License-Identifier: GPL-3.0-or-later
"""Farms of every shape, from the inventory to the proof, where outbound connections are blocked by
default: what the plan opens is what the servers need, and what fails is named.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit.farm.whole import ADDRESSES, ROLES, WholeFarm

from simulator import farm
from simulator.network import disturb

MULTI_SERVER = (9095, 9096)


@pytest.mark.parametrize("blocked", [False, True])
@pytest.mark.parametrize("paths", ["mesh", "star"])
def test_a_farm_in_order(tmp_path: Path, paths: str, blocked: bool) -> None:
    place = WholeFarm(tmp_path, multi_server_paths=paths, blocked=blocked)
    assert place.site().failures == () and place.verdict().servers[0].state == "as_wanted"
    proof = place.proof()
    assert proof["ok"], proof["failures"]
    calls = {(one["host"], one["peer"]) for one in proof["proofs"] if one["subject"] == "peers"}
    assert ((("me2", "me3") in calls), ("me1", "me2") in calls) == (paths == "mesh", True)


def test_without_the_rules_nothing_is_reached_where_outbound_is_blocked(tmp_path: Path) -> None:
    place = WholeFarm(tmp_path)
    subjects = {subject for subject, *_call in place.failed()}
    assert {"rules", "peers", "join", "updates", "name servers"} <= subjects


@pytest.mark.parametrize("paths", ["mesh", "star"])
@pytest.mark.parametrize("name", list(ROLES))
def test_each_server_in_turn_is_unreachable(tmp_path: Path, name: str, paths: str) -> None:
    place = WholeFarm(tmp_path, multi_server_paths=paths)
    place.unreachable.add(name)
    told = f"{name}: could not be read, see above; so its farm is not changed."
    assert place.site().failures == (told,)
    assert all(not place.ports_opened(other) for other in ROLES)
    place.unreachable.clear()
    place.site()
    place.unreachable.add(name)
    disturb(
        tmp_path / name,
        {"silent": [f"{ADDRESSES[name]}:{port}" for port in (80, 443, *MULTI_SERVER)]},
    )
    callers = [
        other for other in ROLES if other != name and (paths == "mesh" or "me1" in (name, other))
    ]
    wanted = {("peers", other, name, port) for other in callers for port in MULTI_SERVER}
    if name == "me1":
        wanted |= {("join", other, name, port) for other in callers for port in (80, 443)}
    assert place.failed() == wanted
    assert f"{name}: could not be read, see above." in place.proof()["failures"]


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ({"web_ui_ports": [443], "join_ports": [443]}, {"443"}),
        ({"web_ui_ports": [80], "join_ports": [443]}, {"80", "443"}),
        ({"web_ui_ports": [443], "join_ports": []}, {"443"}),
    ],
)
def test_the_user_interface_and_joining(
    tmp_path: Path, given: dict[str, Any], opened: set[str]
) -> None:
    place = WholeFarm(tmp_path, **given)
    verdict = place.site()
    assert verdict.failures == () and place.proof()["ok"]
    assert place.ports_opened("me1") == {*opened, "9095", "9096"}
    # our two rule sets are no exposure of each other
    assert not [told for told in place.verdict().warnings if "not limited" in told]


def test_gfi_directory_on_the_server_itself(tmp_path: Path) -> None:
    place = WholeFarm(tmp_path, alone=True, gfi_directory="local")
    assert place.site().failures == ()
    assert not place.ports_opened("me1") & {"61000"}
    place.change("me1", lambda host: farm.listen(host, 61000, program="C:\\Tools\\relay.exe"))
    (told,) = place.verdict().failures
    assert told.startswith("me1: Port 61000/tcp is used by relay.exe")


@pytest.mark.parametrize("port", [61000, 61001])
def test_gfi_directory_on_another_host(tmp_path: Path, port: int) -> None:
    given = {"gfi_directory": "192.0.2.61", "directory_scenario": "gfi_directory"}
    place = WholeFarm(tmp_path, alone=True, gfi_directory_port=port, **given)
    place.site()
    assert place.proof()["ok"] and not place.ports_opened("me1") & {str(port)}
    disturb(tmp_path / "me1", {"silent": [f"192.0.2.61:{port}"]})
    assert place.failed() == {("GFI Directory 192.0.2.61", "me1", "", 0)}


@pytest.mark.parametrize("proxied", [False, True])
def test_updates_go_by_the_proxy_or_directly(tmp_path: Path, proxied: bool) -> None:
    given = {"proxy_host": "203.0.113.80", "proxy_port": 3128} if proxied else {}
    place = WholeFarm(tmp_path, alone=True, **given)
    place.site()
    assert place.failed("updates", "name servers") == set()
    disturb(tmp_path / "me1", {"silent": ["203.0.113.80:3128"]})
    assert bool(place.failed("updates")) == proxied
