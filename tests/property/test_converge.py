# SPDX-License-Identifier: GPL-3.0-or-later
"""Any wanted set on any host: one apply converges, the second plans nothing, and what is not ours
stays as it was, byte for byte.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from laws import Record, hold
from strategies import Case, cases
from unit.builders import GROUP, PREFIX, run

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    Plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.operations import (
    operations,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.values import (
    WILDCARDS,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.wanted import (
    wanted_rules,
)
from simulator.double.firewall_worker import perform
from simulator.host import SimulatedHost

CHUNKS = 8
CASES_PER_CHUNK = 2_500


def tampered(text: str, old: str, new: str) -> str:
    """One text for another; a token that may stand once takes the place of the one that is
    there.
    """
    token = re.match(r"\|(?!RA4|Profile)\w+=", new)
    if token:
        text = re.sub(re.escape(token[0]) + r"[^|]*(?=\|)", "", text, flags=re.IGNORECASE)
    return text.replace(old, new, 1)


def start(case: Case) -> SimulatedHost:
    """The host as the case finds it; where a foreign rule has an id already, ours was never
    there.
    """
    target = SimulatedHost(strict=case.strict)
    target.rules.update(case.foreign)
    target.rules.update(case.strays)
    taken = {rule_id.lower() for rule_id in target.rules}
    before = [rule for rule in case.before if rule["id"].lower() not in taken]
    for operation in operations(Plan(add=wanted_rules(before, GROUP, PREFIX)), GROUP):
        perform(target, operation)
    ours = {rule["id"].lower(): rule["id"] for rule in before}
    for rule_id, old, new in case.tampered:
        name = ours.get(rule_id.lower())
        if name:
            target.rules[name] = tampered(target.rules[name], old, new)
    target.writes = 0
    return target


def lower(names: Any) -> set[str]:
    return {name.lower() for name in names}


# a block rule that stays may defeat an allow rule of the set
WARN = {"on_no_effect": "warn"}


def converges(case: Case) -> None:
    target = start(case)
    at_first = dict(target.rules)
    ids = lower(rule["id"] for rule in case.wanted)
    if ids & lower(case.foreign):
        with pytest.raises(InputError, match="is taken by a rule of"):
            run(target, case.wanted, purge=case.purge, **WARN)
        assert target.rules == at_first
        return
    first = run(target, case.wanted, purge=case.purge, **WARN)
    assert "failed" not in first, first["msg"]
    assert (
        first["round_trips"] == (2 if first["changed"] else 1)
        and bool(target.writes) is first["changed"]
    )
    second = run(target, case.wanted, purge=case.purge, **WARN)
    assert (second["changed"], second["round_trips"], second["outcomes"]) == (False, 1, [])
    assert lower(second["plan"]["unchanged"]) == ids
    stuck = {
        rule_id: text for rule_id, text in case.strays.items() if set(rule_id) & set(WILDCARDS)
    }  # no call names these rules alone
    kept = {**case.foreign, **(stuck if case.purge else case.strays)}
    assert {rule_id: target.rules.get(rule_id) for rule_id in kept} == kept
    left = lower(target.rules) - lower(kept)
    assert left == ids if case.purge else left == ids | (lower(at_first) - lower(kept))
    again = run(target, second["rules"], purge=False) if second["rules"] else second
    assert again["changed"] is False


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_any_wanted_set_on_any_host(chunk: int, record_property: Record) -> None:
    hold(converges, cases(), CASES_PER_CHUNK, record_property, chunk)
