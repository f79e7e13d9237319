# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the product, the ports and the clocks of a farm's servers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from ..catalog.query import plan_consequences, resolve_version
from ..host.product import agree
from ..ports.availability import loose, told
from ..sentences import in_spans, listed
from ..server.state import ServerState
from .notice import Notice

_MOST_NAMED = 5


def server_report(name: str, state: ServerState, version: str | int) -> dict[str, Any]:
    """One server as {host, installed, version, clock, findings}, from what was read of its product
    and its ports.

    version: that of the inventory. findings: [{kind, message}], kind is one of FAIL_ON of the
    inputs, or "note", which never fails. Raises InputError for an unknown version.
    """
    product, ports = state.found["product"], state.found["ports"]
    findings = [
        *_product_findings(product, version),
        *_advisories(product["advisories"]),
        *_port_findings(ports),
    ]
    return {
        "host": name,
        "installed": product["installed"],
        "version": product["version"],
        "clock": product["clock"],
        "findings": [{"kind": kind, "message": message} for kind, message in findings],
    }


def clock_text(product: Mapping[str, Any]) -> str:
    """How far the clock is from the controller's, as far as one call can tell."""
    clock = product["clock"]
    offset, uncertainty = clock["offset_seconds"], clock["uncertainty_seconds"]
    return f"{offset:+.1f} s" if abs(offset) > uncertainty else f"within {uncertainty:.1f} s"


def farm_notices(read: Sequence[Mapping[str, Any]]) -> list[Notice]:
    """What the reports of a farm's servers come to: of each server, and of all of them together."""
    own = [
        Notice(entry["message"], report["host"], entry["kind"])
        for report in read
        for entry in report["findings"]
    ]
    return [*own, *_versions(read), *_clocks(read)]


def _product_findings(product: Mapping[str, Any], version: str | int) -> list[tuple[str, str]]:
    found = [
        ("note", finding["message"])
        for finding in product["findings"]
        if finding["severity"] != "info"
    ]
    clock = product["clock"]
    if clock["beyond"]:
        told = (
            f"{clock['offset_seconds']:+.1f} s (uncertain by {clock['uncertainty_seconds']:.1f} s)"
        )
        found.append(
            (
                "clock",
                f"the clock differs from the controller's by {told}, more than "
                f"{clock['tolerance_seconds']} s; correct the time service of Windows, or joining "
                "a farm may fail",
            )
        )
    wanted = resolve_version(version)
    named = product["catalog_version"] in ("", wanted.name)
    numbered = not (wanted.product and product["version"]) or agree(
        wanted.product, product["version"]
    )
    if (
        str(version).strip().lower() != "latest"
        and product["state"] != "not_installed"
        and not (named and numbered)
    ):
        message = (
            f"{product['version']} is installed, but mailessentials_version is {version}; set it "
            "to the installed version"
        )
        found.append(("version_mismatch", message))
    return found


def _advisories(advisories: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """One message for each version that fixes some."""
    alike: dict[tuple[bool, str], list[str]] = {}
    for entry in advisories:
        alike.setdefault((entry["applies"] == "yes", entry["fixed_in"]), []).append(entry["id"])
    for (certain, fixed_in), names in alike.items():
        applies = ("applies" if len(names) == 1 else "apply") if certain else "may apply"
        told = listed(in_spans(names), most=_MOST_NAMED)
        message = f"{told} {applies} to the installed version; upgrade to {fixed_in} or later."
        yield "advisory" if certain else "note", message


def until_upgraded(states: Iterable[ServerState], flows: Collection[str]) -> Iterator[Notice]:
    """What the plan of a farm does about the advisories of its servers. flows: of all its rules."""
    names = {entry["id"] for state in states for entry in state.found["product"]["advisories"]}
    told = plan_consequences(names, flows)
    if told:
        yield Notice(f"Until the upgrade: {' '.join(told)}")


def _port_findings(ports: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    kinds = {"conflict": "conflict", "warning": "note"}
    found = [
        (kinds[entry["severity"]], told(entry)) for entry in ports if entry["severity"] in kinds
    ]
    unprotected = loose(ports)
    if unprotected:
        message = (
            f"Windows may assign {', '.join(unprotected)} to any program (dynamic range); "
            "reserve the ports of MailEssentials with the playbook reserve"
        )
        found.append(("dynamic_unprotected", message))
    return found


def _versions(read: Sequence[Mapping[str, Any]]) -> list[Notice]:
    known = {one["host"]: one["version"] for one in read if one["version"]}
    unknown = [one["host"] for one in read if one["installed"] and not one["version"]]
    found = (
        [
            Notice(
                f"{', '.join(unknown)}: the installed version is not known, so it is not compared "
                "with the rest of the farm."
            )
        ]
        if unknown and len(read) > 1
        else []
    )
    if all(agree(one, other) for one, other in combinations(known.values(), 2)):
        return found
    told = ", ".join(f"{name} has {version}" for name, version in known.items())
    why = (
        "install the same version on all (GFI requires it for the Synchronization Agent before "
        "2015; for later versions it is inferred)"
    )
    message = f"The servers of the farm have different versions: {told}; {why}."
    return [*found, Notice(message, kind="version_mismatch")]


def _clocks(read: Sequence[Mapping[str, Any]]) -> list[Notice]:
    """The two clocks that are the farthest apart, each as near to the other as its uncertainty
    allows.
    """
    if len(read) < 2 or any(one["clock"]["beyond"] for one in read):
        return []
    last = max(
        read,
        key=lambda one: float(one["clock"]["offset_seconds"] - one["clock"]["uncertainty_seconds"]),
    )
    first = min(
        read,
        key=lambda one: float(one["clock"]["offset_seconds"] + one["clock"]["uncertainty_seconds"]),
    )
    apart = sum(
        sign * one["clock"]["offset_seconds"] - one["clock"]["uncertainty_seconds"]
        for one, sign in ((last, 1), (first, -1))
    )
    if apart <= min(one["clock"]["tolerance_seconds"] for one in read):
        return []
    return [
        Notice(
            f"The clocks of {first['host']} and {last['host']} are at "
            f"least {apart:.1f} s apart; correct the time service of Windows.",
            kind="clock",
        )
    ]
