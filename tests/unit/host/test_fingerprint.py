# SPDX-License-Identifier: GPL-3.0-or-later
"""The fingerprint of what reservations depend on, and a write on an old one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from unit.builders import encode
from unit.hosts import ports, printed, raw, reading

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.fingerprint import (
    host_fingerprint,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    decode_host,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.worker import (
    HostWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.worker import (
    StaleError,
)
from simulator import farm, observation
from simulator.host import SimulatedHost

ADD = {"operation": "add", "protocol": "tcp", "family": "ipv4", "port": 9095}
UDP = {**ADD, "protocol": "udp", "port": 53}
TCP_ROWS = [["0.0.0.0", 9095, 2, 7], ["::", 9095, 2, 7], ["::", 443, 2, 4]]


def of(operations: list[dict[str, Any]], **about: Any) -> str:
    return host_fingerprint(reading(ports=ports(**{"tcp": TCP_ROWS, **about})), operations)


def test_only_ranges_and_the_ports_of_the_operations_count() -> None:
    first = of([ADD])
    assert len(first) == 64 and set(first) <= set("0123456789abcdef")
    assert of([ADD, {**ADD, "family": "ipv6"}]) == first
    assert of([ADD], tcp=[*TCP_ROWS[:2], ["::", 80, 2, 4]], udp=[["::", 9095, 7]]) == first
    assert of([ADD], tcp=TCP_ROWS[1::-1], processes=[], http=printed("other")) == first


@pytest.mark.parametrize(
    "about",
    [
        {"tcp": TCP_ROWS[1:]},
        {"tcp": [["0.0.0.0", 9095, 100, 7], *TCP_ROWS[1:]]},
        {"tcp": [["0.0.0.0", 9095, 2, 8], *TCP_ROWS[1:]]},
        {"tcp": [["127.0.0.1", 9095, 2, 7], *TCP_ROWS[1:]]},
        *(
            {"excluded": {place: ["50000-50059"]}}
            for place in ("ipv6 udp active", "ipv4 tcp persistent")
        ),
        {"dynamic": (6005, 65534)},
    ],
)
def test_what_counts(about: dict[str, Any]) -> None:
    assert of([ADD], **about) != of([ADD])


def test_an_exit_code_counts_and_a_udp_port_too() -> None:
    data = raw()
    before = host_fingerprint(decode_host(encode(data)), [])
    data["ports"]["netsh"]["dynamic"]["ipv6"]["udp"]["exit_code"] = 1
    assert host_fingerprint(decode_host(encode(data)), []) != before
    assert of([UDP], udp=[["::", 53, 7]]) != of([UDP])
    assert host_fingerprint(reading(ports=None), [ADD]) == ""


def test_the_simulated_worker_makes_the_same() -> None:
    host = SimulatedHost()
    farm.install(host)
    farm.machine(host, '{"language": "zh"}')
    decoded = decode_host(host.encoded(observation.observe(host, ports=True)))
    for operations in ([], [ADD], [UDP, ADD, {**ADD, "port": 135}]):
        own = host_fingerprint(decoded, operations)
        assert own == observation.host_fingerprint(host, operations)


def answering(stale: bool) -> tuple[HostWorker, list[dict[str, Any]]]:
    asked: list[dict[str, Any]] = []

    def call(arguments: dict[str, Any]) -> dict[str, Any]:
        asked.append(arguments)
        status = "not_done" if stale else "done"
        outcome = {**ADD, "status": status, "exit_code": None, "output": ""}
        return {"outcomes": [outcome], "reading": encode(raw()), "stale": stale}

    return HostWorker(call), asked


def test_a_stale_answer_is_an_error_with_the_new_reading() -> None:
    worker, asked = answering(stale=True)
    with pytest.raises(StaleError, match="changed after it was read") as caught:
        worker.apply([ADD], "0" * 64)
    assert isinstance(caught.value, InputError) and not worker.wrote
    assert caught.value.reading.windows == "10.0.20348"
    assert asked == [{"ports": True, "fingerprint": "0" * 64, "operations": [ADD]}]


@pytest.mark.parametrize(
    ("apply", "more"),
    [
        (lambda worker: worker.apply([ADD]), {}),
        (lambda worker: worker.apply([ADD], "0" * 64), {"fingerprint": "0" * 64}),
    ],
)
def test_a_fresh_answer_is_an_ordinary_one(
    apply: Callable[[HostWorker], Any], more: dict[str, Any]
) -> None:
    worker, asked = answering(stale=False)
    outcomes, _reading = apply(worker)
    assert outcomes[0]["status"] == "done" and worker.wrote
    assert asked == [{"ports": True, **more, "operations": [ADD]}]
