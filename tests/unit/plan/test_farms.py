# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of all servers: farms, rules of both sides, ports, endpoints, proxies, steps by hand,
and all mistakes in one message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    query,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.farms import (
    FarmPlan,
    plan_servers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.reading import (
    Server,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.record import (
    read_peers,
    write_peers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.rules import (
    PEER_RULES,
    Ends,
    plan_rules,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.table import (
    notice_lines,
    plan_lines,
)

NAMES = {"dc1.example.com": ["192.0.2.101", "2001:db8::101"], "proxy.example.com": ["192.0.2.102"]}


def resolve(name: str) -> list[str]:
    if name not in NAMES:
        raise OSError(name)
    return NAMES[name]


def server(name: str, role: str = "", **variables: Any) -> Server:
    group = {"master": "mailessentials_master", "slave": "mailessentials_slaves"}.get(role, "")
    named = {f"mailessentials_{key}": value for key, value in variables.items()}
    if role == "standalone":
        named["mailessentials_server_role"] = role
    return Server(name, frozenset([group]), named)


def farm(slaves: int = 2, farm: str = "", number: int = 1, **variables: Any) -> list[Server]:
    """A master and slaves; variables hold for all of them."""
    more = {"farm": farm} if farm else {}
    roles = ["master", *["slave"] * slaves]
    return [
        server(f"{farm}me{at}", role, address=f"198.51.{number}.{at}", **more, **variables)
        for at, role in enumerate(roles, 1)
    ]


def plan(*servers: Server) -> FarmPlan:
    return plan_servers(servers, resolve)


def refused(*servers: Server) -> str:
    with pytest.raises(InputError) as caught:
        plan(*servers)
    return str(caught.value)


def rules(found: FarmPlan, name: str) -> dict[str, dict[str, Any]]:
    """Rule by the id of its flow."""
    planned = found.servers[name]
    return {one.flow["id"]: dict(one.rule) for one in (*planned.rules, *planned.peer_rules)}


def ports(found: FarmPlan, name: str) -> dict[tuple[int, str], bool]:
    """(port, kind) -> whether it is to be reserved."""
    entries = found.to_dict()["servers"][name]["ports"]["wanted"]
    return {(entry["port"], entry["kind"]): entry["reserve"] for entry in entries}


def asked(found: FarmPlan, name: str) -> list[tuple[str, str, str, int | None]]:
    return [
        (entry["purpose"], entry["peer"], entry["endpoint"]["host"], entry["endpoint"].get("port"))
        for entry in found.servers[name].endpoints
    ]


class TestFarm:
    """Who talks to whom."""

    def test_in_a_mesh_every_server_talks_to_every_other(self) -> None:
        found = plan(*farm())
        assert rules(found, "me2")["multi-server-in"]["remote_addresses"] == [
            "198.51.1.1",
            "198.51.1.3",
        ]
        assert ("multi_server", "me3", "198.51.1.3", 9095) in asked(found, "me2")

    def test_in_a_star_slaves_do_not_talk_to_each_other(self) -> None:
        found = plan(*farm(multi_server_paths="star"))
        assert rules(found, "me2")["multi-server-in"]["remote_addresses"] == ["198.51.1.1"]
        assert rules(found, "me1")["multi-server-out"]["remote_addresses"] == [
            "198.51.1.2",
            "198.51.1.3",
        ]
        assert not [entry for entry in asked(found, "me2") if entry[1] == "me3"]

    def test_joining_is_between_the_slaves_and_the_master_alone(self) -> None:
        found = plan(*farm(join_ports=[8080]))
        assert rules(found, "me1")["join-in"]["local_ports"] == ["8080"]
        assert rules(found, "me2")["join-out"]["remote_addresses"] == ["198.51.1.1"]
        assert "join-in" not in rules(found, "me2") and "join-out" not in rules(found, "me1")
        assert (8080, "join") in ports(found, "me1") and (80, "join") not in ports(found, "me1")

    def test_the_join_ports_of_the_master_hold_for_its_slaves(self) -> None:
        master, *slaves = farm()
        variables = {**master.variables, "mailessentials_join_ports": [8443]}
        moved = Server(master.name, master.groups, variables)
        assert rules(plan(moved, *slaves), "me3")["join-out"]["remote_ports"] == ["8443"]

    def test_without_join_ports_there_is_nothing_to_join(self) -> None:
        found = plan(*farm(join_ports=[]))
        assert not {"join-in", "join-out"} & {*rules(found, "me1"), *rules(found, "me2")}
        assert "join" not in [step.kind for step in found.farms[0].steps]

    def test_several_farms_and_a_standalone_server(self) -> None:
        found = plan(*farm(1, "a", 1), *farm(2, "b", 2), server("alone", "standalone"))
        assert [one.members for one in found.farms] == [
            ("ame1", "ame2"),
            ("bme1", "bme2", "bme3"),
            ("alone",),
        ]
        assert rules(found, "ame1")["multi-server-in"]["remote_addresses"] == ["198.51.1.2"]
        assert not [flow for flow in rules(found, "alone") if "multi-server" in flow]

    def test_paths_say_who_has_to_reach_whom(self) -> None:
        found = plan(*farm(1)).to_dict()["farms"][0]
        assert found["paths"] == [
            {"from": "me1", "to": "me2", "ports": [9095, 9096]},
            {"from": "me2", "to": "me1", "ports": [80, 443, 9095, 9096]},
        ]

    def test_slaves_of_a_mesh_need_a_family_in_common(self) -> None:
        both = server("me1", "master", address=["192.0.2.1", "2001:db8::1"])
        four = server("me2", "slave", address="192.0.2.2")
        six = server("me3", "slave", address="2001:db8::3")
        assert "me2 has IPv4 addresses only and me3 IPv6" in refused(both, four, six)
        star = Server(
            both.name, both.groups, {**both.variables, "mailessentials_multi_server_paths": "star"}
        )
        assert len(plan(star, four, six).servers) == 3

    def test_an_address_that_nobody_gave_is_said(self) -> None:
        master, slave = farm(1)
        given = {"mailessentials_farm": slave.variables.get("mailessentials_farm", "")}
        taken = Server(slave.name, slave.groups, given, ansible_host="192.0.2.77")
        (notice,) = plan(Server(master.name, master.groups, dict(master.variables)), taken).notices
        assert "me2: its address is taken from ansible_host" in notice

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (farm(0), "has the master 'me1' but no slave"),
            (farm(1)[1:], "but no master"),
            ([*farm(1), server("me9", "master", address="198.51.1.9")], "has 2 masters (me1, me9)"),
            ([*farm(1), server("me9")], "Host 'me9' has no role"),
            (
                [*farm(1), server("me9", "slave", address="198.51.1.1")],
                "is also the address of 'me1'",
            ),
            (
                [*farm(1), server("me9", "slave", address="2001:db8::9")],
                "no address family in common",
            ),
            ([*farm(1), server("me9", "slave", address="127.0.0.1")], "is a loopback address"),
            ([*farm(1), server("me9", "slave")], "is not resolved on the controller"),
            (farm(1, version="2014"), "MailEssentials 2014 has no Multi-Server"),
            ([*farm(1), server("me 9", "slave", address="198.51.1.9")], "rename the host"),
        ],
    )
    def test_a_farm_that_does_not_fit_together(self, change: list[Server], words: str) -> None:
        assert words in refused(*change)


ROLES = st.sampled_from(["mesh", "star"])
FAMILIES = st.sampled_from([(4,), (6,), (4, 6)])


def _addresses(at: int, families: Iterable[int]) -> list[str]:
    return [f"198.51.100.{at}" if family == 4 else f"2001:db8::{at}" for family in families]


@settings(max_examples=60, deadline=None, database=None)
@given(st.integers(1, 11), ROLES, FAMILIES, st.permutations(range(12)))
def test_what_one_side_may_send_the_other_admits_and_nobody_else(
    slaves: int, paths: str, families: tuple[int, ...], order: list[int]
) -> None:
    roles = ["master", *["slave"] * slaves]
    servers = [
        server(f"m{at}", role, address=_addresses(at + 1, families), multi_server_paths=paths)
        for at, role in enumerate(roles)
    ]
    found = plan(*(servers[at] for at in order if at < len(servers)))
    owner = {
        address: one.name for one in servers for address in one.variables["mailessentials_address"]
    }
    sent, admitted = set(), set()
    for name in found.servers:
        for rule in rules(found, name).values():
            if "MultiServer" not in rule["id"]:
                continue
            others = {owner[address] for address in rule["remote_addresses"]}
            assert name not in others
            for other in others:
                for port in rule.get("remote_ports", rule.get("local_ports")):
                    outbound = rule["direction"] == "outbound"
                    path = (name, other, port) if outbound else (other, name, port)
                    (sent if outbound else admitted).add(path)
    assert sent == admitted
    count = len(servers) * (len(servers) - 1) if paths == "mesh" else 2 * slaves
    assert len({path for path in sent if path[2] == "9095"}) == count


class TestInventory:
    """What follows from an input is followed everywhere."""

    def test_a_port_that_documents_contradict_is_looked_at_and_not_reserved(self) -> None:
        found = ports(plan(*farm()), "me1")
        assert not found[8015, "ipc"] and found[9091, "ipc"] and found[9095, "multi_server"]
        assert not found[25, "smtp"]

    @pytest.mark.parametrize("remote", ["web_ui_networks", "slaves", "master_and_slaves"])
    def test_no_rule_of_its_own_servers_or_user_interface_is_for_everybody(
        self, remote: str
    ) -> None:
        everybody = dict.fromkeys(("slaves", "master_and_slaves"), ("0.0.0.0/0",))
        ends = Ends(
            remotes={"proxy": (), **everybody, "web_ui_networks": ("0.0.0.0/0",)},
            ports={},
            peers={},
            inputs={remote: "the input"},
            profiles=("any",),
        )
        flows = query("flows", version="21", server_role="master")
        (flow,) = (one for one in flows if (one["remote"], one["direction"]) == (remote, "inbound"))
        with pytest.raises(InputError, match=r"^the input: covers more than"):
            plan_rules([flow], ends, PEER_RULES)

    def test_a_moved_remoting_port_is_looked_at_reserved_and_kept_closed(self) -> None:
        found = ports(plan(*farm(remoting_ports=[8443])), "me1")
        assert found[8443, "ipc"] and (9091, "ipc") not in found
        message = refused(*farm(remoting_ports=[8443], join_ports=[8443]))
        assert "mailessentials_join_ports: 8443 is a remoting port" in message

    def test_gfi_directory_on_the_server_itself(self) -> None:
        one = server("m", "standalone", gfi_directory="local", directory_scenario="gfi_directory")
        found = plan(one)
        assert ports(found, "m")[61000, "gfi_directory"]
        assert asked(found, "m") == [("gfi_directory", "", "127.0.0.1", 61000)]
        assert not {"gfi-directory", "ldap", "ldaps"} & set(rules(found, "m"))

    def test_gfi_directory_on_another_host_is_the_ldap_server(self) -> None:
        given = {"gfi_directory": "dc1.example.com", "directory_scenario": "gfi_directory"}
        found = plan(server("m", "standalone", gfi_directory_port=61001, **given))
        both = NAMES["dc1.example.com"]
        assert rules(found, "m")["gfi-directory"]["remote_ports"] == ["61001"]
        assert rules(found, "m")["ldap"]["remote_addresses"] == both
        assert (61000, "gfi_directory") not in ports(found, "m")
        assert any("dc1.example.com' was resolved" in notice for notice in found.notices)

    def test_a_proxy_replaces_the_way_to_any_host(self) -> None:
        found = plan(*farm(proxy_host="proxy.example.com", proxy_port=8080))
        assert rules(found, "me1")["proxy"]["remote_addresses"] == ["192.0.2.102"]
        assert not {"http", "https"} & set(rules(found, "me1"))
        proxy = found.servers["me2"].proxy
        assert proxy and {"me1", "198.51.1.3", "<local>"} <= set(proxy["bypass"])
        assert found.farms[0].steps[0].values == ("server proxy.example.com", "port 8080")

    def test_without_a_proxy_there_is_none_to_set(self) -> None:
        assert plan(*farm()).servers["me1"].proxy == {"state": "", "stores": ["winhttp"]}

    def test_a_moved_user_interface(self) -> None:
        given = {"web_ui_networks": ["203.0.113.0/24"], "web_ui_ports": [8443]}
        found = plan(*farm(**given))
        assert rules(found, "me1")["web-ui"]["local_ports"] == ["8443"]
        assert (8443, "web_ui") in ports(found, "me1") and (443, "web_ui") not in ports(
            found, "me1"
        )
        assert not found.notices

    @pytest.mark.parametrize("join_ports", [[80, 443], [443], []])
    def test_who_reaches_the_web_site_reaches_the_join_service(self, join_ports: list[int]) -> None:
        given = {"web_ui_networks": ["203.0.113.0/24"], "join_ports": join_ports}
        (line,) = [one for one in plan_lines(plan(*farm(**given))) if "CVE-2025-34491" in one]
        assert f"(TCP {', '.join(map(str, join_ports or [80, 443]))})" in line

    def test_a_join_port_of_its_own_is_not_reached_by_users(self) -> None:
        given = {"web_ui_networks": ["203.0.113.0/24"], "join_ports": [8443]}
        assert "CVE-2025-34491" not in "".join(plan_lines(plan(*farm(**given))))
        assert "CVE-2025-34491" not in "".join(plan_lines(plan(*farm(join_ports=[443]))))

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"remoting_ports": [9095]}, "mailessentials_remoting_ports: 9095 is a Multi-Server"),
            ({"web_ui_networks": ["0.0.0.0/0"]}, "'0.0.0.0/0' is every address"),
            ({"web_ui_networks": ["any"]}, "'any' is every address"),
            ({"web_ui_networks": ["internet4"]}, "'internet4' is every address"),
            ({"web_ui_networks": ["0.0.0.0/1", "128.0.0.0/1"]}, "covers more than a /8"),
            ({"web_ui_networks": ["10.1.2.3/8"]}, "host bits"),
            (
                {"ldap_servers": ["any"], "directory_scenario": "remote_ad"},
                "'any' is every address",
            ),
            ({"proxy_host": "192.0.2.0/24", "proxy_port": 80}, "is not one host name"),
            ({"proxy_host": "LocalSubnet", "proxy_port": 80}, "is not resolved on the controller"),
            (
                {
                    "web_ui_networks": ["10.0.0.0/8"],
                    "web_ui_ports": [7777],
                    "remoting_ports": [7777],
                },
                "mailessentials_web_ui_ports: 7777 is a remoting port",
            ),
            ({"join_ports": ["443;80"]}, "is not a port"),
            ({"join_ports": [9095]}, "mailessentials_join_ports: 9095 is a Multi-Server port"),
            ({"web_ui_networks": ["203.0.113.0/24"], "web_ui_ports": [9091]}, "never opened"),
            ({"web_ui_networks": ["203.0.113.0/24"], "web_ui_ports": [9095]}, "Multi-Server port"),
            ({"join_ports": [9093]}, "mailessentials_join_ports: 9093 is a remoting port"),
        ],
    )
    def test_what_must_stay_closed_is_not_opened(self, given: dict[str, Any], words: str) -> None:
        assert words in refused(*farm(**given))


