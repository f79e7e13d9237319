# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction, planned
from ..plugin_utils._engine.firewall.explanation import (
    explained,
    explanation_lines,
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
        flows = self._of_plan() if given is None else wanted_flows(given)
        answers = explained(worker.read(), flows)
        return {
            "changed": False,
            "answers": [answer.to_dict() for answer in answers],
            "lines": explanation_lines(answers, all_of_them=True),
        }

    def _of_plan(self) -> list[Any]:
        servers = planned(self.variables)["servers"]
        if self.server not in servers:
            raise unplanned(self.server)
        return planned_flows(servers[self.server]["rule_sets"])
