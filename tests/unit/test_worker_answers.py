# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with the worker: what it is asked, and every answer that is none."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import HostWorker, host, refused

from ansible_collections.mailops.mailessentials.plugins.plugin_utils.worker import FirewallWorker

READING = host().encoded_reading()
OUTCOME = {"operation": "remove", "id": "A", "status": "done", "message": "", "error_id": "", "category": ""}
HINT = "WinRM, PSRP or SSH"
UNSURE = "some operations may have been done, and running again does what is missing"

BAD_ANSWERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a module that failed": ({"failed": True, "msg": "The registry key HKLM\\X cannot be read"}, ["HKLM\\X cannot be read"]),
    "failed, with a reading": ({"failed": True, "msg": "no", "reading": READING}, ["failed on the host: no"]),
    "not PowerShell": ({"failed": True, "rc": 127, "module_stderr": "/bin/sh: powershell: not found\n", "module_stdout": ""}, ["not found", HINT]),
    "no JSON": ({"failed": True, "msg": "MODULE FAILURE\nSee stdout/stderr", "rc": 0, "module_stdout": "text"}, ["MODULE FAILURE", HINT]),
    "output alone": ({"failed": True, "module_stdout": "The system cannot find\nthe message", "module_stderr": ""}, ["cannot find", HINT]),
    "killed": ({"failed": True, "msg": "", "module_stdout": "", "module_stderr": "Killed\n", "rc": 137}, ["Killed", HINT]),
    "nothing at all": ({}, ["it gave no message", HINT]),
    "blank": ({"failed": True, "msg": " \n "}, ["it gave no message"]),
    "no reading": ({"changed": False, "msg": "hello"}, ["hello"]),
    "an empty reading": ({"reading": ""}, ["holds no reading"]),
    "outcomes that are none": ({"failed": True, "msg": "no", "outcomes": ["x"]}, ["failed on the host: no"]),
    "an outcome of another shape": ({"failed": True, "msg": "no", "outcomes": [{"status": "done"}]}, ["failed on the host: no"]),
    "done before": ({"failed": True, "msg": "no.", "outcomes": [OUTCOME, {**OUTCOME, "status": "failed"}]}, ["host: no; done before: remove A"]),
    "a message that is none": ({"failed": True, "msg": ["no"]}, ["['no']"]),
    "a reading that is none": ({"reading": "x"}, ["damaged"]),
}


@pytest.mark.parametrize(("answer", "words"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_no_answer(answer: dict[str, Any], words: list[str]) -> None:
    worker = FirewallWorker(lambda _arguments: answer)
    refused(worker.read, "", *words)
    assert worker.round_trips == 1


def test_what_was_done_is_told_though_the_reading_is_damaged() -> None:
    worker = FirewallWorker(lambda _arguments: {"reading": "x", "outcomes": [OUTCOME]})
    refused(lambda: worker.apply([{"operation": "remove", "id": "A"}]), "", "damaged", "; done before: remove A; some operations may have been done")


BAD_OUTCOMES: dict[str, Any] = {
    "none": None,
    "text": "done",
    "too few": [],
    "too many": [OUTCOME, OUTCOME],
    "not dictionaries": ["done"],
    "a null": [None],
    "a status that is none": [{**OUTCOME, "status": ["done"]}],
    "a key missing": [{key: value for key, value in OUTCOME.items() if key != "status"}],
}


@pytest.mark.parametrize("outcomes", BAD_OUTCOMES.values(), ids=BAD_OUTCOMES)
def test_operations_without_outcomes(outcomes: Any) -> None:
    worker = FirewallWorker(lambda _arguments: {"reading": READING, "outcomes": outcomes})
    refused(lambda: worker.apply([{"operation": "remove", "id": "A"}]), "", "did not say what became of each operation", UNSURE)
    assert worker.wrote


@pytest.mark.parametrize("answer", [None, "done", 5, [], ["reading"]])
def test_an_answer_that_is_no_result(answer: Any) -> None:
    refused(FirewallWorker(lambda _arguments: answer).read, "", "it gave no message", HINT)


@pytest.mark.parametrize("answer", [{}, *(entry[0] for entry in BAD_ANSWERS.values())])
def test_no_answer_while_writing(answer: dict[str, Any]) -> None:
    """The host answered before, so it is Windows; what became of the operations is not known."""
    worker = FirewallWorker(lambda _arguments: {"outcomes": [OUTCOME], **answer})
    assert HINT not in refused(lambda: worker.apply([{"operation": "remove", "id": "A"}]), "", UNSURE)
    assert worker.wrote


def test_reading_asks_for_nothing_and_applying_for_the_operations() -> None:
    call = HostWorker(host())
    worker = FirewallWorker(call)
    worker.read()
    assert not worker.wrote
    outcomes, reading = worker.apply([{"operation": "add", "id": "A", "display_name": "A"}])
    assert call.asked == [{}, {"operations": [{"operation": "add", "id": "A", "display_name": "A"}]}]
    assert [entry["status"] for entry in outcomes] == ["done"] and [rule.id for rule in reading.rules] == ["A"]
    assert worker.round_trips == 2
