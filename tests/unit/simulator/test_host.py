# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated host as a worker sees it: readings, faults, the folder, the way in for the
stand-ins, the farm's command line.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import farm, tree
from simulator.failures import KINDS, KilledError, RefusedError
from simulator.host import SimulatedHost

TESTS = Path(__file__).resolve().parents[2]


def run(
    folder: Path, *arguments: str, parameters: object = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "SIMULATED_HOST": str(folder)}
    entered = json.dumps(parameters or {})
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        input=entered,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def ask(folder: Path, command: str, **parameters: Any) -> Any:
    return json.loads(run(folder, "simulator", command, parameters=parameters).stdout)


def add(host: SimulatedHost, name: str) -> None:
    host.new_rule(Name=name, DisplayName="Rule")


def decoded(host: SimulatedHost) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(host.encoded_reading())))


def test_the_reading_has_the_agreed_shape() -> None:
    host = farm.host("server2016", gpo=True)
    reading = decoded(host)
    assert reading == host.reading()
    assert set(reading) == {
        *("schema", "services", "network_categories", "variables", "stores", "connections"),
        *("interfaces", "windows", "policy", "fingerprint"),
    }
    assert (reading["schema"], reading["services"], reading["network_categories"]) == (
        2,
        {"mpssvc": "Running", "BFE": "Running"},
        [2],
    )
    assert reading["connections"] == [[12, "Ethernet", 2]]
    assert reading["variables"]["ProgramFiles(x86)"] == "C:\\Program Files (x86)"
    assert {store: len(content["rules"]) for store, content in reading["stores"].items()} == {
        "local": 109,
        "mdm": 0,
        "gpo": 1,
    }
    assert reading["stores"]["local"]["rules"][0][0] == "VIRTCL-WMI-ASYNC-In-TCP-NoScope"
    assert reading["stores"]["local"]["profiles"]["StandardProfile"]["EnableFirewall"] == 1
    assert reading["stores"]["gpo"]["profiles"] == {}


def test_a_reading_does_not_change_with_the_host() -> None:
    host = farm.host("empty")
    before = host.reading()
    kept = json.dumps(before)
    add(host, "a")
    farm.no_merge(host)
    farm.stop(host)
    host.stores["local"]["profiles"]["DomainProfile"]["EnableFirewall"] = 0
    assert json.dumps(before) == kept
    assert host.reading() != before


def test_services_and_networks_may_be_missing() -> None:
    reading = SimulatedHost(services={"BFE": "Running"}, network_categories=None).reading()
    assert reading["services"] == {"mpssvc": None, "BFE": "Running"}
    assert reading["network_categories"] is None


@pytest.mark.parametrize("reply", ["garbled", "truncated", "wrong_schema", "empty"])
def test_a_spoilt_reply_cannot_be_taken_for_a_reading(reply: str) -> None:
    host = SimulatedHost(faults={"reply": reply})
    try:
        assert decoded(host)["schema"] == 99
        assert reply == "wrong_schema"
    except (ValueError, EOFError, gzip.BadGzipFile):
        assert reply != "wrong_schema"


@pytest.mark.parametrize("service", ["mpssvc", "BFE"])
def test_a_stopped_service_refuses_every_write(service: str) -> None:
    host = SimulatedHost()
    add(host, "a")
    farm.stop(host, service)
    for write in (
        lambda: add(host, "b"),
        lambda: host.set_rule(Name="a"),
        lambda: host.remove_rule(Name="a"),
    ):
        with pytest.raises(RefusedError) as refused:
            write()
        assert refused.value.number == 1753
    assert list(host.rules) == ["a"]
    farm.start(host, service)
    add(host, "b")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_fail_at_refuses_one_write_and_no_other(kind: str) -> None:
    host = SimulatedHost()
    host.set_faults(fail_at=2, error=kind)
    add(host, "a")
    with pytest.raises(RefusedError) as refused:
        add(host, "b")
    assert refused.value.error_id == f"{KINDS[kind][1]},New-NetFirewallRule"
    add(host, "c")
    assert list(host.rules) == ["a", "c"]