class TestMistakes:
    """One message for everything."""

    def test_each_once_with_its_servers(self) -> None:
        message = refused(
            *farm(ftp="perhaps"),
            server("x", "standalone", proxy_port=8080),
            server("y", "standalone"),
        )
        assert message.startswith("2 mistakes in the inventory; no host was called. ")
        assert "mailessentials_ftp: must be true or false (me1, me2, me3)." in message
        assert "mailessentials_proxy_host: is missing; " in message and message.endswith("(x).")

    def test_what_all_servers_have_is_said_of_all(self) -> None:
        assert "(all 4 servers)." in refused(*farm(3, ftp="perhaps"))

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            (
                {"farm_size": 4},
                "mailessentials_farm_size: is 4, but the inventory has 3 servers of the farm (me1, "
                "me2, me3); add the missing servers, or correct the number.",
            ),
            (
                {"absent_servers": ["me9"]},
                "mailessentials_absent_servers: 'me9' is not a server of the inventory; list here "
                "the servers that are down for now, and in mailessentials_removed_servers those "
                "that were removed from the farm.",
            ),
            (
                {"removed_servers": ["me2"]},
                "mailessentials_removed_servers: 'me2' is a server of the farm in the inventory; "
                "remove it from the inventory or from this list.",
            ),
            (
                {"removed_servers": ["198.51.1.3"]},
                "mailessentials_removed_servers: '198.51.1.3' is the address of a server of the "
                "farm in the inventory; remove it from the inventory or from this list.",
            ),
        ],
    )
    def test_what_is_said_of_the_whole_farm_is_refused_once(
        self, given: dict[str, Any], sentence: str
    ) -> None:
        message = refused(*farm(**given))
        assert message == f"1 mistake in the inventory; no host was called. {sentence}"

    @pytest.mark.parametrize("size", [0, -1, 1000, "three", True, 2.5])
    def test_a_farm_has_some_servers(self, size: Any) -> None:
        message = refused(*farm(farm_size=size))
        assert message.startswith("1 mistake ") and "mailessentials_farm_size: " in message
        assert "give a whole number of servers from 1 to 999" in message

    def test_drift_is_reported_or_fails(self) -> None:
        assert "mailessentials_on_drift: " in refused(*farm(on_drift="perhaps"))
        found = plan(*farm(on_drift="fail")).to_dict()["servers"]["me1"]["settings"]
        assert found["on_drift"] == "fail"

    def test_what_fits_the_farm_is_planned(self) -> None:
        given = {
            "farm_size": 3,
            "absent_servers": ["me3"],
            "removed_servers": ["me9", "198.51.1.9"],
        }
        (found,) = plan(*farm(**given)).to_dict()["farms"]
        assert (found["absent"], found["removed"]) == (["me3"], ["me9", "198.51.1.9"])

    def test_each_farm_has_its_own_absent_servers(self) -> None:
        absent = {"absent_servers": ["ame2", "bme2"]}
        found = plan(*farm(1, "a", 1, **absent), *farm(1, "b", 2, **absent)).to_dict()["farms"]
        assert [one["absent"] for one in found] == [["ame2"], ["bme2"]]

    def test_an_address_may_be_written_otherwise(self) -> None:
        given = {"address": "2001:db8::1", "removed_servers": ["2001:0DB8:0:0::1"]}
        master, slave = farm(1)
        named = {f"mailessentials_{name}": value for name, value in given.items()}
        one = Server(master.name, master.groups, {**master.variables, **named})
        other = Server(
            slave.name, slave.groups, {**slave.variables, "mailessentials_address": "2001:db8::2"}
        )
        assert "is the address of a server of the farm" in refused(one, other)
        named["mailessentials_removed_servers"] = ["2001:0DB8:0:0::9"]
        one = Server(master.name, master.groups, {**master.variables, **named})
        assert plan(one, other).farms[0].removed == ("2001:db8::9",)

    def test_what_other_inputs_forbid_is_said_with_the_others(self) -> None:
        given = {"web_ui_networks": ["192.0.2.0/24"], "web_ui_ports": [9095], "ftp": "maybe"}
        message = refused(*farm(**given))
        assert message.startswith("2 mistakes ") and "9095 is a Multi-Server port" in message

    @pytest.mark.parametrize("name", ["join_ports", "multi_server_paths"])
    def test_what_the_master_decides_is_not_said_otherwise_by_a_slave(self, name: str) -> None:
        given = {"join_ports": [], "multi_server_paths": "star"}[name]
        master, slave = farm(1)
        wrong = {**slave.variables, f"mailessentials_{name}": given}
        message = refused(master, Server(slave.name, slave.groups, wrong))
        assert f"mailessentials_{name}: differs from that of the master 'me1'" in message
        same = {**master.variables, f"mailessentials_{name}": given}
        both = plan(
            Server(master.name, master.groups, same), Server(slave.name, slave.groups, wrong)
        )
        assert len(both.servers) == 2

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"dns_servers": ["2001:db8::1%3"]}, "dns_servers[0]"),
            ({"firewall_profiles": ["any", "domain"]}, "firewall_profiles"),
            ({"dns_servers": [f"10.{n >> 8}.{n & 255}.1" for n in range(1100)]}, "dns_servers"),
            ({"version": "2010", "features": ["multi_server"]}, "features"),
            ({"verify_timeout": "00000000599999"}, "verify_timeout"),
            ({"clock_tolerance": 10**20}, "clock_tolerance"),
        ],
    )
    def test_the_variable_that_the_user_wrote_is_named(
        self, given: dict[str, Any], field: str
    ) -> None:
        assert f"mailessentials_{field}: " in refused(server("m", "standalone", **given))

    @pytest.mark.parametrize(
        "given",
        [
            {"proxy_pac_url": "S3CRET", "proxy_stores": ["wininet"]},
            {"ports": ["S3CRET"]},
            {"ports": [{"port": 1, "S3CRET": 1}]},
            {"extra_owners": ["\\u:S3CRET"]},
            {"address": {"password": "S3CRET"}},
            {"address": [{"password": "S3CRET"}]},
            {"version": {"a": "S3CRET"}},
            {"farm": {"a": "S3CRET"}},
            {"server_role": {"a": "S3CRET"}},
            {"directory_scenario": {"a": "S3CRET"}},
            {"fail_on": [{"a": "S3CRET"}]},
        ],
    )
    def test_what_may_hold_a_password_is_not_repeated(self, given: dict[str, Any]) -> None:
        master, slave = farm(1)
        named = {f"mailessentials_{name}": value for name, value in given.items()}
        message = refused(Server(master.name, master.groups, {**master.variables, **named}), slave)
        assert f"{next(iter(named))}" in message and "S3CRET" not in message

    def test_a_wrong_role_is_not_followed_by_what_its_farm_lacks(self) -> None:
        master, slave = farm(1)
        wrong = Server(master.name, frozenset(), {"mailessentials_server_role": "Master"})
        message = refused(wrong, slave)
        assert message.startswith("1 mistake ") and "must be one of master, slave" in message

    def test_addresses_may_be_text_with_commas(self) -> None:
        one, two = farm(1)
        variables = {**two.variables, "mailessentials_address": "198.51.1.2, 2001:db8::2"}
        found = plan(one, Server(two.name, two.groups, variables))
        assert rules(found, "me1")["join-in"]["remote_addresses"] == ["198.51.1.2", "2001:db8::2"]

    @pytest.mark.parametrize(
        "address", ["[2001:db8::2]", "me2.example.com:25", "192.0.2.2:25", "fe80::1%3"]
    )
    def test_brackets_and_ports_are_no_part_of_an_address(self, address: str) -> None:
        one, two = farm(1)
        variables = {**two.variables, "mailessentials_address": address}
        message = refused(one, Server(two.name, two.groups, variables))
        assert "without brackets, port and zone index" in message
        assert "mailessentials_address of host 'me2'" in message and "(all" not in message

    def test_a_wrong_address_is_not_followed_by_others(self) -> None:
        message = refused(*farm(), server("me9", "slave", address=None))
        assert message.startswith("1 mistake ") and "mailessentials_address: is null" in message


