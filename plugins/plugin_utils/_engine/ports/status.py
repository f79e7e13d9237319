# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluates each required port: free, ours, excluded or taken, what uses it, the severity, and what
to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..host.reading import FAMILIES, Exclusion, HostReading, PortReading, Socket
from .holders import GONE, KERNEL, WEB_PORTS, Holder, Owners
from .wanted import SHARED_KINDS, PortWant

SEVERITIES = ("none", "warning", "conflict")
_SHARED_PORTS = (25, *WEB_PORTS)  # IIS and Exchange own them on a mail server
_MOVABLE_KINDS = ("ipc", "gfi_directory")
# The cure is widely reported; no document of Microsoft gives it.
_WINNAT = (
    "The usual cure (reported, not documented): net stop winnat, "
    "reserve the port with port_reservation, net start winnat."
)


@dataclass(frozen=True)
class PortStatus:
    """The status of one port. holders: processes that use it. exclusions: all exclusions that
    contain it.
    """

    port: int
    protocol: str
    families: tuple[str, ...]
    status: str
    severity: str
    dynamic_unprotected: bool
    holders: tuple[Holder, ...]
    exclusions: tuple[Exclusion, ...]
    wants: tuple[PortWant, ...]
    message: str
    advice: str

    def to_dict(self) -> dict[str, Any]:
        """As port_availability returns it."""
        return {
            "port": self.port,
            "protocol": self.protocol,
            "families": list(self.families),
            "status": self.status,
            "dynamic_unprotected": self.dynamic_unprotected,
            "severity": self.severity,
            "holders": [holder.to_dict() for holder in self.holders],
            "exclusions": [exclusion.to_dict() for exclusion in self.exclusions],
            "wanted_by": [want.to_dict() for want in self.wants],
            "message": self.message,
            "advice": self.advice,
        }


@dataclass(frozen=True)
class _Situation:
    """The data from which the status of one port is derived."""

    port: int
    protocol: str
    families: tuple[str, ...]
    wants: tuple[PortWant, ...]
    holders: tuple[Holder, ...]
    gone: tuple[Socket, ...]
    exclusions: tuple[Exclusion, ...]
    blocking: tuple[Exclusion, ...]
    loose: tuple[tuple[int, int], ...]
    http_error: str
    unread: tuple[str, ...]

    @property
    def foreign(self) -> tuple[Holder, ...]:
        return tuple(holder for holder in self.holders if holder.kind != "ours")

    @property
    def status(self) -> str:
        if self.foreign:
            return "taken"
        return "ours" if self.holders else "excluded" if self.blocking else "free"

    def proper(self, holder: Holder) -> bool:
        """Whether IIS or Exchange is expected on the port. Other processes that http.sys serves on
        a web port share it with IIS.
        """
        shared = self.port in _SHARED_PORTS or all(want.kind in SHARED_KINDS for want in self.wants)
        return shared and (
            holder.kind == "iis_or_exchange" or (bool(holder.urls) and self.port in WEB_PORTS)
        )

    @property
    def severity(self) -> str:
        """If several entries require the port, the ones without contradiction count."""
        worst = "warning" if all(want.doubtful for want in self.wants) else "conflict"
        if self.status == "taken":
            return "none" if all(map(self.proper, self.foreign)) else worst
        if self.status == "ours":
            return "warning" if self.blocking else "none"
        return worst if self.status == "excluded" else "none"


def judge_ports(
    wants: Iterable[PortWant], reading: HostReading, *, extra_owners: Sequence[str] = ()
) -> list[PortStatus]:
    """Returns one status for each port and protocol, in the order of wants. Raises InputError for a
    reading without ports.
    """
    ports = port_reading(reading)
    owners = Owners(reading, ports, extra_owners)
    wanted: dict[tuple[str, int], list[PortWant]] = {}
    for want in wants:
        wanted.setdefault((want.protocol, want.port), []).append(want)
    sockets: dict[tuple[str, int], list[Socket]] = {key: [] for key in wanted}
    for socket in ports.sockets:
        rows = sockets.get((socket.protocol, socket.port))
        if rows is not None:
            rows.append(socket)
    return [
        _judged(_situation(tuple(wishes), sockets[key], ports, owners))
        for key, wishes in wanted.items()
    ]


def port_reading(reading: HostReading) -> PortReading:
    """The ports of a reading. Raises InputError if they were not read."""
    if reading.ports is None:
        raise InputError(
            "",
            "The worker's reading holds no ports; modules and workers are from different "
            "versions, reinstall the collection",
        )
    return reading.ports


def covering(
    ports: PortReading, port: int, protocol: str, families: Sequence[str] = FAMILIES
) -> tuple[Exclusion, ...]:
    """All exclusions that contain the port."""
    return tuple(
        one
        for one in ports.exclusions
        if one.first <= port <= one.last and one.protocol == protocol and one.family in families
    )


def blocking(exclusions: Sequence[Exclusion]) -> tuple[Exclusion, ...]:
    """Exclusions that no program can use. If the other list shows the same range as administered,
    it blocks nothing.
    """
    administered = {(one.family, one.first, one.last) for one in exclusions if one.administered}
    return tuple(one for one in exclusions if (one.family, one.first, one.last) not in administered)


