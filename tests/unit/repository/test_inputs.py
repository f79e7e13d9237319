# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made from the table of inputs is as the table says, and each input is everywhere."""

from __future__ import annotations

from pathlib import Path

import inputs
import pytest
import yaml
from surroundings import CHECKOUT

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    INPUTS,
    PREFIX,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.rules import (
    PEER_RULES,
    SERVER_RULES,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.subjects import (
    SUBJECTS,
)


@pytest.mark.parametrize("file", inputs.FILES, ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_it_is_as_the_table_says(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert inputs.written(file, text) == text, "run: make inputs"


def test_each_input_has_one_subject() -> None:
    names = [f"{PREFIX}{name}" for subject in SUBJECTS.values() for name in subject]
    assert sorted(names) == sorted(INPUTS)


def test_the_guide_and_the_role_plan_have_every_input() -> None:
    guide = (CHECKOUT / "docs/docsite/rst/inputs.rst").read_text(encoding="utf-8")
    spec = yaml.safe_load(
        (CHECKOUT / "roles/plan/meta/argument_specs.yml").read_text(encoding="utf-8")
    )
    assert set(spec["argument_specs"]["main"]["options"]) == set(INPUTS)
    assert [name for name in INPUTS if f"``{name}``" not in guide] == []


def test_ansible_repeats_no_value() -> None:
    """Its own validation prints the value that is wrong."""
    for file in inputs.FILES:
        if file.suffix == ".yml":
            spec = yaml.safe_load(file.read_text(encoding="utf-8"))["argument_specs"]
            options = [one for entry in spec.values() for one in entry["options"].values()]
            assert all(set(option) == {"description", "type"} for option in options)
            assert {option["type"] for option in options} == {"raw"}


@pytest.mark.parametrize(
    ("role", "rule_set"), [("firewall", SERVER_RULES), ("multi_server", PEER_RULES)]
)
def test_the_names_of_a_rule_set_are_those_of_the_plan(role: str, rule_set: object) -> None:
    names = yaml.safe_load((CHECKOUT / f"roles/{role}/vars/main.yml").read_text(encoding="utf-8"))
    assert names == {
        f"__{role}_group": rule_set.group,  # type: ignore[attr-defined]
        f"__{role}_id_prefix": rule_set.id_prefix,  # type: ignore[attr-defined]
    }
