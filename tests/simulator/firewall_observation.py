# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker "firewall" reads on a simulated host: the same steps, in Python."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .failures import RefusedError

if TYPE_CHECKING:
    from .host import SimulatedHost

POLICY = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall"
LOCAL = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy"
STORE_KEYS = {"local": LOCAL, "mdm": f"{LOCAL}\\Mdm", "gpo": POLICY}
PROFILE_KEYS = ("DomainProfile", "PrivateProfile", "PublicProfile", "StandardProfile")
PROFILE_NUMBERS = (
    "EnableFirewall",
    "DefaultInboundAction",
    "DefaultOutboundAction",
    "DoNotAllowExceptions",
    "AllowLocalPolicyMerge",
    "DisableStealthMode",
    "DisableNotifications",
    "DisableStealthModeIPsecSecuredPacketExemption",
    "DisableUnicastResponsesToMulticastBroadcast",
)
POLICY_NUMBERS = ("PolicyVersion", "DisableStatefulFTP", "DisableStatefulPPTP", "IPsecExempt")
KINDS = ("AuthorizedApplications", "GloballyOpenPorts")
SERVICES = ("mpssvc", "BFE")


def observe_firewall(host: SimulatedHost) -> dict[str, Any]:
    """The reading before it is encoded."""
    reading: dict[str, Any] = {
        "schema": 2,
        "services": {name: host.services.get(name) for name in SERVICES},
        "network_categories": None,
        "connections": _connections(host),
        **host.registry(),
        "interfaces": copy.deepcopy(host.machine.interfaces),
        "windows": host.windows() or None,
    }
    if reading["connections"] is not None:
        reading["network_categories"] = [row[2] for row in reading["connections"]]
    keys = host.machine.keys()
    reading["policy"] = _numbers(keys.get(POLICY), POLICY_NUMBERS)
    for name, store in reading["stores"].items():
        store["profiles"] = {
            key: _profile(values)
            for key, values in store["profiles"].items()
            if key in PROFILE_KEYS
        }
        store["exceptions"] = list(_exceptions(keys, STORE_KEYS[name]))
    reading["fingerprint"] = firewall_fingerprint(reading)
    return reading


def firewall_fingerprint(reading: dict[str, Any]) -> str:
    """As Get-FirewallFingerprint makes it. .NET orders texts by their UTF-16."""
    lines = [f"service|{name}|{status or ''}" for name, status in reading["services"].items()]
    for name, store in reading["stores"].items():
        lines += [f"rule|{name}|{rule}|{text}" for rule, text in store["rules"]]
        lines += [
            f"profile|{name}|{profile}|{value}|{held}"
            for profile, values in store["profiles"].items()
            for value, held in values.items()
        ]
    lines.sort(key=lambda line: line.encode("utf-16-be", "surrogatepass"))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _connections(host: SimulatedHost) -> list[list[Any]] | None:
    try:
        rows = host.instances("MSFT_NetConnectionProfile")
    except RefusedError:
        return None
    return [[row["InterfaceIndex"], row["InterfaceAlias"], row["NetworkCategory"]] for row in rows]


def _profile(values: dict[str, Any]) -> dict[str, Any]:
    text = values.get("DisabledInterfaces")
    return {
        **_numbers(values, PROFILE_NUMBERS),
        **({"DisabledInterfaces": text} if isinstance(text, str) else {}),
    }


def _numbers(values: dict[str, Any] | None, names: Iterable[str]) -> dict[str, int]:
    held = values or {}
    return {name: held[name] for name in names if isinstance(held.get(name), int)}


def _exceptions(keys: dict[str, dict[str, Any]], key: str) -> Iterator[list[Any]]:
    for profile in PROFILE_KEYS:
        for kind in KINDS:
            place = f"{key}\\{profile}\\{kind}"
            if place in keys or f"{place}\\List" in keys:
                entries = keys.get(f"{place}\\List", {}).items()
                yield [
                    profile,
                    kind,
                    _numbers(keys.get(place), ["AllowUserPrefMerge"]),
                    [[name, str(text)] for name, text in entries],
                ]
