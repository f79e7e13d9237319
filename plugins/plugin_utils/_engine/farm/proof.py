# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof is made from, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..server.state import ServerState
from .notice import Notice


@dataclass(frozen=True)
class ServerAnswers:
    """What one server answered in this run.

    Args:
        state: what was read of it.
        asked: what plan_endpoints() says, given to endpoint_check in this order.
        reached: the endpoints of its result, with those of the catalog.
        skipped: hosts of the catalog that do not count.
        unchecked: hosts that cannot be tried.
        version: of the inventory.
    """

    state: ServerState
    asked: Sequence[Mapping[str, Any]]
    reached: Sequence[Mapping[str, Any]]
    skipped: Sequence[str]
    unchecked: Sequence[str]
    version: str | int = "latest"

    @property
    def product(self) -> Mapping[str, Any]:
        """As port_availability returns it."""
        product: Mapping[str, Any] = self.state.found["product"]
        return product

    @property
    def ports(self) -> Sequence[Mapping[str, Any]]:
        """As port_availability returns them."""
        ports: Sequence[Mapping[str, Any]] = self.state.found["ports"]
        return ports

    @property
    def installed(self) -> bool:
        """Whether there is anything of MailEssentials."""
        return bool(self.product["state"] != "not_installed")

    @property
    def answers(self) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Every entry of asked with its result."""
        given = [entry for entry in self.reached if not entry["wanted_by"]]
        return list(zip(self.asked, given, strict=True))

    @property
    def listed(self) -> list[Mapping[str, Any]]:
        """The results for the endpoints of the catalog that count."""
        return [
            entry
            for entry in self.reached
            if entry["wanted_by"] and entry["host"] not in self.skipped
        ]


@dataclass(frozen=True)
class Proof:
    """One thing proven or not. host: who was asked. peer, port: whom it called, "" and 0 for none.
    state: ok, warning, waiting (for the installation) or broken. cell: for the table. names_host:
    the message says itself which server it is about. column: of the table, "" for the subject's.
    """

    subject: str
    host: str
    peer: str = ""
    port: int = 0
    state: str = "ok"
    cell: str = "ok"
    message: str = ""
    names_host: bool = False
    column: str = ""

    @property
    def notice(self) -> Notice:
        """What there is to say of it."""
        return Notice(self.message, "" if self.names_host else self.host)

    def to_dict(self) -> dict[str, Any]:
        """As the role verify returns it; the message is the whole sentence."""
        return {
            "subject": self.subject,
            "host": self.host,
            "peer": self.peer,
            "port": self.port,
            "state": self.state,
            "cell": self.cell,
            "message": self.message and self.notice.sentence,
        }
