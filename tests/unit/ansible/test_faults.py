# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input and broken hosts through Ansible itself: one playbook, every answer one line, no
traceback anywhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from unit.builders import GROUP, PREFIX, option

from simulator import farm, tree
from simulator.host import SimulatedHost

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
RULESET = "mailops.mailessentials.firewall_ruleset"
INFO = "mailops.mailessentials.firewall_ruleset_info"
OURS = {"group": GROUP, "id_prefix": PREFIX}
GOOD = {**OURS, "rules": [option(protocol="tcp", local_ports=[9095]), option(id="Example-B")]}
# host: its faults, and words of what is said when a good set of rules is applied there
HOSTS: dict[str, tuple[dict[str, Any], str]] = {
    "not_json": ({"reply": "not_json"}, "The firewall worker failed on the host"),
    "garbled": ({"reply": "garbled"}, "The worker's reading is not JSON"),
    "truncated": ({"reply": "truncated"}, "The worker's reading is damaged"),
    "wrong_schema": ({"reply": "wrong_schema"}, "does not follow schema 1"),
    "empty": ({"reply": "empty"}, "holds no reading"),
    "bare": ({"net_security": "missing"}, "The term 'New-NetFirewallRule' is not recognized"),
    "denied": ({"fail_at": 2}, "Access is denied (Windows System Error 5"),
    "read_only": ({"read_only": True}, "The request is not supported"),
    "killed": ({"kill_after": 1}, "The firewall worker failed on the host"),
    "unreadable": ({"unreadable": True}, "The registry key HKLM\\SYSTEM"),
    "stopped": ({}, "The service mpssvc (Windows Defender Firewall) is Stopped"),
}
# A task on a sound host, and words of what is said
TASKS: list[tuple[dict[str, Any], str]] = [
    (
        {RULESET: {**OURS, "rules": [option(protocol="tcp", local_ports=["9095, 9096"])]}},
        "rules[0].local_ports[0]: port '9095, 9096' is several ports",
    ),
    (
        {RULESET: {**OURS, "rules": [option(protocol="tcp", local_ports=[9095.0])]}},
        "rules[0].local_ports[0]: ",
    ),
    (
        {RULESET: {**OURS, "rules": [option(remote_addresses=["localhost"])]}},
        "rules[0].remote_addresses[0]: address 'localhost'",
    ),
    (
        {RULESET: {**OURS, "rules": [option(display_name="All")]}},
        "rules[0].display_name: 'All' is reserved",
    ),
    (
        {RULESET: {**OURS, "rules": [option(local_port=1)]}},
        "rules[0].local_port: 'local_port' is not a known option",
    ),
    (
        {RULESET: {**OURS, "rules": [option(), option()]}},
        "rules[1].id: 'Example-A' is the id of rules[0] already",
    ),
    ({RULESET: {**OURS, "rules": []}}, "rules: is empty"),
    ({RULESET: {**OURS, "rules": ["rule"]}}, "rules"),
    ({RULESET: {**OURS, "group": "", "state": "absent"}}, "group: is empty"),
    ({RULESET: {**OURS, "state": "gone"}}, "gone"),
    ({RULESET: {**GOOD, "purgee": True}}, "purgee"),
    ({RULESET: {"rules": []}}, "group, id_prefix"),
    ({INFO: {"group": GROUP, "id_prefix": "x"}}, "id_prefix: 'x' is too short"),
    (
        {
            "ansible.builtin.debug": {
                "msg": "{{ lookup('mailops.mailessentials.catalog', 'flows', version='2013') }}"
            }
        },
        "2013",
    ),
    ({"mailops.mailessentials.farm_plan": {}}, "has no host in the group 'mailessentials'"),
    ({"mailops.mailessentials.farm_plan": {"show": "perhaps"}}, "perhaps"),
    ({"mailops.mailessentials.server_plan": {}}, "There is no plan in this run"),
    ({"mailops.mailessentials.farm_verdict": {"reservations": "gone"}}, "gone"),
    ({"mailops.mailessentials.farm_verdict": {}}, "There is no plan in this run"),
    ({"mailops.mailessentials.server_verdict": {}}, "There is no verdict on this server"),
    ({"mailops.mailessentials.farm_proof": {}}, "There is no plan in this run"),
    ({"mailops.mailessentials.server_proof": {}}, "There is no plan in this run"),
    ({RULESET: {**GOOD, "reading": {"schema": 1}}}, "reading: is not what server_info returns"),
    ({"mailops.mailessentials.check_group": {}}, "has no host in the group 'mailessentials'"),
    (
        {
            "ansible.builtin.debug": {
                "msg": "{{ query('mailops.mailessentials.addresses', '127.0.0.300') }}"
            }
        },
        "'127.0.0.300' is not",
    ),
]


