# SPDX-License-Identifier: GPL-3.0-or-later
"""The flows beside the articles: each alone, all together, none; what is tried, what is bypassed,
and what is refused.
"""

from __future__ import annotations

from typing import Any

import pytest
from unit.plan.test_farms import asked, farm, plan, refused, rules, server

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.table import (
    plan_lines,
)

USUAL = {"dns-udp", "dns-tcp", "http", "https"}
MEMBER = {
    "kerberos-tcp", "kerberos-udp", "kerberos-password-tcp", "kerberos-password-udp", "ldap-udp",
    "global-catalog", "smb", "rpc-endpoint-mapper", "rpc-dynamic", "time", "ldap", "ldaps",
}  # fmt: skip
DC = "192.0.2.61"
# inputs -> flows beside the usual ones, and what is tried as (input, host, port)
FLOWS: dict[str, tuple[dict[str, Any], set[str], set[tuple[str, str, int]]]] = {
    "mail in": ({"smtp_networks": ["192.0.2.0/24"]}, {"smtp-in"}, set()),
    "mail in from everybody": ({"smtp_networks": "any"}, {"smtp-in"}, set()),
    "mail out": (
        {"smtp_servers": ["192.0.2.71", "192.0.2.80/28"], "smtp_ports": [25, 587]},
        {"smtp-out"},
        {("smtp_servers", "192.0.2.71", 25), ("smtp_servers", "192.0.2.71", 587)},
    ),
    "mail out to everybody": ({"smtp_servers": ["any"]}, {"smtp-out"}, set()),
    "POP3": (
        {"pop3_servers": "192.0.2.72"},
        {"pop2exchange"},
        {("pop3_servers", "192.0.2.72", 110)},
    ),
    "Exchange": (
        {"exchange_servers": ["192.0.2.73"]},
        {"exchange-web-services"},
        {("exchange_servers", "192.0.2.73", 80), ("exchange_servers", "192.0.2.73", 443)},
    ),
    "member": (
        {"directory_scenario": "active_directory", "ldap_servers": [DC]},
        MEMBER,
        {("ldap_servers", DC, port) for port in (88, 464, 3268, 3269, 445, 135)},
    ),
    "database": (
        {"sql_server": "192.0.2.74", "sql_port": 50001},
        {"reporting-database"},
        {("sql_server", "192.0.2.74", 50001)},
    ),
}
ALL: dict[str, Any] = {
    name: value
    for key, (given, _flows, _tried) in FLOWS.items()
    if "everybody" not in key
    for name, value in given.items()
}


def tried(**inputs: Any) -> set[tuple[str, str, int]]:
    found = asked(plan(server("m", "standalone", **inputs)), "m")
    return {(purpose, host, port or 0) for purpose, _peer, host, port in found if port}


@pytest.mark.parametrize(("given", "flows", "calls"), FLOWS.values(), ids=FLOWS)
def test_a_flow_that_is_asked_for_alone(
    given: dict[str, Any], flows: set[str], calls: set[tuple[str, str, int]]
) -> None:
    found = rules(plan(server("m", "standalone", **given)), "m")
    assert set(found) == USUAL | flows
    assert tried(**given) == calls


def test_all_flows_together() -> None:
    found = plan(server("m", "standalone", **ALL))
    flows = set().union(*(flows for _given, flows, _calls in FLOWS.values()))
    calls = set().union(*(calls for _given, _flows, calls in FLOWS.values()))
    assert set(rules(found, "m")) == USUAL | flows and tried(**ALL) == calls
    unchecked = found.to_dict()["servers"]["m"]["endpoints"]["unchecked"]
    assert unchecked == ["192.0.2.80/28"]
    inbound = {name for name, rule in rules(found, "m").items() if rule["direction"] == "inbound"}
    assert inbound == {"smtp-in"}


@pytest.mark.parametrize("nothing", [[], ""])
def test_no_flow_is_there_unasked(nothing: Any) -> None:
    """An empty list is none, not everybody."""
    lists = ("smtp_networks", "smtp_servers", "pop3_servers", "exchange_servers")
    given = {"sql_server": "", **dict.fromkeys(lists, nothing)}
    for found in (plan(server("m", "standalone", **given)), plan(server("m", "standalone"))):
        assert set(rules(found, "m")) == USUAL and asked(found, "m") == []


@pytest.mark.parametrize("name", ["smtp", "pop3", "exchange"])
def test_without_ports_there_is_no_rule(name: str) -> None:
    given = {f"{name}_servers": ["192.0.2.71"], f"{name}_ports": []}
    assert set(rules(plan(server("m", "standalone", **given)), "m")) == USUAL
    assert tried(**given) == set()


def test_everybody_is_meant_only_where_it_is_written() -> None:
    found = rules(plan(server("m", "standalone", smtp_networks="any", smtp_servers="any")), "m")
    remotes = {name: found[name]["remote_addresses"] for name in ("smtp-in", "smtp-out")}
    assert remotes == {"smtp-in": ["any"], "smtp-out": ["any"]}


