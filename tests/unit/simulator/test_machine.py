# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated host beside its firewall: netsh, sockets, the product, what can happen to them, and
what the host's worker reads.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import farm, netsh, netsh_text
from simulator.failures import KilledError
from simulator.host import SimulatedHost
from simulator.machine import Machine, exclusion
from simulator.observation import KEYS, UnreadableError, expand_ports, observe, remoting
from simulator.product import SECRETS, SERVICES

TESTS = Path(__file__).resolve().parents[2]
CAPTURES = TESTS / "data" / "netsh"
X86 = "C:\\Program Files (x86)\\GFI\\MailEssentials"
EXCLUDED = {
    "de": "de_excluded_tcp_a",
    "en": "en_excluded_tcp_otel_10839_after",
    "es": "es_excluded_tcp_a",
    "fr": "fr_excluded_tcp_a",
    "ko": "ko_excluded_tcp_a",
    "pt": "pt-BR_excluded_tcp_a",
    "ru": "ru_excluded_tcp",
    "zh": "zh-CN_excluded_tcp_a_noheading",
}
DYNAMIC = {
    "en": "en_dynamic_tcp_1025_58976",
    "fr": "fr_dynamic_tcp",
    "zh": "zh-CN_dynamic_tcp_1024_13977",
}


def command(
    verb: str,
    port: int,
    family: str = "ipv4",
    protocol: str = "tcp",
    count: int = 1,
    store: str = "persistent",
) -> list[str]:
    tags = [f"protocol={protocol}", f"startport={port}", f"numberofports={count}", f"store={store}"]
    return ["interface", family, verb, "excludedportrange", *tags]


def rows(
    host: SimulatedHost, family: str = "ipv4", protocol: str = "tcp", store: str = "active"
) -> list[tuple[int, int, bool]]:
    """What the listing prints, by its digits and asterisks."""
    code, text = netsh.run(
        host,
        [
            "interface",
            family,
            "show",
            "excludedportrange",
            f"protocol={protocol}",
            f"store={store}",
        ],
    )
    assert code == 0
    found = re.findall(r"^ *(\d+) +(\d+) *(\*?) *$", text, re.MULTILINE)
    return [(int(first), int(last), star == "*") for first, last, star in found]


RUNTIME = [(5985, 5985, False), (47001, 47001, False)]


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("language", EXCLUDED)
def test_exclusions_are_printed_as_captured(language: str) -> None:
    captured = (CAPTURES / f"{EXCLUDED[language]}.txt").read_text(encoding="utf-8")
    spans = re.findall(r"^ *(\d+) +(\d+) *(\*?) *$", captured, re.MULTILINE)
    machine = Machine(
        language=language,
        exclusions=[
            exclusion("tcp", int(first), int(last), star == "*") for first, last, star in spans
        ],
    )
    assert len(spans) > 3
    assert words(netsh_text.exclusions(machine, "tcp", machine.exclusions)) == words(captured)


@pytest.mark.parametrize("language", DYNAMIC)
def test_the_dynamic_range_is_printed_as_captured(language: str) -> None:
    captured = (CAPTURES / f"{DYNAMIC[language]}.txt").read_text(encoding="utf-8")
    first, count = (int(number) for number in re.findall(r": (\d+)", captured))
    machine = Machine(language=language)
    machine.dynamic["ipv6"]["udp"] = [first, count]
    assert words(netsh_text.dynamic(machine, "ipv6", "udp")) == words(
        captured.replace("tcp", "udp")
    )


@pytest.mark.parametrize("language", sorted(EXCLUDED))
@pytest.mark.parametrize("form", ["old", "new"])
def test_numbers_and_addresses_are_the_same_in_every_language(language: str, form: str) -> None:
    machine = Machine(language=language, http_form=form)
    machine.queues.append({"urls": ["HTTPS://*:443/"], "processes": [900, 1100]})
    text = netsh_text.queues(machine)
    assert re.findall(r"https?://\S+", text, re.IGNORECASE) == [
        "HTTP://+:5985/WSMAN/",
        "HTTP://+:47001/WSMAN/",
        "HTTPS://*:443/",
    ]
    pattern = r"^ +(\d+)$" if form == "old" else r"^ +\S+: (\d+), \S+: C:\\Windows"
    assert re.findall(pattern, text, re.MULTILINE) == ["1044", "900", "1100"]
    assert ("Request" in text.partition(":\n")[0]) == (language == "en")
    assert "RpcSs, RpcEptMapper" in text or form == "old"


