# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls the worker that tests endpoints, and decodes and checks its reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..payload import malformed, unpack
from ..worker import Worker
from .wanted import Wanted

SCHEMA = 1
STAGES = ("resolve", "connect", "proxy", "tls", "http", "dns")


@dataclass(frozen=True)
class Certificate:
    """The certificate of a server. policy: names of SslPolicyErrors. chain: names of
    X509ChainStatusFlags. Times in UTC, None without a certificate.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime | None
    not_after: datetime | None
    policy: tuple[str, ...]
    chain: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As endpoint_check returns it."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "names": list(self.names),
            "not_before": self.not_before.strftime("%Y-%m-%dT%H:%M:%SZ") if self.not_before else "",
            "not_after": self.not_after.strftime("%Y-%m-%dT%H:%M:%SZ") if self.not_after else "",
            "trusted": not self.policy,
            "errors": [*self.policy, *self.chain],
        }


@dataclass(frozen=True)
class Answer:
    """The result of the worker for one endpoint, as documented in endpoint_worker.yml.
    tls_first_byte: in milliseconds since the start of the endpoint.
    """

    addresses: tuple[str, ...]
    address: str
    stage: str
    done: bool
    error: str
    proxy_status: int | None
    status: int | None
    headers: tuple[str, ...]
    dns_code: int | None
    dns_addresses: int
    certificate: Certificate | None
    tls_first_byte: int | None
    milliseconds: int


@dataclass(frozen=True)
class EndpointReading:
    """elapsed: duration of the whole test in milliseconds. dns_servers: the DNS servers configured
    on the host. answers: in the order of the endpoints.
    """

    elapsed: int
    dns_servers: tuple[str, ...]
    answers: tuple[Answer, ...]


class EndpointWorker(Worker):
    """The worker that tests endpoints."""

    MODULE = "mailops.mailessentials.endpoint_worker"
    NAME = "endpoint"
    KEYS = {}
    IDENTITY = ()

    def read(self, wanted: Wanted) -> EndpointReading:
        """Tests all endpoints in one call."""
        reply = self._ask(
            {
                "endpoints": [endpoint.to_worker() for endpoint in wanted.endpoints],
                "proxy_host": wanted.proxy_host,
                "proxy_port": wanted.proxy_port,
                "timeout_milliseconds": wanted.timeout * 1000,
                "deadline_milliseconds": wanted.deadline * 1000,
            }
        )
        return decode_endpoints(reply, len(wanted.endpoints))


def decode_endpoints(reply: Any, count: int) -> EndpointReading:
    """Decodes the reading of the worker for a number of endpoints. Raises InputError for an invalid
    reading.
    """
    reading = unpack(reply, SCHEMA)
    entries = reading.get("endpoints")
    if not isinstance(entries, list) or len(entries) != count:
        raise malformed("endpoints")
    answers = tuple(_answer(entry, f"endpoints[{number}]") for number, entry in enumerate(entries))
    return EndpointReading(
        _number(reading, "elapsed_milliseconds", ""), _texts(reading, "dns_servers", ""), answers
    )


def _answer(entry: Any, path: str) -> Answer:
    if (
        not isinstance(entry, Mapping)
        or entry.get("stage") not in STAGES
        or not isinstance(entry.get("done"), bool)
    ):
        raise malformed(path)
    return Answer(
        addresses=_texts(entry, "addresses", path),
        address=_text(entry, "address", path),
        stage=entry["stage"],
        done=entry["done"],
        error=_text(entry, "error", path),
        proxy_status=_number_or_none(entry, "proxy_status", path),
        status=_number_or_none(entry, "status", path),
        headers=_texts(entry, "headers", path),
        dns_code=_number_or_none(entry, "dns_code", path),
        dns_addresses=_number(entry, "dns_addresses", path),
        certificate=_certificate(entry.get("certificate"), f"{path}.certificate"),
        tls_first_byte=_number_or_none(entry, "tls_first_byte_milliseconds", path),
        milliseconds=_number(entry, "milliseconds", path),
    )


def _certificate(entry: Any, path: str) -> Certificate | None:
    if entry is None:
        return None
    if not isinstance(entry, Mapping):
        raise malformed(path)
    return Certificate(
        subject=_text(entry, "subject", path),
        issuer=_text(entry, "issuer", path),
        names=_texts(entry, "names", path),
        not_before=_time(entry, "not_before", path),
        not_after=_time(entry, "not_after", path),
        policy=_texts(entry, "policy", path),
        chain=_texts(entry, "chain", path),
    )


def _text(entry: Mapping[str, Any], key: str, path: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise malformed(f"{path}.{key}".lstrip("."))
    return value


def _texts(entry: Mapping[str, Any], key: str, path: str) -> tuple[str, ...]:
    value = entry.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise malformed(f"{path}.{key}".lstrip("."))
    return tuple(value)


def _number(entry: Mapping[str, Any], key: str, path: str) -> int:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed(f"{path}.{key}".lstrip("."))
    return value


def _number_or_none(entry: Mapping[str, Any], key: str, path: str) -> int | None:
    return None if entry.get(key) is None else _number(entry, key, path)


def _time(entry: Mapping[str, Any], key: str, path: str) -> datetime | None:
    text = _text(entry, key, path)
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        raise malformed(f"{path}.{key}") from None
