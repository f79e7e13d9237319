# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on a simulated host beside its firewall: services, processes, sockets, port exclusions,
registry keys, files, the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .failures import no_sockets

SVCHOST = "C:\\Windows\\System32\\svchost.exe"
FAMILIES, PROTOCOLS = ("ipv4", "ipv6"), ("tcp", "udp")
LISTEN, ESTABLISHED = 2, 5
# States that hold no port any more: Closed, TimeWait, DeleteTCB. INF: the numbers are those of
# MIB_TCP_STATE.
PASSING = {1, 11, 12}
WINDOWS_KEY = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
FIRST_PROCESS = 3000
FIRST_INTERFACE = 12  # the index of the first network interface
KERNEL = 4  # the process "System"
# Win32_Service.ProcessId of the firewall's services, whose state SimulatedHost.services holds.
FIREWALL_PROCESS = 1200
FIREWALL_SERVICES = {"mpssvc": "Windows Defender Firewall", "BFE": "Base Filtering Engine"}


def _processes() -> list[list[Any]]:
    """Without a path: what Win32_Process does not tell of the kernel and of protected processes."""
    named = {0: "System Idle Process", 4: "System", 480: "csrss.exe", 616: "services.exe"}
    known = {
        636: "C:\\Windows\\System32\\lsass.exe",
        **dict.fromkeys((900, 1044, 1100, FIREWALL_PROCESS), SVCHOST),
    }
    return [[number, name, ""] for number, name in named.items()] + [
        [number, path.rpartition("\\")[2], path] for number, path in known.items()
    ]


def _services() -> list[list[Any]]:
    return [
        ["RpcSs", "Remote Procedure Call (RPC)", "Running", "Auto", 900, f"{SVCHOST} -k rpcss -p"],
        ["RpcEptMapper", "RPC Endpoint Mapper", "Running", "Auto", 900, f"{SVCHOST} -k RPCSS -p"],
        [
            "Spooler",
            "Print Spooler",
            "Stopped",
            "Disabled",
            0,
            "C:\\Windows\\System32\\spoolsv.exe",
        ],
        ["W32Time", "Windows Time", "Running", "Auto", 1100, f"{SVCHOST} -k LocalService"],
        [
            "WinRM",
            "Windows Remote Management (WS-Management)",
            "Running",
            "Auto",
            1044,
            f"{SVCHOST} -k NetworkService -p",
        ],
    ]


def _tcp() -> list[list[Any]]:
    """135 and 445 of every Windows, and WinRM behind http.sys, as captures show it (5985 and 47001
    in one request queue).
    """
    listening = [(135, 900), (445, 4), (5985, 4), (47001, 4), (49664, 636)]
    rows: list[list[Any]] = [
        [address, port, LISTEN, owner]
        for port, owner in listening
        for address in ("0.0.0.0", "::")
        if port != 5985
    ]
    return [
        *rows,
        ["::", 5985, LISTEN, 4],
        ["192.0.2.10", 5985, ESTABLISHED, 4],
        ["192.0.2.10", 49720, 11, 0],
    ]


def _interfaces() -> list[dict[str, Any]]:
    """One network card with a fixed address, as NetworkInterface of .NET shows it."""
    return [
        {
            "id": "{6B29FC40-CA47-1067-B31D-00DD010662DA}",
            "name": "Ethernet",
            "type": "Ethernet",
            "addresses": [["192.0.2.10", 24], ["fe80::1%12", 64]],
            "dns": ["192.0.2.53"],
            "dhcp": [],
            "gateways": ["192.0.2.1"],
        }
    ]


def _dynamic() -> dict[str, dict[str, list[int]]]:
    """First port and how many: the default since Windows Server 2008."""
    return {family: {protocol: [49152, 16384] for protocol in PROTOCOLS} for family in FAMILIES}


def exclusion(
    protocol: str,
    first: int,
    last: int,
    administered: bool = False,
    family: str = "",
    store: str = "",
) -> dict[str, Any]:
    """family "": the rows that both families show. A persistent exclusion works at once, so that it
    is active too.
    """
    stores = (
        ["active", "persistent"]
        if (store or ("persistent" if administered else "active")) == "persistent"
        else ["active"]
    )
    return {
        "protocol": protocol,
        "family": family,
        "first": first,
        "last": last,
        "administered": administered,
        "stores": stores,
    }


