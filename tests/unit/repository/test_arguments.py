# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action accepts is what its module documents: names, types, choices and defaults."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from surroundings import CHECKOUT, COLLECTIONS, clean_environment

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    OPTIONS,
)

ACTIONS = sorted(file.stem for file in (CHECKOUT / "plugins" / "action").glob("*.py"))
FACTS = ("type", "elements", "choices", "default", "required")


def facts(options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Of each option what both sides can say; what is left out is what Ansible takes for it."""
    found = {}
    for name, option in options.items():
        usual = {"type": "str", "required": False}
        own = {fact: option[fact] for fact in FACTS if option.get(fact) is not None}
        found[name] = {**usual, **own}
        if isinstance(own.get("choices"), (list, tuple)):
            found[name]["choices"] = list(own["choices"])
    return found


@cache
def documentation() -> dict[str, Any]:
    program = str(Path(sys.executable).with_name("ansible-doc"))
    names = [f"mailops.mailessentials.{name}" for name in ACTIONS]
    done = subprocess.run(
        [program, "--json", *names],
        env=clean_environment(collections=COLLECTIONS),
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_accepts_what_its_module_documents(name: str) -> None:
    module = f"ansible_collections.mailops.mailessentials.plugins.action.{name}"
    options = documentation()[f"mailops.mailessentials.{name}"]["doc"].get("options", {})
    accepted = facts(importlib.import_module(module).ActionModule.ARGUMENTS)
    assert accepted == facts(options)


def test_the_options_of_a_rule_are_those_of_the_engine() -> None:
    module = documentation()["mailops.mailessentials.firewall_ruleset"]
    assert set(module["doc"]["options"]["rules"]["suboptions"]) == set(OPTIONS)
