# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a farm: what is to be tried from each server, and what the readings of all servers
of one run come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..catalog.query import query
from ..net.addresses import parse
from .notice import Notice, not_read, sentences
from .peers import peer_proofs
from .preflight import notices, report
from .proof import Proof, ServerReading
from .servers import product_proofs, reached_proofs, rules_proofs
from .table import table

# Flows of the catalog: what a call by them is for.
_PURPOSES = {"multi-server-out": "multi_server", "join-out": "join"}
# What preflight finds, and what it is called here.
_KINDS = {"conflict": "ports", "version_mismatch": "version", "clock": "clock"}


def farm_endpoints(
    place: Mapping[str, Any],
    version: str | int,
    join_ports: Iterable[int],
    directory: Iterable[str],
    gfi_directory: str = "",
) -> dict[str, list[Any]]:
    """What a server has to reach beside the endpoints of the catalog: every peer that it calls, on
    every port and address, and directory servers.

    Args:
        place: of the lookup farm.
        directory: names or addresses of LDAP servers; which of the two ports is used is not known,
            so both are tried. Networks and ranges among them have no address to try.
        gfi_directory: "host:port", or "" for none.

    Returns:
        asked: list of {purpose, peer, endpoint}; purpose is multi_server, join, directory or
            gfi_directory, peer the name of the other server ("" for directory servers), endpoint an
            entry for the option endpoints of endpoint_check.
        unchecked: networks and ranges of directory.
    """
    found = []
    directory = list(directory)
    if place["server_role"] != "standalone":
        for flow in query(
            "flows", version=version, features=["multi_server"], server_role=place["server_role"]
        ):
            if flow["feature"] != "multi_server" or flow["direction"] != "outbound":
                continue
            ports = list(join_ports) if flow["port_variable"] == "join_ports" else flow["ports"]
            peers = [place["master"]] if flow["remote"] == "master" else place["peers"]
            found += [
                _asked(_PURPOSES[flow["id"]], peer["name"], address, int(port))
                for peer in peers
                for port in ports
                for address in peer["addresses"]
            ]
    for server in directory:
        if not is_several(server):
            found += [_asked("directory", "", server, kind=kind) for kind in ("ldap", "ldaps")]
    if gfi_directory:
        host, _colon, number = gfi_directory.rpartition(":")
        found.append(_asked("gfi_directory", "", host, int(number)))
    unchecked = [server for server in directory if is_several(server)]
    return {"asked": found, "unchecked": unchecked}


def is_several(server: str) -> bool:
    """Whether it is a network or a range of addresses, as a firewall rule may have it."""
    try:
        address = parse(server.strip())
    except ValueError:
        return False
    return not address.family or address.first != address.last


def _asked(
    purpose: str, peer: str, host: str, port: int | None = None, kind: str = "tcp"
) -> dict[str, Any]:
    titles = {
        "multi_server": f"Multi-Server of {peer}",
        "join": f"web site of {peer}",
        "directory": f"{kind} {host}",
        "gfi_directory": f"GFI Directory {host}",
    }
    endpoint: dict[str, Any] = {"kind": kind, "host": host, "name": titles[purpose]}
    if port is not None:
        endpoint["port"] = port
    return {"purpose": purpose, "peer": peer, "endpoint": endpoint}


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
    read = {name: ServerReading(**readings[name]) for name in members if name in readings}
    missing = [name for name in members if name not in readings]
    proofs = [
        proof
        for name, reading in read.items()
        for proof in (*rules_proofs(name, reading), *reached_proofs(name, reading))
    ]
    own, doubts = _own(read, version)
    proofs += own
    broken = {
        subject: {
            proof.host for proof in proofs if (proof.subject, proof.state) == (subject, "broken")
        }
        for subject in ("rules", "product")
    }
    proofs += peer_proofs(read, broken["rules"], broken["product"])
    notices_of = {
        state: [proof.notice for proof in proofs if proof.state == state]
        for state in ("broken", "warning")
    }
    unread = not_read(missing) if read else []
    return {
        "ok": bool(read) and not notices_of["broken"],
        "farm": farm,
        "table": table(proofs, members, farm),
        "failures": sentences(notices_of["broken"]),
        "warnings": sentences([*notices_of["warning"], *doubts, *unread]),
        "not_read": missing,
        "unchecked": sorted(
            {host for reading in read.values() for host in (*reading.unchecked, *reading.skipped)}
        ),
        "proofs": [proof.to_dict() for proof in proofs],
    }


def _own(read: Mapping[str, ServerReading], version: str | int) -> tuple[list[Proof], list[Notice]]:
    """What the servers say of themselves and what they come to together: installed, ports, version,
    clock; and what only warns.
    """
    found = notices([_report(host, reading, version) for host, reading in read.items()])
    proofs = []
    for host, reading in read.items():
        proofs += product_proofs(host, reading)
        for kind, subject in _KINDS.items():
            cell = _cell(subject, reading.product)
            alike = [notice for notice in found if notice.kind == kind]
            own = [notice for notice in alike if notice.host == host]
            told = own + [notice for notice in alike if not notice.host]
            if not told:
                proofs.append(Proof(subject, host, cell=cell))
                continue
            proofs.append(
                Proof(
                    subject,
                    host,
                    state="broken",
                    cell="CONFLICT" if cell == "ok" else f"{cell}!",
                    message=" ".join(notice.message for notice in told),
                    names_host=not own,
                )
            )
    return proofs, [notice for notice in found if notice.kind not in _KINDS]


def _report(host: str, reading: ServerReading, version: str | int) -> dict[str, Any]:
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
