# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins take what the documents list for every Windows, and nothing else; they fail as the
commands of Windows do.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import commands
import pytest
import shell

from simulator.host import SimulatedHost
from simulator.machine import Machine

PLAIN = {
    "Boolean": "Boolean",
    "Int32": "Int32",
    "String": "String",
    "String[]": "String[]",
    "UInt16[]": "UInt16[]",
    "UInt32": "UInt32",
    "UInt32[]": "UInt32[]",
    "Uri": "Uri",
    "switch": "SwitchParameter",
    "WildcardPattern[]": "WildcardPattern[]",
}
STAND_INS = {
    "New-NetFirewallRule": "NetSecurity",
    "Set-NetFirewallRule": "NetSecurity",
    "Remove-NetFirewallRule": "NetSecurity",
    "Get-Service": "Services",
    "Get-CimInstance": "CimCmdlets",
    "Get-NetTCPConnection": "NetTCPIP",
    "Get-NetUDPEndpoint": "NetTCPIP",
}
NOT_FOUND = "CmdletizationQuery_NotFound_InstanceID,Remove-NetFirewallRule"
# In this order, on one host: line, and the error id it gives (none: it works).
LINES: list[tuple[str, str | None]] = [
    ("New-NetFirewallRule -Name 'a1' -DisplayName 'A'", None),
    (
        "New-NetFirewallRule -Name 'a2' -DisplayName 'A' -Profile Domain, Private -Enabled True",
        None,
    ),
    ("New-NetFirewallRule -Name 'b*' -DisplayName 'B'", None),
    ("New-NetFirewallRule -Name 'b1' -DisplayName 'B'", None),
    ("New-NetFirewallRule -Name 'c' -DisplayName 'C'", None),
    (
        "New-NetFirewallRule -Name 'c' -DisplayName 'C'",
        "Windows System Error 183,New-NetFirewallRule",
    ),
    (
        "New-NetFirewallRule -Name 'd' -DisplayName 'D' -Enabled $true",
        "ParameterArgumentTransformationError,New-NetFirewallRule",
    ),
    (
        "New-NetFirewallRule -Name 'd' -DisplayName 'D' -Action Deny",
        "ParameterArgumentTransformationError,New-NetFirewallRule",
    ),
    (
        "New-NetFirewallRule -Name 'd' -DisplayName 'D' -Colour red",
        "NamedParameterNotFound,New-NetFirewallRule",
    ),
    (
        "New-NetFirewallRule -Name 'd' -DisplayName 'D' -RemoteDynamicKeywordAddresses 'x'",
        "NamedParameterNotFound,New-NetFirewallRule",
    ),
    ("Set-NetFirewallRule -Name 'c' -Group 'G'", "AmbiguousParameterSet,Set-NetFirewallRule"),
    ("Set-NetFirewallRule -Name 'c' -NewDisplayName 'See'", None),
    ("Remove-NetFirewallRule -Name 'none'", NOT_FOUND),
    ("Remove-NetFirewallRule -Name 'none*'", None),
    ("Remove-NetFirewallRule -Name 'b`*'", None),
    ("Remove-NetFirewallRule -Name 'b`*'", NOT_FOUND),
    ("Remove-NetFirewallRule -Name 'a*'", None),
    (
        "Get-NetTCPConnection -State Asleep",
        "ParameterArgumentTransformationError,Get-NetTCPConnection",
    ),
    ("Get-NetTCPConnection", None),
    ("Get-NetUDPEndpoint", "CmdletizationQuery_NotFound,Get-NetUDPEndpoint"),
    ("Get-CimInstance -ClassName 'Win32_Other'", "HRESULT 0x80041010,Get-CimInstance"),
    ("Get-Service -Name 'none'", "NoServiceFoundForGivenName,Get-Service"),
]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("host")


@pytest.fixture(scope="module")
def found(host: Any) -> dict[str, Any]:
    SimulatedHost(machine=Machine(udp=[])).save(host)
    lines = host / "lines.json"
    lines.write_text(
        json.dumps(
            [line for line, _unused in LINES]
            + ["Get-NetFirewallRule; 'went on'", "Remove-NetFirewallRule -Name 'none'; 'went on'"]
        )
    )
    done = shell.run(
        shell.HERE / "standins.ps1",
        str(lines),
        modules=shell.STAND_INS,
        SIMULATED_HOST=str(host),
        SIMULATED_PYTHON=sys.executable,
        SIMULATED_PYTHONPATH=str(shell.CHECKOUT / "tests"),
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def documented(name: str) -> dict[str, dict[str, Any]]:
    """Sets, parameters, types and values that all servers share, worked out here a second time."""
    first, *others = commands.documents()[name.lower()]
    sets: dict[str, dict[str, Any]] = {}
    for label, parameters in first["sets"].items():
        shared = {
            parameter: fact
            for parameter, fact in parameters.items()
            if all(parameter in other["sets"].get(label, {}) for other in others)
        }
        sets[label.rstrip("*")] = {
            parameter: {
                "mandatory": fact["mandatory"],
                "positional": fact["positional"],
                "values": sorted(first["details"].get(parameter, {}).get("values", []))
                if fact["type"] not in PLAIN
                else [],
            }
            for parameter, fact in shared.items()
        }
    return sets


@pytest.mark.parametrize("name", STAND_INS)
def test_the_parameters_are_the_documented_ones(found: dict[str, Any], name: str) -> None:
    command = next(entry for entry in found["commands"] if entry["name"] == name)
    assert command["source"] == STAND_INS[name]
    taken = {
        label: {
            parameter: {**fact, "values": sorted(fact["values"])}
            for parameter, fact in parameters.items()
        }
        for label, parameters in command["sets"].items()
    }
    types = {
        parameter: fact.pop("type")
        for parameters in taken.values()
        for parameter, fact in parameters.items()
    }
    assert taken == documented(name)
    for parameters in commands.documents()[name.lower()][0]["sets"].values():
        wanted = {
            parameter: PLAIN[fact["type"]]
            for parameter, fact in parameters.items()
            if fact["type"] in PLAIN and parameter in types
        }
        assert wanted == {parameter: types[parameter] for parameter in wanted}


def test_lines_fail_and_work_as_on_windows(found: dict[str, Any]) -> None:
    assert [
        (line, answer["error"])
        for (line, _unused), answer in zip(LINES, found["answers"], strict=False)
    ] == LINES


def test_a_failure_of_a_command_does_not_end_the_script(found: dict[str, Any], host: Any) -> None:
    """The commands of Windows write their error and go on: a caller without -ErrorAction Stop sees
    success.
    """
    unknown, failing = found["answers"][-2:]
    assert unknown["error"] == "CommandNotFoundException"
    assert (failing["error"], failing["output"], failing["thrown"]) == (NOT_FOUND, "went on", False)


def test_a_wildcard_hits_what_it_matches(found: dict[str, Any], host: Any) -> None:
    rules = SimulatedHost.load(host).rules
    assert sorted(rules) == ["b1", "c"]
    assert "Name=See|" in rules["c"]
