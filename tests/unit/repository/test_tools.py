# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools behind make: the choice of Python, the steps of the suite and its last line,
PowerShell, the clean environment, what compat runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import compat
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
    return subprocess.run(
        ["sh", "tests/tools/venv.sh", "--find"],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


class TestChoiceOfPython:
    """venv.sh --find, among interpreters that are small shell scripts."""

    def test_the_newest_that_runs_is_taken_and_dead_shims_are_passed_over(
        self, tmp_path: Path
    ) -> None:
        program(
            tmp_path / "bin",
            "python3.14",
            "echo 'pyenv: python3.14: command not found' >&2; exit 127",
        )
        program(tmp_path / "bin", "python3.11", "echo /the/older")
        program(tmp_path / ".pyenv" / "versions" / "3.13.9" / "bin", "python3", "echo /the/newest")
        assert find(tmp_path, tmp_path / "bin").stdout == "/the/newest\n"

    def test_a_named_python_wins(self, tmp_path: Path) -> None:
        program(tmp_path / "bin", "python3.14", "echo /the/newest")
        named = program(tmp_path / "own", "python", "echo /the/named")
        assert find(tmp_path, tmp_path / "bin", PYTHON=str(named)).stdout == "/the/named\n"

    def test_a_real_interpreter_is_named_by_its_own_path(self, tmp_path: Path) -> None:
        done = find(tmp_path, tmp_path, PYTHON=sys.executable)
        assert (
            Path(done.stdout.strip()).resolve() == Path(sys.base_prefix, "bin", "python3").resolve()
        )

    def test_what_is_missing_is_said_in_plain_words(self, tmp_path: Path) -> None:
        reason = "Python 3.9 is too old: 3.11 or newer is needed"
        named = program(tmp_path, "python", f"echo '{reason}' >&2; exit 1")
        done = find(tmp_path, tmp_path, PYTHON=str(named))
        assert done.returncode == 1
        assert reason in done.stderr
        assert "No usable Python: 3.11 or newer" in done.stderr

    def test_a_python_without_ensurepip_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "ensurepip.py").write_text(
            "raise ImportError('left out', name='ensurepip')\n", encoding="utf-8"
        )
        done = find(tmp_path, tmp_path, PYTHON=sys.executable, PYTHONPATH=str(tmp_path))
        assert done.returncode == 1
        assert "has no ensurepip: install the package python3." in done.stderr


