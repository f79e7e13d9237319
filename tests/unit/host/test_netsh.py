# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh in eight languages reads the same; what is no list of netsh is refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT
from unit.builders import refused
from unit.hosts import dynamic_text, excluded_text, queue_text

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host import netsh
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.netsh import (
    parse_dynamic,
)

FOLDER = CHECKOUT / "tests" / "data" / "netsh"
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yml").read_text(encoding="utf-8"))


def capture(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def spans(text: str) -> list[str]:
    return [
        f"{span.first}-{span.last}{'*' if span.administered else ''}"
        for span in netsh.parse_excluded(text)
    ]


def span(text: str) -> str:
    return "{}-{}".format(*netsh.parse_dynamic(text))


def test_every_capture_has_its_expected_values() -> None:
    named = [name for part in EXPECTED.values() for name in part]
    assert sorted(named) == sorted(path.name for path in Path(FOLDER).glob("*.txt"))
    assert len(named) == 28


@pytest.mark.parametrize("name", EXPECTED["excluded"])
def test_excluded_ranges(name: str) -> None:
    assert spans(capture(name)) == EXPECTED["excluded"][name]


@pytest.mark.parametrize("name", EXPECTED["dynamic"])
def test_the_dynamic_range(name: str) -> None:
    assert span(capture(name)) == EXPECTED["dynamic"][name]


@pytest.mark.parametrize(
    ("name", "part"), [(name, part) for name, parts in EXPECTED["parts"].items() for part in parts]
)
def test_parts_of_a_capture(name: str, part: dict[str, Any]) -> None:
    first, last = part["lines"]
    text = "\n".join(capture(name).splitlines()[first - 1 : last])
    assert (spans(text) if "excluded" in part else span(text)) == part.get(
        "excluded", part.get("dynamic")
    )


@pytest.mark.parametrize("name", EXPECTED["http"])
def test_queues_of_http_sys(name: str) -> None:
    found = [
        {"urls": list(queue.urls), "processes": [process.id for process in queue.processes]}
        for queue in netsh.parse_http(capture(name))
    ]
    assert found == EXPECTED["http"][name]


def test_line_ends_and_lost_blanks_do_not_matter() -> None:
    name = "en_excluded_tcp_otel_10839_after.txt"
    assert spans(capture(name).replace("\n", "\r\n")) == EXPECTED["excluded"][name]
    assert (
        spans("\n".join(line.strip() for line in capture(name).splitlines()))
        == EXPECTED["excluded"][name]
    )


def test_an_empty_list_is_a_list() -> None:
    assert netsh.parse_excluded(excluded_text()) == ()
    assert netsh.parse_http(queue_text()) == ()


def test_the_newer_form_of_processes() -> None:
    """As programs that read it describe it: an identifier and an image, and services below where
    the image is a host of services.
    """
    text = queue_text(
        (
            "one",
            ["ID: 22000, image: C:\\target.exe"],
            ["HTTP://LOCALHOST:8080/", "HTTPS://[::1]:8443/a/"],
        ),
        (
            "two",
            [
                "ID: 2688, image: C:\\Windows\\svchost.exe",
                "Services: WinRM, iphlpsvc",
                "Tagged Service: WinRM",
                "ID: 7, image: C:\\a, b.exe",
            ],
            ["HTTP://+:5985/"],
        ),
        ("idle", [], ["HTTP://*:80:192.0.2.1/"]),
    )
    one, two, idle = netsh.parse_http(text)
    assert one == netsh.HttpQueue(
        ("HTTP://LOCALHOST:8080/", "HTTPS://[::1]:8443/a/"),
        (netsh.HttpProcess(22000, "C:\\target.exe", ()),),
    )
    assert two.processes == (
        netsh.HttpProcess(2688, "C:\\Windows\\svchost.exe", ("WinRM", "iphlpsvc")),
        netsh.HttpProcess(7, "C:\\a, b.exe", ()),
    )
    assert idle == netsh.HttpQueue(("HTTP://*:80:192.0.2.1/",), ())


def test_the_newer_form_in_another_language() -> None:
    text = queue_text(
        ("eins", ["ID: 2688, image: C:\\svchost.exe", "Services: WinRM"], ["HTTP://+:5985/"])
    )
    words = {
        "Request queue name": "Name der Anforderungswarteschlange",
        "Version": "版本",
        "image": "Абв",
        "Services": "Dienste",
        "Registered URLs": "URLs",
    }
    for word, other in words.items():
        text = text.replace(word, other)
    assert netsh.parse_http(text) == (
        netsh.HttpQueue(
            ("HTTP://+:5985/",), (netsh.HttpProcess(2688, "C:\\svchost.exe", ("WinRM",)),)
        ),
    )


def test_a_queue_without_process_takes_none_of_its_neighbour() -> None:
    first, second = netsh.parse_http(
        queue_text(("busy", ["ID: 5, image: C:\\a.exe"], []), ("idle", [], ["HTTP://+:81/"]))
    )
    assert (first.urls, [process.id for process in first.processes]) == ((), [5])
    assert (second.urls, second.processes) == (("HTTP://+:81/",), ())


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("HTTP://+:5985/WSMAN/", 5985),
        ("HTTPS://*:443/", 443),
        ("HTTP://*:80:192.0.2.1/", 80),
        ("http://[2001:db8::1]:8080/a", 8080),
        ("HTTP://LOCALHOST:8080/x:99/", 8080),
        ("HTTP://+:99999/", 0),
        ("HTTP://+/", 0),
        ("net.tcp://+:808/", 0),
        ("HTTP://+:800000/", 0),
    ],
)
def test_the_port_of_a_url(url: str, port: int) -> None:
    assert netsh.url_port(url) == port


