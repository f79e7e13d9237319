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


FEATURES_OF_PORTS = tuple(name for name in FEATURES if name != "core")


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
        Input(
            checks.version,
            "version",
            "Version of MailEssentials by name (2015, 21), product version (21.8) or build, or "
            "latest. Write it in quotes.",
        ),
    ] = "latest"
    server_role: Annotated[
        str,
        Input(
            checks.server_role,
            "master, slave or standalone",
            "Role of the server. The inventory groups of masters and slaves can say it too.",
        ),
    ] = ""
    farm: Annotated[
        str,
        Input(
            checks.name_of_farm,
            "name",
            "Farm of the server. Needed where the inventory has several farms.",
        ),
    ] = ""
    address: Annotated[
        object,
        Input(
            checks.addresses_of_server,
            "address or list of addresses",
            "Addresses that the other servers of the farm use to reach this one. Without it, "
            "ansible_host is used, else the name of the host, resolved on the controller.",
        ),
    ] = None
    master_group: Annotated[
        str, Input(checks.group_name, "group", "Inventory group of the masters.")
    ] = "mailessentials_master"
    slaves_group: Annotated[
        str, Input(checks.group_name, "group", "Inventory group of the slaves.")
    ] = "mailessentials_slaves"
    multi_server_paths: Annotated[
        str,
        _choice(
            ("mesh", "star"),
            "Whether all servers of a farm reach each other on the Multi-Server ports, or the "
            "master and each slave only. GFI asks for all; whether slaves talk to each other is "
            "not documented. Set it on the master.",
        ),
    ] = "mesh"
    join_ports: Annotated[
        tuple[int, ...],
        _ports(
            "Ports of the master's web site, for joining. Set it on the master. An empty list, "
            "once all slaves have joined, closes them."
        ),
    ] = (80, 443)
    web_ui_networks: Annotated[
        tuple[str, ...],
        Input(
            checks.networks,
            "list of names, addresses or networks",
            "Networks of administrators and users that open the web UI. Without it, no rule for "
            "the web UI is made.",
            secret=True,
        ),
    ] = ()
    web_ui_ports: Annotated[tuple[int, ...], _ports("Ports of the web UI.")] = (80, 443)
    remoting_ports: Annotated[
        tuple[int, ...],
        _ports(
            "All remoting ports, if they were moved in the Switchboard. They are never opened; no "
            "other port may be one of them. Where MailEssentials is installed, the host says them "
            "itself."
        ),
    ] = ()
    dns_servers: Annotated[
        tuple[str, ...],
        _hosts(
            "DNS servers. Without it, the rules name those that are configured on the server, by "
            "the keyword DNS of Windows Firewall."
        ),
    ] = ()
    directory_scenario: Annotated[
        str, _choice(SCENARIOS, "Why LDAP is needed, none for a member of Active Directory.")
    ] = "none"
    ldap_servers: Annotated[tuple[str, ...], _hosts("LDAP servers of the scenario.")] = ()
    gfi_directory: Annotated[
        str,
        Input(
            checks.gfi_directory,
            "none, local, or name or address of a host",
            "Where GFI Directory runs. local: on the server itself, where its port is looked at, "
            "reserved and tried, and not opened.",
            secret=True,
        ),
    ] = "none"
    gfi_directory_port: Annotated[
        int, _port("Port of GFI Directory, if it was moved in the Switchboard.")
    ] = 61000
    ftp: Annotated[bool, _flag("Allow passive FTP, for version information.")] = False
    firewall_profiles: Annotated[
        tuple[str, ...], _some(("any", *PROFILES), "Profiles in which the rules hold.")
    ] = ("any",)
    on_no_effect: Annotated[
        str,
        _choice(
            ("fail", "warn"),
            "What happens where rules could not take effect, as a group policy ignores or blocks "
            "them.",
        ),
    ] = "fail"
    proxy_host: Annotated[
        str,
        _host(
            "Proxy by which updates come. With it, HTTP and HTTPS are allowed to the proxy only, "
            "and the proxy is set in Windows."
        ),
    ] = ""
    proxy_port: Annotated[int, _port("Port of the proxy.")] = 0
    proxy_https_host: Annotated[str, _host("Proxy for HTTPS, where it is another one.")] = ""
    proxy_https_port: Annotated[int, _port("Port of the proxy for HTTPS.")] = 0
    proxy_pac_url: Annotated[
        str,
        Input(
            checks.text,
            "URL",
            "Configuration script (PAC) in place of a proxy. In the store wininet only.",
            secret=True,
        ),
    ] = ""
    proxy_auto_detect: Annotated[
        bool, _flag("Look for a configuration script (WPAD). In the store wininet only.")
    ] = False
    proxy_bypass: Annotated[
        tuple[str, ...],
        _texts(
            "Hosts that are reached without the proxy, beside the server itself, its farm and its "
            "directory servers."
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
            "Where the proxy is set in Windows. All but winhttp change the session of every user.",
        ),
    ] = ("winhttp",)
    features: Annotated[
        tuple[str, ...],
        Input(
            checks.choices(*FEATURES_OF_PORTS),
            "list of the choices",
            "More features whose ports are looked at. Those that other inputs name are already.",
            FEATURES_OF_PORTS,
        ),
    ] = ()
    ports: Annotated[
        tuple[PortWant, ...],
        Input(
            checks.wants,
            "list of ports, or of port, protocol and families",
            "More ports to look at. They are never reserved.",
        ),
    ] = ()
    extra_owners: Annotated[
        tuple[str, ...],
        Input(
            checks.owners,
            "list of directories or services",
            "Programs that count as MailEssentials' own when they have a port.",
        ),
    ] = ()
    clock_tolerance: Annotated[
        int, Input(checks.seconds(1, 10**8), "seconds", "By how much clocks may differ.")
    ] = 300
    fail_on: Annotated[
        tuple[str, ...],
        Input(
            checks.choices(*FAIL_ON),
            "list of the choices",
            "What stops a farm before it is changed. The rest is a warning.",
            FAIL_ON,
        ),
    ] = ("conflict",)
    reserve_ports: Annotated[
        bool,
        _flag("Keep MailEssentials' own ports out of the dynamic port range of Windows."),
    ] = False
    on_drift: Annotated[
        str,
        _choice(
            ("report", "fail"),
            "Whether site in check mode fails where a server is not as wanted.",
        ),
    ] = "report"
    farm_size: Annotated[
        int,
        Input(
            checks.count,
            "number of servers",
            "How many servers the farm has, its master among them. An inventory with another "
            "number of them is refused.",
        ),
    ] = 0
    absent_servers: Annotated[
        tuple[str, ...],
        _texts(
            "Servers of the inventory that are down for now. They are not looked at, and the "
            "others keep their addresses in the rules."
        ),
    ] = ()
    removed_servers: Annotated[
        tuple[str, ...],
        _texts(
            "Names or addresses of servers that left their farm for good. Without it a farm whose "
            "rules name a server that the inventory lacks is not changed."
        ),
    ] = ()
    skip_hosts: Annotated[
        tuple[str, ...], _texts("Update hosts that do not count in the proof.")
    ] = ()
    verify_timeout: Annotated[
        int, Input(checks.seconds(1, 60), "seconds", "How long one endpoint may take to answer.")
    ] = 5
    verify_on_failure: Annotated[
        str, _choice(("fail", "warn"), "What happens where the proof at the end of site fails.")
    ] = "warn"
    ignored_variables: Annotated[
        tuple[str, ...],
        Input(
            checks.texts,
            "list of names",
            "Variables mailessentials_* of your own, which are not inputs of the collection.",
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
    "mailessentials_captures": Input(
        checks.folder, "folder", "Where the playbooks capture and rehearse keep readings."
    ),
    "mailessentials_flow": Input(
        checks.flows, "connection or list", "What the playbook explain is asked about."
    ),
}
# The inputs by subject, as the guide and the roles show them.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "farm": (
        "version", "server_role", "farm", "address", "master_group", "slaves_group",
        "multi_server_paths", "join_ports", "farm_size", "absent_servers", "removed_servers",
        "ignored_variables",
    ),
    "rules": (
        "web_ui_networks", "web_ui_ports", "remoting_ports", "dns_servers", "directory_scenario",
        "ldap_servers", "gfi_directory", "gfi_directory_port", "ftp", "firewall_profiles",
        "on_no_effect",
    ),
    "proxy": (
        "proxy_host", "proxy_port", "proxy_https_host", "proxy_https_port", "proxy_pac_url",
        "proxy_auto_detect", "proxy_bypass", "proxy_domains", "proxy_stores",
    ),
    "ports": (
        "features", "ports", "extra_owners", "clock_tolerance", "fail_on", "reserve_ports",
    ),
    "proof": ("skip_hosts", "verify_timeout", "verify_on_failure", "on_drift"),
}  # fmt: skip
