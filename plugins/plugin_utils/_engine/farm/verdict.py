# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the servers of a farm are ready: what stops it, and what there is to know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..plan.policy import opened_ports
from ..sentences import listed
from .notice import Notice, not_read, stopping
from .preflight import notices, report

# Whatever mailessentials_fail_on says: an exposed remoting port, a server that gave no answer.
_ALWAYS = ("remoting", "unread")
# States of a web.config that is there and says nothing.
_UNREAD = ("unreadable", "not_xml", "too_large")
RESERVATIONS = ("planned", "present", "absent", "done")


@dataclass(frozen=True)
class FarmVerdict:
    """One farm, or one standalone server. lines: what was found, for people. not_read: servers of
    the farm that are no part of the run.
    """

    name: str
    members: tuple[str, ...]
    lines: tuple[str, ...]
    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    not_read: tuple[str, ...]

    @property
    def title(self) -> str:
        return farm_title(self.name, self.members)

    @property
    def sentence(self) -> str:
        """Why the farm stops."""
        return stopping(self.title, "not ready", self.failures)

    def to_dict(self) -> dict[str, Any]:
        """As farm_verdict returns it."""
        return {
            "name": self.name,
            "members": list(self.members),
            "ok": not self.failures,
            "failures": list(self.failures),
            "warnings": list(self.warnings),
            "not_read": list(self.not_read),
        }


def farm_title(name: str, members: Sequence[str]) -> str:
    """How a farm is called at the start of a sentence."""
    if name:
        return f"The farm {name}"
    return f"The farm of {members[0]}" if len(members) > 1 else members[0]


def judge_farms(
    plan: Mapping[str, Any],
    readings: Mapping[str, Mapping[str, Any]],
    asked: Collection[str],
    reservations: Mapping[str, str],
) -> list[FarmVerdict]:
    """Every farm that has servers in the run.

    Args:
        plan: what farm_plan returns.
        readings: host -> {found, reserved}: results of port_availability and, where there is one,
            of port_reservation in check mode.
        asked: the servers of the run.
        reservations: host -> what is done about the dynamic range next, one of RESERVATIONS.
            planned: as mailessentials_reserve_ports says. done: nothing any more.
    """
    return [
        _judge(farm, plan["servers"], readings, asked, reservations)
        for farm in plan["farms"]
        if any(name in asked for name in farm["members"])
    ]


def verdict_lines(verdicts: Sequence[FarmVerdict]) -> Iterator[str]:
    """Lines for people."""
    for verdict in verdicts:
        yield from verdict.lines
        told = (*verdict.failures, *verdict.warnings)
        yield from (f"  {sentence}" for sentence in told or ("Nothing is in the way.",))


def _judge(
    farm: Mapping[str, Any],
    servers: Mapping[str, Mapping[str, Any]],
    readings: Mapping[str, Mapping[str, Any]],
    asked: Collection[str],
    reservations: Mapping[str, str],
) -> FarmVerdict:
    members = tuple(farm["members"])
    read = [name for name in members if name in readings]
    outside = [name for name in members if name not in asked]
    reports = [_report(name, servers[name], readings[name]) for name in read]
    found = [*notices(reports), *_own(read, servers, readings)]
    found += [
        Notice("could not be read, so its farm is not changed.", name, "unread")
        for name in members
        if name in asked and name not in readings
    ]
    kinds = {name: _stopping(servers[name]["settings"], reservations[name]) for name in members}
    failures = [
        notice
        for notice in found
        if any(notice.kind in kinds[name] for name in _whose(notice, read))
    ]
    warnings = [*(notice for notice in found if notice not in failures), *not_read(outside)]
    return FarmVerdict(
        farm["name"],
        members,
        tuple(line for one in reports for line in one["table"]),
        tuple(notice.sentence for notice in failures),
        tuple(notice.sentence for notice in warnings),
        tuple(outside),
    )


def _report(name: str, server: Mapping[str, Any], reading: Mapping[str, Any]) -> dict[str, Any]:
    found = reading["found"]
    return report(name, found["product"], found["ports"], version=server["version"]["given"])


def _own(
    read: Sequence[str],
    servers: Mapping[str, Mapping[str, Any]],
    readings: Mapping[str, Mapping[str, Any]],
) -> Iterator[Notice]:
    """What is in the way of each server beside its report."""
    for name in read:
        yield from _remoting(name, servers[name], readings[name])
        yield from _unreservable(name, readings[name])


def _whose(notice: Notice, read: Sequence[str]) -> Sequence[str]:
    return [notice.host] if notice.host else read


def _stopping(settings: Mapping[str, Any], reservation: str) -> set[str]:
    """Kinds that stop a farm before anything is written: not what reserving cures, and nothing of
    the inputs where reservations are taken back.
    """
    kinds = set(settings["fail_on"])
    if reservation == "absent":
        kinds = set()
    if reservation == "present" or (reservation == "planned" and settings["reserve_ports"]):
        kinds.discard("dynamic_unprotected")
    return kinds | set(_ALWAYS)


def _remoting(host: str, server: Mapping[str, Any], reading: Mapping[str, Any]) -> Iterator[Notice]:
    """Remoting ports that the host is configured for are as closed as those of the documents."""
    product = reading["found"]["product"]
    remoting = product["remoting"]
    if (
        product["installed"]
        and remoting["state"] in _UNREAD
        and not server["ports"].get("remoting_ports")
    ):
        yield Notice(
            f"{remoting['reason']} Which remoting ports must stay closed is not known; name all of "
            "them in mailessentials_remoting_ports.",
            host,
            "remoting",
        )
    configured = {entry["port"] for entry in remoting["ports"]}
    for rule_set in server["rule_sets"].values():
        for planned in rule_set["rules"]:
            rule = planned["rule"]
            if rule["direction"] != "inbound":
                continue
            opened = opened_ports(rule, configured)
            if opened:
                ports = listed(list(map(str, opened)))
                yield Notice(
                    f"{ports} is a remoting port of MailEssentials on this server, which is never "
                    f"opened; choose another for {planned['ports_input']}.",
                    host,
                    "remoting",
                )


def _unreservable(host: str, reading: Mapping[str, Any]) -> Iterator[Notice]:
    """Ports that cannot be reserved, but for those that are in the way themselves."""
    named = {
        (entry["port"], entry["protocol"])
        for entry in reading["found"]["ports"]
        if entry["severity"] == "conflict"
    }
    for conflict in reading["reserved"].get("plan", {}).get("conflicts", ()):
        if (conflict["port"], conflict["protocol"]) not in named:
            yield Notice(f"Not reserved. {conflict['message']}", host, "conflict")
