# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the ports of MailEssentials are free: from the options of port_availability to its
result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..host.product import check_tolerance, describe
from ..host.worker import HostWorker
from .holders import read_owners
from .status import judge_ports, port_reading
from .wanted import OWN_KINDS, check_options, select_wants

_SELECTING = ("ports", "version", "features", "server_role", "remoting_ports", "moved_ports")


def availability(worker: HostWorker, options: Mapping[str, Any]) -> dict[str, Any]:
    """The result of port_availability. Raises InputError for the first option that is wrong, before
    the host is called.
    """
    selecting = {name: options[name] for name in _SELECTING}
    check_options(**selecting)
    read_owners(options["extra_owners"])
    check_tolerance(options["clock_tolerance"])
    reading = worker.read(ports=True)
    selection = select_wants(reading, **selecting)
    found = judge_ports(selection.wants, reading, extra_owners=options["extra_owners"])
    ports = [status.to_dict() for status in found]
    told: dict[str, list[str]] = {"none": [], "warning": [], "conflict": []}
    for status in found:
        told[status.severity].append(" ".join(filter(None, (status.message, status.advice))))
    told["warning"] += dict.fromkeys(f"{why}." for why in port_reading(reading).unread.values())
    result = {
        "changed": False,
        "source": selection.source,
        "reason": selection.reason,
        "product": describe(
            reading,
            sent=worker.sent,
            received=worker.received,
            clock_tolerance=options["clock_tolerance"],
        ),
        "ports": ports,
        "reservable": reservable(ports),
    }
    if told["conflict"] and options["on_conflict"] == "fail":
        message = " ".join(told["conflict"])
        return {**result, "failed": True, "msg": message, "warnings": told["warning"]}
    return {**result, "warnings": [*told["conflict"], *told["warning"]]}


def is_doubtful(entry: Mapping[str, Any]) -> bool:
    """Whether a port of the result is merely a claim that a live installation contradicts."""
    return all(
        want["status"] == "contradicted" and not want["configured"] for want in entry["wanted_by"]
    )


def reservable(ports: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """MailEssentials' own ports of a result, as port_reservation takes them."""
    return [
        {"port": entry["port"], "protocol": entry["protocol"]}
        for entry in ports
        if not is_doubtful(entry) and any(want["kind"] in OWN_KINDS for want in entry["wanted_by"])
    ]
