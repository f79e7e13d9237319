# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolves host names on the controller. No other part of the collection queries a name service
there.
"""

from __future__ import annotations

import socket


def resolve(name: str) -> list[str]:
    """IPv4 and IPv6 addresses (A and AAAA) of a host name, resolved on the controller. Raises
    OSError if it is unknown.
    """
    entries = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))
