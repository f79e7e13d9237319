# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker "host" reads on a simulated host: the same steps, in Python."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any
from xml.parsers import expat

from . import netsh
from .failures import RefusedError
from .host import SimulatedHost
from .machine import FAMILIES, PROTOCOLS

KEYS = {"64": "SOFTWARE\\GFI\\MailEssentials", "32": "SOFTWARE\\Wow6432Node\\GFI\\MailEssentials"}
VALUES = ("Version", "BuildLab")
PROGRAM = re.compile(r'"?(?:[a-z]:)?[^":/=]*?\.exe(?="|\s|\Z)"?', re.IGNORECASE)
LARGEST = 1024 * 1024
# What a path name says of the install directory; the second form only for services that are
# MailEssentials' by their name.
BELOW_GFI = re.compile(r'"?([^"]+?\\GFI\\MailEssentials)\\', re.IGNORECASE)
REMOTING_URL = re.compile(
    r"tcp://(?:\[[0-9a-f:.%]+\]|[^\s/:@?#\[\]]+):[0-9]+(?:/[^\s@?#]*)?", re.IGNORECASE
)
BELOW_OWN = re.compile(r'"?([^"]+?)\\(?:Attendant|Backend)\\bin\\', re.IGNORECASE)


class UnreadableError(Exception):
    """With the sentence that the worker fails with."""


def observe(host: SimulatedHost, ports: bool = False) -> dict[str, Any]:
    """The reading before it is encoded. Raises UnreadableError."""
    now = datetime.now(timezone.utc) + timedelta(seconds=host.machine.clock)
    reading = {
        "schema": 2,
        "utc": f"{now:%Y-%m-%dT%H:%M:%S.%f}0Z",
        "windows": host.windows(),
        "registry": _registry(host),
    }
    services = [
        [*row[:4], int(row[4]), _program(row[5]) if row[1].lower().startswith("gfi ") else ""]
        for row in _instances(host, "Win32_Service")
    ]
    directories = [_directory(host, path) for path in _candidates(host, services)]
    found = _ports(host) if ports else None
    users = _users(found) if found else set()
    if found:
        rows = found.pop("sockets")
        found["tcp"] = _grouped(row for row in rows if row[0] == "tcp")
        found["udp"] = [[row[0], *row[2:]] for row in _grouped(r for r in rows if r[0] == "udp")]
        found["processes"] = [row for row in found["processes"] if str(row[0]) in users]
    kept = [
        row
        for row in services
        if row[1].lower().startswith("gfi ")
        or row[0].lower().startswith("msexchange")
        or (row[4] > 0 and str(row[4]) in users)
    ]
    return {**reading, "services": kept, "directories": directories, "ports": found}


def _program(path: str) -> str:
    """A path name without its arguments, which may hold a password."""
    found = PROGRAM.match(path)
    return found[0] if found else ""


def _users(ports: dict[str, Any]) -> set[str]:
    """The ids of processes that sockets or the text of http.sys name."""
    return {str(row[4]) for row in ports["sockets"]} | set(
        re.findall("[0-9]+", ports["netsh"]["http"]["text"])
    )


def _grouped(rows: Iterable[list[Any]]) -> list[list[Any]]:
    groups: dict[tuple[str, int, int], set[int]] = {}
    for _protocol, address, port, state, owner in rows:
        groups.setdefault((address, state, owner), set()).add(port)
    return [[*key, port_text(ports)] for key, ports in groups.items()]


def port_text(ports: Iterable[int]) -> str:
    """As Get-PortText writes it."""
    parts, last, waiting = [], 0, sorted(set(ports))
    while waiting:
        first = end = waiting.pop(0)
        while waiting and waiting[0] == end + 1:
            end = waiting.pop(0)
        parts.append(f"{first - last}" + (f"-{end - first}" if end > first else ""))
        last = end
    return ",".join(parts)


def expand_ports(text: str) -> list[int]:
    """The ports of such a text."""
    ports: list[int] = []
    for part in text.split(","):
        distance, _dash, more = part.partition("-")
        first = (ports[-1] if ports else 0) + int(distance)
        ports += range(first, first + int(more or 0) + 1)
    return ports


def host_fingerprint(host: SimulatedHost, operations: list[dict[str, Any]]) -> str:
    """As Get-HostFingerprint makes it."""
    ports = _ports(host)
    excluded, dynamic = ports["netsh"]["excluded"], ports["netsh"]["dynamic"]
    lines = []
    for family in FAMILIES:
        for protocol in PROTOCOLS:
            shown = {**excluded[family][protocol], "dynamic": dynamic[family][protocol]}
            for name in (*netsh.STORES, "dynamic"):
                answer = shown[name]
                lines.append(f"{family}|{protocol}|{name}|{answer['exit_code']}|{answer['text']}")
    wanted = {(operation["protocol"], operation["port"]) for operation in operations}
    rows = {"|".join(map(str, row)) for row in ports["sockets"] if (row[0], row[2]) in wanted}
    return hashlib.sha256("\n".join([*lines, *sorted(rows)]).encode()).hexdigest()


