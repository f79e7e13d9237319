# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection, as a person asks for it, and as a box."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ...errors import InputError, unknown_name
from ...net import port_ranges
from ...net.boxes import Box, Ranges
from .. import values
from .dimensions import (
    INTERFACE_NAMES,
    OTHER,
    PROFILE_NAMES,
    WHOLE,
    Dimension,
    address_number,
    icmp_numbers,
    numbers_of,
    protocol_numbers,
)
from .extent import Interpreter

_TEXT = re.compile(
    r"(?P<protocol>\S+)(?: (?P<port>\S+))? (?P<way>from|to) (?P<address>\S+)"
    r"(?: for (?P<program>.+))?"
)
_EXAMPLE = "'tcp 9095 from 192.0.2.12' or 'tcp 443 to 198.51.100.7'"
_WITH_PORTS = ("tcp", "udp")
_PORTLESS: Ranges = ((0, 0),)


@dataclass(frozen=True)
class Flow:
    """A connection in the direction of its first packet. remote_address: of the other side.

    port: the local one of an inbound connection, the remote one of an outbound connection; 0 where
    the protocol has none. peer_port: the other one, 0 for any. local_address, icmp_type, profile,
    interface_type: "" for any. program, service: "" for one that no rule names.
    """

    direction: str
    protocol: str
    remote_address: str
    port: int = 0
    peer_port: int = 0
    local_address: str = ""
    icmp_type: str = ""
    program: str = ""
    service: str = ""
    profile: str = ""
    interface_type: str = ""

    @property
    def text(self) -> str:
        """In the words of a question."""
        inbound = self.direction == "inbound"
        words = [self.protocol.upper()]
        if self.port:
            words.append(str(self.port))
        if self.icmp_type:
            words.append(f"type {self.icmp_type}")
        words += ["from" if inbound else "to", self.remote_address]
        if self.program:
            words += ["for", self.program]
        return " ".join(words)

    def box(self, interpreter: Interpreter, variables: Mapping[str, str]) -> Box:
        """All connections that the question means, in all profiles."""
        box = list(WHOLE)
        box[Dimension.PROTOCOL] = protocol_numbers(self.protocol)
        remote = address_number(self.remote_address)
        box[Dimension.REMOTE_ADDRESS] = ((remote, remote),)
        if self.local_address:
            local = address_number(self.local_address)
            box[Dimension.LOCAL_ADDRESS] = ((local, local),)
        own, other = Dimension.LOCAL_PORT, Dimension.REMOTE_PORT
        if self.direction == "outbound":
            own, other = other, own
        with_ports = self.protocol in _WITH_PORTS
        box[own] = ((self.port, self.port),) if with_ports else _PORTLESS
        if not with_ports or self.peer_port:
            box[other] = ((self.peer_port, self.peer_port),)
        if self.icmp_type:
            box[Dimension.ICMP] = icmp_numbers((self.icmp_type,))
        elif not self.protocol.startswith("icmp"):
            box[Dimension.ICMP] = _PORTLESS
        if self.interface_type:
            box[Dimension.INTERFACE] = numbers_of(
                frozenset((self.interface_type,)), INTERFACE_NAMES
            )
        if self.profile:
            box[Dimension.PROFILE] = numbers_of(frozenset((self.profile,)), PROFILE_NAMES)
        program = values.program_meant(self.program, variables)
        box[Dimension.PROGRAM] = (
            interpreter.programs.ranges(program) if program else ((OTHER, OTHER),)
        )
        service = self.service.lower()
        box[Dimension.SERVICE] = (
            interpreter.services.ranges(service) if service else ((OTHER, OTHER),)
        )
        return tuple(box)


_NAMES = tuple(field.name for field in fields(Flow))


def read_flow(given: Any, path: str) -> Flow:
    """A question as a person gives it: a text such as 'tcp 9095 from 192.0.2.12', or a dictionary
    with the fields of Flow. Raises InputError.
    """
    if isinstance(given, str):
        found = _TEXT.fullmatch(" ".join(given.split()))
        if not found:
            raise InputError(path, f"'{given}' is not a connection such as {_EXAMPLE}")
        given = {
            "direction": {"from": "inbound", "to": "outbound"}[found["way"]],
            "protocol": found["protocol"],
            "remote_address": found["address"],
            **({"port": found["port"]} if found["port"] else {}),
            **({"program": found["program"]} if found["program"] else {}),
        }
    if not isinstance(given, Mapping):
        raise InputError(path, f"{given!r} is not a connection such as {_EXAMPLE}")
    for name in given:
        if name not in _NAMES:
            raise unknown_name(f"{path}.{name}", "field of a connection", name, _NAMES)
    for name in ("direction", "protocol", "remote_address"):
        if given.get(name) in (None, ""):
            raise InputError(
                f"{path}.{name}",
                "is missing; every connection needs direction, protocol and remote_address",
            )
    read = {name: _READERS[name](value, f"{path}.{name}") for name, value in given.items()}
    flow = Flow(**{name: value for name, value in read.items() if value is not None})
    if (flow.protocol in _WITH_PORTS) != bool(flow.port):
        raise InputError(
            f"{path}.port",
            f"is missing; {flow.protocol} needs one"
            if not flow.port
            else f"is given, and {flow.protocol} has no ports; leave it out",
        )
    return flow


def _protocol(value: Any, path: str) -> str:
    protocol = values.protocol(value, path)
    if protocol == "any":
        raise InputError(path, "is any; one connection has one protocol, such as tcp")
    return protocol


def _port(value: Any, path: str) -> int:
    span = port_ranges.parse_span(str(value))
    if isinstance(value, bool) or not span or span[0] != span[1] or not span[0]:
        raise InputError(path, f"{value!r} is not a port from 1 to 65535")
    return span[0]


def _address(value: Any, path: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise InputError(
            path, f"{value!r} is not an IP address; a connection has one, not a name or a network"
        ) from None


def _icmp_type(value: Any, path: str) -> str:
    found = values.icmp_types([value] if not isinstance(value, list) else value, path)
    return found[0] if found else ""


_READERS: dict[str, Any] = {
    "direction": values.choice(values.DIRECTIONS),
    "protocol": _protocol,
    "remote_address": _address,
    "port": _port,
    "peer_port": _port,
    "local_address": _address,
    "icmp_type": _icmp_type,
    "program": values.program,
    "service": values.service,
    "profile": values.choice(values.PROFILES),
    "interface_type": values.choice(values.INTERFACE_TYPES),
}
