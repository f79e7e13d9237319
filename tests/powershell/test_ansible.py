# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker as Ansible itself runs it: one short play on a simulated host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import ansible.release
import pytest
import shell
from worker import Run

from simulator.host import SimulatedHost
from simulator.tree import build

ADD = {
    "operation": "add",
    "id": "R\u00e8gle (1)",
    "parameters": {
        "DisplayName": "Abgleich \u6f22",
        "Group": "G",
        "Protocol": "TCP",
        "LocalPort": ["9095", "9096"],
    },
}
TASKS: dict[str, dict[str, Any]] = {
    "read": {"mailops.mailessentials.firewall_worker": {}},
    "check": {"mailops.mailessentials.firewall_worker": {"operations": [ADD]}, "check_mode": True},
    "add": {"mailops.mailessentials.firewall_worker": {"operations": [ADD]}},
    "typo": {"mailops.mailessentials.firewall_worker": {"operation": [ADD]}},
    "killed": {
        "mailops.mailessentials.firewall_worker": {
            "operations": [{**ADD, "id": "second"}, {**ADD, "id": "third"}]
        }
    },
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, Any]], Path]:
    if tuple(int(part) for part in ansible.release.__version__.split(".")[:2]) < (2, 21):
        pytest.skip("ansible-core < 2.21 runs no .ps1 on POSIX")
    folder = tmp_path_factory.mktemp("play")
    host = SimulatedHost()
    host.set_faults(kill_after=2)
    host.save(folder / "host")
    tasks: list[dict[str, Any]] = [
        {"name": name, "register": name, "ignore_errors": True, **task}
        for name, task in TASKS.items()
    ]
    written = ", ".join(f"'{name}': {name}" for name in TASKS)
    copy = {
        "dest": str(folder / "results.json"),
        "content": "{{ {" + written + "} | to_json }}",
        "mode": "0600",
    }
    tasks.append(
        {
            "name": "Keep",
            "ansible.builtin.copy": copy,
            "delegate_to": "localhost",
            "vars": {"ansible_connection": "local"},
        }
    )
    (folder / "play.json").write_text(
        json.dumps([{"name": "Play", "hosts": "all", "gather_facts": False, "tasks": tasks}]),
        encoding="utf-8",
    )
    variables = {
        "ansible_connection": "mailops.simulator.host",
        "simulated_host": str(folder / "host"),
        "ansible_pwsh_interpreter": shell.pwsh(),
        "ansible_python_interpreter": sys.executable,
    }
    (folder / "inventory.json").write_text(
        json.dumps({"all": {"hosts": {"win.example.com": variables}}}), encoding="utf-8"
    )
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(build(folder / "tree", "worker")),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
    }
    environment.pop("ANSIBLE_CONFIG", None)
    command = [
        sys.executable,
        "-m",
        "ansible",
        "playbook",
        "-i",
        str(folder / "inventory.json"),
        str(folder / "play.json"),
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((folder / "results.json").read_text(encoding="utf-8")), folder / "host"


def test_reading(played: tuple[dict[str, dict[str, Any]], Path]) -> None:
    result = played[0]["read"]
    assert (result["changed"], result["outcomes"]) == (False, [])
    assert Run(result, 0, []).reading == SimulatedHost().reading()


def test_check_mode_reaches_the_worker(played: tuple[dict[str, dict[str, Any]], Path]) -> None:
    result = played[0]["check"]
    assert (result["changed"], [entry["status"] for entry in result["outcomes"]]) == (
        False,
        ["not_done"],
    )
    assert Run(result, 0, []).reading["stores"]["local"]["rules"] == []


def test_a_rule_with_its_own_letters_is_added(
    played: tuple[dict[str, dict[str, Any]], Path],
) -> None:
    result = played[0]["add"]
    assert (result["changed"], [entry["status"] for entry in result["outcomes"]]) == (
        True,
        ["done"],
    )
    text = (
        "v2.26|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=9095|LPort=9096|Name=Abgleich "
        "\u6f22|EmbedCtxt=G|"
    )
    assert Run(result, 0, []).reading["stores"]["local"]["rules"] == [["R\u00e8gle (1)", text]]


def test_an_unknown_option_is_refused(played: tuple[dict[str, dict[str, Any]], Path]) -> None:
    assert played[0]["typo"]["failed"] is True
    assert "Unsupported parameters" in played[0]["typo"]["msg"]


def test_a_killed_worker_is_a_failure_and_what_it_did_stays(
    played: tuple[dict[str, dict[str, Any]], Path],
) -> None:
    assert played[0]["killed"]["failed"] is True
    assert "outcomes" not in played[0]["killed"]
    assert list(SimulatedHost.load(played[1]).rules) == ["R\u00e8gle (1)", "second"]
