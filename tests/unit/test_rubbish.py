# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a worker answers, there is a result or one sentence: every place of every reply is
replaced by rubbish in turn.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from unit.builders import encode, host, option, run
from unit.hosts import ports as ports_of
from unit.hosts import raw

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.reading import (
    EndpointWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.status import (
    judge_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.wanted import (
    wanted_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.product import (
    describe,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.worker import (
    HostWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.reserve import (
    reserve,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.status import (
    judge_ports,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    select_wants,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.proxy.reading import (
    ProxyWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.proxy.wanted import (
    STORES,
    compare,
)

Call = Callable[[dict[str, Any]], Any]
RUBBISH: list[Any] = [
    None,
    True,
    -1,
    10**30,
    0.5,
    "",
    "\u2028x\u0085\x00",
    [],
    ["tcp"],
    {},
    {"a": 1},
    [[["x"]]],
]


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a structure, itself included; of a list the first two entries."""
    yield place
    entries = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value[:2])
        if isinstance(value, list)
        else ()
    )
    for key, entry in entries:
        yield from places(entry, (*place, key))


def replaced(value: Any, place: tuple[Any, ...], rubbish: Any) -> Any:
    if not place:
        return rubbish
    result = copy.deepcopy(value)
    at = result
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = rubbish
    return result


def firewall_reply() -> dict[str, Any]:
    target = host()
    target.rules["Example-B"] = "v2.26|Action=Allow|Active=TRUE|Dir=In|Name=B|"
    target.stores["gpo"]["profiles"]["DomainProfile"] = {"AllowLocalPolicyMerge": 1}
    texts = dict.fromkeys(("message", "error_id", "category"), "")
    return {
        "reading": target.reading(),
        "outcomes": [
            {"operation": "add", "id": "Example-A", "status": "done", **texts, "milliseconds": 1}
        ],
    }


def host_reply() -> dict[str, Any]:
    outcome = {
        "operation": "add",
        "protocol": "tcp",
        "family": "ipv4",
        "port": 9095,
        "status": "done",
        "exit_code": 0,
        "output": "Ok.",
    }
    listing = ports_of(
        tcp=[["0.0.0.0", 9095, 2, 100]], udp=[["::", 53, 7]], excluded={"": ["61000-61000*"]}
    )
    return {"reading": raw(ports=listing), "outcomes": [{**outcome, "port": 9096}]}


def finding() -> dict[str, Any]:
    certificate = {
        "subject": "CN=a",
        "issuer": "CN=b",
        "names": ["a"],
        "not_before": "",
        "not_after": "2030-01-01T00:00:00Z",
        "policy": ["x"],
        "chain": ["y"],
    }
    return {
        "addresses": ["192.0.2.1"], "address": "192.0.2.1", "stage": "tls", "done": False,
        "error": "Timeout", "proxy_status": None, "status": None,
        "headers": [], "dns_code": None, "dns_addresses": 0, "certificate": certificate,
        "milliseconds": 5,
    }  # fmt: skip


def proxy_reply() -> dict[str, Any]:
    environment = {
        "HTTP_PROXY": "http://proxy.example.com:3128",
        "HTTPS_PROXY": None,
        "NO_PROXY": "",
    }
    return {
        "reading": {
            "schema": 1,
            "winhttp": "18" + "00" * 11,
            "wininet": None,
            "per_user": 0,
            "environment": environment,
        }
    }


def rules(call: Call) -> Any:
    return run(call, [option()])


def ports(call: Call) -> Any:
    worker = HostWorker(call)
    reading = worker.read(ports=True)
    product = describe(reading, sent=worker.sent, received=worker.received)
    selection = select_wants(reading, features=["multi_server"], server_role="slave")
    return (
        product,
        selection,
        [status.to_dict() for status in judge_ports(selection.wants, reading)],
    )


def reservation(call: Call) -> Any:
    return reserve(
        HostWorker(call), {"ports": [9096], "state": "present", "on_conflict": "fail"}, diff=True
    )


def endpoints(call: Call) -> Any:
    options: dict[str, Any] = dict.fromkeys(
        ("version", "features", "server_role", "proxy_host", "proxy_port", "deadline")
    )
    wanted = wanted_endpoints(
        {**options, "timeout": 5, "endpoints": [{"host": "192.0.2.1", "port": 443, "kind": "tls"}]}
    )
    return [
        status.to_dict()
        for status in judge_endpoints(
            wanted, EndpointWorker(call).read(wanted), datetime.now(timezone.utc)
        )
    ]


def proxy(call: Call) -> Any:
    return compare(ProxyWorker(call).read(), STORES, None)


ASKED: dict[str, tuple[Callable[[Call], Any], dict[str, Any]]] = {
    "rules": (rules, firewall_reply()),
    "ports": (ports, host_reply()),
    "reservation": (reservation, host_reply()),
    "endpoints": (
        endpoints,
        {
            "reading": {
                "schema": 1,
                "elapsed_milliseconds": 5,
                "dns_servers": ["192.0.2.53"],
                "endpoints": [finding()],
            }
        },
    ),
    "proxy": (proxy, proxy_reply()),
}


@pytest.mark.parametrize("name", ASKED)
def test_rubbish_in_every_place(name: str) -> None:
    ask, reply = ASKED[name]
    tried = 0
    for place in places(reply):
        for rubbish in RUBBISH:
            answer = replaced(reply, place, rubbish)
            if isinstance(answer, dict) and "reading" in answer and place != ("reading",):
                answer["reading"] = encode(answer["reading"])
            try:
                ask(lambda _arguments, answer=answer: answer)
            except InputError as error:
                assert str(error).isprintable(), (place, rubbish, str(error))
            tried += 1
    assert tried > 100
