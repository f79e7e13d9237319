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
from simulator.machine import Machine

TESTS = shell.CHECKOUT / "tests"
DOUBLE = TESTS / "simulator" / "double" / "firewall_worker.py"
ADD: dict[str, Any] = {
    "operation": "add",
    "id": "New (1)",
    "parameters": {
        "DisplayName": "Neu \u00e4",
        "Group": "G",
        "Direction": "Inbound",
        "Action": "Allow",
        "Protocol": "TCP",
        "LocalPort": ["9095", "9096", "61000-61002"],
        "RemoteAddress": ["192.0.2.0/24", "LocalSubnet", "2001:db8::1"],
        "Profile": "Private,Domain",
        "Program": "%ProgramFiles%\\x.exe",
        "Service": "W3SVC",
        "InterfaceType": "Wired",
        "EdgeTraversalPolicy": "DeferToApp",
        "Enabled": "True",
    },
}
SET = {
    "operation": "set",
    "id": "New (1)",
    "parameters": {
        "NewDisplayName": "Anders",
        "Enabled": "False",
        "Profile": "Any",
        "RemoteAddress": ["Any"],
        "Program": "Any",
    },
}
REMOVE = {"operation": "remove", "id": "New (1)"}
MISSING = {"operation": "remove", "id": "a*"}


def changed(**parameters: Any) -> dict[str, Any]:
    return {**ADD, "parameters": {**ADD["parameters"], **parameters}}


def setting(**parameters: Any) -> dict[str, Any]:
    return {"operation": "set", "id": "newer", "parameters": parameters}


POLICY = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall"
LOCAL = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy"
EXACT = Machine(
    windows="6.3.9600",
    registry={
        POLICY: {"PolicyVersion": 538, "DisableStatefulFTP": 1, "DisableStatefulPPTP": "no"},
        f"{POLICY}\\PublicProfile\\GloballyOpenPorts": {"AllowUserPrefMerge": 0},
        f"{POLICY}\\PublicProfile\\GloballyOpenPorts\\List": {"25:TCP": "25:TCP:*:Enabled:\u00e4"},
        f"{LOCAL}\\DomainProfile\\AuthorizedApplications\\List": {},
    },
)
STRANGER = {"faults": {"change_before_write": {"foreign": ["Somebody"]}}}
# What else the worker is given, by the name of the sequence; "same": the fingerprint of the host.
OPTIONS: dict[str, dict[str, Any]] = {
    "stale": {"fingerprint": "0" * 64},
    "fresh": {"fingerprint": "same"},
    "fresh in check mode": {"fingerprint": "same"},
    "a stranger came": {"fingerprint": "same"},
    "our own rule came": {"fingerprint": "same"},
    "service stopped in between": {"fingerprint": "same"},
}
STALE = {"stale", "a stranger came", "our own rule came", "service stopped in between"}
# name: operations, what is unusual about the host
SEQUENCES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "read": ([], {}),
    "exact": ([], {"machine": EXACT}),
    "stale": ([ADD], {}),
    "fresh": ([ADD], {}),
    "fresh in check mode": ([ADD], {}),
    "a stranger came": ([ADD], STRANGER),
    "our own rule came": (
        [REMOVE, ADD],
        {"faults": {"change_before_write": {"foreign": ["G", "New (2)"]}}},
    ),
    "service stopped in between": (
        [ADD],
        {"faults": {"change_before_write": {"stop": ["mpssvc"]}}},
    ),
    "add": ([ADD], {}),
    "add, set": ([ADD, SET], {}),
    "add, set, remove": ([ADD, SET, REMOVE], {}),
    "duplicate": ([ADD, ADD, REMOVE], {}),
    "not found": ([SET, ADD], {}),
    "a star is refused": ([MISSING], {}),
    "bad address": ([changed(RemoteAddress=["192.0.2.0/33"])], {}),
    "bad port": ([changed(LocalPort=["Nonsense"])], {}),
    "ports left over": (
        [ADD, {"operation": "set", "id": "New (1)", "parameters": {"Protocol": "ICMPv4"}}],
        {},
    ),
    "newer rule": ([setting(Enabled="False")], {}),
    "service stopped": ([ADD], {"services": {"mpssvc": "Stopped", "BFE": "Running"}}),
    "service missing": ([ADD], {"services": {"BFE": "Running"}}),
    "no categories": ([], {"network_categories": None}),
    "several categories": ([], {"network_categories": [0, 1, 2]}),
    "access denied": ([ADD, SET], {"faults": {"fail_at": 2, "error": "access_denied"}}),
    "read-only": ([ADD], {"faults": {"read_only": True}}),
    "no NetSecurity": ([ADD, SET], {"faults": {"net_security": "missing"}}),
    "unreadable": ([ADD], {"faults": {"unreadable": True}}),
    "check mode": ([ADD, REMOVE], {}),
    **{
        f"refused {name} {value!r}": ([REMOVE, setting(**{name: value})], {})
        for name, value in [
            *(("LocalPort", value) for value in (None, "", " ", [], [""], 1, {}, [1], [None])),
            *((name, "x") for name in ("DisplayName", "group", "Name", "Enab\u00adled", "Keys")),
        ]
    },
    "a name twice": ([setting(LocalPort="1", localport="2")], {}),
    "a remove with a parameter": ([{**REMOVE, "parameters": {"Enabled": "True"}}], {}),
    "no display name": ([{**ADD, "parameters": {"Group": "G"}}], {}),
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


