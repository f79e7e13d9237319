# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a worker's reading travels: base64 of gzip of JSON."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any

from .errors import InputError

_LARGEST = 64 * 1024 * 1024  # bytes; a store of 100,000 firewall rules is about half of it


@dataclass(frozen=True)
class Part:
    """What a worker sent of one subject, packed. sent, received: the controller's time around the
    call, in seconds since 1970.
    """

    data: str
    sent: float
    received: float


def unpack(reply: Any, *schemas: int) -> dict[str, Any]:
    """The worker's reading of one of the schemas. Raises InputError when it cannot be had back."""
    data = _unpack(reply)
    if not isinstance(data, dict) or data.get("schema") not in schemas:
        raise InputError(
            "",
            f"The worker's reading does not follow schema {' or '.join(map(str, schemas))}; "
            "modules and workers are from different versions, reinstall the collection",
        )
    return data


def _unpack(reply: Any) -> Any:
    if not isinstance(reply, str) or not reply:
        raise InputError("", "The worker's answer holds no reading")
    try:
        engine = zlib.decompressobj(wbits=31)
        data = engine.decompress(
            base64.b64decode(reply.encode("ascii", "replace"), validate=True), _LARGEST
        )
        if not engine.eof:
            raise EOFError
        return json.loads(data.decode("utf-8"))
    except (binascii.Error, zlib.error, EOFError):
        raise InputError(
            "",
            "The worker's reading is damaged or was cut off on its way; run again, "
            "and report it if it stays",
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            "", "The worker's reading is not JSON; run again, and report it if it stays"
        ) from None


def malformed(path: str) -> InputError:
    """The error for a reading that is well packed but not as agreed."""
    return InputError(
        "",
        f"The worker's reading has an unexpected '{path}'; modules and workers are from different "
        "versions, reinstall the collection",
    )
