# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker of the host and its Python double give the same answer on the same simulated host, and
leave it the same.
"""

from __future__ import annotations

import io
import json
import runpy
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import shell
from worker import HOST_WORKER, Case, Run, execute

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.fingerprint import (
    host_fingerprint,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    decode_host,
)
from simulator import farm
from simulator.host import SimulatedHost
from simulator.observation import observe
from simulator.product import WEB_CONFIGS

TESTS = shell.CHECKOUT / "tests"
DOUBLE = TESTS / "simulator" / "double" / "host_worker.py"
FREE = {"operation": "add", "protocol": "tcp", "family": "ipv4", "port": 61000}
OPERATIONS = [
    FREE,
    {**FREE, "family": "ipv6"},
    {**FREE, "operation": "delete", "family": "ipv6"},
    {**FREE, "operation": "delete"},
    {**FREE, "port": 445},
    {**FREE, "operation": "delete", "port": 5985},
    {**FREE, "protocol": "udp", "port": 8015},
    {**FREE, "port": 8015},
]


def sibling(host: SimulatedHost) -> None:
    farm.other_gfi(host)
    farm.listen(
        host,
        9095,
        address="2001:db8::1",
        service="D\u00efenst \u6f22",
        program="C:\\\u00fc \u6f22\\x.exe",
        state=100,
    )
    farm.listen(host, 9093, protocol="udp")
    farm.exchange_range(host)
    farm.exclude(host, 61000, 61099)
    farm.exclude(host, 50000, 50059, administered=True, protocol="udp")
    farm.clock(host, -86400)
    farm.machine(host, '{"http_form": "new", "windows": "6.3.9600"}')


def faults(**fields: Any) -> Callable[[SimulatedHost], None]:
    return lambda host: host.set_faults(**fields)


def machine(**fields: Any) -> Callable[[SimulatedHost], None]:
    return lambda host: farm.machine(host, json.dumps(fields))


# name: what is unusual about the host. Only what can differ is asked for: netsh runs in a process
# each time.
PRODUCT: dict[str, list[Callable[[SimulatedHost], None]]] = {
    "64-bit, elsewhere": [
        lambda host: farm.install(
            host, version="22.4.0.0", view="64", directory="D:\\M\u00e4il\\GFI\\MailEssentials"
        )
    ],
    "stopped": [farm.install, farm.stop_product],
    "files left": [farm.install, lambda host: farm.uninstall(host, keep="directory")],
    "services left": [farm.install, lambda host: farm.uninstall(host, keep="services")],
    "no firewall service": [lambda host: host.services.clear()],
    "unreadable": [faults(unreadable=True)],
    "failing Win32_Service": [faults(failing="Win32_Service")],
    **{
        f"web.config {kind}": [farm.install, lambda host, kind=kind: farm.web_config(host, kind)]
        for kind in WEB_CONFIGS
    },
}
WRITES: dict[str, list[Callable[[SimulatedHost], None]]] = {
    "all": [farm.install],
    "check mode": [farm.install],
    "split": [machine(split_families=True, language="fr")],
    **{name: [faults(**{name: True})] for name in ("netsh_lies", "read_only")},
    "refused once": [faults(fail_at=1)],
}
TAKEN = {"change_before_write": {"listen": [61000]}}
# Only where the ports of the operations changed is nothing written.
CHECKED: dict[str, list[Callable[[SimulatedHost], None]]] = {
    "as it was": [sibling],
    "as it was, in check mode": [],
    "a port was taken": [faults(**TAKEN)],
    "another port was taken": [faults(change_before_write={"listen": [61001]})],
    "a range was excluded": [faults(change_before_write={"exclude": [50000, 50059]})],
    "an old fingerprint": [],
}
STALE = {"a port was taken", "a range was excluded", "an old fingerprint"}
PORTS: dict[str, list[Callable[[SimulatedHost], None]]] = {
    "others": [farm.install, sibling],
    "nothing listed as persistent": [machine(persistent_listed=False, language="zh")],
    "no sockets": [machine(tcp=[], udp=[], language="de")],
    **{
        name: [faults(**{name: True})]
        for name in ("netsh_garbage", "netsh_empty", "netsh_truncated")
    },
    "no NetTCPIP": [faults(net_tcpip="missing")],
    **{
        f"failing {name}": [faults(failing=name)]
        for name in ("Get-NetTCPConnection", "Get-NetUDPEndpoint", "Win32_Process")
    },
}
HOSTS = {**PRODUCT, **WRITES, **CHECKED, **PORTS}


def make(name: str, folder: Path) -> None:
    host = SimulatedHost()
    for change in HOSTS[name]:
        change(host)
    host.save(folder)


def options(name: str) -> dict[str, Any]:
    return {
        "ports": name in {"all", *CHECKED, *PORTS},
        "operations": OPERATIONS if name in WRITES else OPERATIONS[:2] * (name in CHECKED),
        "fingerprint": fingerprint(name) if name in CHECKED else "",
        "_ansible_check_mode": name.endswith("check mode"),
    }


def fingerprint(name: str) -> str:
    """That of the host before anything happens, as a controller makes it."""
    if name == "an old fingerprint":
        return "0" * 64
    host = SimulatedHost()
    for change in HOSTS[name]:
        change(host)
    reading = decode_host(host.encoded(observe(host, ports=True)))
    return host_fingerprint(reading, OPERATIONS[:2])


def double(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    testing = pytest.importorskip("ansible.module_utils.testing", reason="ansible-core < 2.17")
    monkeypatch.setenv("SIMULATED_HOST", str(folder))
    monkeypatch.setenv("SIMULATED_PYTHONPATH", str(TESTS))
    monkeypatch.setattr(sys, "path", list(sys.path))
    written = io.StringIO()
    with (
        testing.patch_module_args(options(name)),
        redirect_stdout(written),
        pytest.raises(SystemExit),
    ):
        runpy.run_path(str(DOUBLE), run_name="__main__")
    answer: dict[str, Any] = json.loads(written.getvalue())
    return answer


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Run], dict[str, Path]]:
    folder = tmp_path_factory.mktemp("ways")
    hosts = {name: folder / str(number) for number, name in enumerate(HOSTS)}
    for name, place in hosts.items():
        make(name, place)
    cases = {name: Case(extra=options(name)) for name in HOSTS}
    return execute(cases, folder, simulator=TESTS, hosts=hosts, worker=HOST_WORKER), hosts


@pytest.mark.parametrize("name", HOSTS)
def test_both_ways_agree(
    runs: tuple[dict[str, Run], dict[str, Path]],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, place = runs[0][name], runs[1][name]
    make(name, tmp_path)
    answer = double(name, tmp_path, monkeypatch)
    told = ("changed", "outcomes", "failed", "stale")
    assert {key: run.result.get(key) for key in told} == {key: answer.get(key) for key in told}
    assert len(run.result["outcomes"]) == len(options(name)["operations"])
    if answer.get("failed"):
        assert run.result["msg"] == answer["msg"]
    else:
        own, other = run.reading, Run(answer, 0, []).reading
        clocks = [
            datetime.fromisoformat(f"{reading.pop('utc')[:26]}+00:00") for reading in (own, other)
        ]
        assert own == other
        assert abs(clocks[0] - clocks[1]) < timedelta(minutes=5)
        assert (datetime.now(timezone.utc) - clocks[0] > timedelta(hours=23)) == (
            name in {"others", "as it was"}
        )
    if not answer.get("failed"):
        assert answer["stale"] is (name in STALE)
    states = [
        json.loads((folder / "host.json").read_text(encoding="utf-8"))
        for folder in (place, tmp_path)
    ]
    assert states[0] == states[1]
    if name in CHECKED:
        statuses = {entry["status"] for entry in answer["outcomes"]}
        assert ("not_done" in statuses) == (name in STALE or options(name)["_ansible_check_mode"])
        written = [row for row in states[0]["machine"]["exclusions"] if row["first"] == 61000]
        assert bool(written) == (name in {"as it was", "another port was taken"})
    assert run.nothing == []
