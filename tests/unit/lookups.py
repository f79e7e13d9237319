# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a lookup as Ansible does, without the plugin loader: options have the documented defaults,
and numbers become text where text is documented.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError


def ask(
    module: ModuleType, terms: list[Any], inventory: dict[str, Any] | None = None, **given: Any
) -> list[Any]:
    lookup = module.LookupModule()
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert set(given) <= set(documented)
    options = {name: option.get("default") for name, option in documented.items()} | given
    options = {
        name: str(value)
        if isinstance(value, (int, float)) and documented[name]["type"] == "str"
        else value
        for name, value in options.items()
    }
    lookup.set_options = lambda **_unused: None
    lookup.get_option = options.__getitem__
    answer: list[Any] = lookup.run(terms, inventory, **given)
    return answer


def refusal(
    module: ModuleType, terms: list[Any], inventory: dict[str, Any] | None = None, **given: Any
) -> str:
    with pytest.raises(AnsibleLookupError) as caught:
        ask(module, terms, inventory, **given)
    sentence = str(caught.value.message)
    assert len(sentence.splitlines()) == 1
    return sentence
