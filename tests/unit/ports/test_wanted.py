# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ports are wanted: by hand, by the catalog, as configured; and what nobody can mean."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import refused
from unit.hosts import BARE, DIRECTORY, directory, reading, web_config

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    PortWant,
    catalog_wants,
    given_wants,
    select_wants,
)

MOVED = [
    ["wellknown", "a type", "tcp://localhost:9193/Report"],
    ["wellknown", "a type", "tcp://localhost:8015/RemotingHelper"],
]


def shown(wants: tuple[PortWant, ...]) -> list[str]:
    return [f"{want.port} {want.kind}" for want in wants]


def test_ports_by_hand() -> None:
    wants = given_wants(
        [
            61000,
            "53",
            {"port": 53, "protocol": "UDP", "families": ["ipv6", "ipv4"]},
            {"port": "25", "families": "ipv6", "protocol": None},
        ]
    )
    assert [(want.port, want.protocol, want.families) for want in wants] == [
        (61000, "tcp", ("ipv4", "ipv6")),
        (53, "tcp", ("ipv4", "ipv6")),
        (53, "udp", ("ipv4", "ipv6")),
        (25, "tcp", ("ipv6",)),
    ]
    assert wants[0].to_dict() == {
        "kind": "given",
        "title": "Given by hand.",
        "status": "given",
        "configured": False,
        "sources": [],
        "contradictions": [],
        "advice": "",
    }


BAD_PORTS: list[tuple[Any, str, tuple[str, ...]]] = [
    ([], "ports", ("empty list",)),
    (9095, "ports", ("9095", "not a list")),
    ("9095", "ports", ("'9095'", "not a list")),
    ({"port": 9095}, "ports", ("not a list",)),
    ([0], "ports[0]", ("0 is", "1 to 65535")),
    ([9095, 65536], "ports[1]", ("65536 is", "1 to 65535")),
    ([-9095], "ports[0]", ("-9095 is", "1 to 65535")),
    (["9095-9096"], "ports[0]", ("'9095-9096'", "is a range", "entry of its own")),
    (["9095-9095"], "ports[0]", ("'9095-9095'", "not a port")),
    (["9096-9095"], "ports[0]", ("'9096-9095'", "not a port")),
    (["9095, 9096"], "ports[0]", ("'9095, 9096'", "several ports in one text")),
    (["9095,9096"], "ports[0]", ("several ports in one text",)),
    (["9095 9096"], "ports[0]", ("several ports in one text",)),
    ([9095.0], "ports[0]", ("9095.0", "whole number")),
    (["9095.0"], "ports[0]", ("'9095.0'", "whole number")),
    ([True], "ports[0]", ("True", "whole number")),
    ([None], "ports[0]", ("None", "whole number")),
    ([[9095]], "ports[0]", ("[9095]", "whole number")),
    ([""], "ports[0]", ("''", "not a port")),
    (["http"], "ports[0]", ("'http'", "not a port")),
    (["٩٠٩٥"], "ports[0]", ("not a port",)),
    (["9" * 5000], "ports[0]", ("not a port",)),
    ([9095, 9096, "9095"], "ports[2]", ("port 9095 of tcp is ports[0] already",)),
    (
        [{"port": 53, "protocol": "udp", "families": ["ipv4"]}, {"port": 53, "protocol": "udp"}],
        "ports[1]",
        ("53 of udp is ports[0] already",),
    ),
    ([{}], "ports[0].port", ("is missing",)),
    ([{"port": None}], "ports[0].port", ("is missing",)),
    ([{"protocol": "tcp"}], "ports[0].port", ("is missing",)),
    ([{"port": 0}], "ports[0].port", ("0 is", "1 to 65535")),
    ([{"port": True}], "ports[0].port", ("True",)),
    ([{"port": 53, "protocol": "icmp"}], "ports[0].protocol", ("'icmp'", "tcp, udp")),
    ([{"port": 53, "protocol": "any"}], "ports[0].protocol", ("'any'", "tcp, udp")),
    ([{"port": 53, "protocol": ""}], "ports[0].protocol", ("''", "tcp, udp")),
    ([{"port": 53, "protocol": 6}], "ports[0].protocol", ("'6'", "tcp, udp")),
    ([{"port": 53, "protocol": ["tcp"]}], "ports[0].protocol", ("tcp, udp",)),
    (
        [{"port": 53, "families": ["ipv5"]}],
        "ports[0].families[0]",
        ("'ipv5'", "ipv4, ipv6", "did you mean"),
    ),
    ([{"port": 53, "families": []}], "ports[0].families", ("empty list",)),
    ([{"port": 53, "families": [4]}], "ports[0].families[0]", ("'4'", "ipv4, ipv6")),
    (
        [{"port": 53, "famlies": ["ipv4"]}],
        "ports[0].famlies",
        ("'famlies'", "did you mean 'families'"),
    ),
    ([{"port": 53, 5: 6}], "ports[0].5", ("'5'", "use one of port")),
]


