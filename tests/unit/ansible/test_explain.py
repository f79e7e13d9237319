# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewalls of farms do with connections: asked through the playbook and the module."""

from __future__ import annotations

from pathlib import Path

from unit.builders import text
from unit.simulated import CAPTURE, SITE, calls, change, contents, failures, one_farm

from simulator.host import SimulatedHost

EXPLAIN = "mailops.mailessentials.explain"
HOSTS = ["m1", "s1"]
FLOW = ("-e", "mailessentials_flow='tcp 9095 from 192.0.2.12, tcp 9999 from 192.0.2.12'")


def deny(host: SimulatedHost) -> None:
    host.stores["gpo"]["rules"]["{A1}"] = text(
        "Protocol=6", "LPort=9095", action="Block", name="Deny 9095", group=""
    )


def test_a_policy_that_blocks_a_port_is_named_before_and_after(tmp_path: Path) -> None:
    simulated = one_farm(tmp_path / "farm", slaves=("s1",))
    assert simulated.play(SITE).code == 0
    whole = simulated.play(EXPLAIN)
    assert (
        whole.code == 0
        and "blocked"
        not in whole.output.split("PLAY RECAP")[0].partition("allowed  blocked  unknown")[2]
    ), whole.output
    change(simulated, "m1", deny)
    before, count = contents(simulated, *HOSTS), calls(simulated, HOSTS)
    stopped = simulated.play(SITE)
    assert stopped.code == 2 and contents(simulated, *HOSTS) == before
    assert "the rule 'Deny 9095' ({A1}) of group policy blocks it" in failures(stopped)["m1"]
    asked = simulated.play(EXPLAIN, *FLOW)
    assert asked.code == 0 and contents(simulated, *HOSTS) == before
    assert {host: calls(simulated, HOSTS)[host] - count[host] for host in HOSTS} == {
        "m1": 2,
        "s1": 2,
    }
    assert (
        "m1: TCP 9095 from 192.0.2.12: blocked in the domain profile (certain). It is blocked by "
        "the rule 'Deny 9095' ({A1}) of group policy; a block rule overrides every allow rule."
    ) in asked.output, asked.output
    assert "TCP 9999 from 192.0.2.12: blocked in the domain profile (certain). No rule" in (
        asked.output
    )


def test_saved_readings_call_nobody_and_a_bad_question_stops_before_any_call(
    tmp_path: Path,
) -> None:
    simulated, folder = one_farm(tmp_path / "farm", slaves=("s1",)), tmp_path / "captures"
    captures = ("-e", f"mailessentials_captures={folder}")
    assert simulated.play(CAPTURE, *captures).code == 0
    count = calls(simulated, HOSTS)
    asked = simulated.play(EXPLAIN, *FLOW, *captures)
    assert asked.code == 0 and "TCP 9999 from 192.0.2.12: blocked" in asked.output, asked.output
    assert (
        asked.output.count("Assumed for all answers: no dynamic rule applies (they are not read); ")
        == 1
    )
    wrong = simulated.play(EXPLAIN, "-e", "mailessentials_flow='tcp 90950 from x'")
    assert wrong.code == 2 and "mailessentials_flow[0]" in wrong.output, wrong.output
    assert "Traceback" not in wrong.output and calls(simulated, HOSTS) == count
