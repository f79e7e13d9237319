# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the scenario about the proxy."""

from __future__ import annotations

import json
from typing import Any

from servers import Result, Run, Server

STORES = ["winhttp", "wininet", "environment"]


class ProxyServer(Server):
    """One server whose proxy is set, changed, repaired and taken away."""

    @property
    def runs(self) -> list[Run]:
        """The runs of the role."""
        return self.runs_with("proxy_found")

    def different(self, run: Run) -> list[str]:
        """The stores that a run found different, and set unless it was in check mode."""
        return list(run.results("proxy_found")[0]["different"])

    @property
    def found(self) -> Result:
        """What the last run found at its end."""
        return self.runs[-1].last("proxy_found")

    @property
    def stores(self) -> dict[str, Result]:
        """The stores in it, by name."""
        return {entry["store"]: entry for entry in self.found["stores"]}

    def called(self) -> list[list[Any]]:
        """The modules of ansible.windows that a simulated host saw, with their arguments."""
        assert self.simulated
        file = self.simulated / "ansible_windows.jsonl"
        return (
            [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            if file.exists()
            else []
        )

    def expected_calls(self) -> list[list[Any]]:
        """The four calls that set the proxy everywhere, as scenario.yml has them."""
        text = json.dumps(self.scenario["expected"]).replace("NAME", self.name)
        expected = json.loads(text)
        bypass = sorted(expected["bypass"], key=lambda entry: (entry == "<local>", entry))
        policy = "HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
        return [
            ["win_http_proxy", {"proxy": expected["proxies"], "bypass": bypass}],
            [
                "win_regedit",
                {
                    "path": policy,
                    "name": "ProxySettingsPerUser",
                    "data": 0,
                    "type": "dword",
                    "state": "present",
                    "delete_key": True,
                },
            ],
            [
                "win_inet_proxy",
                {"auto_detect": False, "proxy": expected["proxies"], "bypass": bypass},
            ],
            ["win_environment", {"level": "machine", "variables": expected["variables"]}],
        ]
