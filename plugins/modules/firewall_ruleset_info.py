# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_ruleset_info
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: The firewall rules of one group, and all others
description:
  - Reads the firewall rules of the local, the group policy and the device management store in one
    call, and changes nothing.
  - What is ours comes in the very shape that M(mailops.mailessentials.firewall_ruleset) accepts.
    Writing it back changes nothing.
extends_documentation_fragment:
  - mailops.mailessentials.firewall
  - mailops.mailessentials.attributes
attributes:
  check_mode:
    description: Reads, and changes nothing, in every mode.
    support: full
  diff_mode:
    description: Has no diff, as it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.firewall_ruleset
"""

EXAMPLES = r"""
- name: Read the rules of the farm's ports
  mailops.mailessentials.firewall_ruleset_info:
    group: GFI MailEssentials Multi-Server (mailops)
    id_prefix: MailOps-ME-MultiServer-
  register: found

- name: Show rules that stand in our group and are not ours
  ansible.builtin.debug:
    msg: "{{ found.other_rules | selectattr('text', 'search', 'EmbedCtxt=GFI MailEssentials') }}"
"""

RETURN = r"""
rules:
  description: Rules that are ours, in the shape of the option
    O(mailops.mailessentials.firewall_ruleset#module:rules).
  returned: success
  type: list
  elements: dict
other_rules:
  description:
    - All other rules of all stores, each with C(id), C(store) (C(local), C(mdm), C(gpo)), C(text)
      as the registry has it, and C(reason), which says why it is not ours, or why it is ours and
      cannot be said in options.
  returned: success
  type: list
  elements: dict
round_trips:
  description: How often the worker was called on the host.
  returned: when the names and types of the options are right
  type: int
  sample: 1
"""
