# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbooks themselves read: the group of the servers, and how many at a time."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import refused

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.playbook import (
    check_playbook_inputs,
)

GROUPS = {"mailessentials": ["me1"], "antispam": ["me1"], "empty": []}


@pytest.mark.parametrize(
    ("group", "serial", "of_host"),
    [
        ("mailessentials", None, {}),
        ("antispam", "50%", {"mailessentials_group": "antispam", "mailessentials_serial": "50%"}),
        ("mailessentials", [1, "2"], {"mailessentials_serial": [1, "2"]}),
    ],
)
def test_what_a_play_can_use(group: str, serial: Any, of_host: dict[str, Any]) -> None:
    check_playbook_inputs(group, serial, GROUPS, of_host)


@pytest.mark.parametrize(
    ("group", "serial", "of_host", "field", "words"),
    [
        ("empty", None, {}, "", "has no host in the group 'empty'"),
        ("nobody", None, {}, "", "-e mailessentials_group=NAME"),
        (7, None, {}, "mailessentials_group", "must be the name"),
        ("mailessentials", 0, {}, "mailessentials_serial", "number of hosts"),
        (
            "mailessentials",
            None,
            {"mailessentials_group": "antispam"},
            "mailessentials_group",
            "child of the group 'mailessentials'",
        ),
        ("mailessentials", None, {"mailessentials_serial": 1}, "mailessentials_serial", "use -e"),
    ],
)
def test_what_it_cannot(
    group: Any, serial: Any, of_host: dict[str, Any], field: str, words: str
) -> None:
    refused(lambda: check_playbook_inputs(group, serial, GROUPS, of_host), field, words)
