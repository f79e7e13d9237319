# SPDX-License-Identifier: GPL-3.0-or-later
"""After the playbook preflight.yml: what is on every server was seen as it is, in one call, and
nothing was changed.
"""

from __future__ import annotations

import os

import pytest
from ports import OWN, PortServer


@pytest.fixture
def simulated(machine: PortServer) -> PortServer:
    if not machine.simulated:
        pytest.skip("what is on a Windows server is not known beforehand")
    return machine


def test_every_port_is_as_expected(simulated: PortServer) -> None:
    found = {
        entry["port"]: [
            entry["status"],
            entry["severity"],
            entry["dynamic_unprotected"],
            [holder["name"] for holder in entry["holders"]],
        ]
        for entry in simulated.seen["ports"]
    }
    assert found == simulated.expected["ports"]


def test_ours_are_the_ports_of_mailessentials_alone(simulated: PortServer) -> None:
    for entry in simulated.seen["ports"]:
        kinds = {holder["kind"] for holder in entry["holders"]}
        taken = {"other"} if entry["severity"] == "conflict" else {"iis_or_exchange"}
        assert kinds == {"ours": {"ours"}, "taken": taken}.get(entry["status"], set()), entry[
            "port"
        ]
        assert OWN.intersection(want["kind"] for want in entry["wanted_by"]) or entry["port"] in (
            25,
            80,
            443,
        )


def test_the_product_is_as_expected(simulated: PortServer) -> None:
    product = simulated.seen["product"]
    assert {key: product[key] for key in simulated.expected["product"]} == simulated.expected[
        "product"
    ]
    assert (
        sorted(entry["id"] for entry in product["advisories"] if entry["applies"] == "yes")
        == simulated.expected["advisories"]
    )
    assert simulated.seen["source"] == simulated.expected["source"]


def test_the_verdict_names_what_is_found(simulated: PortServer) -> None:
    told, expected = sorted(simulated.told[simulated.name]), sorted(simulated.expected["told"])
    assert len(told) == len(expected), told
    for sentence, start in zip(told, expected, strict=True):
        assert sentence.startswith(start)


def test_the_verdict_is_that_of_the_farm(simulated: PortServer) -> None:
    verdict = simulated.verdict
    servers = set(simulated.scenario["expected"])
    looked_at = set(os.environ.get("MAILOPS_PREFLIGHT_SERVERS", ",".join(servers)).split(","))
    unread = servers - looked_at
    assert set(verdict["members"]) == servers
    assert (verdict["ok"], verdict["failures"], set(verdict["not_read"])) == (True, [], unread)
    assert simulated.look.farms("preflight_result")[0]["out"] == {}
    told = simulated.told
    assert set(told) == {*looked_at, ""}
    versions, upgrade, *more = told[""]
    assert upgrade.startswith("Until the upgrade: The plan opens ")
    assert "different versions: exchange has 21.4.0.0, installed has 21.8.0.0;" in versions
    assert [all(name in sentence for name in unread) for sentence in more] == (
        [True] if unread else []
    )


def test_the_server_can_be_tested(machine: PortServer) -> None:
    assert machine.reservable == machine.own_ports != []


def test_looking_changes_nothing(machine: PortServer) -> None:
    assert (machine.look.calls, machine.look.changed) == (["server_info"], False)
    if machine.simulated:
        assert machine.state() == machine.state("start")
