# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception of the engine, and the sentence for a misspelt name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from .sentences import one_line


class InputError(Exception):
    """Something that a person gave, or a host answered, cannot be used.

    field: the path of the field ("rules[0].local_ports[1]"), empty when no single field is to
    blame.
    sentence: one sentence for a tired administrator: the value, and what would be right.
    """

    def __init__(self, field: str, sentence: str) -> None:
        field, sentence = one_line(field), one_line(sentence)
        super().__init__(f"{field}: {sentence}" if field else sentence)
        self.field = field
        self.sentence = sentence


def unknown_name(path: str, kind: str, name: Any, known: Iterable[str]) -> InputError:
    """The error for a name that is not known, with the known ones and the nearest of them."""
    names = list(known)
    near = difflib.get_close_matches(str(name), names, 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return InputError(path, f"'{name}' is not a known {kind}; use one of {', '.join(names)}{hint}")
