# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the scenarios about firewall rules."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import Any

from servers import Result, Run, Server

FOREIGN = "Molecule-Foreign-Rule"
ROLES = {
    "firewall": ("GFI MailEssentials (mailops)", "MailOps-ME-Firewall-"),
    "multi_server": ("GFI MailEssentials Multi-Server (mailops)", "MailOps-ME-MultiServer-"),
}
# Words of scenario.yml for remote addresses: groups of the inventory, without the server itself.
PEERS = {
    "MASTER": ["mailessentials_master"],
    "SLAVES": ["mailessentials_slaves"],
    "OTHERS": ["mailessentials_master", "mailessentials_slaves"],
}
# What a rule says where scenario.yml says nothing.
OPEN = {
    "action": "allow",
    "edge_traversal": "block",
    "enabled": True,
    "program": "any",
    "service": "any",
    **{
        name: ["any"]
        for name in (
            "local_ports",
            "remote_ports",
            "local_addresses",
            "remote_addresses",
            "profiles",
            "interface_types",
            "icmp_types",
        )
    },
}
Rules = dict[str, dict[str, Any]]


class RuleServer(Server):
    """One server whose rules are made, spoilt, repaired and removed."""

    def read(self, role: str) -> dict[str, Any]:
        """The rules of a role, and all others, as the host has them now."""
        group, prefix = ROLES[role]
        return self.ask("firewall_ruleset_info", group=group, id_prefix=prefix)

    @property
    def runs(self) -> list[Run]:
        """The runs of the playbook site.yml."""
        return self.runs_with("preflight_reading")

    @property
    def removal(self) -> Run:
        """The run of the playbook remove.yml."""
        return self.runs_with("firewall_result", "multi_server_result")[-1]

    @property
    def others(self) -> dict[tuple[str, str], str]:
        """Every rule that is not ours, as the host has it now."""
        return _others(self.read(self.drift["role"]))

    @property
    def others_before(self) -> dict[tuple[str, str], str]:
        """The same when the previous verification read it."""
        readings = [
            entry.result
            for run in self.runs_with("asked")
            for entry in run.entries
            if entry.module == "firewall_ruleset_info"
        ]
        return _others(readings[-2])

    @property
    def start(self) -> dict[tuple[str, str], str]:
        """Every rule that the server had before the scenario."""
        return _others(self.all_runs[0].last("shared_start"))

    def written(self, run: Run, role: str) -> list[Result]:
        """What the tasks of a role that add and that remove returned; a role with nothing to do
        has none.
        """
        return run.results(f"{role}_result")

    def differing(self, run: Run) -> list[str]:
        """The rule sets that differed when the run read the server. These scenarios skip the tag
        proxy, so that the proxy may differ.
        """
        return [name for name in run.results("preflight_server")[0]["differs"] if name in ROLES]

    def compared(self, run: Run, role: str) -> Result:
        """The rules beside the plan at the end of a run."""
        return run.last(f"shared_{role}")

    def expected(self, role: str) -> Rules:
        """The rules that scenario.yml expects, by id."""
        rules = self.scenario["expected"][role]
        return {
            f"{ROLES[role][1]}{name}": comparable({**OPEN, **rule, **self._remote(rule)})
            for name, rule in rules.items()
        }

    def peers(self, role: str) -> dict[str, dict[str, list[str]]]:
        """Rule id -> the servers that its description shall name, with their addresses."""
        peers = {
            f"{ROLES[role][1]}{name}": self._peers(rule)
            for name, rule in self.scenario["expected"][role].items()
        }
        return {rule: named for rule, named in peers.items() if named}

    def _remote(self, rule: dict[str, Any]) -> dict[str, Any]:
        named = self._peers(rule)
        return {"remote_addresses": list(chain.from_iterable(named.values()))} if named else {}

    def _peers(self, rule: dict[str, Any]) -> dict[str, list[str]]:
        """The servers that a word of scenario.yml stands for."""
        groups = PEERS.get(str(rule.get("remote_addresses")), ())
        return {
            name: addresses
            for group in groups
            for name, addresses in self._addresses[group].items()
            if name != self.name
        }

    @cached_property
    def _addresses(self) -> dict[str, dict[str, list[str]]]:
        """Group -> its servers with their addresses, as the inventory has them."""
        inventory = self._host.backend.ansible_runner.inventory
        variables = inventory["_meta"]["hostvars"]
        return {
            group: {
                name: variables[name]["mailessentials_address"]
                for name in inventory.get(group, {}).get("hosts", [])
            }
            for group in PEERS["OTHERS"]
        }


def comparable(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule without its texts for people; Windows keeps no order in lists."""
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in rule.items()
        if name not in ("id", "display_name", "description")
    }


def named_peers(rules: list[dict[str, Any]]) -> dict[str, dict[str, list[str]]]:
    """Rule id -> the servers that its description names at its end, with their addresses."""
    found = {}
    for rule in rules:
        _text, mark, record = rule["description"].rpartition(" peers: ")
        if mark:
            entries = (entry.split("=") for entry in record.split(", "))
            found[rule["id"]] = {name: addresses.split(" ") for name, addresses in entries}
    return found


def by_id(rules: list[dict[str, Any]]) -> Rules:
    return {rule["id"]: comparable(rule) for rule in rules}


def _others(answer: dict[str, Any]) -> dict[tuple[str, str], str]:
    prefixes = tuple(prefix for _unused, prefix in ROLES.values())
    return {
        (rule["store"], rule["id"]): rule["text"]
        for rule in answer["other_rules"]
        if not rule["id"].startswith(prefixes)
    }
