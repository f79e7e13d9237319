#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: farm_proof
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal verification of farms
description:
  - Internal to the collection, and not covered by its version promise. The role verify calls it.
  - Verifies the farms from the plan, the newest readings that tasks of this run registered, and
    the connection tests in C(verify_reached). Reports what works, what is broken, and the likely
    cause.
  - Prints a table for each farm. Does not connect to any host and does not fail.
  - Call it once, with C(run_once) and C(delegate_to=localhost).
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_plan
  - module: mailops.mailessentials.farm_verdict
"""

EXAMPLES = r"""
- name: Plan all servers
  ansible.builtin.include_role:
    name: mailops.mailessentials.plan

- name: Verify all farms
  mailops.mailessentials.farm_proof:
  run_once: true
  delegate_to: localhost
  vars: {ansible_connection: local}
  register: verify_result
"""

RETURN = r"""
farms:
  description:
    - All farms with servers in the run, with C(farm) (its name), C(members), C(ok), C(table),
      C(failures), C(warnings), C(not_read), C(unchecked) and C(proofs).
    - C(proofs) are the single checks, each with C(subject), C(host), C(peer), C(port), C(state)
      (V(ok), V(warning), V(waiting), V(broken)), C(cell) and C(message).
  returned: success
  type: list
  elements: dict
out:
  description: For each server of a farm that is not in order, the reason as a sentence.
  returned: success
  type: dict
msg:
  description: Reason why the farms could not be verified.
  returned: failure
  type: str
"""
