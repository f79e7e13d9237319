# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: server_info
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Read product, ports, firewall and proxy of a server in one call
description:
  - Reads the installed MailEssentials, the ports, Windows Firewall and the proxy of a host in one
    call. Changes nothing on the host. Other modules can use the reading and then do not connect to
    the host.
  - Returns the installed version and its services, the configured remoting ports, the security
    advisories that apply, and the difference between the clocks of host and controller. If
    MailEssentials is not installed, this is a result and not an error.
  - Only a fixed list of fields leaves the host. Credentials in proxy settings are masked on the
    host, arguments of command lines are removed, and only the remoting section of C(web.config) is
    read.
extends_documentation_fragment:
  - mailops.mailessentials.host
  - mailops.mailessentials.attributes
options:
  subjects:
    description: What to read. V(ports) includes V(product).
    type: list
    elements: str
    choices: [product, ports, firewall, proxy]
    default: [product, ports, firewall, proxy]
  clock_tolerance:
    description:
      - Largest allowed difference between the clocks of host and controller in seconds. The
        uncertainty of the measurement, half of the duration of the call, is subtracted first.
      - Joining a farm requires similar clocks. The limit is not documented. The default, five
        minutes, is the default of Kerberos and Windows Communication Foundation.
    type: int
    default: 300
  save_to:
    description:
      - Folder on the controller in which the reading is saved, as one file for the host. If it does
        not exist, it is created with access for its owner only. Nothing is saved in check mode.
      - A folder inside a git work tree is rejected, unless O(in_git=true), because a reading
        contains many details of a server.
    type: path
  in_git:
    description: Whether O(save_to) may be inside a git work tree.
    type: bool
    default: false
  read_from:
    description:
      - Folder on the controller with a reading that O(save_to) saved. The reading is loaded from
        there, and the module does not connect to the host.
      - A file of another host, a modified file and a file from a newer version of the collection
        are rejected.
    type: path
  on_failure:
    description: What to do if nothing can be read. V(warn) does not fail, even if the host cannot
      be reached, and returns the reason in RV(not_read).
    type: str
    choices: [fail, warn]
    default: fail
attributes:
  check_mode:
    description: Reads and changes nothing on the host, with and without check mode.
    support: full
  diff_mode:
    description: Returns no diff, because it changes nothing on the host.
    support: none
seealso:
  - module: mailops.mailessentials.port_availability
  - module: mailops.mailessentials.firewall_ruleset
"""

EXAMPLES = r"""
- name: Read the server
  mailops.mailessentials.server_info:
  register: found

- name: Show which version is installed
  ansible.builtin.debug:
    msg: "{{ found.product.version }}"

- name: Check the ports without a second call
  mailops.mailessentials.port_availability:
    features: [multi_server]
    on_conflict: warn
    reading: "{{ found.reading }}"
"""

RETURN = r"""
reading:
  description: Reading for the option C(reading) of other modules. Its format may change.
  returned: success
  type: dict
  contains:
    schema: {description: Version of the format., type: int}
    server: {description: Name of the host in the inventory., type: str}
    parts: {description: "Parts that were read, C(host), C(firewall) and C(proxy), each compressed
      and with the times of the call (C(data), C(sent), C(received)).", type: dict}
    errors: {description: "Parts that were not read, as a dictionary of field to reason.", type:
      dict}
    as_of: {description: The same as RV(as_of)., type: str}
read:
  description: Parts that were read, of V(host), V(firewall) and V(proxy).
  returned: success
  type: list
  elements: str
not_read:
  description: Parts that could not be read, as a dictionary of field to reason.
  returned: success
  type: dict
as_of:
  description: Time at which a reading from a file was taken. Empty for a reading of this run.
  returned: success
  type: str
file:
  description: Path of the file in which the reading was saved.
  returned: with O(save_to)
  type: str
product:
  description: Installed product. Null if it was not read.
  returned: success
  type: dict
  contains:
    installed:
      description: Whether MailEssentials is completely installed.
      type: bool
    state:
      description: V(installed), V(not_installed), or V(partial) for the rest of an interrupted
        installation or removal; C(findings) describe what exists.
      type: str
    version:
      description: Product version from the registry. Empty if unknown, like all strings here.
      type: str
      sample: "21.8"
    build:
      description: Build, which is the date in C(BuildLab).
      type: str
      sample: "20250415"
    build_lab:
      description: Value C(BuildLab) of the registry.
      type: str
    catalog_version:
      description: Version in the catalog whose facts apply.
      type: str
      sample: "21"
    registry_view:
      description: Registry view in which the product was found, V(32) or V(64).
      type: str
    install_directory:
      description: Installation directory of MailEssentials.
      type: str
    services:
      description:
        - The nine services of MailEssentials, each with C(display_name), C(name), C(state)
          (V(missing) if it does not exist), C(start_mode), C(process_id) and C(path).
      type: list
      elements: dict
    remoting:
      description: Remoting ports and their source.
      type: dict
      contains:
        source: {description: "V(web_config), V(catalog) if the file cannot be used, or V(none).",
          type: str}
        state: {description: "State of the file, V(ok), V(missing), V(too_large), V(not_xml),
          V(unreadable) or V(no_section).", type: str}
        file: {description: Path of the file that was read., type: str}
        reason: {description: Reason why the ports are taken from the catalog., type: str}
        ports: {description: "Ports, each with C(port), C(endpoints) and C(types).", type: list,
          elements: dict}
    advisories:
      description:
        - Security advisories for the installed version, each with C(id), C(title), C(applies)
          (V(yes), or V(possible) if the exact version is not known), C(fixed_in), C(what_to_do) and
          C(sources).
      type: list
      elements: dict
    clock:
      description: Clock of the host compared with the clock of the controller. A positive offset
        means that the clock of the host is ahead.
      type: dict
      contains:
        utc: {description: Time on the host in UTC., type: str}
        offset_seconds: {description: Difference in seconds., type: float}
        uncertainty_seconds: {description: Half of the duration of the call in seconds., type:
          float}
        tolerance_seconds: {description: Value of O(clock_tolerance)., type: int}
        beyond: {description: Whether the difference minus the uncertainty exceeds the tolerance.,
          type: bool}
    findings:
      description: Findings about the product, each with C(kind), C(severity) (V(error), V(warning),
        V(info)) and C(message).
      type: list
      elements: dict
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
