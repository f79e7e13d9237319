# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks on simulated farms: what concerns several servers, and what is refused before any
of them is touched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT, clean_environment

from simulator import farm
from simulator.host import SimulatedHost
from simulator.network import disturb
from simulator.play import Farm, Run

SITE, REMOVE, VERIFY, RESERVE, RELEASE = (
    f"mailops.mailessentials.{name}" for name in ("site", "remove", "verify", "reserve", "release")
)
GROUPS = {
    "mailessentials": ["m", "s"],
    "mailessentials_master": ["m"],
    "mailessentials_slaves": ["s"],
}
SECRET = "Tr0ub4dor"
ADDRESSES = {"m": ["192.0.2.1"], "s": ["192.0.2.2"]}


def made(
    folder: Path,
    groups: dict[str, list[str]] | None = None,
    skipped: str = "verify",
    **variables: Any,
) -> Farm:
    """A master and a slave; variables are of all hosts, m_... and s_... of one. skipped: tags of
    site.
    """
    own = {host: {"mailessentials_address": address} for host, address in ADDRESSES.items()}
    for name in [name for name in variables if name[:2] in ("m_", "s_")]:
        own[name[0]][name[2:]] = variables.pop(name)
    hosts = {host: ("empty", values) for host, values in own.items()}
    everywhere = {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **variables}
    environment = clean_environment({"ANSIBLE_SKIP_TAGS": skipped})
    return Farm(
        folder, hosts, GROUPS if groups is None else groups, environment, variables=everywhere
    )


def ports(run: Run, host: str, rule: str) -> list[str]:
    (found,) = (
        entry
        for result in run.results(host)
        for entry in result["rules"]
        if entry["id"] == f"MailOps-ME-MultiServer-{rule}"
    )
    return found["remote_ports"] if found["direction"] == "outbound" else found["local_ports"]


def rules_added(run: Run) -> list[dict[str, Any]]:
    """Of both rule sets of the master."""
    return [rule for result in run.results("m") for rule in result["plan"]["add"]]


def untouched(simulated: Farm) -> bool:
    return not any(
        SimulatedHost.load(simulated.state(host)).rules or simulated.calls(host)
        for host in ADDRESSES
    )


@pytest.mark.large
def test_the_join_ports_of_the_master_are_those_of_its_slaves(tmp_path: Path) -> None:
    run = made(tmp_path, m_mailessentials_join_ports=[8443]).play(SITE)
    assert run.code == 0, run.output
    assert (ports(run, "m", "join-in"), ports(run, "s", "join-out")) == (["8443"], ["8443"])


@pytest.mark.large
def test_without_join_ports_there_are_no_join_rules(tmp_path: Path) -> None:
    run = made(tmp_path, mailessentials_join_ports=[]).play(SITE)
    assert run.code == 0, run.output
    assert [len(result["rules"]) for result in run.results("m")] == [4, 2]


@pytest.mark.large
def test_a_web_ui_on_the_port_of_joining_is_said(tmp_path: Path) -> None:
    """The wider one of our own two rules on a port is not hidden."""
    run = made(tmp_path, mailessentials_web_ui_networks=["198.51.100.0/24"]).play(SITE)
    exposure = {
        (entry["rule"], entry["scoped"])
        for result in run.results("m")
        for entry in result["exposure"]
    }
    assert ("MailOps-ME-MultiServer-join-in", False) in exposure
    assert run.code == 0 and "further ones are admitted" in run.output, run.output


@pytest.mark.large
def test_gfi_directory_is_its_own_ldap_server(tmp_path: Path) -> None:
    run = made(
        tmp_path,
        mailessentials_directory_scenario="gfi_directory",
        mailessentials_gfi_directory="192.0.2.61",
    ).play(SITE, "--check")
    added = {rule["id"]: rule["remote_addresses"] for rule in rules_added(run)}
    assert {
        added[f"MailOps-ME-Firewall-{rule}"][0] for rule in ("ldap", "ldaps", "gfi-directory")
    } == {"192.0.2.61"}


