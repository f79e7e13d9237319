# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker and its Python double give the same answer on the same simulated host, and leave it
the same.
"""

from __future__ import annotations

import copy
import io
import json
import runpy
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import shell
from worker import Case, Run, execute

from simulator.host import SimulatedHost

TESTS = shell.CHECKOUT / "tests"
DOUBLE = TESTS / "simulator" / "double" / "firewall_worker.py"
ADD = {
    "operation": "add",
    "id": "New (1)",
    "display_name": "Neu \u00e4",
    "group": "G",
    "direction": "Inbound",
    "action": "Allow",
    "protocol": "TCP",
    "local_ports": ["9095", "9096", "61000-61002"],
    "remote_addresses": ["192.0.2.0/24", "LocalSubnet", "2001:db8::1"],
    "profiles": ["Private", "Domain"],
    "program": "%ProgramFiles%\\x.exe",
    "service": "W3SVC",
    "interface_type": "Wired",
    "edge_traversal": "DeferToApp",
    "enabled": "True",
}
SET = {
    "operation": "set",
    "id": "New (1)",
    "display_name": "Anders",
    "enabled": "False",
    "profiles": ["Any"],
    "remote_addresses": ["Any"],
    "program": "Any",
}
REMOVE = {"operation": "remove", "id": "New (1)"}
MISSING = {"operation": "remove", "id": "a*"}
# name: operations, what is unusual about the host
SEQUENCES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "read": ([], {}),
    "add": ([ADD], {}),
    "add, set": ([ADD, SET], {}),
    "add, set, remove": ([ADD, SET, REMOVE], {}),
    "duplicate": ([ADD, ADD, REMOVE], {}),
    "not found": ([SET, ADD], {}),
    "a star is refused": ([MISSING], {}),
    "bad address": ([{**ADD, "remote_addresses": ["192.0.2.0/33"]}], {}),
    "bad port": ([{**ADD, "local_ports": ["Nonsense"]}], {}),
    "ports left over": ([ADD, {"operation": "set", "id": "New (1)", "protocol": "ICMPv4"}], {}),
    "newer rule": ([{"operation": "set", "id": "newer", "enabled": "False"}], {}),
    "service stopped": ([ADD], {"services": {"mpssvc": "Stopped", "BFE": "Running"}}),
    "service missing": ([ADD], {"services": {"BFE": "Running"}}),
    "no categories": ([], {"network_categories": None}),
    "several categories": ([], {"network_categories": [0, 1, 2]}),
    "access denied": ([ADD, SET], {"faults": {"fail_at": 2, "error": "access_denied"}}),
    "read-only": ([ADD], {"faults": {"read_only": True}}),
    "no NetSecurity": ([ADD, SET], {"faults": {"net_security": "missing"}}),
    "unreadable": ([ADD], {"faults": {"unreadable": True}}),
    "check mode": ([ADD, REMOVE], {}),
}


def simulated(**unusual: Any) -> SimulatedHost:
    """A host with the rules of a captured Windows 11, a rule of a later Windows and names that are
    patterns.
    """
    host = SimulatedHost(**{**vars(SimulatedHost()), "version": "v2.33", **copy.deepcopy(unusual)})
    capture = TESTS / "data" / "firewall_rules" / "windows11_schema233.jsonl"
    for line in capture.read_text(encoding="utf-8").splitlines():
        rule = json.loads(line)
        host.rules.setdefault(rule["id"], rule["value"])
    text = "|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=25|Name=Sp\u00e4ter|"
    host.rules.update({"newer": f"v2.99{text}", "ab": f"v2.30{text}", "New 1": f"v2.30{text}"})
    host.stores["gpo"]["profiles"] = {
        "DomainProfile": {"AllowLocalPolicyMerge": 0},
        "PublicProfile": {},
    }
    return host


def double(
    operations: list[dict[str, Any]], folder: Path, check: bool, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    testing = pytest.importorskip("ansible.module_utils.testing", reason="ansible-core < 2.17")
    monkeypatch.setenv("SIMULATED_HOST", str(folder))
    monkeypatch.setenv("SIMULATED_PYTHONPATH", str(TESTS))
    monkeypatch.setattr(sys, "path", list(sys.path))
    written = io.StringIO()
    arguments = {"operations": operations, "_ansible_check_mode": check}
    with testing.patch_module_args(arguments), redirect_stdout(written), pytest.raises(SystemExit):
        runpy.run_path(str(DOUBLE), run_name="__main__")
    answer: dict[str, Any] = json.loads(written.getvalue())
    return answer


def timeless(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome but for its milliseconds, which are a number from 0 on."""
    assert isinstance(outcome["milliseconds"], int) and outcome["milliseconds"] >= 0
    return {key: value for key, value in outcome.items() if key != "milliseconds"}


def check_mode(name: str) -> bool:
    return name == "check mode"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Run], dict[str, Path]]:
    folder = tmp_path_factory.mktemp("ways")
    hosts = {name: folder / str(number) for number, name in enumerate(SEQUENCES)}
    for name, (_unused, unusual) in SEQUENCES.items():
        simulated(**unusual).save(hosts[name])
    cases = {
        name: Case(operations, check=check_mode(name))
        for name, (operations, _unused) in SEQUENCES.items()
    }
    return execute(cases, folder, simulator=TESTS, hosts=hosts), hosts


@pytest.mark.parametrize("name", SEQUENCES)
def test_both_ways_agree(
    runs: tuple[dict[str, Run], dict[str, Path]],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, place = runs[0][name], runs[1][name]
    operations, unusual = SEQUENCES[name]
    simulated(**unusual).save(tmp_path)
    other = double(operations, tmp_path, check_mode(name), monkeypatch)
    assert run.result.get("failed", False) == other.get("failed", False)
    if "failed" not in other:
        assert [timeless(entry) for entry in run.result["outcomes"]] == [
            timeless(entry) for entry in other["outcomes"]
        ]
        assert run.result["changed"] == other["changed"]
        assert run.reading == Run(other, 0, []).reading
        assert len(run.reading["stores"]["local"]["rules"]) > 300
    assert json.loads((place / "host.json").read_text(encoding="utf-8")) == json.loads(
        (tmp_path / "host.json").read_text(encoding="utf-8")
    )
