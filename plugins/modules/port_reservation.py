# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: port_reservation
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Reserve ports, so that Windows does not assign them to other programs
description:
  - Adds or removes administered port exclusions, one for each port. They persist across restarts
    (C(netsh interface ipv4 add excludedportrange store=persistent)). Windows no longer assigns an
    excluded port to a program that requests any free port. A program that requests this port still
    gets it.
  - Lists the exclusions, writes only missing ones, and lists them again. The result is taken from
    the second list, not from the exit code of C(netsh).
  - A port that an administered exclusion already contains counts as reserved. A port that is in
    use, or that Windows itself excludes (Hyper-V, WinNAT), cannot be reserved; see
    O(on_conflict).
extends_documentation_fragment:
  - mailops.mailessentials.host
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
options:
  ports:
    description: Ports to reserve or release. Each is a number (TCP) or a dictionary with C(port)
      and C(protocol) (V(tcp), V(udp)).
    type: list
    elements: raw
    required: true
  state:
    description:
      - V(present) reserves the ports.
      - V(absent) removes administered exclusions that consist of exactly one of the ports. An
        exclusion of several ports is not removed but reported. Windows does not record who created
        an exclusion, so name only ports that were not reserved for another purpose.
    type: str
    choices: [present, absent]
    default: present
  on_conflict:
    description:
      - What to do if a port cannot be reserved. V(fail) changes nothing and fails. V(warn) reports
        the port and reserves the others.
    type: str
    choices: [fail, warn]
    default: fail
seealso:
  - module: mailops.mailessentials.port_availability
"""

EXAMPLES = r"""
- name: Reserve the Multi-Server ports before MailEssentials is installed
  mailops.mailessentials.port_reservation:
    ports: [9095, 9096]

- name: Release the ports
  mailops.mailessentials.port_reservation:
    ports: [9095, 9096]
    state: absent
"""

RETURN = r"""
plan:
  description:
    - Changes to make. C(add) and C(delete) have entries with C(port), C(protocol) and C(family).
      C(reserved) lists ports that are already reserved, with C(port), C(protocol), C(family),
      C(first), C(last) and C(store). C(skipped) lists exclusions that are not changed, with
      C(port), C(protocol) and C(message). C(conflicts) lists ports that cannot be reserved, with
      C(port), C(protocol), C(message) and C(advice).
  returned: always, once the host has answered
  type: dict
differs:
  description: Whether the reservations differed from O(ports) and O(state) before the task changed
    anything.
  returned: always, once the host has answered
  type: bool
outcomes:
  description:
    - Result of each command of C(netsh), with C(operation), C(protocol), C(family), C(port),
      C(status) (V(done), V(failed), V(not_done)), C(exit_code) and C(output).
  returned: always, once the host has answered
  type: list
  elements: dict
reading:
  description: Reading of the host after writing, for the option C(reading) of the next module, in
    the shape of what M(mailops.mailessentials.server_info) returns.
  returned: when the host was changed
  type: dict
round_trips:
  description: Number of calls to the host. One if nothing differs, two for a change, three if IPv6
    requires a separate change.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
