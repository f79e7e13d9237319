# SPDX-License-Identifier: GPL-3.0-or-later
"""In the simulator's place where a test wants to see the calls themselves: writes each one down and answers what the test prepared."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

EMPTY: dict[str, Any] = {"rules": [], "profiles": {}}
USUAL: dict[str, list[Any]] = {
    "registry": [{"variables": {}, "stores": {"local": EMPTY, "mdm": EMPTY, "gpo": EMPTY}}],
    # Windows answers with the new rule.
    "New-NetFirewallRule": [{"Name": "new"}],
    "Get-Service": [{"Name": "service", "Status": "Running"}],
}


def main() -> None:
    folder = Path(os.environ["SIMULATED_HOST"])
    command, parameters = sys.argv[1], json.load(sys.stdin)
    with (folder / "calls.jsonl").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps([command, parameters]) + "\n")
    prepared = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    name = str(parameters.get("Name"))
    answer = prepared.get(f"{command} {name}") or prepared.get(command) or {"ok": True, "output": USUAL.get(command, [])}
    sys.stdout.write(json.dumps(answer))


main()
