# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: proxy_info
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: The machine-wide proxy settings of a host, compared with those wanted
description:
  - Reads in one call all places where Windows keeps a proxy for the whole machine - WinHTTP,
    WinINet (where the policy C(ProxySettingsPerUser) makes it machine-wide) and the machine's
    environment variables. Changes nothing.
  - Without O(host), O(pac_url), O(auto_detect) or O(state) the settings are read only. Else each of
    O(stores) is compared, and the options are returned with which a module of C(ansible.windows)
    makes it right.
  - The layouts of the stored values are not documented by Microsoft. A value that is not of a
    layout that was seen is told as V(not_understood).
  - Where MailEssentials keeps its own proxy setting is not documented either. RV(mailessentials)
    holds what is to be entered there by hand.
  - A user name or password in a stored proxy is masked on the host. One in an option is refused.
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
    description: Port of the proxy, a whole number from 1 to 65535.
    type: raw
  https_host:
    description: The proxy for HTTPS, where it is another one than O(host).
    type: str
  https_port:
    description: Port of O(https_host).
    type: raw
  bypass:
    description:
      - What goes direct - host names, V(*.example.com), V(192.0.2.*) or V(<local>) for all names
        without a dot. The order makes no difference.
      - Networks such as V(192.0.2.0/24), ports and IPv6 addresses are refused, as Windows is not
        known to understand them there.
    type: list
    elements: str
    default: []
  pac_url:
    description: Address of a PAC file. Only WinINet knows PAC files.
    type: str
  auto_detect:
    description: Whether the proxy is to be found by itself. Only WinINet knows that.
    type: bool
    default: false
  stores:
    description: The places that are compared.
    type: list
    elements: str
    choices: [winhttp, wininet, environment]
    default: [winhttp]
  state:
    description: V(absent) compares with direct access, V(present) insists on a proxy being given.
    type: str
    choices: [present, absent]
  on_difference:
    description: V(fail) where a store is not as wanted, as after it was set.
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
- name: Look at every proxy of the host
  mailops.mailessentials.proxy_info:
  register: found

- name: Does WinHTTP, which Exchange uses too, have the proxy of the company?
  mailops.mailessentials.proxy_info:
    host: proxy.example.com
    port: 8080
    bypass: ["*.example.com", <local>]
  register: wanted

- name: Say where it has not
  ansible.builtin.debug:
    msg: "{{ wanted.stores | selectattr('store', 'in', wanted.different) | map(attribute='message')
      }}"
"""

RETURN = r"""
stores:
  description: All three places, compared or not.
  returned: always, once the host has answered
  type: list
  elements: dict
  contains:
    store: {description: "V(winhttp), V(wininet) or V(environment).", type: str}
    status: {description: "V(equal), V(different), V(not_understood), or V(not_compared).", type:
      str}
    machine_wide: {description: "Whether it holds for all users; WinINet only with the policy
      C(ProxySettingsPerUser) of 0.", type: bool}
    direct: {description: Whether direct access is set., type: bool}
    proxies: {description: "The proxies by scheme, V(all) where it makes no difference.", type:
      dict}
    bypass: {description: "What goes direct, sorted.", type: list, elements: str}
    pac_url: {description: The address of the PAC file., type: str}
    auto_detect: {description: Whether the proxy is found by itself., type: bool}
    credentials: {description: Whether a user name or password is stored there., type: bool}
    wanted:
      description:
        - Options of M(ansible.windows.win_http_proxy), M(ansible.windows.win_inet_proxy) or
          M(ansible.windows.win_environment) that make it right; empty for direct access. Without
          options, the first two mean direct access but for
          O(ansible.windows.win_inet_proxy#module:auto_detect).
      type: dict
    message: {description: What is set as a sentence., type: str}
different:
  description: The stores that differ.
  returned: always, once the host has answered
  type: list
  elements: str
not_understood:
  description: The stores that hold something unknown.
  returned: always, once the host has answered
  type: list
  elements: str
mailessentials:
  description: What to enter in MailEssentials' own configuration, with C(enabled) (null where
    nothing was wanted), C(server), C(port) and C(message).
  returned: always, once the host has answered
  type: dict
check_mode:
  description: Whether the task ran in check mode, also where a play or a block sets it.
  returned: always, once the host has answered
  type: bool
round_trips:
  description: Number of calls to the host.
  returned: when the names and types of the options are valid
  type: int
  sample: 1
"""
