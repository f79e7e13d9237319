# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wanted allow rules that block rules of the host defeat: which of their traffic, and by which
rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..net.addresses import merge
from ..sentences import listed
from .evaluation.coverage import Coverage, Loss
from .evaluation.dimensions import Dimension
from .evaluation.extent import Extent
from .evaluation.policy import Policy
from .evaluation.words import example, rule_name, traffic
from .finding import Finding
from .rule import Rule

_MOST_NAMED = 5


def blocked(policy: Policy, rules: Iterable[Rule]) -> Iterator[Finding]:
    """What is blocked of the rules in the profiles that are in use.

    An error: a port, or an address that a rule names, is blocked whole, for the program of the rule
    or one that no rule names. A warning: a part of it is blocked, or whether it is cannot be told.
    An info: what is blocked is for other programs, services or profiles, or is a part of "any".
    """
    losses: list[tuple[Rule, Loss]] = []
    others: dict[str, tuple[list[str], list[Extent]]] = {}
    for rule in rules:
        if rule.action != "allow":
            continue
        coverage = Coverage(policy, rule)
        losses += [
            (rule, loss)
            for loss in coverage.losses()
            # findings.understanding() names rules that cannot be read
            if not all("unreadable" in extent.doubts for extent in loss.by)
        ]
        for extent in coverage.elsewhere():  # never one that cannot be read, which may be anything
            ids, extents = others.setdefault("", ([], []))
            if rule.id not in ids:
                ids.append(rule.id)
            if extent not in extents:
                extents.append(extent)
    for _told, group in groupby(sorted(losses, key=_key), key=_key):
        yield _finding(list(group))
    for ids, extents in others.values():
        yield Finding("partly_blocked", "info", "", tuple(ids), _elsewhere(extents))


def _key(entry: tuple[Rule, Loss]) -> tuple[object, ...]:
    """What one sentence can say of several losses."""
    rule, loss = entry
    return (
        loss.path.profile,
        not loss.certain,
        not loss.whole,
        loss.path.any_remote,
        rule.direction,
        tuple((extent.stored.store, extent.stored.id) for extent in loss.by),
    )


def _finding(entries: Sequence[tuple[Rule, Loss]]) -> Finding:
    rule, loss = entries[0]
    profile, part_of_any = loss.path.profile, loss.path.any_remote and not loss.whole
    ids = tuple(dict.fromkeys(rule.id for rule, _loss in entries))
    boxes = [
        box for _rule, loss in entries for box in ([loss.path.box] if loss.whole else loss.boxes)
    ]
    joined = tuple(
        merge(span for box in boxes for span in box[dimension]) for dimension in Dimension
    )
    what = traffic(joined, rule.direction)
    by = _named(loss.by)
    one = len(loss.by) == 1
    if not loss.certain:
        reasons = sorted({why for extent in loss.by for why in extent.doubts.values()})
        because = f" ({'; '.join(reasons)})" if reasons else ""
        message = (
            f"Whether {what} is blocked in the {profile} profile cannot be told from a reading: "
            f"{by} may block it{because}. A block rule beats every allow rule; look at "
            f"{'it' if one else 'them'}."
        )
        severity = "info" if part_of_any else "warning"
        return Finding("partly_blocked", severity, profile, ids, message)
    whole = loss.whole
    flow = example(joined, rule.direction)
    message = (
        f"{what[0].upper()}{what[1:]} is blocked in the {profile} profile"
        f"{'' if flow == what else f', for example {flow}'}: "
        f"{by} {'blocks' if one else 'block'} it, and a block rule beats every allow rule. "
        f"Take it out of {'that rule' if one else 'those rules'}."
    )
    severity = "error" if whole else "info" if part_of_any else "warning"
    return Finding("blocked" if whole else "partly_blocked", severity, profile, ids, message)


def _elsewhere(extents: Sequence[Extent]) -> str:
    count = len(extents)
    return (
        f"{count} block {'rule' if count == 1 else 'rules'} of the host "
        f"{'takes' if count == 1 else 'take'} ports of this set from other programs, services or "
        f"profiles: {_named(extents)}."
    )


def _named(extents: Sequence[Extent]) -> str:
    names = [rule_name(extent.stored) for extent in extents[:_MOST_NAMED]]
    return listed(names, len(extents) - len(names))
