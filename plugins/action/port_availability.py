# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.host.product import check_tolerance, describe
from ..plugin_utils._engine.host.worker import HostWorker
from ..plugin_utils._engine.ports.holders import read_owners
from ..plugin_utils._engine.ports.status import judge, port_reading
from ..plugin_utils._engine.ports.wanted import check_options, select_wants

_SELECTING = ("ports", "version", "features", "server_role", "remoting_ports")


class ActionModule(WorkerAction[HostWorker]):
    WORKER = HostWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "ports": {"type": "list", "elements": "raw"},
        "version": {"type": "raw"},
        "features": {"type": "list", "elements": "str"},
        "server_role": {"type": "str", "choices": ["standalone", "master", "slave"]},
        "remoting_ports": {"type": "list", "elements": "int"},
        "extra_owners": {"type": "list", "elements": "str", "default": []},
        "clock_tolerance": {"type": "int", "default": 300},
        "on_conflict": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
    }

    def answer(self, worker: HostWorker, options: dict[str, Any]) -> dict[str, Any]:
        check_options(*(options[name] for name in _SELECTING))
        read_owners(options["extra_owners"])
        check_tolerance(options["clock_tolerance"])
        reading = worker.read(ports=True)
        selection = select_wants(reading, **{name: options[name] for name in _SELECTING})
        found = judge(selection.wants, reading, extra_owners=options["extra_owners"])
        told: dict[str, list[str]] = {"none": [], "warning": [], "conflict": []}
        for status in found:
            told[status.severity].append(" ".join(filter(None, (status.message, status.advice))))
        product = describe(
            reading,
            sent=worker.sent,
            received=worker.received,
            clock_tolerance=options["clock_tolerance"],
        )
        result: dict[str, Any] = {
            "changed": False,
            "source": selection.source,
            "reason": selection.reason,
            "product": product,
        }
        told["warning"] += dict.fromkeys(f"{why}." for why in port_reading(reading).unread.values())
        result.update(ports=[status.to_dict() for status in found], warnings=told["warning"])
        if told["conflict"] and options["on_conflict"] == "fail":
            return {**result, "failed": True, "msg": " ".join(told["conflict"])}
        return {**result, "warnings": [*told["conflict"], *told["warning"]]}
