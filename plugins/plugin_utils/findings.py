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
from .rule_strings import StoredRule

_SERVICES = {"mpssvc": "Windows Defender Firewall", "BFE": "Base Filtering Engine"}
_PLACES = {"gpo": "group policy", "mdm": "device management (MDM)", "local": "the local policy", "default": "Windows' default"}
_NOT_NARROWING = ("platform", "luown=")  # which Windows a rule is for, and whose it is, say nothing of the traffic
_APP_CONTAINER = ("apppkgid=", "pfn=")


@dataclass(frozen=True)
class Finding:
    """kind: service, local_policy_merge, overridden, shields_up, profile_off or outbound_allowed. severity: error (the rules named
    have no effect), warning or info. profile: "" where no single profile is meant. rules: ids."""

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
    findings = [*_service_findings(reading), *_overridden(reading, rules)]
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
        findings.append(Finding("local_policy_merge", severe, profile, ids, message))
    shields_up, place = reading.policy(profile, "DoNotAllowExceptions")
    if shields_up and inbound:
        message = f"The {profile} profile ({when}) ignores inbound allow rules: {_PLACES[place]} sets DoNotAllowExceptions=1 (block all incoming connections)."
        findings.append(Finding("shields_up", severe, profile, inbound, message))
    blocked, place = reading.policy(profile, "DefaultOutboundAction")
    if not blocked and outbound and in_use:
        message = f"Outbound connections are allowed by default in the {profile} profile (by {_PLACES[place]}): outbound allow rules restrict nothing there."
        findings.append(Finding("outbound_allowed", "info", profile, outbound, message))
    return findings


def scope(reading: Reading, wanted: Sequence[Rule]) -> list[dict[str, Any]]:
    """For every local port of an inbound allow rule that is limited to remote addresses: does another rule admit more?

    Returns dictionaries: rule (id), protocol, port (text), scoped (bool), wider (rules that admit further addresses: store, group, id,
    display_name, remote_addresses; or a profile whose inbound default is Allow or whose firewall is off), conditional (ids of rules
    that would, if the program, service or other condition they name held for this port, which only the host's administrator knows;
    and of rules whose text cannot be judged).
    """
    own = {("local", rule.id.lower()) for rule in wanted}
    others = [
        (stored, stored.rule)
        for stored in reading.rules
        if stored.rule and _admits(stored.rule) and (stored.store, stored.id.lower()) not in own
    ]
    unclear = [stored.id for stored in reading.rules if stored.rule is None]
    return [
        _port_scope(reading, rule, port, others, unclear)
        for rule in wanted
        if rule.enabled and rule.direction == "inbound" and rule.action == "allow" and rule.remote_addresses
        for port in rule.local_ports
    ]


def _admits(rule: Rule) -> bool:
    return (
        rule.enabled
        and rule.direction == "inbound"
        and rule.action != "block"
        and not any(condition.startswith(_APP_CONTAINER) for condition in rule.conditions)
    )


def _port_scope(reading: Reading, ours: Rule, port: str, others: Iterable[tuple[StoredRule, Rule]], unclear: Iterable[str]) -> dict[str, Any]:
    wider: list[dict[str, Any]] = [
        {"store": place, "group": "", "id": "", "display_name": f"the {profile} profile, which admits everything", "remote_addresses": ["any"]}
        for profile in reading.active_profiles
        for place in _open_profile(reading, profile)
    ]
    conditional = list(unclear)
    for stored, rule in others:
        if not _reaches(rule, ours, port) or addresses.covered(rule.remote_addresses, ours.remote_addresses):
            continue
        if _limited_otherwise(rule, ours, reading):
            conditional.append(stored.id)
        else:
            name = {"store": stored.store, "group": rule.group, "id": stored.id, "display_name": rule.display_name}
            wider.append({**name, "remote_addresses": list(rule.remote_addresses) or ["any"]})
    return {"rule": ours.id, "protocol": ours.protocol, "port": port, "scoped": not wider, "wider": wider, "conditional": conditional}


def _open_profile(reading: Reading, profile: str) -> list[str]:
    enabled, place = reading.policy(profile, "EnableFirewall")
    if not enabled:
        return [place]
    blocked, place = reading.policy(profile, "DefaultInboundAction")
    return [] if blocked else [place]


def _reaches(rule: Rule, ours: Rule, port: str) -> bool:
    """Whether a rule admits traffic of our protocol to this port on an address and in a profile of ours."""
    if rule.protocol not in ("any", ours.protocol) or not set(rule.profiles or PROFILES) & set(ours.profiles or PROFILES):
        return False
    if rule.local_ports and not _same_port(rule.local_ports, port):
        return False
    if not (rule.local_addresses and ours.local_addresses):
        return True
    one, other = addresses.spans(rule.local_addresses), addresses.spans(ours.local_addresses)
    return addresses.overlap(one.v4, other.v4) or addresses.overlap(one.v6, other.v6)


def _same_port(local_ports: tuple[str, ...], port: str) -> bool:
    (theirs, their_words), (mine, my_words) = ports.spans(local_ports), ports.spans((port,))
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
            names = ", ".join(f"'{rule['display_name']}' ({rule['id'] or rule['store']})" for rule in wider[:5])
            more = f" and {len(wider) - 5} more" if len(wider) > 5 else ""
            port = f"{entry['port']}/{entry['protocol']}"
            found.append(f"Port {port} of '{entry['rule']}' is not limited to its remote addresses; further ones are admitted by {names}{more}.")
    return found