def test_an_exclusion_is_added_listed_and_deleted() -> None:
    host = SimulatedHost()
    assert netsh.run(host, command("add", 61000)) == (0, "Ok.\n")
    assert rows(host) == rows(host, "ipv6") == [*RUNTIME, (61000, 61000, True)]
    assert rows(host, store="persistent") == [(61000, 61000, True)]
    assert rows(host, protocol="udp") == []
    assert netsh.run(host, command("delete", 61000, "ipv6"))[0] == 0
    assert rows(host) == RUNTIME
    assert host.writes == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (command("add", 9095), "used by another process"),  # excluded already
        (command("add", 9090, count=10), "used by another process"),  # over it
        (command("add", 9095, "ipv6"), "used by another process"),  # by the other family
        (command("add", 445), "used by another process"),  # a listener
        (command("add", 5980, count=6), "used by another process"),  # a runtime exclusion, over
        (command("add", 123, protocol="udp"), "used by another process"),
        (command("add", 0), "parameter is incorrect"),
        (command("add", 65535, count=2), "parameter is incorrect"),
        (command("delete", 9096), "not found"),
        (command("delete", 9095, count=2), "not found"),
        (command("delete", 9095, protocol="udp"), "not found"),
        (command("delete", 5985), "denied"),
        (["interface", "ipv4", "add", "excludedportrange", "protocol=tcp"], "was not found"),
        (["interface", "ipv5", "show", "dynamicport", "protocol=tcp"], "was not found"),
        (["interface", "ipv4", "show", "excludedportrange", "protocol=icmp"], "was not found"),
        (
            ["interface", "ipv4", "show", "excludedportrange", "protocol=tcp", "store=both"],
            "was not found",
        ),
        (["http", "show", "servicestate"], "was not found"),
        ([], "was not found"),
    ],
)
def test_refusals_exit_with_1_and_change_nothing(arguments: list[str], said: str) -> None:
    host = SimulatedHost()
    netsh.run(host, command("add", 9095))
    before = json.dumps(host.machine.exclusions)
    code, text = netsh.run(host, arguments)
    assert (code, said in text) == (1, True)
    assert json.dumps(host.machine.exclusions) == before


def test_a_port_that_a_closed_connection_held_can_be_excluded() -> None:
    host = SimulatedHost()
    assert netsh.run(host, command("add", 49720))[0] == 0
    assert netsh.run(host, command("add", 5985, protocol="udp"))[0] == 0


def test_families_may_be_apart() -> None:
    host = SimulatedHost()
    farm.machine(host, '{"split_families": true}')
    farm.listen(host, 9096, address="192.0.2.10")
    farm.listen(host, 9097, address="::")
    assert netsh.run(host, command("add", 9095))[0] == 0
    assert rows(host, "ipv6") == RUNTIME
    assert [netsh.run(host, command("add", port, "ipv6"))[0] for port in (9095, 9096, 9097)] == [
        0,
        0,
        1,
    ]
    assert [netsh.run(host, command("add", port))[0] for port in (9096, 9097)] == [1, 1]
    assert netsh.run(host, command("delete", 9095))[0] == 0
    assert rows(host, "ipv6") == [
        *RUNTIME[:1],
        (9095, 9095, True),
        (9096, 9096, True),
        *RUNTIME[1:],
    ]


def test_stores() -> None:
    host = SimulatedHost()
    netsh.run(host, command("add", 9095, store="active"))
    assert (rows(host)[1], rows(host, store="persistent")) == ((9095, 9095, True), [])
    assert netsh.run(host, command("delete", 9095))[0] == 1
    assert netsh.run(host, command("delete", 9095, store="active"))[0] == 0
    farm.exclude(host, 50000, 50059, administered=True)
    assert rows(host, store="persistent") == [(50000, 50059, True)]
    farm.machine(host, '{"persistent_listed": false}')
    assert (rows(host)[-1], rows(host, store="persistent")) == ((50000, 50059, True), [])


