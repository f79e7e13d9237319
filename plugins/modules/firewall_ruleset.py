# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_ruleset
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Manage all firewall rules of one group in one call
description:
  - Makes the local firewall rules of one group equal to a list, and reports rules that cannot take
    effect on the host.
  - Reads the rules and writes only those that differ, identified by id. Then reads again in the
    same call and compares. One call to the host if nothing differs, two calls for a change.
  - Stops at the first rule that Windows refuses and reports what was done before. Run the task
    again to do the rest.
  - Nothing is written if the rules would have no effect, see O(on_no_effect).
extends_documentation_fragment:
  - mailops.mailessentials.firewall
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
options:
  rules:
    description:
      - The wanted rules. Required, and not empty, if O(state=present).
      - An empty list is an error. Null is also an error for every option that limits a rule, such
        as an address, so that a missing value never means C(any).
    type: list
    elements: dict
    suboptions:
      id:
        description: Id of the rule (C(Name) in PowerShell). It must begin with O(id_prefix) and
          must not contain C(|), C(*), C(?), a backtick or a control character.
        type: str
        required: true
      display_name:
        description: Name of the rule as shown in Windows.
        type: str
        required: true
      description:
        description: Text that explains the rule, as shown in Windows.
        type: str
        default: ''
      direction:
        description: V(inbound) for connections to the host, V(outbound) for connections from it.
        type: str
        choices: [inbound, outbound]
        required: true
      action:
        description: What to do with matching traffic. Block rules take precedence over allow rules.
        type: str
        choices: [allow, block]
        default: allow
      enabled:
        description: Whether the rule is enabled.
        type: bool
        default: true
      protocol:
        description: V(any), V(tcp), V(udp), V(icmpv4), V(icmpv6) or a protocol number from 0 to
          255.
        type: str
        default: any
      local_ports:
        description:
          - Ports of the host, for V(tcp) and V(udp). Numbers or ranges such as V(1024-65535).
            Inbound rules also accept V(RPC) and V(RPCEPMap) (V(tcp)), V(Teredo) (V(udp)),
            V(IPHTTPSIn) and V(PlayToDiscovery). At most 1000 entries, as in every list.
        type: list
        elements: str
        default: [any]
      remote_ports:
        description: Ports of the remote host. Numbers and ranges as in O(rules[].local_ports), or
          V(IPHTTPSOut).
        type: list
        elements: str
        default: [any]
      local_addresses:
        description: IP addresses of the host. Addresses, ranges (V(192.0.2.10-192.0.2.20)) or
          networks (V(192.0.2.0/24)), IPv4 and IPv6.
        type: list
        elements: str
        default: [any]
      remote_addresses:
        description:
          - IP addresses of the remote hosts, as in O(rules[].local_addresses), or keywords of
            Windows - V(LocalSubnet), V(DNS), V(DHCP), V(WINS), V(DefaultGateway), V(Internet),
            V(Intranet), V(IntranetRemoteAccess), V(PlayToDevice), V(CaptivePortal). Add V(4) or
            V(6) to a keyword to limit it to IPv4 or IPv6.
          - Host names are rejected, because Windows Firewall does not accept them.
        type: list
        elements: str
        default: [any]
      profiles:
        description: Network profiles in which the rule applies. V(domain), V(private), V(public),
          or V(any) for all three.
        type: list
        elements: str
        default: [any]
      program:
        description: Full path of a program, V(System) for the kernel, or V(any). The path may
          contain C(%ProgramFiles%) and other machine-wide variables.
        type: str
        default: any
      service:
        description: Short name of a service, V(*) for every service, or V(any).
        type: str
        default: any
      interface_types:
        description: Interface type, one of V(wired), V(wireless), V(remote_access) or V(any). The
          cmdlets of Windows accept one type only.
        type: list
        elements: str
        default: [any]
      icmp_types:
        description: ICMP types (V(8)) or types with a code (V(3:4)), for V(icmpv4) and V(icmpv6).
        type: list
        elements: str
        default: [any]
      edge_traversal:
        description: Whether an inbound allow rule also allows traffic that crosses an edge device.
        type: str
        choices: [block, allow, defer_to_user, defer_to_app]
        default: block
  purge:
    description: Whether to remove rules of the set that are not in O(rules).
    type: bool
    default: false
  widen_only:
    description:
      - Only open connections - add allow rules, let them allow more, and remove block rules. Leave
        changes that close connections to a later run without this option.
      - Use it to open connections on all servers of a farm before you close connections on any.
    type: bool
    default: false
  state:
    description: V(present) manages the rules in O(rules). V(absent) removes all rules of the set;
      do not set O(rules) then.
    type: str
    choices: [present, absent]
    default: present
  trusted_groups:
    description:
      - Other rule sets, for example of another role, that may open the same ports for more
        addresses. A dictionary of group to id prefix.
      - Their rules are listed in RV(exposure), but cause no warning.
    type: dict
    default: {}
  on_no_effect:
    description:
      - What to do if the rules would have no effect. This is so if a policy makes the host ignore
        local rules, if it ignores inbound allow rules, or if another rule blocks one of their ports
        or addresses.
      - V(fail) changes nothing and fails. V(warn) writes the rules and warns.
      - If the firewall service is not running, rules can be neither written nor enforced, and the
        module always fails.
    type: str
    choices: [fail, warn]
    default: fail
