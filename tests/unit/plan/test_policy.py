# SPDX-License-Identifier: GPL-3.0-or-later
"""From flows to rules: who may talk to whom, and what is never opened."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import refused

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    query,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.policy import (
    flow_rules,
)

GROUP, PREFIX = "Farm", "Farm-"
IPC = [8013, 8015, 9090, 9091, 9093]


def flow(remote: str, **changes: Any) -> dict[str, Any]:
    made = {
        "id": "x",
        "title": "X",
        "purpose": "For x",
        "direction": "outbound",
        "protocol": "tcp",
        "ports": ["80"],
        "remote": remote,
    }
    return {**made, "feature": "core", "peers_only": False, "port_variable": "", **changes}


DNS = flow("dns_servers", id="dns", protocol="udp", ports=["53"])
WEB = flow("internet", id="http")
PROXY = flow("proxy", id="proxy", ports=["8080"], port_variable="proxy_port", feature="proxy")
UI = flow(
    "web_ui_networks", id="ui", direction="inbound", port_variable="web_ui_ports", feature="web_ui"
)
SYNC = flow(
    "master_and_slaves",
    id="sync",
    direction="inbound",
    ports=["9095", "9096"],
    peers_only=True,
    feature="multi_server",
)
JOIN = flow(
    "slaves",
    id="join",
    direction="inbound",
    port_variable="join_ports",
    peers_only=True,
    feature="multi_server",
)


def rules(*flows: dict[str, Any], **topology: Any) -> list[dict[str, Any]]:
    return flow_rules(
        flows, topology, group=GROUP, id_prefix=PREFIX, ipc_ports=IPC, peer_ports=[9095, 9096]
    )


def far_end(*flows: dict[str, Any], **topology: Any) -> list[str]:
    (rule,) = rules(*flows, **topology)
    return rule["remote_addresses"]  # type: ignore[no-any-return]


def test_a_rule() -> None:
    assert rules(
        SYNC, server_role="master", slaves=["192.0.2.2", "2001:db8::2"], profiles=["domain"]
    ) == [
        {
            "id": "Farm-sync",
            "display_name": "GFI MailEssentials - X (TCP-In)",
            "description": "For x",
            "direction": "inbound",
            "protocol": "tcp",
            "local_ports": ["9095", "9096"],
            "remote_addresses": ["192.0.2.2", "2001:db8::2"],
            "profiles": ["domain"],
        }
    ]
    (outbound,) = rules(DNS)
    assert (outbound["display_name"], outbound["remote_ports"]) == (
        "GFI MailEssentials - X (UDP-Out)",
        ["53"],
    )
    assert "local_ports" not in outbound and outbound["profiles"] == ["domain", "private", "public"]


def test_far_ends() -> None:
    assert (
        far_end(DNS)
        == far_end(DNS, dns_servers=[])
        == far_end(DNS, dns_servers=None)
        == far_end(DNS, dns_servers="")
        == ["DNS"]
    )
    assert far_end(DNS, dns_servers=["192.0.2.53"]) == ["192.0.2.53"]
    assert far_end(WEB) == ["any"]
    assert far_end(SYNC, server_role="slave", master="192.0.2.1", slaves=["192.0.2.2"]) == [
        "192.0.2.1"
    ]
    assert far_end(UI, web_ui_networks=["10.1.0.0/16", "LocalSubnet"]) == [
        "10.1.0.0/16",
        "LocalSubnet",
    ]


def test_through_a_proxy_the_web_is_reached_by_the_proxy_alone() -> None:
    made = rules(DNS, WEB, PROXY, proxy_addresses=["192.0.2.80"], proxy_port=3128)
    assert [(rule["id"], rule["remote_ports"], rule["remote_addresses"]) for rule in made[1:]] == [
        ("Farm-proxy", ["3128"], ["192.0.2.80"])
    ]


def test_moved_ports() -> None:
    (rule,) = rules(UI, web_ui_networks=["10.0.0.0/8"], web_ui_ports=[8443, "8080"])
    assert rule["local_ports"] == ["8443", "8080"]


@pytest.mark.parametrize("server_role", ["master", "slave"])
@pytest.mark.parametrize("version", ["2015", "21", "latest"])
def test_the_catalog_opens_no_remoting_port_and_multi_server_to_peers_only(
    server_role: str, version: str
) -> None:
    flows = [
        entry
        for entry in query(
            "flows", version=version, features=["multi_server"], server_role=server_role
        )
        if entry["feature"] == "multi_server"
    ]
    ipc = {entry["port"] for entry in query("ports", version=version) if entry["kind"] == "ipc"}
    topology = {"server_role": server_role, "master": ["192.0.2.1"], "slaves": ["192.0.2.2"]}
    made = flow_rules(
        flows,
        topology,
        group=GROUP,
        id_prefix=PREFIX,
        ipc_ports=sorted(ipc),
        peer_ports=[9095, 9096],
    )
    assert {"9095", "9096"} <= {
        port for rule in made for port in rule.get("local_ports", []) + rule.get("remote_ports", [])
    }
    assert not {str(port) for port in ipc} & {
        port for rule in made for port in rule.get("local_ports", [])
    }
    peer = "192.0.2.2" if server_role == "master" else "192.0.2.1"
    assert {address for rule in made for address in rule["remote_addresses"]} == {peer}


MASTER = {"server_role": "master"}
# Flows, topology inputs, the field refused and words of the sentence.
REFUSED: list[tuple[list[dict[str, Any]], dict[str, Any], str, tuple[str, ...]]] = [
    (
        [DNS],
        {"dns_server": ["192.0.2.53"]},
        "topology.dns_server",
        ("'dns_server'", "did you mean 'dns_servers'?"),
    ),
    (
        [DNS],
        {"dns_servers": ["ns.example.com"]},
        "topology.dns_servers[0]",
        ("'ns.example.com'", "host names are not known"),
    ),
    ([DNS], {"dns_servers": {"a": 1}}, "topology.dns_servers", ("not a list of addresses",)),
    ([DNS], {"dns_servers": 53}, "topology.dns_servers", ("53 is not a list",)),
    ([PROXY], {}, "topology.proxy_addresses", ("is missing", "'proxy' needs it")),
    (
        [PROXY],
        {"proxy_addresses": ["192.0.2.80"], "proxy_port": 0},
        "topology.proxy_port[0]",
        ("0 is not a port",),
    ),
    (
        [PROXY],
        {"proxy_addresses": ["192.0.2.80"], "proxy_port": "3128-3130"},
        "topology.proxy_port[0]",
        ("is a range",),
    ),
    (
        [PROXY],
        {"proxy_addresses": ["192.0.2.80"], "proxy_port": 3128.0},
        "topology.proxy_port[0]",
        ("3128.0",),
    ),
    (
        [PROXY],
        {"proxy_addresses": ["192.0.2.80"], "proxy_port": True},
        "topology.proxy_port[0]",
        ("True",),
    ),
    ([UI], {}, "topology.web_ui_networks", ("is missing", "'ui'")),
    ([UI], {"web_ui_networks": ["any"]}, "topology.web_ui_networks[0]", ("'any'",)),
    ([UI], {"web_ui_networks": ["0.0.0.0/0"]}, "topology.web_ui_networks[0]", ("every address",)),
    (
        [UI],
        {"web_ui_networks": ["Internet"]},
        "topology.web_ui_networks",
        ("'Internet' is", "everybody"),
    ),
    (
        [UI],
        {"web_ui_networks": ["internet4"]},
        "topology.web_ui_networks",
        ("'internet4' is everybody",),
    ),
    (
        [UI],
        {"web_ui_networks": ["0.0.0.0/1", "128.0.0.0/1"]},
        "topology.web_ui_networks",
        ("more than a /8 network",),
    ),
    (
        [UI],
        {"web_ui_networks": ["10.1.2.3/8"]},
        "topology.web_ui_networks[0]",
        ("host bits", "10.0.0.0/8"),
    ),
    (
        [UI],
        {"web_ui_networks": ["10.0.0.0/8"], "web_ui_ports": [9091]},
        "topology.web_ui_ports",
        ("9091 is a remoting port", "never opened"),
    ),
    (
        [UI],
        {"web_ui_networks": ["10.0.0.0/8"], "web_ui_ports": [7777], "remoting_ports": [7777]},
        "topology.web_ui_ports",
        ("7777 is a remoting port",),
    ),
    (
        [UI],
        {"web_ui_networks": ["10.0.0.0/8"], "web_ui_ports": [7778], "host_remoting_ports": [7778]},
        "topology.web_ui_ports",
        ("7778 is a remoting port",),
    ),
    (
        [PROXY],
        {"proxy_addresses": ["192.0.2.0/24"]},
        "topology.proxy_addresses[0]",
        ("'192.0.2.0/24' is not one host's address",),
    ),
    (
        [PROXY],
        {"proxy_addresses": ["192.0.2.1", "LocalSubnet"]},
        "topology.proxy_addresses[1]",
        ("'LocalSubnet' is not one host's address",),
    ),
    (
        [UI],
        {"web_ui_networks": ["10.0.0.0/8"], "remoting_ports": ["x"]},
        "topology.remoting_ports[0]",
        ("'x' is not a port",),
    ),
    (
        [JOIN],
        {**MASTER, "slaves": ["192.0.2.2"], "join_ports": [8013]},
        "topology.join_ports",
        ("8013 is a remoting port",),
    ),
    (
        [JOIN],
        {**MASTER, "slaves": ["192.0.2.2"], "join_ports": [9095]},
        "topology.join_ports",
        ("9095 is a Multi-Server port", "servers of a farm only"),
    ),
    (
        [UI],
        {"web_ui_networks": ["10.0.0.0/8"], "web_ui_ports": [443, 9096]},
        "topology.web_ui_ports",
        ("9096 is a Multi-Server port",),
    ),
    (
        [JOIN],
        {**MASTER, "slaves": ["192.0.2.2"], "join_ports": ["443,80"]},
        "topology.join_ports[0]",
        ("'443,80' is several ports",),
    ),
    (
        [JOIN],
        {**MASTER, "slaves": ["192.0.2.0/24"]},
        "topology.slaves[0]",
        ("'192.0.2.0/24' is not one host's address",),
    ),
    (
        [JOIN],
        {**MASTER, "slaves": ["LocalSubnet"]},
        "topology.slaves[0]",
        ("'LocalSubnet' is not one host's address",),
    ),
    (
        [JOIN],
        {**MASTER, "slaves": ["192.0.2.2-192.0.2.3"]},
        "topology.slaves[0]",
        ("is not one host's address",),
    ),
    ([JOIN], {**MASTER, "slaves": []}, "topology.slaves", ("is missing",)),
    (
        [SYNC],
        {"server_role": "slave", "slaves": ["192.0.2.2"]},
        "topology.master",
        ("is missing", "'sync'"),
    ),
    (
        [SYNC],
        {**MASTER, "slaves": ["192.0.2.0/24"]},
        "topology.slaves[0]",
        ("is not one host's address",),
    ),
    (
        [flow("slaves", direction="inbound", ports=["9000-9100"])],
        {"slaves": ["192.0.2.2"]},
        "topology.x",
        ("9090 is a remoting port",),
    ),
    ([DNS], {"profiles": ["home"]}, "rules[0].profiles[0]", ("profile 'home'",)),
    *(
        (
            [DNS],
            {"profiles": empty},
            "topology.profiles",
            ("is empty", "domain, private, public, or any"),
        )
        for empty in ([], "", None)
    ),
    ([DNS], {"profiles": "home"}, "rules[0].profiles[0]", ("profile 'home'",)),
    ([DNS], {"profiles": 5}, "rules[0].profiles[0]", ("profile '5'",)),
]


@pytest.mark.parametrize(("flows", "topology", "field", "words"), REFUSED)
def test_refused(
    flows: list[dict[str, Any]], topology: dict[str, Any], field: str, words: tuple[str, ...]
) -> None:
    refused(lambda: rules(*flows, **topology), field, *words)
