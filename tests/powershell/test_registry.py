# SPDX-License-Identifier: GPL-3.0-or-later
"""The module util that touches the registry, and the file that takes its place on a simulated host."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shell
from worker import REAL_UTIL, SIMULATED_UTIL

OPENED = "LocalMachine Registry64"


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    done = shell.run(shell.HERE / "registry.ps1", str(REAL_UTIL))
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_missing_key_is_not_an_empty_one(found: dict[str, Any]) -> None:
    assert (found["Missing"]["null"], found["Missing"]["log"]) == (True, [OPENED, "open Missing", "dispose"])
    assert (found["Empty"]["null"], found["Empty"]["pairs"]) == (False, [])


def test_values_come_in_order_and_unexpanded_and_keys_are_closed(found: dict[str, Any]) -> None:
    """A value may be called Keys or Count: the table's own properties must not hide it, nor it them."""
    assert found["Full"]["pairs"] == [["Keys", "%SystemRoot%\\x"], ["Count", 7], ["b [x]", "two"]]
    assert found["Full"]["log"] == [OPENED, "open Full", *["DoNotExpandEnvironmentNames"] * 3, "dispose", "dispose"]


def test_a_refused_key_is_an_error_and_the_hive_is_closed(found: dict[str, Any]) -> None:
    assert "not allowed" in found["Denied"]["error"]
    assert found["Denied"]["log"] == [OPENED, "open Denied", "dispose"]


def test_environment_variables(found: dict[str, Any]) -> None:
    assert found["variables"] == ["a b", True]


def test_the_stand_in_has_the_same_functions() -> None:
    real, simulated = (shell.facts([REAL_UTIL, SIMULATED_UTIL])[path] for path in (REAL_UTIL, SIMULATED_UTIL))
    exported = {name for call in real["calls"] if call["name"] == "Export-ModuleMember" for name in call["arguments"][0]["literal"]}
    offered = {function["name"]: function["parameters"] for function in simulated["functions"]}
    assert exported == {function["name"] for function in real["functions"]}
    assert all(offered[function["name"]] == function["parameters"] for function in real["functions"])
