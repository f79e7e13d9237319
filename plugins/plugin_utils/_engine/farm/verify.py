# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a farm: what is to be tried from each server, and what the readings of all servers
of one run come to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..catalog.query import query
from .peers import PEER, Proof, peer_proofs
from .preflight import report, verdict
from .table import table

# What preflight finds, and what it is called here.
_KINDS = {"conflict": "ports", "version_mismatch": "version", "clock": "clock"}
_MOST_NAMED = 3
_GFI_DIRECTORY = "GFI Directory"


@dataclass(frozen=True)
class Reading:
    """What one server said in this run. rules: results of firewall_ruleset in check mode. product,
    ports: of port_availability.
    asked: what was put to endpoint_check by hand; reached: its answers, those first; unchecked:
    hosts that cannot be tried.
    """

    rules: Sequence[Mapping[str, Any]]
    product: Mapping[str, Any]
    ports: Sequence[Mapping[str, Any]]
    asked: Sequence[Mapping[str, Any]]
    reached: Sequence[Mapping[str, Any]]
    unchecked: Sequence[str]


def wanted_endpoints(
    place: Mapping[str, Any],
    version: str,
    join_ports: Iterable[int],
    directory: Iterable[str],
    gfi_directory: str = "",
) -> list[dict[str, Any]]:
    """Endpoints for endpoint_check, beside those of the catalog: every peer that this server calls,
    on every port and address, and directory servers.

    place: of the lookup farm. directory: names or addresses of LDAP servers; which of the two ports
    is used is not known, so both are tried. Networks and ranges among them have no address to try
    and are left out. gfi_directory: "host:port", or "" for none.
    """
    found = []
    if place["server_role"] != "standalone":
        for flow in query(
            "flows", version=version, features=["multi_server"], server_role=place["server_role"]
        ):
            if flow["feature"] != "multi_server" or flow["direction"] != "outbound":
                continue
            ports = list(join_ports) if flow["port_variable"] == "join_ports" else flow["ports"]
            peers = [place["master"]] if flow["remote"] == "master" else place["peers"]
            found += [
                _peer(peer, address, int(port), flow["id"])
                for peer in peers
                for port in ports
                for address in peer["addresses"]
            ]
    for server in directory:
        if is_several(server):
            continue
        found += [
            {"kind": kind, "host": server, "name": f"{kind} {server}"} for kind in ("ldap", "ldaps")
        ]
    if gfi_directory:
        host, _colon, number = gfi_directory.rpartition(":")
        found.append(
            {"kind": "tcp", "host": host, "port": int(number), "name": f"{_GFI_DIRECTORY} {host}"}
        )
    return found


def is_several(server: str) -> bool:
    """Whether it is a network or a range of addresses, as a firewall rule may have it."""
    return bool(re.fullmatch(r".*/.*|[0-9a-fA-F.:]+-[0-9a-fA-F.:]+", server))


def _peer(peer: Mapping[str, Any], address: str, port: int, flow: str) -> dict[str, Any]:
    return {"kind": "tcp", "host": address, "port": port, "name": f"{PEER[flow]} {peer['name']}"}


def verify(
    readings: Mapping[str, Mapping[str, Any]],
    members: Mapping[str, str],
    version: str,
    farm: str = "",
) -> dict[str, Any]:
    """The farm as {ok, farm, table, failures, warnings, not_read, unchecked, proofs}.

    readings: host -> what Reading holds. members: host -> server role, all servers of the farm; one
    without a reading was not read in this run.
    table: lines for people. failures, warnings: sentences, the likely cause in them. proofs:
    {subject, host, peer, port, state, cell, message}.
    """
    read = {name: Reading(**readings[name]) for name in members if name in readings}
    missing = [name for name in members if name not in readings]
    proofs = [
        proof
        for name, reading in read.items()
        for proof in (*_rules(name, reading), *_reached(name, reading))
    ]
    own, told = _own(read, list(members), version)
    proofs += own
    broken = {
        subject: {
            proof.host for proof in proofs if (proof.subject, proof.state) == (subject, "broken")
        }
        for subject in ("rules", "product")
    }
    proofs += peer_proofs(read, broken["rules"], broken["product"])
    unread = (
        [f"{', '.join(missing)}: not read in this run, so nothing is known of them."]
        if missing and read
        else []
    )
    return {
        "ok": bool(read) and not any(proof.state == "broken" for proof in proofs),
        "farm": farm,
        "table": table(proofs, {name: members[name] for name in members}, farm),
        "failures": _joined(
            [proof.message for proof in proofs if proof.state == "broken"], list(members)
        ),
        "warnings": _joined(
            [*(proof.message for proof in proofs if proof.state == "warning"), *told, *unread],
            list(members),
        ),
        "not_read": missing,
        "unchecked": sorted({host for reading in read.values() for host in reading.unchecked}),
        "proofs": [asdict(proof) for proof in proofs],
    }


