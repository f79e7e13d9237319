# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The double of the worker that reads all of a server in one call: the same options and the same
answer, over the simulated host instead of Windows.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from ansible.module_utils.basic import AnsibleModule

sys.path.insert(0, os.environ["SIMULATED_PYTHONPATH"])

from simulator.host import SimulatedHost
from simulator.server import SUBJECTS, observe_server

SPEC: dict[str, Any] = {
    "subjects": {
        "type": "list",
        "elements": "str",
        "default": list(SUBJECTS),
        "choices": list(SUBJECTS),
    },
}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    for name in SPEC:
        if module.params[name] is None:
            module.fail_json(msg=f"{name} is null; give a value or leave it out")
    host = SimulatedHost.load(os.environ["SIMULATED_HOST"])
    if host.faults.get("reply") == "not_json":
        print("The system cannot find the message text for message number 0x2.")
        sys.exit(0)
    module.exit_json(changed=False, **observe_server(host, **module.params))


if __name__ == "__main__":
    main()
