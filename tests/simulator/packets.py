# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows Firewall does with one connection, decided rule by rule and setting by setting.

It shares no code with the engine, so that tests can compare the two. Rules that are in no store of
the reading (dynamic ones, service hardening, other vendors' filters), loopback and ICMP errors are
left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from .packet_conditions import MAYBE, NO, YES, Flow, matches, unreadable_matches
from .packet_text import LOCAL_PORTS, PacketRule, ports, read_rule

__all__ = ["Flow", "may_be_off", "outcomes"]

ALLOWED, BLOCKED = frozenset({"allowed"}), frozenset({"blocked"})
# Local keys and those of MDM; StandardProfile is the private one there.
KEYS = {"domain": "DomainProfile", "private": "StandardProfile", "public": "PublicProfile"}
POLICY_KEYS = {"domain": "DomainProfile", "private": "PrivateProfile", "public": "PublicProfile"}
# Not to be in the policy's StandardProfile (GPFAS 2.2.3.13 to 17); what they do there is unknown.
MISPLACED = {
    "AllowLocalPolicyMerge",
    "AllowLocalIPsecPolicyMerge",
    "DisabledInterfaces",
    "DefaultOutboundAction",
    "DefaultInboundAction",
}
DEFAULTS = {
    "EnableFirewall": 1,
    "DoNotAllowExceptions": 0,
    "AllowLocalPolicyMerge": 1,
    "DefaultInboundAction": 1,
    "DefaultOutboundAction": 0,
}
# The better store first: a rule of equal id may overwrite those of the stores behind it.
STORES = ("gpo", "mdm", "local")


def outcomes(reading: dict[str, Any], flow: Flow, profile: str) -> frozenset[str]:
    """Every outcome that is possible given what is not known.

    Args:
        reading: the reading of a firewall, schema 2.
        flow: the connection.
        profile: domain, private or public, in use where the flow passes.
    """
    inbound = flow.direction == "inbound"
    default = "DefaultInboundAction" if inbound else "DefaultOutboundAction"
    by_rules = _classes(reading, flow, profile)
    found = ALLOWED if _stopped(reading) else frozenset()
    for on, shielded, blocks, unfiltered in product(
        _switch(reading, profile, "EnableFirewall"),
        _switch(reading, profile, "DoNotAllowExceptions"),
        _switch(reading, profile, default),
        _unfiltered(reading, profile),
    ):
        if not on:
            found |= ALLOWED
        elif inbound and shielded:
            found |= BLOCKED if blocks else ALLOWED | BLOCKED
        else:
            found |= _decide(by_rules, BLOCKED if blocks else ALLOWED)
            found |= ALLOWED if unfiltered else frozenset()
    return found


def may_be_off(reading: dict[str, Any], profile: str) -> bool:
    """Whether it is possible that nothing is filtered at all."""
    return _stopped(reading) or 0 in _switch(reading, profile, "EnableFirewall")


def _stopped(reading: dict[str, Any]) -> bool:
    """INF: without its services nothing filters."""
    return any(state != "Running" for state in reading["services"].values())


def _decide(classes: dict[str, int], default: frozenset[str]) -> frozenset[str]:
    """Bypass, block, allow, default; the first class that matches for certain ends it."""
    found: frozenset[str] = frozenset()
    for name in ("bypass", "block", "allow"):
        if classes[name]:
            found |= BLOCKED if name == "block" else ALLOWED
        if classes[name] == YES:
            return found
    return found | default


# Rules


def _classes(reading: dict[str, Any], flow: Flow, profile: str) -> dict[str, int]:
    """The strongest match of each class of rules."""
    found = {"bypass": NO, "block": NO, "allow": NO}
    if _legacy(reading, profile):
        found.update(block=MAYBE, allow=MAYBE)
    for store, name, text in _texts(reading):
        rule = read_rule(text)
        if rule.readable:
            match = matches(rule, flow, profile, reading)
            kinds = [_kind(rule)]
        else:
            match, kinds = unreadable_matches(rule, flow), _plain_kinds(rule)
        if match:
            match = min(match, _live(reading, profile, store, name, rule))
        for kind in kinds:
            found[kind] = max(found[kind], min(match, MAYBE) if kind == "bypass" else match)
    return found


def _texts(reading: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for store in STORES:
        for name, text in reading["stores"][store]["rules"]:
            yield store, name, text


def _kind(rule: PacketRule) -> str:
    """An outbound allow rule may say that it bypasses (FASP 2.2.35)."""
    action = rule.word("action")
    around = rule.word("authbypassout") == "true" and rule.word("dir") == "out"
    return "bypass" if action == "allow" and around else action


def _plain_kinds(rule: PacketRule) -> list[str]:
    """Of a text that cannot be read: what it says plainly of its action still counts."""
    told = set(rule.words("action"))
    return [kind for kind, other in (("block", "allow"), ("allow", "block")) if told != {other}]


def _live(reading: dict[str, Any], profile: str, store: str, name: str, rule: PacketRule) -> int:
    """Whether a rule of this store counts in this profile."""
    before = STORES[: STORES.index(store)]
    twice = any(
        other.lower() == name.lower()
        for better in before
        for other, _text in reading["stores"][better]["rules"]
    )
    verdict = MAYBE if twice else YES
    if store == "local":
        merged = _switch(reading, profile, "AllowLocalPolicyMerge")
        if merged == {0}:
            return NO
        if 0 in merged or (rule.readable and _switched_off(reading, profile, rule)):
            return MAYBE
    return verdict


def _switched_off(reading: dict[str, Any], profile: str, rule: PacketRule) -> bool:
    """By the switches of Windows XP for programs and for ports, which may count or not."""
    values = rule.values(*LOCAL_PORTS)
    if rule.protocol not in (6, 17) or "svc" in rule.tokens:
        return False
    if "app" in rule.tokens:
        kind, wanted = "AuthorizedApplications", not values
    else:
        kind, wanted = "GloballyOpenPorts", len(values) == 1 and len(ports(values[0]) or ()) == 1
    stores = STORES if "app" in rule.tokens else ("gpo", "mdm")
    return wanted and any(
        row[1] == kind and row[2].get("AllowUserPrefMerge") == 0
        for store in stores
        for row in _exceptions(reading, store, profile)
    )


def _legacy(reading: dict[str, Any], profile: str) -> bool:
    """Lists of Windows XP in the policy, whose effect is not documented."""
    return any(row[3] for row in _exceptions(reading, "gpo", profile))


def _exceptions(reading: dict[str, Any], store: str, profile: str) -> Iterator[list[Any]]:
    key = _key(reading, store, profile)
    return (row for row in reading["stores"][store]["exceptions"] if row[0] == key)


# Settings


def _key(reading: dict[str, Any], store: str, profile: str) -> str:
    """The policy's StandardProfile counts where it has neither of the two others (GPFAS 2.2.3)."""
    if store != "gpo":
        return KEYS[profile]
    held = reading["stores"]["gpo"]
    there = {*held["profiles"], *(row[0] for row in held["exceptions"])}
    if profile != "domain" and not there & {"PrivateProfile", "PublicProfile"}:
        return "StandardProfile"
    return POLICY_KEYS[profile]


def _configured(reading: dict[str, Any], store: str, profile: str, name: str) -> set[Any]:
    """What a store may say of a setting; None: nothing."""
    key = _key(reading, store, profile)
    value = reading["stores"][store]["profiles"].get(key, {}).get(name)
    misplaced = store == "gpo" and key == "StandardProfile" and name in MISPLACED
    return {None, value} if misplaced else {value}


def _values(reading: dict[str, Any], profile: str, name: str) -> set[Any]:
    """The values in effect that are possible (FASP 3.1.3, 2.2.38); None: no store has one.

    Policy against MDM: no guarantee which wins. Shields: on wins over here and policy. The merge
    switch is policy's or MDM's alone.
    """
    found: set[Any] = set()
    told = (_configured(reading, store, profile, name) for store in STORES)
    for policy, managed, here in product(*told):
        distant = {policy, managed} - {None} or {None}
        if name == "AllowLocalPolicyMerge":
            found |= distant
        elif name == "DoNotAllowExceptions" and here == 1:
            found.add(1)
        else:
            found |= distant if distant != {None} else {here}
    return found


def _switch(reading: dict[str, Any], profile: str, name: str) -> set[int]:
    """A value that is neither 0 nor 1 may mean either."""
    found: set[int] = set()
    for value in _values(reading, profile, name):
        known = DEFAULTS[name] if value is None else value
        found |= {known} if known in (0, 1) else {0, 1}
    return found


def _unfiltered(reading: dict[str, Any], profile: str) -> set[bool]:
    """Whether a disabled interface exists on the host, which may be that of the flow."""
    interfaces = reading["interfaces"]
    found = set()
    for value in _values(reading, profile, "DisabledInterfaces"):
        ids = {part.strip().lower() for part in (value or "").split(",")} - {""}
        there = ids if interfaces is None else ids & {own["id"].lower() for own in interfaces}
        found.add(bool(there))
    return found