@pytest.mark.parametrize(("ports", "field", "words"), BAD_PORTS, ids=lambda value: str(value)[:30])
def test_ports_that_nobody_can_mean(ports: Any, field: str, words: tuple[str, ...]) -> None:
    refused(lambda: given_wants(ports), field, *words)
    refused(lambda: select_wants(reading(), ports=ports), field, *words)


def test_families_are_no_matter_of_a_reservation() -> None:
    refused(
        lambda: given_wants([{"port": 53, "families": ["ipv4"]}], with_families=False),
        "ports[0].families",
        "use one of port, protocol",
    )


@pytest.mark.parametrize(
    ("version", "options", "expected"),
    [
        ("14", {}, ["8013 ipc", "8021 ipc", "8015 ipc", "25 smtp"]),
        ("2014 R2", {}, ["8015 ipc", "9090 ipc", "9091 ipc", "25 smtp"]),
        ("2015", {}, ["8015 ipc", "9090 ipc", "9091 ipc", "9093 ipc", "25 smtp"]),
        ("21", {}, ["8015 ipc", "9090 ipc", "9091 ipc", "9093 ipc", "25 smtp"]),
        (
            "21",
            {"server_role": "standalone"},
            ["8015 ipc", "9090 ipc", "9091 ipc", "9093 ipc", "25 smtp"],
        ),
        ("2014", {"server_role": "slave"}, ["8013 ipc", "8021 ipc", "8015 ipc", "25 smtp"]),
        (
            "2015",
            {"server_role": "slave"},
            [
                "8015 ipc",
                "9090 ipc",
                "9091 ipc",
                "9093 ipc",
                "9095 multi_server",
                "9096 multi_server",
                "25 smtp",
            ],
        ),
        (
            "2015",
            {"server_role": "master"},
            [
                "8015 ipc",
                "9090 ipc",
                "9091 ipc",
                "9093 ipc",
                "9095 multi_server",
                "9096 multi_server",
                "80 join",
                "443 join",
                "25 smtp",
            ],
        ),
        (
            "2015",
            {"server_role": "master", "features": []},
            ["8015 ipc", "9090 ipc", "9091 ipc", "9093 ipc", "25 smtp"],
        ),
        (
            "14",
            {"features": ["gfi_directory", "web_ui"]},
            [
                "8013 ipc",
                "8021 ipc",
                "8015 ipc",
                "61000 gfi_directory",
                "80 web_ui",
                "443 web_ui",
                "25 smtp",
            ],
        ),
        (
            "14",
            {"features": ["ldap", "ftp", "proxy", "core"]},
            ["8013 ipc", "8021 ipc", "8015 ipc", "25 smtp"],
        ),
    ],
)
def test_ports_of_the_catalog(version: str, options: dict[str, Any], expected: list[str]) -> None:
    assert shown(catalog_wants(version, **options)) == expected


def test_a_want_of_the_catalog_carries_its_evidence() -> None:
    want = next(want for want in catalog_wants("21") if want.port == 9090)
    assert (
        want.doubtful and want.sources == ("S0", "M21de") and "GFI Technical Support" in want.advice
    )
    assert [want.port for want in catalog_wants("21") if want.doubtful] == [8015, 9090]


BAD_OPTIONS: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"version": "2013"}, "version", ("'2013'", "nearest")),
    ({"version": "23.1"}, "version", ("'23.1'", "nearest")),
    ({"version": 21.8}, "version", ("21.8", "quotes")),
    ({"version": ""}, "version", ("''",)),
    ({"features": ["multiserver"]}, "features[0]", ("'multiserver'", "multi_server")),
    ({"features": "multi_server"}, "features", ("'multi_server'", "not a list")),
    ({"features": [None]}, "features[0]", ("'None'",)),
    ({"version": "2014", "features": ["multi_server"]}, "features", ("2015 or later",)),
    ({"server_role": "primary"}, "server_role", ("'primary'", "standalone, master, slave")),
    ({"remoting_ports": []}, "remoting_ports", ("empty list",)),
    ({"remoting_ports": [0]}, "remoting_ports[0]", ("0 is",)),
    ({"remoting_ports": 9091}, "remoting_ports", ("not a list",)),
    ({"remoting_ports": [9091, 9091]}, "remoting_ports[1]", ("remoting_ports[0] already",)),
]


@pytest.mark.parametrize(("options", "field", "words"), BAD_OPTIONS, ids=str)
def test_options_that_nobody_can_mean(
    options: dict[str, Any], field: str, words: tuple[str, ...]
) -> None:
    refused(lambda: select_wants(reading(), **options), field, *words)


