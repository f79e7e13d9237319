# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The double of the worker that reads proxy settings: the same answer, over the simulated host
instead of Windows.
"""

from __future__ import annotations

import os
import sys

from ansible.module_utils.basic import AnsibleModule

sys.path.insert(0, os.environ["SIMULATED_PYTHONPATH"])

from simulator.host import SimulatedHost
from simulator.observation import UnreadableError
from simulator.proxies import observe_proxy


def main() -> None:
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    host = SimulatedHost.load(os.environ["SIMULATED_HOST"])
    if host.faults.get("reply") == "not_json":
        print("The system cannot find the message text for message number 0x2.")
        sys.exit(0)
    try:
        module.exit_json(changed=False, reading=host.encoded(observe_proxy(host)))
    except UnreadableError as failure:
        module.fail_json(msg=str(failure))


if __name__ == "__main__":
    main()
