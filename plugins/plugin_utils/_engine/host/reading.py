# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes and checks the reading of the host worker: product, services and, if requested, sockets,
processes and port ranges.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ..errors import InputError
from ..payload import malformed, unpack
from .netsh import HttpQueue, parse_dynamic, parse_excluded, parse_http

SCHEMA = 2
FAMILIES = ("ipv4", "ipv6")
PROTOCOLS = ("tcp", "udp")
STORES = ("active", "persistent")
VIEWS = ("32", "64")
WEB_CONFIG_STATES = ("ok", "missing", "too_large", "not_xml", "unreadable")
# MSFT_NetTCPConnection.State: 2 was seen in queries of others; the other numbers are those of
# MIB_TCP_STATE and, for Bound, inferred.
CLOSED, LISTEN, ESTABLISHED, TIME_WAIT, DELETE_TCB, BOUND = 1, 2, 5, 11, 12, 100
_PORTS = re.compile(r"\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*", re.ASCII)
_UTC = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)


class Socket(NamedTuple):
    """A socket; state is the number of the TCP state, 0 for UDP."""

    protocol: str
    family: str
    address: str
    port: int
    state: int
    process_id: int


@dataclass(frozen=True)
class Service:
    """A row of Win32_Service; process_id is 0 if the service is stopped. path: the program without
    arguments, for services of GFI only.
    """

    name: str
    display_name: str
    state: str
    start_mode: str
    process_id: int
    path: str


@dataclass(frozen=True)
class Process:
    """A row of Win32_Process; path is empty if Windows does not return it."""

    id: int
    name: str
    path: str


class RemotingUrl(NamedTuple):
    """An element with a url attribute in <system.runtime.remoting>."""

    element: str
    type: str
    url: str


@dataclass(frozen=True)
class WebConfig:
    """The content of wwwconf\\web.config. state: one of WEB_CONFIG_STATES. section: it has a
    <system.runtime.remoting>.
    """

    state: str
    size: int
    message: str
    endpoints: tuple[RemotingUrl, ...]
    section: bool


@dataclass(frozen=True)
class Directory:
    """A directory in which MailEssentials may be installed."""

    path: str
    exists: bool
    web_config: WebConfig


@dataclass(frozen=True)
class Exclusion:
    """An excluded port range, including both ends, as listed for one family and store."""

    protocol: str
    family: str
    store: str
    first: int
    last: int
    administered: bool

    def to_dict(self) -> dict[str, Any]:
        """The range as the modules return it."""
        return {
            "first": self.first,
            "last": self.last,
            "administered": self.administered,
            "family": self.family,
            "store": self.store,
        }


