# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wanted allow rules that block rules of the host defeat: which of their traffic, and by which
rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..net.addresses import merge
from ..net.boxes import Box
from ..sentences import listed
from .evaluation.coverage import SYSTEM, Coverage, Loss
from .evaluation.dimensions import Dimension, ports_of
from .evaluation.extent import Extent
from .evaluation.policy import Policy
from .evaluation.words import example, rule_name, traffic
from .finding import Finding
from .rule import Rule

_SEVERITIES = ("error", "warning", "info")
_MOST = 20  # findings; the rest is counted


def blocked(policy: Policy, rules: Iterable[Rule]) -> Iterator[Finding]:
    """What is blocked of the rules in the profiles that are in use.

    An error: a port, or an address that a rule names, is blocked whole, for the program of the
    rule, for one that no rule names, or for one of MailEssentials. A warning: a part of it is
    blocked, all of it for System, which listens for some web sites, or whether it is cannot be
    told. An info: what is blocked is for other programs, services or profiles, is a part of any
    remote address, or may be blocked for System.
    """
    losses: list[tuple[Rule, Loss]] = []
    concerned: dict[str, None] = {}
    others: dict[int, Extent] = {}
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
            concerned[rule.id] = None
            others[id(extent.stored)] = extent
    found = sorted(map(_finding, _alike(losses)), key=lambda one: _SEVERITIES.index(one.severity))
    yield from found[:_MOST]
    more = found[_MOST:]
    if more:
        ids = tuple(dict.fromkeys(rule for one in more for rule in one.rules))
        message = f"{len(more)} more parts of these rules are blocked, or may be."
        yield Finding(more[0].kind, more[0].severity, "", ids, message)
    if others:
        message = _elsewhere(list(others.values()))
        yield Finding("partly_blocked", "info", "", tuple(concerned), message)


_Losses = list[tuple[Rule, Loss]]


def _alike(losses: _Losses) -> Iterator[_Losses]:
    """Losses that one sentence can tell: the same rules take the same ports from several addresses,
    or several ports from the same addresses.
    """
    by_ports: dict[tuple[Any, ...], _Losses] = {}
    for rule, loss in losses:
        key = (*_key(rule, loss), _lost([(rule, loss)])[ports_of(rule.direction)[0]])
        by_ports.setdefault(key, []).append((rule, loss))
    by_remote: dict[tuple[Any, ...], _Losses] = {}
    for key, group in by_ports.items():
        remote = _lost(group)[Dimension.REMOTE_ADDRESS]
        by_remote.setdefault((*key[:-1], remote), []).extend(group)
    yield from by_remote.values()


def _key(rule: Rule, loss: Loss) -> tuple[Any, ...]:
    path = loss.path
    taken_by = tuple((extent.stored.store, extent.stored.id) for extent in loss.by)
    return (
        path.profile, path.program, loss.certain, loss.whole, loss.of_any, loss.narrowed,
        rule.direction, taken_by,
    )  # fmt: skip


def _lost(entries: _Losses) -> Box:
    """What is lost of all entries, joined."""
    boxes = [
        box for _rule, loss in entries for box in (loss.path.boxes if loss.whole else loss.boxes)
    ]
    return tuple(merge(span for box in boxes for span in box[dimension]) for dimension in Dimension)


def _finding(entries: _Losses) -> Finding:
    rule, loss = entries[0]
    path = loss.path
    ids = tuple(dict.fromkeys(rule.id for rule, _loss in entries))
    program = f" for {path.program}" if path.program else ""
    what = f"{traffic(_lost(entries), rule.direction)}{program}"
    by, one = _named(loss.by), len(loss.by) == 1
    information = loss.of_any and not loss.whole
    if not loss.certain:
        reasons = sorted({why for extent in loss.by for why in extent.doubts.values()})
        because = "; ".join(reasons) or "a setting of the profile is not known"
        part = "a part of " if loss.narrowed and not loss.whole else ""
        message = (
            f"It is not known whether {part}{what} is blocked in the {path.profile} profile: {by} "
            f"may block it ({because}). A block rule overrides every allow rule; check "
            f"{'it' if one else 'them'} on the host."
        )
        severity = "info" if information or path.program == SYSTEM else "warning"
        return Finding("partly_blocked", severity, path.profile, ids, message)
    whole = loss.whole and path.program != SYSTEM
    flow = example((path.boxes if loss.whole else loss.boxes)[0], rule.direction)
    such = f", for example {flow}{program}" if flow and f"{flow}{program}" != what else ""
    part = "A part of " if loss.narrowed and not loss.whole else ""
    message = (
        f"{part}{what} is blocked in the {path.profile} profile{such}: "
        f"{by} {'blocks' if one else 'block'} it, and a block rule overrides every allow rule. "
        f"Change or remove {'that rule' if one else 'those rules'}."
    )
    kind = "blocked" if whole else "partly_blocked"
    severity = "error" if whole else "info" if information else "warning"
    return Finding(kind, severity, path.profile, ids, message[0].upper() + message[1:])


def _elsewhere(extents: Sequence[Extent]) -> str:
    count = len(extents)
    return (
        f"{count} block {'rule' if count == 1 else 'rules'} of the host "
        f"{'blocks' if count == 1 else 'block'} ports of this set for other programs, services or "
        f"profiles: {_named(extents)}."
    )


def _named(extents: Sequence[Extent]) -> str:
    return listed([rule_name(extent.stored) for extent in extents])
