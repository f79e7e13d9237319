# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of the scenario about the playbook site, which is played here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import testinfra
import yaml
from servers import Result, Run, recorded
from testinfra.utils.ansible_runner import AnsibleRunner

SHARED = Path(__file__).resolve().parents[1]
TESTS = SHARED.parents[1] / "tests"
STRANGER = "Molecule-Foreign"


class Played:
    """One run of a playbook."""

    def __init__(self, done: subprocess.CompletedProcess[str], runs: dict[str, Run]) -> None:
        self.ok = done.returncode == 0
        self.output = done.stdout
        self._runs = runs

    def on(self, server: str) -> Run:
        """What it recorded on a server."""
        return self._runs[server]

    def verdict(self, server: str) -> Result:
        """The verdict on the farm of a server."""
        (result,) = next(iter(self._runs.values())).farms("preflight_result")
        (farm,) = (farm for farm in result["farms"] if server in farm["members"])
        return dict(farm)

    def proof(self, server: str) -> Result:
        """The proof of the farm of a server."""
        (result,) = next(iter(self._runs.values())).farms("verify_result")
        (farm,) = (farm for farm in result["farms"] if server in farm["members"])
        return dict(farm)


class Site:
    """Two farms and a standalone server. servers: the pattern of the scenario."""

    def __init__(self, inventory: str, servers: str) -> None:
        self.pattern = servers
        self._inventory = Path(inventory).resolve()
        self._runner = AnsibleRunner(inventory)
        self._place = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"])
        self.drift: dict[str, Any] = yaml.safe_load(Path("scenario.yml").read_text("utf-8"))[
            "drift"
        ]
        self.start = {name: self.stored(name) for name in self.everyone}

    def group(self, name: str) -> list[str]:
        """The servers of a group of the inventory."""
        return sorted(self._runner.get_hosts(f"mailessentials_{name}"))

    @cached_property
    def farm(self) -> list[str]:
        """The servers of the farm of a master and slaves."""
        return [*self.group("master"), *self.group("slaves")]

    @cached_property
    def others(self) -> list[str]:
        """The servers of the other farm, and the standalone server."""
        return [*self.group("verified"), *self.group("standalone")]

    @cached_property
    def everyone(self) -> list[str]:
        return [*self.farm, *self.others]

    @cached_property
    def simulated(self) -> bool:
        return all("simulated_capture" in self._variables(name) for name in self.everyone)

    def play(
        self,
        playbook: str,
        limit: str = "",
        inventory: Path | None = None,
        beside: Path | None = None,
    ) -> Played:
        """Plays a playbook of the collection. inventory: in place of the scenario's. beside: one
        that is read after it.
        """
        known = set(self._records)
        command = [
            "ansible-playbook",
            f"mailops.mailessentials.{playbook}",
            *("--inventory", str(inventory or self._inventory)),
            *(["--inventory", str(beside)] if beside else []),
            *("--extra-vars", "@scenario.yml", "--limit", limit or self.pattern),
        ]
        settings = {
            "ANSIBLE_CALLBACK_PLUGINS": str(SHARED / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "molecule_results",
        }
        done = subprocess.run(
            command,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        sys.stdout.write(done.stdout)  # pytest shows it where a test fails
        (entries,) = recorded(file for file in self._records if file not in known)
        return Played(done, {name: Run(entries, name) for name in self.everyone})

    @property
    def _records(self) -> list[Path]:
        return sorted(self._place.joinpath("records").glob("*.jsonl"))

    def rules(self, servers: Iterable[str]) -> dict[str, Any]:
        """Server -> all that it is if it is simulated, as bytes, else all of its rules."""
        return {name: self._rules(name) for name in servers}

    def _rules(self, name: str) -> Any:
        if self.simulated:
            return self._place.joinpath("hosts", name, "host.json").read_bytes()
        own = {key: self.drift[key] for key in ("group", "id_prefix")}
        answer = self._ask(name, "firewall_ruleset_info", **own)
        return answer["rules"], answer["other_rules"]

    def stored(self, name: str) -> Any:
        """The rules of a server, however often they were written."""
        found = self._rules(name)
        return json.loads(found)["stores"] if self.simulated else found

    def delete(self, *servers: str) -> None:
        """Deletes the rule that all have."""
        for name in servers:
            self.delete_rule(name, f"{self.drift['id_prefix']}{self.drift['deleted']}")

    def delete_rule(self, name: str, rule: str, group: str = "") -> None:
        if not self.simulated:
            own = {"group": group or self.drift["group"], "id_prefix": rule}
            self._ask(name, "firewall_ruleset", check=False, state="absent", **own)
        elif rule in self.stored(name)["local"]["rules"]:
            self._simulate(name, "delete", rule)

    def add_stranger(self, name: str, rule: str) -> None:
        """Puts a rule of somebody else in the place of one of ours."""
        self.delete_rule(name, rule)
        if self.simulated:
            self._simulate(name, "foreign", STRANGER, rule)
        else:
            made = {"id": rule, "display_name": "Made by hand", "direction": "inbound",
                    "protocol": "tcp", "local_ports": [4711]}  # fmt: skip
            own = {"group": STRANGER, "id_prefix": rule, "rules": [made]}
            self._ask(name, "firewall_ruleset", check=False, **own)

    @contextmanager
    def happening(self, name: str, command: str, *arguments: str) -> Iterator[None]:
        """Something that happens on a simulated host, and is taken back."""
        file = self._place / "hosts" / name / "host.json"
        before = file.read_bytes()
        self._simulate(name, command, *arguments)
        try:
            yield
        finally:
            file.write_bytes(before)

    def _simulate(self, name: str, command: str, *arguments: str) -> None:
        folder = str(self._place / "hosts" / name)
        subprocess.run(
            [sys.executable, "-m", "simulator.farm", command, folder, *arguments],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            check=True,
        )

    def unreachable(self, name: str) -> Path:
        """An inventory to be read beside the scenario's, in which a server does not answer."""
        variables = {"simulated_host": str(self._place / "nowhere"), "ansible_port": 1}
        return self._written("unreachable", {"all": {"hosts": {name: variables}}})

    def without(self, name: str) -> Path:
        """The inventory without a server."""
        command = ["ansible-inventory", "-i", str(self._inventory), "--list", "--yaml"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return self._written("sliced", _without(yaml.safe_load(listed), name))

    def _written(self, name: str, inventory: Any) -> Path:
        file = self._place / f"{name}.yml"
        file.write_text(yaml.safe_dump(inventory), encoding="utf-8")
        return file

    def _variables(self, name: str) -> dict[str, Any]:
        return dict(self._runner.get_variables(name))

    def _ask(self, name: str, module: str, *, check: bool = True, **options: Any) -> Result:
        host = testinfra.get_host(
            f"ansible://{name}", ansible_inventory=str(self._inventory), force_ansible=True
        )
        answer = host.ansible(f"mailops.mailessentials.{module}", json.dumps(options), check=check)
        return dict(answer)


def _without(inventory: Any, name: str) -> Any:
    if not isinstance(inventory, dict):
        return inventory
    return {key: _without(value, name) for key, value in inventory.items() if key != name}
