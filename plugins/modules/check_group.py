#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: check_group
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal check that there are servers
description:
  - Internal to the collection, and not covered by its version promise. The playbooks call it first.
  - Checks the variables that the playbooks themselves read, C(mailessentials_group) and
    C(mailessentials_serial), and that the group has hosts. A play chooses its hosts before it reads
    the variables of hosts, so both count with C(-e) only.
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_plan
"""

EXAMPLES = r"""
- name: There are servers to look after
  mailops.mailessentials.check_group:
"""

RETURN = r"""
msg:
  description: What is wrong.
  returned: failure
  type: str
  sample: >-
    The inventory has no host in the group 'mailessentials'; put the servers there, or name their
    group with -e mailessentials_group=NAME
"""
