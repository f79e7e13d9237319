# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One thing that a green run would hide, and how stores are called in its sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

BLOCKING = ("blocked", "partly_blocked")  # kinds about block rules
PLACES = {
    "gpo": "group policy",
    "mdm": "device management (MDM)",
    "local": "the local policy",
    "default": "Windows' default",
}


@dataclass(frozen=True)
class Finding:
    """kind: service, blocked, partly_blocked, local_policy_merge, overridden, exceptions_off,
    shields_up, profile_off, profile_not_in_use, misplaced_policy, outbound_allowed,
    partly_understood, unreadable or not_ours. severity: error (the rules named have no effect),
    warning or info.
    profile: "" where no single profile is meant. rules: ids.
    """

    kind: str
    severity: str
    profile: str
    rules: tuple[str, ...]
    message: str

    def to_dict(self) -> dict[str, Any]:
        """The finding as the module returns it."""
        return {**asdict(self), "rules": list(self.rules)}


def warnings_of_findings(findings: Iterable[Finding]) -> list[str]:
    """Sentences for the console: findings of severity warning."""
    return [finding.message for finding in findings if finding.severity == "warning"]
