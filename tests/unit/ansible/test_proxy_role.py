# SPDX-License-Identifier: GPL-3.0-or-later
"""The role proxy through Ansible: alone, in the playbook site, and when Windows does not do what it
was told.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import clean_environment

from simulator import farm
from simulator.host import SimulatedHost
from simulator.play import Farm, Run

SITE = "mailops.mailessentials.site"
ROLE = "mailops.mailessentials.proxy"
INFO = "mailops.mailessentials.proxy_info"
PROXY = {"mailessentials_proxy_host": "192.0.2.80", "mailessentials_proxy_port": 8080}


def made(folder: Path, **variables: Any) -> Farm:
    own = {
        "m": {"mailessentials_address": ["192.0.2.1", "2001:db8::1"]},
        "s": {"mailessentials_address": ["192.0.2.2", "2001:db8::2"]},
    }
    groups = {
        "mailessentials": ["m", "s"],
        "mailessentials_master": ["m"],
        "mailessentials_slaves": ["s"],
    }
    environment = clean_environment({"ANSIBLE_SKIP_TAGS": "verify"})
    return Farm(
        folder,
        {name: ("empty", values) for name, values in own.items()},
        groups,
        environment,
        variables=variables,
    )


def play(simulated: Farm, tasks: list[dict[str, Any]], *arguments: str) -> Run:
    file = simulated.folder / "play.yml"
    file.write_text(
        yaml.safe_dump([{"hosts": "m", "gather_facts": False, "tasks": tasks}]), encoding="utf-8"
    )
    return simulated.play(str(file), *arguments)


def called(simulated: Farm, host: str) -> list[list[Any]]:
    file = simulated.state(host) / "ansible_windows.jsonl"
    return (
        [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        if file.exists()
        else []
    )


def proxies_of(run: Run, host: str) -> list[str]:
    """The stores that the verdict says are not as wanted."""
    (verdict,) = run.results(host, "mailops.mailessentials.server_verdict")
    return list(verdict["proxy"])


def test_windows_that_does_not_do_what_it_was_told_is_an_error(tmp_path: Path) -> None:
    simulated = made(tmp_path)
    host = SimulatedHost.load(simulated.state("m"))
    host.set_faults(proxy_lies=True)
    host.save(simulated.state("m"))
    run = play(
        simulated, [{"ansible.builtin.include_role": {"name": ROLE}}], "-e", json.dumps(PROXY)
    )
    assert run.code != 0
    assert "Windows accepted the settings, but the settings read afterwards differ" in " ".join(
        run.output.split()
    ), run.output
    assert [name for name, _given in called(simulated, "m")] == ["win_http_proxy"]


def test_check_mode_of_a_block_proves_nothing_that_was_not_set(tmp_path: Path) -> None:
    simulated = made(tmp_path)
    role = {"ansible.builtin.include_role": {"name": ROLE}}
    block = {"check_mode": True, "block": [role]}
    run = play(simulated, [block], "-e", json.dumps(PROXY))
    assert run.code == 0 and "Windows accepted the settings" not in run.output, run.output


def test_what_is_not_understood_is_left_alone(tmp_path: Path) -> None:
    simulated = made(tmp_path)
    host = SimulatedHost.load(simulated.state("m"))
    farm.winhttp(host)
    (values,) = host.machine.registry.values()
    values["WinHttpSettings"] = {"hex": "99" + values["WinHttpSettings"]["hex"][2:]}
    host.save(simulated.state("m"))
    run = play(
        simulated, [{"ansible.builtin.include_role": {"name": ROLE}}], "-e", json.dumps(PROXY)
    )
    assert run.code == 0 and called(simulated, "m") == []
    assert not run.results("m", INFO) and proxies_of(run, "m") == []
    assert "is not changed" in run.output


@pytest.mark.large
def test_site_sets_the_proxy_where_there_is_one(tmp_path: Path) -> None:
    simulated = made(tmp_path)
    without = simulated.play(SITE)
    assert without.code == 0 and not without.results(None, INFO), without.output
    given = (
        "-e",
        json.dumps(
            {
                **PROXY,
                "mailessentials_proxy_https_host": "192.0.2.81",
                "mailessentials_proxy_https_port": 8443,
            }
        ),
    )
    checked, done, again = (
        simulated.play(SITE, "--check", *given),
        simulated.play(SITE, *given),
        simulated.play(SITE, *given),
    )
    assert (checked.code, done.code, again.code) == (0, 0, 0), (
        checked.output + done.output + again.output
    )
    bypass = ["127.0.0.1", "192.0.2.1", "192.0.2.2", "localhost", "m", "s", "<local>"]
    proxies = {"http": "192.0.2.80:8080", "https": "192.0.2.81:8443"}
    for host in ("m", "s"):
        assert called(simulated, host) == [["win_http_proxy", {"proxy": proxies, "bypass": bypass}]]
        first, proved = done.results(host, INFO)
        assert (first["different"], proved["different"]) == (["winhttp"], [])
        assert [result["different"] for result in checked.results(host, INFO)] == [["winhttp"]]
        assert not again.results(host, INFO)
        assert (proxies_of(checked, host), proxies_of(again, host)) == (["winhttp"], [])
        rules = {rule["id"]: rule for result in done.results(host) for rule in result["rules"]}
        rule = rules["MailOps-ME-Firewall-proxy"]
        assert (rule["remote_ports"], rule["remote_addresses"]) == (
            ["8080", "8443"],
            ["192.0.2.80", "192.0.2.81"],
        )
    assert "server 192.0.2.80, port 8080" in done.output
    texts = {
        "mailessentials_proxy_bypass": "a.example.com, b.example.com",
        "mailessentials_proxy_domains": "example.net",
        "mailessentials_proxy_stores": "winhttp",
        "mailessentials_directory_scenario": "remote_ad",
        "mailessentials_ldap_servers": "192.0.2.53",
    }
    play(
        simulated,
        [{"ansible.builtin.include_role": {"name": ROLE}}],
        "-e",
        json.dumps({**PROXY, **texts}),
    )
    assert {"a.example.com", "b.example.com", "*.example.net", "192.0.2.53"} <= set(
        called(simulated, "m")[-1][1]["bypass"]
    )
    remove = {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": "remove"}}
    away = play(simulated, [remove])
    assert away.code == 0 and called(simulated, "m")[2:] == [["win_http_proxy", {}]], away.output
