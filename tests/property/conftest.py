# SPDX-License-Identifier: GPL-3.0-or-later
"""Says how many cases the properties really ran."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    cases = [
        value for report in reports for name, value in report.user_properties if name == "cases"
    ]
    terminalreporter.write_line(f"properties: {sum(cases):,} cases were run")
