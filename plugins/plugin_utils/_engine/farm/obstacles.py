# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops one server beside its product and its ports: parts that were not read, rules that
would have no effect, remoting ports, ports that cannot be reserved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import InputError
from ..firewall.finding import BLOCKING
from ..plan.policy import opened_ports
from ..ports.wanted import moved_wants
from ..sentences import listed
from ..server.state import ServerState
from .notice import Notice

# States of a web.config that is there and says nothing.
_UNREAD = ("unreadable", "not_xml", "too_large")


def obstacles(
    state: ServerState, planned: Mapping[str, Any], *, reserves: bool
) -> Iterator[Notice]:
    """Notices of a server. planned: its part of the plan. reserves: its ports are to be kept out of
    the dynamic range.
    """
    for sentence in state.unread.values():
        yield Notice(f"{sentence.rstrip('.')}.", state.name, "unread")
    if state.found:
        yield from _version(state, planned)
        yield from _remoting(state, planned)
    yield from _rules(state)
    yield from _proxies(state)
    if reserves:
        yield from _unreservable(state)


def _rules(state: ServerState) -> Iterator[Notice]:
    for rule_set in state.rule_sets.values():
        if rule_set.objection:
            yield Notice(f"{rule_set.objection.rstrip('.')}.", state.name, "rules")
            continue
        broken = rule_set.comparison.broken if rule_set.comparison else ()
        for sentence in broken:
            yield Notice(sentence, state.name, "rules")
        for sentence in (*rule_set.notes["warnings"], *_facts(rule_set.notes)):
            yield Notice(sentence, state.name)
        for sentence in rule_set.equivalents:
            yield Notice(sentence, state.name)


def _proxies(state: ServerState) -> Iterator[Notice]:
    """What is there before, and what is wanted."""
    for entry in state.proxies.get("stores", ()):
        if entry["status"] == "different":
            yield Notice(entry["message"], state.name)
    for warning in state.proxies.get("warnings", ()):
        yield Notice(warning, state.name)


def _facts(notes: Mapping[str, Any]) -> Iterator[str]:
    """What the rules do not do; block rules that take nothing from the plan are no part of it."""
    for finding in notes["findings"]:
        if finding["severity"] == "info" and finding["kind"] not in BLOCKING:
            yield finding["message"]


def _version(state: ServerState, planned: Mapping[str, Any]) -> Iterator[Notice]:
    """The plan may be for a version with other ports than the one that is there."""
    product, wanted = state.found["product"], planned["ports"]
    installed, meant = product["catalog_version"], planned["version"]["name"]
    if installed in ("", meant):
        return
    options = {
        "features": wanted["features"],
        "server_role": planned["server_role"],
        "moved": wanted["moved_ports"],
        "remoting": (),
    }
    try:
        there, planned_ports = (
            {(want.port, want.protocol, want.kind) for want in moved_wants(version, **options)}
            for version in (installed, meant)
        )
    except InputError as error:  # a farm of a version that has no farms
        yield Notice(f"{error.sentence}.", state.name, "version_ports")
        return
    other = sorted({f"{protocol} {port}" for port, protocol, _kind in there ^ planned_ports})
    if other:
        yield Notice(
            f"{product['version']} is installed, but the plan is for {meant}, which uses other "
            f"ports ({listed(other)}); set mailessentials_version to the installed version.",
            state.name,
            "version_ports",
        )


def _remoting(state: ServerState, planned: Mapping[str, Any]) -> Iterator[Notice]:
    """Remoting ports that the host is configured for are as closed as those of the documents."""
    product = state.found["product"]
    remoting = product["remoting"]
    named = planned["ports"].get("remoting_ports")
    there = product["state"] != "not_installed"
    if there and remoting["state"] in _UNREAD and not named:
        yield Notice(
            f"{remoting['reason']} It is not known which remoting ports must stay closed; list all "
            "of them in mailessentials_remoting_ports.",
            state.name,
            "remoting",
        )
    configured = {entry["port"] for entry in remoting["ports"]}
    for rule_set in planned["rule_sets"].values():
        for entry in rule_set["rules"]:
            if entry["rule"]["direction"] != "inbound":
                continue
            opened = opened_ports(entry["rule"], configured)
            if opened:
                ports = listed(list(map(str, opened)))
                yield Notice(
                    f"{ports} is a remoting port of MailEssentials on this server, which is never "
                    f"opened; choose another for {entry['ports_input']}.",
                    state.name,
                    "remoting",
                )


def _unreservable(state: ServerState) -> Iterator[Notice]:
    """Ports that cannot be reserved, but for those that are in the way themselves."""
    for gap in state.gaps:
        yield Notice(f"{gap}, so it is not known what is reserved.", state.name, "conflict")
    named = {
        (entry["port"], entry["protocol"])
        for entry in state.found.get("ports", ())
        if entry["severity"] == "conflict"
    }
    for conflict in state.reservation.conflicts if state.reservation else ():
        if (conflict["port"], conflict["protocol"]) not in named:
            message = f"Not reserved. {conflict['message']} {conflict['advice']}".rstrip()
            yield Notice(message, state.name, "conflict")
