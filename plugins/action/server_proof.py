# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import FarmAction, planned, raw_result
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.plan.part import unplanned

_PARTS = {
    "firewall": "firewall rules of the server",
    "multi_server": "firewall rules of the farm",
    "proxy": "proxy",
    "reservations": "port reservations",
}


class ActionModule(FarmAction):
    ARGUMENTS = {"of_site": {"type": "bool", "default": False}}

    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        name = variables["inventory_hostname"]
        verdict = raw_result(variables, "preflight_server", "drift")
        if verdict.get("drift"):
            differs = ", ".join(_PARTS[part] for part in verdict["differs"])
            raise InputError(
                "", f"The server is not as wanted ({differs}), and mailessentials_on_drift is fail"
            )
        servers = planned(variables)["servers"]
        if name not in servers:
            raise unplanned(name)
        settings = servers[name]["settings"]
        warns = options["of_site"] and settings["verify_on_failure"] == "warn"
        proof = raw_result(variables, "verify_result", "farms")
        if not warns and name in proof.get("out", ()):
            raise InputError("", proof["out"][name])
        return {}
