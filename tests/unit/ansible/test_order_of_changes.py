# SPDX-License-Identifier: GPL-3.0-or-later
"""What site does, and when: as few calls as there are, more is admitted before less is, and what
others do at the same time.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from unit.simulated import (
    PEERS_IN,
    SITE,
    VERIFY,
    calls,
    change,
    contents,
    failures,
    install_all,
    leave_out,
    one_farm,
    rewrite_inventory,
    rules,
    two_farms,
)

from simulator import farm
from simulator.host import SimulatedHost
from simulator.play import Farm, Run

OLD, NEW = "192.0.2.12", "192.0.2.99"
MESH = {"mailessentials_multi_server_paths": "mesh"}


@pytest.mark.large
def test_a_server_is_called_once_to_read_and_once_to_prove(tmp_path: Path) -> None:
    simulated = two_farms(tmp_path, skipped="")
    hosts = ["m1", "s1", "m2", "s2", "z"]
    install_all(simulated, hosts)
    counts = [calls(simulated, hosts)]
    for playbook in (SITE, SITE, VERIFY):
        run = simulated.play(playbook)
        assert run.code == 0, run.output
        counts.append(calls(simulated, hosts))
    first, steady, verified = (
        {host: after[host] - before[host] for host in hosts} for before, after in pairwise(counts)
    )
    # one more for each rule set that is made: z has none between servers
    assert first == {"m1": 4, "s1": 4, "m2": 4, "s2": 4, "z": 3}
    assert steady == verified == dict.fromkeys(hosts, 2)


def move(everything: dict[str, Any]) -> None:
    everything["hosts"]["s1"]["mailessentials_address"] = [NEW]


def admitted(run: Run, host: str) -> list[set[str]]:
    """Which of the two addresses of s1 the rule of a host admitted, after each task in order."""
    return [
        {OLD, NEW} & set(rule["remote_addresses"])
        for result in run.results(host)
        for rule in result["rules"]
        if rule["id"] == PEERS_IN
    ]


def moved(folder: Path) -> Farm:
    """A farm that was made, whose slave s1 then got another address."""
    simulated = one_farm(folder, slaves=("s1", "s2"), **MESH)
    assert simulated.play(SITE).code == 0
    rewrite_inventory(simulated, move)
    return simulated


@pytest.mark.large
def test_a_slave_with_a_new_address_is_never_shut_out(tmp_path: Path) -> None:
    """All servers admit both addresses before one of them closes the old one."""
    simulated = moved(tmp_path)
    run = simulated.play(SITE)
    assert run.code == 0, run.output
    for host in ("m1", "s2"):
        assert admitted(run, host) == [{OLD, NEW}, {NEW}]
    both = [
        (record["host"], OLD in str(record["result"]["rules"]))
        for record in run.records
        if record["action"].endswith("firewall_ruleset") and record["host"] != "s1"
    ]
    assert [wide for _host, wide in both] == [True, True, False, False]
    steady = simulated.play(SITE)
    assert steady.code == 0 and not steady.results(), steady.output


@pytest.mark.large
@pytest.mark.parametrize(
    "serial",
    [pytest.param((), id="all"), pytest.param(("-e", "mailessentials_serial=1"), id="serial")],
)
def test_a_server_that_is_lost_on_the_way_keeps_its_farm_open(
    tmp_path: Path, serial: tuple[str, ...]
) -> None:
    simulated = moved(tmp_path)
    change(simulated, "s2", lambda host: host.set_faults(kill_after=1))
    run = simulated.play(SITE, *serial)
    assert run.code == 2 and "Traceback" not in run.output, run.output
    assert admitted(run, "m1") == [{OLD, NEW}]
    assert all(f"RA4={address}|" in rules(simulated, "m1")[PEERS_IN] for address in (OLD, NEW))
    # a batch of which nothing is left ends the whole run
    if not serial:
        assert "nothing more is changed on its farm" in failures(run)["m1"]
    change(simulated, "s2", SimulatedHost.set_faults)
    assert simulated.play(SITE).code == 0
    for host in ("m1", "s2"):
        assert OLD not in rules(simulated, host)[PEERS_IN]
    steady = simulated.play(SITE)
    assert steady.code == 0 and not steady.results(), steady.output


def test_rules_that_change_after_they_were_read_are_judged_once_more(tmp_path: Path) -> None:
    simulated = one_farm(tmp_path)
    assert simulated.play(SITE).code == 0
    made = {host: rules(simulated, host) for host in ("m1", "s1")}
    change(simulated, "s1", lambda host: farm.delete(host, PEERS_IN))
    others = {"change_before_write": {"disable": ["MailOps-ME-MultiServer-multi-server-out"]}}
    change(simulated, "s1", lambda host: host.set_faults(**others))
    run = simulated.play(SITE)
    assert run.code == 0, run.output
    (result,) = run.results("s1")
    assert (result["round_trips"], result["changed"]) == (2, True)
    assert {entry["id"] for entry in result["outcomes"]} == {
        PEERS_IN,
        "MailOps-ME-MultiServer-multi-server-out",
    }
    assert {host: rules(simulated, host) for host in made} == made


def test_a_host_that_is_no_longer_ready_when_it_is_written_stops(tmp_path: Path) -> None:
    simulated = one_farm(tmp_path)
    others = {"change_before_write": {"no-merge": []}}
    change(simulated, "s1", lambda host: host.set_faults(**others))
    run = simulated.play(SITE)
    assert run.code == 2 and not rules(simulated, "s1"), run.output
    (result,) = run.results("s1")
    assert result["msg"].startswith("Nothing was changed. ") and not result["changed"]
    assert "AllowLocalPolicyMerge=0" in result["msg"]
    assert result["round_trips"] == 1


@pytest.mark.large
def test_a_port_that_is_taken_after_it_was_read_is_not_reserved(tmp_path: Path) -> None:
    """site goes on without it, as where it was taken before."""
    simulated = one_farm(tmp_path, mailessentials_reserve_ports=True)
    others = {"change_before_write": {"listen": [9095]}}
    change(simulated, "s1", lambda host: host.set_faults(**others))
    run = simulated.play(SITE)
    assert run.code == 0, run.output
    (result,) = run.results("s1", "mailops.mailessentials.port_reservation")
    assert any("Port 9095/tcp is used by listener.exe" in text for text in result["warnings"])
    reserved = {
        row["first"]
        for row in SimulatedHost.load(simulated.state("s1")).machine.exclusions
        if row["administered"]
    }
    assert 9096 in reserved and 9095 not in reserved


def test_drift_fails_a_check_where_the_inventory_wants_that(tmp_path: Path) -> None:
    simulated = one_farm(tmp_path)
    given = ("-e", "mailessentials_on_drift=fail")
    assert simulated.play(SITE, *given).code == 0  # only a check fails
    assert simulated.play(SITE, "--check", *given).code == 0
    change(simulated, "s1", lambda host: farm.delete(host, PEERS_IN))
    before = contents(simulated, "m1", "s1")
    told = simulated.play(SITE, "--check", *given)
    assert told.code == 2, told.output
    assert failures(told) == {
        "s1": "The server is not as wanted (firewall rules of the farm), and "
        "mailessentials_on_drift is fail"
    }
    assert simulated.play(SITE, "--check").code == 0
    assert contents(simulated, "m1", "s1") == before


@pytest.mark.large
def test_a_server_that_is_added(tmp_path: Path) -> None:
    """Its peers admit it, it gets rules of its own, and nothing is closed."""
    simulated = one_farm(tmp_path, slaves=("s1", "s2"), **MESH)
    whole = simulated.inventory.read_text(encoding="utf-8")
    rewrite_inventory(simulated, leave_out("s2"))
    assert simulated.play(SITE).code == 0
    assert not rules(simulated, "s2") and "192.0.2.13" not in rules(simulated, "m1")[PEERS_IN]
    simulated.inventory.write_text(whole, encoding="utf-8")
    run = simulated.play(SITE)
    assert run.code == 0, run.output
    for host, others in (("m1", ("12", "13")), ("s1", ("11", "13")), ("s2", ("11", "12"))):
        for other in others:
            assert f"192.0.2.{other}" in rules(simulated, host)[PEERS_IN]
    assert not any(result["plan"]["remove"] for result in run.results())
