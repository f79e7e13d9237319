# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say of a server or of a farm, and how it becomes sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """kind: one of preflight.FAIL_ON, or "note". host: the server that it is about, "" for what the
    message itself says of several.
    """

    message: str
    host: str = ""
    kind: str = "note"

    @property
    def sentence(self) -> str:
        return f"{self.host}: {self.message}" if self.host else self.message


def sentences(notices: Iterable[Notice]) -> list[str]:
    """Each message once, with all its servers in front."""
    hosts: dict[str, dict[str, None]] = {}
    for notice in notices:
        hosts.setdefault(notice.message, {}).update({notice.host: None} if notice.host else {})
    return [
        f"{', '.join(names)}: {message}" if names else message for message, names in hosts.items()
    ]


def outside(servers: Iterable[str]) -> list[Notice]:
    """The notice about servers of the farm that are no part of this run."""
    return [Notice("not asked in this run, so the state is not known.", name) for name in servers]


def stopping(title: str, state: str, failures: Sequence[str]) -> str:
    """Why the servers of a farm stop: the first failure, and how many more were printed before."""
    more = len(failures) - 1
    rest = f" {more} more {'is' if more == 1 else 'are'} named above." if more > 0 else ""
    return f"{title} is {state}. {failures[0].rstrip('.')}.{rest}"
