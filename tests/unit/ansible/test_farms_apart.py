# SPDX-License-Identifier: GPL-3.0-or-later
"""Several farms in one run: what stops one farm leaves its hosts, and the other farms, alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from unit.simulated import (
    ADDRESSES,
    PEERS_IN,
    SITE,
    VERIFY,
    Change,
    change,
    contents,
    failures,
    leave_out,
    one_farm,
    rewrite_inventory,
    rules,
    turn_off,
    turn_on,
    two_farms,
)

from simulator import farm

HINDRANCES: dict[str, tuple[Change, str]] = {
    "ignored": (farm.no_merge, "AllowLocalPolicyMerge=0"),
    "taken": (
        lambda host: farm.listen(host, 9095, program="C:\\Tools\\relay.exe"),
        "Port 9095/tcp is used by relay.exe",
    ),
}


@pytest.mark.parametrize("name", HINDRANCES)
@pytest.mark.large
def test_a_farm_that_is_not_ready_is_left_as_it_is_and_the_others_are_changed(
    tmp_path: Path, name: str
) -> None:
    hinder, words = HINDRANCES[name]
    simulated = two_farms(tmp_path)
    change(simulated, "s1", hinder)
    before = contents(simulated, "m1", "s1")
    run = simulated.play(SITE)
    assert run.code == 2 and "Traceback" not in run.output, run.output
    assert contents(simulated, "m1", "s1") == before
    assert all(rules(simulated, host) for host in ("m2", "s2", "z"))
    stopped = failures(run)
    assert set(stopped) == {"m1", "s1"}
    for sentence in stopped.values():
        assert sentence.startswith("The farm one is not ready. s1: ") and words in sentence
    assert "The farm one is not ready, and is not changed:" in run.output
    assert "The farm two: 2 of 2 servers are not as wanted." in run.output


@pytest.mark.large
def test_any_errors_fatal_in_the_configuration_does_not_join_farms(tmp_path: Path) -> None:
    simulated = two_farms(tmp_path)
    change(simulated, "s1", HINDRANCES["taken"][0])
    before = contents(simulated, "m1", "s1")
    simulated.configure(ANSIBLE_ANY_ERRORS_FATAL="1")
    run = simulated.play(SITE)
    assert run.code == 2 and contents(simulated, "m1", "s1") == before, run.output
    assert all(rules(simulated, host) for host in ("m2", "s2", "z")), run.output


@pytest.mark.large
def test_a_server_that_is_down_stops_its_own_farm_unless_the_inventory_says_so(
    tmp_path: Path,
) -> None:
    simulated = two_farms(tmp_path)
    turn_off(simulated, "s1")
    before = contents(simulated, "m1")
    run = simulated.play(SITE)
    assert run.code == 2 and "Traceback" not in run.output, run.output
    assert contents(simulated, "m1") == before
    assert all(rules(simulated, host) for host in ("m2", "s2", "z"))
    stopped = failures(run)
    assert set(stopped) == {"m1", "s1"}
    assert all("s1: The host cannot be reached" in sentence for sentence in stopped.values())

    absent = ("-e", '{"mailessentials_absent_servers": ["s1"]}')
    told = simulated.play(SITE, *absent)
    assert told.code == 0 and "down for now" in told.output, told.output
    assert f"RA4={ADDRESSES['s1']}|" in rules(simulated, "m1")[PEERS_IN]
    assert not simulated.calls("s1")
    turn_on(simulated, "s1")
    assert not rules(simulated, "s1")


def test_where_no_server_is_reached_the_verdict_is_printed_all_the_same(tmp_path: Path) -> None:
    simulated = one_farm(tmp_path)
    for host in ("m1", "s1"):
        turn_off(simulated, host)
    for playbook in (SITE, VERIFY):
        run = simulated.play(playbook)
        assert run.code == 2 and "Traceback" not in run.output, run.output
        assert set(failures(run)) == {"m1", "s1"}
        if playbook == SITE:
            assert "The farm of m1 is not ready, and is not changed:" in run.output
            assert re.search(r"^  s1 \(slave\) +not read$", run.output, re.MULTILINE), run.output
        else:
            assert "m1, s1: could not be read, see above." in run.output


@pytest.mark.large
@pytest.mark.parametrize("removed", ["s2", "192.0.2.13"])
def test_an_inventory_that_lacks_a_server_shrinks_a_farm_only_when_told_so(
    tmp_path: Path, removed: str
) -> None:
    simulated = one_farm(tmp_path, slaves=("s1", "s2"))
    assert simulated.play(SITE).code == 0
    rewrite_inventory(simulated, leave_out("s2"))
    before = contents(simulated, "m1", "s1")
    run = simulated.play(SITE)
    assert run.code == 2 and contents(simulated, "m1", "s1") == before, run.output
    stopped = failures(run)
    assert set(stopped) == {"m1", "s1"}
    assert "were made for s2 (192.0.2.13) too, which the farm lacks" in stopped["m1"]
    assert "mailessentials_removed_servers" in stopped["m1"]
    # preflight left out stops it all the same
    assert simulated.play(SITE, "--skip-tags", "preflight,verify").code == 2
    assert contents(simulated, "m1", "s1") == before

    shrunk = simulated.play(SITE, "-e", f"mailessentials_removed_servers={removed}")
    assert shrunk.code == 0, shrunk.output
    text = rules(simulated, "m1")[PEERS_IN]
    assert "192.0.2.12" in text and "192.0.2.13" not in text and "s2=" not in text
    # what the rules no longer name needs no input any more
    steady = simulated.play(SITE)
    assert steady.code == 0 and not steady.results(), steady.output


@pytest.mark.large
def test_a_run_on_some_of_the_servers_changes_them_alone(tmp_path: Path) -> None:
    simulated = two_farms(tmp_path)
    for limit, changed in (("m1", ["m1"]), ("s1", ["s1"]), ("farm_two", ["m2", "s2"])):
        others = [host for host in ("m1", "s1", "m2", "s2", "z") if host not in changed]
        before = contents(simulated, *others)
        run = simulated.play(SITE, "--limit", limit)
        assert run.code == 0, run.output
        assert all(rules(simulated, host) for host in changed)
        assert contents(simulated, *others) == before
    whole = simulated.play(SITE)
    assert whole.code == 0, whole.output
    assert {record["host"] for record in whole.records if record["result"].get("changed")} == {"z"}


@pytest.mark.parametrize("limit", [False, True])
def test_a_role_in_a_play_that_is_not_linear_is_refused(tmp_path: Path, limit: bool) -> None:
    """A server alone has nobody to wait for."""
    simulated = two_farms(tmp_path)
    play = {
        "hosts": "z" if limit else "mailessentials_master:mailessentials_slaves",
        "gather_facts": False,
        "strategy": "free",
        "roles": ["mailops.mailessentials.firewall"],
    }
    file = tmp_path / "free.yml"
    file.write_text(yaml.safe_dump([play]), encoding="utf-8")
    before = contents(simulated, *ADDRESSES)
    run = simulated.play(str(file))
    assert run.code == 2 and "Traceback" not in run.output, run.output
    for sentence in failures(run).values():
        assert sentence.startswith("The play has the strategy free, in which the servers of a farm")
    assert contents(simulated, *ADDRESSES) == before


WEB_UI: dict[str, Any] = {
    "mailessentials_web_ui_networks": ["192.0.2.0/24"],
    "mailessentials_web_ui_ports": [443, 8443],
}


@pytest.mark.parametrize(
    "way",
    [
        "site",
        *(pytest.param(way, marks=pytest.mark.large) for way in ("without_preflight", "role")),
    ],
)
def test_a_remoting_port_of_the_host_stays_closed_whatever_is_left_out(
    tmp_path: Path, way: str
) -> None:
    """web.config was moved to 8443, which the inventory calls a port of the web UI."""
    config = tmp_path / "web.config"
    config.write_text(
        "<c><system.runtime.remoting><wellknown "
        'url="tcp://localhost:8443/x"/></system.runtime.remoting></c>',
        encoding="utf-8",
    )
    simulated = two_farms(tmp_path / "farms", own=dict.fromkeys(("m1", "z"), WEB_UI))
    for host in ("m1", "z"):
        change(simulated, host, farm.install, lambda one: farm.web_config(one, str(config)))
    before = contents(simulated, "m1", "s1", "z")
    file = tmp_path / "role.yml"
    play = {
        "hosts": "mailessentials",
        "gather_facts": False,
        "roles": ["mailops.mailessentials.firewall"],
    }
    file.write_text(yaml.safe_dump([play]), encoding="utf-8")
    run = {
        "site": lambda: simulated.play(SITE),
        "without_preflight": lambda: simulated.play(SITE, "--skip-tags", "preflight,verify"),
        "role": lambda: simulated.play(str(file)),
    }[way]()
    assert run.code == 2 and contents(simulated, "m1", "s1", "z") == before, run.output
    stopped = failures(run)
    assert set(stopped) == {"m1", "s1", "z"}
    assert all(
        "8443 is a remoting port of MailEssentials on this server" in sentence
        for sentence in stopped.values()
    )
    assert rules(simulated, "m2")


def test_a_taken_port_is_only_told_where_preflight_is_left_out(tmp_path: Path) -> None:
    hinder, words = HINDRANCES["taken"]
    simulated = one_farm(tmp_path)
    change(simulated, "s1", hinder)
    run = simulated.play(SITE, "--skip-tags", "preflight,verify")
    assert run.code == 0 and f"s1: {words}" in run.output, run.output
    assert rules(simulated, "m1") and rules(simulated, "s1")


def test_what_follows_the_run_gets_the_verdict_without_addresses(tmp_path: Path) -> None:
    simulated = two_farms(tmp_path)
    simulated.configure(ANSIBLE_SHOW_CUSTOM_STATS="true")
    run = simulated.play(SITE, "--check")
    stats = run.output.split("CUSTOM STATS")[1]
    assert run.code == 0 and "mailops_verdict" in stats and "192.0.2." not in stats, run.output
    told = " ".join(stats.split())
    assert '"name": "one", "ready": true, "servers": { "to_change": 2 }' in told, told
