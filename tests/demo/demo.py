# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on a simulated farm, for a human to read. Exits non-zero when something is not as it
is told.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from surroundings import clean_environment

from simulator import farm
from simulator.host import SimulatedHost
from simulator.network import disturb
from simulator.play import Farm, Run

PLAN, SITE, REMOVE, VERIFY = (
    f"mailops.mailessentials.{playbook}" for playbook in ("plan", "site", "remove", "verify")
)
RULES = (SITE, "--skip-tags", "verify")
PREFLIGHT, RESERVE = "mailops.mailessentials.preflight", "mailops.mailessentials.reserve"
LOOK = "mailops.mailessentials.port_availability"
FARM_GROUP = "GFI MailEssentials Multi-Server (mailops)"
OURS = "MailOps-ME-"
HOSTS = {
    "me1": (
        "server2016",
        {
            "mailessentials_address": ["192.0.2.11", "2001:db8::11"],
            "mailessentials_web_ui_networks": ["198.51.100.0/24"],
        },
    ),
    "me2": ("windows10", {"mailessentials_address": ["192.0.2.12"]}),
    "me3": ("windows11", {"mailessentials_address": ["192.0.2.13"]}),
}
GROUPS = {
    "mailessentials": list(HOSTS),
    "mailessentials_master": ["me1"],
    "mailessentials_slaves": ["me2", "me3"],
}
VARIABLES = {
    "mailessentials_version": "21",
    "mailessentials_proxy_host": "203.0.113.80",
    "mailessentials_proxy_port": 3128,
}
DRIFT: dict[str, tuple[str, str, Callable[[SimulatedHost], None]]] = {
    "me1": (
        "set",
        "multi-server-in",
        lambda host: farm.widen(host, f"{OURS}MultiServer-multi-server-in"),
    ),
    "me2": (
        "set",
        "multi-server-out",
        lambda host: farm.disable(host, f"{OURS}MultiServer-multi-server-out"),
    ),
    "me3": (
        "add",
        "multi-server-in",
        lambda host: farm.delete(host, f"{OURS}MultiServer-multi-server-in"),
    ),
}


class NotSoError(Exception):
    """The demo told something that did not happen."""


def expect(told: str, true: bool, run: Run | None = None) -> None:
    if not true:
        raise NotSoError(f"{told}: this is not so\n{run.output if run else ''}")
    print(f"    ok: {told}")


def heading(text: str, command: str = "") -> None:
    print(
        f"\n== {text}" + (f"\n   $ ansible-playbook -i inventory.yml {command}" if command else ""),
        flush=True,
    )


def plain(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)


def show_plan(run: Run) -> None:
    """Every rule that would change, a line each, and the fields of those that differ."""
    for name in HOSTS:
        for result in run.results(name):
            plan = result["plan"]
            for rule in plan["add"]:
                here, there = (
                    ("local_ports", "from")
                    if rule["direction"] == "inbound"
                    else ("remote_ports", "to")
                )
                print(
                    f"   {name} + {rule['id']:42} {rule['protocol']} {plain(rule[here])} "
                    f"{there} {plain(rule['remote_addresses'])}"
                )
            for rule in plan["set"]:
                for field, values in rule["fields"].items():
                    print(
                        f"   {name} ~ {rule['id']:42} {field}: "
                        f"{values['before']} -> {values['after']}"
                    )
            for rule in plan["remove"]:
                print(f"   {name} - {rule['id']}")


def changes(run: Run, name: str) -> dict[str, list[str]]:
    return {
        kind: [rule["id"] for result in run.results(name) for rule in result["plan"][kind]]
        for kind in ("add", "set", "remove")
    }


def rules(simulated: Farm, name: str) -> dict[str, str]:
    return dict(SimulatedHost.load(simulated.state(name)).rules)


def foreign(simulated: Farm, name: str) -> dict[str, str]:
    return {
        rule: text for rule, text in rules(simulated, name).items() if not rule.startswith(OURS)
    }


def cost(run: Run, what: str) -> None:
    seconds = sum(record["seconds"] for record in run.records)
    trips = {name: [result["round_trips"] for result in run.results(name)] for name in HOSTS}
    print(
        f"    {what}: worker calls per module {trips}, {seconds:.1f} s in tasks (summed over "
        f"hosts), {run.seconds:.1f} s in all"
    )


def tamper(simulated: Farm) -> None:
    for name, (_kind, rule, change) in DRIFT.items():
        state = SimulatedHost.load(simulated.state(name))
        change(state)
        farm.foreign(state, FARM_GROUP)
        state.save(simulated.state(name))
        done = {"me1": "widened to any", "me2": "disabled", "me3": "deleted"}[name]
        print(f"   {name}: {rule} {done}; a rule made by hand put into our group")


