# SPDX-License-Identifier: GPL-3.0-or-later
"""server_info, port_availability, port_reservation and the role preflight through Ansible itself:
bad input, broken hosts, modes, verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import clean_environment

from simulator import farm
from simulator.host import SimulatedHost
from simulator.play import Farm, Run

LOOK, INFO, RESERVE = (
    f"mailops.mailessentials.{name}"
    for name in ("port_availability", "server_info", "port_reservation")
)
PREFLIGHT = "mailops.mailessentials.preflight"
FACT = "ansible.builtin.set_fact"
GOOD = {"ports": [9095, 9096]}
PRODUCT = {"subjects": ["product"]}
Task = dict[str, Any]

# A task on a sound host, and words of what is said
BAD_TASKS: list[tuple[Task, str]] = [
    ({INFO: {"clock_tolerance": 0}}, "clock_tolerance: 0 is not a number of seconds from 1"),
    ({INFO: {"clock_tolerance": "soon"}}, "soon"),
    ({INFO: {"version": "21"}}, "version"),
    ({INFO: {"subjects": ["port"]}}, "port"),
    ({INFO: {"save_to": ""}}, "save_to: is empty; name a folder, or leave it out"),
    ({INFO: {"read_from": "", "on_failure": "warn"}}, "read_from: is empty; name a folder"),
    ({INFO: {"read_from": "nowhere"}}, "read_from: 'nowhere' has no reading of 'sound'"),
    ({LOOK: {**GOOD, "reading": {"parts": {}}}}, "reading: is not what server_info returns"),
    ({RESERVE: {**GOOD, "reading": "last"}}, "reading: is not what server_info returns"),
    ({LOOK: {"ports": []}}, "ports: is an empty list"),
    ({LOOK: {"ports": [9095, "9095"]}}, "ports[1]: port 9095 of tcp is ports[0] already"),
    ({LOOK: {"ports": ["9095-9096"]}}, "ports[0]: '9095-9096' is a range"),
    ({LOOK: {"ports": [{"port": 53, "protocol": "sctp"}]}}, "ports[0].protocol: "),
    ({LOOK: {"ports": [{"port": 53, "families": ["ipv5"]}]}}, "ports[0].families[0]: "),
    ({LOOK: {"ports": [{"prot": 53}]}}, "ports[0].prot: "),
    ({LOOK: {"version": "2013"}}, "2013"),
    ({LOOK: {"version": 21.1}}, "write it in quotes"),
    ({LOOK: {"version": True}}, "write it in quotes"),
    ({LOOK: {"ports": [10**30]}}, "ports[0]: 1000000000000000000000000000000 is not a port"),
    ({LOOK: {"features": ["multiserver"]}}, "multiserver"),
    ({LOOK: {"server_role": "boss"}}, "boss"),
    ({LOOK: {"remoting_ports": [0]}}, "remoting_ports[0]: 0 is not a port"),
    ({LOOK: {"extra_owners": ["Tools\\GfiDirectory"]}}, "extra_owners[0]: "),
    ({LOOK: {"on_conflict": "ignore"}}, "ignore"),
    ({RESERVE: {"state": "present"}}, "ports"),
    ({RESERVE: {"ports": []}}, "ports: is an empty list"),
    ({RESERVE: {"ports": [0]}}, "ports[0]: 0 is not a port"),
    ({RESERVE: {"ports": [True]}}, "ports[0]: True is not a port"),
    ({RESERVE: {"ports": [65536]}}, "ports[0]: 65536 is not a port"),
    ({RESERVE: {"ports": ["9095, 9096"]}}, "ports[0]: '9095, 9096' is several ports"),
    ({RESERVE: {"ports": [{"port": 9095, "families": ["ipv4"]}]}}, "ports[0].families: "),
    ({RESERVE: {**GOOD, "state": "gone"}}, "gone"),
    ({RESERVE: {**GOOD, "force": True}}, "force"),
    ({RESERVE: {**GOOD, "state": None}}, "state: is null; give a value or leave it out"),
    ({LOOK: {"on_conflict": None}}, "on_conflict: is null"),
    ({LOOK: {"ports": ["90\u202895"]}}, "90\\u202895"),
]
UNSURE = "some operations may have been done"
# host: its faults, words of what reserving two ports there says, calls, and what is reserved then
BROKEN: dict[str, tuple[dict[str, Any], str, int, list[int]]] = {
    "not_json": ({"reply": "not_json"}, "The host worker failed on the host", 1, []),
    "garbled": ({"reply": "garbled"}, "The worker's reading is not JSON", 1, []),
    "truncated": ({"reply": "truncated"}, "The worker's reading is damaged", 1, []),
    "wrong_schema": ({"reply": "wrong_schema"}, "schema 2", 1, []),
    "empty": ({"reply": "empty"}, "holds no reading", 1, []),
    "unreadable": ({"unreadable": True}, "The registry key HKLM\\SOFTWARE", 1, []),
    "no_cmdlets": ({"net_tcpip": "missing"}, "Get-NetTCPConnection", 1, []),
    "no_processes": ({"failing": "Win32_Process"}, "Win32_Process", 1, []),
    "netsh_empty": ({"netsh_empty": True}, "netsh", 1, []),
    "netsh_garbage": ({"netsh_garbage": True}, "netsh", 1, []),
    "netsh_truncated": ({"netsh_truncated": True}, "netsh", 1, []),
    "netsh_lies": (
        {"netsh_lies": True},
        "netsh reported success, yet the list does not show it",
        2,
        [],
    ),
    "read_only": (
        {"read_only": True},
        "netsh failed with exit code 1: The requested operation requires elevation",
        2,
        [],
    ),
    "denied": ({"fail_at": 1}, "Port 9095/tcp is not excluded", 2, [9096]),
    "killed": ({"kill_after": 1}, UNSURE, 3, [9095]),
}
HEALED = ("netsh_lies", "read_only", "denied", "killed")


def plays(**tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """A play for each host (or group); a task that fails stops nothing."""
    tolerant = {
        name: [
            task if "block" in task or FACT in task else {"ignore_errors": True, **task}
            for task in found
        ]
        for name, found in tasks.items()
    }
    return [
        {"hosts": name, "gather_facts": False, "tasks": found} for name, found in tolerant.items()
    ]


def role(case: str, **variables: Any) -> list[Task]:
    """The role with inputs, and what it failed with as the fact of a case."""
    told = {"case": case, "said": "{{ ansible_failed_result.msg }}"}
    return [
        {FACT: variables},
        {
            "block": [{"ansible.builtin.include_role": {"name": PREFLIGHT}}],
            "rescue": [{FACT: {"answer": told}}],
        },
    ]


def said(run: Run, host: str) -> dict[str, str]:
    """Case -> what the role failed with."""
    return {entry["case"]: json.dumps(entry["said"]) for entry in facts(run, host, "answer")}


def verdicts(run: Run) -> list[dict[str, Any]]:
    """Of all farms that were judged, in order."""
    results = run.results(action="mailops.mailessentials.farm_verdict")
    return [farm for result in results for farm in result["farms"]]


def facts(run: Run, host: str, name: str) -> list[Any]:
    """The values that a host's fact was given, in order."""
    found = [result.get("ansible_facts", {}) for result in run.results(host, FACT)]
    return [entry[name] for entry in found if name in entry]


