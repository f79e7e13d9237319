# SPDX-License-Identifier: GPL-3.0-or-later
"""Any host: what is judged from its capture is what is judged from the host."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from laws import Record, hold

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.overview import (
    verdict_lines,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verdict import (
    Intent,
    judge_farms,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.payload import Part
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.farms import (
    plan_servers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.reading import (
    Server,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.capture import (
    load_reading,
    save_reading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.reading import (
    ServerReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    judge_server,
)
from simulator import farm
from simulator.host import SimulatedHost
from simulator.server import observe_server

NUMBER = 60
OURS = "GFI MailEssentials Multi-Server (mailops)"
CHANGES = {
    "install": lambda host: farm.install(host),
    "web_site": lambda host: farm.web_site(host),
    "exchange": lambda host: farm.exchange_range(host),
    "taken": lambda host: farm.listen(host, 9095, program="C:\\Tools\\relay.exe"),
    "foreign": lambda host: farm.foreign(host, OURS),
    "winhttp": lambda host: farm.winhttp(host, "proxy.example.com:8080"),
}
INPUTS = st.fixed_dictionaries(
    {},
    optional={
        "mailessentials_web_ui_networks": st.just(["198.51.100.0/24"]),
        "mailessentials_reserve_ports": st.booleans(),
        "mailessentials_version": st.sampled_from(["21", "2015", "latest"]),
        "mailessentials_fail_on": st.just([]),
    },
)
CASES = st.tuples(
    st.sampled_from(sorted(farm.CAPTURES)),
    st.lists(st.sampled_from(sorted(CHANGES)), unique=True),
    INPUTS,
)


def planned(inputs: dict[str, Any]) -> dict[str, Any]:
    variables = {
        **inputs,
        "mailessentials_server_role": "standalone",
        "mailessentials_proxy_host": "192.0.2.80",
        "mailessentials_proxy_port": 8080,
    }
    server = Server("me1", frozenset({"mailessentials"}), variables, {}, frozenset(), None)
    return plan_servers([server], lambda _name: []).to_dict()


def read(host: SimulatedHost) -> ServerReading:
    now = time.time()
    answer = observe_server(host)
    parts = {name: Part(data, now, now) for name, data in answer["readings"].items()}
    return ServerReading("me1", parts, answer["errors"])


def judged(plan: dict[str, Any], reading: ServerReading) -> tuple[dict[str, Any], list[str]]:
    """What is done on the server, and what people read of it, but for the column "as of"."""
    state = replace(judge_server("me1", plan["servers"]["me1"], reading), as_of="")
    (verdict,) = judge_farms(plan, {"me1": state}, ["me1"], Intent())
    told = list(verdict_lines([verdict], {"me1": "standalone"}))
    return verdict.servers[0].to_dict(), told


def law(case: tuple[str, list[str], dict[str, Any]]) -> None:
    capture, changes, inputs = case
    host = farm.host(capture)
    for change in changes:
        CHANGES[change](host)
    reading, plan = read(host), planned(inputs)
    with tempfile.TemporaryDirectory() as folder:
        save_reading(reading, f"{folder}/captures", in_git=False)
        loaded = load_reading(f"{folder}/captures", "me1")
    assert loaded.as_of
    assert judged(plan, loaded) == judged(plan, reading)


def test_a_rehearsal_says_what_the_host_says(record_property: Record) -> None:
    hold(law, CASES, NUMBER, record_property)
