# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what is made from the table of inputs: the argument specs of the roles, the guide's page
of inputs. Between the marks "begin of inputs: SUBJECTS" and "end of inputs" everything is replaced.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

from surroundings import CHECKOUT

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (  # type: ignore[import-not-found]
    INPUTS,
    PREFIX,
    Inputs,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.subjects import (  # type: ignore[import-not-found]
    SUBJECTS,
)

FILES = (
    *sorted(CHECKOUT.glob("roles/*/meta/argument_specs.yml")),
    CHECKOUT / "docs/docsite/rst/inputs.rst",
)
_MARKED = re.compile(
    r"(?P<begin>^[^\n]*begin of inputs: (?P<subjects>[a-z ]+)\n)(?P<old>.*?)"
    r"(?P<end>^[^\n]*end of inputs\n)",
    re.MULTILINE | re.DOTALL,
)
_WIDTH = 100


def spec(names: list[str]) -> str:
    """Options of a role. They are raw and without choices, so that Ansible repeats no value; the
    action farm_plan checks them.
    """
    lines = []
    for name in names:
        known = INPUTS[f"{PREFIX}{name}"]
        choices = f" One of {', '.join(known.choices)}." if known.choices else ""
        lines.append(f"      {PREFIX}{name}:\n        description: >-\n")
        text = f"{known.meaning}{choices}"
        lines += [
            f"          {line}\n"
            for line in textwrap.wrap(text, _WIDTH - 10, break_on_hyphens=False)
        ]
        lines.append("        type: raw\n")
    return "".join(lines)


def rows(names: list[str]) -> str:
    """Rows of a table in reStructuredText: variable, meaning, default."""
    lines = [
        ".. list-table::\n   :header-rows: 1\n   :widths: 35 45 20\n\n",
        "   * - Variable\n     - Meaning\n     - Default\n",
    ]
    for name in names:
        known = INPUTS[f"{PREFIX}{name}"]
        value = ", ".join(f"``{one}``" for one in known.choices) or known.kind
        several = "list of " if known.choices and known.kind.startswith("list") else ""
        text = f"{known.meaning} Value: {several}{value}."
        lines.append(f"   * - ``{PREFIX}{name}``\n")
        wrapped = textwrap.wrap(text, _WIDTH - 7, break_on_hyphens=False)
        lines += [
            f"     {'- ' if not number else '  '}{line}\n" for number, line in enumerate(wrapped)
        ]
        lines.append(f"     - {default(name)}\n")
    return "".join(lines)


def default(name: str) -> str:
    """The default for people."""
    value = getattr(Inputs(), name)
    if isinstance(value, bool):
        return f"``{str(value).lower()}``"
    if isinstance(value, tuple):
        return f"``[{', '.join(map(str, value))}]``" if value else "none"
    return f"``{value}``" if value else "none"


def written(file: Path, text: str) -> str:
    """The text of a file with its marked parts made anew."""
    make: Callable[[list[str]], str] = rows if file.suffix == ".rst" else spec

    def part(found: re.Match[str]) -> str:
        names = [name for subject in found["subjects"].split() for name in SUBJECTS[subject]]
        gap = "\n" if file.suffix == ".rst" else ""
        return f"{found['begin']}{gap}{make(names)}{gap}{found['end']}"

    return _MARKED.sub(part, text)


def main() -> int:
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        file.write_text(written(file, text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
