# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with a worker: one call reads, one call writes and reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from .errors import InputError
from .payload import Part

_STATUSES = ("done", "failed", "not_done")
_HINT = "; is it a Windows host, reached by WinRM, PSRP or SSH with a PowerShell shell?"
_STALE = "The host changed after it was read, so nothing was written; run again"
_UNSURE = "; some operations may have been done, and running again does what is missing"


class StaleError(InputError):
    """The host is no longer as the reading has it that the operations were made for, so that the
    call wrote nothing.

    reading: the host as it is, decoded.
    """

    def __init__(self, reading: Any, remark: str = "") -> None:
        super().__init__("", f"{_STALE}{remark}")
        self.reading = reading


class Worker:
    """call: runs the worker with its arguments on the host and returns its raw result. round_trips
    counts the calls. sent, received: the controller's time around the latest, or around the one
    that a reading came from, in seconds since 1970.
    wrote: True as soon as the worker was asked to write, whatever came of it. given: a reading that
    takes the place of the first call. written: what was read instead
    of writing, or after it.

    MODULE: its full name. NAME: what people call it. PART: of a server's reading. KEYS: of an
    outcome, with the type of each. IDENTITY: those that name its object. ANSWER: the key of what
    was read.
    """

    MODULE: ClassVar[str]
    NAME: ClassVar[str]
    KEYS: ClassVar[Mapping[str, type | tuple[type, ...]]]
    IDENTITY: ClassVar[tuple[str, ...]]
    PART: ClassVar[str]
    ANSWER: ClassVar[str] = "reading"

    def __init__(self, call: Callable[[dict[str, Any]], Any]) -> None:
        self._call = call
        self.round_trips = 0
        self.wrote = False
        self.given: Part | None = None
        self.written: Part | None = None
        self.sent = self.received = 0.0

    def _ask(self, arguments: dict[str, Any]) -> Any:
        """The reading, still packed. Raises InputError when the worker did not answer with one."""
        if self.given:
            given, self.given = self.given, None
            self.sent, self.received = given.sent, given.received
            return given.data
        return self._run(arguments, hint=True)["reading"]

    def _tell(
        self,
        operations: Sequence[dict[str, Any]],
        arguments: dict[str, Any],
        unpack: Callable[[Any], Any],
    ) -> tuple[list[dict[str, Any]], Any]:
        """Do the operations and read again: the outcome of each, in order, and the reading.

        Raises InputError when the worker did not answer with both; what was done is not known then.
        Raises StaleError when the host was not as the fingerprint in the arguments says.
        """
        wrote, self.wrote = self.wrote, True
        done = ""
        try:
            result = self._run({**arguments, "operations": list(operations)})
            if result.get("stale") is True:
                self.wrote = wrote
                reading = unpack(result["reading"])
                self.written = Part(result["reading"], self.sent, self.received)
                raise StaleError(reading)
            outcomes = self._outcomes(result)
            done = self._done(outcomes)
            if [self._named(outcome) for outcome in outcomes] != [
                self._named(operation) for operation in operations
            ]:
                raise InputError("", "The worker did not report the result of each operation")
            reading = unpack(result["reading"])
            self.written = Part(result["reading"], self.sent, self.received)
            return outcomes, reading
        except StaleError:
            raise
        except InputError as error:
            raise InputError("", f"{error.sentence}{done}{_UNSURE}") from None

    def _run(self, arguments: dict[str, Any], *, hint: bool = False) -> Mapping[str, Any]:
        self.round_trips += 1
        self.sent = time.time()
        try:
            answer = self._call(arguments)
        finally:
            self.received = time.time()
        result: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
        if result.get("failed") or self.ANSWER not in result:
            raise InputError(
                "",
                f"The {self.NAME} worker failed on the "
                f"host: {self._told(result)}{_HINT if hint and _is_foreign(result) else ''}",
            )
        return result

    def _told(self, result: Mapping[str, Any]) -> str:
        """The first line of what a failed worker said, and what it had done by then."""
        texts = (
            str(result.get(name) or "").strip()
            for name in ("msg", "module_stderr", "module_stdout")
        )
        told = next(filter(None, texts), "it gave no message").splitlines()[0].rstrip(".")
        return f"{told}{self._done(self._outcomes(result))}"

    def _done(self, outcomes: Sequence[Mapping[str, Any]]) -> str:
        done = [
            " ".join(map(str, self._named(entry)))
            for entry in outcomes
            if entry["status"] == "done"
        ]
        return f"; done before: {', '.join(done)}" if done else ""

    def _named(self, entry: Mapping[str, Any]) -> list[Any]:
        """What an operation, or an outcome, is called."""
        return [entry[name] for name in ("operation", *self.IDENTITY)]

    def _outcomes(self, result: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The worker's outcomes; none where they are not what it writes."""
        found = result.get("outcomes")
        return found if isinstance(found, list) and all(map(self._is_outcome, found)) else []

    def _is_outcome(self, entry: Any) -> bool:
        if not isinstance(entry, dict) or not set(entry) >= set(self.KEYS):
            return False
        return (
            all(
                isinstance(entry[name], kind) and not isinstance(entry[name], bool)
                for name, kind in self.KEYS.items()
            )
            and entry["status"] in _STATUSES
        )


def _is_foreign(result: Mapping[str, Any]) -> bool:
    """Whether something else than the worker seems to have answered."""
    return not result.get("msg") or "rc" in result
