# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a green run would hide: rules that cannot take effect, ports that other rules open wider, outbound rules that restrict nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import addresses, ports
from .plan import expand
from .reading import Reading
from .rule import PROFILES, Rule
from .rule_strings import StoredRule, read

_SERVICES = {"mpssvc": "Windows Defender Firewall", "BFE": "Base Filtering Engine"}
_PLACES = {"gpo": "group policy", "mdm": "device management (MDM)", "local": "the local policy", "default": "Windows' default"}
_NOT_NARROWING = ("platform", "luown=")  # which Windows a rule is for, and whose it is, say nothing of the traffic
_APP_CONTAINER = ("apppkgid=", "pfn=")


@dataclass(frozen=True)
class Finding:
    """kind: service, local_policy_merge, overridden, shields_up, profile_off, profile_not_in_use, outbound_allowed, partly_understood or
    unreadable. severity: error (the rules named have no effect), warning or info. profile: "" where no single profile is meant. rules: ids."""

    kind: str
    severity: str
    profile: str
    rules: tuple[str, ...]
    message: str

    def to_dict(self) -> dict[str, Any]:
        """The finding as the module returns it."""
        return {**asdict(self), "rules": list(self.rules)}


def effect(reading: Reading, wanted: Sequence[Rule]) -> tuple[Finding, ...]:
    """Why the wanted rules, once on the host, would not do what they say. Rules that are disabled are nobody's expectation."""
    rules = [rule for rule in wanted if rule.enabled]
    findings = [*_service_findings(reading), *_overridden(reading, rules), *_not_in_use(reading, rules)]
    for profile in PROFILES:
        concerned = [rule for rule in rules if profile in (rule.profiles or PROFILES)]
        if concerned:
            findings += _profile_findings(reading, profile, concerned)
    return tuple(findings)


def _service_findings(reading: Reading) -> list[Finding]:
    """The services without which Windows Firewall neither stores nor enforces anything."""
    found = []
    for name, title in _SERVICES.items():
        status = reading.services.get(name)
        if status != "Running":
            message = f"The service {name} ({title}) is {status or 'not there'}, so no firewall rule can be written or enforced; start it."
            found.append(Finding("service", "error", "", (), message))
    return found


def _overridden(reading: Reading, rules: Sequence[Rule]) -> list[Finding]:
    """Equal ids of several stores overwrite one another, group policy wins (New-NetFirewallRule, Name)."""
    policy = {stored.id.lower(): stored.store for stored in reading.rules if stored.store != "local"}
    return [
        Finding("overridden", "error", "", (rule.id,), f"A rule of {_PLACES[policy[rule.id.lower()]]} has the id '{rule.id}' too and wins; remove it there.")
        for rule in rules
        if rule.id.lower() in policy
    ]


def _not_in_use(reading: Reading, rules: Sequence[Rule]) -> list[Finding]:
    """Rules for profiles none of which is in use. Where the host did not tell, all three count as in use."""
    idle = [rule for rule in rules if rule.profiles and not set(rule.profiles) & set(reading.active_profiles)]
    if not idle:
        return []
    names = _listed([f"'{rule.id}' ({', '.join(rule.profiles)} only)" for rule in idle])
    message = f"Rules hold for profiles that are not in use now, in use is {', '.join(reading.active_profiles)}: {names}."
    return [Finding("profile_not_in_use", "warning", "", tuple(rule.id for rule in idle), message)]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _profile_findings(reading: Reading, profile: str, rules: Sequence[Rule]) -> list[Finding]:
    in_use = profile in reading.active_profiles
    when = "in use" if in_use and reading.profiles_known else "taken as in use, since the host did not tell" if in_use else "not in use now"
    severe = "error" if in_use else "warning"
    ids = tuple(rule.id for rule in rules)
    inbound = tuple(rule.id for rule in rules if rule.direction == "inbound" and rule.action == "allow")
    outbound = tuple(rule.id for rule in rules if rule.direction == "outbound" and rule.action == "allow")
    findings = []

    enabled, place = reading.policy(profile, "EnableFirewall")
    if not enabled:
        message = f"The firewall is off for the {profile} profile ({when}) by {_PLACES[place]}: no rule restricts anything there."
        return [Finding("profile_off", "warning", profile, ids, message)]
    merge, place = reading.policy(profile, "AllowLocalPolicyMerge")
    if not merge:
        message = (
            f"Local firewall rules do not apply to the {profile} profile ({when}): {_PLACES[place]} sets AllowLocalPolicyMerge=0. "
            "Have the rules added to that policy, or local rules admitted by it."
        )
        contested = reading.is_contested(profile, "AllowLocalPolicyMerge")
        if contested:
            message += " Group policy and device management (MDM) contradict each other here; that this one wins is inferred."
        findings.append(Finding("local_policy_merge", "warning" if contested else severe, profile, ids, message))
    shields_up, place = reading.policy(profile, "DoNotAllowExceptions")
    if shields_up and inbound:
        message = f"The {profile} profile ({when}) ignores inbound allow rules: {_PLACES[place]} sets DoNotAllowExceptions=1 (block all incoming connections)."
        findings.append(Finding("shields_up", severe, profile, inbound, message))
    blocked, place = reading.policy(profile, "DefaultOutboundAction")
    if not blocked and outbound and in_use:
        message = f"Outbound connections are allowed by default in the {profile} profile (by {_PLACES[place]}): outbound allow rules restrict nothing there."
        findings.append(Finding("outbound_allowed", "info", profile, outbound, message))
    return findings


