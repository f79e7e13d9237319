# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reserves or releases ports: reads the exclusions, plans, writes, and checks the result in a new
reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InputError
from ..host.fingerprint import host_fingerprint
from ..host.reading import HostReading
from ..host.worker import HostWorker
from ..worker import StaleError
from .availability import told
from .reservation import (
    Operation,
    Reservation,
    difference,
    make_reservation,
    next_operations,
    unfinished,
    unread,
)
from .wanted import given_wants

_ATTEMPTS = 2  # to write: by the reading that was given, and by the one that differed from it


def reserve(
    worker: HostWorker, options: Mapping[str, Any], *, check_mode: bool = False, diff: bool = False
) -> dict[str, Any]:
    """Makes the reservations, or returns the plan in check mode.

    options: ports, state, on_conflict as documented for port_reservation. Returns the result of the
    module, with failed and msg if a port cannot be reserved or Windows did not reserve it. Raises
    InputError for invalid options or an unusable answer of the worker.
    """
    given_wants(options["ports"], with_families=False)
    before = reading = worker.read(ports=True)
    for _attempt in range(_ATTEMPTS):
        try:
            return _reserve(worker, options, before, reading, check_mode=check_mode, diff=diff)
        except StaleError as stale:
            reading = stale.reading
    raise InputError(
        "",
        "Something else changed the ports of the host each time before they were reserved; run "
        "again when nothing else changes them",
    )


def _reserve(
    worker: HostWorker,
    options: Mapping[str, Any],
    before: HostReading,
    reading: HostReading,
    *,
    check_mode: bool,
    diff: bool,
) -> dict[str, Any]:
    """Works from a reading. before: the first reading of this run. Raises StaleError if the host
    changed since the reading.
    """
    plan = make_reservation(options["ports"], options["state"], reading)
    conflicts = [told(entry) for entry in plan.conflicts]
    result: dict[str, Any] = {
        "changed": bool(plan.operations),
        "differs": bool(plan.operations),
        "plan": plan.to_dict(),
        "outcomes": [],
        "warnings": [*plan.warnings, *(entry["message"] for entry in plan.skipped)],
    }
    gaps = unread(plan, reading)
    if gaps or (conflicts and options["on_conflict"] == "fail"):
        unknown = f"{'. '.join(gaps)}, so it is not known what is reserved."
        msg = unknown if gaps else " ".join(conflicts)
        changed = worker.wrote and _differ(plan, before, reading)
        head = "" if worker.wrote else "Nothing was changed. "
        return {**result, "changed": changed, "failed": True, "msg": f"{head}{msg}"}
    result["warnings"] += conflicts
    after = reading
    if not check_mode:
        try:
            after = _write(worker, plan, reading, result["outcomes"])
        except StaleError:
            raise
        except InputError as error:
            changed = _changed_after_failure(worker, plan, before)
            return {**result, "changed": changed, "failed": True, "msg": str(error)}
        failures = [
            *(f"{why}." for why in unread(plan, after)),
            *unfinished(plan, after, result["outcomes"]),
        ]
        result["changed"] = _differ(plan, before, after)
        if failures:
            result.update(failed=True, msg=" ".join(failures))
    if diff:
        result["diff"] = difference(plan, before, None if check_mode else after)
    return result


def _write(
    worker: HostWorker, plan: Reservation, before: HostReading, outcomes: list[dict[str, Any]]
) -> HostReading:
    """Does the operations of a plan, and those that each new reading still requires. outcomes: the
    results are added to it.
    """
    tried: set[Operation] = set()
    operations, after = plan.operations, before
    while operations:
        tried.update(operations)
        steps = [operation.to_dict() for operation in operations]
        answers, after = worker.apply(steps, host_fingerprint(after, steps))
        outcomes += answers
        operations = next_operations(plan, after, tried)
    return after


def _differ(plan: Reservation, before: HostReading, after: HostReading) -> bool:
    sides = difference(plan, before, after)
    return sides["before"] != sides["after"]


def _changed_after_failure(worker: HostWorker, plan: Reservation, before: HostReading) -> bool:
    """Whether a worker without a usable answer changed something; True if this cannot be read."""
    try:
        after = worker.read(ports=True)
    except InputError:
        return True
    return bool(unread(plan, after)) or _differ(plan, before, after)
