# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings that are kept in files, and what site would do with them, without a call to any host."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from unit.simulated import (
    CAPTURE,
    REHEARSE,
    SITE,
    calls,
    change,
    contents,
    failures,
    install_all,
    two_farms,
)

from simulator import farm
from simulator.play import Farm, Run

HOSTS = ["m1", "s1", "m2", "s2", "z"]
AS_OF = re.compile(r"  20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC$|  as of$", re.MULTILINE)
CLOCK = re.compile(r"(?:[+-]|within )\d+\.\d s")


def captured(folder: Path) -> tuple[Farm, Path]:
    """Two farms, of which one is not ready, and the folder with their readings."""
    simulated, captures = two_farms(folder / "farms"), folder / "captures"
    install_all(simulated, HOSTS)
    change(simulated, "s1", farm.no_merge)
    before = contents(simulated, *HOSTS)
    run = simulated.play(CAPTURE, "-e", f"mailessentials_captures={captures}")
    assert run.code == 0, run.output
    assert calls(simulated, HOSTS) == dict.fromkeys(HOSTS, 1)
    assert contents(simulated, *HOSTS) == before
    return simulated, captures


def tables(run: Run) -> list[str]:
    """The verdict on every farm, without the clocks, whose measure is never the same."""
    lines = run.output.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("The farm one"))
    table = []
    for line in lines[begin:]:
        if not line.strip():
            break
        table.append(re.sub(r" +", " ", CLOCK.sub("CLOCK", line)).rstrip())
    return table


@pytest.mark.large
def test_a_rehearsal_says_what_a_check_says_and_calls_nobody(tmp_path: Path) -> None:
    simulated, captures = captured(tmp_path)
    checked = simulated.play(SITE, "--check")
    before, count = contents(simulated, *HOSTS), calls(simulated, HOSTS)
    for mode in ((), ("--check",)):
        rehearsed = simulated.play(REHEARSE, "-e", f"mailessentials_captures={captures}", *mode)
        assert (checked.code, rehearsed.code) == (2, 2), rehearsed.output
        assert AS_OF.search(rehearsed.output) and not AS_OF.search(checked.output)
        undated = Run(0, AS_OF.sub("", rehearsed.output), 0, [])
        assert tables(undated) == tables(checked)
        assert failures(rehearsed) == failures(checked) and set(failures(checked)) == {"m1", "s1"}
    assert contents(simulated, *HOSTS) == before and calls(simulated, HOSTS) == count


def of_another_host(captures: Path) -> None:
    (captures / "s2.json").write_bytes((captures / "m2.json").read_bytes())


def changed(captures: Path) -> None:
    content = json.loads((captures / "s2.json").read_text(encoding="utf-8"))
    content["reading"]["parts"]["host"]["sent"] += 60
    (captures / "s2.json").write_text(json.dumps(content), encoding="utf-8")


def missing(captures: Path) -> None:
    (captures / "s2.json").unlink()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        pytest.param(of_another_host, "is of 'm2', not of 's2'", marks=pytest.mark.large),
        (changed, "was changed after it was saved"),
        pytest.param(
            missing,
            "has no reading of 's2' (s2.json); capture it first",
            marks=pytest.mark.large,
        ),
    ],
)
def test_a_file_that_cannot_be_trusted_stops_its_farm(
    tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    simulated, captures = captured(tmp_path)
    harm(captures)
    run = simulated.play(REHEARSE, "-e", f"mailessentials_captures={captures}")
    assert run.code == 2 and "Traceback" not in run.output, run.output
    stopped = failures(run)
    assert set(stopped) == {"m1", "s1", "m2", "s2"}
    assert words in stopped["m2"] and words in stopped["s2"]
    assert calls(simulated, HOSTS) == dict.fromkeys(HOSTS, 1)


@pytest.mark.parametrize("playbook", [CAPTURE, REHEARSE])
def test_a_folder_must_be_named(tmp_path: Path, playbook: str) -> None:
    simulated = two_farms(tmp_path)
    run = simulated.play(playbook)
    assert run.code == 2 and "mailessentials_captures" in run.output, run.output
    assert calls(simulated, HOSTS) == dict.fromkeys(HOSTS, 0)


def test_a_folder_that_others_read_or_git_keeps_is_refused(tmp_path: Path) -> None:
    simulated = two_farms(tmp_path / "farms")
    tree, shared = tmp_path / "tree", tmp_path / "shared"
    (tree / ".git").mkdir(parents=True)
    shared.mkdir(mode=0o755)
    for folder, words in (
        (tree / "captures", "git work tree"),
        (shared, "can be read by other users"),
    ):
        run = simulated.play(CAPTURE, "-e", f"mailessentials_captures={folder}")
        assert run.code == 2 and set(failures(run)) == set(HOSTS), run.output
        assert all(words in sentence for sentence in failures(run).values())
        assert not list(folder.glob("*"))
