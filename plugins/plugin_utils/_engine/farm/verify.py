# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a farm: what is to be tried from each server, and what the readings of all servers
of one run come to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..catalog.query import query
from .peers import PEER, peer_proofs
from .preflight import report, verdict
from .proof import GFI_DIRECTORY, Proof, Reading
from .servers import product_proofs, reached_proofs, rules_proofs
from .table import table

# What preflight finds, and what it is called here.
_KINDS = {"conflict": "ports", "version_mismatch": "version", "clock": "clock"}


def wanted_endpoints(
    place: Mapping[str, Any],
    version: str | int,
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
            {"kind": "tcp", "host": host, "port": int(number), "name": f"{GFI_DIRECTORY} {host}"}
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
    version: str | int,
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
        for proof in (*rules_proofs(name, reading), *reached_proofs(name, reading))
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


def _own(
    read: Mapping[str, Reading], members: Sequence[str], version: str | int
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
        proofs += product_proofs(host, reading)
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


def _report(host: str, reading: Reading, version: str | int) -> dict[str, Any]:
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
