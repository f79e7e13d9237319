# SPDX-License-Identifier: GPL-3.0-or-later
"""Molecule over another inventory: a whole scenario passes on it, and none passes when nothing
would be tested.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT, clean_environment

from simulator import farm, tree
from simulator.host import SimulatedHost

SHARED = CHECKOUT / "molecule" / "shared"
CONFIG = yaml.safe_load(
    (CHECKOUT / ".config" / "molecule" / "config.yml").read_text(encoding="utf-8")
)
SCENARIOS = {
    file.parent.name: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted(CHECKOUT.glob("molecule/*/molecule.yml"))
}
GROUPS = ("standalone", "master", "slaves", "preflight", "proxied", "verified")
ADDRESS = {"master": 10, "slaves": 20}  # the first one, in 192.0.2.0/24


def inventory(place: Path, **groups: list[str]) -> Path:
    """An inventory of servers as README.md describes it; here they are simulated, and made
    beforehand.
    """
    children = {}
    for group in GROUPS:
        hosts = {
            name: {"mailessentials_address": [f"192.0.2.{ADDRESS[group] + number}"]}
            if group in ADDRESS
            else {"mailessentials_server_role": "standalone"}
            for number, name in enumerate(groups.get(group, []))
        }
        children[f"mailessentials_{group}"] = {"hosts": hosts}
    variables = {
        "ansible_connection": "mailops.simulator.host",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "simulated_host": f"{place}/{{{{ inventory_hostname }}}}",
    }
    file = place / "inventory.yml"
    file.write_text(
        yaml.safe_dump({"mailessentials": {"children": children, "vars": variables}}),
        encoding="utf-8",
    )
    return file


def run(place: Path, command: list[str], scenario: str, **more: str) -> tuple[int, str]:
    """A command over the inventory in a place, in a world of its own."""
    settings = {
        "MAILOPS_INVENTORY": str(place / "inventory.yml"),
        "MOLECULE_GLOB": "molecule/*/molecule.yml",
        "MOLECULE_EPHEMERAL_DIRECTORY": str(place / "molecule"),
        **(
            {}
            if scenario in ("preflight", "site")
            else {"ANSIBLE_SKIP_TAGS": "preflight,proxy,verify"}
        ),
        "NO_COLOR": "1",
        **more,
    }
    environment = clean_environment(settings, tree.build(place / "tree", "double"))
    folder = CHECKOUT if command[0] == "molecule" else CHECKOUT / "molecule" / scenario
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def molecule(place: Path, scenario: str, *options: str) -> tuple[int, str]:
    return run(place, ["molecule", "test", *options, "-s", scenario], scenario)


def plain(output: str) -> str:
    """Without Molecule's border and line breaks."""
    return " ".join(output.replace("│", " ").split())


@pytest.mark.large
@pytest.mark.parametrize(
    ("scenario", "servers"),
    [
        ("default", {"standalone": ["server1"]}),
        ("preflight", {"preflight": ["server1"]}),
        # MailEssentials is not installed, so the proof fails and the scenario does not.
        ("verify", {"verified": ["server1"]}),
        (
            "site",
            {
                "standalone": ["server1"],
                "master": ["server2"],
                "slaves": ["server3", "server4"],
                "verified": ["server5"],
            },
        ),
    ],
)
def test_a_scenario_passes_on_another_inventory(
    tmp_path: Path, scenario: str, servers: dict[str, list[str]]
) -> None:
    inventory(tmp_path, **servers)
    names = [name for group in servers.values() for name in group]
    made = {name: farm.create(tmp_path / name, "windows11") for name in names}
    code, output = molecule(tmp_path, scenario)
    assert code == 0, output
    assert (
        len(re.findall(r"\d passed.* in [\d.]+s", output))
        == output.count("verify] Executing Testinfra")
        == {"default": 4, "preflight": 5, "verify": 2, "site": 1}[scenario]
    )
    for name in names:
        found = SimulatedHost.load(tmp_path / name)
        assert (found.rules, found.machine) == (made[name].rules, made[name].machine)


