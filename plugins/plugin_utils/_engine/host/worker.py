# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls the worker that reads product and ports of a host and reserves ports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..worker import Worker
from .reading import HostReading, decode_host


class HostWorker(Worker):
    """The worker that reads what is on a host, and reserves ports."""

    MODULE = "mailops.mailessentials.host_worker"
    NAME = "host"
    KEYS = {
        "operation": str, "protocol": str, "family": str, "port": int, "status": str,
        "exit_code": (int, type(None)), "output": str,
    }  # fmt: skip
    IDENTITY = ("protocol", "family", "port")
    PART = "host"

    def read(self, *, ports: bool) -> HostReading:
        """Reads the host, with its sockets, processes and exclusions if ports is true."""
        reading = decode_host(self._ask({"ports": ports}))
        if ports and reading.ports is None:  # given, and of the product alone
            reading = decode_host(self._ask({"ports": ports}))
        return reading

    def apply(
        self, operations: Sequence[dict[str, Any]], fingerprint: str = ""
    ) -> tuple[list[dict[str, Any]], HostReading]:
        """Do the operations and read again, with ports.

        Args:
            operations: port exclusions to add or delete.
            fingerprint: of the reading that they were made for (host_fingerprint); "" is not
                checked.

        Raises:
            StaleError: the ports are no longer as that reading has them; nothing was written.
        """
        checked = {"fingerprint": fingerprint} if fingerprint else {}
        return self._tell(operations, {"ports": True, **checked}, decode_host)