def made(
    folder: Path,
    hosts: dict[str, dict[str, Any]],
    groups: dict[str, list[str]] | None = None,
    **variables: Any,
) -> Farm:
    everywhere = {"mailessentials_server_role": "standalone", **variables}
    return Farm(
        folder,
        {name: ("empty", own) for name, own in hosts.items()},
        groups or {"mailessentials": list(hosts)},
        clean_environment(),
        variables=everywhere,
    )


def change(simulated: Farm, name: str, *changes: Callable[[SimulatedHost], Any]) -> None:
    state = SimulatedHost.load(simulated.state(name))
    for one in changes:
        one(state)
    state.save(simulated.state(name))


def play(simulated: Farm, content: list[dict[str, Any]], *arguments: str) -> Run:
    file = simulated.folder / "play.yml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    run = simulated.play(str(file), *arguments)
    assert "Traceback" not in run.output
    return run


def reserved(simulated: Farm, name: str) -> list[int]:
    return sorted(
        row["first"]
        for row in SimulatedHost.load(simulated.state(name)).machine.exclusions
        if row["administered"]
    )


def is_refused(record: dict[str, Any], words: str) -> bool:
    """With one line that has these words."""
    message = record["result"]["msg"]
    return record["status"] == "failed" and words in message and len(message.splitlines()) == 1