def farms(run: Run, action: str) -> list[dict[str, Any]]:
    """Every farm that an action judged, in order."""
    results = run.results(action=f"mailops.mailessentials.{action}")
    return [farm for result in results for farm in result["farms"]]


def printed(run: Run, task: str) -> list[str]:
    """What a task printed below its name, up to the first answer."""
    below = run.output.split(f"{task}] ", 1)[1].splitlines()[1:]
    ends = ("ok:", "changed:", "fatal:", "skipping:", "[ERROR]", "TASK [")
    return list(itertools.takewhile(lambda line: not line.startswith(ends), below))


def status(run: Run, name: str, port: int) -> dict[str, Any]:
    """What the last look at a port said."""
    return next(
        dict(entry) for entry in run.results(name, LOOK)[-1]["ports"] if entry["port"] == port
    )


def prepare(simulated: Farm) -> None:
    """me2 has a program on a port that MailEssentials needs, me3 the dynamic range of an Exchange
    server.
    """
    state = SimulatedHost.load(simulated.state("me2"))
    farm.listen(state, 9095, program="C:\\Tools\\relay.exe")
    state.save(simulated.state("me2"))
    state = SimulatedHost.load(simulated.state("me3"))
    farm.exchange_range(state)
    state.save(simulated.state("me3"))


def plan(simulated: Farm) -> None:
    heading("0. The plan: what every server needs. No host is called", PLAN)
    run = simulated.play(PLAN)
    print("\n".join(f"   {line}" for line in printed(run, "Plan all servers")))
    expect("the plan is made", run.code == 0, run)
    expect("no host was called", not any(simulated.calls(name) for name in HOSTS), run)

    heading("   A misspelt input stops before any host is called", f"{SITE} -e ...")
    wrong = simulated.play(SITE, "-e", "mailessentials_web_ui_network=198.51.100.0/24")
    (told,) = (one["msg"] for one in wrong.results(action="mailops.mailessentials.farm_plan"))
    print(f"   {told}")
    expect(
        "the run fails, names the input that was meant, and no host was called",
        wrong.code != 0
        and "did you mean mailessentials_web_ui_networks?" in told
        and not any(simulated.calls(name) for name in HOSTS),
        wrong,
    )


def preflight(simulated: Farm) -> None:
    heading("1. Before anything: will MailEssentials get its ports?", PREFLIGHT)
    look = simulated.play(PREFLIGHT)
    print("\n".join(f"   {line}" for line in printed(look, "Judge all farms")))
    taken, loose = status(look, "me2", 9095), status(look, "me3", 9096)
    expect(
        "the run fails: 9095 of me2 is taken, and by whom",
        look.code != 0 and taken["holders"][0]["name"] == "relay.exe",
        look,
    )
    expect(
        "9096 of me3 is free, yet any program may be given it",
        (loose["status"], loose["dynamic_unprotected"]) == ("free", True),
        look,
    )
    expect("one call to each host", all(simulated.calls(name) == 1 for name in HOSTS))

    heading("2. The program is stopped, the ports are reserved", RESERVE)
    state = SimulatedHost.load(simulated.state("me2"))
    farm.unlisten(state, 9095)
    state.save(simulated.state("me2"))
    done = simulated.play(RESERVE)
    again = simulated.play(RESERVE)
    clean = farms(again, "farm_verdict")[-1]
    changed = [
        result["changed"]
        for result in again.results(action="mailops.mailessentials.port_reservation")
    ]
    expect(
        "9091, 9093, 9095 and 9096 are reserved on every host",
        done.code == 0 and all(reserved(simulated, name) for name in HOSTS),
        done,
    )
    expect(
        "the second run is clean and changes nothing",
        again.code == 0 and clean["ok"] and not clean["warnings"] and not any(changed),
        again,
    )


def reserved(simulated: Farm, name: str) -> bool:
    machine = SimulatedHost.load(simulated.state(name)).machine
    return {9091, 9093, 9095, 9096} <= {
        row["first"] for row in machine.exclusions if row["administered"]
    }


