# SPDX-License-Identifier: GPL-3.0-or-later
"""After converge, check and idempotence with the playbook reserve.yml: done once, and nothing else
was done.
"""

from __future__ import annotations

from ports import PortServer, exclusions, ports_of, rest, statuses


def test_the_first_run_reserves_what_can_be(machine: PortServer) -> None:
    run, expected = machine.runs[0], machine.expected
    (done,) = machine.written(run)
    assert ports_of(done["plan"]["add"]) == expected["reserved"]
    assert ports_of(done["plan"]["conflicts"]) == expected["refused"]
    assert {
        entry["port"]: [entry["first"], entry["last"]] for entry in done["plan"]["reserved"]
    } == expected["covered"]
    assert (done["changed"], done["plan"]["delete"]) == (True, [])
    assert run.calls == ["server_info", "port_reservation"]
    assert {(outcome["operation"], outcome["status"]) for outcome in done["outcomes"]} == {
        ("add", "done")
    }


def test_check_and_the_second_run_find_nothing(machine: PortServer) -> None:
    assert [run.check for run in machine.runs] == [False, True, False]
    for run in machine.runs[1:]:
        assert (machine.written(run), run.calls, run.changed) == ([], ["server_info"], False)
    for run in machine.runs:
        answer = run.last("shared_reservation")
        assert (answer["changed"], answer["round_trips"], answer["outcomes"]) == (False, 0, [])
        assert (answer["plan"]["add"], answer["plan"]["delete"]) == ([], [])
        assert ports_of(answer["plan"]["conflicts"]) == machine.expected["refused"]


def test_the_ports_are_reserved(machine: PortServer) -> None:
    expected = machine.expected
    assert machine.reservations() == {
        **{port: [port, port] for port in expected["reserved"]},
        **expected["covered"],
    }


def test_reserved_ports_are_protected_and_as_free_as_before(machine: PortServer) -> None:
    before = statuses(machine.seen)
    protected = machine.expected["reserved"]
    for run in machine.runs:
        after = statuses(run.last("shared_ports"))
        assert after == {
            port: (status, loose and port not in protected)
            for port, (status, loose) in before.items()
        }


def test_nothing_else_changed(machine: PortServer) -> None:
    if machine.simulated:
        made = [("tcp", port, port, True) for port in machine.expected["reserved"]]
        assert exclusions(machine.state()) == sorted(exclusions(machine.state("start")) + made)
        assert rest(machine.state()) == rest(machine.state("start"))
