# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares one server with its plan, from one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..firewall.equivalents import equivalents
from ..firewall.evaluation.policy import Policy
from ..firewall.ruleset import Comparison, compare_rules, comparison_notes
from ..plan.record import read_peers
from ..ports.availability import found_ports
from ..ports.reservation import Reservation, make_reservation, unread
from ..proxy.info import found_proxies
from .reading import ServerReading

RULE_SETS = ("firewall", "multi_server")
_SETTINGS = (
    "host", "port", "https_host", "https_port", "bypass", "pac_url", "auto_detect",
)  # fmt: skip
_NOTHING: dict[str, Any] = {"bypass": [], "auto_detect": False}


@dataclass(frozen=True)
class RuleSetState:
    """A rule set of the plan compared with the host. notes: findings and warnings that do not stop.
    objection: why it cannot be compared, for example because another rule uses one of its ids.
    """

    comparison: Comparison | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    equivalents: tuple[str, ...] = ()
    objection: str = ""

    @property
    def differs(self) -> bool:
        """Whether something would be changed."""
        return self.comparison is not None and not self.comparison.plan.empty


@dataclass(frozen=True)
class ServerState:
    """One server.

    unread: part -> reason why it is not known. found: as port_availability returns it. reservation:
    for the ports of MailEssentials; gaps: reason why it is not known. proxies: as proxy_info
    returns it, {} if the plan sets no proxy. recorded: name -> addresses, the peers for which the
    rules of the server were created.
    """

    name: str
    unread: Mapping[str, str] = field(default_factory=dict)
    as_of: str = ""
    found: Mapping[str, Any] = field(default_factory=dict)
    reservation: Reservation | None = None
    gaps: tuple[str, ...] = ()
    rule_sets: Mapping[str, RuleSetState] = field(default_factory=dict)
    proxies: Mapping[str, Any] = field(default_factory=dict)
    recorded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def judge_server(
    name: str, planned: Mapping[str, Any], reading: ServerReading, reservations: str = "present"
) -> ServerState:
    """Returns the state of a server. planned: its part of the result of farm_plan. reservations:
    the state for port_reservation.
    """
    state: dict[str, Any] = {"rule_sets": {}}
    unread_parts: dict[str, str] = {}
    for part, judge in (("host", _host), ("firewall", _firewall), ("proxy", _proxy)):
        if part == "proxy" and planned["proxy"]["state"] == "":
            continue
        try:
            state.update(judge(planned, reading, reservations))
        except InputError as error:
            unread_parts[part] = error.sentence
    return ServerState(name, unread_parts, reading.as_of, **state)


def rule_set_options(planned: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The options of firewall_ruleset for a rule set of the plan."""
    rule_set = planned["rule_sets"][name]
    return {
        "group": rule_set["group"],
        "id_prefix": rule_set["id_prefix"],
        "rules": [entry["rule"] for entry in rule_set["rules"]],
        "state": rule_set["state"],
        "purge": True,
        "trusted_groups": rule_set["trusted_groups"],
        "on_no_effect": planned["settings"]["on_no_effect"],
        "widen_only": False,
    }


def _host(planned: Mapping[str, Any], reading: ServerReading, reservations: str) -> dict[str, Any]:
    wanted, part, host = planned["ports"], reading.part("host"), reading.host
    options = {
        "ports": wanted.get("ports"),
        "version": wanted.get("version"),
        "remoting_ports": wanted.get("remoting_ports"),
        **{
            name: wanted[name]
            for name in (
                "features", "server_role", "moved_ports", "extra_owners", "clock_tolerance",
            )
        },
    }  # fmt: skip
    found = found_ports(host, options, sent=part.sent, received=part.received)
    reservation = make_reservation(found["reservable"], reservations, host)
    return {"found": found, "reservation": reservation, "gaps": unread(reservation, host)}


def _firewall(
    planned: Mapping[str, Any], reading: ServerReading, _reservations: str
) -> dict[str, Any]:
    firewall = reading.firewall
    policy = Policy(firewall)
    rule_sets = {}
    for name in RULE_SETS:
        options = rule_set_options(planned, name)
        try:
            comparison = compare_rules(policy, options)
        except InputError as error:
            rule_sets[name] = RuleSetState(objection=error.sentence)
            continue
        rule_sets[name] = RuleSetState(
            comparison,
            comparison_notes(policy, comparison, options),
            tuple(equivalents(firewall, comparison.wanted, options["group"])),
        )
    group = planned["rule_sets"]["multi_server"]["group"]
    recorded: dict[str, tuple[str, ...]] = {}
    for stored in firewall.rules:
        if stored.store == "local" and stored.rule and stored.rule.group == group:
            recorded.update(read_peers(stored.rule.description))
    return {"rule_sets": rule_sets, "recorded": recorded}


def _proxy(
    planned: Mapping[str, Any], reading: ServerReading, _reservations: str
) -> dict[str, Any]:
    wanted = planned["proxy"]
    options = {
        **{name: wanted.get(name, _NOTHING.get(name)) for name in _SETTINGS},
        "stores": wanted["stores"],
        "state": wanted["state"],
    }
    return {"proxies": found_proxies(reading.proxy, options)}
