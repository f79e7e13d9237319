# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction, planned
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.firewall.explanation import (
    explained,
    planned_flows,
    wanted_flows,
)
from ..plugin_utils._engine.firewall.worker import FirewallWorker
from ..plugin_utils._engine.plan.part import unplanned


class ActionModule(WorkerAction[FirewallWorker]):
    WORKER = FirewallWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "flows": {"type": "list", "elements": "raw"},
        "reading": {"type": "raw"},
    }

    def answer(self, worker: FirewallWorker, options: dict[str, Any]) -> dict[str, Any]:
        given = options["flows"]
        if given == []:
            raise InputError("flows", "is empty; name connections, or leave it out for the plan's")
        flows = wanted_flows(given) if given else self._of_plan()
        return {"changed": False, **explained(worker.read(), flows)}

    def _of_plan(self) -> list[Any]:
        servers = planned(self.variables)["servers"]
        if self.server not in servers:
            raise unplanned(self.server)
        return planned_flows(servers[self.server]["rule_sets"])
