# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that Windows takes for erroneous, whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..rule import Rule
from ..stored import StoredRule, read
from .dimensions import port_numbers

_SINCE = re.compile(r"2_([0-9]{1,3})$")


def invalid(stored: StoredRule, rule: Rule) -> str:
    """Why Windows puts a rule in an error class ([MS-FASP] 2.2.24, 2.2.37); "" where it does not.
    That it is then not enforced is inferred. RMAuth outbound is one too by these sections, and
    Windows stores it (captures): it needs Security, which is not certain either way.
    """
    tokens = {
        condition.lower().partition("=")[0].partition("2_")[0] for condition in rule.conditions
    }
    wrong = next((why for holds, why in _INVALID if holds(rule, tokens)), "")
    return wrong or _newer(stored)


_INVALID: tuple[tuple[Callable[[Rule, set[str]], Any], str], ...] = (
    (
        lambda rule, tokens: rule.local_addresses and (rule.interface_types or "if" in tokens),
        "local addresses together with interfaces",
    ),
    (
        lambda rule, tokens: rule.service and tokens & {"luauth", "luown"},
        "LUAuth or LUOwn together with a service",
    ),
    (
        lambda rule, tokens: (
            (rule.local_ports or rule.remote_ports) and rule.protocol not in ("tcp", "udp")
        ),
        "ports of a protocol that has none",
    ),
    (
        lambda rule, tokens: rule.icmp_types and not rule.protocol.startswith("icmp"),
        "ICMP types of another protocol",
    ),
    (
        lambda rule, tokens: rule.direction == "outbound" and rule.edge_traversal != "block",
        "Edge outbound",
    ),
    (
        lambda rule, tokens: rule.direction == "outbound" and port_numbers(rule.local_ports)[1],
        "port keywords outbound",
    ),
    (
        lambda rule, tokens: (
            "ttk" in tokens
            and (
                rule.local_addresses
                or rule.remote_addresses
                or rule.local_ports
                or rule.remote_ports
            )
        ),
        "TTK together with addresses or ports",
    ),
    (
        lambda rule, tokens: rule.action == "block" and tokens & {"security", "security2"},
        "Block together with Security",
    ),
    (
        lambda rule, tokens: rule.direction == "outbound" and "ruauth" in tokens,
        "RUAuth outbound",
    ),
    (
        lambda rule, tokens: (
            rule.action == "bypass" and rule.direction == "inbound" and "rmauth" not in tokens
        ),
        "ByPass without RMAuth",
    ),
    (
        lambda rule, tokens: (
            tokens & {"rmauth", "ruauth"} and not tokens & {"security", "security2"}
        ),
        "RMAuth or RUAuth without Security",
    ),
    (
        lambda rule, tokens: (
            "lsm" in tokens
            and (rule.direction == "inbound" or rule.protocol == "tcp" or tokens & {"security"})
        ),
        "LSM inbound, over TCP or with Security",
    ),
    (lambda _rule, tokens: "defer" in tokens, "Defer=App without Edge"),
)


def _newer(stored: StoredRule) -> str:
    """A token says in its name which schema it came with (LPort2_10)."""
    if "2_" not in stored.text:
        return ""
    text = read(stored.text)
    minor = int(text.version.rpartition(".")[2])
    newer = [
        token
        for token, _value in text.fields
        if (found := _SINCE.search(token)) and int(found[1]) > minor
    ]
    return f"{newer[0]} in a rule of schema {text.version}" if newer else ""
