# SPDX-License-Identifier: GPL-3.0-or-later
"""A reading of a server: what one call said, handed on, and the newest of several."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from unit.builders import host, refused
from unit.readings import server_reading

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.payload import Part
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.info import (
    server_info,
    unreadable,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.reading import (
    PARTS,
    ServerReading,
    given_reading,
    newest_reading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.worker import (
    SUBJECTS,
    ServerWorker,
)
from simulator.server import observe_server


def made(name: str = "me1", as_of: str = "", errors: Any = None, **times: float) -> dict[str, Any]:
    """times: by part, when it was received."""
    parts = {part: Part(f"{part} at {at}", at - 1, at) for part, at in times.items()}
    return ServerReading(name, parts, errors or {}, as_of).to_dict()


def newest(*values: Mapping[str, Any]) -> ServerReading:
    found = newest_reading(values, "me1")
    assert found
    return found


def test_what_is_handed_on_is_the_same_reading() -> None:
    reading = server_reading(host(), "me1")
    assert given_reading(json.loads(json.dumps(reading.to_dict())), "me1") == reading
    assert set(reading.parts) == set(PARTS)


def test_of_several_readings_the_newest_of_each_part_counts() -> None:
    found = newest(made(host=1, firewall=9), made(host=5, firewall=2, proxy=1), made(host=3))
    assert {name: part.received for name, part in found.parts.items()} == {
        "host": 5,
        "firewall": 9,
        "proxy": 1,
    }


def test_an_error_counts_only_for_a_part_that_nobody_read() -> None:
    errors = {"firewall": "No rules", "proxy": "No proxy"}
    found = newest(made(host=1, errors=errors), made(firewall=2))
    assert found.errors == {"proxy": "No proxy"} and set(found.parts) == {"host", "firewall"}
    refused(lambda: found.part("proxy"), "", "No proxy")


def test_that_a_part_comes_from_a_file_is_kept() -> None:
    assert newest(made(host=1, as_of="then"), made(proxy=2)).as_of == "then"
    assert newest(made(host=1)).as_of == ""


def test_without_readings_there_is_none() -> None:
    assert newest_reading([], "me1") is None


WRONG: dict[str, Any] = {
    "nothing": None,
    "a text": "x",
    "a list": [],
    "no schema": {**made(), "schema": None},
    "another schema": {**made(), "schema": 2},
    "the whole result of server_info": {"reading": made(), "read": []},
    "no parts": {**made(), "parts": None},
    "an unknown part": {**made(), "parts": {"disk": vars(Part("x", 1, 1))}},
    "a part that is a text": {**made(), "parts": {"host": "x"}},
    "a part without a time": {**made(), "parts": {"host": {"data": "x", "sent": 1}}},
    "a time that is a text": {
        **made(),
        "parts": {"host": {"data": "x", "sent": 1, "received": "2"}},
    },
    "a time that is none": {
        **made(),
        "parts": {"host": {"data": "x", "sent": 1, "received": float("nan")}},
    },
    "data that is no text": {**made(), "parts": {"host": {"data": 1, "sent": 1, "received": 2}}},
    "no errors": {**made(), "errors": None},
    "an error that is no text": {**made(), "errors": {"host": 5}},
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_what_is_no_reading_is_refused(value: Any) -> None:
    refused(lambda: given_reading(value, "me1"), "reading", "server_info returns")


def test_a_reading_of_another_server_is_refused() -> None:
    refused(lambda: given_reading(made("me2"), "me1"), "reading", "is of 'me2', not of 'me1'")
    refused(lambda: newest_reading([made(), made("me2")], "me1"), "reading", "is of 'me2'")


def test_a_part_that_nobody_asked_for_is_named() -> None:
    refused(lambda: given_reading(made(host=1), "me1").proxy, "", "me1 has no part 'proxy'")


def test_a_damaged_part_hides_no_other() -> None:
    reading = server_reading(host(), "me1")
    parts = {**reading.parts, "firewall": Part("damaged", 1, 2)}
    found = server_info(ServerReading("me1", parts, {}), {"clock_tolerance": 300})
    assert found["read"] == ["host", "proxy"] and list(found["not_read"]) == ["firewall"]
    assert "damaged" in found["not_read"]["firewall"] and found["product"]["installed"] is False


def test_a_server_that_gave_no_reading_has_no_product() -> None:
    found = server_info(unreadable("me1", "No route."), {"clock_tolerance": 300})
    assert (found["read"], found["product"], found["changed"]) == ([], None, False)
    assert found["not_read"] == dict.fromkeys(PARTS, "No route.")


def test_the_worker_is_asked_once_for_all() -> None:
    target, asked = host(), []

    def call(arguments: dict[str, Any]) -> dict[str, Any]:
        asked.append(arguments)
        return observe_server(target, **arguments)

    reading = ServerWorker(call).read("me1", SUBJECTS)
    assert asked == [{"subjects": list(SUBJECTS)}] and set(reading.parts) == set(PARTS)
    assert reading.firewall.rules == () and reading.part("host").received > 0


@pytest.mark.parametrize(
    "answer",
    [
        {"readings": {"host": 5}},
        {"readings": ["host"]},
        {"readings": {"disk": "x"}},
        {"readings": {}, "errors": {"host": None}},
    ],
)
def test_a_worker_that_does_not_answer_as_agreed_is_refused(answer: dict[str, Any]) -> None:
    refused(
        lambda: ServerWorker(lambda _: answer).read("me1", ["proxy"]), "", "from different versions"
    )


def test_a_worker_that_failed_is_refused() -> None:
    failed = {"failed": True, "msg": "No."}
    refused(
        lambda: ServerWorker(lambda _: failed).read("me1", ["proxy"]), "", "server worker", "No"
    )
