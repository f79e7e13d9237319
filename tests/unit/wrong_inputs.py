# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the inputs are not, from the table of inputs: of each kind at least three."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    INPUTS,
)

SECRET = "Tr0ub4dor"
NO_HOST = [f"admin:{SECRET}@proxy.example.com", f"http://u:{SECRET}@example.com", {"a": SECRET}, 7]
NO_HOSTS = [[value] for value in (*NO_HOST, "")]
NO_PORT = [70000, f"{SECRET}:80", True, "80-90", -1, 8.5]
# kind of an input -> values that it is not
WRONG: dict[str, list[Any]] = {
    "version": ["17", "", 20.1, "no such", ["21"]],
    "any, or list of names or networks": [*NO_HOSTS, ["any", "192.0.2.1"], ["0.0.0.0/0"]],
    "name of a server": [7, ["a"], f"a:{SECRET}@b"],
    "name": [True, ["a"], {"a": 1}],
    "group": ["", 7, ["a"], {"a": 1}],
    "one of the choices": ["bogus", "", 7, ["fail"], True],
    "list of the choices": [["bogus"], "any, bogus", [7]],
    "list of ports": [[value] for value in NO_PORT],
    "port": NO_PORT,
    "list of ports, or of port, protocol and families": [["x"], [0], [{"port": 1, "x": 2}], [1, 1]],
    "list of names, addresses or networks": NO_HOSTS,
    "name or address of a host": NO_HOST,
    "none, local, or name or address of a host": NO_HOST,
    "true or false": ["perhaps", 2, [True], ""],
    "seconds": [0, -1, "soon", True, 1.5, [5]],
    "number of servers": [0, -1, "three", True, 1.5, [3], 1000],
    "list of domains": [["ex ample.com"], ["http://x"], ["*"], [f"{SECRET}@x"], ["a" * 300]],
    "list of names": [[7], [""], [f"a:{SECRET}@b"], [{"a": SECRET}]],
    "list of directories or services": [[7], [{"a": 1}], [""]],
    "URL": [7, ["http://example.com/a.pac"], {"a": 1}],
}
# Read with the others of the farm (test_topology).
ELSEWHERE = {"mailessentials_server_role", "mailessentials_address"}


def wrong() -> Iterator[tuple[str, Any]]:
    """Each variable with each value that it cannot have."""
    for name, known in INPUTS.items():
        if name not in ELSEWHERE:
            for value in [None, *WRONG[known.kind]]:
                yield name, value


def inventory() -> tuple[dict[str, Any], dict[str, str]]:
    """An inventory of standalone servers, each of which has one wrong value; and server -> the
    variable that is wrong there.
    """
    hosts, expected = {}, {}
    for number, (name, value) in enumerate(wrong(), 1):
        host = f"server{number}"
        hosts[host] = {"mailessentials_server_role": "standalone", name: value}
        expected[host] = name
    return {"mailessentials": {"hosts": hosts}}, expected
