# SPDX-License-Identifier: GPL-3.0-or-later
"""The action farm_plan: the variables as Ansible hands them over, and no call to any host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import clean_environment

from simulator.play import Farm, Run

GROUPS = {
    "mailessentials": ["m", "s"],
    "mailessentials_master": ["m"],
    "mailessentials_slaves": ["s"],
}
SECRET = "Tr0ub4dor"


def made(folder: Path, groups: dict[str, list[str]] | None = None, **variables: Any) -> Farm:
    """A master and a slave whose address is a template over another host; variables are of both."""
    hosts = {
        "m": ("empty", {"mailessentials_address": "192.0.2.1", "net": "192.0.2"}),
        "s": ("empty", {"mailessentials_address": "{{ hostvars['m'].net }}.2"}),
    }
    everywhere = {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **variables}
    return Farm(folder, hosts, groups or GROUPS, clean_environment(), variables=everywhere)


def playbook(folder: Path, play: dict[str, Any]) -> str:
    """A play that plans the servers."""
    task = {
        "mailops.mailessentials.farm_plan": {"show": True},
        "run_once": True,
        "delegate_to": "localhost",
        "vars": {"ansible_connection": "local"},
    }
    plays = [{"hosts": "mailessentials", "gather_facts": False, "tasks": [task], **play}]
    file = folder / "play.yml"
    file.write_text(yaml.safe_dump(plays), encoding="utf-8")
    return str(file)


def planned(simulated: Farm, *arguments: str, **play: Any) -> Run:
    run = simulated.play(playbook(simulated.folder, play), *arguments)
    assert not any(simulated.calls(host) for host in ("m", "s"))
    return run


@pytest.mark.parametrize("limit", [(), ("--limit", "s")])
def test_the_whole_group_is_planned_and_no_host_is_called(
    tmp_path: Path, limit: tuple[str, ...]
) -> None:
    run = planned(made(tmp_path), *limit)
    assert run.code == 0, run.output
    assert "Farm: master m, slave s, MailEssentials 22" in run.output
    assert "192.0.2.1; 192.0.2.2" in run.output
    assert ("whatever --limit says" in run.output) == bool(limit)


def test_mistakes_stop_the_run_and_show_no_secret(tmp_path: Path) -> None:
    wrong = {
        "mailessentials_proxy_host": f"admin:{SECRET}@proxy.example.com",
        "mailessentials_web_ui_network": SECRET,
        "mailessentials_join_ports": None,
        "mailessentials_dns_servers": "{{ no_such_variable }}",
    }
    run = planned(made(tmp_path, **wrong), "-vvv")
    assert run.code != 0 and SECRET not in run.output
    assert "4 mistakes in the inventory; no host was called." in run.output
    for words in (
        "mailessentials_proxy_host: holds an @",
        "did you mean mailessentials_web_ui_networks?",
        "mailessentials_join_ports: is null",
        "mailessentials_dns_servers: could not be filled in",
    ):
        assert words in run.output
    assert "Traceback" not in run.output


def test_an_extra_variable_counts_for_all_servers(tmp_path: Path) -> None:
    run = planned(made(tmp_path), "-e", "mailessentials_join_ports=8443")
    assert run.code == 0 and "8443" in run.output and "80, 443     Multi" not in run.output


def test_no_servers_are_an_error(tmp_path: Path) -> None:
    run = planned(made(tmp_path), "-e", "mailessentials_group=nobody")
    assert run.code != 0 and "has no host in the group 'nobody'" in run.output


@pytest.mark.parametrize(
    "play", [{"vars": {"mailessentials_ftp": True}}, {"vars_files": ["more.yml"]}], ids=str
)
def test_an_input_that_only_the_play_sees_is_refused(tmp_path: Path, play: dict[str, Any]) -> None:
    (tmp_path / "more.yml").write_text("mailessentials_ftp: true\n", encoding="utf-8")
    run = planned(made(tmp_path), **play)
    assert run.code != 0
    assert "mailessentials_ftp: is set in the play or a role; put it in the inventory" in run.output


@pytest.mark.parametrize("name", ["group", "serial"])
def test_what_a_play_reads_comes_too_late_in_the_inventory(tmp_path: Path, name: str) -> None:
    simulated = made(tmp_path, **{f"mailessentials_{name}": "2"})
    words = f"mailessentials_{name}: is set in the inventory, where a play does not see it"
    run = planned(simulated)
    assert run.code != 0 and words in run.output
    whole = simulated.play("mailops.mailessentials.plan")
    assert whole.code != 0 and words in whole.output
