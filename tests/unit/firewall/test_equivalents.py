# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of somebody else that do the same as one of ours."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import GROUP, host, read, text, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.equivalents import (
    equivalents,
)

SAME = ("Protocol=6", "LPort=9095", "LPort=9096", "RA4=192.0.2.0/255.255.255.0", "Profile=Domain")
OURS = wanted(
    protocol="tcp",
    local_ports=["9095-9096"],
    remote_addresses=["192.0.2.0/24"],
    profiles=["domain"],
)


def found(*tokens: str, rule_id: str = "By-Hand", ours: Any = (OURS,), **words: str) -> list[str]:
    target = host()
    target.rules[rule_id] = text(*tokens, **{"group": "", "name": "Mail", **words})
    return list(equivalents(read(target), ours, GROUP))


def test_a_rule_made_by_hand_that_does_the_same_is_named() -> None:
    assert found("Protocol=6", "LPort=9095-9096", *SAME[3:]) == [
        "The rule 'Mail' (By-Hand) does the same as 'Example-A'; you may delete it."
    ]


def test_ports_and_addresses_may_be_written_otherwise() -> None:
    assert len(found("Protocol=6", "LPort=9095-9096", "RA4=192.0.2.0-192.0.2.255", SAME[4])) == 1
    assert len(found(*SAME)) == 1


def test_a_rule_of_another_group_is_as_good() -> None:
    assert len(found(*SAME, group="Somebody's")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"group": GROUP},
        {"action": "Block"},
        {"active": "FALSE"},
        {"direction": "Out"},
        {"tokens": (*SAME, "App=C:\\a.exe")},
        {"tokens": (*SAME, "NewCondition=of a newer Windows")},
        {"tokens": (*SAME, "LUAuth=O:LSD:(A;;CC;;;S-1-5-11)")},
        {"tokens": (*SAME, "Profile=Public")},
        {"tokens": (*SAME, "LPort=443")},
        {"tokens": ("Protocol=17", *SAME[1:])},
        {"tokens": (*SAME[:3], "RA4=192.0.2.1", SAME[4])},
        {"ours": ()},
    ],
)
def test_a_rule_that_does_something_else_is_not_named(change: dict[str, Any]) -> None:
    tokens = change.pop("tokens", SAME)
    assert found(*tokens, **change) == []


def test_a_rule_of_a_policy_is_not_named() -> None:
    target = host()
    target.stores["gpo"]["rules"]["Policy"] = text(*SAME, group="")
    assert list(equivalents(read(target), [OURS], GROUP)) == []
