# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker of the host under PowerShell: what it asks Windows, what it answers, how it fails,
what it keeps to itself.
"""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from typing import Any

import pytest
import shell
from worker import HOST_WORKER, REAL_UTIL, Case, Run, execute

from simulator.observation import expand_ports
from simulator.product import OUTSIDE, SECRETS, SECTION

KEY_64, KEY_32 = "SOFTWARE\\GFI\\MailEssentials", "SOFTWARE\\Wow6432Node\\GFI\\MailEssentials"
WINDOWS = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
X86 = "C:\\Program Files (x86)\\GFI\\MailEssentials"
MACHINE: dict[str, Any] = {
    "variables": {
        "ProgramFiles(x86)": "C:\\Program Files (x86)",
        "ProgramFiles": "C:\\Program Files",
    },
    "keys": {},
    "directories": [],
    "files": {},
    "clock": 0,
}
SERVICE_COLUMNS = ("Name", "DisplayName", "State", "StartMode", "ProcessId", "PathName")
# Where MailEssentials may be, by what is said of one service: display name, path name.
PLACES: dict[str, tuple[str, str | None, str | None]] = {
    "quoted": (
        "GFI MailEssentials Attendant",
        '"D:\\Apps\\GFI\\MailEssentials\\Attendant\\bin\\a.exe" -x',
        "D:\\Apps\\GFI\\MailEssentials",
    ),
    "plain": ("GFI List Server", "D:\\gfi\\mailessentials\\x.exe", "D:\\gfi\\mailessentials"),
    "own folder": (
        "GFI MailEssentials Backend",
        '"E:\\M\u00e4il Ess\\Backend\\bin\\b.exe"',
        "E:\\M\u00e4il Ess",
    ),
    "own folder, lower case": (
        "gfi mailessentials Attendant",
        "e:\\me\\attendant\\BIN\\b.exe",
        "e:\\me",
    ),
    "sibling product": (
        "GFI Archiver Core",
        "C:\\Program Files (x86)\\GFI\\Archiver\\Backend\\bin\\x.exe",
        None,
    ),
    "longer name": ("GFI MailEssentials Attendant", "D:\\GFI\\MailEssentials2\\x.exe", None),
    "not GFI's": ("Example", "D:\\GFI\\MailEssentials\\Attendant\\bin\\x.exe", None),
    "no path": ("GFI MailEssentials Attendant", None, None),
    "program without .exe": (
        "GFI MailEssentials Attendant",
        "C:\\Java\\java -Dp=pass -jar D:\\GFI\\MailEssentials\\x.exe",
        None,
    ),
    "another .exe first": (
        "GFI MailEssentials Attendant",
        "D:\\a.exes\\GFI\\MailEssentials\\x.exe",
        "D:\\a.exes\\GFI\\MailEssentials",
    ),
}
SECRET_URLS = [
    form.format(SECRETS["web_config"])
    for form in (
        "tcp://me:{}@localhost:9091",
        "tcp://localhost:9091/x?{}",
        "tcp://h:9091/x#{}",
        "http://localhost/{}",
        "Password={}",
        "tcp://h:1/x\n{}",
    )
]
WEB_CONFIGS: dict[str, tuple[dict[str, Any] | None, dict[str, Any]]] = {
    "missing": (None, {"state": "missing", "size": 0}),
    "unreadable": (
        {"error": "Zugriff verweigert \u6f22"},
        {"state": "unreadable", "message": "Zugriff verweigert \u6f22"},
    ),
    "too large": ({"size": 1024 * 1024 + 1}, {"state": "too_large", "size": 1024 * 1024 + 1}),
    "just not too large": (
        {"text": "<a>" + " " * (1024 * 1024 - 7) + "</a>"},
        {"state": "ok", "size": 1024 * 1024},
    ),
    "empty": ({"text": ""}, {"state": "not_xml"}),
    "not XML": (
        {"text": f"<a>\n<b secret={SECRETS['web_config']}></a>"},
        {"state": "not_xml", "message": "line 2"},
    ),
    "a type of document": (
        {"text": '<!DOCTYPE a [<!ENTITY e "x">]>\n<a>&e;</a>'},
        {"state": "not_xml"},
    ),
    "cut off in the section": (
        {"text": f'<c><system.runtime.remoting><client url="{SECRETS["web_config"]}"/>\n'},
        {"state": "not_xml", "message": "line 2", "entries": []},
    ),
    "no section": (
        {"text": f"<configuration>{OUTSIDE}</configuration>"},
        {"state": "ok", "section": False},
    ),
    "empty section": (
        {"text": "<c><system.runtime.remoting/><client url='no'/></c>"},
        {"state": "ok", "section": True},
    ),
    "other case": (
        {"text": "<c><System.Runtime.Remoting><client url='no'/></System.Runtime.Remoting></c>"},
        {"state": "ok", "section": False},
    ),
    "secrets in addresses": (
        {
            "text": "<c><system.runtime.remoting>"
            + "".join(f"<client url='{url}'/>" for url in SECRET_URLS)
            + "</system.runtime.remoting></c>"
        },
        {"state": "ok", "section": True, "entries": [["client", "", ""]] * len(SECRET_URLS)},
    ),
    "around it": (
        {
            "text": f"<c>{OUTSIDE}<d><system.runtime.remoting><a><b url='tcp://\u6f22:1' "
            "type='T' key='no'/><c/></a></system.runtime.remoting>"
            "<e url='no'/></d><system.runtime.remoting><f "
            f"url=''/></system.runtime.remoting>{OUTSIDE}</c>"
        },
        {"state": "ok", "section": True, "entries": [["b", "T", "tcp://\u6f22:1"], ["f", "", ""]]},
    ),
}
NETSH_READS = [
    ["interface", family, "show", *words]
    for family in ("ipv4", "ipv6")
    for protocol in ("tcp", "udp")
    for words in (
        ["dynamicport", f"protocol={protocol}"],
        ["excludedportrange", f"protocol={protocol}", "store=active"],
        ["excludedportrange", f"protocol={protocol}", "store=persistent"],
    )
] + [["http", "show", "servicestate", "view=requestq", "verbose=no"]]
ADD = {"operation": "add", "protocol": "tcp", "family": "ipv4", "port": 9095}
DELETE = {"operation": "delete", "protocol": "udp", "family": "ipv6", "port": 61000}
WRITES = {
    "add": [
        "interface",
        "ipv4",
        "add",
        "excludedportrange",
        "protocol=tcp",
        "startport=9095",
        "numberofports=1",
        "store=persistent",
    ],
    "delete": [
        "interface",
        "ipv6",
        "delete",
        "excludedportrange",
        "protocol=udp",
        "startport=61000",
        "numberofports=1",
        "store=persistent",
    ],
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "port 0": ({**ADD, "port": 0}, "operations[1].port is 0; give a port from 1 to 65535"),
    "port 65536": ({**ADD, "port": 65536}, "operations[1].port is 65536"),
    "range": ({**ADD, "port": "9095-9096"}, "port"),
    "no port": ({"operation": "add", "protocol": "tcp", "family": "ipv4"}, "port"),
    "unknown operation": ({**ADD, "operation": "set"}, "operation"),
    "unknown protocol": ({**ADD, "protocol": "icmp"}, "protocol"),
    "unknown family": ({**ADD, "family": "ipv5"}, "family"),
    "unknown option": ({**ADD, "store": "active"}, "store"),
}
FAILURES = {
    "Get-CimInstance Win32_Service": "Get-CimInstance -ClassName Win32_Service failed: "
    "Zugriff verweigert",
    "Get-CimInstance Win32_Process": "Get-CimInstance -ClassName Win32_Process failed: "
    "Zugriff verweigert",
    "Get-NetTCPConnection": "Get-NetTCPConnection failed: Zugriff verweigert",
    "Get-NetUDPEndpoint": "Get-NetUDPEndpoint failed: Zugriff verweigert",
    "machine": f"The registry key HKLM\\{KEY_64} cannot be read: Zugriff verweigert",
}
SERVICE = [
    *("D\u00efenst", "GFI \u6f22\u5b57 \U0001f600", "Running", "Auto", 20001),
    f'"C:\\x y.EXE" /password {SECRETS["arguments"]}.exe',
]
# Kept for its name, for its socket, for its process in the view of http.sys; and those that are not
# told of.
KEPT = [
    ["MSExchangeTransport", "x", "Stopped", "Manual", 0, ""],
    ["socket", "", "", "", 8, ""],
    ["queue", "", "", "", 20006, ""],
]
OTHERS = [
    ["n", None, None, None, None, None],
    ["hidden", "GFIx", "Running", "Auto", 20002, "C:\\x.exe"],
    ["part of a number", "x", "Running", "Auto", 6, None],
]
QUEUE = [20006, "q", ""]
SOCKETS = [
    [f"192.0.2.{number % 250}", 1024 + number % 60000, (2, 5, 11, 100)[number % 4], number * 4]
    for number in range(5000)
]


def answer(*output: Any) -> dict[str, Any]:
    return {"ok": True, "output": list(output)}


def failure(error_id: str = "Windows System Error 5") -> dict[str, Any]:
    return {
        "ok": False,
        "message": "Zugriff verweigert",
        "error_id": error_id,
        "category": "PermissionDenied",
        "number": 5,
    }


def machine(**fields: Any) -> dict[str, Any]:
    return answer({**MACHINE, **fields})


def services(*rows: Any) -> dict[str, Any]:
    return answer(*(dict(zip(SERVICE_COLUMNS, row, strict=True)) for row in rows))


def connections(rows: list[list[Any]]) -> dict[str, Any]:
    return answer(
        *(
            dict(zip(("LocalAddress", "LocalPort", "State", "OwningProcess"), row, strict=True))
            for row in rows
        )
    )


def cases(without: Path) -> dict[str, Case]:
    ports = {"ports": True}
    keys = {
        WINDOWS: {
            "CurrentVersion": "6.3",
            "CurrentMajorVersionNumber": 10,
            "CurrentMinorVersionNumber": 0,
            "CurrentBuildNumber": "20348",
        }
    }
    product = {
        "Version": "21.4.0.0",
        "BuildLab": "21.4.0.0-20220601-1200 \u6f22",
        "LicenseKey": SECRETS["registry"],
    }
    empty = failure("CmdletizationQuery_NotFound")
    rich = {
        "machine": machine(
            keys={**keys, KEY_32: product, KEY_64: {"BuildLab": 5}},
            directories=[X86.lower()],
            clock=-86400,
            files={
                f"{X86}\\wwwconf\\web.config": {
                    "text": f"<configuration>{OUTSIDE}"
                    f"{SECTION.read_text(encoding='utf-8')}</configuration>"
                }
            },
        ),
        "Get-CimInstance Win32_Service": services(SERVICE, *OTHERS, *KEPT),
        "Get-CimInstance Win32_Process": answer(
            {"ProcessId": 4, "Name": "System", "ExecutablePath": None},
            {"ProcessId": 8, "Name": "\u00fc", "ExecutablePath": "C:\\\u00fc"},
            {"ProcessId": 6, "Name": "no", "ExecutablePath": None},
            {"ProcessId": 20006, "Name": "q", "ExecutablePath": None},
        ),
        "Get-NetTCPConnection": connections(SOCKETS),
        "Get-NetUDPEndpoint": answer(
            {"LocalAddress": "fe80::1%12", "LocalPort": 65535, "OwningProcess": 4294967292},
            *(
                {"LocalAddress": "0.0.0.0", "LocalPort": port, "OwningProcess": 8}
                for port in (87, 25, 80, 86, 25, 85, 40087)
            ),
        ),
        "netsh": {
            "text": "\r\nStartport  \r\n  5357   5357   *\r\n\r\n* \u2014 \u0443\r\n",
            "complaint": "beside it",
            "exit_code": 1,
        },
        "netsh http show servicestate view=requestq verbose=no": {"text": "one line: 20006."},
    }
    made = {
        "nothing": Case(),
        "ports": Case(extra=ports, answers={"Get-NetUDPEndpoint": empty}),
        "rich": Case(extra=ports, answers=rich),
        "no sockets": Case(
            extra=ports, answers={"Get-NetTCPConnection": empty, "Get-NetUDPEndpoint": empty}
        ),
        "old windows": Case(
            answers={
                "machine": machine(
                    keys={WINDOWS: {"CurrentVersion": "6.3", "CurrentBuildNumber": "9600"}}
                )
            }
        ),
        "32-bit windows": Case(
            answers={"machine": machine(variables={"ProgramFiles": "C:\\Programme"})}
        ),
        "operations": Case(
            [ADD, DELETE, ADD],
            answers={
                f"netsh {' '.join(WRITES['add'])}": {
                    "text": "\r\nIn Benutzung \u00fc.\r\n\r\n",
                    "exit_code": 1,
                }
            },
        ),
        "check": Case([ADD, DELETE], check=True),
        "stale": Case([ADD, DELETE], extra={**ports, "fingerprint": "0" * 64}),
        "no netsh to compare": Case([ADD], extra={"fingerprint": "0" * 64}, programs=without),
        "no netsh": Case([ADD], programs=without),
        "no NetTCPIP": Case([ADD], extra=ports, modules=without),
        "real util": Case(util=REAL_UTIL),
        "unknown option of the module": Case(extra={"port": True}),
        "null": Case(extra={"operations": None}),
        "32-bit PowerShell": Case(
            answers={
                "machine": machine(
                    variables={
                        "ProgramFiles": "C:\\P (x86)",
                        "ProgramFiles(x86)": "C:\\P (x86)",
                        "ProgramW6432": "C:\\P",
                    }
                )
            }
        ),
        "failing after operations": Case(
            [ADD], answers={"Get-CimInstance Win32_Service": failure()}
        ),
    }
    for name, (display, path, _place) in PLACES.items():
        made[f"place {name}"] = Case(
            answers={
                "machine": machine(),
                "Get-CimInstance": services(["x", display, "Running", "Auto", 8, path]),
            }
        )
    for name, (file, _expected) in WEB_CONFIGS.items():
        files = {} if file is None else {f"{X86}\\wwwconf\\web.config": file}
        made[f"file {name}"] = Case(answers={"machine": machine(directories=[X86], files=files)})
    made.update(
        {f"refused {name}": Case([ADD, operation]) for name, (operation, _told) in REFUSED.items()}
    )
    made.update(
        {f"failing {name}": Case(extra=ports, answers={name: failure()}) for name in FAILURES}
    )
    return made


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("host")
    without = folder / "tests" / "simulator" / "standins"
    without.mkdir(parents=True)
    for name in ("StandIn", "CimCmdlets"):
        (without / name).symlink_to(shell.STAND_INS / name)
    (folder / "tests" / "data").symlink_to(shell.CHECKOUT / "tests" / "data")
    return execute(cases(without), folder, worker=HOST_WORKER)


def reading(run: Run) -> dict[str, Any]:
    return {name: value for name, value in run.reading.items() if name != "utc"}


def commands(run: Run) -> list[str]:
    return [command for command, _unused in run.calls]


def programs(run: Run) -> list[list[str]]:
    return [arguments for command, arguments in run.calls if command == "netsh"]


def test_without_options_it_reads_the_product_and_no_ports(runs: dict[str, Run]) -> None:
    columns = {"ClassName": "Win32_Service", "Property": list(SERVICE_COLUMNS)}
    assert runs["nothing"].calls == [("machine", {}), ("Get-CimInstance", columns)]
    empty = {
        "schema": 2,
        "windows": "",
        "registry": {"64": None, "32": None},
        "services": [],
        "directories": [],
        "ports": None,
    }
    assert reading(runs["nothing"]) == empty
    assert (runs["nothing"].result["changed"], runs["nothing"].result["outcomes"]) == (False, [])


def test_ports_are_read_once_and_unfiltered(runs: dict[str, Run]) -> None:
    assert sorted(commands(runs["ports"])) == sorted(
        [
            "machine",
            "Get-CimInstance",
            "Get-CimInstance",
            "Get-NetTCPConnection",
            "Get-NetUDPEndpoint",
            *["netsh"] * len(NETSH_READS),
        ]
    )
    assert ("Get-NetTCPConnection", {}) in runs["ports"].calls
    assert ("Get-NetUDPEndpoint", {}) in runs["ports"].calls
    assert (
        "Get-CimInstance",
        {"ClassName": "Win32_Process", "Property": ["ProcessId", "Name", "ExecutablePath"]},
    ) in runs["ports"].calls
    assert sorted(programs(runs["ports"])) == sorted(NETSH_READS)


def test_empty_tables_are_empty_lists(runs: dict[str, Run]) -> None:
    for name in ("ports", "no sockets"):
        assert (
            runs[name].reading["ports"]["tcp"],
            runs[name].reading["ports"]["udp"],
            runs[name].reading["ports"]["processes"],
        ) == ([], [], [])


def test_a_full_host(runs: dict[str, Run]) -> None:
    """5,000 sockets, letters of other languages, nulls, large numbers; a program that complains on
    its other channel.
    """
    found = runs["rich"].reading
    assert found["windows"] == "10.0.20348"
    assert found["registry"] == {
        "64": {"BuildLab": "5"},
        "32": {"Version": "21.4.0.0", "BuildLab": "21.4.0.0-20220601-1200 \u6f22"},
    }
    assert found["services"] == [[*SERVICE[:5], '"C:\\x y.EXE"'], *KEPT]
    first, second = found["directories"]
    assert (
        first["path"],
        first["exists"],
        first["web_config"]["state"],
        first["web_config"]["section"],
    ) == (X86, True, "ok", True)
    assert len(first["web_config"]["entries"]) == 14
    assert first["web_config"]["entries"][0] == ["client", "", "tcp://localhost:8013"]
    assert (second["exists"], second["web_config"]["state"]) == (False, "missing")
    ports = found["ports"]
    rows = [
        [address, port, state, owner]
        for address, state, owner, text in ports["tcp"]
        for port in expand_ports(text)
    ]
    assert sorted(rows) == sorted(SOCKETS)
    assert ports["udp"] == [
        ["fe80::1%12", 4294967292, "65535"],
        ["0.0.0.0", 8, "25,55,5-2,40000"],
    ]
    assert ports["processes"] == [[4, "System", ""], [8, "\u00fc", "C:\\\u00fc"], QUEUE]
    told = {"exit_code": 1, "text": "\nStartport  \n  5357   5357   *\n\n* \u2014 \u0443"}
    lists = {"active": told, "persistent": told}
    each = {"tcp": told, "udp": told}
    assert ports["netsh"] == {
        "excluded": {"ipv4": {"tcp": lists, "udp": lists}, "ipv6": {"tcp": lists, "udp": lists}},
        "dynamic": {"ipv4": each, "ipv6": each},
        "http": {"exit_code": 0, "text": "one line: 20006."},
    }


def test_the_clock_is_told_in_one_form(runs: dict[str, Run]) -> None:
    today, yesterday = runs["nothing"].reading["utc"], runs["rich"].reading["utc"]
    assert all(
        len(text) == 28 and text[10] == "T" and text[19] == "." and text.endswith("Z")
        for text in (today, yesterday)
    )
    assert yesterday < today


def test_windows_before_10_has_other_values(runs: dict[str, Run]) -> None:
    assert runs["old windows"].reading["windows"] == "6.3.9600"


def test_32_bit_windows_has_one_place_for_programs(runs: dict[str, Run]) -> None:
    assert [entry["path"] for entry in runs["32-bit windows"].reading["directories"]] == [
        "C:\\Programme\\GFI\\MailEssentials"
    ]


def test_a_32_bit_powershell_looks_into_both_places(runs: dict[str, Run]) -> None:
    found = [entry["path"] for entry in runs["32-bit PowerShell"].reading["directories"]]
    assert found == ["C:\\P (x86)\\GFI\\MailEssentials", "C:\\P\\GFI\\MailEssentials"]


@pytest.mark.parametrize("name", PLACES)
def test_what_services_say_of_the_directory(runs: dict[str, Run], name: str) -> None:
    usual = [X86, "C:\\Program Files\\GFI\\MailEssentials"]
    place = PLACES[name][2]
    assert [entry["path"] for entry in runs[f"place {name}"].reading["directories"]] == (
        [place] if place else []
    ) + usual


@pytest.mark.parametrize("name", WEB_CONFIGS)
def test_what_is_said_of_the_file(runs: dict[str, Run], name: str) -> None:
    file, expected = WEB_CONFIGS[name]
    size = len((file or {}).get("text", "").encode())
    found = runs[f"file {name}"].reading["directories"][0]["web_config"]
    assert found == {"size": size, "message": "", "entries": [], "section": False, **expected}


def test_no_secret_leaves_the_host(runs: dict[str, Run]) -> None:
    for name, run in runs.items():
        sent = (
            gzip.decompress(base64.b64decode(run.result.get("reading", "")))
            if "reading" in run.result
            else b""
        )
        assert not [
            secret
            for secret in SECRETS.values()
            if secret.encode() in sent or secret in str(run.result)
        ], name


def test_every_operation_is_tried_and_told(runs: dict[str, Run]) -> None:
    run = runs["operations"]
    failed = {**ADD, "status": "failed", "exit_code": 1, "output": "In Benutzung \u00fc."}
    assert run.result["outcomes"] == [
        failed,
        {**DELETE, "status": "done", "exit_code": 0, "output": ""},
        failed,
    ]
    assert programs(run) == [WRITES["add"], WRITES["delete"], WRITES["add"]]
    assert commands(run)[:4] == ["netsh"] * 3 + ["machine"]
    assert run.result["changed"] is True


def test_nothing_is_done_in_check_mode(runs: dict[str, Run]) -> None:
    run = runs["check"]
    assert programs(run) == []
    assert run.result["outcomes"] == [
        {**entry, "status": "not_done", "exit_code": None, "output": ""} for entry in (ADD, DELETE)
    ]
    assert run.result["changed"] is False
    assert reading(run) == reading(runs["nothing"])


def test_a_write_on_an_old_reading_does_nothing(runs: dict[str, Run]) -> None:
    run = runs["stale"]
    assert (run.result["stale"], run.result["changed"]) == (True, False)
    assert [entry["status"] for entry in run.result["outcomes"]] == ["not_done"] * 2
    assert not [arguments for arguments in programs(run) if arguments in WRITES.values()]
    assert run.reading["ports"] is not None
    assert runs["operations"].result["stale"] is False
    failed = runs["no netsh to compare"].result
    assert failed["msg"].startswith("netsh cannot be run: ") and failed["outcomes"] == []


@pytest.mark.parametrize("name", REFUSED)
def test_bad_operations_are_refused_before_anything_is_done(
    runs: dict[str, Run], name: str
) -> None:
    run = runs[f"refused {name}"]
    assert (run.exit, run.result["failed"], run.calls) == (1, True, [])
    assert REFUSED[name][1] in run.result["msg"]


def test_an_unknown_option_is_refused(runs: dict[str, Run]) -> None:
    assert (
        runs["unknown option of the module"].exit,
        runs["unknown option of the module"].calls,
    ) == (1, [])
    assert "Unsupported parameters" in runs["unknown option of the module"].result["msg"]


def test_null_is_refused(runs: dict[str, Run]) -> None:
    assert (runs["null"].exit, runs["null"].calls) == (1, [])
    assert runs["null"].result["msg"] == "operations is null; give a value or leave it out"


@pytest.mark.parametrize("name", FAILURES)
def test_what_cannot_be_read_is_named(runs: dict[str, Run], name: str) -> None:
    run = runs[f"failing {name}"]
    assert (run.exit, run.result["failed"], "reading" in run.result) == (1, True, False)
    assert run.result["msg"] == FAILURES[name]


def test_a_failure_does_not_hide_what_was_done(runs: dict[str, Run]) -> None:
    result = runs["failing after operations"].result
    assert (result["failed"], result["changed"], result["outcomes"][0]["status"]) == (
        True,
        True,
        "done",
    )


def test_what_does_not_exist_is_named(runs: dict[str, Run]) -> None:
    assert runs["no netsh"].result["msg"].startswith("netsh cannot be run: ")
    assert (
        runs["no NetTCPIP"]
        .result["msg"]
        .startswith(
            "Get-NetTCPConnection failed: The term 'Get-NetTCPConnection' is not recognized"
        )
    )
    assert (
        runs["real util"]
        .result["msg"]
        .startswith(f"The registry key HKLM\\{KEY_64} cannot be read: ")
    )


def test_nothing_is_told_as_null(runs: dict[str, Run]) -> None:
    """Windows PowerShell 5.1 would write {} in these places."""
    assert {name: run.nothing for name, run in runs.items() if run.nothing} == {}


def test_the_worker_runs_in_strict_mode() -> None:
    """All of the above ran in it: the worker asks for it itself, and the harness makes it the
    strictest.
    """
    source = HOST_WORKER.read_text(encoding="utf-8")
    assert source.index("\nSet-StrictMode -Version 2.0\n") < source.index("\nfunction ")
