# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: proxy_info
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Read the machine-wide proxy settings of a host and compare them
description:
  - Reads in one call all stores in which Windows keeps a proxy for the whole machine - WinHTTP,
    WinINet (machine-wide if the policy C(ProxySettingsPerUser) is 0) and the environment
    variables of the machine. Changes nothing.
  - If O(host), O(pac_url), O(auto_detect) or O(state) is set, each store in O(stores) is compared
    with these options, and RV(stores[].wanted) has the options for the module of C(ansible.windows)
    that sets the store. Otherwise the settings are only read.
  - Microsoft does not document the format of the stored values. A value in an unknown format is
    reported as V(not_understood).
  - It is not documented where MailEssentials stores its own proxy settings. RV(mailessentials) has
    the values to enter there manually.
  - User names and passwords in stored settings are masked on the host. The options do not accept
    them.
extends_documentation_fragment:
  - mailops.mailessentials.reading
  - mailops.mailessentials.attributes
requirements:
  - Windows Server 2016 or later, or Windows 10 or later, with Windows PowerShell 5.1 or PowerShell
    7
options:
  host:
    description: Name or IP address of the proxy, without scheme and port.
    type: str
  port:
    description: TCP port of the proxy, a whole number from 1 to 65535.
    type: raw
  https_host:
    description: Proxy for HTTPS, if it differs from O(host).
    type: str
  https_port:
    description: TCP port of O(https_host).
    type: raw
  bypass:
    description:
      - Hosts to reach without the proxy - host names, V(*.example.com), V(192.0.2.*), or V(<local>)
        for all names without a dot. The order does not matter.
      - Networks such as V(192.0.2.0/24), ports and IPv6 addresses are rejected, because it is not
        known whether Windows accepts them here.
    type: list
    elements: str
    default: []
  pac_url:
    description: URL of a configuration script (PAC file). For the store V(wininet) only.
    type: str
  auto_detect:
    description: Whether Windows finds the proxy automatically (WPAD). For the store V(wininet)
      only.
    type: bool
    default: false
  stores:
    description: Stores to compare.
    type: list
    elements: str
    choices: [winhttp, wininet, environment]
    default: [winhttp]
  state:
    description: V(absent) compares the stores with direct access. V(present) requires that a proxy
      is set in the options.
    type: str
    choices: [present, absent]
  on_difference:
    description: What to do if a store differs from the options. V(fail) fails; use it after the
      proxy was set.
    type: str
    choices: [fail, ignore]
    default: ignore
attributes:
  check_mode:
    description: Reads and changes nothing, with and without check mode.
    support: full
  diff_mode:
    description: Returns no diff, because it changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Read the proxy settings of the host
  mailops.mailessentials.proxy_info:
  register: found

- name: Compare the proxy of WinHTTP
  mailops.mailessentials.proxy_info:
    host: proxy.example.com
    port: 8080
    bypass: ["*.example.com", <local>]
  register: wanted

- name: Show the stores that differ
  ansible.builtin.debug:
    msg: "{{ wanted.stores | selectattr('store', 'in', wanted.different) | map(attribute='message')
      }}"
"""

RETURN = r"""
stores:
  description: All three stores, also those that were not compared.
  returned: always, once the host has answered
  type: list
  elements: dict
  contains:
    store: {description: "V(winhttp), V(wininet) or V(environment).", type: str}
    status: {description: "V(equal), V(different), V(not_understood), or V(not_compared).", type:
      str}
    machine_wide: {description: "Whether the setting applies to all users; for WinINet only if the
      policy C(ProxySettingsPerUser) is 0.", type: bool}
    direct: {description: Whether direct access is set., type: bool}
    proxies: {description: "Proxies by scheme; V(all) if the proxy is for all schemes.", type: dict}
    bypass: {description: "Hosts that are reached without the proxy, sorted.", type: list, elements:
      str}
    pac_url: {description: URL of the PAC file., type: str}
    auto_detect: {description: Whether Windows finds the proxy automatically., type: bool}
    credentials: {description: Whether a user name or password is stored., type: bool}
    wanted:
      description:
        - Options for M(ansible.windows.win_http_proxy), M(ansible.windows.win_inet_proxy) or
          M(ansible.windows.win_environment) that set the store as wanted. Options of the first two
          are empty for direct access, except for
          O(ansible.windows.win_inet_proxy#module:auto_detect).
      type: dict
    message: {description: Setting of the store as a sentence., type: str}
different:
  description: Stores that differ from the options.
  returned: always, once the host has answered
  type: list
  elements: str
not_understood:
  description: Stores whose value has an unknown format.
  returned: always, once the host has answered
  type: list
  elements: str
mailessentials:
  description: Values to enter in the proxy settings of MailEssentials, with C(enabled) (null if no
    option was set), C(server), C(port) and C(message).
  returned: always, once the host has answered
  type: dict
check_mode:
  description: Whether the task ran in check mode, also if a play or a block sets it.
  returned: always, once the host has answered
  type: bool
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
