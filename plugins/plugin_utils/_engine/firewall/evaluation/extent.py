# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stored rule applies to: for certain, and at most ([MS-FASP] 2.2.37, by condition)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...net import addresses
from ...net.boxes import Box, Ranges
from ..reading import FirewallReading, Interface
from ..rule import Rule
from ..stored import StoredRule, read
from ..values import program_meant
from .dimensions import (
    IPV4,
    IPV6,
    NAMED,
    PROFILE_NAMES,
    WHOLE,
    Dimension,
    Numbers,
    address_ranges,
    icmp_numbers,
    interface_numbers,
    numbers_of,
    port_numbers,
    protocol_numbers,
)
from .validity import invalid

# Conditions that a packaged program alone can meet; MailEssentials is none.
_PACKAGE = ("apppkgid=", "pfn=")
# They say nothing of the first packet of a connection, or are looked at by themselves.
_NO_CONDITION = ("luown=", "lsm=", "pcross=", "platform2=", "lom=", "authbypassout=")
_PLATFORM = "platform="
# Doubts about the whole of a rule: it certainly applies to nothing.
_OF_ALL = {"conditions", "edge_traversal", "authentication", "invalid", "platform"}
_WINDOWS = "2"  # the platform of every Windows since NT ([MS-FASP] 2.2.29)
_FAMILY = {4: IPV4, 6: IPV6}


@dataclass(frozen=True)
class Extent:
    """A rule as two sets. must, may: None where they are empty. action: allow, block or bypass.
    shape: may, with nothing in a dimension in which it applies to nothing. doubts: option of a rule
    -> why must is less than may. enabled: a rule that is not, applies to nothing; its sets are what
    they would be.
    """

    stored: StoredRule
    action: str
    enabled: bool
    must: Box | None
    may: Box | None
    shape: Box
    doubts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Live:
    """Profiles in which the rules of a store certainly count, and in which they may."""

    must: frozenset[str]
    may: frozenset[str]


