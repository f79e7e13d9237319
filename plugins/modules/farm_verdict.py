#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: farm_verdict
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal verdict whether farms are ready
description:
  - Internal to the collection, and not covered by its version promise. The role preflight calls it.
  - Says for every farm whether it is ready and what would be done on its servers, from the plan and
    the newest readings that tasks of this run registered. It prints a table, calls no host and does
    not fail; C(out) says which hosts must not go on.
  - Where the tag C(preflight) is left out, ports, product, clocks and advisories stop no farm.
  - Call it once, with C(run_once) and C(delegate_to=localhost), in a linear play.
options:
  reservations:
    description: What is done about reservations next. V(planned) means as
      C(mailessentials_reserve_ports) says, V(done) that nothing is done any more, V(finish) that
      only what would be unsafe stops a farm any more.
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
- name: Plan
  ansible.builtin.include_role:
    name: mailops.mailessentials.plan

- name: Judge all farms
  mailops.mailessentials.farm_verdict:
  run_once: true
  delegate_to: localhost
  vars: {ansible_connection: local}
  register: preflight_result
"""

RETURN = r"""
farms:
  description: Every farm with servers in the run, with C(name), C(members), C(ok), C(failures),
    C(warnings) and C(not_read), the servers that are no part of the run.
  returned: success
  type: list
  elements: dict
servers:
  description: For each server of the run what M(mailops.mailessentials.server_verdict) returns.
  returned: success
  type: dict
out:
  description: For each server of a farm that is not ready, the sentence that says why.
  returned: success
  type: dict
msg:
  description: Why nothing could be judged.
  returned: failure
  type: str
"""
