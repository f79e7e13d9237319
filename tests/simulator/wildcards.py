# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell's wildcards, as -Name of Set- and Remove-NetFirewallRule understands them: * ? [a-z],
a backtick takes the meaning away (PSD; DSC).
"""

from __future__ import annotations

import re
from functools import lru_cache


def is_wildcard(pattern: str) -> bool:
    return any(character in "*?[]" for character in re.sub("`.", "", pattern, flags=re.DOTALL))


def plain(pattern: str) -> str:
    """The one name that a pattern without wildcards means."""
    return re.sub("`(.)", r"\1", pattern, flags=re.DOTALL)


@lru_cache(maxsize=256)
def expression(pattern: str) -> re.Pattern[str]:
    """Matches what the pattern matches, upper and lower case alike; a [ without ] means itself
    (INF).
    """
    parts = re.findall(r"`.|\[[^\]]+\]|.", pattern, flags=re.DOTALL)
    return re.compile("".join(_part(part) for part in parts), re.IGNORECASE | re.DOTALL)


def _part(part: str) -> str:
    if part == "*":
        return ".*"
    if part == "?":
        return "."
    if len(part) > 2 and part[0] == "[":
        return "[" + "-".join(re.escape(bound) for bound in part[1:-1].split("-")) + "]"
    return re.escape(part[1:] if part[0] == "`" and len(part) > 1 else part)
