# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's worker as Ansible runs it, by its double and by PowerShell, on simulated hosts: the
same answers, one call each.
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
ADD = {"operation": "add", "protocol": "tcp", "family": "ipv4", "port": 61000}
OPERATIONS = [ADD, {**ADD, "port": 9095}, {**ADD, "operation": "delete", "port": 61001}]
FAULTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "killed": {"kill_after": 1},
    "failing": {"failing": "Get-NetTCPConnection"},
    "taken": {"change_before_write": {"listen": [61000]}},
}


def run(place: Path, way: str) -> tuple[dict[str, Any], dict[str, SimulatedHost]]:
    """One call on a host for each fault: the answers, and the hosts after it."""
    for name, faults in FAULTS.items():
        host = farm.create(place / name, "empty", faults=faults)
        farm.install(host)
        host.save(place / name)
    inventory = place / "hosts"
    inventory.write_text(
        "".join(f"{name} simulated_host={place / name}\n" for name in FAULTS), encoding="utf-8"
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
        "mailops.mailessentials.host_worker",
        "-a",
        json.dumps({"ports": True, "operations": OPERATIONS}),
    ]
    output = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=place
    ).stdout
    lines = (line.split(" => ", 1) for line in output.splitlines() if " => " in line)
    answers = {head.split(" ")[0]: json.loads(body) for head, body in lines}
    assert set(answers) == set(FAULTS), output
    assert {
        name: (place / name / "calls.log").read_text(encoding="utf-8") for name in FAULTS
    } == dict.fromkeys(FAULTS, "host_worker\n")
    return answers, {name: SimulatedHost.load(place / name) for name in FAULTS}


def comparable(answer: dict[str, Any]) -> dict[str, Any]:
    told = {
        key: answer[key] for key in ("changed", "outcomes", "reading", "failed") if key in answer
    }
    if "reading" in told:
        told["reading"] = json.loads(gzip.decompress(base64.b64decode(told["reading"])))
        del told["reading"]["utc"]
    return told


def test_the_double_does_what_it_is_told(tmp_path: Path) -> None:
    answers, hosts = run(tmp_path, "double")
    plain = answers["plain"]
    assert plain["changed"] is True
    assert [(entry["status"], entry["exit_code"]) for entry in plain["outcomes"]] == [
        ("done", 0),
        ("failed", 1),
        ("failed", 1),
    ]
    reading = comparable(plain)["reading"]
    assert (
        reading["registry"]["32"]["Version"],
        len(reading["services"]),
        reading["directories"][0]["exists"],
    ) == ("21.4.0.0", 13, True)
    assert (
        "61000       61000     *"
        in reading["ports"]["netsh"]["excluded"]["ipv6"]["tcp"]["persistent"]["text"]
    )
    assert ["127.0.0.1", "9091"] in [[row[0], row[3]] for row in reading["ports"]["tcp"]]
    taken = answers["taken"]["outcomes"]
    assert [entry["status"] for entry in taken] == ["failed"] * 3
    assert hosts["taken"].faults == {}
    assert "outcomes" not in answers["killed"]
    assert hosts["killed"].machine == hosts["plain"].machine
    assert (answers["failing"]["msg"], answers["failing"]["changed"]) == (
        "Get-NetTCPConnection failed: Access is denied.",
        True,
    )
    assert "reading" not in answers["failing"]


@pytest.mark.skipif(bool(no_worker()), reason=no_worker())
def test_the_real_worker_answers_as_its_double(tmp_path: Path) -> None:
    double, doubled = run(tmp_path / "double", "double")
    worker, worked = run(tmp_path / "worker", "worker")
    for name, answer in double.items():
        expected, told = comparable(answer), comparable(worker[name])
        assert set(told) == set(expected), name
        assert [key for key in expected if told[key] != expected[key]] == [], name
        assert worked[name] == doubled[name], name


def double(folder: Path, **options: Any) -> str:
    environment = {
        **os.environ,
        "SIMULATED_HOST": str(folder),
        "SIMULATED_PYTHONPATH": str(tree.SIMULATOR.parent),
    }
    command = [sys.executable, str(tree.SIMULATOR / "double" / "host_worker.py")]
    entered = json.dumps({"ANSIBLE_MODULE_ARGS": options})
    return subprocess.run(
        command, input=entered, env=environment, capture_output=True, text=True, check=False
    ).stdout


def test_the_double_may_answer_with_something_else(tmp_path: Path) -> None:
    farm.create(tmp_path, "empty", faults={"reply": "not_json"})
    assert double(tmp_path).startswith("The system cannot find")
    for reply in ("empty", "garbled", "truncated", "wrong_schema"):
        farm.create(tmp_path, "empty", faults={"reply": reply})
        sent = json.loads(double(tmp_path))["reading"]
        try:
            assert json.loads(gzip.decompress(base64.b64decode(sent)))["schema"] == 99
            assert reply == "wrong_schema"
        except (ValueError, EOFError):
            assert reply != "wrong_schema"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"operations": [{**ADD, "port": 0}]},
            "operations[0].port is 0; give a port from 1 to 65535",
        ),
        ({"operations": [ADD, {**ADD, "port": 65536}]}, "operations[1].port is 65536; give"),
        ({"operations": [{**ADD, "operation": "set"}]}, "operation"),
        ({"operations": [{**ADD, "store": "active"}]}, "Unsupported parameters"),
        ({"port": True}, "Unsupported parameters"),
    ],
)
def test_the_double_refuses_what_the_worker_refuses(
    tmp_path: Path, options: dict[str, Any], told: str
) -> None:
    farm.create(tmp_path, "empty")
    answer = json.loads(double(tmp_path, **options))
    assert answer["failed"]
    assert told in answer["msg"]
    assert SimulatedHost.load(tmp_path).writes == 0
