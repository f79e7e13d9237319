# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The double of the worker that tries endpoints: the same options and the same answer, in the
simulated network.
"""

from __future__ import annotations

import os
import sys

from ansible.module_utils.basic import AnsibleModule

sys.path.insert(0, os.environ["SIMULATED_PYTHONPATH"])

from simulator.host import SimulatedHost
from simulator.network import name_servers, observe_endpoints

ENDPOINT = {
    "kind": {"type": "str", "required": True, "choices": ["tcp", "tls", "http", "https", "dns"]},
    "host": {"type": "str", "required": True},
    "port": {"type": "int", "required": True},
    "query": {"type": "str", "default": ""},
    "transport": {"type": "str", "default": "udp", "choices": ["udp", "tcp"]},
    "path": {"type": "str", "default": "/"},
    "through_proxy": {"type": "bool", "default": False},
}
SPEC = {
    "endpoints": {"type": "list", "elements": "dict", "required": True, "options": ENDPOINT},
    "proxy_host": {"type": "str", "default": ""},
    "proxy_port": {"type": "int", "default": 0},
    "timeout_milliseconds": {"type": "int", "required": True},
    "deadline_milliseconds": {"type": "int", "required": True},
}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    folder = os.environ["SIMULATED_HOST"]
    host = SimulatedHost.load(folder)
    if host.faults.get("reply") == "not_json":
        print("The system cannot find the message text for message number 0x2.")
        sys.exit(0)
    found = observe_endpoints(folder, module.params)
    elapsed = max((entry["milliseconds"] for entry in found), default=0)
    reading = {
        "schema": 1,
        "elapsed_milliseconds": elapsed,
        "dns_servers": name_servers(folder),
        "endpoints": found,
    }
    module.exit_json(changed=False, reading=host.encoded(reading))


if __name__ == "__main__":
    main()
