# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of peers that a rule between servers carries in its description: who its remote
addresses are. Written and read here alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import InputError

LONGEST = 9999  # characters of a description ([MS-FASP] 2.2.37)
_MARK = " peers: "
_NAME = re.compile(r"[^\s,=|]+")


def write_peers(description: str, peers: Mapping[str, tuple[str, ...]]) -> str:
    """A description with its record: "Text. peers: me1=192.0.2.11, me2=192.0.2.12 2001:db8::12".

    peers: name -> addresses, in the order of the record. Raises InputError for a name that a record
    cannot hold, and where the text gets too long for Windows.
    """
    for name in peers:
        if not _NAME.fullmatch(name):
            raise InputError(
                "",
                f"The name '{name}' of a server holds a blank, a comma, '=' or '|', which the "
                "description of a rule cannot record; rename the host in the inventory",
            )
    entries = (f"{name}={' '.join(addresses)}" for name, addresses in peers.items())
    text = f"{description}{_MARK}{', '.join(entries)}"
    if len(text) > LONGEST:
        raise InputError(
            "",
            f"The names and addresses of {len(peers)} servers do not fit into the description of a "
            f"rule ({len(text)} characters, Windows takes {LONGEST}); split the farm",
        )
    return text


def read_peers(description: str) -> dict[str, tuple[str, ...]]:
    """The record of a description, name -> addresses; empty where it has none or none that we
    write.
    """
    _text, mark, record = description.rpartition(_MARK)
    found: dict[str, tuple[str, ...]] = {}
    for entry in record.split(", ") if mark else ():
        name, equals, addresses = entry.partition("=")
        if not equals or not _NAME.fullmatch(name) or not addresses or name in found:
            return {}
        found[name] = tuple(addresses.split(" "))
    return found
