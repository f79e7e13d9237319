# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the servers that inputs name beside the directory servers: mail, POP3, Exchange, domain
controllers, SQL Server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .proof import Proof

# Input without its prefix -> what its servers are, and the input of their ports.
NOUNS = {
    "smtp_servers": ("mail server", "smtp_ports"),
    "pop3_servers": ("POP3 server", "pop3_ports"),
    "exchange_servers": ("Exchange server", "exchange_ports"),
    "ldap_servers": ("domain controller", ""),
    "sql_server": ("SQL Server", "sql_port"),
}
_GLOBAL_CATALOG = (3268, 3269)


def named_server(
    host: str, purpose: str, server: str, entries: Sequence[Mapping[str, Any]]
) -> Proof:
    """Whether a server is reached on each of its ports; the message names the input."""
    noun, ports = NOUNS[purpose]
    subject = f"{noun} {server}"
    failed = [entry for entry in entries if not entry["ok"] and not _is_spare(entry, entries)]
    if not failed:
        return Proof(subject, host, column="servers")
    alike: dict[str, list[str]] = {}
    for entry in failed:
        alike.setdefault(entry["reason"], []).append(str(entry["port"]))
    told = "; ".join(f"on TCP {', '.join(own)}: it {reason}" for reason, own in alike.items())
    inputs = " and ".join(f"mailessentials_{name}" for name in (purpose, ports) if name)
    no_catalog = all(_is_no_catalog(entry) for entry in failed)
    doubt = " It may hold no global catalog." if no_catalog else ""
    state = "warning" if no_catalog or not _is_certain(failed) else "broken"
    return Proof(
        subject,
        host,
        state=state,
        cell=outcome_words(failed),
        message=f"{subject} is not reached {told}.{doubt} Check {inputs}, and outbound firewalls.",
        column="servers",
    )


def _is_certain(failed: Sequence[Mapping[str, Any]]) -> bool:
    return any(entry["severity"] == "conflict" for entry in failed)


def _is_spare(entry: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> bool:
    """Of the two ports of a global catalog one is enough: only a domain controller with a
    certificate listens on 3269.
    """
    return entry["port"] in _GLOBAL_CATALOG and any(
        other["ok"] for other in entries if other["port"] in _GLOBAL_CATALOG
    )


def _is_no_catalog(entry: Mapping[str, Any]) -> bool:
    """Whether the domain controller was reached and does not listen there."""
    return entry["port"] in _GLOBAL_CATALOG and entry["outcome"] == "refused"


def outcome_words(entries: Sequence[Mapping[str, Any]]) -> str:
    """The outcome that all have, for the table."""
    outcomes = {str(entry["outcome"]).replace("_", " ").upper() for entry in entries}
    return outcomes.pop() if len(outcomes) == 1 else "FAILED"
