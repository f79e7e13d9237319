# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's double and the real worker, run by Ansible on the simulated host, give the same
answers.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from surroundings import engine, no_worker

from simulator import farm, tree
from simulator.host import SimulatedHost

ANSIBLE = Path(sys.executable).with_name("ansible")
OPERATIONS = [
    {
        "operation": "add",
        "id": "A {x} $1;%~",
        "parameters": {
            "DisplayName": "Größe",
            "Description": "Says what",
            "Group": "Farm",
            "Direction": "Inbound",
            "Action": "Allow",
            "Enabled": "True",
            "Protocol": "TCP",
            "LocalPort": ["9095", "9096-9097"],
            "RemoteAddress": ["192.0.2.0/24", "2001:db8::1"],
            "Profile": "Private,Domain",
            "Program": "%ProgramFiles%\\x.exe",
            "Service": "x",
            "InterfaceType": "Wired",
            "EdgeTraversalPolicy": "Block",
        },
    },
    {
        "operation": "set",
        "id": "A {x} $1;%~",
        "parameters": {
            "NewDisplayName": "New",
            "Enabled": "False",
            "RemoteAddress": ["Any"],
            "Profile": "Any",
        },
    },
    {"operation": "remove", "id": "not there"},
    {"operation": "remove", "id": "never reached"},
]
FAULTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "refused": {"fail_at": 2, "error": "access_denied"},
    "killed": {"kill_after": 1},
    "bare": {"net_security": "missing"},
    "stopped": {},
    "unreadable": {"unreadable": True},
    "changed": {"change_before_write": {"foreign": ["Farm", "A {X} $1;%~"]}},
}
TOLD = ("changed", "outcomes", "reading", "failed")


def run(
    place: Path, way: str, check: bool = False
) -> tuple[dict[str, Any], dict[str, SimulatedHost], dict[str, int]]:
    """One call of the worker on a host for each fault (in check mode on a sound one): its answers,
    the hosts after it, how many module runs each saw.
    """
    faults_of = {"plain": FAULTS["plain"]} if check else FAULTS
    for name, faults in faults_of.items():
        services = {"mpssvc": "Stopped" if name == "stopped" else "Running", "BFE": "Running"}
        farm.create(place / name, "server2016", faults=faults, services=services)
    inventory = place / "hosts"
    inventory.write_text(
        "".join(f"{name} simulated_host={place / name}\n" for name in faults_of), encoding="utf-8"
    )
    variables = {"ansible_python_interpreter": sys.executable, "ansible_pwsh_interpreter": engine()}
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(tree.build(place / "tree", way)),
        "ANSIBLE_HOME": str(place / "home"),
    }
    command = [
        str(ANSIBLE),
        "all",
        "-i",
        str(inventory),
        "-c",
        "mailops.simulator.host",
        "-o",
        "-e",
        json.dumps(variables),
    ]
    command += [
        "-m",
        "mailops.mailessentials.firewall_worker",
        "-a",
        json.dumps({"operations": OPERATIONS}),
        *(["--check"] if check else []),
    ]
    output = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=place
    ).stdout
    lines = (line.split(" => ", 1) for line in output.splitlines() if " => " in line)
    answers = {head.split(" ")[0]: json.loads(body) for head, body in lines}
    assert set(answers) == set(faults_of), output
    calls = {
        name: len((place / name / "calls.log").read_text(encoding="utf-8").splitlines())
        for name in faults_of
    }
    return answers, {name: SimulatedHost.load(place / name) for name in faults_of}, calls


def comparable(answer: dict[str, Any]) -> dict[str, Any]:
    told = {key: answer[key] for key in TOLD if key in answer}
    if "reading" in told:
        told["reading"] = json.loads(gzip.decompress(base64.b64decode(told["reading"])))
    if "outcomes" in told:  # each says how long it took
        told["outcomes"] = [
            {key: value for key, value in outcome.items() if key != "milliseconds"}
            for outcome in told["outcomes"]
        ]
    return told


