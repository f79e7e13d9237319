# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings of the host worker, made in short: an installed MailEssentials, its neighbours, sockets,
exclusions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from surroundings import CHECKOUT
from unit.builders import encode

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.product import (
    service_names,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    HostReading,
    decode_host,
)
from simulator.observation import port_text

GFI = "C:\\Program Files (x86)\\GFI"
DIRECTORY = f"{GFI}\\MailEssentials"
BEHIND = "C:\\Program Files\\GFI\\MailEssentials"
CAPTURE = CHECKOUT / "tests/data/web_config/gfi_mailessentials_system_runtime_remoting.xml"
ATTENDANT, JAVA, ARCHIVER, W3WP, INETINFO, EXCHANGE, HIDDEN, SVCHOST = (
    100,
    200,
    300,
    400,
    500,
    600,
    700,
    800,
)
PROCESSES = [
    [4, "System", ""],
    [ATTENDANT, "attendant.exe", f"{DIRECTORY}\\Attendant\\bin\\attendant.exe"],
    [JAVA, "java.exe", "C:\\Java\\bin\\java.exe"],
    [ARCHIVER, "archiver.exe", f"{GFI}\\Archiver\\archiver.exe"],
    [W3WP, "w3wp.exe", "C:\\Windows\\System32\\inetsrv\\w3wp.exe"],
    [INETINFO, "inetinfo.exe", "C:\\Windows\\System32\\inetsrv\\inetinfo.exe"],
    [EXCHANGE, "EdgeTransport.exe", "C:\\Exchange\\Bin\\EdgeTransport.exe"],
    [HIDDEN, "guarded.exe", ""],
    [SVCHOST, "svchost.exe", "C:\\Windows\\System32\\svchost.exe"],
]
# The worker sends path names of GFI's services only.
NEIGHBOURS = [
    ["SMTPSVC", "Simple Mail Transfer Protocol", "Running", "Auto", INETINFO, ""],
    ["MSExchangeTransport", "Microsoft Exchange Transport", "Running", "Auto", EXCHANGE, ""],
    ["WinRM", "Windows Remote Management (WS-Management)", "Running", "Auto", SVCHOST, ""],
    ["iphlpsvc", "IP Helper", "Running", "Auto", SVCHOST, ""],
    ["gfiarchiver", "GFI Archiver", "Running", "Auto", ARCHIVER, f"{GFI}\\Archiver\\archiver.exe"],
    ["Spooler", "Print Spooler", "Stopped", "Manual", 0, ""],
]
FAMILIES, PROTOCOLS, STORES = ("ipv4", "ipv6"), ("tcp", "udp"), ("active", "persistent")


def captured_endpoints() -> list[list[str]]:
    """What the worker takes out of the captured section."""
    return [
        [element.tag, element.get("type", ""), element.get("url", "")]
        for element in ElementTree.parse(CAPTURE).iter()
        if element.get("url")
    ]


def web_config(
    state: str = "ok", entries: Sequence[Sequence[str]] | None = None, **more: Any
) -> dict[str, Any]:
    rows = (
        captured_endpoints()
        if entries is None and state == "ok"
        else [list(entry) for entry in entries or ()]
    )
    return {
        "state": state,
        "size": 5000,
        "message": "",
        "entries": rows,
        "section": state == "ok",
        **more,
    }


def directory(
    path: str = DIRECTORY, exists: bool = True, config: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "path": path,
        "exists": exists,
        "web_config": config or web_config("ok" if exists else "missing"),
    }


def own_services(path: str = DIRECTORY, process_id: int = ATTENDANT) -> list[list[Any]]:
    """The nine services; the attendant runs."""
    return [
        [f"gfi{number}", name, "Stopped", "Auto", 0, f'"{path}\\{number}.exe"']
        if name != "GFI MailEssentials Attendant"
        else [
            "gfimesattendant",
            name,
            "Running" if process_id else "Stopped",
            "Auto",
            process_id,
            f'"{path}\\Attendant\\bin\\attendant.exe"',
        ]
        for number, name in enumerate(service_names())
    ]


