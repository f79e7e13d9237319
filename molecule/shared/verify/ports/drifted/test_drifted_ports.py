# SPDX-License-Identifier: GPL-3.0-or-later
"""After somebody deleted a reservation and a run in check mode: that one is named, and it is not
repaired.
"""

from __future__ import annotations

from ports import PortServer, ports_of


def test_the_check_names_the_lost_reservation(machine: PortServer) -> None:
    run = machine.runs[-1]
    (answer,) = machine.written(run)
    assert run.check and run.calls == ["server_info"]
    assert ports_of(answer["plan"]["add"]) == [machine.lost]
    assert (answer["changed"], answer["outcomes"], answer["round_trips"]) == (True, [], 0)


def test_check_mode_repairs_nothing(machine: PortServer) -> None:
    assert set(machine.reservations()) == {
        *machine.expected["reserved"],
        *machine.expected["covered"],
    } - {machine.lost}
