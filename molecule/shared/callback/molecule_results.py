# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the modules of the collection returned in a run to a file of its own in the folder of
the scenario.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: molecule_results
type: notification
short_description: Record results as JSON lines
description: Appends a JSON object for each result of a module of the collection to a file of the
  run, below C(records) in the folder of the scenario.
author: mailops contributors
"""

MODULES = "mailops.mailessentials."
PLANS = ("farm_plan", "server_plan")  # large, and no test looks at them
LARGE = ("reading", "invocation")


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """One file for each run of ansible-playbook, named by its start."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "molecule_results"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_start(self, playbook: Any) -> None:
        place = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "records")
        self._file = place / f"{datetime.now(timezone.utc):%Y%m%d%H%M%S%f}.jsonl"

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record("unreachable", result)

    def _record(self, status: str, result: Any) -> None:
        task = result._task
        module = task.action.removeprefix(MODULES)
        if module in (task.action, *PLANS):
            return
        # Newer versions of ansible-core have a mapping of names here.
        registered = [task.register] if isinstance(task.register, str) else task.register or []
        entry = {
            "check": bool(context.CLIARGS.get("check")),
            "host": result._host.name,
            "module": module,
            "register": next(iter(registered), ""),
            "status": status,
            "result": {name: value for name, value in result._result.items() if name not in LARGE},
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, default=str) + "\n")