def _joined(sentences: Iterable[str], members: Sequence[str]) -> list[str]:
    """Each once; what holds for several servers names them all in front."""
    found: dict[str, list[str]] = {}
    for sentence in sentences:
        host, colon, rest = sentence.partition(": ")
        hosts = (
            found.setdefault(rest, [])
            if colon and host in members
            else found.setdefault(sentence, [])
        )
        hosts += [host] if colon and host in members and host not in hosts else []
    return [f"{', '.join(hosts)}: {rest}" if hosts else rest for rest, hosts in found.items()]


def _rules(host: str, reading: Reading) -> list[Proof]:
    """One proof, broken where rules differ or have no effect, and a warning for each thing that
    makes them mean less.
    """
    changes = {
        kind: [rule["id"] for result in reading.rules for rule in result["plan"][kind]]
        for kind in ("add", "set", "remove")
    }
    words = {"add": "missing", "set": "different", "remove": "not wanted"}
    differing = [f"{words[kind]} {_some(ids)}" for kind, ids in changes.items() if ids]
    dead = [
        finding["message"]
        for result in reading.rules
        for finding in result["findings"]
        if finding["severity"] == "error"
    ]
    doubts = [
        sentence
        for result in reading.rules
        for sentence in result.get("warnings", ())
        if sentence not in dead
    ]
    warnings = [
        Proof("rules", host, state="warning", message=f"{host}: {sentence}")
        for sentence in dict.fromkeys(doubts)
    ]
    if dead:
        return [
            Proof(
                "rules",
                host,
                state="broken",
                cell="NO EFFECT",
                message=f"{host}: the rules have no effect. {' '.join(dict.fromkeys(dead))}",
            ),
            *warnings,
        ]
    if differing:
        message = (
            f"{host}: the firewall rules are not as wanted ({'; '.join(differing)}); run "
            "the playbook site."
        )
        return [Proof("rules", host, state="broken", cell="DIFFERENT", message=message), *warnings]
    return [Proof("rules", host), *warnings]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _own(
    read: Mapping[str, Reading], members: Sequence[str], version: str
) -> tuple[list[Proof], list[str]]:
    """What the servers say of themselves and what they come to together: installed, ports, version,
    clock; and sentences that only warn.
    """
    reports = {name: _report(name, reading, version) for name, reading in read.items()}
    present = [name for name in members if name in read]
    failures = {kind: verdict(reports, present, [kind])["failures"] for kind in _KINDS}
    told = verdict(reports, present, list(_KINDS))["warnings"] if read else []
    proofs = []
    for host, reading in read.items():
        proofs += _product(host, reading)
        for kind, subject in _KINDS.items():
            own = [sentence for sentence in failures[kind] if sentence.startswith(f"{host}: ")]
            shared = [
                sentence
                for sentence in failures[kind]
                if not any(sentence.startswith(f"{name}: ") for name in members)
            ]
            cell = _cell(subject, reading.product)
            if own or shared:
                proofs.append(
                    Proof(
                        subject,
                        host,
                        state="broken",
                        cell="CONFLICT" if cell == "ok" else f"{cell}!",
                        message=" ".join([*own, *shared]),
                    )
                )
            else:
                proofs.append(Proof(subject, host, cell=cell))
    return proofs, told


def _report(host: str, reading: Reading, version: str) -> dict[str, Any]:
    """Advisories are for preflight."""
    whole = report(host, reading.product, reading.ports, version=version)
    return {
        **whole,
        "findings": [finding for finding in whole["findings"] if finding["kind"] != "advisory"],
    }


def _cell(subject: str, product: Mapping[str, Any]) -> str:
    clock = f"{product['clock']['offset_seconds']:+.1f} s"
    return {
        "clock": clock,
        "version": product["version"] or ("unknown" if product["installed"] else "-"),
    }.get(subject, "ok")


