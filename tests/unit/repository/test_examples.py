# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation: inventories are used, playbooks and tasks are run on
simulated hosts.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT, clean_environment

from simulator import farm
from simulator.host import SimulatedHost
from simulator.play import Farm, Run

FENCES = {
    ".md": re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL),
    ".rst": re.compile(r"^\.\. code-block:: yaml\n\n((?:   .*\n|\n)+)", re.MULTILINE),
}
PAGES = [
    CHECKOUT / "README.md",
    *sorted(CHECKOUT.glob("roles/*/README.md")),
    *sorted(CHECKOUT.glob("docs/docsite/rst/*.rst")),
]
PLUGINS = [
    file
    for kind in ("modules/*.py", "lookup/*.py", "filter/*.yml")
    for file in sorted(CHECKOUT.glob(f"plugins/{kind}"))
]
SITE = "mailops.mailessentials.site"
HOSTS: dict[str, tuple[str, dict[str, Any]]] = {
    "me1": ("server2016", {"mailessentials_address": ["192.0.2.11"]}),
    "me2": ("windows11", {"mailessentials_address": ["192.0.2.12"]}),
}
GROUPS = {
    "mailessentials": ["me1", "me2"],
    "mailessentials_master": ["me1"],
    "mailessentials_slaves": ["me2"],
}


def blocks(page: Path) -> list[Any]:
    found = FENCES[page.suffix].findall(page.read_text(encoding="utf-8"))
    return [yaml.safe_load(textwrap.dedent(text)) for text in found]


def plugin_examples(plugin: Path) -> list[dict[str, Any]]:
    text = plugin.read_text(encoding="utf-8")
    in_python = re.search(r'^EXAMPLES = r?"""\n(.*?)"""', text, re.MULTILINE | re.DOTALL)
    return yaml.safe_load(in_python[1] if in_python else yaml.safe_load(text)["EXAMPLES"])


INVENTORIES = [
    block for page in PAGES for block in blocks(page) if isinstance(block, dict) and "all" in block
]
PLAYBOOKS = [
    (f"{page.parent.name} {page.stem}", block)
    for page in PAGES
    for block in blocks(page)
    if isinstance(block, list)
]


def run(folder: Path, plays: list[dict[str, Any]], *, ready: bool = False) -> tuple[Farm, Run]:
    """ready: on a farm that is in order."""
    simulated = Farm(
        folder,
        HOSTS,
        GROUPS,
        clean_environment(),
        variables={"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
    )
    if ready:
        for name in HOSTS:
            host = SimulatedHost.load(simulated.state(name))
            farm.install(host)
            farm.web_site(host)
            host.save(simulated.state(name))
        simulated.play(SITE, "--skip-tags", "preflight,verify")
    playbook = folder / "example.yml"
    playbook.write_text(yaml.safe_dump(plays), encoding="utf-8")
    return simulated, simulated.play(str(playbook))


def test_there_are_examples_of_every_kind():
    assert len(INVENTORIES) >= 2 and len(PLAYBOOKS) >= 5 and len(PLUGINS) >= 10


@pytest.mark.parametrize(
    "inventory",
    [INVENTORIES[0], *(pytest.param(one, marks=pytest.mark.large) for one in INVENTORIES[1:])],
    ids=lambda inventory: next(iter(inventory["all"]["children"]["mailessentials"])),
)
def test_an_inventory_of_the_readme_makes_a_farm_that_is_right(tmp_path, inventory):
    group = inventory["all"]["children"]["mailessentials"]
    names = [
        name
        for part in (group, *group.get("children", {}).values())
        for name in part.get("hosts", {})
    ]
    simulated = Farm(
        tmp_path,
        {name: ("server2016", {}) for name in names},
        {},
        clean_environment({"ANSIBLE_SKIP_TAGS": "verify"}),
    )
    simulated.inventory.write_text(yaml.safe_dump(inventory), encoding="utf-8")
    reach = [
        "-e",
        "ansible_connection=mailops.simulator.host",
        "-e",
        f"simulated_host={tmp_path}/{{{{ inventory_hostname }}}}",
    ]
    first, second = (
        simulated.play(
            SITE, *reach, "-e", "ansible_python_interpreter={{ ansible_playbook_python }}"
        )
        for _unused in range(2)
    )
    assert first.code == 0 and {
        result["changed"] for result in first.results() if result["outcomes"]
    } == {True}, first.output
    assert second.code == 0 and not second.results(), second.output
    (verdict,) = second.results(action="mailops.mailessentials.farm_verdict")
    assert {name: entry["state"] for name, entry in verdict["servers"].items()} == dict.fromkeys(
        names, "as_wanted"
    )


@pytest.mark.parametrize(
    ("page", "playbook"),
    [
        pytest.param(
            page,
            block,
            id=f"{page}-{block[0]['name']}",
            marks=() if page.startswith("rst use_cases") else pytest.mark.large,
        )
        for page, block in PLAYBOOKS
    ],
)
def test_a_playbook_of_the_documentation_runs(tmp_path, page, playbook):
    _simulated, done = run(tmp_path, playbook, ready=page.startswith("verify "))
    assert done.code == 0 and done.records, done.output


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.stem)
def test_the_examples_of_a_plugin_run(tmp_path, plugin):
    example = [{"hosts": "me1", "gather_facts": False, "tasks": plugin_examples(plugin)}]
    _simulated, done = run(tmp_path, example, ready=plugin.stem == "server_proof")
    assert done.code == 0 and done.records, done.output