def test_netsh_fails_as_told() -> None:
    host = SimulatedHost(faults={"netsh_lies": True})
    assert netsh.run(host, command("add", 9095)) == (0, "")
    assert rows(host) == RUNTIME
    host.set_faults(read_only=True)
    assert netsh.run(host, command("add", 9095))[0] == 1
    host.set_faults(fail_at=1)
    assert netsh.run(host, command("add", 9095)) == (1, "Access is denied.\n")
    host.set_faults(kill_after=1)
    with pytest.raises(KilledError):
        netsh.run(host, command("add", 9095))
    assert (9095, 9095, True) in rows(host)
    for fault, told in (("netsh_empty", 0), ("netsh_garbage", 0), ("netsh_truncated", 1)):
        host.set_faults(**{fault: True})
        code, text = netsh.run(host, netsh.QUEUES)
        assert (code, text.count("Snapshot")) == (0, told)


def test_an_uninstalled_host_is_an_ordinary_reading() -> None:
    reading = observe(SimulatedHost())
    assert (reading["registry"], reading["ports"], reading["windows"]) == (
        {"64": None, "32": None},
        None,
        "10.0.20348",
    )
    assert [
        (entry["path"], entry["exists"], entry["web_config"]["state"])
        for entry in reading["directories"]
    ] == [
        (X86, False, "missing"),
        ("C:\\Program Files\\GFI\\MailEssentials", False, "missing"),
    ]


@pytest.mark.parametrize(
    ("view", "directory"),
    [("32", X86), ("64", "C:\\Program Files\\GFI\\MailEssentials"), ("32", "D:\\Own")],
)
def test_an_installed_product(view: str, directory: str) -> None:
    host = SimulatedHost()
    farm.install(host, version="22.4.0.0", view=view, directory=directory)
    reading = observe(host, ports=True)
    assert reading["registry"][view] == {
        "Version": "22.4.0.0",
        "BuildLab": "22.4.0.0-20220601-1200",
    }
    assert len([value for value in reading["registry"].values() if value]) == 1
    found = reading["directories"][0]
    assert (
        found["path"],
        found["exists"],
        found["web_config"]["section"],
        len(found["web_config"]["entries"]),
    ) == (directory, True, True, 14)
    ours = {row[4]: row[1] for row in reading["services"] if row[1] in SERVICES}
    assert len(ours) == 9
    sockets = {
        (address, port)
        for address, _state, owner, text in reading["ports"]["tcp"]
        for port in expand_ports(text)
        if owner in ours
    }
    assert sockets == {
        ("127.0.0.1", 9091),
        ("127.0.0.1", 9093),
        ("0.0.0.0", 9095),
        ("0.0.0.0", 9096),
    }
    listening = {row[2] for row in reading["ports"]["tcp"]} & set(ours)
    assert {row[0] for row in reading["ports"]["processes"]} & set(ours) == listening
    assert not [secret for secret in SECRETS.values() if secret in json.dumps(reading)]


def test_the_product_stops_and_goes() -> None:
    host = SimulatedHost()
    untouched = json.dumps(vars(host), default=vars)
    farm.install(host)
    farm.install(host, version="22.0.0.0", view="64", directory="D:\\Own")
    assert list(host.machine.registry) == [KEYS["64"]]
    farm.stop_product(host)
    states = {row[1]: (row[2], row[4]) for row in host.machine.services if row[1] in SERVICES}
    assert set(states.values()) == {("Stopped", 0)}
    assert not [row for row in host.machine.tcp if row[1] in {9091, 9093, 9095, 9096}]
    farm.web_config(host, "missing")
    farm.uninstall(host)
    assert json.dumps(vars(host), default=vars) == untouched


@pytest.mark.parametrize("keep", ["registry", "services", "directory"])
def test_a_product_may_be_half_removed(keep: str) -> None:
    host = SimulatedHost()
    farm.install(host)
    farm.uninstall(host, keep=keep)
    reading = observe(host)
    left = {"registry": reading["registry"]["32"], "directory": reading["directories"][0]["exists"]}
    left["services"] = [row for row in reading["services"] if row[1] in SERVICES]
    assert [name for name, value in left.items() if value] == [keep]


