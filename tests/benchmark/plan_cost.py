# SPDX-License-Identifier: GPL-3.0-or-later
"""What planning costs: CPU seconds, user and system, of whole processes of Ansible on inventories
of farms of three. No host is called.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from compat import cores, install
from surroundings import clean_environment

PLAN = "mailops.mailessentials.plan"
OLDEST = "2.16"
REPEATS = 3
TIMES = 4  # the task that is measured, in one play


def inventory(folder: Path, count: int) -> str:
    """Servers in farms of a master and two slaves; the file."""
    hosts: dict[str, Any] = {}
    for number in range(count):
        farm, place = divmod(number, 3)
        alone = farm * 3 + 3 > count
        hosts[f"me{number}"] = {
            "mailessentials_farm": "" if alone else f"farm{farm}",
            "mailessentials_server_role": "standalone"
            if alone
            else ("slave" if place else "master"),
            "mailessentials_address": [f"10.{number >> 8}.{number & 255}.1"],
        }
    group = {
        "hosts": hosts,
        "vars": {
            "mailessentials_version": "21",
            "mailessentials_web_ui_networks": ["198.51.100.0/24"],
            "ansible_connection": "local",
        },
    }
    file = folder / f"inventory{count}.yml"
    file.write_text(yaml.safe_dump({"mailessentials": group}), encoding="utf-8")
    return str(file)


def cpu(command: Sequence[str]) -> float:
    """CPU seconds of a command and of all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, env=clean_environment(), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit((done.stdout + done.stderr)[-3000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def median(command: Sequence[str]) -> float:
    return statistics.median(cpu(command) for _time in range(REPEATS))


def plan_costs(folder: Path) -> dict[str, float]:
    """CPU seconds: list1000 of ansible-inventory, plan100 and plan1000 of the playbook."""
    programs = Path(sys.executable).parent
    files = {count: inventory(folder, count) for count in (100, 1000)}
    playbook = str(programs / "ansible-playbook")
    return {
        "list1000": median([str(programs / "ansible-inventory"), "-i", files[1000], "--list"]),
        **{f"plan{count}": median([playbook, "-i", files[count], PLAN]) for count in files},
    }


def dispatch_costs(folder: Path, program: str) -> dict[int, float]:
    """Servers -> CPU seconds of the task that takes the part of each server, less a task that does
    nothing: of each the least of several runs, since what disturbs a run only adds.
    """
    tasks = (
        {"mailops.mailessentials.server_plan": None},
        {"ansible.builtin.debug": {"msg": "nothing"}},
    )
    costs = {}
    for count in (100, 300):
        file = inventory(folder, count)
        runs = [
            [cpu([program, "-i", file, _playbook(folder, task)]) for task in tasks]
            for _time in range(REPEATS)
        ]
        taken, nothing = map(min, zip(*runs, strict=True))
        costs[count] = (taken - nothing) / TIMES
    return costs


def _playbook(folder: Path, task: dict[str, Any]) -> str:
    plan = {
        "mailops.mailessentials.farm_plan": None,
        "run_once": True,
        "delegate_to": "localhost",
        "register": "plan_farms",
    }
    play = {"hosts": "mailessentials", "gather_facts": False, "tasks": [plan, *[task] * TIMES]}
    file = folder / "play.yml"
    file.write_text(yaml.safe_dump([play]), encoding="utf-8")
    return str(file)


def oldest_program() -> str:
    """ansible-playbook of the oldest ansible-core; "" where no Python here can run it."""
    core = next((one for one in cores() if one.version.startswith(OLDEST)), None)
    if core is None:
        return ""
    install(core.folder, core.python, f"ansible-core=={core.version}")
    return os.path.join(core.folder, "bin", "ansible-playbook")
