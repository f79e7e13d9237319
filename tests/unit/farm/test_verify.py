# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a farm, on readings of simulated hosts: what holds, what is broken, and which cause
is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from unit.builders import stored, wanted
from unit.readings import rule_set, server_reading, server_state

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    query,
    resolve_version,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints import (
    status as endpoint_status,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints import (
    wanted as endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.reading import (
    decode_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.proof import (
    ServerAnswers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verify import (
    proof_lines,
    prove_farms,
    reason,
    verify,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    Change,
    Plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.finding import (
    Finding,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.endpoints import (
    plan_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.ends import (
    is_several,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    Inputs,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.membership import (
    Membership,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.topology import (
    Member,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.availability import (
    found_ports,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    RuleSetState,
)
from simulator import farm
from simulator.host import SimulatedHost
from simulator.network import disturb, name_servers, observe_endpoints

ADDRESSES = {"me1": ["2001:db8::11", "192.0.2.11"], "me2": ["192.0.2.12"], "me3": ["192.0.2.13"]}
ROLES = {"me1": "master", "me2": "slave", "me3": "slave"}
MEMBERS = tuple(Member(name, role, tuple(ADDRESSES[name])) for name, role in ROLES.items())
ALLOW = (
    "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|LPort=443|LPort=9095|LPort=9096|"
    "RA4=192.0.2.0/255.255.255.0|Name=Test|"
)
# The update hosts of version 21 that can be tried.
UPDATES = len({entry["check_name"] for entry in query("hosts", version="21", features=[])} - {None})
PROXY = {"proxy_host": "proxy.example.com", "proxy_port": 8080}
Made = Callable[[SimulatedHost], Any]


def asked_of(name: str, *, mesh: bool = False, **inputs: Any) -> list[dict[str, Any]]:
    """What a server of the farm, in which slaves do not call each other unless it is a mesh, has to
    reach; of a standalone server where it has no name.
    """
    place = Membership("standalone")
    if name:
        role = ROLES[name]
        peers = tuple(
            one for one in MEMBERS if one.name != name and (mesh or one.server_role != role)
        )
        place = Membership(role, "", MEMBERS, peers, (80, 443))
    return list(plan_endpoints(Inputs(**inputs), resolve_version("21"), place))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A farm that is in order."""
    for name, addresses in ADDRESSES.items():
        host = farm.create(tmp_path / name, "empty")
        farm.addresses(host, ",".join(addresses))
        farm.install(host)
        host.rules["Test"] = ALLOW
        if name == "me1":
            farm.web_site(host)
        host.save(tmp_path / name)
    return tmp_path


def change(place: Path, name: str, *changes: Made) -> None:
    host = SimulatedHost.load(place / name)
    for one in changes:
        one(host)
    host.save(place / name)


PORTS: dict[str, Any] = {
    "ports": None,
    "version": "21",
    "features": ["multi_server"],
    "remoting_ports": None,
    "moved_ports": {},
    "extra_owners": [],
    "clock_tolerance": 300,
}


def read(
    place: Path,
    name: str,
    directory: tuple[str, ...] = (),
    *rules: RuleSetState,
    mesh: bool = False,
) -> ServerAnswers:
    """What one server answers."""
    host = SimulatedHost.load(place / name)
    reading = server_reading(host, name)
    part = reading.part("host")
    found = found_ports(
        reading.host,
        {**PORTS, "server_role": ROLES[name]},
        sent=part.sent,
        received=part.received,
    )
    asked = asked_of(name, mesh=mesh, ldap_servers=directory)
    given = dict.fromkeys(("features", "server_role", "deadline"))
    wanted = endpoints.wanted_endpoints(
        {
            **given,
            "endpoints": [entry["endpoint"] for entry in asked],
            "version": "21",
            "timeout": 5,
            **PROXY,
        }
    )
    options = {
        "endpoints": [one.to_worker() for one in wanted.endpoints],
        "timeout_milliseconds": 5000,
        **PROXY,
    }
    answers = observe_endpoints(place / name, options)
    told = {
        "schema": 1,
        "elapsed_milliseconds": 1,
        "dns_servers": name_servers(place / name),
        "endpoints": answers,
    }
    statuses = endpoint_status.judge_endpoints(
        wanted, decode_endpoints(host.encoded(told), len(answers)), datetime.now(timezone.utc)
    )
    sets = dict(zip(("firewall", "multi_server"), rules or (rule_set(), rule_set()), strict=False))
    return ServerAnswers(
        server_state(name, found=found, rule_sets=sets),
        asked,
        [status.to_dict() for status in statuses],
        [],
        [one["host"] for one in wanted.unchecked],
        "21",
    )


def proof(
    place: Path,
    *names: str,
    directory: tuple[str, ...] = (),
    rules: dict[str, list[RuleSetState]] | None = None,
) -> dict[str, Any]:
    answers = {
        name: read(place, name, directory, *(rules or {}).get(name, []))
        for name in names or tuple(ROLES)
    }
    return verify(answers, ROLES, "mail")


def column(table: list[str], heading: str) -> list[str]:
    """The cells of a column, a row a server."""
    start = table[1].index(f"  {heading}") + 2
    ends = [at for at in range(start, len(table[1])) if table[1][at : at + 2] == "  "]
    lines = [line for line in table[2:] if not line.startswith("  !")]
    if not ends:
        return [line[start:].strip() for line in lines]
    after = next(at for at in range(ends[0], len(table[1])) if table[1][at] != " ")
    return [line[start:after].strip() for line in lines]


def broken(found: dict[str, Any]) -> set[tuple[str, str, str, int]]:
    return {
        (one["subject"], one["host"], one["peer"], one["port"])
        for one in found["proofs"]
        if one["state"] == "broken"
    }


def test_a_farm_in_order_is_proven_from_each_to_each(place: Path) -> None:
    found = proof(place, directory=("dc1.example.com",))
    assert (
        found["ok"],
        found["failures"],
        found["warnings"],
        found["not_read"],
        found["unchecked"],
    ) == (True, [], [], [], ["*.mailshell.net", "*.rules.mailshell.net"])
    calls = {(one["host"], one["peer"], one["port"]) for one in found["proofs"] if one["peer"]}
    star = {
        (name, peer, port)
        for name, peer in (("me1", "me2"), ("me1", "me3"), ("me2", "me1"), ("me3", "me1"))
        for port in (9095, 9096)
    }
    assert calls == star | {(name, "me1", port) for name in ("me2", "me3") for port in (80, 443)}
    table = found["table"]
    assert table[0] == "Farm mail: all 36 checks passed."
    assert table[1].split()[:6] == ["server", "product", "version", "clock", "ports", "rules"]
    assert [row.split()[:2] for row in table[2:]] == [
        ["me1", "(master)"],
        ["me2", "(slave)"],
        ["me3", "(slave)"],
    ]
    assert column(table, "product") == ["runs"] * 3 and column(table, "rules") == ["ok"] * 3
    assert column(table, "peer ports") == ["4 of 4", "2 of 2", "2 of 2"]
    assert column(table, "join ports") == ["", "2 of 2", "2 of 2"]
    assert column(table, "directory") == ["1 of 1"] * 3


def block(host: SimulatedHost) -> None:
    host.rules["Test"] = ALLOW.replace("192.0.2.0/255.255.255.0", "192.0.2.99")


RULE = wanted(id="Example-Rule")
CHANGED = Plan(change=(Change(RULE, stored(rule_id=RULE.id), (), False),))
DIFFERENT = {"me2": [rule_set(plan=CHANGED), rule_set()]}
# what is changed on which host, what is out of order in the network, results of the rules; what is
# broken, and words of a failure
SITUATIONS: dict[
    str,
    tuple[
        dict[str, list[Made]], dict[str, Any], dict[str, Any], set[tuple[str, str, str, int]], str
    ],
] = {
    "a filter between": (
        {},
        {"silent": ["192.0.2.12:9095"]},
        {},
        {("peers", "me1", "me2", 9095)},
        "although me2 listens and its rules allow me1. Check what is between",
    ),
    "rules of the peer": (
        {"me2": [block]},
        {},
        DIFFERENT,
        {("rules", "me2", "", 0), *(("peers", "me1", "me2", port) for port in (9095, 9096))},
        "me2 listens, but its firewall rules are not in order",
    ),
    "rules of the caller": (
        {},
        {"silent": ["192.0.2.11:9095", "192.0.2.11:9096", "me1:9095", "2001:db8::11:9095"]},
        DIFFERENT,
        {
            ("rules", "me2", "", 0),
            *(("peers", name, "me1", port) for name in ("me2", "me3") for port in (9095, 9096)),
        },
        "the firewall rules of me2 itself are not in order",
    ),
    "stopped": (
        {"me3": [farm.stop_product]},
        {},
        {},
        {("product", "me3", "", 0), *(("peers", "me1", "me3", port) for port in (9095, 9096))},
        "the connection timed out; MailEssentials does not run on me3",
    ),
    "taken": (
        {
            "me3": [
                lambda host: farm.unlisten(host, 9095),
                lambda host: farm.listen(host, 9095, address="127.0.0.1"),
            ]
        },
        {},
        {},
        {
            ("ports", "me3", "", 0),
            ("product", "me3", "", 0),
            *(("peers", "me1", "me3", port) for port in (9095, 9096)),
        },
        "another program uses the port on me3",
    ),
    "no web site": (
        {"me1": [lambda host: farm.unlisten(host, 80)]},
        {},
        {},
        {("join", name, "me1", port) for name in ("me2", "me3") for port in (80, 443)},
        "nothing listens on that port of me1; start its web site in IIS",
    ),
    "another version": (
        {"me3": [lambda host: farm.install(host, version="21.8.0.0")]},
        {},
        {},
        {("version", name, "", 0) for name in ROLES},
        "me3 has 21.8.0.0",
    ),
    "clock": (
        {"me2": [lambda host: farm.clock(host, 900)]},
        {},
        {},
        {("clock", "me2", "", 0)},
        "me2: the clock differs from the controller's by +",
    ),
    "proxy dead": (
        {},
        {"proxy": "dead"},
        {},
        {("updates", name, "", 0) for name in ROLES},
        f"me1, me2, me3: {UPDATES} of {UPDATES} update hosts not reached through the proxy",
    ),
    "password": (
        {},
        {"proxy": "password"},
        {},
        {("updates", name, "", 0) for name in ROLES},
        "the proxy requires a user name and a password (407)",
    ),
    "forbidden": (
        {},
        {"proxy": "forbidden"},
        {},
        {("updates", name, "", 0) for name in ROLES},
        "forbids it (403)",
    ),
    "gateway": (
        {},
        {"proxy": "bad_gateway"},
        {},
        {("updates", name, "", 0) for name in ROLES},
        "works but does not reach the server (502)",
    ),
    "dns dead": (
        {},
        {"dns": "dead"},
        {},
        {(subject, name, "", 0) for subject in ("name servers", "updates") for name in ROLES},
        "2 of 2 DNS queries failed",
    ),
    "certificate": (
        {},
        {"certificate": {"support.gfi.com": "untrusted"}},
        {},
        {("updates", name, "", 0) for name in ROLES},
        "issued by CN=Inspection of Example",
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_is_broken_is_named_with_its_cause(place: Path, name: str) -> None:
    changes, network, rules, wanted, words = SITUATIONS[name]
    for host, made in changes.items():
        change(place, host, *made)
    disturb(place / "me1", network)
    found = proof(place, rules=rules)
    assert not found["ok"] and broken(found) == wanted, found["failures"]
    assert any(words in sentence for sentence in found["failures"]), found["failures"]
    assert (
        "filtered" not in " ".join(found["failures"]) and f"{len(wanted)} of " in found["table"][0]
    )


def test_what_waits_for_the_installation_is_told_once_and_is_no_success(place: Path) -> None:
    change(place, "me3", farm.uninstall)
    found = proof(place)
    assert not found["ok"] and broken(found) == set()
    assert found["failures"] == [
        "me3: MailEssentials is not installed yet, so 3 checks are not done. Install it, then run "
        "the playbook verify."
    ]
    assert ", 3 wait for the installation." in found["table"][0]
    assert column(found["table"], "product") == ["runs", "runs", "not installed"]
    assert column(found["table"], "peer ports") == ["2 of 4", "2 of 2", "2 of 2"]


def test_what_fails_on_the_way_does_not_wait_for_the_installation(place: Path) -> None:
    change(place, "me3", farm.uninstall)
    answers = {name: read(place, name) for name in ROLES}
    lost = {"outcome": "unreachable", "reason": "there is no route"}
    reached = [entry if entry["ok"] else {**entry, **lost} for entry in answers["me1"].reached]
    found = verify({**answers, "me1": replace(answers["me1"], reached=reached)}, ROLES)
    assert {one[:3] for one in broken(found)} == {("peers", "me1", "me3")}


def test_a_web_site_held_by_iis_is_no_other_program(place: Path) -> None:
    disturb(
        place / "me1",
        {"silent": [f"{address}:{port}" for address in ADDRESSES["me1"] for port in (80, 443)]},
    )
    found = proof(place)
    assert broken(found) == {
        ("join", name, "me1", port) for name in ("me2", "me3") for port in (80, 443)
    }
    assert all(
        "although me1 listens and its rules allow" in sentence for sentence in found["failures"]
    ), found["failures"]


def test_an_idle_port_beside_a_used_one_is_an_open_question(place: Path) -> None:
    """The slave listens on 9095 alone; the master's web site on 443 alone."""
    change(
        place,
        "me2",
        lambda host: host.machine.tcp.remove(
            next(row for row in host.machine.tcp if row[1] == 9096)
        ),
    )
    change(
        place,
        "me1",
        lambda host: host.machine.tcp.remove(next(row for row in host.machine.tcp if row[1] == 80)),
    )
    found = proof(place)
    assert (
        found["ok"]
        and len(found["warnings"]) == 1
        and "port 9096 of me2: nothing listens on it there. The documents do not say"
        in found["warnings"][0]
    )
    cells = {
        (one["host"], one["peer"], one["port"]): (one["state"], one["cell"])
        for one in found["proofs"]
    }
    assert (cells["me1", "me2", 9096], cells["me2", "me1", 80]) == (
        ("warning", "idle"),
        ("ok", "not used"),
    )


def stop_service(*names: str) -> Made:
    def change(host: SimulatedHost) -> None:
        for row in [row for row in host.machine.services if row[1] in names]:
            host.machine.end_process(row[4])

    return change


def test_a_product_in_part_or_in_parts_stopped(place: Path) -> None:
    change(place, "me1", stop_service("GFI POP2Exchange"))
    change(place, "me2", lambda host: farm.uninstall(host, keep="services"))
    change(place, "me3", stop_service("GFI MailEssentials Backend"))
    found = proof(place)
    cells = {
        one["host"]: (one["state"], one["cell"])
        for one in found["proofs"]
        if one["subject"] == "product" and one["state"] != "warning"
    }
    assert cells == {
        "me1": ("ok", "runs"),
        "me2": ("broken", "IN PART"),
        "me3": ("broken", "NOT RUNNING"),
    }
    stopped = "me1: the service GFI POP2Exchange starts automatically but does not run."
    assert stopped in found["warnings"]
    assert (
        "me3: nothing listens on the remoting port 9093 of MailEssentials. Not running: GFI "
        "MailEssentials Backend." in found["failures"]
    )


def idle_remoting(place: Path, *changes: Made) -> list[tuple[str, str]]:
    """How the product of me3 is judged when nobody listens on 9091 there."""
    change(
        place,
        "me3",
        *changes,
        lambda host: setattr(
            host.machine, "tcp", [row for row in host.machine.tcp if row[1] != 9091]
        ),
    )
    return [
        (one["state"], one["cell"])
        for one in proof(place, "me3")["proofs"]
        if one["subject"] == "product"
    ]


def test_an_idle_remoting_port_counts_where_the_host_is_configured_for_it(place: Path) -> None:
    assert idle_remoting(place) == [("broken", "NOT RUNNING")]


def test_an_idle_remoting_port_that_only_the_catalog_knows_does_not_count(place: Path) -> None:
    assert idle_remoting(place, lambda host: farm.web_config(host, "unreadable")) == [
        ("ok", "runs")
    ]


def start_by_hand(host: SimulatedHost) -> None:
    host.machine.services = [
        [*row[:3], "Manual", *row[4:]] if row[1] == "GFI POP2Exchange" else row
        for row in host.machine.services
    ]


def test_a_stopped_service_that_is_started_by_hand_is_no_warning(place: Path) -> None:
    change(place, "me1", start_by_hand, stop_service("GFI POP2Exchange"))
    assert proof(place)["warnings"] == []


def test_services_are_looked_at_where_the_configuration_is_not_readable(place: Path) -> None:
    change(place, "me3", lambda host: farm.web_config(host, "unreadable"), farm.stop_product)
    told = "me3: No service of MailEssentials runs; start them, then run the playbook verify."
    assert told in proof(place)["failures"]


def test_two_servers_that_do_not_meet_at_all_are_broken(place: Path) -> None:
    for name in ("me1", "me2", "me3"):
        change(
            place,
            name,
            lambda host: setattr(
                host.machine, "tcp", [row for row in host.machine.tcp if row[1] not in (9095, 9096)]
            ),
        )
    found = proof(place)
    assert len(
        [one for one in broken(found) if one[0] == "peers"]
    ) == 8 and "may not be joined to the farm yet" in " ".join(found["failures"])


def test_a_peer_that_was_not_read_is_not_judged(place: Path) -> None:
    disturb(place / "me1", {"silent": ["192.0.2.12:9095"]})
    found = proof(place, "me1")
    assert (
        found["not_read"] == ["me2", "me3"]
        and "it is not known whether anything listens there" in found["failures"][0]
    )
    assert [row.split()[0] for row in found["table"][2:-1]] == ["me1"]
    assert found["table"][0] == "Farm mail: 1 of 11 checks failed; without me2, me3."
    assert verify({}, ROLES)["ok"] is False


def test_rules_without_effect_and_what_makes_them_mean_less(place: Path) -> None:
    effect = (Finding("service", "error", "", (), "The service is stopped."),)
    notes = {"findings": [], "warnings": ["The service is stopped.", "Another rule is wider."]}
    dead = rule_set(effect=effect, notes=notes)
    found = proof(place, rules={"me1": [dead, dead]})
    assert broken(found) == {("rules", "me1", "", 0)}
    assert found["failures"] == [
        "me1: the rules have no effect. The service is stopped."
    ] and found["warnings"] == ["me1: Another rule is wider."]
    assert column(found["table"], "rules") == ["NO EFFECT", "ok", "ok"]


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        (Plan(add=(RULE,)), "missing"),
        (CHANGED, "different"),
        (Plan(remove=(stored(rule_id=RULE.id),)), "not wanted"),
    ],
)
def test_any_difference_of_the_rules_breaks_the_proof(place: Path, plan: Plan, word: str) -> None:
    found = proof(place, rules={"me1": [rule_set(plan=plan), rule_set()]})
    assert broken(found) == {("rules", "me1", "", 0)}
    assert f"not as wanted ({word} Example-Rule)" in found["failures"][0]
    assert column(found["table"], "rules") == ["DIFFERENT", "ok", "ok"]


@pytest.mark.parametrize(
    ("port", "network", "cause"),
    [
        (9095, {"silent": ["192.0.2.11:9095"]}, True),
        (9096, {"silent": ["192.0.2.11:9095"]}, False),
        (9095, {"refused": ["192.0.2.11:9095"]}, False),  # a block rule drops
    ],
)
@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_rule_that_blocks_a_call_is_named_as_its_cause(
    place: Path, severity: str, port: int, network: dict[str, Any], cause: bool
) -> None:
    disturb(place / "me2", network)
    message = "TCP 9095 from 192.0.2.12 is blocked by the rule 'Deny'."
    finding = {"kind": "blocked", "severity": severity, "message": message, "rules": [RULE.id]}
    blocked = rule_set(
        wanted=(wanted(id=RULE.id, protocol="tcp", local_ports=[port]),),
        notes={"findings": [finding], "warnings": []},
    )
    found = proof(place, rules={"me1": [rule_set(), blocked]})
    (sentence,) = [one for one in found["failures"] if one.startswith("me2 does not reach")]
    told = (
        "the connection timed out; on me1: TCP 9095 from 192.0.2.12 is blocked by the rule 'Deny'"
    )
    assert (told in sentence) == (cause and severity == "error"), sentence


def test_an_id_that_somebody_else_has_breaks_the_proof(place: Path) -> None:
    found = proof(place, rules={"me1": [RuleSetState(objection="The id is taken."), rule_set()]})
    assert found["failures"] == ["me1: The id is taken."]
    assert column(found["table"], "rules") == ["ID TAKEN", "ok", "ok"]


def test_rules_that_were_not_read_are_not_proven(place: Path) -> None:
    own = read(place, "me1")
    unread = replace(own.state, rule_sets={}, unread={"firewall": "The key cannot be read."})
    found = verify({"me1": replace(own, state=unread)}, ROLES)
    assert "me1: The key cannot be read." in found["failures"]
    assert column(found["table"], "rules") == ["NOT READ"]


def test_contradicted_hosts_warn_alone(place: Path) -> None:
    disturb(place / "me1", {"certificate": {"update.gfi.com": "expired"}})
    found = proof(place)
    assert found["ok"] and f"1 of {UPDATES} update hosts not reached" in found["warnings"][0]
    assert (
        'This is a warning only: the documents differ. "What ports are used' in found["warnings"][0]
    )
    assert "neither update.gfi.com nor update.gfisoftware.com." in found["warnings"][0]
    assert column(found["table"], "updates") == ["ok, 1 optional failed"] * 3


def test_a_directory_needs_one_of_its_two_ports(place: Path) -> None:
    disturb(
        place / "me1",
        {"silent": ["dc1.example.com:389", "dc2.example.com:389", "dc2.example.com:636"]},
    )
    found = proof(place, directory=("dc1.example.com", "dc2.example.com"))
    assert broken(found) == {("directory dc2.example.com", name, "", 0) for name in ROLES}
    reached = [one for one in found["proofs"] if one["subject"] == "directory dc1.example.com"]
    assert {one["state"] for one in reached} == {"ok"} and len(reached) == len(ROLES)
    assert (
        "me1, me2, me3: directory dc2.example.com is not reached: ldap does not answer"
        in found["failures"][0]
    )


def test_a_slow_handshake_of_a_directory_is_not_called_broken(place: Path) -> None:
    own = read(place, "me1")
    asked = asked_of("", ldap_servers=("dc1.example.com",))
    answer = {
        "ok": False,
        "host": "dc1.example.com",
        "stage": "tls",
        "via": "direct",
        "reason": "answers with TLS after 5 ms",
        "wanted_by": [],
    }
    listed = [entry for entry in own.reached if entry["wanted_by"]]
    slow = [
        {**answer, **one["endpoint"], "severity": severity, "outcome": "slow_handshake"}
        for one, severity in zip(asked, ("conflict", "warning"), strict=True)
    ]
    found = verify(
        {"me1": replace(own, asked=asked, reached=[*slow, *listed])},
        {"me1": "standalone"},
    )
    assert broken(found) == set() and any(
        "dc1.example.com is not reached" in sentence for sentence in found["warnings"]
    )


def test_gfi_directory_is_tried_and_networks_are_left_out() -> None:
    servers = ("192.0.2.0/24", "192.0.2.1-192.0.2.9", "dc-1.example.com")
    found = asked_of(
        "", ldap_servers=servers, gfi_directory="dir.example.com", gfi_directory_port=61001
    )
    asked = [entry["endpoint"] for entry in found]
    assert [(entry["kind"], entry["host"], entry.get("port")) for entry in asked] == [
        ("ldap", "dc-1.example.com", None),
        ("ldaps", "dc-1.example.com", None),
        ("tcp", "dir.example.com", 61001),
    ]


def test_a_server_alone_is_proven_without_peers(place: Path) -> None:
    assert asked_of("") == []
    own = read(place, "me2")
    found = verify({"me2": replace(own, asked=[], reached=own.listed)}, {"me2": "standalone"})
    assert found["table"][2].split()[:2] == ["me2", "runs"] and "all" in found["table"][0]
    assert "peers" not in found["table"][1]


def test_many_servers_are_a_row_each_and_no_line_gets_longer(place: Path) -> None:
    members = {"me1": "master", **{f"slave{number}": "slave" for number in range(9)}}
    own = read(place, "me1")
    few = verify({"me1": own}, {"me1": "master"})["table"]
    many = verify(dict.fromkeys(members, replace(own, asked=[], reached=[])), members)["table"]
    assert [row.split()[0] for row in many[2:]] == list(members)
    assert len(many[1]) <= len(few[1])


def test_an_update_host_that_does_not_count_is_named_and_fails_nothing(place: Path) -> None:
    own = read(place, "me1")
    listed = [
        {**entry, "ok": False, "severity": "conflict", "outcome": "refused", "stage": "connect"}
        if entry["host"] == "update.gfi.com"
        else entry
        for entry in own.reached
        if entry["wanted_by"]
    ]
    reading = replace(own, asked=[], reached=listed)
    alone = {"me1": "standalone"}
    assert not verify({"me1": reading}, alone)["ok"]
    found = verify({"me1": replace(reading, skipped=["update.gfi.com"])}, alone)
    assert found["ok"] and "update.gfi.com" in found["unchecked"]


@pytest.mark.parametrize("name", ["dc-01", "dc-1", "dc-ad", "DC-01.example.com"])
def test_a_name_with_a_hyphen_is_no_range(name: str) -> None:
    assert not is_several(name) and len(asked_of("", ldap_servers=(name,))) == 2


def mesh(place: Path) -> dict[str, Any]:
    return verify({name: read(place, name, mesh=True) for name in ROLES}, ROLES)


def test_a_pair_of_slaves_that_is_idle_is_no_failure(place: Path) -> None:
    def quiet(host: SimulatedHost) -> None:
        host.machine.tcp = [row for row in host.machine.tcp if row[1] not in (9095, 9096)]

    for name in ("me2", "me3"):
        change(place, name, quiet)
    found = mesh(place)
    pairs = [one for one in found["proofs"] if {one["host"], one["peer"]} == {"me2", "me3"}]
    assert len(pairs) == 4 and {(one["state"], one["cell"]) for one in pairs} == {("ok", "idle")}
    assert not [sentence for sentence in found["warnings"] if "me2 does not reach" in sentence]
    told = "me1 does not reach port 9095 of me2: nothing listens on it there."
    assert any(told in sentence for sentence in found["warnings"]) and found["ok"]


def test_a_filter_between_two_slaves_is_found(place: Path) -> None:
    disturb(place / "me2", {"silent": ["192.0.2.13:9095"]})
    found = mesh(place)
    assert broken(found) == {("peers", name, "me3", 9095) for name in ("me1", "me2")}
    assert "Check what is between the two" in found["failures"][0]


class TestFarms:
    """All farms of a plan."""

    def plan(self) -> dict[str, Any]:
        servers = {
            name: {
                "server_role": ROLES[name],
                "version": {"given": "21"},
                "endpoints": {
                    "asked": asked_of(name),
                    "skipped": [],
                    "unchecked": ["192.0.2.0/24"],
                },
            }
            for name in ROLES
        }
        alone = {**servers["me1"], "server_role": "standalone"}
        none = {"absent": [], "removed": []}
        farms = [
            {"name": "mail", "members": list(ROLES), **none},
            {"name": "", "members": ["alone"], **none},
        ]
        return {"servers": {**servers, "alone": alone}, "farms": farms}

    def prove(
        self, place: Path, *names: str, asked: tuple[str, ...] = tuple(ROLES), **farm: Any
    ) -> dict[str, Any]:
        """The farm mail, of which these servers were read; farm: what the inventory says of it."""
        answers = {name: read(place, name) for name in names}
        reached = {
            name: {"endpoints": own.reached, "unchecked": []} for name, own in answers.items()
        }
        plan = self.plan()
        plan["farms"][0].update(farm)
        states = {name: own.state for name, own in answers.items()}
        (found,) = prove_farms(plan, states, reached, asked)
        return found

    def test_only_farms_with_servers_in_the_run_are_proven(self, place: Path) -> None:
        found = self.prove(place, *ROLES)
        assert found["ok"] and found["members"] == list(ROLES) and found["farm"] == "mail"
        assert found["unchecked"] == ["192.0.2.0/24"] and found["failures"] == []

    def test_a_server_of_the_run_that_was_not_read_fails_its_farm(self, place: Path) -> None:
        found = self.prove(place, "me1", "me2")
        assert not found["ok"] and found["failures"] == ["me3: could not be read, see above."]
        assert reason(found) == "The farm mail is not in order. me3: could not be read, see above."
        assert list(proof_lines([found]))[-1] == "  me3: could not be read, see above."

    def test_a_farm_that_was_not_ready_is_not_said_to_be_unread(self, place: Path) -> None:
        states = {name: read(place, name).state for name in ROLES}
        verdict = {"members": list(ROLES), "ok": False}
        (found,) = prove_farms(self.plan(), states, {}, list(ROLES), [verdict])
        assert found["table"] == ["Farm mail: not verified."] and not found["ok"]
        assert found["failures"] == [
            "It was not ready, so nothing was tested; see its verdict above."
        ]

    def test_a_server_that_the_run_lost_was_read_all_the_same(self, place: Path) -> None:
        states = {name: read(place, name).state for name in ROLES}
        (found,) = prove_farms(self.plan(), states, {}, list(ROLES))
        assert found["failures"] == [
            "me1, me2, me3: the connections were not tested, as the run stopped after the "
            "reading, see above."
        ]

    def test_an_absent_server_does_not_fail_its_farm(self, place: Path) -> None:
        found = self.prove(place, "me1", "me2", absent=["me3"])
        assert found["ok"] and found["failures"] == [] and found["not_read"] == ["me3"]

    def test_servers_outside_the_run_are_named(self, place: Path) -> None:
        found = self.prove(place, "me1", asked=("me1",))
        assert found["ok"] and found["not_read"] == ["me2", "me3"]
        told = "me2, me3: not asked in this run, so the state is not known."
        assert found["warnings"][-1] == told
