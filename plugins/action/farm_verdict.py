# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..plugin_utils._action import (
    FarmAction,
    check_linear,
    planned,
    servers_asked,
    show,
)
from ..plugin_utils._engine.farm.overview import verdict_lines
from ..plugin_utils._engine.farm.verdict import (
    RESERVATIONS,
    FarmVerdict,
    Intent,
    judge_farms,
)
from ..plugin_utils._states import server_states

_TAG = "preflight"


class ActionModule(FarmAction):
    ARGUMENTS = {
        "reservations": {"type": "str", "choices": list(RESERVATIONS), "default": "planned"}
    }

    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        plan = planned(variables)
        check_linear(self._task, plan)
        intent = Intent(options["reservations"], _skipped(variables), self._task.check_mode)
        asked = servers_asked(variables, plan["servers"])
        wanted = "absent" if intent.reservations == "absent" else "present"
        states = server_states(variables, plan, asked, wanted)
        lost = set(asked) - set(variables["ansible_play_hosts"])
        verdicts = judge_farms(plan, states, asked, intent, lost & set(states))
        roles = {name: server["server_role"] for name, server in plan["servers"].items()}
        show(verdict_lines(verdicts, roles))
        return {
            "farms": [verdict.to_dict() for verdict in verdicts],
            "servers": {
                server.name: server.to_dict() for verdict in verdicts for server in verdict.servers
            },
            "out": {
                name: verdict.sentence
                for verdict in verdicts
                if verdict.failures
                for name in verdict.members
            },
            "ansible_stats": {
                "data": {"mailops_verdict": _stats(verdicts)},
                "per_host": False,
                "aggregate": True,
            },
        }


def _skipped(variables: Mapping[str, Any]) -> bool:
    """Whether the run leaves the tag preflight out."""
    run, skipped = (variables.get(f"ansible_{word}_tags", ()) for word in ("run", "skip"))
    return _TAG in skipped or not {"all", _TAG, "tagged"} & set(run or ["all"])


def _stats(farms: Sequence[FarmVerdict]) -> dict[str, Any]:
    """For what follows the run: no addresses."""
    return {
        "farms": [
            {
                "name": farm.name,
                "ready": not farm.failures,
                "failures": len(farm.failures),
                "servers": dict(Counter(server.state for server in farm.servers)),
            }
            for farm in farms
        ]
    }
