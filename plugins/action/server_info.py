# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure

from ..plugin_utils._action import WorkerAction
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.sentences import one_line
from ..plugin_utils._engine.server.capture import load_reading, save_reading
from ..plugin_utils._engine.server.info import server_info, unreadable
from ..plugin_utils._engine.server.worker import SUBJECTS, ServerWorker


class ActionModule(WorkerAction[ServerWorker]):
    WORKER = ServerWorker
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "subjects": {
            "type": "list",
            "elements": "str",
            "choices": list(SUBJECTS),
            "default": list(SUBJECTS),
        },
        "clock_tolerance": {"type": "int", "default": 300},
        "save_to": {"type": "path"},
        "in_git": {"type": "bool", "default": False},
        "read_from": {"type": "path"},
        "on_failure": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
    }

    def answer(self, worker: ServerWorker, options: dict[str, Any]) -> dict[str, Any]:
        for name in ("save_to", "read_from"):
            if options[name] == "":
                raise InputError(name, "is empty; name a folder, or leave it out")
        try:
            if options["read_from"]:
                reading = load_reading(options["read_from"], self.server)
            else:
                reading = worker.read(self.server, options["subjects"])
        except (AnsibleConnectionFailure, InputError) as error:
            if options["on_failure"] == "fail":
                raise
            reading = unreadable(self.server, _why(error))
        result = server_info(reading, options)
        if options["save_to"] and reading.parts and not self._task.check_mode:
            result["file"] = save_reading(reading, options["save_to"], in_git=options["in_git"])
            result["changed"] = True
        return {**result, "_ansible_verbose_override": True}


def _why(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    told = one_line(str(error)).rstrip(".")
    return f"The host cannot be reached: {told[:300]}"
