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
  - Reads the variables C(mailessentials_*) of all servers and decides rules, ports, endpoints and
    proxy of each of them, and what is to be done by hand for each farm. It runs on the controller
    and calls no host.
  - All mistakes of all servers are reported in one message, each with its servers. Values that may
    hold a password are not repeated.
  - The variables count as the inventory, C(set_fact) and C(-e) give them. One that only the play or
    a role sees is an error.
  - The servers are those of the group C(mailessentials), or of the one that C(-e
    mailessentials_group) names, and those of the groups of masters and slaves.
  - Call it once, with C(run_once) and C(delegate_to=localhost). It plans all servers of the group,
    whatever C(--limit) says. The role P(mailops.mailessentials.plan#role) does so.
options:
  show:
    description: Print the plan as tables. Notices are printed always.
    type: bool
    default: false
extends_documentation_fragment:
  - mailops.mailessentials.attributes.controller
seealso:
  - plugin: mailops.mailessentials.catalog
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Plan all servers, and print the plan
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
    - For each server C(version) (C(given) in the inventory, C(name) in the catalog),
      C(server_role), C(farm), C(peers), C(rule_sets), C(ports), C(endpoints), C(proxy), C(settings)
      and C(notices).
    - Each of C(peers) has C(name), C(server_role) and C(addresses).
    - C(rule_sets) has C(firewall) and C(multi_server), each with C(group), C(id_prefix), C(state),
      C(trusted_groups) (the other rule set) and C(rules); each rule has C(rule) (as
      M(mailops.mailessentials.firewall_ruleset) takes it),
      the C(flow) of the catalog that it comes from, and C(ports_input) (the input that gives its
      ports, or empty).
    - C(ports) has the options of M(mailops.mailessentials.port_availability), and C(wanted) with
      C(port), C(protocol), C(kind), C(title), C(status), C(sources), and C(reserve) (whether it is
      one to reserve).
    - C(endpoints) has C(asked), C(features) (for the update hosts of the catalog), C(skipped) and
      C(unchecked). Each of C(asked) has C(purpose) (V(multi_server), V(join), V(directory),
      V(gfi_directory)), C(peer) (the name of the other server, or empty) and C(endpoint) (as
      M(mailops.mailessentials.endpoint_check) takes it).
    - C(proxy) has C(state) (V(present), or empty without a proxy) and the options of
      M(mailops.mailessentials.proxy_info).
    - C(settings) has the inputs that say how roles act, without their prefix.
  returned: success
  type: dict
flows:
  description: What is known of the flows of the rules, in the form of a dictionary of versions,
    each of flows, each with C(purpose), C(feature), C(status), C(evidence), C(sources),
    C(contradictions) and C(note).
  returned: success
  type: dict
farms:
  description:
    - Every farm and every standalone server, with C(name), C(members), C(absent), C(removed),
      C(paths) and C(steps).
    - Each of C(paths) says that the server C(from) has to reach C(to) on C(ports).
    - Each of C(steps) is to be done by hand. It has C(kind), C(text), C(values) and C(sources).
  returned: success
  type: list
  elements: dict
notices:
  description: What does not stop the run and should be known, with the servers concerned.
  returned: success
  type: list
  elements: str
mistakes:
  description: Every mistake, with the variable and its servers.
  returned: failure, where the inventory has mistakes
  type: list
  elements: str
msg:
  description: What failed. The mistakes of the inventory are in RV(mistakes).
  returned: failure
  type: str
  sample: 2 mistakes in the inventory; no host was called.
"""
