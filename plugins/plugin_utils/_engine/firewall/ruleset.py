# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One group of rules, from options to the module's result: read, plan, and only then write; judged
from what was read afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from ..errors import InputError
from . import exposure, findings, operations
from .difference import Plan, is_owned, make_plan
from .reading import FirewallReading
from .rule import Rule, is_open, to_options
from .stored import StoredRule
from .wanted import check_ownership, wanted_rules
from .worker import FirewallWorker


def converge(
    worker: FirewallWorker,
    options: Mapping[str, Any],
    *,
    check_mode: bool = False,
    diff: bool = False,
) -> dict[str, Any]:
    """Bring the rules of one group to what is wanted, or say what would be done.

    options: group, id_prefix, rules, purge, state, trusted_groups, on_no_effect as documented for
    firewall_ruleset. Returns that module's result, with failed and msg where a rule would have no
    effect or Windows did not take it. Raises InputError for bad options or a worker that gave no
    usable answer.
    """
    wanted = _wanted(options)
    group = options["group"]
    reading = worker.read()
    plan = _plan(wanted, reading, options)
    found = findings.effect(reading, wanted) if wanted or not plan.empty else ()
    broken = _broken(found, options)
    leaving = plan.remove
    result: dict[str, Any] = {
        "changed": not plan.empty,
        "differs": not plan.empty,
        "plan": plan.to_dict(),
        "outcomes": [],
    }
    if diff:
        result["diff"] = _diff(plan, group)
    if broken:
        result.update(failed=True, changed=False, msg=f"Nothing was changed. {' '.join(broken)}")
    elif not plan.empty and not check_mode:
        leaving = ()
        before = reading
        try:
            result["outcomes"], reading = worker.apply(operations.operations(plan, group))
        except InputError as error:
            changed = _changed_after_failure(worker, before, wanted, options)
            return {**result, "failed": True, "msg": str(error), "changed": changed}
        result.update(_judge(result["outcomes"], _plan(wanted, reading, options)))
        result["changed"] = _texts(before, wanted, options) != _texts(reading, wanted, options)
    return {**result, **_report(reading, wanted, leaving, found, broken, options)}


def _report(
    reading: FirewallReading,
    wanted: tuple[Rule, ...],
    leaving: tuple[StoredRule, ...],
    effect: Iterable[findings.Finding],
    broken: Iterable[str],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """What the latest reading says of the rules: findings, warnings, exposure and rules.

    broken: sentences that stand in the result's msg and are no warnings.
    """
    group, prefix, trusted = options["group"], options["id_prefix"], options["trusted_groups"]
    found = (
        *effect,
        *findings.understanding(reading, wanted),
        *findings.not_ours(reading, group, prefix, wanted),
    )
    errors = [finding.message for finding in effect if finding.severity == "error"]
    scopes = exposure.scope(reading, wanted, leaving, trusted)
    return {
        "findings": [finding.to_dict() for finding in found],
        "warnings": [
            *(message for message in errors if message not in broken),
            *findings.warnings_of_findings(found),
            *exposure.warnings_of_exposure(scopes, trusted),
        ],
        "exposure": scopes,
        "rules": sort_rules(reading.rules, group, prefix)[0],
    }


def _broken(found: Iterable[findings.Finding], options: Mapping[str, Any]) -> list[str]:
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
            "Windows took every operation, yet what was read afterwards differs from "
            f"what is wanted: {'; '.join(_names(remaining))}"
        )
        return {"failed": True, "msg": message, "remaining": remaining.to_dict()}
    return {}


def _names(plan: Plan) -> list[str]:
    """What a plan still has to do, a text a rule."""
    names = [f"{rule.id} is missing" for rule in plan.add] + [
        f"{stored.id} is still there" for stored in plan.remove
    ]
    for change in plan.change:
        names += [
            f"{change.wanted.id}: {entry.field} is {entry.before!r}, wanted {entry.after!r}"
            for entry in change.differences
        ]
    return names


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
