# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.firewall.ruleset import sort_rules
from ..plugin_utils._engine.firewall.wanted import check_ownership
from ..plugin_utils._engine.firewall.worker import FirewallWorker


class ActionModule(WorkerAction[FirewallWorker]):
    WORKER = FirewallWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "group": {"type": "str", "required": True},
        "id_prefix": {"type": "str", "required": True},
    }

    def answer(self, worker: FirewallWorker, options: dict[str, Any]) -> dict[str, Any]:
        check_ownership(options["group"], options["id_prefix"])
        rules, others = sort_rules(worker.read().rules, options["group"], options["id_prefix"])
        return {"changed": False, "rules": rules, "other_rules": others}
