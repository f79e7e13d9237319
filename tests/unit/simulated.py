# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated farms that tests share: two farms and a standalone server, what is done to their hosts,
and what is left of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from surroundings import clean_environment

from simulator import farm
from simulator.host import STATE_FILE, SimulatedHost
from simulator.play import Farm, Run

COLLECTION = "mailops.mailessentials"
SITE, VERIFY, CAPTURE, REHEARSE = (
    f"{COLLECTION}.{name}" for name in ("site", "verify", "capture", "rehearse")
)
PEERS_IN = "MailOps-ME-MultiServer-multi-server-in"
ADDRESSES = {"m1": "192.0.2.11", "s1": "192.0.2.12", "m2": "192.0.2.21", "s2": "192.0.2.22"}
Change = Callable[[SimulatedHost], Any]


def two_farms(
    folder: Path, *, skipped: str = "verify", own: dict[str, dict[str, Any]] | None = None
) -> Farm:
    """The farms one (m1, s1) and two (m2, s2), and z, which stands alone. own: more variables of a
    host.
    """
    hosts = {
        name: {"mailessentials_address": [address], "mailessentials_farm": FARM_OF[name]}
        for name, address in ADDRESSES.items()
    }
    hosts["z"] = {"mailessentials_server_role": "standalone"}
    groups = {
        "mailessentials": list(hosts),
        "mailessentials_master": ["m1", "m2"],
        "mailessentials_slaves": ["s1", "s2"],
        "farm_two": ["m2", "s2"],
    }
    return _farm(folder, hosts, groups, skipped, own or {})


FARM_OF = {"m1": "one", "s1": "one", "m2": "two", "s2": "two"}


def one_farm(
    folder: Path,
    *,
    slaves: Iterable[str] = ("s1",),
    skipped: str = "verify",
    own: dict[str, dict[str, Any]] | None = None,
    **variables: Any,
) -> Farm:
    """The master m1 and its slaves s1, s2 ...; own: more variables of a host."""
    names = ("m1", *slaves)
    hosts = {
        name: {"mailessentials_address": [f"192.0.2.{11 + number}"]}
        for number, name in enumerate(names)
    }
    groups = {
        "mailessentials": list(names),
        "mailessentials_master": ["m1"],
        "mailessentials_slaves": list(slaves),
    }
    return _farm(folder, hosts, groups, skipped, own or {}, **variables)


def _farm(
    folder: Path,
    hosts: dict[str, dict[str, Any]],
    groups: dict[str, list[str]],
    skipped: str,
    own: dict[str, dict[str, Any]],
    **variables: Any,
) -> Farm:
    return Farm(
        folder,
        {name: ("empty", {**given, **own.get(name, {})}) for name, given in hosts.items()},
        groups,
        clean_environment({"ANSIBLE_SKIP_TAGS": skipped} if skipped else {}),
        variables={"ansible_python_interpreter": "{{ ansible_playbook_python }}", **variables},
    )


def change(simulated: Farm, host: str, *changes: Change) -> None:
    """What happens to a host behind our back."""
    found = SimulatedHost.load(simulated.state(host))
    for one in changes:
        one(found)
    found.save(simulated.state(host))


def contents(simulated: Farm, *hosts: str) -> dict[str, bytes]:
    """All that is on hosts, byte for byte."""
    return {host: (simulated.state(host) / STATE_FILE).read_bytes() for host in hosts}


def rules(simulated: Farm, host: str) -> dict[str, str]:
    return SimulatedHost.load(simulated.state(host)).rules


def turn_off(simulated: Farm, host: str) -> None:
    """The host is not reached until it is turned on."""
    (simulated.state(host) / STATE_FILE).rename(simulated.state(host) / "off.json")


def turn_on(simulated: Farm, host: str) -> None:
    (simulated.state(host) / "off.json").rename(simulated.state(host) / STATE_FILE)


def rewrite_inventory(simulated: Farm, edit: Callable[[dict[str, Any]], Any]) -> None:
    """edit gets the group all."""
    content = yaml.safe_load(simulated.inventory.read_text(encoding="utf-8"))
    edit(content["all"])
    simulated.inventory.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def leave_out(host: str) -> Callable[[dict[str, Any]], None]:
    """For rewrite_inventory: an inventory without the host."""

    def edit(everything: dict[str, Any]) -> None:
        for group in (everything, *everything["children"].values()):
            group["hosts"].pop(host, None)

    return edit


def calls(simulated: Farm, hosts: Iterable[str]) -> dict[str, int]:
    return {host: simulated.calls(host) for host in hosts}


def failures(run: Run) -> dict[str, str]:
    """Host -> the sentence that it failed with last."""
    return {
        record["host"]: record["result"]["msg"]
        for record in run.records
        if record["status"] == "failed"
    }


def install_all(simulated: Farm, hosts: Iterable[str]) -> None:
    """MailEssentials is there and runs, so that the proof holds."""
    for host in hosts:
        change(simulated, host, farm.install, farm.web_site)
