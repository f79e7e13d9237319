# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule set costs in a steady state, beside other ways to have the same rules."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from surroundings import clean_environment

from simulator.play import Farm

GROUP, PREFIX = "Benchmark", "Bench-"
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


def rule_costs(folder: Path, repeats: int) -> Iterator[tuple[str, float, str]]:
    """Names, values and remarks: seconds in tasks of one firewall_ruleset against one task for each
    rule, and against one task with a loop, by a module that knows one rule, on the same host. What
    a play pays once for a module is in none of them: the first task of each play does not count.
    """
    for count in (7, 24):
        simulated = Farm(folder / str(count), {"host": ("windows11", {})}, {}, clean_environment())
        plays = _plays(folder / str(count), RULES[:count])
        simulated.play(plays["ruleset"])
        rows, trips = [], []
        for _unused in range(repeats):
            before = simulated.calls("host")
            runs = {"ruleset": simulated.play(plays["ruleset"])}
            trips.append((simulated.calls("host") - before) / len(runs["ruleset"].records))
            runs.update({name: simulated.play(plays[name]) for name in ("tasks", "loop")})
            if any(
                run.code or any(record["result"]["changed"] for record in run.records)
                for run in runs.values()
            ):
                raise SystemExit("\n".join(run.output for run in runs.values()))
            rows.append(
                {
                    name: (sum(record["seconds"] for record in run.records[1:]), run.seconds)
                    for name, run in runs.items()
                }
            )
        for other in ("tasks", "loop"):
            ratio = statistics.median(row[other][0] / row["ruleset"][0] for row in rows)
            wall = statistics.median(row[other][1] / row["ruleset"][1] for row in rows)
            own, theirs = (
                statistics.median(row[name][0] for row in rows) for name in ("ruleset", other)
            )
            yield (
                f"speedup_{count}_rules_vs_{other}",
                ratio,
                f"{theirs:.2f} s against {own:.2f} s in tasks; {wall:.1f} times by the wall clock",
            )
    yield (
        "round_trips_steady_firewall",
        statistics.median(trips),
        "calls of a task that the connection counted",
    )


def _plays(folder: Path, rules: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Playbooks that make the same rules in three ways."""
    singles = [
        {
            "id": rule["id"],
            "parameters": {
                "DisplayName": rule["display_name"],
                "Protocol": "TCP",
                "LocalPort": [str(rule["local_ports"][0])],
                "Group": GROUP,
            },
        }
        for rule in rules
    ]
    one = "mailops.simulator.one_rule"
    options = {"group": GROUP, "id_prefix": PREFIX, "purge": True, "rules": list(rules)}
    ways: dict[str, list[dict[str, Any]]] = {
        "ruleset": [{"mailops.mailessentials.firewall_ruleset": options}] * 2,
        "tasks": [{one: given} for given in (singles[0], *singles)],
        "loop": [
            {one: singles[0]},
            {
                one: {name: f"{{{{ item.{name} }}}}" for name in ("id", "parameters")},
                "loop": singles,
            },
        ],
    }
    made = {}
    for name, tasks in ways.items():
        file = folder / f"{name}.yml"
        play = [{"hosts": "all", "gather_facts": False, "tasks": tasks}]
        file.write_text(json.dumps(play), encoding="utf-8")
        made[name] = str(file)
    return made
