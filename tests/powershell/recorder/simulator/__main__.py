# SPDX-License-Identifier: GPL-3.0-or-later
"""In the simulator's place where a test wants to see the calls themselves: writes each one down and
answers what the test prepared.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

EMPTY: dict[str, Any] = {"rules": [], "profiles": {}}
MACHINE: dict[str, Any] = {"variables": {}, "keys": {}, "directories": [], "files": {}, "clock": 0}
USUAL: dict[str, list[Any]] = {
    "registry": [{"variables": {}, "stores": {"local": EMPTY, "mdm": EMPTY, "gpo": EMPTY}}],
    "machine": [MACHINE],
    # Windows answers with the new rule.
    "New-NetFirewallRule": [{"Name": "new"}],
    "Get-Service": [{"Name": "service", "Status": "Running"}],
}


def native(answer: dict[str, Any]) -> None:
    """As a program: what it prints, what it complains of, and its exit code."""
    sys.stdout.buffer.write(answer.get("text", "").encode())
    sys.stderr.write(answer.get("complaint", ""))
    sys.exit(answer.get("exit_code", 0))


def main() -> None:
    folder = Path(os.environ["SIMULATED_HOST"])
    command = sys.argv[1]
    parameters = sys.argv[2:] if command == "netsh" else json.load(sys.stdin)
    with (folder / "calls.jsonl").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps([command, parameters]) + "\n")
    prepared = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    if command == "netsh":
        native(prepared.get(f"netsh {' '.join(parameters)}") or prepared.get("netsh") or {})
    keys = (
        f"{command} {parameters.get('Name')}",
        f"{command} {parameters.get('ClassName')}",
        command,
    )
    answer = next(
        (prepared[key] for key in keys if key in prepared),
        {"ok": True, "output": USUAL.get(command, [])},
    )
    sys.stdout.write(json.dumps(answer))


main()