class Interpreter:
    """Makes extents of rules for one host. programs, services: what its rules name."""

    def __init__(self, reading: FirewallReading) -> None:
        self.programs, self.services = Numbers(), Numbers()
        self._variables = reading.variables
        self._windows = _version(reading.windows)
        self._known = _keyword_addresses(reading.interfaces or ())

    def extent(self, stored: StoredRule, rule: Rule, live: Live) -> Extent:
        """Of a rule that was read. live: where the rules of its store count."""
        doubts: dict[str, str] = {}
        must, may = self._options(rule, doubts)
        must[Dimension.PROFILE] = _profiles(rule, live.must)
        may[Dimension.PROFILE] = _profiles(rule, live.may)
        if must[Dimension.PROFILE] != may[Dimension.PROFILE]:
            doubts["store"] = "whether it counts beside other stores is not known"
        if rule.conditions:
            self._conditions([text.lower() for text in rule.conditions], may, doubts)
        if ignores_remote(rule):
            doubts["remote_addresses"] = "LOM=TRUE, beside which the remote side may not count"
            for dimension in (Dimension.REMOTE_ADDRESS, Dimension.REMOTE_PORT):
                may[dimension] = WHOLE[dimension]
        if rule.unknown:
            doubts["conditions"] = ", ".join(rule.unknown)
            _widen_for(rule.unknown, may)
        if rule.edge_traversal == "defer_to_user" and not _has_edge(stored):
            doubts["edge_traversal"] = "Defer=User without Edge ([MS-FASP] 2.2.24)"
        bypasses = rule.action == "bypass" or _has(rule, "authbypassout=true")
        if bypasses:
            doubts["authentication"] = "only IPsec tells who is authenticated"
        wrong = invalid(stored, rule)
        if wrong:
            doubts["invalid"] = wrong
        action = "bypass" if bypasses else rule.action
        most = _box(may)
        least = None if most is None or doubts.keys() & _OF_ALL else _box(must)
        return Extent(stored, action, rule.enabled, least, most, tuple(may), doubts)

    def unread(
        self, stored: StoredRule, direction: str, live: Live, kind: str = "unreadable"
    ) -> list[Extent]:
        """Of a text that is not understood: whatever the tokens that can be read leave open. kind:
        under which name that is a doubt.
        """
        box = list(WHOLE)
        box[Dimension.PROFILE] = numbers_of(live.may, PROFILE_NAMES)
        doubts = {kind: stored.reason}
        return [
            Extent(stored, action, True, None, _box(box), tuple(box), doubts)
            for action in ("block", "allow")
            if may_apply(stored, direction, action)
        ]

    def _conditions(self, texts: list[str], may: list[Ranges], doubts: dict[str, str]) -> None:
        """Of tokens outside the options, in lower case."""
        platforms = []
        for text in texts:
            if text.startswith(_PACKAGE):
                may[Dimension.PROGRAM] = ()
            elif text.startswith(_PLATFORM):
                platforms.append(text[len(_PLATFORM) :].split(":"))
            elif not text.startswith(_NO_CONDITION):
                doubts["conditions"] = text
        if platforms:
            self._platform(platforms, "platform2=gteq" in texts, may, doubts)

    def _options(self, rule: Rule, doubts: dict[str, str]) -> tuple[list[Ranges], list[Ranges]]:
        must, may = list(WHOLE), list(WHOLE)
        for dimension, ranges in (
            (Dimension.PROTOCOL, protocol_numbers(rule.protocol)),
            (Dimension.ICMP, icmp_numbers(rule.icmp_types)),
            (Dimension.INTERFACE, interface_numbers(rule)),
        ):
            must[dimension] = may[dimension] = ranges
        if not rule.protocol.startswith("icmp"):  # invalid() says so where there are types
            may[Dimension.ICMP] = WHOLE[Dimension.ICMP]
        for dimension, name in (
            (Dimension.LOCAL_PORT, "local_ports"),
            (Dimension.REMOTE_PORT, "remote_ports"),
        ):
            texts = getattr(rule, name)
            must[dimension], words = port_numbers(texts)
            may[dimension] = WHOLE[dimension] if words else must[dimension]
            if words:
                doubts[name] = ", ".join(texts)
        self._both_addresses(rule, must, may, doubts)
        if rule.program:
            must[Dimension.PROGRAM], may[Dimension.PROGRAM] = self._program(rule.program, doubts)
        if rule.service:
            self._service(rule.service.lower(), must, may, doubts)
        return must, may

    def _both_addresses(
        self, rule: Rule, must: list[Ranges], may: list[Ranges], doubts: dict[str, str]
    ) -> None:
        for dimension, name in (
            (Dimension.LOCAL_ADDRESS, "local_addresses"),
            (Dimension.REMOTE_ADDRESS, "remote_addresses"),
        ):
            texts = getattr(rule, name)
            if texts:
                must[dimension], may[dimension] = self.addresses(texts)
                if dimension == Dimension.LOCAL_ADDRESS and addresses.spans(texts).keywords:
                    must[dimension] = ()  # the SDK allows keywords there, [MS-FASP] forbids them
                if must[dimension] != may[dimension]:
                    doubts[name] = ", ".join(texts)

    def addresses(self, texts: tuple[str, ...]) -> tuple[Ranges, Ranges]:
        """Keywords stand for what Windows finds at run time: at least the addresses that the host
        has told, at most their whole family (a packet of another subnet was seen to match
        LocalSubnet). A rule may not be enforced where one of them stands for nothing ([MS-FASP]
        2.2.27).
        """
        literal = address_ranges(texts)
        keywords = addresses.spans(texts).keywords
        if not keywords:
            return literal, literal
        known = [span for word in keywords for span in self._known.get(word, ())]
        families = [span for _word, family in keywords for span in _FAMILY[family]]
        may = addresses.merge([*literal, *families])
        told = {name for name, _family in self._known} | {"LocalSubnet"}
        if not {name for name, _family in keywords} <= told:
            return (), may
        return addresses.merge([*literal, *known]), may

    def _program(self, program: str, doubts: dict[str, str]) -> tuple[Ranges, Ranges]:
        path = program_meant(program, self._variables)
        if "%" in path:
            doubts["program"] = f"{program} has a variable that the host did not tell"
            return (), WHOLE[Dimension.PROGRAM]
        ranges = self.programs.ranges(path)
        return ranges, ranges

    def _service(
        self, service: str, must: list[Ranges], may: list[Ranges], doubts: dict[str, str]
    ) -> None:
        """ "*" is every service, and one that no rule names may be one."""
        if service == "*":
            must[Dimension.SERVICE] = NAMED
            doubts["service"] = "Svc=*"
        else:
            must[Dimension.SERVICE] = may[Dimension.SERVICE] = self.services.ranges(service)

    def _platform(
        self, entries: list[list[str]], newer: bool, may: list[Ranges], doubts: dict[str, str]
    ) -> None:
        """[MS-FASP] 2.2.29: one of the platforms; the last one with the operator of Platform2.
        newer: it is "at least".
        """
        parsed = [tuple(map(int, entry)) for entry in entries if all(map(str.isdecimal, entry))]
        if self._windows is None or len(parsed) != len(entries):
            doubts["platform"] = f"Platform={', '.join(':'.join(entry) for entry in entries)}"
            return
        last = parsed[-1]
        if not (
            any(entry == (int(_WINDOWS), *self._windows) for entry in parsed)
            or (newer and last[0] == int(_WINDOWS) and self._windows >= last[1:])
        ):
            may[Dimension.PROFILE] = ()


