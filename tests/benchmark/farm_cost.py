# SPDX-License-Identifier: GPL-3.0-or-later
"""What a farm costs: calls, lines of output, bytes of a reading, and CPU of judging readings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from surroundings import clean_environment

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verdict import (
    Intent,
    judge_farms,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    stored_rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.payload import Part
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.farms import (
    plan_servers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.reading import (
    Server,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.reading import (
    ServerReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    judge_server,
)
from simulator import farm
from simulator.host import SimulatedHost
from simulator.play import Farm, Run
from simulator.server import observe_server

PROXY = {
    "mailessentials_proxy_host": "192.0.2.80",
    "mailessentials_proxy_port": 8080,
    "mailessentials_proxy_stores": ["winhttp", "wininet", "environment"],
}
SITE, VERIFY = (f"mailops.mailessentials.{name}" for name in ("site", "verify"))


def servers(folder: Path, count: int, installed: bool = True, **variables: Any) -> Farm:
    """A farm of a master and slaves."""
    names = [f"me{number}" for number in range(1, count + 1)]
    hosts = {
        name: ("windows11", {"mailessentials_address": [f"192.0.2.{number}"]})
        for number, name in enumerate(names, 11)
    }
    groups = {
        "mailessentials": names,
        "mailessentials_master": names[:1],
        "mailessentials_slaves": names[1:],
    }
    simulated = Farm(folder, hosts, groups, clean_environment(), variables=variables)
    for name in names if installed else ():
        state = SimulatedHost.load(simulated.state(name))
        farm.install(state)
        farm.web_site(state)
        state.save(simulated.state(name))
    return simulated


def played(simulated: Farm, playbook: str, *arguments: str) -> tuple[Run, int]:
    """A run that went well, and the calls to the second host: the larger of what the modules claim
    and what the connection counted.
    """
    before = simulated.calls("me2")
    run = simulated.play(playbook, *arguments)
    if run.code:
        raise SystemExit(run.output)
    claimed = sum(
        record["result"].get("round_trips", 0) for record in run.records if record["host"] == "me2"
    )
    return run, max(simulated.calls("me2") - before, claimed)


def site_costs(folder: Path) -> Iterator[tuple[str, float, str]]:
    """Names, values and remarks of the lines about site and verify."""
    lines = {}
    for name, variables in (("without", {}), ("with", PROXY)):
        simulated = servers(folder / name, 2, mailessentials_verify_on_failure="fail", **variables)
        _first, changing = played(simulated, SITE)
        run, steady = played(simulated, SITE)
        lines[name] = len(run.output.splitlines())
    _run, verifying = played(simulated, VERIFY)
    yield "round_trips_steady_site", steady, "rules, ports, proxy and proof"
    yield "round_trips_steady_verify", verifying, "one reading, one probe"
    yield "round_trips_change_site", changing, "the first run: two rule sets, proxy in three stores"
    yield (
        "site_steady_lines_2_servers",
        max(lines.values()),
        f"default callback; {lines['with']} with a proxy, {lines['without']} without",
    )
    run, _calls = played(servers(folder / "six", 6, installed=False), SITE, "--check")
    yield "site_check_first_lines_6_servers", len(run.output.splitlines()), "default callback"


def readings(count: int, texts: dict[str, str]) -> Callable[[], list[ServerReading]]:
    """Readings of servers that have these rules, each packed anew for nobody to share."""
    host = farm.host("windows11")
    host.rules.clear()
    host.rules.update(texts)
    packed = observe_server(host)["readings"]
    now = time.time()
    parts = {name: Part(data, now, now) for name, data in packed.items()}
    return lambda: [ServerReading(f"me{number}", parts, {}) for number in range(count)]


def rehearse(count: int, texts: dict[str, str]) -> tuple[float, float]:
    """CPU seconds: parsing the rules of all servers, and judging all farms from their readings."""
    plan = plan_servers([_server(number, count) for number in range(count)], lambda _name: [])
    planned = plan.to_dict()
    made = readings(count, texts)()
    started = time.process_time()
    for _reading in made:
        for rule, text in texts.items():
            stored_rule("local", rule, text)
    parsed = time.process_time()
    states = {
        one.server: judge_server(one.server, planned["servers"][one.server], one) for one in made
    }
    judge_farms(planned, states, list(states), Intent())
    return parsed - started, time.process_time() - parsed


def _server(number: int, count: int) -> Server:
    """Of a farm of three; what is left over stands alone."""
    place, alone = number // 3, number // 3 * 3 + 3 > count
    variables: dict[str, Any] = {
        "mailessentials_farm": "" if alone else f"farm{place}",
        "mailessentials_server_role": "standalone"
        if alone
        else ("slave" if number % 3 else "master"),
        "mailessentials_address": [f"10.{number >> 8}.{number & 255}.1"],
    }
    return Server(f"me{number}", frozenset({"mailessentials"}), variables, {}, frozenset(), None)
