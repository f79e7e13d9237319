# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual steps for a farm. No document says where MailEssentials stores these settings, so the
collection does not write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..catalog.query import query
from .server import ServerPlan


@dataclass(frozen=True)
class Step:
    """One thing to do. kind: proxy, perimeter_smtp, join, close_join or update_hosts. text: what to
    do. values: what to enter. contradictions: of the catalog, which the values name.
    """

    kind: str
    text: str
    values: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As farm_plan returns it."""
        return {
            "kind": self.kind,
            "text": self.text,
            "values": list(self.values),
            "sources": list(self.sources),
        }


def farm_steps(plans: Sequence[ServerPlan]) -> Iterator[Step]:
    """The steps for one farm, or for one standalone server, in the order to do them."""
    yield from _proxy(plans)
    if plans[0].place.joined:
        yield from _joining(plans)
    yield _update_hosts(plans)


def _proxy(plans: Sequence[ServerPlan]) -> Iterator[Step]:
    alike: dict[tuple[str, int], list[str]] = {}
    for plan in plans:
        if plan.inputs.proxy_host:
            key = plan.inputs.proxy_host, plan.inputs.proxy_port
            alike.setdefault(key, []).append(plan.name)
    for (host, port), names in alike.items():
        where = "all servers" if len(names) == len(plans) > 1 else ", ".join(names)
        yield Step(
            "proxy",
            f"In MailEssentials on {where}, under Proxy Settings, enter the proxy.",
            (f"server {host}", f"port {port}"),
            ("S1",),
        )


def _joining(plans: Sequence[ServerPlan]) -> Iterator[Step]:
    members = plans[0].place.members
    master, slaves = members[0], members[1:]
    addresses = tuple(address for member in members for address in member.addresses)
    yield Step(
        "perimeter_smtp",
        "On every server of the farm, enter the addresses of all its servers in Perimeter SMTP "
        "Server Settings.",
        addresses,
        ("MSY",),
    )
    ports = plans[0].place.join_ports
    if not ports:
        return
    names = ", ".join(slave.name for slave in slaves)
    yield Step(
        "join",
        f"Join {names} to the master {master.name} in the Multi-Server settings of each slave: "
        "enter an address and a port of the master, and an account that can sign in to its web "
        "site. The clocks must not differ.",
        tuple(f"address {address}" for address in master.addresses)
        + tuple(f"port {port}" for port in ports),
        ("FRY",),
    )
    yield Step(
        "close_join",
        "When all slaves have joined, set mailessentials_join_ports to an empty list and run the "
        "playbook site again. This removes the rules for joining. The networks of "
        "mailessentials_web_ui_networks still reach the web site.",
        (),
        ("FRY",),
    )


def _update_hosts(plans: Sequence[ServerPlan]) -> Step:
    found: dict[str, set[str]] = {}
    doubts: dict[str, set[str]] = {}  # host -> the contradiction behind it, "" where there is none
    for version, ftp in {(plan.version.name, plan.inputs.ftp) for plan in plans}:
        for entry in query("hosts", version=version, features=["ftp"] if ftp else []):
            found.setdefault(entry["host"], set()).update(map(str, entry["ports"]))
            contradicted = entry["status"] == "contradicted"
            doubt = entry["contradictions"][0] if contradicted else ""
            doubts.setdefault(entry["host"], set()).add(doubt)
    marked = {host: sorted(keys) for host, keys in doubts.items() if "" not in keys}
    proxies = {plan.inputs.proxy_host for plan in plans if plan.inputs.proxy_host}
    by = ", ".join(sorted(proxies))
    return Step(
        "update_hosts",
        f"Allow these hosts in the proxy ({by}), and in a perimeter firewall that restricts the "
        "proxy."
        if by
        else "If a perimeter firewall restricts outbound connections, allow these hosts.",
        tuple(
            f"{host} TCP {', '.join(sorted(ports, key=int))}"
            + (f" (optional; contradicted: {', '.join(marked[host])})" if host in marked else "")
            for host, ports in sorted(found.items())
        ),
        ("S0", "S1"),
        tuple(sorted({key for keys in marked.values() for key in keys})),
    )
