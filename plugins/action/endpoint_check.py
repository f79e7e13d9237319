# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.endpoints.check import check
from ..plugin_utils._engine.endpoints.reading import EndpointWorker


class ActionModule(WorkerAction[EndpointWorker]):
    WORKER = EndpointWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "endpoints": {"type": "list", "elements": "raw"},
        "version": {"type": "raw"},
        "features": {"type": "list", "elements": "str"},
        "server_role": {"type": "str", "choices": ["standalone", "master", "slave"]},
        "proxy_host": {"type": "str"},
        "proxy_port": {"type": "raw"},
        "timeout": {"type": "int", "default": 5},
        "deadline": {"type": "int"},
        "on_failure": {"type": "str", "choices": ["fail", "warn", "ignore"], "default": "fail"},
    }

    def answer(self, worker: EndpointWorker, options: dict[str, Any]) -> dict[str, Any]:
        return check(worker, options)
