# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: port_availability
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Check whether the ports of GFI MailEssentials are free, and what uses them
description:
  - For each port, returns whether it is free, used by MailEssentials, used by another program, or
    excluded by Windows so that no program can listen on it. Also returns whether Windows may assign
    it to any program (dynamic port range).
  - Reads the ports and the installed product in one call. Changes nothing.
  - IIS or Exchange on ports 25, 80 and 443 is expected. A port on which documents contradict each
    other or a live installation (8015, 9090) only causes a warning, unless it is configured on the
    host.
extends_documentation_fragment:
  - mailops.mailessentials.host
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
options:
  ports:
    description:
      - Ports to check. Each is a number (TCP), or a dictionary with C(port), C(protocol) (V(tcp),
        V(udp)) and C(families) (list of V(ipv4), V(ipv6)).
      - If O(version) or O(features) is also set, the ports of MailEssentials are checked as well.
        If O(ports) is not set, only those are checked - as configured on the host if MailEssentials
        is installed, or else as in the catalog.
    type: list
    elements: raw
  version:
    description:
      - The version of MailEssentials whose ports are checked, as a string, as in the lookup
        P(mailops.mailessentials.catalog#lookup). The default is the installed version, or else
        V(latest).
      - The remoting ports are read from the configuration on the host if this is the installed
        version, or if the catalog does not contain the installed version.
    type: raw
  features:
    description: Features whose ports are checked in addition to the remoting ports, such as
      V(multi_server), V(gfi_directory) or V(web_ui).
    type: list
    elements: str
  server_role:
    description: Role of the server in its farm, for the ports of the feature V(multi_server).
    type: str
    choices: [standalone, master, slave]
  remoting_ports:
    description: Remoting ports, if they differ from the defaults and cannot be read from the host,
      for example before the installation.
    type: list
    elements: int
  moved_ports:
    description: Ports of services that do not use their default ports. A dictionary with the keys
      C(web_ui), C(join) and C(gfi_directory) and lists of ports as values. With an empty list, the
      ports of the service are not checked.
    type: dict
  extra_owners:
    description:
      - Further programs whose use of a port counts as use by MailEssentials. Directories such as
        V(D:\\Tools\\GfiDirectory), or short names of services.
    type: list
    elements: str
    default: []
  clock_tolerance:
    description: Largest allowed difference between the clocks of host and controller in seconds, as
      in M(mailops.mailessentials.server_info).
    type: int
    default: 300
  on_conflict:
    description: What to do if a port is taken or excluded.
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
- name: Check the ports of a master of version 21
  mailops.mailessentials.port_availability:
    version: "21"
    features: [multi_server]
    server_role: master

- name: Check what uses the ports of the installed version
  mailops.mailessentials.port_availability:
    on_conflict: warn
  register: found

- name: Check two other ports
  mailops.mailessentials.port_availability:
    ports:
      - 61000
      - {port: 53, protocol: udp, families: [ipv4]}
"""

RETURN = r"""
ports:
  description: All ports that were checked.
  returned: always, once the host has answered
  type: list
  elements: dict
  contains:
    port: {description: Port number., type: int}
    protocol: {description: V(tcp) or V(udp)., type: str}
    families: {description: "V(ipv4), V(ipv6) or both.", type: list, elements: str}
    status: {description: "V(free), V(ours) (used by MailEssentials), V(taken) or V(excluded).",
      type: str}
    severity: {description: "V(none), V(warning) or V(conflict).", type: str}
    dynamic_unprotected:
      description: Whether Windows may assign the port to any program, because it is in the dynamic
        range and not reserved.
      type: bool
    holders:
      description:
        - Processes that use the port, each with C(process_id), C(name), C(path), C(services),
          C(addresses), C(state), C(urls) (of http.sys) and C(kind) (V(ours), V(iis_or_exchange),
          V(other), V(unknown)).
      type: list
      elements: dict
    exclusions:
      description: Port exclusions that contain the port, each with C(first), C(last),
        C(administered), C(family) and C(store).
      type: list
      elements: dict
    wanted_by:
      description: Documents or settings that require the port, each with C(kind), C(title),
        C(status), C(configured), C(sources), C(contradictions) and C(advice).
      type: list
      elements: dict
    message: {description: Status as a sentence., type: str}
    advice: {description: What to do; empty if nothing is to be done., type: str}
reservable:
  description: Ports of MailEssentials that can be reserved, each with C(port) and C(protocol). Pass
    the list to M(mailops.mailessentials.port_reservation).
  returned: always, once the host has answered
  type: list
  elements: dict
source:
  description: Source of the list of ports, V(given), V(configured) (on the host) or V(catalog).
  returned: always, once the host has answered
  type: str
reason:
  description: Reason for RV(source).
  returned: always, once the host has answered
  type: str
product:
  description: Installed product and clock of the host, as M(mailops.mailessentials.server_info)
    returns them.
  returned: always, once the host has answered
  type: dict
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
