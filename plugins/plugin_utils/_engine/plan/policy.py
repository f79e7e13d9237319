# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Product policy: what is never opened, and what is opened to the servers of the farm or to
networks of the organisation only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..errors import InputError
from ..net import addresses, port_ranges


def opened_ports(rule: Mapping[str, Any], ports: Collection[int]) -> list[int]:
    """Those of the ports that an inbound rule opens, in order."""
    spans = [span for span in map(port_ranges.parse_span, rule["local_ports"]) if span]
    return [port for port in sorted(ports) if any(first <= port <= last for first, last in spans)]


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
    for port in opened_ports(rule, {*shut, *peer_ports}):
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
            raise InputError(
                path, f"'{text}' is every address; give the networks of your organisation"
            )
        literal.append(text)
    if addresses.is_wide(tuple(literal)):
        raise InputError(
            path,
            "covers more than a /8 network (IPv4) or a /32 network (IPv6); "
            "give the networks of your organisation",
        )
