# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints to test from a host, from an option or from the catalog for a version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..catalog.query import disagreement, query
from ..errors import InputError, unknown_name
from ..net.hosts import CREDENTIALS, check_host, check_port, optional_port

AT_ONCE = 64  # how many the worker tries at the same time
LONGEST_TIMEOUT, LONGEST_DEADLINE = 60, 600  # seconds
MOST = 2000
PORTS = {"http": 80, "https": 443, "dns": 53, "ldap": 389, "ldaps": 636}
KINDS = ("tcp", "tls", *PORTS)
TRANSPORTS = ("udp", "tcp")
# What the worker does for the kinds that it does not know: LDAP is a connection, LDAPS a handshake.
_PLAIN_KINDS = {"ldap": "tcp", "ldaps": "tls"}
_BY_PROXY = ("tcp", "tls", "http", "https")
_KEYS = ("name", "kind", "host", "port", "query", "transport", "path", "proxy")
_PATH = re.compile(r"/[!-~]{0,1023}")
_CREDENTIALS = (
    "holds a user name or password, or something like it with an @; "
    "the check does not sign in, so give names, addresses and ports alone"
)
_OF_THE_HOST = "configured servers"


@dataclass(frozen=True)
class Endpoint:
    """host: without brackets; "" with dns means the name servers that the host is configured with.
    query, transport: of dns. path: of http and https.

    wanted_by: {purpose, status, sources, contradictions} of the catalog.
    """

    kind: str
    host: str
    port: int
    query: str = ""
    transport: str = "udp"
    path: str = "/"
    through_proxy: bool = False
    name: str = ""
    wanted_by: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)

    @property
    def target(self) -> str:
        """The server and its port as text."""
        if self.kind == "dns":
            return f"{self.host or _OF_THE_HOST} by {self.transport.upper()}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def title(self) -> str:
        return self.name or f"{self.kind} {self.target}"

    @property
    def doubtful(self) -> bool:
        """Whether all sources of the endpoint are contradicted by others."""
        return bool(self.wanted_by) and all(
            want["status"] == "contradicted" for want in self.wanted_by
        )

    @property
    def disagreement(self) -> str:
        """The statement of each source about the endpoint, if they contradict each other."""
        keys = [want["contradictions"][0] for want in self.wanted_by if self.doubtful]
        return " ".join(f"{disagreement(key)}." for key in dict.fromkeys(keys))

    def to_worker(self) -> dict[str, Any]:
        """As the worker takes it."""
        return {
            "kind": _PLAIN_KINDS.get(self.kind, self.kind),
            "host": self.host,
            "port": self.port,
            "query": self.query,
            "transport": self.transport,
            "path": self.path,
            "through_proxy": self.through_proxy,
        }


@dataclass(frozen=True)
class Wanted:
    """The request for the worker. timeout (for one endpoint) and deadline (for all) in seconds.
    unchecked: {host, reason, sources}.
    """

    endpoints: tuple[Endpoint, ...]
    unchecked: tuple[Mapping[str, Any], ...]
    proxy_host: str
    proxy_port: int
    timeout: int
    deadline: int

    @property
    def proxy(self) -> str:
        host = f"[{self.proxy_host}]" if ":" in self.proxy_host else self.proxy_host
        return f"{host}:{self.proxy_port}" if host else ""


