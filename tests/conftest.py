# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts on sys.path what the tests import (the collection under its full name); adds --no-skips."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
COLLECTIONS = TESTS.parent / ".venv" / "collections"

sys.path.insert(0, str(COLLECTIONS))
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(TESTS.parent / ".venv" / "cache" / "hypothesis")
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failure")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
