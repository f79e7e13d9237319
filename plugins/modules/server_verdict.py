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
  - Fails on the servers of a farm that is not ready, with the sentence of the farm. On the others
    it takes the part of the server from what the role preflight registered.
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - module: mailops.mailessentials.farm_verdict
  - module: mailops.mailessentials.farm_proof
"""

EXAMPLES = r"""
- name: Plan, read the servers, and judge all farms
  ansible.builtin.include_role:
    name: mailops.mailessentials.preflight

- name: Leave out farms that are not ready
  mailops.mailessentials.server_verdict:
  register: preflight_server
"""

RETURN = r"""
state:
  description: V(as_wanted), V(to_change), V(not_read) or V(absent).
  returned: success
  type: str
differs:
  description: What is not as wanted, of V(firewall), V(multi_server), V(proxy), V(reservations).
  returned: success
  type: list
  elements: str
widen:
  description: Rule sets of which something admits more, which is done first.
  returned: success
  type: list
  elements: str
finish:
  description: Rule sets with something left after that. In check mode all that differ.
  returned: success
  type: list
  elements: str
proxy:
  description: Stores of the proxy that differ.
  returned: success
  type: list
  elements: str
reservable:
  description: Ports to reserve or to give back, as M(mailops.mailessentials.port_reservation) takes
    them.
  returned: success
  type: list
  elements: dict
reserves:
  description: Whether there are such ports.
  returned: success
  type: bool
narrows:
  description: Whether there is a rule set to finish.
  returned: success
  type: bool
closes:
  description: Whether something is closed after what admits more, so that the farm is judged again
    before.
  returned: success
  type: bool
drift:
  description: Whether the run is to fail for what differs, as C(mailessentials_on_drift) says.
  returned: success
  type: bool
msg:
  description: Why the farm of the server is not ready.
  returned: failure
  type: str
"""
