# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of one connection, the reason, and what would decide it where it is not known."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...net.boxes import Box, common, rest
from ...sentences import listed
from ..finding import PLACES
from .decision import ACTIONS, ALLOWED, BLOCKED, NOT_KNOWN, PARTLY, Decision, decide
from .dimensions import Dimension, name_of, profile_numbers
from .extent import Extent
from .flow import Flow
from .policy import Policy
from .words import rule_name

UNKNOWN, IN_PART = "unknown", "partly"
_MOST = 5  # rules of a kind that an answer lists
# ICMP errors belong to another connection, which is what the firewall looks at (ALE).
_ICMP_ERRORS = {"icmpv4": (3, 4, 5, 11, 12), "icmpv6": (1, 2, 3, 4)}
# Where a rule fails by one of these, it is of something else.
_OF_ANOTHER = {name_of(one) for one in (Dimension.PROTOCOL, Dimension.LOCAL_PORT, Dimension.ICMP)}
_CONTESTED = (
    "is not known: policies contradict each other, one stands under StandardProfile, or the "
    "value is neither 0 nor 1"
)
_SETTLING = {
    "services": "the services mpssvc and BFE do not both run",
    "EnableFirewall": f"which EnableFirewall counts {_CONTESTED}",
    "DisabledInterfaces": "the firewall is disabled on some interfaces, and it is not known which "
    "interface is used",
    "DefaultInboundAction": "shields up with a default of Allow: the documents differ",
    "DoNotAllowExceptions": f"which DoNotAllowExceptions counts {_CONTESTED}",
    "default": f"which default action counts {_CONTESTED}",
}
# Code -> what an answer takes for granted.
ASSUMPTIONS = {
    "DYNAMIC_RULES_NOT_READ": "no dynamic rule applies (they are not read)",
    "SERVICE_HARDENING_NOT_EVALUATED": "the connection is not of a hardened service",
    "THIRD_PARTY_FILTERS_NOT_READ": "no filter of another product applies (they are not read)",
    "PROGRAM_NOT_NAMED": "the program is one that no rule names, unless the question names one",
    "PROFILES_NOT_KNOWN": "every profile may be in use, as the host did not report it",
    "OLD_READING": "the reading is from an earlier version, and nothing that it lacks matters",
}


@dataclass(frozen=True)
class FlowAnswer:
    """verdict: allowed, blocked, partly (a part of the question is blocked) or unknown. profile: ""
    where it is the same in several. code: what decided. because: one sentence. deciders,
    also_matched: rules. nearly: rules and the condition that fails. settle: what would
    settle it. assumptions: codes.
    """

    flow: Flow
    verdict: str
    profile: str
    code: str
    because: str
    deciders: tuple[Extent, ...] = ()
    also_matched: tuple[Extent, ...] = ()
    nearly: tuple[tuple[Extent, str], ...] = ()
    settle: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """For people."""
        known = "certain" if self.verdict != UNKNOWN else "a reading cannot decide it"
        where = f" in the {self.profile} profile" if self.profile else ""
        verdict = "blocked in part" if self.verdict == IN_PART else self.verdict
        return f"{self.flow.text}: {verdict}{where} ({known}). {self.because}"

    def to_dict(self) -> dict[str, Any]:
        """As firewall_explain returns it."""
        return {
            "flow": self.flow.text,
            "verdict": self.verdict,
            "certain": self.verdict != UNKNOWN,
            "profile": self.profile,
            "code": self.code,
            "because": self.because,
            "deciders": [_rule(extent) for extent in self.deciders[:_MOST]],
            "also_matched": [_rule(extent) for extent in self.also_matched[:_MOST]],
            "nearly": [
                {**_rule(extent), "failed": failed} for extent, failed in self.nearly[:_MOST]
            ],
            "assumptions": list(self.assumptions),
            "would_settle": list(self.settle),
            "event_hint": _event_hint(self),
            "text": self.text,
        }


