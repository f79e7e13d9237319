# SPDX-License-Identifier: GPL-3.0-or-later
"""A farm that is not ready is not changed, byte for byte, and the others are. Every server lacks a
rule each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import STRANGER, Site

OURS = "MailOps-ME-Firewall-dns-tcp"


@pytest.fixture
def simulated(site: Site) -> Site:
    if not site.simulated:
        pytest.skip("a Windows server cannot be brought into this situation")
    return site


@pytest.fixture(autouse=True)
def _lacking(site: Site) -> None:
    site.delete(*site.everyone)


def stops(site: Site, said: str, stopped: list[str], beside: Path | None = None) -> None:
    """Plays the playbook: it stops these servers with this sentence, and repairs all others."""
    before = site.rules(stopped)
    played = site.play("site", beside=beside)
    assert not played.ok
    assert site.rules(stopped) == before
    for name in stopped:
        verdict = played.verdict(name)
        assert not verdict["ok"]
        assert any(said in sentence for sentence in verdict["failures"]), verdict["failures"]
        assert (played.on(name).calls, played.on(name).changed) == (["server_info"], False)
        assert [entry.status for entry in played.on(name).entries][-1] == "failed"
    for name in set(site.everyone) - set(stopped):
        assert played.verdict(name)["ok"]
        differs = played.on(name).last("preflight_server")["differs"]
        assert "firewall" in differs
        writes = ["firewall_ruleset"] * len(differs)
        assert played.on(name).calls == ["server_info", *writes, "endpoint_check"]
        assert played.on(name).last("firewall_result")["changed"]


def test_a_policy_that_ignores_local_rules_on_a_slave(simulated: Site) -> None:
    slave = simulated.group("slaves")[0]
    with simulated.happening(slave, "no-merge"):
        stops(simulated, f"{slave}: ", simulated.farm)


def test_a_taken_port(simulated: Site) -> None:
    slave = simulated.group("slaves")[-1]
    with simulated.happening(slave, "listen", "9095", "--program", "C:\\Tools\\relay.exe"):
        stops(simulated, f"{slave}: Port 9095/tcp is used by relay.exe", simulated.farm)


@pytest.fixture
def stranger(site: Site) -> Iterator[str]:
    """A server of the other farm on which somebody else has a rule with an id of ours."""
    name = site.group("verified")[0]
    site.add_stranger(name, OURS)
    yield name
    site.delete_rule(name, OURS, STRANGER)


def test_a_rule_of_somebody_else_with_an_id_of_ours(site: Site, stranger: str) -> None:
    stops(site, f"{stranger}: ", site.group("verified"))


def test_a_member_that_cannot_be_reached(site: Site) -> None:
    slave = site.group("slaves")[0]
    stops(site, f"{slave}: ", site.farm, beside=site.unreachable(slave))