def demonstrate(simulated: Farm) -> None:
    before = {name: foreign(simulated, name) for name in HOSTS}
    heading("3. What would be done: nothing is touched", f"{SITE} --check --diff")
    plan = simulated.play(SITE, "--check", "--diff")
    show_plan(plan)
    expect(
        "the plan is made for every server, and no host was changed",
        plan.code == 0 and all(rules(simulated, name) == before[name] for name in HOSTS),
        plan,
    )
    expect(
        "remoting ports (8015, 9090, 9091, 9093) are in no inbound rule", not remoting_ports(plan)
    )
    told = {finding["message"] for result in plan.results() for finding in result["findings"]}
    print(f"    said: {plain(sorted(told))}")

    heading("4. Do it", " ".join(RULES))
    applied = simulated.play(*RULES)
    made = [sum(bool(result["outcomes"]) for result in applied.results(name)) for name in HOSTS]
    expect(
        "every rule was made, and read back as wanted",
        applied.code == 0 and made == [2] * len(HOSTS),
        applied,
    )
    cost(applied, "a change costs three calls: one compares, one reads again, one writes")

    heading("5. Do it again", " ".join(RULES))
    again = simulated.play(*RULES)
    expect(
        "nothing changes",
        again.code == 0 and not any(result["changed"] for result in again.results()),
        again,
    )
    expect(
        "one call to the host per module",
        all(result["round_trips"] == 1 for result in again.results()),
    )
    cost(again, "steady state costs one call")

    heading("6. Somebody tampers")
    tamper(simulated)
    strangers = {name: foreign(simulated, name) for name in HOSTS}

    heading("7. The report names exactly that", f"{SITE} --check --diff")
    report = simulated.play(SITE, "--check", "--diff")
    show_plan(report)
    for name, (kind, rule, _change) in DRIFT.items():
        wanted = {"add": [], "set": [], "remove": [], kind: [f"{OURS}MultiServer-{rule}"]}
        expect(f"{name}: {rule}, and nothing else", changes(report, name) == wanted, report)

    heading("8. Repair", " ".join(RULES))
    repaired = simulated.play(*RULES)
    clean = simulated.play(SITE, "--check")
    expect(
        "ours is as wanted again",
        repaired.code == clean.code == 0
        and not any(result["changed"] for result in clean.results()),
        clean,
    )
    expect(
        "rules of others, the one in our group too, are untouched",
        all(foreign(simulated, name) == strangers[name] for name in HOSTS),
    )

    heading("9. Remove", REMOVE)
    removed = simulated.play(REMOVE)
    left = [rule for name in HOSTS for rule in rules(simulated, name) if rule.startswith(OURS)]
    kept = all(foreign(simulated, name) == strangers[name] for name in HOSTS)
    expect(
        "our rules are gone, all others are there", removed.code == 0 and not left and kept, removed
    )


def verdict(run: Run) -> dict[str, Any]:
    return farms(run, "farm_proof")[0]


def prove(simulated: Farm) -> None:
    heading(
        "10. MailEssentials is installed, the rules are made again: site ends with the proof of "
        "the farm",
        SITE,
    )
    for name in HOSTS:
        state = SimulatedHost.load(simulated.state(name))
        farm.install(state, version="21.8.0.0")
        if name == "me1":
            farm.web_site(state)
        state.save(simulated.state(name))
    whole = simulated.play(SITE)
    proof = verdict(whole)
    print("\n".join(f"   {line}" for line in proof["table"]))
    expect(
        "every server reaches what it needs, from each to each",
        whole.code == 0 and proof["ok"] and not proof["failures"],
        whole,
    )
    before = {name: simulated.calls(name) for name in HOSTS}
    proven = simulated.play(VERIFY)
    seen = {simulated.calls(name) - before[name] for name in HOSTS}
    expect(
        "the proof alone takes four calls to each host, and changes nothing",
        proven.code == 0 and seen == {4} and verdict(proven)["ok"],
        proven,
    )

    heading("11. Somebody filters 9095 on the way to me2, and the proxy wants a password", VERIFY)
    disturb(simulated.state("me1"), {"silent": ["192.0.2.12:9095"], "proxy": "password"})
    broken = simulated.play(VERIFY)
    proof = verdict(broken)
    print("\n".join(f"   {line}" for line in proof["table"]))
    print("\n".join(f"   ! {message}" for message in proof["failures"]))
    named = {
        (one["subject"], one["host"], one["peer"], one["port"])
        for one in proof["proofs"]
        if one["state"] == "broken"
    }
    wanted = {
        *(("peers", name, "me2", 9095) for name in ("me1", "me3")),
        *(("updates", name, "", 0) for name in HOSTS),
    }
    expect(
        "the run fails, and names exactly that with its cause",
        broken.code != 0 and named == wanted,
        broken,
    )


def remoting_ports(run: Run) -> set[str]:
    shut = {"8013", "8015", "8021", "9090", "9091", "9093"}
    return shut & {
        port
        for result in run.results()
        for rule in result["plan"]["add"]
        for port in rule["local_ports"]
    }


def main() -> int:
    print(
        "A simulated farm: no Windows is touched. The hosts start from captured rules of Server "
        "2016, Windows 10 and Windows 11."
    )
    with tempfile.TemporaryDirectory(prefix="mailessentials-demo-") as folder:
        simulated = Farm(Path(folder), HOSTS, GROUPS, clean_environment(), variables=VARIABLES)
        print(f"The inventory:\n{simulated.inventory.read_text(encoding='utf-8')}")
        prepare(simulated)
        try:
            plan(simulated)
            preflight(simulated)
            demonstrate(simulated)
            prove(simulated)
        except NotSoError as error:
            print(f"\nFAILED: {error}")
            return 1
    print("\nAll of it was so.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
