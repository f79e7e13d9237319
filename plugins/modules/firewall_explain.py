# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_explain
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Show whether Windows Firewall allows or blocks a connection, and why
description:
  - Reads the rules and settings of all firewall stores in one call, or uses a reading. For each
    connection it returns whether the connection would be allowed or blocked, and by which rule.
    Changes nothing and makes no connection.
  - An answer that the reading does not decide is C(unknown); C(would_settle) then names what it
    depends on. Only the rules and settings of Windows Firewall are evaluated. C(assumptions) lists
    what was not evaluated.
options:
  flows:
    description:
      - Connections, each as a string such as V(tcp 9095 from 192.0.2.12) (inbound) or
        V(tcp 443 to 198.51.100.7) (outbound), followed by V(for C:\\x.exe) for a program, or as a
        dictionary.
      - A dictionary has C(direction) (V(inbound) or V(outbound)), C(protocol), C(remote_address)
        (an address, a network, a range or V(any)), and may have C(port) (the local port of an
        inbound connection, the remote port of an outbound connection), C(peer_port),
        C(local_address), C(icmp_type), C(program), C(service), C(profiles) and C(interface_type).
      - Without C(program), the answer is for a program that no rule names. Rules for other programs
        that would otherwise match are in C(nearly).
      - If not set, the connections in the plan of the server are used. In this case, run the role
        P(mailops.mailessentials.plan#role) first. Connections to keywords of Windows, such as
        V(DNS), are omitted, because only the host knows their addresses.
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
    description: Reads and changes nothing, with and without check mode.
    support: full
  diff_mode:
    description: Returns no diff, because it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.firewall_ruleset
  - module: mailops.mailessentials.server_info
"""

EXAMPLES = r"""
- name: Explain a connection from a slave and one to the internet
  mailops.mailessentials.firewall_explain:
    flows:
      - tcp 9095 from 192.0.2.12
      - tcp 443 to 198.51.100.7
  register: explained

- name: Show the answers
  ansible.builtin.debug:
    msg: "{{ explained.lines }}"

- name: Explain a connection for one program and one profile
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
    - One answer for each connection, or one for each profile in use if they differ. Each has
      C(flow) (the connection as a string), C(verdict) (C(allowed), C(blocked), C(partly) or
      C(unknown)), C(certain), C(profile) (empty for all profiles in use), C(because) (the reason as
      a sentence) and C(text) (the whole answer).
    - C(code) is what decides (C(BLOCK_RULE), C(ALLOW_RULE), C(DEFAULT_ACTION), C(FIREWALL_OFF),
      C(SHIELDS_UP); C(PARTLY) if parts of a network or range differ), or why the answer is
      not known (C(CONDITION_NOT_KNOWN), C(LOOPBACK_REPORTED), C(ICMP_ERROR)).
    - C(deciders) are the rules that decide, C(also_matched) other rules that may match, C(nearly)
      rules of which only one condition (C(failed)) does not match. Each has C(store), C(id),
      C(display_name) and C(action). At most five of each are listed.
    - C(assumptions) are codes of what was not evaluated (C(DYNAMIC_RULES_NOT_READ),
      C(SERVICE_HARDENING_NOT_EVALUATED), C(THIRD_PARTY_FILTERS_NOT_READ), C(PROGRAM_NOT_NAMED),
      C(PROFILES_NOT_KNOWN), C(OLD_READING)). C(would_settle) are sentences about what an unknown
      answer depends on. C(event_hint) is what the Security log of Windows shows if a connection is
      dropped.
  returned: success
  type: list
  elements: dict
lines:
  description: The answers as sentences. Connections that are not allowed come first.
  returned: success
  type: list
  elements: str
  sample:
    - "TCP 9095 from 192.0.2.12: allowed in the domain profile (certain)."
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
