#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: check_inputs
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal check of the variables of a role
description:
  - Internal to the collection and not covered by its version promise. The roles call it first.
  - Checks the variables of a role on the controller and names all mistakes at once. Values that may
    hold a password are not repeated.
options:
  role:
    description: The role, or the playbook V(site).
    type: str
    required: true
    choices: [firewall, multi_server, preflight, proxy, site, verify]
extends_documentation_fragment:
  - mailops.mailessentials.attributes
attributes:
  check_mode:
    support: full
    description: Nothing is changed.
  diff_mode:
    support: none
    description: Nothing is changed.
  platform:
    platforms: all
    support: full
    description: It runs on the controller; no host is called.
"""

EXAMPLES = r"""
- name: Check the inputs of the role firewall
  mailops.mailessentials.check_inputs:
    role: firewall
"""

RETURN = r"""
msg:
  description: Every mistake, each with the variable that it is in.
  returned: when something is wrong
  type: str
  sample: "mailessentials_proxy_port: is missing; mailessentials_proxy_host needs it"
"""
