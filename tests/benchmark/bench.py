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
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import evaluation_cost
import farm_cost
import loopback
import plan_cost
import rule_cost
import shell
import worker

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
from simulator.busy import large
from simulator.observation import observe
from simulator.server import observe_server

GROUP, PREFIX = "Benchmark", "Bench-"
GROUPED = re.compile(r"\|EmbedCtxt=[^|]*\|", re.IGNORECASE)
REPEATS = 5
LIMITS = {
    "parse_plan_10k_over_split": (0, 25),
    "evaluate_50_wanted_10k_over_parse": (0, 6),
    "explain_1_flow_10k_over_parse": (0, 1.6),
    "speedup_7_rules_vs_tasks": (5, None),
    "speedup_7_rules_vs_loop": (1, None),
    "speedup_24_rules_vs_tasks": (15, None),
    "speedup_24_rules_vs_loop": (1, None),
    "round_trips_steady_firewall": (1, 1),
    "read_reply_bytes_450": (0, 100_000),
    "port_availability_5000_sockets_over_json": (0, 20),
    "round_trips_steady_site": (1, 2),
    "round_trips_steady_verify": (1, 2),
    # a reading, a probe, two rule sets, four tasks of ansible.windows, a look at the proxy
    "round_trips_change_site": (1, 9),
    "site_steady_lines_2_servers": (1, 70),
    "site_check_first_lines_6_servers": (1, 300),
    "reading_bytes_450": (0, 40_000),
    "rehearse_1000_over_parse": (0, 4),
    "rehearse_linear_1000_over_100": (0, 12),
    "endpoint_40_20dead_over_timeout": (0, 1.3),
    "plan_1000_servers_over_inventory": (0, 6),
    "plan_linear_1000_over_100": (0, 12),
    "dispatch_300_over_100": (0, 4.5),
    "dispatch_300_over_100_oldest": (0, 4.5),
}


def say(name: str, value: float, remark: str) -> bool:
    """Print a line; whether it is within its limit."""
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
        text = GROUPED.sub("|", rows[number % len(rows)]["value"])  # it may stand once
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


def evaluate() -> bool:
    """What is blocked of wanted rules, and what happens to one connection."""
    good = True
    for name, value, remark in evaluation_cost.evaluation_costs(captured_texts(10_000), REPEATS):
        good &= say(name, value, remark)
    return good


def rules(folder: Path) -> bool:
    """A rule set in a steady state against other ways to have its rules."""
    good = True
    for name, value, remark in rule_cost.rule_costs(folder, REPEATS):
        good &= say(name, value, remark)
    return good


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


def reading_bytes() -> bool:
    """All parts of a reading, as they cross the wire."""
    host = farm.host("empty")
    large(host)
    sizes = {name: len(text) for name, text in observe_server(host)["readings"].items()}
    told = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    remark = f"{told}; 450 rules, 5,000 sockets of a name server, 250 services, 300 processes"
    return say("reading_bytes_450", sum(sizes.values()), remark)


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


def farms(folder: Path) -> bool:
    """What site and verify cost on a farm that is as it should be, and what judging costs."""
    good = True
    for name, value, remark in farm_cost.site_costs(folder):
        good &= say(name, value, remark)
    texts = dict(captured_texts(450))
    costs = {count: farm_cost.rehearse(count, texts) for count in (100, 1000)}
    parsed, judged = costs[1000]
    good &= say(
        "rehearse_1000_over_parse",
        judged / parsed,
        f"CPU {judged:.1f} s against {parsed:.1f} s for parsing alone; 1,000 servers in farms of "
        "three, 450 captured rules each",
    )
    return good & say(
        "rehearse_linear_1000_over_100",
        judged / costs[100][1],
        f"CPU {judged:.1f} s against {costs[100][1]:.2f} s for 100 servers",
    )


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
    good = [parse_plan(), evaluate(), reply_bytes(), reading_bytes(), judge_many_ports()]
    with tempfile.TemporaryDirectory(prefix="mailessentials-bench-") as folder:
        good += [
            rules(Path(folder, "rules")),
            farms(Path(folder, "farms")),
            planning(Path(folder, "plan")),
        ]
        Path(folder, "endpoints").mkdir()
        good.append(endpoints(Path(folder, "endpoints")))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
