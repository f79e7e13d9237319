# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a law on generated cases: so many, from a fixed seed, counted. MAILOPS_EXAMPLES=10 runs ten
times as many.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

TIMES = float(os.environ.get("MAILOPS_EXAMPLES", "1"))
Record = Callable[[str, Any], None]


def hold(
    law: Callable[[Any], None],
    cases: SearchStrategy[Any],
    number: int,
    record: Record,
    chunk: int = 0,
    each: int = 1,
    shrink: bool = True,
) -> None:
    """The law holds for at least this many cases (times MAILOPS_EXAMPLES); each chunk has cases of
    its own. each: comparisons that the law makes in one of them, which are what is recorded.
    shrink: look for the smallest case that fails, which takes minutes where a case is a whole host.
    """
    wanted = max(1, int(number * TIMES))
    done = 0
    phases = [phase for phase in Phase if shrink or phase not in (Phase.shrink, Phase.explain)]

    @seed(chunk)
    @settings(
        max_examples=wanted,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=shrink,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def holds(case: Any) -> None:
        nonlocal done
        done += 1
        law(case)

    holds()
    record("cases", done * each)
    if done < wanted:
        pytest.fail(f"only {done} of {wanted} cases were run")