def claimed(run: Run, host: str) -> int:
    return sum(
        record["result"].get("round_trips", 0) for record in run.records if record["host"] == host
    )


def test_bad_input_is_refused_with_a_sentence_and_nothing_is_touched(tmp_path: Path) -> None:
    simulated = made(tmp_path, {"sound": {}})
    before = SimulatedHost.load(simulated.state("sound"))
    run = play(simulated, plays(sound=[task for task, _words in BAD_TASKS]))
    for record, (task, words) in zip(
        (record for record in run.records if record["host"] == "sound"), BAD_TASKS, strict=True
    ):
        assert is_refused(record, words) and not record["result"].get("changed"), (
            task,
            record["result"],
        )
    assert vars(SimulatedHost.load(simulated.state("sound"))) == vars(before)
    assert simulated.calls("sound") == claimed(run, "sound")


@pytest.mark.large
def test_broken_hosts(tmp_path: Path) -> None:
    simulated = made(tmp_path, {name: {} for name in BROKEN})
    for name, (faults, *_rest) in BROKEN.items():
        change(simulated, name, lambda host, faults=faults: host.set_faults(**faults))
    first = play(simulated, plays(all=[{RESERVE: GOOD}]))
    for name, (_faults, words, calls, left) in BROKEN.items():
        (record,) = (record for record in first.records if record["host"] == name)
        answer = record["result"]
        assert is_refused(record, words), (name, answer)
        assert answer["round_trips"] == simulated.calls(name) == calls, name
        assert reserved(simulated, name) == left, name
        assert answer["changed"] is bool(left), name
        change(simulated, name, SimulatedHost.set_faults)
    again = play(simulated, plays(**{name: [{RESERVE: GOOD}, {RESERVE: GOOD}] for name in HEALED}))
    for name in HEALED:
        assert [result["changed"] for result in again.results(name, RESERVE)] == [True, False], name
        assert reserved(simulated, name) == [9095, 9096], name


def test_check_mode_and_diff(tmp_path: Path) -> None:
    simulated = made(tmp_path, {"sound": {}})
    change(simulated, "sound", lambda host: farm.exclude(host, 61000, 61009, administered=True))
    modes: list[Task] = [
        {"check_mode": True, "diff": True},
        {"diff": True},
        {"diff": True},
        {"check_mode": True, "diff": True},
        {"diff": True},
    ]
    wanted: list[Task] = [
        *[{"ports": [9095, 61000]}] * 3,
        *[{"ports": [9095, 61000], "state": "absent"}] * 2,
    ]
    run = play(
        simulated,
        plays(
            sound=[{RESERVE: options, **mode} for mode, options in zip(modes, wanted, strict=True)]
        ),
    )
    assert run.code == 0, run.output
    answers = run.results("sound", RESERVE)
    shown = {
        "before": "9095/tcp: not reserved\n61000/tcp: 61000-61009\n",
        "after": "9095/tcp: 9095-9095\n61000/tcp: 61000-61009\n",
    }
    done = {"before": shown["after"], "after": shown["after"]}
    back = {"before": shown["after"], "after": shown["before"]}
    assert [answer["diff"] for answer in answers] == [shown, shown, done, back, back]
    assert [answer["changed"] for answer in answers] == [True, True, False, True, True]
    assert [answer["round_trips"] for answer in answers] == [1, 2, 1, 1, 2]
    assert [[outcome["status"] for outcome in answer["outcomes"]] for answer in answers] == [
        [],
        ["done"],
        [],
        [],
        ["done"],
    ]
    assert simulated.calls("sound") == claimed(run, "sound")
    assert reserved(simulated, "sound") == [61000]


