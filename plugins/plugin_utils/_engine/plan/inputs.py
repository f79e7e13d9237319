# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable mailessentials_* of a server, once: what it may be, what it is when it is not set,
and what it is for. The guide's page of inputs and the argument specs of the roles are made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from ..catalog.schema import FEATURES
from ..farm.preflight import FAIL_ON
from ..firewall.values import PROFILES
from ..ports.wanted import PortWant
from ..proxy.wanted import STORES
from . import checks

PREFIX = "mailessentials_"
SCENARIOS = (
    "none",
    "remote_ad",
    "gfi_directory",
    "exchange_without_ad",
    "lotus_domino",
    "other_smtp",
)


@dataclass(frozen=True)
class Input:
    """What is known of a variable, beside its type and its default.

    read: from the value, and the name of the variable, to the value of the field; raises
    InputError. kind: its type for people. meaning: what it is for. choices: the only values.
    secret: what people put there may hold a password, so it is never repeated.
    """

    read: Callable[[Any, str], Any]
    kind: str
    meaning: str
    choices: tuple[str, ...] = ()
    secret: bool = False


def _one(
    default: Any, read: Callable[[Any, str], Any], kind: str, meaning: str, *, secret: bool = False
) -> Any:
    return field(default=default, metadata={"input": Input(read, kind, meaning, (), secret)})


def _choice(default: str, known: tuple[str, ...], meaning: str) -> Any:
    asked = Input(checks.choice(*known), "one of the choices", meaning, known)
    return field(default=default, metadata={"input": asked})


def _some(default: tuple[str, ...], known: tuple[str, ...], meaning: str) -> Any:
    asked = Input(checks.some_choices(*known), "list of the choices", meaning, known)
    return field(default=default, metadata={"input": asked})


def _flag(meaning: str) -> Any:
    return _one(False, checks.flag, "true or false", meaning)


def _hosts(meaning: str) -> Any:
    return _one((), checks.hosts, "list of names, addresses or networks", meaning, secret=True)


def _host(meaning: str) -> Any:
    return _one("", checks.host, "name or address of a host", meaning, secret=True)


def _ports(default: tuple[int, ...], meaning: str) -> Any:
    return _one(default, checks.ports, "list of ports", meaning, secret=True)


def _port(default: int, meaning: str) -> Any:
    return _one(default, checks.port, "port", meaning, secret=True)


def _texts(meaning: str) -> Any:
    return _one((), checks.texts, "list of names", meaning, secret=True)


@dataclass(frozen=True)
class Inputs:
    """The inputs of one server. A field is the variable without its prefix; its metadata has the
    Input.
    """

    version: str = _one(
        "latest", checks.version, "version", "Version by name, product version or build, or latest."
    )
    server_role: str = _one("", checks.anything, "master, slave or standalone", "Role of a server.")
    farm: str = _one("", checks.name_of_farm, "name", "Farm of the server, if there are several.")
    address: object = _one(
        None,
        checks.anything,
        "address or list of addresses",
        "Addresses that the other servers use to reach this one.",
    )
    master_group: str = _one(
        "mailessentials_master", checks.group_name, "group", "Group of the masters."
    )
    slaves_group: str = _one(
        "mailessentials_slaves", checks.group_name, "group", "Group of the slaves."
    )
    multi_server_paths: str = _choice(
        "mesh",
        ("mesh", "star"),
        "Whether all servers of a farm reach each other, or the master and each slave only.",
    )
    join_ports: tuple[int, ...] = _ports((80, 443), "Ports of the master's web site, for joining.")
    web_ui_networks: tuple[str, ...] = _one(
        (),
        checks.networks,
        "list of names, addresses or networks",
        "Networks of administrators and users that open the user interface.",
        secret=True,
    )
    web_ui_ports: tuple[int, ...] = _ports((80, 443), "Ports of the user interface.")
    remoting_ports: tuple[int, ...] = _ports((), "Remoting ports that were moved.")
    dns_servers: tuple[str, ...] = _hosts("DNS servers of the server; empty for its own settings.")
    directory_scenario: str = _choice(
        "none", SCENARIOS, "From where users and addresses are retrieved."
    )
    ldap_servers: tuple[str, ...] = _hosts("LDAP servers of the scenario.")
    gfi_directory: str = _one(
        "none",
        checks.gfi_directory,
        "none, local, or name or address of a host",
        "Where GFI Directory runs.",
        secret=True,
    )
    gfi_directory_port: int = _port(61000, "Port of GFI Directory.")
    ftp: bool = _flag("Retrieve version information by FTP.")
    firewall_profiles: tuple[str, ...] = _some(
        ("any",), ("any", *PROFILES), "Profiles in which the rules hold."
    )
    on_no_effect: str = _choice(
        "fail", ("fail", "warn"), "What happens where rules could not take effect."
    )
    proxy_host: str = _host("Proxy by which updates come.")
    proxy_port: int = _port(0, "Port of the proxy.")
    proxy_https_host: str = _host("Proxy for HTTPS, where it is another one.")
    proxy_https_port: int = _port(0, "Port of the proxy for HTTPS.")
    proxy_pac_url: str = _one(
        "", checks.text, "address of a file", "Configuration script (PAC) for WinINet.", secret=True
    )
    proxy_auto_detect: bool = _flag("WinINet looks for a proxy by itself (WPAD).")
    proxy_bypass: tuple[str, ...] = _texts("Hosts that are reached without the proxy.")
    proxy_domains: tuple[str, ...] = _texts("Domains that are reached without the proxy.")
    proxy_stores: tuple[str, ...] = _some(("winhttp",), tuple(STORES), "Places to set it in.")
    features: tuple[str, ...] = _one(
        (),
        checks.choices(*(name for name in FEATURES if name != "core")),
        "list of the choices",
        "More features whose ports are looked at.",
    )
    ports: tuple[PortWant, ...] = _one(
        (),
        checks.wants,
        "list of ports, or of port, protocol and families",
        "More ports to look at.",
    )
    extra_owners: tuple[str, ...] = _one(
        (), checks.owners, "list of paths or services", "More programs that count as its own."
    )
    clock_tolerance: int = _one(
        300, checks.seconds(1, 10**8), "seconds", "By how much the clock may be off."
    )
    fail_on: tuple[str, ...] = _one(
        ("conflict",), checks.choices(*FAIL_ON), "list of the choices", "What stops a farm."
    )
    reserve_ports: bool = _flag("Reserve its own ports against Windows' dynamic port range.")
    skip_hosts: tuple[str, ...] = _texts("Update hosts that do not count.")
    verify_timeout: int = _one(5, checks.seconds(1, 60), "seconds", "For each endpoint.")
    verify_on_failure: str = _choice(
        "warn", ("fail", "warn"), "What happens where the proof of site fails."
    )
    ignored_variables: tuple[str, ...] = _one(
        (), checks.texts, "list of names", "Variables mailessentials_* that are not for this one."
    )


INPUTS: dict[str, Input] = {
    f"{PREFIX}{entry.name}": entry.metadata["input"] for entry in fields(Inputs)
}
# Read by the playbooks themselves, before any host is known: where servers are, how many at a time.
OF_PLAYBOOKS: dict[str, Input] = {
    "mailessentials_group": Input(checks.group_name, "group", "Group of the servers."),
    "mailessentials_serial": Input(
        checks.serial, "number or percentage", "How many servers are changed at a time."
    ),
}
# Registered by the playbooks.
RESULTS = frozenset(("mailessentials_plan",))
