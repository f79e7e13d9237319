# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the simulated hosts of inventory, in one network: python hosts.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from simulator import farm  # noqa: E402  (found by the line above)

ADDRESSES = {
    "me1": "192.0.2.11",
    "me2": "192.0.2.12",
    "px1": "192.0.2.21",
    "px2": "192.0.2.22",
    "so1": "192.0.2.31",
}
MASTERS = ("me1", "px1")


def main(folder: Path) -> None:
    for name, address in ADDRESSES.items():
        made = farm.create(folder / name, "empty")
        farm.addresses(made, address)
        farm.install(made)
        if name in MASTERS:
            farm.web_site(made)
        made.save(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
