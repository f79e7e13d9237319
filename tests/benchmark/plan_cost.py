# SPDX-License-Identifier: GPL-3.0-or-later
"""What planning costs: CPU seconds, user and system, of whole processes of Ansible on inventories
of farms of three. No host is called.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from compat import cores, install
from surroundings import clean_environment

PLAN = "mailops.mailessentials.plan"
OLDEST = "2.16"
REPEATS = 3
PAIRS = 4  # the task that is measured and one that does nothing, in one play


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


def cpu(command: Sequence[str], more: dict[str, str] | None = None) -> float:
    """CPU seconds of a command and of all that it starts. more: variables of its environment."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, env=clean_environment(more), check=False, capture_output=True, text=True
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


def dispatch_costs(folder: Path, program: str) -> dict[int, tuple[float, float]]:
    """Servers -> CPU seconds of the task that takes the part of each server, and of one that does
    nothing; medians of tasks that alternate in one play. The difference of the two is smaller than
    what one task varies by, so the whole tasks are compared.
    """
    taken, nothing = "mailops.mailessentials.server_plan", "ansible.builtin.debug"
    plan = {
        "mailops.mailessentials.farm_plan": None,
        "run_once": True,
        "delegate_to": "localhost",
        "register": "plan_farms",
    }
    pair = [{taken: None}, {nothing: {"msg": "nothing"}}]
    play = {"hosts": "mailessentials", "gather_facts": False, "tasks": [plan, *pair * PAIRS]}
    file = folder / "play.yml"
    file.write_text(yaml.safe_dump([play]), encoding="utf-8")
    found = {}
    for count in (100, 300):
        spent = _tasks([program, "-i", inventory(folder, count), str(file)], folder / "cpu.txt")
        found[count] = (statistics.median(spent[taken]), statistics.median(spent[nothing]))
    return found


def _tasks(command: Sequence[str], record: Path) -> dict[str, list[float]]:
    """Action -> CPU seconds of each of its tasks."""
    record.write_text("", encoding="utf-8")
    recording = {
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "cpu",
        "CPU_RECORD": str(record),
    }
    cpu(command, recording)
    begun = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    spent: dict[str, list[float]] = {}
    for (action, start), (_next, end) in pairwise(begun):
        spent.setdefault(action, []).append(end - start)
    return spent


def oldest_program() -> str:
    """ansible-playbook of the oldest ansible-core; "" where no Python here can run it."""
    core = next((one for one in cores() if one.version.startswith(OLDEST)), None)
    if core is None:
        return ""
    install(core.folder, core.python, f"ansible-core=={core.version}")
    return os.path.join(core.folder, "bin", "ansible-playbook")
