# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker met becomes an outcome, a stage and a sentence; what it cannot mean is
not said.
"""

from __future__ import annotations

import base64
import gzip
import json
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.reading import (
    decode_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.status import (
    EndpointStatus,
    judge_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.wanted import (
    wanted_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
PROXY = {"proxy_host": "proxy.example.com", "proxy_port": 8080}
FINDING: dict[str, Any] = {
    "addresses": ["192.0.2.1"],
    "address": "192.0.2.1",
    "stage": "connect",
    "done": False,
    "error": "",
    "proxy_status": None,
    "status": None,
    "headers": [],
    "dns_code": None,
    "dns_addresses": 0,
    "certificate": None,
    "tls_first_byte_milliseconds": None,
    "milliseconds": 12,
}
CERTIFICATE: dict[str, Any] = {
    "subject": "CN=www.example.com",
    "issuer": "CN=Example CA",
    "names": ["www.example.com"],
    "not_before": "2026-01-01T00:00:00Z",
    "not_after": "2027-01-01T00:00:00Z",
    "policy": [],
    "chain": [],
}
CHAIN = "RemoteCertificateChainErrors"


def packed(*findings: dict[str, Any], **changes: Any) -> str:
    reading = {
        "schema": 1,
        "elapsed_milliseconds": 15,
        "dns_servers": ["192.0.2.53"],
        "endpoints": [{**FINDING, **one} for one in findings],
        **changes,
    }
    return base64.b64encode(gzip.compress(json.dumps(reading).encode())).decode()


def judged(kind: str, finding: dict[str, Any], proxied: bool = False) -> EndpointStatus:
    entry = (
        {"kind": kind, "query": "www.example.com"}
        if kind == "dns"
        else {"kind": kind, "host": "www.example.com", "port": 443}
    )
    entry |= {"proxy": True} if proxied else {}
    nothing = dict.fromkeys(
        ("version", "features", "server_role", "proxy_host", "proxy_port", "deadline")
    )
    wanted = wanted_endpoints(
        {**nothing, "endpoints": [entry], "timeout": 5, **(PROXY if proxied else {})}
    )
    return judge_endpoints(wanted, decode_endpoints(packed(finding), 1), NOW)[0]


def certificate(**changes: Any) -> dict[str, Any]:
    return {"stage": "tls", "certificate": {**CERTIFICATE, **changes}}


def failed(stage: str, error: str, **more: Any) -> dict[str, Any]:
    return {"stage": stage, "error": error, **more}


FIRST = {"tls_first_byte_milliseconds": 40, "milliseconds": 5000}
SEVERITIES = {"ok": "none", "unclear": "warning", "slow_handshake": "warning"}
# kind, finding -> stage, outcome, words of the sentence
DIRECT: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("tcp", {"done": True}, "", "ok", "tcp www.example.com:443: answers."),
    (
        "tcp",
        failed("resolve", "HostNotFound", addresses=[], address=""),
        "resolve",
        "not_found",
        "no name server has",
    ),
    (
        "tcp",
        failed("resolve", "TryAgain", addresses=[], address=""),
        "resolve",
        "no_answer",
        "its name is not resolved",
    ),
    (
        "tcp",
        failed("resolve", "Timeout", addresses=[], address=""),
        "resolve",
        "no_answer",
        "its name is not resolved",
    ),
    (
        "tcp",
        failed("connect", "ConnectionRefused"),
        "connect",
        "refused",
        "nothing listens on the port",
    ),
    ("tcp", failed("connect", "Timeout"), "connect", "no_answer", "stealth mode"),
    ("tcp", failed("connect", "TimedOut"), "connect", "no_answer", "stealth mode"),
    ("tcp", failed("connect", "NetworkUnreachable"), "connect", "unreachable", "no route"),
    ("tcp", failed("connect", "AccessDenied"), "connect", "denied", "this host itself"),
    ("tcp", failed("connect", "Deadline"), "connect", "deadline", "deadline"),
    (
        "tcp",
        failed("connect", "NotSupportedException"),
        "connect",
        "failed",
        "(NotSupportedException)",
    ),
    ("ldap", {"done": True}, "", "ok", "ldap www.example.com:443: answers."),
    ("tls", {**certificate(), "done": True}, "", "ok", "answers"),
    ("tls", failed("tls", "AuthenticationException"), "tls", "bad_answer", "uses another protocol"),
    ("tls", failed("tls", "Win32Exception"), "tls", "bad_answer", "uses another protocol"),
    ("tls", failed("tls", "IOException"), "tls", "closed", "closes the connection"),
    (
        "tls",
        failed("tls", "Timeout"),
        "tls",
        "no_answer",
        "accepts the connection but does not answer (stage tls).",
    ),
    (
        "tls",
        failed("tls", "Timeout", **FIRST),
        "tls",
        "slow_handshake",
        "answers with TLS after 40 ms, and the handshake was not finished within 5000 ms;",
    ),
    (
        "tls",
        {**certificate(), **failed("tls", "Timeout", **FIRST)},
        "tls",
        "slow_handshake",
        "about 15 seconds without direct internet access",
    ),
    (
        "tls",
        failed("tls", "Timeout", tls_first_byte_milliseconds=0),
        "tls",
        "slow_handshake",
        "answers with TLS after 0 ms",
    ),
    ("tls", failed("tls", "Deadline"), "tls", "deadline", "before the deadline"),
    (
        "tls",
        failed("tls", "Deadline", **FIRST),
        "tls",
        "slow_handshake",
        "not finished before the deadline of the whole check; Windows may be fetching",
    ),
    ("tls", failed("tls", "IOException", **FIRST), "tls", "closed", "closes the connection"),
    (
        "tls",
        failed("tls", "AuthenticationException", **FIRST),
        "tls",
        "bad_answer",
        "uses another protocol",
    ),
    ("https", failed("http", "Timeout", **FIRST), "http", "no_answer", "(stage http)"),
    (
        "https",
        {
            **certificate(policy=[CHAIN], chain=["UntrustedRoot"]),
            **failed("tls", "Timeout", **FIRST),
        },
        "tls",
        "untrusted",
        "does not trust",
    ),
    (
        "tls",
        {**certificate(policy=[CHAIN], chain=["UntrustedRoot"]), "done": True},
        "tls",
        "untrusted",
        "(UntrustedRoot), issued by CN=Example CA",
    ),
    (
        "https",
        {**certificate(policy=[CHAIN], chain=["UntrustedRoot"]), "error": "Certificate"},
        "tls",
        "untrusted",
        "does not trust",
    ),
    (
        "https",
        certificate(policy=[CHAIN], chain=["NotTimeValid"], not_after="2026-05-01T00:00:00Z"),
        "tls",
        "expired",
        "has expired (2026-05-01)",
    ),
    (
        "https",
        certificate(policy=[CHAIN], chain=["NotTimeValid"], not_before="2026-07-01T00:00:00Z"),
        "tls",
        "not_yet_valid",
        "before 2026-07-01",
    ),
    (
        "https",
        certificate(policy=[CHAIN], chain=["NotTimeValid"]),
        "tls",
        "expired",
        "clock of the host",
    ),
    (
        "https",
        certificate(policy=["RemoteCertificateNameMismatch"], names=["a.example.net"]),
        "tls",
        "name_mismatch",
        "for a.example.net, not for",
    ),
    (
        "https",
        certificate(policy=["RemoteCertificateNotAvailable"]),
        "tls",
        "bad_answer",
        "shows no certificate",
    ),
    (
        "https",
        certificate(
            policy=[CHAIN],
            chain=["NotTimeValid", "UntrustedRoot"],
            not_after="2026-05-01T00:00:00Z",
        ),
        "tls",
        "expired",
        "does not trust",
    ),
    (
        "https",
        {**certificate(), "stage": "http", "done": True, "status": 503},
        "",
        "ok",
        "answers (HTTP status 503)",
    ),
    ("http", {"stage": "http", "done": True, "status": 403}, "", "ok", "answers (HTTP status 403)"),
    ("http", {"stage": "http", "done": True, "status": 407}, "", "ok", "answers (HTTP status 407)"),
    ("http", failed("http", "Closed"), "http", "closed", "before it answers"),
    ("http", failed("http", "Garbage"), "http", "bad_answer", "(Garbage)"),
    ("http", failed("http", "TooLong"), "http", "bad_answer", "(TooLong)"),
    ("http", failed("http", "Timeout"), "http", "no_answer", "(stage http)"),
    (
        "dns",
        {"stage": "dns", "done": True, "dns_code": 0, "dns_addresses": 2},
        "",
        "ok",
        "www.example.com has 2 addresses",
    ),
    ("dns", {"stage": "dns", "done": True, "dns_code": 0}, "dns", "not_found", "no address"),
    ("dns", {"stage": "dns", "done": True, "dns_code": 3}, "dns", "not_found", "no address"),
    ("dns", {"stage": "dns", "done": True, "dns_code": 5}, "dns", "dns_error", "code 5 (refused)"),
    ("dns", failed("dns", "Timeout"), "dns", "no_answer", "does not answer"),
    ("dns", failed("dns", "ConnectionReset"), "dns", "refused", "nothing listens"),
    ("dns", failed("resolve", "NoServer"), "resolve", "no_server", "no name server configured"),
]
BY_PROXY: list[tuple[str, dict[str, Any], str, str, str]] = [
    (
        "https",
        failed("connect", "ConnectionRefused"),
        "proxy",
        "refused",
        "the proxy refuses the connection",
    ),
    ("https", failed("connect", "Timeout"), "proxy", "no_answer", "the proxy does not answer"),
    ("http", failed("connect", "Timeout"), "proxy", "no_answer", "the proxy does not answer"),
    ("http", failed("resolve", "HostNotFound"), "proxy", "not_found", "the proxy is not found"),
    (
        "https",
        failed("proxy", "ProxyStatus", proxy_status=407),
        "proxy",
        "auth_required",
        "user name and a password (407)",
    ),
    (
        "https",
        failed("proxy", "ProxyStatus", proxy_status=403),
        "proxy",
        "forbidden",
        "forbids it (403)",
    ),
    (
        "https",
        failed("proxy", "ProxyStatus", proxy_status=502),
        "proxy",
        "bad_gateway",
        "works but does not reach the server (502)",
    ),
    (
        "https",
        failed("proxy", "ProxyStatus", proxy_status=400),
        "proxy",
        "bad_answer",
        "answered 400",
    ),
    (
        "https",
        failed("proxy", "Timeout"),
        "proxy",
        "no_answer",
        "accepts the connection but does not answer",
    ),
    ("https", failed("proxy", "Closed"), "proxy", "closed", "closes the connection"),
    ("https", failed("tls", "Timeout", proxy_status=200), "tls", "no_answer", "(stage tls)"),
    (
        "https",
        failed("tls", "Timeout", proxy_status=200, **FIRST),
        "tls",
        "slow_handshake",
        "answers with TLS after 40 ms",
    ),
    ("tcp", {"stage": "proxy", "done": True, "proxy_status": 200}, "", "ok", "answers"),
    (
        "https",
        {**certificate(policy=[CHAIN], chain=["UntrustedRoot"]), "proxy_status": 200},
        "tls",
        "untrusted",
        "a proxy that inspects TLS",
    ),
    (
        "https",
        {**certificate(), "stage": "http", "done": True, "proxy_status": 200, "status": 403},
        "",
        "ok",
        "HTTP status 403",
    ),
    ("http", {"stage": "http", "done": True, "status": 200}, "", "ok", "HTTP status 200"),
    (
        "http",
        {"stage": "http", "done": True, "status": 407, "headers": ["proxy-authenticate"]},
        "proxy",
        "auth_required",
        "(407)",
    ),
    (
        "http",
        {"stage": "http", "done": True, "status": 403, "headers": ["x-squid-error"]},
        "proxy",
        "forbidden",
        "(403)",
    ),
    (
        "http",
        {"stage": "http", "done": True, "status": 403, "headers": ["server"]},
        "http",
        "unclear",
        "whether this came from the proxy or from the server",
    ),
    (
        "http",
        {"stage": "http", "done": True, "status": 502},
        "proxy",
        "bad_gateway",
        "or the server behind it",
    ),
]


@pytest.mark.parametrize(("kind", "finding", "stage", "outcome", "words"), DIRECT)
def test_a_direct_endpoint(
    kind: str, finding: dict[str, Any], stage: str, outcome: str, words: str
) -> None:
    status = judged(kind, finding)
    assert (status.stage, status.outcome, words in status.message) == (stage, outcome, True), (
        status.message
    )
    assert (
        status.ok == (outcome == "ok")
        and status.to_dict()["via"] == "direct"
        and "filtered" not in status.message
    )
    assert status.severity == SEVERITIES.get(outcome, "conflict")


@pytest.mark.parametrize(("kind", "finding", "stage", "outcome", "words"), BY_PROXY)
def test_an_endpoint_behind_a_proxy(
    kind: str, finding: dict[str, Any], stage: str, outcome: str, words: str
) -> None:
    status = judged(kind, finding, proxied=True)
    assert (status.stage, status.outcome, words in status.message) == (stage, outcome, True), (
        status.message
    )
    assert (
        status.to_dict()["via"] == "proxy.example.com:8080"
        and "through the proxy proxy.example.com:8080" in status.message
    )
    assert status.severity == SEVERITIES.get(outcome, "conflict")


def test_the_status_is_that_of_the_server_and_else_that_of_the_proxy() -> None:
    both = judged(
        "https",
        {**certificate(), "stage": "http", "done": True, "proxy_status": 200, "status": 404},
        proxied=True,
    )
    assert both.to_dict()["status"] == 404
    assert (
        judged("https", failed("proxy", "ProxyStatus", proxy_status=407), proxied=True).to_dict()[
            "status"
        ]
        == 407
    )
    assert judged("tcp", {"done": True}).to_dict()["status"] is None
    assert (
        both.to_dict()["certificate"]["trusted"] is True
        and both.to_dict()["certificate"]["not_after"] == "2027-01-01T00:00:00Z"
    )


@pytest.mark.parametrize(("error", "asked"), [("Timeout", False), ("Deadline", True)])
def test_a_slow_handshake_says_what_to_do(error: str, asked: bool) -> None:
    """The deadline is named only where it ended the wait."""
    told = judged("tls", failed("tls", error, **FIRST)).message
    assert (
        "set a longer timeout (in the role verify, verify_timeout)" in told
        and "can download certificates" in told
    )
    assert ("longer deadline" in told) == asked and "does not answer" not in told


def test_an_older_worker_says_nothing_of_first_bytes() -> None:
    """It is of the same schema, and taken as one that saw none."""
    older = {
        key: value
        for key, value in {**FINDING, **failed("tls", "Timeout")}.items()
        if key != "tls_first_byte_milliseconds"
    }
    (answer,) = decode_endpoints(packed(endpoints=[older]), 1).answers
    assert answer.tls_first_byte is None


BROKEN: list[dict[str, Any]] = [
    {"schema": 2},
    {"endpoints": None},
    {"endpoints": []},
    {"endpoints": ["x"]},
    {"dns_servers": None},
    {"dns_servers": [1]},
    {"elapsed_milliseconds": "1"},
    *(
        {"endpoints": [{**FINDING, key: value}]}
        for key, value in (
            ("stage", "later"),
            ("done", 1),
            ("error", None),
            ("addresses", "x"),
            ("address", None),
            ("status", "200"),
            ("proxy_status", True),
            ("headers", [None]),
            ("dns_code", "0"),
            ("dns_addresses", None),
            ("milliseconds", 1.5),
            ("tls_first_byte_milliseconds", "40"),
            ("certificate", "x"),
            ("certificate", {}),
            ("certificate", {**CERTIFICATE, "not_after": "soon"}),
            ("certificate", {**CERTIFICATE, "policy": None}),
        )
    ),
]


@pytest.mark.parametrize("changes", BROKEN)
def test_a_reading_that_is_not_as_agreed_is_one_sentence(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        decode_endpoints(packed({}, **changes), 1)
    assert "from different versions" in str(caught.value)
