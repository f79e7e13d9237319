# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions share: validate, ask the worker, report the engine's error as a failed
result; and what a run has registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars

from ._engine.errors import InputError
from ._engine.sentences import one_line_each
from ._engine.worker import Worker

W = TypeVar("W", bound=Worker)
PLAN = "plan_farms"  # what the role plan registers
UNFILLED = "could not be filled in: its template fails, or a variable in it is undefined"


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


class FarmAction(ActionBase):
    """Base of the actions that look at all servers at once, on the controller. answer() is their
    work.
    """

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {}
    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(argument_spec=self.ARGUMENTS)
        result.update({"changed": False, "_ansible_verbose_override": True})
        try:
            return {**result, **self.answer(task_vars or {}, options)}
        except InputError as error:
            return {**result, "failed": True, "msg": str(error)}

    def answer(self, variables: Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        """The result of the action. May raise InputError."""
        raise NotImplementedError

    def extra(self, name: str, default: Any = None) -> Any:
        """What -e says of a variable. Raises InputError where its template fails."""
        given = load_extra_vars(self._loader)
        try:
            return self._templar.template(given[name]) if name in given else default
        except Exception:
            raise InputError(name, UNFILLED) from None


def planned(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The plan that the role plan registered. A template over it would fill in all of it for every
    host, so it is taken as it is. Raises InputError where there is none.
    """
    plan = variables.get(PLAN)
    if not isinstance(plan, Mapping) or "servers" not in plan:
        raise InputError(
            "",
            "There is no plan in this run; include the role mailops.mailessentials.plan before "
            "this task",
        )
    return plan


def registered(
    variables: Mapping[str, Any],
    servers: Iterable[str],
    names: Mapping[str, str],
    needed: Iterable[str],
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Results that the servers of this run registered, as they are.

    names: key -> variable. needed: keys without which a server was not read. Returns host -> key ->
    result, {} where it has none; and the servers that were asked, those lost on the way among them.
    A server whose turn has not come yet, as with serial, was not asked.
    """
    active = set(variables["ansible_play_hosts"])
    hostvars, found, asked = variables["hostvars"], {}, []
    for host in servers:
        if host not in variables["ansible_play_hosts_all"]:
            continue
        own = hostvars.raw_get(host)
        results = {key: _usable(own.get(name)) for key, name in names.items()}
        if host not in active or any(name in own for name in names.values()):
            asked.append(host)
        if all(results[key] for key in needed):
            found[host] = results
    return found, asked


def _usable(result: Any) -> dict[str, Any]:
    lost = ("failed", "skipped", "unreachable")
    if not isinstance(result, Mapping) or any(result.get(word) for word in lost):
        return {}
    return dict(result)


def show(lines: Iterable[str]) -> None:
    """Lines on the screen, below the name of the task. At once: each call is a message to the
    process that prints.
    """
    text = "\n".join(lines)
    if text:
        Display().display(text)


def plain(value: Any) -> Any:
    """Vaulted text as text; ansible-core before 2.19 hands it over as an object of its own."""
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return str(value) if getattr(value, "yaml_tag", "") == "!vault" else value
