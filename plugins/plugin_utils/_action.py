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
from ._engine.payload import Part
from ._engine.sentences import one_line_each
from ._engine.server.reading import ServerReading, given_reading, newest_reading
from ._engine.worker import Worker

W = TypeVar("W", bound=Worker)
LATEST = "latest"
_READINGS = {"preflight_reading", "verify_reading"}  # what the roles register of server_info
PLAN = "plan_farms"  # what the role plan registers
UNFILLED = "could not be filled in: its template fails, or a variable in it is undefined"


class WorkerAction(ActionBase, Generic[W]):
    """Base of the actions. WORKER is the worker that it asks, ARGUMENTS the module's argument spec,
    answer() its work. WRITES: a reading from a file is not enough.
    """

    WORKER: ClassVar[type[Worker]]
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {}
    WRITES: ClassVar[bool] = False
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
        self.variables = task_vars or {}
        worker: Worker = self.WORKER(
            lambda arguments: self._execute_module(
                module_name=self.WORKER.MODULE, module_args=arguments, task_vars=task_vars
            )
        )
        try:
            worker.given = self._given(options.pop("reading", None))
            result.update(self.answer(worker, options))  # type: ignore[arg-type]
        except InputError as error:
            result.update(failed=True, changed=worker.wrote, msg=str(error))
        if worker.written:
            reading = ServerReading(self.server, {worker.PART: worker.written}, {})
            result["reading"] = reading.to_dict()
        return {**one_line_each(result), "round_trips": worker.round_trips}

    def answer(self, worker: W, options: dict[str, Any]) -> dict[str, Any]:
        """The module's result without round_trips. May raise InputError."""
        raise NotImplementedError

    @property
    def server(self) -> str:
        """The host of the task, as the inventory calls it."""
        return str(self.variables.get("inventory_hostname"))

    def _given(self, value: Any) -> Part | None:
        """The part of the reading that the module need not fetch. Raises InputError for what is no
        reading of this server.
        """
        if value is None:
            return None
        if value == LATEST:
            hostvars = self.variables["hostvars"]
            reading = latest_reading(hostvars.raw_get(self.server), self.server)
        else:
            reading = given_reading(plain(value), self.server)
        if reading is None:
            return None
        if reading.as_of and self.WRITES and not self._task.check_mode:
            raise InputError(
                "reading", "is from a file, which is enough for check mode only; leave it out"
            )
        if value == LATEST and self.WORKER.PART not in {*reading.parts, *reading.errors}:
            return None
        return reading.part(self.WORKER.PART)


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


def latest_reading(variables: Mapping[str, Any], server: str) -> ServerReading | None:
    """The newest reading of a server among what tasks of this run registered for it, taken as it
    is; None where there is none.
    """
    found = [
        value["reading"]
        for value in variables.values()
        if isinstance(value, Mapping)
        and isinstance(value.get("reading"), Mapping)
        and "parts" in value["reading"]
        and value["reading"].get("server") == server
    ]
    return newest_reading(found, server)


def servers_asked(variables: Mapping[str, Any], servers: Iterable[str]) -> list[str]:
    """The servers of this run, those lost on the way among them; without those whose turn has not
    come yet, as with serial.
    """
    active, hostvars = set(variables["ansible_play_hosts"]), variables["hostvars"]
    return [
        host
        for host in servers
        if host in variables["ansible_play_hosts_all"]
        and (host not in active or not _READINGS.isdisjoint(hostvars.raw_get(host)))
    ]


def check_linear(task: Any, plan: Mapping[str, Any]) -> None:
    """Where servers of a farm do not wait for each other, one would be judged before the others
    were read. Raises InputError.
    """
    block = task._parent
    strategy = str(getattr(getattr(block, "_play", None), "strategy", "linear"))
    if any(len(farm["members"]) > 1 for farm in plan["farms"]) and not strategy.endswith(
        ("linear", "debug")
    ):
        raise InputError(
            "",
            f"The play has the strategy {strategy}, in which the servers of a farm do not wait for "
            "each other; set strategy: ansible.builtin.linear in the play",
        )


def raw_result(variables: Mapping[str, Any], name: str, key: str) -> Mapping[str, Any]:
    """What a task registered, as it is; {} where it did not run or has no such key."""
    result = variables.get(name)
    return result if isinstance(result, Mapping) and key in result else {}


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
