# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of commands: is a call what Microsoft documents, on every Windows that the
collection is for?
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from shell import CHECKOUT

DOCUMENTS = CHECKOUT / "tests" / "data" / "cmdlets"
BASE = {"Windows PowerShell 5.1"}
SERVERS = {"2016", "2019", "2022", "2025"}
# about_CommonParameters of Windows PowerShell 5.1.
COMMON = {
    name.lower()
    for name in (
        "Debug ErrorAction ErrorVariable InformationAction InformationVariable OutBuffer "
        "OutVariable PipelineVariable Verbose WarningAction WarningVariable"
    ).split()
}
# Programs of Windows, which have no documented parameters to compare: only the host's worker may
# run one.
NATIVE = {"netsh"}
ACTIONS = {"stop", "silentlycontinue", "continue", "ignore"}


@lru_cache(maxsize=1)
def documents() -> dict[str, list[dict[str, Any]]]:
    """Every documented cmdlet by its name in lower case."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(DOCUMENTS.glob("*.json")):
        found.update(
            {
                name.lower(): entries
                for name, entries in json.loads(path.read_text(encoding="utf-8")).items()
            }
        )
    return found


def faults(call: dict[str, Any], own: dict[str, set[str]]) -> list[str]:
    """Why a call would not work everywhere; own: the collection's functions and their
    parameters.
    """
    name = call["name"]
    if name is None:
        return [f"line {call['line']}: the command's name is not constant"]
    if name.lower() in NATIVE:
        return []
    found = [
        f"{splat} is not a table that is written out in the function"
        for splat in call["unresolved"]
    ]
    if name.lower() in own:
        found += [
            f"has no parameter -{given}"
            for given in _names(call)
            if given.lower() not in own[name.lower()]
        ]
    elif name.lower() not in documents():
        found.append("is not a documented cmdlet")
    else:
        found += [
            f"-{given} is given twice"
            for given in sorted({given for given in _names(call) if _names(call).count(given) > 1})
        ]
        found += [f"{text} has no parameter name" for text in call["positional"]]
        found += _documented(call, documents()[name.lower()])
    return [f"line {call['line']}: {name}: {text}" for text in found]


def _names(call: dict[str, Any]) -> list[str]:
    return [argument["name"] for argument in call["arguments"]]


def _documented(call: dict[str, Any], entries: list[dict[str, Any]]) -> list[str]:
    servers = {server for entry in entries for server in entry["servers"]}
    found = (
        []
        if servers in (SERVERS, BASE)
        else [f"is documented for {', '.join(sorted(servers))} only"]
    )
    for entry in entries:
        on = f" ({', '.join(entry['servers'])})"
        given = {argument["name"].lower() for argument in call["arguments"]} - COMMON
        known = {
            parameter.lower() for parameters in entry["sets"].values() for parameter in parameters
        }
        unknown = [argument for argument in _names(call) if argument.lower() not in known | COMMON]
        found += [f"has no parameter -{argument}{on}" for argument in unknown]
        if not unknown and not _resolvable(given, call["piped"], entry):
            found.append(f"no parameter set takes -{', -'.join(sorted(given)) or 'nothing'}{on}")
        found += [
            text + on for argument in call["arguments"] for text in _value_faults(argument, entry)
        ]
    return found


def _resolvable(given: set[str], piped: bool, entry: dict[str, Any]) -> bool:
    """One set fits, or of several the default one."""
    fitting = []
    for name, parameters in entry["sets"].items():
        mandatory = {
            parameter.lower() for parameter, fact in parameters.items() if fact["mandatory"]
        }
        if piped:
            mandatory -= {
                parameter.lower()
                for parameter, fact in entry["details"].items()
                if "pipeline" in fact
            }
        if given <= {parameter.lower() for parameter in parameters} and mandatory <= given:
            fitting.append(name)
    return len(fitting) == 1 or any(name.endswith("*") for name in fitting)


def _value_faults(argument: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    name = argument["name"].lower()
    if name == "erroraction":
        values = ACTIONS
    else:
        values = {
            value.lower()
            for parameter, fact in entry["details"].items()
            if parameter.lower() == name
            for value in fact.get("values", [])
        }
    texts = [text.strip() for literal in argument["literal"] or [] for text in literal.split(",")]
    return [
        f"-{argument['name']} does not know {text!r}"
        for text in texts
        if values and text.lower() not in values
    ]
