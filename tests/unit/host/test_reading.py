# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host worker read, decoded; and every answer that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from unit.builders import encode, refused
from unit.hosts import BARE, DIRECTORY, printed, raw, reading
from unit.hosts import ports as ports_of

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    LISTEN,
    Exclusion,
    Process,
    RemotingUrl,
    Socket,
    decode_host,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.payload import unpack


def test_a_reading_with_everything() -> None:
    tcp, udp = (
        [["127.0.0.1", 9091, LISTEN, 100], ["::", 9095, LISTEN, 100]],
        [["fe80::1%12", 53, 7]],
    )
    excluded = {"ipv4 tcp active": ["5357-5357", "50000-50059*"], "ipv6 udp persistent": ["53-53*"]}
    found = reading(ports=ports_of(tcp=tcp, udp=udp, excluded=excluded, dynamic=(6005, 65534)))
    assert found.time == 1795471200.5
    assert (found.windows, found.registry["64"], (found.registry["32"] or {})["Version"]) == (
        "10.0.20348",
        None,
        "21.8",
    )
    assert found.services[1].name == "gfimesattendant" and found.services[1].process_id == 100
    assert (found.directories[0].path, found.directories[0].exists) == (DIRECTORY, True)
    assert found.directories[0].web_config.endpoints[0] == RemotingUrl(
        "client", "", "tcp://localhost:8013"
    )
    assert found.ports is not None
    assert found.ports.sockets == (
        Socket("tcp", "ipv4", "127.0.0.1", 9091, LISTEN, 100),
        Socket("tcp", "ipv6", "::", 9095, LISTEN, 100),
        Socket("udp", "ipv6", "fe80::1%12", 53, 0, 7),
    )
    assert found.ports.processes[200] == Process(200, "java.exe", "C:\\Java\\bin\\java.exe")
    assert found.ports.exclusions == (
        Exclusion("tcp", "ipv4", "active", 5357, 5357, False),
        Exclusion("tcp", "ipv4", "active", 50000, 50059, True),
        Exclusion("udp", "ipv6", "persistent", 53, 53, True),
    )
    assert found.ports.dynamic["ipv6", "udp"] == (6005, 65534)
    assert found.ports.http[0].urls == ("HTTP://+:5985/WSMAN/",)


def test_ports_of_a_group_are_expanded() -> None:
    data = raw()
    data["ports"]["tcp"] = [["0.0.0.0", 2, 7, "25,55,345-2,65108"], ["::", 2, 7, "0"]]
    found = decode_host(encode(data)).ports
    assert found is not None
    assert [row.port for row in found.sockets] == [25, 80, 425, 426, 427, 65535, 0]


def test_not_installed_and_no_ports_is_a_reading() -> None:
    found = reading(**BARE, ports=None)
    assert found.ports is None and not any(entry.exists for entry in found.directories)


@pytest.mark.parametrize(
    "utc", ["2026-11-23T22:00:00Z", "2026-11-23T22:00:00.0Z", "2026-11-23T22:00:00.000000000Z"]
)
def test_times(utc: str) -> None:
    assert reading(utc=utc).time == 1795471200.0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (printed("", 0), "it is empty"),
        (
            printed("Access is denied.", 1),
            "failed to list http on the host (exit code 1): Access is denied",
        ),
    ],
)
def test_http_sys_that_cannot_be_read_costs_only_its_names(
    answer: dict[str, Any], words: str
) -> None:
    found = reading(ports=ports_of(http=answer)).ports
    assert found is not None and found.http == () and words in found.http_error


Change = Callable[[dict[str, Any]], object]


def put(path: str, value: Any) -> Change:
    """Put a value at a place such as ports.tcp.0.1; DELETE takes it away."""

    def change(data: dict[str, Any]) -> None:
        *way, last = path.split(".")
        place: Any = data
        for key in way:
            place = place[int(key) if isinstance(place, list) else key]
        key = int(last) if isinstance(place, list) else last
        if value is DELETE:
            del place[key]
        else:
            place[key] = value

    return change


