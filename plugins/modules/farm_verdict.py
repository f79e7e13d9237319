#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: farm_verdict
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal verdict on whether farms are ready
description:
  - Internal to the collection, and not covered by its version promise. The role preflight calls it.
  - Returns for each farm whether it is ready, and for each server what would be changed. Uses the
    plan and the newest readings that tasks of this run registered. Prints a table. Does not connect
    to any host and does not fail; RV(out) lists the servers on which the run must stop.
  - If the tag C(preflight) is skipped, findings about ports, product, clocks and advisories do not
    stop a farm.
  - Call it once, with C(run_once) and C(delegate_to=localhost), in a linear play.
options:
  reservations:
    description: Next step for port reservations. V(planned) reserves ports if
      C(mailessentials_reserve_ports) is true, V(present) reserves them, V(absent) releases them,
      and V(done) does nothing more. With V(absent) and V(finish), findings selected by
      C(mailessentials_fail_on) no longer stop a farm.
    type: str
    choices: [planned, present, absent, done, finish]
    default: planned
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_plan
  - module: mailops.mailessentials.farm_proof
"""

EXAMPLES = r"""
- name: Plan all servers
  ansible.builtin.include_role:
    name: mailops.mailessentials.plan

- name: Get the verdict for each farm
  mailops.mailessentials.farm_verdict:
  run_once: true
  delegate_to: localhost
  vars: {ansible_connection: local}
  register: preflight_result
"""

RETURN = r"""
farms:
  description: All farms with servers in the run, with C(name), C(members), C(ok), C(failures),
    C(warnings) and C(not_read) (servers of the farm that are not part of the run).
  returned: success
  type: list
  elements: dict
servers:
  description: For each server of the run, what M(mailops.mailessentials.server_verdict) returns.
  returned: success
  type: dict
out:
  description: For each server of a farm that is not ready, the reason as a sentence.
  returned: success
  type: dict
msg:
  description: Reason why there is no verdict.
  returned: failure
  type: str
"""
