# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How connections and rules are called in sentences."""

from __future__ import annotations

from ...net.boxes import Box
from ...sentences import listed
from ..finding import PLACES
from ..stored import StoredRule
from .dimensions import (
    IPV4,
    IPV6,
    WHOLE,
    Dimension,
    address_texts,
    port_texts,
    ports_of,
    protocol_text,
)

_MOST = 4  # addresses or ports that are named
_WITH_PORTS = {((6, 6),), ((17, 17),), ((6, 6), (17, 17))}


def rule_name(stored: StoredRule) -> str:
    """A rule with its id and its store: "the group policy rule 'Deny 9095' ({A1})"."""
    if not stored.text:
        return f"{stored.reason} in {PLACES[stored.store]}"
    return f"the rule '{stored.display_name}' ({stored.id}) of {PLACES[stored.store]}"


def traffic(box: Box, direction: str) -> str:
    """What a box holds: "TCP 9095 from 192.0.2.12"."""
    inbound = direction == "inbound"
    port, _peer = ports_of(direction)
    protocols = box[Dimension.PROTOCOL]
    words = ["any protocol" if protocols == WHOLE[Dimension.PROTOCOL] else protocol_text(protocols)]
    if protocols in _WITH_PORTS:
        words.append(
            "any port" if box[port] == WHOLE[port] else listed(port_texts(box[port]), most=_MOST)
        )
    remote = box[Dimension.REMOTE_ADDRESS]
    addresses = (
        "any address"
        if remote == WHOLE[Dimension.REMOTE_ADDRESS]
        else listed(address_texts(remote), most=_MOST)
    )
    return f"{' '.join(words)} {'from' if inbound else 'to'} {addresses}"


def example(box: Box, direction: str) -> str:
    """One connection of a box in words; "" where it has none that would help, as one of no address
    or port.
    """
    remote = box[Dimension.REMOTE_ADDRESS][0][0]
    port, _peer = ports_of(direction)
    if remote in (IPV4[0][0], IPV6[0][0]) or not (
        box[port][0][0] and box[Dimension.PROTOCOL][0][0]
    ):
        return ""
    point = tuple(((ranges[0][0], ranges[0][0]),) for ranges in box)
    return traffic(point, direction)
