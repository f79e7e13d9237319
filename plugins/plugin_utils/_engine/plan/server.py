# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one server needs: rules, ports, endpoints, the proxy, and what is to be done by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..catalog.versions import Version
from ..ports.wanted import OWN_KINDS, PortWant, moved_wants
from .endpoints import plan_endpoints
from .ends import ANY, FOR_EVERYBODY, catalog_flows, far_ends, features, given_ports, untried
from .inputs import PREFIX, Inputs
from .membership import Membership
from .rules import PEER_RULES, SERVER_RULES, Ends, PlannedRule, RuleSet, plan_rules
from .topology import Resolver, remote_addresses

_BYPASS = re.compile(r"<local>|[A-Za-z0-9*._-]+")
# Far ends and port variables of the catalog: the input that gives them.
_INPUT_OF = {
    "proxy": f"{PREFIX}proxy_host",
    **dict.fromkeys(("master_and_slaves", "master", "slaves"), f"{PREFIX}address"),
    **{
        name: f"{PREFIX}{name}"
        for name in (
            "dns_servers", "ldap_servers", "gfi_directory", "web_ui_networks", "proxy_port",
            "gfi_directory_port", "web_ui_ports", "join_ports", "smtp_networks", "smtp_servers",
            "smtp_ports", "pop3_servers", "pop3_ports", "exchange_servers", "exchange_ports",
            "sql_server", "sql_port",
        )
    },
}  # fmt: skip
_HERE = ("localhost", "127.0.0.1", "<local>")


@dataclass(frozen=True)
class ServerPlan:
    """The plan of one server; to_dict() has the documented shape."""

    name: str
    inputs: Inputs
    version: Version
    place: Membership
    rules: tuple[PlannedRule, ...]
    peer_rules: tuple[PlannedRule, ...]
    ports: tuple[PortWant, ...]
    endpoints: tuple[Mapping[str, Any], ...]
    proxy: Mapping[str, Any]
    notices: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As farm_plan returns it."""
        return {
            "version": {"given": self.inputs.version, "name": self.version.name},
            "server_role": self.place.server_role,
            "farm": self.place.farm,
            "peers": [peer.to_dict() for peer in self.place.peers],
            "rule_sets": {
                "firewall": _rule_set(SERVER_RULES, self.rules, PEER_RULES),
                "multi_server": _rule_set(PEER_RULES, self.peer_rules, SERVER_RULES),
            },
            "ports": {
                **self._looking(),
                "wanted": [self._port(want) for want in self.ports],
            },
            "endpoints": {
                "asked": [dict(entry) for entry in self.endpoints],
                "features": ["ftp"] if self.inputs.ftp else [],
                "skipped": list(self.inputs.skip_hosts),
                "unchecked": untried(self.inputs),
            },
            "proxy": dict(self.proxy),
            "settings": {
                "on_no_effect": self.inputs.on_no_effect,
                "on_drift": self.inputs.on_drift,
                "fail_on": list(self.inputs.fail_on),
                "reserve_ports": self.inputs.reserve_ports,
                "verify_timeout": self.inputs.verify_timeout,
                "verify_on_failure": self.inputs.verify_on_failure,
            },
            "notices": list(self.notices),
        }

    def _looking(self) -> dict[str, Any]:
        """Options of port_availability."""
        inputs = self.inputs
        given = [
            {"port": want.port, "protocol": want.protocol, "families": list(want.families)}
            for want in inputs.ports
        ]
        options = {
            "version": "" if inputs.version.lower() == "latest" else inputs.version,
            "ports": given,
            "remoting_ports": list(inputs.remoting_ports),
        }
        return {
            **{name: value for name, value in options.items() if value},
            "features": list(_port_features(inputs, self.place)),
            "server_role": self.place.server_role,
            "moved_ports": {kind: list(ports) for kind, ports in _moved(inputs, self.place)},
            "extra_owners": list(inputs.extra_owners),
            "clock_tolerance": inputs.clock_tolerance,
        }

    @staticmethod
    def _port(want: PortWant) -> dict[str, Any]:
        return {
            "port": want.port,
            "protocol": want.protocol,
            "kind": want.kind,
            "title": want.title,
            "status": want.status,
            "sources": list(want.sources),
            "reserve": want.kind in OWN_KINDS and not want.doubtful,
        }


def plan_server(
    name: str, inputs: Inputs, version: Version, place: Membership, resolve: Resolver
) -> ServerPlan:
    """The plan of one server. Raises InputError, naming an input, for what cannot be planned."""
    found = _Addresses(resolve)
    ends = _ends(inputs, place, found)
    rules = plan_rules(
        catalog_flows(version.name, tuple(features(inputs)), None), ends, SERVER_RULES
    )
    peer_rules: tuple[PlannedRule, ...] = ()
    if place.joined:
        of_farm = [
            flow
            for flow in catalog_flows(version.name, ("multi_server",), place.server_role)
            if flow["feature"] == "multi_server"
        ]
        peer_rules = plan_rules(of_farm, ends, PEER_RULES)
    return ServerPlan(
        name,
        inputs,
        version,
        place,
        rules,
        peer_rules,
        tuple(_ports(inputs, version, place)),
        tuple(plan_endpoints(inputs, version, place)),
        _proxy(name, inputs, place),
        tuple(found.notices),
    )


def _rule_set(rule_set: RuleSet, rules: Sequence[PlannedRule], other: RuleSet) -> dict[str, Any]:
    return {
        "group": rule_set.group,
        "id_prefix": rule_set.id_prefix,
        "state": "present" if rules else "absent",
        "rules": [planned.to_dict() for planned in rules],
        "trusted_groups": {other.group: other.id_prefix},
    }


class _Addresses:
    """Addresses of names, and the sentences about those that were resolved."""

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve
        self.notices: list[str] = []

    def of(self, end: str, texts: Sequence[str]) -> tuple[str, ...]:
        """Addresses, networks and keywords as they are; names by the controller's name service."""
        if end in FOR_EVERYBODY and tuple(texts) == (ANY,):
            return (ANY,)
        name = _INPUT_OF[end]
        found: list[str] = []
        for text in texts:
            addresses, sentence = remote_addresses(text, name, self._resolve)
            found += addresses
            self.notices += [f"{name}: {sentence}."] if sentence else []
        return tuple(dict.fromkeys(found))


