# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker that tries endpoints, run by PowerShell against real servers: what it reports, how
long it takes, what it sends. Only loopback is contacted.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ansible
import pytest
import shell
from dnslib import DNSRecord
from loopback import HOME, STALL, Servers, serve
from worker import ENDPOINT_WORKER, REAL_UTIL, Case, Run, execute

TIMEOUT = 1500
PLAIN: dict[str, Any] = {
    "kind": "tcp",
    "host": HOME,
    "query": "",
    "transport": "udp",
    "path": "/",
    "through_proxy": False,
}
QUERY = {"kind": "dns", "query": "www.example.com"}
# No DNS message can hold a label of more than 63 letters (RFC 1035, 2.3.4): it is not found, and no
# name server outside this machine is asked.
UNKNOWN = f"{'x' * 64}.example.com"
FIRST = "tls_first_byte_milliseconds"
# server: what is asked, and what the worker says; "on" names another server. An entry without "on"
# asks the server of its own name.
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "tcp": (
        {},
        {"stage": "connect", "done": True, "error": "", "addresses": [HOME], "address": HOME},
    ),
    "tcp6": ({"host": "::1"}, {"done": True, "addresses": ["::1"]}),
    "refuses": (
        {},
        {"stage": "connect", "done": False, "error": "ConnectionRefused", "address": HOME},
    ),
    "black_hole": ({}, {"stage": "connect", "done": False, "error": "Timeout"}),
    "unknown name": (
        {"host": UNKNOWN, "on": "tcp"},
        {
            "stage": "resolve",
            "done": False,
            "error": "HostNotFound",
            "addresses": [],
            "address": "",
        },
    ),
    "http": (
        {"kind": "http", "path": "/status"},
        {
            "stage": "http",
            "done": True,
            "status": 404,
            "headers": ["server", "x-secret"],
            "proxy_status": None,
        },
    ),
    "http by name": (
        {"kind": "http", "host": "localhost", "on": "http"},
        {"done": True, "status": 404},
    ),
    "http6": (
        {"kind": "http", "host": "::1"},
        {"done": True, "status": 204, "addresses": ["::1"], "headers": []},
    ),
    "moved": (
        {"kind": "http"},
        {"stage": "http", "done": True, "status": 302, "headers": ["location"]},
    ),
    "slow": (
        {"kind": "http"},
        {"stage": "http", "done": True, "status": 200, "headers": ["server"]},
    ),
    "closes": ({"kind": "http"}, {"stage": "http", "error": "Closed"}),
    "slams": ({"kind": "http"}, {"stage": "http", "done": False}),
    "resets": ({"kind": "http"}, {"stage": "http", "error": "ConnectionReset"}),
    "silent": ({"kind": "http"}, {"stage": "http", "error": "Timeout"}),
    "garbage": ({"kind": "http"}, {"stage": "http", "error": "Garbage"}),
    "half": ({"kind": "http"}, {"stage": "http", "error": "Garbage", "status": None}),
    "no_status": ({"kind": "http"}, {"stage": "http", "error": "Garbage"}),
    "byte_a_second": ({"kind": "http"}, {"stage": "http", "error": "Timeout"}),
    "endless": ({"kind": "http"}, {"stage": "http", "error": "TooLong"}),
    "tls_good": (
        {"kind": "https", "host": "localhost"},
        {"stage": "http", "done": True, "status": 200, "headers": ["server"]},
    ),
    "tls alone": (
        {"kind": "tls", "host": "localhost", "on": "tls_good"},
        {"stage": "tls", "done": True, "status": None},
    ),
    "tls to an address": ({"kind": "tls", "on": "tls_good"}, {"stage": "tls", "done": True}),
    **{
        f"tls_{name}": (
            {"kind": "https", "host": "localhost"},
            {"stage": "tls", "done": False, "error": "Certificate", "status": None},
        )
        for name in ("expired", "early", "name", "untrusted", "self_signed")
    },
    "tls told": (
        {"kind": "tls", "host": "localhost", "on": "tls_expired"},
        {"stage": "tls", "done": True, "error": ""},
    ),
    "tls slammed": (
        {"kind": "tls", "on": "slams"},
        {"stage": "tls", "done": False, "certificate": None},
    ),
    "tls reset": (
        {"kind": "https", "on": "resets"},
        {"stage": "tls", "error": "ConnectionReset", "certificate": None},
    ),
    "no tls": ({"kind": "tls", "on": "http"}, {"stage": "tls", "done": False, "certificate": None}),
    "silent tls": (
        {"kind": "https", "on": "silent"},
        {"stage": "tls", "error": "Timeout", FIRST: None},
    ),
    "stalls": (
        {"kind": "tls", "host": "localhost"},
        {"stage": "tls", "done": False, "error": "Timeout", "certificate": None},
    ),
    "dns": (
        {**QUERY},
        {"stage": "dns", "done": True, "dns_code": 0, "dns_addresses": 2, "address": HOME},
    ),
    "dns by tcp": (
        {**QUERY, "transport": "tcp", "on": "dns"},
        {"stage": "dns", "done": True, "dns_code": 0, "dns_addresses": 2},
    ),
    "dns configured": (
        {**QUERY, "host": "", "on": "dns"},
        {"done": True, "dns_code": 0, "dns_addresses": 2, "address": HOME},
    ),
    "dns_unknown": ({**QUERY}, {"done": True, "dns_code": 3, "dns_addresses": 0}),
    "dns_refuses": ({**QUERY}, {"done": True, "dns_code": 5}),
    "dns_silent": (
        {**QUERY},
        {"stage": "dns", "done": False, "error": "Timeout", "dns_code": None},
    ),
    "dns_another_id": ({**QUERY}, {"stage": "dns", "error": "Timeout", "dns_code": None}),
    "dns_flagged": ({**QUERY}, {"done": True, "dns_code": 0, "dns_addresses": 1}),
    "dns_countless": ({**QUERY}, {"stage": "dns", "error": "Garbage"}),
    "dns_short": ({**QUERY}, {"stage": "dns", "error": "Timeout"}),
    "dns_cut": ({**QUERY}, {"stage": "dns", "error": "Garbage"}),
    "dns_garbage": ({**QUERY, "transport": "tcp"}, {"stage": "dns", "error": "Garbage"}),
    "dns_tcp_another_id": (
        {**QUERY, "transport": "tcp"},
        {"stage": "dns", "error": "Garbage", "dns_code": None},
    ),
    "dns closes": ({**QUERY, "transport": "tcp", "on": "slams"}, {"stage": "dns", "done": False}),
    "dns by tcp, silent": (
        {**QUERY, "transport": "tcp", "on": "silent"},
        {"stage": "dns", "error": "Timeout"},
    ),
    "dns by udp, refused": (
        {**QUERY, "on": "refuses"},
        {"stage": "dns", "error": "ConnectionRefused"},
    ),
    "dns of an unknown host": (
        {**QUERY, "host": UNKNOWN, "on": "dns"},
        {"stage": "resolve", "error": "HostNotFound"},
    ),
    "dns refused": (
        {**QUERY, "transport": "tcp", "on": "refuses"},
        {"stage": "dns", "error": "ConnectionRefused"},
    ),
}
BY_PROXY: dict[str, dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "proxy": {
        "http": (
            {"kind": "http"},
            {"stage": "http", "done": True, "status": 404, "proxy_status": None},
        ),
        "tls_good": (
            {"kind": "https", "host": "localhost"},
            {"stage": "http", "done": True, "status": 200, "proxy_status": 200},
        ),
        "tls_untrusted": (
            {"kind": "https", "host": "localhost"},
            {"stage": "tls", "error": "Certificate", "proxy_status": 200},
        ),
        "tcp": ({}, {"stage": "proxy", "done": True, "proxy_status": 200}),
        "refuses": (
            {"kind": "https"},
            {"stage": "proxy", "error": "ProxyStatus", "proxy_status": 502},
        ),
        "gone": ({"kind": "http", "on": "refuses"}, {"stage": "http", "done": True, "status": 502}),
    },
    "proxy_password": {
        "http": ({"kind": "http"}, {"stage": "http", "done": True, "status": 407}),
        "tls_good": (
            {"kind": "https", "host": "localhost"},
            {"stage": "proxy", "error": "ProxyStatus", "proxy_status": 407, "certificate": None},
        ),
    },
    "proxy_forbids": {
        "http": ({"kind": "http"}, {"done": True, "status": 403, "headers": ["x-squid-error"]}),
        "tls_good": (
            {"kind": "https"},
            {"stage": "proxy", "error": "ProxyStatus", "proxy_status": 403},
        ),
        "a name for the proxy": (
            {"kind": "https", "host": "update.example.com", "on": "tls_good"},
            {"stage": "proxy", "proxy_status": 403, "addresses": [HOME], "address": HOME},
        ),
        "tcp6": ({"host": "::1"}, {"stage": "proxy", "proxy_status": 403, "addresses": [HOME]}),
    },
    "proxy_silent": {"tls_good": ({"kind": "https"}, {"stage": "proxy", "error": "Timeout"})},
    "proxy_connects": {
        "tls_good": (
            {"kind": "https"},
            {"stage": "tls", "error": "Timeout", "proxy_status": 200, FIRST: None},
        )
    },
    "proxy_closes": {"tls_good": ({"kind": "https"}, {"stage": "proxy", "error": "Closed"})},
    "proxy_garbage": {
        "tls_good": (
            {"kind": "https"},
            {"stage": "proxy", "error": "Garbage", "proxy_status": None},
        )
    },
    "refuses": {
        "tls_good": ({"kind": "https"}, {"stage": "connect", "error": "ConnectionRefused"})
    },
    "black_hole": {"http": ({"kind": "http"}, {"stage": "connect", "error": "Timeout"})},
}
EXPECTED = {("", name): said for name, (_asked, said) in ASKED.items()}
EXPECTED |= {
    (proxy, name): said
    for proxy, entries in BY_PROXY.items()
    for name, (_asked, said) in entries.items()
}


