# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker "server" answers on a simulated host: the readings of the other workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .failures import RefusedError
from .firewall_observation import LOCAL
from .host import SimulatedHost
from .observation import UnreadableError, observe
from .proxies import observe_proxy

SUBJECTS = ("product", "ports", "firewall", "proxy")


def observe_server(host: SimulatedHost, subjects: Iterable[str] = SUBJECTS) -> dict[str, Any]:
    """The readings, and why one cannot be had; that does not hide the others."""
    asked = set(subjects)
    readers: dict[str, Callable[[], dict[str, Any]]] = {
        "host": lambda: observe(host, "ports" in asked),
        "firewall": host.reading,
        "proxy": lambda: observe_proxy(host),
    }
    readings: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, read in readers.items():
        if name not in asked and not (name == "host" and asked & {"product", "ports"}):
            continue
        try:
            readings[name] = host.encoded(read())
        except UnreadableError as failure:
            errors[name] = str(failure)
        except RefusedError as failure:
            key = f"{LOCAL}\\FirewallRules"
            errors[name] = f"The registry key HKLM\\{key} cannot be read: {failure.message}"
    return {"readings": readings, "errors": errors}
