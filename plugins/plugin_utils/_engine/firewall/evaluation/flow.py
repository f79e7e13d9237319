# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection, as a person asks for it, and as a box."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ...errors import InputError, unknown_name
from ...net import addresses, port_ranges
from ...net.boxes import Box, Ranges
from .. import values
from .dimensions import (
    INTERFACE_NAMES,
    OTHER,
    WHOLE,
    Dimension,
    address_ranges,
    icmp_numbers,
    numbers_of,
    port_numbers,
    ports_of,
    profile_numbers,
    protocol_numbers,
)
from .extent import Interpreter

_TEXT = re.compile(
    r"(?P<protocol>\S+)(?: (?P<port>\S+))? (?P<way>from|to) (?P<address>\S+)"
    r"(?: for (?P<program>.+))?"
)
_FLOW = "tcp 9095 from 192.0.2.12"
_EXAMPLE = f"'{_FLOW}' or 'tcp 443 to 198.51.100.7'"
_ANY = "any"
_ICMP = {"icmpv4": 4, "icmpv6": 6}
_WITH_PORTS = ("tcp", "udp")
_PORTLESS: Ranges = ((0, 0),)


@dataclass(frozen=True)
class Flow:
    """A connection, or several that are alike, in the direction of the first packet.

    remote_address: of the other side: an address, a network, a range or "any". port: the local one
    of an inbound connection, the remote one of an outbound connection: a number, a range or "any";
    "" where the protocol has none. peer_port: the other one. peer_port, local_address, icmp_type,
    interface_type: "" for any. profiles: none for those in use. program, service: "" for one that
    no rule names.
    """

    direction: str
    protocol: str
    remote_address: str
    port: str = ""
    peer_port: str = ""
    local_address: str = ""
    icmp_type: str = ""
    program: str = ""
    service: str = ""
    profiles: tuple[str, ...] = ()
    interface_type: str = ""

    @property
    def text(self) -> str:
        """In the words of a question."""
        inbound = self.direction == "inbound"
        words = [self.protocol.upper()]
        if self.port:
            words.append("any port" if self.port == _ANY else self.port)
        if self.icmp_type:
            words.append(f"type {self.icmp_type}")
        anybody = self.remote_address == _ANY
        words += ["from" if inbound else "to", "any address" if anybody else self.remote_address]
        if self.program:
            words += ["for", self.program]
        return " ".join(words)

    def box(self, interpreter: Interpreter, variables: Mapping[str, str]) -> Box:
        """All connections that the question means, in all profiles."""
        box = list(WHOLE)
        box[Dimension.PROTOCOL] = protocol_numbers(self.protocol)
        for dimension, address in (
            (Dimension.REMOTE_ADDRESS, self.remote_address),
            (Dimension.LOCAL_ADDRESS, self.local_address),
        ):
            if address not in ("", _ANY):
                box[dimension] = address_ranges((address,))
        self._set_ports(box)
        if self.icmp_type:
            box[Dimension.ICMP] = icmp_numbers((self.icmp_type,))
        elif not self.protocol.startswith("icmp"):
            box[Dimension.ICMP] = _PORTLESS
        if self.interface_type:
            box[Dimension.INTERFACE] = numbers_of(
                frozenset((self.interface_type,)), INTERFACE_NAMES
            )
        if self.profiles:
            box[Dimension.PROFILE] = profile_numbers(*self.profiles)
        program = values.program_meant(self.program, variables)
        if "%" not in program:  # else the host did not tell which it is
            box[Dimension.PROGRAM] = (
                interpreter.programs.ranges(program) if program else ((OTHER, OTHER),)
            )
        service = self.service.lower()
        box[Dimension.SERVICE] = (
            interpreter.services.ranges(service) if service else ((OTHER, OTHER),)
        )
        return tuple(box)

    def _set_ports(self, box: list[Ranges]) -> None:
        own, other = ports_of(self.direction)
        for dimension, port in ((own, self.port), (other, self.peer_port)):
            if self.protocol not in _WITH_PORTS:
                box[dimension] = _PORTLESS
            elif port not in ("", _ANY):
                box[dimension] = port_numbers((port,))[0]


_NAMES = tuple(field.name for field in fields(Flow))


def read_flow(given: Any, path: str) -> Flow:
    """A question as a person gives it: a text such as 'tcp 9095 from 192.0.2.12', or a dictionary
    with the fields of Flow. Raises InputError.
    """
    if isinstance(given, str):
        found = _TEXT.fullmatch(" ".join(given.split()))
        if not found:
            cut = " " not in given and path.startswith("mailessentials_")
            why = f"; with -e, quote it twice: -e \"mailessentials_flow='{_FLOW}'\"" if cut else ""
            raise InputError(path, f"'{given}' is not a connection such as {_EXAMPLE}{why}")
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
    flow = Flow(**read)
    if (flow.protocol in _WITH_PORTS) != bool(flow.port):
        raise InputError(
            f"{path}.port",
            f"is missing; {flow.protocol} needs one"
            if not flow.port
            else f"is given, and {flow.protocol} has no ports; leave it out",
        )
    _check_together(flow, path)
    return flow


def _check_together(flow: Flow, path: str) -> None:
    families = {
        addresses.parse(address).family
        for address in (flow.remote_address, flow.local_address)
        if address not in ("", _ANY)
    } | {family for protocol, family in _ICMP.items() if flow.protocol == protocol}
    if len(families) > 1:
        raise InputError(path, "mixes IPv4 and IPv6; a connection has one family")
    if flow.icmp_type and flow.protocol not in _ICMP:
        raise InputError(
            f"{path}.icmp_type", f"is given, and {flow.protocol} has none; leave it out"
        )
    if flow.peer_port and flow.protocol not in _WITH_PORTS:
        raise InputError(
            f"{path}.peer_port", f"is given, and {flow.protocol} has no ports; leave it out"
        )


def _protocol(value: Any, path: str) -> str:
    protocol = values.protocol(value, path)
    if protocol == "any":
        raise InputError(path, "is any; one connection has one protocol, such as tcp")
    return protocol


def _port(value: Any, path: str) -> str:
    text = str(value).lower()
    span = port_ranges.parse_span(text)
    if isinstance(value, bool) or (text != _ANY and (not span or not span[0])):
        raise InputError(path, f"{value!r} is not a port from 1 to 65535, a range or any")
    return text


def _address(value: Any, path: str) -> str:
    if str(value).lower() == _ANY:
        return _ANY
    try:
        address = addresses.parse(str(value))
    except ValueError as error:
        raise InputError(path, f"'{value}' {error}") from None
    if not address.family:
        raise InputError(
            path, f"'{value}' is a keyword; what it stands for only the host knows. Give an address"
        )
    return address.text


def _icmp_type(value: Any, path: str) -> str:
    if isinstance(value, list):
        raise InputError(path, f"{value!r} is a list; a connection has one type, such as 8 or 3:4")
    found = values.icmp_types([value], path)
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
    "profiles": values.profiles,
    "interface_type": values.choice(values.INTERFACE_TYPES),
}
