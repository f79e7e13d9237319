# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ..plugin_utils._engine.errors import InputError
from ..plugin_utils._engine.plan.role_inputs import INPUTS, check_inputs


class ActionModule(ActionBase):
    _supports_check_mode = True
    _requires_connection = False
    ARGUMENTS = {"role": {"type": "str", "required": True, "choices": sorted(INPUTS)}}

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(argument_spec=self.ARGUMENTS)
        variables = task_vars or {}
        try:
            own = {entry.variable for entry in INPUTS[options["role"]]}
            sources = {entry.source for entry in INPUTS[options["role"]] if entry.source}
            check_inputs(
                options["role"],
                self._filled_in(own, variables),
                self._filled_in(sources, variables),
            )
        except InputError as error:
            result.update(failed=True, msg=str(error))
        return {**result, "changed": False}

    def _filled_in(self, names: set[str], variables: dict[str, Any]) -> dict[str, Any]:
        """The variables that are set, their templates filled in. What a template says of itself is
        not repeated: it may hold a secret.
        """
        found = {}
        for name in sorted(names & set(variables)):
            try:
                found[name] = _plain(self._templar.template(variables[name]))
            except AnsibleError:
                raise InputError(
                    name, "is a template that cannot be filled in; is a variable in it undefined?"
                ) from None
        return found


def _plain(value: Any) -> Any:
    """Vaulted text as text; ansible-core before 2.19 hands it over as an object of its own."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return str(value) if getattr(value, "yaml_tag", "") == "!vault" else value
