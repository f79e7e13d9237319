# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations: what is planned, what is refused, how few calls it takes, and that only a list
counts as success.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from unit.builders import encode, refused
from unit.hosts import ATTENDANT, INETINFO, JAVA, printed, raw, reading
from unit.hosts import ports as ports_of

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.fingerprint import (
    host_fingerprint,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    HostReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.worker import (
    HostWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.reservation import (
    Operation,
    Reservation,
    difference,
    make_reservation,
    next_operations,
    unfinished,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.reserve import (
    reserve,
)

LISTEN = 2
ADD4, ADD6 = Operation("add", "tcp", "ipv4", 9095), Operation("add", "tcp", "ipv6", 9095)
DEL4, DEL6 = Operation("delete", "tcp", "ipv4", 9095), Operation("delete", "tcp", "ipv6", 9095)


def host(
    excluded: dict[str, Sequence[str]] | None = None,
    tcp: Sequence[Sequence[Any]] = (),
    **changes: Any,
) -> HostReading:
    return reading(ports=ports_of(tcp=tcp, excluded=excluded), **changes)


def plan(ports: Any = (9095,), state: str = "present", **changes: Any) -> Reservation:
    return make_reservation(list(ports), state, host(**changes))


# (exclusions on the host, operations of present, operations of absent)
LISTS: dict[str, tuple[dict[str, list[str]], list[Operation], list[Operation]]] = {
    "nothing": ({}, [ADD4], []),
    "reserved": ({"": ["9095-9095*"]}, [], [DEL4]),
    "in the active lists only": ({"active": ["9095-9095*"]}, [], [DEL4]),
    "in the persistent lists only": ({"persistent": ["9095-9095*"]}, [], [DEL4]),
    "in one list of each family": (
        {"ipv4 active": ["9095-9095*"], "ipv6 persistent": ["9095-9095*"]},
        [],
        [DEL4],
    ),
    "for IPv4 alone": ({"ipv4": ["9095-9095*"]}, [ADD6], [DEL4]),
    "for IPv6 alone": ({"ipv6": ["9095-9095*"]}, [ADD4], [DEL6]),
    "in a wider range": ({"": ["9000-9999*"]}, [], []),
    "in a wider range and alone": ({"": ["9000-9999*"], "ipv4 active": ["9095-9095*"]}, [], [DEL4]),
    "for UDP": ({"udp": ["9095-9095*"]}, [ADD4], []),
    "the neighbours": ({"": ["9094-9094*", "9096-9096*"]}, [ADD4], []),
    "by Windows": ({"": ["9095-9095"]}, [], []),
    "by Windows, wider": ({"ipv6 active": ["9000-9099"]}, [], []),
}


@pytest.mark.parametrize(("excluded", "add", "delete"), LISTS.values(), ids=LISTS)
def test_operations(
    excluded: dict[str, list[str]], add: list[Operation], delete: list[Operation]
) -> None:
    assert list(plan(excluded=excluded).operations) == add
    assert list(plan(state="absent", excluded=excluded).operations) == delete


def test_the_plan_as_it_is_returned() -> None:
    found = plan(
        [9095, {"port": 53, "protocol": "udp"}, 9000, 80],
        excluded={"tcp active": ["9000-9010*"]},
        tcp=[["0.0.0.0", 80, LISTEN, JAVA]],
    )
    assert found.to_dict() == {
        "add": [
            {"port": 9095, "protocol": "tcp", "family": "ipv4"},
            {"port": 53, "protocol": "udp", "family": "ipv4"},
        ],
        "delete": [],
        "reserved": [
            {
                "port": 9000,
                "protocol": "tcp",
                "family": family,
                "first": 9000,
                "last": 9010,
                "store": "active",
            }
            for family in ("ipv4", "ipv6")
        ],
        "skipped": [],
        "conflicts": [
            {
                "port": 80,
                "protocol": "tcp",
                "message": "Port 80/tcp is used by java.exe (process 200, "
                "C:\\Java\\bin\\java.exe), listening on 0.0.0.0.",
                "advice": "Stop java.exe first: Windows refuses to exclude a port in use.",
            }
        ],
    }
    assert found.operations[0].to_dict() == {
        "operation": "add",
        "protocol": "tcp",
        "family": "ipv4",
        "port": 9095,
    }


# (host, words of the message, words of the advice)
CONFLICTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "foreign listener": (
        {"tcp": [["::", 9095, LISTEN, JAVA]]},
        "used by java.exe",
        "Stop java.exe first",
    ),
    "IIS": (
        {"tcp": [["::", 9095, LISTEN, INETINFO]]},
        "used by inetinfo.exe",
        "Stop inetinfo.exe first",
    ),
    "unknown": (
        {"tcp": [["::", 9095, LISTEN, 4711]]},
        "an unknown program (process 4711",
        "Stop process 4711 first",
    ),
    "passing": (
        {"tcp": [["192.0.2.7", 9095, 5, JAVA]]},
        "a passing connection",
        "Run again in a minute",
    ),
    "ours": (
        {"tcp": [["127.0.0.1", 9095, LISTEN, ATTENDANT]]},
        "used by MailEssentials",
        "Stop the services of MailEssentials",
    ),
    "Hyper-V": (
        {"excluded": {"active": ["9000-9099"]}},
        "in the excluded range 9000-9099",
        "net stop winnat",
    ),
    "Hyper-V, one family": (
        {"excluded": {"ipv6 active": ["9000-9099"], "ipv4": ["9095-9095*"]}},
        "range 9000-9099",
        "net stop winnat",
    ),
}


@pytest.mark.parametrize(("changes", "message", "advice"), CONFLICTS.values(), ids=CONFLICTS)
def test_conflicts(changes: dict[str, Any], message: str, advice: str) -> None:
    found = plan(**changes)
    assert found.operations == () and found.wants == ()
    (conflict,) = found.conflicts
    assert message in conflict["message"] and advice in conflict["advice"]


def test_all_conflicts_are_told_at_once_and_the_others_are_planned() -> None:
    found = plan(
        [9095, 9096, 9097], tcp=[["::", 9095, LISTEN, JAVA], ["::", 9096, LISTEN, ATTENDANT]]
    )
    assert [conflict["port"] for conflict in found.conflicts] == [9095, 9096]
    assert [entry.port for entry in found.operations] == [9097]


def test_who_listens_on_a_reserved_port_does_not_matter() -> None:
    for owner in (JAVA, ATTENDANT):
        assert (
            plan(excluded={"": ["9095-9095*"]}, tcp=[["::", 9095, LISTEN, owner]]).conflicts == ()
        )


def test_a_connection_that_has_ended_is_no_conflict() -> None:
    assert plan(tcp=[["192.0.2.7", 9095, 11, 0]]).operations == (ADD4,)


@pytest.mark.parametrize(
    ("excluded", "words"),
    [
        ({"": ["9000-9999*"]}, ["range 9000-9999, which is left: it is wider than the port."]),
        (
            {"": ["9095-9095"]},
            ["range 9095-9095, which is left: Windows made it, not an administrator."],
        ),
        (
            {"active": ["9000-9099"], "persistent": ["9000-9199*"]},
            ["9000-9199, which is left: it is wider", "9000-9099, which is left: Windows made it"],
        ),
        ({"": ["9095-9095*"]}, []),
        ({}, []),
    ],
)
def test_absent_leaves_what_is_not_ours(excluded: dict[str, list[str]], words: list[str]) -> None:
    left = plan(state="absent", excluded=excluded).skipped
    assert len(left) == len(words)
    assert all(word in entry["message"] for word, entry in zip(words, left, strict=True))


def test_absent_minds_no_listener() -> None:
    found = plan(state="absent", excluded={"": ["9095-9095*"]}, tcp=[["::", 9095, LISTEN, JAVA]])
    assert (found.operations, found.conflicts, found.warnings) == ((DEL4,), (), ())


SHARED, SPLIT = ("ipv4", "ipv6"), ("ipv4",)


@pytest.mark.parametrize(
    ("state", "before", "steps", "rounds"),
    [
        ("present", {}, [{"": ["9095-9095*"]}], 1),
        ("present", {}, [{"ipv4": ["9095-9095*"]}, {"": ["9095-9095*"]}], 2),
        ("absent", {"": ["9095-9095*"]}, [{}], 1),
        ("absent", {"": ["9095-9095*"]}, [{"ipv6": ["9095-9095*"]}, {}], 2),
    ],
    ids=["both at once", "one by one", "both removed at once", "removed one by one"],
)
def test_it_converges_in_three_calls_at_most(
    state: str, before: dict[str, list[str]], steps: list[dict[str, list[str]]], rounds: int
) -> None:
    found = plan(state=state, excluded=before)
    due, tried = found.operations, []
    for done in steps:
        assert due
        tried += due
        due = next_operations(found, host(done), tried)
    assert (due, len(tried)) == ((), rounds)
    assert unfinished(found, host(steps[-1]), []) == ()
    assert make_reservation([9095], state, host(steps[-1])).operations == ()


def outcome(
    operation: Operation, exit_code: int | None, output: str = "", status: str = ""
) -> dict[str, Any]:
    told = status or ("done" if exit_code == 0 else "failed")
    return {**operation.to_dict(), "status": told, "exit_code": exit_code, "output": output}


SHARING = "The process cannot access the file because it is being used by another process.\n"


@pytest.mark.parametrize(
    ("state", "after", "outcomes", "sentences"),
    [
        ("present", {"": ["9095-9095*"]}, [outcome(ADD4, 1, "whatever")], []),
        (
            "present",
            {},
            [outcome(ADD4, 0)],
            [
                "Port 9095/tcp is not excluded for IPv4: netsh reported success, "
                "yet the list does not show it."
            ],
        ),
        (
            "present",
            {},
            [outcome(ADD4, 0, "Ok.\n\n")],
            [
                "Port 9095/tcp is not excluded for IPv4: netsh reported success (Ok), "
                "yet the list does not show it."
            ],
        ),
        (
            "present",
            {},
            [outcome(ADD4, 1, SHARING)],
            [
                "Port 9095/tcp is not excluded for IPv4: netsh failed with exit code "
                f"1: {SHARING.strip()}"
            ],
        ),
        (
            "present",
            {"ipv4": ["9095-9095*"]},
            [outcome(ADD4, 0), outcome(ADD6, 1)],
            [
                "Port 9095/tcp is not excluded for IPv6: netsh failed with exit code 1: "
                "it said nothing."
            ],
        ),
        ("present", {}, [], ["Port 9095/tcp is not excluded for IPv4: nothing was done."]),
        (
            "present",
            {},
            [outcome(ADD4, None, status="not_done")],
            ["Port 9095/tcp is not excluded for IPv4: nothing was done."],
        ),
        (
            "absent",
            {"": ["9095-9095*"]},
            [outcome(DEL4, 1, "Access is denied.")],
            [
                "Port 9095/tcp is still excluded for IPv4: netsh failed with exit code 1: "
                "Access is denied."
            ],
        ),
        (
            "absent",
            {"active": ["9095-9095*"]},
            [outcome(DEL4, 1, "Element not found.")],
            [
                "Port 9095/tcp is still excluded for IPv4: netsh failed with exit code 1: "
                "Element not found. Only the active list has it: "
                "netsh interface ipv4 delete excludedportrange protocol=tcp startport=9095 "
                "numberofports=1 store=active removes it."
            ],
        ),
    ],
)
def test_only_a_list_is_success(
    state: str, after: dict[str, list[str]], outcomes: list[dict[str, Any]], sentences: list[str]
) -> None:
    found = plan(state=state, excluded={"": ["9095-9095*"]} if state == "absent" else {})
    assert list(unfinished(found, host(after), outcomes)) == sentences


def test_what_failed_is_not_tried_again_nor_for_the_other_family() -> None:
    found = plan()
    assert next_operations(found, host(), [ADD4]) == ()
    assert next_operations(found, host({"ipv4": ["9095-9095*"]}), [ADD4]) == (ADD6,)
    assert next_operations(found, host({"ipv4": ["9095-9095*"]}), [ADD4, ADD6]) == ()


def test_the_difference() -> None:
    before = host({"": ["9000-9010*"]})
    found = make_reservation([9095, 9005], "present", before)
    planned = {
        "before": "9095/tcp: not reserved\n9005/tcp: 9000-9010\n",
        "after": "9095/tcp: 9095-9095\n9005/tcp: 9000-9010\n",
    }
    assert difference(found, before) == planned
    assert difference(found, before, host({"": ["9000-9010*", "9095-9095*"]})) == planned
    assert difference(found, before, before)["after"] == planned["before"]
    assert (
        difference(found, before, host({"": ["9000-9010*"], "ipv4": ["9095-9095*"]}))["after"]
        == "9095/tcp: 9095-9095 (IPv4 only)\n9005/tcp: 9000-9010\n"
    )
    gone = make_reservation([9095], "absent", host({"": ["9095-9095*"]}))
    assert difference(gone, host({"": ["9095-9095*"]})) == {
        "before": "9095/tcp: 9095-9095\n",
        "after": "9095/tcp: not reserved\n",
    }


@pytest.mark.parametrize(
    ("windows", "noted"),
    [
        ("6.1.7601", True),
        ("6.2.9200", True),
        ("6.3.9600", True),
        ("10.0.14393", False),
        ("", False),
        ("6.10.1", False),
    ],
)
def test_the_vendors_note(windows: str, noted: bool) -> None:
    warnings = plan(windows=windows).warnings
    assert bool(warnings) == noted
    assert all(
        "3039044" in entry and ("2665809" in entry) == (windows == "6.1.7601") for entry in warnings
    )
    assert plan(windows=windows, excluded={"": ["9095-9095*"]}).warnings == ()


@pytest.mark.parametrize(
    ("ports", "state", "field", "words"),
    [
        ([], "present", "ports", "empty list"),
        (None, "present", "ports", "not a list"),
        ([0], "absent", "ports[0]", "1 to 65535"),
        (["9095-9096"], "present", "ports[0]", "is a range"),
        ([9095, 9095], "present", "ports[1]", "ports[0] already"),
        ([{"port": 9095, "protocol": "icmp"}], "present", "ports[0].protocol", "tcp, udp"),
        (
            [{"port": 9095, "families": ["ipv4"]}],
            "present",
            "ports[0].families",
            "use one of port, protocol",
        ),
        ([9095], "there", "state", "'there'"),
        ([9095], None, "state", "present, absent"),
    ],
)
def test_what_nobody_can_mean(ports: Any, state: Any, field: str, words: str) -> None:
    refused(lambda: make_reservation(ports, state, host()), field, words)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_reading_without_ports_is_refused(state: str) -> None:
    refused(lambda: make_reservation([9095], state, reading(ports=None)), "", "holds no ports")


def failing(place: str, protocol: str) -> HostWorker:
    """A worker on a host where one list of netsh cannot be read; it keeps what it was asked."""
    listing = ports_of()
    store = listing["netsh"][place]["ipv6"][protocol]
    (store["active"] if place == "excluded" else store).update(
        printed("The RPC server is unavailable.", 1)
    )
    asked: list[dict[str, Any]] = []

    def call(arguments: dict[str, Any]) -> dict[str, Any]:
        asked.append(arguments)
        return {"reading": encode(raw(ports=listing)), "outcomes": [outcome(ADD4, 1)]}

    worker = HostWorker(call)
    worker.asked = asked  # type: ignore[attr-defined]
    return worker


@pytest.mark.parametrize("place", ["excluded", "dynamic"])
def test_nothing_is_written_where_a_list_could_not_be_read(place: str) -> None:
    options = {"ports": [9095], "state": "present", "on_conflict": "fail"}
    worker = failing(place, "tcp")
    result = reserve(worker, options)
    assert (result["failed"], result["changed"]) == (True, False)
    assert (
        result["msg"].startswith("Nothing was changed. netsh failed to list ipv6 tcp")
        and "(exit code 1): The RPC server is unavailable" in result["msg"]
    )
    assert worker.asked == [{"ports": True}]  # type: ignore[attr-defined]


def test_a_list_of_the_other_protocol_does_not_count() -> None:
    worker = failing("excluded", "udp")
    result = reserve(worker, {"ports": [9095], "state": "present", "on_conflict": "fail"})
    assert result["msg"].startswith("Port 9095/tcp is not excluded")
    assert len(worker.asked) == 2  # type: ignore[attr-defined]


def test_a_port_with_a_bound_socket_is_not_reserved_and_nobody_is_to_be_stopped_first() -> None:
    (conflict,) = plan(tcp=[["0.0.0.0", 9095, 100, JAVA]]).conflicts
    assert conflict["advice"].startswith("Run again first")
    (conflict,) = plan(tcp=[["0.0.0.0", 9095, 100, JAVA], ["192.0.2.1", 9095, 5, JAVA]]).conflicts
    assert conflict["advice"].startswith("Run again in a minute")


class TestStale:
    """Somebody takes or gives back ports between the reading and the write."""

    OPTIONS: dict[str, Any] = {"ports": [9095], "state": "present", "on_conflict": "fail"}
    RESERVED: dict[str, Sequence[str]] = {"": ["9095-9095*"]}

    def worker(self, *answers: dict[str, Any]) -> HostWorker:
        """Answers in turn: arguments of ports_of(), and stale."""
        asked: list[dict[str, Any]] = []
        left = list(answers)

        def call(arguments: dict[str, Any]) -> dict[str, Any]:
            asked.append(arguments)
            answer = left.pop(0)
            stale = answer.pop("stale", False)
            outcomes = [
                {
                    **operation,
                    "status": "not_done" if stale else "done",
                    "exit_code": 0,
                    "output": "",
                }
                for operation in arguments.get("operations", [])
            ]
            reading = encode(raw(ports=ports_of(**answer)))
            return {"reading": reading, "outcomes": outcomes, "stale": stale}

        worker = HostWorker(call)
        worker.asked = asked  # type: ignore[attr-defined]
        return worker

    def test_the_plan_is_made_again_by_what_was_read_then(self) -> None:
        others = {"": ["9000-9000*"]}
        reserved = {"": ["9000-9000*", "9095-9095*"]}
        worker = self.worker({}, {"excluded": others, "stale": True}, {"excluded": reserved})
        result = reserve(worker, self.OPTIONS)
        assert (result.get("failed"), result["changed"]) == (None, True)
        assert [entry["status"] for entry in result["outcomes"]] == ["done"]
        prints = [entry.get("fingerprint") for entry in worker.asked]  # type: ignore[attr-defined]
        assert prints[0] is None and None not in prints[1:] and prints[1] != prints[2]

    def test_the_second_call_is_for_the_reading_of_the_first_one(self) -> None:
        half: dict[str, Sequence[str]] = {"ipv4": ["9095-9095*"]}
        worker = self.worker({}, {"excluded": half}, {"excluded": self.RESERVED})
        assert not reserve(worker, self.OPTIONS).get("failed")
        sent = [entry.get("fingerprint") for entry in worker.asked]  # type: ignore[attr-defined]
        assert sent[1:] == [
            host_fingerprint(host(), [ADD4.to_dict()]),
            host_fingerprint(host(half), [ADD6.to_dict()]),
        ]

    def test_a_port_that_somebody_reserved_already_is_not_reserved_again(self) -> None:
        worker = self.worker({}, {"excluded": self.RESERVED, "stale": True})
        result = reserve(worker, self.OPTIONS)
        assert (result.get("failed"), result["outcomes"]) == (None, [])

    def test_a_port_that_was_taken_meanwhile_is_a_conflict(self) -> None:
        worker = self.worker({}, {"tcp": [["0.0.0.0", 9095, LISTEN, JAVA]], "stale": True})
        result = reserve(worker, self.OPTIONS)
        assert (result["failed"], result["changed"]) == (True, False)
        assert result["msg"].startswith("Nothing was changed. Port 9095/tcp is used by java.exe")

    def test_a_host_that_changes_each_time_is_left(self) -> None:
        worker = self.worker({}, {"stale": True}, {"stale": True})
        refused(lambda: reserve(worker, self.OPTIONS), "", "each time before", "run again")
        assert len(worker.asked) == 3  # type: ignore[attr-defined]
