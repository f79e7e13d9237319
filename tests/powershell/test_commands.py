# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of the workers exists on Windows Server 2016 to 2025 and in Windows PowerShell 5.1,
with these parameters and values.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import commands
import pytest
import shell

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    OPTIONS,
)
from simulator.rule_text import FIELDS

ALLOWED = shell.HERE / "allowed.ps1"
TASKS = {"New": "add", "Set": "set", "Remove": "remove"}
PLUGINS = sorted(
    path for path in (shell.CHECKOUT / "plugins").rglob("*") if path.suffix in {".ps1", ".psm1"}
)
WRONG = {
    "Get-NetFireRule -Name 'x'": "not a documented cmdlet",
    "gci -Path 'x'": "not a documented cmdlet",
    "Set-NetFirewallRule -Name 'x' -NewGroup 'y'": "has no parameter -NewGroup",
    "Set-NetFirewallRule -Name 'x' -NewDisplay 'y'": "has no parameter -NewDisplay",
    "Set-NetFirewallRule -Name 'x' -Group 'y'": "no parameter set takes",
    "Set-NetFirewallRule -Enabled True": "no parameter set takes",
    "New-NetFirewallRule -Name 'x'": "no parameter set takes",
    "New-NetFirewallRule -DisplayName 'x' -Action Deny": "-Action does not know 'Deny'",
    "New-NetFirewallRule -DisplayName 'x' -Profile 'Domain,Home'": "-Profile does not know 'Home'",
    "New-NetFirewallRule -DisplayName 'x' -ErrorAction Never": "-ErrorAction does not know 'Never'",
    "New-NetFirewallRule -DisplayName 'x' -DisplayName 'y'": "-DisplayName is given twice",
    "New-NetFirewallRule -DisplayName 'x' "
    "-RemoteDynamicKeywordAddresses 'y'": "has no parameter -RemoteDynamicKeywordAddresses "
    "(2016, 2019)",
    "Remove-NetFirewallRule -Name 'x' -GPOSession 'y'": "has no parameter -GPOSession (2022, 2025)",
    "Remove-NetFirewallRule 'x'": "'x' has no parameter name",
    "$table = @{ DisplayName = 'x'; Colour = 'red' }; "
    "New-NetFirewallRule @table": "has no parameter -Colour",
    "$table = @{ DisplayName = 'x'; Enabled = 'Yes' }; "
    "New-NetFirewallRule @table": "-Enabled does not know 'Yes'",
    "$table = @{ DisplayName = 'x' }; $table.Colour = 'red'; "
    "New-NetFirewallRule @table": "has no parameter -Colour",
    "$table = @{ DisplayName = 'x' }; $table['Colour'] = 'red'; "
    "New-NetFirewallRule @table": "has no parameter -Colour",
    "$table = @{ DisplayName = 'x' }; $table[$other] = 'red'; "
    "New-NetFirewallRule @table": "@table is not a table",
    "$table = Get-Variable -Name 'x'; New-NetFirewallRule @table": "@table is not a table",
    "& $command -Name 'x'": "name is not constant",
    "ConvertFrom-Json -InputObject 'x' -AsHashtable": "has no parameter -AsHashtable",
    "ForEach-Object -Parallel { 1 }": "has no parameter -Parallel",
    "netsh.exe wlan": "not a documented cmdlet",
    "sc query": "not a documented cmdlet",
    "Get-Own -Other 'x'": "has no parameter -Other",
}
RIGHT = [
    "$table = @{ DisplayName = 'x'; Profile = 'Domain, Private' }; New-NetFirewallRule @table "
    "-Enabled False -ErrorAction Stop",
    "Remove-NetFirewallRule -Name 'x' -Confirm:$false",
    "Get-CimInstance -ClassName 'x'",
    "Get-Variable -Name 'x' | ForEach-Object -Process { $_ }",
    "Get-Own -Name 'x'",
    "netsh interface 'ipv4' show dynamicport $protocol",
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[Path | str, dict[str, Any]]:
    """The facts of the collection's files and of the samples, from one run of PowerShell."""
    folder = tmp_path_factory.mktemp("samples")
    samples = {}
    for number, text in enumerate([*WRONG, *RIGHT]):
        path = folder / f"{number}.ps1"
        path.write_text(text, encoding="utf-8")
        samples[path] = text
    facts = shell.facts([*PLUGINS, *samples])
    return {samples.get(path, path): fact for path, fact in facts.items()}


@pytest.fixture(scope="module")
def allowed() -> dict[str, list[str]]:
    """Cmdlet: the parameters that the worker of the firewall lets an operation give."""
    module = shell.CHECKOUT / "plugins" / "module_utils" / "_firewall.psm1"
    names: dict[str, list[str]] = json.loads(shell.run(ALLOWED, str(module)).stdout)
    return {f"{verb}-NetFirewallRule": names[task] for verb, task in TASKS.items()}


def spelt_out(call: dict[str, Any], allowed: dict[str, list[str]]) -> dict[str, Any]:
    """The call with every parameter that an operation may give in the place of its splat."""
    if call["unresolved"] != ["@given"] or call["name"] not in allowed:
        return call
    given = [{"name": name, "literal": None, "source": ""} for name in allowed[call["name"]]]
    return {**call, "arguments": [*call["arguments"], *given], "unresolved": []}


def faults(fact: dict[str, Any], own: dict[str, set[str]]) -> list[str]:
    return [text for call in fact["calls"] for text in commands.faults(call, own)]


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.name)
def test_every_command_is_documented(
    found: dict[Path | str, dict[str, Any]], allowed: dict[str, list[str]], path: Path
) -> None:
    own = {
        function["name"].lower(): {name.lower() for name in function["parameters"]}
        | commands.COMMON
        for plugin in PLUGINS
        for function in found[plugin]["functions"]
    }
    assert found[path]["calls"], "no command at all: the syntax tree was not walked"
    calls = [spelt_out(call, allowed) for call in found[path]["calls"]]
    assert faults({"calls": calls}, own) == []


def test_an_operation_may_give_every_option_of_a_rule_and_nothing_else(
    allowed: dict[str, list[str]],
) -> None:
    options = {option.parameter for option in OPTIONS.values()} - {"Name"}
    assert set(allowed["New-NetFirewallRule"]) == options | {"Group"} == set(FIELDS)
    assert set(allowed["Set-NetFirewallRule"]) == options - {"DisplayName"} | {"NewDisplayName"}
    assert allowed["Remove-NetFirewallRule"] == []


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_call_is_caught(found: dict[Path | str, dict[str, Any]], text: str) -> None:
    assert WRONG[text] in "; ".join(faults(found[text], {"get-own": {"name"}}))


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_call_passes(found: dict[Path | str, dict[str, Any]], text: str) -> None:
    assert faults(found[text], {"get-own": {"name"}}) == []


def test_only_one_file_runs_a_program(
    found: dict[Path | str, dict[str, Any]],
) -> None:
    running = {
        path.name
        for path in PLUGINS
        for call in found[path]["calls"]
        if call["name"] in commands.NATIVE
    }
    assert running == {"_netsh.psm1"}
