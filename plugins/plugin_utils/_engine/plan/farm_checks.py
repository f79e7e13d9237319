# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the inputs of the servers of a farm fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..catalog.query import query, resolve_version
from ..catalog.versions import Version
from ..errors import InputError
from ..sentences import listed
from .inputs import PREFIX, Inputs
from .mistakes import Mistakes
from .reading import InputReading
from .topology import Member

_MOST_NAMED = 5


def check_members(
    members: Sequence[Member], readings: Mapping[str, InputReading], mistakes: Mistakes
) -> None:
    """Adds every mistake. members: of one farm, the master first."""
    inputs = readings[members[0].name].inputs
    _of_master(members, readings, mistakes)
    _versions(members, readings, mistakes)
    _quarantine(members, inputs, mistakes)
    if inputs.multi_server_paths == "mesh":
        _mesh(members, mistakes)


def _of_master(
    members: Sequence[Member], readings: Mapping[str, InputReading], mistakes: Mistakes
) -> None:
    """What the master's inputs decide for the farm must not say something else on a slave."""
    for name in ("join_ports", "multi_server_paths", "quarantine_server"):
        own = getattr(readings[members[0].name].inputs, name)
        others = [
            one.name
            for one in members[1:]
            if name in readings[one.name].given and getattr(readings[one.name].inputs, name) != own
        ]
        if others:
            sentence = f"differs from that of the master '{members[0].name}'; set it there"
            mistakes.add(others, InputError(f"{PREFIX}{name}", sentence))


def _versions(
    members: Sequence[Member], readings: Mapping[str, InputReading], mistakes: Mistakes
) -> None:
    """Multi-Server came with 2015 (S1); a member of an older version cannot take part."""
    for member in members:
        try:
            version: Version = resolve_version(readings[member.name].inputs.version)
        except InputError:
            continue
        if not version.multi_server:
            sentence = (
                f"MailEssentials {version.name} has no Multi-Server (new in 2015); upgrade the "
                f"server, or set mailessentials_server_role to standalone{_older_farm(version)}"
            )
            mistakes.add([member.name], InputError(f"{PREFIX}version", sentence))


def _older_farm(version: Version) -> str:
    """What is to be said of the forerunner of Multi-Server (MS246), where the version has it."""
    entries = query("ports", version=version.name)
    port = next((entry["port"] for entry in entries if entry["kind"] == "sync_agent"), 0)
    if not port:
        return ""
    return (
        ". The Anti-Spam Synchronization Agent is not managed: it uses the web site of its master, "
        f"by default on TCP {port}, which {PREFIX}web_ui_networks and {PREFIX}web_ui_ports of the "
        "master open"
    )


def _quarantine(members: Sequence[Member], inputs: Inputs, mistakes: Mistakes) -> None:
    """Any server of the farm may host quarantine and reporting (K448); each has to reach it."""
    name = inputs.quarantine_server
    if not name:
        return
    field = f"{PREFIX}quarantine_server"
    host = next((member for member in members if member.name == name), None)
    if host is None:
        names = listed([member.name for member in members], most=_MOST_NAMED)
        sentence = f"'{name}' is not a server of the farm; give one of {names}"
        mistakes.add([members[0].name], InputError(field, sentence))
    elif inputs.multi_server_paths == "star":
        families = {":" in address for address in host.addresses}
        apart = [
            member.name
            for member in members
            if not families & {":" in address for address in member.addresses}
        ]
        if apart:
            sentence = f"{name} has no address family in common with {', '.join(apart)}; give both"
            mistakes.add([], InputError(field, f"{sentence} an IPv4 or both an IPv6 address"))


def _mesh(members: Sequence[Member], mistakes: Mistakes) -> None:
    """In a mesh two slaves need a family of addresses in common too."""
    only: dict[bool, list[str]] = {}
    for member in members:
        families = {":" in address for address in member.addresses}
        if len(families) == 1:
            only.setdefault(families.pop(), []).append(member.name)
    if len(only) == 2:
        sentence = (
            f"{only[False][0]} has IPv4 addresses only and {only[True][0]} IPv6 addresses only, so "
            "they do not reach each other; give both an IPv4 or both an IPv6 address, or set "
            "mailessentials_multi_server_paths to star"
        )
        mistakes.add([*only[False], *only[True]], InputError(f"{PREFIX}address", sentence))