def test_kill_after_keeps_what_was_written() -> None:
    host = SimulatedHost()
    host.set_faults(kill_after=2)
    add(host, "a")
    with pytest.raises(KilledError):
        add(host, "b")
    host.remove_rule(Name="a")
    assert list(host.rules) == ["b"]


def test_read_only_missing_cmdlets_and_unreadable_keys() -> None:
    host = SimulatedHost(faults={"read_only": True})
    with pytest.raises(RefusedError) as refused:
        add(host, "a")
    assert refused.value.number == 50
    host.set_faults(net_security="missing")
    with pytest.raises(RefusedError) as refused:
        add(host, "a")
    assert (refused.value.error_id, refused.value.category) == (
        "CommandNotFoundException",
        "ObjectNotFound",
    )
    host.set_faults(unreadable=True)
    with pytest.raises(RefusedError, match="registry access is not allowed"):
        host.reading()
    assert host.rules == {}


def test_save_and_load_keep_everything(tmp_path: Path) -> None:
    host = farm.host("windows11", gpo=True, strict=True, network_categories=[0, 2])
    host.set_faults(fail_at=3)
    add(host, "Ärger [x]")
    host.save(tmp_path / "new" / "folder")
    assert SimulatedHost.load(tmp_path / "new" / "folder") == host
    assert [entry.name for entry in (tmp_path / "new" / "folder").iterdir()] == ["host.json"]


def test_the_stand_ins_way_in(tmp_path: Path) -> None:
    farm.create(tmp_path, "empty")
    given = {
        "Name": "a*ä",
        "DisplayName": "Rule",
        "Profile": "Domain, Private",
        "Enabled": "True",
        "ErrorAction": "Stop",
    }
    assert ask(tmp_path, "New-NetFirewallRule", **given) == {"ok": True, "output": []}
    assert ask(tmp_path, "New-NetFirewallRule", **given) == {
        "ok": False,
        "message": "Cannot create a file when that file already exists.",
        "error_id": "Windows System Error 183,New-NetFirewallRule",
        "category": "ResourceExists",
        "number": 183,
    }
    assert ask(tmp_path, "Set-NetFirewallRule", Name=["a`*ä"], Action="Block")["ok"]
    stores = ask(tmp_path, "registry")["output"][0]["stores"]
    assert stores["local"]["rules"] == [
        ["a*ä", "v2.31|Action=Block|Active=TRUE|Dir=In|Profile=Domain|Profile=Private|Name=Rule|"]
    ]
    assert ask(tmp_path, "Remove-NetFirewallRule", Name=["a`*ä"])["ok"]
    assert SimulatedHost.load(tmp_path).rules == {}
    assert SimulatedHost.load(tmp_path).writes == 4
    assert ask(tmp_path, "Get-Service", Name=["mpssvc"])["output"] == [
        {"Name": "mpssvc", "Status": "Running"}
    ]
    assert (
        ask(tmp_path, "Get-Service", Name="none")["error_id"]
        == "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand"
    )
    profiles = {"Namespace": "root/StandardCimv2", "ClassName": "MSFT_NetConnectionProfile"}
    assert ask(tmp_path, "Get-CimInstance", **profiles)["output"] == [
        {"NetworkCategory": 2, "InterfaceIndex": 12, "InterfaceAlias": "Ethernet"}
    ]
    assert not ask(tmp_path, "Get-CimInstance", ClassName="Win32_Other")["ok"]


def test_a_kill_is_told_by_the_exit_code_and_saved(tmp_path: Path) -> None:
    host = farm.create(tmp_path, "empty", faults={"kill_after": 1})
    answer = run(
        tmp_path,
        "simulator",
        "New-NetFirewallRule",
        parameters={"Name": "a", "DisplayName": "Rule"},
    )
    assert (answer.returncode, answer.stdout) == (137, "")
    assert list(SimulatedHost.load(tmp_path).rules) == ["a"]
    assert host.rules == {}


