# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker "host" reads on a simulated host: the same steps, in Python."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any
from xml.parsers import expat

from . import netsh
from .failures import RefusedError
from .host import SimulatedHost
from .machine import FAMILIES, PROTOCOLS, WINDOWS_KEY

KEYS = {"64": "SOFTWARE\\GFI\\MailEssentials", "32": "SOFTWARE\\Wow6432Node\\GFI\\MailEssentials"}
VALUES = ("Version", "BuildLab")
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
        "schema": 1,
        "utc": f"{now:%Y-%m-%dT%H:%M:%S.%f}0Z",
        "windows": _windows(host),
        "registry": _registry(host),
    }
    services = [
        [*row[:4], int(row[4]), row[5] if row[1].lower().startswith("gfi ") else ""]
        for row in _instances(host, "Win32_Service")
    ]
    directories = [_directory(host, path) for path in _candidates(host, services)]
    return {
        **reading,
        "services": services,
        "directories": directories,
        "ports": _ports(host) if ports else None,
    }


def _windows(host: SimulatedHost) -> str:
    if host.faults.get("unreadable"):
        return ""
    values = host.machine.keys()[WINDOWS_KEY]
    names = ("CurrentMajorVersionNumber", "CurrentMinorVersionNumber", "CurrentBuildNumber")
    return ".".join(
        str(values[name])
        for name in (names if names[0] in values else ("CurrentVersion", "CurrentBuildNumber"))
    )


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
        "tcp": _sockets(host, "Get-NetTCPConnection"),
        "udp": _sockets(host, "Get-NetUDPEndpoint"),
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
