# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of all servers: every server's inputs, every farm, every mistake at once. No host is
called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any

from ..catalog.query import resolve_version
from ..errors import InputError
from ..sentences import listed
from .ends import untold
from .farm_checks import check_members
from .inputs import INPUTS, PREFIX, Inputs
from .membership import Membership
from .mistakes import Mistakes, PlanError
from .reading import InputReading, Server, read_inputs
from .server import ServerPlan, plan_server
from .steps import Step, farm_steps
from .topology import Host, Member, Resolver, find_farm, own_role

_MOST_NAMED = 5
_ALONE = "is for the master of a farm, and the server is standalone; remove it"
# Where one of these is wrong, what is said of the farm would be wrong too.
_PLACING = {
    f"{PREFIX}{name}" for name in ("server_role", "farm", "address", "master_group", "slaves_group")
}


@dataclass(frozen=True)
class Farm:
    """A farm, or one standalone server. paths: who has to reach whom, on which ports. absent:
    members that are down for now. removed: names and addresses of servers that left.
    """

    name: str
    members: tuple[str, ...]
    paths: tuple[tuple[str, str, tuple[int, ...]], ...]
    steps: tuple[Step, ...]
    absent: tuple[str, ...]
    removed: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As farm_plan returns it."""
        return {
            "name": self.name,
            "members": list(self.members),
            "absent": list(self.absent),
            "removed": list(self.removed),
            "paths": [
                {"from": source, "to": target, "ports": list(ports)}
                for source, target, ports in self.paths
            ],
            "steps": [step.to_dict() for step in self.steps],
        }


@dataclass(frozen=True)
class FarmPlan:
    """What farm_plan says of all servers."""

    servers: Mapping[str, ServerPlan]
    farms: tuple[Farm, ...]
    notices: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As farm_plan returns it."""
        return {
            "servers": {name: server.to_dict() for name, server in self.servers.items()},
            "flows": self._flows(),
            "farms": [farm.to_dict() for farm in self.farms],
            "notices": list(self.notices),
        }

    def _flows(self) -> dict[str, dict[str, Any]]:
        """Version -> flow -> its facts, once for all servers."""
        found: dict[str, dict[str, Any]] = {}
        for server in self.servers.values():
            of_version = found.setdefault(server.version.name, {})
            for planned in (*server.rules, *server.peer_rules):
                if planned.flow["id"] not in of_version:
                    of_version[planned.flow["id"]] = planned.facts()
        return found


def plan_servers(servers: Sequence[Server], resolve: Resolver, group: str = "") -> FarmPlan:
    """The plan of all servers of the inventory.

    resolve: name -> addresses, raises OSError; it is asked once for each name. group: the one that
    the playbooks run on. Raises PlanError with every mistake of every server.
    """
    mistakes = Mistakes(len(servers))
    readings = {server.name: read_inputs(server) for server in servers}
    for name, reading in readings.items():
        for error in reading.mistakes:
            mistakes.add([name], error)
    known = cache(resolve)
    places = _places(servers, readings, known, mistakes)
    plans = {}
    for name, reading in readings.items():
        place, inputs = places.get(name), reading.inputs
        if place is None:
            continue
        version = resolve_version(inputs.version)
        if place.joined and not version.multi_server:
            continue  # said of its farm already
        wrong = {error.field.partition("[")[0] for error in reading.mistakes}
        try:
            plans[name] = plan_server(name, inputs, version, place, known)
        except InputError as error:
            field = f"{PREFIX}{error.field}" if f"{PREFIX}{error.field}" in INPUTS else error.field
            if field.partition("[")[0] not in wrong:
                mistakes.add([name], InputError(field, error.sentence))
    _check_flows(plans, mistakes)
    farms = tuple(_farms(plans))
    for farm in farms:
        _check_farm(farm, plans, mistakes)
    if mistakes:
        raise PlanError(mistakes.sentences())
    notices = tuple(_notices(servers, readings, plans, group))
    return FarmPlan(plans, farms, notices)


def _notices(
    servers: Sequence[Server],
    readings: Mapping[str, InputReading],
    plans: Mapping[str, ServerPlan],
    group: str,
) -> list[str]:
    """What does not stop the run, each with its servers."""
    notices = Mistakes(len(readings))
    outside = f"planned as a peer but not changed, as it is not in the group '{group}'"
    for server in servers:
        if group and group not in server.groups:
            notices.add([], InputError(server.name, outside))
    for sentence in _shared_addresses(plans):
        notices.add([], InputError("", sentence))
    for name, plan in plans.items():
        for error in readings[name].notices:
            notices.add([name], error)
        for member in plan.place.members:
            if member.name == name and member.notice:
                notices.add([], InputError("", member.notice))
        for sentence in plan.notices:
            notices.add([name], InputError("", sentence))
    return notices.sentences()


def _shared_addresses(plans: Mapping[str, ServerPlan]) -> Iterable[str]:
    """Addresses in several farms: right only where networks of their own use the same ones."""
    owners: dict[str, dict[str, str]] = {}
    for name, plan in plans.items():
        for member in plan.place.members:
            if member.name == name:
                for address in member.addresses:
                    owners.setdefault(address, {})[plan.place.farm] = name
    for address, names in owners.items():
        if len(names) > 1:
            yield (
                f"{address} is the address of {', '.join(names.values())}, which are in different "
                "farms; the rules of each farm allow it"
            )


