#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: farm_plan
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Plan what every server of the inventory needs
description:
  - Reads the variables C(mailessentials_*) of all servers. From them it plans the firewall rules,
    ports, endpoints and proxy of each server, and the manual steps for each farm. It runs on the
    controller and does not connect to any server.
  - All mistakes of all servers are reported in one message, each with the servers that it concerns.
    Values that may contain a password are not repeated.
  - Set the variables in the inventory, with C(set_fact) or with C(-e). A variable that is set only
    in a play or a role is an error.
  - The servers are the hosts of the group C(mailessentials), or of the group in C(-e
    mailessentials_group), and the hosts of the groups of masters and slaves.
  - Call it once, with C(run_once) and C(delegate_to=localhost). It plans all servers of the group,
    also those outside C(--limit). The role P(mailops.mailessentials.plan#role) calls it this way.
options:
  show:
    description: Whether to print the plan as tables. Notices are always printed.
    type: bool
    default: false
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - plugin: mailops.mailessentials.catalog
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Plan all servers and print the plan
  mailops.mailessentials.farm_plan:
    show: true
  run_once: true
  delegate_to: localhost
  vars:
    ansible_connection: local
  register: plan
"""

RETURN = r"""
servers:
  description:
    - For each server its C(version) (C(given) in the inventory, C(name) in the catalog),
      C(server_role), C(farm), C(peers), C(rule_sets), C(ports), C(endpoints), C(proxy), C(settings)
      and C(notices).
    - C(peers) are the other servers of the farm, each with C(name), C(server_role) and
      C(addresses).
    - C(rule_sets) has C(firewall) and C(multi_server), each with C(group), C(id_prefix), C(state),
      C(trusted_groups) (the other rule set) and C(rules). Each rule has C(rule) (an entry for
      M(mailops.mailessentials.firewall_ruleset)), C(flow) (the flow of the catalog that it is
      created for) and C(ports_input) (the input that gives its ports, or empty).
    - C(ports) has the options for M(mailops.mailessentials.port_availability), and C(wanted), the
      ports that the server needs, with C(port), C(protocol), C(kind), C(title), C(status),
      C(sources), and C(reserve) (whether the port may be reserved).
    - C(endpoints) has C(asked) (the endpoints to test), C(features) (for the update hosts of the
      catalog), C(skipped) and C(unchecked). Each of C(asked) has C(purpose) (V(multi_server),
      V(join), V(directory), V(gfi_directory), or the name without its prefix of the input that
      names the server), C(peer) (the name of the other server of the farm, or empty) and
      C(endpoint) (an entry for M(mailops.mailessentials.endpoint_check)).
    - C(proxy) has C(state) (V(present), or empty without a proxy) and the options for
      M(mailops.mailessentials.proxy_info).
    - C(settings) has the inputs that control what the roles do, without their prefix.
  returned: success
  type: dict
flows:
  description: Facts about the flows that the rules are created for, in the form of a dictionary of
    versions. Each version is a dictionary of flows, each with C(purpose), C(feature), C(status),
    C(evidence), C(sources), C(contradictions) and C(note).
  returned: success
  type: dict
farms:
  description:
    - All farms and standalone servers, with C(name), C(members), C(absent), C(removed),
      C(paths) and C(steps).
    - C(paths) are the connections between the servers. The server C(from) must reach C(to) on
      C(ports).
    - C(steps) are the manual steps. Each has C(kind), C(text), C(values) and C(sources).
  returned: success
  type: list
  elements: dict
notices:
  description: Notices that do not stop the run, each with the servers that it concerns.
  returned: success
  type: list
  elements: str
mistakes:
  description: All mistakes of the inventory, each with the variable and the servers.
  returned: failure, where the inventory has mistakes
  type: list
  elements: str
msg:
  description: What failed. The mistakes of the inventory are in RV(mistakes).
  returned: failure
  type: str
  sample: 2 mistakes in the inventory; no host was called.
"""
