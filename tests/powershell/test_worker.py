# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker under PowerShell: what it hands to the cmdlets, what it answers, how it fails."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import shell
from worker import REAL_UTIL, WORKER, Case, Run, execute

from simulator.firewall_observation import firewall_fingerprint

CONDITIONS = {
    "Description": 'it\'s "quoted", $not expanded, 100 % `n',
    "Direction": "Outbound",
    "Action": "Block",
    "Enabled": "False",
    "Protocol": "TCP",
    "LocalPort": ["9095", "9096-9097"],
    "RemotePort": ["443"],
    "LocalAddress": ["192.0.2.1"],
    "RemoteAddress": ["192.0.2.0/24", "2001:db8::1"],
    "IcmpType": ["8:0"],
    "Profile": "Domain,Private",
    "Program": "%ProgramFiles%\\GFI\\x.exe",
    "Service": "W3SVC",
    "InterfaceType": "Wired",
    "EdgeTraversalPolicy": "DeferToUser",
}
NAME = "Abgleich \u00e4\u00f6\u00fc \u6f22\u5b57 \U0001f600"
PASSED = {**CONDITIONS, "Profile": "Domain, Private"}
ODD = ("$(x) 'y' \"z\"", "R\u00e8gle \u2013 1")
# Published reports of the cmdlets; the id is without the name that PowerShell puts behind it.
ERRORS = {
    "duplicate": (
        "Cannot create a file when that file already exists.",
        "Windows System Error 183",
        "ResourceExists",
    ),
    "not found": (
        "No MSFT_NetFirewallRule objects found with property 'InstanceID' equal to 'x'.",
        "CmdletizationQuery_NotFound_InstanceID",
        "ObjectNotFound",
    ),
    "service stopped": (
        "There are no more endpoints available from the endpoint mapper.",
        "Windows System Error 1753",
        "NotSpecified",
    ),
    "access denied": (
        "Zugriff verweigert \u2013 \u62d2\u7d55",
        "Windows System Error 5",
        "PermissionDenied",
    ),
    "invalid": ("One of the port keywords is invalid.", "HRESULT 0x80070057", "InvalidArgument"),
    "newer": (
        "Indicates two revision levels are incompatible.",
        "Windows System Error 1306",
        "ResourceExists",
    ),
}
COMMANDS = {
    "add": "New-NetFirewallRule",
    "set": "Set-NetFirewallRule",
    "remove": "Remove-NetFirewallRule",
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown option": ({"operation": "remove", "id": "x", "force": True}, "force"),
    "unknown operation": ({"operation": "wipe", "id": "x"}, "wipe"),
    "no id": ({"operation": "remove"}, "id"),
    "empty id": ({"operation": "remove", "id": ""}, "operations[1].id is empty"),
    **{
        f"wildcard {name}": (
            {"operation": "remove", "id": name},
            "operations[1].id holds a wildcard",
        )
        for name in ("a*", "a?b", "[x", "x]", "a`b")
    },
    "blank id": ({"operation": "set", "id": " \t"}, "operations[1].id is empty"),
    "no display name": (
        {"operation": "add", "id": "x", "parameters": {"Group": "g"}},
        "operations[1].parameters.DisplayName is missing",
    ),
    "no parameters": (
        {"operation": "add", "id": "x"},
        "operations[1].parameters.DisplayName is missing",
    ),
    **{
        f"{operation} {name}": (
            {"operation": operation, "id": "x", "parameters": {name: "v"}},
            f"operations[1].parameters.{name} cannot be given to {operation}",
        )
        for operation, names in {
            "add": ("Name", "NewDisplayName", "PolicyStore", "GPOSession", "Disp", ""),
            "set": ("DisplayName", "Group", "group", "Name", "All", "InputObject", "PassThru"),
            "remove": ("DisplayName", "Enabled", "All"),
        }.items()
        for name in names
    },
    **{
        f"{operation} null": (
            {"operation": operation, "id": "x", "parameters": None},
            "operations[1].parameters is null",
        )
        for operation in ("add", "set", "remove")
    },
    "nothing to set": (
        {"operation": "set", "id": "x", "parameters": {}},
        "operations[1].parameters is empty",
    ),
    **{
        f"{name} {value}": (
            {"operation": "set", "id": "x", "parameters": {name: value}},
            f"operations[1].parameters.{name} {words}",
        )
        for name, value, words in (
            ("Action", "NotConfigured", "is none of Allow, Block"),
            ("Enabled", "2", "is none of True, False"),
            ("EdgeTraversalPolicy", "1", "is none of Block"),
            ("Profile", "Domain,NotApplicable", "is none of Any, Domain"),
            ("InterfaceType", "Tokenring", "is none of Any, Wired"),
            ("Direction", ["Inbound"], "is a list; give one text"),
        )
    },
    "an invisible letter": (
        {"operation": "set", "id": "x", "parameters": {"Enab\u00adled": "True"}},
        "cannot be given to set",
    ),
    "a name twice": (
        {"operation": "set", "id": "x", "parameters": {"LocalPort": "1", "localport": "2"}},
        "operations[1].parameters.localport is given twice",
    ),
    "a parameter called Keys": (
        {"operation": "set", "id": "x", "parameters": {"Keys": "Enabled", "Group": "g"}},
        "operations[1].parameters.Keys cannot be given to set",
    ),
    "parameters of another type": (
        {"operation": "set", "id": "x", "parameters": ["Enabled"]},
        "parameters",
    ),
    **{
        f"the value {value!r}": (
            {"operation": "set", "id": "x", "parameters": {"RemoteAddress": value}},
            f"operations[1].parameters.RemoteAddress {told}",
        )
        for told, values in {
            "is null": (None,),
            "is an empty list": ([],),
            "is empty or has an empty entry": ("", " ", [""], ["192.0.2.1", ""]),
            "is neither a text nor a list of texts": (
                1,
                True,
                {},
                {"a": "b"},
                [1],
                [None],
                ["192.0.2.1", 1],
                [["192.0.2.1"]],
            ),
        }.items()
        for value in values
    },
}
STORES: dict[str, Any] = {
    "local": {
        "rules": [
            [
                f"Rule {number} \u00fc",
                f"v2.26|Action=Allow|Active=TRUE|Dir=In|Name=Regel \u6f22 {number}|",
            ]
            for number in range(600)
        ],
        "profiles": {
            "DomainProfile": {"EnableFirewall": 1, "DefaultInboundAction": 0, "LogFileSize": 5},
            "PublicProfile": {},
        },
    },
    "mdm": {
        "rules": [["only one", "v2.30|Action=Block|"]],
        "profiles": {"StandardProfile": {"AllowLocalPolicyMerge": 0}},
    },
    "gpo": {
        "rules": [],
        "profiles": {"PrivateProfile": {"DefaultOutboundAction": 1, "DoNotAllowExceptions": 1}},
    },
}
VARIABLES = {
    "SystemRoot": "C:\\Windows",
    "ProgramFiles(x86)": "C:\\Program Files (x86)",
    "PATH": "C:\\secret",
}


