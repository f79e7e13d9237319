# SPDX-License-Identifier: GPL-3.0-or-later
"""What others do to the ports of a simulated host."""

from __future__ import annotations

from .host import SimulatedHost
from .machine import FAMILIES, KERNEL, LISTEN, exclusion

PROGRAM = "C:\\Program Files\\Example\\listener.exe"
# What setup of Exchange makes of the dynamic range (a published wiki page; INF: in both families).
EXCHANGE = [6005, 59530]


def listen(
    target: SimulatedHost,
    port: int,
    *,
    program: str = PROGRAM,
    protocol: str = "tcp",
    address: str = "0.0.0.0",
    service: str = "",
    state: int = LISTEN,
) -> None:
    """A process that is not MailEssentials' takes the port."""
    machine = target.machine
    number = (
        machine.start_service(service, service, program)
        if service
        else machine.start_process(program)
    )
    machine.open_socket(protocol, address, port, number, state)


def unlisten(target: SimulatedHost, port: int, *, protocol: str = "tcp") -> None:
    """Whoever holds the port ends."""
    machine = target.machine
    rows = (
        [(row[1], row[3]) for row in machine.tcp]
        if protocol == "tcp"
        else [(row[1], row[2]) for row in machine.udp]
    )
    for owner in {owner for held, owner in rows if held == port}:
        machine.end_process(owner)


def exclude(
    target: SimulatedHost,
    first: int,
    last: int,
    *,
    administered: bool = False,
    protocol: str = "tcp",
) -> None:
    """As Hyper-V's WinNAT does it at run time, or as an administrator."""
    target.machine.exclusions.append(exclusion(protocol, first, last, administered))


def unexclude(target: SimulatedHost, first: int, *, protocol: str = "tcp") -> None:
    """As when WinNAT stops."""
    target.machine.exclusions = [
        row
        for row in target.machine.exclusions
        if (row["protocol"], row["first"]) != (protocol, first)
    ]


def exchange_range(target: SimulatedHost) -> None:
    for family in FAMILIES:
        target.machine.dynamic[family]["tcp"] = list(EXCHANGE)


def addresses(target: SimulatedHost, listed: str) -> None:
    """The host's addresses in the simulated network, separated by commas."""
    target.machine.addresses = [address for address in listed.split(",") if address]


def web_site(target: SimulatedHost) -> None:
    """IIS: http.sys listens on 80 and 443 for a worker process."""
    machine = target.machine
    worker = machine.start_process("C:\\Windows\\System32\\inetsrv\\w3wp.exe")
    machine.queues.append({"urls": ["HTTP://+:80/", "HTTPS://+:443/"], "processes": [worker]})
    for port in (80, 443):
        machine.open_socket("tcp", "::", port, KERNEL)


def clock(target: SimulatedHost, seconds: float) -> None:
    """How far the host's clock is ahead of the controller's."""
    target.machine.clock = seconds
