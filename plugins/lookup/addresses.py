# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: addresses
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: Resolve host names to addresses for firewall rules
description:
  - Rules of Windows Firewall cannot contain host names. This lookup resolves host names to IPv4 and
    IPv6 addresses on the controller and prints the result. It returns addresses, ranges and
    networks unchanged.
  - A name that cannot be resolved, or that resolves to a loopback address, is an error.
options:
  _terms:
    description: Addresses (C(192.0.2.10)), ranges (C(192.0.2.10-192.0.2.20)), networks
      (C(192.0.2.0/24)) or host names, or lists of them.
    type: list
    elements: str
    required: true
  name:
    description: Name of the addresses in messages.
    type: str
    default: addresses
"""

EXAMPLES = r"""
- name: Show the addresses of the proxy
  ansible.builtin.debug:
    msg: "{{ query('mailops.mailessentials.addresses', '192.0.2.80', '2001:db8::80') }}"
"""

RETURN = r"""
_raw:
  description: Addresses, ranges and networks without duplicates, in the order of the terms.
  type: list
  elements: str
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.net.resolver import resolve
from ..plugin_utils._engine.plan.topology import remote_addresses

display = Display()


class LookupModule(LookupBase):
    def run(
        self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any
    ) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        found: list[str] = []
        try:
            for index, term in enumerate(self._flatten(terms)):
                found += _addresses(term, f"{self.get_option('name')}[{index}]")
        except InputError as error:
            raise AnsibleLookupError(str(error)) from None
        return list(dict.fromkeys(found))


def _addresses(term: Any, path: str) -> list[str]:
    addresses, sentence = remote_addresses(term, path, resolve)
    if sentence:
        display.display(sentence)
    return addresses