TABLE = capture("en_excluded_tcp_docker_1707_a.txt")
QUEUES = capture("en_http_servicestate_requestq_servicefabric.txt")
BAD_EXCLUDED = {
    "empty": ("", "it is empty"),
    "blank": (" \n\r\n", "it is empty"),
    "an error of netsh": (
        "The following command was not found: interface ipv4 show x.",
        "no line of dashes",
    ),
    "cut off before the table": (TABLE[:60], "no line of dashes"),
    "cut off in a last port": (
        TABLE[: TABLE.index("443         443") + 13],
        "'443 4' is not a first and a last port",
    ),
    "cut off after a first port": (TABLE[: TABLE.index("5357") + 4], "'5357' is not"),
    "last before first": (excluded_text("9096-9095"), "'9096 9095' is not"),
    "port 0": (excluded_text("0-9"), "'0 9' is not"),
    "port 65536": (excluded_text("65000-65536"), "is not a first and a last port"),
    "three columns": (f"{excluded_text()}\n 1 2 3", "'1 2 3' is not"),
    "words among the rows": (excluded_text("80-80").replace("        80", "      http"), "is not"),
    "other digits": (excluded_text("80-80").replace("8", "٨"), "is not"),
    "a dynamic range": (dynamic_text(), "is not a first and a last port"),
}
BAD_DYNAMIC = {
    "empty": ("", "it is empty"),
    "garbage": ("\x00\x01 no", "no line of dashes"),
    "no numbers": ("--\n-----\n", "0 of 0 lines"),
    "one number": ("--\n-----\n-- : 49152\n", "1 of 1 lines"),
    "cut off in the number of ports": ("--\n-----\n-- : 49152\n-- : 16", "16 ports from 49152"),
    "cut off before the number of ports": ("--\n-----\n-- : 49152\n-- :", "1 of 2 lines"),
    "three numbers": ("--\n-----\n-- : 49152\n-- : 16384\n-- : 5\n", "3 of 3 lines"),
    "start 0": (dynamic_text(0, 40000), "are not 255 or more ports"),
    "end beyond 65535": (dynamic_text(6005, 65536), "59532 ports from 6005"),
    "negative": ("--\n-----\n-- : -49152\n-- : 16384\n", "1 of 2 lines"),
    "decimal": ("--\n-----\n-- : 49152.5\n-- : 16384\n", "1 of 2 lines"),
    "a list of ranges": (TABLE, "lines end in a number"),
}
BAD_HTTP = {
    "empty": ("", "it is empty"),
    "garbage": ("Zugriff verweigert", "no line of dashes"),
    "no queue": ("Snapshot\n-----------\nAccess denied", "no queue begins after 'Access denied'"),
    "cut off among the URLs": (
        QUEUES[: QUEUES.index("HTTP://+:47001")],
        "2 URLs are announced and 1 are there",
    ),
}


@pytest.mark.parametrize(("text", "words"), BAD_EXCLUDED.values(), ids=BAD_EXCLUDED)
def test_no_list_of_excluded_ranges(text: str, words: str) -> None:
    refused(
        lambda: netsh.parse_excluded(text),
        "",
        "netsh's list of excluded port ranges cannot be read",
        words,
    )


@pytest.mark.parametrize(("text", "words"), BAD_DYNAMIC.values(), ids=BAD_DYNAMIC)
def test_no_dynamic_range(text: str, words: str) -> None:
    refused(
        lambda: netsh.parse_dynamic(text),
        "",
        "netsh's list of the dynamic port range cannot be read",
        words,
    )


@pytest.mark.parametrize(("text", "words"), BAD_HTTP.values(), ids=BAD_HTTP)
def test_no_queues(text: str, words: str) -> None:
    refused(
        lambda: netsh.parse_http(text),
        "",
        "netsh's list of the state of http.sys cannot be read",
        words,
    )


def test_a_line_more_is_no_dynamic_range() -> None:
    text = "Protocol tcp Dynamic Port Range\n-----\nStart Port : 49152\nNumber of Ports : 16384\n"
    assert parse_dynamic(text) == (49152, 65535)
    refused(lambda: parse_dynamic(f"{text}Something else\n"), "", "2 of 3 lines end in a number")
