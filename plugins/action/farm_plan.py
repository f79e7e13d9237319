# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError

from ..plugin_utils._action import FarmAction, plain, show
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.net.resolver import resolve
from ..plugin_utils._engine.plan.farms import PlanError, plan_servers
from ..plugin_utils._engine.plan.inputs import DEFAULT_GROUP, INPUTS, PREFIX
from ..plugin_utils._engine.plan.playbook import check_playbook_inputs
from ..plugin_utils._engine.plan.reading import Server
from ..plugin_utils._engine.plan.table import notice_lines, plan_lines

_NAMES = re.compile(rf"\b{PREFIX}\w+")


class ActionModule(FarmAction):
    ARGUMENTS = {"show": {"type": "bool", "default": False}}

    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        inventory = _Inventory(variables, self._templar)
        group = self.extra(f"{PREFIX}group") or DEFAULT_GROUP
        serial = self.extra(f"{PREFIX}serial")
        check_playbook_inputs(group, serial, variables["groups"], inventory.own)
        inventory.check_play()
        try:
            plan = plan_servers(list(inventory.servers(group)), resolve, group)
        except PlanError as error:
            show(f"  {mistake}" for mistake in error.mistakes)
            return {"failed": True, "msg": str(error), "mistakes": list(error.mistakes)}
        limited = "The plan is for all servers, whatever --limit says."
        show([limited] if options["show"] and "ansible_limit" in variables else [])
        show(plan_lines(plan) if options["show"] else notice_lines(plan))
        return plan.to_dict()


class _Inventory:
    """The inventory as a task sees it; the variables of a host are gathered once."""

    def __init__(self, task_vars: Mapping[str, Any], templar: Any) -> None:
        self._task_vars = task_vars
        self._hostvars = task_vars["hostvars"]
        self._groups: Mapping[str, list[str]] = task_vars["groups"]
        self._templar = templar
        self.own: Mapping[str, Any] = self._hostvars.raw_get(task_vars["inventory_hostname"])

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
        for host in names:
            yield self._server(str(host), frozenset(groups_of.get(host, ())))

    def check_play(self) -> None:
        """Inputs that only the play or a role sees would hold for one server, not for its farm."""
        wrong = [
            name
            for name in sorted(set(INPUTS) & set(self._task_vars))
            if name not in self.own or str(self.own[name]) != str(self._task_vars[name])
        ]
        if wrong:
            raise InputError(
                ", ".join(wrong), "is set in the play or a role; put it in the inventory, or use -e"
            )

    def _server(self, name: str, groups: frozenset[str]) -> Server:
        raw = {**self._hostvars.raw_get(name), "hostvars": self._hostvars}
        own = [one for one in raw if one.startswith(PREFIX)]
        templar = self._templar.copy_with_new_env(available_variables=raw)
        variables, unfilled = {}, {}
        for one in own:
            try:
                value = plain(templar.template(raw[one]))
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
