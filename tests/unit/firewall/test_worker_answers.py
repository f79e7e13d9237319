# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with the worker: what it is asked, and every answer that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from unit.builders import HostWorker, encode, host, refused

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    decode,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.worker import (
    FirewallWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.worker import (
    StaleError,
)

READING = host().encoded_reading()
OUTCOME = {
    "operation": "remove",
    "id": "A",
    "status": "done",
    "message": "",
    "error_id": "",
    "category": "",
    "milliseconds": 3,
}
HINT = "WinRM, PSRP or SSH"
UNSURE = "some operations may have been done, and running again does what is missing"

BAD_ANSWERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a module that failed": (
        {"failed": True, "msg": "The registry key HKLM\\X cannot be read"},
        ["HKLM\\X cannot be read"],
    ),
    "failed, with a reading": (
        {"failed": True, "msg": "no", "reading": READING},
        ["failed on the host: no"],
    ),
    "not PowerShell": (
        {
            "failed": True,
            "rc": 127,
            "module_stderr": "/bin/sh: powershell: not found\n",
            "module_stdout": "",
        },
        ["not found", HINT],
    ),
    "no JSON": (
        {
            "failed": True,
            "msg": "MODULE FAILURE\nSee stdout/stderr",
            "rc": 0,
            "module_stdout": "text",
        },
        ["MODULE FAILURE", HINT],
    ),
    "output alone": (
        {
            "failed": True,
            "module_stdout": "The system cannot find\nthe message",
            "module_stderr": "",
        },
        ["cannot find", HINT],
    ),
    "killed": (
        {"failed": True, "msg": "", "module_stdout": "", "module_stderr": "Killed\n", "rc": 137},
        ["Killed", HINT],
    ),
    "nothing at all": ({}, ["it gave no message", HINT]),
    "blank": ({"failed": True, "msg": " \n "}, ["it gave no message"]),
    "no reading": ({"changed": False, "msg": "hello"}, ["hello"]),
    "an empty reading": ({"reading": ""}, ["holds no reading"]),
    "outcomes that are none": (
        {"failed": True, "msg": "no", "outcomes": ["x"]},
        ["failed on the host: no"],
    ),
    "an outcome of another shape": (
        {"failed": True, "msg": "no", "outcomes": [{"status": "done"}]},
        ["failed on the host: no"],
    ),
    "done before": (
        {"failed": True, "msg": "no.", "outcomes": [OUTCOME, {**OUTCOME, "status": "failed"}]},
        ["host: no; done before: remove A"],
    ),
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
    refused(
        lambda: worker.apply([{"operation": "remove", "id": "A"}]),
        "",
        "damaged",
        "; done before: remove A; some operations may have been done",
    )


BAD_OUTCOMES: dict[str, Any] = {
    "none": None,
    "text": "done",
    "too few": [],
    "too many": [OUTCOME, OUTCOME],
    "not dictionaries": ["done"],
    "a null": [None],
    "a status that is none": [{**OUTCOME, "status": ["done"]}],
    "an id that is a list": [{**OUTCOME, "id": ["A"]}],
    "milliseconds that are true": [{**OUTCOME, "milliseconds": True}],
    "another rule": [{**OUTCOME, "id": "B"}],
    "another operation": [{**OUTCOME, "operation": "add"}],
    "a key missing": [{key: value for key, value in OUTCOME.items() if key != "status"}],
}


@pytest.mark.parametrize("outcomes", BAD_OUTCOMES.values(), ids=BAD_OUTCOMES)
def test_operations_without_outcomes(outcomes: Any) -> None:
    worker = FirewallWorker(lambda _arguments: {"reading": READING, "outcomes": outcomes})
    refused(
        lambda: worker.apply([{"operation": "remove", "id": "A"}]),
        "",
        "did not report the result of each operation",
        UNSURE,
    )
    assert worker.wrote


@pytest.mark.parametrize("answer", [None, "done", 5, [], ["reading"]])
def test_an_answer_that_is_no_result(answer: Any) -> None:
    refused(FirewallWorker(lambda _arguments: answer).read, "", "it gave no message", HINT)


@pytest.mark.parametrize("answer", [{}, *(entry[0] for entry in BAD_ANSWERS.values())])
def test_no_answer_while_writing(answer: dict[str, Any]) -> None:
    """The host answered before, so it is Windows; what became of the operations is not known."""
    worker = FirewallWorker(lambda _arguments: {"outcomes": [OUTCOME], **answer})
    assert HINT not in refused(
        lambda: worker.apply([{"operation": "remove", "id": "A"}]), "", UNSURE
    )
    assert worker.wrote


def test_reading_asks_for_nothing_and_applying_for_the_operations() -> None:
    call = HostWorker(host())
    worker = FirewallWorker(call)
    worker.read()
    assert not worker.wrote
    add = {"operation": "add", "id": "A", "parameters": {"DisplayName": "A"}}
    outcomes, reading = worker.apply([add])
    assert [asked.get("operations") for asked in call.asked] == [None, [add]]
    assert [entry["status"] for entry in outcomes] == ["done"] and [
        rule.id for rule in reading.rules
    ] == ["A"]
    assert worker.round_trips == 2


