# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection to a simulated Windows host."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: host
short_description: Talk to a simulated Windows host
description:
  - Runs on the controller and tells each worker which simulated host it is on.
  - Modules are always pipelined. Every module run adds a line with the module's name to
    C(calls.log) in the host's folder.
author: mailops contributors
version_added: 0.1.0
options:
  simulated_host:
    description: Folder that holds the state of the simulated host, as C(simulator.farm) makes it.
    type: path
    required: true
    vars:
      - name: simulated_host
  become_success_timeout:
    description: Seconds to wait for become, as in P(ansible.builtin.local#connection).
    type: int
    default: 10
  become_strip_preamble:
    description: Strip the output of become, as in P(ansible.builtin.local#connection).
    type: bool
    default: true
extends_documentation_fragment:
  - connection_pipelining
"""

TESTS = Path(__file__).resolve().parents[2]
MODULE_PATH = "PSModulePath"
STAND_INS = TESTS / "simulator" / "standins"


class Connection(LocalConnection):
    """A local connection whose module runs see one simulated host."""

    transport = "mailops.simulator.host"
    always_pipeline_modules = True

    def exec_command(self, cmd, in_data=None, sudoable=True):
        folder = Path(self.get_option("simulated_host"))
        if not (folder / "host.json").is_file():
            raise AnsibleConnectionFailure(
                f"There is no simulated host in {folder}: make one with python -m "
                "simulator.farm create."
            )
        if in_data is not None:
            _count(folder, in_data)
        return super().exec_command(
            f"{_exports(folder)}; {cmd}", in_data=in_data, sudoable=sudoable
        )


def _exports(folder: Path) -> str:
    variables = {
        "SIMULATED_HOST": folder,
        "SIMULATED_PYTHON": sys.executable,
        "SIMULATED_PYTHONPATH": TESTS,
        "PATH": os.pathsep.join(filter(None, [str(STAND_INS / "bin"), os.environ.get("PATH", "")])),
        MODULE_PATH: os.pathsep.join(
            filter(None, [str(STAND_INS), os.environ.get(MODULE_PATH, "")])
        ),
    }
    return "export " + " ".join(
        f"{name}={shlex.quote(str(value))}" for name, value in variables.items()
    )


def _count(folder: Path, payload: bytes) -> None:
    """A pipelined module carries its full name; the search for an interpreter, pipelined as well,
    does not.
    """
    name = re.search(
        rb"(?:ansible_collections\.\w+\.\w+\.plugins|ansible)\.modules\.(\w+)", payload
    )
    if name:
        with Path(folder, "calls.log").open("a", encoding="utf-8") as log:
            log.write(name[1].decode() + "\n")