def _has(rule: Rule, condition: str) -> bool:
    return any(text.lower() == condition for text in rule.conditions)


def ignores_remote(rule: Rule) -> bool:
    """Whether an allow rule admits whoever is on the other side ([MS-FASP] 2.2.35)."""
    return rule.action != "block" and _has(rule, "lom=true")


def _box(ranges: list[Ranges]) -> Box | None:
    return tuple(ranges) if all(ranges) else None


def _profiles(rule: Rule, live: frozenset[str]) -> Ranges:
    names = live if not rule.profiles else live & set(rule.profiles)
    return numbers_of(frozenset(names), PROFILE_NAMES)


def _has_edge(stored: StoredRule) -> bool:
    """A rule that is wanted has no text; New-NetFirewallRule writes both tokens."""
    return not stored.text or "|edge=true|" in stored.text.lower()


def _told(stored: StoredRule) -> dict[str, str]:
    """Tokens that stand once in a text of schema 2, in lower case; behind the last bar nothing is
    whole.
    """
    text = read(stored.text)
    found: dict[str, set[str]] = {}
    for token, value in text.fields[:-1]:
        found.setdefault(token.lower(), set()).add((value or "").lower())
    if not text.version.lower().startswith("v2."):
        return {}
    return {token: values.pop() for token, values in found.items() if len(values) == 1}


def may_apply(stored: StoredRule, direction: str, action: str) -> bool:
    """Whether a text that is not understood may be a rule in force of a direction and an action
    (allow or block).
    """
    told = _told(stored)
    other = {"inbound": "out", "outbound": "in", "allow": "block", "block": "allow"}
    return (
        told.get("active") != "false"
        and told.get("dir") != other[direction]
        and told.get("action") != other[action]
    )


def _widen_for(tokens: Collection[str], may: list[Ranges]) -> None:
    """A token that nobody has described may add ports or addresses to those that were understood,
    as LPort2_29 does.
    """
    for prefix, dimension in (
        ("lport", Dimension.LOCAL_PORT),
        ("rport", Dimension.REMOTE_PORT),
        ("la", Dimension.LOCAL_ADDRESS),
        ("ra", Dimension.REMOTE_ADDRESS),
        ("if", Dimension.INTERFACE),
        ("icmp", Dimension.ICMP),
    ):
        if any(token.startswith(prefix) for token in tokens):
            may[dimension] = WHOLE[dimension]


def _version(text: str | None) -> tuple[int, int] | None:
    parts = (text or "").split(".")
    if len(parts) < 2 or not all(map(str.isdecimal, parts[:2])):
        return None
    return int(parts[0]), int(parts[1])


def _keyword_addresses(interfaces: Collection[Interface]) -> dict[tuple[str, int], list[Any]]:
    """Keyword and family -> addresses that the host told: networks on its links, and its
    servers.
    """
    found: dict[tuple[str, int], list[Any]] = {}
    for interface in interfaces:
        entries = [
            *(
                ("LocalSubnet", text, f"/{length}")
                for text, length in interface.addresses
                if length
            ),
            *(("DNS", text, "") for text in interface.dns),
            *(("DHCP", text, "") for text in interface.dhcp),
            *(("DefaultGateway", text, "") for text in interface.gateways),
        ]
        for word, address, length in entries:
            text = address.partition("%")[0] + length
            try:
                family = addresses.parse(text).family
            except ValueError:
                continue
            found.setdefault((word, family), []).extend(address_ranges((text,)))
    return found