@pytest.mark.parametrize(
    "scenario",
    [pytest.param(one, marks=() if one == "blocks" else pytest.mark.large) for one in SCENARIOS],
)
def test_an_empty_inventory_fails(tmp_path: Path, scenario: str) -> None:
    inventory(tmp_path)
    code, output = molecule(tmp_path, scenario, "--destroy=never")
    assert code != 0
    assert "The inventory has no server in the group 'mailessentials'" in plain(output)


@pytest.mark.large
def test_an_inventory_without_servers_of_the_scenario_fails(tmp_path: Path) -> None:
    inventory(tmp_path, slaves=["server1"])
    code, output = molecule(tmp_path, "master", "--destroy=never")
    assert code != 0
    assert "leaves us with no hosts to target" in plain(output)


@pytest.mark.large
def test_an_inventory_that_is_not_there_fails(tmp_path: Path) -> None:
    code, output = molecule(tmp_path, "default", "--destroy=never")
    assert code != 0
    assert "inventory.yml" in output


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        (
            {"slaves": ["server1"]},
            "The inventory has no server in the group 'mailessentials_master'",
        ),
        ({}, "No inventory was parsed"),
    ],
)
def test_a_verification_without_servers_fails(
    tmp_path: Path, servers: dict[str, Any], said: str
) -> None:
    file = inventory(tmp_path, **servers)
    options = [
        "--connection",
        "ansible",
        "--force-ansible",
        "--hosts",
        "mailessentials_master",
        "--ansible-inventory",
        str(file),
    ]
    command = [
        "pytest",
        "-c",
        str(SHARED / "verify" / "pytest.ini"),
        "-p",
        "no:cacheprovider",
        *options,
        str(SHARED / "verify" / "always"),
    ]
    code, output = run(tmp_path, command, "master")
    assert code not in (0, 5)
    assert said in output


@pytest.mark.large
def test_a_server_with_rules_of_ours_is_refused_untouched(tmp_path: Path) -> None:
    inventory(tmp_path, standalone=["server1"])
    host = farm.host("empty")
    farm.foreign(host, "GFI MailEssentials (mailops)")
    host.save(tmp_path / "server1")
    code, output = molecule(tmp_path, "default")
    assert code != 0
    assert "server1 already has rules in a group of this collection" in plain(output)
    assert SimulatedHost.load(tmp_path / "server1").rules == host.rules


@pytest.mark.large
@pytest.mark.parametrize(
    "change", [farm.install, lambda host: farm.exclude(host, 9093, 9093, administered=True)]
)
def test_a_server_with_ports_in_use_or_reserved_is_refused_untouched(
    tmp_path: Path, change: Callable[[SimulatedHost], None]
) -> None:
    inventory(tmp_path, preflight=["server1"])
    host = farm.host("empty")
    change(host)
    host.save(tmp_path / "server1")
    code, output = molecule(tmp_path, "preflight")
    assert code != 0
    assert "server1 uses a port of MailEssentials or has it reserved" in plain(output)
    assert SimulatedHost.load(tmp_path / "server1").machine == host.machine


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_step_finds_its_file(scenario: str) -> None:
    """Molecule skips, and stays green, where a playbook or a folder of tests is missing."""
    steps = [step.split() for step in sequence(scenario)]
    playbooks = {
        **CONFIG["provisioner"]["playbooks"],
        **SCENARIOS[scenario]["provisioner"].get("playbooks", {}),
    }
    # The verification of site plays all runs itself.
    wanted = {"verify"} if scenario == "site" else {"verify", "check", "idempotence"}
    assert wanted <= {name for name, *_unused in steps}
    for name, *arguments in steps:
        found = arguments or ([] if name in ("check", "idempotence") else [playbooks[name]])
        for path in found:
            file = CHECKOUT / "molecule" / scenario / path
            assert list(file.glob("test_*.py")) if name == "verify" else file.is_file(), path


def test_every_verification_has_its_step() -> None:
    steps = {
        path
        for scenario in SCENARIOS
        for step in sequence(scenario)
        if step.startswith("verify ")
        for path in step.split()[1:]
    }
    assert steps == {
        f"../shared/{file.parent.relative_to(SHARED)}"
        for file in SHARED.glob("verify/**/test_*.py")
    }


def sequence(scenario: str) -> list[str]:
    """The steps of a scenario: its own, else those of all."""
    own: list[str] = SCENARIOS[scenario].get("scenario", CONFIG["scenario"])["test_sequence"]
    return own
