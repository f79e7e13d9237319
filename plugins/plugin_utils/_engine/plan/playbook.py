# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbooks themselves read, before the variables of any host are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..errors import InputError
from . import checks
from .inputs import PREFIX, Input

# The playbooks read these themselves, before the hosts are known.
OF_PLAYBOOKS: dict[str, Input] = {
    "mailessentials_group": Input(checks.group_name, "group", "Inventory group of the servers."),
    "mailessentials_serial": Input(
        checks.serial, "number or percentage", "How many servers are changed at a time."
    ),
    "mailessentials_captures": Input(
        checks.folder, "folder", "Folder on the controller for readings (capture and rehearse)."
    ),
    "mailessentials_flow": Input(
        checks.flows, "connection or list", "Connections that the playbook explain is asked about."
    ),
}


def check_playbook_inputs(
    group: Any,
    serial: Any,
    groups: Mapping[str, Collection[str]],
    of_host: Mapping[str, Any],
) -> None:
    """Raises InputError for a value that a play cannot use, and for one that it never sees.

    group, serial: as -e says them; serial None where it does not. groups: group -> hosts. of_host:
    the variables of a host, those of -e among them.
    """
    for name, value in ((f"{PREFIX}group", group), (f"{PREFIX}serial", serial)):
        if name in of_host and of_host[name] is None:
            raise InputError(name, "is null; give a value, or remove the variable")
        if name in of_host and str(of_host[name]) != str(value):
            raise InputError(
                name,
                "is set in the inventory, where the playbooks do not read it; use -e "
                f"{name}=VALUE{_OTHER_WAYS.get(name, '')}",
            )
        if value is not None:
            OF_PLAYBOOKS[name].read(value, name)
    if not groups.get(group):
        raise InputError(
            "",
            f"The inventory has no host in the group '{group}'; add the servers to it, or give "
            f"their group with -e {PREFIX}group=NAME",
        )


_OTHER_WAYS = {f"{PREFIX}group": ", or make your group a child of the group 'mailessentials'"}
