# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests which endpoints a host reaches: from the options of endpoint_check to its result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from .reading import EndpointWorker
from .status import judge_endpoints
from .wanted import wanted_endpoints

_MOST_TOLD = 20


def check(worker: EndpointWorker, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the result of endpoint_check. Raises InputError for the first invalid option, before
    the host is called.
    """
    wanted = wanted_endpoints(options)
    reading = worker.read(wanted)
    found = judge_endpoints(wanted, reading, datetime.now(timezone.utc))
    warnings, conflicts = (
        [status.message for status in found if status.severity == severity]
        for severity in ("warning", "conflict")
    )
    result = {
        "changed": False,
        "endpoints": [status.to_dict() for status in found],
        "unchecked": [dict(one) for one in wanted.unchecked],
        "elapsed_milliseconds": reading.elapsed,
        "dns_servers": list(reading.dns_servers),
    }
    if options["on_failure"] == "ignore":
        return result
    if conflicts and options["on_failure"] == "fail":
        more = len(conflicts) - _MOST_TOLD
        rest = [f"{more} more are in endpoints."] if more > 0 else []
        message = " ".join([*conflicts[:_MOST_TOLD], *rest])
        return {**result, "failed": True, "warnings": warnings, "msg": message}
    return {**result, "warnings": [*conflicts, *warnings]}
