# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of one server alone: its rules, the product, the hosts that it must reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..catalog.query import disagreement
from ..firewall.ruleset import Comparison
from ..sentences import listed
from .named_servers import NOUNS, named_server, outcome_words
from .proof import Proof, ServerAnswers

_MOST_NAMED = 3


def rules_proofs(host: str, reading: ServerAnswers, *, doubts: bool = True) -> list[Proof]:
    """One proof, broken where rules differ or have no effect, and, with doubts, a warning for each
    thing that makes them mean less.
    """
    sets = list(reading.state.rule_sets.values())
    taken = [one.objection for one in sets if one.objection]
    compared = [one.comparison for one in sets if one.comparison]
    dead = dict.fromkeys(
        finding.message for one in compared for finding in one.effect if finding.severity == "error"
    )
    told = dict.fromkeys(
        sentence
        for one in sets
        for sentence in one.notes.get("warnings", ())
        if doubts and sentence not in dead
    )
    warnings = [Proof("rules", host, state="warning", message=sentence) for sentence in told]
    if "firewall" in reading.state.unread:
        cell, message = "NOT READ", reading.state.unread["firewall"]
    elif taken:
        cell, message = "ID TAKEN", " ".join(taken)
    elif dead:
        cell, message = "NO EFFECT", f"the rules have no effect. {' '.join(dead)}"
    elif any(not one.plan.empty for one in compared):
        changes = "; ".join(_differing(compared))
        cell = "DIFFERENT"
        message = f"the firewall rules are not as wanted ({changes}); run the playbook site."
    else:
        return [Proof("rules", host), *warnings]
    return [Proof("rules", host, state="broken", cell=cell, message=message), *warnings]


def _differing(compared: Sequence[Comparison]) -> Iterator[str]:
    changes = {
        "missing": [rule.id for one in compared for rule in one.plan.add],
        "different": [change.wanted.id for one in compared for change in one.plan.change],
        "not wanted": [stored.id for one in compared for stored in one.plan.remove],
    }
    for word, ids in changes.items():
        if ids:
            yield f"{word} {listed(ids, most=_MOST_NAMED)}"


def product_proofs(host: str, reading: ServerAnswers) -> list[Proof]:
    """Installed and running; a service that Windows should have started is a warning, as long as
    others run.
    """
    state = reading.product["state"]
    services = [service for service in reading.product["services"] if service["state"] != "missing"]
    stopped = [
        service["display_name"]
        for service in services
        if service["state"] != "Running" and service["start_mode"] == "Auto"
    ]
    idle = _idle_remoting(reading)
    if state == "not_installed":
        return [Proof("product", host, state="waiting", cell="not installed")]
    if state != "installed":
        message = "MailEssentials is installed in part only; repair or remove the installation."
        return [Proof("product", host, state="broken", cell="IN PART", message=message)]
    if not any(service["state"] == "Running" for service in services):
        message = "No service of MailEssentials runs; start them, then run the playbook verify."
        return [Proof("product", host, state="broken", cell="NOT RUNNING", message=message)]
    if idle:
        more = f" Not running: {listed(stopped, most=_MOST_NAMED)}." if stopped else ""
        message = (
            "nothing listens on the remoting "
            f"port{'s' * (len(idle) > 1)} {listed(idle, most=_MOST_NAMED)} of MailEssentials.{more}"
        )
        return [Proof("product", host, state="broken", cell="NOT RUNNING", message=message)]
    doubts = [
        Proof(
            "product",
            host,
            state="warning",
            message=f"the service {name} starts automatically but does not run.",
        )
        for name in stopped
    ]
    return [Proof("product", host, cell="runs"), *doubts]


def _idle_remoting(reading: ServerAnswers) -> list[str]:
    """Remoting ports that the host is configured for and nothing listens on."""
    return [
        str(entry["port"])
        for entry in reading.ports
        if entry["status"] == "free"
        and any(want["kind"] == "ipc" and want["configured"] for want in entry["wanted_by"])
    ]


