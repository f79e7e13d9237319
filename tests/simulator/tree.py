# SPDX-License-Identifier: GPL-3.0-or-later
"""A collection tree of links to the checkout, in which only the way to Windows is replaced: python
-m simulator.tree TARGET WAY.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

SIMULATOR = Path(__file__).resolve().parent
CHECKOUT = SIMULATOR.parents[1]
PARTS = ("galaxy.yml", "meta", "playbooks", "plugins", "roles")
OWN_PLUGINS = ("callback", "connection", "modules")
WORKERS = ("firewall_worker", "host_worker", "proxy_worker", "server_worker", "endpoint_worker")
STOOD_IN = ("_windows", "_probe")
# way: files of the checkout that the tree does not have, and what stands in their place
REPLACED: dict[str, tuple[tuple[str, ...], dict[str, Path]]] = {
    "double": (
        tuple(f"plugins/modules/{name}.{kind}" for name in WORKERS for kind in ("ps1", "yml")),
        {f"plugins/modules/{name}.py": SIMULATOR / "double" / f"{name}.py" for name in WORKERS},
    ),
    "worker": (
        tuple(f"plugins/module_utils/{name}.psm1" for name in STOOD_IN),
        {
            f"plugins/module_utils/{name}.psm1": SIMULATOR / "standins" / f"{name}.psm1"
            for name in STOOD_IN
        },
    ),
}


def build(target: Path, way: str) -> Path:
    """Makes target/ansible_collections afresh and returns target, the path for
    ANSIBLE_COLLECTIONS_PATH.
    """
    left_out, added = REPLACED[way]
    namespace = Path(target).resolve() / "ansible_collections" / "mailops"
    for made in (namespace, namespace.parent / "ansible"):
        if made.exists():
            shutil.rmtree(made)
    for part in PARTS:
        if (CHECKOUT / part).exists():
            _link(
                CHECKOUT / part,
                namespace / "mailessentials" / part,
                {CHECKOUT / path for path in (*left_out, *added)},
            )
    for path, source in added.items():
        (namespace / "mailessentials" / path).symlink_to(source)
    _link(
        SIMULATOR / "windows_modules",
        namespace.parent / "ansible" / "windows" / "plugins" / "modules",
        set(),
    )
    for kind in OWN_PLUGINS:
        _link(SIMULATOR / kind, namespace / "simulator" / "plugins" / kind, set())
    return Path(target).resolve()


def _link(source: Path, place: Path, changed: set[Path]) -> None:
    """One link where nothing below changes, else a folder of links."""
    if source in changed:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if not any(source in path.parents for path in changed):
        place.symlink_to(source)
        return
    place.mkdir()
    for entry in sorted(source.iterdir()):
        _link(entry, place / entry.name, changed)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m simulator.tree",
        description="Make a collection tree over the simulated host.",
    )
    parser.add_argument("target", type=Path)
    parser.add_argument("way", choices=sorted(REPLACED))
    arguments = parser.parse_args()
    print(build(arguments.target, arguments.way))


if __name__ == "__main__":
    main()