def wanted_endpoints(options: Mapping[str, Any]) -> Wanted:
    """Returns the endpoints for the options of endpoint_check.

    If endpoints are given, only these, unless version or features are given too. Raises InputError
    for the first mistake; its message never repeats a user name or password.
    """
    proxy_host, proxy_port = _proxy(options["proxy_host"], options["proxy_port"])
    given = (
        given_endpoints(options["endpoints"], bool(proxy_host))
        if options["endpoints"] is not None
        else ()
    )
    listed: tuple[Endpoint, ...] = ()
    unchecked: tuple[Mapping[str, Any], ...] = ()
    if (
        options["endpoints"] is None
        or options["version"] is not None
        or options["features"] is not None
    ):
        version = "latest" if options["version"] is None else options["version"]
        listed, unchecked = catalog_endpoints(
            version, options["features"], options["server_role"], bool(proxy_host)
        )
    elif options["server_role"] is not None:
        raise InputError(
            "server_role",
            "is given with endpoints alone; it narrows those of the catalog, "
            "so give version or features too",
        )
    timeout = _seconds(options["timeout"], LONGEST_TIMEOUT, "timeout")
    everything = (*given, *listed)
    waves = -(-len(everything) // AT_ONCE)
    deadline = options["deadline"]
    deadline = (
        min(timeout * waves + timeout, LONGEST_DEADLINE)
        if deadline is None
        else _seconds(deadline, LONGEST_DEADLINE, "deadline")
    )
    if deadline < timeout:
        raise InputError(
            "deadline",
            f"{deadline} seconds for all is less than the timeout of {timeout} seconds for one; "
            "give at least as much",
        )
    return Wanted(everything, unchecked, proxy_host, proxy_port, timeout, deadline)


def given_endpoints(entries: Any, proxied: bool) -> tuple[Endpoint, ...]:
    """Returns the endpoints of an option. proxied: whether there is a proxy. Raises InputError for
    the first mistake.
    """
    if not isinstance(entries, (list, tuple)):
        raise InputError(
            "endpoints", "is not a list; give a list of dictionaries with kind, host and port"
        )
    if not entries:
        raise InputError(
            "endpoints",
            "is an empty list; leave it out for the endpoints of the catalog, or name one",
        )
    if len(entries) > MOST:
        raise InputError("endpoints", f"has {len(entries)} entries; give {MOST} at most")
    return tuple(
        _given(entry, f"endpoints[{number}]", proxied) for number, entry in enumerate(entries)
    )


def catalog_endpoints(
    version: str, features: Sequence[str] | None, server_role: str | None, proxied: bool
) -> tuple[tuple[Endpoint, ...], tuple[Mapping[str, Any], ...]]:
    """Returns the update hosts of a version, a DNS query for one of them to the configured DNS
    servers, and the hosts that cannot be tested.

    Updates by HTTP and HTTPS pass through a proxy (S1, note 1); DNS and FTP are not named there.
    Raises InputError for unknown names.
    """
    hosts = query("hosts", version=version, features=features or (), server_role=server_role)
    found: list[Endpoint] = []
    unchecked = []
    for entry in hosts:
        if entry["check_name"] is None:
            unchecked.append(
                {
                    "host": entry["host"],
                    "reason": "cannot be checked by name",
                    "sources": entry["sources"],
                }
            )
            continue
        kind = entry["check_kind"]
        port = PORTS.get(kind, entry["ports"][-1])
        through_proxy = proxied and "ftp" not in entry["protocols"]
        found.append(
            Endpoint(
                kind,
                entry["check_name"],
                port,
                through_proxy=through_proxy,
                wanted_by=(_wish(entry),),
            )
        )
    asked = next(endpoint.host for endpoint in found)
    for flow in query("flows", version=version, features=()):
        if flow["remote"] == "dns_servers":
            found.append(
                Endpoint(
                    "dns",
                    "",
                    PORTS["dns"],
                    query=asked,
                    transport=flow["protocol"],
                    wanted_by=(_wish(flow),),
                )
            )
    return _merged(found), tuple(unchecked)


def _wish(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("purpose", "status", "sources", "contradictions")}


def _merged(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Removes duplicates and joins their wanted_by."""
    found: dict[Endpoint, Endpoint] = {}
    for endpoint in endpoints:
        known = found.get(endpoint)
        found[endpoint] = (
            replace(endpoint, wanted_by=(*known.wanted_by, *endpoint.wanted_by))
            if known
            else endpoint
        )
    return tuple(found.values())


def _proxy(host: Any, port: Any) -> tuple[str, int]:
    number = optional_port(port, "proxy_port")
    if not host and not number:
        return "", 0
    if not host or not number:
        missing, there = ("proxy_host", "proxy_port") if not host else ("proxy_port", "proxy_host")
        raise InputError(missing, f"is missing; {there} requires it")
    if "@" in host:
        raise InputError("proxy_host", CREDENTIALS)
    return check_host(host, "proxy_host", "proxy_port", "the proxy"), number


def _given(entry: Any, path: str, proxied: bool) -> Endpoint:
    if not isinstance(entry, Mapping):
        raise InputError(path, "is not a dictionary; give kind, host and port")
    for key in entry:
        if "@" in f"{key}{entry[key] if key != 'path' else ''}":
            raise InputError(path, _CREDENTIALS)
        if key not in _KEYS:
            raise unknown_name(
                f"{path}.{str(key)[:40]}", "key of an endpoint", str(key)[:40], _KEYS
            )
        if entry[key] is None:
            raise InputError(f"{path}.{key}", "is null; give a value or leave it out")
    kind = _word(entry.get("kind", "tcp"), KINDS, f"{path}.kind", "kind of endpoint")
    for keys, kinds in (
        (("query", "transport"), ("dns",)),
        (("path",), ("http", "https")),
        (("proxy",), _BY_PROXY),
    ):
        for key in keys:
            if key in entry and kind not in kinds:
                raise InputError(
                    f"{path}.{key}",
                    f"goes with {' and '.join(kinds)} only, not with {kind}; leave it out",
                )
    host = _host(entry, path, kind)
    port = _port(entry, path, kind)
    return Endpoint(
        kind=kind,
        host=host,
        port=port,
        query=_query(entry, path) if kind == "dns" else "",
        transport=_word(
            entry.get("transport", "udp"), TRANSPORTS, f"{path}.transport", "transport"
        ),
        path=_path(entry.get("path", "/"), f"{path}.path"),
        through_proxy=_by_proxy(entry, path, kind, proxied),
        name=_name(entry.get("name", ""), f"{path}.name"),
    )


def _host(entry: Mapping[str, Any], path: str, kind: str) -> str:
    where, host = f"{path}.host", entry.get("host", "")
    if not isinstance(host, str):
        raise InputError(where, f"{host!r} must be a string; give a name or an IP address")
    if not host:
        if kind == "dns" and "host" not in entry:
            return ""
        raise InputError(
            where,
            "is missing; give a name or an IP address"
            + ("; leave it out for the servers of the host" if kind == "dns" else ""),
        )
    return check_host(host, where, f"{path}.port", "the server").rstrip(".")


def _port(entry: Mapping[str, Any], path: str, kind: str) -> int:
    where, value = f"{path}.port", entry.get("port", PORTS.get(kind))
    if value is None:
        raise InputError(where, f"is missing; kind {kind} requires it")
    return check_port(value, where)


def _query(entry: Mapping[str, Any], path: str) -> str:
    where, query = f"{path}.query", entry.get("query", "")
    if not isinstance(query, str) or not query:
        raise InputError(where, "is missing; kind dns needs the name that is asked for")
    found = check_host(query, where, f"{path}.port", "a host")
    if ":" in found or re.fullmatch(r"[0-9.]+", found):
        raise InputError(
            where, "is not a host name; give the name that is asked for, such as www.example.com"
        )
    return found.rstrip(".")


def _path(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _PATH.fullmatch(value):
        raise InputError(
            where,
            "is not the path of a page; begin it with /, and write blanks and letters beyond "
            "ASCII as %20 and so on",
        )
    return value


def _by_proxy(entry: Mapping[str, Any], path: str, kind: str, proxied: bool) -> bool:
    value = entry.get("proxy", proxied and kind in ("http", "https"))
    if not isinstance(value, bool):
        value = {"yes": True, "true": True, "no": False, "false": False}.get(
            str(value).lower(), value
        )
    if not isinstance(value, bool):
        raise InputError(f"{path}.proxy", f"{str(value)[:40]!r} must be true or false")
    if value and not proxied:
        raise InputError(
            f"{path}.proxy", "is true, but there is no proxy; give proxy_host and proxy_port"
        )
    return value


def _name(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise InputError(where, "is not a line of text of 200 characters at most")
    return value


def _word(value: Any, known: Iterable[str], where: str, noun: str) -> str:
    text = value.lower() if isinstance(value, str) else ""
    if text not in known:
        raise unknown_name(where, noun, str(value)[:40], known)
    return text


def _seconds(value: int, most: int, name: str) -> int:
    if not 1 <= value <= most:
        raise InputError(name, f"{value} is out of range; give whole seconds from 1 to {most}")
    return value