def _places(
    servers: Sequence[Server],
    readings: Mapping[str, InputReading],
    resolve: Resolver,
    mistakes: Mistakes,
) -> dict[str, Membership]:
    """Where each server stands; a farm that does not fit together is a mistake, and has no
    places.
    """
    places: dict[str, Membership] = {}
    farms: dict[str, list[Host]] = {}
    doubtful: set[str] = set()  # a server whose role is wrong may be the one that a farm lacks
    for server in servers:
        host = _host(server, readings[server.name].inputs)
        try:
            role = own_role(host)
        except InputError as error:
            mistakes.add([server.name], error)
            doubtful.add(host.farm)
            continue
        if role == "standalone":
            places[server.name] = Membership(role)
            if readings[server.name].inputs.quarantine_server:
                mistakes.add([server.name], InputError(f"{PREFIX}quarantine_server", _ALONE))
        else:
            farms.setdefault(host.farm, []).append(host)
    for farm, hosts in farms.items():
        names = [host.name for host in hosts]
        if farm in doubtful or any(_is_misplaced(readings[name]) for name in names):
            continue
        try:
            found = find_farm(hosts, resolve, own=names[0])
        except InputError as error:
            mistakes.add([] if " of host " in error.field else names, error)
            continue
        members = found.members
        check_members(members, readings, mistakes)
        own = readings[members[0].name].inputs
        for member in members:
            peers = _peers(member, members, own)
            places[member.name] = Membership(
                member.server_role, found.farm, members, peers, own.join_ports
            )
    return places


def _is_misplaced(reading: InputReading) -> bool:
    return any(error.field in _PLACING for error in reading.mistakes)


def _host(server: Server, inputs: Inputs) -> Host:
    roles = {"master": inputs.master_group, "slave": inputs.slaves_group}
    return Host(
        server.name,
        frozenset(role for role, group in roles.items() if group in server.groups),
        inputs.server_role if inputs.server_role != "" else None,
        inputs.farm,
        inputs.address,
        server.ansible_host,
    )


def _peers(member: Member, members: Sequence[Member], inputs: Inputs) -> tuple[Member, ...]:
    """Those that a server talks to. The master's inputs count for its farm."""
    star = inputs.multi_server_paths == "star"
    return tuple(
        other
        for other in members
        if other.name != member.name
        and not (
            star
            and other.server_role == member.server_role
            and inputs.quarantine_server not in (member.name, other.name)
        )
    )


def _farms(plans: Mapping[str, ServerPlan]) -> Iterable[Farm]:
    """Every farm in the order of the inventory, standalone servers among them; without those that
    have a server that could not be planned.
    """
    done = set()
    for name, plan in plans.items():
        if name in done:
            continue
        members = [member.name for member in plan.place.members] or [name]
        done.update(members)
        if any(member not in plans for member in members):
            continue
        own = [plans[member] for member in members]
        paths = tuple(path for one in own for path in _paths(one))
        named = {
            field: tuple(dict.fromkeys(text for one in own for text in getattr(one.inputs, field)))
            for field in ("absent_servers", "removed_servers")
        }
        yield Farm(
            plan.place.farm,
            tuple(members),
            paths,
            tuple(farm_steps(own)),
            tuple(text for text in named["absent_servers"] if text in members),
            tuple(dict.fromkeys(map(_known, named["removed_servers"]))),
        )


def _known(text: str) -> str:
    """A name as it is, an address as rules have it."""
    try:
        return str(ip_address(text))
    except ValueError:
        return text


def _check_flows(plans: Mapping[str, ServerPlan], mistakes: Mistakes) -> None:
    for name, plan in plans.items():
        for error in untold(plan.inputs, plan.version):
            mistakes.add([name], error)


def _check_farm(farm: Farm, plans: Mapping[str, ServerPlan], mistakes: Mistakes) -> None:
    """What the inventory says of the whole farm beside its servers."""
    own = [plans[name] for name in farm.members]
    sizes = {plan.inputs.farm_size for plan in own} - {0, len(own)}
    if sizes:
        sentence = (
            f"is {', '.join(map(str, sorted(sizes)))}, but the inventory has {len(own)} servers of "
            f"the farm ({listed(farm.members, most=_MOST_NAMED)}); add the missing servers, or "
            "correct the number"
        )
        mistakes.add([], InputError(f"{PREFIX}farm_size", sentence))
    unknown = {text for plan in own for text in plan.inputs.absent_servers if text not in plans}
    for text in sorted(unknown):
        sentence = (
            f"'{text}' is not a server of the inventory; list here the servers that are down for "
            f"now, and in {PREFIX}removed_servers those that were removed from the farm"
        )
        mistakes.add([], InputError(f"{PREFIX}absent_servers", sentence))
    addresses = {
        address: member.name
        for plan in own
        for member in plan.place.members
        for address in member.addresses
    }
    for text in farm.removed:
        member = text if text in farm.members else addresses.get(text)
        if member:
            sentence = (
                f"'{text}' is {'' if text == member else 'the address of '}a server of the farm in "
                "the inventory; remove it from the inventory or from this list"
            )
            mistakes.add([], InputError(f"{PREFIX}removed_servers", sentence))


def _paths(plan: ServerPlan) -> Iterable[tuple[str, str, tuple[int, ...]]]:
    """Whom the server has to reach."""
    for peer in plan.place.peers:
        ports = {
            entry["endpoint"]["port"] for entry in plan.endpoints if entry["peer"] == peer.name
        }
        yield plan.name, peer.name, tuple(sorted(ports))
