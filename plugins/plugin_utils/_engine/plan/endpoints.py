# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one server has to reach beside the update hosts of its version: the servers that it talks
to, its directory servers, and the other servers that its inputs name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..catalog.query import query
from ..catalog.versions import Version
from .ends import TRIED, catalog_flows, far_ends, features, given_ports, is_several
from .inputs import Inputs
from .membership import Membership

# Flows of the catalog: what a call by them is for.
_PURPOSES = {"multi-server-out": "multi_server", "join-out": "join"}


def plan_endpoints(inputs: Inputs, version: Version, place: Membership) -> Iterator[dict[str, Any]]:
    """Each as {purpose, peer, endpoint}: purpose is multi_server, join, directory, gfi_directory,
    or the input without its prefix that names the server; peer the name of the other server of the
    farm, else ""; endpoint an entry for the option endpoints of endpoint_check.
    """
    if place.joined:
        yield from _peers(version, place)
    ends = far_ends(inputs)
    for server in ends["ldap_servers"]:
        # Which of the two ports is used is not known. Networks have no address to try.
        if not is_several(server):
            yield from (_asked("directory", "", server, kind=kind) for kind in ("ldap", "ldaps"))
    here = ("127.0.0.1",) if inputs.gfi_directory == "local" else ()
    for host in here or ends["gfi_directory"]:
        yield _asked("gfi_directory", "", host, inputs.gfi_directory_port)
    yield from _servers(inputs, version)


def _servers(inputs: Inputs, version: Version) -> Iterator[dict[str, Any]]:
    """Every other server that inputs name, on every TCP port. A range has no port to try, and UDP
    has no connection.
    """
    ends, ports = far_ends(inputs), given_ports(inputs)
    for flow in catalog_flows(version.name, tuple(features(inputs)), None):
        if flow["feature"] not in TRIED or flow["protocol"] != "tcp":
            continue
        numbers = ports.get(flow["port_variable"], flow["ports"])
        for server in ends[flow["remote"]]:
            for number in numbers:
                if not is_several(server) and "-" not in str(number):
                    yield _asked(flow["remote"], "", server, int(number), title=flow["title"])


def _peers(version: Version, place: Membership) -> Iterator[dict[str, Any]]:
    """Every server that this one calls, on every port and address."""
    role = place.server_role
    for flow in query("flows", version=version.name, features=["multi_server"], server_role=role):
        if flow["feature"] != "multi_server" or flow["direction"] != "outbound":
            continue
        ports = place.join_ports if flow["port_variable"] == "join_ports" else flow["ports"]
        peers = [place.master] if flow["remote"] == "master" else place.peers
        for peer in peers:
            for port in ports:
                for address in peer.addresses:
                    yield _asked(_PURPOSES[flow["id"]], peer.name, address, int(port))


def _asked(
    purpose: str,
    peer: str,
    host: str,
    port: int | None = None,
    kind: str = "tcp",
    title: str = "",
) -> dict[str, Any]:
    titles: Mapping[str, str] = {
        "multi_server": f"Multi-Server of {peer}",
        "join": f"web site of {peer}",
        "directory": f"{kind} {host}",
        "gfi_directory": f"GFI Directory {host}",
    }
    endpoint: dict[str, Any] = {
        "kind": kind,
        "host": host,
        "name": titles.get(purpose, f"{title} {host}"),
    }
    if port is not None:
        endpoint["port"] = port
    return {"purpose": purpose, "peer": peer, "endpoint": endpoint}
