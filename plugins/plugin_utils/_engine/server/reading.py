# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reading of a server: the compressed parts of one call. Modules pass it on, and it can be saved
to a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import InputError
from ..firewall.reading import FirewallReading, decode
from ..host.reading import HostReading, decode_host
from ..payload import Part
from ..proxy.reading import ProxyReading, decode_proxy

SCHEMA = 1
PARTS = ("host", "firewall", "proxy")
_LATEST = 253_402_300_800  # the year 10000, in seconds since 1970; no clock is beyond it


@dataclass(frozen=True)
class ServerReading:
    """parts: by name, the parts that were read. errors: part -> reason why it was not read. as_of:
    the time at which a reading from a file was taken, "" for a reading of this run.

    The decoded parts raise InputError if they are damaged or were not read.
    """

    server: str
    parts: Mapping[str, Part]
    errors: Mapping[str, str]
    as_of: str = ""

    @cached_property
    def host(self) -> HostReading:
        """Product, services and ports."""
        return decode_host(self.part("host").data)

    @cached_property
    def firewall(self) -> FirewallReading:
        """Rules and settings of Windows Firewall."""
        return decode(self.part("firewall").data)

    @cached_property
    def proxy(self) -> ProxyReading:
        """The machine-wide proxies."""
        return decode_proxy(self.part("proxy").data)

    def part(self, name: str) -> Part:
        """A part without decoding. Raises InputError if it was not read."""
        if name not in self.parts:
            why = self.errors.get(name, f"The reading of {self.server} has no part '{name}'")
            raise InputError("", why)
        return self.parts[name]

    def to_dict(self) -> dict[str, Any]:
        """As server_info returns it."""
        return {
            "schema": SCHEMA,
            "server": self.server,
            "parts": {name: dict(vars(part)) for name, part in self.parts.items()},
            "errors": dict(self.errors),
            "as_of": self.as_of,
        }


def given_reading(value: Any, server: str) -> ServerReading:
    """Returns the reading that server_info returned. Raises InputError for anything else, and for a
    reading of another server.
    """
    if not (isinstance(value, Mapping) and value.get("schema") == SCHEMA):
        raise _foreign()
    parts, errors, own = (value.get(name) for name in ("parts", "errors", "server"))
    if not (
        isinstance(parts, Mapping)
        and set(parts) <= {*PARTS}
        and isinstance(errors, Mapping)
        and all(isinstance(why, str) for why in errors.values())
    ):
        raise _foreign()
    if own != server:
        raise InputError("reading", f"is of '{own}', not of '{server}'; give the server's own")
    return ServerReading(
        server,
        {name: _part(part) for name, part in parts.items()},
        dict(errors),
        str(value.get("as_of") or ""),
    )


def newest_reading(values: Iterable[Mapping[str, Any]], server: str) -> ServerReading | None:
    """From several readings of a server, the newest version of each part; None if there is none."""
    parts: dict[str, Part] = {}
    errors: dict[str, str] = {}
    as_of = ""
    readings = [given_reading(value, server) for value in values]
    for reading in readings:
        as_of = as_of or reading.as_of
        errors.update(reading.errors)
        for name, part in reading.parts.items():
            if name not in parts or part.received > parts[name].received:
                parts[name] = part
    left = {name: why for name, why in errors.items() if name not in parts}
    return ServerReading(server, parts, left, as_of) if readings else None


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and 0 <= value < _LATEST


def _part(value: Any) -> Part:
    if isinstance(value, Mapping) and set(value) == {"data", "sent", "received"}:
        data, sent, received = value["data"], value["sent"], value["received"]
        if isinstance(data, str) and _is_time(sent) and _is_time(received):
            return Part(str(data), float(sent), float(received))
    raise _foreign()


def _foreign() -> InputError:
    return InputError("reading", "is not what server_info returns; give its 'reading'")
