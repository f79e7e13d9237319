# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports that a host requires, and their source: options, the configuration of the host, or the
catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..catalog.query import disagreement, query, resolve_version
from ..errors import InputError, unknown_name
from ..host.product import Product, inspect_product
from ..host.reading import FAMILIES, PROTOCOLS, HostReading
from ..net.hosts import check_port

# Kinds of the catalog that something on this host listens on. IIS or the mail server own those of
# the second line.
OWN_KINDS = ("ipc", "multi_server", "gfi_directory")
SHARED_KINDS = ("web_ui", "join", "sync_agent", "smtp")
MOVABLE_KINDS = ("web_ui", "join", "gfi_directory")  # remoting has an option of its own


@dataclass(frozen=True)
class PortWant:
    """One required port. kind: kind of the catalog, or given. status: status of the catalog, given
    or configured. configured: the host is configured for it. contradictions: ids of the catalog;
    the first one is the reason of the status.
    """

    port: int
    protocol: str = "tcp"
    families: tuple[str, ...] = FAMILIES
    kind: str = "given"
    status: str = "given"
    configured: bool = False
    title: str = "Given by hand."
    sources: tuple[str, ...] = ()
    advice: str = ""
    contradictions: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether other sources contradict the entry."""
        return self.status == "contradicted" and not self.configured

    @property
    def disagreement(self) -> str:
        """The statement of each source about the port, if they contradict each other."""
        return disagreement(self.contradictions[0]) if self.doubtful and self.contradictions else ""

    def to_dict(self) -> dict[str, Any]:
        """As port_availability returns it under wanted_by."""
        return {
            "kind": self.kind,
            "title": self.title,
            "status": self.status,
            "configured": self.configured,
            "sources": list(self.sources),
            "contradictions": list(self.contradictions),
            "advice": self.advice,
        }


@dataclass(frozen=True)
class Selection:
    """source: given, configured or catalog. reason: why, in a sentence."""

    wants: tuple[PortWant, ...]
    source: str
    reason: str


def given_wants(
    entries: Any, path: str = "ports", *, with_families: bool = True
) -> tuple[PortWant, ...]:
    """Returns the ports of an option: numbers, or dictionaries of port, protocol and families.
    Raises InputError for the first mistake.
    """
    if not isinstance(entries, (list, tuple)):
        raise InputError(
            path, f"{entries!r} is not a list; give a list of ports, such as [9095, 9096]"
        )
    if not entries:
        raise InputError(path, "is an empty list; leave it out or name a port")
    seen: dict[tuple[int, str], int] = {}
    found = []
    for number, entry in enumerate(entries):
        where = f"{path}[{number}]"
        want = _given(entry, where, with_families)
        first = seen.setdefault((want.port, want.protocol), number)
        if first != number:
            raise InputError(
                where,
                f"port {want.port} of {want.protocol} is {path}[{first}] already; list it once",
            )
        found.append(want)
    return tuple(found)


def catalog_wants(
    version: str, *, features: Any = None, server_role: str | None = None
) -> tuple[PortWant, ...]:
    """Returns the ports on which a server of this version listens, from the catalog: remoting,
    SMTP, and the ports of the features.

    Without features, a role of master or slave includes Multi-Server if the version has it. Raises
    InputError for unknown names.
    """
    if features is None:
        joined = server_role in ("master", "slave") and resolve_version(version).multi_server
        features = ["multi_server"] if joined else []
    query("ports", version=version, features=features, server_role=server_role)
    chosen = {"core", *features}
    return tuple(
        PortWant(
            port=entry["port"],
            protocol=entry["protocol"],
            kind=entry["kind"],
            status=entry["status"],
            title=entry["purpose"],
            sources=tuple(entry["sources"]),
            advice=entry["advice"],
            contradictions=tuple(entry["contradictions"]),
        )
        for entry in query("ports", version=version, server_role=server_role)
        if entry["kind"] in (*OWN_KINDS, *SHARED_KINDS)
        and entry["direction"] != "outbound"
        and (chosen.intersection(entry["features"]) or entry["kind"] == "smtp")
    )


def moved_wants(
    version: str,
    *,
    features: Any = None,
    server_role: str | None = None,
    moved: Mapping[str, Iterable[int]],
    remoting: Iterable[int] = (),
) -> tuple[PortWant, ...]:
    """Returns the ports of the catalog, with changed ports of services.

    moved: kind -> its ports. remoting: all remoting ports, in place of those of the catalog; if
    empty, those of the catalog. Raises InputError for unknown names.
    """
    found: dict[tuple[int, str, str], PortWant] = {}
    advice = ""
    for want in catalog_wants(version, features=features, server_role=server_role):
        if want.kind == "ipc" and remoting:
            advice = advice or want.advice
            continue
        for port in moved.get(want.kind, (want.port,)):
            known = want if port == want.port else replace(want, port=port, status="given")
            found.setdefault((port, want.protocol, want.kind), known)
    title = "Remoting, as given."
    ipc = [PortWant(port, kind="ipc", title=title, advice=advice) for port in remoting]
    return (*ipc, *found.values())


def configured_wants(product: Product) -> tuple[PortWant, ...]:
    """The remoting ports of web.config on the host, with the sources of the catalog; empty if the
    file cannot be used.
    """
    if product.remoting.source != "web_config":
        return ()
    known = [want for want in catalog_wants(product.asked or "latest") if want.kind == "ipc"]
    advice = next((want.advice for want in known), "")
    sources = {want.port: want.sources for want in known}
    return tuple(
        PortWant(
            port=entry.port,
            kind="ipc",
            status="configured",
            configured=True,
            title=f"Remoting as configured on the host: {', '.join(entry.endpoints)}.",
            sources=sources.get(entry.port, ()),
            advice=advice,
        )
        for entry in product.remoting.ports
    )


def select_wants(
    reading: HostReading,
    *,
    ports: Any = None,
    version: str | None = None,
    features: Any = None,
    server_role: str | None = None,
    remoting_ports: Any = None,
    moved_ports: Any = None,
) -> Selection:
    """Returns the ports to check on a host. If ports are given, only these, unless a version or
    features are given too.

    The remoting ports configured on the host replace those of the catalog, unless the installed
    version is known and another version is given. If the host is not configured, remoting_ports
    replaces them. moved_ports: kind -> ports of services that were changed.
    """
    given = given_wants(ports) if ports is not None else ()
    moved = _moved(moved_ports)
    remoting = () if remoting_ports is None else _remoting(remoting_ports)
    if given and version is None and features is None:
        return Selection(given, "given", "The ports were given in the task.")
    product = inspect_product(reading)
    wanted = resolve_version(product.asked or "latest" if version is None else version).name
    same = version is None or product.catalog_version in ("", wanted)
    ipc = configured_wants(product) if same else ()
    reason = _reason(product, wanted, asked=version is not None, configured=bool(ipc))
    source = "configured" if ipc else "catalog"
    if remoting and not ipc:
        reason = f"{reason} The remoting ports were given in the task."
    listed = moved_wants(
        wanted,
        features=features,
        server_role=server_role,
        moved=moved,
        remoting=remoting,
    )
    chosen = (*ipc, *(want for want in listed if not ipc or want.kind != "ipc"))
    return Selection(
        (*given, *chosen), source, f"{reason} Others were given in the task." if given else reason
    )


def _remoting(entries: Any) -> tuple[int, ...]:
    wants = given_wants(entries, "remoting_ports", with_families=False)
    return tuple(want.port for want in wants)


def _moved(entries: Any) -> dict[str, tuple[int, ...]]:
    """Raises InputError for an unknown kind or an invalid port."""
    found = {}
    for kind, ports in (entries or {}).items():
        where = f"moved_ports.{kind}"
        if kind not in MOVABLE_KINDS:
            raise unknown_name(where, "kind of port", kind, MOVABLE_KINDS)
        if not isinstance(ports, (list, tuple)):
            raise InputError(where, f"{ports!r} is not a list; give a list of ports, such as [443]")
        found[kind] = tuple(
            check_port(port, f"{where}[{number}]") for number, port in enumerate(ports)
        )
    return found


def check_options(
    ports: Any,
    version: str | None,
    features: Any,
    server_role: str | None,
    remoting_ports: Any = None,
    moved_ports: Any = None,
) -> None:
    """Raises InputError for options that are invalid on every host."""
    if ports is not None:
        given_wants(ports)
    if remoting_ports is not None:
        _remoting(remoting_ports)
    _moved(moved_ports)
    catalog_wants(
        "latest" if version is None else version, features=features, server_role=server_role
    )


def _reason(product: Product, wanted: str, *, asked: bool, configured: bool) -> str:
    if configured:
        return (
            f"The remoting ports are those of {product.remoting.file}, others those of the "
            f"catalog for version {wanted}."
        )
    if asked:
        there = product.catalog_version or product.version or "one of unknown version"
        beside = (
            "" if product.state == "not_installed" or there == wanted else f"; installed is {there}"
        )
        why = f" {product.remoting.reason}" if there == wanted and product.remoting.reason else ""
        return f"The ports are those of the catalog for version {wanted}, as asked{beside}.{why}"
    if product.state == "not_installed":
        return (
            "MailEssentials is not installed, so the ports are those of the catalog for "
            f"version {wanted}, the latest."
        )
    if not product.asked:
        return (
            f"{product.remoting.reason} The ports are those of the catalog for "
            f"version {wanted}, the latest."
        )
    return product.remoting.reason


def _given(entry: Any, path: str, with_families: bool) -> PortWant:
    if not isinstance(entry, Mapping):
        return PortWant(check_port(entry, path))
    keys = ("port", "protocol", "families") if with_families else ("port", "protocol")
    for key in entry:
        if key not in keys:
            raise unknown_name(f"{path}.{key}", "key of a port", key, keys)
    if entry.get("port") is None:
        raise InputError(f"{path}.port", "is missing; every entry needs a port")
    protocol, families = entry.get("protocol"), entry.get("families")
    return PortWant(
        port=check_port(entry["port"], f"{path}.port"),
        protocol=_word(
            "tcp" if protocol is None else protocol, PROTOCOLS, f"{path}.protocol", "protocol"
        ),
        families=FAMILIES if families is None else _families(families, f"{path}.families"),
    )


def _families(value: Any, path: str) -> tuple[str, ...]:
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    if not values:
        raise InputError(path, f"is an empty list; leave it out, or name {' or '.join(FAMILIES)}")
    words = [
        _word(entry, FAMILIES, f"{path}[{number}]", "address family")
        for number, entry in enumerate(values)
    ]
    return tuple(family for family in FAMILIES if family in words)


def _word(value: Any, known: Iterable[str], path: str, noun: str) -> str:
    text = value.strip().lower() if isinstance(value, str) else ""
    if text not in known:
        raise unknown_name(path, noun, value, known)
    return text