def test_what_is_not_asked_for_is_not_done(tmp_path: Path) -> None:
    """Where netsh cannot be read, the product still can; without --diff there is none; nothing runs
    in the background.
    """
    simulated = made(tmp_path, {"sound": {}})
    change(simulated, "sound", lambda host: host.set_faults(netsh_garbage=True))
    run = play(simulated, plays(sound=[{INFO: PRODUCT}, {INFO: PRODUCT, "async": 10, "poll": 1}]))
    assert [record["status"] for record in run.records] == ["ok", "failed"]
    assert "async" in run.records[1]["result"]["msg"]
    assert run.records[0]["result"]["product"]["clock"]["uncertainty_seconds"] > 0.01
    change(simulated, "sound", SimulatedHost.set_faults)
    (answer,) = play(simulated, plays(sound=[{RESERVE: GOOD}])).results("sound", RESERVE)
    assert answer["changed"] and "diff" not in answer


def test_an_upgrade_is_looked_at_as_the_version_that_is_wanted(tmp_path: Path) -> None:
    """The farm of a version without Multi-Server; and a version that the catalog does not know,
    configured for other ports.
    """
    simulated = made(tmp_path, {"old": {}, "new": {}}, mailessentials_version="21")
    config = (
        "<c><system.runtime.remoting><wellknown "
        'url="tcp://localhost:9191/x"/></system.runtime.remoting></c>'
    )
    (tmp_path / "web.config").write_text(config, encoding="utf-8")
    change(
        simulated,
        "old",
        lambda host: farm.install(host, version="14.1"),
        lambda host: farm.web_config(host, "missing"),
    )
    change(
        simulated,
        "new",
        lambda host: farm.install(host, version="23.1"),
        lambda host: farm.web_config(host, str(tmp_path / "web.config")),
    )
    change(simulated, "new", lambda host: farm.listen(host, 9191, program="C:\\Tools\\relay.exe"))
    change(simulated, "old", lambda host: farm.listen(host, 9090, program="C:\\Tools\\relay.exe"))
    run = play(simulated, plays(all=role("fails", mailessentials_features=["multi_server"])))
    (old,) = (verdict for verdict in verdicts(run) if verdict["members"] == ["old"])
    assert "Port 9090/tcp is used by relay.exe" in " ".join([*old["failures"], *old["warnings"]])
    assert "'multi_server' needs MailEssentials 2015 or later" in " ".join(old["failures"])
    assert "Port 9191/tcp is used by relay.exe" in said(run, "new")["fails"]


def test_a_reservation_of_one_family_is_told(tmp_path: Path) -> None:
    """What was done before the failure or the end of the host is in the result: outcomes, changed
    and diff.
    """
    simulated = made(tmp_path, {"refused": {}, "killed": {}})
    for name, fault in {"refused": {"fail_at": 3}, "killed": {"kill_after": 3}}.items():
        change(
            simulated,
            name,
            lambda host, fault=fault: host.set_faults(**fault),
            lambda host: setattr(host.machine, "split_families", True),
        )
    run = play(simulated, plays(all=[{RESERVE: {"ports": [9200, 9201]}, "diff": True}]))
    refused, killed = (run.results(name, RESERVE)[0] for name in ("refused", "killed"))
    assert refused["changed"] and "(IPv4 only)" in refused["diff"]["after"]
    assert (
        killed["changed"]
        and killed["plan"]["add"]
        and [entry["status"] for entry in killed["outcomes"]] == ["done", "done"]
    )
    assert UNSURE in killed["msg"]


