# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that server_info returns in addition to the reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InputError
from ..host.product import describe
from .reading import PARTS, ServerReading


def server_info(reading: ServerReading, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the result of the module server_info, without the saved file. options:
    clock_tolerance, in seconds. A part that cannot be decoded counts as not read.
    """
    errors = dict(reading.errors)
    for name in reading.parts:
        try:
            getattr(reading, name)
        except InputError as error:
            errors[name] = error.sentence
    product = None
    if "host" in reading.parts and "host" not in errors:
        part = reading.part("host")
        product = describe(
            reading.host,
            sent=part.sent,
            received=part.received,
            clock_tolerance=options["clock_tolerance"],
        )
    return {
        "changed": False,
        "reading": reading.to_dict(),
        "read": sorted(name for name in reading.parts if name not in errors),
        "not_read": errors,
        "product": product,
        "as_of": reading.as_of,
    }


def unreadable(server: str, why: str) -> ServerReading:
    """The reading of a server that could not be read. why: a sentence."""
    return ServerReading(server, {}, dict.fromkeys(PARTS, why))
