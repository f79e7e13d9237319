# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: server_proof
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal result of the verification for one server
description:
  - Internal to the collection, and not covered by its version promise. The role verify and the
    playbook site call it last.
  - Fails on the servers of a farm that is not in order, with the reason. In check mode it fails on
    a server that differs from its plan, if C(mailessentials_on_drift) is C(fail).
options:
  of_site:
    description: Whether the playbook site calls the module. A failed verification then fails only
      if C(mailessentials_verify_on_failure) is C(fail).
    type: bool
    default: false
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_verdict
  - module: mailops.mailessentials.farm_proof
"""

EXAMPLES = r"""
- name: Plan, read the servers and verify all farms
  ansible.builtin.include_role:
    name: mailops.mailessentials.verify

- name: Stop if a farm is not in order
  mailops.mailessentials.server_proof:
"""

RETURN = r"""
msg:
  description: Reason why the farm of the server is not in order.
  returned: failure
  type: str
"""
