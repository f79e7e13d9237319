# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan for people: for each farm its rules as a table, what stays closed, and manual steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..catalog.query import all_ports, load
from ..columns import columns
from ..ports.wanted import OWN_KINDS
from ..sentences import listed
from .farms import Farm, FarmPlan
from .rules import PlannedRule
from .server import ServerPlan

_HEADINGS = ("on", "direction", "remote", "protocol", "port", "purpose", "documents")
_MOST_SERVERS, _MOST_ADDRESSES = 4, 3
_Row = tuple[str, str, str, str, str, str]  # remote, direction, protocol, port, purpose, documents


def plan_lines(plan: FarmPlan) -> list[str]:
    """Lines for people."""
    lines: list[str] = []
    for farm in plan.farms:
        lines += [*_farm_lines(farm, [plan.servers[name] for name in farm.members]), ""]
    return [*lines, *notice_lines(plan), *_documents(plan)]


def notice_lines(plan: FarmPlan, most: int | None = None) -> list[str]:
    """What does not stop the run and should be known, for people; most: of many so many."""
    lines = [f"Note: {notice}" for notice in plan.notices[:most]]
    more = len(plan.notices) - len(lines)
    return [*lines, *([f"Note: {more} more; see the playbook plan."] if more else [])]


def _documents(plan: FarmPlan) -> Iterator[str]:
    """What the keys of the documents mean."""
    used = {"S0", "S1"}
    for farm in plan.farms:
        used.update(key for step in farm.steps for key in step.sources)
    for server in plan.servers.values():
        for planned in (*server.rules, *server.peer_rules):
            used.update(planned.flow["sources"])
    yield "Documents (documented: in this document; observed: seen in the product, in no document"
    yield "of GFI; contradicted: another document differs):"
    for entry in load()["sources"]:
        if entry["key"] in used:
            date = entry["date"] or "no date"
            yield f"  {entry['key']}: {entry['title']} ({date}; {entry['address']})"
    yield from _contradicted(plan)


def _contradicted(plan: FarmPlan) -> Iterator[str]:
    """What each document says of what is contradicted, by the keys of the list above."""
    used = {
        key
        for server in plan.servers.values()
        for planned in (*server.rules, *server.peer_rules)
        if planned.flow["status"] == "contradicted"
        for key in planned.flow["contradictions"][:1]
    }.union(key for farm in plan.farms for step in farm.steps for key in step.contradictions)
    if used:
        yield "Contradicted (a check that fails is a warning only):"
    for entry in load()["contradictions"]:
        if entry["id"] in used:
            parts = (f"{', '.join(part['sources'])}: {part['words']}" for part in entry["says"])
            yield f"  {entry['id']}, {entry['subject']}: {'; '.join(parts)}."


def _farm_lines(farm: Farm, servers: Sequence[ServerPlan]) -> Iterator[str]:
    yield _headline(farm, servers)
    yield from _versions(servers)
    yield from columns([_HEADINGS, *_rows(servers)])
    yield from _addresses(servers)
    yield (
        f"  No rule opens TCP {_closed(servers)}. These are remoting ports, which MailEssentials "
        "uses inside the server only (S0, S1)."
    )
    if len(servers) > 1:
        peers = ", ".join(map(str, sorted(all_ports("multi_server"))))
        yield f"  TCP {peers} are opened to servers of the farm only (S0)."
    yield from _beside(servers)
    yield "  Manual steps:"
    for number, step in enumerate(farm.steps, 1):
        sources = f" ({', '.join(step.sources)})" if step.sources else ""
        yield f"    {number}. {step.text}{sources}"
        if step.values:
            yield from (f"       {value}" for value in step.values)


def _versions(servers: Sequence[ServerPlan]) -> Iterator[str]:
    """What the version is taken to be, where that is not what the inventory says."""
    stand_ins = {entry["name"]: entry["facts_of"] for entry in load()["versions"]}
    if any(server.inputs.version.lower() == "latest" for server in servers):
        yield (
            "  mailessentials_version is not set, so the plan is for the latest known version; "
            "set it to the installed version."
        )
    for name in dict.fromkeys(server.version.name for server in servers):
        if stand_ins.get(name):
            known = stand_ins[name]
            yield f"  No document lists the ports of {name}; those of {known} are used."