def options(
    endpoints: list[dict[str, Any]], proxy: int = 0, timeout: int = TIMEOUT, deadline: int = 10_000
) -> dict[str, Any]:
    where = {"proxy_host": HOME if proxy else "", "proxy_port": proxy}
    return {
        "endpoints": endpoints,
        **where,
        "timeout_milliseconds": timeout,
        "deadline_milliseconds": deadline,
    }


def endpoint(servers: Servers, name: str, asked: dict[str, Any], proxied: bool) -> dict[str, Any]:
    rest = {key: value for key, value in asked.items() if key != "on"}
    port = servers.ports[asked.get("on", name)]
    return {**PLAIN, **rest, "port": port, "through_proxy": proxied}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with serve(tmp_path_factory.mktemp("certificates")) as running:
        yield running


@pytest.fixture(scope="module")
def runs(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """All in one PowerShell; "" is without a proxy."""
    environment = {"NAME_SERVERS": f"{HOME} 127.0.0.2"}
    cases = {
        proxy: Case(
            None,
            extra=options(
                [
                    endpoint(servers, name, asked, bool(proxy))
                    for name, (asked, _said) in entries.items()
                ],
                servers.ports.get(proxy, 0),
            ),
        )
        for proxy, entries in {"": ASKED, **BY_PROXY}.items()
    }
    dead = endpoint(servers, "black_hole", {}, False)
    cases["many"] = Case(None, extra=options([dead] * 200, timeout=1000, deadline=1500), check=True)
    cases["cut off"] = Case(
        None, extra=options([endpoint(servers, "stalls", {"kind": "tls"}, False)], deadline=1200)
    )
    lossy = [endpoint(servers, "dns_lossy", QUERY, False)]
    cases["lossy"] = Case(None, extra=options(lossy, timeout=4000))
    configured = {**endpoint(servers, "dns", QUERY, False), "host": ""}
    deaf = " ".join(f"127.0.0.{last}" for last in range(3, 7))
    cases["second server"] = Case(
        None, extra=options([configured]), environment={"NAME_SERVERS": f"127.0.0.3 {HOME}"}
    )
    cases["fifth server"] = Case(
        None,
        extra=options([configured], timeout=500),
        environment={"NAME_SERVERS": f"{deaf} {HOME}"},
    )
    cases["nobody"] = Case(
        None, extra=options([{**lossy[0], "host": ""}]), environment={"NAME_SERVERS": ""}
    )
    cases = {
        name: case
        if case.environment
        else Case(None, extra=case.extra, check=case.check, environment=environment)
        for name, case in cases.items()
    }
    return execute(
        cases,
        tmp_path_factory.mktemp("runs"),
        worker=ENDPOINT_WORKER,
        SSL_CERT_FILE=servers.authority,
    )


def found(runs: dict[str, Run], proxy: str, name: str) -> dict[str, Any]:
    place = list(BY_PROXY[proxy] if proxy else ASKED).index(name)
    entry: dict[str, Any] = runs[proxy].reading["endpoints"][place]
    return entry


@pytest.mark.parametrize(("proxy", "name"), EXPECTED)
def test_an_endpoint(runs: dict[str, Run], proxy: str, name: str) -> None:
    entry = found(runs, proxy, name)
    assert {key: entry[key] for key in EXPECTED[proxy, name]} == EXPECTED[proxy, name], entry
    assert entry["done"] == (not entry["error"])
    assert entry["milliseconds"] < TIMEOUT * 1.3 and (
        entry["error"] != "Timeout" or entry["milliseconds"] >= TIMEOUT * 0.95
    )


@pytest.mark.parametrize(
    "name", ["closes", "slams", "resets", "tls slammed", "tls reset", "dns closes"]
)
def test_an_end_before_the_answer_is_told_as_one(runs: dict[str, Run], name: str) -> None:
    """Whether the end or the reset is seen first is a matter of time; a handshake that ends is an
    IOException. endpoint_check calls all of them closed.
    """
    assert found(runs, "", name)["error"] in {
        "Closed",
        "ConnectionReset",
        "IOException" if name.startswith("tls") else "Closed",
    }


@pytest.mark.parametrize(("proxy", "name"), EXPECTED)
def test_the_first_bytes_of_a_handshake_are_timed(
    runs: dict[str, Run], proxy: str, name: str
) -> None:
    """In stage tls only, and not before the server sends them: neither the connection nor the
    answer of a proxy counts.
    """
    entry = found(runs, proxy, name)
    answered = entry["certificate"] is not None or name == "stalls"
    assert isinstance(entry[FIRST], int) == answered and (
        not answered or 0 <= entry[FIRST] <= entry["milliseconds"]
    ), entry
    assert (entry["error"] == "Timeout" and answered) == (name == "stalls")


def test_a_stalled_handshake_is_told_from_a_silent_server(runs: dict[str, Run]) -> None:
    """Whichever limit ends it."""
    (cut,) = runs["cut off"].reading["endpoints"]
    assert (cut["stage"], cut["error"], cut["done"]) == ("tls", "Deadline", False)
    for entry in (cut, found(runs, "", "stalls")):
        assert STALL * 1000 * 0.95 <= entry[FIRST] < entry["milliseconds"], entry


# Each way of reading three bytes: nothing asked, two of them, the third, the end. A line is written
# for each arrival.
READS = """
param ([string] $ModuleUtils, [string] $OwnUtils)
$ErrorActionPreference = 'Stop'
$adder = 'powershell/Ansible.ModuleUtils.AddType.psm1'
Import-Module -Name (Join-Path -Path $ModuleUtils -ChildPath $adder)
$source = Join-Path -Path $OwnUtils -ChildPath '_ArrivalStream.cs'
Add-CSharpType -References @([System.IO.File]::ReadAllText($source))
$ways = [ordered]@{
    Read = { $stream.Read($buffer, 0, $args[0]) }
    BeginRead = { $stream.EndRead($stream.BeginRead($buffer, 0, $args[0], $null, $null)) }
    ReadAsync = { $stream.ReadAsync($buffer, 0, $args[0]).GetAwaiter().GetResult() }
    ReadMemory = {
        $memory = [System.Memory[byte]]::new($buffer, 0, $args[0])
        $stream.ReadAsync($memory).AsTask().GetAwaiter().GetResult()
    }
}
$utils = 'ansible_collections.mailops.mailessentials.plugins.module_utils'
$type = [System.Type]"$utils._ArrivalStream.ArrivalStream"
$found = foreach ($way in $ways.Values) {
    $lines, $buffer = [System.IO.StringWriter]::new(), [byte[]]::new(4)
    $arrived = [System.Delegate]::CreateDelegate([System.Action], $lines, 'WriteLine')
    $stream = $type::new(
        [System.IO.MemoryStream]::new([byte[]](1, 2, 3)), $arrived)
    $width = [System.Environment]::NewLine.Length
    , @(foreach ($count in 0, 2, 2, 2) { "$(& $way $count) $($lines.ToString().Length / $width)" })
}
ConvertTo-Json -InputObject @($found) -Compress
"""


def test_every_way_of_reading_tells_the_first_arrival_once(tmp_path: Path) -> None:
    """Which one SslStream takes is a matter of .NET: BeginRead in .NET Framework, ReadAsync
    elsewhere.
    """
    script = tmp_path / "reads.ps1"
    script.write_text(READS, encoding="utf-8")
    done = shell.run(
        script, str(Path(ansible.__file__).parent / "module_utils"), str(REAL_UTIL.parent)
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["0 0", "2 1", "1 1", "0 1"]] * 4


def test_all_at_once(runs: dict[str, Run]) -> None:
    """As long as one dead endpoint takes, however many there are."""
    reading = runs[""].reading
    assert (reading["schema"], reading["dns_servers"]) == (1, [HOME, "127.0.0.2"])
    assert TIMEOUT * 0.95 <= reading["elapsed_milliseconds"] <= TIMEOUT * 1.3
    assert not runs[""].result["changed"] and not runs[""].nothing


def test_the_deadline_is_kept(runs: dict[str, Run]) -> None:
    """64 at a time: the second lot is cut off, the others are not begun."""
    reading = runs["many"].reading
    errors = [entry["error"] for entry in reading["endpoints"]]
    assert {error: errors.count(error) for error in set(errors)} == {"Timeout": 64, "Deadline": 136}
    assert 1400 <= reading["elapsed_milliseconds"] <= 1500 * 1.3


def test_a_lost_datagram_is_sent_again(runs: dict[str, Run], servers: Servers) -> None:
    (entry,) = runs["lossy"].reading["endpoints"]
    assert (
        entry["done"]
        and 1900 <= entry["milliseconds"] <= 3000
        and len(servers.heard["dns_lossy"].texts) == 2
    )


def test_the_name_server_that_answers_speaks_for_all(runs: dict[str, Run]) -> None:
    """All at once, the first four only."""
    (second,), (fifth,) = (
        runs[name].reading["endpoints"] for name in ("second server", "fifth server")
    )
    assert (second["done"], second["address"], second["addresses"], second["dns_code"]) == (
        True,
        HOME,
        ["127.0.0.3", HOME],
        0,
    )
    assert second["milliseconds"] < TIMEOUT / 2
    assert (fifth["error"], fifth["stage"], fifth["addresses"]) == (
        "Timeout",
        "dns",
        [f"127.0.0.{last}" for last in range(3, 7)],
    )


def test_the_address_that_answers_speaks_for_the_name(servers: Servers, tmp_path: Path) -> None:
    """All addresses of a name at once, eight at most."""
    hole, beside = servers.ports["black_hole"], "127.0.0.2"
    asked: list[tuple[list[str], int, dict[str, Any]]] = [
        ([HOME, beside], hole, {"ended": True, "done": True, "address": beside, "error": ""}),
        (["::1", HOME], servers.ports["tcp"], {"ended": True, "done": True, "address": HOME}),
        (
            [HOME, "::1"],
            servers.ports["refuses"],
            {"ended": True, "done": False, "address": HOME, "error": "ConnectionRefused"},
        ),
        ([HOME] * 8 + [beside], hole, {"ended": False, "done": False, "stage": "connect"}),
        (
            [],
            hole,
            {"ended": True, "done": False, "address": "", "error": "NoData", "stage": "resolve"},
        ),
    ]
    listed = tmp_path / "cases.json"
    listed.write_text(
        json.dumps(
            [
                {"addresses": names, "port": port, "milliseconds": 1200}
                for names, port, _said in asked
            ]
        ),
        encoding="utf-8",
    )
    utils = Path(ansible.__file__).parent / "module_utils"
    done = shell.run(shell.HERE / "addresses.ps1", str(utils), str(REAL_UTIL.parent), str(listed))
    assert done.returncode == 0, done.stderr
    for (_names, _port, said), told in zip(asked, json.loads(done.stdout), strict=True):
        assert {key: told[key] for key in said} == said, told


def test_no_name_server_is_told(runs: dict[str, Run]) -> None:
    (entry,) = runs["nobody"].reading["endpoints"]
    assert (entry["error"], entry["done"], runs["nobody"].reading["dns_servers"]) == (
        "NoServer",
        False,
        [],
    )


def test_the_name_servers_of_this_machine_are_addresses(tmp_path: Path) -> None:
    """They are read and not asked."""
    script = tmp_path / "names.ps1"
    util = REAL_UTIL.with_name("_probe.psm1")
    script.write_text(
        f"Import-Module -Name '{util}'\nConvertTo-Json -InputObject @(Get-NameServer) -Compress\n",
        encoding="utf-8",
    )
    done = shell.run(script)
    assert done.returncode == 0, done.stderr
    servers = json.loads(done.stdout)
    assert len(servers) == len(set(servers)) and all(
        ipaddress.ip_address(server) for server in servers
    )


CHAIN, NAME = "RemoteCertificateChainErrors", "RemoteCertificateNameMismatch"


@pytest.mark.parametrize(
    ("name", "policy", "chain"),
    [
        ("tls_good", [], []),
        ("tls alone", [], []),
        ("tls to an address", [], []),
        ("tls_expired", [CHAIN], ["NotTimeValid"]),
        ("tls told", [CHAIN], ["NotTimeValid"]),
        ("tls_early", [CHAIN], ["NotTimeValid"]),
        ("tls_name", [NAME], []),
        ("tls_untrusted", [CHAIN], None),
        ("tls_self_signed", [NAME, CHAIN], None),
    ],
)
def test_a_certificate_is_told(
    runs: dict[str, Run], name: str, policy: list[str], chain: list[str] | None
) -> None:
    told = found(runs, "", name)["certificate"]
    assert told["policy"] == policy and (
        told["chain"] == chain
        if chain is not None
        else {"UntrustedRoot", "PartialChain"} & set(told["chain"])
    )
    names = {
        "tls_good": ["localhost", HOME, "::1"],
        "tls_name": ["other.example.com"],
        "tls_self_signed": [],
    }.get(name)
    assert names is None or told["names"] == names
    assert ("Stranger CA" in told["issuer"]) == (name in {"tls_untrusted", "tls_self_signed"})
    assert (
        told["not_before"] < told["not_after"]
        and told["not_after"].endswith("Z")
        and len(told["not_before"]) == 20
    )


def test_nothing_is_sent_but_what_is_said(runs: dict[str, Run], servers: Servers) -> None:
    """One HEAD, one CONNECT, one query; nothing over a connection that is not trusted, and no body,
    cookie or credentials anywhere.
    """
    assert runs
    port = servers.ports["http"]
    agent = [
        "User-Agent: mailops.mailessentials endpoint_check",
        "Accept: */*",
        "Connection: close",
        "",
        "",
    ]
    heard = servers.heard["http"].lines()
    assert ["HEAD /status HTTP/1.1", f"Host: {HOME}:{port}", *agent] in heard and [
        "HEAD / HTTP/1.1",
        f"Host: localhost:{port}",
        *agent,
    ] in heard
    assert servers.heard["tcp"].texts == [b""] * len(servers.heard["tcp"].texts) and servers.heard[
        "tcp6"
    ].texts == [b""]
    for name in ("expired", "early", "name", "untrusted", "self_signed"):
        assert set(servers.heard[f"tls_{name}"].texts) <= {b""}, name
    good = servers.heard["tls_good"].lines()
    assert [lines for lines in good if lines != [""]] == [
        ["HEAD / HTTP/1.1", f"Host: localhost:{servers.ports['tls_good']}", *agent]
    ] * 2
    secure = servers.ports["tls_good"]
    assert [f"CONNECT {HOME}:{secure} HTTP/1.1", f"Host: {HOME}:{secure}", "", ""] in servers.heard[
        "proxy_forbids"
    ].lines()
    assert [
        f"HEAD http://{HOME}:{port}/ HTTP/1.1",
        f"Host: {HOME}:{port}",
        *agent,
    ] in servers.heard["proxy_forbids"].lines()
    assert [
        f"CONNECT update.example.com:{secure} HTTP/1.1",
        f"Host: update.example.com:{secure}",
        "",
        "",
    ] in servers.heard["proxy_forbids"].lines()
    behind = servers.ports["tcp6"]
    assert [f"CONNECT [::1]:{behind} HTTP/1.1", f"Host: [::1]:{behind}", "", ""] in servers.heard[
        "proxy_forbids"
    ].lines()
    assert len(servers.heard["proxy_forbids"].texts) == 4
    assert servers.heard["http6"].lines() == [
        ["HEAD / HTTP/1.1", f"Host: [::1]:{servers.ports['http6']}", *agent]
    ]
    assert servers.heard["moved"].lines() == [
        ["HEAD / HTTP/1.1", f"Host: {HOME}:{servers.ports['moved']}", *agent]
    ]
    for text in servers.heard["dns"].texts:
        asked = DNSRecord.parse(text)
        assert (str(asked.q.qname), asked.q.qtype, asked.header.rd, len(asked.questions)) == (
            "www.example.com.",
            1,
            1,
            1,
        )
    assert (
        len(servers.heard["dns"].texts) == 4
        and len(servers.heard["dns_deaf"].texts) == 5
        and "hidden" not in str([run.reading for run in runs.values()])
    )