def test_the_double_does_what_it_is_told(tmp_path: Path) -> None:
    answers, hosts, calls = run(tmp_path, "double")
    before = farm.host("server2016").rules
    stored = "v2.26|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=9095|LPort2_10=9096-9097|"
    stored += "IFType=Lan|App=%ProgramFiles%\\x.exe|Svc=x|Name=New|Desc=Says what|EmbedCtxt=Farm|"
    assert hosts["plain"].rules == {**before, "A {x} $1;%~": stored}
    assert [outcome["status"] for outcome in answers["plain"]["outcomes"]] == [
        "done",
        "done",
        "failed",
        "not_done",
    ]
    assert comparable(answers["plain"])["reading"] == json.loads(
        json.dumps(hosts["plain"].reading())
    )
    assert [outcome["status"] for outcome in answers["refused"]["outcomes"]] == [
        "done",
        "failed",
        "not_done",
        "not_done",
    ]
    assert comparable(answers["refused"])["outcomes"][1] == {
        "operation": "set",
        "id": "A {x} $1;%~",
        "status": "failed",
        "message": "Access is denied.",
        "error_id": "Windows System Error 5,Set-NetFirewallRule",
        "category": "PermissionDenied",
    }
    assert "outcomes" not in answers["killed"]
    assert list(hosts["killed"].rules) == [*before, "A {x} $1;%~"]
    assert answers["bare"]["outcomes"][0]["error_id"] == "CommandNotFoundException"
    assert (
        answers["stopped"]["outcomes"][0]["error_id"]
        == "Windows System Error 1753,New-NetFirewallRule"
    )
    assert answers["unreadable"]["changed"] is True
    assert answers["unreadable"]["msg"].startswith(
        "The registry key HKLM\\SYSTEM\\CurrentControlSet"
    )
    assert answers["changed"]["outcomes"][0]["category"] == "ResourceExists"
    assert hosts["changed"].faults == {}
    assert set(calls.values()) == {1}


def test_the_double_does_nothing_in_check_mode(tmp_path: Path) -> None:
    answers, hosts, _unused = run(tmp_path, "double", check=True)
    assert hosts["plain"].rules == farm.host("server2016").rules
    assert {outcome["status"] for outcome in answers["plain"]["outcomes"]} == {"not_done"}
    assert answers["plain"]["changed"] is False


@pytest.mark.skipif(bool(no_worker()), reason=no_worker())
@pytest.mark.parametrize("check", [False, True])
def test_the_real_worker_answers_as_its_double(tmp_path: Path, check: bool) -> None:
    double, doubled, counted = run(tmp_path / "double", "double", check)
    worker, worked, calls = run(tmp_path / "worker", "worker", check)
    for name, answer in double.items():
        expected, told = comparable(answer), comparable(worker[name])
        assert set(told) == set(expected), name
        assert [key for key in expected if told[key] != expected[key]] == [], name
        assert worked[name] == doubled[name], name
    assert calls == counted == dict.fromkeys(double, 1)


def double(folder: Path, operations: list[dict[str, Any]]) -> str:
    environment = {
        **os.environ,
        "SIMULATED_HOST": str(folder),
        "SIMULATED_PYTHONPATH": str(tree.SIMULATOR.parent),
    }
    entered = json.dumps({"ANSIBLE_MODULE_ARGS": {"operations": operations}})
    command = [sys.executable, str(tree.SIMULATOR / "double" / "firewall_worker.py")]
    return subprocess.run(
        command, input=entered, env=environment, capture_output=True, text=True, check=False
    ).stdout


def test_the_double_may_answer_with_something_else(tmp_path: Path) -> None:
    farm.create(tmp_path, "empty", faults={"reply": "not_json"})
    assert double(tmp_path, []).startswith("The system cannot find")


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (
            {"operation": "remove", "id": " "},
            "operations[0].id is empty; give the name of one rule",
        ),
        (
            {"operation": "set", "id": "a", "parameters": {"Group": "G"}},
            "operations[0].parameters.Group cannot be given to set",
        ),
        ({"operation": "set", "id": "a", "port": 80}, "Unsupported parameters"),
    ],
)
def test_the_double_refuses_wrong_operations(
    tmp_path: Path, operation: dict[str, Any], told: str
) -> None:
    farm.create(tmp_path, "empty")
    answer = json.loads(double(tmp_path, [operation]))
    assert answer["failed"]
    assert told in answer["msg"]