def _addresses(servers: Sequence[ServerPlan]) -> Iterator[str]:
    """The addresses of the farm, and whole lists of those that the table shortens."""
    members = servers[0].place.members
    if members:
        told = "; ".join(f"{one.name} {', '.join(one.addresses)}" for one in members)
        yield f"  Addresses: {told}."
    longer = {
        planned.flow["title"]: planned.rule["remote_addresses"]
        for server in servers
        for planned in (*server.rules, *server.peer_rules)
        if not planned.flow["peers_only"]
        and len(planned.rule["remote_addresses"]) > _MOST_ADDRESSES
    }
    for title, addresses in longer.items():
        yield f"  {title}: {', '.join(addresses)}."


def _beside(servers: Sequence[ServerPlan]) -> Iterator[str]:
    """What is changed beside rules, and what is not managed."""
    yield from _web_site(servers[0])
    stores = dict.fromkeys(
        store for server in servers if server.proxy["state"] for store in server.proxy["stores"]
    )
    if stores:
        yield f"  The proxy is also set in Windows ({', '.join(stores)})."
    ports = {
        want.port
        for server in servers
        if server.inputs.reserve_ports
        for want in server.ports
        if want.kind in OWN_KINDS and not want.doubtful
    }
    if ports:
        yield f"  Ports are reserved: TCP {', '.join(map(str, sorted(ports)))}."
    if not any(server.inputs.web_ui_networks for server in servers):
        yield "  The user interface is not opened: mailessentials_web_ui_networks is not set."
    for name, way in (("smtp_networks", "Incoming"), ("smtp_servers", "Outgoing")):
        if not any(getattr(server.inputs, name) for server in servers):
            yield f"  {way} mail (SMTP) is not allowed by a rule: mailessentials_{name} is not set."


def _web_site(first: ServerPlan) -> Iterator[str]:
    """The join service is part of the web site, also when no rule is made for joining."""
    ports = first.inputs.web_ui_ports
    both = [port for port in ports if port in (first.place.join_ports or ports)]
    if first.place.server_role == "master" and first.inputs.web_ui_networks and both:
        yield (
            f"  The join service is on the web site too (TCP {', '.join(map(str, both))}), so the "
            "networks of mailessentials_web_ui_networks reach it. Before 21.8, any authenticated "
            "user there can exploit CVE-2025-34491."
        )


def _headline(farm: Farm, servers: Sequence[ServerPlan]) -> str:
    versions = ", ".join(
        dict.fromkeys(_version(server.version.name, server.inputs.version) for server in servers)
    )
    title = f"Farm {farm.name}" if farm.name else "Farm"
    if len(servers) == 1:
        return f"Standalone server {farm.members[0]}, MailEssentials {versions}"
    master, *slaves = farm.members
    noun = "slave" if len(slaves) == 1 else "slaves"
    return f"{title}: master {master}, {noun} {', '.join(slaves)}, MailEssentials {versions}"


def _version(name: str, given: str) -> str:
    return name if given.lower() in ("latest", name.lower()) else f"{name} (given: {given})"


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
        yield _several(names, servers), direction, remote, *rest


def _several(names: Sequence[str], servers: Sequence[ServerPlan]) -> str:
    others = [server.name for server in servers if server.name not in names]
    roles = {server.place.server_role for server in servers if server.name in names}
    rest = {server.place.server_role for server in servers if server.name in others}
    if len(servers) > 1 and not others:
        return "all servers"
    if len(roles) == 1 and not roles & rest and len(servers) > 1:
        return {"master": "master", "slave": "slaves"}[roles.pop()]
    if len(names) > _MOST_SERVERS and len(others) <= _MOST_SERVERS:
        return f"all but {', '.join(others)}"
    return listed(names, most=_MOST_SERVERS)


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
            return "other servers"
        if len({peer.server_role for peer in peers}) > 1:
            return listed([peer.name for peer in peers], most=_MOST_ADDRESSES)
        return "slaves" if server.place.server_role == "master" else "master"
    if flow["remote"] in ("master", "slaves"):
        return flow["remote"]
    words = {"DNS": "DNS servers set in Windows", "any": "any"}
    return listed([words.get(one, one) for one in addresses], most=_MOST_ADDRESSES)
