# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with the firewall worker: one call reads, one call writes and reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .errors import InputError
from .reading import Reading, decode

WORKER = "mailops.mailessentials.firewall"
_KEYS = {"operation", "id", "status", "message", "error_id", "category"}


class FirewallWorker:
    """call: runs the worker with its arguments on the host and returns its raw result. round_trips counts the calls."""

    def __init__(self, call: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        self._call = call
        self.round_trips = 0

    def read(self) -> Reading:
        """The host as it is. Raises InputError when the worker did not answer with a reading."""
        return decode(self._run({})["reading"])

    def apply(self, operations: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], Reading]:
        """Do the operations and read again: the outcome of each, in order, and the host as it is then."""
        result = self._run({"operations": list(operations)})
        outcomes = result.get("outcomes")
        if not isinstance(outcomes, list) or len(outcomes) != len(operations) or not all(isinstance(entry, dict) and set(entry) >= _KEYS for entry in outcomes):
            raise InputError("", "The worker did not say what became of each operation; some may have been done, so run again with --check --diff to see")
        return outcomes, decode(result["reading"])

    def _run(self, arguments: dict[str, Any]) -> Mapping[str, Any]:
        self.round_trips += 1
        result = self._call(arguments)
        if result.get("failed") or "reading" not in result:
            texts = (str(result.get(name) or "").strip() for name in ("msg", "module_stderr", "module_stdout"))
            told = next(filter(None, texts), "it gave no message").splitlines()[0].rstrip(".")
            hint = "; is it a Windows host, reached by WinRM, PSRP or SSH with a PowerShell shell?" if not result.get("msg") or "rc" in result else ""
            done = [f"{entry['operation']} {entry['id']}" for entry in result.get("outcomes") or [] if entry.get("status") == "done"]
            before = f"; done before: {', '.join(done)}" if done else ""
            raise InputError("", f"The firewall worker failed on the host: {told}{before}{hint}")
        return result
