# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault change_before_write: what others do to a host between its reading and the next
write.
"""

from __future__ import annotations

from .farm import CHANGES
from .host import SimulatedHost


def before_write(host: SimulatedHost) -> bool:
    """Makes the changes, once: {command of simulator.farm: [arguments]}. Says whether there were
    any.
    """
    changes = host.faults.pop("change_before_write", None)
    for command, arguments in (changes or {}).items():
        CHANGES[command](host, *arguments)
    return changes is not None
