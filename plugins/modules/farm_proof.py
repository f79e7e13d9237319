#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: farm_proof
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal proof of farms
description:
  - Internal to the collection, and not covered by its version promise. The role verify calls it.
  - Says what is proven and what is broken, with the likely cause, from the plan, the newest
    readings that tasks of this run registered, and C(verify_reached).
  - It prints a table for every farm, calls no host and does not fail.
  - Call it once, with C(run_once) and C(delegate_to=localhost).
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_plan
  - module: mailops.mailessentials.farm_verdict
"""

EXAMPLES = r"""
- name: Plan
  ansible.builtin.include_role:
    name: mailops.mailessentials.plan

- name: Prove all farms
  mailops.mailessentials.farm_proof:
  run_once: true
  delegate_to: localhost
  vars: {ansible_connection: local}
  register: verify_result
"""

RETURN = r"""
farms:
  description:
    - Every farm with servers in the run, with C(farm) (its name), C(members), C(ok), C(table),
      C(failures), C(warnings), C(not_read), C(unchecked) and C(proofs).
    - Each of C(proofs) has C(subject), C(host), C(peer), C(port), C(state) (V(ok), V(warning),
      V(waiting), V(broken)), C(cell) and C(message).
  returned: success
  type: list
  elements: dict
out:
  description: For each server of a farm that is not in order, the sentence that says why.
  returned: success
  type: dict
msg:
  description: Why nothing could be proven.
  returned: failure
  type: str
"""
