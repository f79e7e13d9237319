# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what each task gave on each host, and how long it took, to a file."""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Record task results as JSON lines
description: Appends one JSON object for each result to the file that C(SIMULATOR_RECORD) names.
author: mailops contributors
version_added: 0.1.0
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "mailops.simulator.record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.started = {}

    def v2_runner_on_start(self, host, task):
        self.started[(host.name, task._uuid)] = time.monotonic()

    def _record(self, status, result):
        host, task = result._host.name, result._task
        entry = {
            "host": host,
            "action": task.action,
            "status": status,
            "seconds": time.monotonic() - self.started[(host, task._uuid)],
            "result": result._result,
        }
        with open(os.environ["SIMULATOR_RECORD"], "a", encoding="utf-8") as record:
            record.write(json.dumps(entry, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._record("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record("failed", result)

    def v2_runner_on_unreachable(self, result):
        self._record("unreachable", result)
