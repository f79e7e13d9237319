# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints BENCH lines: medians of repeated runs, both sides of a ratio measured one after the other
in the same run.

Simulated: the hosts (their workers are Python doubles). Real: parsing, planning, ansible-playbook,
its tasks and their processes.
"""

from __future__ import annotations

import base64
import gzip
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import loopback
import plan_cost
import shell
import worker
from surroundings import clean_environment

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    make_plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.ruleset import (
    sort_rules,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    StoredRule,
    stored_rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.wanted import (
    wanted_rules,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    decode_host,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.status import (
    judge_ports,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    select_wants,
)
from simulator import farm
from simulator.host import SimulatedHost
from simulator.observation import observe
from simulator.play import Farm

GROUP, PREFIX = "Benchmark", "Bench-"
REPEATS = 5
LIMITS = {
    "parse_plan_10k_over_split": (0, 40),
    "speedup_vs_rule_per_task": (15, None),
    "round_trips_steady_firewall": (1, 1),
    "read_reply_bytes_450": (0, 100_000),
    "port_availability_5000_sockets_over_json": (0, 20),
    "round_trips_steady_preflight": (1, 1),
    "round_trips_steady_site": (1, 8),
    "endpoint_40_20dead_over_timeout": (0, 1.3),
    "plan_1000_servers_over_inventory": (0, 6),
    "plan_linear_1000_over_100": (0, 12),
    "dispatch_300_over_100": (0, 4.5),
    "dispatch_300_over_100_oldest": (0, 4.5),
}
RULES = [
    {
        "id": f"{PREFIX}{number}",
        "display_name": f"Rule {number}",
        "direction": "inbound",
        "protocol": "tcp",
        "local_ports": [10000 + number],
    }
    for number in range(24)
]


def say(name: str, value: float, remark: str) -> bool:
    low, high = LIMITS[name]
    good = value >= low and (high is None or value <= high)
    print(f"BENCH {name} {round(value) if value >= 1000 else round(value, 2):g}", flush=True)
    print(
        f"      {remark}; "
        f"limit {f'at least {low}' if high is None else f'at most {high}'}"
        f"{'' if good else ': MISSED'}",
        flush=True,
    )
    return good


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def captured_texts(count: int) -> list[tuple[str, str]]:
    """Captured rules over and over, each under an id and with a port, an address and a group of its
    own, so that no text comes twice.
    """
    rows = [
        json.loads(line)
        for file in sorted(farm.DATA.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    texts = []
    for number in range(count):
        text = rows[number % len(rows)]["value"]
        extra = (
            f"RA4=10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}|"
            if "Protocol=58|" not in text
            else ""
        )
        texts.append((f"{PREFIX}{number}", f"{text}{extra}EmbedCtxt={GROUP}|"))
    return texts


def parse_plan() -> bool:
    texts = captured_texts(10_000)
    wanted = expressible(stored_rule("local", *pair) for pair in texts)

    def split() -> None:
        for _rule_id, text in texts:
            for field in text.split("|"):
                field.split("=", 1)

    def read_and_plan() -> None:
        make_plan(
            wanted,
            [stored_rule("local", rule_id, text) for rule_id, text in texts],
            GROUP,
            PREFIX,
            purge=True,
        )

    pairs = [(seconds(split), seconds(read_and_plan)) for _unused in range(REPEATS)]
    ratio = statistics.median(work / base for base, work in pairs)
    base, work = (statistics.median(column) for column in zip(*pairs, strict=True))
    return say(
        "parse_plan_10k_over_split",
        ratio,
        f"{work:.3f} s against {base:.3f} s for 10,000 rules, {len(wanted)} of them wanted",
    )


def expressible(stored: Iterable[StoredRule]) -> tuple[Rule, ...]:
    """The rules as somebody would want them, in another spelling: lists turned round, so that texts
    differ and meanings do not.
    """
    options = sort_rules(stored, GROUP, PREFIX)[0]
    turned = [
        {name: value[::-1] if isinstance(value, list) else value for name, value in rule.items()}
        for rule in options
    ]
    return wanted_rules(turned, GROUP, PREFIX)


def speedup(folder: Path) -> bool:
    """24 rules, steady: one firewall_ruleset against one task for each rule, by a module that knows
    one rule, on the same host.
    """
    simulated = Farm(folder, {"host": ("windows11", {})}, {}, clean_environment())
    state = SimulatedHost.load(simulated.state("host"))
    whole, single = folder / "whole.yml", folder / "single.yml"
    ruleset = {
        "mailops.mailessentials.firewall_ruleset": {
            "group": GROUP,
            "id_prefix": PREFIX,
            "purge": True,
            "rules": RULES,
        }
    }
    parameters = [
        {
            "DisplayName": rule["display_name"],
            "Protocol": "TCP",
            "LocalPort": [str(rule["local_ports"][0])],
            "Group": GROUP,
        }
        for rule in RULES
    ]
    singles = [
        {"mailops.simulator.one_rule": {"id": rule["id"], "parameters": given}}
        for rule, given in zip(RULES, parameters, strict=True)
    ]
    whole.write_text(
        json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [ruleset]}]), encoding="utf-8"
    )
    single.write_text(
        json.dumps([{"hosts": "all", "gather_facts": False, "tasks": singles}]), encoding="utf-8"
    )
    simulated.play(str(whole))
    pairs, trips = [], []
    for _unused in range(REPEATS):
        before = simulated.calls("host")
        ours = simulated.play(str(whole))
        seen = simulated.calls("host") - before
        theirs = simulated.play(str(single))
        if any(
            run.code or any(record["result"]["changed"] for record in run.records)
            for run in (ours, theirs)
        ):
            raise SystemExit(f"not steady:\n{ours.output}{theirs.output}")
        trips.append(max(seen, ours.results()[0]["round_trips"]))
        pairs.append(
            (
                sum(record["seconds"] for record in ours.records),
                sum(record["seconds"] for record in theirs.records),
            )
        )
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    remark = (
        f"{theirs:.2f} s against {ours:.2f} s in tasks; {len(state.rules)} other rules on the host"
    )
    fast = say("speedup_vs_rule_per_task", ratio, remark)
    return (
        say(
            "round_trips_steady_firewall",
            statistics.median(trips),
            "the larger of what the module claims and what the connection counted",
        )
        and fast
    )


def reply_bytes() -> bool:
    """The reading of a host with 450 local rules, as it crosses the wire; captured rules differ in
    length, so their longest set counts.
    """
    sizes = {}
    for capture in ("windows10", "windows11"):
        host = farm.host(capture)
        extra = dict(
            farm.captured("windows10_schema230.jsonl") + farm.captured("windows11_schema233.jsonl")
        )
        host.rules.update(extra)
        host.stores["local"]["rules"] = dict(
            sorted(host.rules.items(), key=lambda pair: -len(pair[1]))[:450]
        )
        sizes[capture] = len(host.encoded_reading())
    return say(
        "read_reply_bytes_450",
        max(sizes.values()),
        "base64 of gzip, the 450 longest of all captured rules of Windows 10 and 11",
    )


def judge_many_ports() -> bool:
    """A reading of 5,000 sockets and as many processes: from the wire to the judgement, over
    reading it as JSON alone.
    """
    host = farm.host("empty")
    farm.install(host)
    for number in range(5_000 - len(host.machine.tcp)):
        process = host.machine.start_process(f"C:\\Example\\{number}.exe")
        host.machine.open_socket("tcp", "0.0.0.0", 10_000 + number, process, 2)
    text = json.dumps(observe(host, ports=True))
    reply = base64.b64encode(gzip.compress(text.encode())).decode()
    found = []

    def work() -> None:
        reading = decode_host(reply)
        found[:] = judge_ports(select_wants(reading, features=["multi_server"]).wants, reading)

    pairs = [(seconds(lambda: json.loads(text)), seconds(work)) for _unused in range(REPEATS)]
    ratio = statistics.median(work / base for base, work in pairs)
    base, took = (statistics.median(column) for column in zip(*pairs, strict=True))
    ours = sum(status.status == "ours" for status in found)
    remark = (
        f"{took:.4f} s against {base:.4f} s for {len(text):,} bytes, {len(found)} ports "
        f"judged, {ours} of them MailEssentials' own"
    )
    return say("port_availability_5000_sockets_over_json", ratio, remark)


def preflight(folder: Path) -> bool:
    """The role on a host where MailEssentials is installed."""
    simulated = Farm(
        folder,
        {"host": ("windows11", {"mailessentials_server_role": "standalone"})},
        {"mailessentials": ["host"]},
        clean_environment(),
    )
    state = SimulatedHost.load(simulated.state("host"))
    farm.install(state)
    state.save(simulated.state("host"))
    trips = []
    for _unused in range(REPEATS):
        before = simulated.calls("host")
        run = simulated.play("mailops.mailessentials.preflight")
        if run.code:
            raise SystemExit(run.output)
        claimed = sum(record["result"].get("round_trips", 0) for record in run.records)
        trips.append(max(simulated.calls("host") - before, claimed))
    return say(
        "round_trips_steady_preflight",
        statistics.median(trips),
        "the larger of what the modules claim and what the connection counted",
    )


def site(folder: Path) -> bool:
    """The whole playbook with every role on, the proxy and the proof included, on a slave that is
    as it should be.
    """
    addresses = {"me1": ["192.0.2.11"], "me2": ["192.0.2.12"]}
    hosts = {
        name: ("windows11", {"mailessentials_address": address})
        for name, address in addresses.items()
    }
    groups = {
        "mailessentials": list(hosts),
        "mailessentials_master": ["me1"],
        "mailessentials_slaves": ["me2"],
    }
    proxy = {
        "mailessentials_proxy_host": "192.0.2.80",
        "mailessentials_proxy_port": 8080,
        "mailessentials_proxy_stores": ["winhttp", "wininet", "environment"],
    }
    simulated = Farm(
        folder,
        hosts,
        groups,
        clean_environment(),
        variables={**proxy, "mailessentials_verify_on_failure": "fail"},
    )
    for name in hosts:
        state = SimulatedHost.load(simulated.state(name))
        farm.install(state)
        farm.web_site(state)
        state.save(simulated.state(name))
    runs = []
    for _unused in range(3):
        before = simulated.calls("me2")
        run = simulated.play("mailops.mailessentials.site")
        if run.code:
            raise SystemExit(run.output)
        claimed = sum(
            record["result"].get("round_trips", 0)
            for record in run.records
            if record["host"] == "me2"
        )
        runs.append(max(simulated.calls("me2") - before, claimed))
    remark = (
        f"rules, ports, proxy and proof; the first run, which changes everything, takes {runs[0]}"
    )
    return say("round_trips_steady_site", max(runs[1:]), remark)


def planning(folder: Path) -> bool:
    """The playbook plan, and what it costs each server to take its part of the plan."""
    folder.mkdir()
    cost = plan_cost.plan_costs(folder)
    good = say(
        "plan_1000_servers_over_inventory",
        cost["plan1000"] / cost["list1000"],
        f"CPU {cost['plan1000']:.2f} s against {cost['list1000']:.2f} s of ansible-inventory "
        "--list; 1,000 servers in farms of three",
    )
    good &= say(
        "plan_linear_1000_over_100",
        cost["plan1000"] / cost["plan100"],
        f"CPU {cost['plan1000']:.2f} s against {cost['plan100']:.2f} s for 100 servers",
    )
    programs = {
        "dispatch_300_over_100": str(Path(sys.executable).parent / "ansible-playbook"),
        "dispatch_300_over_100_oldest": plan_cost.oldest_program(),
    }
    for name, program in programs.items():
        if not program:
            print(f"BENCH {name} SKIPPED: no Python for ansible-core {plan_cost.OLDEST}")
            continue
        costs = plan_cost.dispatch_costs(folder, program)
        remark = ", ".join(
            f"{count} servers {taken:.2f} s (a task that does nothing: {nothing:.2f} s)"
            for count, (taken, nothing) in costs.items()
        )
        good &= say(name, costs[300][0] / costs[100][0], f"CPU of one task: {remark}")
    return good


def endpoints(folder: Path) -> bool:
    """The real worker under PowerShell against servers on loopback: 20 that answer, 20 whose queue
    is full.
    """
    if not shell.pwsh():
        print(
            "BENCH endpoint_40_20dead_over_timeout SKIPPED: NO PWSH (SET PWSH OR PUT pwsh ON PATH)"
        )
        return True
    timeout = 1000
    with loopback.serve(folder) as servers:
        entry = {
            "kind": "tcp",
            "host": loopback.HOME,
            "query": "",
            "transport": "udp",
            "path": "/",
            "through_proxy": False,
        }
        asked = [
            {**entry, "port": servers.ports[name]}
            for name in ("tcp", "black_hole")
            for _unused in range(20)
        ]
        options = {
            "endpoints": asked,
            "proxy_host": "",
            "proxy_port": 0,
            "timeout_milliseconds": timeout,
            "deadline_milliseconds": 10_000,
        }
        cases = {
            str(number): worker.Case(None, extra=options, environment={"NAME_SERVERS": ""})
            for number in range(REPEATS)
        }
        readings = [
            run.reading
            for run in worker.execute(cases, folder, worker=worker.ENDPOINT_WORKER).values()
        ]
    done = [sum(entry["done"] for entry in reading["endpoints"]) for reading in readings]
    if done != [20] * REPEATS:
        raise SystemExit(f"not 20 of 40 were reached: {done}")
    elapsed = statistics.median(reading["elapsed_milliseconds"] for reading in readings)
    return say(
        "endpoint_40_20dead_over_timeout",
        elapsed / timeout,
        f"{elapsed:.0f} ms on the host's own clock against a timeout of {timeout} ms",
    )


def main() -> int:
    print(
        "Hosts are simulated: their workers are Python doubles, so the ratios speak of the "
        "controller's work and of round trips, not of Windows."
    )
    good = [parse_plan(), reply_bytes(), judge_many_ports()]
    with tempfile.TemporaryDirectory(prefix="mailessentials-bench-") as folder:
        good += [
            speedup(Path(folder, "firewall")),
            preflight(Path(folder, "preflight")),
            site(Path(folder, "site")),
            planning(Path(folder, "plan")),
        ]
        Path(folder, "endpoints").mkdir()
        good.append(endpoints(Path(folder, "endpoints")))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
