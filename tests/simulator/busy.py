# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with as much on it as a reading has to carry."""

from __future__ import annotations

import random

from . import farm
from .host import SimulatedHost
from .machine import SVCHOST


def large(host: SimulatedHost) -> None:
    """450 captured rules, a DNS service with 2,500 random ports in each family, as servers of
    Microsoft's DNS reserve them, connections, 250 services, 300 processes.
    """
    texts = farm.captured("windows10_schema230.jsonl") + farm.captured("windows11_schema233.jsonl")
    rules = sorted(dict(texts).items(), key=lambda pair: -len(pair[1]))[:450]
    host.stores["local"]["rules"] = dict(rules)
    farm.install(host)
    machine, numbers = host.machine, random.Random(1)
    dns = machine.start_service("DNS", "DNS Server", "C:\\Windows\\System32\\dns.exe")
    machine.udp += [
        [address, port, dns]
        for address in ("0.0.0.0", "::")
        for port in numbers.sample(range(49152, 65536), 2_500)
    ]
    for number in range(250 - len(machine.services)):
        process = machine.start_process(SVCHOST) if number % 3 else 0
        name = f"Service{number}"
        row = [name, f"Display name of {name}", "Running", "Auto", process, f"{SVCHOST} -k x"]
        machine.services.append(row)
    while len(machine.processes) < 300:
        machine.start_process(f"C:\\Program Files\\Example {len(machine.processes)}\\x.exe")
    for _unused in range(200):
        port = numbers.randrange(49152, 65536)
        machine.open_socket("tcp", "192.0.2.10", port, numbers.choice(machine.processes)[0], 5)
