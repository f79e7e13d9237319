# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_ruleset
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: The firewall rules of one group, as a whole and in one call
description:
  - Makes the local firewall rules of one group equal to a list, and says what the list cannot do.
  - Reads once; writes only what differs, rule by rule and by id; reads again in the same call and
    judges by that. A host that is as wanted costs one call, a change two.
  - Stops at the first rule that Windows refuses and reports what was done until then. The next run
    does the rest.
  - Nothing is written when the rules would have no effect, see O(on_no_effect).
extends_documentation_fragment:
  - mailops.mailessentials.firewall
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
options:
  rules:
    description:
      - The rules. Required, and not empty, when O(state=present).
      - A list that is given and empty is an error, and so is null for whatever narrows a rule, so
        that a forgotten address never becomes C(any).
    type: list
    elements: dict
    suboptions:
      id:
        description: The id (C(Name)) of the rule. It begins with O(id_prefix) and has no C(|),
          C(*), C(?), backtick or control character.
        type: str
        required: true
      display_name:
        description: The name that people see.
        type: str
        required: true
      description:
        description: What the rule is for.
        type: str
        default: ''
      direction:
        description: Whether the rule is for connections to the host or from it.
        type: str
        choices: [inbound, outbound]
        required: true
      action:
        description: What happens to matching traffic. A block rule wins over every allow rule.
        type: str
        choices: [allow, block]
        default: allow
      enabled:
        description: Whether the rule is in force.
        type: bool
        default: true
      protocol:
        description: V(any), V(tcp), V(udp), V(icmpv4), V(icmpv6) or a protocol number from 0 to
          255.
        type: str
        default: any
      local_ports:
        description:
          - Ports of the host, for V(tcp) and V(udp). Numbers, ranges such as V(1024-65535), or, on
            inbound rules, V(RPC) and V(RPCEPMap) (V(tcp)), V(Teredo) (V(udp)), V(IPHTTPSIn),
            V(PlayToDiscovery). At most 1000 entries, as in every list.
        type: list
        elements: str
        default: [any]
      remote_ports:
        description: Ports of the other side. Numbers and ranges like O(rules[].local_ports), or
          V(IPHTTPSOut).
        type: list
        elements: str
        default: [any]
      local_addresses:
        description: Addresses of the host. Addresses, ranges (V(192.0.2.10-192.0.2.20)) or networks
          (V(192.0.2.0/24)), IPv4 and IPv6.
        type: list
        elements: str
        default: [any]
      remote_addresses:
        description:
          - Addresses of the other side, like O(rules[].local_addresses), or keywords of Windows -
            V(LocalSubnet), V(DNS), V(DHCP), V(WINS), V(DefaultGateway), V(Internet), V(Intranet),
            V(IntranetRemoteAccess), V(PlayToDevice), V(CaptivePortal), each also with V(4) or V(6)
            at its end for one family.
          - Host names are refused, as Windows Firewall knows none.
        type: list
        elements: str
        default: [any]
      profiles:
        description: V(domain), V(private), V(public), or V(any) for all three.
        type: list
        elements: str
        default: [any]
      program:
        description: The full path of a program, V(System) for the kernel, or V(any).
          C(%ProgramFiles%) and other machine-wide variables may be used.
        type: str
        default: any
      service:
        description: The short name of a service, V(*) for every service, or V(any).
        type: str
        default: any
      interface_types:
        description: V(wired), V(wireless), V(remote_access) or V(any). Windows' cmdlets take one of
          them.
        type: list
        elements: str
        default: [any]
      icmp_types:
        description: Types (V(8)) or types with code (V(3:4)), for V(icmpv4) and V(icmpv6).
        type: list
        elements: str
        default: [any]
      edge_traversal:
        description: Whether an inbound allow rule admits traffic that crosses an edge device.
        type: str
        choices: [block, allow, defer_to_user, defer_to_app]
        default: block
  purge:
    description: Remove rules of the set that are ours and not in O(rules).
    type: bool
    default: false
  widen_only:
    description:
      - Do only what admits more - allow rules added and widened, block rules removed. What admits
        less is left for a run without it.
      - So a farm can be changed on all its servers before anything is closed on one.
    type: bool
    default: false
  state:
    description: V(absent) removes every rule of the group that is ours; O(rules) is left out then.
    type: str
    choices: [present, absent]
    default: present
  trusted_groups:
    description:
      - Other rule sets that are known to open ports of this one wider, for example that of another
        role, as group to id_prefix.
      - Their rules count for RV(exposure) all the same, and are not warned about.
    type: dict
    default: {}
  on_no_effect:
    description:
      - What to do when the rules would have no effect, because the host ignores local rules by
        policy, ignores inbound allow rules, or has a rule that blocks a port or an address of them.
      - V(fail) changes nothing and fails, as a green run would be a lie. V(warn) writes the rules
        and warns.
      - Without the firewall service rules can be neither written nor enforced; that always fails.
    type: str
    choices: [fail, warn]
    default: fail
