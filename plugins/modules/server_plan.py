#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: server_plan
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal part of a plan for one server
description:
  - Internal to the collection, and not covered by its version promise. The role plan calls it.
  - Takes the part of one server from what the role plan registered. It has the shape of
    C(servers) of M(mailops.mailessentials.farm_plan), but that C(rules) hold the options of
    M(mailops.mailessentials.firewall_ruleset) alone, and that C(endpoints) has C(given) as
    M(mailops.mailessentials.endpoint_check) takes it.
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_plan
"""

EXAMPLES = r"""
- name: Plan
  ansible.builtin.include_role:
    name: mailops.mailessentials.plan

- name: Take the plan of this server
  mailops.mailessentials.server_plan:
  register: plan_server
"""

RETURN = r"""
server_role:
  description: The role of the server in its farm. More keys are those of
    M(mailops.mailessentials.farm_plan).
  returned: success
  type: str
msg:
  description: Why there is no plan for it.
  returned: failure
  type: str
"""
