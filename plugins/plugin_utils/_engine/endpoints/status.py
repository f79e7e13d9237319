# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluates each endpoint: reached, or the stage that failed, and the likely cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .reading import Answer, Certificate, EndpointReading
from .wanted import Endpoint, Wanted

# outcome: the sentence, without its subject
_TOLD = {
    "refused": "refuses the connection: nothing listens on the port, or a firewall rejects it",
    "no_answer": "does not answer: a firewall drops the connection, the server is off, "
    "or it is a Windows server on which nothing listens on the port (stealth mode)",
    "unreachable": "cannot be reached: there is no route to its address",
    "denied": "was not called: this host itself blocks the connection, as an outbound block rule "
    "does",
    "not_found": "is not found: no name server has an address of it",
    "closed": "closes the connection before it answers",
    "bad_answer": "gives an unexpected answer",
    "deadline": "was not finished before the deadline of the whole check",
    "failed": "could not be tested",
}
# Names of System.Net.Sockets.SocketError, and words of the worker
_OUTCOMES = {
    "ConnectionRefused": "refused",
    "Timeout": "no_answer",
    "TimedOut": "no_answer",
    "TryAgain": "no_answer",
    "HostNotFound": "not_found",
    "NoData": "not_found",
    "AccessDenied": "denied",
    "Deadline": "deadline",
    "Garbage": "bad_answer",
    "TooLong": "bad_answer",
    **dict.fromkeys(
        ("HostUnreachable", "HostDown", "NetworkUnreachable", "NetworkDown", "AddressNotAvailable"),
        "unreachable",
    ),
    **dict.fromkeys(
        (
            "Closed",
            "ConnectionReset",
            "ConnectionAborted",
            "Shutdown",
            "IOException",
            "EndOfStreamException",
        ),
        "closed",
    ),
}
_OUT_OF_TIME = ("Timeout", "Deadline")
_UNDECIDED = ("unclear", "slow_handshake")  # not known to be broken, and not known to work
_GATEWAY_ERRORS = (502, 503, 504)
# Headers by which a proxy says that an answer is its own: Squid's manual, RFC 9209 and RFC 9110
# (11.7.1).
_OF_PROXIES = {"x-squid-error", "proxy-status", "proxy-authenticate"}
_DNS_CODES = {
    1: "format error",
    2: "server failure",
    4: "not implemented",
    5: "refused",
}  # RFC 1035, 4.1.1
_NO_SUCH_NAME = 3


@dataclass(frozen=True)
class EndpointStatus:
    """The status of one endpoint. stage: the stage that failed, "" if ok. severity: none, warning,
    conflict.
    """

    endpoint: Endpoint
    answer: Answer
    proxy: str
    stage: str
    outcome: str
    reason: str

    @property
    def message(self) -> str:
        """The endpoint and the reason as a sentence."""
        title, target = self.endpoint.title, self.endpoint.target
        subject = title if title.endswith(target) else f"{title} ({self.endpoint.kind} {target})"
        way = f" through the proxy {self.proxy}" if self.proxy else ""
        return f"{subject}{way}: {self.reason}.{self._doubt}"

    @property
    def _doubt(self) -> str:
        told = "" if self.ok else self.endpoint.disagreement
        return f" This is a warning only: the documents differ. {told}" if told else ""

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"

    @property
    def severity(self) -> str:
        if self.ok:
            return "none"
        return "warning" if self.outcome in _UNDECIDED or self.endpoint.doubtful else "conflict"

    def to_dict(self) -> dict[str, Any]:
        """As endpoint_check returns it."""
        certificate = self.answer.certificate
        return {
            "name": self.endpoint.title,
            "kind": self.endpoint.kind,
            "host": self.endpoint.host,
            "port": self.endpoint.port,
            "via": self.proxy or "direct",
            "ok": self.ok,
            "severity": self.severity,
            "stage": self.stage,
            "outcome": self.outcome,
            "status": self.answer.status
            if self.answer.proxy_status is None or self.answer.status is not None
            else self.answer.proxy_status,
            "addresses": list(self.answer.addresses),
            "address": self.answer.address,
            "milliseconds": self.answer.milliseconds,
            "certificate": certificate.to_dict() if certificate else None,
            "reason": self.reason,
            "message": self.message,
            "wanted_by": [dict(want) for want in self.endpoint.wanted_by],
        }