def understanding(reading: Reading, wanted: Sequence[Rule]) -> tuple[Finding, ...]:
    """Rules of the host that were not understood, as far as they matter: the wanted ones, and those that may open the ports of these wider."""
    ids = {rule.id.lower() for rule in wanted}
    partly = [stored for stored in reading.rules if stored.rule and stored.reason and stored.store == "local" and stored.id.lower() in ids]
    unread = [stored for stored in reading.rules if _may_admit(stored)] if any(map(_is_limited, wanted)) else []
    found = []
    for kind, stored_rules, about in (
        ("partly_understood", partly, "Rules of this set are understood in part only, so it cannot be told whether they do just what is wanted"),
        ("unreadable", unread, "Rules that cannot be read may open ports of this set to further addresses"),
    ):
        if stored_rules:
            names = _listed([f"'{stored.id}' ({stored.reason})" for stored in stored_rules])
            found.append(Finding(kind, "warning", "", tuple(stored.id for stored in stored_rules), f"{about}: {names}."))
    return tuple(found)


def _may_admit(stored: StoredRule) -> bool:
    """Whether a text that cannot be read may be an inbound allow rule in force; what the tokens mean is known of major version 2 only."""
    if stored.rule:
        return False
    text = read(stored.text)
    said = {(token.lower(), (value or "").lower()) for token, value in text.fields}
    return not (text.version.lower().startswith("v2.") and said & {("dir", "out"), ("action", "block"), ("active", "false")})


def scope(reading: Reading, wanted: Sequence[Rule], leaving: Iterable[StoredRule] = ()) -> list[dict[str, Any]]:
    """For every local port of an inbound allow rule that is limited to remote addresses: does another rule admit more?

    leaving: local rules that a plan will remove; they do not count.
    Returns dictionaries: rule (id), protocol, port (text), scoped (bool), wider (rules that admit further addresses: store, group, id,
    display_name, remote_addresses; or a profile whose inbound default is Allow or whose firewall is off), conditional (ids of rules
    that would, if the program, service or other condition they name held for this port, which only the host's administrator knows;
    of rules whose text cannot be judged; and of the rule itself where a token of it is not described, which is not scoped then).
    """
    own_ids = {rule.id.lower() for rule in wanted} | {stored.id.lower() for stored in leaving}
    foreign = (entry for entry in reading.rules if entry.store != "local" or entry.id.lower() not in own_ids)
    others = [(entry, entry.rule) for entry in foreign if entry.rule and _admits(entry.rule)]
    unclear = [entry.id for entry in reading.rules if _may_admit(entry)]
    doubtful = {entry.id.lower() for entry in reading.rules if entry.store == "local" and entry.rule and entry.rule.unknown}
    found = []
    for rule in filter(_is_limited, wanted):
        met = [(entry, other) for entry, other in others if _meets(other, rule) and not addresses.covered(other.remote_addresses, rule.remote_addresses)]
        own = [rule.id] if rule.id.lower() in doubtful else []
        found += [_port_scope(reading, rule, port, met, own, unclear) for port in rule.local_ports]
    return found