def _product(host: str, reading: Reading) -> list[Proof]:
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
    if state != "installed":
        absent = state == "not_installed"
        what = "is not installed" if absent else "is there in part only; repair or remove it"
        cell = "NOT INSTALLED" if absent else "IN PART"
        message = f"{host}: MailEssentials {what}."
        return [Proof("product", host, state="broken", cell=cell, message=message)]
    if not any(service["state"] == "Running" for service in services):
        message = f"{host}: none of MailEssentials' services runs."
        return [Proof("product", host, state="broken", cell="NOT RUNNING", message=message)]
    if idle:
        more = f" ({_some(stopped)} is not running)" if stopped else ""
        message = (
            f"{host}: MailEssentials does not listen on its own "
            f"port{'s' * (len(idle) > 1)} {_some(idle)}{more}."
        )
        return [Proof("product", host, state="broken", cell="NOT RUNNING", message=message)]
    doubts = [
        Proof(
            "product",
            host,
            state="warning",
            message=f"{host}: {name} starts automatically and is not running.",
        )
        for name in stopped
    ]
    return [Proof("product", host, cell="runs"), *doubts]


def _idle_remoting(reading: Reading) -> list[str]:
    """Remoting ports that the host is configured for and nobody listens on."""
    return [
        str(entry["port"])
        for entry in reading.ports
        if entry["status"] == "free"
        and any(want["kind"] == "ipc" and want["configured"] for want in entry["wanted_by"])
    ]


def _reached(host: str, reading: Reading) -> list[Proof]:
    """Directory servers, name servers and update hosts; endpoints that went the same way wrong are
    told in one sentence.
    """
    by_hand = reading.reached[: len(reading.asked)]
    listed = reading.reached[len(reading.asked) :]
    ldap = [entry for entry in by_hand if entry["kind"] in ("ldap", "ldaps")]
    proofs = [
        _directory(f"directory {server}", host, ldap, server)
        for server in dict.fromkeys(entry["host"] for entry in ldap)
    ]
    own = [entry for entry in by_hand if entry["name"].startswith(f"{_GFI_DIRECTORY} ")]
    proofs += [_directory(entry["name"], host, own, entry["host"]) for entry in own]
    for subject, failing, entries in (
        (
            "name servers",
            "questions to the name servers failed",
            [entry for entry in listed if entry["kind"] == "dns"],
        ),
        (
            "updates",
            "update hosts not reached",
            [entry for entry in listed if entry["kind"] != "dns"],
        ),
    ):
        if not entries:
            continue
        failed = [entry for entry in entries if entry["severity"] == "conflict"]
        done = sum(entry["ok"] for entry in entries)
        cell = "ok" if done == len(entries) else f"{done} of {len(entries)}"
        cell = f"{cell} {_word(failed[0])}" if failed else cell
        told = _sentences(host, failing, entries)
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


def _directory(subject: str, host: str, entries: Sequence[Mapping[str, Any]], server: str) -> Proof:
    """Which of LDAP and LDAPS a server uses is not known: one of them is enough."""
    own = [entry for entry in entries if entry["host"] == server]
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
        cell=_word(own[0]),
        message=f"{host}: {subject} is not reached: {told}.",
    )


def _word(entry: Mapping[str, Any]) -> str:
    return str(entry["outcome"]).replace("_", " ").upper()


def _sentences(
    host: str, failing: str, entries: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """One sentence for all that met the same, by the worst severity among them; only the first
    keeps the name of the host in front.
    """
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
        head = f"{host}: " if severity == "warning" or not found[severity] else "And "
        sentence = (
            f"{len(alike)} of {len(entries)} {failing}{way} ({_some(names)}): "
            f"{alike[0]['reason']}.{_hint(outcome, via, alike[0])}"
        )
        found[severity].append(f"{head}{sentence}")
    return found


def _hint(outcome: str, via: str, entry: Mapping[str, Any]) -> str:
    if (
        via != "direct"
        and entry["stage"] == "proxy"
        and outcome in ("refused", "no_answer", "not_found")
    ):
        return (
            " Are mailessentials_proxy_host and mailessentials_proxy_port right, "
            "and does the proxy run?"
        )
    if (
        via == "direct"
        and entry["kind"] != "dns"
        and outcome in ("no_answer", "refused", "unreachable")
        and entry["stage"] != "resolve"
    ):
        return (
            " Does a firewall on the way out want them admitted, "
            "or is there a proxy (mailessentials_proxy_host)?"
        )
    return ""
