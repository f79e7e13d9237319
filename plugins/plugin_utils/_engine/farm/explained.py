# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewalls of farms do with connections, as people read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..columns import columns
from ..firewall.evaluation.answer import ASSUMPTIONS, FlowAnswer
from ..firewall.explanation import explanation_lines
from .verdict import farm_title

_VERDICTS = ("allowed", "blocked", "partly", "unknown")
_HEADING = ("server", *_VERDICTS)


def explained_lines(
    farms: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Sequence[FlowAnswer]],
    unread: Mapping[str, str],
    *,
    asked: bool,
) -> Iterator[str]:
    """A table for each farm and below it the answers; at the end what all of them assume.

    Args:
        farms: as farm_plan returns them.
        answers: by server.
        unread: server -> why its firewall is not known.
        asked: somebody named the connections; else they are those of the plan, and what is allowed
            is only counted.
    """
    for farm in farms:
        members = [
            name
            for name in farm["members"]
            if name in answers or (name in unread and name not in farm["absent"])
        ]
        if not members:
            continue
        yield f"{farm_title(farm['name'], farm['members'])}:"
        yield from columns([_HEADING, *(_row(name, answers.get(name)) for name in members)])
        for name in members:
            lines = explanation_lines(answers.get(name, ()), all_of_them=asked)
            yield from (f"  {name}: {line}" for line in (*lines, *_unread(name, unread)))
    told = {code for given in answers.values() for answer in given for code in answer.assumptions}
    if told:
        assumed = [words for code, words in ASSUMPTIONS.items() if code in told]
        yield f"Assumed for all answers: {'; '.join(assumed)}."


def _row(name: str, answers: Sequence[FlowAnswer] | None) -> tuple[str, ...]:
    if answers is None:
        return name, "not read", "", "", ""
    counts = Counter(answer.verdict for answer in answers)
    # "partly" is left out where no server has it
    return name, *(
        str(counts[verdict] or ("" if verdict == "partly" else "-")) for verdict in _VERDICTS
    )


def _unread(name: str, unread: Mapping[str, str]) -> list[str]:
    return [f"{unread[name].rstrip('.')}."] if name in unread else []
