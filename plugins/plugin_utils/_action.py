# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions share: validate, ask the worker, report the engine's error as a failed
result.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from ansible.plugins.action import ActionBase

from ._engine.errors import InputError
from ._engine.sentences import one_line_each
from ._engine.worker import Worker

W = TypeVar("W", bound=Worker)


class WorkerAction(ActionBase, Generic[W]):
    """Base of the actions. WORKER is the worker that it asks, ARGUMENTS the module's argument spec,
    answer() its work.
    """

    WORKER: ClassVar[type[Worker]]
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {}
    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        for name, value in self._task.args.items():
            if value is None:
                return {
                    **result,
                    "failed": True,
                    "msg": f"{name}: is null; give a value or leave it out",
                    "round_trips": 0,
                }
        _validated, options = self.validate_argument_spec(argument_spec=self.ARGUMENTS)
        worker = self.WORKER(
            lambda arguments: self._execute_module(
                module_name=self.WORKER.MODULE, module_args=arguments, task_vars=task_vars
            )
        )
        try:
            result.update(self.answer(worker, options))  # type: ignore[arg-type]
        except InputError as error:
            result.update(failed=True, changed=worker.wrote, msg=str(error))
        return {**one_line_each(result), "round_trips": worker.round_trips}

    def answer(self, worker: W, options: dict[str, Any]) -> dict[str, Any]:
        """The module's result without round_trips. May raise InputError."""
        raise NotImplementedError
