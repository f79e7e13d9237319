# SPDX-License-Identifier: GPL-3.0-or-later
"""After the ports were given back: no reservation of ours is left, those of others are, and the
server is what it was.
"""

from __future__ import annotations

from ports import PortServer, exclusions, ports_of, rest, statuses


def test_ours_were_given_back_and_nothing_else(machine: PortServer) -> None:
    run = machine.runs[-1]
    (answer,) = machine.written(run)
    assert ports_of(answer["plan"]["delete"]) == machine.expected["reserved"]
    assert {(outcome["operation"], outcome["status"]) for outcome in answer["outcomes"]} == {
        ("delete", "done")
    }
    assert (answer["changed"], answer["plan"]["add"]) == (True, [])
    assert run.calls == ["server_info", "port_reservation"]


def test_wider_reservations_are_left_and_told(machine: PortServer) -> None:
    told = {
        entry["port"]: entry["message"]
        for entry in machine.written(machine.runs[-1])[0]["plan"]["skipped"]
    }
    for port, (first, last) in machine.expected["covered"].items():
        assert f"{first}-{last}" in told[port] and "wider" in told[port]
    assert machine.reservations() == machine.expected["covered"]


def test_the_ports_are_what_they_were(machine: PortServer) -> None:
    assert statuses(machine.runs[-1].last("shared_ports")) == statuses(machine.seen)
    if machine.simulated:
        assert exclusions(machine.state()) == exclusions(machine.state("start"))
        assert rest(machine.state()) == rest(machine.state("start"))
