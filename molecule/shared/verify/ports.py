# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the scenario about ports."""

from __future__ import annotations

import json
from typing import Any

from servers import Result, Run, Server

OWN = {"ipc", "multi_server", "gfi_directory"}


class PortServer(Server):
    """One server whose ports are looked at, reserved and given back."""

    @property
    def look(self) -> Run:
        """The first look, before anything was changed."""
        return self.all_runs[0]

    @property
    def seen(self) -> Result:
        """The ports and the product in it, as port_availability returns them."""
        return self.look.last("shared_ports")

    @property
    def runs(self) -> list[Run]:
        """The runs of the playbooks reserve.yml and release.yml."""
        return self.runs_with("shared_ports")[1:]

    def written(self, run: Run) -> list[Result]:
        """What the task that reserves or releases returned; none where nothing is to be done."""
        return run.results("preflight_reservation")

    @property
    def expected(self) -> dict[str, Any]:
        """What scenario.yml says of this server; a Windows server is bare, as look.yml saw to it,
        so that its own ports are all to be reserved.
        """
        if self.simulated:
            return dict(self.scenario["expected"][self.name])
        return {"reserved": self.reservable, "covered": {}, "refused": []}

    @property
    def verdict(self) -> dict[str, Any]:
        """What the first look came to for the farm of this server."""
        return self.own_farm(self.look.farms("preflight_result")[0])

    @property
    def told(self) -> dict[str, list[str]]:
        """The sentences of the verdict, without the name in front, by the server that they are
        about; "" for several.
        """
        verdict = self.verdict
        read = set(verdict["members"]) - set(verdict["not_read"])
        told: dict[str, list[str]] = {}
        for sentence in (*verdict["failures"], *verdict["warnings"]):
            names, _colon, rest = sentence.partition(": ")
            about = names.split(", ")
            if read.issuperset(about):
                for name in about:
                    told.setdefault(name, []).append(rest)
            else:
                told.setdefault("", []).append(sentence)
        return told

    @property
    def reservable(self) -> list[int]:
        """The ports that the first look found worth reserving."""
        return ports_of(self.seen["reservable"])

    @property
    def lost(self) -> int:
        """The port whose reservation drift.yml deletes."""
        return int(self.drift["ports"].get(self.name, self.drift["port"]))

    @property
    def own_ports(self) -> list[int]:
        expected = self.expected
        return sorted([*expected["reserved"], *expected["covered"], *expected["refused"]])

    def reservations(self) -> dict[int, list[int]]:
        """MailEssentials' own ports that are reserved now, with the range that does it."""
        answer = self.ask("port_reservation", ports=self.own_ports, on_conflict="warn")
        return {
            entry["port"]: [entry["first"], entry["last"]] for entry in answer["plan"]["reserved"]
        }

    def state(self, name: str = "host") -> dict[str, Any]:
        """The state of a simulated host: as it is now, or of the start."""
        assert self.simulated
        return dict(json.loads(self.simulated.joinpath(f"{name}.json").read_text(encoding="utf-8")))


def statuses(answer: dict[str, Any]) -> dict[int, tuple[str, bool]]:
    """Status and lack of protection of every port that port_availability was asked for."""
    return {
        entry["port"]: (entry["status"], entry["dynamic_unprotected"]) for entry in answer["ports"]
    }


def ports_of(operations: list[dict[str, Any]]) -> list[int]:
    return sorted(entry["port"] for entry in operations)


def exclusions(state: dict[str, Any]) -> list[tuple[str, int, int, bool]]:
    """The port exclusions of a simulated host."""
    return sorted(
        (row["protocol"], row["first"], row["last"], row["administered"])
        for row in state["machine"]["exclusions"]
    )


def rest(state: dict[str, Any]) -> dict[str, Any]:
    """All else; how often somebody wrote is no state of Windows."""
    return {**state, "writes": 0, "machine": {**state["machine"], "exclusions": []}}
