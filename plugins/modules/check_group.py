#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: check_group
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal check that the inventory has servers
description:
  - Internal to the collection, and not covered by its version promise. The playbooks call it first.
  - Checks that the group of servers has hosts, and checks the variables C(mailessentials_group) and
    C(mailessentials_serial). Set these two with C(-e) only, because Ansible selects the hosts of a
    play before it reads their variables.
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_plan
"""

EXAMPLES = r"""
- name: Check that the inventory has servers
  mailops.mailessentials.check_group:
"""

RETURN = r"""
msg:
  description: What is wrong and how to correct it.
  returned: failure
  type: str
  sample: >-
    The inventory has no host in the group 'mailessentials'; put the servers there, or name their
    group with -e mailessentials_group=NAME
"""
