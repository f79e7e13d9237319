# SPDX-License-Identifier: GPL-3.0-or-later
"""The action farm_plan: the variables as Ansible hands them over, and no call to any host."""

from __future__ import annotations

import subprocess
import sys
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
    assert "Addresses: m 192.0.2.1; s 192.0.2.2." in run.output
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
        "mailessentials_proxy_host: contains an @",
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
    words = f"mailessentials_{name}: is set in the inventory, where the playbooks do not read it"
    run = planned(simulated)
    assert run.code != 0 and words in run.output
    whole = simulated.play("mailops.mailessentials.plan")
    assert whole.code != 0 and words in whole.output


def parts(run: Run) -> dict[str, dict[str, Any]]:
    """Host -> the last part of a plan that it took."""
    return {
        record["host"]: {
            key: value for key, value in record["result"].items() if not key.startswith("_")
        }
        for record in run.records
        if record["action"] == "mailops.mailessentials.server_plan"
    }


def plans(run: Run) -> list[dict[str, Any]]:
    return run.results(action="mailops.mailessentials.farm_plan")


@pytest.mark.large
def test_the_plan_is_the_same_however_it_is_run(tmp_path: Path) -> None:
    """--limit, tags, check mode, serial, an imported playbook, another strategy, roles alone."""
    simulated = made(tmp_path, mailessentials_web_ui_networks=["198.51.100.0/24"])
    imported, roles = tmp_path / "imported.yml", tmp_path / "roles.yml"
    imported.write_text(
        yaml.safe_dump([{"ansible.builtin.import_playbook": "mailops.mailessentials.site"}]),
        encoding="utf-8",
    )
    names = ("firewall", "multi_server", "preflight", "proxy", "verify")
    alone = [{"role": f"mailops.mailessentials.{name}"} for name in names]
    roles.write_text(
        yaml.safe_dump(
            [{"hosts": "mailessentials", "gather_facts": False, "serial": 1, "roles": alone}]
        ),
        encoding="utf-8",
    )
    site = "mailops.mailessentials.site"
    runs = [
        simulated.play(site, "--check"),
        simulated.play(site, "--check", "--limit", "s"),
        simulated.play(site, "--check", "--tags", "proxy"),
        simulated.play(site, "--skip-tags", "preflight,verify"),
        simulated.play(site, "--check", "-e", "mailessentials_serial=1"),
        simulated.play(str(imported), "--check"),
        simulated.play("mailops.mailessentials.plan"),
        simulated.play(str(roles), "--check"),
    ]
    simulated.configure(ANSIBLE_STRATEGY="free")
    runs.append(simulated.play(str(roles), "--check"))
    first, *others = [plans(run) for run in runs]
    assert len(first) == 1 and set(first[0]["servers"]) == {"m", "s"}, runs[0].output
    for found, run in zip(others, runs[1:], strict=True):
        assert found and all(plan == first[0] for plan in found), run.output
    whole = parts(runs[0])
    assert set(whole) == {"m", "s"} and parts(runs[1]) == {"s": whole["s"]}
    alone_parts = parts(runs[7])  # the proof of the first batch fails, and ends the play
    assert alone_parts and all(part == whole[host] for host, part in alone_parts.items())


def test_vaulted_values_also_in_lists_and_templates_over_hostvars(tmp_path: Path) -> None:
    simulated = made(tmp_path, mailessentials_web_ui_networks="PLACE")
    secret = tmp_path / "secret"
    secret.write_text("word", encoding="utf-8")
    vaulted = subprocess.run(
        [
            str(Path(sys.executable).parent / "ansible-vault"),
            "encrypt_string",
            "--vault-password-file",
            str(secret),
            "198.51.100.0/24",
        ],
        check=True,
        capture_output=True,
        text=True,
        env=clean_environment(),
    ).stdout.strip()
    text = simulated.inventory.read_text(encoding="utf-8")
    indented = vaulted.replace("\n", "\n        ")
    simulated.inventory.write_text(
        text.replace("PLACE", f"\n      - {indented}\n      - \"{{{{ '203.0.113.0/24' }}}}\""),
        encoding="utf-8",
    )
    run = simulated.play(
        "mailops.mailessentials.site", "--check", "--vault-password-file", str(secret)
    )
    assert run.code == 0, run.output
    rules = parts(run)["m"]["rule_sets"]["firewall"]["rules"]
    (web_ui,) = (rule for rule in rules if rule["id"].endswith("web-ui"))
    assert web_ui["remote_addresses"] == ["198.51.100.0/24", "203.0.113.0/24"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"mailessentials_join_ports": "{{ 1 // 0 }}"},
            "mailessentials_join_ports: could not be filled in",
        ),
        ({"mailessentials_ftp": "{{ 'x' | nofilter }}"}, "mailessentials_ftp: could not be"),
        ({"ansible_host": "{{ nope }}"}, "ansible_host: could not be filled in"),
    ],
)
def test_a_template_that_fails_is_a_mistake_of_its_variable(
    tmp_path: Path, given: dict[str, Any], words: str
) -> None:
    run = planned(made(tmp_path, **given))
    assert run.code != 0 and words in run.output and "Traceback" not in run.output, run.output


@pytest.mark.parametrize("word", ["none", "omit"])
def test_a_template_that_comes_to_nothing_is_a_mistake(tmp_path: Path, word: str) -> None:
    """Before 2.19 the one is an empty text, and the other a text like any other."""
    given = {"mailessentials_skip_hosts": f"{{{{ nope | default({word}) }}}}"}
    run = planned(made(tmp_path, **given))
    assert run.code != 0 and "mailessentials_skip_hosts: " in run.output, run.output


def test_variables_of_others_are_not_filled_in(tmp_path: Path) -> None:
    mine = {
        "mailessentials_banner": "{{ ansible_facts.hostname }}",
        "mailessentials_mine": "{{ item.x }}",
        "mailessentials_ignored_variables": ["mailessentials_mine"],
    }
    run = planned(made(tmp_path, **mine))
    assert run.code == 0 and "mailessentials_banner: is not an input" in run.output, run.output
    assert "mailessentials_mine: is not" not in run.output


def test_a_vaulted_value_without_its_password_is_a_mistake(tmp_path: Path) -> None:
    simulated = made(tmp_path, mailessentials_dns_servers="PLACE")
    text = simulated.inventory.read_text(encoding="utf-8")
    vaulted = "!vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        3162"
    simulated.inventory.write_text(text.replace("PLACE", vaulted), encoding="utf-8")
    run = planned(simulated)
    assert run.code != 0 and "mailessentials_dns_servers: could not be filled in" in run.output
    assert "Traceback" not in run.output
