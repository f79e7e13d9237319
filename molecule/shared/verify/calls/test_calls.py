# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds after every step of every scenario: the workers were called as often as the modules
say, and nothing else was.
"""

from __future__ import annotations

from collections import Counter

import pytest
from servers import Server

WORKERS = {
    **dict.fromkeys(
        ("firewall_explain", "firewall_ruleset", "firewall_ruleset_info"), "firewall_worker"
    ),
    **dict.fromkeys(("port_availability", "port_reservation"), "host_worker"),
    "server_info": "server_worker",
    "proxy_info": "proxy_worker",
    "endpoint_check": "endpoint_worker",
}


def test_every_call_is_counted(any_server: Server) -> None:
    if not any_server.simulated:
        pytest.skip("a Windows server does not count its calls")
    claimed = Counter(WORKERS[module] for run in any_server.all_runs for module in run.calls)
    seen = any_server.simulated.joinpath("calls.log").read_text(encoding="utf-8").split()
    assert Counter(name for name in seen if not name.startswith("win_")) == claimed
