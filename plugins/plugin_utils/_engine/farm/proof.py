# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof is made from, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GFI_DIRECTORY = "GFI Directory"  # the subject of its proof


@dataclass(frozen=True)
class Reading:
    """What one server said in this run. rules: results of firewall_ruleset in check mode. product,
    ports: of port_availability.
    asked: what was put to endpoint_check by hand; reached: its answers, those first; unchecked:
    hosts that cannot be tried.
    """

    rules: Sequence[Mapping[str, Any]]
    product: Mapping[str, Any]
    ports: Sequence[Mapping[str, Any]]
    asked: Sequence[Mapping[str, Any]]
    reached: Sequence[Mapping[str, Any]]
    unchecked: Sequence[str]


@dataclass(frozen=True)
class Proof:
    """One thing proven or not. host: who was asked. peer, port: whom it called, "" and 0 for none.
    state: ok, warning or broken. cell: for the table.
    """

    subject: str
    host: str
    peer: str = ""
    port: int = 0
    state: str = "ok"
    cell: str = "ok"
    message: str = ""