@dataclass
class Machine:
    """windows: the version. addresses: in the network of network.py. clock: seconds that it is
    ahead.

    language: of what netsh prints. http_form: old or new, see netsh.py.

    split_families: an exclusion added through one family is not shown by the other (reports say
    that they share their registry keys).
    persistent_listed: False is what one report says, "show excludedportrange store=persistent"
    without a row although there is one.
    registry: values by key, binary ones as {"hex"}. directories: that exist. files: path ->
    {"text"}, {"size"} alone for a large one, or {"error"}.
    services: name, display name, state, start mode, process id, path name. processes: id, name,
    path ("" unknown).
    tcp: address, port, state, process id. udp: address, port, process id. queues of http.sys:
    {"urls", "processes"}.
    interfaces: the network interfaces, as the firewall's worker reads them.
    exclusions: see exclusion(). dynamic: family -> protocol -> first port and how many.
    """

    windows: str = "10.0.20348"
    addresses: list[str] = field(default_factory=list)
    clock: float = 0.0
    language: str = "en"
    http_form: str = "old"
    split_families: bool = False
    persistent_listed: bool = True
    registry: dict[str, dict[str, Any]] = field(default_factory=dict)
    directories: list[str] = field(
        default_factory=lambda: ["C:\\Program Files", "C:\\Program Files (x86)"]
    )
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: list[list[Any]] = field(default_factory=_services)
    processes: list[list[Any]] = field(default_factory=_processes)
    tcp: list[list[Any]] = field(default_factory=_tcp)
    udp: list[list[Any]] = field(
        default_factory=lambda: [
            ["0.0.0.0", 123, 1100],
            ["::", 123, 1100],
            ["fe80::1%12", 546, 1100],
        ]
    )
    queues: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"urls": ["HTTP://+:5985/WSMAN/", "HTTP://+:47001/WSMAN/"], "processes": [1044]}
        ]
    )
    # Listeners of http.sys show up as runtime exclusions (captures).
    exclusions: list[dict[str, Any]] = field(
        default_factory=lambda: [exclusion("tcp", 5985, 5985), exclusion("tcp", 47001, 47001)]
    )
    dynamic: dict[str, dict[str, list[int]]] = field(default_factory=_dynamic)
    interfaces: list[dict[str, Any]] = field(default_factory=_interfaces)

    def keys(self) -> dict[str, dict[str, Any]]:
        """The registry keys; a Windows before 10 has no CurrentMajorVersionNumber (reports)."""
        major, minor, build = self.windows.split(".")
        values: dict[str, Any] = {
            "CurrentVersion": "6.3" if int(major) >= 10 else f"{major}.{minor}",
            "CurrentBuildNumber": build,
        }
        if int(major) >= 10:
            values.update(
                CurrentMajorVersionNumber=int(major), CurrentMinorVersionNumber=int(minor)
            )
        return {WINDOWS_KEY: values, **self.registry}

    def has_directory(self, path: str) -> bool:
        return path.lower() in {known.lower() for known in self.directories}

    def file(self, path: str) -> dict[str, Any] | None:
        return next(
            (content for known, content in self.files.items() if known.lower() == path.lower()),
            None,
        )

    # What the commands show

    def service_instances(self, firewall: dict[str, str]) -> list[dict[str, Any]]:
        """firewall: the state of the firewall's services by name."""
        rows = [
            [
                name,
                display,
                firewall[name],
                "Auto",
                FIREWALL_PROCESS if firewall[name] == "Running" else 0,
                f"{SVCHOST} -k LocalServiceNoNetworkFirewall -p",
            ]
            for name, display in FIREWALL_SERVICES.items()
            if name in firewall
        ]
        columns = ("Name", "DisplayName", "State", "StartMode", "ProcessId", "PathName")
        return [dict(zip(columns, row, strict=True)) for row in [*rows, *self.services]]

    def process_instances(self) -> list[dict[str, Any]]:
        return [
            {"ProcessId": number, "Name": name, "ExecutablePath": path or None}
            for number, name, path in self.processes
        ]

    def connections(self) -> list[dict[str, Any]]:
        return _table(
            "TCPConnection", ("LocalAddress", "LocalPort", "State", "OwningProcess"), self.tcp
        )

    def endpoints(self) -> list[dict[str, Any]]:
        return _table("UDPEndpoint", ("LocalAddress", "LocalPort", "OwningProcess"), self.udp)

    # What happens on the host

    def start_process(self, path: str) -> int:
        """Its id: Windows' are multiples of four."""
        number = max([FIRST_PROCESS, *(row[0] for row in self.processes)]) + 4
        self.processes.append([number, path.rpartition("\\")[2], path])
        return number

    def end_process(self, number: int) -> None:
        """Its sockets close, its services stop."""
        self.processes = [row for row in self.processes if row[0] != number]
        self.tcp = [row for row in self.tcp if row[3] != number]
        self.udp = [row for row in self.udp if row[2] != number]
        self.services = [
            [*row[:2], "Stopped", row[3], 0, row[5]] if row[4] == number else row
            for row in self.services
        ]

    def start_service(self, name: str, display: str, path: str) -> int:
        number = self.start_process(path)
        self.services.append([name, display, "Running", "Auto", number, f'"{path}"'])
        return number

    def open_socket(
        self, protocol: str, address: str, port: int, number: int, state: int = LISTEN
    ) -> None:
        if protocol == "tcp":
            self.tcp.append([address, port, state, number])
        else:
            self.udp.append([address, port, number])


def _table(noun: str, columns: tuple[str, ...], rows: list[list[Any]]) -> list[dict[str, Any]]:
    if not rows:
        raise no_sockets(noun)
    return [dict(zip(columns, row, strict=True)) for row in rows]
