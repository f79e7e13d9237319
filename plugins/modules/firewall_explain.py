# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_explain
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: What Windows Firewall would do with a connection, and why
description:
  - Reads the rules and settings of all stores in one call, or takes a reading, and says of each
    connection whether it would be allowed or blocked, and by which rule. Nothing is changed, and
    no connection is made.
  - An answer is certain, or it is C(unknown) and says what would settle it. It goes as far as the
    rules of Windows Firewall do. What was not looked at stands in C(assumptions).
options:
  flows:
    description:
      - Connections, each as a text such as V(tcp 9095 from 192.0.2.12) (inbound) or
        V(tcp 443 to 198.51.100.7) (outbound), with V(for C:\\x.exe) behind it for a program, or as
        a dictionary.
      - A dictionary has C(direction) (V(inbound) or V(outbound)), C(protocol), C(remote_address)
        (an address, a network, a range or V(any)), and may have C(port) (the local one inbound, the
        remote one outbound), C(peer_port), C(local_address), C(icmp_type), C(program), C(service),
        C(profiles) and C(interface_type).
      - Without a program the answer is for one that no rule names. Rules for other programs that
        would match are in C(nearly).
      - Left out, the connections that the plan of the server needs are asked. The role
        P(mailops.mailessentials.plan#role) must have run then. Keywords of Windows, such as V(DNS),
        are left out, as only the host knows their addresses.
    type: list
    elements: raw
extends_documentation_fragment:
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
  - a user who may administer the firewall
attributes:
  check_mode:
    description: Reads, and changes nothing, in every mode.
    support: full
  diff_mode:
    description: Has no diff, as it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.firewall_ruleset
  - module: mailops.mailessentials.server_info
"""

EXAMPLES = r"""
- name: Ask what happens to a slave's connection
  mailops.mailessentials.firewall_explain:
    flows:
      - tcp 9095 from 192.0.2.12
      - tcp 443 to 198.51.100.7
  register: explained

- name: Show the answers
  ansible.builtin.debug:
    msg: "{{ explained.lines }}"

- name: Ask for one program and profile
  mailops.mailessentials.firewall_explain:
    flows:
      - direction: inbound
        protocol: tcp
        port: 443
        remote_address: 198.51.100.0/24
        program: System
        profiles: [domain]
"""

RETURN = r"""
answers:
  description:
    - For every connection an answer, or one for each profile in use where these differ. Each has
      C(flow) (its text), C(verdict) (C(allowed), C(blocked), C(partly) or C(unknown)), C(certain),
      C(profile) (empty for all in use), C(because) (a sentence) and C(text) (all of it).
    - C(code) says what decides (C(BLOCK_RULE), C(ALLOW_RULE), C(DEFAULT_ACTION), C(FIREWALL_OFF),
      C(SHIELDS_UP); C(PARTLY) where it is not the same for all of a network or range), or why that
      is not known (C(CONDITION_NOT_KNOWN), C(LOOPBACK_REPORTED), C(ICMP_ERROR)).
    - C(deciders) are all rules that decide, C(also_matched) others that may match, C(nearly) rules
      that fail by one condition (C(failed)). Each has C(store), C(id), C(display_name) and
      C(action). At most five of each are listed.
    - C(assumptions) are codes of what was not looked at (C(DYNAMIC_RULES_NOT_READ),
      C(SERVICE_HARDENING_NOT_EVALUATED), C(THIRD_PARTY_FILTERS_NOT_READ), C(PROGRAM_NOT_NAMED),
      C(PROFILES_NOT_KNOWN), C(OLD_READING)). C(would_settle) are sentences about what an unknown
      answer depends on. C(event_hint) says what the Security log shows of a dropped connection.
  returned: success
  type: list
  elements: dict
lines:
  description: The answers as sentences, what is not allowed first.
  returned: success
  type: list
  elements: str
  sample:
    - "TCP 9095 from 192.0.2.12: allowed in the domain profile (certain)."
round_trips:
  description: How often the worker was called on the host.
  returned: when the names and types of the options are right
  type: int
  sample: 1
"""