def reached_proofs(host: str, reading: ServerAnswers) -> list[Proof]:
    """Directory servers, other servers, name servers and update hosts. Endpoints that failed alike
    share a sentence.
    """
    proofs = [
        _directory(subject, host, entries) for subject, entries in _directories(reading).items()
    ]
    proofs += [
        named_server(host, purpose, server, entries)
        for (purpose, server), entries in _servers(reading).items()
    ]
    for subject, failing, entries in (
        (
            "name servers",
            "DNS queries failed",
            [entry for entry in reading.listed if entry["kind"] == "dns"],
        ),
        (
            "updates",
            "update hosts not reached",
            [entry for entry in reading.listed if entry["kind"] != "dns"],
        ),
    ):
        if not entries:
            continue
        failed = [entry for entry in entries if entry["severity"] == "conflict"]
        optional = sum(not entry["ok"] for entry in entries) - len(failed)
        cell = f"ok, {optional} optional failed" if optional else "ok"
        if failed:
            cell = f"{len(failed)} of {len(entries)} {outcome_words(failed)}"
        told = _sentences(failing, entries)
        proofs.append(
            Proof(
                subject,
                host,
                state="broken" if failed else "ok",
                cell=cell,
                message=" ".join(told["conflict"]),
            )
        )
        proofs += [
            Proof(subject, host, state="warning", message=sentence) for sentence in told["warning"]
        ]
    return proofs


def _directories(reading: ServerAnswers) -> dict[str, list[Mapping[str, Any]]]:
    """The answers of each directory server, by the subject of its proof."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for asked, entry in reading.answers:
        if asked["purpose"] == "directory":
            found.setdefault(f"directory {entry['host']}", []).append(entry)
        elif asked["purpose"] == "gfi_directory":
            found.setdefault(entry["name"], []).append(entry)
    return found


def _servers(reading: ServerAnswers) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """The answers of each other server, by the input that names it."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for asked, entry in reading.answers:
        if asked["purpose"] in NOUNS:
            found.setdefault((asked["purpose"], entry["host"]), []).append(entry)
    return found


def _directory(subject: str, host: str, own: Sequence[Mapping[str, Any]]) -> Proof:
    """Which of LDAP and LDAPS a server uses is not known: one of them is enough."""
    reached = [entry for entry in own if entry["ok"]]
    if reached:
        return Proof(subject, host, cell=" ".join(entry["kind"] for entry in reached))
    told = "; ".join(f"{entry['kind']} {entry['reason']}" for entry in own)
    state = (
        "broken" if all(entry["severity"] == "conflict" for entry in own) else "warning"
    )  # a slow handshake is not known to be broken
    return Proof(
        subject,
        host,
        state=state,
        cell=outcome_words(own),
        message=f"{subject} is not reached: {told}.",
    )


def _sentences(failing: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """One sentence for all that met the same, by the worst severity among them."""
    met: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for entry in entries:
        if not entry["ok"]:
            met.setdefault((entry["stage"], entry["outcome"], entry["via"]), []).append(entry)
    found: dict[str, list[str]] = {"conflict": [], "warning": []}
    for (_stage, outcome, via), alike in met.items():
        way = "" if via == "direct" else f" through the proxy {via}"
        names = list(dict.fromkeys(entry["name"] for entry in alike))
        severity = (
            "conflict" if any(entry["severity"] == "conflict" for entry in alike) else "warning"
        )
        sentence = (
            f"{len(alike)} of {len(entries)} {failing}{way} ({listed(names, most=_MOST_NAMED)}): "
            f"{alike[0]['reason']}.{_hint(outcome, via, alike[0])}"
            f"{_doubt(alike) if severity == 'warning' else ''}"
        )
        found[severity].append(sentence)
    return found


def _doubt(entries: Sequence[Mapping[str, Any]]) -> str:
    """What each source says of endpoints that are not reached and doubtful."""
    keys = {
        want["contradictions"][0]: None
        for entry in entries
        for want in entry["wanted_by"]
        if want["status"] == "contradicted"
    }
    told = " ".join(f"{disagreement(key)}." for key in keys)
    return f" This is a warning only: the documents differ. {told}" if told else ""


def _hint(outcome: str, via: str, entry: Mapping[str, Any]) -> str:
    if (
        via != "direct"
        and entry["stage"] == "proxy"
        and outcome in ("refused", "no_answer", "not_found")
    ):
        return (
            " Check mailessentials_proxy_host and mailessentials_proxy_port, and that the proxy "
            "runs."
        )
    if (
        via == "direct"
        and entry["kind"] != "dns"
        and outcome in ("no_answer", "refused", "unreachable")
        and entry["stage"] != "resolve"
    ):
        return " Check outbound firewalls, or set mailessentials_proxy_host."
    return ""
