# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong inputs, as Ansible hands them over: every playbook stops before any call, with one sentence
for each.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT, clean_environment
from unit.wrong_inputs import SECRET, inventory

from simulator.play import Farm

# These two need no input.
PLAYBOOKS = sorted(
    file.stem
    for file in (CHECKOUT / "playbooks").glob("*.yml")
    if file.stem not in {"remove", "capture"}
)


def made(folder: Path) -> tuple[Farm, dict[str, str]]:
    wrong, expected = inventory()
    hosts = {name: ("empty", own) for name, own in wrong["mailessentials"]["hosts"].items()}
    groups = {"mailessentials": list(hosts)}
    return Farm(folder, hosts, groups, clean_environment()), expected


def named(output: str, variable: str) -> set[str]:
    """Servers that a message names behind a sentence about a variable."""
    sentences = re.findall(rf"{variable}(?:\[\d+\][^:]*)?: [^()]*(?:\([^()]*\))*", output)
    return {name for sentence in sentences for name in re.findall(r"server\d+", sentence)}


def test_every_wrong_value_is_said_once_and_no_host_is_called(tmp_path: Path) -> None:
    simulated, expected = made(tmp_path)
    run = simulated.play("mailops.mailessentials.site", "-vvv")
    (result,) = (
        record["result"] for record in run.records if record["action"].endswith("farm_plan")
    )
    count = len(result["mistakes"])
    assert result["msg"] == f"{count} mistakes in the inventory; no host was called."
    assert run.code != 0 and len(set(expected.values())) < count <= len(expected)
    for variable in set(expected.values()):
        servers = [name for name, wrong in expected.items() if wrong == variable]
        told = named(" ".join(result["mistakes"]), variable)
        # of servers with the same mistake five are named
        assert told and told <= set(servers), (variable, told)
    assert "Traceback" not in run.output and SECRET not in run.output
    assert not any(simulated.calls(name) for name in expected)


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_playbook_stops(tmp_path: Path, playbook: str) -> None:
    hosts: dict[str, Any] = {
        "m": ("empty", {"mailessentials_server_role": "standalone", "mailessentials_ftp": "maybe"})
    }
    simulated = Farm(tmp_path, hosts, {"mailessentials": ["m"]}, clean_environment())
    run = simulated.play(
        f"mailops.mailessentials.{playbook}", "-e", f"mailessentials_captures={tmp_path / 'none'}"
    )
    assert run.code != 0 and "mailessentials_ftp: must be true or false" in run.output
    assert simulated.calls("m") == 0


@pytest.mark.parametrize("serial", ["abc", "-1", 0, None])
def test_what_serial_cannot_use_stops_remove_also_with_limit(tmp_path: Path, serial: Any) -> None:
    hosts: dict[str, Any] = {"m": ("empty", {"mailessentials_server_role": "standalone"})}
    simulated = Farm(tmp_path, hosts, {"mailessentials": ["m"]}, clean_environment())
    given = json.dumps({"mailessentials_serial": serial})
    run = simulated.play("mailops.mailessentials.remove", "--limit", "m", "-e", given)
    assert run.code == 2 and "mailessentials_serial: " in run.output, run.output
    assert "Traceback" not in run.output and simulated.calls("m") == 0


@pytest.mark.parametrize("place", ["play", "role", "include_role"])
@pytest.mark.parametrize("role", ["firewall", "multi_server", "preflight", "proxy", "verify"])
def test_a_role_refuses_what_only_the_play_or_the_role_sees(
    tmp_path: Path, place: str, role: str
) -> None:
    name = f"mailops.mailessentials.{role}"
    given = {"mailessentials_version": "21"}
    play: dict[str, Any] = {
        "play": {"vars": given, "roles": [{"role": name}]},
        "role": {"roles": [{"role": name, **given}]},
        "include_role": {
            "tasks": [{"ansible.builtin.include_role": {"name": name}, "vars": given}]
        },
    }[place]
    hosts: dict[str, Any] = {"m": ("empty", {"mailessentials_server_role": "standalone"})}
    simulated = Farm(tmp_path, hosts, {"mailessentials": ["m"]}, clean_environment())
    file = tmp_path / "play.yml"
    file.write_text(
        yaml.safe_dump([{"hosts": "m", "gather_facts": False, **play}]), encoding="utf-8"
    )
    run = simulated.play(str(file))
    assert run.code != 0 and simulated.calls("m") == 0
    assert (
        "mailessentials_version: is set in the play or a role; put it in the inventory"
        in run.output
    )
