# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._engine.catalog.query import all_ports
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.plan.policy import flow_rules

Entries = list[dict[str, Any]]


def firewall_rules(
    flows: Sequence[Mapping[str, Any]], topology: Mapping[str, Any], group: str, id_prefix: str
) -> Entries:
    """Turn flows of the catalog into rules for firewall_ruleset; see firewall_rules.yml."""
    try:
        return flow_rules(
            flows,
            topology,
            group=group,
            id_prefix=id_prefix,
            ipc_ports=all_ports("ipc"),
            peer_ports=all_ports("multi_server"),
        )
    except InputError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"firewall_rules": firewall_rules}
