# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: server_verdict
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal verdict on one server
description:
  - Internal to the collection, and not covered by its version promise. The role preflight calls it.
  - Fails on the servers of a farm that is not ready, with the reason. On other servers it returns
    the part of the server from the verdict that the role preflight registered.
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_verdict
  - module: mailops.mailessentials.farm_proof
"""

EXAMPLES = r"""
- name: Plan, read the servers and check all farms
  ansible.builtin.include_role:
    name: mailops.mailessentials.preflight

- name: Stop farms that are not ready
  mailops.mailessentials.server_verdict:
  register: preflight_server
"""

RETURN = r"""
state:
  description: State of the server, V(as_wanted), V(to_change), V(not_read) or V(absent).
  returned: success
  type: str
differs:
  description: Subjects that differ from the plan, of V(firewall), V(multi_server), V(proxy),
    V(reservations).
  returned: success
  type: list
  elements: str
widen:
  description: Rule sets in which connections must be opened. This is done first.
  returned: success
  type: list
  elements: str
finish:
  description: Rule sets that still differ after that. In check mode, all rule sets that differ.
  returned: success
  type: list
  elements: str
proxy:
  description: Proxy stores that differ from the plan.
  returned: success
  type: list
  elements: str
reservable:
  description: Ports to reserve or to release, for M(mailops.mailessentials.port_reservation).
  returned: success
  type: list
  elements: dict
reserves:
  description: Whether RV(reservable) is not empty.
  returned: success
  type: bool
narrows:
  description: Whether RV(finish) is not empty.
  returned: success
  type: bool
closes:
  description: Whether connections are closed. The farm is then checked again before this is done.
  returned: success
  type: bool
drift:
  description: Whether the run fails because of differences, see C(mailessentials_on_drift).
  returned: success
  type: bool
msg:
  description: Reason why the farm of the server is not ready.
  returned: failure
  type: str
"""
