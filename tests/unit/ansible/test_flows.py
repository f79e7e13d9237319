# SPDX-License-Identifier: GPL-3.0-or-later
"""The flows beside the articles, on a simulated farm that lets nothing out by default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit.simulated import SITE, VERIFY, change, install_all, one_farm

from simulator import farm
from simulator.network import disturb
from simulator.play import Farm, Run

FLOWS: dict[str, Any] = {
    "smtp_networks": ["198.51.100.0/24"],
    "smtp_servers": ["192.0.2.71"],
    "smtp_ports": [25, 587],
    "pop3_servers": ["192.0.2.72"],
    "exchange_servers": ["192.0.2.73"],
    "directory_scenario": "active_directory",
    "ldap_servers": ["192.0.2.61", "192.0.2.62"],
    "sql_server": "192.0.2.74",
    "sql_port": 50001,
    "quarantine_server": "s1",
    "multi_server_paths": "star",
}


def blocked(folder: Path, **variables: Any) -> Farm:
    """A master and two slaves that run, and let nothing out that no rule allows."""
    named = {f"mailessentials_{name}": value for name, value in variables.items()}
    simulated = one_farm(folder, slaves=("s1", "s2"), skipped="preflight,verify", **named)
    install_all(simulated, ("m1", "s1", "s2"))
    for host in ("m1", "s1", "s2"):
        change(simulated, host, farm.block_outbound)
    return simulated


def proven(run: Run) -> dict[str, Any]:
    (found,) = (
        one
        for record in run.records
        if record["action"].endswith("farm_proof")
        for one in record["result"]["farms"]
    )
    return dict(found)


@pytest.mark.large
def test_with_all_flows_a_farm_works_that_lets_nothing_else_out(tmp_path: Path) -> None:
    simulated = blocked(tmp_path, **FLOWS)
    made = simulated.play(SITE)
    assert made.code == 0, made.output
    fine = simulated.play(VERIFY)
    assert fine.code == 0 and proven(fine)["ok"], fine.output
    subjects = {one["subject"] for one in proven(fine)["proofs"] if one["host"] == "s2"}
    assert {
        "mail server 192.0.2.71",
        "POP3 server 192.0.2.72",
        "Exchange server 192.0.2.73",
        "domain controller 192.0.2.61",
        "SQL Server 192.0.2.74",
    } <= subjects
    assert "other servers" in fine.output
    paths = {(one["host"], one["peer"]) for one in proven(fine)["proofs"] if one["peer"]}
    assert ("s2", "s1") in paths and ("s1", "s2") in paths

    disturb(simulated.state("m1"), {"silent": ["192.0.2.73:443"], "refused": ["192.0.2.74:50001"]})
    broken = simulated.play(VERIFY)
    assert broken.code == 2
    failures = " ".join(proven(broken)["failures"])
    assert "Exchange server 192.0.2.73 is not reached on TCP 443: it does not answer" in failures
    assert "mailessentials_exchange_servers and mailessentials_exchange_ports" in failures
    assert "SQL Server 192.0.2.74 is not reached on TCP 50001: it refuses" in failures
    assert "mail server" not in failures and "domain controller" not in failures


@pytest.mark.large
def test_what_no_input_asks_for_does_not_leave_the_host(tmp_path: Path) -> None:
    """The rules of an earlier run are those of fewer flows, so the servers are not reached."""
    simulated = blocked(tmp_path)
    assert simulated.play(SITE).code == 0
    given = ("-e", "mailessentials_smtp_servers=192.0.2.71")
    run = simulated.play(VERIFY, *given)
    assert run.code == 2
    failures = " ".join(proven(run)["failures"])
    assert "mail server 192.0.2.71 is not reached on TCP 25: it was not called" in failures, (
        failures
    )
    assert "missing MailOps-ME-Firewall-smtp-out" in failures
