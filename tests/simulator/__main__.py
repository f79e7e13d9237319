# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in for the PowerShell stand-ins: python -m simulator COMMAND, the bound parameters as JSON on stdin, the answer as JSON on stdout.

The host is the folder that SIMULATED_HOST names. Exit code 137 means that the worker is to die.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from .failures import KilledError, RefusedError
from .host import NEW, REMOVE, SET, SimulatedHost
from .parameters import as_list

# What every cmdlet takes and the simulated host has no use for.
COMMON = {"Confirm", "Debug", "ErrorAction", "ErrorVariable", "OutBuffer", "OutVariable", "PassThru", "Verbose", "WarningAction"}


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
        return host.instances(parameters["ClassName"])
    elif command == "registry":
        return [host.registry()]
    else:
        raise ValueError(f"simulator: unknown command {command}")
    return []


def main() -> int:
    folder = os.environ["SIMULATED_HOST"]
    host = SimulatedHost.load(folder)
    command = sys.argv[1]
    parameters = json.loads(sys.stdin.buffer.read() or b"{}")
    reply: dict[str, Any]
    try:
        reply = {"ok": True, "output": answer(host, command, parameters)}
    except RefusedError as failure:
        reply = {"ok": False, **vars(failure)}
    except KilledError:
        host.save(folder)
        return 137
    if command in {NEW, SET, REMOVE}:
        host.save(folder)
    print(json.dumps(reply))
    return 0


if __name__ == "__main__":
    sys.exit(main())
