# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: port_reservation
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Keep ports out of the dynamic range of Windows
description:
  - Makes or removes administered port exclusions, one for each port, that last over a restart
    (C(netsh interface ipv4 add excludedportrange store=persistent)). An excluded port is no longer
    handed out to programs that ask for any port; a program that asks for this very port still gets
    it.
  - Lists first, writes only what is missing, and lists again. Success is what that list says, not
    what C(netsh) says.
  - A port that any administered exclusion covers is reserved already. A port that is in use, or
    that lies in an exclusion of Windows itself (Hyper-V, WinNAT), cannot be reserved; see
    O(on_conflict).
extends_documentation_fragment:
  - mailops.mailessentials.host
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
options:
  ports:
    description: The ports. Each is a number, for TCP, or a dictionary with C(port) and C(protocol)
      (V(tcp), V(udp)).
    type: list
    elements: raw
    required: true
  state:
    description:
      - V(absent) removes administered exclusions of exactly one of the ports. A wider one is left
        alone and told. Windows does not keep who made an exclusion, so name only ports that nobody
        else reserved.
    type: str
    choices: [present, absent]
    default: present
  on_conflict:
    description:
      - V(fail) changes nothing at all when a port cannot be reserved. V(warn) names it and reserves
        the others.
    type: str
    choices: [fail, warn]
    default: fail
seealso:
  - module: mailops.mailessentials.port_availability
"""

EXAMPLES = r"""
- name: Keep the Multi-Server ports free, before MailEssentials is installed
  mailops.mailessentials.port_reservation:
    ports: [9095, 9096]

- name: Give them back
  mailops.mailessentials.port_reservation:
    ports: [9095, 9096]
    state: absent
"""

RETURN = r"""
plan:
  description:
    - What was to be done. C(add) and C(delete) hold entries of C(port), C(protocol) and C(family).
      C(reserved) names what is reserved already, with C(port), C(protocol), C(family), C(first),
      C(last) and C(store). C(skipped) names what is left alone, with C(port), C(protocol) and
      C(message). C(conflicts) names what cannot be reserved, with C(port), C(protocol), C(message)
      and C(advice).
  returned: always, once the host has answered
  type: dict
differs:
  description: Whether the host was not as wanted before, whatever was done about it.
  returned: always, once the host has answered
  type: bool
outcomes:
  description:
    - What became of each command, with C(operation), C(protocol), C(family), C(port), C(status)
      (V(done), V(failed), V(not_done)), C(exit_code) and C(output).
  returned: always, once the host has answered
  type: list
  elements: dict
reading:
  description: What was read after writing, for the next module with C(reading), in the shape of
    what M(mailops.mailessentials.server_info) returns.
  returned: when the host was written
  type: dict
round_trips:
  description: How often the worker was called on the host. One when nothing is to be done, two for
    a change, three where IPv6 needs its own.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