def _ends(inputs: Inputs, place: Membership, found: _Addresses) -> Ends:
    peers = {peer.name: peer.addresses for peer in place.peers}
    of_role = {
        role: {
            member.name: member.addresses for member in place.members if member.server_role == role
        }
        for role in ("master", "slave")
    }
    by_remote = {
        "master_and_slaves": peers,
        "master": of_role["master"],
        "slaves": of_role["slave"],
    }
    return Ends(
        remotes={
            **{end: found.of(end, texts) for end, texts in far_ends(inputs).items()},
            **{
                end: tuple(address for addresses in names.values() for address in addresses)
                for end, names in by_remote.items()
            },
        },
        ports={**given_ports(inputs), "join_ports": place.join_ports},
        peers=by_remote,
        inputs=_INPUT_OF,
        profiles=inputs.firewall_profiles,
        shut=inputs.remoting_ports,
    )


def _ports(inputs: Inputs, version: Version, place: Membership) -> Sequence[PortWant]:
    """What the server listens on, at the ports to which the inventory moved it."""
    return (
        *moved_wants(
            version.name,
            features=_port_features(inputs, place),
            server_role=place.server_role,
            moved=dict(_moved(inputs, place)),
            remoting=inputs.remoting_ports,
        ),
        *inputs.ports,
    )


def _port_features(inputs: Inputs, place: Membership) -> Sequence[str]:
    asked = {
        "multi_server": place.joined,
        "web_ui": bool(inputs.web_ui_networks),
        "gfi_directory": inputs.gfi_directory == "local",
    }
    return sorted({name for name, given in asked.items() if given} | set(inputs.features))


def _moved(inputs: Inputs, place: Membership) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Kinds of ports that inputs give, with the ports."""
    yield "web_ui", inputs.web_ui_ports
    yield "join", place.join_ports
    if inputs.gfi_directory_port:
        yield "gfi_directory", (inputs.gfi_directory_port,)


def _proxy(name: str, inputs: Inputs, place: Membership) -> dict[str, Any]:
    """The proxy to set, with what is reached without it: the server itself, its farm, its directory
    servers and its Exchange servers. Its state is "" where the inventory names none.
    """
    names = ("proxy_host", "proxy_https_host", "proxy_pac_url", "proxy_auto_detect")
    if not any(getattr(inputs, one) for one in names):
        return {"state": "", "stores": list(inputs.proxy_stores)}
    bypass: list[str] = []
    if inputs.proxy_host:
        domains = [f"*.{domain.lstrip('*.')}" for domain in inputs.proxy_domains]
        members = [one.name for one in place.members]
        addresses = [address for one in place.members for address in one.addresses]
        ends = far_ends(inputs)
        inside = [
            *_HERE,
            name,
            *members,
            *addresses,
            *inputs.ldap_servers,
            *ends["gfi_directory"],
            *ends["exchange_servers"],
            *domains,
        ]
        bypass = [one for one in inside if _BYPASS.fullmatch(one)]
    options = {
        "host": inputs.proxy_host,
        "port": inputs.proxy_port,
        "https_host": inputs.proxy_https_host,
        "https_port": inputs.proxy_https_port,
        "pac_url": inputs.proxy_pac_url,
    }
    return {
        "state": "present",
        **{option: value for option, value in options.items() if value},
        "auto_detect": inputs.proxy_auto_detect,
        "bypass": list(dict.fromkeys([*bypass, *inputs.proxy_bypass])),
        "stores": list(inputs.proxy_stores),
    }
