# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the scenario about block rules of other people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rules import ROLES, RuleServer
from servers import Result, Run

PLACES = {"local": "the local policy", "gpo": "group policy", "mdm": "device management (MDM)"}
Finding = tuple[str, str, list[str], str]  # kind, severity, rules of ours, sentence
Answer = tuple[str, list[str]]  # verdict, and store and id of the block rules that decide


class BlockedServer(RuleServer):
    """One server, which is simulated, with block rules in one store."""

    def __init__(self, host: Any) -> None:
        super().__init__(host)
        self.store: str = host.ansible.get_variables()["simulated_store"]

    @property
    def made(self) -> list[Run]:
        """The runs of the playbook site."""
        return self.runs_with("shared_firewall")

    @property
    def tried(self) -> Run:
        """The run that was stopped."""
        return self.runs_with("blocks_refused")[-1]

    def expected_findings(self, *kinds: str) -> list[Finding]:
        """What scenario.yml expects beside block rules of these kinds."""
        prefix, place = ROLES["firewall"][1], PLACES[self.store]
        return [
            (kind, severity, [f"{prefix}{rule}" for rule in rules], said.replace("STORE", place))
            for name in kinds
            for kind, severity, rules, said in self.scenario["expected"]["findings"][name]
        ]

    def expected_answers(self, kind: str) -> list[Answer]:
        """What scenario.yml expects of the flows of a kind beside its block rules."""
        return [
            (verdict, [f"{self.store} {rule}" for rule in rules])
            for _flow, verdict, rules in self.scenario["expected"]["flows"][kind]
        ]

    def answers(self, *kinds: str) -> list[Answer]:
        """What firewall_explain answers now to the flows of these kinds."""
        flows = self.scenario["expected"]["flows"]
        asked = [flow for kind in kinds for flow, _verdict, _rules in flows[kind]]
        answers = self.ask("firewall_explain", flows=asked)["answers"]
        assert all(answer["certain"] for answer in answers)
        return [(answer["verdict"], _blocking(answer["deciders"])) for answer in answers]

    def stored(self, file: str = "host.json") -> Any:
        """All rules and settings, in every store."""
        assert self.simulated
        return json.loads(Path(self.simulated, file).read_text(encoding="utf-8"))["stores"]


def _blocking(deciders: list[Result]) -> list[str]:
    return [f"{rule['store']} {rule['id']}" for rule in deciders if rule["action"] == "block"]


def findings(result: Result) -> list[Finding]:
    """What firewall_ruleset found of block rules, each sentence up to the advice."""
    return [
        (found["kind"], found["severity"], found["rules"], said(found["message"]))
        for found in result["findings"]
        if found["kind"] in ("blocked", "partly_blocked")
    ]


def said(message: str) -> str:
    """A sentence without the advice at its end."""
    return message.partition(", and a block rule ")[0]
