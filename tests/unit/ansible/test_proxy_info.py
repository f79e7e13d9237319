# SPDX-License-Identifier: GPL-3.0-or-later
"""proxy_info through Ansible itself: what it returns, broken hosts, and that no secret shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from surroundings import clean_environment

from simulator import farm
from simulator.host import SimulatedHost
from simulator.play import Farm

INFO = "mailops.mailessentials.proxy_info"
SECRET = "Tr0ub4dor"
WANTED = {
    "host": "proxy.example.com",
    "port": 8080,
    "stores": ["winhttp", "wininet", "environment"],
}
# host: its faults, and words of what is said
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "not_json": ({"reply": "not_json"}, "The proxy worker failed on the host"),
    "garbled": ({"reply": "garbled"}, "The worker's reading is not JSON"),
    "truncated": ({"reply": "truncated"}, "The worker's reading is damaged"),
    "wrong_schema": ({"reply": "wrong_schema"}, "schema 1"),
    "unreadable": (
        {"unreadable": True},
        "The registry key HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet "
        "Settings\\Connections cannot be read",
    ),
}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"proxy": "x"}, "proxy"),
    ({"stores": ["winhtp"]}, "winhtp"),
    ({"state": "gone"}, "gone"),
    ({"host": "proxy.example.com", "port": "http"}, "port: is not a port"),
    ({"host": "{{ leaked }}", "port": 80}, "holds a user name or password"),
    (
        {"host": "proxy.example.com", "port": 80, "bypass": ["{{ leaked }}"]},
        "holds a user name or password",
    ),
]


def test_what_is_read_compared_and_refused(tmp_path: Path) -> None:
    simulated = Farm(
        tmp_path, {name: ("empty", {}) for name in ("sound", *BROKEN)}, {}, clean_environment()
    )
    for name in ("sound", *BROKEN):
        host = SimulatedHost.load(simulated.state(name))
        farm.winhttp(host, "proxy.example.com:8080")
        farm.environment(host, "HTTP_PROXY", f"http://admin:{SECRET}@proxy.example.com:8080")
        host.set_faults(**BROKEN.get(name, ({}, ""))[0])
        host.save(simulated.state(name))
    before = (simulated.state("sound") / "host.json").read_text(encoding="utf-8")
    tasks = [
        {INFO: given, "ignore_errors": True}
        for given in ({}, WANTED, *(given for given, _words in BAD))
    ]
    plays = [
        {"hosts": "sound", "gather_facts": False, "tasks": tasks},
        {
            "hosts": ",".join(BROKEN),
            "gather_facts": False,
            "tasks": [{INFO: WANTED, "ignore_errors": True}],
        },
    ]
    file = tmp_path / "play.yml"
    file.write_text(json.dumps(plays), encoding="utf-8")
    secrets = tmp_path / "secrets.json"
    secrets.write_text(
        json.dumps({"leaked": f"http://admin:{SECRET}@proxy.example.com"}), encoding="utf-8"
    )
    run = simulated.play(str(file), "-vvv", "-e", f"@{secrets}")
    assert run.code == 0 and "Traceback" not in run.output, run.output
    only_read, compared, *refused = run.results("sound", INFO)
    assert [entry["status"] for entry in only_read["stores"]] == ["not_compared"] * 3
    assert (
        compared["different"],
        compared["not_understood"],
        compared["mailessentials"]["port"],
    ) == (["wininet", "environment"], [], 8080)
    assert (
        compared["changed"] is False
        and compared["round_trips"] == 1
        and "readable for every user" in compared["warnings"][0]
    )
    for answer, (given, words) in zip(refused, BAD, strict=True):
        assert words in answer["msg"] and not answer.get("round_trips"), given
    for name, (_faults, words) in BROKEN.items():
        (answer,) = run.results(name, INFO)
        assert words in answer["msg"], answer
    assert simulated.calls("sound") == 2
    assert (simulated.state("sound") / "host.json").read_text(encoding="utf-8") == before
    assert SECRET not in run.output + json.dumps(run.records), [
        line for line in run.output.splitlines() if SECRET in line
    ]
