# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From flows to firewall rules. Product policy lives here: what is never opened, and what is opened
to peers only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..errors import InputError, unknown_name
from ..firewall.values import PROFILES
from ..firewall.wanted import wanted_rules
from ..net import addresses, port_ranges
from ..net.hosts import check_port

# Inputs: lists of addresses, then lists of ports, then the rest.
TOPOLOGY = (
    "dns_servers", "proxy_addresses", "ldap_servers", "gfi_directory", "web_ui_networks", "master",
    "slaves",
    "proxy_port", "gfi_directory_port", "web_ui_ports", "join_ports", "remoting_ports",
    "host_remoting_ports",
    "server_role", "profiles",
)  # fmt: skip
_HOSTS = (
    "proxy_addresses",
    "gfi_directory",
    "master",
    "slaves",
)  # inputs of which each entry is one host
_PROTOCOLS = {"tcp": "TCP", "udp": "UDP"}


def flow_rules(
    flows: Iterable[Mapping[str, Any]],
    topology: Mapping[str, Any],
    *,
    group: str,
    id_prefix: str,
    ipc_ports: Collection[int],
    peer_ports: Collection[int],
) -> list[dict[str, Any]]:
    """One rule a flow, in the shape of firewall_ruleset's rules.

    flows: entries of the catalog's term `flows`. topology: inputs named in TOPOLOGY; addresses are
    literals, networks or keywords of Windows Firewall, never names. ipc_ports: remoting ports of
    all versions, to which topology's remoting_ports are added, and so are host_remoting_ports,
    which the host itself reports. peer_ports: Multi-Server ports. Where proxy_addresses are given,
    HTTP and HTTPS go to the proxy alone (S1, note 1). An empty list of ports leaves its flows out.
    Raises InputError when an input is missing, wrong, or would open what must stay shut.
    """
    for name in topology:
        if name not in TOPOLOGY:
            raise unknown_name(f"topology.{name}", "input", name, TOPOLOGY)
    given = {name: value for name, value in topology.items() if value not in (None, "")}
    if "profiles" in topology and not topology["profiles"]:
        raise InputError(
            "topology.profiles", f"is empty; name {', '.join(PROFILES)}, or any for all of them"
        )
    selected = [flow for flow in flows if not _left_out(flow, topology)]
    rules = [_rule(flow, given, id_prefix) for flow in selected]
    wanted_rules(rules, group, id_prefix)
    shut = {
        *ipc_ports,
        *map(int, (*_ports(given, "remoting_ports"), *_ports(given, "host_remoting_ports"))),
    }
    for flow, rule in zip(selected, rules, strict=True):
        if flow["direction"] == "inbound":
            path = f"topology.{flow['port_variable'] or flow['id']}"
            check_ports(flow, rule, shut, peer_ports, path)
        _check_remote(flow, rule, f"topology.{_input_of(flow, given)}")
    return rules


def _left_out(flow: Mapping[str, Any], topology: Mapping[str, Any]) -> bool:
    proxied = (
        bool(topology.get("proxy_addresses"))
        and flow["remote"] == "internet"
        and flow["feature"] == "core"
    )
    return proxied or topology.get(flow["port_variable"]) == []


def _rule(flow: Mapping[str, Any], given: Mapping[str, Any], id_prefix: str) -> dict[str, Any]:
    inbound = flow["direction"] == "inbound"
    numbers = (_ports(given, flow["port_variable"]) if flow["port_variable"] else []) or list(
        flow["ports"]
    )
    if not numbers:
        raise InputError(
            f"topology.{flow['port_variable']}", f"is missing; the flow '{flow['id']}' needs it"
        )
    return {
        "id": f"{id_prefix}{flow['id']}",
        "display_name": "GFI MailEssentials "
        f"- {flow['title']} ({_PROTOCOLS[flow['protocol']]}-{'In' if inbound else 'Out'})",
        "description": flow["purpose"],
        "direction": flow["direction"],
        "protocol": flow["protocol"],
        "local_ports" if inbound else "remote_ports": numbers,
        "remote_addresses": _remote(flow, given),
        "profiles": given.get("profiles", list(PROFILES)),
    }


