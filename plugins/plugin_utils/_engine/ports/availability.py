# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks whether the ports of MailEssentials are free: from the options of port_availability to its
result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..host.product import check_tolerance, describe
from ..host.reading import HostReading
from ..host.worker import HostWorker
from .holders import read_owners
from .status import judge_ports, port_reading
from .wanted import OWN_KINDS, check_options, select_wants

_SELECTING = ("ports", "version", "features", "server_role", "remoting_ports", "moved_ports")


def availability(worker: HostWorker, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the result of port_availability. Raises InputError for the first invalid option,
    before the host is called.
    """
    check_options(**{name: options[name] for name in _SELECTING})
    read_owners(options["extra_owners"])
    check_tolerance(options["clock_tolerance"])
    reading = worker.read(ports=True)
    result = found_ports(reading, options, sent=worker.sent, received=worker.received)
    conflicts = [told(entry) for entry in result["ports"] if entry["severity"] == "conflict"]
    if conflicts and options["on_conflict"] == "fail":
        return {**result, "failed": True, "msg": " ".join(conflicts)}
    return {**result, "warnings": [*conflicts, *result["warnings"]]}


def found_ports(
    reading: HostReading, options: Mapping[str, Any], *, sent: float, received: float
) -> dict[str, Any]:
    """Returns the ports and the product of a reading. Its warnings do not include conflicts. sent
    and received: time of the controller before and after the call, in seconds since 1970.
    """
    selection = select_wants(reading, **{name: options[name] for name in _SELECTING})
    found = judge_ports(selection.wants, reading, extra_owners=options["extra_owners"])
    ports = [status.to_dict() for status in found]
    return {
        "changed": False,
        "source": selection.source,
        "reason": selection.reason,
        "product": describe(
            reading, sent=sent, received=received, clock_tolerance=options["clock_tolerance"]
        ),
        "ports": ports,
        "reservable": reservable(ports),
        "warnings": [
            *(told(entry) for entry in ports if entry["severity"] == "warning"),
            *dict.fromkeys(f"{why}." for why in port_reading(reading).unread.values()),
        ],
    }


def told(entry: Mapping[str, Any]) -> str:
    """The message for a port of the result."""
    return " ".join(filter(None, (entry["message"], entry["advice"])))


def is_doubtful(entry: Mapping[str, Any]) -> bool:
    """Whether sources contradict each other about a port of the result."""
    return all(
        want["status"] == "contradicted" and not want["configured"] for want in entry["wanted_by"]
    )


def loose(ports: Iterable[Mapping[str, Any]]) -> list[str]:
    """Ports of a result that Windows may assign to any program, and that can be reserved."""
    return [
        f"{entry['protocol']} {entry['port']}"
        for entry in ports
        if entry["dynamic_unprotected"] and not _is_left(entry)
    ]


def _is_left(entry: Mapping[str, Any]) -> bool:
    """Whether sources contradict each other about a port that is in use."""
    return entry["status"] != "free" and is_doubtful(entry)


def reservable(ports: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ports of MailEssentials in a result, as port_reservation takes them. A port on which sources
    contradict each other is included only while it is not used.
    """
    return [
        {"port": entry["port"], "protocol": entry["protocol"]}
        for entry in ports
        if any(want["kind"] in OWN_KINDS for want in entry["wanted_by"]) and not _is_left(entry)
    ]
