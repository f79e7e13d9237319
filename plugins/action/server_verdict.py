# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import FarmAction, raw_result
from ..plugin_utils._engine.errors import InputError


class ActionModule(FarmAction):
    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        verdict = raw_result(variables, "preflight_result", "servers")
        name = variables["inventory_hostname"]
        if name not in verdict.get("servers", ()):
            raise InputError(
                "",
                "There is no verdict on this server in this run; include the role "
                "mailops.mailessentials.preflight before this task",
            )
        if name in verdict["out"]:
            raise InputError("", verdict["out"][name])
        return dict(verdict["servers"][name])
