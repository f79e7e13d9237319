# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the engine share: rules in short, stored rules, readings, and the worker of a
simulated host in this process.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    FirewallReading,
    decode,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.ruleset import (
    converge,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    StoredRule,
    stored_rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.wanted import (
    wanted_rules,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.worker import (
    FirewallWorker,
)
from simulator import farm
from simulator.failures import KilledError, RefusedError
from simulator.host import SimulatedHost

os.environ.setdefault(
    "SIMULATED_PYTHONPATH", str(Path(__file__).resolve().parents[1])
)  # the double is made to run beside the simulator

from simulator.double.firewall_worker import OPERATION, is_stale, objection, outcome, perform
from simulator.surprise import before_write

GROUP = "Example Mail"
PREFIX = "Example-"
ID = "Example-A"


def option(**changes: Any) -> dict[str, Any]:
    """A rule as a playbook gives it."""
    return {"id": ID, "display_name": "A", "direction": "inbound", **changes}


def wanted(**changes: Any) -> Rule:
    (rule,) = wanted_rules([option(**changes)], GROUP, PREFIX)
    return rule


def text(
    *tokens: str,
    direction: str = "In",
    active: str = "TRUE",
    action: str = "Allow",
    name: str = "A",
    group: str = GROUP,
) -> str:
    """A rule as Windows stores it; tokens stand where conditions stand."""
    fields = [
        f"Action={action}",
        f"Active={active}",
        f"Dir={direction}",
        *tokens,
        f"Name={name}",
        *([f"EmbedCtxt={group}"] if group else []),
    ]
    return "|".join(["v2.26", *fields, ""])


def stored(*tokens: str, rule_id: str = ID, store: str = "local", **words: str) -> StoredRule:
    return stored_rule(store, rule_id, text(*tokens, **words))


def encode(reading: object) -> str:
    return base64.b64encode(gzip.compress(json.dumps(reading).encode(), 1)).decode()


def read(host: SimulatedHost) -> FirewallReading:
    return decode(host.encoded_reading())


class HostWorker:
    """Runs the worker's double on a host in memory; asked keeps the arguments of every call."""

    def __init__(self, host: SimulatedHost, *, idle: bool = False) -> None:
        self.host = host
        self.idle = idle
        self.asked: list[dict[str, Any]] = []

    def __call__(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(arguments)
        outcomes: list[dict[str, Any]] = []
        operations = arguments.get("operations", [])
        if operations:
            before_write(self.host)
        stale = is_stale(self.host, arguments.get("fingerprint", ""))
        try:
            for operation in operations:
                outcomes.append(
                    outcome(operation, "not_done")
                    if stale
                    else self._do(check(operation), outcomes)
                )
        except KilledError:
            return {
                "failed": True,
                "msg": "",
                "module_stdout": "",
                "module_stderr": "Killed\n",
                "rc": 137,
            }
        reading = self.host.encoded_reading()
        return {"changed": False, "outcomes": outcomes, "stale": stale, "reading": reading}

    def _do(self, operation: dict[str, Any], before: list[dict[str, Any]]) -> dict[str, Any]:
        if before and before[-1]["status"] != "done":
            return outcome(operation, "not_done")
        try:
            if not self.idle:
                perform(self.host, operation)
        except RefusedError as refusal:
            return outcome(operation, "failed", refusal)
        return outcome(operation, "done")


def check(operation: dict[str, Any]) -> dict[str, Any]:
    """The operation with every option of the worker, refused as the worker's argument spec
    refuses.
    """
    assert not set(operation) - set(OPERATION), operation
    complete = {"parameters": {}, **operation}
    assert objection(complete) is None, operation
    return complete


def run(
    target: SimulatedHost | Callable[[dict[str, Any]], Mapping[str, Any]],
    rules: list[dict[str, Any]],
    **options: Any,
) -> dict[str, Any]:
    """firewall_ruleset on a simulated host, or through a worker given."""
    call = HostWorker(target) if isinstance(target, SimulatedHost) else target
    modes = {name: options.pop(name) for name in ("check_mode", "diff") if name in options}
    given = {
        "group": GROUP,
        "id_prefix": PREFIX,
        "rules": rules,
        "purge": True,
        "state": "present",
        "trusted_groups": {},
        "on_no_effect": "fail",
        "widen_only": False,
    }
    worker = FirewallWorker(call)
    return {**converge(worker, given | options, **modes), "round_trips": worker.round_trips}


def host(*, capture: str = "empty", **changes: Any) -> SimulatedHost:
    return farm.host(capture, **changes)


def refused(call: Callable[[], object], field: str, *words: str) -> str:
    """The call is refused for this field, in one line with these words; anything but InputError is
    a traceback for the user.
    """
    with pytest.raises(InputError) as caught:
        call()
    sentence = caught.value.sentence
    assert caught.value.field == field
    assert [word for word in words if word not in sentence] == [], sentence
    assert (
        sentence.strip() == sentence
        and len(sentence.splitlines()) == 1
        and not sentence.endswith(".")
    )
    assert "Traceback" not in sentence and "Error(" not in sentence
    return sentence
