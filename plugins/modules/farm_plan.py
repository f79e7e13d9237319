#!/usr/bin/python

# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: farm_plan
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Internal plan of what every server of the inventory needs
description:
  - Internal to the collection, and not covered by its version promise. The playbooks do not use it
    yet.
  - Reads the variables C(mailessentials_*) of all servers and decides rules, ports, endpoints and
    proxy of each of them, and what is to be done by hand for each farm. It runs on the controller
    and calls no host.
  - All mistakes of all servers are reported in one message, each with its servers. Values that may
    hold a password are not repeated.
  - The variables count as the inventory, C(set_fact) and C(-e) give them. One that only the play or
    a role sees is an error.
  - Call it once, with C(run_once) and C(delegate_to=localhost). It plans all servers of the group,
    whatever C(--limit) says.
options:
  group:
    description: The inventory group of the servers. The groups of masters and slaves are added.
    type: str
    default: mailessentials
  show:
    description: Print the plan as tables.
    type: bool
    default: false
extends_documentation_fragment:
  - mailops.mailessentials.attributes
attributes:
  check_mode:
    support: full
    description: Nothing is changed.
  diff_mode:
    support: none
    description: Nothing is changed.
  platform:
    platforms: all
    support: full
    description: It runs on the controller; no host is called.
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
      C(server_role), C(farm), C(peers), C(rule_sets), C(ports), C(endpoints), C(proxy) and
      C(notices).
    - Each of C(peers) has C(name), C(server_role) and C(addresses).
    - Each of C(rule_sets) has C(group), C(id_prefix) and C(rules); each rule has C(rule) (as
      M(mailops.mailessentials.firewall_ruleset) takes it), the C(flow) of the catalog that it comes
      from, and its C(purpose), C(feature), C(status), C(evidence), C(sources), C(contradictions)
      and C(note).
    - Each of C(ports) has C(port), C(protocol), C(kind), C(title), C(status), C(configured),
      C(sources), C(advice), and C(reserve) where it is one to reserve.
    - C(endpoints) has C(asked) (as P(mailops.mailessentials.verify_endpoints#filter) says it),
      C(features) (for the update hosts of the catalog), C(skipped) and C(unchecked).
    - C(proxy) is null without a proxy, else it has C(host), C(port), C(https_host), C(https_port),
      C(pac_url), C(auto_detect), C(bypass) and C(stores).
  returned: success
  type: dict
farms:
  description:
    - Every farm and every standalone server, with C(name), C(members), C(paths) and C(steps).
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
msg:
  description: Every mistake, with the variable and its servers.
  returned: failure
  type: str
  sample: >-
    1 mistake in the inventory; no host was called. mailessentials_proxy_port: is missing;
    mailessentials_proxy_host needs it (all 3 servers).
"""
