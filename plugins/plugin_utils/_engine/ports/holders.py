# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the processes that use a port: of MailEssentials, of IIS or Exchange, of another program,
or unknown.
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..host.netsh import HttpQueue, url_port
from ..host.product import own_directories, own_services
from ..host.reading import (
    BOUND,
    CLOSED,
    DELETE_TCB,
    ESTABLISHED,
    LISTEN,
    TIME_WAIT,
    HostReading,
    PortReading,
    Service,
    Socket,
)

KERNEL = 4  # the process of Windows' kernel, in which http.sys listens
WEB_PORTS = (80, 443)
GONE = (CLOSED, TIME_WAIT, DELETE_TCB)  # states that hold nothing for good (inferred)
_IIS_PROCESSES = ("inetinfo.exe", "w3wp.exe")
_IIS_SERVICES = ("w3svc", "iisadmin", "smtpsvc")
_STATES = {
    0: "open", CLOSED: "closed", LISTEN: "listening", 3: "syn_sent", 4: "syn_received",
    ESTABLISHED: "established", 6: "fin_wait_1", 7: "fin_wait_2",
    8: "close_wait", 9: "closing", 10: "last_ack", TIME_WAIT: "time_wait", DELETE_TCB: "delete_tcb",
    BOUND: "bound",
}  # fmt: skip
_LASTING = (0, LISTEN)


