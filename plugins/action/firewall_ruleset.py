# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.firewall.ruleset import converge
from ..plugin_utils._engine.firewall.worker import FirewallWorker


class ActionModule(WorkerAction[FirewallWorker]):
    WORKER = FirewallWorker
    WRITES = True
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "group": {"type": "str", "required": True},
        "id_prefix": {"type": "str", "required": True},
        "rules": {"type": "list", "elements": "dict"},
        "purge": {"type": "bool", "default": False},
        "widen_only": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "trusted_groups": {"type": "dict", "default": {}},
        "on_no_effect": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
        "reading": {"type": "raw"},
    }

    def answer(self, worker: FirewallWorker, options: dict[str, Any]) -> dict[str, Any]:
        return converge(worker, options, check_mode=self._task.check_mode, diff=self._task.diff)
