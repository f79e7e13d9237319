# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools behind make: the choice of Python, the steps of the suite and its last line, PowerShell, the clean environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import suite
import surroundings
from suite import Outcome, Step
from surroundings import CHECKOUT, Unusable


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def find(home: Path, path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": f"{path}:/usr/bin:/bin", **more}
    return subprocess.run(["sh", "tests/tools/venv.sh", "--find"], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


class TestChoiceOfPython:
    """venv.sh --find, among interpreters that are small shell scripts."""

    def test_the_newest_that_runs_is_taken_and_dead_shims_are_passed_over(self, tmp_path: Path) -> None:
        program(tmp_path / "bin", "python3.14", "echo 'pyenv: python3.14: command not found' >&2; exit 127")
        program(tmp_path / "bin", "python3.11", "echo /the/older")
        program(tmp_path / ".pyenv" / "versions" / "3.13.9" / "bin", "python3", "echo /the/newest")
        assert find(tmp_path, tmp_path / "bin").stdout == "/the/newest\n"

    def test_a_named_python_wins(self, tmp_path: Path) -> None:
        program(tmp_path / "bin", "python3.14", "echo /the/newest")
        named = program(tmp_path / "own", "python", "echo /the/named")
        assert find(tmp_path, tmp_path / "bin", PYTHON=str(named)).stdout == "/the/named\n"

    def test_a_real_interpreter_is_named_by_its_own_path(self, tmp_path: Path) -> None:
        done = find(tmp_path, tmp_path, PYTHON=sys.executable)
        assert Path(done.stdout.strip()).resolve() == Path(sys.base_prefix, "bin", "python3").resolve()

    def test_what_is_missing_is_said_in_plain_words(self, tmp_path: Path) -> None:
        reason = "Python 3.9 is too old: 3.11 or newer is needed"
        named = program(tmp_path, "python", f"echo '{reason}' >&2; exit 1")
        done = find(tmp_path, tmp_path, PYTHON=str(named))
        assert done.returncode == 1
        assert reason in done.stderr
        assert "No usable Python: 3.11 or newer" in done.stderr

    def test_a_python_without_ensurepip_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "ensurepip.py").write_text("raise ImportError('left out', name='ensurepip')\n", encoding="utf-8")
        done = find(tmp_path, tmp_path, PYTHON=sys.executable, PYTHONPATH=str(tmp_path))
        assert done.returncode == 1
        assert "has no ensurepip: install the package python3." in done.stderr


class TestSuite:
    """The steps, and what is said at the end."""

    def test_the_failing_part_names_itself_last(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = suite.report([Outcome("ruff", "passed", "1.0 s"), Outcome("mypy", "FAILED", "2.0 s"), Outcome("unit", "passed", "3.0 s")])
        assert code == 1
        assert capsys.readouterr().out.splitlines()[-1] == "FAILED: mypy (2.0 s)"

    def test_without_pwsh_the_summary_says_so_in_capitals(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert suite.report([Outcome("unit", "passed", "1.0 s"), Outcome("powershell", "SKIPPED", "no pwsh")]) == 0
        assert "POWERSHELL TESTS SKIPPED: NO PWSH (SET PWSH OR PUT pwsh ON PATH)" in capsys.readouterr().out.splitlines()

    @pytest.mark.parametrize(("command", "word"), [(["true"], "passed"), (["false"], "FAILED"), (["no-such-program"], "FAILED")])
    def test_a_step_is_judged_by_its_exit_code(self, command: list[str], word: str) -> None:
        assert suite.run(Step("x", command)).word == word

    def test_every_step_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(suite, "powershell", lambda: None)
        steps = {step.name: step for step in suite.steps()}
        named = ["ruff", "mypy", "yamllint", "ansible-lint", "changelog", "unit", "property", "powershell", "compat"]
        ways = [f"molecule {scenario} {way}" for way in ("double", "worker") for scenario in ("default", "master", "preflight", "proxy", "slave", "verify")]
        assert list(steps) == named + ways
        assert {name for name, step in steps.items() if step.skip} == {"powershell", *ways[6:]}

    def test_steps_are_chosen_by_the_start_of_their_names(self) -> None:
        assert Step("molecule default double", []).wanted(["molecule"])
        assert Step("mypy", [], lint=True).wanted(["lint"])
        assert not Step("unit", []).wanted(["lint", "mypy"])

    def test_an_unknown_step_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert suite.main(["ruff", "bogus"]) == 2
        assert "no step is called bogus; there are: lint, ruff, " in capsys.readouterr().out


class TestSurroundings:
    """PowerShell and the environment of the steps."""

    def test_pwsh_that_cannot_be_run_is_an_error_not_a_skip(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PWSH", "/nowhere/pwsh")
        with pytest.raises(Unusable, match="PWSH is '/nowhere/pwsh'"):
            surroundings.powershell()

    def test_pwsh_is_found_on_path_and_empty_means_not_set(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PWSH", "")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert surroundings.powershell() is None
        found = program(tmp_path, "pwsh", "exit 64")
        assert surroundings.powershell() == str(found)
        assert surroundings.powershell_engine(str(found)) == str(found)

    def test_a_launcher_names_its_engine(self, tmp_path: Path) -> None:
        launcher = program(tmp_path, "pwsh", f"echo {sys.executable}")
        assert surroundings.powershell_engine(str(launcher)) == sys.executable

    def test_settings_of_the_caller_do_not_reach_a_step(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANSIBLE_STRATEGY", "free")
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:8080")
        environment = surroundings.clean_environment({"SIMULATED_WAY": "double"})
        assert "ANSIBLE_STRATEGY" not in environment
        assert environment["HTTPS_PROXY"] == "http://proxy.example.com:8080"
        assert environment["SIMULATED_WAY"] == "double"
        assert environment["PATH"].startswith(f"{surroundings.VENV / 'bin'}{os.pathsep}")


def test_make_alone_lists_the_targets() -> None:
    done = subprocess.run(["make", "--no-print-directory"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    listed = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    assert listed == ["help", "demo", "test", "lint", "sanity", "bench", "compat"]
