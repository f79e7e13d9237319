# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a server, made in short: results of port_availability, rule sets, states."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import Any

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    Plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.ruleset import (
    Comparison,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.payload import Part
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.reading import (
    ServerReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    RuleSetState,
    ServerState,
)
from simulator.host import SimulatedHost
from simulator.server import observe_server


def product(**changes: Any) -> dict[str, Any]:
    clock = {
        "utc": "",
        "offset_seconds": 0.0,
        "uncertainty_seconds": 1.0,
        "tolerance_seconds": 300,
        "beyond": False,
    }
    told = {
        "state": "installed",
        "installed": True,
        "version": "21.8",
        "build": "20250415",
        "catalog_version": "21",
        "install_directory": "C:\\ME",
    }
    return {
        **told,
        "advisories": [],
        "findings": [],
        "remoting": {"ports": [], "state": "ok", "reason": ""},
        "clock": {**clock, **changes.pop("clock", {})},
        **changes,
    }


def port(number: int, **changes: Any) -> dict[str, Any]:
    want = {"kind": "ipc", "status": "documented", "configured": False, **changes.pop("want", {})}
    told = {
        "protocol": "tcp",
        "status": "free",
        "severity": "none",
        "dynamic_unprotected": False,
        "message": f"Port {number}.",
        "advice": "Do.",
    }
    return {"port": number, "holders": [], "exclusions": [], **told, "wanted_by": [want], **changes}


def found(ports: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """Both, as port_availability returns them."""
    reservable = changes.pop("reservable", [])
    return {"product": product(**changes), "ports": ports or [], "reservable": reservable}


_STATE = {field.name for field in fields(ServerState)}


def server_state(
    name: str = "me1", ports: list[dict[str, Any]] | None = None, **changes: Any
) -> ServerState:
    """A server in order; changes are of its product, or fields of ServerState."""
    own = {key: changes.pop(key) for key in _STATE & set(changes)}
    return ServerState(name, **{"found": found(ports, **changes), **own})


def rule_set(**changes: Any) -> RuleSetState:
    """A rule set that is as wanted; changes are fields of Comparison, or of RuleSetState."""
    own = {key: changes.pop(key) for key in ("notes", "equivalents") if key in changes}
    plan = changes.pop("plan", Plan())
    compared: dict[str, Any] = {"wanted": (), "widening": Plan(), "effect": (), "broken": ()}
    notes = {"findings": [], "warnings": [], "exposure": []}
    return RuleSetState(Comparison(plan=plan, **{**compared, **changes}), **{"notes": notes, **own})


def server_reading(host: SimulatedHost, name: str) -> ServerReading:
    """What the worker of a simulated host says now."""
    answer, now = observe_server(host), time.time()
    parts = {part: Part(data, now, now) for part, data in answer["readings"].items()}
    return ServerReading(name, parts, answer["errors"])
