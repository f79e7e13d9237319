# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import (
    FarmAction,
    check_linear,
    planned,
    raw_result,
    servers_asked,
    show,
)
from ..plugin_utils._engine.farm.verify import proof_lines, prove_farms, reason
from ..plugin_utils._states import server_states


class ActionModule(FarmAction):
    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        plan, hostvars = planned(variables), variables["hostvars"]
        check_linear(self._task, plan)
        asked = servers_asked(variables, plan["servers"])
        reached = {
            host: result
            for host in asked
            if (result := raw_result(hostvars.raw_get(host), "verify_reached", "endpoints"))
        }
        verdict = raw_result(variables, "preflight_result", "farms") or {}
        states = server_states(variables, plan, asked)
        farms = prove_farms(plan, states, reached, asked, verdict.get("farms", ()))
        show(proof_lines(farms))
        return {
            "farms": farms,
            "out": {
                host: reason(farm) for farm in farms if not farm["ok"] for host in farm["members"]
            },
        }