def test_what_yaml_makes_of_a_version_and_of_one_server(tmp_path: Path) -> None:
    """A version without quotes is a number, a list of one is often written as a text."""
    given = {"mailessentials_version": 21, "mailessentials_directory_scenario": "remote_ad"}
    texts = {
        "mailessentials_ldap_servers": "192.0.2.61",
        "mailessentials_dns_servers": "192.0.2.62",
        "mailessentials_web_ui_networks": "192.0.2.0/24",
    }
    run = made(tmp_path, skipped="preflight", **given, **texts).play(SITE, "--check")
    assert run.code == 0 and not proofs(run), run.output
    added = {
        rule["id"].removeprefix("MailOps-ME-Firewall-"): rule["remote_addresses"]
        for rule in rules_added(run)
    }
    assert (added["ldap"], added["dns-udp"], added["web-ui"]) == (
        ["192.0.2.61"],
        ["192.0.2.62"],
        ["192.0.2.0/24"],
    )


@pytest.mark.large
def test_groups_of_other_names(tmp_path: Path) -> None:
    names = {"mailessentials_master_group": "am", "mailessentials_slaves_group": "as"}
    simulated = made(tmp_path, {"antispam": ["m", "s"], "am": ["m"], "as": ["s"]}, **names)
    run = simulated.play(SITE, "-e", "mailessentials_group=antispam")
    assert run.code == 0 and len(run.results()) == 4, run.output