class TestRecord:
    """Peers in the description of a rule."""

    def test_a_rule_between_servers_names_its_peers(self) -> None:
        description = rules(plan(*farm()), "me1")["multi-server-in"]["description"]
        assert description.endswith(" peers: me2=198.51.1.2, me3=198.51.1.3")
        assert read_peers(description) == {"me2": ("198.51.1.2",), "me3": ("198.51.1.3",)}

    @given(
        st.dictionaries(
            st.text("abcé.-_0", min_size=1, max_size=9),
            st.lists(st.ip_addresses().map(str), min_size=1, max_size=3).map(tuple),
            min_size=1,
        )
    )
    def test_what_is_written_is_read(self, peers: dict[str, tuple[str, ...]]) -> None:
        assert read_peers(write_peers("Some text, with peers: a=b.", peers)) == peers

    @pytest.mark.parametrize(
        "text", ["", "No record.", "x peers: ", "x peers: a", "x peers: a=1, a=2"]
    )
    def test_another_text_has_no_record(self, text: str) -> None:
        assert read_peers(text) == {}

    def test_a_farm_that_does_not_fit_is_refused(self) -> None:
        with pytest.raises(InputError, match="split the farm"):
            write_peers("x", {f"server-{number}": ("192.0.2.1",) for number in range(500)})


