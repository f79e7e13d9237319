# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the CPU seconds that were used when a task begins, and at the end, to a file."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: cpu
type: notification
short_description: Record the CPU seconds used when a task begins
description: Appends C([action, seconds]) for each task to the file that C(CPU_RECORD) names.
author: mailops contributors
version_added: 0.1.0
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "mailops.benchmark.cpu"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, action):
        used = os.times()
        seconds = used.user + used.system + used.children_user + used.children_system
        with open(os.environ["CPU_RECORD"], "a", encoding="utf-8") as record:
            record.write(json.dumps([action, seconds]) + "\n")

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._record(task.action)

    def v2_playbook_on_stats(self, stats):
        self._record("")
