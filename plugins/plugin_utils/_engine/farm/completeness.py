# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the inventory has every server that the rules of a farm were made for. A slice of an
inventory would take the others out of the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..server.state import ServerState
from .notice import Notice


def missing_peers(
    farm: Mapping[str, Any],
    servers: Mapping[str, Mapping[str, Any]],
    states: Mapping[str, ServerState],
) -> Iterator[Notice]:
    """A notice for each server that rules of the farm name and that the inventory lacks.

    Of kind missing, which stops the farm, unless mailessentials_removed_servers has its name or all
    its addresses. A peer whose addresses are all those of members was renamed.
    """
    members = set(farm["members"])
    addresses = {
        address
        for name in farm["members"]
        for peer in servers[name]["peers"]
        for address in peer["addresses"]
    }
    removed = set(farm["removed"])
    recorded: dict[str, set[str]] = {}
    tellers: dict[str, list[str]] = {}
    for host, state in states.items():
        for name, own in state.recorded.items():
            if name not in members:
                recorded.setdefault(name, set()).update(own)
                tellers.setdefault(name, []).append(host)
    for name, known in recorded.items():
        if name in removed or known <= removed or known <= addresses:
            continue
        told = f"{name} ({', '.join(sorted(known))})"
        yield Notice(
            f"The rules of {', '.join(tellers[name])} also name {told}, which is not in the "
            "farm in this inventory. Add it, or, if it was removed from the farm, list it in "
            "mailessentials_removed_servers.",
            kind="missing",
        )