def test_a_plan_is_data_of_one_shape() -> None:
    full = plan(*farm(proxy_host="192.0.2.9", proxy_port=8080, ftp=True)).to_dict()
    plain = plan(server("m", "standalone")).to_dict()
    assert json.loads(json.dumps(full)) == full
    assert set(full) == set(plain) == {"servers", "flows", "farms", "notices"}
    assert set(full["servers"]["me1"]) == set(plain["servers"]["m"])
    assert set(full["farms"][0]) == set(plain["farms"][0])


def test_the_facts_of_every_flow_stand_once_for_each_version() -> None:
    found = plan(*farm(), server("old", "standalone", version="2015")).to_dict()
    assert set(found["flows"]) == {"22", "2015"}
    for name, entry in found["servers"].items():
        flows = found["flows"][entry["version"]["name"]]
        for rule_set in entry["rule_sets"].values():
            assert {planned["flow"] for planned in rule_set["rules"]} <= set(flows), name
    assert found["flows"]["22"]["multi-server-in"]["sources"]


def test_a_plan_for_people() -> None:
    lines = plan_lines(plan(*farm(1), server("x", "standalone", licence_key="s3cret")))
    assert lines[0] == "Farm: master me1, slave me2, MailEssentials 22"
    rows = [line.split() for line in lines]
    assert ["all", "servers", "in", "other", "servers", "TCP", "9095,", "9096", "Multi-Server"] in [
        row[:9] for row in rows
    ]
    text = "\n".join(lines)
    assert "No rule opens TCP 8013, 8015, 8021, 9090, 9091, 9093. These are remoting ports" in text
    assert "  Addresses: me1 198.51.1.1; me2 198.51.1.2." in lines
    assert "No document lists the ports of 22; those of 21 are used." in text
    assert (
        "mailessentials_version is not set" in text and "The user interface is not opened" in text
    )
    assert "Standalone server x, MailEssentials 22" in text
    assert "S0: GFI MailEssentials Port Description" in text
    assert "Note: mailessentials_licence_key: is not an input" in text and "s3cret" not in text


