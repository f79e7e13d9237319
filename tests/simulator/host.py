# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated host: its stores, the three NetSecurity commands that write, and what the
firewall's worker reads.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import wildcards
from .failures import (
    KilledError,
    failure,
    no_such_class,
    no_such_service,
    not_found,
    not_installed,
    unreadable,
)
from .firewall_observation import SERVICES, observe_firewall
from .machine import FIRST_INTERFACE, WINDOWS_KEY, Machine
from .parameters import as_list, tokens
from .rule_text import FIELDS, RuleText, revision
from .validity import fault, valid_id

STATE_FILE = "host.json"
VARIABLES = {
    "SystemRoot": "C:\\Windows",
    "windir": "C:\\Windows",
    "SystemDrive": "C:",
    "ProgramFiles": "C:\\Program Files",
    "ProgramFiles(x86)": "C:\\Program Files (x86)",
    "ProgramW6432": "C:\\Program Files",
    "CommonProgramFiles": "C:\\Program Files\\Common Files",
    "CommonProgramFiles(x86)": "C:\\Program Files (x86)\\Common Files",
    "CommonProgramW6432": "C:\\Program Files\\Common Files",
    "ProgramData": "C:\\ProgramData",
}
NEW_DEFAULTS = {"Action": "Allow", "Enabled": "True", "Direction": "Inbound"}
NEW, SET, REMOVE = "New-NetFirewallRule", "Set-NetFirewallRule", "Remove-NetFirewallRule"


def _stores() -> dict[str, dict[str, Any]]:
    return {store: {"rules": {}, "profiles": {}} for store in ("local", "mdm", "gpo")}


def _short(program: str, variables: dict[str, str]) -> str:
    folder = variables["ProgramFiles"] + "\\"
    return (
        f"%ProgramFiles%\\{program[len(folder) :]}"
        if program.lower().startswith(folder.lower())
        else program
    )


