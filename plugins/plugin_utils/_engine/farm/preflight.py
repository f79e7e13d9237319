# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the readings of one host, and of all servers of a farm, come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ..catalog.query import resolve_version
from ..host.product import agree
from ..ports.availability import is_doubtful
from .notice import Notice

_HEADING = "  port      status   severity range    wanted for     held by"


def report(
    host: str,
    product: Mapping[str, Any],
    ports: Sequence[Mapping[str, Any]],
    *,
    version: str | int = "latest",
) -> dict[str, Any]:
    """One host as {host, installed, version, clock, table, findings}.

    product: the result of product_info. ports: the list that port_availability returns. version:
    the version of the inventory.
    table: lines for people. findings: [{kind, message}], kind is one of FAIL_ON of the inputs, or
    "note", which never fails.
    Raises InputError for a version that nobody knows.
    """
    findings = [*_product_findings(product, version), *_port_findings(ports)]
    return {
        "host": host,
        "installed": product["installed"],
        "version": product["version"],
        "clock": product["clock"],
        "table": [_headline(host, product), _HEADING, *_rows(ports)],
        "findings": [{"kind": kind, "message": message} for kind, message in findings],
    }


def notices(read: Sequence[Mapping[str, Any]]) -> list[Notice]:
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
    for advisory in product["advisories"]:
        kind = "advisory" if advisory["applies"] == "yes" else "note"
        found.append(
            (
                kind,
                f"{advisory['id']} {'applies' if kind == 'advisory' else 'may apply'}: "
                f"{advisory['title']}. {advisory['what_to_do']}",
            )
        )
    clock = product["clock"]
    if clock["beyond"]:
        told = (
            f"{clock['offset_seconds']:+.1f} s (uncertain by {clock['uncertainty_seconds']:.1f} s)"
        )
        found.append(
            (
                "clock",
                f"the clock is off by {told}, more than {clock['tolerance_seconds']} s; make "
                "Windows keep its time, or joining a farm may fail",
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
            f"{product['version']} is installed, the inventory says {version}; set "
            "mailessentials_version to what is installed"
        )
        found.append(("version_mismatch", message))
    return found


def _port_findings(ports: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    kinds = {"conflict": "conflict", "warning": "note"}
    found = [
        (kinds[entry["severity"]], " ".join(filter(None, (entry["message"], entry["advice"]))))
        for entry in ports
        if entry["severity"] in kinds
    ]
    loose = [
        f"{entry['protocol']} {entry['port']}"
        for entry in ports
        if entry["dynamic_unprotected"] and not is_doubtful(entry)
    ]
    if loose:
        message = (
            f"Windows hands out {', '.join(loose)} to any program (dynamic range); "
            "reserve what is MailEssentials' own with the playbook reserve"
        )
        found.append(("dynamic_unprotected", message))
    return found


def _headline(host: str, product: Mapping[str, Any]) -> str:
    what = {
        "not_installed": "MailEssentials is not installed",
        "partial": "MailEssentials is there in part",
    }.get(product["state"])
    if what is None:
        build = f", build {product['build']}" if product["build"] else ""
        what = (
            f"MailEssentials {product['version'] or 'of unknown version'}{build}, "
            f"in {product['install_directory']}"
        )
    clock = product["clock"]
    return (
        f"{host}: {what}; clock {clock['offset_seconds']:+.1f} s (± "
        f"{clock['uncertainty_seconds']:.1f} s)"
    )


def _rows(ports: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"  {entry['protocol']} {entry['port']:<5} {entry['status']:<8} "
        f"{entry['severity'].replace('none', ''):<8} "
        f"{_range(entry):<8} "
        f"{', '.join(dict.fromkeys(want['kind'] for want in entry['wanted_by'])):<14} "
        f"{', '.join(map(_holder, entry['holders']))}".rstrip()
        for entry in sorted(ports, key=lambda entry: (entry["port"], entry["protocol"]))
    ]


def _range(entry: Mapping[str, Any]) -> str:
    """What Windows does with the port: hands it out to anybody, or keeps it."""
    return (
        "dynamic"
        if entry["dynamic_unprotected"]
        else "reserved"
        if any(one["administered"] for one in entry["exclusions"])
        else ""
    )


def _holder(holder: Mapping[str, Any]) -> str:
    name = ", ".join(holder["services"]) or holder["name"] or "unknown"
    return f"{name} ({holder['process_id']})"


def _versions(read: Sequence[Mapping[str, Any]]) -> list[Notice]:
    known = {one["host"]: one["version"] for one in read if one["version"]}
    unknown = [one["host"] for one in read if one["installed"] and not one["version"]]
    found = (
        [
            Notice(
                f"{', '.join(unknown)}: the version is not known, so it is not compared with "
                "the rest of the farm."
            )
        ]
        if unknown and len(read) > 1
        else []
    )
    if all(agree(one, other) for one, other in combinations(known.values(), 2)):
        return found
    told = ", ".join(f"{name} has {version}" for name, version in known.items())
    why = (
        "all must have the same (GFI says so of the synchronization agent before 2015; "
        "inferred since)"
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
            f"least {apart:.1f} s apart; make Windows keep its time.",
            kind="clock",
        )
    ]
