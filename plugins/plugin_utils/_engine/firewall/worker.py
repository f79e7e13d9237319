# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with the worker that reads and writes firewall rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import InputError
from ..worker import StaleError, Worker
from .reading import FirewallReading, decode

# Ansible.Basic writes the arguments of a call to the event log, which takes 32,766 characters
# (EventLogInternal.cs).
_MOST, _LONGEST = 50, 30_000


class FirewallWorker(Worker):
    """The worker that reads and writes firewall rules."""

    MODULE = "mailops.mailessentials.firewall_worker"
    NAME = "firewall"
    KEYS = {
        "operation": str,
        "id": str,
        "status": str,
        "message": str,
        "error_id": str,
        "category": str,
        "milliseconds": int,
    }
    IDENTITY = ("id",)
    PART = "firewall"

    def read(self) -> FirewallReading:
        """The host as it is."""
        return decode(self._ask({}))

    def apply(
        self, operations: Sequence[dict[str, Any]], fingerprint: str = ""
    ) -> tuple[list[dict[str, Any]], FirewallReading]:
        """Do the operations, in calls that Windows can log, and read again. After one that fails no
        further call is made.

        Args:
            operations: what to do with rules.
            fingerprint: of the reading that they were made for; "" is not checked. Each further
                call has that of the reading before it.

        Raises:
            StaleError: the firewall is no longer as that reading has it; this call wrote nothing.
            InputError: as one call does. What earlier calls did stands in the sentence of both.
        """
        outcomes: list[dict[str, Any]] = []
        reading: FirewallReading | None = None
        batches = list(_batches(operations))
        for number, batch in enumerate(batches):
            try:
                if reading and fingerprint:
                    fingerprint = reading.fingerprint
                checked = {"fingerprint": fingerprint} if fingerprint else {}
                answers, reading = self._tell(batch, checked, decode)
            except StaleError as error:
                raise StaleError(error.reading, _in_earlier_calls(outcomes)) from None
            except InputError as error:
                raise InputError("", f"{error.sentence}{_in_earlier_calls(outcomes)}") from None
            outcomes += answers
            if any(answer["status"] != "done" for answer in answers):
                outcomes += [
                    _not_begun(operation) for later in batches[number + 1 :] for operation in later
                ]
                break
        return outcomes, reading or self.read()


def _batches(operations: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """At most _MOST operations or _LONGEST characters of JSON a call; the two halves of a
    replacement stay together.
    """
    batch: list[dict[str, Any]] = []
    length = 0
    for index, operation in enumerate(operations):
        size = len(json.dumps(operation))
        second_half = (
            bool(batch)
            and batch[-1]["operation"] == "remove"
            and batch[-1]["id"] == operation["id"]
        )
        first_half = (
            operation["operation"] == "remove"
            and index + 1 < len(operations)
            and operations[index + 1]["id"] == operation["id"]
        )
        if (
            batch
            and not second_half
            and (len(batch) + first_half >= _MOST or length + size > _LONGEST)
        ):
            yield batch
            batch, length = [], 0
        batch.append(operation)
        length += size
    if batch:
        yield batch


def _not_begun(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of an operation that was not sent any more."""
    texts = dict.fromkeys(("message", "error_id", "category"), "")
    return {
        "operation": operation["operation"],
        "id": operation["id"],
        "status": "not_done",
        **texts,
        "milliseconds": 0,
    }


def _in_earlier_calls(outcomes: Sequence[Mapping[str, Any]]) -> str:
    return f"; {len(outcomes)} operations were done in calls before" if outcomes else ""
