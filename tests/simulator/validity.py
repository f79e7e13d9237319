# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rules Windows refuses to store (FASP 2.2.37, GPFAS 2.2.2.19)."""

from __future__ import annotations

from .rule_text import RuleText, revision

TCP, UDP = "6", "17"
ICMP_TOKENS = {"1": "icmp4", "58": "icmp6"}
# Port keyword: the direction and the protocol it is limited to.
KEYWORD_USE = {
    "rpc": ("In", TCP),
    "rpc-epmap": ("In", TCP),
    "iphttpsin": ("In", TCP),
    "iphttpsout": ("Out", TCP),
    "teredo": ("In", UDP),
    "ply2disc": ("In", UDP),
}
CAPTIVE_PORTAL_SINCE = (2, 30)


def valid_id(name: str) -> bool:
    return 1 <= len(name) <= 511 and "|" not in name


def fault(rule: RuleText, version: str) -> str | None:
    """The kind of failure that a Windows of this version answers with, None for a rule it
    accepts.
    """
    if not _texts(rule) or not _conditions(rule):
        return "invalid"
    if (
        "captiveportal" in (value.lower() for value in rule.values("RemoteAddress"))
        and revision(version) < CAPTIVE_PORTAL_SINCE
    ):
        return "invalid_address"
    return _keywords(rule)


def _texts(rule: RuleText) -> bool:
    name, program, service = rule.value("DisplayName"), rule.value("Program"), rule.value("Service")
    if not 1 <= len(name) <= 9999 or name.lower() == "all" or len(rule.value("Description")) > 9999:
        return False
    if any(
        "|" in rule.value(field)
        for field in ("DisplayName", "Description", "Group", "Program", "Service")
    ):
        return False
    return (
        len(program) <= 259
        and not set(program) & set('/*?"<>')
        and len(service) <= 259
        and not set(service) & set("/\\")
    )


def _conditions(rule: RuleText) -> bool:
    protocol = rule.value("Protocol")
    if (rule.values("LocalPort") or rule.values("RemotePort")) and protocol not in {TCP, UDP}:
        return False
    if any(
        name.lower() in ICMP_TOKENS.values() and name.lower() != ICMP_TOKENS.get(protocol)
        for name, _unused in rule.tokens
    ):
        return False
    return rule.value("Direction").lower() == "in" or not rule.values("EdgeTraversalPolicy")


def _keywords(rule: RuleText) -> str | None:
    for value in rule.values("LocalPort") + rule.values("RemotePort"):
        direction, protocol = KEYWORD_USE.get(value.lower(), ("", ""))
        if direction and (rule.value("Direction").lower(), rule.value("Protocol")) != (
            direction.lower(),
            protocol,
        ):
            return "invalid_port"
    return None
