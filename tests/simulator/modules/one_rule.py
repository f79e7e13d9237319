# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark is measured against: a module that looks after one rule a task, as common
modules do.
"""

from __future__ import annotations

import os
import sys

from ansible.module_utils.basic import AnsibleModule

sys.path.insert(0, os.environ["SIMULATED_PYTHONPATH"])
from simulator.host import SimulatedHost

DOCUMENTATION = """
module: one_rule
short_description: One firewall rule of a simulated host
description: Looks a rule up by its id and adds it when it is missing.
author: mailops contributors
options:
  id: {description: The id., type: str, required: true}
  parameters: {description: Parameters of New-NetFirewallRule., type: dict, required: true}
"""


def main():
    module = AnsibleModule(
        argument_spec={
            "id": {"type": "str", "required": True},
            "parameters": {"type": "dict", "required": True},
        }
    )
    folder = os.environ["SIMULATED_HOST"]
    host = SimulatedHost.load(folder)
    missing = module.params["id"] not in host.rules
    if missing:
        host.new_rule(Name=module.params["id"], **module.params["parameters"])
        host.save(folder)
    module.exit_json(changed=missing)


if __name__ == "__main__":
    main()