DELETE = object()
# (place, value, what the sentence names)
WRONG: list[tuple[str, Any, str]] = [
    ("schema", 1, "schema 2"),
    ("schema", DELETE, "schema 2"),
    ("utc", "23.11.2026 22:00", "'utc'"),
    ("utc", "2026-13-23T22:00:00Z", "'utc'"),
    ("utc", "2026-11-23T22:00:00+01:00", "'utc'"),
    ("utc", "٢٠٢٦-11-23T22:00:00Z", "'utc'"),
    ("utc", 5, "'utc'"),
    ("windows", None, "'windows'"),
    ("registry", [], "'registry'"),
    ("registry.64", DELETE, "'registry.64'"),
    ("registry.32", "21.8", "'registry.32'"),
    ("registry.32.Version", 21.8, "'registry.32'"),
    ("services", {}, "'services'"),
    ("services.0", ["gfi"], "'services[0]'"),
    ("services.0", "gfimesattendant", "'services[0]'"),
    ("services.1.4", "100", "'services[1]'"),
    ("services.1.4", True, "'services[1]'"),
    ("services.1.5", None, "'services[1]'"),
    ("directories", DELETE, "'directories'"),
    ("directories.0", DIRECTORY, "'directories[0]'"),
    ("directories.0.exists", "true", "'directories[0].exists'"),
    ("directories.0.path", None, "'directories[0].path'"),
    ("directories.1.web_config", None, "'directories[1].web_config'"),
    ("directories.0.web_config.state", "fine", "'directories[0].web_config.state'"),
    ("directories.0.web_config.size", -1.5, "'directories[0].web_config.size'"),
    ("directories.0.web_config.size", True, "'directories[0].web_config.size'"),
    (
        "directories.0.web_config.entries.2",
        ["wellknown", "x"],
        "'directories[0].web_config.entries[2]'",
    ),
    ("directories.0.web_config.section", 1, "'directories[0].web_config.section'"),
    ("ports", [], "'ports'"),
    ("ports", True, "'ports'"),
    ("ports.tcp", None, "'ports.tcp'"),
    ("ports.tcp.0", ["0.0.0.0", 2, "80"], "'ports.tcp[0]'"),
    ("ports.tcp.0.3", 80, "'ports.tcp[0]'"),
    ("ports.tcp.0.1", 2.0, "'ports.tcp[0]'"),
    ("ports.tcp.0.0", 0, "'ports.tcp[0]'"),
    ("ports.tcp.0.3", "", "'ports.tcp'"),
    ("ports.tcp.0.3", "80,", "'ports.tcp'"),
    ("ports.tcp.0.3", "80-", "'ports.tcp'"),
    ("ports.tcp.0.3", "\u0668\u0660", "'ports.tcp'"),
    ("ports.tcp.0.3", "65535,1", "'ports.tcp'"),
    ("ports.tcp.0.3", "65000-1000", "'ports.tcp'"),
    ("ports.udp.0.2", "-53", "'ports.udp'"),
    ("ports.udp.0", [], "'ports.udp[0]'"),
    ("ports.processes.0", [4, None, ""], "'ports.processes[0]'"),
    ("ports.netsh", DELETE, "'ports.netsh'"),
    ("ports.netsh.excluded.ipv6", DELETE, "'ports.netsh.excluded.ipv6'"),
    ("ports.netsh.excluded.ipv4.tcp.active", "text", "'ports.netsh.excluded.ipv4.tcp.active'"),
    (
        "ports.netsh.excluded.ipv4.tcp.active.text",
        None,
        "'ports.netsh.excluded.ipv4.tcp.active.text'",
    ),
    (
        "ports.netsh.excluded.ipv4.udp.active.exit_code",
        "0",
        "'ports.netsh.excluded.ipv4.udp.active.exit_code'",
    ),
    ("ports.netsh.http", None, "'ports.netsh.http'"),
]


@pytest.mark.parametrize(
    ("place", "value", "words"),
    WRONG,
    ids=[f"{place}={str(value)[:20]}" for place, value, _words in WRONG],
)
def test_a_reading_of_another_shape(place: str, value: Any, words: str) -> None:
    data = json.loads(
        json.dumps(raw(ports=ports_of(tcp=[["0.0.0.0", 80, 2, 4]], udp=[["::", 53, 7]])))
    )
    decode_host(encode(data))
    put(place, value)(data)
    refused(lambda: decode_host(encode(data)), "", words)


UNREAD = [
    (
        "excluded.ipv6.udp.persistent",
        printed("", 0),
        ("ipv6", "udp"),
        "excluded port ranges cannot be read: it is empty",
    ),
    (
        "excluded.ipv6.udp.active",
        printed("Zugriff verweigert.\n", 1),
        ("ipv6", "udp"),
        "failed to list ipv6 udp active on the host (exit code 1)",
    ),
    ("dynamic.ipv4.tcp", printed("\n\n", 1), ("ipv4", "tcp"), "(exit code 1): it said nothing"),
    (
        "dynamic.ipv4.udp",
        printed("garbage", 0),
        ("ipv4", "udp"),
        "the dynamic port range cannot be read",
    ),
]


@pytest.mark.parametrize(("place", "value", "of", "words"), UNREAD)
def test_a_list_of_netsh_that_fails_costs_that_list_alone(
    place: str, value: Any, of: tuple[str, str], words: str
) -> None:
    data = json.loads(json.dumps(raw(ports=ports_of(excluded={"": ["9095-9095*"]}))))
    put(f"ports.netsh.{place}", value)(data)
    found = decode_host(encode(data)).ports
    assert found is not None and list(found.unread) == [of] and words in found.unread[of]
    assert len(found.dynamic) == (3 if place.startswith("dynamic") else 4)
    assert len(found.exclusions) == (8 if place.startswith("dynamic") else 7)


@pytest.mark.parametrize("data", [None, [], "reading", 1, {}], ids=str)
def test_no_reading_at_all(data: Any) -> None:
    refused(lambda: decode_host(encode(data)), "", "schema 2")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (None, "no reading"),
        ("", "no reading"),
        (7, "no reading"),
        ("%%", "damaged"),
        ("AAAA", "damaged"),
    ],
)
def test_a_reply_that_was_damaged(reply: Any, words: str) -> None:
    refused(lambda: unpack(reply, 1), "", "The worker", words)
    refused(lambda: decode_host(reply), "", "The worker", words)


def test_a_reply_that_was_cut_off() -> None:
    whole = encode(raw())
    refused(lambda: decode_host(whole[: len(whole) // 2 // 4 * 4]), "", "cut off")