@pytest.mark.parametrize(
    ("kind", "state", "section"),
    [
        ("missing", "missing", False),
        ("not_xml", "not_xml", False),
        ("doctype", "not_xml", False),
        ("too_large", "too_large", False),
        ("unreadable", "unreadable", False),
        ("no_section", "ok", False),
    ],
)
def test_the_file_may_be_unusable(kind: str, state: str, section: bool) -> None:
    host = SimulatedHost()
    farm.install(host)
    farm.web_config(host, kind)
    found = observe(host)["directories"][0]["web_config"]
    assert (found["state"], found["section"], found["entries"]) == (state, section, [])
    assert (found["size"] > 1024 * 1024) == (kind == "too_large")


def test_the_file_may_be_any(tmp_path: Path) -> None:
    text = (
        "<c><x url='no'/><system.runtime.remoting><a type='T'><b "
        "url='tcp://h:1/'/></a></system.runtime.remoting><x url='no'/></c>"
    )
    (tmp_path / "own").write_text(text, encoding="utf-8")
    host = SimulatedHost()
    farm.install(host)
    farm.web_config(host, str(tmp_path / "own"))
    assert observe(host)["directories"][0]["web_config"]["entries"] == [["b", "", "tcp://h:1/"]]
    assert remoting(b"<c/>") is None
    assert remoting(b"<c><system.runtime.remoting/></c>") == []


def test_others_take_and_free_ports() -> None:
    host = SimulatedHost()
    before = json.dumps(host.machine.tcp)
    farm.listen(host, 9095, program="C:\\x\\y.exe", address="::1", service="Sv\u00e4c", state=100)
    farm.listen(host, 9095, protocol="udp")
    farm.other_gfi(host)
    reading = observe(host, ports=True)
    taken = next(row for row in reading["ports"]["tcp"] if row[3] == "9095")
    assert taken[:2] == ["::1", 100]
    assert [taken[2], "y.exe", "C:\\x\\y.exe"] in reading["ports"]["processes"]
    assert ["Sv\u00e4c", "Sv\u00e4c", "Running", "Auto", taken[2], ""] in reading["services"]
    assert X86 not in [row["path"] for row in reading["directories"] if row["exists"]]
    farm.unlisten(host, 9095)
    farm.unlisten(host, 9095, protocol="udp")
    farm.unlisten(host, 9091)
    assert json.dumps(host.machine.tcp) == before
    assert next(row for row in host.machine.services if row[0] == "Sv\u00e4c")[2:5] == [
        "Stopped",
        "Auto",
        0,
    ]


def test_tables_may_be_empty_and_commands_fail() -> None:
    host = SimulatedHost(machine=Machine(tcp=[], udp=[]))
    ports = observe(host, ports=True)["ports"]
    assert (ports["tcp"], ports["udp"]) == ([], [])
    for name in ("Get-NetTCPConnection", "Get-NetUDPEndpoint", "Win32_Service", "Win32_Process"):
        host.set_faults(failing=name)
        with pytest.raises(UnreadableError, match=f"{name} failed: Access is denied"):
            observe(host, ports=True)
    host.set_faults(unreadable=True)
    with pytest.raises(UnreadableError, match="cannot be read: Requested registry access"):
        observe(host)


def test_the_firewall_services_have_one_state() -> None:
    host = SimulatedHost()
    farm.stop(host)
    rows = host.instances("Win32_Service")
    found = {row["Name"]: (row["State"], row["ProcessId"]) for row in rows}
    assert (found["mpssvc"], found["BFE"]) == (("Stopped", 0), ("Running", 1200))


