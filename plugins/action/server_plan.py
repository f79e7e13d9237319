# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import FarmAction, planned
from ..plugin_utils._engine.plan.part import server_part


class ActionModule(FarmAction):
    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        # this process ends with the task: its collector need not walk the plan of all servers
        gc.freeze()
        return server_part(planned(variables), variables["inventory_hostname"])