def _remote(flow: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The far end of a flow as the topology knows it."""
    remote = flow["remote"]
    if remote == "internet":
        return ["any"]
    if remote == "dns_servers":
        return _addresses(given, remote) or ["DNS"]
    name = _input_of(flow, given)
    found = _addresses(given, name)
    if not found:
        raise InputError(f"topology.{name}", f"is missing; the flow '{flow['id']}' needs it")
    return found


def _input_of(flow: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The topology input that names the far end of a flow."""
    if flow["remote"] == "master_and_slaves":
        return "slaves" if given.get("server_role") == "master" else "master"
    return "proxy_addresses" if flow["remote"] == "proxy" else str(flow["remote"])


def _addresses(given: Mapping[str, Any], name: str) -> list[str]:
    value = given.get(name, [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, (list, tuple)):
        raise InputError(f"topology.{name}", f"{value!r} is not a list of addresses")
    for index, entry in enumerate(found):
        if str(entry).lower() == "any":
            raise InputError(
                f"topology.{name}[{index}]", f"'{entry}' is everybody; name addresses or networks"
            )
        try:
            address = addresses.parse_wanted(str(entry))
        except ValueError as error:
            raise InputError(f"topology.{name}[{index}]", f"address '{entry}' {error}") from None
        if name in _HOSTS and (not address.family or address.first != address.last):
            raise InputError(
                f"topology.{name}[{index}]",
                f"'{entry}' is not one host's address; a range or network would open the rule "
                "to others",
            )
    return [str(entry) for entry in found]


def _ports(given: Mapping[str, Any], name: str) -> list[str]:
    """Single ports that an administrator moved; ranges are refused, a service listens on a port."""
    value = given.get(name, [])
    found = []
    for index, entry in enumerate(value if isinstance(value, (list, tuple)) else [value]):
        found.append(str(check_port(entry, f"topology.{name}[{index}]")))
    return found


def check_ports(
    flow: Mapping[str, Any],
    rule: Mapping[str, Any],
    shut: Collection[int],
    peer_ports: Collection[int],
    path: str,
) -> None:
    """Remoting ports are loopback business (S0, S1; CVE-2025-34489) and never opened; multi-server
    ports are for the servers of the farm. Raises InputError with the path of the ports.
    """
    opened = [span for span in map(port_ranges.parse_span, rule["local_ports"]) if span]
    for port in sorted({*shut, *peer_ports}):
        if not any(first <= port <= last for first, last in opened):
            continue
        if port in shut:
            raise InputError(
                path,
                f"{port} is a remoting port of MailEssentials, which is never opened; "
                "choose another",
            )
        if flow["remote"] != "master_and_slaves":
            raise InputError(
                path,
                f"{port} is a Multi-Server port, which is for the servers of a farm only; "
                "choose another",
            )


def _check_remote(flow: Mapping[str, Any], rule: Mapping[str, Any], path: str) -> None:
    """Multi-server, join and web UI ports are never opened to everybody."""
    if flow["peers_only"] or flow["remote"] == "web_ui_networks":
        refuse_everybody(rule["remote_addresses"], path)


def refuse_everybody(texts: Iterable[str], path: str) -> None:
    """Raises InputError where addresses and networks are more than those of one organisation. Host
    names, which resolve to addresses, are not.
    """
    literal = []
    for text in texts:
        try:
            address = addresses.parse(text)
        except ValueError:
            continue
        if address.text.rstrip("46") == "Internet":
            raise InputError(path, f"'{text}' is everybody; name the networks of your organisation")
        literal.append(text)
    if addresses.is_wide(tuple(literal)):
        raise InputError(
            path,
            "covers more than a /8 network (IPv4) or a /32 network (IPv6); "
            "name the networks of your organisation",
        )
