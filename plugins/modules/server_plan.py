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
  - Returns the part of one server from the plan that the role plan registered. It has the form of
    an entry of RV(mailops.mailessentials.farm_plan#module:servers), except that C(rules) has only
    the options for M(mailops.mailessentials.firewall_ruleset), and that C(endpoints) has C(given),
    the list for M(mailops.mailessentials.endpoint_check).
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_plan
"""

EXAMPLES = r"""
- name: Plan all servers
  ansible.builtin.include_role:
    name: mailops.mailessentials.plan

- name: Get the plan of this server
  mailops.mailessentials.server_plan:
  register: plan_server
"""

RETURN = r"""
server_role:
  description: Role of the server in its farm. For the other keys see
    M(mailops.mailessentials.farm_plan).
  returned: success
  type: str
msg:
  description: Reason why there is no plan for the server.
  returned: failure
  type: str
"""
