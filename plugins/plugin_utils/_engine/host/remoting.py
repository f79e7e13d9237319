# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The remoting ports of MailEssentials, from the configuration of the host or else from the
catalog.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..catalog.query import query, resolve_version
from .reading import Directory, RemotingUrl, WebConfig

_URL = re.compile(
    r"tcp://(?P<host>\[[0-9a-f:.%]+\]|[^\s/:\[\]]+):(?P<port>[0-9]+)(?:/(?P<endpoint>\S*))?",
    re.IGNORECASE,
)
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_MISSING = WebConfig("missing", 0, "", (), False)


class Oddity(NamedTuple):
    """A finding about the host. severity: error, warning or info."""

    kind: str
    severity: str
    message: str


@dataclass(frozen=True)
class RemotingPort:
    """One port, the paths of its URLs and the types of its endpoints."""

    port: int
    endpoints: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Remoting:
    """source: web_config, catalog or none. state: state of the file, one of the reading or
    no_section. reason: why the file is not used.
    """

    source: str
    state: str
    file: str
    reason: str
    ports: tuple[RemotingPort, ...]
    oddities: tuple[Oddity, ...]

    def to_dict(self) -> dict[str, Any]:
        """As server_info returns it."""
        ports = [
            {"port": entry.port, "endpoints": list(entry.endpoints), "types": list(entry.types)}
            for entry in self.ports
        ]
        return {
            "source": self.source,
            "state": self.state,
            "file": self.file,
            "reason": self.reason,
            "ports": ports,
        }


NOTHING = Remoting("none", "missing", "", "MailEssentials is not installed.", (), ())


def read_remoting(directory: Directory | None, version: str) -> Remoting:
    """Returns the ports of web.config in the directory, or else the ports of the catalog for the
    version ("" if not known).
    """
    config = directory.web_config if directory else _MISSING
    file = f"{directory.path}\\wwwconf\\web.config" if directory else ""
    if config.state == "ok" and config.section:
        ports, oddities = _configured(config.endpoints)
        if ports:
            return Remoting("web_config", "ok", file, "", ports, oddities)
        why, state = f"{file} names no remoting port of this server", "ok"
    else:
        why, state, oddities = (
            _unusable(config, file),
            "no_section" if config.state == "ok" else config.state,
            (),
        )
    if not version:
        return Remoting(
            "none", state, file, f"{why}, and the catalog does not know the version.", (), oddities
        )
    known = sorted(
        {entry["port"] for entry in query("ports", version=version) if entry["kind"] == "ipc"}
    )
    reason = (
        f"{why}, so the ports are those of the catalog for version {resolve_version(version).name}."
    )
    return Remoting(
        "catalog",
        state,
        file,
        reason,
        tuple(RemotingPort(port, (), ()) for port in known),
        oddities,
    )


def _unusable(config: WebConfig, file: str) -> str:
    message = f" ({' '.join(config.message.split()).rstrip('.')})" if config.message.strip() else ""
    return {
        "ok": f"{file} has no section <system.runtime.remoting>",
        "missing": f"{file} is missing" if file else "The directory of MailEssentials is missing",
        "too_large": f"{file} has {config.size} bytes, more than such a file should",
        "not_xml": f"{file} is not XML{message}",
        "unreadable": f"{file} cannot be read{message}",
    }[config.state]


def _configured(
    endpoints: Sequence[RemotingUrl],
) -> tuple[tuple[RemotingPort, ...], tuple[Oddity, ...]]:
    """Ports with an endpoint, in order, and further findings.

    The url of a <client> is an address without an endpoint. In a live 21.x it names 8013, where
    nothing else is (FRY).
    """
    found: dict[int, list[tuple[str, str]]] = {}
    bare: list[int] = []
    oddities: list[Oddity] = []
    for element, kind, url in endpoints:
        match = _URL.fullmatch(url.strip())
        client = element.lower() == "client"
        port = int(match["port"][:9]) if match else 0
        if not match or not (match["endpoint"] or client):
            message = (
                f"An address in the element '{element[:100]}' of web.config is not "
                "tcp://host:port/name; it is ignored."
            )
            oddities.append(Oddity("remoting_url", "warning", message))
        elif not 0 < port <= 65535:
            message = (
                f"The address '{url[:200]}' of web.config has no port from 1 to 65535; "
                "it is left out."
            )
            oddities.append(Oddity("remoting_url", "warning", message))
        elif client:
            bare.append(port)
        else:
            found.setdefault(port, []).append((match["endpoint"], kind))
            if match["host"].lower() not in _LOCAL:
                message = (
                    f"The address '{url[:200]}' of web.config names a host; "
                    "its port is taken as one of this host."
                )
                oddities.append(Oddity("remoting_host", "info", message))
    oddities += [_leftover(port) for port in dict.fromkeys(bare) if port not in found]
    ports = [
        RemotingPort(
            port, _distinct(name for name, _kind in rows), _distinct(kind for _name, kind in rows)
        )
        for port, rows in sorted(found.items())
    ]
    return tuple(ports), tuple(dict.fromkeys(oddities))


def _leftover(port: int) -> Oddity:
    return Oddity(
        "remoting_leftover",
        "info",
        f"Port {port} is named by a <client> of web.config without any endpoint; "
        "it looks left over.",
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
