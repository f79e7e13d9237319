# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of a scenario: what its steps recorded of it, and the one way to ask it."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml


class Server:
    """What all scenarios need of a server."""

    def __init__(self, host: Any) -> None:
        self._host = host
        self.name: str = host.ansible.get_variables()["inventory_hostname"]
        self.scenario: dict[str, Any] = yaml.safe_load(
            Path("scenario.yml").read_text(encoding="utf-8")
        )
        self.drift: dict[str, Any] = self.scenario["drift"]
        self._place = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "records")
        self._known: dict[str, dict[str, Any]] = {}

    def ask(self, module: str, **options: Any) -> dict[str, Any]:
        """What a module answers in check mode; the same question is asked once a verification."""
        question = json.dumps([module, options])
        if question not in self._known:
            answer = self._host.ansible(f"mailops.mailessentials.{module}", json.dumps(options))
            place = self._place / f"{self.name}.{datetime.now(timezone.utc):%Y%m%d%H%M%S%f}.json"
            place.write_text(
                json.dumps({**self.records[0], "results": {module: answer}}), encoding="utf-8"
            )
            self._known[question] = answer
        return self._known[question]

    @property
    def records(self) -> list[dict[str, Any]]:
        """What was recorded of every step, oldest first; the first one is how the server was."""
        return [
            json.loads(file.read_text(encoding="utf-8"))
            for file in sorted(self._place.glob(f"{self.name}.*.json"))
        ]

    def own_farm(self, result: dict[str, Any]) -> dict[str, Any]:
        """The part of farm_verdict or farm_proof that is about the farm of this server."""
        (farm,) = (farm for farm in result["farms"] if self.name in farm["members"])
        return dict(farm)

    @property
    def simulated(self) -> Path | None:
        """The folder of a simulated host."""
        folder = self.records[0]["simulated_host"]
        return Path(folder) if folder else None
