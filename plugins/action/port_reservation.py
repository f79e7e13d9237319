# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.host.worker import HostWorker
from ..plugin_utils._engine.ports.reserve import reserve


class ActionModule(WorkerAction[HostWorker]):
    WORKER = HostWorker
    WRITES = True
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "ports": {"type": "list", "elements": "raw", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "on_conflict": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
        "reading": {"type": "raw"},
    }

    def answer(self, worker: HostWorker, options: dict[str, Any]) -> dict[str, Any]:
        return reserve(worker, options, check_mode=self._task.check_mode, diff=self._task.diff)
