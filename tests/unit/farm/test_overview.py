# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict as people read it, to the letter."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from unit.builders import stored, wanted
from unit.readings import port, rule_set, server_state

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.overview import (
    verdict_lines,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verdict import (
    Intent,
    judge_farms,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    Change,
    Difference,
    Plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.reservation import (
    Reservation,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    RuleSetState,
    ServerState,
)

RULE, OTHER = wanted(), stored(rule_id="Example-Old")
WIDER = (Difference("remote_addresses", [], [f"192.0.2.{last}" for last in range(12, 17)]),)
CHANGES = Plan(add=(RULE, RULE), change=(Change(RULE, OTHER, WIDER, False),), remove=(OTHER,))
WANTED = {"firewall": rule_set(), "multi_server": rule_set()}
ABSENT = {"state": "not_installed", "installed": False, "version": "", "catalog_version": ""}


def lines(
    roles: dict[str, str],
    *states: ServerState,
    name: str = "mail",
    absent: Collection[str] = (),
    reserve: bool = False,
) -> list[str]:
    """roles: of all servers, every one of which is in the run."""
    server: dict[str, Any] = {
        "version": {"given": "latest", "name": "21"},
        "server_role": "slave",
        "settings": {"fail_on": ["conflict"], "reserve_ports": reserve, "on_drift": "report"},
        "rule_sets": {},
        "peers": [],
        "ports": {"features": [], "moved_ports": {}},
    }
    farm = {"name": name, "members": list(roles), "absent": list(absent), "removed": []}
    found = judge_farms(
        {"farms": [farm], "servers": dict.fromkeys(roles, server)},
        {state.name: state for state in states},
        list(roles),
        Intent(),
    )
    return list(verdict_lines(found, roles))


def test_a_farm_that_is_ready() -> None:
    roles = {"me1": "master", "me2": "slave", "me3": "slave"}
    ports = [port(9091), port(9095)]
    changes = {"firewall": rule_set(plan=CHANGES), "multi_server": rule_set(plan=CHANGES)}
    states = [
        server_state("me1", ports, rule_sets=WANTED, proxies={"different": [], "warnings": []}),
        server_state(
            "me2",
            ports,
            rule_sets=changes,
            proxies={"different": ["winhttp", "machine"], "warnings": []},
            clock={"offset_seconds": -0.44},
        ),
    ]
    assert lines(roles, *states, absent=["me3"]) == [
        "The farm mail: 1 of 3 servers is not as wanted.",
        "  server        product  clock offset  ports  rules                            proxy",
        "  me1 (master)  21.8     within 1.0 s  2 ok   as wanted                        as wanted",
        "  me2 (slave)   21.8     within 1.0 s  2 ok   4 to add, 2 to set, 2 to remove  "
        "winhttp, machine to set",
        "  me3 (slave)   down",
        "  me3: down for now (mailessentials_absent_servers); its peers keep their rules for it.",
        "  me2: Example-A is missing.",
        "  me2: Example-A is missing.",
        "  me2: Example-Old is still there.",
        "  me2: Example-A: remote_addresses is any, wanted 192.0.2.12, 192.0.2.13, 192.0.2.14, "
        "192.0.2.15 and 1 more.",
        "  me2: Example-A is missing.",
        "  me2: 3 more differences; --diff shows all.",
    ]


def test_a_farm_that_is_not_ready() -> None:
    roles = {"me1": "master", "me2": "slave"}
    taken = port(9091, status="taken", severity="conflict")
    states = [server_state("me1", [taken, port(9095, dynamic_unprotected=True)], rule_sets=WANTED)]
    assert lines(roles, *states, name="") == [
        "The farm of me1 is not ready, and is not changed:",
        "  server        product   clock offset  ports                     rules      proxy",
        "  me1 (master)  21.8      within 1.0 s  1 in conflict, 1 dynamic  as wanted  not managed",
        "  me2 (slave)   not read",
        "  me1: Port 9091. Do.",
        "  me2: could not be read, see above; so its farm is not changed.",
        "  me1: Windows may assign tcp 9095 to any program (dynamic range); reserve the ports of "
        "MailEssentials with the playbook reserve",
    ]


def test_a_standalone_server_without_mailessentials() -> None:
    state = server_state(
        "me1", [port(9091)], rule_sets={"firewall": rule_set(plan=CHANGES)}, **ABSENT
    )
    assert lines({"me1": "standalone"}, state, name="") == [
        "me1 is not as wanted.",
        "  server  product        clock offset  ports  rules                            proxy",
        "  me1     not installed  within 1.0 s  1 ok   2 to add, 1 to set, 1 to remove  "
        "not managed",
        "  me1: Example-A is missing.",
        "  me1: Example-A is missing.",
        "  me1: Example-Old is still there.",
        "  me1: Example-A: remote_addresses is any, wanted 192.0.2.12, 192.0.2.13, 192.0.2.14, "
        "192.0.2.15 and 1 more.",
    ]


def test_rules_that_were_never_made_are_counted_alone() -> None:
    first = {"firewall": rule_set(plan=Plan(add=(RULE, RULE)))}
    state = server_state("me1", [port(9091)], rule_sets=first)
    assert [line.strip() for line in lines({"me1": "standalone"}, state, name="")][3:] == []


def test_ports_that_cannot_be_reserved_are_counted() -> None:
    conflict = {"port": 9091, "protocol": "tcp", "message": "9091 is in use.", "advice": "Stop it."}
    refused = Reservation("present", (), (), (), (), (conflict,), ())
    state = server_state("me1", [port(9091)], rule_sets=WANTED, reservation=refused)
    told = lines({"me1": "standalone"}, state, name="", reserve=True)
    assert "1 not reserved" in told[2] and "  me1: Not reserved. 9091 is in use. Stop it." in told
    assert "1 ok" in lines({"me1": "standalone"}, state, name="")[2]


def test_a_server_as_wanted() -> None:
    state = server_state("me1", [port(9091)], rule_sets=WANTED)
    assert lines({"me1": "standalone"}, state, name="")[0] == "me1 is as wanted."


def test_what_is_not_known() -> None:
    unread = {"host": "No ports.", "firewall": "No rules.", "proxy": "No proxy."}
    state = ServerState("me1", unread)
    assert lines({"me1": "standalone"}, state, name="") == [
        "me1 is not ready, and is not changed:",
        "  server  product",
        "  me1     not read",
        "  me1: No ports.",
        "  me1: No rules.",
        "  me1: No proxy.",
    ]


@pytest.mark.parametrize(
    ("rules", "cell"),
    [
        (rule_set(broken=("It is stopped.",)), "no effect"),
        (RuleSetState(objection="The id is taken."), "id taken"),
    ],
)
def test_rules_that_stop_the_farm(rules: RuleSetState, cell: str) -> None:
    state = server_state(rule_sets={"firewall": rules, "multi_server": rule_set()})
    assert cell in lines({"me1": "standalone"}, state)[2]


@pytest.mark.parametrize(
    ("changes", "cell"),
    [
        ({"state": "partial"}, "in part"),
        ({"version": "", "catalog_version": ""}, "unknown version"),
    ],
)
def test_products_that_are_not_in_order(changes: dict[str, Any], cell: str) -> None:
    assert f" {cell} " in lines({"me1": "standalone"}, server_state(**changes))[2]
