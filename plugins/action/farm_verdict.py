# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..plugin_utils._action import FarmAction, planned, registered, show
from ..plugin_utils._engine.farm.verdict import RESERVATIONS, judge_farms, verdict_lines


class ActionModule(FarmAction):
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "reservation": {"type": "str", "choices": list(RESERVATIONS), "default": "planned"},
    }

    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        plan = planned(variables)
        names = {"found": "preflight_found", "reserved": "preflight_reservation"}
        readings, asked = registered(variables, plan["servers"], names, ["found"])
        batch = variables["ansible_play_batch"]
        # servers of a later batch are still to be reserved
        later = "planned" if options["reservation"] == "done" else options["reservation"]
        reservations = {
            name: options["reservation"] if name in batch else later for name in plan["servers"]
        }
        verdicts = judge_farms(plan, readings, asked, reservations)
        show(verdict_lines(verdicts))
        return {
            "farms": [verdict.to_dict() for verdict in verdicts],
            "out": {
                name: verdict.sentence
                for verdict in verdicts
                if verdict.failures
                for name in verdict.members
            },
        }