@dataclass
class SimulatedHost:
    """In memory; load and save keep it in a folder.

    version: the schema that new rules are written in, v2.26 on Server 2016 up to v2.33 on Server
    2025 (GPFAS <1>).
    strict: refuses what nobody has seen Windows do: -Service Any, an empty -Description.
    short_programs: stores %ProgramFiles% for C:\\Program Files, which Windows is believed not to
    do.
    machine: what is there beside the firewall.
    faults: see README.md.
    writes: attempts to write since the faults were set.
    """

    version: str = "v2.26"
    services: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SERVICES, "Running"))
    network_categories: list[int] | None = field(default_factory=lambda: [2])
    variables: dict[str, str] = field(default_factory=lambda: dict(VARIABLES))
    stores: dict[str, dict[str, Any]] = field(default_factory=_stores)
    faults: dict[str, Any] = field(default_factory=dict)
    strict: bool = False
    short_programs: bool = False
    writes: int = 0
    machine: Machine = field(default_factory=Machine)

    @classmethod
    def load(cls, folder: Path | str) -> SimulatedHost:
        state = json.loads(Path(folder, STATE_FILE).read_text(encoding="utf-8"))
        return cls(**{**state, "machine": Machine(**state.get("machine", {}))})

    def save(self, folder: Path | str) -> None:
        """Whole or not at all: a killed worker never leaves half a state behind."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        new = Path(folder, f"{STATE_FILE}.{os.getpid()}")
        new.write_text(
            json.dumps(vars(self), ensure_ascii=False, indent=1, default=vars), encoding="utf-8"
        )
        new.replace(Path(folder, STATE_FILE))

    @property
    def rules(self) -> dict[str, str]:
        """The local rules: id and text."""
        rules: dict[str, str] = self.stores["local"]["rules"]
        return rules

    def set_faults(self, **faults: Any) -> None:
        self.faults, self.writes = faults, 0

    # What a worker reads

    def reading(self) -> dict[str, Any]:
        return observe_firewall(self)

    def registry(self) -> dict[str, Any]:
        """What no command shows: stores and machine-wide variables."""
        if self.faults.get("unreadable"):
            raise unreadable()
        stores = {
            name: {
                "rules": [[rule, text] for rule, text in store["rules"].items()],
                "profiles": {
                    profile: dict(values) for profile, values in store["profiles"].items()
                },
            }
            for name, store in self.stores.items()
        }
        return {"variables": dict(self.variables), "stores": stores}

    def unshown(self) -> dict[str, Any]:
        """What else no command shows: registry keys, variables, directories, files, the clock."""
        if self.faults.get("unreadable"):
            raise unreadable()
        machine = self.machine
        found = {
            "variables": dict(self.variables),
            "keys": machine.keys(),
            "directories": machine.directories,
        }
        return {
            **found,
            "files": machine.files,
            "clock": machine.clock,
            "interfaces": machine.interfaces,
        }

    def windows(self) -> str:
        """The version, as the workers read it from the registry."""
        if self.faults.get("unreadable"):
            return ""
        values = self.machine.keys()[WINDOWS_KEY]
        names = ("CurrentMajorVersionNumber", "CurrentMinorVersionNumber", "CurrentBuildNumber")
        return ".".join(
            str(values[name])
            for name in (names if names[0] in values else ("CurrentVersion", "CurrentBuildNumber"))
        )

    def encoded_reading(self) -> str:
        return self.encoded(self.reading())

    def encoded(self, reading: dict[str, Any]) -> str:
        """As a worker sends it, or spoilt."""
        reply = self.faults.get("reply")
        if reply == "empty":
            return ""
        if reply == "wrong_schema":
            reading = {**reading, "schema": 99}
        content = "reply" if reply == "garbled" else json.dumps(reading, ensure_ascii=False)
        encoded = base64.b64encode(gzip.compress(content.encode(), 6)).decode()
        return encoded[: len(encoded) // 2] if reply == "truncated" else encoded

    def service(self, name: str) -> dict[str, str]:
        found = {service.lower(): service for service in self.services}.get(name.lower())
        if found is None:
            raise no_such_service(name)
        return {"Name": found, "Status": self.services[found]}

    def instances(self, class_name: str, columns: object = None) -> list[dict[str, Any]]:
        """columns: what -Property names; Windows leaves the other properties empty, here they do
        not exist.
        """
        self._working(class_name)
        name = class_name.lower()
        if name == "win32_service":
            rows = self.machine.service_instances(self.services)
        elif name == "win32_process":
            rows = self.machine.process_instances()
        elif name == "msft_netconnectionprofile" and self.network_categories is not None:
            rows = [
                {
                    "NetworkCategory": category,
                    "InterfaceIndex": FIRST_INTERFACE + number,
                    "InterfaceAlias": f"Ethernet {number + 1}" if number else "Ethernet",
                }
                for number, category in enumerate(self.network_categories)
            ]
        else:
            raise no_such_class(class_name)
        return (
            rows
            if columns is None
            else [{column: row[column] for column in as_list(columns)} for row in rows]
        )

    def sockets(self, cmdlet: str) -> list[dict[str, Any]]:
        """What Get-NetTCPConnection or Get-NetUDPEndpoint shows without a filter."""
        if self.faults.get("net_tcpip") == "missing":
            raise not_installed(cmdlet)
        self._working(cmdlet)
        return (
            self.machine.connections()
            if cmdlet == "Get-NetTCPConnection"
            else self.machine.endpoints()
        )

    def _working(self, name: str) -> None:
        if self.faults.get("failing") == name:
            raise failure("access_denied", name)

    # What a worker does

    def new_rule(self, **parameters: Any) -> str:
        """Name defaults to a new GUID, action to Allow, direction to Inbound; a second rule with a
        used name is refused (PSD; 183).
        """
        self._begin(NEW)
        name = str(parameters.pop("Name", "") or f"{{{str(uuid.uuid4()).upper()}}}")
        if not valid_id(name) or not parameters.get("DisplayName"):
            raise failure("invalid", NEW)
        if self._find(name) is not None:
            raise failure("duplicate", NEW)
        self.rules[name] = self._changed(
            RuleText(self.version), {**NEW_DEFAULTS, **parameters}, NEW
        ).write()
        self._end()
        return name

    def set_rule(self, **parameters: Any) -> None:
        """Only what is given changes (PSD); a rule newer than the machine cannot be set (1306)."""
        self._begin(SET)
        names = self._select(parameters.pop("Name"), SET)
        if "NewDisplayName" in parameters:
            parameters["DisplayName"] = parameters.pop("NewDisplayName")
        for name in names:
            old = RuleText.read(self.rules[name])
            if revision(old.version) > revision(self.version):
                raise failure("too_new", SET)
            self.rules[name] = self._changed(old, parameters, SET).write()
        self._end()

    def remove_rule(self, **parameters: Any) -> None:
        """Without a name every local rule goes (PSD, example 1): the danger is real, so it is
        simulated.
        """
        self._begin(REMOVE)
        for name in self._select(parameters.get("Name", "*"), REMOVE):
            del self.rules[name]
        self._end()

    # How it goes wrong

    def _begin(self, cmdlet: str) -> None:
        self.writes += 1
        if self.faults.get("net_security") == "missing":
            raise not_installed(cmdlet)
        if any(self.services.get(name) != "Running" for name in SERVICES):
            raise failure("service_stopped", cmdlet)
        if self.faults.get("read_only"):
            raise failure("read_only", cmdlet)
        if self.faults.get("fail_at") == self.writes:
            raise failure(self.faults.get("error", "access_denied"), cmdlet)

    def _end(self) -> None:
        if self.faults.get("kill_after") == self.writes:
            raise KilledError

    # Rules

    def _changed(self, rule: RuleText, parameters: dict[str, Any], cmdlet: str) -> RuleText:
        unknown = set(parameters) - set(FIELDS)
        if unknown:
            raise TypeError(f"{cmdlet}: not simulated: {', '.join(sorted(unknown))}")
        if self.strict and (
            parameters.get("Description") == ""
            or str(parameters.get("Service", "")).lower() == "any"
        ):
            raise failure("invalid", cmdlet)
        if self.short_programs and "Program" in parameters:
            parameters = {
                **parameters,
                "Program": _short(str(parameters["Program"]), self.variables),
            }
        for name in FIELDS:
            if name in parameters:
                rule = rule.with_field(
                    name, tokens(name, parameters[name], rule.value("Protocol"), cmdlet)
                )
        kind = fault(rule, self.version)
        if kind:
            raise failure(kind, cmdlet)
        return rule

    def _find(self, name: str) -> str | None:
        """Value names of the registry know no case."""
        if name in self.rules:
            return name
        return next((known for known in self.rules if known.lower() == name.lower()), None)

    def _select(self, patterns: object, cmdlet: str) -> list[str]:
        """A plain name must exist, a wildcard that matches nothing is silent (INF)."""
        chosen: list[str] = []
        for pattern in as_list(patterns):
            if wildcards.is_wildcard(pattern):
                expression = wildcards.expression(pattern)
                chosen += [name for name in self.rules if expression.fullmatch(name)]
                continue
            name = self._find(wildcards.plain(pattern))
            if name is None:
                raise not_found(cmdlet, wildcards.plain(pattern))
            chosen.append(name)
        return list(dict.fromkeys(chosen))
