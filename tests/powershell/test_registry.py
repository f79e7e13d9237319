# SPDX-License-Identifier: GPL-3.0-or-later
"""The module util that touches the registry, files and the clock, and the file that takes its place
on a simulated host.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import shell
from worker import REAL_UTIL, SIMULATED_UTIL

from simulator.machine import Machine

OPENED = "LocalMachine Registry64"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("files [1]")
    (folder / "seven").write_bytes(b"\xff\x00seven")
    (folder / "link").symlink_to("seven")
    (folder / "empty").touch()
    done = shell.run(shell.HERE / "registry.ps1", str(REAL_UTIL), str(folder))
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_missing_key_is_not_an_empty_one(found: dict[str, Any]) -> None:
    assert (found["Missing"]["null"], found["Missing"]["log"]) == (
        True,
        [OPENED, "open Missing", "dispose"],
    )
    assert (found["Empty"]["null"], found["Empty"]["pairs"]) == (False, [])


def test_values_come_in_order_and_unexpanded_and_keys_are_closed(found: dict[str, Any]) -> None:
    """A value may be called Keys or Count: the table's own properties must not hide it, nor it
    them.
    """
    assert found["Full"]["pairs"] == [["Keys", "%SystemRoot%\\x"], ["Count", 7], ["b [x]", "two"]]
    assert found["Full"]["log"] == [
        OPENED,
        "open Full",
        *["DoNotExpandEnvironmentNames"] * 3,
        "dispose",
        "dispose",
    ]


def test_a_refused_key_is_an_error_and_the_hive_is_closed(found: dict[str, Any]) -> None:
    assert "not allowed" in found["Denied"]["error"]
    assert found["Denied"]["log"] == [OPENED, "open Denied", "dispose"]


def test_environment_variables(found: dict[str, Any]) -> None:
    assert found["variables"] == ["a b", True]


def test_directories(found: dict[str, Any]) -> None:
    assert found["directories"] == [True, False, False]


def test_files_up_to_a_limit(found: dict[str, Any]) -> None:
    """As bytes; too large, empty and missing are three different answers, and a directory is no
    file.
    """
    seven = [0xFF, 0, *b"seven"]
    assert (found["files"]["seven 7"], found["files"]["seven 6"]) == (
        {"size": 7, "bytes": seven},
        {"size": 7, "bytes": None},
    )
    assert [found["files"][f"link {limit}"] for limit in (7, 6)] == [
        found["files"][f"seven {limit}"] for limit in (7, 6)
    ]
    assert found["files"]["empty 6"] == {"size": 0, "bytes": []}
    assert [found["files"][f"{name} 7"] for name in ("none", ".")] == [None, None]


def test_interfaces_have_the_shape_of_simulated_ones(found: dict[str, Any]) -> None:
    (simulated,) = Machine().interfaces
    for interface in found["interfaces"]:
        assert set(interface) == set(simulated)
        assert all(isinstance(interface[name], str) for name in ("id", "name", "type"))
        servers = [interface[name] for name in ("dns", "dhcp", "gateways")]
        assert all(isinstance(address, str) for listed in servers for address in listed)
    own = {tuple(row) for interface in found["interfaces"] for row in interface["addresses"]}
    assert ("127.0.0.1", 8) in own


def test_the_clock_is_utc(found: dict[str, Any]) -> None:
    assert found["clock"].endswith("Z")
    assert abs(
        datetime.now(timezone.utc) - datetime.fromisoformat(f"{found['clock'][:26]}+00:00")
    ) < timedelta(minutes=5)


def test_the_stand_in_has_the_same_functions() -> None:
    real, simulated = (
        shell.facts([REAL_UTIL, SIMULATED_UTIL])[path] for path in (REAL_UTIL, SIMULATED_UTIL)
    )
    exported = {
        name
        for call in real["calls"]
        if call["name"] == "Export-ModuleMember"
        for name in call["arguments"][0]["literal"]
    }
    offered = {function["name"]: function["parameters"] for function in simulated["functions"]}
    parameters = {function["name"]: function["parameters"] for function in real["functions"]}
    assert exported <= set(parameters)
    assert all(offered[name] == parameters[name] for name in exported)
