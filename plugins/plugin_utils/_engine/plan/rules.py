# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of one server: a rule for each flow of the catalog that its inputs ask for. Product
policy lives in policy.py: what is never opened, and what is opened to peers only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..catalog.query import all_ports
from ..errors import InputError
from ..firewall.wanted import wanted_rules
from .policy import check_ports, refuse_everybody
from .record import write_peers

_PROTOCOLS = {"tcp": "TCP", "udp": "UDP"}


@dataclass(frozen=True)
class RuleSet:
    """A group of rules that is ours, by its group and the prefix of its ids."""

    group: str
    id_prefix: str


SERVER_RULES = RuleSet("GFI MailEssentials (mailops)", "MailOps-ME-Firewall-")
PEER_RULES = RuleSet("GFI MailEssentials Multi-Server (mailops)", "MailOps-ME-MultiServer-")


@dataclass(frozen=True)
class Ends:
    """What the flows of the catalog leave open, for one server.

    Args:
        remotes: far end of the catalog -> addresses; "internet" has none.
        ports: port variable of the catalog -> ports.
        peers: far end -> name -> addresses, of those that are servers of the farm.
        inputs: far end or port variable -> the input that gives it.
        profiles: in which the rules hold.
        shut: remoting ports beside those of all versions.
    """

    remotes: Mapping[str, tuple[str, ...]]
    ports: Mapping[str, tuple[int, ...]]
    peers: Mapping[str, Mapping[str, tuple[str, ...]]]
    inputs: Mapping[str, str]
    profiles: tuple[str, ...]
    shut: Collection[int] = ()


@dataclass(frozen=True)
class PlannedRule:
    """A rule in the shape of firewall_ruleset, and the flow of the catalog that it comes from."""

    rule: Mapping[str, Any]
    flow: Mapping[str, Any]
    ports_input: str  # the input that gives its ports, "" for none

    def to_dict(self) -> dict[str, Any]:
        """As farm_plan returns it; facts() stand beside the servers."""
        return {"rule": dict(self.rule), "flow": self.flow["id"], "ports_input": self.ports_input}

    def facts(self) -> dict[str, Any]:
        """What the catalog knows of the flow."""
        names = ("purpose", "feature", "status", "evidence", "sources", "contradictions", "note")
        return {name: self.flow[name] for name in names}


def plan_rules(
    flows: Iterable[Mapping[str, Any]], ends: Ends, rule_set: RuleSet
) -> tuple[PlannedRule, ...]:
    """The rules of one set. A flow whose ports are none is left out, and with a proxy so are the
    flows that go through it (S1, note 1). Raises InputError, naming an input, for what would open
    what must stay shut.
    """
    found = [
        PlannedRule(
            _rule(flow, ends, rule_set), flow, ends.inputs.get(flow["port_variable"] or "", "")
        )
        for flow in flows
        if not _is_left_out(flow, ends)
    ]
    shut = {*all_ports("ipc"), *ends.shut}
    for planned in found:
        flow, rule = planned.flow, planned.rule
        if flow["direction"] == "inbound":
            check_ports(flow, rule, shut, all_ports("multi_server"), planned.ports_input)
        if flow["peers_only"] or flow["remote"] == "web_ui_networks":
            refuse_everybody(rule["remote_addresses"], ends.inputs[flow["remote"]])
    for planned in found:
        try:
            wanted_rules([planned.rule], rule_set.group, rule_set.id_prefix)
        except InputError as error:
            ports = "_ports" in error.field
            name = planned.ports_input if ports else ends.inputs.get(planned.flow["remote"], "")
            raise InputError(name, error.sentence) from None
    return tuple(found)


def _is_left_out(flow: Mapping[str, Any], ends: Ends) -> bool:
    proxied = (
        bool(ends.remotes["proxy"]) and flow["remote"] == "internet" and flow["feature"] == "core"
    )
    return proxied or (
        flow["port_variable"] in ends.ports and not ends.ports[flow["port_variable"]]
    )


def _rule(flow: Mapping[str, Any], ends: Ends, rule_set: RuleSet) -> dict[str, Any]:
    inbound = flow["direction"] == "inbound"
    moved = ends.ports.get(flow["port_variable"] or "")
    peers = ends.peers.get(flow["remote"])
    return {
        "id": f"{rule_set.id_prefix}{flow['id']}",
        "display_name": "GFI MailEssentials "
        f"- {flow['title']} ({_PROTOCOLS[flow['protocol']]}-{'In' if inbound else 'Out'})",
        "description": write_peers(flow["purpose"], peers) if peers else flow["purpose"],
        "direction": flow["direction"],
        "protocol": flow["protocol"],
        "local_ports" if inbound else "remote_ports": [str(port) for port in moved]
        if moved
        else list(flow["ports"]),
        "remote_addresses": _remote(flow, ends),
        "profiles": list(ends.profiles),
    }


def _remote(flow: Mapping[str, Any], ends: Ends) -> list[str]:
    remote = flow["remote"]
    if remote == "internet":
        return ["any"]
    found = ends.remotes[remote]
    if not found and remote == "dns_servers":
        return ["DNS"]
    if not found:
        raise InputError(ends.inputs[remote], f"is missing; the flow '{flow['id']}' requires it")
    return list(found)