# what is given, and words of the sentence
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"groups": {"other": ["m", "s"]}}, "no host in the group 'mailessentials'"),
    (
        {"groups": {"mailessentials": ["m", "s"], "mailessentials_master": ["m", "s"]}},
        "The farm has 2 masters (m, s), not one",
    ),
    (
        {"groups": {"mailessentials": ["m", "s"], "mailessentials_slaves": ["m", "s"]}},
        "The farm but no master",
    ),
    (
        {"mailessentials_on_no_effect": "foo"},
        "mailessentials_on_no_effect: 'foo' is not a known value; use one of fail, warn",
    ),
    (
        {"mailessentials_gfi_directory_host": "192.0.2.61"},
        "mailessentials_gfi_directory_host: is not a known input; did you mean "
        "mailessentials_gfi_directory",
    ),
    (
        {"mailessentials_web_ui_network": ["192.0.2.0/24"]},
        "did you mean mailessentials_web_ui_networks?",
    ),
    ({"mailessentials_serial": 1}, "mailessentials_serial: is set in the inventory"),
    ({"mailessentials_group": "x"}, "mailessentials_group: is set in the inventory"),
    (
        {"mailessentials_directory_scenario": "foo"},
        "mailessentials_directory_scenario: 'foo' is not a known value",
    ),
    ({"s_mailessentials_version": "2014"}, "MailEssentials 2014 has no Multi-Server"),
    ({"mailessentials_version": "2013"}, "'2013' is not known"),
    *(
        (
            {"mailessentials_version": number},
            f"mailessentials_version: {number} must be a string; write it in quotes",
        )
        for number in (21.8, 20.10)
    ),
    (
        {"mailessentials_version": None},
        "mailessentials_version: is null; give a value or leave the variable out",
    ),
    ({"mailessentials_firewall_profiles": []}, "mailessentials_firewall_profiles: is empty"),
    ({"mailessentials_join_ports": None}, "mailessentials_join_ports: is null"),
    (
        {"mailessentials_web_ui_ports": None, "mailessentials_web_ui_networks": ["192.0.2.0/24"]},
        "mailessentials_web_ui_ports: is null",
    ),
    (
        {"mailessentials_proxy_host": "192.0.2.80-192.0.2.90", "mailessentials_proxy_port": 8080},
        "mailessentials_proxy_host: is not a host name or",
    ),
    (
        {"mailessentials_proxy_host": "192.0.2.0/24", "mailessentials_proxy_port": 8080},
        "mailessentials_proxy_host: is not one host name",
    ),
    (
        {"mailessentials_proxy_host": "0.0.0.1-255.255.255.255", "mailessentials_proxy_port": 80},
        "mailessentials_proxy_host: is not a host name or",
    ),
    (
        {"mailessentials_proxy_stores": ["winhtp"]},
        "'winhtp' is not a known value; use one of winhttp, wininet, environment; "
        "did you mean 'winhttp'?",
    ),
    (
        {
            "mailessentials_proxy_host": "192.0.2.80",
            "mailessentials_proxy_port": 80,
            "mailessentials_proxy_bypass": ["a b"],
        },
        "mailessentials_proxy_bypass[0]: is no entry",
    ),
    (
        {"mailessentials_verify_on_failure": "stop"},
        "mailessentials_verify_on_failure: 'stop' is not a known value",
    ),
    (
        {"mailessentials_web_ui_networks": ["::ffff:0.0.0.0/96"]},
        "mailessentials_web_ui_networks: covers more than a /8 network",
    ),
    ({"mailessentials_verify_timeout": 0}, "mailessentials_verify_timeout: '0' is out of range"),
    (
        {"mailessentials_web_ui_networks": ["2001::/16", "2a00::/16"]},
        "more than a /8 network (IPv4) or a /32 network (IPv6)",
    ),
    ({"s_mailessentials_address": None}, "mailessentials_address: is null"),
    (
        {"mailessentials_proxy_host": "192.0.2.80"},
        "mailessentials_proxy_port: is missing; mailessentials_proxy_host requires it",
    ),
    ({"mailessentials_web_ui_networks": ["any"]}, "'any' is every address"),
    (
        {"mailessentials_web_ui_networks": ["192.0.2.0/24"], "mailessentials_web_ui_ports": [9091]},
        "9091 is a remoting port",
    ),
    (
        {"mailessentials_web_ui_networks": ["192.0.2.0/24"], "mailessentials_web_ui_ports": [9095]},
        "9095 is a Multi-Server port",
    ),
    (
        {"mailessentials_web_ui_networks": ["192.0.2.0/24"], "mailessentials_web_ui_ports": [8013]},
        "8013 is a remoting port",
    ),
    ({"mailessentials_web_ui_networks": ["0.0.0.1-255.255.255.255"]}, "more than a /8 network"),
    ({"m_mailessentials_join_ports": [9093]}, "9093 is a remoting port"),
    ({"s_mailessentials_address": ["2001:db8::2"]}, "no address family in common with its master"),
]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(*case, id=case[1], marks=pytest.mark.large if number % 6 else ())
        for number, case in enumerate(REFUSED)
    ],
)
def test_refused_before_any_host_is_touched(
    tmp_path: Path, given: dict[str, Any], words: str
) -> None:
    simulated = made(tmp_path, **given)
    run = simulated.play(SITE)
    assert run.code != 0 and words in " ".join(run.output.split()), run.output
    assert "Traceback" not in run.output
    assert untouched(simulated)


def test_removing_needs_no_farm_that_fits_together(tmp_path: Path) -> None:
    assert made(tmp_path / "other", {"mailessentials": ["m", "s"]}).play(REMOVE).code == 0
    assert made(tmp_path / "none", {}).play(REMOVE).code != 0