def options(name: str, host: SimulatedHost) -> dict[str, Any]:
    found = dict(OPTIONS.get(name, {}))
    if found.get("fingerprint") == "same":
        found["fingerprint"] = host.reading()["fingerprint"]
    return found


def double(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    testing = pytest.importorskip("ansible.module_utils.testing", reason="ansible-core < 2.17")
    monkeypatch.setenv("SIMULATED_HOST", str(folder))
    monkeypatch.setenv("SIMULATED_PYTHONPATH", str(TESTS))
    monkeypatch.setattr(sys, "path", list(sys.path))
    written = io.StringIO()
    arguments = {
        "operations": SEQUENCES[name][0],
        "_ansible_check_mode": check_mode(name),
        **options(name, SimulatedHost.load(folder)),
    }
    with testing.patch_module_args(arguments), redirect_stdout(written), pytest.raises(SystemExit):
        runpy.run_path(str(DOUBLE), run_name="__main__")
    answer: dict[str, Any] = json.loads(written.getvalue())
    return answer


def timeless(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome but for its milliseconds, which are a number from 0 on."""
    assert isinstance(outcome["milliseconds"], int) and outcome["milliseconds"] >= 0
    return {key: value for key, value in outcome.items() if key != "milliseconds"}


def check_mode(name: str) -> bool:
    return name.endswith("check mode")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Run], dict[str, Path]]:
    folder = tmp_path_factory.mktemp("ways")
    hosts = {name: folder / str(number) for number, name in enumerate(SEQUENCES)}
    for name, (_unused, unusual) in SEQUENCES.items():
        simulated(**unusual).save(hosts[name])
    cases = {
        name: Case(
            operations,
            check=check_mode(name),
            extra=options(name, SimulatedHost.load(hosts[name])),
        )
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
    simulated(**SEQUENCES[name][1]).save(tmp_path)
    other = double(name, tmp_path, monkeypatch)
    assert run.result.get("failed", False) == other.get("failed", False)
    if "outcomes" not in other:
        assert run.result["msg"] == other["msg"]
    if "failed" not in other:
        assert [timeless(entry) for entry in run.result["outcomes"]] == [
            timeless(entry) for entry in other["outcomes"]
        ]
        assert run.result["changed"] == other["changed"]
        assert run.result["stale"] is other["stale"] is (name in STALE)
        if name in STALE:
            assert [entry["status"] for entry in other["outcomes"]] == ["not_done"] * len(
                SEQUENCES[name][0]
            )
            assert "New (1)" not in SimulatedHost.load(tmp_path).rules
        assert run.reading == Run(other, 0, []).reading
        assert len(run.reading["stores"]["local"]["rules"]) > 300
    assert json.loads((place / "host.json").read_text(encoding="utf-8")) == json.loads(
        (tmp_path / "host.json").read_text(encoding="utf-8")
    )
