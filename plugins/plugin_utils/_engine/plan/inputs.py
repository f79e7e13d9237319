# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable mailessentials_* of a server in one table: type, choices, default and meaning.
The guide's page of inputs and the argument specs of the roles are generated from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from ..firewall.values import PROFILES
from ..ports.wanted import PortWant
from ..proxy.wanted import STORES
from . import checks

PREFIX = "mailessentials_"
DEFAULT_GROUP = "mailessentials"
FAIL_ON = ("conflict", "advisory", "version_mismatch", "clock", "dynamic_unprotected")
SCENARIOS = (
    "none", "active_directory", "remote_ad", "gfi_directory", "exchange_without_ad",
    "lotus_domino", "other_smtp",
)  # fmt: skip
# Those that have ports to look at on the server itself.
FEATURES_OF_PORTS = ("proxy", "ldap", "gfi_directory", "ftp", "web_ui", "multi_server")


@dataclass(frozen=True)
class Input:
    """What is known of a variable, beside its type and its default.

    read: returns the value of the field, from the value and the name of the variable; raises
    InputError. kind: its type for people. meaning: what it is for. choices: the allowed values.
    secret: the value may hold a password, so no message repeats it.
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


def _hosts_or_any(meaning: str) -> Input:
    return Input(checks.hosts_or_any, "any, or list of names or networks", meaning, secret=True)


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
        Input(
            checks.version,
            "version",
            "Version of MailEssentials: a name (2015, 21), a product version (21.8), a build, or "
            "latest, which is the newest version in the catalog. Write it in quotes.",
        ),
    ] = "latest"
    server_role: Annotated[
        str,
        Input(
            checks.server_role,
            "master, slave or standalone",
            "Role of the server, if the inventory groups of masters and slaves do not give it.",
        ),
    ] = ""
    farm: Annotated[
        str,
        Input(
            checks.name_of_farm,
            "name",
            "Farm of the server. Required if the inventory has several farms.",
        ),
    ] = ""
    address: Annotated[
        object,
        Input(
            checks.addresses_of_server,
            "address or list of addresses",
            "Addresses that the other servers of the farm use to reach this one. If not set: "
            "ansible_host, else the inventory name of the host, resolved on the controller.",
        ),
    ] = None
    master_group: Annotated[
        str, Input(checks.group_name, "group", "Inventory group that contains the masters.")
    ] = "mailessentials_master"
    slaves_group: Annotated[
        str, Input(checks.group_name, "group", "Inventory group that contains the slaves.")
    ] = "mailessentials_slaves"
    multi_server_paths: Annotated[
        str,
        _choice(
            ("mesh", "star"),
            "Connections to allow on the Multi-Server ports. mesh: between all servers of the "
            "farm, as GFI requires. star: between the master and each slave only; whether slaves "
            "connect to each other is not documented. Set it on the master.",
        ),
    ] = "mesh"
    quarantine_server: Annotated[
        str,
        Input(
            checks.name_of_server,
            "name of a server",
            "Server that hosts quarantine and reporting, if it is not the master. With "
            "mailessentials_multi_server_paths: star, all reach it too. Set it on the master.",
        ),
    ] = ""
    join_ports: Annotated[
        tuple[int, ...],
        _ports(
            "Ports of the master's web site that slaves use to join the farm. Set it on the "
            "master. When all slaves have joined, set an empty list to close the ports."
        ),
    ] = (80, 443)
    web_ui_networks: Annotated[
        tuple[str, ...],
        Input(
            checks.networks,
            "list of names, addresses or networks",
            "Networks from which administrators and users open the web UI. If not set, no rule "
            "for the web UI is created.",
            secret=True,
        ),
    ] = ()
    web_ui_ports: Annotated[tuple[int, ...], _ports("TCP ports of the web UI.")] = (80, 443)
    remoting_ports: Annotated[
        tuple[int, ...],
        _ports(
            "All remoting ports, if they were changed in the Switchboard. They are never opened, "
            "and no other input may use one of them. If MailEssentials is installed, they are "
            "read from the server."
        ),
    ] = ()
    dns_servers: Annotated[
        tuple[str, ...],
        _hosts(
            "DNS servers that the server may query. If not set, the rules use the keyword DNS of "
            "Windows Firewall, which stands for the DNS servers configured on the server."
        ),
    ] = ()
    directory_scenario: Annotated[
        str,
        _choice(
            SCENARIOS,
            "Why LDAP is needed. active_directory: for a member of a domain; it also allows the "
            "other ports of domain controllers.",
        ),
    ] = "none"
    ldap_servers: Annotated[
        tuple[str, ...],
        _hosts("LDAP servers for the scenario; for active_directory, the domain controllers."),
    ] = ()
    gfi_directory: Annotated[
        str,
        Input(
            checks.gfi_directory,
            "none, local, or name or address of a host",
            "Where GFI Directory runs. none: not used. local: on the server itself; its port is "
            "checked, reserved and tested, but not opened. Otherwise, the host that it runs on.",
            secret=True,
        ),
    ] = "none"
    gfi_directory_port: Annotated[
        int, _port("TCP port of GFI Directory. Set it if the port was changed in the Switchboard.")
    ] = 61000
    smtp_networks: Annotated[
        tuple[str, ...],
        _hosts_or_any(
            "Servers and networks that may send mail to this server by SMTP. any: all addresses. "
            "If not set, incoming mail is not allowed."
        ),
    ] = ()
    smtp_servers: Annotated[
        tuple[str, ...],
        _hosts_or_any(
            "Mail servers that this server sends mail to by SMTP. any: all addresses. If not set, "
            "outgoing mail is not allowed."
        ),
    ] = ()
    smtp_ports: Annotated[
        tuple[int, ...], _ports("Ports of SMTP, for incoming and for outgoing mail.")
    ] = (25,)
    pop3_servers: Annotated[
        tuple[str, ...], _hosts("POP3 servers from which POP2Exchange downloads mailboxes.")
    ] = ()
    pop3_ports: Annotated[tuple[int, ...], _ports("Ports of the POP3 servers.")] = (110,)
    exchange_servers: Annotated[
        tuple[str, ...],
        _hosts(
            "Exchange servers whose public folders are scanned by Web Services. They are reached "
            "without the proxy."
        ),
    ] = ()
    exchange_ports: Annotated[tuple[int, ...], _ports("Ports of the Web Services.")] = (80, 443)
    sql_server: Annotated[str, _host("SQL Server of the reporting database.")] = ""
    sql_port: Annotated[int, _port("Port of the SQL Server; no document of GFI names one.")] = 0
    ftp: Annotated[bool, _flag("Allow outbound passive FTP, for version information.")] = False
    firewall_profiles: Annotated[
        tuple[str, ...], _some(("any", *PROFILES), "Windows Firewall profiles; any for all three.")
    ] = ("any",)
    on_no_effect: Annotated[
        str,
        _choice(
            ("fail", "warn"),
            "What to do if rules could not take effect (a group policy ignores or blocks them). "
            "fail: the farm is not changed. warn: the rules are created anyway.",
        ),
    ] = "fail"
    proxy_host: Annotated[
        str,
        _host(
            "Proxy for updates. If set, outbound HTTP and HTTPS are allowed to the proxy only, "
            "and the proxy is set in Windows."
        ),
    ] = ""
    proxy_port: Annotated[int, _port("TCP port of mailessentials_proxy_host.")] = 0
    proxy_https_host: Annotated[str, _host("Proxy for HTTPS, if it is a different one.")] = ""
    proxy_https_port: Annotated[int, _port("TCP port of mailessentials_proxy_https_host.")] = 0
    proxy_pac_url: Annotated[
        str,
        Input(
            checks.text,
            "URL",
            "URL of a configuration script (PAC) in place of a proxy. For the store wininet only.",
            secret=True,
        ),
    ] = ""
    proxy_auto_detect: Annotated[
        bool, _flag("Find a configuration script by WPAD. For the store wininet only.")
    ] = False
    proxy_bypass: Annotated[
        tuple[str, ...],
        _texts(
            "Hosts to reach without the proxy. The server itself, its farm, its directory "
            "servers and its Exchange servers are added automatically."
        ),
    ] = ()
    proxy_domains: Annotated[
        tuple[str, ...],
        Input(
            checks.domains,
            "list of domains",
            "Domains whose hosts are reached without the proxy.",
            secret=True,
        ),
    ] = ()
    proxy_stores: Annotated[
        tuple[str, ...],
        _some(
            tuple(STORES),
            "Where Windows stores the proxy. wininet and environment affect all users' sessions.",
        ),
    ] = ("winhttp",)
    features: Annotated[
        tuple[str, ...],
        Input(
            checks.choices(*FEATURES_OF_PORTS),
            "list of the choices",
            "Further features to check ports for. Features that other inputs use are included.",
            FEATURES_OF_PORTS,
        ),
    ] = ()
    ports: Annotated[
        tuple[PortWant, ...],
        Input(
            checks.wants,
            "list of ports, or of port, protocol and families",
            "Further ports to check. They are never reserved.",
        ),
    ] = ()
    extra_owners: Annotated[
        tuple[str, ...],
        Input(
            checks.owners,
            "list of directories or services",
            "Directories or services whose use of a port counts as use by MailEssentials.",
        ),
    ] = ()
    clock_tolerance: Annotated[
        int,
        Input(
            checks.seconds(1, 10**8),
            "seconds",
            "Largest allowed difference of clocks, in seconds: between a server and the "
            "controller, and between the servers of a farm.",
        ),
    ] = 300
    fail_on: Annotated[
        tuple[str, ...],
        Input(
            checks.choices(*FAIL_ON),
            "list of the choices",
            "Findings that stop a farm before it is changed; the others are warnings. conflict: a "
            "port is taken or excluded. advisory: one applies to the installed version. "
            "version_mismatch: not mailessentials_version, or different in the farm. clock: see "
            "mailessentials_clock_tolerance. dynamic_unprotected: a port is not reserved.",
            FAIL_ON,
        ),
    ] = ("conflict",)
    reserve_ports: Annotated[
        bool,
        _flag("Reserve MailEssentials' ports, so that Windows does not assign them to others."),
    ] = False
    on_drift: Annotated[
        str,
        _choice(
            ("report", "fail"),
            "What site in check mode does about differences. report: show them. fail: also fail.",
        ),
    ] = "report"
    farm_size: Annotated[
        int,
        Input(
            checks.count,
            "number of servers",
            "Number of servers in the farm, including the master. If the inventory has a "
            "different number, the run stops. If not set, this is not checked.",
        ),
    ] = 0
    absent_servers: Annotated[
        tuple[str, ...],
        _texts(
            "Servers of the inventory that are down temporarily. They are not read or changed. "
            "Their addresses stay in the rules of the other servers."
        ),
    ] = ()
    removed_servers: Annotated[
        tuple[str, ...],
        _texts(
            "Names or addresses of servers that left their farm permanently. A farm whose rules "
            "name a server that is neither in the inventory nor listed here is not changed."
        ),
    ] = ()
    skip_hosts: Annotated[
        tuple[str, ...], _texts("Update hosts whose failed connections verify ignores.")
    ] = ()
    verify_timeout: Annotated[
        int, Input(checks.seconds(1, 60), "seconds", "Seconds to wait for each connection.")
    ] = 5
    verify_on_failure: Annotated[
        str,
        _choice(
            ("fail", "warn"),
            "What site does if its final test of connections fails. warn: report it. fail: "
            "also fail. The playbook verify always fails.",
        ),
    ] = "warn"
    ignored_variables: Annotated[
        tuple[str, ...],
        Input(
            checks.texts,
            "list of names",
            "Your own variables mailessentials_*. They are not reported as unknown inputs.",
        ),
    ] = ()


INPUTS: dict[str, Input] = {
    f"{PREFIX}{name}": hint.__metadata__[0]
    for name, hint in get_type_hints(Inputs, include_extras=True).items()
}
