# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker that reads a server, as Ansible runs it: by its double and by PowerShell, the same
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

ANSIBLE = Path(sys.executable).with_name("ansible")
FAULTS: dict[str, dict[str, Any]] = {"plain": {}, "failing": {"failing": "Win32_Service"}}


def run(place: Path, way: str) -> dict[str, dict[str, Any]]:
    """One call on a host for each fault: the answers, the readings unpacked."""
    for name, faults in FAULTS.items():
        host = farm.create(place / name, "server2016", faults=faults)
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
    command = [str(ANSIBLE), "all", "-i", str(inventory), "-c", "mailops.simulator.host", "-o"]
    command += ["-e", json.dumps(variables), "-m", "mailops.mailessentials.server_worker"]
    output = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=place
    ).stdout
    lines = (line.split(" => ", 1) for line in output.splitlines() if " => " in line)
    answers = {head.split(" ")[0]: json.loads(body) for head, body in lines}
    assert set(answers) == set(FAULTS), output
    for answer in answers.values():
        for name, text in answer["readings"].items():
            reading = json.loads(gzip.decompress(base64.b64decode(text)))
            reading.pop("utc", None)
            answer["readings"][name] = reading
    return answers


def test_the_double_reads_a_server(tmp_path: Path) -> None:
    answers = run(tmp_path, "double")
    plain = answers["plain"]
    assert (set(plain["readings"]), plain["errors"]) == ({"host", "firewall", "proxy"}, {})
    assert len(plain["readings"]["firewall"]["fingerprint"]) == 64
    failing = answers["failing"]
    assert set(failing["readings"]) == {"firewall", "proxy"}
    assert failing["errors"] == {
        "host": "Get-CimInstance -ClassName Win32_Service failed: Access is denied."
    }


@pytest.mark.skipif(bool(no_worker()), reason=no_worker())
def test_the_real_worker_answers_as_its_double(tmp_path: Path) -> None:
    double, worker = run(tmp_path / "double", "double"), run(tmp_path / "worker", "worker")
    for name, answer in double.items():
        told = ("changed", "readings", "errors", "failed")
        assert {key: worker[name].get(key) for key in told} == {
            key: answer.get(key) for key in told
        }