def answer(*output: Any) -> dict[str, Any]:
    return {"ok": True, "output": list(output)}


def failure(message: str, error_id: str, category: str) -> dict[str, Any]:
    return {
        "ok": False,
        "message": message,
        "error_id": error_id,
        "category": category,
        "number": 0,
    }


EXACT_PROFILE = {
    "DisableStealthMode": 1,
    "DisableStealthModeIPsecSecuredPacketExemption": 0,
    "DisableUnicastResponsesToMulticastBroadcast": 1,
    "DisableNotifications": 0,
    "DisabledInterfaces": "{A},{B}",
}
POLICY = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall"
LOCAL = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy"
PORTS = f"{POLICY}\\DomainProfile\\GloballyOpenPorts"
INTERFACE = {
    "id": "{6B29FC40-CA47-1067-B31D-00DD010662DA}",
    "name": "Ethernet",
    "type": "Ethernet",
    "addresses": [["192.0.2.10", 24], ["fe80::1%12", 64]],
    "dns": ["192.0.2.53"],
    "dhcp": [],
    "gateways": ["192.0.2.1"],
}
EXACT: dict[str, Any] = {
    "registry": answer(
        {
            "variables": {},
            "stores": {
                **STORES,
                "gpo": {"rules": [], "profiles": {"PublicProfile": {**EXACT_PROFILE, "Other": 1}}},
            },
        }
    ),
    "machine": answer(
        {
            "variables": {},
            "keys": {
                POLICY: {"PolicyVersion": 538, "IPsecExempt": 9, "DisableStatefulFTP": "1"},
                PORTS: {"AllowUserPrefMerge": 0},
                f"{PORTS}\\List": {"25:TCP": "25:TCP:*:Enabled:M\u00e4il"},
                f"{LOCAL}\\StandardProfile\\AuthorizedApplications\\List": {
                    "C:\\x.exe": "C:\\x.exe:*:Enabled:x"
                },
                "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion": {
                    "CurrentMajorVersionNumber": 10,
                    "CurrentMinorVersionNumber": 0,
                    "CurrentBuildNumber": "20348",
                },
            },
            "directories": [],
            "files": {},
            "clock": 0,
            "interfaces": [INTERFACE],
        }
    ),
    "Get-CimInstance": answer(
        {"NetworkCategory": 2, "InterfaceIndex": 12, "InterfaceAlias": "Ethernet"},
        {"NetworkCategory": 0, "InterfaceIndex": 13, "InterfaceAlias": "Ethernet 2"},
    ),
}