def _rule(extent: Extent) -> dict[str, str]:
    stored = extent.stored
    return {
        "store": stored.store,
        "id": stored.id,
        "display_name": stored.display_name,
        "action": extent.action,
    }


def explain(policy: Policy, flow: Flow) -> list[FlowAnswer]:
    """One answer for all profiles in use (or the one that the flow names) where they agree, else
    one for each.
    """
    special = _special(policy, flow)
    if special:
        return [special]
    box = flow.box(policy.interpreter, policy.reading.variables)
    answers = []
    for profile in flow.profiles or policy.reading.active_profiles:
        part = list(box)
        part[Dimension.PROFILE] = profile_numbers(profile)
        decision = decide(policy, tuple(part), flow.direction, profile)
        answers.append(_answer(policy, flow, tuple(part), profile, decision))
    first = answers[0]
    if all(_alike(answer) == _alike(first) for answer in answers):
        return [replace(first, profile="", because=_anywhere(first))] if answers[1:] else [first]
    return answers


def _alike(answer: FlowAnswer) -> tuple[Any, ...]:
    return answer.verdict, answer.code, _anywhere(answer), answer.settle


def _anywhere(answer: FlowAnswer) -> str:
    """The reason, without the name of its profile."""
    return answer.because.replace(f"the {answer.profile} profile", "each profile in use")


def _special(policy: Policy, flow: Flow) -> FlowAnswer | None:
    """Connections that the rules do not decide, or nobody has said how."""
    assumed = tuple(_assumptions(policy, flow))
    own = {
        text.partition("%")[0]
        for interface in policy.reading.interfaces or ()
        for text, _length in interface.addresses
    }
    if flow.remote_address in own or _is_loopback(flow.remote_address):
        because = (
            "Both ends are this host. One report says that Windows Firewall rules do not block "
            "such a connection; other filters can."
        )
        return FlowAnswer(flow, UNKNOWN, "", "LOOPBACK_REPORTED", because, assumptions=assumed)
    kind = flow.icmp_type.partition(":")[0]
    if kind and int(kind) in _ICMP_ERRORS.get(flow.protocol, ()):
        because = "An ICMP error belongs to another connection and is treated like it."
        return FlowAnswer(flow, UNKNOWN, "", "ICMP_ERROR", because, assumptions=assumed)
    return None


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_network(text).is_loopback
    except ValueError:  # any, or a range
        return False


def _answer(policy: Policy, flow: Flow, box: Box, profile: str, decision: Decision) -> FlowAnswer:
    verdict = IN_PART if decision.code == PARTLY else UNKNOWN
    if len(decision.outcomes) == 1:
        (verdict,) = decision.outcomes
    matching, nearly = _around(policy, flow, box)
    return FlowAnswer(
        flow,
        verdict,
        profile,
        decision.code,
        _because(policy, flow, box, profile, decision),
        decision.deciders,
        tuple(extent for extent in matching if extent not in decision.deciders),
        tuple(nearly),
        tuple(_settling(decision)) if verdict == UNKNOWN else (),
        tuple(_assumptions(policy, flow)),
    )


