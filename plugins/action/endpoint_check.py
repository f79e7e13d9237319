# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.endpoints.reading import EndpointWorker
from ..plugin_utils._engine.endpoints.status import judge
from ..plugin_utils._engine.endpoints.wanted import wanted_endpoints

_MOST_TOLD = 20


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
        wanted = wanted_endpoints(options)
        reading = worker.read(wanted)
        found = judge(wanted, reading, datetime.now(timezone.utc))
        told = {
            severity: [status.message for status in found if status.severity == severity]
            for severity in ("warning", "conflict")
        }
        result: dict[str, Any] = {
            "changed": False,
            "endpoints": [status.to_dict() for status in found],
            "unchecked": [dict(one) for one in wanted.unchecked],
        }
        result.update(elapsed_milliseconds=reading.elapsed, dns_servers=list(reading.dns_servers))
        if options["on_failure"] == "ignore":
            return result
        if told["conflict"] and options["on_failure"] == "fail":
            more = len(told["conflict"]) - _MOST_TOLD
            rest = [f"{more} more are in endpoints."] if more > 0 else []
            return {
                **result,
                "failed": True,
                "warnings": told["warning"],
                "msg": " ".join([*told["conflict"][:_MOST_TOLD], *rest]),
            }
        return {**result, "warnings": [*told["conflict"], *told["warning"]]}