def judge_endpoints(
    wanted: Wanted, reading: EndpointReading, now: datetime
) -> list[EndpointStatus]:
    """One status for each endpoint, in order. now: the time of the controller, with which expired
    certificates are found.
    """
    return [
        _judged(endpoint, answer, wanted.proxy, now)
        for endpoint, answer in zip(wanted.endpoints, reading.answers, strict=True)
    ]


def _judged(endpoint: Endpoint, answer: Answer, proxy: str, now: datetime) -> EndpointStatus:
    by = proxy if endpoint.through_proxy else ""
    if by and answer.stage in ("resolve", "connect", "proxy"):
        stage, (outcome, told) = "proxy", _of_the_proxy(answer)
        if outcome == "ok":
            stage = ""
    elif endpoint.kind == "dns":
        stage, (outcome, told) = answer.stage, _of_dns(endpoint, answer)
    elif answer.certificate and answer.certificate.policy:
        stage, (outcome, told) = "tls", _of_certificate(answer.certificate, endpoint.host, now)
    elif answer.done:
        outcome, told = _of_status(answer, by) if answer.status is not None else ("ok", "answers")
        stage = "http" if outcome == "unclear" else "proxy"
    else:
        stage, (outcome, told) = answer.stage, _of_error(answer)
    return EndpointStatus(endpoint, answer, by, "" if outcome == "ok" else stage, outcome, told)


def _of_the_proxy(answer: Answer) -> tuple[str, str]:
    """The status if the proxy was not reached, or refused CONNECT."""
    if answer.done:
        return "ok", "answers"
    if answer.stage != "proxy":
        outcome, told = _of_error(answer)
        return outcome, f"the proxy {told}"
    if answer.error == "ProxyStatus" and answer.proxy_status is not None:
        return _of_proxy_status(answer.proxy_status, "the proxy")
    outcome, told = _of_error(answer)
    if outcome == "no_answer":
        told = "accepts the connection but does not answer; it may not reach the server itself"
    return outcome, f"the proxy {told}"


def _of_proxy_status(status: int, who: str) -> tuple[str, str]:
    if status == 407:
        return (
            "auth_required",
            f"{who} requires a user name and a password (407); allow this server in the proxy, "
            "or enter them in MailEssentials' own settings",
        )
    if status == 403:
        return "forbidden", f"{who} forbids it (403); allow this server and this host in the proxy"
    if status in _GATEWAY_ERRORS:
        return "bad_gateway", f"{who} works but does not reach the server ({status})"
    return "bad_answer", f"{who} answered {status}"


def _of_status(answer: Answer, by: str) -> tuple[str, str]:
    """Every HTTP status of the server counts as reached. With plain HTTP, an answer of the proxy
    cannot be told apart from one of the server.
    """
    status = answer.status or 0
    if by and answer.proxy_status is None and answer.certificate is None:
        if status == 407 or (status == 403 and _OF_PROXIES.intersection(answer.headers)):
            return _of_proxy_status(status, "the proxy")
        if status in _GATEWAY_ERRORS:
            return _of_proxy_status(status, "the proxy, or the server behind it,")
        if status == 403:
            return (
                "unclear",
                "answered 403; with plain HTTP it is not known whether this came from the proxy "
                "or from the server; see the log of the proxy",
            )
    return "ok", f"answers (HTTP status {status})"