@pytest.mark.large
def test_a_conflict_changes_nothing_unless_told_to_go_on(tmp_path: Path) -> None:
    simulated = made(tmp_path, {"sound": {}})
    change(simulated, "sound", lambda host: farm.listen(host, 9095, program="C:\\Tools\\relay.exe"))
    run = play(
        simulated,
        plays(
            sound=[
                {RESERVE: GOOD},
                {LOOK: GOOD},
                {LOOK: {**GOOD, "on_conflict": "warn"}},
                {RESERVE: {**GOOD, "on_conflict": "warn"}},
            ]
        ),
    )
    assert [record["status"] for record in run.records] == ["failed", "failed", "ok", "ok"]
    refused, failed, warned, went_on = (record["result"] for record in run.records)
    assert (
        refused["msg"].startswith("Nothing was changed. Port 9095/tcp is used by relay.exe")
        and refused["round_trips"] == 1
    )
    assert failed["msg"].startswith("Port 9095/tcp is used by relay.exe")
    assert warned["ports"] == failed["ports"] and warned["warnings"] == [failed["msg"]]
    assert went_on["warnings"] == [refused["msg"].removeprefix("Nothing was changed. ")]
    assert (went_on["changed"], went_on["round_trips"], reserved(simulated, "sound")) == (
        True,
        2,
        [9096],
    )


def test_ports_that_change_after_they_were_read_are_judged_once_more(tmp_path: Path) -> None:
    """Somebody else's change lets the reservation go on, or takes one of its ports."""
    changes: dict[str, dict[str, list[int]]] = {
        "other": {"exclude": [61000, 61009]},
        "taken": {"listen": [9095]},
    }
    simulated = made(tmp_path, {name: {} for name in changes})
    for name, done in changes.items():
        change(simulated, name, lambda host, done=done: host.set_faults(change_before_write=done))
    run = play(simulated, plays(all=[{RESERVE: GOOD}]))
    other, taken = (run.results(name, RESERVE)[0] for name in changes)
    assert (other["changed"], other["round_trips"]) == (True, 3)
    assert reserved(simulated, "other") == [9095, 9096]
    assert taken["msg"].startswith("Nothing was changed. Port 9095/tcp is used by listener.exe")
    assert (taken["changed"], taken["round_trips"]) == (False, 2)
    assert reserved(simulated, "taken") == []


def test_advisories_and_clock(tmp_path: Path) -> None:
    versions = {"v21_7": "21.7.0.0", "v21_8": "21.8.0.0", "v22_4": "22.4.0.0"}
    simulated = made(tmp_path, {name: {} for name in [*versions, "bare"]})
    for name, version in versions.items():
        change(
            simulated,
            name,
            lambda host, version=version: farm.install(host, version=version),
            lambda host: farm.clock(host, -900),
        )
    run = play(simulated, plays(all=[{INFO: PRODUCT}]))
    assert run.code == 0, run.output
    answers = {name: run.results(name, INFO)[0]["product"] for name in [*versions, "bare"]}
    old = [f"CVE-2025-{number}" for number in range(34489, 34492)]
    new = [f"CVE-2026-{number}" for number in range(23604, 23622)]
    found = {
        name: sorted(entry["id"] for entry in answer["advisories"] if entry["applies"] == "yes")
        for name, answer in answers.items()
    }
    assert found == {
        "v21_7": [*old, *new],
        "v21_8": new,
        "v22_4": [],
        "bare": [],
    }
    assert all(
        entry["what_to_do"].startswith("Upgrade to ")
        for answer in answers.values()
        for entry in answer["advisories"]
    )
    assert {name: answer["clock"]["beyond"] for name, answer in answers.items()} == {
        "v21_7": True,
        "v21_8": True,
        "v22_4": True,
        "bare": False,
    }
    assert -960 < answers["v21_7"]["clock"]["offset_seconds"] < -840