def test_what_happens_to_a_host_from_the_command_line(tmp_path: Path) -> None:
    assert (
        run(tmp_path, "simulator.farm", "create", str(tmp_path), "--capture", "empty").returncode
        == 0
    )
    host = SimulatedHost.load(tmp_path)
    for name in "abc":
        host.new_rule(
            Name=name, DisplayName="Rule", RemoteAddress=["192.0.2.1", "2001:db8::1", "Internet"]
        )
    host.save(tmp_path)
    steps = [
        "disable a",
        "widen b",
        "delete c",
        "foreign Our_group d",
        "iis",
        "no-merge",
        "no-merge PublicProfile mdm",
        "stop",
        "stop BFE",
        "start BFE",
    ]
    for step in steps:
        command, *rest = step.split()
        assert run(tmp_path, "simulator.farm", command, str(tmp_path), *rest).stderr == ""
    assert run(tmp_path, "simulator.farm", "fault", str(tmp_path), '{"fail_at": 2}').returncode == 0
    for blocks in ('{"X": "Dir=In", "Y": "Dir=In"}', '{"Z": "Dir=Out|Protocol=6|RPort=443"}'):
        told = run(tmp_path, "simulator.farm", "block", str(tmp_path), blocks, "--store", "gpo")
        assert told.stderr == ""
    after = SimulatedHost.load(tmp_path)
    assert after.rules["a"] == host.rules["a"].replace("Active=TRUE", "Active=FALSE")
    assert after.rules["b"] == "v2.31|Action=Allow|Active=TRUE|Dir=In|Name=Rule|"
    assert list(after.rules) == [
        "a",
        "b",
        "d",
        "IIS-WebServerRole-HTTP-In-TCP",
        "IIS-WebServerRole-HTTPS-In-TCP",
    ]
    assert after.rules["d"].endswith("|Name=Made by hand|EmbedCtxt=Our_group|")
    assert after.stores["gpo"]["rules"] == {
        "Z": "v2.31|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=443|Name=Z|"
    }
    assert after.stores["gpo"]["profiles"] == {"DomainProfile": {"AllowLocalPolicyMerge": 0}}
    assert after.stores["mdm"]["profiles"] == {"PublicProfile": {"AllowLocalPolicyMerge": 0}}
    assert after.services == {"mpssvc": "Stopped", "BFE": "Running"}
    assert (after.faults, after.writes) == ({"fail_at": 2}, 0)
    assert json.loads(run(tmp_path, "simulator.farm", "rules", str(tmp_path)).stdout) == after.rules


@pytest.mark.parametrize(
    "arguments",
    [[], ["burn", "x"], ["disable", "x"], ["disable", "x", "no-such-rule"], ["fault", "x", "{"]],
)
def test_a_wrong_command_line_is_told(tmp_path: Path, arguments: list[str]) -> None:
    farm.create(tmp_path, "empty")
    answer = run(
        tmp_path,
        "simulator.farm",
        *[str(tmp_path) if argument == "x" else argument for argument in arguments],
    )
    assert answer.returncode == 2
    assert "simulator.farm" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("way", ["double", "worker"])
def test_the_tree_replaces_the_way_to_windows_and_nothing_else(tmp_path: Path, way: str) -> None:
    for _unused in range(2):
        assert tree.build(tmp_path, way) == tmp_path
    collection = tmp_path / "ansible_collections" / "mailops" / "mailessentials"
    files = {
        str(path.relative_to(collection))
        for part in tree.PARTS
        for path in _files(collection / part)
    }
    left_out, added = tree.REPLACED[way]
    expected = {
        str(path.relative_to(tree.CHECKOUT))
        for part in tree.PARTS
        for path in _files(tree.CHECKOUT / part)
    }
    assert files == expected - set(left_out) | set(added)
    for path, source in added.items():
        assert (collection / path).resolve() == source
    assert (
        tmp_path / "ansible_collections/mailops/simulator/plugins/connection/host.py"
    ).resolve() == TESTS / "simulator/connection/host.py"


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    found = (
        Path(folder, name)
        for folder, _unused, names in os.walk(place, followlinks=True)
        for name in names
    )
    return [path for path in found if "__pycache__" not in path.parts]