def _situation(
    wants: tuple[PortWant, ...], sockets: Sequence[Socket], ports: PortReading, owners: Owners
) -> _Situation:
    port, protocol = wants[0].port, wants[0].protocol
    families = tuple(
        family for family in FAMILIES if any(family in want.families for want in wants)
    )
    near = [socket for socket in sockets if _concerns(socket, families)]
    exclusions = covering(ports, port, protocol, families)
    protected = {one.family for one in exclusions if one.administered}
    ranges = [
        ports.dynamic[family, protocol]
        for family in families
        if family not in protected and (family, protocol) in ports.dynamic
    ]
    return _Situation(
        port=port,
        protocol=protocol,
        families=families,
        wants=wants,
        holders=owners.holders(socket for socket in near if socket.state not in GONE),
        gone=tuple(socket for socket in near if socket.state in GONE),
        exclusions=exclusions,
        blocking=blocking(exclusions),
        loose=tuple(dict.fromkeys(span for span in ranges if span[0] <= port <= span[1])),
        http_error=ports.http_error,
        unread=tuple(
            ports.unread[family, protocol]
            for family in families
            if (family, protocol) in ports.unread
        ),
    )


def _concerns(socket: Socket, families: Sequence[str]) -> bool:
    """Whether a socket concerns a family. A socket on :: may also serve IPv4, which no list shows
    (inferred).
    """
    if socket.family in families:
        return True
    return socket.address.partition("%")[0] == "::" or socket.address.lower().startswith("::ffff:")


def _judged(case: _Situation) -> PortStatus:
    return PortStatus(
        port=case.port,
        protocol=case.protocol,
        families=case.families,
        status=case.status,
        severity=case.severity,
        dynamic_unprotected=bool(case.loose),
        holders=case.holders,
        exclusions=case.exclusions,
        wants=case.wants,
        message=_message(case),
        advice=_advice(case),
    )


def _message(case: _Situation) -> str:
    holders = "; ".join(map(_seen, case.foreign or case.holders))
    excluded = (
        "the excluded "
        f"range {' and '.join(dict.fromkeys(f'{one.first}-{one.last}' for one in case.blocking))}"
    )
    expected = case.status == "taken" and case.severity == "none"
    told = {
        "free": "is free",
        "ours": f"is used by MailEssentials: {holders}",
        "taken": f"{_taken(case, expected)} {holders}",
        "excluded": f"lies in {excluded}, reserved by Windows: nothing is listening and nothing "
        "can",
    }
    parts = [told[case.status]]
    if case.foreign and len(case.foreign) < len(case.holders):
        parts.append("MailEssentials uses it too")
    if case.status in ("ours", "taken") and case.blocking and not expected:
        parts.append(f"it lies in {excluded}, so MailEssentials may not get it at its next start")
    if case.loose:
        parts.append(
            "it lies in the dynamic "
            f"range {' and '.join(f'{first}-{last}' for first, last in case.loose)}, so Windows "
            "may give it to any program"
        )
    if case.gone:
        parts.append("a closed connection remains; it clears by itself")
    if case.unread:
        parts.append(
            "it is not known whether Windows excludes it or may assign it, as a list could not be "
            "read"
        )
    if case.http_error and any(holder.process_id == KERNEL for holder in case.holders):
        parts.append("the programs behind http.sys there could not be read")
    return f"Port {case.port}/{case.protocol} {'; '.join(parts)}.{_doubt(case)}"


def _doubt(case: _Situation) -> str:
    """Reason why a port that is in use only causes a warning, with the statement of each source."""
    if case.severity != "warning" or case.status == "ours":
        return ""
    told = " ".join(
        f"{text}." for text in dict.fromkeys(want.disagreement for want in case.wants) if text
    )
    return (
        " This is a warning only: the host is not configured for the port, and the documents "
        f"differ. {told}"
    ).rstrip()


def _taken(case: _Situation, expected: bool) -> str:
    if not expected:
        return "is used by"
    usual = all(holder.kind == "iis_or_exchange" for holder in case.foreign)
    return "is used, as expected, by" if usual else "is shared through http.sys by"


def _seen(holder: Holder) -> str:
    where = f"on {', '.join(holder.addresses)}"
    if holder.bound:
        return f"{holder}, bound {where} without listening, which may be passing"
    return (
        f"{holder}, a passing connection ({holder.state}) {where} that ends by itself"
        if holder.passing
        else f"{holder}, {holder.state} {where}"
    )


def _advice(case: _Situation) -> str:
    parts = []
    wrong = [holder for holder in case.foreign if not case.proper(holder)]
    if wrong and case.severity == "warning":
        parts.append("Check whether MailEssentials starts and works; if it does, change nothing.")
    elif wrong:
        parts += dict.fromkeys(map(_cure, wrong))
        parts += dict.fromkeys(
            want.advice for want in case.wants if want.advice and want.kind in _MOVABLE_KINDS
        )
    if case.blocking and not (case.foreign and not wrong):
        parts.append(
            _WINNAT if not case.holders else f"Before the next start of the services: {_WINNAT}"
        )
    elif case.loose and not wrong:
        when = "" if case.status == "free" else " while nothing uses it"
        parts.append(f"Reserve it with port_reservation{when}, so that Windows does not assign it.")
    return " ".join(parts)


def _cure(holder: Holder) -> str:
    if holder.passing:
        return "Run again in a minute, and reserve the port with port_reservation once it is free."
    if holder.bound:
        name = holder.name or f"process {holder.process_id}"
        return (
            "Run again first: a bound socket may belong to an outgoing connection that "
            f"passes. If it stays, stop {name}."
        )
    if holder.kind == "unknown":
        return "Find the program on the host, as an administrator, with: netstat -abno."
    name = (
        "what http.sys serves there (netsh http show servicestate)"
        if holder.process_id == KERNEL
        else holder.name or f"process {holder.process_id}"
    )
    return f"Stop {name}, or give it another port."
