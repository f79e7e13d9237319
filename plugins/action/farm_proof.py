# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import FarmAction, planned, registered, show
from ..plugin_utils._engine.farm.verify import proof_lines, prove_farms, reason

_NAMES = {
    "firewall": "verify_firewall",
    "multi_server": "verify_multi_server",
    "found": "verify_found",
    "reached": "verify_reached",
}


class ActionModule(FarmAction):
    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        plan = planned(variables)
        results, asked = registered(variables, plan["servers"], _NAMES, list(_NAMES))
        farms = prove_farms(plan, results, asked)
        show(proof_lines(farms))
        return {
            "farms": farms,
            "out": {
                name: reason(farm) for farm in farms if not farm["ok"] for name in farm["members"]
            },
        }
