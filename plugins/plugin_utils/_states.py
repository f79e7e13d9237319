# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of the servers of a run, for the actions that judge farms. Apart from the others,
which need not load what judges: each task runs in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._action import latest_reading
from ._engine.server.state import ServerState, judge_server


def server_states(
    variables: Mapping[str, Any],
    plan: Mapping[str, Any],
    servers: Iterable[str],
    reservations: str = "present",
) -> dict[str, ServerState]:
    """What the newest readings of servers come to beside the plan; without those that have none."""
    hostvars, states = variables["hostvars"], {}
    for host in servers:
        reading = latest_reading(hostvars.raw_get(host), host)
        if reading is not None:
            states[host] = judge_server(host, plan["servers"][host], reading, reservations)
    return states
