# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable mailessentials_* of a server, once: what it may be, what it is when it is not set,
and what it is for. The guide's page of inputs and the argument specs of the roles are made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from ..catalog.schema import FEATURES
from ..firewall.values import PROFILES
from ..ports.wanted import PortWant
from ..proxy.wanted import STORES
from . import checks

PREFIX = "mailessentials_"
DEFAULT_GROUP = "mailessentials"
FAIL_ON = ("conflict", "advisory", "version_mismatch", "clock", "dynamic_unprotected")
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


def _choice(known: tuple[str, ...], meaning: str) -> Input:
    return Input(checks.choice(*known), "one of the choices", meaning, known)


def _some(known: tuple[str, ...], meaning: str) -> Input:
    return Input(checks.some_choices(*known), "list of the choices", meaning, known)


def _flag(meaning: str) -> Input:
    return Input(checks.flag, "true or false", meaning)


def _hosts(meaning: str) -> Input:
    return Input(checks.hosts, "list of names, addresses or networks", meaning, secret=True)


def _host(meaning: str) -> Input:
    return Input(checks.host, "name or address of a host", meaning, secret=True)


def _ports(meaning: str) -> Input:
    return Input(checks.ports, "list of ports", meaning, secret=True)


def _port(meaning: str) -> Input:
    return Input(checks.port, "port", meaning, secret=True)


def _texts(meaning: str) -> Input:
    return Input(checks.texts, "list of names", meaning, secret=True)


