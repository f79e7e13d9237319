# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import FarmAction
from ..plugin_utils._engine.plan.inputs import DEFAULT_GROUP, PREFIX
from ..plugin_utils._engine.plan.playbook import check_playbook_inputs


class ActionModule(FarmAction):
    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        group = self.extra(f"{PREFIX}group", DEFAULT_GROUP)
        serial = self.extra(f"{PREFIX}serial")
        check_playbook_inputs(group, serial, variables["groups"], variables)
        return {}
