# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a green run would hide: rules that cannot take effect, rules that were not understood,
outbound rules that restrict nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..sentences import listed
from .blocking import blocked
from .difference import is_owned, is_removable
from .evaluation.extent import may_apply
from .evaluation.policy import Policy, exception_kind
from .exposure import is_limited
from .finding import PLACES, Finding
from .reading import SERVICES, FirewallReading
from .rule import Rule
from .values import PROFILES

_NOT_UNDERSTOOD = {
    "partly_understood": "Rules of this set contain something that no document describes, so it is "
    "not known whether they do only what is wanted; remove them on the host and run again, and "
    "they are written again",
    "unreadable": "Rules that cannot be read may block ports of this set, or open them to more "
    "addresses",
}


def effect(policy: Policy, wanted: Sequence[Rule]) -> tuple[Finding, ...]:
    """Why the wanted rules, once on the host, would not have the effect that they describe.
    Disabled rules do not count. policy: of the host, without the local rules that do not stay as
    they are.
    """
    reading = policy.reading
    rules = [rule for rule in wanted if rule.enabled]
    findings = [
        *_service_findings(reading),
        *_overridden(reading, rules),
        *_exceptions_off(policy, rules),
        *_not_in_use(reading, rules),
        *_misplaced(reading, rules),
        *blocked(policy, rules),
    ]
    for profile in PROFILES:
        concerned = [rule for rule in rules if profile in (rule.profiles or PROFILES)]
        if concerned:
            findings += _profile_findings(reading, profile, concerned)
    return (*findings, *_outbound_allowed(reading, rules))


def _service_findings(reading: FirewallReading) -> list[Finding]:
    """The services without which Windows Firewall neither stores nor enforces anything."""
    found = []
    for name, title in SERVICES.items():
        status = reading.services.get(name)
        if status != "Running":
            message = (
                f"The service {name} ({title}) is {status or 'not installed'}, so firewall rules "
                "cannot be written or enforced; start it."
            )
            found.append(Finding("service", "error", "", (), message))
    return found


def _overridden(reading: FirewallReading, rules: Sequence[Rule]) -> list[Finding]:
    """Equal ids of several stores overwrite one another, group policy wins (New-NetFirewallRule,
    Name); the rules of all stores are combined ([MS-FASP] 3.1.3). Nobody has shown which it is.
    """
    policy = {
        stored.id.lower(): stored.store for stored in reading.rules if stored.store != "local"
    }
    return [
        Finding(
            "overridden",
            "warning",
            "",
            (rule.id,),
            f"A rule of {PLACES[policy[rule.id.lower()]]} also has the id '{rule.id}'. The "
            "documents differ on whether it replaces this rule or counts beside it; remove it "
            "there.",
        )
        for rule in rules
        if rule.id.lower() in policy
    ]


def _exceptions_off(policy: Policy, rules: Sequence[Rule]) -> list[Finding]:
    """Rules of the form of an exception of Windows XP, while a policy refuses local exceptions."""
    found = []
    for kind, profiles in policy.switched_off.items():
        concerned = tuple(
            rule.id
            for rule in rules
            if exception_kind(rule) == kind and profiles & set(rule.profiles or PROFILES)
        )
        if concerned:
            message = (
                f"A policy sets AllowUserPrefMerge=0 for {kind} "
                f"({', '.join(sorted(profiles))}). Rules of this set have the form of such an "
                "exception ([MS-FASP] 2.2.38), so it is not known whether they count there."
            )
            found.append(Finding("exceptions_off", "warning", "", concerned, message))
    return found


def _not_in_use(reading: FirewallReading, rules: Sequence[Rule]) -> list[Finding]:
    """Rules for profiles none of which is in use. Where the host did not tell, all three count as
    in use.
    """
    idle = [
        rule
        for rule in rules
        if rule.profiles and not set(rule.profiles) & set(reading.active_profiles)
    ]
    if not idle:
        return []
    names = listed([f"'{rule.id}' ({', '.join(rule.profiles)} only)" for rule in idle])
    message = (
        f"Rules apply only to profiles that are not in use now: {names}. In use: "
        f"{', '.join(reading.active_profiles)}."
    )
    return [Finding("profile_not_in_use", "warning", "", tuple(rule.id for rule in idle), message)]


def _misplaced(reading: FirewallReading, rules: Sequence[Rule]) -> list[Finding]:
    """Values of a group policy in a place where they must not be: whether Windows follows them is
    not known.
    """
    values = reading.misplaced()
    concerned = tuple(
        rule.id for rule in rules if set(rule.profiles or PROFILES) & {"private", "public"}
    )
    if not (values and concerned):
        return []
    names = listed([f"{name}={number}" for name, number in values.items()])
    message = (
        f"Group policy sets {names} under StandardProfile, where [MS-GPFAS] 2.2.3 forbids it. "
        "It is not documented whether Windows uses it in the private and public profiles, so it "
        "is not counted. Set it for these profiles themselves."
    )
    return [Finding("misplaced_policy", "warning", "", concerned, message)]


def _profile_findings(
    reading: FirewallReading, profile: str, rules: Sequence[Rule]
) -> list[Finding]:
    in_use = profile in reading.active_profiles
    when = _when(reading, profile)
    severe = "error" if in_use else "warning"
    ids = tuple(rule.id for rule in rules)
    inbound = tuple(
        rule.id for rule in rules if (rule.direction, rule.action) == ("inbound", "allow")
    )
    findings = []

    enabled, place = reading.policy(profile, "EnableFirewall")
    if not enabled:
        message = (
            f"The firewall is off for the {profile} profile "
            f"({when}) by {PLACES[place]}: rules have no effect there."
        )
        return [Finding("profile_off", "warning", profile, ids, message)]
    merge, place = reading.policy(profile, "AllowLocalPolicyMerge")
    if not merge:
        contested = reading.is_contested(profile, "AllowLocalPolicyMerge")
        severity = "warning" if contested else severe
        message = _not_merged(profile, when, PLACES[place], contested)
        findings.append(Finding("local_policy_merge", severity, profile, ids, message))
    findings += _shielded(reading, profile, when, inbound)
    return findings