@dataclass(frozen=True)
class Inputs:
    """The inputs of one server. A field is the variable without its prefix; its type carries the
    Input.
    """

    version: Annotated[
        str,
        Input(checks.version, "version", "Version by name, product version or build, or latest."),
    ] = "latest"
    server_role: Annotated[
        str, Input(checks.anything, "master, slave or standalone", "Role of a server.")
    ] = ""
    farm: Annotated[
        str, Input(checks.name_of_farm, "name", "Farm of the server, if there are several.")
    ] = ""
    address: Annotated[
        object,
        Input(
            checks.anything,
            "address or list of addresses",
            "Addresses that the other servers use to reach this one.",
        ),
    ] = None
    master_group: Annotated[str, Input(checks.group_name, "group", "Group of the masters.")] = (
        "mailessentials_master"
    )
    slaves_group: Annotated[str, Input(checks.group_name, "group", "Group of the slaves.")] = (
        "mailessentials_slaves"
    )
    multi_server_paths: Annotated[
        str,
        _choice(
            ("mesh", "star"),
            "Whether all servers of a farm reach each other, or the master and each slave only.",
        ),
    ] = "mesh"
    join_ports: Annotated[
        tuple[int, ...], _ports("Ports of the master's web site, for joining.")
    ] = (80, 443)
    web_ui_networks: Annotated[
        tuple[str, ...],
        Input(
            checks.networks,
            "list of names, addresses or networks",
            "Networks of administrators and users that open the user interface.",
            secret=True,
        ),
    ] = ()
    web_ui_ports: Annotated[tuple[int, ...], _ports("Ports of the user interface.")] = (80, 443)
    remoting_ports: Annotated[tuple[int, ...], _ports("Remoting ports that were moved.")] = ()
    dns_servers: Annotated[
        tuple[str, ...], _hosts("DNS servers of the server; empty for its own settings.")
    ] = ()
    directory_scenario: Annotated[
        str, _choice(SCENARIOS, "From where users and addresses are retrieved.")
    ] = "none"
    ldap_servers: Annotated[tuple[str, ...], _hosts("LDAP servers of the scenario.")] = ()
    gfi_directory: Annotated[
        str,
        Input(
            checks.gfi_directory,
            "none, local, or name or address of a host",
            "Where GFI Directory runs.",
            secret=True,
        ),
    ] = "none"
    gfi_directory_port: Annotated[int, _port("Port of GFI Directory.")] = 61000
    ftp: Annotated[bool, _flag("Retrieve version information by FTP.")] = False
    firewall_profiles: Annotated[
        tuple[str, ...], _some(("any", *PROFILES), "Profiles in which the rules hold.")
    ] = ("any",)
    on_no_effect: Annotated[
        str, _choice(("fail", "warn"), "What happens where rules could not take effect.")
    ] = "fail"
    proxy_host: Annotated[str, _host("Proxy by which updates come.")] = ""
    proxy_port: Annotated[int, _port("Port of the proxy.")] = 0
    proxy_https_host: Annotated[str, _host("Proxy for HTTPS, where it is another one.")] = ""
    proxy_https_port: Annotated[int, _port("Port of the proxy for HTTPS.")] = 0
    proxy_pac_url: Annotated[
        str,
        Input(
            checks.text, "address of a file", "Configuration script (PAC) for WinINet.", secret=True
        ),
    ] = ""
    proxy_auto_detect: Annotated[bool, _flag("WinINet looks for a proxy by itself (WPAD).")] = False
    proxy_bypass: Annotated[
        tuple[str, ...], _texts("Hosts that are reached without the proxy.")
    ] = ()
    proxy_domains: Annotated[
        tuple[str, ...], _texts("Domains that are reached without the proxy.")
    ] = ()
    proxy_stores: Annotated[tuple[str, ...], _some(tuple(STORES), "Places to set it in.")] = (
        "winhttp",
    )
    features: Annotated[
        tuple[str, ...],
        Input(
            checks.choices(*(name for name in FEATURES if name != "core")),
            "list of the choices",
            "More features whose ports are looked at.",
        ),
    ] = ()
    ports: Annotated[
        tuple[PortWant, ...],
        Input(
            checks.wants,
            "list of ports, or of port, protocol and families",
            "More ports to look at.",
        ),
    ] = ()
    extra_owners: Annotated[
        tuple[str, ...],
        Input(checks.owners, "list of paths or services", "More programs that count as its own."),
    ] = ()
    clock_tolerance: Annotated[
        int, Input(checks.seconds(1, 10**8), "seconds", "By how much the clock may be off.")
    ] = 300
    fail_on: Annotated[
        tuple[str, ...],
        Input(checks.choices(*FAIL_ON), "list of the choices", "What stops a farm."),
    ] = ("conflict",)
    reserve_ports: Annotated[
        bool, _flag("Reserve its own ports against Windows' dynamic port range.")
    ] = False
    skip_hosts: Annotated[tuple[str, ...], _texts("Update hosts that do not count.")] = ()
    verify_timeout: Annotated[
        int, Input(checks.seconds(1, 60), "seconds", "For each endpoint.")
    ] = 5
    verify_on_failure: Annotated[
        str, _choice(("fail", "warn"), "What happens where the proof of site fails.")
    ] = "warn"
    ignored_variables: Annotated[
        tuple[str, ...],
        Input(
            checks.texts, "list of names", "Variables mailessentials_* that are not for this one."
        ),
    ] = ()

    @property
    def remote_gfi_directory(self) -> str:
        """The host of GFI Directory, "" where there is none or it is the server itself."""
        return "" if self.gfi_directory in checks.GFI_DIRECTORY else self.gfi_directory

    @property
    def directory_servers(self) -> tuple[str, ...]:
        """In GFI Directory mode GFI Directory is the LDAP server (S0), unless others are named. One
        on the server itself needs no rule.
        """
        if self.ldap_servers or self.directory_scenario != "gfi_directory":
            return self.ldap_servers
        return (self.remote_gfi_directory,) if self.remote_gfi_directory else ()


INPUTS: dict[str, Input] = {
    f"{PREFIX}{name}": hint.__metadata__[0]
    for name, hint in get_type_hints(Inputs, include_extras=True).items()
}
# Read by the playbooks themselves, before any host is known: where servers are, how many at a time.
OF_PLAYBOOKS: dict[str, Input] = {
    "mailessentials_group": Input(checks.group_name, "group", "Group of the servers."),
    "mailessentials_serial": Input(
        checks.serial, "number or percentage", "How many servers are changed at a time."
    ),
}
