# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of port_availability as a host may give them."""

from __future__ import annotations

from typing import Any


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
