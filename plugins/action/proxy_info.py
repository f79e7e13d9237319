# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.proxy.info import proxies
from ..plugin_utils._engine.proxy.reading import ProxyWorker
from ..plugin_utils._engine.proxy.wanted import STORES


class ActionModule(WorkerAction[ProxyWorker]):
    WORKER = ProxyWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "host": {"type": "str"},
        "port": {"type": "raw"},
        "https_host": {"type": "str"},
        "https_port": {"type": "raw"},
        "bypass": {"type": "list", "elements": "str", "default": []},
        "pac_url": {"type": "str"},
        "auto_detect": {"type": "bool", "default": False},
        "stores": {
            "type": "list",
            "elements": "str",
            "choices": list(STORES),
            "default": ["winhttp"],
        },
        "state": {"type": "str", "choices": ["present", "absent"]},
        "on_difference": {"type": "str", "choices": ["fail", "ignore"], "default": "ignore"},
        "reading": {"type": "raw"},
    }

    def answer(self, worker: ProxyWorker, options: dict[str, Any]) -> dict[str, Any]:
        return {**proxies(worker, options), "check_mode": self._task.check_mode}
