# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict as people read it: a row for each server, and below what stops a farm and what there
is to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..columns import columns
from ..firewall.difference import unlike
from ..ports.availability import loose
from ..server.state import RuleSetState, ServerState
from .preflight import clock_text
from .verdict import FarmVerdict, ServerVerdict

_HEADING = ("server", "product", "clock offset", "ports", "rules", "proxy", "as of")
_MOST_NAMED = 5
_WORDS = {"add": "to add", "set": "to set", "remove": "to remove"}


def verdict_lines(verdicts: Sequence[FarmVerdict], roles: Mapping[str, str]) -> Iterator[str]:
    """Lines for people. roles: server -> server role."""
    for verdict in verdicts:
        yield _title(verdict)
        if verdict.again and _as_wanted(verdict):
            yield from (f"  {sentence}" for sentence in verdict.warnings)
            continue
        rows = [_row(verdict, server, roles[server.name]) for server in verdict.servers]
        yield from columns([_HEADING, *rows])
        yield from (f"  {sentence}" for sentence in (*verdict.failures, *verdict.warnings))
        for server in verdict.servers:
            yield from _drift(server, verdict.states.get(server.name))


def _drift(server: ServerVerdict, state: ServerState | None) -> Iterator[str]:
    """How the rules of a server differ, unless a rule set has none yet."""
    sets = state.rule_sets.values() if state else ()
    plans = [one.comparison.plan for one in sets if one.comparison]
    found = [
        text
        for plan in plans
        if plan.change or plan.remove or plan.unchanged
        for text in unlike(plan)
    ]
    yield from (f"  {server.name}: {text}." for text in found[:_MOST_NAMED])
    if len(found) > _MOST_NAMED:
        yield f"  {server.name}: {len(found) - _MOST_NAMED} more differences; --diff shows all."


def _as_wanted(verdict: FarmVerdict) -> bool:
    return not verdict.failures and all(one.state != "to_change" for one in verdict.servers)


def _title(verdict: FarmVerdict) -> str:
    if verdict.failures:
        left = "nothing more is changed" if verdict.again else "is not changed"
        return f"{verdict.title} is not ready, and {left}:"
    changing = sum(server.state == "to_change" for server in verdict.servers)
    if not changing and all(server.state == "absent" for server in verdict.servers):
        return f"{verdict.title} was not judged: all its servers in this run are down for now."
    if not changing:
        return f"{verdict.title} is as wanted."
    if len(verdict.members) == 1:
        return f"{verdict.title} is not as wanted."
    verb = "is" if changing == 1 else "are"
    return f"{verdict.title}: {changing} of {len(verdict.members)} servers {verb} not as wanted."


def _row(verdict: FarmVerdict, server: ServerVerdict, role: str) -> tuple[str, ...]:
    name = server.name if role == "standalone" else f"{server.name} ({role})"
    state = verdict.states.get(server.name)
    if state is None or server.state == "not_read":
        return name, "down" if server.state == "absent" else "not read", *[""] * 5
    return (
        name,
        _product(state),
        _clock(state),
        _ports(state, server),
        _rules(state),
        _proxy(state),
        state.as_of,
    )


def _product(state: ServerState) -> str:
    if not state.found:
        return "not known"
    product = state.found["product"]
    words = {"not_installed": "not installed", "partial": "in part"}
    return words.get(product["state"], product["version"] or "unknown version")


def _clock(state: ServerState) -> str:
    return clock_text(state.found["product"]) if state.found else ""


def _ports(state: ServerState, server: ServerVerdict) -> str:
    if not state.found:
        return "not known"
    ports = state.found["ports"]
    count = Counter(entry["severity"] for entry in ports)
    unprotected = len(loose(ports))
    told = [
        f"{count['conflict']} in conflict" if count["conflict"] else "",
        f"{len(server.reservable)} to reserve" if server.reservable else "",
        f"{server.refused} not reserved" if server.refused and not count["conflict"] else "",
        f"{unprotected} dynamic" if unprotected and not server.reservable else "",
    ]
    return ", ".join(filter(None, told)) or f"{len(ports)} ok"


def _rules(state: ServerState) -> str:
    """Both rule sets together."""
    sets = list(state.rule_sets.values())
    if not sets:
        return "not known"
    if any(one.objection or (one.comparison and one.comparison.broken) for one in sets):
        return "no effect" if not any(one.objection for one in sets) else "id taken"
    counts = _counts(sets)
    return ", ".join(f"{counts[kind]} {word}" for kind, word in _WORDS.items() if counts[kind]) or (
        "as wanted"
    )


def _counts(sets: Sequence[RuleSetState]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in sets:
        if one.comparison:
            plan = one.comparison.plan
            counts.update(add=len(plan.add), set=len(plan.change), remove=len(plan.remove))
    return counts


def _proxy(state: ServerState) -> str:
    if "proxy" in state.unread:
        return "not known"
    if not state.proxies:
        return "not managed"
    different = state.proxies["different"]
    return f"{', '.join(different)} to set" if different else "as wanted"
