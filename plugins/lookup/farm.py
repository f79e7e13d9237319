# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: farm
author: mailops contributors (@mailops)
version_added: 0.1.0
short_description: A server's place in its GFI MailEssentials farm
description:
  - Says from the inventory which role a server has, who the master and the slaves of its farm are,
    and at which addresses.
  - A farm is one master and its slaves. It is refused with a sentence when it does not fit
    together, for example with two masters, a slave without master, a server in both groups, or a
    version that has no Multi-Server.
  - All hosts of the inventory count, whatever C(--limit) or C(serial) say.
  - Addresses are taken from the host variable C(mailessentials_address), else from C(ansible_host),
    else from the name of the host. A name is resolved on the controller, and RV(_raw[].notices)
    says so. Nothing is asked of the servers.
  - A variable that is null, or whose template names something undefined, is an error, and not the
    same as no variable.
options:
  _terms:
    description: Names of inventory hosts.
    type: list
    elements: str
    required: true
  server_role:
    description: The role of the host, if it is given by hand rather than by its groups or
      C(mailessentials_server_role).
    type: str
    choices: [master, slave, standalone]
  version:
    description: The version of the host. Members without C(mailessentials_version) are taken to
      have it too.
    type: str
    default: latest
  master_group:
    description: The inventory group of masters.
    type: str
    default: mailessentials_master
  slaves_group:
    description: The inventory group of slaves.
    type: str
    default: mailessentials_slaves
  group:
    description: The inventory group in which hosts with C(mailessentials_server_role) are looked
      for.
    type: str
    default: mailessentials
notes:
  - The host variable C(mailessentials_farm) tells farms apart where one inventory has several.
seealso:
  - plugin: mailops.mailessentials.catalog
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show who talks to this server
  ansible.builtin.debug:
    msg: "{{ lookup('mailops.mailessentials.farm', inventory_hostname, version='2015').peers }}"
"""

RETURN = r"""
_raw:
  description: A place for each host asked for.
  type: list
  elements: dict
  contains:
    server_role:
      description: C(master), C(slave) or C(standalone).
      type: str
    farm:
      description: The name of the farm, empty where the inventory has one.
      type: str
    master:
      description: The master with its C(name), C(server_role) and C(addresses), null for a
        standalone server.
      type: dict
    slaves:
      description: The slaves, sorted by name, each like the master.
      type: list
      elements: dict
    peers:
      description: The servers that this one talks to, which are the slaves for the master and the
        master for a slave.
      type: list
      elements: dict
    notices:
      description: A sentence for each name that was resolved on the controller.
      type: list
      elements: str
"""

from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..plugin_utils._engine.catalog.query import resolve_version
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.net.resolver import resolve
from ..plugin_utils._engine.plan.topology import Host, Place, find_place


class LookupModule(LookupBase):
    def run(
        self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any
    ) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        inventory = variables or {}
        try:
            if isinstance(
                kwargs.get("version"), float
            ):  # as an option it would be text already, 20.10 as '20.1'
                resolve_version(kwargs["version"])
            variables_of = _Variables(inventory["hostvars"], self._templar)
            return [
                self._place(str(name), variables_of, inventory["groups"]).to_dict()
                for name in terms
            ]
        except InputError as error:
            raise AnsibleLookupError(str(error)) from None

    def _place(self, name: str, hostvars: _Variables, groups: dict[str, list[str]]) -> Place:
        if name not in hostvars:
            raise InputError("", f"'{name}' is not a host of the inventory")
        members = {
            role: set(groups.get(self.get_option(f"{group}_group"), ()))
            for role, group in (("master", "master"), ("slave", "slaves"))
        }
        names = dict.fromkeys(
            (*groups.get(self.get_option("group"), ()), *members["master"], *members["slave"], name)
        )
        hosts = {
            host: _host(
                host, hostvars, frozenset(role for role in members if host in members[role])
            )
            for host in names
        }
        role = self.get_option("server_role")
        if role:
            hosts[name] = hosts[name].with_role(role)
        place = find_place(name, hosts, resolve)
        self._check_versions(place, hostvars)
        return place

    def _check_versions(self, place: Place, hostvars: _Variables) -> None:
        """Multi-Server came with 2015 (S1); a member of an older version cannot take part."""
        for member in place.members:
            path = f"mailessentials_version of host '{member.name}'"
            given = hostvars.get("mailessentials_version", member.name)
            try:
                version = resolve_version(self.get_option("version") if given is None else given)
            except InputError as error:
                raise InputError(path, error.sentence) from None
            if not version.multi_server:
                sentence = (
                    f"MailEssentials {version.name} has no Multi-Server, "
                    "it came with 2015; upgrade the server or call it standalone"
                )
                raise InputError(path, sentence)


class _Variables:
    """Variables of hosts. Those of a host are gathered once: asking hostvars for each of them
    gathers all of them anew.

    Templates are filled in with hostvars at hand, which ansible-core does not do for a value that
    comes out of hostvars.
    """

    def __init__(self, hostvars: Any, templar: Any) -> None:
        self._hostvars = hostvars
        self._templar = templar
        self._raw: dict[str, Any] = {}

    def __contains__(self, host: str) -> bool:
        return host in self._hostvars

    def get(self, name: str, host: str) -> Any:
        """A variable of a host; None only where it is not set, since null and a template that could
        not be filled in are mistakes.
        """
        if host not in self._raw:
            raw = (
                self._hostvars.raw_get(host)
                if hasattr(self._hostvars, "raw_get")
                else self._hostvars[host]
            )
            self._raw[host] = {**raw, "hostvars": self._hostvars}
        variables = self._raw[host]
        if name not in variables:
            return None
        path = f"{name} of host '{host}'"
        value = _plain(self._filled_in(variables[name], variables, path))
        if value is None:
            raise InputError(path, "is null; give a value or leave the variable out")
        if "{{" in str(
            value
        ):  # ansible-core before 2.19 leaves it so, later ones fail by themselves
            raise InputError(
                path, f"{value!r} could not be filled in; a variable in it is undefined"
            )
        return value

    def _filled_in(self, value: Any, variables: dict[str, Any], path: str) -> Any:
        if self._templar is None:
            return value
        try:
            return self._templar.copy_with_new_env(available_variables=variables).template(value)
        except AnsibleError:
            raise InputError(
                path, "could not be filled in; a variable in it is undefined"
            ) from None


def _host(name: str, hostvars: _Variables, groups: frozenset[str]) -> Host:
    return Host(
        name=name,
        groups=groups,
        server_role=hostvars.get("mailessentials_server_role", name),
        farm=_farm(name, hostvars),
        addresses=hostvars.get("mailessentials_address", name),
        ansible_host=hostvars.get("ansible_host", name),
    )


def _farm(host: str, hostvars: _Variables) -> str:
    """The name of the host's farm. Numbers are names too; 0 and false are not the same as
    no name.
    """
    farm = hostvars.get("mailessentials_farm", host)
    if farm is not None and (isinstance(farm, bool) or not isinstance(farm, (str, int))):
        raise InputError(
            f"mailessentials_farm of host '{host}'", f"{farm!r} is not a name; write it in quotes"
        )
    return "" if farm is None else str(farm)


def _plain(value: Any) -> Any:
    """Vaulted text as text; ansible-core before 2.19 hands it over as an object of its own."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return str(value) if getattr(value, "yaml_tag", "") == "!vault" else value
