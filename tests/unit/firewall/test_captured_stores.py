# SPDX-License-Identifier: GPL-3.0-or-later
"""Real rules: none is called erroneous, a text that was cut off is not understood, and what a plain
farm's plan meets in whole stores.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from unit.builders import wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.blocking import (
    blocked,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    FirewallReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    stored_rule,
)
from simulator import farm

FILES = sorted(farm.DATA.glob("*.jsonl"))
PEERS = ["192.0.2.11", "192.0.2.12"]
PLAN = [
    wanted(protocol="tcp", local_ports=[9095, 9096], remote_addresses=PEERS),
    wanted(id="Example-Web", protocol="tcp", local_ports=[80, 443], remote_addresses=PEERS),
    wanted(id="Example-Dns", direction="outbound", protocol="udp", remote_ports=[53],
           remote_addresses=["192.0.2.53"]),
    wanted(id="Example-Updates", direction="outbound", protocol="tcp", remote_ports=[80, 443]),
    wanted(id="Example-Ldap", direction="outbound", protocol="tcp", remote_ports=[389],
           remote_addresses=["192.0.2.61"]),
]  # fmt: skip


def rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def reading(file: Path, **changes: Any) -> FirewallReading:
    return FirewallReading(
        services={"mpssvc": "Running", "BFE": "Running"},
        variables={"systemroot": "C:\\Windows", "programfiles": "C:\\Program Files"},
        active_profiles=("domain",),
        profiles_known=True,
        rules=tuple(stored_rule(row["store"], row["id"], row["value"]) for row in rows(file)),
        profile_values={"local": {}, "mdm": {}, "gpo": {}},
        disabled_interfaces={},
        exceptions=(),
        interfaces=(),
        windows="10.0.20348",
        **changes,
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_rule_that_windows_took_is_called_erroneous(file: Path) -> None:
    policy = Policy(reading(file))
    wrong = {
        stored.id: policy.extent(stored, stored.rule).doubts["invalid"] if stored.rule else "unread"
        for stored in policy.reading.rules
        if stored.rule is None or "invalid" in policy.extent(stored, stored.rule).doubts
    }
    assert wrong == {}


# What stops a farm of the plan above on each whole store: rules and what they take. The owner of
# the machine with Windows 11 had blocked LDAP.
STOPS = {"windows11_schema233": ["TCP 389 to 192.0.2.61"]}


@pytest.mark.parametrize(
    "file", [file for file in FILES if len(rows(file)) >= 400], ids=lambda file: file.stem
)
def test_what_a_plain_plan_meets_in_a_whole_store(file: Path) -> None:
    found = list(blocked(Policy(reading(file)), PLAN))
    stops = [one.message.partition(" is blocked")[0] for one in found if one.severity == "error"]
    assert stops == STOPS.get(file.stem, [])
    # the same machine has rules for users beside them, which nobody can settle
    doubts = {one.severity for one in found} - {"error", "info"}
    assert doubts == ({"warning"} if file.stem in STOPS else set())


def test_a_text_that_was_cut_off_is_understood_only_where_it_is_whole() -> None:
    texts = [row["value"] for file in FILES for row in rows(file)][::17]
    assert len(texts) >= 200
    for text in texts:
        for end in range(len(text)):
            cut = text[:end]
            taken = stored_rule("local", "R", cut)
            assert taken.rule is None or (cut.endswith("|") and "|name=" in cut.lower()), cut


def test_the_simulator_decides_with_code_of_its_own() -> None:
    folder = Path(__file__).resolve().parents[2] / "simulator"
    for name in ("packets.py", "packet_conditions.py", "packet_text.py"):
        tree = ast.parse(folder.joinpath(name).read_text(encoding="utf-8"))
        modules = {
            node.module or ""
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and not node.level
        } | {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert not {one for one in modules if "ansible" in one or "plugins" in one}, name