def _of_certificate(certificate: Certificate, host: str, now: datetime) -> tuple[str, str]:
    found: list[tuple[str, str]] = []
    if "RemoteCertificateNotAvailable" in certificate.policy:
        return "bad_answer", "shows no certificate"
    if "NotTimeValid" in certificate.chain:
        if certificate.not_after and certificate.not_after < now:
            found.append(
                ("expired", f"the certificate has expired ({certificate.not_after:%Y-%m-%d})")
            )
        elif certificate.not_before and certificate.not_before > now:
            found.append(
                (
                    "not_yet_valid",
                    f"the certificate is not valid before {certificate.not_before:%Y-%m-%d}",
                )
            )
        else:
            found.append(
                (
                    "expired",
                    "the certificate, or one of its chain, is not valid at the host's time; "
                    "check the clock of the host too",
                )
            )
    if "RemoteCertificateNameMismatch" in certificate.policy:
        names = ", ".join(certificate.names[:4]) or certificate.subject
        found.append(("name_mismatch", f"the certificate is for {names[:200]}, not for {host}"))
    others = [flag for flag in certificate.chain if flag != "NotTimeValid"]
    if others or not found:
        why = f" ({', '.join(others)})" if others else ""
        told = (
            f"the host does not trust the certificate{why}, issued "
            f"by {certificate.issuer[:200]}; a proxy that inspects TLS shows its own certificate"
        )
        found.append(("untrusted", told))
    return found[0][0], "; ".join(told for _outcome, told in found)


def _of_dns(endpoint: Endpoint, answer: Answer) -> tuple[str, str]:
    if answer.error == "NoServer":
        return "no_server", "the host has no name server configured"
    if answer.error == "ConnectionReset":  # how Windows tells that a datagram was refused
        return "refused", _TOLD["refused"]
    if not answer.done or answer.dns_code is None:
        outcome, told = _of_error(answer)
        return outcome, "does not answer" if outcome == "no_answer" else told
    if answer.dns_code == _NO_SUCH_NAME or (answer.dns_code == 0 and not answer.dns_addresses):
        return "not_found", f"answers that {endpoint.query} has no address"
    if answer.dns_code:
        return (
            "dns_error",
            "answers with "
            f"code {answer.dns_code} ({_DNS_CODES.get(answer.dns_code, 'see RFC 1035')}) to the "
            f"question for {endpoint.query}",
        )
    return "ok", f"answers ({endpoint.query} has {answer.dns_addresses} addresses)"


def _of_slow_handshake(first: int, answer: Answer) -> tuple[str, str]:
    """The server has answered. Windows builds the certificate chain during the handshake and may
    download missing certificates; the server cannot speed this up.
    """
    late, limit = (
        f"within {answer.milliseconds} ms",
        "timeout (in the role verify, verify_timeout)",
    )
    if answer.error == "Deadline":
        late, limit = (
            "before the deadline of the whole check",
            f"{limit}, and a longer deadline where one is given",
        )
    return "slow_handshake", (
        f"answers with TLS after {first} ms, and the handshake was not finished {late}; Windows "
        "may be fetching certificates for the chain (roots or"
        " intermediates), which takes about 15 seconds without direct internet access, "
        "or the server stopped in the middle of the handshake;"
        f" set a longer {limit}, and check whether this host can download certificates"
    )


def _of_error(answer: Answer) -> tuple[str, str]:
    if answer.stage == "tls" and answer.error in _OUT_OF_TIME and answer.tls_first_byte is not None:
        return _of_slow_handshake(answer.tls_first_byte, answer)
    outcome = _OUTCOMES.get(answer.error, "bad_answer" if answer.stage == "tls" else "failed")
    if outcome == "bad_answer" and answer.stage == "tls":
        return (
            outcome,
            "TLS failed: the server uses another protocol, or no version of TLS that the host "
            "allows",
        )
    if outcome == "no_answer" and answer.stage == "resolve":
        return outcome, "its name is not resolved: no name server answered in time"
    if outcome == "no_answer" and answer.stage != "connect":
        return outcome, f"accepts the connection but does not answer (stage {answer.stage})"
    if outcome in ("failed", "bad_answer"):
        return outcome, f"{_TOLD[outcome]} ({answer.error})"
    return outcome, _TOLD[outcome]