seealso:
  - module: mailops.mailessentials.firewall_ruleset_info
"""

EXAMPLES = r"""
- name: Allow only the monitoring servers to reach the agent
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

- name: Remove all rules of the set
  mailops.mailessentials.firewall_ruleset:
    group: Example Monitoring
    id_prefix: Example-Monitoring-
    state: absent
"""

RETURN = r"""
plan:
  description: Changes that are made, or that would be made in check mode.
  returned: when the host could be read
  type: dict
  contains:
    add:
      description: Missing rules, in the shape of O(rules).
      type: list
      elements: dict
    set:
      description: Rules that differ, each with C(id), C(display_name), C(replace) (whether the
        rule is removed and added again) and C(fields) (field to C(before) and C(after)).
      type: list
      elements: dict
    remove:
      description: Rules of the set that are not wanted, each with C(id) and C(display_name).
      type: list
      elements: dict
    unchanged:
      description: Ids of rules that do not differ.
      type: list
      elements: str
differs:
  description: Whether the rules differed from the wanted rules before the task changed anything.
  returned: when the host could be read
  type: bool
remaining:
  description: Differences that remain after writing, in the shape of RV(plan).
  returned: when the host was read after writing and still differs
  type: dict
outcomes:
  description:
    - Result of each operation, in order, with C(operation) (V(add), V(set), V(remove)), C(id),
      C(status) (V(done), V(failed), V(not_done)), C(message), C(error_id) and C(category) of
      Windows if it failed, and C(milliseconds).
    - One call to the host does at most 50 operations.
  returned: when the host could be read
  type: list
  elements: dict
rules:
  description: Rules of the set on the host after the task, in the shape of O(rules).
  returned: when the last reading of the host succeeded
  type: list
  elements: dict
findings:
  description:
    - Reasons why rules have no or only partial effect, or why this is not known. Each has C(kind)
      (C(service), C(blocked), C(partly_blocked), C(local_policy_merge), C(shields_up),
      C(overridden), C(exceptions_off), C(profile_off), C(profile_not_in_use), C(misplaced_policy),
      C(outbound_allowed), C(partly_understood), C(unreadable), C(not_ours) for rules in the group
      that the module does not change), C(severity) (C(error), C(warning), C(info)), C(profile),
      C(rules) (ids) and C(message).
    - C(blocked) is an error. It means that block rules of any store block all traffic of a rule on
      one port, or with one address, in a profile in use. C(partly_blocked) is a warning if block
      rules block a part of this traffic, or if this is not known. It is information if they block
      other programs, services or profiles only, or a part of V(any).
  returned: when the last reading of the host succeeded
  type: list
  elements: dict
exposure:
  description:
    - For each port of an inbound allow rule that is limited to remote addresses, whether other
      addresses can reach the port too. Each entry has C(rule), C(protocol), C(port), C(scoped)
      (true if no further address is known to be allowed), C(wider), C(conditional) and C(omitted).
    - C(wider) lists rules of any store that allow further addresses, and profiles whose firewall is
      off or allows by default, with C(store), C(group), C(id), C(display_name) and
      C(remote_addresses). A profile has no C(id) and no C(group). A long list of addresses is cut
      and ends with the number of addresses.
    - C(conditional) lists ids of rules that allow further addresses only if their program, service
      or other condition matches, and of rules whose text is not fully understood. The rule itself
      is in the list if Windows stores something in it that is not documented; it is then not
      C(scoped).
    - Addresses that a block rule blocks do not count as allowed. Rules that override block rules,
      local rules that a policy does not merge, and rules for another version of Windows are taken
      into account. The other rules of O(rules) do not count.
    - C(omitted) is the number of entries of C(wider) and of C(conditional) that are not listed. At
      most 10 are listed for each port, and 1000 in total.
    - In check mode, rules that the plan removes do not count.
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
  description: Reading of the host after writing, for the option C(reading) of the next module, in
    the shape of what M(mailops.mailessentials.server_info) returns.
  returned: when the host was changed
  type: dict
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
