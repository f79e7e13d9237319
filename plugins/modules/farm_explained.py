# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: farm_explained
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal table of connections that firewalls allow or block
description:
  - Internal to the collection, and not covered by its version promise. The playbook explain calls
    it.
  - Shows for each server of the run whether its firewall allows or blocks connections. Uses the
    newest readings that tasks of this run registered. Prints a table for each farm and does not
    connect to any host.
  - Call it once, with C(run_once) and C(delegate_to=localhost), in a linear play.
options:
  flows:
    description: Connections as in O(mailops.mailessentials.firewall_explain#module:flows), or a
      comma-separated string. If not set, the connections in the plan of each server.
    type: raw
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.firewall_explain
"""

EXAMPLES = r"""
- name: Plan, read the servers and explain the connections
  ansible.builtin.include_role:
    name: mailops.mailessentials.preflight
    tasks_from: explain
"""

RETURN = r"""
servers:
  description: For each server that was read, its
    RV(mailops.mailessentials.firewall_explain#module:answers).
  returned: success
  type: dict
unread:
  description: Servers whose firewall could not be read, as a dictionary of server to reason.
  returned: success
  type: dict
"""
