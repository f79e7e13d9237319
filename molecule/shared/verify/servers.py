# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of a scenario: what the runs of its steps recorded of it, and the one way to ask it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

Result = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """What one task returned on a host, as callback/molecule_results.py writes it."""

    check: bool
    host: str
    module: str
    register: str
    status: str
    result: Result


class Run:
    """One run of ansible-playbook. A task that runs once is recorded on the first host."""

    def __init__(self, entries: list[Entry], host: str) -> None:
        self.everywhere = entries
        self.entries = [entry for entry in entries if entry.host == host]
        self.check = entries[0].check

    def results(self, register: str) -> list[Result]:
        """What the tasks that register this name returned on the host, oldest first."""
        return [entry.result for entry in self.entries if entry.register == register]

    def last(self, register: str) -> Result:
        """The newest of them."""
        return self.results(register)[-1]

    def farms(self, register: str) -> list[Result]:
        """What farm_verdict or farm_proof returned."""
        return [entry.result for entry in self.everywhere if entry.register == register]

    @property
    def calls(self) -> list[str]:
        """The modules that called the host, once for each call."""
        return [
            entry.module
            for entry in self.entries
            for _call in range(entry.result.get("round_trips", 0))
        ]

    @property
    def changed(self) -> bool:
        """Whether a task changed the host, or would; but for those of the scenarios themselves."""
        return any(
            entry.result.get("changed")
            for entry in self.entries
            if not entry.register.startswith("shared_")
        )


class Server:
    """What all scenarios need of a server."""

    def __init__(self, host: Any) -> None:
        self._host = host
        variables = host.ansible.get_variables()
        self.name: str = variables["inventory_hostname"]
        self.scenario: dict[str, Any] = yaml.safe_load(
            Path("scenario.yml").read_text(encoding="utf-8")
        )
        self.drift: dict[str, Any] = self.scenario["drift"]
        place = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"])
        self._place = place / "records"
        folder = place / "hosts" / self.name
        # The folder of a simulated host.
        self.simulated = folder if "simulated_capture" in variables else None
        self._known: dict[str, Result] = {}

    def ask(self, module: str, **options: Any) -> Result:
        """What a module answers in check mode; the same question is asked once a verification."""
        question = json.dumps([module, options])
        if question not in self._known:
            answer = self._host.ansible(f"mailops.mailessentials.{module}", json.dumps(options))
            entry = Entry(True, self.name, module, "asked", "ok", answer)
            place = self._place / f"{datetime.now(timezone.utc):%Y%m%d%H%M%S%f}.jsonl"
            place.write_text(f"{json.dumps(vars(entry))}\n", encoding="utf-8")
            self._known[question] = answer
        return self._known[question]

    @property
    def all_runs(self) -> list[Run]:
        """The runs, and the questions of verifications, that got to the host, oldest first."""
        files = sorted(self._place.glob("*.jsonl"))
        runs = (Run(entries, self.name) for entries in recorded(files))
        return [run for run in runs if run.entries]

    def runs_with(self, *registers: str) -> list[Run]:
        """The runs in which a task registered one of these names."""
        return [run for run in self.all_runs if any(map(run.results, registers))]

    def own_farm(self, result: Result) -> Result:
        """The part of farm_verdict or farm_proof that is about the farm of this server."""
        (farm,) = (farm for farm in result["farms"] if self.name in farm["members"])
        return dict(farm)


def recorded(files: Iterable[Path]) -> Iterator[list[Entry]]:
    """The entries of each run."""
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        yield [Entry(**json.loads(line)) for line in lines]