class TestSuite:
    """The steps, and what is said at the end."""

    def test_the_failing_part_names_itself_last(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = suite.report(
            [
                Outcome("ruff", "passed", "1.0 s"),
                Outcome("mypy", "FAILED", "2.0 s"),
                Outcome("unit", "passed", "3.0 s"),
            ]
        )
        assert code == 1
        assert capsys.readouterr().out.splitlines()[-1] == "FAILED: mypy (2.0 s)"

    def test_without_pwsh_the_summary_says_so_in_capitals(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert (
            suite.report(
                [Outcome("unit", "passed", "1.0 s"), Outcome("powershell", "SKIPPED", "no pwsh")]
            )
            == 0
        )
        assert (
            "POWERSHELL TESTS SKIPPED: NO PWSH (SET PWSH OR PUT pwsh ON PATH)"
            in capsys.readouterr().out.splitlines()
        )

    def test_without_mono_the_summary_says_so_in_capitals(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert suite.report([Outcome("mono", "SKIPPED", "no mono")]) == 0
        assert (
            "MONO TESTS SKIPPED: NO MONO (INSTALL mono-mcs AND mono-devel)"
            in capsys.readouterr().out.splitlines()
        )

    @pytest.mark.parametrize(
        ("command", "word"),
        [(["true"], "passed"), (["false"], "FAILED"), (["no-such-program"], "FAILED")],
    )
    def test_a_step_is_judged_by_its_exit_code(self, command: list[str], word: str) -> None:
        assert suite.run(Step("x", command)).word == word

    def test_every_step_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(suite, "powershell", lambda: None)
        monkeypatch.setattr(suite, "no_mono", lambda: "no mono with mcs")
        steps = {step.name: step for step in suite.steps()}
        scenarios = (
            *("blocks", "default", "master", "preflight", "proxy", "site", "slave", "verify"),
        )
        double = [f"molecule {scenario} double" for scenario in scenarios]
        worker = [f"molecule {scenario} worker" for scenario in scenarios if scenario != "site"]
        linters = ["ruff", "mypy", "yamllint", "ansible-lint", "ansible-lint-molecule"]
        tiers = {
            "check": [*linters, "changelog", "reuse", "shellcheck", "engine"],
            "test": ["unit", "property", "powershell", "mono", "compat", *double],
            "prove": [
                "large",
                "many-examples",
                "mutants",
                "every-core",
                "every-sanity",
                "catalogues",
            ],
        }
        tiers["prove"] += worker
        for tier, names in tiers.items():
            assert [name for name, step in steps.items() if step.tier == tier] == names
        assert {name for name, step in steps.items() if step.skip} == {
            "powershell",
            "mono",
            *worker,
        }

    def test_every_folder_of_unit_tests_is_run_by_one_step(self) -> None:
        steps = {step.name: step.command for step in suite.steps()}
        assert [f"--ignore={folder}" for folder in suite.ENGINE] == [
            part for part in steps["unit"] if part.startswith("--ignore")
        ]
        assert all(Path(CHECKOUT, folder).is_dir() for folder in suite.ENGINE)
        assert set(suite.ENGINE) < set(steps["engine"])

    def test_steps_are_chosen_by_the_start_of_their_names(self) -> None:
        assert Step("molecule default double", []).wanted(["molecule"])
        assert Step("mypy", [], lint=True).wanted(["lint"])
        assert not Step("unit", []).wanted(["lint", "mypy"])

    def test_an_unknown_step_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert suite.main(["check", "ruff", "bogus"]) == 2
        assert "no step is called bogus; there are: lint, ruff, " in capsys.readouterr().out

    def test_an_unknown_tier_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert suite.main(["ruff"]) == 2
        assert "the first argument is the tier: check, test, prove" in capsys.readouterr().out


class TestSurroundings:
    """PowerShell and the environment of the steps."""

    def test_pwsh_that_cannot_be_run_is_an_error_not_a_skip(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PWSH", "/nowhere/pwsh")
        with pytest.raises(Unusable, match="PWSH is '/nowhere/pwsh'"):
            surroundings.powershell()

    def test_pwsh_is_found_on_path_and_empty_means_not_set(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PWSH", "")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert surroundings.powershell() is None
        found = program(tmp_path, "pwsh", "exit 64")
        assert surroundings.powershell() == str(found)
        assert surroundings.powershell_engine(str(found)) == str(found)

    def test_a_launcher_names_its_engine(self, tmp_path: Path) -> None:
        launcher = program(tmp_path, "pwsh", f"echo {sys.executable}")
        assert surroundings.powershell_engine(str(launcher)) == sys.executable

    def test_mono_is_whole_or_not_there(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        for name in ("mcs", "mono"):
            assert surroundings.no_mono() == surroundings.NO_MONO
            program(tmp_path / "bin", name, "exit 64")
        for api in surroundings.APIS:
            assert surroundings.no_mono() == surroundings.NO_MONO
            folder = tmp_path / "lib" / "mono" / f"{api}-api"
            folder.mkdir(parents=True)
            (folder / "mscorlib.dll").touch()
        assert surroundings.no_mono() == ""

    @pytest.mark.parametrize(
        ("core", "reason"),
        [
            ("2.19.14", "ansible-core 2.19.14 runs no .ps1 on Linux, 2.21 does"),
            ("2.21.0", ""),
            ("2.22.1rc1", ""),
        ],
    )
    def test_an_old_core_says_why_it_cannot_run_the_worker(
        self, monkeypatch: pytest.MonkeyPatch, core: str, reason: str
    ) -> None:
        monkeypatch.setattr(surroundings, "version", lambda _name: core)
        monkeypatch.setattr(surroundings, "powershell", lambda: "/some/pwsh")
        assert (surroundings.old_core(), surroundings.no_worker()) == (reason, reason)
        monkeypatch.setattr(surroundings, "powershell", lambda: None)
        assert (surroundings.no_worker(), surroundings.engine()) == (
            "no pwsh: set PWSH or put pwsh on PATH",
            "",
        )

    def test_settings_of_the_caller_do_not_reach_a_step(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ANSIBLE_STRATEGY", "free")
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:8080")
        environment = surroundings.clean_environment({"SIMULATED_WAY": "double"})
        assert "ANSIBLE_STRATEGY" not in environment
        assert environment["HTTPS_PROXY"] == "http://proxy.example.com:8080"
        assert environment["SIMULATED_WAY"] == "double"
        assert environment["PATH"].startswith(f"{Path(sys.executable).parent}{os.pathsep}")


class TestCompat:
    """What runs on which Python, and PATH without PowerShell."""

    @pytest.mark.parametrize(
        ("there", "first", "count"),
        [
            ((10, 11, 12, 13), "ansible-core 2.16.19 on Python 3.10", 7),
            ((11, 13), "ansible-core 2.16.19 on Python 3.11", 6),
            ((10,), "ansible-core 2.16.19 on Python 3.10", 2),
            ((14,), "ansible-core 2.20.10 on Python 3.14", 2),
        ],
    )
    def test_the_oldest_comes_first_and_each_once(
        self, monkeypatch: pytest.MonkeyPatch, there: tuple[int, ...], first: str, count: int
    ) -> None:
        monkeypatch.setattr(
            compat, "interpreter", lambda minor: f"python3.{minor}" if minor in there else None
        )
        found = [str(core) for core in compat.cores()]
        assert found[0] == first and len(set(found)) == len(found) == count

    def test_path_without_a_program_has_all_else(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name in ("pwsh", "other"):
            program(tmp_path / "bin", name, "exit 0")
        path = compat.path_without("pwsh", tmp_path / "links", f"/usr/sbin:{tmp_path / 'bin'}")
        assert path == f"/usr/sbin:{tmp_path / 'links' / '1'}"
        monkeypatch.setenv("PATH", path)
        monkeypatch.delenv("PWSH", raising=False)
        assert surroundings.powershell() is None and shutil.which("other") == str(
            tmp_path / "links" / "1" / "other"
        )

    def test_the_oldest_alone_runs_no_unit_tests(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ran: list[str] = []
        cores = [compat.Core("1.0", 10, "a"), compat.Core("2.0", 11, "b")]
        monkeypatch.setattr(compat, "cores", lambda: iter(cores))
        monkeypatch.setattr(compat, "simulated_tree", lambda _way: Path())
        monkeypatch.setattr(
            compat, "prove", lambda core, _tree, _inventory: ran.append(core.version) or True
        )
        monkeypatch.setattr(
            compat,
            "hides",
            lambda core, _tree, oldest: ran.append(f"secrets {core.version} {oldest}") or True,
        )
        monkeypatch.setattr(
            compat, "refuses", lambda core, _tree: ran.append(f"wrong {core.version}") or True
        )
        monkeypatch.setattr(compat, "interpreter", lambda minor: f"python3.{minor}")
        monkeypatch.setattr(
            compat, "unit", lambda minor, _python: bool(ran.append(f"unit {minor}"))
        )
        assert compat.main(["--oldest"]) == 0 and ran == [
            "1.0",
            "secrets 1.0 True",
            "wrong 1.0",
        ]
        assert compat.main([]) == 1
        assert ran[3:] == [
            "1.0",
            "2.0",
            "secrets 1.0 False",
            "secrets 2.0 False",
            "wrong 1.0",
            "wrong 2.0",
            *(f"unit {minor}" for minor in (11, 13) if minor != sys.version_info.minor),
        ]


def test_make_alone_lists_the_targets() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    listed = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    assert listed == [
        "help",
        "demo",
        "check",
        "test",
        "prove",
        "mutants",
        "lint",
        "sanity",
        "docs",
        "bench",
        "inputs",
        "catalogues",
        "compat",
    ]