def _is_limited(rule: Rule) -> bool:
    return rule.enabled and rule.direction == "inbound" and rule.action == "allow" and bool(rule.remote_addresses and rule.local_ports)


def _admits(rule: Rule) -> bool:
    return (
        rule.enabled
        and rule.direction == "inbound"
        and rule.action != "block"
        and not any(condition.startswith(_APP_CONTAINER) for condition in rule.conditions)
    )


def _port_scope(
    reading: Reading, ours: Rule, port: str, others: Iterable[tuple[StoredRule, Rule]], own: Sequence[str], unclear: Sequence[str]
) -> dict[str, Any]:
    wider: list[dict[str, Any]] = [
        {"store": place, "group": "", "id": "", "display_name": f"the {profile} profile, which admits everything", "remote_addresses": ["any"]}
        for profile in reading.active_profiles
        for place in _open_profile(reading, profile)
    ]
    conditional = [*own, *unclear]
    for stored, rule in others:
        if not _shares_ports(rule, (port,)):
            continue
        if _limited_otherwise(rule, ours, reading):
            conditional.append(stored.id)
        else:
            name = {"store": stored.store, "group": rule.group, "id": stored.id, "display_name": rule.display_name}
            wider.append({**name, "remote_addresses": list(rule.remote_addresses) or ["any"]})
    scoped = not (wider or own)
    return {"rule": ours.id, "protocol": ours.protocol, "port": port, "scoped": scoped, "wider": wider, "conditional": conditional}


def _open_profile(reading: Reading, profile: str) -> list[str]:
    enabled, place = reading.policy(profile, "EnableFirewall")
    if not enabled:
        return [place]
    blocked, place = reading.policy(profile, "DefaultInboundAction")
    return [] if blocked else [place]


def _meets(rule: Rule, ours: Rule) -> bool:
    """Whether a rule admits traffic of our protocol to a port, on an address and in a profile of ours."""
    if rule.protocol not in ("any", ours.protocol) or not _shares_ports(rule, ours.local_ports):
        return False
    if not set(rule.profiles or PROFILES) & set(ours.profiles or PROFILES):
        return False
    if not (rule.local_addresses and ours.local_addresses):
        return True
    one, other = addresses.spans(rule.local_addresses), addresses.spans(ours.local_addresses)
    return addresses.overlap(one.v4, other.v4) or addresses.overlap(one.v6, other.v6)


def _shares_ports(rule: Rule, local_ports: tuple[str, ...]) -> bool:
    if not rule.local_ports:
        return True
    (theirs, their_words), (mine, my_words) = ports.spans(rule.local_ports), ports.spans(local_ports)
    return addresses.overlap(theirs, mine) or bool(their_words & my_words)


def _limited_otherwise(rule: Rule, ours: Rule, reading: Reading) -> bool:
    """A rule that does not name the port admits it only for the program, service or other condition it is limited to; that may hold, or not."""
    if rule.local_ports:
        return False
    program, our_program = (expand(entry.program, reading.variables).lower() for entry in (rule, ours))
    other_program = program and program not in ("system", our_program)
    other_service = rule.service and rule.service.lower() != ours.service.lower()
    narrowed = any(not condition.startswith(_NOT_NARROWING) for condition in rule.conditions)
    return bool(other_program or other_service or narrowed)


def _is_known(rule: Mapping[str, Any], known_groups: Mapping[str, str]) -> bool:
    prefix = known_groups.get(rule["group"]) if rule["store"] == "local" else None
    return bool(prefix) and rule["id"].lower().startswith(str(prefix).lower())


def warnings(findings: Iterable[Finding], scopes: Iterable[dict[str, Any]], known_groups: Mapping[str, str] | None = None) -> list[str]:
    """Sentences for the console: findings of severity warning, and one for each port that rules not known open wider.

    known_groups: group -> id_prefix of rule sets that may do so, owned like our own.
    """
    found = [finding.message for finding in findings if finding.severity == "warning"]
    for entry in scopes:
        wider = [rule for rule in entry["wider"] if not _is_known(rule, known_groups or {})]
        if wider:
            names = _listed([f"'{rule['display_name']}' ({rule['id'] or rule['store']})" for rule in wider])
            port = f"{entry['port']}/{entry['protocol']}"
            found.append(f"Port {port} of '{entry['rule']}' is not limited to its remote addresses; further ones are admitted by {names}.")
    return found
