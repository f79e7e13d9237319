# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan for people: for each farm its rules as a table, what stays closed, and what is done by
hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..catalog.query import all_ports, load
from ..sentences import listed
from .farms import Farm, FarmPlan
from .rules import PlannedRule
from .server import ServerPlan

_HEADINGS = ("direction", "source", "destination", "protocol", "port", "purpose", "documents")
_MOST_SERVERS, _MOST_ADDRESSES = 4, 3
_Row = tuple[str, str, str, str, str, str]  # remote, direction, protocol, port, purpose, documents


def plan_lines(plan: FarmPlan) -> list[str]:
    """Lines for people."""
    lines: list[str] = []
    for farm in plan.farms:
        lines += [*_farm_lines(farm, [plan.servers[name] for name in farm.members]), ""]
    return [*lines, *notice_lines(plan), *_documents(plan)]


def notice_lines(plan: FarmPlan) -> list[str]:
    """What does not stop the run and should be known, for people."""
    return [f"Note: {notice}" for notice in plan.notices]


def _documents(plan: FarmPlan) -> Iterator[str]:
    """What the keys of the documents mean."""
    used = {"S0", "S1"}
    for farm in plan.farms:
        used.update(key for step in farm.steps for key in step.sources)
    for server in plan.servers.values():
        for planned in (*server.rules, *server.peer_rules):
            used.update(planned.flow["sources"])
    yield "Documents:"
    for entry in load()["sources"]:
        if entry["key"] in used:
            yield f"  {entry['key']}: {entry['title']}"


def _farm_lines(farm: Farm, servers: Sequence[ServerPlan]) -> Iterator[str]:
    yield _headline(farm, servers)
    yield from _aligned([_HEADINGS, *_rows(servers)])
    yield f"  Closed: TCP {_closed(servers)} (remoting, on the server itself only: S0, S1)."
    if len(servers) > 1:
        peers = ", ".join(map(str, sorted(all_ports("multi_server"))))
        yield f"  Closed to all but the servers of the farm: TCP {peers} (S0)."
    yield "  By hand:"
    for number, step in enumerate(farm.steps, 1):
        sources = f" ({', '.join(step.sources)})" if step.sources else ""
        yield f"    {number}. {step.text}{sources}"
        if step.values:
            yield f"       {'; '.join(step.values)}"


def _headline(farm: Farm, servers: Sequence[ServerPlan]) -> str:
    versions = ", ".join(dict.fromkeys(server.version.name for server in servers))
    title = f"Farm {farm.name}" if farm.name else "Farm"
    if len(servers) == 1:
        return f"Standalone server {farm.members[0]}, MailEssentials {versions}"
    master, *slaves = farm.members
    noun = "slave" if len(slaves) == 1 else "slaves"
    return f"{title}: master {master}, {noun} {', '.join(slaves)}, MailEssentials {versions}"


def _closed(servers: Sequence[ServerPlan]) -> str:
    moved = {port for server in servers for port in server.inputs.remoting_ports}
    return ", ".join(map(str, sorted(all_ports("ipc") | moved)))


def _rows(servers: Sequence[ServerPlan]) -> Iterator[tuple[str, ...]]:
    """A row for all servers whose rules say the same."""
    found: dict[_Row, list[str]] = {}
    for server in servers:
        for planned in (*server.rules, *server.peer_rules):
            found.setdefault(_row(planned, server), []).append(server.name)
    for (remote, direction, *rest), names in found.items():
        alike = len(names) == len(servers) > 1
        own = "all servers" if alike else listed(names, most=_MOST_SERVERS)
        ends = (own, remote) if direction == "out" else (remote, own)
        yield direction, *ends, *rest


def _row(planned: PlannedRule, server: ServerPlan) -> _Row:
    rule, flow = planned.rule, planned.flow
    inbound = rule["direction"] == "inbound"
    ports = rule["local_ports" if inbound else "remote_ports"]
    return (
        _remote(flow, rule["remote_addresses"], server),
        "in" if inbound else "out",
        rule["protocol"].upper(),
        ", ".join(ports),
        flow["title"],
        f"{', '.join(flow['sources'])} ({flow['status']})",
    )


def _remote(flow: Mapping[str, str], addresses: Sequence[str], server: ServerPlan) -> str:
    if flow["remote"] == "master_and_slaves":
        peers = server.place.peers
        if len(peers) == len(server.place.members) - 1:
            return "the other servers"
        return "the slaves" if server.place.server_role == "master" else "the master"
    known = {"master": "the master", "slaves": "the slaves"}.get(flow["remote"])
    if known:
        return known
    words = {"DNS": "its DNS servers", "any": "any"}
    return listed([words.get(one, one) for one in addresses], most=_MOST_ADDRESSES)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