def _outbound_allowed(reading: FirewallReading, rules: Sequence[Rule]) -> Iterator[Finding]:
    """One finding for all profiles in which the same settings allow outbound connections."""
    found: dict[str, dict[str, list[str]]] = {}
    for profile in reading.active_profiles:
        blocked, place = reading.policy(profile, "DefaultOutboundAction")
        ids = [
            rule.id
            for rule in rules
            if (rule.direction, rule.action) == ("outbound", "allow")
            and profile in (rule.profiles or PROFILES)
        ]
        if ids and not blocked and reading.policy(profile, "EnableFirewall")[0]:
            found.setdefault(place, {})[profile] = ids
    for place, ids_of in found.items():
        profiles = list(ids_of)
        one = len(profiles) == 1
        message = (
            f"Outbound connections are allowed by default in the {', '.join(profiles)} "
            f"profile{'' if one else 's'} (by {PLACES[place]}), so outbound allow rules change "
            "nothing there."
        )
        named = tuple(dict.fromkeys(one for ids in ids_of.values() for one in ids))
        yield Finding("outbound_allowed", "info", profiles[0] if one else "", named, message)


def _shielded(
    reading: FirewallReading, profile: str, when: str, inbound: tuple[str, ...]
) -> list[Finding]:
    """Shields up. New-NetFirewallProfile (AllowInboundRules) and [MS-FASP] 2.2.38 contradict each
    other where inbound connections are allowed by default.
    """
    shields_up, place = reading.policy(profile, "DoNotAllowExceptions")
    if not (shields_up and inbound):
        return []
    severity = "error" if profile in reading.active_profiles else "warning"
    message = (
        f"The {profile} profile ({when}) ignores inbound allow "
        f"rules: {PLACES[place]} sets DoNotAllowExceptions=1 (block all incoming connections)."
    )
    if 0 in reading.possible(profile, "DefaultInboundAction"):
        severity = "warning"
        message += (
            " The default for inbound connections is Allow there; the documents differ on whether "
            "it still counts."
        )
    return [Finding("shields_up", severity, profile, inbound, message)]


def _when(reading: FirewallReading, profile: str) -> str:
    if profile not in reading.active_profiles:
        return "not in use now"
    known = reading.profiles_known
    return "in use" if known else "taken as in use, as the host did not report it"


def _not_merged(profile: str, when: str, place: str, contested: bool) -> str:
    message = (
        f"Local firewall rules do not apply to the {profile} profile "
        f"({when}): {place} sets AllowLocalPolicyMerge=0. "
        "Add the rules to that policy, or allow local rules in it."
    )
    if contested:
        message += (
            " Group policy and device management (MDM) differ here; it is inferred that this one "
            "wins."
        )
    return message


def understanding(reading: FirewallReading, wanted: Sequence[Rule]) -> tuple[Finding, ...]:
    """Rules of the host that were not understood, as far as they matter: the wanted ones, and those
    that may open the ports of these wider, or block them.
    """
    ids = {rule.id.lower() for rule in wanted}
    allows = [rule for rule in wanted if rule.enabled and rule.action == "allow"]
    partly = [
        stored
        for stored in reading.rules
        if stored.rule and stored.reason and stored.store == "local" and stored.id.lower() in ids
    ]
    unread = [
        stored
        for stored in reading.rules
        if stored.rule is None
        and any(
            may_apply(stored, rule.direction, "block")
            or (is_limited(rule) and may_apply(stored, rule.direction, "allow"))
            for rule in allows
        )
    ]
    found = []
    for kind, stored_rules in (("partly_understood", partly), ("unreadable", unread)):
        if stored_rules:
            names = listed([f"'{stored.id}' ({stored.reason})" for stored in stored_rules])
            found.append(
                Finding(
                    kind,
                    "warning",
                    "",
                    tuple(stored.id for stored in stored_rules),
                    f"{_NOT_UNDERSTOOD[kind]}: {names}.",
                )
            )
    return tuple(found)


def not_ours(
    reading: FirewallReading, group: str, id_prefix: str, wanted: Sequence[Rule]
) -> tuple[Finding, ...]:
    """Local rules in our group that stay as they are: rules with an id of another form, and those
    that no documented call can name for certain.
    """
    ids = {rule.id.lower() for rule in wanted}
    inside = [
        stored
        for stored in reading.rules
        if stored.store == "local" and stored.group == group and stored.id.lower() not in ids
    ]
    foreign = [stored for stored in inside if not is_owned(stored, group, id_prefix)]
    stuck = [
        stored
        for stored in inside
        if is_owned(stored, group, id_prefix) and not is_removable(stored)
    ]
    found = []
    for rules, why in (
        (
            foreign,
            f"whose id does not begin with '{id_prefix}', or whose text is not understood; "
            "they are not changed. Remove them, or give them another group",
        ),
        (
            stuck,
            "whose id contains a wildcard character, which Remove-NetFirewallRule may apply to "
            "other rules too; they are not changed. Remove them in Windows",
        ),
    ):
        if rules:
            names = listed([f"'{stored.display_name}' ({stored.id})" for stored in rules])
            found.append(
                Finding(
                    "not_ours",
                    "warning",
                    "",
                    tuple(stored.id for stored in rules),
                    f"The group '{group}' holds rules {why}: {names}.",
                )
            )
    return tuple(found)