SECRETS: list[tuple[dict[str, Any], str]] = [
    *(
        (
            {
                "mailessentials_proxy_host": f"{before}{SECRET}{after}",
                "mailessentials_proxy_port": 8080,
            },
            words,
        )
        for before, after, words in (
            ("http://admin:", "@proxy.example.com", "contains an @"),
            ("admin:", "@proxy.example.com:8080", "contains an @"),
            ("proxy.example.com/", "", "is not one host name or IP address"),
        )
    ),
    (
        {
            "mailessentials_proxy_host": f"http://a:{SECRET}@proxy",
            "mailessentials_proxy_port": 8080,
            "mailessentials_on_no_effect": "foo",
        },
        "is not a known value",
    ),
    (
        {"mailessentials_serial": f"http://a:{SECRET}@p"},
        "mailessentials_serial: must be a number of hosts",
    ),
    (
        {"mailessentials_multi_server_paths": f"http://a:{SECRET}@p"},
        "mailessentials_multi_server_paths: 'http://****@p' is not a known value",
    ),
    (
        {"mailessentials_verify_timeout": f"http://a:{SECRET}@p"},
        "mailessentials_verify_timeout: 'http://****@p' is not a number of seconds",
    ),
    (
        {
            "mailessentials_proxy_host": "192.0.2.80",
            "mailessentials_proxy_port": 80,
            "mailessentials_proxy_bypass": [f"a:{SECRET} x"],
        },
        "mailessentials_proxy_bypass[0]: holds a colon",
    ),
    (
        {
            "mailessentials_proxy_host": "proxy.example.com",
            "mailessentials_proxy_port": f"http://a:{SECRET}@p:80",
        },
        "mailessentials_proxy_port: is not a port",
    ),
    (
        {"mailessentials_join_ports": [f"http://a:{SECRET}@proxy:8080"]},
        "mailessentials_join_ports[0]: is not a port",
    ),
    (
        {"mailessentials_ldap_servers": [f"ldap://cn=admin:{SECRET}@dc1"]},
        "mailessentials_ldap_servers[0]: contains an @",
    ),
    (
        {"mailessentials_dns_servers": [f"a:{SECRET}@dc1"]},
        "mailessentials_dns_servers[0]: contains an @",
    ),
    (
        {
            "mailessentials_proxy_pac_url": f"http://a:{SECRET}@pac/p.pac",
            "mailessentials_proxy_stores": ["wininet"],
        },
        "mailessentials_proxy_pac_url: holds a user name or password",
    ),
    (
        {
            "mailessentials_directory_scenario": "remote_ad",
            "mailessentials_ldap_servers": [f"ldaps://admin:{SECRET}@dc1.example.com"],
        },
        "contains an @",
    ),
    ({"mailessentials_gfi_directory": f"admin:{SECRET}@dir.example.com"}, "contains an @"),
]


def test_a_password_in_a_host_stops_before_any_host_is_touched_and_never_shows(
    tmp_path: Path,
) -> None:
    simulated = made(tmp_path)
    for given, words in SECRETS:
        secrets = tmp_path / "secrets.json"
        secrets.write_text(json.dumps(given), encoding="utf-8")
        run = simulated.play(SITE, "-vvv", "-e", f"@{secrets}")
        assert run.code == 2 and words in " ".join(run.output.split()) and untouched(simulated), (
            run.output
        )
        assert SECRET not in run.output + json.dumps(run.records), [
            line for line in run.output.splitlines() if SECRET in line
        ]


def test_site_proves_what_it_made(tmp_path: Path) -> None:
    """A farm that runs is proven; what is broken fails the playbook verify, which takes lists as
    text too and is told where it was limited.
    """
    simulated = made(tmp_path, skipped="preflight")
    for host in ADDRESSES:
        state = SimulatedHost.load(simulated.state(host))
        farm.install(state)
        farm.web_site(state)
        state.save(simulated.state(host))
    whole = simulated.play(SITE)
    assert whole.code == 0 and [farm["ok"] for farm in proofs(whole)] == [True], whole.output
    texts = {
        "directory_scenario": "remote_ad",
        "ldap_servers": "192.0.2.61, 192.0.2.64/28",
        "join_ports": "80,443",
        "gfi_directory": "192.0.2.62",
        "skip_hosts": "support.gfi.com",
    }
    texts = {f"mailessentials_{name}": value for name, value in texts.items()}
    given = [part for name, value in texts.items() for part in ("-e", f"{name}='{value}'")]
    assert simulated.play(SITE, *given, "--skip-tags", "verify").code == 0
    disturb(simulated.state("m"), {"silent": ["192.0.2.2:9095"]})
    failed = simulated.play(VERIFY, *given)
    alone = simulated.play(VERIFY, *given, "--limit", "m")
    assert (failed.code, alone.code) == (2, 2), failed.output
    (told,) = proofs(failed)
    assert any("Check what is between the two" in sentence for sentence in told["failures"])
    assert "The farm of m is not in order." in failed.output
    assert {"directory 192.0.2.61", "GFI Directory 192.0.2.62"} <= {
        one["subject"] for one in told["proofs"]
    }
    assert told["unchecked"] == [
        "*.mailshell.net",
        "*.rules.mailshell.net",
        "192.0.2.64/28",
        "support.gfi.com",
    ]
    assert "s was not read in this run" in proofs(alone)[0]["failures"][0]


