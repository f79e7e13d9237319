# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One group of rules, from options to the module's result: read, plan, and only then write; judged
from what was read afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ..errors import InputError
from ..worker import StaleError
from . import exposure, findings, operations
from .difference import Plan, is_owned, make_plan, unlike
from .evaluation.policy import Policy
from .finding import Finding, warnings_of_findings
from .reading import FirewallReading
from .rule import Rule, is_open, to_options
from .stored import StoredRule
from .wanted import check_ownership, wanted_rules
from .widening import widening
from .worker import FirewallWorker

_ATTEMPTS = 2  # to write: by the reading that was given, and by the one that differed from it


@dataclass(frozen=True)
class Comparison:
    """A rule set beside a reading. effect: why its rules would not do what they say. broken: those
    of its sentences that stop the run.
    """

    wanted: tuple[Rule, ...]
    plan: Plan
    widening: Plan
    effect: tuple[Finding, ...]
    broken: tuple[str, ...]

    @property
    def widens(self) -> bool:
        """Whether some of the plan admits more, which comes first."""
        return not self.widening.empty

    @property
    def narrows(self) -> bool:
        """Whether something is left after that."""
        return self.plan != self.widening


def compare_rules(policy: Policy, options: Mapping[str, Any]) -> Comparison:
    """The rule set beside what a host has. options: as documented for firewall_ruleset. Raises
    InputError for bad options, and where a wanted id belongs to a rule that is not ours.
    """
    reading = policy.reading
    wanted = _wanted(options)
    plan = _plan(wanted, reading, options)
    others = _others(policy, wanted, plan.remove)
    effect = findings.effect(others, wanted) if wanted or not plan.empty else ()
    return Comparison(
        wanted,
        plan,
        widening(plan, reading.variables),
        effect,
        tuple(_broken(effect, options)),
    )


def _others(policy: Policy, wanted: Iterable[Rule], leaving: Iterable[StoredRule]) -> Policy:
    """The host without what a rule set has or had there."""
    return policy.without([*(rule.id for rule in wanted), *(stored.id for stored in leaving)])


def converge(
    worker: FirewallWorker,
    options: Mapping[str, Any],
    *,
    check_mode: bool = False,
    diff: bool = False,
) -> dict[str, Any]:
    """Bring the rules of one group to what is wanted, or say what would be done.

    options: as documented for firewall_ruleset. Returns that module's result, with failed and msg
    where a rule would have no effect or Windows did not take it. Raises InputError for bad options
    or a worker that gave no usable answer.
    """
    _wanted(options)
    before = reading = worker.read()
    for _attempt in range(_ATTEMPTS):
        try:
            return _converge(worker, options, before, reading, check_mode=check_mode, diff=diff)
        except StaleError as stale:
            reading = stale.reading
    raise InputError(
        "",
        "Something else changed the rules of the host each time before they were written; run "
        "again when nothing else changes them",
    )


def _converge(
    worker: FirewallWorker,
    options: Mapping[str, Any],
    before: FirewallReading,
    reading: FirewallReading,
    *,
    check_mode: bool,
    diff: bool,
) -> dict[str, Any]:
    """By the reading; before: the first one of this run. Raises StaleError where the host was not
    as it was read.
    """
    group = options["group"]
    found = compare_rules(Policy(reading), options)
    plan = found.widening if options["widen_only"] else found.plan
    result: dict[str, Any] = {
        "changed": not plan.empty,
        "differs": not found.plan.empty,
        "plan": plan.to_dict(),
        "outcomes": [],
    }
    leaving = found.plan.remove
    if diff:
        result["diff"] = _diff(plan, group)
    if found.broken:
        leaving = ()
        msg = f"{_untouched(worker)}{' '.join(found.broken)}"
        result.update(failed=True, changed=False, msg=msg)
    elif not plan.empty and not check_mode:
        try:
            result["outcomes"], reading = worker.apply(
                operations.operations(plan, group), reading.fingerprint
            )
        except StaleError:
            raise
        except InputError as error:
            changed = _changed_after_failure(worker, before, found.wanted, options)
            return {**result, "failed": True, "msg": str(error), "changed": changed}
        after = _plan(found.wanted, reading, options)
        leaving = after.remove if options["widen_only"] else ()
        remaining = widening(after, reading.variables) if options["widen_only"] else after
        result.update(_judge(result["outcomes"], remaining))
    if worker.wrote:  # now, or before the host was found to be changed by others
        result["changed"] = _texts(before, found.wanted, options) != _texts(
            reading, found.wanted, options
        )
    return _report(result, Policy(reading), found, leaving, options)


