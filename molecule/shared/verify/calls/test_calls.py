# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds after every step of every scenario: the workers were called as often as the modules
say, and nothing else was.
"""

from __future__ import annotations

from collections import Counter

import pytest
from servers import Server

# What is recorded under these names; all else is the firewall's.
WORKERS = {
    **dict.fromkeys(("port_availability", "port_reservation", "first_look"), "host_worker"),
    **dict.fromkeys(("proxy_info", "first_proxy"), "proxy_worker"),
    "endpoint_check": "endpoint_worker",
}


def test_every_call_is_counted(any_server: Server) -> None:
    if not any_server.simulated:
        pytest.skip("a Windows server does not count its calls")
    claimed: Counter[str] = Counter()
    for record in any_server.records:
        for name, result in record["results"].items():
            claimed[WORKERS.get(name, "firewall_worker")] += result["round_trips"]
    seen = any_server.simulated.joinpath("calls.log").read_text(encoding="utf-8").split()
    assert Counter(name for name in seen if not name.startswith("win_")) == claimed