def rules(count: int, *, length: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "operation": "add",
            "id": f"A{number}",
            "parameters": {"DisplayName": f"A{number}", "Description": "x" * length or "-"},
        }
        for number in range(count)
    ]


def test_more_than_fifty_operations_are_several_calls() -> None:
    call = HostWorker(host())
    worker = FirewallWorker(call)
    outcomes, reading = worker.apply(rules(120))
    assert [len(asked["operations"]) for asked in call.asked] == [50, 50, 20]
    assert [entry["id"] for entry in outcomes] == [f"A{number}" for number in range(120)]
    assert len(reading.rules) == 120 and worker.round_trips == 3


def test_long_rules_are_fewer_a_call() -> None:
    call = HostWorker(host())
    FirewallWorker(call).apply(rules(20, length=8000))
    assert {len(asked["operations"]) for asked in call.asked} <= {2, 3} and len(call.asked) >= 7
    assert max(len(json.dumps(asked)) for asked in call.asked) < 32_766


def test_the_halves_of_a_replacement_are_not_parted() -> None:
    call = HostWorker(host())
    pairs = [
        half for entry in rules(60) for half in ({"operation": "remove", "id": entry["id"]}, entry)
    ]
    FirewallWorker(HostWorker(call.host)).apply(rules(60))
    FirewallWorker(call).apply([rules(61)[60], *pairs])
    assert [len(asked["operations"]) for asked in call.asked] == [49, 50, 22]
    for asked in call.asked[1:]:
        assert asked["operations"][0]["operation"] == "remove"


def test_after_a_failure_no_further_call_is_made() -> None:
    target = host(faults={"fail_at": 60})
    call = HostWorker(target)
    outcomes, reading = FirewallWorker(call).apply(rules(120))
    assert [entry["status"] for entry in outcomes] == ["done"] * 59 + ["failed"] + ["not_done"] * 60
    assert len(call.asked) == 2 and len(reading.rules) == 59
    assert {entry["id"] for entry in outcomes} == {f"A{number}" for number in range(120)}


def test_a_call_that_dies_says_what_the_calls_before_did() -> None:
    call = HostWorker(host(faults={"kill_after": 60}))
    refused(
        lambda: FirewallWorker(call).apply(rules(120)),
        "",
        "Killed",
        UNSURE,
        "; 50 operations were done in calls before",
    )


def stale(call: Callable[[], object]) -> StaleError:
    with pytest.raises(StaleError) as caught:
        call()
    assert "changed after it was read" in caught.value.sentence
    return caught.value


def test_a_write_on_an_old_reading_writes_nothing() -> None:
    target = host()
    worker = FirewallWorker(HostWorker(target))
    fingerprint = worker.read().fingerprint
    target.set_faults(change_before_write={"foreign": ["Somebody"]})
    error = stale(lambda: worker.apply(rules(3), fingerprint))
    assert [rule.id for rule in error.reading.rules] == ["Somebody-Elses-Rule"]
    assert list(target.rules) == ["Somebody-Elses-Rule"] and not worker.wrote
    assert worker.written and decode(worker.written.data) == error.reading
    outcomes, _reading = worker.apply(rules(3), error.reading.fingerprint)
    assert {entry["status"] for entry in outcomes} == {"done"} and worker.wrote


def test_each_call_is_checked_against_the_reading_before_it() -> None:
    target = host()
    call = HostWorker(target)
    worker = FirewallWorker(call)
    first = worker.read().fingerprint
    outcomes, reading = worker.apply(rules(120), first)
    assert len(outcomes) == 120 and len(reading.rules) == 120
    sent = [asked["fingerprint"] for asked in call.asked[1:]]
    assert len(sent) == len(set(sent)) == 3 and sent[0] == first


def test_a_change_between_two_calls_stops_the_second() -> None:
    target = host()
    honest = HostWorker(target)

    def call(arguments: dict[str, Any]) -> dict[str, Any]:
        if len(honest.asked) == 2:
            target.rules["B"] = "v2.26|Action=Block|"
        return honest(arguments)

    worker = FirewallWorker(call)
    fingerprint = worker.read().fingerprint
    error = stale(lambda: worker.apply(rules(120), fingerprint))
    assert error.sentence.endswith("; 50 operations were done in calls before")
    assert worker.wrote and len(target.rules) == 51 == len(error.reading.rules)


def test_a_stale_answer_without_a_reading_is_an_ordinary_error() -> None:
    worker = FirewallWorker(lambda _arguments: {"reading": "x", "stale": True})
    refused(lambda: worker.apply([{"operation": "remove", "id": "A"}], "0" * 64), "", "damaged")
    assert not worker.wrote


def test_a_later_call_needs_the_fingerprint_of_the_reading_before() -> None:
    target = host()
    honest = HostWorker(target)

    def call(arguments: dict[str, Any]) -> dict[str, Any]:
        answer, reading = honest(arguments), target.reading()
        del reading["fingerprint"]
        return {**answer, "reading": encode(reading)}

    worker = FirewallWorker(call)
    fingerprint = target.reading()["fingerprint"]
    refused(
        lambda: worker.apply(rules(60), fingerprint), "", "'fingerprint'", "; done before: add A0"
    )
    assert len(honest.asked) == 1 and len(target.rules) == 50
