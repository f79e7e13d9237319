# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports in firewall rules: numbers, ranges and keywords of Windows.

Forms: [MS-GPFAS] 2.2.2.2, 2.2.2.3, 2.2.2.19; keywords: New-NetFirewallRule, parameters LocalPort
and RemotePort.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .addresses import merge

KEYWORDS = {
    word.lower(): word
    for word in ("RPC", "RPCEPMap", "Teredo", "IPHTTPSIn", "IPHTTPSOut", "PlayToDiscovery")
}
_SPAN = re.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?")


@lru_cache(maxsize=16384)
def parse_span(text: str) -> tuple[int, int] | None:
    """First and last port of "9095" or "1024-65535"; None for anything else. Accepts 0, because
    Windows may store it.
    """
    found = _SPAN.fullmatch(text)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if first <= last <= 65535 else None


def parse_wanted(text: str) -> str:
    """Returns one entry of an option in the form that the cmdlets accept. Raises ValueError with
    the second half of a sentence.
    """
    keyword = KEYWORDS.get(text.lower())
    if keyword:
        return keyword
    if "," in text or " " in text.strip():
        raise ValueError("is several ports in one text; give a list, one port or range an entry")
    span = parse_span(text)
    if span is None:
        raise ValueError(
            "is not a port from 1 to 65535, a range such as 1024-65535 with its start first, "
            "or a port keyword of Windows Firewall"
        )
    if span[0] == 0:
        raise ValueError("contains port 0; ports are 1 to 65535")
    return str(span[0]) if span[0] == span[1] else f"{span[0]}-{span[1]}"


@lru_cache(maxsize=16384)
def spans(texts: tuple[str, ...]) -> tuple[tuple[tuple[int, int], ...], frozenset[str]]:
    """Merged ranges and lower-case keywords of a list of entries. Both are empty for an empty list;
    the caller handles "any".
    """
    parsed = [(text, parse_span(text)) for text in texts]
    return merge(span for _text, span in parsed if span), frozenset(
        text.lower() for text, span in parsed if not span
    )
