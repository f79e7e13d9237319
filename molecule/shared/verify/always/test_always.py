# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds after every step."""

from __future__ import annotations

import pytest
from conftest import FOREIGN, Server


def test_no_other_rule_was_touched(server: Server) -> None:
    others = server.others
    added = set(others) - set(server.start)
    assert {key: others.get(key) for key in server.start} == server.start
    assert added <= {("local", FOREIGN)}


def test_every_call_is_counted(server: Server) -> None:
    if not server.simulated:
        pytest.skip("a Windows server does not count its calls")
    claimed = sum(result["round_trips"] for record in server.records for result in record["results"].values())
    seen = server.simulated.joinpath("calls.log").read_text(encoding="utf-8").split()
    assert seen == ["firewall"] * claimed
