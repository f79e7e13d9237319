# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..plugin_utils._action import FarmAction, latest_reading, planned, servers_asked, show
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.farm.explained import explained_lines
from ..plugin_utils._engine.firewall.explanation import explained, planned_flows
from ..plugin_utils._engine.plan.checks import flows


class ActionModule(FarmAction):
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {"flows": {"type": "raw"}}

    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        plan, hostvars = planned(variables), variables["hostvars"]
        given = options["flows"]
        asked = None if given is None else flows(given, "mailessentials_flow")
        answers, unread = {}, {}
        for name in servers_asked(variables, plan["servers"]):
            reading = latest_reading(hostvars.raw_get(name), name)
            wanted = planned_flows(plan["servers"][name]["rule_sets"])
            try:
                if reading is None:
                    raise InputError("", "could not be read, see above")
                answers[name] = explained(reading.firewall, wanted if asked is None else asked)
            except InputError as error:
                unread[name] = error.sentence
        show(explained_lines(plan["farms"], answers, unread, asked=asked is not None))
        return {
            "servers": {
                name: [answer.to_dict() for answer in found] for name, found in answers.items()
            },
            "unread": unread,
        }