def printed(text: str = "", exit_code: int = 0) -> dict[str, Any]:
    return {"exit_code": exit_code, "text": text}


def excluded_text(*spans: str) -> str:
    """The list as netsh prints it, in a language of dashes: "9095-9096*" is administered."""
    rows = [re.fullmatch(r"(\d+)-(\d+)(\*?)", span) for span in spans]
    lines = [f"{row[1]:>10}  {row[2]:>10}     {row[3]}" for row in rows if row]
    return "\n".join(["", "---", "", "--  --", "----------    --------", *lines, "", "* - --."])


def dynamic_text(first: int = 49152, last: int = 65535) -> str:
    return f"\n--\n---------------------------------\n-- : {first}\n-- : {last - first + 1}\n"


def queue_text(*queues: tuple[str, Sequence[str], Sequence[str]]) -> str:
    """The newer form of the request queue view; a queue is its name, lines of its processes and its
    URLs.
    """
    lines = ["", "Snapshot:", "-----------------------------------------------------", ""]
    for name, processes, urls in queues:
        lines += [
            f"Request queue name: {name}",
            "    Version: 2.0",
            "    State: Active",
            f"    Number of active processes attached: {len(processes)}",
        ]
        lines += ["    Processes:"] * bool(processes) + [f"        {line}" for line in processes]
        lines += ["    Registered URLs:", *(f"        {url}" for url in urls)]
    return "\n".join(lines)


WINRM = (
    "Request queue is unnamed.",
    [f"ID: {SVCHOST}, image: C:\\Windows\\System32\\svchost.exe", "Services: WinRM"],
    ["HTTP://+:5985/WSMAN/"],
)


def grouped(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Sockets (address, port ...) as the worker sends them: the ports of a group in one text."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for address, port, *rest in rows:
        groups.setdefault((address, *rest), []).append(port)
    return [[*key, port_text(found)] for key, found in groups.items()]


def ports(
    tcp: Sequence[Sequence[Any]] = (),
    udp: Sequence[Sequence[Any]] = (),
    processes: Sequence[Sequence[Any]] | None = None,
    excluded: dict[str, Sequence[str]] | None = None,
    dynamic: tuple[int, int] = (49152, 65535),
    http: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """excluded: ranges by "ipv4 tcp active", or by parts of it for all that fit ("tcp", "ipv6
    active", "").
    """

    def spans(*place: str) -> list[str]:
        return [
            span
            for key, found in (excluded or {}).items()
            if set(key.split()) <= set(place)
            for span in found
        ]

    shown = {
        family: {
            protocol: {
                store: printed(excluded_text(*spans(family, protocol, store))) for store in STORES
            }
            for protocol in PROTOCOLS
        }
        for family in FAMILIES
    }
    moving = {
        family: {protocol: printed(dynamic_text(*dynamic)) for protocol in PROTOCOLS}
        for family in FAMILIES
    }
    return {
        "tcp": grouped(tcp),
        "udp": grouped(udp),
        "processes": [list(row) for row in (PROCESSES if processes is None else processes)],
        "netsh": {"excluded": shown, "dynamic": moving, "http": http or printed(queue_text(WINRM))},
    }


def raw(**changes: Any) -> dict[str, Any]:
    """A host with MailEssentials 21.8; every key can be given otherwise."""
    return {
        "schema": 2,
        "utc": "2026-11-23T22:00:00.5000000Z",
        "windows": "10.0.20348",
        "registry": {"64": None, "32": {"Version": "21.8", "BuildLab": "21.8.0.100-20250415-1200"}},
        "services": own_services() + NEIGHBOURS,
        "directories": [directory(), directory(BEHIND, exists=False)],
        "ports": ports(),
        **changes,
    }


BARE: dict[str, Any] = {
    "registry": {"64": None, "32": None},
    "services": NEIGHBOURS,
    "directories": [directory(exists=False), directory(BEHIND, exists=False)],
}


def reading(**changes: Any) -> HostReading:
    return decode_host(encode(raw(**changes)))
