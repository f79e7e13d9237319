# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..plugin_utils._action import UNFILLED, FarmAction, plain, show
from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.net.resolver import resolve
from ..plugin_utils._engine.plan.farms import plan_servers
from ..plugin_utils._engine.plan.inputs import DEFAULT_GROUP, INPUTS, PREFIX
from ..plugin_utils._engine.plan.mistakes import PlanError
from ..plugin_utils._engine.plan.playbook import OF_PLAYBOOKS, check_playbook_inputs
from ..plugin_utils._engine.plan.reading import Server
from ..plugin_utils._engine.plan.table import notice_lines, plan_lines

_MOST_NOTICES = 10
_KNOWN = {**INPUTS, **OF_PLAYBOOKS}
_EXPRESSION = re.compile(r"\s*\{\{-?((?:(?!\}\}).)+?)-?\}\}\s*", re.DOTALL)
_NAMES = re.compile(rf"\b{PREFIX}\w+")


class ActionModule(FarmAction):
    ARGUMENTS = {"show": {"type": "bool", "default": False}}

    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        inventory = _Inventory(variables, self._templar)
        group = self.extra(f"{PREFIX}group", DEFAULT_GROUP)
        serial = self.extra(f"{PREFIX}serial")
        check_playbook_inputs(group, serial, variables["groups"], inventory.own)
        inventory.check_play()
        try:
            plan = plan_servers(list(inventory.servers(group)), resolve, group)
        except PlanError as error:
            show(f"  {mistake}" for mistake in error.mistakes)
            return {"failed": True, "msg": error.headline, "mistakes": list(error.mistakes)}
        limited = "The plan is for all servers, whatever --limit says."
        show([limited] if options["show"] and "ansible_limit" in variables else [])
        show(plan_lines(plan) if options["show"] else notice_lines(plan, _MOST_NOTICES))
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
            try:
                other = str(self._templar.template(self._task_vars.get(f"{role}_group", role)))
            except Exception:  # named with the other inputs
                other = role
            names.update(dict.fromkeys(self._groups.get(other, ())))
        for host in names:
            yield self._server(str(host), frozenset(groups_of.get(host, ())))

    def check_play(self) -> None:
        """Inputs that only the play or a role sees would hold for one server, not for its farm."""
        wrong = [
            name
            for name in sorted(set(INPUTS) & set(self._task_vars))
            if name not in self.own or not _same(self.own[name], self._task_vars[name])
        ]
        if wrong:
            raise InputError(
                ", ".join(wrong), "is set in the play or a role; put it in the inventory, or use -e"
            )

    def _server(self, name: str, groups: frozenset[str]) -> Server:
        raw = {**self._hostvars.raw_get(name), "hostvars": self._hostvars}
        own = [one for one in raw if one.startswith(PREFIX)]
        templar = self._templar.copy_with_new_env(available_variables=raw)
        # of variables that are no inputs the name alone counts
        variables: dict[str, Any] = {one: "" for one in own if one not in _KNOWN}
        unfilled: dict[str, str] = {}
        for one in (*(known for known in own if known in _KNOWN), "ansible_host"):
            if one not in raw:
                continue
            try:
                value = plain(templar.template(raw[one]))
                if value == "" and raw[one] != "":
                    value = _null_or_empty(templar, raw[one])
                text = str(value)
            except Exception:  # whatever a template may raise, on every ansible-core
                text = "{{"
            # so ansible-core before 2.19 leaves what is undefined, and what omit leaves out
            if "{{" in text or "__omit_place_holder__" in text:
                unfilled[one] = UNFILLED
            else:
                variables[one] = value
        address = variables.pop("ansible_host", None)
        referenced = {
            found for one in own for found in _NAMES.findall(_template(raw[one])) if found != one
        }
        return Server(
            name,
            groups,
            variables,
            unfilled,
            frozenset(referenced),
            None if address is None else str(address),
        )


def _null_or_empty(templar: Any, template: Any) -> Any:
    """None for a template that comes to null, which ansible-core before 2.19 turns into ""."""
    found = _EXPRESSION.fullmatch(str(template))
    asked = found and templar.template(f"{{{{ ({found[1]}) is none }}}}")
    return None if str(asked) == "True" else ""


def _same(one: Any, other: Any) -> bool:
    try:
        return one is other or bool(one == other)
    except Exception:  # vaulted values that cannot be decrypted; they are named later
        return True


def _template(value: Any) -> str:
    """The text of a template, "" for what is none or cannot be shown, as a vaulted value."""
    try:
        text = str(value)
    except Exception:
        return ""
    return text if "{{" in text or "{%" in text else ""