def _untouched(worker: FirewallWorker) -> str:
    return "" if worker.wrote else "Nothing was changed. "


def _report(
    result: Mapping[str, Any],
    policy: Policy,
    found: Comparison,
    leaving: tuple[StoredRule, ...],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """The result with what the latest reading says of the rules, and with what was slow."""
    notes = comparison_notes(policy, found, options, leaving)
    notes["warnings"] += operations.slowness(result["outcomes"])
    rules = sort_rules(policy.reading.rules, options["group"], options["id_prefix"])[0]
    return {**result, **notes, "rules": rules}


def comparison_notes(
    policy: Policy,
    found: Comparison,
    options: Mapping[str, Any],
    leaving: tuple[StoredRule, ...] | None = None,
) -> dict[str, Any]:
    """What there is to know of a rule set beside its plan: findings, warnings and exposure as
    firewall_ruleset returns them. leaving: rules that go, where they are not those of the plan.
    """
    reading, trusted = policy.reading, options["trusted_groups"]
    group, prefix = options["group"], options["id_prefix"]
    told = (
        *found.effect,
        *findings.understanding(reading, found.wanted),
        *findings.not_ours(reading, group, prefix, found.wanted),
    )
    errors = [finding.message for finding in found.effect if finding.severity == "error"]
    going = found.plan.remove if leaving is None else leaving
    scopes = exposure.scope(_others(policy, found.wanted, going), found.wanted, trusted)
    return {
        "findings": [finding.to_dict() for finding in told],
        "warnings": [
            *(message for message in errors if message not in found.broken),
            *warnings_of_findings(told),
            *exposure.warnings_of_exposure(scopes, trusted),
        ],
        "exposure": scopes,
    }


def _broken(found: Iterable[Finding], options: Mapping[str, Any]) -> list[str]:
    """Sentences about what keeps the rules from having an effect, and stops the run."""
    return [
        finding.message
        for finding in found
        if finding.severity == "error"
        and (finding.kind == "service" or options["on_no_effect"] == "fail")
    ]


def sort_rules(
    stored: Iterable[StoredRule], group: str, id_prefix: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a host has, as (rules in the shape of firewall_ruleset's rules, every other rule with
    its text and the reason).

    A rule that is ours in name and cannot be said in options (a condition outside the model, a
    wildcard in its id) is among the others.
    """
    rules, others = [], []
    for entry in stored:
        reason = _why_other(entry, group, id_prefix)
        if reason:
            others.append(
                {"id": entry.id, "store": entry.store, "text": entry.text, "reason": reason}
            )
        elif entry.rule:
            rules.append(to_options(entry.rule))
    return rules, others


def _why_other(stored: StoredRule, group: str, id_prefix: str) -> str:
    if stored.rule is None:
        return stored.reason
    if stored.store != "local":
        return f"not ours: it lies in the {stored.store} store"
    if not is_owned(stored, group, id_prefix):
        return (
            "not ours: its id does not begin with the id_prefix"
            if stored.rule.group == group
            else "not ours: another group"
        )
    if stored.rule.conditions:
        return (
            "ours, but it has conditions that the module cannot "
            f"express: {', '.join(stored.rule.conditions)}"
        )
    if stored.reason:
        return f"ours, but understood in part only: {stored.reason}"
    try:
        wanted_rules([to_options(stored.rule)], group, id_prefix)
    except InputError as error:
        return (
            "ours, but the module cannot express "
            f"it: {error.field.partition('.')[2]} {error.sentence}"
        )
    return ""


def _wanted(options: Mapping[str, Any]) -> tuple[Rule, ...]:
    for group, prefix in options["trusted_groups"].items():
        if not (isinstance(prefix, str) and prefix):
            raise InputError(
                f"trusted_groups.{group}",
                "is not a string; give the id prefix of the rules of this group",
            )
    if options["state"] == "absent":
        if options["rules"]:
            raise InputError(
                "rules",
                "are given together with state absent, which removes every rule of the group "
                "that is ours; leave them out",
            )
        check_ownership(options["group"], options["id_prefix"])
        return ()
    if not options["rules"]:
        raise InputError(
            "rules",
            "is empty; give the rules of the set, or state absent to remove every rule of the "
            "group that is ours",
        )
    return wanted_rules(options["rules"], options["group"], options["id_prefix"])


def _plan(wanted: tuple[Rule, ...], reading: FirewallReading, options: Mapping[str, Any]) -> Plan:
    purge = options["purge"] or options["state"] == "absent"
    return make_plan(
        wanted,
        reading.rules,
        options["group"],
        options["id_prefix"],
        purge=purge,
        variables=reading.variables,
    )


def _texts(
    reading: FirewallReading, wanted: Iterable[Rule], options: Mapping[str, Any]
) -> dict[str, str]:
    """id -> text of the rules that a run may write: the owned ones and those with an id that is
    wanted.
    """
    ids = {rule.id.lower() for rule in wanted}
    group, prefix = options["group"], options["id_prefix"]
    return {
        stored.id.lower(): stored.text
        for stored in reading.rules
        if stored.store == "local" and (stored.id.lower() in ids or is_owned(stored, group, prefix))
    }


def _changed_after_failure(
    worker: FirewallWorker,
    before: FirewallReading,
    wanted: Iterable[Rule],
    options: Mapping[str, Any],
) -> bool:
    """Whether a worker that gave no usable answer wrote something; True where that cannot
    be read.
    """
    try:
        return _texts(before, wanted, options) != _texts(worker.read(), wanted, options)
    except InputError:
        return True


def _judge(outcomes: list[dict[str, Any]], remaining: Plan) -> dict[str, Any]:
    """Success is an empty plan after writing; what the worker said of its operations explains the
    rest.
    """
    refused = operations.failure(outcomes)
    if refused:
        return {"failed": True, "msg": refused, "remaining": remaining.to_dict()}
    if not remaining.empty:
        message = (
            "Windows accepted every operation, but the rules read afterwards differ from the "
            f"wanted rules: {'; '.join(unlike(remaining))}"
        )
        return {"failed": True, "msg": message, "remaining": remaining.to_dict()}
    return {}


def _diff(plan: Plan, group: str) -> dict[str, str]:
    header = f"firewall rules of the group {group}"
    return {
        "before_header": header,
        "after_header": header,
        "before": _side(plan, "before"),
        "after": _side(plan, "after"),
    }


def _side(plan: Plan, side: str) -> str:
    """What changes as YAML, id -> field -> value: all that a rule says where it is added or
    removed, else only the fields that differ.
    """
    shown = {
        change.wanted.id: {entry.field: getattr(entry, side) for entry in change.differences}
        for change in plan.change
    }
    whole = plan.add if side == "after" else [stored.rule for stored in plan.remove]
    shown.update({rule.id: _said(rule) for rule in whole if rule})
    return (
        yaml.safe_dump(
            dict(sorted(shown.items())),
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=None,
            width=1000,
        )
        if shown
        else ""
    )


def _said(rule: Rule) -> dict[str, Any]:
    """The options of a rule without its id and what it leaves open; from where and in which
    profiles it holds is always said.
    """
    return {
        name: value
        for name, value in to_options(rule).items()
        if name != "id" and (name in ("remote_addresses", "profiles") or not is_open(rule, name))
    }
