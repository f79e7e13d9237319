# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.host.worker import HostWorker
from ..plugin_utils._engine.ports.availability import availability


class ActionModule(WorkerAction[HostWorker]):
    WORKER = HostWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "ports": {"type": "list", "elements": "raw"},
        "version": {"type": "raw"},
        "features": {"type": "list", "elements": "str"},
        "server_role": {"type": "str", "choices": ["standalone", "master", "slave"]},
        "remoting_ports": {"type": "list", "elements": "int"},
        "moved_ports": {"type": "dict"},
        "extra_owners": {"type": "list", "elements": "str", "default": []},
        "clock_tolerance": {"type": "int", "default": 300},
        "on_conflict": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
        "reading": {"type": "raw"},
    }

    def answer(self, worker: HostWorker, options: dict[str, Any]) -> dict[str, Any]:
        return availability(worker, options)