@dataclass(frozen=True)
class Holder:
    """One process with sockets on a port. kind: ours, iis_or_exchange, other or unknown. urls: URLs
    that http.sys serves for it on the port.

    passing: it only has connections on the port, which end by themselves. bound: it only has a
    bound socket, so it may be passing.
    """

    process_id: int
    name: str
    path: str
    services: tuple[str, ...]
    addresses: tuple[str, ...]
    state: str
    kind: str
    urls: tuple[str, ...]
    passing: bool
    bound: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As port_availability returns it."""
        return {
            "process_id": self.process_id,
            "name": self.name,
            "path": self.path,
            "services": list(self.services),
            "addresses": list(self.addresses),
            "state": self.state,
            "kind": self.kind,
            "urls": list(self.urls),
        }

    def __str__(self) -> str:
        """The holder in a sentence."""
        services = f"service {', '.join(self.services)}" if self.services else ""
        urls = f"by http.sys: {', '.join(self.urls[:3])}" if self.urls else ""
        if self.process_id == KERNEL:
            return f"the kernel ({urls or 'http.sys'})"
        if self.kind == "unknown":
            return f"an unknown program (process {self.process_id}, which has ended or is hidden)"
        told = ", ".join(filter(None, (f"process {self.process_id}", self.path, services, urls)))
        return f"{self.name or 'a program without a name'} ({told})"


def read_owners(entries: Any, path: str = "extra_owners") -> tuple[str, ...]:
    """Returns extra owners of an option: full paths of directories or programs, and short names of
    services, in lower case.
    """
    if not isinstance(entries, (list, tuple)):
        raise InputError(
            path, f"{entries!r} is not a list; give a list of directories and services"
        )
    found = []
    for number, entry in enumerate(entries):
        where = f"{path}[{number}]"
        text = entry.strip() if isinstance(entry, str) else ""
        if not text:
            raise InputError(
                where,
                f"{entry!r} is not an owner; give a directory such as D:\\Tools\\GfiDirectory, "
                "or the short name of a service",
            )
        full = (
            text[1:3] == ":\\" and text[0].isalpha() and text[0].isascii() and len(_plain(text)) > 3
        )
        if not full and any(char in text for char in "\\/:*?%"):
            raise InputError(
                where,
                f"'{text}' is not a full path below a drive such as D:\\Tools\\GfiDirectory, "
                "nor the short name of a service",
            )
        if not full and text.lower().endswith(".exe"):
            raise InputError(
                where, f"'{text}' is a name that any program can have; give its full path"
            )
        found.append(_plain(text) if full else text.lower())
    return tuple(found)


class Owners:
    """Identifies the processes of one reading."""

    def __init__(
        self, reading: HostReading, ports: PortReading, extra_owners: Sequence[str] = ()
    ) -> None:
        extra = read_owners(extra_owners)
        self._processes = ports.processes
        self._directories = [_plain(entry.path) for entry in own_directories(reading)] + [
            entry for entry in extra if "\\" in entry
        ]
        own = [service.name.lower() for service in own_services(reading)] + [
            entry for entry in extra if "\\" not in entry
        ]
        self._services: dict[int, list[str]] = {}
        self._own: set[int] = set()
        self._exchange = any(
            service.name.lower().startswith("msexchange") for service in reading.services
        )
        for service in reading.services:
            if service.process_id > KERNEL and self._runs(service):
                self._services.setdefault(service.process_id, []).append(service.name)
                if service.name.lower() in own:
                    self._own.add(service.process_id)
        self._queues: dict[int, list[HttpQueue]] = {}
        for queue in ports.http:
            for port in {url_port(url) for url in queue.urls}:
                self._queues.setdefault(port, []).append(queue)

    def _runs(self, service: Service) -> bool:
        """Services are read before processes. In between, another process may get the same process
        id.
        """
        process = self._processes.get(service.process_id)
        return (
            not (process and process.name and service.path)
            or process.name.lower() in service.path.lower()
        )

    def holders(self, sockets: Iterable[Socket]) -> tuple[Holder, ...]:
        """The processes that own the sockets of one port; those that stay come first."""
        by_process: dict[int, list[Socket]] = {}
        for socket in sockets:
            by_process.setdefault(socket.process_id, []).append(socket)
        found = []
        for process_id, rows in by_process.items():
            found += (
                self._kernel(rows) if process_id == KERNEL else [self._holder(process_id, rows)]
            )
        return tuple(sorted(found, key=lambda holder: (holder.passing, holder.process_id)))

    def _kernel(self, rows: list[Socket]) -> list[Holder]:
        """The holders of a port that http.sys serves: one for each process of the queues with a URL
        on the port, or else the kernel.
        """
        port = rows[0].port
        queues = self._queues.get(port, []) if rows[0].protocol == "tcp" else []
        processes = {process.id: process for queue in queues for process in queue.processes}
        found = []
        for process in processes.values():
            urls = _urls(
                port,
                [queue for queue in queues if process.id in {one.id for one in queue.processes}],
            )
            found.append(self._holder(process.id, rows, urls, process.image, process.services))
        unknown = [queue for queue in queues if not queue.processes]
        if unknown or not found:
            found.append(self._holder(KERNEL, rows, _urls(port, unknown)))
        return found

    def _holder(
        self,
        process_id: int,
        rows: list[Socket],
        urls: tuple[str, ...] = (),
        image: str = "",
        services: tuple[str, ...] = (),
    ) -> Holder:
        process = self._processes.get(process_id)
        path = (process.path if process else "") or image
        names = tuple(self._services.get(process_id, services))
        name = (process.name if process else "") or ntpath.basename(path)
        # An ephemeral port of an outgoing connection shows a bound socket beside the connected one
        # (windows-itpro-docs, Get-NetTCPConnection).
        state = min(
            (row.state for row in rows), key=lambda one: (one not in _LASTING, one == BOUND, one)
        )
        return Holder(
            process_id=process_id,
            name=name,
            path=path,
            services=names,
            addresses=tuple(dict.fromkeys(row.address for row in rows)),
            state=_STATES.get(state, f"state {state}"),
            kind=self._kind(
                process_id,
                name,
                path,
                names,
                rows[0].protocol == "tcp" and rows[0].port in WEB_PORTS and process_id == KERNEL,
            ),
            urls=urls,
            passing=state not in (*_LASTING, BOUND),
            bound=state == BOUND,
        )

    def _kind(
        self, process_id: int, name: str, path: str, services: Sequence[str], web: bool
    ) -> str:
        """ours requires a service of MailEssentials, or a program below its directory. For IIS and
        Exchange, the name of the program alone is not sufficient.
        """
        plain = _plain(path) if path else ""
        if process_id in self._own or any(
            plain == entry or plain.startswith(f"{entry}\\") for entry in self._directories
        ):
            return "ours"
        program, names = name.lower(), [service.lower() for service in services]
        exchange = self._exchange and (
            program == "edgetransport.exe" or program.startswith("msexchange")
        )
        iis = program in _IIS_PROCESSES and (not plain or "\\inetsrv\\" in plain)
        if (
            web
            or exchange
            or iis
            or any(entry in _IIS_SERVICES or entry.startswith("msexchange") for entry in names)
        ):
            return "iis_or_exchange"
        return "other" if name or services else "unknown"


def _urls(port: int, queues: Iterable[HttpQueue]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(url for queue in queues for url in queue.urls if url_port(url) == port)
    )


def _plain(path: str) -> str:
    """Returns a path in the form in which Windows compares paths: one kind of slash, no "..", lower
    case.
    """
    return ntpath.normpath(path.removeprefix("\\\\?\\")).lower()
