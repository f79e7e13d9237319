# SPDX-License-Identifier: GPL-3.0-or-later
"""After the lost reservation was repaired: it alone was made, and all are there."""

from __future__ import annotations

from ports import PortServer, ports_of


def test_the_run_makes_the_lost_reservation_alone(machine: PortServer) -> None:
    (checked,), (repaired,) = (machine.written(run) for run in machine.runs[-2:])
    assert not machine.runs[-1].check
    assert repaired["plan"] == checked["plan"]
    assert ports_of(repaired["outcomes"]) == [machine.lost]
    assert (repaired["changed"], repaired["round_trips"]) == (True, 1)
    assert machine.runs[-1].calls == ["server_info", "port_reservation"]


def test_the_ports_are_reserved_again(machine: PortServer) -> None:
    expected = machine.expected
    assert machine.reservations() == {
        **{port: [port, port] for port in expected["reserved"]},
        **expected["covered"],
    }
