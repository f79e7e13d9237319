# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_ruleset_info
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Read the firewall rules of one group, and all other rules
description:
  - Reads the firewall rules of the local store, of group policy and of device management in one
    call. Changes nothing.
  - The rules of the set are returned in the form that M(mailops.mailessentials.firewall_ruleset)
    accepts. Passing them to that module changes nothing.
extends_documentation_fragment:
  - mailops.mailessentials.firewall
  - mailops.mailessentials.attributes
attributes:
  check_mode:
    description: Reads and changes nothing, with and without check mode.
    support: full
  diff_mode:
    description: Returns no diff, because it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.firewall_ruleset
"""

EXAMPLES = r"""
- name: Read the rules between the servers of a farm
  mailops.mailessentials.firewall_ruleset_info:
    group: GFI MailEssentials Multi-Server (mailops)
    id_prefix: MailOps-ME-MultiServer-
  register: found

- name: Show rules in the group that are not part of the set
  ansible.builtin.debug:
    msg: "{{ found.other_rules | selectattr('text', 'search', 'EmbedCtxt=GFI MailEssentials') }}"
"""

RETURN = r"""
rules:
  description: Rules of the set, in the shape of the option
    O(mailops.mailessentials.firewall_ruleset#module:rules).
  returned: success
  type: list
  elements: dict
other_rules:
  description:
    - All other rules of all stores, each with C(id), C(store) (C(local), C(mdm), C(gpo)), C(text)
      from the registry, and C(reason), which tells why the rule is not part of the set, or why it
      is part of the set but cannot be expressed in options.
  returned: success
  type: list
  elements: dict
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