def test_a_plan_for_people_says_what_is_changed_beside_rules() -> None:
    networks = [f"10.{number}.0.0/16" for number in range(5)]
    given = {"proxy_host": "192.0.2.9", "proxy_port": 8080, "reserve_ports": True}
    servers = farm(7, version="21.8", web_ui_networks=networks, **given)
    others = [{**one.variables, "mailessentials_ftp": one.name != "me3"} for one in servers]
    servers = [replace(one, variables=own) for one, own in zip(servers, others, strict=True)]
    text = "\n".join(plan_lines(plan(*servers)))
    assert f"  User interface: {', '.join(networks)}." in text and "and 2 more" in text
    assert "The proxy is also set in Windows (winhttp)." in text
    assert "Ports are reserved: TCP 9091, 9093, 9095, 9096." in text
    assert "MailEssentials 21 (given: 21.8)" in text and "version is not set" not in text
    assert "Allow these hosts in the proxy (192.0.2.9)" in text
    assert "all but me3" in text and "interface is not opened" not in text


def test_a_plan_for_people_shows_what_each_document_says() -> None:
    lines = plan_lines(plan(server("x", "standalone", version="21", ftp=True)))
    values = [line.strip() for line in lines]
    assert "db11.spamcatcher.net TCP 80 (optional; contradicted: D9)" in values
    assert "update.gfi.com TCP 80, 443 (optional; contradicted: D8)" in values
    assert "support.gfi.com TCP 80, 443" in values
    assert "S1: What ports are used by GFI MailEssentials? (KBID002184) (no date; " in "\n".join(
        lines
    )
    heading = "Contradicted (a check that fails is a warning only):"
    told = lines[lines.index(heading) + 1 :]
    assert [line.split(",")[0].strip() for line in told] == ["D5", "D6", "D7", "D8", "D9", "D10"]
    assert "; S1: used by version 14 (build 20080915) only" in told[4]
    assert heading in plan_lines(plan(server("x", "standalone", version="2012")))
    assert heading not in plan_lines(plan(server("x", "standalone", version="14")))