def test_by_default_the_configured_ports_replace_those_of_the_catalog() -> None:
    found = select_wants(reading())
    assert shown(found.wants) == ["9091 ipc", "9093 ipc", "25 smtp"]
    assert found.source == "configured"
    assert (
        found.reason == f"The remoting ports are those of {DIRECTORY}\\wwwconf\\web.config, "
        "others those of the catalog for version 21."
    )
    want = found.wants[1]
    assert (want.status, want.configured, want.sources) == ("configured", True, ("FRY",))
    assert want.title.startswith(
        "Remoting as configured on the host: Report, ContentSecurity/QuarantineServices"
    )
    assert "Switchboard" in want.advice


def test_a_contradicted_port_that_is_configured_is_not_doubtful() -> None:
    found = select_wants(reading(directories=[directory(config=web_config("ok", MOVED))]))
    assert shown(found.wants) == ["8015 ipc", "9193 ipc", "25 smtp"]
    assert [want.doubtful for want in found.wants] == [False, False, False]
    assert found.wants[0].sources == ("S0",) and found.wants[1].sources == ()


def test_without_a_product_the_latest_of_the_catalog() -> None:
    found = select_wants(reading(**BARE))
    assert shown(found.wants) == ["8015 ipc", "9090 ipc", "9091 ipc", "9093 ipc", "25 smtp"]
    assert (found.source, found.reason) == (
        "catalog",
        "MailEssentials is not installed, so the ports are those of the catalog for version 22, "
        "the latest.",
    )


BROKEN = [directory(config=web_config("missing"))]
UNKNOWN = {"64": None, "32": {"Version": "23.1"}}


@pytest.mark.parametrize(
    ("changes", "options", "source", "reason"),
    [
        (
            {"directories": BROKEN},
            {},
            "catalog",
            f"{DIRECTORY}\\wwwconf\\web.config is missing, so the ports are those of the "
            "catalog for version 21.",
        ),
        (
            {},
            {"version": "21.8"},
            "configured",
            f"The remoting ports are those of {DIRECTORY}\\wwwconf\\web.config, "
            "others those of the catalog for version 21.",
        ),
        (
            {},
            {"version": "2015"},
            "catalog",
            "The ports are those of the catalog for version 2015, as asked; installed is 21.",
        ),
        (
            BARE,
            {"version": "2015"},
            "catalog",
            "The ports are those of the catalog for version 2015, as asked.",
        ),
        (
            {"directories": BROKEN},
            {"version": "21"},
            "catalog",
            "The ports are those of the catalog for version 21, "
            f"as asked. {DIRECTORY}\\wwwconf\\web.config is missing, "
            "so the ports are those of the catalog for version 21.",
        ),
        (
            {"registry": UNKNOWN, "directories": BROKEN},
            {},
            "catalog",
            f"{DIRECTORY}\\wwwconf\\web.config is missing, and the catalog does not know the "
            "version. "
            "The ports are those of the catalog for version 22, the latest.",
        ),
        (
            {"registry": UNKNOWN},
            {},
            "configured",
            f"The remoting ports are those of {DIRECTORY}\\wwwconf\\web.config, "
            "others those of the catalog for version 22.",
        ),
        (
            {"registry": UNKNOWN},
            {"version": "21"},
            "configured",
            f"The remoting ports are those of {DIRECTORY}\\wwwconf\\web.config, "
            "others those of the catalog for version 21.",
        ),
        ({}, {"ports": [80]}, "given", "The ports were given in the task."),
        (
            {},
            {"ports": [80], "version": "2015"},
            "catalog",
            "The ports are those of the catalog for version 2015, as asked; installed is 21. "
            "Others were given in the task.",
        ),
        (
            BARE,
            {"remoting_ports": [7001]},
            "catalog",
            "MailEssentials is not installed, so the ports are those of the catalog for version "
            "22, the latest. The remoting ports were given in the task.",
        ),
    ],
)
def test_where_the_ports_come_from(
    changes: dict[str, Any], options: dict[str, Any], source: str, reason: str
) -> None:
    found = select_wants(reading(**changes), **options)
    assert (found.source, found.reason) == (source, reason)


def test_ports_by_hand_stand_alone_or_beside_the_others() -> None:
    assert shown(select_wants(reading(), ports=[80]).wants) == ["80 given"]
    assert shown(select_wants(reading(), ports=[80], features=[]).wants) == [
        "80 given",
        "9091 ipc",
        "9093 ipc",
        "25 smtp",
    ]


def test_moved_remoting_ports_hold_where_the_host_cannot_tell() -> None:
    assert shown(select_wants(reading(**BARE), remoting_ports=[7001, 7003]).wants) == [
        "7001 ipc",
        "7003 ipc",
        "25 smtp",
    ]
    assert shown(select_wants(reading(), remoting_ports=[7001]).wants) == [
        "9091 ipc",
        "9093 ipc",
        "25 smtp",
    ]
    assert select_wants(reading(**BARE), remoting_ports=[7001]).wants[0].advice != ""
