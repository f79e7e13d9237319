# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions of the firewall modules share: validate, ask the worker, report the engine's error as a failed result."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible.plugins.action import ActionBase

from .errors import InputError
from .worker import WORKER, FirewallWorker


class FirewallAction(ActionBase):  # type: ignore[misc]
    """Base of the actions. ARGUMENTS is the module's argument spec, answer() its work."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {}
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(argument_spec=self.ARGUMENTS)
        worker = FirewallWorker(lambda arguments: self._execute_module(module_name=WORKER, module_args=arguments, task_vars=task_vars))
        try:
            result.update(self.answer(worker, options))
        except InputError as error:
            result.update(failed=True, msg=str(error), round_trips=worker.round_trips)
        return result

    def answer(self, worker: FirewallWorker, options: dict[str, Any]) -> dict[str, Any]:
        """The module's result. May raise InputError."""
        raise NotImplementedError
