# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: product_info
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Which GFI MailEssentials is installed, and how it runs
description:
  - Reads in one call version, build, install directory, services, the remoting ports that are
    really configured, the security advisories that apply, and how far the clock of the host is from
    that of the controller. Changes nothing.
  - That MailEssentials is not installed is a result, not an error. One that is half there is told
    as such.
extends_documentation_fragment:
  - mailops.mailessentials.host
  - mailops.mailessentials.attributes
options:
  clock_tolerance:
    description:
      - Seconds by which the clock of the host may differ. It is judged beyond the uncertainty of
        the measurement only, which is half of the time that the call took.
      - Joining a farm minds clocks. By how much is not documented; five minutes is what Kerberos
        and Windows Communication Foundation tolerate by default.
    type: int
    default: 300
attributes:
  check_mode:
    description: Reads, and changes nothing, in every mode.
    support: full
  diff_mode:
    description: Has no diff, as it changes nothing.
    support: none
seealso:
  - module: mailops.mailessentials.port_availability
"""

EXAMPLES = r"""
- name: Look at the installed product
  mailops.mailessentials.product_info:
  register: found

- name: Show what has to be done about known vulnerabilities
  ansible.builtin.debug:
    msg: "{{ found.advisories | map(attribute='what_to_do') }}"
"""

RETURN = r"""
installed:
  description: Whether MailEssentials is installed as a whole.
  returned: success
  type: bool
state:
  description: V(installed), V(not_installed), or V(partial) for what an interrupted installation or
    removal left; C(findings) say what is there.
  returned: success
  type: str
version:
  description: The product version of the registry. Empty where it is unknown, like all texts here.
  returned: success
  type: str
  sample: "21.8"
build:
  description: The build, the date in BuildLab.
  returned: success
  type: str
  sample: "20250415"
build_lab:
  description: The value BuildLab of the registry.
  returned: success
  type: str
catalog_version:
  description: The version of the catalog whose facts apply.
  returned: success
  type: str
  sample: "21"
registry_view:
  description: The view of the registry in which the product was found, V(32) or V(64).
  returned: success
  type: str
install_directory:
  description: Where MailEssentials is installed.
  returned: success
  type: str
services:
  description:
    - The nine services of MailEssentials, each with C(display_name), C(name), C(state) (V(missing)
      where it does not exist), C(start_mode), C(process_id) and C(path).
  returned: success
  type: list
  elements: dict
remoting:
  description: The remoting ports, and where that is known from.
  returned: success
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
  returned: success
  type: list
  elements: dict
clock:
  description: The clock of the host against the controller's, in seconds. Positive means that the
    host is ahead.
  returned: success
  type: dict
  contains:
    utc: {description: The time on the host., type: str}
    offset_seconds: {description: The difference., type: float}
    uncertainty_seconds: {description: Half of the time that the call took., type: float}
    tolerance_seconds: {description: The option O(clock_tolerance)., type: int}
    beyond: {description: Whether the difference is beyond the tolerance for certain., type: bool}
findings:
  description: What is odd, each with C(kind), C(severity) (V(error), V(warning), V(info)) and
    C(message).
  returned: success
  type: list
  elements: dict
round_trips:
  description: How often the worker was called on the host.
  returned: when the names and types of the options are right
  type: int
  sample: 1
"""
