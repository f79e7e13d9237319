# SPDX-License-Identifier: GPL-3.0-or-later
"""A farm from its inventory to its proof, on simulated hosts and without Ansible: the plan, the
verdict, the rules written by the worker's double, the connections tried.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from unit.builders import HostWorker
from unit.readings import server_reading

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.check import (
    check,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.reading import (
    EndpointWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verdict import (
    FarmVerdict,
    Intent,
    judge_farms,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.verify import (
    prove_farms,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.ruleset import (
    converge,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.worker import (
    FirewallWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.farms import (
    plan_servers,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.reading import (
    Server,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.server.state import (
    RULE_SETS,
    ServerState,
    judge_server,
    rule_set_options,
)
from simulator import farm
from simulator.host import SimulatedHost
from simulator.network import name_servers, observe_endpoints

ROLES = {"me1": "master", "me2": "slave", "me3": "slave"}
ADDRESSES = {"me1": "192.0.2.11", "me2": "192.0.2.12", "me3": "192.0.2.13"}
COMMON = {
    "mailessentials_version": "21.8",
    "mailessentials_dns_servers": ["192.0.2.53"],
    "mailessentials_web_ui_networks": ["198.51.100.0/24"],
}


class WholeFarm:
    """A master and two slaves, or one standalone server. blocked: outbound connections are blocked
    by default. unreachable: hosts that are off.
    """

    def __init__(
        self, folder: Path, *, alone: bool = False, blocked: bool = True, **variables: Any
    ) -> None:
        self.folder = folder
        self.unreachable: set[str] = set()
        self.roles = {"me1": "standalone"} if alone else ROLES
        given = {**COMMON, **{f"mailessentials_{key}": value for key, value in variables.items()}}
        servers = [
            Server(
                name,
                frozenset(["mailessentials"]),
                {
                    **given,
                    "mailessentials_server_role": role,
                    "mailessentials_address": [ADDRESSES[name]],
                },
            )
            for name, role in self.roles.items()
        ]
        self.plan = plan_servers(servers, _resolve).to_dict()
        for name, role in self.roles.items():
            host = farm.create(folder / name, "empty")
            farm.addresses(host, ADDRESSES[name])
            farm.install(host, version="21.8.0.0")
            if role != "slave":
                farm.web_site(host)
            for profile in host.stores["local"]["profiles"].values():
                profile["DefaultOutboundAction"] = int(blocked)
            host.save(folder / name)

    def change(self, name: str, *changes: Any) -> None:
        host = SimulatedHost.load(self.folder / name)
        for one in changes:
            one(host)
        host.save(self.folder / name)

    def states(self) -> dict[str, ServerState]:
        """Of the servers that answer."""
        return {
            name: judge_server(
                name,
                self.plan["servers"][name],
                server_reading(SimulatedHost.load(self.folder / name), name),
            )
            for name in self.roles
            if name not in self.unreachable
        }

    def verdict(self) -> FarmVerdict:
        (verdict,) = judge_farms(self.plan, self.states(), list(self.roles), Intent())
        return verdict

    def site(self) -> FarmVerdict:
        """The verdict, and the rules written where it is ready."""
        verdict = self.verdict()
        for name in () if verdict.failures else self.roles:
            host = SimulatedHost.load(self.folder / name)
            for rule_set in RULE_SETS:
                options = rule_set_options(self.plan["servers"][name], rule_set)
                result = converge(FirewallWorker(HostWorker(host)), options)
                assert not result.get("failed"), result
            host.save(self.folder / name)
        return verdict

    def proof(self) -> dict[str, Any]:
        states = self.states()
        reached = {name: self._reached(name) for name in states}
        (proof,) = prove_farms(self.plan, states, reached, list(self.roles))
        return proof

    def failed(self, *subjects: str) -> set[tuple[str, str, str, int]]:
        """Subject, server, peer and port of the checks that fail; subjects: of these alone."""
        return {
            (one["subject"], one["host"], one["peer"], one["port"])
            for one in self.proof()["proofs"]
            if one["state"] == "broken" and (not subjects or one["subject"] in subjects)
        }

    def ports_opened(self, name: str) -> set[str]:
        """Ports of the inbound rules that the host has."""
        rules = SimulatedHost.load(self.folder / name).rules
        return {
            token.partition("=")[2]
            for text in rules.values()
            if "|Dir=In|" in text
            for token in text.split("|")
            if token.startswith("LPort=")
        }

    def _reached(self, name: str) -> dict[str, Any]:
        server = self.plan["servers"][name]
        planned, proxy = server["endpoints"], server["proxy"]
        options: dict[str, Any] = {
            "endpoints": [entry["endpoint"] for entry in planned["asked"]] or None,
            "version": server["version"]["given"],
            "features": planned["features"],
            "server_role": server["server_role"],
            "proxy_host": proxy.get("host"),
            "proxy_port": proxy.get("port"),
            "timeout": 1,
            "deadline": None,
            "on_failure": "ignore",
        }
        return check(EndpointWorker(lambda asked: self._answer(name, asked)), options)

    def _answer(self, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        place = self.folder / name
        reading = {
            "schema": 1,
            "elapsed_milliseconds": 1,
            "dns_servers": name_servers(place),
            "endpoints": observe_endpoints(place, dict(asked)),
        }
        return {"changed": False, "reading": SimulatedHost.load(place).encoded(reading)}


def _resolve(name: str) -> Collection[str]:
    raise OSError(name)