def cases(without_netsecurity: Path) -> dict[str, Case]:
    add = {"operation": "add", "id": "x", "parameters": {"DisplayName": "X"}}
    remove = {"operation": "remove", "id": "ok"}
    made = {
        "nothing": Case(),
        "check": Case([add, remove], check=True),
        "least": Case([add]),
        "full": Case(
            [
                {
                    "operation": "add",
                    "id": "x",
                    "parameters": {"DisplayName": NAME, "Group": "G", **CONDITIONS},
                },
                {
                    "operation": "set",
                    "id": "x",
                    "parameters": {"NewDisplayName": NAME, **CONDITIONS},
                },
                {"operation": "remove", "id": "x"},
            ]
        ),
        "odd": Case(
            [
                {"operation": operation, "id": name, "parameters": parameters}
                for name in ODD
                for operation, parameters in {
                    "add": {"DisplayName": name},
                    "set": {"newDISPLAYname": name},
                    "remove": {},
                }.items()
            ]
        ),
        "one profile": Case([{"operation": "set", "id": "x", "parameters": {"Profile": "Any"}}]),
        "no NetSecurity": Case([add, remove], modules=without_netsecurity),
        "rich": Case(
            answers={
                "registry": answer({"variables": VARIABLES, "stores": STORES}),
                "Get-Service mpssvc": answer({"Name": "mpssvc", "Status": "Stopped"}),
                "Get-Service ['mpssvc']": answer({"Name": "mpssvc", "Status": "Stopped"}),
                "Get-Service ['BFE']": failure(
                    "no such service", "NoServiceFoundForGivenName", "ObjectNotFound"
                ),
                "Get-CimInstance": answer({"NetworkCategory": 2}),
            }
        ),
        "a category missing": Case(
            answers={"Get-CimInstance": answer({"NetworkCategory": 2}, {"NetworkCategory": None})}
        ),
        "no categories": Case(
            answers={
                "Get-CimInstance": failure("Invalid class", "HRESULT 0x80041010", "MetadataError")
            }
        ),
        "unreadable": Case(
            [remove],
            answers={
                "registry": failure(
                    "Requested registry access is not allowed.", "Security", "PermissionDenied"
                )
            },
        ),
        "exact": Case(answers=EXACT),
        "exact, nothing else readable": Case(
            answers={**EXACT, "machine": failure("no", "Security", "PermissionDenied")}
        ),
        "stale": Case([add, remove], extra={"fingerprint": "0" * 64}),
        "null fingerprint": Case([remove], extra={"fingerprint": None}),
        "real util": Case(util=REAL_UTIL),
        "unknown option of the module": Case(extra={"operation": []}),
    }
    for operation, command in COMMANDS.items():
        for name, error in ERRORS.items():
            failing = {**(add if operation == "add" else remove), "operation": operation, "id": "x"}
            if operation == "set":
                failing["parameters"] = {"Enabled": "True"}
            key = f"{command} {'x' if operation == 'add' else ['x']}"
            made[f"{operation} {name}"] = Case(
                [remove, failing, remove, remove], answers={key: failure(*error)}
            )
    made.update(
        {
            f"refused {name}": Case([remove, operation])
            for name, (operation, _unused) in REFUSED.items()
        }
    )
    return made


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("worker")
    modules = folder / "tests" / "simulator" / "standins"
    shutil.copytree(shell.STAND_INS, modules, ignore=shutil.ignore_patterns("NetSecurity"))
    (folder / "tests" / "data").symlink_to(shell.CHECKOUT / "tests" / "data")
    return execute(cases(modules), folder)


def outcomes(run: Run, key: str) -> list[str]:
    return [entry[key] for entry in run.result["outcomes"]]


def test_add_set_and_remove_hand_over_exactly_what_was_given(runs: dict[str, Run]) -> None:
    assert runs["full"].writes == [
        (
            "New-NetFirewallRule",
            {"Name": "x", "DisplayName": NAME, "Group": "G", **PASSED},
        ),
        ("Set-NetFirewallRule", {"Name": ["x"], "NewDisplayName": NAME, **PASSED}),
        ("Remove-NetFirewallRule", {"Name": ["x"]}),
    ]
    assert outcomes(runs["full"], "status") == ["done"] * 3
    assert runs["full"].result["changed"] is True


