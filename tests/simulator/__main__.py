# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in for the stand-ins: python -m simulator COMMAND, the bound parameters as JSON on stdin,
the answer as JSON on stdout.

"netsh" takes its arguments from the command line and answers as netsh does.
The host is the folder that SIMULATED_HOST names. Exit code 137 means that the worker is to die.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from . import netsh
from .failures import KilledError, RefusedError
from .host import NEW, REMOVE, SET, SimulatedHost
from .network import name_servers, observe_endpoints
from .parameters import as_list
from .surprise import before_write

BEFORE_WRITE = "before_write"  # no command of Windows: a stand-in says that a writer was called

# What every cmdlet takes and the simulated host has no use for.
COMMON = {
    "Confirm",
    "Debug",
    "ErrorAction",
    "ErrorVariable",
    "OutBuffer",
    "OutVariable",
    "PassThru",
    "Verbose",
    "WarningAction",
}

# What no command of Windows shows: asked by the stand-ins of module utils.
UNSHOWN: dict[str, Callable[[SimulatedHost, dict[str, Any]], list[Any]]] = {
    "registry": lambda host, _parameters: [host.registry()],
    "machine": lambda host, _parameters: [host.unshown()],
    "endpoints": lambda _host, parameters: observe_endpoints(
        os.environ["SIMULATED_HOST"], parameters
    ),
    "name_servers": lambda _host, _parameters: name_servers(os.environ["SIMULATED_HOST"]),
}


def answer(host: SimulatedHost, command: str, parameters: dict[str, Any]) -> list[Any]:
    parameters = {name: value for name, value in parameters.items() if name not in COMMON}
    if command == NEW:
        host.new_rule(**parameters)
    elif command == SET:
        host.set_rule(**parameters)
    elif command == REMOVE:
        host.remove_rule(**parameters)
    elif command == "Get-Service":
        return [host.service(name) for name in as_list(parameters["Name"])]
    elif command == "Get-CimInstance":
        return host.instances(parameters["ClassName"], parameters.get("Property"))
    elif command in {"Get-NetTCPConnection", "Get-NetUDPEndpoint"}:
        return host.sockets(command, **parameters)
    elif command == BEFORE_WRITE:
        before_write(host)
    elif command in UNSHOWN:
        return UNSHOWN[command](host, parameters)
    else:
        raise ValueError(f"simulator: unknown command {command}")
    return []


def run_netsh(host: SimulatedHost, folder: str, arguments: list[str]) -> int:
    writes = host.writes
    try:
        code, text = netsh.run(host, arguments)
    except KilledError:
        code, text = 137, ""
    if host.writes > writes:
        host.save(folder)
    if text:
        sys.stdout.buffer.write(f"{text}\n".encode())
    return code


def main() -> int:
    folder = os.environ["SIMULATED_HOST"]
    host = SimulatedHost.load(folder)
    command = sys.argv[1]
    if command == "netsh":
        return run_netsh(host, folder, sys.argv[2:])
    parameters = json.loads(sys.stdin.buffer.read() or b"{}")
    reply: dict[str, Any]
    try:
        reply = {"ok": True, "output": answer(host, command, parameters)}
    except RefusedError as failure:
        reply = {"ok": False, **vars(failure)}
    except KilledError:
        host.save(folder)
        return 137
    if command in {NEW, SET, REMOVE, BEFORE_WRITE}:
        host.save(folder)
    print(json.dumps(reply))
    return 0


if __name__ == "__main__":
    sys.exit(main())
