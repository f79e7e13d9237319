# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker that reads all of a server, run by PowerShell: it answers as its double does and as
the other workers do, one subject that fails leaves the others, and the answer is small.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import runpy
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import shell
from worker import PROXY_WORKER, REAL_UTIL, SERVER_WORKER, Case, Run, execute

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    decode,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    decode_host,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.proxy.reading import (
    decode_proxy,
)
from simulator import farm
from simulator.busy import large
from simulator.host import SimulatedHost
from simulator.product import SECRETS

TESTS = shell.CHECKOUT / "tests"
DOUBLE = TESTS / "simulator" / "double" / "server_worker.py"
LARGEST = 40_000
SOCKETS = 5_000
Change = Callable[[SimulatedHost], object]


def everything(host: SimulatedHost) -> None:
    host.rules["Example-1"] = "v2.26|Action=Allow|Active=TRUE|Dir=In|Name=A|"
    farm.install(host)
    farm.winhttp(host, "proxy.example.com:8080")


# name: the options, what is unusual about the host
CASES: dict[str, tuple[dict[str, Any], Change]] = {
    "all": ({}, everything),
    "product": ({"subjects": ["product"]}, everything),
    "ports": ({"subjects": ["ports"]}, everything),
    "product and ports": ({"subjects": ["ports", "product"]}, everything),
    "firewall": ({"subjects": ["firewall"]}, everything),
    "proxy": ({"subjects": ["proxy"]}, everything),
    "nothing": ({"subjects": []}, everything),
    "unreadable": ({}, lambda host: host.set_faults(unreadable=True)),
    **{
        f"failing {name}": ({}, lambda host, name=name: host.set_faults(failing=name))
        for name in ("Win32_Service", "Get-NetTCPConnection", "MSFT_NetConnectionProfile")
    },
    "check mode": ({"_ansible_check_mode": True}, everything),
    "null": ({"subjects": None}, everything),
    "another subject": ({"subjects": ["weather"]}, everything),
    "large": ({}, large),
}


def make(name: str, folder: Path) -> None:
    host = SimulatedHost()
    CASES[name][1](host)
    host.save(folder)


def double(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    testing = pytest.importorskip("ansible.module_utils.testing", reason="ansible-core < 2.17")
    monkeypatch.setenv("SIMULATED_HOST", str(folder))
    monkeypatch.setenv("SIMULATED_PYTHONPATH", str(TESTS))
    monkeypatch.setattr(sys, "path", list(sys.path))
    written = io.StringIO()
    with (
        testing.patch_module_args(dict(CASES[name][0])),
        redirect_stdout(written),
        pytest.raises(SystemExit),
    ):
        runpy.run_path(str(DOUBLE), run_name="__main__")
    answer: dict[str, Any] = json.loads(written.getvalue())
    return answer


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("server")
    places = {name: folder / name for name in CASES}
    for name, place in places.items():
        make(name, place)
    cases = {name: Case(None, extra=options) for name, (options, _unused) in CASES.items()}
    places["real util"], cases["real util"] = places["all"], Case(None, util=REAL_UTIL)
    return execute(cases, folder, simulator=TESTS, hosts=places, worker=SERVER_WORKER)


def unpacked(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            key: value
            for key, value in json.loads(gzip.decompress(base64.b64decode(text))).items()
            if key != "utc"
        }
        for name, text in answer["readings"].items()
    }


@pytest.mark.parametrize("name", CASES)
def test_both_ways_agree(
    runs: dict[str, Run], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(name, tmp_path)
    run, other = runs[name], double(name, tmp_path, monkeypatch)
    assert run.result.get("failed", False) == other.get("failed", False)
    assert run.nothing == []
    if other.get("failed"):
        return
    assert unpacked(run.result) == unpacked(other)
    assert run.result["errors"] == other["errors"]
    assert run.result["changed"] is other["changed"] is False


def test_what_is_asked_for_is_read(runs: dict[str, Run]) -> None:
    assert {
        name: set(runs[name].result["readings"])
        for name in ("all", "product", "ports", "firewall", "proxy", "nothing")
    } == {
        "all": {"host", "firewall", "proxy"},
        **{name: {"host"} for name in ("product", "ports")},
        **{name: {name} for name in ("firewall", "proxy")},
        "nothing": set(),
    }
    told = runs["all"].result
    assert told["errors"] == {}
    host, firewall = (
        decode_host(told["readings"]["host"]),
        decode(told["readings"]["firewall"]),
    )
    assert host.ports is not None and len(host.ports.sockets) > 10
    assert [rule.id for rule in firewall.rules] == ["Example-1"]
    proxy = decode_proxy(told["readings"]["proxy"]).winhttp
    assert proxy is not None and proxy.proxies == {"all": "proxy.example.com:8080"}
    assert decode_host(runs["product"].result["readings"]["host"]).ports is None
    alone = decode(runs["firewall"].result["readings"]["firewall"])
    assert alone.fingerprint == firewall.fingerprint != ""


def test_null_is_refused(runs: dict[str, Run]) -> None:
    run = runs["null"]
    assert run.exit == 1 and "readings" not in run.result
    assert run.result["msg"] == "subjects is null; give a value or leave it out"


def test_a_reader_that_fails_leaves_the_others(runs: dict[str, Run]) -> None:
    for name in ("Win32_Service", "Get-NetTCPConnection"):
        told = runs[f"failing {name}"].result
        assert set(told["readings"]) == {"firewall", "proxy"}
        assert set(told["errors"]) == {"host"}
        assert f"{name} failed: Access is denied." in told["errors"]["host"]
    told = runs["unreadable"].result
    assert set(told["errors"]) == {"host", "firewall", "proxy"} and told["readings"] == {}
    assert all("cannot be read: " in sentence for sentence in told["errors"].values())
    assert set(runs["real util"].result["errors"]) == {"host", "firewall", "proxy"}
    fine = runs["failing MSFT_NetConnectionProfile"].result
    assert fine["errors"] == {}
    assert unpacked(fine)["firewall"]["network_categories"] is None


def test_the_proxy_is_read_as_its_own_worker_reads_it(runs: dict[str, Run], tmp_path: Path) -> None:
    make("proxy", tmp_path / "host")
    alone = execute(
        {"proxy": Case(None)},
        tmp_path,
        simulator=TESTS,
        hosts={"proxy": tmp_path / "host"},
        worker=PROXY_WORKER,
    )["proxy"]
    assert alone.reading == unpacked(runs["proxy"].result)["proxy"]


def test_no_secret_leaves_the_host(runs: dict[str, Run]) -> None:
    for name in ("all", "large"):
        shown = json.dumps(unpacked(runs[name].result))
        assert not [secret for secret in SECRETS.values() if secret in shown]


def test_a_large_answer_is_small(runs: dict[str, Run]) -> None:
    readings = runs["large"].result["readings"]
    ports = decode_host(readings["host"]).ports
    assert ports is not None and len(ports.sockets) >= SOCKETS
    assert len(decode(readings["firewall"]).rules) >= 450
    sizes = {name: len(text) for name, text in readings.items()}
    assert sum(sizes.values()) <= LARGEST, sizes


def test_the_worker_runs_in_strict_mode() -> None:
    source = SERVER_WORKER.read_text(encoding="utf-8")
    assert source.index("\nSet-StrictMode -Version 2.0\n") < source.index("\nfunction ")