@dataclass(frozen=True)
class PortReading:
    """Everything about ports. processes: those that hold a port or serve http.sys. dynamic: first
    and last port by (family, protocol). http_error: why the queues of http.sys are not known.
    unread: (family, protocol) -> why a list of netsh for it is not known; its exclusions and its
    dynamic range are not complete then.
    printed: (family, protocol, "active", "persistent" or "dynamic") -> what netsh printed of the
    ranges, and its exit code.
    """

    sockets: tuple[Socket, ...]
    processes: Mapping[int, Process]
    exclusions: tuple[Exclusion, ...]
    dynamic: Mapping[tuple[str, str], tuple[int, int]]
    http: tuple[HttpQueue, ...]
    http_error: str
    unread: Mapping[tuple[str, str], str] = field(default_factory=dict)
    printed: Mapping[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class HostReading:
    """utc: when the reading began, as the host wrote it. windows: "10.0.20348". registry: view ->
    value name -> text, None without the key. services: those of GFI and of Exchange, and those that
    hold a port or serve http.sys.
    ports: None where they were not asked for.
    """

    utc: str
    windows: str
    registry: Mapping[str, Mapping[str, str] | None]
    services: tuple[Service, ...]
    directories: tuple[Directory, ...]
    ports: PortReading | None

    @property
    def time(self) -> float:
        """utc as seconds since 1970."""
        return _seconds(self.utc)


def decode_host(reply: Any) -> HostReading:
    """Decodes the `reading` of the host worker. Raises InputError with one sentence for anything
    else.
    """
    data = unpack(reply, SCHEMA)
    utc = _typed(data, "utc", str, "")
    _seconds(utc)
    return HostReading(
        utc=utc,
        windows=_typed(data, "windows", str, ""),
        registry={view: _registry(data, view) for view in VIEWS},
        services=tuple(
            Service(*row) for row in _rows(data, "services", (str, str, str, str, int, str), "")
        ),
        directories=tuple(
            _directory(entry, f"directories[{number}]")
            for number, entry in enumerate(_typed(data, "directories", list, ""))
        ),
        ports=None if data.get("ports") is None else _ports(_typed(data, "ports", dict, "")),
    )


def _seconds(utc: str) -> float:
    found = _UTC.fullmatch(utc)
    try:
        whole = datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S") if found else None
    except ValueError:
        whole = None
    if not found or not whole:
        raise malformed("utc")
    return whole.replace(tzinfo=timezone.utc).timestamp() + float(f"0.{found[2] or 0}")


def _registry(data: dict[str, Any], view: str) -> dict[str, str] | None:
    views = _typed(data, "registry", dict, "")
    if view not in views:
        raise malformed(f"registry.{view}")
    if views[view] is None:
        return None
    values: dict[str, str] = _typed(views, view, dict, "registry.")
    if not all(isinstance(value, str) for value in values.values()):
        raise malformed(f"registry.{view}")
    return values


def _directory(entry: Any, path: str) -> Directory:
    if not isinstance(entry, dict):
        raise malformed(path)
    place = _typed(entry, "path", str, f"{path}.").rstrip("\\")
    config = _web_config(_typed(entry, "web_config", dict, f"{path}."), f"{path}.web_config.")
    return Directory(place, _typed(entry, "exists", bool, f"{path}."), config)


def _web_config(entry: dict[str, Any], path: str) -> WebConfig:
    state = _typed(entry, "state", str, path)
    if state not in WEB_CONFIG_STATES:
        raise malformed(f"{path}state")
    endpoints = tuple(RemotingUrl(*row) for row in _rows(entry, "entries", (str, str, str), path))
    return WebConfig(
        state,
        _typed(entry, "size", int, path),
        _typed(entry, "message", str, path),
        endpoints,
        _typed(entry, "section", bool, path),
    )


def _ports(data: dict[str, Any]) -> PortReading:
    sockets = [
        Socket("tcp", _family(address), address, port, state, owner)
        for address, state, owner, text in _rows(data, "tcp", (str, int, int, str), "ports.")
        for port in _expanded(text, "ports.tcp")
    ]
    sockets += [
        Socket("udp", _family(address), address, port, 0, owner)
        for address, owner, text in _rows(data, "udp", (str, int, str), "ports.")
        for port in _expanded(text, "ports.udp")
    ]
    netsh = _typed(data, "netsh", dict, "ports.")
    http, http_error = _http(netsh)
    printed = _printed_ranges(netsh)
    exclusions, dynamic, unread = _ranges(printed)
    return PortReading(
        sockets=tuple(sockets),
        processes={
            row[0]: Process(*row) for row in _rows(data, "processes", (int, str, str), "ports.")
        },
        exclusions=tuple(exclusions),
        dynamic=dynamic,
        http=http,
        http_error=http_error,
        unread=unread,
        printed=printed,
    )


def _expanded(text: str, path: str) -> list[int]:
    """The ports of a group: how far each is from the one before it, and behind "-" how many more
    follow it without a gap ("25,55,5-1" is 25, 80, 85 and 86).
    """
    ports: list[int] = []
    last = 0
    for part in text.split(",") if _PORTS.fullmatch(text) else ():
        distance, _dash, more = part.partition("-")
        first = last + int(distance)
        last = first + int(more or 0)
        if last > 65535:
            break
        ports += range(first, last + 1)
    if not ports or last > 65535:
        raise malformed(path)
    return ports


def _family(address: str) -> str:
    return "ipv6" if ":" in address else "ipv4"


def _printed_ranges(netsh: dict[str, Any]) -> dict[tuple[str, str, str], tuple[str, int]]:
    found = {}
    for family in FAMILIES:
        for protocol in PROTOCOLS:
            for store in STORES:
                answer = _printed(netsh, "excluded", family, protocol, store)
                found[family, protocol, store] = answer
            found[family, protocol, "dynamic"] = _printed(netsh, "dynamic", family, protocol)
    return found


def _ranges(
    printed: Mapping[tuple[str, str, str], tuple[str, int]],
) -> tuple[list[Exclusion], dict[tuple[str, str], tuple[int, int]], dict[tuple[str, str], str]]:
    """What the lists of ranges come to. One that netsh did not print, as where IPv6 is switched
    off, costs that list alone.
    """
    exclusions: list[Exclusion] = []
    dynamic: dict[tuple[str, str], tuple[int, int]] = {}
    unread: dict[tuple[str, str], str] = {}
    for place in ((family, protocol) for family in FAMILIES for protocol in PROTOCOLS):
        family, protocol = place
        for store in STORES:
            text = printed[family, protocol, store]
            try:
                exclusions += [
                    Exclusion(protocol, family, store, *span)
                    for span in parse_excluded(_text(text, f"{family} {protocol} {store}"))
                ]
            except InputError as error:
                unread.setdefault(place, error.sentence)
        text = printed[family, protocol, "dynamic"]
        try:
            dynamic[place] = parse_dynamic(_text(text, f"{family} {protocol}"))
        except InputError as error:
            unread.setdefault(place, error.sentence)
    return exclusions, dynamic, unread


def _http(netsh: dict[str, Any]) -> tuple[tuple[HttpQueue, ...], str]:
    """Returns the request queues. If a view cannot be read, only the names of processes are
    missing.
    """
    printed = _printed(netsh, "http")
    try:
        return parse_http(_text(printed, "http")), ""
    except InputError as error:
        return (), error.sentence


def _printed(netsh: dict[str, Any], *keys: str) -> tuple[str, int]:
    """What one call of netsh printed, and its exit code. Raises InputError for a reading that is
    not as agreed.
    """
    path = "ports.netsh."
    for key in keys:
        netsh = _typed(netsh, key, dict, path)
        path += f"{key}."
    return _typed(netsh, "text", str, path), _typed(netsh, "exit_code", int, path)


def _text(printed: tuple[str, int], name: str) -> str:
    """The text of a call. Raises InputError when the call failed."""
    text, code = printed
    if code:
        said = next(
            (line.strip() for line in text.splitlines() if line.strip()), "it said nothing"
        ).rstrip(".")
        raise InputError(
            "", f"netsh failed to list {name} on the host (exit code {code}): {said[:200]}"
        )
    return text


def _rows(data: dict[str, Any], key: str, types: tuple[type, ...], path: str) -> list[list[Any]]:
    rows: list[list[Any]] = _typed(data, key, list, path)
    wanted = list(types)
    for number, row in enumerate(rows):
        if not isinstance(row, list) or list(map(type, row)) != wanted:
            raise malformed(f"{path}{key}[{number}]")
    return rows


def _typed(data: dict[str, Any], key: str, kind: type, path: str) -> Any:
    """Returns a value of exactly this type; true does not count as a number."""
    value = data.get(key)
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        raise malformed(f"{path}{key}")
    return value