@pytest.mark.large
def test_a_proof_that_fails_stops_site_only_where_the_inventory_says_so(tmp_path: Path) -> None:
    simulated = made(tmp_path, skipped="preflight")
    for arguments, code in (((), 0), (("-e", "mailessentials_verify_on_failure=fail"), 2)):
        run = simulated.play(SITE, *arguments)
        assert run.code == code and "not installed yet" in run.output, run.output


def proofs(run: Run) -> list[dict[str, Any]]:
    return [
        farm
        for record in run.records
        if record["action"].endswith("farm_proof")
        for farm in record["result"]["farms"]
    ]


def state(simulated: Farm, host: str, *changes: Any) -> SimulatedHost:
    found = SimulatedHost.load(simulated.state(host))
    for change in changes:
        change(found)
    found.save(simulated.state(host))
    return found


def unwritten(simulated: Farm) -> bool:
    return not any(SimulatedHost.load(simulated.state(host)).rules for host in ADDRESSES)


def test_every_play_is_linear_whatever_the_configuration_says(tmp_path: Path) -> None:
    """With the strategy free a server that is looked at sooner would be changed before another one
    stops the run.
    """
    for file in (CHECKOUT / "playbooks").glob("*.yml"):
        plays = [
            play for play in yaml.safe_load(file.read_text(encoding="utf-8")) if "hosts" in play
        ]
        assert {play.get("strategy") for play in plays} <= {"ansible.builtin.linear"}, file
    simulated = made(tmp_path)
    state(simulated, "s", lambda host: farm.listen(host, 9095, program="C:\\Tools\\relay.exe"))
    simulated.configure(ANSIBLE_STRATEGY="free")
    run = simulated.play(SITE)
    assert run.code != 0 and "used by relay.exe" in run.output and unwritten(simulated), run.output


def ignores_local_rules(host: SimulatedHost) -> None:
    host.stores["gpo"]["profiles"]["DomainProfile"] = {"AllowLocalPolicyMerge": 0}


INEFFECTIVE = {
    "ignored": (ignores_local_rules, "AllowLocalPolicyMerge=0"),
    "stopped": (lambda host: farm.stop(host, "mpssvc"), "mpssvc"),
}


@pytest.mark.parametrize("name", ["ignored", pytest.param("stopped", marks=pytest.mark.large)])
@pytest.mark.parametrize(
    "tags", [(), pytest.param(("--skip-tags", "preflight,verify"), marks=pytest.mark.large)]
)
def test_a_slave_on_which_rules_cannot_work_stops_its_farm_before_anything_is_written(
    tmp_path: Path, name: str, tags: tuple[str, ...]
) -> None:
    change, words = INEFFECTIVE[name]
    simulated = made(tmp_path)
    state(simulated, "s", change)
    for mode in ((), ("--check",)):
        run = simulated.play(SITE, *tags, *mode)
        assert run.code != 0 and words in run.output and unwritten(simulated), run.output
    if name == "ignored":
        given = ("-e", "mailessentials_on_no_effect=warn")
        assert simulated.play(SITE, *given).code == 0 and not unwritten(simulated)


