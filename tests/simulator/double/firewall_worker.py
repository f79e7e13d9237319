# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's double: the same options and the same answer, over the simulated host instead of
Windows.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule

sys.path.insert(0, os.environ["SIMULATED_PYTHONPATH"])

from simulator.failures import KilledError, RefusedError
from simulator.host import SimulatedHost
from simulator.rule_text import FIELDS
from simulator.surprise import before_write

OPERATION = {
    "operation": {"type": "str", "required": True, "choices": ["add", "set", "remove"]},
    "id": {"type": "str", "required": True},
    "parameters": {"type": "dict", "default": {}},
}
SPEC = {
    "operations": {"type": "list", "elements": "dict", "default": [], "options": OPERATION},
    "fingerprint": {"type": "str", "default": ""},
}
NAMING = {"DisplayName", "Group"}
PARAMETERS = {
    "add": set(FIELDS),
    "set": {*FIELDS, "NewDisplayName"} - NAMING,
    "remove": set[str](),
}
WORDS = {
    "direction": ["Inbound", "Outbound"],
    "action": ["Allow", "Block"],
    "enabled": ["True", "False"],
    "profile": ["Any", "Domain", "Private", "Public"],
    "interfacetype": ["Any", "Wired", "Wireless", "RemoteAccess"],
    "edgetraversalpolicy": ["Block", "Allow", "DeferToUser", "DeferToApp"],
}
RULES_KEY = (
    "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"
)


def known(operation: dict[str, Any]) -> dict[str, str]:
    """The parameters that an operation may give, by their names in lower case."""
    return {name.lower(): name for name in PARAMETERS[operation["operation"]]}


def fault(value: object, words: list[str] | None = None) -> str | None:
    """What is wrong with the value of a parameter."""
    if value is None:
        return "is null; leave it out"
    if value == []:
        return "is an empty list; leave it out or give Any"
    for text in value if isinstance(value, list) else [value]:
        if not isinstance(text, str):
            return "is neither a text nor a list of texts"
        if not text.strip():
            return "is empty or has an empty entry"
    if words is None:
        return None
    if not isinstance(value, str):
        return "is a list; give one text"
    lower = [word.lower() for word in words]
    if all(word.lower() in lower for word in value.split(",")):
        return None
    return f"is none of {', '.join(words)}"


def objection(operation: dict[str, Any]) -> str | None:
    if not operation["id"].strip():
        return "id is empty; give the name of one rule"
    if set(operation["id"]) & set("*?`[]"):
        return "id holds a wildcard character; it could stand for other rules too"
    task = operation["operation"]
    if operation["parameters"] is None:
        return "parameters is null; leave it out"
    given: set[str] = set()
    for name, value in operation["parameters"].items():
        lower = name.lower() if name.isascii() else name
        if lower in given:
            return f"parameters.{name} is given twice; upper and lower case are one to PowerShell"
        if lower not in known(operation):
            return f"parameters.{name} cannot be given to {task}"
        wrong = fault(value, WORDS.get(lower))
        if wrong:
            return f"parameters.{name} {wrong}"
        given.add(lower)
    if task == "set" and not given:
        return "parameters is empty; name what is to be set"
    if task == "add" and "displayname" not in given:
        return "parameters.DisplayName is missing; a new rule needs one"
    return None


def perform(host: SimulatedHost, operation: dict[str, Any]) -> None:
    names = known(operation)
    given = {names[name.lower()]: value for name, value in operation["parameters"].items()}
    if operation["operation"] == "add":
        host.new_rule(Name=operation["id"], **given)
    elif operation["operation"] == "set":
        host.set_rule(Name=operation["id"], **given)
    else:
        host.remove_rule(Name=operation["id"])


def outcome(
    operation: dict[str, Any],
    status: str,
    failure: RefusedError | None = None,
    milliseconds: int = 0,
) -> dict[str, Any]:
    details = (
        {"message": failure.message, "error_id": failure.error_id, "category": failure.category}
        if failure
        else {}
    )
    empty = {"message": "", "error_id": "", "category": ""}
    return {
        "operation": operation["operation"],
        "id": operation["id"],
        "status": status,
        **empty,
        **details,
        "milliseconds": milliseconds,
    }


def is_stale(host: SimulatedHost, fingerprint: str) -> bool:
    """Whether the host is no longer as the reading of that fingerprint has it."""
    return bool(fingerprint and host.reading()["fingerprint"] != fingerprint)


def run(
    module: AnsibleModule, host: SimulatedHost, folder: str, stale: bool
) -> list[dict[str, Any]]:
    """In order, to the first failure; the state is saved after every one, so that a kill keeps what
    was done.
    """
    outcomes: list[dict[str, Any]] = []
    stopped = module.check_mode or stale
    for operation in module.params["operations"]:
        if stopped:
            outcomes.append(outcome(operation, "not_done"))
            continue
        started = time.monotonic()
        failure = None
        try:
            perform(host, operation)
        except RefusedError as refusal:
            stopped, failure = True, refusal
        except KilledError:
            host.save(folder)
            os._exit(137)
        outcomes.append(
            outcome(
                operation,
                "failed" if failure else "done",
                failure,
                int((time.monotonic() - started) * 1000),
            )
        )
        host.save(folder)
    return outcomes


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    for name in SPEC:
        if module.params[name] is None:
            module.fail_json(msg=f"{name} is null; give a value or leave it out")
    for index, operation in enumerate(module.params["operations"]):
        refused = objection(operation)
        if refused:
            module.fail_json(msg=f"operations[{index}].{refused}")
    folder = os.environ["SIMULATED_HOST"]
    host = SimulatedHost.load(folder)
    if module.params["operations"] and before_write(host):
        host.save(folder)
    told: dict[str, Any] = {"changed": False, "outcomes": [], "stale": False}
    try:
        told["stale"] = is_stale(host, module.params["fingerprint"])
        outcomes = run(module, host, folder, told["stale"])
        told["outcomes"] = outcomes
        told["changed"] = any(entry["status"] == "done" for entry in outcomes)
        if host.faults.get("reply") == "not_json":
            print("The system cannot find the message text for message number 0x2.")
            sys.exit(0)
        reading = host.encoded_reading()
    except RefusedError as failure:
        module.fail_json(
            msg=f"The registry key HKLM\\{RULES_KEY} cannot be read: {failure.message}", **told
        )
    module.exit_json(reading=reading, **told)


if __name__ == "__main__":
    main()
