# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the servers of a farm reach each other. The cause of a failed connection is looked for in
the reading of the other server in the same run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..firewall.finding import BLOCKING
from .proof import Proof, ServerAnswers

_JOIN = "join"
_SILENT = ("no_answer", "refused")


@dataclass(frozen=True, eq=False)
class _Call:
    """One server calls a port of another, at all of its addresses; entry: the best of the
    answers.
    """

    host: str
    peer: str
    port: int
    purpose: str
    entry: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        return bool(self.entry["ok"])


def peer_proofs(
    read: Mapping[str, ServerAnswers],
    roles: Mapping[str, str],
    broken_rules: Collection[str],
    stopped: Collection[str],
) -> list[Proof]:
    """A proof for each call. read: host -> its reading. roles: host -> server role. broken_rules:
    hosts whose rules are not in order. stopped: hosts where MailEssentials does not run.
    """
    calls = [call for host, reading in read.items() for call in _calls(host, reading)]
    met = {frozenset((call.host, call.peer)) for call in calls if call.ok and call.purpose != _JOIN}
    joined = {(call.host, call.peer) for call in calls if call.ok and call.purpose == _JOIN}
    spare = {
        call
        for call in calls
        if (
            (call.host, call.peer) in joined
            if call.purpose == _JOIN
            else frozenset((call.host, call.peer)) in met
        )
    }
    return [
        _proof(call, read, broken_rules, stopped, call in spare, _are_slaves(call, roles))
        for call in calls
    ]


def _are_slaves(call: _Call, roles: Mapping[str, str]) -> bool:
    """No document says that slaves talk to each other, nor that they do not (K448, S0)."""
    return roles.get(call.host) == roles.get(call.peer) == "slave"


def _calls(host: str, reading: ServerAnswers) -> list[_Call]:
    best: dict[tuple[str, int], _Call] = {}
    for asked, entry in reading.answers:
        if not asked["peer"]:
            continue
        key = asked["peer"], entry["port"]
        if key not in best or _weight(entry) > _weight(best[key].entry):
            best[key] = _Call(host, *key, asked["purpose"], entry)
    return list(best.values())


def _weight(entry: Mapping[str, Any]) -> int:
    """An answer says more than none, and none more than an address of a family that the host does
    not have.
    """
    return 2 if entry["ok"] else int(entry["outcome"] in _SILENT)


def _proof(
    call: _Call,
    read: Mapping[str, ServerAnswers],
    broken_rules: Collection[str],
    stopped: Collection[str],
    spare: bool,
    slaves: bool,
) -> Proof:
    """spare: the two servers reach each other on another port for the same purpose.
    slaves: both are slaves.
    """
    subject = "join" if call.purpose == _JOIN else "peers"
    if call.ok:
        return Proof(subject, call.host, call.peer, call.port)
    status = _status(read.get(call.peer), call.port)
    head = f"{call.host} does not reach port {call.port} of {call.peer}"
    silent = status == "free" and call.entry["outcome"] in _SILENT
    if silent and spare and call.purpose == _JOIN:
        return Proof(subject, call.host, call.peer, call.port, cell="not used")
    other = read.get(call.peer)
    if call.entry["outcome"] in _SILENT and other is not None and not other.installed:
        return Proof(subject, call.host, call.peer, call.port, "waiting", "waits")
    if silent and slaves and call.peer not in stopped:
        return Proof(subject, call.host, call.peer, call.port, cell="idle")
    if silent and spare and call.peer not in stopped:
        told = (
            "nothing listens on it there. The documents do not say which server listens on which "
            "port, so this may be normal"
        )
        message = f"{head}: {told}."
        return Proof(subject, call.host, call.peer, call.port, "warning", "idle", message, True)
    cell = str(call.entry["outcome"]).replace("_", " ").upper()
    return Proof(
        subject,
        call.host,
        call.peer,
        call.port,
        "broken",
        cell,
        f"{head}: {_cause(call, read, broken_rules, stopped, status)}.",
        names_host=True,
    )


def _status(reading: ServerAnswers | None, port: int) -> str:
    """What the other server says of its port: free, ours, taken (by a stranger), shared (with IIS),
    excluded; "" where it said nothing.
    """
    if reading is None:
        return ""
    entry = next(
        (entry for entry in reading.ports if (entry["port"], entry["protocol"]) == (port, "tcp")),
        None,
    )
    if entry is None:
        return ""
    return (
        "shared"
        if entry["status"] == "taken" and entry["severity"] != "conflict"
        else str(entry["status"])
    )


def _why_idle(call: _Call, stopped: Collection[str]) -> str:
    if call.purpose == _JOIN:
        why = "start its web site in IIS"
    elif call.peer in stopped:
        return f"MailEssentials does not run on {call.peer}"
    else:
        why = "it may not be joined to the farm yet, or a service of MailEssentials does not run"
    return f"nothing listens on that port of {call.peer}; {why}"


def _cause(
    call: _Call,
    read: Mapping[str, ServerAnswers],
    broken_rules: Collection[str],
    stopped: Collection[str],
    status: str,
) -> str:
    if call.entry["outcome"] not in _SILENT:
        return str(call.entry["reason"])
    refused = call.entry["outcome"] == "refused"
    heard = "the connection was refused" if refused else "the connection timed out"
    other = read.get(call.peer)
    if other is None:
        return (
            f"{heard}; {call.peer} was not read in this run, so it is not known whether anything "
            "listens there"
        )
    if status == "free":
        return f"{heard}; {_why_idle(call, stopped)}"
    if status in ("taken", "excluded"):
        holder = (
            "another program uses the port"
            if status == "taken"
            else "the port is in an excluded range of Windows"
        )
        return f"{heard}; {holder} on {call.peer}"
    told = _rules_cause(call, read, broken_rules)
    if told:
        return f"{heard}; {told}"
    if status == "":
        return f"{heard}; it was not read whether anything listens on that port of {call.peer}"
    return (
        f"{heard}, although {call.peer} listens and its rules allow {call.host}. Check what is "
        "between the two (another firewall, a router, a VPN), and mailessentials_address"
    )


def _rules_cause(
    call: _Call, read: Mapping[str, ServerAnswers], broken_rules: Collection[str]
) -> str:
    """What the firewall rules of the two servers have to do with it, "" for nothing."""
    for name, direction in ((call.peer, "inbound"), (call.host, "outbound")):
        blocks = _blocks(read.get(name), direction, call.port)
        if blocks and call.entry["outcome"] == "no_answer":  # a block rule drops, it never refuses
            return f"on {name}: {blocks}"
    if call.peer in broken_rules:
        return (
            f"{call.peer} listens, but its firewall rules are not in order, see the line about it"
        )
    if call.host in broken_rules:
        return (
            f"{call.peer} listens, but the firewall rules of {call.host} itself are not in order, "
            "see the line about it"
        )
    return ""


def _blocks(answers: ServerAnswers | None, direction: str, port: int) -> str:
    """What a server's rules for a port say of block rules that certainly defeat them."""
    if answers is None:
        return ""
    found = []
    for rule_set in answers.state.rule_sets.values():
        wanted = rule_set.comparison.wanted if rule_set.comparison else ()
        concerned = {
            rule.id
            for rule in wanted
            if rule.direction == direction
            and str(port) in (rule.local_ports if direction == "inbound" else rule.remote_ports)
        }
        found += [
            finding["message"].rstrip(".")
            for finding in rule_set.notes.get("findings", ())
            if finding["kind"] in BLOCKING
            and finding["severity"] == "error"
            and concerned.intersection(finding["rules"])
        ]
    return ". ".join(dict.fromkeys(found))