def test_a_remoting_port_that_the_host_reports_is_not_opened(tmp_path: Path) -> None:
    """web.config was moved to 8443, which the inventory calls a port of the web UI, or of
    joining.
    """
    config = (
        "<c><system.runtime.remoting><wellknown "
        'url="tcp://localhost:8443/x"/></system.runtime.remoting></c>'
    )
    (tmp_path / "web.config").write_text(config, encoding="utf-8")
    web = {
        "mailessentials_web_ui_networks": ["192.0.2.0/24"],
        "mailessentials_web_ui_ports": [443, 8443],
    }
    for number, given in enumerate((web, {"m_mailessentials_join_ports": [8443]})):
        simulated = made(tmp_path / str(number), **given)
        state(
            simulated,
            "m",
            farm.install,
            lambda host: farm.web_config(host, str(tmp_path / "web.config")),
        )
        run = simulated.play(SITE)
        assert (
            run.code != 0
            and "8443 is a remoting port of MailEssentials on this server" in run.output
        ), run.output
        assert unwritten(simulated)


@pytest.mark.large
def test_the_report_names_a_rule_of_somebody_else_in_our_group(tmp_path: Path) -> None:
    simulated = made(tmp_path)
    assert simulated.play(SITE).code == 0
    theirs = (
        "v2.26|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=4444|Name=Their "
        "rule|EmbedCtxt=GFI MailEssentials (mailops)|"
    )
    state(simulated, "s", lambda host: host.rules.update(Theirs=theirs))
    run = simulated.play(SITE, "--check", "--diff")
    assert run.code == 0 and "'Their rule' (Theirs)" in run.output, run.output
    assert (
        simulated.play(SITE).code == 0
        and SimulatedHost.load(simulated.state("s")).rules["Theirs"] == theirs
    )


@pytest.mark.large
def test_an_address_may_be_a_template_over_hostvars(tmp_path: Path) -> None:
    template = "{{ [hostvars[inventory_hostname].primary_ip] }}"
    run = made(tmp_path, s_mailessentials_address=template, s_primary_ip="192.0.2.7").play(
        SITE, "--check"
    )
    assert run.code == 0, run.output
    added = {
        rule["id"]: rule["remote_addresses"]
        for result in run.results("m")
        for rule in result["plan"]["add"]
    }
    assert added["MailOps-ME-MultiServer-multi-server-in"] == ["192.0.2.7"]


HINDRANCES = {
    "ignored": ignores_local_rules,
    "taken": lambda host: farm.listen(host, 9095, program="C:\\Tools\\relay.exe"),
    "ours": lambda host: farm.install(host),
}


@pytest.mark.parametrize(
    "name",
    ["taken", *(pytest.param(name, marks=pytest.mark.large) for name in ("ignored", "ours"))],
)
def test_no_port_is_reserved_before_all_servers_were_judged(tmp_path: Path, name: str) -> None:
    """What stops one server stops its farm before a port is reserved: rules, a port that is taken,
    a port that cannot be reserved.
    """
    simulated = made(tmp_path, mailessentials_reserve_ports=True)
    before = SimulatedHost.load(simulated.state("m"))
    state(simulated, "s", HINDRANCES[name])
    run = simulated.play(SITE)
    assert run.code == 2 and unwritten(simulated), run.output
    assert SimulatedHost.load(simulated.state("m")) == before
    if name != "ignored":
        assert (
            simulated.play(RESERVE).code == 2 and SimulatedHost.load(simulated.state("m")) == before
        )


@pytest.mark.large
def test_site_reserves_ports_once_and_takes_them_back_whatever_is_in_the_way(
    tmp_path: Path,
) -> None:
    simulated = made(tmp_path, mailessentials_reserve_ports=True)
    before = SimulatedHost.load(simulated.state("m"))
    looked = simulated.play(SITE, "--check")
    assert looked.code == 0 and SimulatedHost.load(simulated.state("m")) == before, looked.output
    for changes in (True, False):
        run = simulated.play(SITE)
        writes = [
            record
            for record in run.records
            if record["action"].endswith("port_reservation") and record["result"]["changed"]
        ]
        assert run.code == 0 and bool(writes) == changes, run.output
    state(simulated, "m", HINDRANCES["taken"])
    back = simulated.play(RELEASE)
    assert "used by relay.exe" in back.output and back.code == 0, back.output
    assert SimulatedHost.load(simulated.state("s")).machine.exclusions == before.machine.exclusions


