# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything here needs PowerShell, whose start is what costs: with several workers, one worker
takes the whole of a file.
"""

from __future__ import annotations

from typing import Any

import pytest
import shell


@pytest.fixture(scope="session", autouse=True)
def _needs_pwsh() -> None:
    if shell.pwsh() is None:
        pytest.skip(shell.NO_PWSH)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)
