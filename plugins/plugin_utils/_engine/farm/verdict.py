# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether farms are ready: what stops each, what there is to know, and what would be done on every
server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..server.state import RULE_SETS, ServerState
from .completeness import missing_peers
from .notice import Notice, outside, sentences, stopping
from .obstacles import obstacles
from .preflight import farm_notices, server_report, until_upgraded

# Whatever mailessentials_fail_on says.
_LOST = "the run stopped on it, so nothing more is changed on its farm; see above, and run again."
_ALWAYS = ("remoting", "unread", "rules", "missing")
RESERVATIONS = ("planned", "present", "absent", "done", "finish")


@dataclass(frozen=True)
class Intent:
    """What the run is for. reservations: what is done about the dynamic range next, one of
    RESERVATIONS; planned: as mailessentials_reserve_ports says, done: nothing any more. lenient:
    ports, product, clocks and advisories stop nothing. check_mode: nothing is written.
    """

    reservations: str = "planned"
    lenient: bool = False
    check_mode: bool = False

    def reserves(self, settings: Mapping[str, Any]) -> bool:
        """Whether ports of a server are kept out of the dynamic range."""
        planned = self.reservations == "planned" and settings["reserve_ports"]
        return planned or self.reservations == "present"


@dataclass(frozen=True)
class ServerVerdict:
    """What is done on one server.

    state: as_wanted, to_change, not_read or absent. differs: rule sets, "proxy" and "reservations"
    that are not as wanted. widen: rule sets of which something admits more. finish: rule sets with
    something left after that, or all that differ where nothing is written. proxy: stores. drift:
    the inventory wants the run to fail for what differs. closes: something is closed after that.
    refused: number of ports that cannot be reserved.
    """

    name: str
    state: str
    differs: tuple[str, ...] = ()
    widen: tuple[str, ...] = ()
    finish: tuple[str, ...] = ()
    proxy: tuple[str, ...] = ()
    reservable: tuple[Mapping[str, Any], ...] = ()
    drift: bool = False
    closes: bool = False
    refused: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As farm_verdict returns it."""
        return {
            "state": self.state,
            **{name: list(getattr(self, name)) for name in _LISTS},
            "reserves": bool(self.reservable),
            "narrows": bool(self.finish),
            "drift": self.drift,
            "closes": self.closes,
        }


_LISTS = ("differs", "widen", "finish", "proxy", "reservable")


@dataclass(frozen=True)
class FarmVerdict:
    """One farm, or one standalone server. outside: its servers that are no part of the run. again:
    it was judged before in this run.
    """

    name: str
    members: tuple[str, ...]
    servers: tuple[ServerVerdict, ...]
    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    outside: tuple[str, ...]
    states: Mapping[str, ServerState] = field(default_factory=dict)
    again: bool = False

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
            "not_read": list(self.outside),
        }


def farm_title(name: str, members: Sequence[str]) -> str:
    """How a farm is called at the start of a sentence."""
    if name:
        return f"The farm {name}"
    return f"The farm of {members[0]}" if len(members) > 1 else members[0]


def judge_farms(
    plan: Mapping[str, Any],
    states: Mapping[str, ServerState],
    asked: Collection[str],
    intent: Intent,
    lost: Collection[str] = (),
) -> list[FarmVerdict]:
    """Every farm that has servers in the run, on one of which it goes on.

    Args:
        plan: what farm_plan returns.
        states: the servers that were read.
        asked: the servers of the run.
        intent: what the run is for.
        lost: servers that were read and on which the run stopped since.
    """
    return [
        _judge(farm, plan["servers"], states, asked, intent, lost)
        for farm in plan["farms"]
        if any(name in asked and name not in lost for name in farm["members"])
    ]


def _judge(
    farm: Mapping[str, Any],
    servers: Mapping[str, Mapping[str, Any]],
    states: Mapping[str, ServerState],
    asked: Collection[str],
    intent: Intent,
    lost: Collection[str],
) -> FarmVerdict:
    members = tuple(farm["members"])
    others = tuple(name for name in members if name not in asked)
    read = {name: states[name] for name in members if name in states}
    found = [
        *_notices(farm, servers, read, intent),
        *_silent(farm, asked, states),
        *(Notice(_LOST, name, "unread") for name in members if name in lost),
    ]
    kinds = {name: _stopping(servers[name]["settings"], intent) for name in members}
    failures = [
        notice
        for notice in found
        if any(notice.kind in kinds[name] for name in ([notice.host] if notice.host else read))
    ]
    warnings = [*(notice for notice in found if notice not in failures), *outside(others)]
    return FarmVerdict(
        farm["name"],
        members,
        tuple(
            _server(name, servers[name], read.get(name), farm, intent)
            for name in members
            if name in asked
        ),
        tuple(sentences(failures)),
        tuple(sentences(warnings)),
        others,
        read,
        intent.reservations in ("done", "finish"),
    )


def _notices(
    farm: Mapping[str, Any],
    servers: Mapping[str, Mapping[str, Any]],
    read: Mapping[str, ServerState],
    intent: Intent,
) -> Iterator[Notice]:
    """What there is to say of the servers that were read."""
    found = {name: state for name, state in read.items() if state.found}
    yield from farm_notices(
        [
            server_report(name, state, servers[name]["version"]["given"])
            for name, state in found.items()
        ]
    )
    flows = {flow for name in farm["members"] for flow in _flows(servers[name])}
    yield from until_upgraded(found.values(), flows)
    for name, state in read.items():
        reserves = intent.reserves(servers[name]["settings"])
        yield from obstacles(state, servers[name], reserves=reserves)
    yield from missing_peers(farm, servers, read)


def _flows(planned: Mapping[str, Any]) -> set[str]:
    """The flows of the catalog that the rules of a server are for."""
    return {
        entry["flow"] for rule_set in planned["rule_sets"].values() for entry in rule_set["rules"]
    }


def _silent(
    farm: Mapping[str, Any], asked: Collection[str], states: Mapping[str, ServerState]
) -> Iterator[Notice]:
    """Servers of the run that were not read."""
    for name in farm["members"]:
        if name not in asked or name in states:
            continue
        if name in farm["absent"]:
            yield Notice(
                "down for now (mailessentials_absent_servers); its peers keep their rules for it.",
                name,
            )
        else:
            yield Notice(
                "could not be read, see above; so its farm is not changed.", name, "unread"
            )


def _stopping(settings: Mapping[str, Any], intent: Intent) -> set[str]:
    """Kinds that stop a farm before anything is written: not what reserving cures, and nothing of
    the inputs where reservations are taken back.
    """
    lenient = intent.lenient or intent.reservations in ("absent", "finish")
    kinds = set() if lenient else {*settings["fail_on"], "version_ports"}
    if intent.reserves(settings):
        kinds.discard("dynamic_unprotected")
    return kinds | set(_ALWAYS)


def _server(
    name: str,
    planned: Mapping[str, Any],
    state: ServerState | None,
    farm: Mapping[str, Any],
    intent: Intent,
) -> ServerVerdict:
    if state is None or not (state.found or state.rule_sets):
        return ServerVerdict(name, "absent" if name in farm["absent"] else "not_read")
    compared = {
        key: rule_set.comparison
        for key, rule_set in state.rule_sets.items()
        if rule_set.comparison and rule_set.differs
    }
    reserves = intent.reserves(planned["settings"])
    reserve = bool(state.reservation and state.reservation.operations) and (
        reserves or intent.reservations == "absent"
    )
    proxy = tuple(state.proxies.get("different", ()))
    written = not intent.check_mode
    differs = (
        *(key for key in RULE_SETS if key in compared),
        *(["proxy"] if proxy else []),
        *(["reservations"] if reserve else []),
    )
    return ServerVerdict(
        name,
        "to_change" if differs else "as_wanted",
        differs,
        tuple(key for key, found in compared.items() if written and found.widens),
        tuple(key for key, found in compared.items() if not written or found.narrows),
        proxy,
        tuple(state.found["reservable"]) if reserve else (),
        intent.check_mode and bool(differs) and planned["settings"]["on_drift"] == "fail",
        written and any(found.narrows for found in compared.values()),
        len(state.reservation.conflicts) if reserves and state.reservation else 0,
    )