def test_no_tag_leaves_the_comparison_out(tmp_path: Path) -> None:
    simulated = made(
        tmp_path, mailessentials_proxy_host="192.0.2.80", mailessentials_proxy_port=8080
    )
    state(simulated, "s", ignores_local_rules)
    before = [SimulatedHost.load(simulated.state(host)) for host in ADDRESSES]
    run = simulated.play(SITE, "--tags", "proxy")
    assert run.code == 2 and "AllowLocalPolicyMerge=0" in run.output, run.output
    assert [SimulatedHost.load(simulated.state(host)) for host in ADDRESSES] == before


DEAD = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}


@pytest.mark.parametrize("playbook", ["preflight", "verify"])
def test_a_server_that_is_not_reached_stops_its_own_farm_alone(
    tmp_path: Path, playbook: str
) -> None:
    hosts: dict[str, tuple[str, dict[str, Any]]] = {
        "m": ("empty", {"mailessentials_address": "192.0.2.1"}),
        "s": ("empty", {"mailessentials_address": "192.0.2.2", **DEAD}),
        "z": ("empty", {"mailessentials_server_role": "standalone"}),
    }
    groups = {**GROUPS, "mailessentials": ["m", "s", "z"]}
    everywhere = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    simulated = Farm(tmp_path, hosts, groups, clean_environment(), variables=everywhere)
    state(simulated, "z", farm.install)
    run = simulated.play(f"mailops.mailessentials.{playbook}")
    (result,) = (
        record["result"]
        for record in run.records
        if record["action"].endswith(("farm_verdict", "farm_proof"))
    )
    alone = {"preflight": set(), "verify": {"z"}}[playbook]  # no rules were made on it
    assert run.code != 0 and set(result["out"]) == {"m", "s"} | alone, run.output
    words = {"preflight": "s: The host cannot be reached", "verify": "s: could not be read"}
    assert words[playbook] in result["out"]["m"] and "Traceback" not in run.output


@pytest.mark.large
def test_servers_one_after_the_other_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """With serial a server whose turn has not come was not asked, and is no failure."""
    simulated = made(tmp_path)
    role = [{"role": "mailops.mailessentials.preflight"}]
    play = [{"hosts": "mailessentials", "gather_facts": False, "serial": 1, "roles": role}]
    file = tmp_path / "serial.yml"
    file.write_text(yaml.safe_dump(play), encoding="utf-8")
    run = simulated.play(str(file))
    assert run.code == 0 and "s: not asked in this run" in run.output, run.output


@pytest.mark.large
def test_reserving_one_server_after_the_other_ends_well(tmp_path: Path) -> None:
    given = {
        "mailessentials_reserve_ports": True,
        "mailessentials_fail_on": ["conflict", "dynamic_unprotected"],
    }
    simulated = made(tmp_path, **given)
    for host in ADDRESSES:
        state(simulated, host, farm.exchange_range)
    run = simulated.play(SITE, "-e", "mailessentials_serial=1")
    assert run.code == 0, run.output
    assert all(SimulatedHost.load(simulated.state(host)).rules for host in ADDRESSES)


@pytest.mark.large
def test_a_web_config_that_cannot_be_read_stops_site(tmp_path: Path) -> None:
    simulated = made(tmp_path)
    unreadable = (farm.install, lambda host: farm.web_config(host, "unreadable"))
    state(simulated, "s", *unreadable)
    run = simulated.play(SITE)
    assert run.code != 0 and "mailessentials_remoting_ports" in run.output, run.output
    assert unwritten(simulated)
    named = simulated.play(SITE, "-e", "mailessentials_remoting_ports=9091,9093")
    assert named.code == 0, named.output
