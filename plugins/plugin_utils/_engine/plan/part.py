# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a plan that the tasks of one server need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InputError
from .inputs import PREFIX


def server_part(plan: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What farm_plan returned for a server, its rules as firewall_ruleset takes them. Raises
    InputError for a host that was not planned.
    """
    if name not in plan["servers"]:
        raise unplanned(name)
    server = plan["servers"][name]
    rule_sets = {
        key: {**rule_set, "rules": [planned["rule"] for planned in rule_set["rules"]]}
        for key, rule_set in server["rule_sets"].items()
    }
    given = [entry["endpoint"] for entry in server["endpoints"]["asked"]]
    endpoints = {**server["endpoints"], **({"given": given} if given else {})}
    absent = any(name in farm["absent"] for farm in plan["farms"])
    return {**server, "rule_sets": rule_sets, "endpoints": endpoints, "absent": absent}


def unplanned(name: str) -> InputError:
    """For a host that is in no group of servers."""
    return InputError(
        "",
        f"'{name}' is not in the group of the servers, so nothing is planned for it; add it to "
        f"the group, or give the group with -e {PREFIX}group=NAME",
    )
