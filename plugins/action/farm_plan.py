# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.net.resolver import resolve
from ..plugin_utils._engine.plan.farms import plan_servers
from ..plugin_utils._engine.plan.inputs import INPUTS, OF_PLAYBOOKS, PREFIX, RESULTS
from ..plugin_utils._engine.plan.reading import Server
from ..plugin_utils._engine.plan.table import plan_lines

_NAMES = re.compile(rf"\b{PREFIX}\w+")


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False
    ARGUMENTS = {
        "group": {"type": "str", "default": "mailessentials"},
        "show": {"type": "bool", "default": False},
    }

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(argument_spec=self.ARGUMENTS)
        inventory = _Inventory(task_vars or {}, self._templar)
        try:
            inventory.check_play(options["group"])
            plan = plan_servers(list(inventory.servers(options["group"])), resolve)
        except InputError as error:
            return {**result, "changed": False, "failed": True, "msg": str(error)}
        if options["show"]:
            limited = "The plan is for all servers, whatever --limit says."
            for line in [*([limited] if "ansible_limit" in inventory else []), *plan_lines(plan)]:
                Display().display(line)
        return {**result, "changed": False, "_ansible_verbose_override": True, **plan.to_dict()}


class _Inventory:
    """The inventory as a task sees it; the variables of a host are gathered once."""

    def __init__(self, task_vars: Mapping[str, Any], templar: Any) -> None:
        self._task_vars = task_vars
        self._hostvars = task_vars["hostvars"]
        self._groups: Mapping[str, list[str]] = task_vars["groups"]
        self._templar = templar

    def __contains__(self, name: str) -> bool:
        return name in self._task_vars

    def servers(self, group: str) -> Iterator[Server]:
        """The hosts of the group, and those of the groups of masters and slaves."""
        groups_of: dict[str, set[str]] = {}
        for name, hosts in self._groups.items():
            for host in hosts:
                groups_of.setdefault(host, set()).add(name)
        names = dict.fromkeys(self._groups.get(group, ()))
        for role in ("mailessentials_master", "mailessentials_slaves"):
            other = str(self._task_vars.get(f"{role}_group", role))
            names.update(dict.fromkeys(self._groups.get(other, ())))
        if not self._groups.get(group):
            raise InputError(
                "",
                f"The inventory has no host in the group '{group}'; put the servers there, or name "
                "their group with -e mailessentials_group=NAME",
            )
        for host in names:
            yield self._server(str(host), frozenset(groups_of.get(host, ())))

    def check_play(self, group: str) -> None:
        """Inputs that only the play or a role sees would hold for one server, not for its farm."""
        host = self._task_vars["inventory_hostname"]
        own = self._hostvars.raw_get(host)
        known = {*INPUTS, *OF_PLAYBOOKS}
        for name in sorted(known & set(self._task_vars)):
            if name not in own or str(own[name]) != str(self._task_vars[name]):
                raise InputError(
                    name, "is set in the play or a role; put it in the inventory, or use -e"
                )
        if own.get("mailessentials_group", group) != group:
            raise InputError(
                "mailessentials_group",
                "is set in the inventory, where it comes too late: the hosts of a play are chosen "
                "before the variables of hosts are read; use -e mailessentials_group=NAME",
            )

    def _server(self, name: str, groups: frozenset[str]) -> Server:
        raw = {**self._hostvars.raw_get(name), "hostvars": self._hostvars}
        own = [one for one in raw if one.startswith(PREFIX) and one not in RESULTS]
        templar = self._templar.copy_with_new_env(available_variables=raw)
        variables, unfilled = {}, {}
        for one in own:
            try:
                value = _plain(templar.template(raw[one]))
            except AnsibleError:
                value = "{{"
            if "{{" in str(value):  # so ansible-core before 2.19 leaves what is undefined
                unfilled[one] = "could not be filled in; a variable in its template is undefined"
            else:
                variables[one] = value
        referenced = {
            found for one in own for found in _NAMES.findall(_templates(raw[one])) if found != one
        }
        address = raw.get("ansible_host")
        return Server(
            name,
            groups,
            variables,
            unfilled,
            frozenset(referenced),
            None if address is None else str(templar.template(address)),
        )


def _templates(value: Any) -> str:
    text = str(value)
    return text if "{{" in text or "{%" in text else ""


def _plain(value: Any) -> Any:
    """Vaulted text as text; ansible-core before 2.19 hands it over as an object of its own."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return str(value) if getattr(value, "yaml_tag", "") == "!vault" else value