def test_an_older_state_is_loaded_with_defaults(tmp_path: Path) -> None:
    host = SimulatedHost()
    host.save(tmp_path)
    state = json.loads((tmp_path / "host.json").read_text(encoding="utf-8"))
    del state["machine"]["language"]
    (tmp_path / "host.json").write_text(json.dumps(state), encoding="utf-8")
    assert SimulatedHost.load(tmp_path) == host
    del state["machine"]
    (tmp_path / "host.json").write_text(json.dumps(state), encoding="utf-8")
    assert SimulatedHost.load(tmp_path) == host
    assert (tmp_path / "host.json").stat().st_size < 20_000


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(TESTS), **environment}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_the_farm_from_the_command_line(tmp_path: Path) -> None:
    farm.create(tmp_path, "empty")
    steps = [
        ["install", "--version", "20.0.4837.5918", "--build-lab", "20.0.4837.5918-20150308-1353"],
        ["web_config", "no_section"],
        [
            "listen",
            "61000",
            "--program",
            "C:\\x.exe",
            "--service",
            "X",
            "--address",
            "::",
            "--protocol",
            "udp",
        ],
        ["exclude", "61000", "61099"],
        ["exclude", "50000", "50059", "--administered"],
        ["exchange_range"],
        ["clock", "-30.5"],
        ["machine", '{"language": "ru", "windows": "6.1.7601"}'],
    ]
    for step, *rest in steps:
        assert run("simulator.farm", step, str(tmp_path), *rest).stderr == ""
    host = SimulatedHost.load(tmp_path)
    expected = farm.host("empty")
    farm.install(expected, version="20.0.4837.5918", build_lab="20.0.4837.5918-20150308-1353")
    farm.web_config(expected, "no_section")
    farm.listen(expected, 61000, program="C:\\x.exe", service="X", address="::", protocol="udp")
    farm.exclude(expected, 61000, 61099)
    farm.exclude(expected, 50000, 50059, administered=True)
    farm.exchange_range(expected)
    farm.clock(expected, -30.5)
    farm.machine(expected, '{"language": "ru", "windows": "6.1.7601"}')
    assert host == expected
    assert observe(host)["windows"] == "6.1.7601"
    assert host.machine.dynamic["ipv4"] == {"tcp": [6005, 59530], "udp": [49152, 16384]}
    for step in (
        ["stop-product"],
        ["other-gfi"],
        ["unlisten", "61000", "--protocol", "udp"],
        ["unexclude", "61000"],
        ["uninstall"],
    ):
        assert run("simulator.farm", step[0], str(tmp_path), *step[1:]).stderr == ""
    assert [row["first"] for row in SimulatedHost.load(tmp_path).machine.exclusions] == [
        5985,
        47001,
        50000,
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["listen"],
        ["listen", "many"],
        ["listen", "80", "--program"],
        ["install", "--vresion", "1"],
        ["install", "--view", "16"],
        ["web-config", "no-such-file"],
        ["uninstall", "--keep", "everything"],
        ["machine", '{"colour": "red"}'],
        ["clock", "now"],
    ],
)
def test_a_wrong_command_line_is_told(tmp_path: Path, arguments: list[str]) -> None:
    farm.create(tmp_path, "empty")
    answer = run("simulator.farm", arguments[0], str(tmp_path), *arguments[1:])
    assert (answer.returncode, "simulator.farm" in answer.stderr, "Traceback" in answer.stderr) == (
        2,
        True,
        False,
    )
    assert SimulatedHost.load(tmp_path) == farm.host("empty")


def test_netsh_from_the_command_line(tmp_path: Path) -> None:
    """The stand-in that a worker finds on PATH."""
    farm.create(tmp_path, "empty", machine=Machine(language="zh"), faults={"kill_after": 2})
    program = str(TESTS / "simulator" / "standins" / "bin" / "netsh")
    variables = {
        "SIMULATED_HOST": str(tmp_path),
        "SIMULATED_PYTHON": sys.executable,
        "SIMULATED_PYTHONPATH": str(TESTS),
    }

    def ask(arguments: list[str]) -> Any:
        # A shell around it: a killed host takes the caller of netsh with it.
        line = ["sh", "-c", '"$@"; exit $?', "sh", program, *arguments]
        return subprocess.run(
            line, env={**os.environ, **variables}, capture_output=True, check=False
        )

    shown = ask(netsh.QUEUES)
    assert (shown.returncode, shown.stdout.decode()) == (
        0,
        netsh_text.queues(Machine(language="zh")) + "\n",
    )
    assert ask(command("add", 445)).returncode == 1
    assert ask(command("add", 9095)).returncode == -9
    assert rows(SimulatedHost.load(tmp_path))[1:2] == [(9095, 9095, True)]