def _registry(host: SimulatedHost) -> dict[str, Any]:
    found = {}
    for view, key in KEYS.items():
        try:
            values = host.unshown()["keys"].get(key)
        except RefusedError as failure:
            raise UnreadableError(
                f"The registry key HKLM\\{key} cannot be read: {failure.message}"
            ) from None
        found[view] = (
            None
            if values is None
            else {name: str(values[name]) for name in VALUES if name in values}
        )
    return found


def _instances(host: SimulatedHost, class_name: str) -> list[list[Any]]:
    try:
        return [
            ["" if value is None else value for value in row.values()]
            for row in host.instances(class_name)
        ]
    except RefusedError as failure:
        raise UnreadableError(
            f"Get-CimInstance -ClassName {class_name} failed: {failure.message}"
        ) from None


def _candidates(host: SimulatedHost, services: list[list[Any]]) -> list[str]:
    found = []
    for _name, display, _state, _mode, _number, path in services:
        told = BELOW_GFI.match(path) or (
            BELOW_OWN.match(path) if display.lower().startswith("gfi mailessentials ") else None
        )
        if display.lower().startswith("gfi ") and told:
            found.append(told[1])
    for name in ("ProgramFiles(x86)", "ProgramFiles", "ProgramW6432"):
        if host.variables.get(name):
            found.append(f"{host.variables[name]}\\GFI\\MailEssentials")
    distinct: dict[str, str] = {}
    for path in found:
        distinct.setdefault(path.lower(), path)
    return list(distinct.values())


def _directory(host: SimulatedHost, path: str) -> dict[str, Any]:
    machine = host.machine
    return {
        "path": path,
        "exists": machine.has_directory(path),
        "web_config": _web_config(machine.file(f"{path}\\wwwconf\\web.config")),
    }


def _web_config(file: dict[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "state": "ok",
        "size": 0,
        "message": "",
        "entries": [],
        "section": False,
    }
    if file is None:
        return {**found, "state": "missing"}
    if "error" in file:
        return {**found, "state": "unreadable", "message": file["error"]}
    content = file.get("text", "").encode()
    found["size"] = file.get("size", len(content))
    if found["size"] > LARGEST:
        return {**found, "state": "too_large"}
    try:
        entries = remoting(content)
    except expat.ExpatError as error:
        return {
            **found,
            "state": "not_xml",
            "message": f"line {error.lineno}" if error.lineno else "",
        }
    return {**found, "entries": entries or [], "section": entries is not None}


def remoting(content: bytes) -> list[list[str]] | None:
    """Name, type and address of what has an address inside the section; None without the section.

    A document type is refused. For that and for an empty file .NET knows no line, so that none is
    told.
    """
    found: list[list[str]] | None = None
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal found
        if inside:
            inside.append(name)
            if found is not None and "url" in attributes:
                url = attributes["url"].strip()
                found.append(
                    [name, attributes.get("type", ""), url if REMOTING_URL.fullmatch(url) else ""]
                )
        elif name == "system.runtime.remoting":
            inside.append(name)
            found = [] if found is None else found

    def end(_name: str) -> None:
        if inside:
            inside.pop()

    def refuse(*_unused: object) -> None:
        error = expat.ExpatError()
        error.lineno = 0
        raise error

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = (
        start,
        end,
        refuse,
    )
    if not content.strip():
        refuse()
    parser.Parse(content, True)
    return found


def _ports(host: SimulatedHost) -> dict[str, Any]:
    excluded = {
        family: {
            protocol: {
                store: _shown(
                    host, family, "excludedportrange", f"protocol={protocol}", f"store={store}"
                )
                for store in netsh.STORES
            }
            for protocol in PROTOCOLS
        }
        for family in FAMILIES
    }
    dynamic = {
        family: {
            protocol: _shown(host, family, "dynamicport", f"protocol={protocol}")
            for protocol in PROTOCOLS
        }
        for family in FAMILIES
    }
    return {
        "sockets": [
            *(["tcp", *row] for row in _sockets(host, "Get-NetTCPConnection")),
            *(["udp", *row[:2], 0, row[2]] for row in _sockets(host, "Get-NetUDPEndpoint")),
        ],
        "processes": _instances(host, "Win32_Process"),
        "netsh": {
            "excluded": excluded,
            "dynamic": dynamic,
            "http": netsh_answer(host, netsh.QUEUES),
        },
    }


def _sockets(host: SimulatedHost, cmdlet: str) -> list[list[Any]]:
    try:
        return [list(row.values()) for row in host.sockets(cmdlet)]
    except RefusedError as failure:
        if failure.error_id.startswith("CmdletizationQuery_NotFound"):
            return []
        raise UnreadableError(f"{cmdlet} failed: {failure.message}") from None


def _shown(host: SimulatedHost, family: str, *words: str) -> dict[str, Any]:
    return netsh_answer(host, ["interface", family, "show", *words])


def netsh_answer(host: SimulatedHost, arguments: list[str]) -> dict[str, Any]:
    code, text = netsh.run(host, arguments)
    return {"exit_code": code, "text": text}
