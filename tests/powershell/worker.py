# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the worker, many cases in one PowerShell, through harness.ps1."""

from __future__ import annotations

import base64
import gzip
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible
import shell

WORKER = shell.CHECKOUT / "plugins" / "modules" / "firewall_worker.ps1"
HOST_WORKER = WORKER.with_name("host_worker.ps1")
PROXY_WORKER = WORKER.with_name("proxy_worker.ps1")
SERVER_WORKER = WORKER.with_name("server_worker.ps1")
ENDPOINT_WORKER = WORKER.with_name("endpoint_worker.ps1")
REAL_UTIL = shell.CHECKOUT / "plugins" / "module_utils" / "_windows.psm1"
SIMULATED_UTIL = shell.STAND_INS / "_windows.psm1"
NATIVE = shell.STAND_INS / "bin"
RECORDER = shell.HERE / "recorder"


@dataclass(frozen=True)
class Case:
    """operations: None for a worker without that option.

    answers: what the recorder says to a command ("Get-Service") or to a command for one name
    ("Get-Service BFE").
    """

    operations: list[dict[str, Any]] | None = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    check: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    util: Path = SIMULATED_UTIL
    modules: Path = shell.STAND_INS
    programs: Path = NATIVE
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """nothing: where the worker made JSON of something that is nothing, which is not null (see
    harness.ps1).
    """

    result: dict[str, Any]
    exit: int
    calls: list[tuple[str, Any]]
    nothing: list[str] = field(default_factory=list)

    @property
    def reading(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            gzip.decompress(base64.b64decode(self.result["reading"]))
        )
        return found

    @property
    def writes(self) -> list[tuple[str, Any]]:
        return [
            (command, parameters)
            for command, parameters in self.calls
            if command.endswith("-NetFirewallRule")
        ]


def execute(
    cases: dict[str, Case],
    folder: Path,
    simulator: Path = RECORDER,
    hosts: dict[str, Path] | None = None,
    worker: Path = WORKER,
    **environment: str,
) -> dict[str, Run]:
    """hosts: folders of simulated hosts; without them the recorder gets one for each case.
    environment: of PowerShell itself.
    """
    prepared = []
    places = hosts or {name: folder / str(number) for number, name in enumerate(cases)}
    for name, case in cases.items():
        if hosts is None:
            places[name].mkdir(parents=True)
            (places[name] / "answers.json").write_text(json.dumps(case.answers), encoding="utf-8")
        path = f"{case.programs}{os.pathsep}{os.environ['PATH']}"
        prepared.append(
            {
                "environment": {
                    "SIMULATED_HOST": str(places[name]),
                    "PSModulePath": str(case.modules),
                    "PATH": path,
                    **case.environment,
                },
                "windows": str(case.util),
                "options": {
                    **({} if case.operations is None else {"operations": case.operations}),
                    "_ansible_check_mode": case.check,
                    **case.extra,
                },
            }
        )
    listed = folder / "cases.json"
    listed.write_text(json.dumps(prepared), encoding="utf-8")
    utils = Path(ansible.__file__).parent / "module_utils"
    done = shell.run(
        shell.HERE / "harness.ps1",
        str(utils),
        str(worker),
        str(listed),
        str(REAL_UTIL.parent),
        SIMULATED_PYTHON=sys.executable,
        SIMULATED_PYTHONPATH=str(simulator),
        **environment,
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return {
        name: _run(entry, places[name])
        for name, entry in zip(cases, json.loads(done.stdout), strict=True)
    }


def _run(entry: dict[str, Any], place: Path) -> Run:
    assert entry["crash"] is None, entry["crash"]
    log = place / "calls.jsonl"
    calls = (
        [tuple(json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]
        if log.exists()
        else []
    )
    return Run(json.loads(entry["result"]), entry["exit"], calls, entry["nothing"])