def test_exchange_is_reached_past_the_proxy() -> None:
    given = {"proxy_host": "192.0.2.9", "proxy_port": 8080, "exchange_ports": [443]}
    found = plan(server("m", "standalone", exchange_servers=["dc1.example.com", DC], **given))
    flows = rules(found, "m")
    assert set(flows) == {"dns-udp", "dns-tcp", "proxy", "exchange-web-services"}
    assert flows["exchange-web-services"]["remote_ports"] == ["443"]
    assert {"dc1.example.com", DC} <= set(found.servers["m"].proxy["bypass"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"smtp_networks": None}, "mailessentials_smtp_networks: is null"),
        ({"sql_port": None}, "mailessentials_sql_port: is null"),
        ({"smtp_network": ["192.0.2.1"]}, "did you mean mailessentials_smtp_networks"),
        ({"exchange_server": ["192.0.2.1"]}, "did you mean mailessentials_exchange_servers"),
        ({"pop3_servers": "any"}, "mailessentials_pop3_servers: 'any' is every address"),
        ({"exchange_servers": ["any"]}, "mailessentials_exchange_servers[0]: 'any' is every"),
        ({"smtp_networks": ["0.0.0.0/0"]}, "mailessentials_smtp_networks[0]: '0.0.0.0/0' is every"),
        ({"smtp_networks": ["any", "192.0.2.1"]}, "give it alone"),
        ({"smtp_networks": [DC], "smtp_ports": [9091]}, "smtp_ports: 9091 is a remoting port"),
        ({"smtp_networks": [DC], "smtp_ports": [9095]}, "smtp_ports: 9095 is a Multi-Server port"),
        ({"smtp_servers": "no.example.com"}, "'no.example.com' is not resolved on the controller"),
        ({"sql_server": "any", "sql_port": 50001}, "mailessentials_sql_server: 'any' is not resol"),
        ({"proxy_host": "any", "proxy_port": 8080}, "mailessentials_proxy_host: 'any' is not reso"),
        (
            {"directory_scenario": "active_directory"},
            "mailessentials_ldap_servers: is missing; mailessentials_directory_scenario "
            "'active_directory' requires it",
        ),
        (
            {"version": "14", "exchange_servers": [DC]},
            "mailessentials_exchange_servers: is set, but no document names this flow for "
            "MailEssentials 14; remove it, or correct mailessentials_version",
        ),
        (
            {"version": "2014 R2", "sql_server": DC, "sql_port": 50001},
            "mailessentials_sql_server: is set, but no document names this flow",
        ),
        ({"quarantine_server": "m"}, "is for the master of a farm, and the server is standalone"),
    ],
)
def test_what_is_not_right_is_refused(given: dict[str, Any], words: str) -> None:
    message = refused(server("m", "standalone", **given))
    assert message.startswith("1 mistake ") and words in message, message


def test_what_several_versions_do_not_have_is_said_at_once() -> None:
    given = {"exchange_servers": [DC], "sql_server": DC, "sql_port": 50001}
    message = refused(server("m", "standalone", version="14", **given))
    assert message.startswith("2 mistakes "), message


class TestQuarantineServer:
    """The server that hosts quarantine and reporting is reached by every other one."""

    def test_a_star_has_the_paths_to_it(self) -> None:
        found = plan(*farm(3, multi_server_paths="star", quarantine_server="me3"))
        peers = {
            name: [one.name for one in plan.place.peers] for name, plan in found.servers.items()
        }
        assert peers == {
            "me1": ["me2", "me3", "me4"],
            "me2": ["me1", "me3"],
            "me3": ["me1", "me2", "me4"],
            "me4": ["me1", "me3"],
        }
        assert ("multi_server", "me3", "198.51.1.3", 9095) in asked(found, "me2")
        assert any("me1, me3" in line for line in plan_lines(found))

    @pytest.mark.parametrize("given", [{}, {"quarantine_server": ""}])
    def test_a_star_without_one_is_a_star(self, given: dict[str, Any]) -> None:
        found = plan(*farm(multi_server_paths="star", **given))
        assert [one.name for one in found.servers["me2"].place.peers] == ["me1"]

    def test_the_master_says_it(self) -> None:
        master, slave = farm(1)
        message = refused(
            master, server("me2", "slave", address="198.51.1.2", quarantine_server="me2")
        )
        assert "mailessentials_quarantine_server: differs from that of the master 'me1'" in message
        assert slave.name == "me2"

    def test_a_name_that_the_farm_does_not_have(self) -> None:
        assert refused(*farm(quarantine_server="me9")) == (
            "1 mistake in the inventory; no host was called. mailessentials_quarantine_server: "
            "'me9' is not a server of the farm; give one of me1, me2, me3 (me1)."
        )

    def test_it_has_a_family_in_common_with_every_server(self) -> None:
        both = server(
            "me1",
            "master",
            address=["192.0.2.1", "2001:db8::1"],
            multi_server_paths="star",
            quarantine_server="me2",
        )
        four = server("me2", "slave", address="192.0.2.2")
        six = server("me3", "slave", address="2001:db8::3")
        assert "me2 has no address family in common with me3" in refused(both, four, six)


@pytest.mark.parametrize(
    ("version", "managed"), [("2012", True), ("2014", True), ("2014 R2", True), ("14", False)]
)
def test_the_synchronization_agent_is_not_managed(version: str, managed: bool) -> None:
    message = refused(*farm(1, version=version))
    assert f"MailEssentials {version} has no Multi-Server" in message
    told = "The Anti-Spam Synchronization Agent is not managed: it uses the web site of its master"
    assert (told in message) == managed
    if managed:
        assert "by default on TCP 80, which mailessentials_web_ui_networks" in message


def test_the_plan_says_which_mail_is_not_allowed() -> None:
    def told(**given: Any) -> list[str]:
        lines = plan_lines(plan(server("m", "standalone", **given)))
        return [line.split()[0] for line in lines if "mail (SMTP)" in line]

    assert told() == ["Incoming", "Outgoing"]
    assert told(smtp_networks="any") == ["Outgoing"]
    assert told(smtp_networks="any", smtp_servers=[DC]) == []


def test_the_plan_names_the_documents_of_these_flows() -> None:
    text = "\n".join(plan_lines(plan(server("m", "standalone", **ALL))))
    for words in (
        "MS179442: How to configure a firewall for Active Directory",
        "RFC5321",
        "Mail by SMTP",
        "K448 (documented)",
    ):
        assert words in text
