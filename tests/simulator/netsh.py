# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh on a simulated host: port exclusions, dynamic ranges and the request queues of http.sys.

Commands and arguments are those of Microsoft's reference of netsh interface. What a refusal says
and that it exits with 1 are published reports, or what the API behind it documents. INF: that
ERROR_NOT_FOUND is printed as "Element not found.", and what becomes of an exclusion that is deleted
from one store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import netsh_text
from .failures import KINDS, KilledError
from .machine import FAMILIES, PASSING, PROTOCOLS, Machine, exclusion

if TYPE_CHECKING:
    from .host import SimulatedHost

IN_USE = "The process cannot access the file because it is being used by another process."
NOT_FOUND = "Element not found."
DENIED = "Access is denied."
NOT_ELEVATED = "The requested operation requires elevation (Run as administrator)."
WRONG = "The parameter is incorrect."
UNKNOWN = "The following command was not found: {}."
STORES = ("active", "persistent")
QUEUES = ["http", "show", "servicestate", "view=requestq", "verbose=no"]


def run(host: SimulatedHost, arguments: list[str]) -> tuple[int, str]:
    """The exit code, and what is printed without its last end of line."""
    words = [argument for argument in arguments if "=" not in argument]
    tags = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    if arguments == QUEUES:
        return 0, _spoilt(host, netsh_text.queues(host.machine))
    if (
        len(words) == 4
        and words[0] == "interface"
        and words[1] in FAMILIES
        and tags.get("protocol") in PROTOCOLS
    ):
        family, verb, noun = words[1:]
        if (verb, noun) == ("show", "dynamicport") and set(tags) == {"protocol"}:
            return 0, _spoilt(host, netsh_text.dynamic(host.machine, family, tags["protocol"]))
        if (
            (verb, noun) == ("show", "excludedportrange")
            and set(tags) <= {"protocol", "store"}
            and tags.get("store", "active") in STORES
        ):
            rows = listed(host.machine, family, tags["protocol"], tags.get("store", "active"))
            return 0, _spoilt(host, netsh_text.exclusions(host.machine, tags["protocol"], rows))
        if (
            verb in {"add", "delete"}
            and noun == "excludedportrange"
            and set(tags) == {"protocol", "startport", "numberofports", "store"}
        ):
            return _write(host, verb, family, tags)
    return 1, netsh_text.message(host.machine, UNKNOWN.format(" ".join(arguments)))


def listed(machine: Machine, family: str, protocol: str, store: str) -> list[dict[str, Any]]:
    """The exclusions that a listing shows, by their first port."""
    if store == "persistent" and not machine.persistent_listed:
        return []
    found = [
        row
        for row in machine.exclusions
        if row["protocol"] == protocol and row["family"] in ("", family) and store in row["stores"]
    ]
    return sorted(found, key=lambda row: int(row["first"]))


def _spoilt(host: SimulatedHost, text: str) -> str:
    if host.faults.get("netsh_empty"):
        return ""
    if host.faults.get("netsh_garbage"):
        return (
            "The system cannot find message text for message number 0x0 in the message "
            "file.\n \u25a1\u25a1 65536 99999999 \u2014 *"
        )
    return text[: len(text) // 2] if host.faults.get("netsh_truncated") else text


def _write(host: SimulatedHost, verb: str, family: str, tags: dict[str, str]) -> tuple[int, str]:
    host.writes += 1
    if host.faults.get("netsh_lies"):
        return 0, ""
    if host.faults.get("read_only"):
        refused: str | None = NOT_ELEVATED
    elif host.faults.get("fail_at") == host.writes:
        refused = KINDS[host.faults.get("error", "access_denied")][0]
    else:
        first = int(tags["startport"])
        last = first + int(tags["numberofports"]) - 1
        refused = (_add if verb == "add" else _delete)(
            host.machine, family, tags["protocol"], first, last, tags["store"]
        )
    if host.faults.get("kill_after") == host.writes:
        raise KilledError
    return int(refused is not None), netsh_text.message(host.machine, refused or "Ok.")


def _add(
    machine: Machine, family: str, protocol: str, first: int, last: int, store: str
) -> str | None:
    """A range that meets a socket or any exclusion is a sharing violation, an equal one too
    (CreatePersistentTcpPortReservation).
    """
    if not 1 <= first <= last <= 65535:
        return WRONG
    held = [
        row["first"] <= last and first <= row["last"]
        for row in listed(machine, family, protocol, "active")
    ]
    if any(held) or any(first <= port <= last for port in _ports_in_use(machine, family, protocol)):
        return IN_USE
    machine.exclusions.append(
        exclusion(protocol, first, last, True, family if machine.split_families else "", store)
    )
    return None


def _ports_in_use(machine: Machine, family: str, protocol: str) -> list[int]:
    sockets = (
        [row for row in machine.tcp if row[2] not in PASSING] if protocol == "tcp" else machine.udp
    )
    return [
        row[1]
        for row in sockets
        if not machine.split_families or row[0] == "::" or (":" in row[0]) == (family == "ipv6")
    ]


def _delete(
    machine: Machine, family: str, protocol: str, first: int, last: int, store: str
) -> str | None:
    """Start and count must be those of one exclusion; a runtime one is refused even to
    administrators (reports).
    """
    found = [
        row
        for row in machine.exclusions
        if (row["protocol"], row["first"], row["last"]) == (protocol, first, last)
    ]
    found = [row for row in found if row["family"] in ("", family)]
    if not found:
        return NOT_FOUND
    row = found[0]
    if not row["administered"]:
        return DENIED
    if store not in row["stores"]:
        return NOT_FOUND
    row["stores"] = (
        [] if store == "persistent" else [name for name in row["stores"] if name != store]
    )
    machine.exclusions = [kept for kept in machine.exclusions if kept["stores"]]
    return None
