# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a green run would hide: rules that cannot take effect, rules that were not understood,
outbound rules that restrict nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..sentences import listed
from .difference import is_owned, is_removable
from .exposure import is_limited, may_admit
from .reading import FirewallReading
from .rule import Rule
from .values import PROFILES

_SERVICES = {"mpssvc": "Windows Defender Firewall", "BFE": "Base Filtering Engine"}
_PLACES = {
    "gpo": "group policy",
    "mdm": "device management (MDM)",
    "local": "the local policy",
    "default": "Windows' default",
}


@dataclass(frozen=True)
class Finding:
    """kind: service, local_policy_merge, overridden, shields_up, profile_off, profile_not_in_use,
    misplaced_policy, outbound_allowed, partly_understood, unreadable or not_ours. severity: error
    (the rules named have no effect), warning or info.
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


def effect(reading: FirewallReading, wanted: Sequence[Rule]) -> tuple[Finding, ...]:
    """Why the wanted rules, once on the host, would not do what they say. Rules that are disabled
    are nobody's expectation.
    """
    rules = [rule for rule in wanted if rule.enabled]
    findings = [
        *_service_findings(reading),
        *_overridden(reading, rules),
        *_not_in_use(reading, rules),
        *_misplaced(reading, rules),
    ]
    for profile in PROFILES:
        concerned = [rule for rule in rules if profile in (rule.profiles or PROFILES)]
        if concerned:
            findings += _profile_findings(reading, profile, concerned)
    return tuple(findings)


def _service_findings(reading: FirewallReading) -> list[Finding]:
    """The services without which Windows Firewall neither stores nor enforces anything."""
    found = []
    for name, title in _SERVICES.items():
        status = reading.services.get(name)
        if status != "Running":
            message = (
                f"The service {name} ({title}) is {status or 'not there'}, so no firewall "
                "rule can be written or enforced; start it."
            )
            found.append(Finding("service", "error", "", (), message))
    return found


def _overridden(reading: FirewallReading, rules: Sequence[Rule]) -> list[Finding]:
    """Equal ids of several stores overwrite one another, group policy wins (New-NetFirewallRule,
    Name).
    """
    policy = {
        stored.id.lower(): stored.store for stored in reading.rules if stored.store != "local"
    }
    return [
        Finding(
            "overridden",
            "error",
            "",
            (rule.id,),
            f"A rule of {_PLACES[policy[rule.id.lower()]]} has the id '{rule.id}' too and wins; "
            "remove it there.",
        )
        for rule in rules
        if rule.id.lower() in policy
    ]


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
        "Rules hold for profiles that are not in use now, "
        f"in use is {', '.join(reading.active_profiles)}: {names}."
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
        "Whether Windows follows it in the private and public profiles "
        "is not documented, so it is not counted. Set it for these profiles themselves."
    )
    return [Finding("misplaced_policy", "warning", "", concerned, message)]


def _profile_findings(
    reading: FirewallReading, profile: str, rules: Sequence[Rule]
) -> list[Finding]:
    in_use = profile in reading.active_profiles
    when = _when(reading, profile)
    severe = "error" if in_use else "warning"
    ids = tuple(rule.id for rule in rules)
    inbound, outbound = (
        tuple(rule.id for rule in rules if rule.direction == direction and rule.action == "allow")
        for direction in ("inbound", "outbound")
    )
    findings = []

    enabled, place = reading.policy(profile, "EnableFirewall")
    if not enabled:
        message = (
            f"The firewall is off for the {profile} profile "
            f"({when}) by {_PLACES[place]}: no rule restricts anything there."
        )
        return [Finding("profile_off", "warning", profile, ids, message)]
    merge, place = reading.policy(profile, "AllowLocalPolicyMerge")
    if not merge:
        contested = reading.is_contested(profile, "AllowLocalPolicyMerge")
        severity = "warning" if contested else severe
        message = _not_merged(profile, when, _PLACES[place], contested)
        findings.append(Finding("local_policy_merge", severity, profile, ids, message))
    shields_up, place = reading.policy(profile, "DoNotAllowExceptions")
    if shields_up and inbound:
        message = (
            f"The {profile} profile ({when}) ignores inbound allow "
            f"rules: {_PLACES[place]} sets DoNotAllowExceptions=1 (block all incoming connections)."
        )
        findings.append(Finding("shields_up", severe, profile, inbound, message))
    blocked, place = reading.policy(profile, "DefaultOutboundAction")
    if not blocked and outbound and in_use:
        message = (
            f"Outbound connections are allowed by default in the {profile} profile "
            f"(by {_PLACES[place]}): outbound allow rules restrict nothing there."
        )
        findings.append(Finding("outbound_allowed", "info", profile, outbound, message))
    return findings


def _when(reading: FirewallReading, profile: str) -> str:
    if profile not in reading.active_profiles:
        return "not in use now"
    known = reading.profiles_known
    return "in use" if known else "taken as in use, since the host did not tell"


def _not_merged(profile: str, when: str, place: str, contested: bool) -> str:
    message = (
        f"Local firewall rules do not apply to the {profile} profile "
        f"({when}): {place} sets AllowLocalPolicyMerge=0. "
        "Have the rules added to that policy, or local rules admitted by it."
    )
    if contested:
        message += (
            " Group policy and device management (MDM) contradict each other here; "
            "that this one wins is inferred."
        )
    return message


def understanding(reading: FirewallReading, wanted: Sequence[Rule]) -> tuple[Finding, ...]:
    """Rules of the host that were not understood, as far as they matter: the wanted ones, and those
    that may open the ports of these wider.
    """
    ids = {rule.id.lower() for rule in wanted}
    partly = [
        stored
        for stored in reading.rules
        if stored.rule and stored.reason and stored.store == "local" and stored.id.lower() in ids
    ]
    unread = (
        [stored for stored in reading.rules if may_admit(stored)]
        if any(map(is_limited, wanted))
        else []
    )
    found = []
    for kind, stored_rules, about in (
        (
            "partly_understood",
            partly,
            "Rules of this set are understood in part only, so it cannot be told whether they "
            "do just what is wanted",
        ),
        (
            "unreadable",
            unread,
            "Rules that cannot be read may open ports of this set to further addresses",
        ),
    ):
        if stored_rules:
            names = listed([f"'{stored.id}' ({stored.reason})" for stored in stored_rules])
            found.append(
                Finding(
                    kind,
                    "warning",
                    "",
                    tuple(stored.id for stored in stored_rules),
                    f"{about}: {names}.",
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
            "they are left alone. Remove them, or give them another group",
        ),
        (
            stuck,
            "whose id holds a wildcard character, which Remove-NetFirewallRule may take for "
            "other rules too; they are left. Remove them by hand",
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


def warnings_of_findings(findings: Iterable[Finding]) -> list[str]:
    """Sentences for the console: findings of severity warning."""
    return [finding.message for finding in findings if finding.severity == "warning"]
