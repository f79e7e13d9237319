# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds after every step that makes rules."""

from __future__ import annotations

from rules import FOREIGN, RuleServer


def test_no_other_rule_was_touched(server: RuleServer) -> None:
    others = server.others
    added = set(others) - set(server.start)
    assert {key: others.get(key) for key in server.start} == server.start
    assert added <= {("local", FOREIGN)}