@pytest.mark.large
def test_what_makes_preflight_fail(tmp_path: Path) -> None:
    """A host on which everything is wrong fails for what it is told to fail for, one without fault
    never; each look is one call.
    """
    kinds = {
        "conflict": "Port 9091/tcp is used by relay.exe",
        "advisory": "CVE-2025-34489 to CVE-2025-34491 apply to",
        "version_mismatch": "21.4.0.0 is installed, but mailessentials_version is 22",
        "clock": "the clock is off by +90",
        "dynamic_unprotected": "to any program (dynamic range); reserve",
    }
    simulated = made(tmp_path, {"wrong": {"mailessentials_version": "22"}, "sound": {}})
    change(
        simulated,
        "wrong",
        farm.install,
        farm.stop_product,
        farm.exchange_range,
        lambda host: farm.clock(host, 900),
    )
    change(simulated, "wrong", lambda host: farm.listen(host, 9091, program="C:\\Tools\\relay.exe"))
    tasks = [task for kind in kinds for task in role(kind, mailessentials_fail_on=[kind])]
    run = play(
        simulated,
        plays(
            wrong=[
                *tasks,
                *role("none", mailessentials_fail_on=[]),
                *role("other ports", mailessentials_version="2014 R2"),
            ],
            sound=role("all", mailessentials_fail_on=list(kinds)),
        ),
    )
    assert run.code == 0, run.output
    told = said(run, "wrong")
    assert "the plan is for 2014 R2, which differs in tcp 9093" in told.pop("other ports")
    assert set(told) == set(kinds)
    for kind, sentence in told.items():
        assert kinds[kind] in sentence and not any(
            words in sentence for other, words in kinds.items() if other != kind
        ), sentence
    verdict = verdicts(run)[-3]
    assert verdict["ok"] and all(
        any(words in warning for warning in verdict["warnings"]) for words in kinds.values()
    )
    assert said(run, "sound") == {}
    assert (
        (simulated.calls("wrong"), simulated.calls("sound"))
        == (len(kinds) + 2, 1)
        == (claimed(run, "wrong"), claimed(run, "sound"))
    )


def test_the_verdict_of_a_farm(tmp_path: Path) -> None:
    hosts = {
        "m": {"mailessentials_address": ["192.0.2.1"]},
        "s": {"mailessentials_address": ["192.0.2.2"]},
    }
    groups = {
        "mailessentials": ["m", "s"],
        "mailessentials_master": ["m"],
        "mailessentials_slaves": ["s"],
    }
    simulated = Farm(
        tmp_path,
        {name: ("empty", own) for name, own in hosts.items()},
        groups,
        clean_environment(),
        variables={"mailessentials_version": "21"},
    )
    change(
        simulated,
        "m",
        lambda host: farm.install(host, version="21.4.0.0"),
        lambda host: farm.clock(host, 200),
    )
    change(
        simulated,
        "s",
        lambda host: farm.install(host, version="21.8.0.0"),
        lambda host: farm.clock(host, -200),
    )
    together = simulated.play(
        PREFLIGHT, "-e", json.dumps({"mailessentials_fail_on": ["version_mismatch", "clock"]})
    )
    alone = simulated.play(
        PREFLIGHT,
        "--limit",
        "localhost,m",
        "-e",
        json.dumps({"mailessentials_fail_on": ["version_mismatch", "clock"]}),
    )
    assert together.code != 0 and alone.code == 0, together.output + alone.output
    (verdict,) = verdicts(together)
    assert verdict["not_read"] == []
    versions, clocks = verdict["failures"]
    assert (
        "m has 21.4.0.0, s has 21.8.0.0" in versions
        and "The clocks of s and m are at least" in clocks
    )
    (verdict,) = verdicts(alone)
    assert verdict["ok"] and verdict["not_read"] == ["s"]
