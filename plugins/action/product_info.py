# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.host.product import product_info
from ..plugin_utils._engine.host.worker import HostWorker


class ActionModule(WorkerAction[HostWorker]):
    WORKER = HostWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "clock_tolerance": {"type": "int", "default": 300}
    }

    def answer(self, worker: HostWorker, options: dict[str, Any]) -> dict[str, Any]:
        return product_info(worker, options)
