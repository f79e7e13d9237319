# SPDX-License-Identifier: GPL-3.0-or-later
"""A reading that a task is given: one from a file is enough to look, and never to write."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from unit.builders import refused

from ansible_collections.mailops.mailessentials.plugins.action import (
    firewall_ruleset,
    port_availability,
    port_reservation,
    proxy_info,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._action import WorkerAction
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.payload import Part
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.reading import (
    PARTS,
    ServerReading,
)

Action = type[WorkerAction[Any]]
WRITING = [firewall_ruleset.ActionModule, port_reservation.ActionModule]
LOOKING = [port_availability.ActionModule, proxy_info.ActionModule]


def made(received: float = 2, as_of: str = "") -> dict[str, Any]:
    part = Part(f"at {received}", received - 1, received)
    return ServerReading("me1", dict.fromkeys(PARTS, part), {}, as_of).to_dict()


def given(
    action: Action, value: Any, *, check_mode: bool = False, **registered: Mapping[str, Any]
) -> Part | None:
    """registered: what earlier tasks have for the server."""
    own = action(SimpleNamespace(check_mode=check_mode), None, None, None, None, None)
    hostvars = SimpleNamespace(raw_get=lambda _host: registered)
    own.variables = {"inventory_hostname": "me1", "hostvars": hostvars}
    return own._given(value)


FROM_FILE = made(as_of="2026-01-01 00:00:00 UTC")


@pytest.mark.parametrize("action", WRITING)
@pytest.mark.parametrize("value", [FROM_FILE, "latest"])
def test_a_reading_from_a_file_is_enough_for_a_check_alone(action: Action, value: Any) -> None:
    read = {"preflight_reading": {"reading": FROM_FILE}}
    refused(lambda: given(action, value, **read), "reading", "is from a file")
    assert given(action, value, check_mode=True, **read) == Part("at 2", 1, 2)


@pytest.mark.parametrize("action", WRITING)
def test_a_newer_reading_of_this_run_does_not_hide_that_one_is_from_a_file(action: Action) -> None:
    read = {"old": {"reading": FROM_FILE}, "new": {"reading": made(9)}}
    refused(lambda: given(action, "latest", **read), "reading", "is from a file")


@pytest.mark.parametrize("action", LOOKING)
def test_what_writes_nothing_takes_a_reading_from_a_file(action: Action) -> None:
    assert given(action, FROM_FILE) == Part("at 2", 1, 2)


@pytest.mark.parametrize("action", WRITING)
def test_a_reading_of_this_run_is_enough_to_write(action: Action) -> None:
    assert given(action, made()) == Part("at 2", 1, 2)
    read = {"one": {"reading": made(5)}, "other": {"reading": made(3)}, "more": {"rc": 0}}
    assert given(action, "latest", **read) == Part("at 5", 4, 5)


@pytest.mark.parametrize("action", [*WRITING, *LOOKING])
def test_without_a_reading_the_host_is_asked(action: Action) -> None:
    assert given(action, None) is None and given(action, "latest") is None
