# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inputs of a server say of flows of the catalog: which are asked for, their far ends and
their ports.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ..catalog.query import query
from ..catalog.versions import Version
from ..errors import InputError
from ..net.addresses import parse
from .checks import GFI_DIRECTORY
from .inputs import PREFIX, Inputs

ANY = "any"
FOR_EVERYBODY = ("smtp_networks", "smtp_servers")  # far ends that may be the word any
# Features whose servers are tried as they are, with the far end that names them.
TRIED = {
    "smtp_outbound": "smtp_servers",
    "pop2exchange": "pop3_servers",
    "exchange": "exchange_servers",
    "active_directory": "ldap_servers",
    "reporting_database": "sql_server",
}


@cache
def catalog_flows(
    version: str, asked: tuple[str, ...] | None, role: str | None
) -> list[dict[str, Any]]:
    """The catalog's answer, shared by all servers, so nobody may change it."""
    features_asked = None if asked is None else list(asked)
    return query("flows", version=version, features=features_asked, server_role=role)


def features(inputs: Inputs) -> list[str]:
    """Features that are asked for, without those of a farm."""
    ends = far_ends(inputs)
    asked = {
        "proxy": inputs.proxy_host,
        "ldap": ends["ldap_servers"],
        "gfi_directory": ends["gfi_directory"],
        "ftp": inputs.ftp,
        "web_ui": inputs.web_ui_networks,
        "smtp_inbound": inputs.smtp_networks,
        "smtp_outbound": inputs.smtp_servers,
        "pop2exchange": inputs.pop3_servers,
        "exchange": inputs.exchange_servers,
        "active_directory": inputs.directory_scenario == "active_directory",
        "reporting_database": inputs.sql_server,
    }
    return [name for name, given in asked.items() if given]


def far_ends(inputs: Inputs) -> dict[str, tuple[str, ...]]:
    """Far end of the catalog -> names, addresses and networks as given; without servers of the
    farm.

    In GFI Directory mode GFI Directory is the LDAP server (S0), unless others are named. One on the
    server itself needs no rule.
    """
    remote = "" if inputs.gfi_directory in GFI_DIRECTORY else inputs.gfi_directory
    is_directory = inputs.directory_scenario == "gfi_directory" and not inputs.ldap_servers
    given = {
        "dns_servers": inputs.dns_servers,
        "proxy": (inputs.proxy_host, inputs.proxy_https_host),
        "ldap_servers": (remote,) if is_directory else inputs.ldap_servers,
        "gfi_directory": (remote,),
        "web_ui_networks": inputs.web_ui_networks,
        "smtp_networks": inputs.smtp_networks,
        "smtp_servers": inputs.smtp_servers,
        "pop3_servers": inputs.pop3_servers,
        "exchange_servers": inputs.exchange_servers,
        "sql_server": (inputs.sql_server,),
    }
    return {end: tuple(filter(None, texts)) for end, texts in given.items()}


def given_ports(inputs: Inputs) -> dict[str, tuple[int, ...]]:
    """Port variable of the catalog -> ports; without those of the farm."""
    given = {
        "proxy_port": (inputs.proxy_port, inputs.proxy_https_port),
        "gfi_directory_port": (inputs.gfi_directory_port,),
        "web_ui_ports": inputs.web_ui_ports,
        "smtp_ports": inputs.smtp_ports,
        "pop3_ports": inputs.pop3_ports,
        "exchange_ports": inputs.exchange_ports,
        "sql_port": (inputs.sql_port,),
    }
    return {name: tuple(dict.fromkeys(filter(None, ports))) for name, ports in given.items()}


def untold(inputs: Inputs, version: Version) -> Iterator[InputError]:
    """An error for each feature that is asked for and that no document names for the version. No
    rule would be made for it.
    """
    known = {flow["feature"] for flow in catalog_flows(version.name, None, None)}
    for feature in features(inputs):
        if feature not in known:
            sentence = (
                f"is set, but no document names this flow for MailEssentials {version.name}; "
                f"remove it, or correct {PREFIX}version"
            )
            yield InputError(f"{PREFIX}{TRIED[feature]}", sentence)


def is_several(server: str) -> bool:
    """Whether it is a network or a range of addresses, as a firewall rule may have it."""
    if server == ANY:
        return True
    try:
        address = parse(server.strip())
    except ValueError:
        return False
    return not address.family or address.first != address.last


def untried(inputs: Inputs) -> list[str]:
    """Networks and ranges in place of servers, which have no address to try."""
    ends = far_ends(inputs)
    texts = [text for end in TRIED.values() for text in ends[end]]
    return [text for text in dict.fromkeys(texts) if is_several(text) and text != ANY]
