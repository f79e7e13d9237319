# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Administered port exclusions: plans which to add and to remove, and checks the result in a new
list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import InputError
from ..host.reading import FAMILIES, Exclusion, HostReading
from .status import PortStatus, blocking, covering, judge_ports, port_reading
from .wanted import PortWant, given_wants

STATES = ("present", "absent")
# Windows 2008 R2, 2012, 2012 R2: Microsoft article 3039044.
_NOTED_WINDOWS = ("6.1", "6.2", "6.3")


class Operation(NamedTuple):
    """One call of netsh: add or delete the exclusion of one port."""

    operation: str
    protocol: str
    family: str
    port: int

    def to_dict(self) -> dict[str, Any]:
        """As the worker takes it."""
        return self._asdict()


@dataclass(frozen=True)
class Reservation:
    """The plan. wants: ports that can be reserved or released. operations: the first operations;
    next_operations() returns the following ones. reserved: ports that an exclusion contains.
    skipped, conflicts: dictionaries as the module returns them.
    """

    state: str
    wants: tuple[PortWant, ...]
    operations: tuple[Operation, ...]
    reserved: tuple[tuple[PortWant, Exclusion], ...]
    skipped: tuple[dict[str, Any], ...]
    conflicts: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The plan as port_reservation returns it."""
        kinds: dict[str, list[dict[str, Any]]] = {"add": [], "delete": []}
        for entry in self.operations:
            kinds[entry.operation].append(
                {"port": entry.port, "protocol": entry.protocol, "family": entry.family}
            )
        reserved = [
            {
                "port": want.port,
                "protocol": want.protocol,
                "family": one.family,
                "first": one.first,
                "last": one.last,
                "store": one.store,
            }
            for want, one in self.reserved
        ]
        return {
            **kinds,
            "reserved": reserved,
            "skipped": list(self.skipped),
            "conflicts": list(self.conflicts),
        }


def make_reservation(ports: Any, state: str, reading: HostReading) -> Reservation:
    """Plans the reservations for the ports of an option from a reading. Raises InputError for
    invalid options.
    """
    wants = given_wants(ports, with_families=False)
    if state == "present":
        return _present(wants, reading)
    if state == "absent":
        skipped = [entry for want in wants for entry in _skipped(want, reading)]
        return Reservation(state, wants, _steps(state, wants, reading), (), tuple(skipped), (), ())
    raise InputError("state", f"{state!r} must be one of {', '.join(STATES)}")


def unread(plan: Reservation, reading: HostReading) -> tuple[str, ...]:
    """Reason why not all lists of ranges for the ports of a plan are known. Nothing may be written
    then.
    """
    protocols = {want.protocol for want in (*plan.wants, *(want for want, _one in plan.reserved))}
    return tuple(
        dict.fromkeys(
            why
            for (_family, protocol), why in port_reading(reading).unread.items()
            if protocol in protocols
        )
    )


def next_operations(
    plan: Reservation, reading: HostReading, tried: Collection[Operation]
) -> tuple[Operation, ...]:
    """Returns the operations that a new reading still requires. Repeats no operation, and does
    nothing for the second family if the first one failed.

    As far as known, both families share one store, so the second family usually requires nothing.
    """
    return tuple(entry for entry in _steps(plan.state, plan.wants, reading) if entry not in tried)


def unfinished(
    plan: Reservation, reading: HostReading, outcomes: Iterable[Mapping[str, Any]]
) -> tuple[str, ...]:
    """A sentence for each port that differs from the plan in the reading. The output of netsh is
    only added as an explanation.
    """
    last = {
        (entry["operation"], entry["protocol"], entry["family"], entry["port"]): entry
        for entry in outcomes
    }
    return tuple(
        f"Port {entry.port}/{entry.protocol} is "
        f"{'not' if entry.operation == 'add' else 'still'} excluded "
        f"for {_NAMES[entry.family]}: "
        f"{_said(last.get(entry))}.{_only_active(entry, reading)}"
        for entry in _steps(plan.state, plan.wants, reading)
    )


def difference(
    plan: Reservation, before: HostReading, after: HostReading | None = None
) -> dict[str, str]:
    """before and after as text. Without a reading, as in check mode, after is the state that the
    plan will reach.
    """
    planned = {(entry.protocol, entry.port) for entry in plan.operations}
    lines: dict[str, list[str]] = {"before": [], "after": []}
    for want in (*plan.wants, *(want for want, _one in plan.reserved)):
        name = f"{want.port}/{want.protocol}: "
        lines["before"].append(name + _shown(want, before))
        wished = (
            f"{want.port}-{want.port}"
            if plan.state == "present"
            else _shown(want, before, but_own=True)
        )
        done = (want.protocol, want.port) in planned and after is None
        lines["after"].append(name + (wished if done else _shown(want, after or before)))
    return {
        side: "".join(f"{line}\n" for line in dict.fromkeys(rows)) for side, rows in lines.items()
    }


_NAMES = {"ipv4": "IPv4", "ipv6": "IPv6"}


def _present(wants: tuple[PortWant, ...], reading: HostReading) -> Reservation:
    reserved = [
        (want, one)
        for want in wants
        for family in FAMILIES
        if (one := _cover(want, reading, family))
    ]
    missing = tuple(
        want for want in wants if not all(_cover(want, reading, family) for family in FAMILIES)
    )
    found = {(status.protocol, status.port): status for status in judge_ports(missing, reading)}
    possible = tuple(want for want in missing if found[want.protocol, want.port].status == "free")
    conflicts = [_conflict(status) for status in found.values() if status.status != "free"]
    steps = _steps("present", possible, reading)
    return Reservation(
        "present",
        possible,
        steps,
        tuple(reserved),
        (),
        tuple(conflicts),
        _vendor_note(reading) if steps else (),
    )


def _steps(state: str, wants: Iterable[PortWant], reading: HostReading) -> tuple[Operation, ...]:
    """For each port that differs, the operation in the first family in which it differs."""
    found = []
    for want in wants:
        if state == "present":
            families = [family for family in FAMILIES if not _cover(want, reading, family)]
        else:
            exact = {
                one.family
                for one in _covering(want, reading)
                if one.administered and one.first == one.last
            }
            families = [family for family in FAMILIES if family in exact]
        if families:
            found.append(
                Operation(
                    "add" if state == "present" else "delete", want.protocol, families[0], want.port
                )
            )
    return tuple(found)


def _covering(want: PortWant, reading: HostReading) -> tuple[Exclusion, ...]:
    return covering(port_reading(reading), want.port, want.protocol)


def _cover(want: PortWant, reading: HostReading, family: str) -> Exclusion | None:
    """The administered exclusion that contains the port in this family, in the active or the
    persistent list. The persistent list does not always contain all exclusions.
    """
    return next(
        (one for one in _covering(want, reading) if one.administered and one.family == family), None
    )


def _conflict(status: PortStatus) -> dict[str, Any]:
    if status.status == "ours":
        advice = "Stop the services of MailEssentials, reserve the port, and start them again."
    elif status.status == "taken" and not any(
        holder.passing or holder.bound for holder in status.holders
    ):
        names = ", ".join(
            dict.fromkeys(
                holder.name or f"process {holder.process_id}" for holder in status.holders
            )
        )
        advice = f"Stop {names} first: Windows refuses to exclude a port in use."
    else:
        advice = status.advice
    return {
        "port": status.port,
        "protocol": status.protocol,
        "message": status.message,
        "advice": advice,
    }


def _skipped(want: PortWant, reading: HostReading) -> list[dict[str, Any]]:
    """Exclusions that contain the port but are not of the form that this collection creates."""
    rows = _covering(want, reading)
    wider = [
        (one.first, one.last, "it is wider than the port")
        for one in rows
        if one.administered and one.first != one.last
    ]
    runtime = [
        (one.first, one.last, "Windows made it, not an administrator") for one in blocking(rows)
    ]
    name = f"Port {want.port}/{want.protocol}"
    return [
        {
            "port": want.port,
            "protocol": want.protocol,
            "message": f"{name} lies in the excluded range {first}-{last}, which is left: {why}.",
        }
        for first, last, why in dict.fromkeys([*wider, *runtime])
    ]


def _shown(want: PortWant, reading: HostReading, *, but_own: bool = False) -> str:
    spans: dict[str, set[str]] = {}
    for one in _covering(want, reading):
        if one.administered and not (but_own and one.first == one.last):
            spans.setdefault(f"{one.first}-{one.last}", set()).add(_NAMES[one.family])
    return (
        ", ".join(
            f"{span} ({min(names)} only)" if len(names) == 1 else span
            for span, names in spans.items()
        )
        or "not reserved"
    )


def _said(outcome: Mapping[str, Any] | None) -> str:
    if outcome is None or outcome["status"] == "not_done":
        return "nothing was done"
    text = " ".join(str(outcome["output"]).split()).rstrip(".")[:200]
    if outcome["exit_code"] == 0:
        return (
            f"netsh reported success{f' ({text})' if text else ''}, yet the list does not show it"
        )
    return f"netsh failed with exit code {outcome['exit_code']}: {text or 'it said nothing'}"


def _only_active(operation: Operation, reading: HostReading) -> str:
    """How to delete an exclusion that is not in the persistent list, which is the only one that is
    written.
    """
    rows = covering(port_reading(reading), operation.port, operation.protocol)
    stores = {
        one.store
        for one in rows
        if one.administered
        and (one.family, one.first, one.last) == (operation.family, operation.port, operation.port)
    }
    if operation.operation == "add" or stores != {"active"}:
        return ""
    target = (
        f"protocol={operation.protocol} startport={operation.port} numberofports=1 store=active"
    )
    return (
        f" Only the active list has it: netsh interface {operation.family} delete "
        f"excludedportrange {target} removes it."
    )


def _vendor_note(reading: HostReading) -> tuple[str, ...]:
    version = ".".join(reading.windows.split(".")[:2])
    if version not in _NOTED_WINDOWS:
        return ()
    hotfix = " Hotfix 2665809 is needed on it." if version == "6.1" else ""
    return (
        f"This is Windows {version}: up to 2012 R2, a second program that shares an excluded "
        "port by SO_REUSEADDR fails with error 10013 "
        f"(Microsoft article 3039044).{hotfix}",
    )