seealso:
  - module: mailops.mailessentials.firewall_ruleset_info
"""

EXAMPLES = r"""
- name: Let the monitoring servers reach the agent, and nobody else
  mailops.mailessentials.firewall_ruleset:
    group: Example Monitoring
    id_prefix: Example-Monitoring-
    purge: true
    rules:
      - id: Example-Monitoring-agent
        display_name: Example agent (TCP-In)
        description: Polled by the monitoring servers.
        direction: inbound
        protocol: tcp
        local_ports: [10050]
        remote_addresses: [192.0.2.20, 2001:db8::20]

- name: Remove the rules again
  mailops.mailessentials.firewall_ruleset:
    group: Example Monitoring
    id_prefix: Example-Monitoring-
    state: absent
"""

RETURN = r"""
plan:
  description: What is done, or would be done in check mode.
  returned: when the host could be read
  type: dict
  contains:
    add:
      description: Rules that are missing, in the shape of O(rules).
      type: list
      elements: dict
    set:
      description: Rules that differ, each with C(id), C(display_name), C(replace) and C(fields)
        (field to C(before) and C(after)).
      type: list
      elements: dict
    remove:
      description: Rules that are ours and not wanted, each with C(id) and C(display_name).
      type: list
      elements: dict
    unchanged:
      description: Ids of rules that are as wanted.
      type: list
      elements: str
differs:
  description: Whether the host was not as wanted before, whatever was done about it.
  returned: when the host could be read
  type: bool
remaining:
  description: What is still not as wanted, in the shape of RV(plan), judged from what was read
    after writing.
  returned: when the host was read after writing and is not as wanted
  type: dict
outcomes:
  description:
    - What became of each operation, in order, with C(operation) (V(add), V(set), V(remove)), C(id),
      C(status) (V(done), V(failed), V(not_done)), C(message), C(error_id) and C(category) of
      Windows for one that failed, and C(milliseconds).
    - Up to 50 operations are done in one call to the host.
  returned: when the host could be read
  type: list
  elements: dict
rules:
  description: The rules of the set that the host has at the end, in the shape of O(rules).
  returned: when the last reading of the host succeeded
  type: list
  elements: dict
findings:
  description:
    - Why rules do not do what they say, or why that cannot be told. Each has C(kind) (C(service),
      C(blocked), C(partly_blocked), C(local_policy_merge), C(shields_up), C(overridden),
      C(exceptions_off), C(profile_off), C(profile_not_in_use), C(misplaced_policy),
      C(outbound_allowed), C(partly_understood), C(unreadable), C(not_ours) for rules in our group
      that are left alone), C(severity) (C(error), C(warning), C(info)), C(profile), C(rules) (ids)
      and C(message).
    - C(blocked) is an error. Block rules of any store take a whole port, or a whole address that a
      rule names, from a rule in a profile in use. C(partly_blocked) is a warning where they take a
      part, or where that cannot be told; it is information where they take something from other
      programs, services or profiles, or a part of V(any).
  returned: when the last reading of the host succeeded
  type: list
  elements: dict
exposure:
  description:
    - For every port of an inbound allow rule that is limited to remote addresses, whether it really
      is. Each has C(rule), C(protocol), C(port), C(scoped), C(wider) (rules of any store, and
      profiles whose firewall is off or allows by default, that admit further addresses, with
      C(store), C(group), C(id), C(display_name), C(remote_addresses); a profile has no C(id) and no
      C(group), and many addresses end in their number) and
      C(conditional) (ids of rules that would, if the program, service or other condition that they
      name held for the port, of rules whose text cannot be judged, and of the rule itself when the
      host has a token in it that nobody describes, which is not called scoped).
    - What block rules certainly take is not admitted. A rule that bypasses block rules, a local
      rule that a policy does not merge and a rule for another version of Windows are judged by
      that. The other rules of O(rules) do not count.
    - C(omitted) says how many of C(wider) and of C(conditional) are not listed. Ten are listed for
      a port and 1000 in all.
    - In check mode rules that the plan removes do not count.
  returned: when the last reading of the host succeeded
  type: list
  elements: dict
  sample:
    - rule: Example-Monitoring-agent
      protocol: tcp
      port: '10050'
      scoped: true
      wider: []
      conditional: []
      omitted: {wider: 0, conditional: 0}
reading:
  description: What was read after writing, for the next module with C(reading), in the shape of
    what M(mailops.mailessentials.server_info) returns.
  returned: when the host was written
  type: dict
round_trips:
  description: How often the worker was called on the host.
  returned: when the names and types of the options are right
  type: int
  sample: 1
"""
