# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server has beside what its plan wants, on simulated hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from unit.builders import host, text
from unit.readings import server_reading

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.payload import Part
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.farms import (
    plan_servers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.reading import (
    Server,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.reading import (
    ServerReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    RULE_SETS,
    ServerState,
    judge_server,
)
from simulator import farm
from simulator.host import SimulatedHost

GROUPS = {"me1": "mailessentials_master", "me2": "mailessentials_slaves"}
ADDRESSES = {"me1": "192.0.2.11", "me2": "192.0.2.12"}
OTHERS = text(group="Other")


def differing(state: ServerState) -> list[str]:
    return [name for name in RULE_SETS if state.rule_sets[name].differs]


def no_names(name: str) -> Sequence[str]:
    raise OSError(name)


@cache
def planned(**inputs: Any) -> dict[str, Any]:
    """The part of me1 in the plan of a farm of two."""
    given = {f"mailessentials_{name}": value for name, value in inputs.items()}
    servers = [
        Server(name, frozenset([group]), {**given, "mailessentials_address": ADDRESSES[name]})
        for name, group in GROUPS.items()
    ]
    found: dict[str, Any] = plan_servers(servers, no_names).to_dict()["servers"]["me1"]
    return found


@pytest.fixture
def target() -> SimulatedHost:
    made = host()
    farm.install(made)
    return made


def judge(target: SimulatedHost, reservations: str = "present", **inputs: Any) -> ServerState:
    return judge_server("me1", planned(**inputs), server_reading(target, "me1"), reservations)


def test_a_host_without_rules_gets_all_of_them(target: SimulatedHost) -> None:
    state = judge(target)
    assert differing(state) == list(RULE_SETS) and state.unread == {}
    for name in RULE_SETS:
        compared = state.rule_sets[name].comparison
        assert compared and len(compared.plan.add) == len(planned()["rule_sets"][name]["rules"])
        assert compared.widens and not compared.narrows
    assert state.recorded == {} and state.proxies == {}
    assert state.found["product"]["version"] == "21.4.0.0"


def test_what_is_reserved_or_given_back_is_known(target: SimulatedHost) -> None:
    held = judge(target).reservation
    assert (
        held
        and held.operations == ()
        and {9091, 9095} <= {entry["port"] for entry in held.conflicts}
    )
    farm.uninstall(target)
    free = judge(target).reservation
    assert free and {entry.operation for entry in free.operations} == {"add"}
    release = judge(target, "absent").reservation
    assert release and release.operations == ()


def test_an_id_of_ours_that_somebody_else_has_is_an_objection(target: SimulatedHost) -> None:
    taken = planned()["rule_sets"]["firewall"]["rules"][0]["rule"]["id"]
    target.rules[taken] = OTHERS
    state = judge(target)
    own = state.rule_sets["firewall"]
    assert own.comparison is None and f"'{taken}' is taken" in own.objection and not own.differs
    assert differing(state) == ["multi_server"]


def test_a_stopped_firewall_breaks_every_rule_set(target: SimulatedHost) -> None:
    farm.stop(target)
    broken = [one.comparison.broken for one in judge(target).rule_sets.values() if one.comparison]
    assert len(broken) == 2 and all(broken)


def test_a_rule_that_does_the_same_is_named(target: SimulatedHost) -> None:
    tokens = ("Protocol=6", "LPort=9095", "LPort=9096", "RA4=192.0.2.12")
    assert judge(target).rule_sets["multi_server"].equivalents == ()
    (own,) = (
        entry["rule"]
        for entry in planned()["rule_sets"]["multi_server"]["rules"]
        if entry["rule"]["id"].endswith("-multi-server-in")
    )
    profiles = [f"Profile={one.title()}" for one in own["profiles"] if one != "any"]
    target.rules["By-Hand"] = text(*tokens, *profiles, group="", name="Mail")
    assert judge(target).rule_sets["multi_server"].equivalents == (
        f"The rule 'Mail' (By-Hand) does the same as '{own['id']}'; you may delete it.",
    )


GROUP = "GFI MailEssentials Multi-Server (mailops)"
RECORD = "Desc=For peers. peers: me2=192.0.2.12, me9=192.0.2.19 2001:db8::19"


def test_the_peers_that_rules_were_made_for_are_read(target: SimulatedHost) -> None:
    target.rules["MailOps-ME-MultiServer-x"] = text("Protocol=6", RECORD, group=GROUP)
    assert judge(target).recorded == {
        "me2": ("192.0.2.12",),
        "me9": ("192.0.2.19", "2001:db8::19"),
    }


@pytest.mark.parametrize("store", ["gpo", "mdm"])
def test_a_record_of_another_group_or_store_does_not_count(
    target: SimulatedHost, store: str
) -> None:
    target.rules["Other"] = text("Protocol=6", RECORD, group="Other")
    target.stores[store]["rules"]["Policy"] = text("Protocol=6", RECORD, group=GROUP)
    assert judge(target).recorded == {}


def damaged(reading: ServerReading, name: str) -> ServerReading:
    return replace(reading, parts={**reading.parts, name: Part("damaged", 1, 2)})


def lacking(reading: ServerReading, name: str) -> ServerReading:
    parts = {key: part for key, part in reading.parts.items() if key != name}
    return replace(reading, parts=parts, errors={name: "It is damaged."})


@pytest.mark.parametrize("loss", [damaged, lacking])
@pytest.mark.parametrize("part", ["host", "firewall", "proxy"])
def test_a_part_that_is_lost_hides_no_other(
    target: SimulatedHost, part: str, loss: Callable[[ServerReading, str], ServerReading]
) -> None:
    plan = planned(proxy_host="192.0.2.80", proxy_port=8080)
    state = judge_server("me1", plan, loss(server_reading(target, "me1"), part))
    assert list(state.unread) == [part] and "damaged" in state.unread[part]
    known = {"host": state.found, "firewall": state.rule_sets, "proxy": state.proxies}
    assert {name for name, value in known.items() if value} == set(known) - {part}


def test_a_proxy_that_the_plan_does_not_set_is_not_missed(target: SimulatedHost) -> None:
    state = judge_server("me1", planned(), lacking(server_reading(target, "me1"), "proxy"))
    assert state.unread == {} and state.proxies == {}
