# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fingerprint of the ports of a host: shows whether they changed since a reading."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from .reading import FAMILIES, PROTOCOLS, STORES, HostReading


def host_fingerprint(reading: HostReading, operations: Iterable[Mapping[str, Any]]) -> str:
    """The fingerprint that the host worker compares before it does the operations.

    SHA-256 in small hexadecimal digits of lines with a line feed between them, in UTF-8: what netsh
    printed of each port range ("family|protocol|list|exit code|text"), and then, sorted, each
    socket on a port of an operation ("protocol|address|port|state|process id").

    Args:
        reading: the host with its ports.
        operations: those of the worker, with their protocol and port.

    Returns:
        64 digits, "" for a reading without ports.
    """
    if reading.ports is None:
        return ""
    lines = []
    for family in FAMILIES:
        for protocol in PROTOCOLS:
            for name in (*STORES, "dynamic"):
                text, code = reading.ports.printed[family, protocol, name]
                lines.append(f"{family}|{protocol}|{name}|{code}|{text}")
    wanted = {(operation["protocol"], operation["port"]) for operation in operations}
    lines += sorted(
        {
            f"{row.protocol}|{row.address}|{row.port}|{row.state}|{row.process_id}"
            for row in reading.ports.sockets
            if (row.protocol, row.port) in wanted
        }
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
