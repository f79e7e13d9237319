# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a server stands in its farm."""

from __future__ import annotations

from dataclasses import dataclass

from .topology import Member


@dataclass(frozen=True)
class Membership:
    """A server's role, its farm's members (the master first), and those that it talks to."""

    server_role: str
    farm: str = ""
    members: tuple[Member, ...] = ()
    peers: tuple[Member, ...] = ()
    join_ports: tuple[int, ...] = ()  # of the master

    @property
    def joined(self) -> bool:
        return self.server_role != "standalone"

    @property
    def master(self) -> Member:
        """Of a server that is joined."""
        return self.members[0]
