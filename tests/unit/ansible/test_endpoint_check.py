# SPDX-License-Identifier: GPL-3.0-or-later
"""endpoint_check through Ansible itself, in the simulated network: what it returns, broken hosts,
bad input, and that no secret shows; both ways.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from surroundings import clean_environment, engine, no_worker

from simulator import farm
from simulator.host import SimulatedHost
from simulator.network import disturb
from simulator.play import Farm

CHECK = "mailops.mailessentials.endpoint_check"
SECRET = "Tr0ub4dor"
PROXY = {"proxy_host": "proxy.example.com", "proxy_port": 8080}
ENDPOINTS = [
    {"host": "192.0.2.12", "port": 9095, "name": "the slave"},
    {"kind": "ldaps", "host": "dc1.example.com"},
    {"kind": "https", "host": "old.example.com", "proxy": False},
    {"kind": "http", "host": "www.example.com"},
    {"kind": "dns", "query": "www.example.com"},
    {"kind": "dns", "host": "192.0.2.53", "query": "www.example.com", "transport": "tcp"},
]
GIVEN = {"endpoints": ENDPOINTS, **PROXY, "on_failure": "warn"}
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "not_json": ({"reply": "not_json"}, "The endpoint worker failed on the host"),
    "garbled": ({"reply": "garbled"}, "The worker's reading is not JSON"),
    "truncated": ({"reply": "truncated"}, "The worker's reading is damaged"),
    "wrong_schema": ({"reply": "wrong_schema"}, "schema 1"),
}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"endpoint": []}, "endpoint"),
    ({"endpoints": ["{{ leaked }}"]}, "endpoints[0]: is not a dictionary"),
    ({"endpoints": [{"host": "{{ leaked }}", "port": 80}]}, "holds a user name or password"),
    (
        {"endpoints": [{"host": "www.example.com", "port": "{{ leaked }}"}]},
        "holds a user name or password",
    ),
    (
        {"proxy_host": "{{ leaked }}", "proxy_port": 8080},
        "proxy_host: holds a user name or password",
    ),
    ({"proxy_host": "proxy.example.com", "proxy_port": "http"}, "proxy_port: is not a port"),
    ({"timeout": "soon"}, "soon"),
    ({"on_failure": "stop"}, "stop"),
    ({"version": 21.1}, "quotes"),
    ({"server_role": "boss"}, "boss"),
]


def make(place: Path, way: str, *names: str) -> Farm:
    """Each host has MailEssentials and lets nobody in; the network has a bad certificate."""
    variables = {"ansible_pwsh_interpreter": engine()}
    simulated = Farm(
        place,
        {name: ("empty", {}) for name in names},
        {},
        clean_environment(),
        way=way,
        variables=variables,
    )
    for number, name in enumerate(names):
        host = SimulatedHost.load(simulated.state(name))
        farm.addresses(host, f"192.0.2.{11 + number}")
        farm.install(host)
        host.set_faults(**BROKEN.get(name, ({}, ""))[0])
        host.save(simulated.state(name))
    disturb(simulated.state(names[0]), {"certificate": {"old.example.com": "expired"}})
    return simulated


def test_what_is_met_and_what_is_refused(tmp_path: Path) -> None:
    simulated = make(tmp_path, "double", "sound", *BROKEN)
    good = [{**GIVEN, "on_failure": wish} for wish in ("warn", "fail", "ignore")]
    tasks = [
        {CHECK: given, "ignore_errors": True}
        for given in (*good, {}, PROXY, *(given for given, _words in BAD))
    ]
    plays = [
        {"hosts": "sound", "gather_facts": False, "tasks": tasks},
        {
            "hosts": ",".join(BROKEN),
            "gather_facts": False,
            "tasks": [{CHECK: GIVEN, "ignore_errors": True}],
        },
    ]
    file = tmp_path / "play.yml"
    file.write_text(json.dumps(plays), encoding="utf-8")
    secrets = tmp_path / "secrets.json"
    secrets.write_text(
        json.dumps({"leaked": f"http://admin:{SECRET}@proxy.example.com"}), encoding="utf-8"
    )
    before = (simulated.state("sound") / "host.json").read_text(encoding="utf-8")
    run = simulated.play(str(file), "-vvv", "-e", f"@{secrets}")
    assert run.code == 0 and "Traceback" not in run.output, run.output
    warned, failed, ignored, direct, proxied, *refused = run.results("sound", CHECK)

    assert [(entry["stage"], entry["outcome"]) for entry in warned["endpoints"]] == [
        ("connect", "no_answer"),
        ("", "ok"),
        ("tls", "expired"),
        ("", "ok"),
        ("", "ok"),
        ("", "ok"),
    ]
    assert [entry["via"] for entry in warned["endpoints"]] == ["direct"] * 3 + [
        "proxy.example.com:8080"
    ] + ["direct"] * 2
    slave = warned["endpoints"][0]
    assert (
        slave["name"] == "the slave"
        and slave["message"].startswith("the slave (tcp 192.0.2.12:9095): does not answer")
        and slave["milliseconds"] == 5000
    )
    assert not warned.get("failed") and warned["warnings"] == [
        warned["endpoints"][0]["message"],
        warned["endpoints"][2]["message"],
    ]
    assert (
        warned["changed"],
        warned["round_trips"],
        warned["elapsed_milliseconds"],
        warned["dns_servers"],
    ) == (False, 1, 5000, ["192.0.2.53"])
    assert (
        failed["msg"] == " ".join(warned["warnings"]) and failed["endpoints"] == warned["endpoints"]
    )
    assert ignored["endpoints"] == warned["endpoints"] and not {"msg", "warnings"}.intersection(
        ignored
    )
    assert "msg" not in direct and {entry["via"] for entry in direct["endpoints"]} == {"direct"}
    assert [one["host"] for one in direct["unchecked"]] == [
        "*.mailshell.net",
        "*.rules.mailshell.net",
    ]
    assert [entry["kind"] for entry in proxied["endpoints"] if entry["via"] == "direct"] == [
        "dns",
        "dns",
    ] and all(one["ok"] for one in proxied["endpoints"])

    for answer, (given, words) in zip(refused, BAD, strict=True):
        assert words in answer["msg"] and not answer.get("round_trips"), (given, answer)
    for name, (_faults, words) in BROKEN.items():
        (answer,) = run.results(name, CHECK)
        assert words in answer["msg"], answer
    assert simulated.calls("sound") == 5
    assert (simulated.state("sound") / "host.json").read_text(encoding="utf-8") == before
    assert SECRET not in run.output + json.dumps(run.records), [
        line for line in run.output.splitlines() if SECRET in line
    ]


@pytest.mark.skipif(bool(no_worker()), reason=no_worker())
def test_the_real_worker_answers_as_its_double(tmp_path: Path) -> None:
    answers = {}
    for way in ("double", "worker"):
        simulated = make(tmp_path / way, way, "sound")
        file = tmp_path / way / "play.yml"
        file.write_text(
            json.dumps([{"hosts": "sound", "gather_facts": False, "tasks": [{CHECK: GIVEN}]}]),
            encoding="utf-8",
        )
        run = simulated.play(str(file))
        assert run.code == 0, run.output
        (answers[way],) = run.results("sound", CHECK)
        del answers[way]["elapsed_milliseconds"]
    assert answers["double"] == answers["worker"]