def test_the_two_rule_sets_of_a_server_know_each_other() -> None:
    sets = plan(*farm(1)).to_dict()["servers"]["me1"]["rule_sets"]
    for name, other in (("firewall", "multi_server"), ("multi_server", "firewall")):
        assert sets[name]["trusted_groups"] == {sets[other]["group"]: sets[other]["id_prefix"]}


def test_a_server_outside_the_group_of_the_playbooks_is_named() -> None:
    master, slave = farm(1)
    inside = Server(
        master.name, frozenset([*master.groups, "mailessentials"]), dict(master.variables)
    )
    found = plan_servers([inside, slave], resolve, "mailessentials")
    assert found.notices == (
        "me2: planned as a peer but not changed, as it is not in the group 'mailessentials'.",
    )


def test_an_address_in_two_farms_is_said() -> None:
    found = plan(*farm(1, "a", 1), *farm(1, "b", 1))
    assert any("198.51.1.1 is the address of ame1, bme1" in notice for notice in found.notices)


def test_of_many_notices_the_first_are_printed() -> None:
    servers = [server(f"s{n}", "standalone", **{f"licence{n}": 1}) for n in range(30)]
    lines = notice_lines(plan(*servers), 10)
    assert len(lines) == 11 and lines[-1] == "Note: 20 more; see the playbook plan."
    assert len(notice_lines(plan(*servers))) == 30
