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

from ansible.module_utils.basic import AnsibleModule

sys.path.insert(0, os.environ["SIMULATED_PYTHONPATH"])

from simulator.failures import KilledError, RefusedError
from simulator.host import SimulatedHost

TEXTS = ["display_name", "description", "group", "protocol", "program", "service"]
LISTS = ["local_ports", "remote_ports", "local_addresses", "remote_addresses", "icmp_types"]
CHOICES = {
    "direction": ["Inbound", "Outbound"],
    "action": ["Allow", "Block"],
    "enabled": ["True", "False"],
    "interface_type": ["Any", "Wired", "Wireless", "RemoteAccess"],
    "edge_traversal": ["Block", "Allow", "DeferToUser", "DeferToApp"],
}
OPERATION = {
    "operation": {"type": "str", "required": True, "choices": ["add", "set", "remove"]},
    "id": {"type": "str", "required": True},
    "profiles": {
        "type": "list",
        "elements": "str",
        "choices": ["Any", "Domain", "Private", "Public"],
    },
    **{name: {"type": "str"} for name in TEXTS},
    **{name: {"type": "list", "elements": "str"} for name in LISTS},
    **{name: {"type": "str", "choices": choices} for name, choices in CHOICES.items()},
}
PARAMETERS = {
    "display_name": "DisplayName",
    "description": "Description",
    "group": "Group",
    "direction": "Direction",
    "action": "Action",
    "enabled": "Enabled",
    "protocol": "Protocol",
    "local_ports": "LocalPort",
    "remote_ports": "RemotePort",
    "local_addresses": "LocalAddress",
    "remote_addresses": "RemoteAddress",
    "icmp_types": "IcmpType",
    "profiles": "Profile",
    "program": "Program",
    "service": "Service",
    "interface_type": "InterfaceType",
    "edge_traversal": "EdgeTraversalPolicy",
}
RULES_KEY = (
    "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"
)


def objection(operation: dict[str, object]) -> str | None:
    if not str(operation["id"]).strip():
        return "id is empty; give the name of one rule"
    if set(str(operation["id"])) & set("*?`[]"):
        return "id holds a wildcard character; it could stand for other rules too"
    if operation["group"] is not None and operation["operation"] != "add":
        return "group can be given to add only; Windows does not change the group of a rule"
    return next(
        (
            f"{name} is an empty list; leave it out or give Any"
            for name, value in operation.items()
            if value == []
        ),
        None,
    )


def perform(host: SimulatedHost, operation: dict[str, object]) -> None:
    given = {
        PARAMETERS[name]: value
        for name, value in operation.items()
        if name in PARAMETERS and value is not None
    }
    name = str(operation["id"])
    if operation["operation"] == "add":
        host.new_rule(Name=name, **given)
    elif operation["operation"] == "set":
        if "DisplayName" in given:
            given["NewDisplayName"] = given.pop("DisplayName")
        host.set_rule(Name=name, **given)
    else:
        host.remove_rule(Name=name)


def outcome(
    operation: dict[str, object],
    status: str,
    failure: RefusedError | None = None,
    milliseconds: int = 0,
) -> dict[str, object]:
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


def run(module: AnsibleModule, host: SimulatedHost, folder: str) -> list[dict[str, object]]:
    """In order, to the first failure; the state is saved after every one, so that a kill keeps what
    was done.
    """
    outcomes: list[dict[str, object]] = []
    stopped = module.check_mode
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
    needed = [("operation", "add", ("display_name",))]
    spec = {
        "operations": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": OPERATION,
            "required_if": needed,
        }
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    for index, operation in enumerate(module.params["operations"]):
        fault = objection(operation)
        if fault:
            module.fail_json(msg=f"operations[{index}].{fault}")
    folder = os.environ["SIMULATED_HOST"]
    host = SimulatedHost.load(folder)
    outcomes = run(module, host, folder)
    if host.faults.get("reply") == "not_json":
        print("The system cannot find the message text for message number 0x2.")
        sys.exit(0)
    told = {"changed": any(entry["status"] == "done" for entry in outcomes), "outcomes": outcomes}
    try:
        reading = host.encoded_reading()
    except RefusedError as failure:
        module.fail_json(
            msg=f"The registry key HKLM\\{RULES_KEY} cannot be read: {failure.message}", **told
        )
    module.exit_json(reading=reading, **told)


if __name__ == "__main__":
    main()