def test_what_is_not_given_is_not_handed_over(runs: dict[str, Run]) -> None:
    assert runs["least"].writes == [("New-NetFirewallRule", {"Name": "x", "DisplayName": "X"})]
    assert runs["one profile"].writes == [
        ("Set-NetFirewallRule", {"Name": ["x"], "Profile": "Any"})
    ]


def test_names_are_literal(runs: dict[str, Run]) -> None:
    expected: list[tuple[str, dict[str, Any]]] = []
    for name in ODD:
        expected += [
            ("New-NetFirewallRule", {"Name": name, "DisplayName": name}),
            ("Set-NetFirewallRule", {"Name": [name], "NewDisplayName": name}),
            ("Remove-NetFirewallRule", {"Name": [name]}),
        ]
    assert runs["odd"].writes == expected
    assert outcomes(runs["odd"], "id") == [name for name in ODD for _unused in COMMANDS]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("operation", COMMANDS)
def test_a_failure_is_told_and_is_the_last_attempt(
    runs: dict[str, Run], operation: str, error: str
) -> None:
    run = runs[f"{operation} {error}"]
    message, error_id, category = ERRORS[error]
    done = {
        "operation": "remove",
        "id": "ok",
        "status": "done",
        "message": "",
        "error_id": "",
        "category": "",
    }
    failed = {
        "message": message,
        "error_id": f"{error_id},{COMMANDS[operation]}",
        "category": category,
    }
    taken = [entry.pop("milliseconds") for entry in run.result["outcomes"]]
    assert min(taken[:2]) >= 0 and taken[2:] == [0, 0]
    assert run.result["outcomes"] == [
        done,
        {"operation": operation, "id": "x", "status": "failed", **failed},
        {**done, "status": "not_done"},
        {**done, "status": "not_done"},
    ]
    assert (run.exit, run.result["changed"], len(run.writes)) == (0, True, 2)
    assert run.reading["schema"] == 2


def test_the_reading_comes_after_the_operations(runs: dict[str, Run]) -> None:
    commands = [command for command, _unused in runs["add duplicate"].calls]
    assert commands[:2] == ["Remove-NetFirewallRule", "New-NetFirewallRule"]
    assert sorted(commands[2:]) == [
        *("Get-CimInstance", "Get-Service", "Get-Service", "machine", "registry")
    ]


def test_check_mode_reads_and_writes_nothing(runs: dict[str, Run]) -> None:
    assert runs["check"].writes == []
    assert outcomes(runs["check"], "status") == ["not_done", "not_done"]
    assert runs["check"].result["changed"] is False
    assert runs["check"].reading == runs["nothing"].reading


def test_without_netsecurity_the_first_operation_says_so_and_the_reading_arrives(
    runs: dict[str, Run],
) -> None:
    run = runs["no NetSecurity"]
    first, second = run.result["outcomes"]
    assert (first["status"], first["error_id"], first["category"]) == (
        "failed",
        "CommandNotFoundException",
        "ObjectNotFound",
    )
    assert "New-NetFirewallRule" in first["message"]
    assert second["status"] == "not_done"
    assert run.reading["services"] == {"mpssvc": "Running", "BFE": "Running"}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_operations_are_refused_before_anything_is_done(
    runs: dict[str, Run], name: str
) -> None:
    run = runs[f"refused {name}"]
    assert (run.exit, run.result["failed"], run.calls) == (1, True, [])
    assert REFUSED[name][1] in run.result["msg"]


def test_an_unknown_option_is_refused(runs: dict[str, Run]) -> None:
    run = runs["unknown option of the module"]
    assert (run.exit, run.calls) == (1, [])
    assert "Unsupported parameters" in run.result["msg"]


def test_null_is_refused(runs: dict[str, Run]) -> None:
    run = runs["null fingerprint"]
    assert (run.exit, run.calls) == (1, [])
    assert run.result["msg"] == "fingerprint is null; give a value or leave it out"


def test_an_empty_host(runs: dict[str, Run]) -> None:
    empty: dict[str, Any] = {"rules": [], "profiles": {}, "exceptions": []}
    reading = runs["nothing"].reading
    assert reading == {
        "schema": 2,
        "fingerprint": firewall_fingerprint(reading),
        "connections": [],
        "interfaces": [],
        "policy": {},
        "windows": None,
        "services": {"mpssvc": "Running", "BFE": "Running"},
        "network_categories": [],
        "variables": {},
        "stores": {"local": empty, "mdm": empty, "gpo": empty},
    }
    assert runs["nothing"].result["outcomes"] == []
    assert runs["nothing"].result["changed"] is False


