# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: server_info
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Read all of a server in one call
description:
  - Reads the installed MailEssentials, ports, Windows Firewall and proxy of a host in one call, and
    changes nothing there. Other modules take the reading in place of a call of their own.
  - Returns which version is installed and how it runs, the remoting ports that are really
    configured, the security advisories that apply, and how far the clock of the host is from that
    of the controller. That MailEssentials is not installed is a result, not an error.
  - A reading leaves the host by a list of fields. Credentials in proxy settings are masked there,
    command lines are cut behind the program, and of C(web.config) only the remoting section is
    read.
extends_documentation_fragment:
  - mailops.mailessentials.host
  - mailops.mailessentials.attributes
options:
  subjects:
    description: What is read. V(ports) implies V(product).
    type: list
    elements: str
    choices: [product, ports, firewall, proxy]
    default: [product, ports, firewall, proxy]
  clock_tolerance:
    description:
      - Seconds by which the clock of the host may differ. It is judged beyond the uncertainty of
        the measurement only, which is half of the time that the call took.
      - Joining a farm minds clocks. By how much is not documented; five minutes is what Kerberos
        and Windows Communication Foundation tolerate by default.
    type: int
    default: 300
  save_to:
    description:
      - A folder on the controller, in which the reading is saved as one file of the host. It is
        made where it is missing, for its owner alone. Not in check mode.
      - A folder inside a git work tree is refused, unless O(in_git=true), as a reading tells much
        of a server.
    type: path
  in_git:
    description: Whether O(save_to) may be inside a git work tree.
    type: bool
    default: false
  read_from:
    description:
      - A folder into which O(save_to) saved. The reading is taken from there, and the host is not
        called.
      - The file of another host, one that was changed, and one of a newer version of the collection
        are refused.
    type: path
  on_failure:
    description: V(fail) where nothing can be read. V(warn) returns why in RV(not_read), also where
      the host cannot be reached.
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

- name: Look at the ports, without a second call
  mailops.mailessentials.port_availability:
    features: [multi_server]
    on_conflict: warn
    reading: "{{ found.reading }}"
"""

RETURN = r"""
reading:
  description: The reading, for the option C(reading) of other modules. Its shape may change.
  returned: success
  type: dict
  contains:
    schema: {description: Version of the shape., type: int}
    server: {description: "The host, as the inventory calls it.", type: str}
    parts: {description: "The parts that were read, each packed, with the time of the call (C(data),
      C(sent), C(received)), by name: C(host), C(firewall), C(proxy).", type: dict}
    errors: {description: "Field to reason: the parts that were not read.", type: dict}
    as_of: {description: The same as RV(as_of)., type: str}
read:
  description: The parts that were read, of V(host), V(firewall) and V(proxy).
  returned: success
  type: list
  elements: str
not_read:
  description: "Field to reason: parts that could not be read."
  returned: success
  type: dict
as_of:
  description: When a reading from a file was made. Empty for one of this run.
  returned: success
  type: str
file:
  description: Where the reading was saved.
  returned: with O(save_to)
  type: str
product:
  description: The installed product. Null where it was not read.
  returned: success
  type: dict
  contains:
    installed:
      description: Whether MailEssentials is installed as a whole.
      type: bool
    state:
      description: V(installed), V(not_installed), or V(partial) for what an interrupted
        installation or removal left; C(findings) say what is there.
      type: str
    version:
      description: The product version of the registry. Empty where it is unknown, like all texts
        here.
      type: str
      sample: "21.8"
    build:
      description: The build, the date in BuildLab.
      type: str
      sample: "20250415"
    build_lab:
      description: The value BuildLab of the registry.
      type: str
    catalog_version:
      description: The version of the catalog whose facts apply.
      type: str
      sample: "21"
    registry_view:
      description: The view of the registry in which the product was found, V(32) or V(64).
      type: str
    install_directory:
      description: Where MailEssentials is installed.
      type: str
    services:
      description:
        - The nine services of MailEssentials, each with C(display_name), C(name), C(state)
          (V(missing) where it does not exist), C(start_mode), C(process_id) and C(path).
      type: list
      elements: dict
    remoting:
      description: The remoting ports, and where that is known from.
      type: dict
      contains:
        source: {description: "V(web_config), V(catalog) where the file is of no use, or V(none).",
          type: str}
        state: {description: "V(ok), V(missing), V(too_large), V(not_xml), V(unreadable) or
          V(no_section).", type: str}
        file: {description: The file that was read., type: str}
        reason: {description: Why the ports come from the catalog., type: str}
        ports: {description: "Each with C(port), C(endpoints) and C(types).", type: list, elements:
          dict}
    advisories:
      description:
        - Advisories of the installed version, each with C(id), C(title), C(applies) (V(yes), or
          V(possible) where the version is not known in full), C(fixed_in), C(what_to_do) and
          C(sources).
      type: list
      elements: dict
    clock:
      description: The clock of the host against the controller's, in seconds. Positive means that
        the host is ahead.
      type: dict
      contains:
        utc: {description: The time on the host., type: str}
        offset_seconds: {description: The difference., type: float}
        uncertainty_seconds: {description: Half of the time that the call took., type: float}
        tolerance_seconds: {description: The option O(clock_tolerance)., type: int}
        beyond: {description: Whether it is beyond the tolerance for certain., type: bool}
    findings:
      description: What is odd, each with C(kind), C(severity) (V(error), V(warning), V(info)) and
        C(message).
      type: list
      elements: dict
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
