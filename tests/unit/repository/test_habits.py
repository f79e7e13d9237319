# SPDX-License-Identifier: GPL-3.0-or-later
"""The habits of this repository: licences, sizes, places, documentation. One rule a test; each
names the files that break it.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    INPUTS,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.playbook import (
    OF_PLAYBOOKS,
)

SPDX = "SPDX-License-" + "Identifier: GPL-3.0-or-later"
LICENCE = (
    "GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)"
)
CODE = {".py", ".ps1", ".psm1"}
ROLES = sorted(CHECKOUT.glob("roles/*/"))
# What no text here may mention: places of one machine, and unfinished work. Written so that this
# file does not match itself.
FORBIDDEN = re.compile(
    r"(?<![\w./-])/(?:work|root)\b"
    r"|[.][.]/share[d]/(?:articles|data|powershell|[a-z]+-facts|design|style)\b"
    r"|\bTOD[O]\b|\bFIXM[E]\b",
    re.IGNORECASE,
)


@cache
def files() -> tuple[str, ...]:
    """Every file that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    return tuple(
        sorted(name for name in set(listed.split("\0")) if name and (CHECKOUT / name).is_file())
    )


def text(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def data(name: str) -> Any:
    return yaml.safe_load(text(name))


def head(name: str, lines: int = 20) -> str:
    return "\n".join(text(name).splitlines()[:lines])


def plugins(*suffixes: str) -> Iterator[str]:
    return (
        name for name in files() if name.startswith("plugins/") and Path(name).suffix in suffixes
    )


def captured(name: str) -> bool:
    """Somebody else's text: it stays byte for byte, and the README beside it names its source."""
    return name.startswith("tests/data/") and Path(name).name != "README.md"


def test_there_are_files_to_judge() -> None:
    assert len(files()) > 80
    assert len(list(plugins(".py"))) > 10


# They cannot carry a line; REUSE.toml has it. `reuse lint` looks at all of it.
LICENCES = ("COPYING", "LICENSES/", "CHANGELOG.rst", "changelogs/changelog.yaml")


def test_every_file_says_its_licence() -> None:
    judged = [name for name in files() if not captured(name) and not name.startswith(LICENCES)]
    assert [name for name in judged if SPDX not in head(name)] == []


def test_every_plugin_and_module_has_the_usual_licence_line() -> None:
    judged = [
        *plugins(*CODE),
        *(
            name
            for name in plugins(".yml")
            if name.startswith(("plugins/modules/", "plugins/filter/"))
        ),
    ]
    assert [
        name
        for name in judged
        if LICENCE not in head(name)
        or "# Copyright: (c) 2026, mailops contributors" not in head(name)
    ] == []


def test_captured_data_has_a_source() -> None:
    folders = {Path(name).parent for name in files() if captured(name)}
    assert folders
    assert [
        str(folder)
        for folder in folders
        if not any((CHECKOUT / near / "README.md").exists() for near in (folder, folder.parent))
    ] == []


def test_no_text_speaks_of_one_machine_or_of_unfinished_work() -> None:
    found = {
        name: hit[0]
        for name in files()
        if not captured(name) and name != ".ci/run" and (hit := FORBIDDEN.search(text(name)))
    }
    assert found == {}


@pytest.mark.parametrize(
    "sentence", ["see \x2fwork/shared", "in \x2froot/x", "..\x2fshared/data", "# \x54ODO later"]
)
def test_the_search_for_forbidden_words_finds_them(sentence: str) -> None:
    assert FORBIDDEN.search(sentence)


# Generated or quoted text, and what cannot be broken: full names of imports, tables, one long word.
GENERATED = ("CHANGELOG.rst", "changelogs/changelog.yaml", "tests/mutations.yml")
UNBREAKABLE = re.compile(r"from ansible_collections\..*|\|.*\||\s*(\S+ )?\S+")


def test_lines_are_short() -> None:
    kinds = {*CODE, ".cs", ".sh", ".yml", ".yaml", ".toml", ".md", ".rst"}
    judged = (
        name
        for name in files()
        if Path(name).suffix in kinds and not captured(name) and name not in GENERATED
    )
    assert [
        f"{name}:{number}"
        for name in judged
        for number, line in enumerate(text(name).splitlines(), 1)
        if len(line) > 100 and not UNBREAKABLE.fullmatch(line)
    ] == []


def test_code_is_short() -> None:
    limits = [(name, 400) for name in plugins(".py", ".cs")] + [
        (name, 200) for name in plugins(".ps1", ".psm1")
    ]
    assert {
        name: lines for name, limit in limits if (lines := len(text(name).splitlines())) > limit
    } == {}
    functions = (
        (f"{name}:{node.name}", own_lines(node))
        for name in plugins(".py")
        for node in ast.walk(ast.parse(text(name)))
        if isinstance(node, ast.FunctionDef)
    )
    assert {name: lines for name, lines in functions if lines > 45} == {}


def own_lines(function: ast.FunctionDef) -> int:
    """The lines of a function without those of its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    told = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - told


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""] if not node.level else []
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_plugins_parse_on_python_3_10_and_need_nothing_else() -> None:
    allowed = sys.stdlib_module_names | {"ansible", "ansible_collections", "yaml"}
    foreign = {
        name: module
        for name in plugins(".py")
        for node in ast.walk(ast.parse(text(name), feature_version=(3, 10)))
        for module in imported(node)
        if module.partition(".")[0] not in allowed
    }
    assert foreign == {}


def test_the_engine_is_pure() -> None:
    """Only the base of the action plugins, which lives beside the engine, may know Ansible."""
    shared = (name for name in plugins(".py") if name.startswith("plugins/plugin_utils/"))
    knowing = {
        name for name in shared if re.search(r"^(from|import) ansible\b", text(name), re.MULTILINE)
    }
    assert knowing <= {"plugins/plugin_utils/_action.py"}


def test_the_engine_is_a_plain_package() -> None:
    """It works where Ansible is not installed."""
    code = (
        "import sys; sys.modules['ansible'] = sys.modules['ansible_collections'] = None; "
        "from _engine.catalog.query import query; print(len(query('ports')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT / "plugins" / "plugin_utils",
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) > 5


# room: the rooms that it may know, beside net, catalog and the files of the engine's own folder
BELOW = {
    "net": set(),
    "catalog": set(),
    "host": set(),
    "firewall": set(),
    "proxy": set(),
    "endpoints": set(),
    "ports": {"host"},
    "plan": {"host", "ports", "firewall", "endpoints", "proxy"},
    "server": {"plan", "host", "ports", "firewall", "proxy"},
    "farm": {"server", "plan", "host", "ports", "firewall", "endpoints", "proxy"},
}


def test_the_rooms_of_the_engine_know_only_those_below() -> None:
    engine = "plugins/plugin_utils/_engine/"
    wrong = {}
    for name in plugins(".py"):
        room, inside, file = name.removeprefix(engine).partition("/")
        if not name.startswith(engine) or not inside:
            continue
        up = r"\." * (2 + file.count("/"))
        known = set(re.findall(rf"^from {up}(\w+)", text(name), re.MULTILINE)) & set(BELOW)
        allowed = BELOW[room] | ({"net", "catalog"} if room not in ("net", "catalog") else set())
        if known - allowed:
            wrong[name] = known - allowed
    assert wrong == {}


def test_a_public_name_of_the_engine_has_one_meaning() -> None:
    """But for files that are imported whole, as in addresses.spans."""
    whole = ("_engine/net/", "_engine/firewall/values.py")
    places: dict[str, set[str]] = {}
    for name in plugins(".py"):
        engine = name.startswith("plugins/plugin_utils/_engine/")
        if engine and not any(part in name for part in whole):
            for node in ast.parse(text(name)).body:
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name[0] != "_":
                    places.setdefault(node.name, set()).add(name)
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_links_of_readmes_are_absolute() -> None:
    readmes = [
        name for name in files() if Path(name).name == "README.md" and not name.startswith("tests/")
    ]
    assert "README.md" in readmes
    assert {
        name: link
        for name in readmes
        for link in re.findall(r"\]\(([^)]+)\)", text(name))
        if not link.startswith(("https://", "#"))
    } == {}


def test_the_readme_is_short() -> None:
    assert len(text("README.md").split()) <= 900


def test_the_changelog_is_of_this_version_and_complete() -> None:
    galaxy = data("galaxy.yml")
    assert f"\nv{galaxy['version']}\n=" in text("CHANGELOG.rst")
    public = [
        Path(name).stem
        for kind in ("modules", "lookup", "filter")
        for name in files()
        if fnmatch(name, f"plugins/{kind}/*.py") and "short_description: Internal" not in text(name)
    ]
    assert [name for name in public if f".{name} " not in text("CHANGELOG.rst")] == []


def test_the_workflows_pin_actions_need_no_secret_and_know_the_targets() -> None:
    workflows = "".join(text(f".github/workflows/{name}.yml") for name in ("ci", "release"))
    used = re.findall(r"uses: (.+)", workflows)
    pinned = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert used and [action for action in used if not pinned.fullmatch(action)] == []
    assert "secrets." not in workflows
    listed = re.findall(r"target: \[(.+)\]", workflows)[0].split(", ")
    targets = {*re.findall(r"run: make (\w+)", workflows), *listed}
    known = set(re.findall(r"^(\w+):", text("Makefile"), re.MULTILINE))
    assert {"test", "demo", "lint", "sanity", "compat", "docs", "mutants", "catalogues"} <= targets
    assert targets <= known


def options(role: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every option of every entry point of a role."""
    for entry in data(f"roles/{role.name}/meta/argument_specs.yml")["argument_specs"].values():
        yield from entry.get("options", {}).items()


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
class TestRole:
    """Each role, its specification against its defaults and its README."""

    def test_its_readme_leads_to_the_inputs_and_names_no_other(self, role: Path) -> None:
        readme = text(f"roles/{role.name}/README.md")
        assert "/blob/main/docs/docsite/rst/inputs.rst" in readme
        known = {*INPUTS, *OF_PLAYBOOKS, "mailessentials_master", "mailessentials_slaves"}
        named = set(re.findall(r"`(mailessentials_[a-z_]*[a-z])\b", readme))
        assert named and named <= known

    def test_its_variables_are_names_and_its_inputs_those_of_the_plan(self, role: Path) -> None:
        assert not (role / "defaults").exists()
        own = role / "vars" / "main.yml"
        assert not own.exists() or "{{" not in own.read_text(encoding="utf-8")
        assert [name for name, _option in options(role) if name not in INPUTS] == []

    def test_every_option_is_described_and_typed(self, role: Path) -> None:
        assert [
            name
            for name, option in options(role)
            if not option.get("description") or not option.get("type")
        ] == []


@pytest.mark.parametrize(
    "name",
    sorted(
        name for name in files() if re.fullmatch(r"plugins/(modules|lookup)/[a-z]\w*\.py", name)
    ),
)
class TestDocumentation:
    """The documentation in a plugin's own text."""

    @staticmethod
    def block(name: str, block: str) -> Any:
        assigned = {
            target.id: ast.literal_eval(node.value)
            for node in ast.parse(text(name)).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        return yaml.safe_load(assigned[block])

    def test_every_option_is_described_and_typed(self, name: str) -> None:
        def bare(described: dict[str, Any], path: str = "") -> Iterator[str]:
            for key, option in described.items():
                if not option.get("description") or "type" not in option:
                    yield path + key
                yield from bare(option.get("suboptions", {}), f"{path}{key}.")

        assert list(bare(self.block(name, "DOCUMENTATION").get("options", {}))) == []

    def test_results_are_described_and_examples_use_full_names(self, name: str) -> None:
        assert self.block(name, "RETURN")
        assert self.block(name, "EXAMPLES")
        assert "mailops.mailessentials." in str(self.block(name, "EXAMPLES"))