def test_a_full_host(runs: dict[str, Run]) -> None:
    """600 rules, one rule, none; values that are not asked for are left out; a missing service; one
    connection.
    """
    reading = runs["rich"].reading
    local = {
        **STORES["local"],
        "profiles": {
            "DomainProfile": {"EnableFirewall": 1, "DefaultInboundAction": 0},
            "PublicProfile": {},
        },
    }
    assert {
        name: {key: store[key] for key in ("rules", "profiles")}
        for name, store in reading["stores"].items()
    } == {**STORES, "local": local}
    assert reading["variables"] == {
        name: value for name, value in VARIABLES.items() if name != "PATH"
    }
    assert reading["services"] == {"mpssvc": "Stopped", "BFE": None}
    assert [
        name for name, run in runs.items() if run.nothing
    ] == []  # Windows PowerShell 5.1 would write {} there
    assert reading["network_categories"] == [2]
    assert reading["connections"] is None, "the connection has no interface"


def test_what_exact_evaluation_needs(runs: dict[str, Run]) -> None:
    """What cannot be read is null, and what does not exist is not there."""
    reading = runs["exact"].reading
    stores = reading["stores"]
    assert stores["gpo"]["exceptions"] == [
        [
            "DomainProfile",
            "GloballyOpenPorts",
            {"AllowUserPrefMerge": 0},
            [["25:TCP", "25:TCP:*:Enabled:M\u00e4il"]],
        ]
    ]
    assert stores["local"]["exceptions"] == [
        ["StandardProfile", "AuthorizedApplications", {}, [["C:\\x.exe", "C:\\x.exe:*:Enabled:x"]]]
    ]
    assert stores["mdm"]["exceptions"] == []
    assert stores["gpo"]["profiles"] == {"PublicProfile": EXACT_PROFILE}
    assert reading["policy"] == {"PolicyVersion": 538, "IPsecExempt": 9}
    assert reading["windows"] == "10.0.20348"
    assert (reading["connections"], reading["network_categories"]) == (
        [[12, "Ethernet", 2], [13, "Ethernet 2", 0]],
        [2, 0],
    )
    assert reading["interfaces"] == [INTERFACE]
    unknown = runs["exact, nothing else readable"].reading
    assert [unknown[name] for name in ("policy", "windows", "interfaces")] == [None] * 3
    assert {row[2] for row in unknown["stores"]["gpo"]["exceptions"]} == {None}
    assert len(unknown["stores"]["gpo"]["exceptions"]) == 8
    assert unknown["stores"]["gpo"]["profiles"] == {"PublicProfile": EXACT_PROFILE}


def test_the_fingerprint(runs: dict[str, Run]) -> None:
    """One worker's is that of another, and each of these hosts has its own."""
    readings = [runs[name].reading for name in ("nothing", "rich", "exact")]
    assert [one["fingerprint"] for one in readings] == [*map(firewall_fingerprint, readings)]
    assert len({one["fingerprint"] for one in readings}) == 3


def test_a_write_on_an_old_reading_does_nothing(runs: dict[str, Run]) -> None:
    run = runs["stale"]
    assert (run.writes, run.result["changed"], run.result["stale"]) == ([], False, True)
    assert outcomes(run, "status") == ["not_done", "not_done"]
    commands = [command for command, _unused in run.calls]
    assert commands.count("registry") == 1 and run.reading["schema"] == 2
    assert runs["nothing"].result["stale"] is False


def test_categories_that_cannot_be_read_are_null(runs: dict[str, Run]) -> None:
    assert runs["no categories"].reading["network_categories"] is None
    assert runs["a category missing"].reading["network_categories"] is None


def test_a_key_that_cannot_be_read_is_named(runs: dict[str, Run]) -> None:
    """What was done before is still told. The real module util is tried too: on this system its
    registry does not exist.
    """
    for name in ("unreadable", "real util"):
        run = runs[name]
        assert run.exit == 1
        assert run.result["msg"].startswith("The registry key HKLM\\S")
        assert "FirewallRules cannot be read: " in run.result["msg"]
    assert runs["unreadable"].result["changed"] is True
    assert outcomes(runs["unreadable"], "status") == ["done"]


def test_the_worker_runs_in_strict_mode() -> None:
    """All of the above ran in it: the worker asks for it itself, and the harness makes it the
    strictest.
    """
    source = WORKER.read_text(encoding="utf-8")
    assert source.index("\nSet-StrictMode -Version 2.0\n") < source.index("\nfunction ")
