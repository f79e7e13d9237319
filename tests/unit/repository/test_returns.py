# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module returns is what it documents: every key of real results on simulated hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from surroundings import clean_environment
from unit.repository.test_arguments import documentation

from simulator import farm
from simulator.host import SimulatedHost
from simulator.play import Farm

PREFIX = "mailops.mailessentials."
RULE = {
    "id": "Example-A",
    "display_name": "Example",
    "direction": "inbound",
    "protocol": "tcp",
    "local_ports": [8443],
    "remote_addresses": ["192.0.2.9"],
}
SET = {"group": "Example", "id_prefix": "Example-"}
ENDPOINTS = [
    {"kind": "tls", "host": "www.example.com", "port": 443},
    {"kind": "dns", "query": "www.example.com"},
]
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("server_info", {}),
    ("port_availability", {"on_conflict": "warn", "features": ["multi_server"]}),
    ("port_reservation", {"ports": [9095, 9999], "on_conflict": "warn"}),
    ("port_reservation", {"ports": [9095, 9999], "state": "absent"}),
    ("firewall_ruleset", {**SET, "rules": [RULE]}),
    ("firewall_ruleset", {**SET, "rules": [{**RULE, "local_ports": [8444]}], "purge": True}),
    ("firewall_ruleset_info", SET),
    ("firewall_explain", {"flows": ["tcp 8443 from 192.0.2.9", "tcp 443 to 198.51.100.7"]}),
    ("proxy_info", {"host": "192.0.2.80", "port": 8080, "state": "present"}),
    ("endpoint_check", {"endpoints": ENDPOINTS, "version": "21", "on_failure": "warn"}),
    ("farm_plan", {}),
]
# Of Ansible itself, and of every action.
USUAL = {"changed", "warnings", "failed", "msg", "invocation", "diff", "skipped", "deprecations"}
# Keys are not names there: of a mapping, or "in the shape of" something documented elsewhere.
OPEN = re.compile(r"in the shape of|in the form|field to|server_info|Options of|For each server")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """Module and result of each call."""
    folder = tmp_path_factory.mktemp("returns")
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    groups = {"mailessentials": ["m"]}
    hosts = {"m": ("empty", {"mailessentials_server_role": "standalone"})}
    simulated = Farm(folder, hosts, groups, clean_environment(), variables=variables)
    state = simulated.state("m")
    host = SimulatedHost.load(state)
    farm.install(host)
    farm.listen(host, 9999, program="C:\\Tools\\relay.exe")
    host.rules["Other"] = (
        "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=8443|Name=Other|EmbedCtxt=Else|"
    )
    host.save(state)
    tasks = [{f"{PREFIX}{name}": options, "name": name} for name, options in CALLS]
    play = [{"hosts": "m", "gather_facts": False, "tasks": tasks}]
    file = folder / "play.yml"
    file.write_text(yaml.safe_dump(play), encoding="utf-8")
    run = simulated.play(str(file))
    assert run.code == 0, run.output
    found = [(name, run.results("m", f"{PREFIX}{name}")) for name in dict.fromkeys(dict(CALLS))]
    return [(name, result) for name, entries in found for result in entries]


def undocumented(value: Any, spec: dict[str, Any], path: str) -> Iterator[str]:
    """Keys of a value that neither `contains` nor the description of it names."""
    text = (
        " ".join(spec["description"])
        if isinstance(spec.get("description"), list)
        else str(spec.get("description", ""))
    )
    if isinstance(value, list):
        for entry in value:
            yield from undocumented(entry, spec, path)
    if not isinstance(value, dict) or OPEN.search(text):
        return
    inside = spec.get("contains", {})
    for key, entry in value.items():
        if key in inside:
            yield from undocumented(entry, inside[key], f"{path}.{key}")
        elif not re.search(rf"[CV]\({re.escape(key)}\)", text):
            yield f"{path}.{key}"


@pytest.mark.parametrize("name", sorted(dict(CALLS)))
def test_every_key_is_documented(name: str, results: list[tuple[str, dict[str, Any]]]) -> None:
    returned = documentation()[f"{PREFIX}{name}"]["return"]
    own = [result for module, result in results if module == name]
    assert own
    missing = {
        path
        for result in own
        for key, value in result.items()
        if key not in USUAL and not key.startswith("_")
        for path in (
            undocumented(value, returned[key], key) if key in returned else [f"{key} itself"]
        )
    }
    assert missing == set()