def _because(policy: Policy, flow: Flow, box: Box, profile: str, decision: Decision) -> str:
    if decision.code == NOT_KNOWN:
        return f"It depends on this: {'; '.join(_settling(decision))}."
    if decision.code == PARTLY:
        blocks, allows = _by("block", decision), _by("allow", decision)
        return f"A part of it is blocked ({blocks}), a part is allowed ({allows})."
    names = listed([rule_name(extent.stored) for extent in decision.deciders])
    one = len(decision.deciders) == 1
    if decision.code == "BLOCK_RULE":
        return f"It is blocked by {names}; a block rule overrides every allow rule."
    if decision.code == "ALLOW_RULE":
        alone = not any(rest(box, extent.must) for extent in decision.deciders if extent.must)
        how = "" if one else ", each alone" if alone else " together"
        return f"It is allowed by {names}{how}."
    setting = {
        "FIREWALL_OFF": "EnableFirewall",
        "SHIELDS_UP": "DoNotAllowExceptions",
    }.get(decision.code, f"Default{flow.direction.capitalize()}Action")
    place = PLACES[policy.reading.policy(profile, setting)[1]]
    if decision.code == "FIREWALL_OFF":
        return f"The firewall is off in the {profile} profile, by {place}."
    if decision.code == "SHIELDS_UP":
        return f"The {profile} profile blocks all incoming connections, by {place}."
    outcome = "blocks" if decision.outcomes == {BLOCKED} else "allows"
    decided = (
        f"A part of it is {'blocked' if outcome == 'blocks' else 'allowed'} by {names}, the rest "
        "matches no rule"
        if names
        else "No rule matches it"
    )
    return (
        f"{decided}, and the {profile} profile {outcome} it by default ({place})."
        f"{_not_merged(policy, profile)}"
    )


def _not_merged(policy: Policy, profile: str) -> str:
    if True in policy.settings[profile].merged:
        return ""
    place = PLACES[policy.reading.policy(profile, "AllowLocalPolicyMerge")[1]]
    return f" Local rules do not count there: {place} sets AllowLocalPolicyMerge=0."


def _by(action: str, decision: Decision) -> str:
    names = [rule_name(one.stored) for one in decision.deciders if one.action == action]
    return listed(names) or "by default"


def _settling(decision: Decision) -> Iterator[str]:
    for setting in decision.settings:
        yield _SETTLING[setting]
    for extent in decision.doubtful[:_MOST]:
        why = "; ".join(extent.doubts.values()) or "it matches a part of the question only"
        verb = "block" if extent.action == "block" else "allow"
        yield f"{rule_name(extent.stored)} may {verb} it ({why})"
    if len(decision.doubtful) > _MOST:
        yield f"{len(decision.doubtful) - _MOST} more rules may decide it"


def _around(policy: Policy, flow: Flow, box: Box) -> tuple[list[Extent], list[tuple[Extent, str]]]:
    """Rules that may apply, and those that fail by one condition."""
    matching, nearly = [], []
    for extent in policy.extents(
        flow.direction, ACTIONS, box[Dimension.PROTOCOL], box[Dimension.LOCAL_PORT]
    ):
        failed = [
            name_of(dimension)
            for dimension in Dimension
            if not common(extent.shape[dimension], box[dimension])
        ]
        if not extent.enabled:
            failed.append("enabled")
        if not failed:
            matching.append(extent)
        elif len(failed) == 1 and failed[0] not in _OF_ANOTHER:
            nearly.append((extent, failed[0]))
    return matching, nearly


def _assumptions(policy: Policy, flow: Flow) -> Iterator[str]:
    yield "DYNAMIC_RULES_NOT_READ"
    yield "SERVICE_HARDENING_NOT_EVALUATED"
    yield "THIRD_PARTY_FILTERS_NOT_READ"
    if not flow.program:
        yield "PROGRAM_NOT_NAMED"
    if not policy.reading.profiles_known:
        yield "PROFILES_NOT_KNOWN"
    if policy.reading.disabled_interfaces is None:
        yield "OLD_READING"


def _event_hint(answer: FlowAnswer) -> str:
    """What the Security log shows of a dropped connection (events 5157 and 5152)."""
    if answer.verdict == ALLOWED:
        return ""
    if answer.code == "BLOCK_RULE" and answer.deciders:
        return (
            f"Security 5157 or 5152, Filter Origin: {answer.deciders[0].stored.id}. 'Query User "
            "Default' does not exclude this rule, and without a listener it is 'Stealth'."
        )
    return (
        "Security 5157 or 5152, Filter Origin: 'Query User Default' or 'Default "
        f"{answer.flow.direction.capitalize()}'; 'Stealth' where nothing listens, 'WSH Default' "
        "for a hardened service."
    )
