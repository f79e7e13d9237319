# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and compares the proxies of a host: from the options of proxy_info to its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .reading import ProxyReading, ProxyWorker
from .wanted import compare, mailessentials_settings, wanted_proxy

_NOT_TAKEN = (
    "Windows accepted the settings, but the settings read afterwards differ from the wanted ones; "
    "check whether a group policy sets the proxy."
)


def proxies(worker: ProxyWorker, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the result of proxy_info. Raises InputError for the first invalid option, before the
    host is called.
    """
    wanted_proxy(options)
    result = found_proxies(worker.read(), options)
    told = [entry["message"] for entry in result["stores"] if entry["status"] == "different"]
    if told and options["on_difference"] == "fail":
        return {**result, "failed": True, "msg": f"{_NOT_TAKEN} {' '.join(told)}"}
    return result


def found_proxies(reading: ProxyReading, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the proxies of a reading. Raises InputError for the first invalid option."""
    wanted = wanted_proxy(options)
    found = compare(reading, options["stores"], wanted)
    by_status = {
        status: [entry["store"] for entry in found if entry["status"] == status]
        for status in ("different", "not_understood")
    }
    return {
        "changed": False,
        "stores": found,
        **by_status,
        "mailessentials": mailessentials_settings(wanted),
        "warnings": [
            entry["message"]
            for entry in found
            if entry["credentials"]
            or (entry["status"] == "not_understood" and entry["store"] in options["stores"])
        ],
    }