def plays() -> list[dict[str, Any]]:
    def play(hosts: str, tasks: list[dict[str, Any]]) -> dict[str, Any]:
        named = [
            {"name": f"Case {number}", "register": f"case{number}", "ignore_errors": True, **task}
            for number, task in enumerate(tasks)
        ]
        said = ", ".join(f"case{number}" for number in range(len(tasks)))
        keep = {
            "content": f"{{{{ [{said}] | to_json }}}}",
            "dest": "{{ answers }}/{{ inventory_hostname }}",
            "mode": "0600",
        }
        named.append({"name": "Keep", "ansible.builtin.copy": keep, "delegate_to": "localhost"})
        return {"name": "Cases", "hosts": hosts, "gather_facts": False, "tasks": named}

    return [play("all:!sound", [{RULESET: GOOD}]), play("sound", [task for task, _words in TASKS])]


def answers(place: Path) -> tuple[dict[str, list[dict[str, Any]]], str]:
    names = [*HOSTS, "sound"]
    for name in names:
        farm.create(place / name, "empty", faults=HOSTS.get(name, ({}, ""))[0])
    stopped = SimulatedHost.load(place / "stopped")
    farm.stop(stopped)
    stopped.save(place / "stopped")
    (place / "answers").mkdir()
    lines = [
        f"{name} simulated_host={place / name} ansible_connection=mailops.simulator.host\n"
        for name in names
    ]
    (place / "hosts").write_text("".join(lines), encoding="utf-8")
    (place / "play.yml").write_text(yaml.safe_dump(plays(), sort_keys=False), encoding="utf-8")
    variables = {"ansible_python_interpreter": sys.executable, "answers": str(place / "answers")}
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(tree.build(place / "tree", "double")),
        "ANSIBLE_HOME": str(place / "home"),
    }
    command = [
        str(PLAYBOOK),
        "-i",
        str(place / "hosts"),
        "-e",
        json.dumps(variables),
        str(place / "play.yml"),
    ]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=place
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return {
        name: json.loads((place / "answers" / name).read_text(encoding="utf-8")) for name in names
    }, run.stdout + run.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[dict[str, Any]]], str]:
    return answers(tmp_path_factory.mktemp("faults"))


def test_every_broken_host_says_what_is_wrong(
    said: tuple[dict[str, list[dict[str, Any]]], str],
) -> None:
    for name, (_faults, words) in HOSTS.items():
        (answer,) = said[0][name]
        assert answer["failed"] is True and words in answer["msg"], name
        assert len(answer["msg"].splitlines()) == 1, name
        assert answer["changed"] is (name in ("denied", "killed")), name
        assert answer["round_trips"] == {
            "killed": 3,
            **dict.fromkeys(("bare", "denied", "read_only"), 2),
        }.get(name, 1), name


def test_every_bad_input_is_refused_with_a_sentence(
    said: tuple[dict[str, list[dict[str, Any]]], str],
) -> None:
    for answer, (task, words) in zip(said[0]["sound"], TASKS, strict=True):
        assert answer["failed"] is True and words in answer["msg"], task
        assert answer.get("round_trips", 0) == 0


def test_there_is_no_traceback(said: tuple[dict[str, list[dict[str, Any]]], str]) -> None:
    output = said[1] + json.dumps(said[0])
    assert f"Case {len(TASKS) - 1}" in output
    assert [
        word for word in ("Traceback (most", "Error(", "NoneType", "unexpected") if word in output
    ] == []
