# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The double of the worker that reads what is on a host: the same options and the same answer, over
the simulated host instead of Windows.
"""

from __future__ import annotations

import os
import sys

from ansible.module_utils.basic import AnsibleModule

sys.path.insert(0, os.environ["SIMULATED_PYTHONPATH"])

from simulator.failures import KilledError
from simulator.host import SimulatedHost
from simulator.observation import UnreadableError, host_fingerprint, netsh_answer, observe
from simulator.surprise import before_write

OPERATION = {
    "operation": {"type": "str", "required": True, "choices": ["add", "delete"]},
    "protocol": {"type": "str", "required": True, "choices": ["tcp", "udp"]},
    "family": {"type": "str", "required": True, "choices": ["ipv4", "ipv6"]},
    "port": {"type": "int", "required": True},
}
SPEC = {
    "ports": {"type": "bool", "default": False},
    "fingerprint": {"type": "str", "default": ""},
    "operations": {"type": "list", "elements": "dict", "default": [], "options": OPERATION},
}


def perform(host: SimulatedHost, operation: dict[str, object]) -> dict[str, object]:
    arguments = [
        "interface",
        str(operation["family"]),
        str(operation["operation"]),
        "excludedportrange",
        f"protocol={operation['protocol']}",
    ]
    answer = netsh_answer(
        host, [*arguments, f"startport={operation['port']}", "numberofports=1", "store=persistent"]
    )
    status = "done" if answer["exit_code"] == 0 else "failed"
    return {
        **operation,
        "status": status,
        "exit_code": answer["exit_code"],
        "output": answer["text"].strip(),
    }


def run(
    module: AnsibleModule, host: SimulatedHost, folder: str, stale: bool
) -> list[dict[str, object]]:
    """Every one is tried; the state is saved after each, so that a kill keeps what was done."""
    outcomes: list[dict[str, object]] = []
    for operation in module.params["operations"]:
        if module.check_mode or stale:
            outcomes.append({**operation, "status": "not_done", "exit_code": None, "output": ""})
            continue
        try:
            outcomes.append(perform(host, operation))
        except KilledError:
            host.save(folder)
            os._exit(137)
        host.save(folder)
    return outcomes


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    for name in SPEC:
        if module.params[name] is None:
            module.fail_json(msg=f"{name} is null; give a value or leave it out")
    for index, operation in enumerate(module.params["operations"]):
        if not 1 <= operation["port"] <= 65535:
            module.fail_json(
                msg=f"operations[{index}].port is {operation['port']}; give a port from 1 to 65535"
            )
    folder = os.environ["SIMULATED_HOST"]
    host = SimulatedHost.load(folder)
    operations, fingerprint = module.params["operations"], module.params["fingerprint"]
    if operations and before_write(host):
        host.save(folder)
    told: dict[str, object] = {"changed": False, "outcomes": [], "stale": False}
    try:
        stale = bool(fingerprint) and host_fingerprint(host, operations) != fingerprint
        outcomes = run(module, host, folder, stale)
        changed = any(entry["status"] == "done" for entry in outcomes)
        told = {"changed": changed, "outcomes": outcomes, "stale": stale}
        if host.faults.get("reply") == "not_json":
            print("The system cannot find the message text for message number 0x2.")
            sys.exit(0)
        reading = host.encoded(observe(host, module.params["ports"]))
    except UnreadableError as failure:
        module.fail_json(msg=str(failure), **told)
    module.exit_json(reading=reading, **told)


if __name__ == "__main__":
    main()
