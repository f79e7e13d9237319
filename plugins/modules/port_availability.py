# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: port_availability
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Whether GFI MailEssentials gets its ports, and who has them
description:
  - Says of every port whether it is free, held by MailEssentials itself, taken by another program,
    or excluded by Windows so that nobody can listen on it, and whether Windows may hand it out to
    any program (the dynamic port range).
  - Reads everything in one call, the installed product too, and changes nothing.
  - Ports 25, 80 and 443 held by IIS or Exchange are as they should be. A port that one document
    names and another or a live installation contradicts (8015, 9090) is a warning only, unless it
    is configured on the host.
extends_documentation_fragment:
  - mailops.mailessentials.host
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
options:
  ports:
    description:
      - Ports by hand. Each is a number, or a dictionary with C(port), C(protocol) (V(tcp), V(udp))
        and C(families) (list of V(ipv4), V(ipv6)).
      - "They are looked at alone, unless O(version) or O(features) is given too. Without O(ports):
        the ports as they are configured on the host where MailEssentials is installed, else those
        of the catalog."
    type: list
    elements: raw
  version:
    description:
      - The version whose ports are wanted, as text, as in the lookup
        P(mailops.mailessentials.catalog#lookup). Default is the installed one, else V(latest).
      - Where it is the installed one, or the catalog does not know that one, the host's own
        configuration says which the remoting ports are.
    type: raw
  features:
    description: Features whose ports are wanted beside those of remoting, such as V(multi_server),
      V(gfi_directory) or V(web_ui).
    type: list
    elements: str
  server_role:
    description: The role of the server in its farm, for the ports of the feature V(multi_server).
    type: str
    choices: [standalone, master, slave]
  remoting_ports:
    description: The remoting ports, where they were moved and the host cannot tell, as before an
      installation.
    type: list
    elements: int
  moved_ports:
    description: Ports of services that were moved. The keys are C(web_ui), C(join) and
      C(gfi_directory), the values lists of ports; an empty list means that it is not looked at.
    type: dict
  extra_owners:
    description:
      - Whose listeners count as MailEssentials' own, beside what is found on the host. Directories
        such as V(D:\\Tools\\GfiDirectory), or short names of services.
    type: list
    elements: str
    default: []
  clock_tolerance:
    description: Seconds by which the clock of the host may differ, as in
      M(mailops.mailessentials.server_info).
    type: int
    default: 300
  on_conflict:
    description: What to do when a port is taken or excluded.
    type: str
    choices: [fail, warn]
    default: fail
attributes:
  check_mode:
    description: Reads and changes nothing, with and without check mode.
    support: full
  diff_mode:
    description: Returns no diff, because it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.port_reservation
  - module: mailops.mailessentials.server_info
"""

EXAMPLES = r"""
- name: Will a master of version 21 get its ports?
  mailops.mailessentials.port_availability:
    version: "21"
    features: [multi_server]
    server_role: master

- name: Is it really MailEssentials that listens?
  mailops.mailessentials.port_availability:
    on_conflict: warn
  register: found

- name: Look at two ports by hand
  mailops.mailessentials.port_availability:
    ports:
      - 61000
      - {port: 53, protocol: udp, families: [ipv4]}
"""

RETURN = r"""
ports:
  description: Every port that was looked at.
  returned: always, once the host has answered
  type: list
  elements: dict
  contains:
    port: {description: The number., type: int}
    protocol: {description: V(tcp) or V(udp)., type: str}
    families: {description: "V(ipv4), V(ipv6) or both.", type: list, elements: str}
    status: {description: "V(free), V(ours), V(taken) or V(excluded).", type: str}
    severity: {description: "V(none), V(warning) or V(conflict).", type: str}
    dynamic_unprotected:
      description: The port lies in the dynamic range and no administered exclusion covers it, so
        that any program may be given it.
      type: bool
    holders:
      description:
        - Who has it, each with C(process_id), C(name), C(path), C(services), C(addresses),
          C(state), C(urls) (of http.sys) and C(kind) (V(ours), V(iis_or_exchange), V(other),
          V(unknown)).
      type: list
      elements: dict
    exclusions:
      description: Exclusions that cover it, each with C(first), C(last), C(administered), C(family)
        and C(store).
      type: list
      elements: dict
    wanted_by:
      description: Which document or setting wants it, each with C(kind), C(title), C(status),
        C(configured), C(sources), C(contradictions) and C(advice).
      type: list
      elements: dict
    message: {description: The status as a sentence., type: str}
    advice: {description: What to do; empty if nothing., type: str}
reservable:
  description: MailEssentials' own ports, each with C(port) and C(protocol), as
    M(mailops.mailessentials.port_reservation) takes them.
  returned: always, once the host has answered
  type: list
  elements: dict
source:
  description: Where the list of ports comes from, V(given), V(configured) (on the host) or
    V(catalog).
  returned: always, once the host has answered
  type: str
reason:
  description: Why it comes from there.
  returned: always, once the host has answered
  type: str
product:
  description: The installed product and the clock of the host, as
    M(mailops.mailessentials.server_info) returns them.
  returned: always, once the host has answered
  type: dict
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
