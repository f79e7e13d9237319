# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what this ansible-core sends to a host with each worker, and fails where a C# file is
missing or there twice, as both stop the worker.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ansible.executor.powershell.module_manifest import PSModuleDepFinder
from ansible.plugins.loader import init_plugin_loader

NAMESPACE = "ansible_collections.mailops.mailessentials.plugins"


def csharp(worker: Path) -> list[str]:
    """The last part of the name of every C# file, Ansible's own too."""
    finder = PSModuleDepFinder()
    finder.scan_module(
        worker.read_bytes(), fqn=f"{NAMESPACE}.modules.{worker.stem}", powershell=True
    )
    names = (
        finder.cs_utils_module
        if hasattr(finder, "cs_utils_module")
        else [name[:-3] for name in finder.scripts if name.endswith(".cs")]
    )
    return sorted(name.rpartition(".")[2] for name in names)


def main() -> int:
    checkout = Path(__file__).resolve().parents[2]
    init_plugin_loader([])
    own = sorted(file.stem for file in checkout.glob("plugins/module_utils/*.cs"))
    for worker in sorted(checkout.glob("plugins/modules/*.ps1")):
        wanted = sorted(["Basic", *(own if worker.stem == "endpoint_worker" else [])])
        found = csharp(worker)
        print(f"    {worker.name}: {', '.join(found)}")
        if found != wanted:
            print(f"{worker.name} should come with {', '.join(wanted)}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
