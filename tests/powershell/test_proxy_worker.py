# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker that reads proxy settings, run by PowerShell: it reads what its double reads, and no
user name or password leaves the host.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shell
from worker import PROXY_WORKER, Case, Run, execute

from simulator import farm
from simulator.host import SimulatedHost
from simulator.observation import UnreadableError
from simulator.proxies import CONNECTIONS, ENVIRONMENT, POLICY, observe_proxy, put

SECRET = "Tr0ub4dor"


def nothing(_host: SimulatedHost) -> None:
    """A host without any of the keys."""


def everything(host: SimulatedHost) -> None:
    farm.winhttp(host, "http=proxy.example.com:8080;https=192.0.2.9:8443", "*.example.com;<local>")
    farm.wininet(
        host,
        "proxy.example.com:8080",
        "<local>",
        "http://proxy.example.com/p.pac",
        auto_detect=True,
    )
    farm.environment(host, "http_proxy", "http://proxy.example.com:8080")
    farm.environment(host, "NO_PROXY", "m\u00e4il,\u6f22,.example.com")
    farm.environment(host, "Path", "C:\\Windows")


def passwords(host: SimulatedHost) -> None:
    farm.winhttp(host, f"http=one:1;https=admin:{SECRET}@two:2", "three;four")
    farm.wininet(host, f"{SECRET}@proxy.example.com:8080", "", f"http://a:{SECRET}@b/p.pac")
    farm.environment(host, "HTTPS_PROXY", f"http://m\u00e4il:{SECRET}@proxy.example.com:8080")


def other_types(host: SimulatedHost) -> None:
    put(host, CONNECTIONS, "WinHttpSettings", "text")
    put(host, CONNECTIONS, "DefaultConnectionSettings", {"hex": ""})
    put(host, POLICY, "ProxySettingsPerUser", 1)
    put(host, ENVIRONMENT, "HTTP_PROXY", "")


def kinds(host: SimulatedHost) -> None:
    put(host, POLICY, "ProxySettingsPerUser", SECRET)


def bytes_of_policy(host: SimulatedHost) -> None:
    put(host, POLICY, "ProxySettingsPerUser", {"hex": "00000000"})


def lengths_that_are_an_at(host: SimulatedHost) -> None:
    farm.winhttp(host, "p" * 64, "b" * (256 + 64))
    farm.wininet(host, "p" * 600, "b" * 64, "http://" + "p" * (512 + 64 - 7))


def control_characters(host: SimulatedHost) -> None:
    farm.winhttp(host, f"http=admin:\x01{SECRET}@two:2", "a@b@c")


def cut(host: SimulatedHost) -> None:
    put(
        host,
        CONNECTIONS,
        "WinHttpSettings",
        {"hex": "2800000000000000030000000F0000" + SECRET.encode().hex()},
    )
    put(host, CONNECTIONS, "DefaultConnectionSettings", {"hex": "46000000"})


def every_byte(host: SimulatedHost) -> None:
    put(host, CONNECTIONS, "WinHttpSettings", {"hex": bytes(range(256)).hex()})


def unreadable(host: SimulatedHost) -> None:
    host.set_faults(unreadable=True)


HOSTS = {
    change.__name__: change
    for change in (
        nothing,
        everything,
        passwords,
        other_types,
        kinds,
        bytes_of_policy,
        lengths_that_are_an_at,
        control_characters,
        cut,
        every_byte,
        unreadable,
    )
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("proxy")
    places: dict[str, Path] = {}
    for name, change in HOSTS.items():
        host, places[name] = SimulatedHost(), folder / name
        change(host)
        host.save(places[name])
    return execute(
        {name: Case(None) for name in HOSTS},
        folder,
        simulator=shell.CHECKOUT / "tests",
        hosts=places,
        worker=PROXY_WORKER,
    )


@pytest.mark.parametrize("name", HOSTS)
def test_the_worker_reads_what_its_double_reads(runs: dict[str, Run], name: str) -> None:
    host = SimulatedHost()
    HOSTS[name](host)
    try:
        expected: Any = observe_proxy(host)
    except UnreadableError as failure:
        assert (runs[name].result["failed"], runs[name].result["msg"]) == (True, str(failure))
    else:
        assert runs[name].reading == expected
        assert runs[name].result["changed"] is False
    assert runs[name].nothing == []


def test_no_secret_leaves_the_host(runs: dict[str, Run]) -> None:
    reading = runs["passwords"].reading
    shown = json.dumps(reading) + bytes.fromhex(reading["winhttp"] + reading["wininet"]).decode(
        "latin-1"
    )
    assert SECRET not in shown and "admin" not in shown and "il:" not in shown
    assert "*@two:2" in shown and shown.count("@") == 4 and "three;four" in shown
    for name in ("kinds", "control_characters", "cut"):
        reading = runs[name].reading
        blobs = bytes.fromhex((reading["winhttp"] or "") + (reading["wininet"] or "")).decode(
            "latin-1"
        )
        assert SECRET not in json.dumps(reading) + blobs and "admin" not in blobs
    assert runs["kinds"].reading["per_user"] == "String"
