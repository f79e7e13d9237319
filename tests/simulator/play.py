# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks on simulated farms: runs ansible-playbook and gives back what every task answered."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from . import farm, tree

MODULE = "mailops.mailessentials.firewall_ruleset"


@dataclass(frozen=True)
class Run:
    """One ansible-playbook: its exit code, what it printed, seconds, and the records of its tasks
    (see callback/record.py).
    """

    code: int
    output: str
    seconds: float
    records: list[dict[str, Any]]

    def results(self, host: str | None = None, action: str = MODULE) -> list[dict[str, Any]]:
        """What the tasks of one module answered, in order."""
        return [
            record["result"]
            for record in self.records
            if record["action"] == action and host in (None, record["host"])
        ]


class Farm:
    """Simulated hosts in a folder, an inventory over them, and a collection tree in which their
    workers are doubles or real.

    hosts: name -> (capture, host variables); mailessentials_address is its address in the simulated
    network too.
    groups: name -> host names. environment: what ansible-playbook runs in.
    """

    def __init__(
        self,
        folder: Path,
        hosts: Mapping[str, tuple[str, Mapping[str, Any]]],
        groups: Mapping[str, Sequence[str]],
        environment: Mapping[str, str],
        way: str = "double",
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.inventory = folder / "inventory.yml"
        collections = tree.build(folder / "tree", way)
        for name, (capture, own) in hosts.items():
            made = farm.create(self.state(name), capture)
            listed = own.get("mailessentials_address", [])
            farm.addresses(made, ",".join(listed if isinstance(listed, list) else []))
            made.save(self.state(name))
        everywhere = {
            "ansible_connection": "mailops.simulator.host",
            "ansible_python_interpreter": sys.executable,
            **(variables or {}),
        }
        members = {
            name: {"simulated_host": str(self.state(name)), **own}
            for name, (_capture, own) in hosts.items()
        }
        children = {
            group: {"hosts": {name: {} for name in names}} for group, names in groups.items()
        }
        content = {"all": {"hosts": members, "vars": everywhere, "children": children}}
        self.inventory.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        self._record = folder / "record.jsonl"
        self._environment = {
            **environment,
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_CALLBACKS_ENABLED": "mailops.simulator.record",
            "SIMULATOR_RECORD": str(self._record),
        }

    def configure(self, **environment: str) -> None:
        """More environment for ansible-playbook."""
        self._environment.update(environment)

    def state(self, host: str) -> Path:
        """The folder of one simulated host."""
        return self.folder / host

    def calls(self, host: str) -> int:
        """Module runs that the connection to a host has seen so far."""
        log = self.state(host) / "calls.log"
        return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0

    def play(self, playbook: str, *arguments: str) -> Run:
        """Run a playbook, by file or by its name in the collection."""
        self._record.unlink(missing_ok=True)
        started = time.monotonic()
        command = ["ansible-playbook", "-i", str(self.inventory), playbook, *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - started
        lines = (
            self._record.read_text(encoding="utf-8").splitlines() if self._record.exists() else []
        )
        return Run(
            done.returncode,
            done.stdout + done.stderr,
            seconds,
            [json.loads(line) for line in lines],
        )
